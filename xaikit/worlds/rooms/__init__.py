"""The world of rooms: ten kinds of rooms that are told apart by what stands in them.

`furniture` builds the things, `inventory` says how often each stands where, `plan` and `groups` put them
together, `interiors` makes the scene, `render` draws it, `dataset` hands out the pictures.
"""

from __future__ import annotations

from xaikit.worlds.rooms.dataset import HIERARCHY, rooms
from xaikit.worlds.rooms.interiors import VOCABULARY, sample_scene
from xaikit.worlds.rooms.inventory import CLASS_NAMES, KINDS, SHARES
from xaikit.worlds.rooms.render import drawn_finely, render
from xaikit.worlds.rooms.scene import Furnishing, RoomScene

__all__ = [
    "CLASS_NAMES",
    "HIERARCHY",
    "KINDS",
    "SHARES",
    "VOCABULARY",
    "Furnishing",
    "RoomScene",
    "drawn_finely",
    "render",
    "rooms",
    "sample_scene",
]
