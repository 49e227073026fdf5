"""Which local attributes come together: five hidden lots of a face, and what cannot be at once.

Each lot is uniform in -1..1 and independent of the others and of the skin. An attribute is there with the
chance σ(base + Σ slope · lot) that `CHANCES` tells, if nothing that came before excludes it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

from xaikit.worlds.drawing.surfaces import Random
from xaikit.worlds.faces.attributes import BEARDS, HAIR_COLORS, LOCALS

LOTS = ("age", "adorned", "whiskers", "roundness", "cheer")
"""How old a face looks, how much is put on it, how much beard grows, how round it is, how glad it looks."""

CHANCES: dict[str, tuple[float, dict[str, float]]] = {
    "bald": (-2.5, {"age": 0.9, "adorned": -0.6}),
    "gray hair": (-1.7, {"age": 1.9}),
    "straight hair": (-0.6, {}),
    "wavy hair": (0.4, {"adorned": 0.7}),
    "receding hairline": (-1.7, {"age": 1.6, "adorned": -0.5}),
    "bangs": (-0.9, {"age": -0.5, "adorned": 0.5}),
    "wearing hat": (-2.0, {"adorned": 0.3}),
    "no beard": (0.5, {"whiskers": -2.6, "adorned": 1.0}),
    "5 o'clock shadow": (-0.4, {}),
    "goatee": (-0.5, {}),
    "mustache": (-0.3, {"age": 0.4}),
    "sideburns": (-1.3, {"whiskers": 1.5, "adorned": -0.6}),
    "arched eyebrows": (-0.4, {"adorned": 1.4}),
    "bushy eyebrows": (-0.9, {"whiskers": 1.2, "adorned": -0.6}),
    "bags under eyes": (-0.9, {"age": 1.5}),
    "eyeglasses": (-1.5, {"age": 0.7}),
    "narrow eyes": (-1.3, {}),
    "big nose": (-0.9, {}),
    "pointy nose": (-0.7, {}),
    "big lips": (-0.9, {}),
    "smiling": (0.0, {"cheer": 2.2}),
    "mouth slightly open": (-0.2, {"cheer": 1.4}),
    "wearing lipstick": (-0.3, {"adorned": 2.6}),
    "rosy cheeks": (-0.9, {"adorned": 1.4, "cheer": 0.6}),
    "high cheekbones": (-0.5, {"cheer": 1.4, "roundness": -0.6}),
    "chubby": (-1.2, {"roundness": 2.0}),
    "oval face": (-0.4, {"roundness": -1.4}),
    "double chin": (-1.5, {"roundness": 1.8, "age": 0.6}),
    "pale skin": (-1.1, {}),
    "blurry": (-1.9, {}),
    "wearing earrings": (-0.9, {"adorned": 2.0}),
    "wearing necklace": (-1.0, {"adorned": 1.6}),
    "wearing necktie": (-1.2, {"adorned": -1.2}),
}
"""The base and the slopes of each attribute, in the order in which they are drawn by lot."""

COLOR_SHARES: dict[str | None, float] = {
    "black hair": 0.32,
    "brown hair": 0.3,
    "blond hair": 0.22,
    None: 0.16,
}
"""The colors of hair that is not gray; None is none of the four that have a name."""

_OF_HAIR = (*HAIR_COLORS, "straight hair", "wavy hair", "bangs", "receding hairline", "sideburns")
_APART = [
    *combinations(HAIR_COLORS, 2),
    *(("bald", of_hair) for of_hair in _OF_HAIR),
    *(("no beard", beard) for beard in BEARDS),
    ("straight hair", "wavy hair"),
    ("bangs", "receding hairline"),
    ("wearing hat", "receding hairline"),
    ("oval face", "chubby"),
    ("big nose", "pointy nose"),
    ("wearing necklace", "wearing necktie"),
]
EXCLUDES: dict[str, frozenset[str]] = {
    name: frozenset(other for pair in _APART if name in pair for other in pair if other != name)
    for name in LOCALS
}
"""What cannot be there together with each local attribute."""


def sample_lots(rng: Random) -> dict[str, float]:
    """The hidden lots of a face, each in -1..1."""
    return dict(zip(LOTS, rng.uniform(-1, 1, len(LOTS)).tolist(), strict=True))


def sample_traits(lots: Mapping[str, float], rng: Random) -> frozenset[str]:
    """The local attributes that a face with these lots has."""
    traits: set[str] = set()
    draws = dict(zip(CHANCES, rng.random(len(CHANCES)).tolist(), strict=True))
    color = list(COLOR_SHARES)[rng.choice(len(COLOR_SHARES), p=list(COLOR_SHARES.values()))]
    for name, (base, slopes) in CHANCES.items():
        chance = 1 / (1 + math.exp(-base - sum(slope * lots[lot] for lot, slope in slopes.items())))
        if draws[name] < chance and not traits & EXCLUDES[name]:
            traits.add(name)
    if color is not None and not traits & EXCLUDES[color]:
        traits.add(color)
    return frozenset(traits)


def switched(traits: frozenset[str], name: str, present: bool, hair: frozenset[str]) -> frozenset[str]:
    """The local attributes with one switched, and as few others as must be switched with it.

    What excludes it goes. Who is no longer bald has the `hair` that grows on that head, and whose last kind
    of beard is gone has none.
    """
    if (name in traits) == present:
        return traits
    if present:
        kept = (traits - EXCLUDES[name]) | {name}
    else:
        kept = traits - {name}
    if "bald" in traits - kept:
        kept |= {own for own in hair if not EXCLUDES[own] & kept}
    if name in BEARDS and not present and not kept & {*BEARDS, "no beard"}:
        kept |= {"no beard"}
    return kept
