"""Heads of the four-legged animals, from the side and from the front, about one unit large.

From the side a head looks to the right, from the front at the viewer; its frame begins in the middle of the
skull.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.animals.pieces import Eye, Layer, Line, Piece, Placing, limb
from xaikit.worlds.drawing.pen import bend
from xaikit.worlds.drawing.surfaces import Random

FAR = 0.72  # light on what is on the far side


@dataclass(frozen=True)
class Head:
    """What is behind the skull, the skull with what melts into it, and what is before it."""

    behind: tuple[Piece, ...]
    skull: tuple[Piece, ...]
    before: tuple[Piece, ...]
    eyes: tuple[Eye, ...]
    lines: tuple[Line, ...] = ()

    def placed(self, at: Placing) -> tuple[list[Layer], list[Eye], list[Line]]:
        """The head at its place on an animal: layers, eyes and lines."""
        behind, skull, before = (
            tuple(at.piece(one) for one in some) for some in (self.behind, self.skull, self.before)
        )
        layers = [
            Layer(behind, 0.02),
            Layer(skull, 0.1 * at.size, shadow=0.25),
            Layer(before, 0.02, shadow=0.2),
        ]
        eyes = [Eye(at.point(*eye.at), eye.radius * at.size, eye.iris) for eye in self.eyes]
        lines = [Line(line.part, at(line.points), line.light) for line in self.lines]
        return [layer for layer in layers if layer.pieces], eyes, lines


def head_of(kind: str, front: bool, rng: Random) -> Head:
    """The head of a kind; lots decide on its ears and marks."""
    return (_FRONT if front else _SIDE)[kind](rng)


def _pair(
    part: str, points: list[tuple[float, float]], radii: list[float], paint: str = "coat"
) -> list[Piece]:
    """A piece and its mirror image."""
    mirrored = [(-x, y) for x, y in points]
    return [limb(part, mirrored, radii, paint), limb(part, points, radii, paint)]


def _both(x: float, y: float, radius: float, iris: str = "dark") -> tuple[Eye, Eye]:
    return Eye((-x, y), radius, iris), Eye((x, y), radius, iris)


def _mouth(*points: tuple[float, float]) -> Line:
    start, middle, end = points
    return Line("muzzle", bend(start, middle, end))


# ---- cats


def _whiskers(x: float, y: float, side: int) -> list[Line]:
    return [
        Line(
            "muzzle", bend((x, y), (x + side * 0.2, y + 0.3 * rise), (x + side * 0.42, y + rise)), light=True
        )
        for rise in (-0.1, 0.02, 0.13)
    ]


def _cat_side(rng: Random) -> Head:
    iris = str(rng.choice(["green", "amber"]))
    return Head(
        behind=(limb("ear", [(0.14, -0.2), (0.2, -0.5)], [0.14, 0.015], tone=FAR),),
        skull=(
            limb("head", [(-0.06, 0.0), (0.07, 0.0)], 0.3),
            limb("muzzle", [(0.24, 0.11), (0.28, 0.11)], 0.12, "muzzle", ahead=0.22),
            limb("ear", [(-0.1, -0.18), (-0.1, -0.52)], [0.15, 0.015], ahead=0.03),
        ),
        before=(
            limb("ear", [(-0.07, -0.22), (-0.08, -0.42)], [0.08, 0.01], "pink"),
            limb("muzzle", [(0.38, 0.04), (0.36, 0.05)], 0.045, "nose"),
        ),
        eyes=(Eye((0.13, -0.06), 0.085, iris),),
        lines=(
            *_whiskers(0.26, 0.12, -1),
            *_whiskers(0.34, 0.13, 1),
            _mouth((0.37, 0.1), (0.34, 0.17), (0.24, 0.17)),
        ),
    )


def _cat_front(rng: Random) -> Head:
    iris = str(rng.choice(["green", "amber"]))
    return Head(
        behind=(
            *_pair("ear", [(0.2, -0.16), (0.29, -0.5)], [0.16, 0.015]),
            *_pair("ear", [(0.2, -0.2), (0.27, -0.41)], [0.085, 0.01], "pink"),
        ),
        skull=(
            limb("head", [(-0.12, 0.02), (0.12, 0.02)], 0.29),
            limb("muzzle", [(-0.07, 0.16), (0.07, 0.16)], 0.1, "muzzle", ahead=0.25),
        ),
        before=(limb("muzzle", [(-0.025, 0.08), (0.025, 0.08)], 0.035, "nose"),),
        eyes=_both(0.16, -0.03, 0.085, iris),
        lines=(
            *_whiskers(0.12, 0.15, 1),
            *_whiskers(-0.12, 0.15, -1),
            _mouth((-0.1, 0.2), (-0.03, 0.24), (0.0, 0.14)),
            _mouth((0.1, 0.2), (0.03, 0.24), (0.0, 0.14)),
        ),
    )


# ---- dogs


def _dog_side(rng: Random) -> Head:
    floppy = rng.random() < 0.6
    hanging = limb("ear", [(-0.1, -0.2), (-0.2, 0.02), (-0.16, 0.26)], [0.09, 0.13, 0.08], "ear")
    pricked = limb("ear", [(-0.12, -0.16), (-0.16, -0.52)], [0.13, 0.02], "ear", ahead=0.03)
    behind = () if floppy else (limb("ear", [(0.04, -0.18), (0.06, -0.5)], [0.12, 0.02], "ear", FAR),)
    tongue = (
        (limb("muzzle", [(0.42, 0.26), (0.44, 0.36)], [0.05, 0.055], "tongue"),) if rng.random() < 0.4 else ()
    )
    return Head(
        behind=(*behind, *tongue),
        skull=(
            limb("head", [(-0.05, -0.02), (0.05, 0.0)], 0.28),
            limb("muzzle", [(0.22, 0.1), (0.52, 0.13)], [0.17, 0.115], "muzzle", ahead=0.12),
            *(() if floppy else (pricked,)),
        ),
        before=(*((hanging,) if floppy else ()), limb("muzzle", [(0.6, 0.06), (0.57, 0.07)], 0.075, "black")),
        eyes=(Eye((0.14, -0.08), 0.07),),
        lines=(_mouth((0.58, 0.19), (0.42, 0.25), (0.26, 0.2)),),
    )


def _dog_front(rng: Random) -> Head:
    floppy = rng.random() < 0.6
    hanging = _pair("ear", [(0.22, -0.2), (0.36, -0.02), (0.35, 0.2)], [0.08, 0.12, 0.08], "ear")
    pricked = _pair("ear", [(0.18, -0.16), (0.27, -0.5)], [0.14, 0.02], "ear")
    tongue = (limb("muzzle", [(0.0, 0.34), (0.0, 0.43)], 0.065, "tongue"),) if rng.random() < 0.5 else ()
    return Head(
        behind=(*(() if floppy else pricked), *tongue),
        skull=(
            limb("head", [(0.0, -0.08), (0.0, 0.03)], [0.28, 0.29]),
            limb(
                "muzzle",
                [(0.0, 0.14), (-0.05, 0.24), (0.05, 0.24)],
                [0.13, 0.145, 0.145],
                "muzzle",
                ahead=0.25,
            ),
        ),
        before=(
            *(hanging if floppy else ()),
            limb("muzzle", [(-0.045, 0.11), (0.045, 0.11)], [0.065, 0.065], "black"),
        ),
        eyes=_both(0.145, -0.06, 0.07),
        lines=(
            Line("muzzle", np.array([(0.0, 0.17), (0.0, 0.21), (0.0, 0.25)])),
            _mouth((-0.13, 0.29), (-0.04, 0.34), (0.0, 0.25)),
            _mouth((0.13, 0.29), (0.04, 0.34), (0.0, 0.25)),
        ),
    )


# ---- cows


def _cow_side(rng: Random) -> Head:
    long = rng.uniform(0.75, 1.25)
    near = [(0.0, -0.22), (0.04, -0.22 - 0.18 * long), (0.2, -0.22 - 0.26 * long)]
    far = [(x + 0.13, y + 0.02) for x, y in near]
    return Head(
        behind=(limb("horn", far, [0.065, 0.05, 0.012], "horn", FAR),),
        skull=(
            limb("head", [(-0.04, -0.02), (0.34, 0.08)], [0.28, 0.215]),
            limb("muzzle", [(0.42, 0.12), (0.47, 0.16)], [0.205, 0.2], "muzzle", ahead=0.1),
        ),
        before=(
            limb("horn", near, [0.085, 0.06, 0.012], "horn"),
            limb("ear", [(-0.1, -0.16), (-0.28, -0.18), (-0.46, -0.08)], [0.06, 0.1, 0.03], "ear"),
            limb("muzzle", [(0.59, 0.06), (0.6, 0.08)], 0.035, "dark"),
        ),
        eyes=(Eye((0.14, -0.1), 0.062),),
        lines=(_mouth((0.62, 0.22), (0.5, 0.26), (0.4, 0.2)),),
    )


def _cow_front(rng: Random) -> Head:
    long = rng.uniform(0.75, 1.2)
    horns = _pair(
        "horn", [(0.17, -0.3), (0.36, -0.36), (0.4, -0.36 - 0.28 * long)], [0.07, 0.055, 0.012], "horn"
    )
    ears = _pair("ear", [(0.22, -0.16), (0.4, -0.17), (0.56, -0.06)], [0.06, 0.1, 0.03], "ear")
    return Head(
        behind=(*horns, *ears),
        skull=(
            limb("head", [(0.0, -0.16), (0.0, 0.2)], [0.27, 0.19]),
            limb("muzzle", [(-0.1, 0.34), (0.1, 0.34)], [0.155, 0.155], "muzzle", ahead=0.2),
        ),
        before=tuple(_pair("muzzle", [(0.1, 0.3), (0.11, 0.33)], [0.035, 0.035], "dark")),
        eyes=_both(0.18, -0.08, 0.062),
        lines=(_mouth((-0.13, 0.42), (0.0, 0.46), (0.13, 0.42)),),
    )


# ---- horses


def _blaze(rng: Random, points: list[tuple[float, float]], radii: list[float]) -> tuple[Piece, ...]:
    return (limb("head", points, radii, "white"),) if rng.random() < 0.45 else ()


def _horse_side(rng: Random) -> Head:
    return Head(
        behind=(limb("ear", [(0.06, -0.2), (0.12, -0.46)], [0.07, 0.015], tone=FAR),),
        skull=(
            limb("head", [(-0.06, 0.02), (0.5, 0.08)], [0.25, 0.145]),
            limb("muzzle", [(0.56, 0.09), (0.64, 0.11)], [0.14, 0.135], "muzzle", ahead=0.06),
            limb("ear", [(-0.1, -0.18), (-0.08, -0.48)], [0.085, 0.015], ahead=0.06),
        ),
        before=(
            limb("head", [(-0.02, -0.28), (0.1, -0.2), (0.22, -0.12)], [0.06, 0.07, 0.02], "mane"),
            *_blaze(rng, [(0.26, -0.1), (0.5, -0.02)], [0.035, 0.03]),
            limb("muzzle", [(0.69, 0.05), (0.68, 0.07)], 0.03, "dark"),
        ),
        eyes=(Eye((0.1, -0.07), 0.058),),
        lines=(_mouth((0.72, 0.18), (0.62, 0.21), (0.52, 0.18)),),
    )


def _horse_front(rng: Random) -> Head:
    return Head(
        behind=tuple(_pair("ear", [(0.12, -0.3), (0.16, -0.58)], [0.085, 0.015])),
        skull=(
            limb("head", [(0.0, -0.14), (0.0, 0.4)], [0.25, 0.15]),
            limb("muzzle", [(-0.04, 0.52), (0.04, 0.52)], [0.145, 0.145], "muzzle", ahead=0.1),
        ),
        before=(
            limb("head", [(0.0, -0.4), (0.03, -0.26), (-0.02, -0.1)], [0.06, 0.09, 0.02], "mane"),
            *_blaze(rng, [(0.0, 0.0), (0.0, 0.32)], [0.05, 0.045]),
            *_pair("muzzle", [(0.08, 0.5), (0.085, 0.53)], [0.032, 0.032], "dark"),
        ),
        eyes=_both(0.185, -0.08, 0.06),
        lines=(_mouth((-0.09, 0.6), (0.0, 0.63), (0.09, 0.6)),),
    )


# ---- sheep


def _sheep_side(rng: Random) -> Head:
    return Head(
        behind=(),
        skull=(
            limb("head", [(-0.04, 0.0), (0.26, 0.1)], [0.23, 0.16], "face"),
            limb("muzzle", [(0.32, 0.12), (0.42, 0.15)], [0.15, 0.12], "muzzle", ahead=0.06),
        ),
        before=(
            limb("head", [(-0.16, -0.1), (-0.08, -0.2), (0.06, -0.2)], [0.15, 0.16, 0.1], "wool"),
            limb("ear", [(-0.1, -0.04), (-0.26, 0.06), (-0.36, 0.18)], [0.05, 0.085, 0.03], "face"),
            limb("muzzle", [(0.51, 0.1), (0.5, 0.12)], 0.028, "dark"),
        ),
        eyes=(Eye((0.1, -0.03), 0.058),),
        lines=(_mouth((0.5, 0.2), (0.42, 0.23), (0.32, 0.19)),),
    )


def _sheep_front(rng: Random) -> Head:
    return Head(
        behind=tuple(_pair("ear", [(0.16, -0.08), (0.34, 0.0), (0.46, 0.1)], [0.055, 0.085, 0.03], "face")),
        skull=(
            limb("head", [(0.0, -0.08), (0.0, 0.22)], [0.22, 0.15], "face"),
            limb("muzzle", [(-0.03, 0.32), (0.03, 0.32)], [0.125, 0.125], "muzzle", ahead=0.1),
        ),
        before=(
            limb("head", [(-0.14, -0.24), (0.0, -0.3), (0.14, -0.24)], [0.13, 0.15, 0.13], "wool"),
            *_pair("muzzle", [(0.045, 0.3), (0.05, 0.31)], [0.022, 0.022], "dark"),
        ),
        eyes=_both(0.14, -0.03, 0.058),
        lines=(_mouth((-0.07, 0.37), (0.0, 0.41), (0.07, 0.37)),),
    )


_SIDE: dict[str, Callable[[Random], Head]] = {
    "cat": _cat_side,
    "cow": _cow_side,
    "dog": _dog_side,
    "horse": _horse_side,
    "sheep": _sheep_side,
}
_FRONT: dict[str, Callable[[Random], Head]] = {
    "cat": _cat_front,
    "cow": _cow_front,
    "dog": _dog_front,
    "horse": _horse_front,
    "sheep": _sheep_front,
}
