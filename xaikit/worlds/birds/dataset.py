"""The set of pictures `toyworld/birds`."""

from __future__ import annotations

from collections.abc import Sequence

from xaikit.data.hierarchy import Hierarchy
from xaikit.worlds.birds.scenes import BirdScene, sample_scene
from xaikit.worlds.birds.species import FAMILY, MARKS, RIVALS, SPECIES
from xaikit.worlds.drawn import DrawnScenes, Random, check_chosen

PER_CLASS = {"train": 250, "val": 25, "test": 25}
"""Pictures of each species where `n` is not given."""

HIERARCHY = Hierarchy({name: (FAMILY[name], name) for name in SPECIES})
TRUTHS: dict[str, dict[str, str]] = {"mark": dict(MARKS), "rival": dict(RIVALS)}
"""The part that tells a species from its rival, and the rival."""


class Birds(DrawnScenes[BirdScene]):
    """Pictures of `toyworld/birds`, painted when asked for. See `birds`."""

    world = "birds"

    def sampled(self, name: str, rng: Random) -> BirdScene:
        """A scene of class `name`."""
        return sample_scene(name, rng)


def birds(
    split: str = "test", n: int | None = None, seed: int = 0, classes: Sequence[str] | None = None
) -> Birds:
    """Pictures of one bird each; a picture depends on the split, the seed, its class and its turn alone.

    The 24 species belong to eight families. `truth("mark")` names the part that tells a species from its
    rival, `truth("rival")` that species; painted like the rival there (`scene.with_mark`), the bird is one.
    The first species of a family lacks the marks of both others, so that two parts tell it from these.
    `hierarchy` holds the families. Surroundings, light and what hides a bird do not depend on its species.

    Parameters
    ----------
    split : {"train", "val", "test"}
        Splits share no picture.
    n : int, optional
        How many pictures; 250 of each species for training and 25 else. Labels go round the classes.
    seed : int
    classes : sequence of str, optional
        Some of the species, in the order wanted; all where not given.

    Raises
    ------
    ValueError
        For an unknown split or class, and where `n` or `seed` is negative.
    TypeError
        Where these are no whole numbers, and for classes without an order, such as a set.
    """
    names = check_chosen(classes, SPECIES)
    return Birds(split, n, seed, names, PER_CLASS, HIERARCHY, TRUTHS)
