"""A small world of concepts for the tests of the semantic map: three kingdoms, fifteen families, 72 kinds."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

FAMILIES = {
    "living thing": {
        "dog": "terrier collie husky beagle poodle pug",
        "cat": "tabby siamese persian lynx cougar",
        "bird": "robin jay magpie owl flamingo pelican",
        "fish": "shark ray eel tench goldfish",
        "insect": "bee ant mantis cicada moth",
    },
    "artifact": {
        "vehicle": "fire-engine ambulance school-bus tractor tank tram",
        "ship": "canoe yawl liner ferry",
        "instrument": "cello harp flute oboe drum",
        "furniture": "desk sofa crib wardrobe bench",
        "tool": "hammer screw plane corkscrew",
        "clothing": "gown kimono poncho mitten sock",
    },
    "other": {
        "food": "pizza bagel pretzel burrito trifle",
        "fruit": "banana lemon fig pineapple",
        "landscape": "volcano cliff geyser lakeside",
        "sign": "street-sign traffic-light menu",
    },
}
TREE = [
    (top, family, kind.replace("-", " "))
    for top, families in FAMILIES.items()
    for family, kinds in families.items()
    for kind in kinds.split()
]
NAMES = [kind for _, _, kind in TREE]
LABELS = {
    "top level": [top for top, _, _ in TREE],
    "sub-category": [family for _, family, _ in TREE],
}
FAMILY_NAMES = list(dict.fromkeys(family for _, family, _ in TREE))
TOP_CENTRES = {"living thing": (-4.0, 1.5), "artifact": (4.0, 2.0), "other": (0.5, -4.5)}


def vectors(seed: int = 0) -> np.ndarray:
    """Places in six dimensions: the kingdoms far apart, the families near."""
    rng = np.random.default_rng(seed)
    homes = {family: rng.normal(0, 1.7, 6) for family in FAMILY_NAMES}
    tops = {top: np.r_[np.array(place) * 1.3, rng.normal(0, 1, 4)] for top, place in TOP_CENTRES.items()}
    return np.array([tops[top] + homes[family] + rng.normal(0, 0.55, 6) for top, family, _ in TREE])


def positions() -> dict[str, np.ndarray]:
    known = vectors()
    return {"t-SNE": known[:, :2], "PCA": known[:, [1, 2]] * [1, 2]}


def sizes() -> np.ndarray:
    return np.random.default_rng(1).uniform(0.35, 0.92, len(NAMES))


def picture(number: int, seed: int = 0, side: int = 128) -> np.ndarray:
    """A bright shape that belongs to the family, in the color of the kind."""
    rng = np.random.default_rng(1000 * number + seed)
    ground = np.array([(120, 160, 90), (150, 150, 165), (200, 180, 140)][number % 3])
    canvas = Image.fromarray(np.clip(ground + rng.normal(0, 9, (side, side, 3)), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(canvas)
    family = FAMILY_NAMES.index(TREE[number][1])
    ink = tuple(int(part) for part in np.random.default_rng(number).integers(20, 250, 3))
    x, y = side / 2 + rng.normal(0, 5, 2)
    r = side * (0.3 + 0.04 * rng.normal())
    corners = 3 + family % 6
    angles = 2 * np.pi * (np.arange(corners) / corners) + rng.normal(0, 0.2)
    pen.polygon([(float(x + r * np.cos(a)), float(y + r * np.sin(a))) for a in angles], fill=ink)
    if family % 2:
        pen.ellipse((x - r / 3, y - r / 3, x + r / 3, y + r / 3), fill=(250, 250, 240))
    return np.asarray(canvas)


@cache
def pictures(each: int = 4) -> list[list[np.ndarray]]:
    return [[picture(k, seed) for seed in range(each)] for k in range(len(NAMES))]


def relevance(number: int) -> list[tuple[str, float]]:
    """The cosines of a concept with those most like it, and with the one least like it."""
    known = vectors()
    known = known - known.mean(0)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    cosines = known @ known[number]
    order = [int(k) for k in np.argsort(-cosines) if k != number]
    return [(NAMES[k], float(cosines[k])) for k in [*order[:9], order[-1]]]


def semantic_map(**changes: Any) -> Any:
    from xaikit.widgets import SemanticMap

    given = {
        "names": NAMES, "positions": positions(), "sizes": sizes(), "labels": LABELS,
        "pictures": pictures(), "relevance": relevance,
    }  # fmt: skip
    return SemanticMap(**{**given, **changes})
