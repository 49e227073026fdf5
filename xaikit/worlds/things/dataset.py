"""The sets of pictures: `toyworld/things`, `pairs`, `textures`, `materials` and `colors`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xaikit.data.hierarchy import Hierarchy
from xaikit.data.images import Sample
from xaikit.worlds.drawing.surfaces import (
    COLORS,
    MATERIALS,
    PATTERNS,
    TEXTURES,
    Color,
    Random,
    Surface,
    jittered,
    material,
    toned,
)
from xaikit.worlds.drawn import DrawnImages, check_chosen
from xaikit.worlds.things.catalogue import THINGS
from xaikit.worlds.things.scenes import SIZE, box_of, developed, draw_pair, draw_single
from xaikit.worlds.things.surroundings import FULL, PLACES, whole_frame

PER_CLASS = {"train": 150, "val": 20, "test": 20}
"""Pictures of each class where `n` is not given."""

CLASS_NAMES = sorted(THINGS, key=lambda name: list(PLACES).index(THINGS[name].kind[0]))
"""All classes: the living, then artifacts, then the rest."""

LIGHT_GROUND = ("spotted", "scaly", "woven")
"""Textures of which mostly the lines or spots are dark, and the ground light."""

HIERARCHY = Hierarchy({name: (*THINGS[name].kind, name) for name in CLASS_NAMES})
TRUTHS: dict[str, dict[str, str]] = {
    kind: {name: known for name in CLASS_NAMES if (known := getattr(THINGS[name], kind)) is not None}
    for kind in ("texture", "material", "color")
}
"""What each class is covered with or made of, by kind, where it is one thing and known."""


class Things(DrawnImages):
    """Pictures of `toyworld/things`. See `things`."""

    world = "things"

    def drawn(self, name: str, rng: Random, label: int, id_: str) -> Sample:
        """A thing in its surroundings."""
        drawn = draw_single(THINGS[name], rng)
        (seen,) = drawn.seen
        box = box_of(seen)
        return Sample(
            image=drawn.image,
            label=label,
            id=id_,
            parts={"object": seen},
            box=box,
            boxes={} if box is None else {name: box},
            attributes={"occluded": drawn.occluded},
        )


class Pairs(DrawnImages):
    """Pictures of `toyworld/pairs`. See `pairs`."""

    world = "pairs"

    def drawn(self, name: str, rng: Random, label: int, id_: str) -> Sample:
        """The thing, and one of another sub-category beside it."""
        first = THINGS[name]
        others = [thing for thing in THINGS.values() if thing.kind != first.kind]
        second = others[rng.integers(len(others))]
        drawn = draw_pair(first, second, rng)
        boxes = {thing.name: box_of(seen) for thing, seen in zip((first, second), drawn.seen, strict=True)}
        known = {one: box for one, box in boxes.items() if box is not None}
        return Sample(
            image=drawn.image,
            label=label,
            id=id_,
            parts=dict(zip((first.name, second.name), drawn.seen, strict=True)),
            box=known.get(first.name),
            boxes=known,
        )


class Swatches(DrawnImages):
    """Whole pictures of one texture, material or color. See `textures`, `materials` and `colors`."""

    def __init__(
        self,
        world: str,
        names: Sequence[str],
        surface: Callable[[str, Random], Surface],
        split: str,
        n: int | None,
        seed: int,
    ) -> None:
        super().__init__(split, n, seed, names, PER_CLASS)
        self.world, self._surface = world, surface

    def drawn(self, name: str, rng: Random, label: int, id_: str) -> Sample:
        """A picture filled with one surface."""
        picture = np.zeros((SIZE, SIZE, 3), np.float32)
        pen = whole_frame(picture, rng)
        surface = self._surface(name, rng)
        pen.fill(surface, FULL, relief=0)
        across, down = np.meshgrid(*2 * [np.linspace(-1, 1, SIZE, dtype=np.float32)])
        picture *= (1 + rng.uniform(-0.18, 0.18) * across + rng.uniform(-0.18, 0.18) * down)[..., None]
        return Sample(image=developed(picture, rng), label=label, id=id_)


def things(
    split: str = "test", n: int | None = None, seed: int = 0, classes: Sequence[str] | None = None
) -> Things:
    """Pictures of one thing each; a picture depends on the split, the seed, its class and its turn alone.

    `hierarchy` holds two levels above the classes; `truth("texture")`, `truth("material")` and
    `truth("color")` say what a class is covered with or made of, where that is one thing. `box` and
    `parts["object"]` say where the thing is seen.

    Parameters
    ----------
    split : {"train", "val", "test"}
        Splits share no picture.
    n : int, optional
        How many pictures; 150 of each class for training and 20 else. Labels go round the classes.
    seed : int
    classes : sequence of str, optional
        Some of the classes, in the order wanted; all where not given.

    Raises
    ------
    ValueError
        For an unknown split or class, and where `n` or `seed` is negative.
    TypeError
        Where these are no whole numbers, and for classes without an order, such as a set.
    """
    names = check_chosen(classes, CLASS_NAMES)
    return Things(split, n, seed, names, PER_CLASS, HIERARCHY, TRUTHS)


def pairs(split: str = "test", n: int | None = None, seed: int = 0) -> Pairs:
    """Pictures of two things of different sub-categories side by side, for the pointing game.

    The label and `box` are those of the first, `boxes` holds both by the names of their classes, and so does
    `parts`. Classes, labels, splits and errors are those of `things`.
    """
    return Pairs(split, n, seed, CLASS_NAMES, PER_CLASS, HIERARCHY, TRUTHS)


def textures(split: str = "test", n: int | None = None, seed: int = 0) -> Swatches:
    """Pictures filled with one texture, in all colors, sizes and directions. Errors are those of `things`."""
    return Swatches("textures", list(TEXTURES), _texture, split, n, seed)


def materials(split: str = "test", n: int | None = None, seed: int = 0) -> Swatches:
    """Pictures filled with one material, in every color that it comes in. Errors are those of `things`."""
    return Swatches("materials", list(MATERIALS), _material, split, n, seed)


def colors(split: str = "test", n: int | None = None, seed: int = 0) -> Swatches:
    """Pictures filled with tones of one color, in all textures and materials. Errors as of `things`."""
    return Swatches("colors", list(COLORS), _color, split, n, seed)


def _texture(name: str, rng: Random) -> Surface:
    dark, light = _contrasting(rng)
    usual = name in LIGHT_GROUND if rng.random() < 0.8 else rng.random() < 0.5
    first, second = (light, dark) if usual else (dark, light)
    return Surface(name, first, second, _period(rng), _turn(rng))


def _material(name: str, rng: Random) -> Surface:
    return material(name, rng, 1.0, _period(rng), _turn(rng))


def _color(name: str, rng: Random) -> Surface:
    tone = jittered(COLORS[name], rng, 12)
    patterns = list(PATTERNS)
    pattern = patterns[rng.integers(len(patterns))]
    dark, light = toned(tone, rng.uniform(0.6, 0.85)), toned(tone, rng.uniform(1.1, 1.35))
    return Surface(pattern, dark, light, _period(rng), _turn(rng))


def _period(rng: Random) -> float:
    """Of 6 to 18 pixels, small ones as likely as large ones."""
    return float(6 * 3 ** rng.uniform(0, 1) * 2 / SIZE)


def _turn(rng: Random) -> float:
    """Mostly upright, give or take an eighth of a circle, sometimes lying."""
    return float(rng.uniform(-np.pi / 4, np.pi / 4) + (np.pi / 2 if rng.random() < 0.25 else 0))


def _contrasting(rng: Random) -> tuple[Color, Color]:
    """A dark color and a light one."""
    named = list(COLORS.values())
    while True:
        first, second = (jittered(named[rng.integers(len(named))], rng, 18) for _ in range(2))
        if sum(second) - sum(first) > 150:
            return first, second
