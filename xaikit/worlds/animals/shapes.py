"""The shape of an animal of a kind in a pose, in its own frame.

The frame has its origin on the ground below the animal's middle, x to the right, where the animal looks, and
y down. Half the torso of a four-legged animal is one unit long.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from xaikit.worlds.animals.birds import bird_shape
from xaikit.worlds.animals.heads import FAR, head_of
from xaikit.worlds.animals.kinds import BUILDS, Build
from xaikit.worlds.animals.pieces import Layer, Piece, Placing, Point, Shape, limb
from xaikit.worlds.drawing.surfaces import Random

HIP, SHOULDER = -0.72, 0.72  # where they are along the body
DOWN = {"cat": 0.75, "cow": 1.0, "dog": 0.8, "horse": 1.1, "sheep": 0.95}
"""How far a lowered head is turned down, radians."""
HOOFED = ("cow", "horse", "sheep")


@lru_cache(64)
def shape_of(kind: str, pose: str, front: bool, seed: int) -> Shape:
    """An animal's shape.

    Parameters
    ----------
    kind, pose : of `KINDS` and `POSES`
    front : it looks at the viewer
    seed : which animal of its kind it is
    """
    if kind == "bird":
        return bird_shape(pose, seed)
    rngs = [np.random.default_rng([seed, k]) for k in range(4)]
    build = BUILDS[kind].varied(rngs[0])
    body = _Body(kind, pose, build, rngs[1])
    layers, eyes, lines = head_of(kind, front, rngs[2]).placed(body.head(front))
    back = [Layer((*body.far_legs(), *body.tail(rngs[3])), 0.05)]
    trunk = body.trunk()
    near = body.near_legs()
    if kind == "sheep":  # its wool hangs over its legs
        back.append(Layer(tuple(near), 0.05))
        return Shape(
            (*back, Layer(tuple(trunk), 0.12, wool=0.045, shadow=0.3), *layers), tuple(eyes), tuple(lines)
        )
    mane = [Layer(tuple(body.mane(rngs[3])), 0.06, shadow=0.15)] if kind == "horse" else []
    return Shape((*back, Layer((*trunk, *near), 0.1, shadow=0.2), *mane, *layers), tuple(eyes), tuple(lines))


class _Body:
    """The skeleton of one animal in its pose, and the pieces on it."""

    def __init__(self, kind: str, pose: str, build: Build, rng: Random) -> None:
        self.kind, self.pose, self.build = kind, pose, build
        hip, _, chest = build.body
        self.hip: Point = (HIP, -build.height)
        self.shoulder: Point = (SHOULDER, -build.height - build.rise)
        if pose == "lying":
            self.hip, self.shoulder = (HIP, -0.92 * hip), (SHOULDER, -0.97 * chest - 0.05)
        elif pose == "sitting":
            self.hip, self.shoulder = (-0.42, -1.05 * hip), (0.22, -0.78 * build.height - 0.45)
        self.swing = float(rng.uniform(0.2, 0.34) * rng.choice((-1, 1))) if pose == "walking" else 0.0
        self.lean = rng.uniform(-0.06, 0.06, 4).tolist()
        self.lift = build.neck[3] + float(rng.uniform(-0.15, 0.15))
        self.neck = self._neck()

    def _neck(self) -> tuple[Point, Point]:
        length = self.build.neck[0]
        x, y = self.shoulder[0] + 0.06, self.shoulder[1] - 0.1
        if self.pose != "head down":
            return (x, y), (x + length * np.cos(self.lift), y - length * np.sin(self.lift))
        fall = max(-0.62 * self.build.head - y, 0.1)
        length = max(length, fall / 0.92)
        return (x, y), (x + (length**2 - fall**2) ** 0.5, y + fall)

    def head(self, front: bool) -> Placing:
        """Where the head sits at the end of the neck."""
        if front:
            return Placing((self.neck[1][0] + 0.04, self.neck[1][1]), self.build.head, 0.0)
        turn = DOWN[self.kind] if self.pose == "head down" else self.build.nod
        return Placing(self.neck[1], self.build.head, turn)

    def trunk(self) -> list[Piece]:
        """Torso and neck."""
        (hx, hy), (sx, sy), (hip, middle, chest) = self.hip, self.shoulder, self.build.body
        sag = 0.04 if self.kind != "dog" else -0.04
        coat = "wool" if self.kind == "sheep" else "coat"
        t = np.linspace(0, 1, 5)  # so many that no crease is seen where two meet
        spine = np.stack([hx + t * (sx - hx), hy + t * (sy - hy) + 4 * sag * t * (1 - t)], 1)
        thick = hip + t * (chest - hip) + 4 * (middle - (hip + chest) / 2) * t * (1 - t)
        pieces = [
            limb("torso", spine, thick, coat),
            limb("neck", self.neck, self.build.neck[1:3], coat, ahead=0.16),
        ]
        if self.kind == "cow" and self.pose != "lying":
            at = (hx + 0.42, hy + hip + 0.04)
            pieces.append(limb("torso", [at, (at[0] + 0.1, at[1])], 0.17, "pink"))
        return pieces

    def near_legs(self) -> list[Piece]:
        """Hind and fore leg on the side of the viewer."""
        return [*self._hind(self.swing, 0.0, 1.0), *self._fore(-self.swing, 0.0, 1.0)]

    def far_legs(self) -> list[Piece]:
        """Those on the other side, a little further on."""
        return [*self._hind(-self.swing, 0.16, FAR), *self._fore(self.swing, 0.16, FAR)]

    def _leg(self, points: list[Point], radii: list[float], tone: float) -> list[Piece]:
        foot = self.build.leg[3]
        x, _ = points[-1]
        toe = 0.03 if self.kind in HOOFED else 0.09
        ahead = 0.2 if tone == 1 else 0.0
        paint = "face" if self.kind == "sheep" else "coat"
        return [
            limb("leg", points, radii, paint, tone, ahead),
            limb("leg", [(x, -0.85 * foot), (x + toe, -0.85 * foot)], foot, "feet", tone, ahead + 0.05),
        ]

    def _hind(self, swing: float, shift: float, tone: float) -> list[Piece]:
        (x, y), (thigh, knee, shank, foot) = self.hip, self.build.leg
        x += shift
        if self.pose in ("lying", "sitting"):
            folded = [(x + 0.06, -1.15 * thigh - 0.04), (x + 0.5, -0.16), (x + 0.72, -foot)]
            return self._leg(folded, [1.2 * thigh, knee, shank], tone)
        lean = self.lean[0 if tone == 1 else 1]
        foot_at = x - 0.03 + swing + lean
        points = [
            (x + 0.02, y + 0.05),
            (x + 0.1 + 0.6 * swing, 0.55 * y),
            (x - 0.12 + 0.85 * swing + 0.5 * lean, 0.32 * y),
            (foot_at, -foot),
        ]
        return self._leg(points, [thigh, knee, shank, shank], tone)

    def _fore(self, swing: float, shift: float, tone: float) -> list[Piece]:
        (x, y), (thigh, knee, shank, foot) = self.shoulder, self.build.leg
        x += shift
        if self.pose == "lying" and self.kind in HOOFED:
            folded = [(x - 0.02, -0.34), (x + 0.4, -0.2), (x + 0.12, -foot)]
            return self._leg(folded, [0.8 * thigh, knee, shank], tone)
        if self.pose == "lying":
            ahead = [(x - 0.06, -0.32), (x + 0.2, -0.12), (x + 0.6, -foot)]
            return self._leg(ahead, [0.8 * thigh, knee, shank], tone)
        lean = self.lean[2 if tone == 1 else 3]
        root = (x + 0.06, 0.72 * y) if self.pose == "sitting" else (x, y + 0.1)
        points = [root, (x + 0.02 + 0.5 * swing, 0.5 * y), (x + 0.06 + 0.8 * swing, 0.28 * y)]
        points.append((x + 0.04 + swing + lean, -foot))
        return self._leg(points, [0.85 * thigh, knee, shank, shank], tone)

    def mane(self, rng: Random) -> list[Piece]:
        """Strands of hair from the crest of the neck."""
        start, end = np.array(self.neck)
        along = (end - start) / np.hypot(*(end - start))
        across = np.array((along[1], -along[0]))
        _, root, tip, _ = self.build.neck
        strands = []
        for t in np.linspace(0.05, 1.0, 9):
            thick = root + t * (tip - root)
            top = start + t * (end - start) + across * 0.92 * thick
            tail = top - across * thick * rng.uniform(0.7, 1.0) + (-0.1, rng.uniform(0.1, 0.2))
            strands.append(limb("neck", [top, tail], [0.115, 0.04], "mane"))
        return strands

    def tail(self, rng: Random) -> list[Piece]:
        """The tail, from the hip on; none of it lies below the ground."""
        x, y = self.hip[0] - 0.85 * self.build.body[0], self.hip[1]
        low = self.pose in ("lying", "sitting")
        return [
            Piece(
                p.part,
                np.stack([p.points[:, 0], np.minimum(p.points[:, 1], -0.8 * p.radii)], 1),
                p.radii,
                p.paint,
            )
            for p in _TAILS[self.kind](x, y, low, rng)
        ]


def _cat_tail(x: float, y: float, low: bool, rng: Random) -> list[Piece]:
    sway = rng.uniform(-0.12, 0.12)
    if low:
        points = [(x + 0.1, y + 0.1), (x - 0.25, -0.1), (x - 0.62, -0.08), (x - 0.9, -0.22 + sway)]
    elif rng.random() < 0.5:
        points = [(x + 0.05, y - 0.1), (x - 0.3, y - 0.2), (x - 0.42, y - 0.6), (x - 0.22 + sway, y - 1.0)]
    else:
        points = [(x + 0.05, y - 0.1), (x - 0.35, y + 0.15), (x - 0.7, y + 0.1), (x - 0.85, y - 0.3 + sway)]
    return [limb("tail", points, [0.09, 0.08, 0.075, 0.06])]


def _dog_tail(x: float, y: float, low: bool, rng: Random) -> list[Piece]:
    sway = rng.uniform(-0.15, 0.2)
    if low:
        points = [(x + 0.1, y), (x - 0.25, y + 0.05), (x - 0.5, y - 0.15 + sway)]
    else:
        points = [(x + 0.08, y - 0.12), (x - 0.2, y - 0.42), (x - 0.2 + sway, y - 0.82)]
    return [limb("tail", points, [0.11, 0.11, 0.035])]


def _cow_tail(x: float, y: float, low: bool, rng: Random) -> list[Piece]:
    sway = rng.uniform(-0.16, 0.06)
    end = (x - 0.14 + sway, y + 0.62)
    return [
        limb("tail", [(x + 0.08, y - 0.24), (x - 0.12, y - 0.1), end], [0.06, 0.05, 0.04]),
        limb("tail", [end, (end[0] + 0.3 * sway, end[1] + 0.26)], [0.1, 0.05], "mane"),
    ]


def _horse_tail(x: float, y: float, low: bool, rng: Random) -> list[Piece]:
    sway = rng.uniform(-0.25, 0.05)
    points = [
        (x + 0.08, y - 0.2),
        (x - 0.16, y - 0.12),
        (x - 0.26 + 0.5 * sway, y + 0.4),
        (x - 0.2 + sway, y + 0.98),
    ]
    return [limb("tail", points, [0.07, 0.12, 0.16, 0.04], "mane")]


def _sheep_tail(x: float, y: float, low: bool, rng: Random) -> list[Piece]:
    return [
        limb(
            "tail", [(x - 0.02, y - 0.1), (x - 0.14, y + 0.22 + rng.uniform(-0.05, 0.1))], [0.14, 0.1], "wool"
        )
    ]


_TAILS = {"cat": _cat_tail, "cow": _cow_tail, "dog": _dog_tail, "horse": _horse_tail, "sheep": _sheep_tail}
