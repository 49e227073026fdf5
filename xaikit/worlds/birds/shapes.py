"""The outlines of a bird's parts, in its own frame, for a family and a posture.

The frame has its origin where the bird stands (or where the water reaches on a swimming one), x to the right,
where the bird looks, y down. A small bird is about two units long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.birds.builds import BUILDS, Build, Point
from xaikit.worlds.drawing.pen import Outline, bend, ellipse, soft, stroke

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Ball:
    """A rounded part of the body, for its light: middle, half length and half depth, pitch."""

    middle: Point
    halves: Point
    pitch: float


@dataclass(frozen=True)
class Shape:
    """A bird in a posture.

    Attributes
    ----------
    silhouette : outlines that the body, the neck and the head fill together
    parts : outlines of each part; those that lie on the body may reach beyond it
    lines : fine lines on the wing and the tail, each (k, 2)
    balls : what the body is round like
    eye : its middle and radius
    """

    silhouette: list[Outline]
    parts: dict[str, list[Outline]]
    lines: dict[str, list[np.ndarray]]
    balls: list[Ball]
    eye: tuple[Point, float]

    def bounds(self) -> Bounds:
        """Of all that is drawn of the bird."""
        solid = ("tail", "legs", "bill", "wing")
        return bounds([*self.silhouette, *(outline for part in solid for outline in self.parts[part])])


def bounds(outlines: Sequence[Outline], margin: float = 0.0) -> Bounds:
    """Left, top, right and bottom of some outlines, with a margin around them."""
    every = np.concatenate(outlines)
    (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return left - margin, top - margin, right + margin, bottom + margin


class _Axes:
    """Places given along and across an axis, as places of the frame."""

    def __init__(self, middle: Point, halves: Point, pitch: float) -> None:
        self.middle, self.halves, self.pitch = middle, halves, pitch

    def __call__(self, outline: np.ndarray | list[Point]) -> np.ndarray:
        """(k, 2) in half lengths ahead and half depths down."""
        ahead, down = (np.asarray(outline, float) * self.halves).T
        cos, sin = np.cos(self.pitch), np.sin(self.pitch)
        return np.stack(
            [self.middle[0] + cos * ahead + sin * down, self.middle[1] - sin * ahead + cos * down], 1
        )

    def point(self, ahead: float, down: float) -> Point:
        x, y = self([(ahead, down)])[0].tolist()
        return x, y


def shape_of(family: str, posture: str, nod: float = 0.0, stride: float = 0.0) -> Shape:
    """The outlines of a bird.

    Parameters
    ----------
    family : one of `BUILDS`
    posture : one of `POSTURES`
    nod : radians by which the head is lifted
    stride : -1..1, how the legs stand
    """
    build = BUILDS[family]
    pitch = build.pitch[0] if posture == "upright" else build.pitch[1]
    if posture == "swimming":
        pitch *= 0.4
    rough = _Axes((0.0, 0.0), build.body, pitch)
    low = rough(_BODY)[:, 1].max()
    ground = low - 0.34 * build.body[1] if posture == "swimming" else low + build.legs
    body = _Axes((-rough.point(build.stand, 0)[0], -float(ground)), build.body, pitch)
    front = body.point(0.74, -0.42)
    center = (front[0] + build.neck[0], front[1] - build.neck[1])
    head = _Axes(center, (build.head, build.head), nod)
    parts = {**_on_the_body(body, build), **_on_the_head(head, build)}
    parts["legs"] = _legs(body, build, stride)
    neck = stroke(np.array([body.point(0.42, -0.06), center]), 1.86 * build.body[1], 1.7 * build.head)
    silhouette = [body(_BODY), neck, head(_HEAD)]
    if build.crest:
        silhouette.append(head(_CREST))
        parts["crown"].append(head(_CREST))
    balls = [Ball(body.middle, build.body, pitch), Ball(center, (build.head, build.head), nod)]
    lines = {"wing": _feathers(body, build), "tail": _tail_feathers(body, build)}
    return Shape(silhouette, parts, lines, balls, (head.point(0.4, -0.1), 0.17 * build.head**0.5 * 0.58))


_BODY = soft(
    *((-1.06, -0.12), (-0.45, -0.78), (0.3, -0.96), (0.86, -0.6)),
    *((1.02, 0.1), (0.7, 0.78), (0.1, 1.0), (-0.55, 0.72), (-0.98, 0.22)),
)
_WHOLE = ellipse(0.0, 0.0, 1.6, 1.6)
_BACK = soft(
    (1.0, -1.3), (0.8, -0.62), (0.4, -0.16), (-0.5, -0.1), (-1.02, -0.06), (-1.4, -0.5), (-0.4, -1.4)
)
_BREAST = soft((1.4, -0.9), (0.72, -0.66), (0.34, -0.1), (0.08, 0.4), (-0.04, 1.4), (0.9, 1.5), (1.5, 0.4))
_BARS = [
    stroke(bend((0.24 - d, -0.36 + 0.12 * d), (0.08 - d, 0.0), (0.12 - d, 0.4)), 0.16, 0.16)
    for d in (0.0, 0.36)
]
_HEAD = ellipse(0.0, 0.0, 1.0, 0.96)
_CREST = soft(
    (0.5, -0.75), (0.1, -1.15), (-0.75, -1.5), (-1.35, -1.5), (-0.95, -0.85), (-0.6, -0.4), (0.1, -0.5)
)
_CHEEK = soft((1.3, -0.4), (0.0, -0.9), (-0.62, -0.5), (-0.66, 0.3), (-0.4, 0.95), (0.5, 0.86), (1.3, 0.6))
_NAPE = soft((-0.5, -0.66), (-0.5, 0.0), (-0.56, 0.6), (-0.5, 1.15), (-1.1, 1.5), (-1.6, 0.5), (-1.2, -0.7))
_THROAT = soft((1.1, 0.28), (0.62, 0.3), (0.1, 0.62), (-0.2, 0.95), (0.1, 1.3), (0.9, 1.3), (1.5, 0.8))
_CROWN = soft(
    *((0.42, -0.5), (0.2, -0.4), (-0.4, -0.3), (-0.95, -0.32)),
    *((-1.25, -1.1), (-0.1, -1.4), (0.72, -1.2)),
)
_FOREHEAD = soft((0.2, -1.2), (0.1, -0.62), (0.5, -0.2), (0.84, 0.14), (1.3, 0.1), (1.2, -0.8))
_BROW = soft(
    *((0.68, -0.34), (0.34, -0.56), (-0.1, -0.6), (-0.55, -0.48), (-0.84, -0.24)),
    *((-0.62, -0.2), (-0.2, -0.34), (0.3, -0.32)),
)


def _on_the_body(body: _Axes, build: Build) -> dict[str, list[Outline]]:
    tip = -1.0 - build.wing / build.body[0]
    wing = soft(
        *((0.46, -0.08), (0.16, -0.34), (-0.4, -0.32), (-0.95, -0.12), (tip, 0.12)),
        *((-0.85, 0.26), (-0.35, 0.36), (0.12, 0.34), (0.42, 0.16)),
    )
    return {
        "tail": [_tail(body, build)],
        "belly": [body(_WHOLE)],
        "back": [body(_BACK)],
        "breast": [body(_BREAST)],
        "wing": [body(wing)],
        "wing bars": [body(bar) for bar in _BARS],
    }


def _on_the_head(head: _Axes, build: Build) -> dict[str, list[Outline]]:
    return {
        "bill": _bill(head, build),
        "cheek": [head(_CHEEK)],
        "nape": [head(_NAPE)],
        "throat": [head(_THROAT)],
        "crown": [head(_CROWN)],
        "forehead": [head(_FOREHEAD)],
        "brow": [head(_BROW)],
    }


def _bill(head: _Axes, build: Build) -> list[Outline]:
    """Upper and lower half, in units of the head's radius."""
    length, deep, shape = build.bill[0] / build.head, build.bill[1] / build.head / 2, build.bill[2]
    end, mid = 0.82 + length, 0.82 + 0.5 * length
    if shape == "cone":
        outline = soft(
            (0.7, 0.1 - deep),
            (mid, 0.1 - 0.62 * deep),
            (end, 0.2),
            (mid, 0.16 + 0.6 * deep),
            (0.7, 0.14 + deep),
        )
    elif shape == "hooked":
        outline = soft(
            *((0.7, 0.1 - deep), (mid, 0.1 - deep), (end - 0.1, 0.06 - 0.5 * deep), (end, 0.2 + deep)),
            *((end - 0.22, 0.16 + 0.9 * deep), (mid, 0.12 + 0.8 * deep), (0.7, 0.14 + deep)),
        )
    elif shape == "flat":
        outline = soft(
            *((0.66, 0.04 - deep), (mid, 0.22 - 0.7 * deep), (end - 0.06, 0.24 - 0.5 * deep), (end, 0.36)),
            *((end - 0.1, 0.4 + 0.3 * deep), (mid, 0.26 + 0.8 * deep), (0.66, 0.16 + deep)),
        )
    else:
        straight = 0.5 if shape == "chisel" else 0.3
        outline = np.array(
            [
                (0.7, 0.08 - deep),
                (mid, 0.1 - straight * 1.3 * deep),
                (end, 0.16),
                (mid, 0.16 + straight * 1.2 * deep),
                (0.7, 0.14 + deep),
            ]
        )
    return [head(outline)]


def _tail_axes(body: _Axes, build: Build) -> _Axes:
    """Along the tail, from its root: 1 is its end; across, 1 is half its width."""
    length, width, lift = build.tail
    return _Axes(body.point(-0.8, -0.02), (-length - 0.2 * build.body[0], width / 2), body.pitch - lift)


def _tail(body: _Axes, build: Build) -> Outline:
    notch = 1.0 - build.fork
    rounded = 1.0 if build.fork else 1.05
    return _tail_axes(body, build)(
        [
            (0, -0.62),
            (0.5, -0.8),
            (0.97, -1.0),
            (rounded, -0.6),
            (notch, 0.0),
            (rounded, 0.6),
            (0.97, 1.0),
            (0.5, 0.8),
            (0, 0.62),
        ]
    )


def _tail_feathers(body: _Axes, build: Build) -> list[np.ndarray]:
    axes = _tail_axes(body, build)
    return [axes([(0.25, 0.62 * side), (0.98, side)]) for side in (-0.55, -0.1, 0.35)]


def _feathers(body: _Axes, build: Build) -> list[np.ndarray]:
    """Borders of the wing's feathers: two rows of coverts, then the long ones down to the tip."""
    tip = -1.0 - build.wing / build.body[0]
    long = [
        bend(
            (-0.04 - 0.09 * k, 0.33 - 0.09 * k),
            (-0.42 - 0.08 * k, 0.33 - 0.06 * k),
            (-0.62 + (tip + 0.7) * k / 6, 0.31 - 0.03 * k),
        )
        for k in range(7)
    ]
    rows = [bend((0.2 - d, -0.34 + 0.1 * d), (0.02 - d, 0.0), (0.08 - d, 0.36)) for d in (0.0, 0.34)]
    return [body(line) for line in (*long, *rows)]


def _legs(body: _Axes, build: Build, stride: float) -> list[Outline]:
    outlines = []
    for k, side in enumerate((-1, 1)):
        hip = body.point(build.stand - 0.05 + 0.1 * side, 0.6)
        foot = (0.11 * side * (1 + 0.4 * stride), -0.012 - 0.025 * k)
        knee = ((hip[0] + foot[0]) / 2 - 0.05, (hip[1] + foot[1]) / 2)
        outlines.append(stroke(np.array([hip, knee, foot]), 0.085, 0.06))
        toes = 0.24 if build.webbed else 0.17
        if build.webbed:
            outlines.append(
                soft(
                    foot,
                    (foot[0] + toes, foot[1] + 0.03),
                    (foot[0] + 0.1, foot[1] + 0.07),
                    (foot[0] - 0.04, foot[1] + 0.05),
                )
            )
        else:
            outlines += [
                stroke(np.array([foot, (foot[0] + reach, foot[1] + 0.05)]), 0.06, 0.035)
                for reach in (toes, 0.6 * toes, -0.5 * toes)
            ]
    return outlines
