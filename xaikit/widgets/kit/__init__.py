"""What all widgets are made of: the view and its stills, what they carry with them, pages, JavaScript."""
