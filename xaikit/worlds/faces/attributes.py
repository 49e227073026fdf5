"""The forty attributes of a face, and the known weights by which local ones cause the global ones.

    global = 1[ Σ_i weight_i · (+1 where local i is there, else -1) + bias > 0 ]

The global attributes are inventions of this world, about drawings: they stand where CelebA has "attractive",
"heavy makeup", "male" and "young", so that an explanation can be held against weights that are known. They
are no judgement on people. None rests on the color of the skin, on the shape of eyes, nose or lips, or on how
round a face is.
"""

from __future__ import annotations

from collections.abc import Collection

HAIR_COLORS = ("black hair", "blond hair", "brown hair", "gray hair")
BEARDS = ("5 o'clock shadow", "goatee", "mustache")

LOCALS = (
    "5 o'clock shadow",
    "arched eyebrows",
    "bags under eyes",
    "bald",
    "bangs",
    "big lips",
    "big nose",
    "black hair",
    "blond hair",
    "blurry",
    "brown hair",
    "bushy eyebrows",
    "chubby",
    "double chin",
    "eyeglasses",
    "goatee",
    "gray hair",
    "high cheekbones",
    "mouth slightly open",
    "mustache",
    "narrow eyes",
    "no beard",
    "oval face",
    "pale skin",
    "pointy nose",
    "receding hairline",
    "rosy cheeks",
    "sideburns",
    "smiling",
    "straight hair",
    "wavy hair",
    "wearing earrings",
    "wearing hat",
    "wearing lipstick",
    "wearing necklace",
    "wearing necktie",
)
"""What is there to be seen in one place of the drawing, or is not."""

GLOBALS = ("attractive-like", "heavy-makeup-like", "male-like", "young-like")
"""What local attributes cause."""

ATTRIBUTES = LOCALS + GLOBALS
"""All forty: the local ones by the alphabet, then the global ones."""

_SKIN = ("forehead", "cheeks", "nose", "chin", "neck", "ears", "mouth", "eyes", "beard")
_JAW = ("cheeks", "chin", "neck", "beard")
_HAIR = ("hair", "sideburns")
SEEN_IN: dict[str, tuple[str, ...]] = {
    "5 o'clock shadow": ("beard",),
    "arched eyebrows": ("eyebrows",),
    "bags under eyes": ("cheeks", "eyes"),
    "bald": (*_HAIR, "forehead"),
    "bangs": ("hair", "forehead"),
    "big lips": ("mouth", "chin", "beard"),
    "big nose": ("nose",),
    "black hair": _HAIR,
    "blond hair": _HAIR,
    "blurry": (),
    "brown hair": _HAIR,
    "bushy eyebrows": ("eyebrows",),
    "chubby": _JAW,
    "double chin": ("chin", "neck", "beard"),
    "eyeglasses": ("eyeglasses", "eyes"),
    "goatee": ("beard",),
    "gray hair": _HAIR,
    "high cheekbones": ("cheeks",),
    "mouth slightly open": ("mouth", "chin", "beard"),
    "mustache": ("beard",),
    "narrow eyes": ("eyes",),
    "no beard": ("beard",),
    "oval face": _JAW,
    "pale skin": _SKIN,
    "pointy nose": ("nose",),
    "receding hairline": ("hair", "forehead"),
    "rosy cheeks": ("cheeks",),
    "sideburns": ("sideburns",),
    "smiling": ("mouth", "cheeks"),
    "straight hair": _HAIR,
    "wavy hair": _HAIR,
    "wearing earrings": ("earrings",),
    "wearing hat": ("hat", "hair"),
    "wearing lipstick": ("mouth",),
    "wearing necklace": ("necklace",),
    "wearing necktie": ("necktie", "clothes"),
}
"""The parts in which each local attribute is to be seen, there or not; "blurry" is seen everywhere."""

WEIGHTS: dict[str, dict[str, float]] = {
    "attractive-like": {
        "smiling": 1.0,
        "wavy hair": 0.8,
        "arched eyebrows": 0.7,
        "high cheekbones": 0.6,
        "oval face": 0.5,
        "wearing necklace": 0.3,
        "bags under eyes": -0.9,
        "blurry": -0.7,
        "5 o'clock shadow": -0.5,
        "wearing hat": -0.4,
        "receding hairline": -0.3,
    },
    "heavy-makeup-like": {
        "wearing lipstick": 1.2,
        "rosy cheeks": 0.9,
        "arched eyebrows": 0.7,
        "wearing earrings": 0.5,
        "high cheekbones": 0.4,
        "wearing necklace": 0.3,
        "bags under eyes": -0.6,
        "bushy eyebrows": -0.5,
        "eyeglasses": -0.4,
        "mustache": -0.2,
    },
    "male-like": {
        "wearing necktie": 0.9,
        "sideburns": 0.8,
        "bushy eyebrows": 0.6,
        "5 o'clock shadow": 0.5,
        "mustache": 0.4,
        "goatee": 0.3,
        "no beard": -1.1,
        "wearing lipstick": -0.9,
        "wearing earrings": -0.6,
        "arched eyebrows": -0.5,
        "bangs": -0.2,
    },
    "young-like": {
        "bangs": 0.6,
        "rosy cheeks": 0.5,
        "smiling": 0.4,
        "black hair": 0.2,
        "gray hair": -1.2,
        "bags under eyes": -0.9,
        "receding hairline": -0.8,
        "bald": -0.7,
        "eyeglasses": -0.5,
        "goatee": -0.4,
        "wearing necktie": -0.3,
    },
}
"""The weight of each local attribute in a global one; those that are not named have none."""

BIASES: dict[str, float] = {
    "attractive-like": -1.05,
    "heavy-makeup-like": 0.35,
    "male-like": 1.05,
    "young-like": -2.85,
}
"""What is added to the weighted sum: a multiple of 0.05 and of no 0.1, so that no sum is zero."""


def score(name: str, traits: Collection[str]) -> float:
    """The weighted sum and the bias of a global attribute, given the local ones that are there."""
    signed = (weight if local in traits else -weight for local, weight in WEIGHTS[name].items())
    return sum(signed) + BIASES[name]


def answered(traits: Collection[str]) -> dict[str, bool]:
    """All of `ATTRIBUTES`, given the local ones that are there."""
    return {name: name in traits for name in LOCALS} | {name: score(name, traits) > 0 for name in GLOBALS}
