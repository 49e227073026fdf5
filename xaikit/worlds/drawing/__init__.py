"""How scenes are drawn, whatever is in them: shapes and their parts in space, surfaces, light, backdrops."""
