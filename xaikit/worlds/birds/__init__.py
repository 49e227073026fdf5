"""The world of birds: species of a family differ by one part, and which part that is is known.

`species` says what each part of a species looks like, `builds` what shape a family has, `plumage` paints a
bird on a `canvas`, `surroundings` what is around it, `scenes` puts both together, `dataset` hands out the
pictures.
"""

from __future__ import annotations

from xaikit.worlds.birds.builds import POSTURES
from xaikit.worlds.birds.dataset import HIERARCHY, TRUTHS, birds
from xaikit.worlds.birds.places import PLACES
from xaikit.worlds.birds.scenes import LIGHTS, BirdScene, sample_scene
from xaikit.worlds.birds.species import FAMILIES, FAMILY, MARKS, PARTS, RIVALS, SPECIES, parts_apart

__all__ = [
    "FAMILIES",
    "FAMILY",
    "HIERARCHY",
    "LIGHTS",
    "MARKS",
    "PARTS",
    "PLACES",
    "POSTURES",
    "RIVALS",
    "SPECIES",
    "TRUTHS",
    "BirdScene",
    "birds",
    "parts_apart",
    "sample_scene",
]
