"""The world of things: many classes in a hierarchy, and the textures, materials and colors that cover them.

`catalogue` lists the things, the files beside it draw them, `scenes` puts them into their surroundings,
`surfaces` fills them, `dataset` hands out the pictures.
"""

from __future__ import annotations

from xaikit.worlds.things import animals, household, nature, outdoors, plants  # noqa: F401 (each lists its things)
from xaikit.worlds.things.catalogue import THINGS
from xaikit.worlds.things.dataset import (
    HIERARCHY,
    TRUTHS,
    colors,
    materials,
    pairs,
    textures,
    things,
)

__all__ = ["HIERARCHY", "THINGS", "TRUTHS", "colors", "materials", "pairs", "textures", "things"]
