"""The six kinds of animals: their parts, how each is built, and the poses in which it is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.surfaces import Random

KINDS = ("bird", "cat", "cow", "dog", "horse", "sheep")
"""The six animals of Pascal-Part, which are the classes."""
PARTS = ("torso", "neck", "head", "muzzle", "beak", "eye", "ear", "horn", "wing", "leg", "tail")
"""All parts, as Pascal-Part calls them; all legs of an animal are one part, as are both ears."""

_FOUR_LEGGED = ("torso", "neck", "head", "muzzle", "eye", "ear", "leg", "tail")
PARTS_OF: dict[str, tuple[str, ...]] = {
    "bird": ("torso", "neck", "head", "beak", "eye", "wing", "leg", "tail"),
    "cat": _FOUR_LEGGED,
    "cow": (*_FOUR_LEGGED, "horn"),
    "dog": _FOUR_LEGGED,
    "horse": _FOUR_LEGGED,
    "sheep": _FOUR_LEGGED,
}
"""The parts of each kind."""

POSES = ("standing", "walking", "head down", "lying", "sitting")
POSES_OF: dict[str, tuple[str, ...]] = {
    "bird": POSES[:3],
    "cat": POSES,
    "cow": POSES[:4],
    "dog": POSES,
    "horse": POSES[:4],
    "sheep": POSES[:4],
}
"""The poses in which each kind is seen."""
FACING: dict[str, float] = {"bird": 0.0, "cat": 0.6, "cow": 0.4, "dog": 0.5, "horse": 0.3, "sheep": 0.4}
"""Share of each kind that look at the viewer; the others look along their body."""


@dataclass(frozen=True)
class Build:
    """Lengths of a four-legged animal, in half lengths of its torso, and angles in radians.

    Attributes
    ----------
    body : radius at the hip, in the middle and at the chest
    height : of the hip above the ground
    rise : how much higher the shoulder is than the hip
    leg : radius of the thigh, the knee, the shank and the foot
    neck : length, radius at its root and at its end, and how far it is lifted
    head : size against the head as it is drawn
    nod : how far the head points down
    """

    body: tuple[float, float, float]
    height: float
    rise: float
    leg: tuple[float, float, float, float]
    neck: tuple[float, float, float, float]
    head: float
    nod: float

    def varied(self, rng: Random) -> Build:
        """Another animal of the same kind."""

        def off(values: tuple[float, ...], spread: float = 0.08) -> tuple[float, ...]:
            return tuple((np.asarray(values) * rng.uniform(1 - spread, 1 + spread, len(values))).tolist())

        bulk, limbs = rng.uniform(0.92, 1.1), rng.uniform(0.9, 1.12)
        length, root, end, lift = off(self.neck)
        hip, middle, chest = off(self.body, 0.05)
        thigh, knee, shank, foot = off(self.leg, 0.05)
        return Build(
            body=(hip * bulk, middle * bulk, chest * bulk),
            height=self.height * limbs,
            rise=self.rise + rng.uniform(-0.05, 0.05),
            leg=(thigh * bulk, knee * bulk, shank * bulk, foot * bulk),
            neck=(length, root * bulk, end, lift),
            head=self.head * rng.uniform(0.94, 1.08),
            nod=self.nod + rng.uniform(-0.15, 0.15),
        )


BUILDS: dict[str, Build] = {
    "cat": Build(
        body=(0.34, 0.31, 0.31),
        height=0.86,
        rise=0.0,
        leg=(0.25, 0.12, 0.085, 0.105),
        neck=(0.56, 0.26, 0.22, 0.75),
        head=1.34,
        nod=0.1,
    ),
    "cow": Build(
        body=(0.5, 0.58, 0.55),
        height=1.3,
        rise=-0.02,
        leg=(0.3, 0.15, 0.11, 0.13),
        neck=(0.62, 0.44, 0.33, 0.35),
        head=1.25,
        nod=0.55,
    ),
    "dog": Build(
        body=(0.3, 0.28, 0.37),
        height=1.06,
        rise=0.04,
        leg=(0.24, 0.13, 0.09, 0.12),
        neck=(0.62, 0.29, 0.22, 0.9),
        head=1.24,
        nod=0.1,
    ),
    "horse": Build(
        body=(0.42, 0.4, 0.43),
        height=1.6,
        rise=0.06,
        leg=(0.3, 0.14, 0.085, 0.115),
        neck=(1.08, 0.38, 0.22, 0.95),
        head=1.0,
        nod=0.7,
    ),
    "sheep": Build(
        body=(0.55, 0.58, 0.55),
        height=1.06,
        rise=0.0,
        leg=(0.16, 0.1, 0.085, 0.1),
        neck=(0.62, 0.36, 0.27, 0.5),
        head=1.22,
        nod=0.45,
    ),
}
"""The four-legged kinds."""
