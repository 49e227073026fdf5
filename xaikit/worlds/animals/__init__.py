"""The world of animals: six kinds, told apart by several parts together, each part with its mask.

`kinds` says what parts a kind has and how it is built; `shapes`, `heads` and `birds` make the `pieces` of an
animal in a pose of that, `coats` its colors; `painting` paints it, `surroundings` what is around it; `scenes`
puts all together, `dataset` hands out the pictures.
"""

from __future__ import annotations

from xaikit.worlds.animals.dataset import animals
from xaikit.worlds.animals.kinds import KINDS, PARTS, PARTS_OF, POSES, POSES_OF
from xaikit.worlds.animals.places import PLACES
from xaikit.worlds.animals.scenes import LIGHTS, AnimalScene, sample_scene

__all__ = [
    "KINDS",
    "LIGHTS",
    "PARTS",
    "PARTS_OF",
    "PLACES",
    "POSES",
    "POSES_OF",
    "AnimalScene",
    "animals",
    "sample_scene",
]
