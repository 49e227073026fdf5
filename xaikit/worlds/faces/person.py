"""Who is drawn: what of a face stays the same whichever of its attributes is switched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.surfaces import Color, Random, jittered, toned
from xaikit.worlds.faces.attributes import HAIR_COLORS

TONES: tuple[Color, ...] = (
    (243, 208, 182),
    (236, 192, 160),
    (222, 172, 134),
    (203, 149, 110),
    (177, 122, 84),
    (148, 98, 68),
    (119, 76, 53),
    (95, 60, 44),
)
"""Skin from very light to very dark; any tone between two of them comes up, and each as often."""
PALER: Color = (252, 230, 216)
"""Where the color of a pale skin lies from the person's own."""
HAIR: dict[str | None, Color] = {
    "black hair": (40, 35, 38),
    "blond hair": (226, 188, 112),
    "brown hair": (112, 70, 42),
    "gray hair": (176, 177, 182),
    None: (172, 70, 36),
}
UNNAMED: tuple[Color, ...] = ((172, 70, 36), (150, 48, 34), (196, 96, 48), (150, 62, 110))
"""Hair that has none of the four colors: red, auburn, copper, or dyed."""
IRISES: tuple[Color, ...] = ((74, 46, 30), (98, 62, 36), (58, 40, 32), (88, 112, 78), (84, 120, 152))
CLOTHES: tuple[Color, ...] = (
    (58, 84, 128),
    (146, 58, 62),
    (64, 108, 92),
    (224, 218, 204),
    (64, 62, 70),
    (206, 158, 76),
    (128, 96, 138),
    (120, 152, 170),
)
METALS: tuple[Color, ...] = ((226, 184, 84), (222, 226, 234))
LIPSTICKS: tuple[Color, ...] = ((200, 24, 48), (178, 22, 92), (224, 56, 84), (146, 20, 58))
DYES: tuple[Color, ...] = ((178, 44, 48), (38, 78, 148), (38, 112, 96), (224, 152, 46), (112, 62, 128))
FRAMES: tuple[Color, ...] = ((28, 26, 30), (92, 34, 30), (30, 52, 92))
LENGTHS = ("short", "chin", "shoulders")
CURLS = ("coily", "cropped")
"""Hair that is neither straight nor wavy."""
HATS = ("beanie", "brimmed", "cap")
GARMENTS = ("round", "pointed", "collar")
EARRINGS, NECKLACES, LENSES = ("hoops", "drops"), ("chain", "beads"), ("round", "square")
MEASURES = ("jaw", "apart", "eye", "nose", "mouth", "brow", "forehead")
"""What differs from face to face beside all attributes, each in -1..1."""


@dataclass(frozen=True)
class Person:
    """All that is a person's own.

    Attributes
    ----------
    skin : color, 0..255, when it is not pale
    natural : color of eyebrows and beard, and of hair that is neither black, blond, brown nor gray
    grown : hair attributes of that head when it is not bald: its color and its texture, where they have names
    iris, clothes, metal, lipstick, dye, frame : colors of what has one
    length : of the hair, one of `LENGTHS`
    curl : of hair that is neither straight nor wavy, one of `CURLS`
    hat : one of `HATS`
    garment, earrings, necklace, lenses : one each of `GARMENTS`, `EARRINGS`, `NECKLACES`, `LENSES`
    measures : each of `MEASURES`, -1..1
    age : how deep the lines of the face are, 0..1
    parting : where the hair parts, -1..1
    seed : lots of every texture
    """

    skin: Color
    natural: Color
    unnamed: Color
    grown: frozenset[str]
    iris: Color
    clothes: Color
    metal: Color
    lipstick: Color
    dye: Color
    frame: Color
    length: str
    curl: str
    hat: str
    garment: str
    earrings: str
    necklace: str
    lenses: str
    measures: tuple[float, ...]
    age: float
    parting: float
    seed: int

    def measure(self, name: str) -> float:
        """One of `MEASURES`."""
        return self.measures[MEASURES.index(name)]


def sample_person(traits: frozenset[str], lots: Mapping[str, float], rng: Random) -> Person:
    """Draw lots for who it is that has some attributes."""
    tone = rng.uniform(0, len(TONES) - 1)
    skin = _between(tone, rng)
    of_head = [None, *HAIR_COLORS][rng.integers(5)]
    color = next((name for name in HAIR_COLORS if name in traits), None if "bald" not in traits else of_head)
    texture = (None, "straight hair", "wavy hair")[rng.integers(3)]
    if "bald" not in traits:
        texture = next((name for name in ("straight hair", "wavy hair") if name in traits), None)
    unnamed = jittered(_one(rng, UNNAMED), rng, 10)
    return Person(
        skin=skin,
        natural=jittered(HAIR[color], rng, 8) if color else unnamed,
        unnamed=unnamed,
        grown=frozenset(name for name in (color, texture) if name),
        iris=jittered(_one(rng, IRISES), rng, 10),
        clothes=jittered(_one(rng, CLOTHES), rng, 16),
        metal=jittered(_one(rng, METALS), rng, 6),
        lipstick=jittered(_one(rng, LIPSTICKS), rng, 8),
        dye=jittered(_one(rng, DYES), rng, 14),
        frame=jittered(_one(rng, FRAMES), rng, 8),
        length=LENGTHS[rng.choice(3, p=_length_shares(lots["adorned"]))],
        curl=CURLS[rng.integers(2)],
        hat=HATS[rng.integers(3)],
        garment=GARMENTS[rng.integers(3)],
        earrings=EARRINGS[rng.integers(2)],
        necklace=NECKLACES[rng.integers(2)],
        lenses=LENSES[rng.integers(2)],
        measures=tuple(rng.uniform(-1, 1, len(MEASURES)).tolist()),
        age=float(np.clip(0.5 + 0.5 * lots["age"] + rng.uniform(-0.2, 0.2), 0, 1)),
        parting=float(rng.uniform(-0.5, 0.5)),
        seed=int(rng.integers(2**31)),
    )


def pale(skin: Color) -> Color:
    """A lighter and less saturated skin of the same person."""
    lighter = toned(skin, 1.15)
    return tuple(0.65 * own + 0.35 * far for own, far in zip(lighter, PALER, strict=True))  # type: ignore[return-value]


def _one(rng: Random, colors: tuple[Color, ...]) -> Color:
    return colors[rng.integers(len(colors))]


def _between(tone: float, rng: Random) -> Color:
    """The color of the skin at a place in `TONES`, a little redder or yellower."""
    low = min(int(tone), len(TONES) - 2)
    share, warm = tone - low, rng.uniform(-5, 5)
    red, green, blue = (a + share * (b - a) for a, b in zip(TONES[low], TONES[low + 1], strict=True))
    return red + 0.5 * warm, green - 0.3 * warm, blue - 0.8 * warm


def _length_shares(adorned: float) -> tuple[float, float, float]:
    """How often hair is short, reaches the chin, or the shoulders."""
    short = 0.48 - 0.3 * adorned
    return short, 0.4 * (1 - short), 0.6 * (1 - short)
