"""What animals wear: colors and patterns of their coats, most of which any kind may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.surfaces import Color, Random, jittered, toned

COLORS: dict[str, Color] = {
    "white": (232, 228, 218),
    "cream": (222, 200, 164),
    "ginger": (198, 128, 72),
    "brown": (132, 86, 54),
    "dark brown": (84, 58, 44),
    "grey": (142, 142, 146),
    "black": (54, 50, 54),
}
PATTERNS = ("plain", "patched", "pale below", "striped")
# Kinds share their coats; what only some of them have is rare enough to tell little.
_SHARES: dict[str, tuple[float, ...]] = {
    "bird": (0.14, 0.08, 0.14, 0.2, 0.1, 0.18, 0.16),
    "cat": (0.14, 0.1, 0.22, 0.1, 0.08, 0.18, 0.18),
    "cow": (0.2, 0.12, 0.18, 0.2, 0.12, 0.04, 0.14),
    "dog": (0.16, 0.16, 0.16, 0.16, 0.12, 0.08, 0.16),
    "horse": (0.16, 0.1, 0.18, 0.22, 0.14, 0.08, 0.12),
    "sheep": (0.34, 0.2, 0.03, 0.14, 0.07, 0.12, 0.1),
}
_PATTERN_SHARES: dict[str, tuple[float, ...]] = {
    "bird": (0.4, 0.1, 0.5, 0.0),
    "cat": (0.3, 0.2, 0.25, 0.25),
    "cow": (0.4, 0.48, 0.12, 0.0),
    "dog": (0.35, 0.3, 0.25, 0.1),
    "horse": (0.55, 0.27, 0.18, 0.0),
    "sheep": (0.85, 0.15, 0.0, 0.0),
}
PINK: Color = (216, 158, 146)
IRISES: dict[str, Color] = {"dark": (74, 50, 36), "green": (158, 190, 92), "amber": (222, 172, 70)}


@dataclass(frozen=True)
class Coat:
    """Colors of an animal.

    Attributes
    ----------
    name, pattern : of `COLORS` and `PATTERNS`
    first, second : of the coat, and of what its pattern adds
    paints : what else is on the animal, pairs of name and color
    seed : where the pattern lies
    """

    name: str
    pattern: str
    first: Color
    second: Color
    paints: tuple[tuple[str, Color], ...]
    seed: int

    def color(self, paint: str) -> Color:
        """One of the animal's colors; the coat itself where it has no other of that name."""
        return dict(self.paints).get(paint, self.first)

    def mix(self, x: np.ndarray, y: np.ndarray, middle: float) -> np.ndarray:
        """How far the second color covers the first, 0..1, at places of the animal's frame.

        `middle` is the height of the middle of its torso.
        """
        rng = np.random.default_rng([self.seed, 1])
        if self.pattern == "plain":
            return np.zeros_like(x)
        if self.pattern == "pale below":
            return _crisp((y - np.float32(middle) - 0.12) + 0.12 * np.sin(4 * x), 5)
        if self.pattern == "striped":
            bent = x + 0.1 * np.sin(3 * y + rng.uniform(0, 6)) + 0.12 * np.sin(2 * x)
            return 0.75 * _crisp(np.sin(np.float32(rng.uniform(17, 22)) * bent), 2)
        total = np.zeros_like(x)
        for along, across in rng.uniform(-3.4, 3.4, (4, 2)).astype(np.float32):
            total += np.sin(along * x + across * y + np.float32(rng.uniform(0, 6.3)))
        return _crisp(total + np.float32(rng.uniform(-0.5, 0.3)), 5)


def sample_coat(kind: str, rng: Random) -> Coat:
    """Draw lots for the coat of an animal of a kind."""
    names = list(COLORS)
    name = names[rng.choice(len(names), p=_SHARES[kind])]
    pattern = PATTERNS[rng.choice(len(PATTERNS), p=_PATTERN_SHARES[kind])]
    first = jittered(COLORS[name], rng, 12)
    dark = sum(first) < 330
    if pattern == "striped":
        second = toned(first, 1.3 if dark else 0.6)
    elif pattern == "patched" and not dark:
        second = jittered(COLORS[str(rng.choice(["brown", "dark brown", "black", "ginger"]))], rng, 12)
    else:
        second = jittered(COLORS["white"], rng, 10)
    paints = _PAINTS[kind](first, second, rng)
    return Coat(name, pattern, first, second, tuple(paints.items()), int(rng.integers(2**31)))


def _crisp(values: np.ndarray, sharpness: float) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(np.float32(sharpness) * values)


_ALWAYS: dict[str, Color] = {
    "black": (34, 30, 32),
    "dark": (62, 46, 46),
    "white": (238, 234, 226),
    "pink": PINK,
    "nose": (204, 132, 124),
    "tongue": (222, 112, 112),
}


def _bird(first: Color, second: Color, rng: Random) -> dict[str, Color]:
    beak = jittered(((226, 160, 60), (98, 88, 84), (206, 128, 96), (70, 64, 66))[rng.integers(4)], rng, 10)
    return {**_ALWAYS, "beak": beak, "wing": toned(first, 0.72 if sum(first) > 250 else 1.25)}


def _cat(first: Color, second: Color, rng: Random) -> dict[str, Color]:
    sock = (238, 232, 222) if rng.random() < 0.4 else toned(first, 1.05)
    return {**_ALWAYS, "muzzle": toned(first, 1.55), "feet": sock}


def _dog(first: Color, second: Color, rng: Random) -> dict[str, Color]:
    muzzle = (toned(first, 1.45), toned(first, 0.6), first)[rng.integers(3)]
    sock = (236, 230, 220) if rng.random() < 0.35 else first
    ear = toned(first, 0.68) if rng.random() < 0.7 else second
    return {**_ALWAYS, "muzzle": muzzle, "feet": sock, "ear": ear}


def _cow(first: Color, second: Color, rng: Random) -> dict[str, Color]:
    horn = jittered((222, 208, 178), rng, 10)
    muzzle = jittered((228, 188, 172), rng, 10)
    return {
        **_ALWAYS,
        "muzzle": muzzle,
        "horn": horn,
        "feet": (66, 56, 52),
        "mane": toned(first, 0.6),
        "ear": toned(first, 0.8),
    }


def _horse(first: Color, second: Color, rng: Random) -> dict[str, Color]:
    mane = jittered(
        ((44, 38, 38), toned(first, 0.5), (226, 208, 172), toned(first, 1.4))[rng.integers(4)], rng, 8
    )
    if abs(sum(mane) - sum(first)) < 90:  # it shall be seen
        mane = toned(first, 0.45 if sum(first) > 250 else 1.45)
    return {**_ALWAYS, "muzzle": toned(first, 0.62), "feet": (58, 50, 48), "mane": mane}


def _sheep(first: Color, second: Color, rng: Random) -> dict[str, Color]:
    face = jittered(((56, 50, 50), (56, 50, 50), (222, 204, 184), (112, 90, 76))[rng.integers(4)], rng, 8)
    if abs(sum(face) - sum(first)) < 100:
        face = (58, 52, 52) if sum(first) > 300 else (216, 200, 180)
    return {**_ALWAYS, "face": face, "muzzle": toned(face, 1.12), "feet": toned(face, 0.7), "wool": first}


_PAINTS = {"bird": _bird, "cat": _cat, "cow": _cow, "dog": _dog, "horse": _horse, "sheep": _sheep}
