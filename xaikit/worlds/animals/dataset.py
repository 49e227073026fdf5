"""The set of pictures `toyworld/animals`."""

from __future__ import annotations

from collections.abc import Sequence

from xaikit.worlds.animals.kinds import KINDS
from xaikit.worlds.animals.scenes import AnimalScene, sample_scene
from xaikit.worlds.drawn import DrawnScenes, Random, check_chosen

PER_CLASS = {"train": 1000, "val": 100, "test": 100}
"""Pictures of each kind where `n` is not given."""


class Animals(DrawnScenes[AnimalScene]):
    """Pictures of `toyworld/animals`, painted when asked for. See `animals`."""

    world = "animals"

    def sampled(self, name: str, rng: Random) -> AnimalScene:
        """A scene of class `name`."""
        return sample_scene(name, rng)


def animals(
    split: str = "test", n: int | None = None, seed: int = 0, classes: Sequence[str] | None = None
) -> Animals:
    """Pictures of one animal each: a bird, a cat, a cow, a dog, a horse or a sheep, as in Pascal-Part.

    A picture depends on the split, the seed, its class and its turn alone. Kinds are told apart by several
    parts together, none by its color alone: all come in many coats. An animal stands, walks, lowers its head,
    lies or sits anywhere in the picture, takes 40 to 80 % of its side, and looks left or right; the border
    or something before it may hide parts of it. Surroundings and light do not depend on the kind.

    `parts` are those of Pascal-Part, each with one mask that may consist of several pieces, as of all legs; a
    pixel belongs to one of them. `scene.without("ear")` is the picture with a part taken off.

    Parameters
    ----------
    split : {"train", "val", "test"}
        Splits share no picture.
    n : int, optional
        How many pictures; 1,000 of each kind for training and 100 else. Labels go round the classes.
    seed : int
    classes : sequence of str, optional
        Some of the kinds, in the order wanted; all where not given.

    Raises
    ------
    ValueError
        For an unknown split or class, and where `n` or `seed` is negative.
    TypeError
        Where these are no whole numbers, and for classes without an order, such as a set.
    """
    return Animals(split, n, seed, check_chosen(classes, KINDS), PER_CLASS)
