"""How each kind of thing is built: solids and plates, its back at y = 0, its front to the viewer."""
