"""The set of pictures `toyworld/rooms`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xaikit.data.hierarchy import Hierarchy
from xaikit.data.images import Sample
from xaikit.worlds.drawn import DrawnImages, Random, check_chosen
from xaikit.worlds.rooms.interiors import sample_scene
from xaikit.worlds.rooms.inventory import CLASS_NAMES
from xaikit.worlds.rooms.render import render
from xaikit.worlds.rooms.scene import SHELL, RoomScene

PER_CLASS = {"train": 600, "val": 60, "test": 60}
"""Pictures of each class where `n` is not given."""

KINDS_OF_ROOMS = {
    "homes": ("bathroom", "bedroom", "dining room", "kitchen", "living room"),
    "work places": ("conference room", "home office", "office"),
    "for guests": ("hotel room", "waiting room"),
}
HIERARCHY = Hierarchy({name: (top, name) for top, names in KINDS_OF_ROOMS.items() for name in names})
"""What the rooms are for, and the rooms."""


class Rooms(DrawnImages):
    """Pictures of `toyworld/rooms`. See `rooms`."""

    world = "rooms"

    def scene(self, index: int) -> RoomScene:
        """The description of picture `index`, undrawn. Raises IndexError outside the set."""
        name, rng, _ = self.lots(range(len(self))[index])
        return sample_scene(name, rng)

    def drawn(self, name: str, rng: Random, label: int, id_: str) -> Sample:
        """The room, rendered, with a box around each thing in it."""
        scene = sample_scene(name, rng)
        drawn = render(scene)
        return Sample(
            image=drawn.image,
            label=label,
            id=id_,
            parts=drawn.parts,
            landmarks=drawn.landmarks,
            boxes={part: _box(mask) for part, mask in drawn.parts.items() if part not in SHELL},
            attributes=drawn.attributes,
            scene=scene,
        )


def rooms(
    split: str = "test", n: int | None = None, seed: int = 0, classes: Sequence[str] | None = None
) -> Rooms:
    """Pictures of rooms; a picture depends on the split, the seed, its class and its turn alone.

    `parts` says where "wall", "floor", "ceiling" and each thing are seen: every pixel belongs to one of them.
    Several things of a kind are numbered ("chair", "chair 2"); `scene.kind` says what one is, and
    `attributes` whether anything of a kind is seen ("has chair"). `boxes` lie around the things, `box` is
    None. `hierarchy` knows what the rooms are for.

    Parameters
    ----------
    split : {"train", "val", "test"}
        Splits share no scene.
    n : int, optional
        How many pictures; 600 of each class for training and 60 else. Labels go round the classes.
    seed : int
    classes : sequence of str, optional
        Some of `CLASS_NAMES`, in the order wanted; all where not given.

    Raises
    ------
    ValueError
        For an unknown split or class, and where `n` or `seed` is negative.
    TypeError
        Where these are no whole numbers, and for classes without an order, such as a set.
    """
    return Rooms(split, n, seed, check_chosen(classes, CLASS_NAMES), PER_CLASS, HIERARCHY)


def _box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """The box around a mask in which something is True, ends excluded."""
    rows, columns = np.nonzero(mask)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
