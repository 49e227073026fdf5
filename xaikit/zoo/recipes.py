"""Everything that decides how each shipped network comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xaikit.worlds.animals import KINDS
from xaikit.worlds.faces import ATTRIBUTES
from xaikit.zoo.augment import FILLS
from xaikit.zoo.parts import PartMixing
from xaikit.zoo.training import Schedule

__all__ = ["RECIPES", "Recipe"]


@dataclass(frozen=True)
class FilterWish:
    """Filter loss of the layer `top`: its weight, and the share of the training after which it counts."""

    weight: float
    since: float


@dataclass(frozen=True, kw_only=True)
class Recipe(Schedule):
    """Everything that decides what comes out.

    Outputs are the world's classes; or `attributes` of its pictures; or one `kind`, and all else.
    """

    world: str
    network: str = "SmallResNet"
    size: int = 128
    n_train: int = 6000
    n_test: int = 3000
    reach: int = 8
    blots: tuple[int, int] | None = (8, 40)
    recolored: float = 0.0
    fills: tuple[str, ...] = ("mean",)
    strays: float = 0.0
    parts: PartMixing | None = None
    confidence: float | None = None
    finish: int = 0
    attributes: tuple[str, ...] = ()
    kind: str | None = None
    filters: FilterWish | None = None


# No smoothing: what is asked of these is how far their probabilities rise. No blots: the world hides
# things itself.
_THINGS = Recipe(
    world="things",
    network="SmallVGG",
    size=64,
    n_train=10500,
    n_test=5250,
    epochs=10,
    rate=3e-3,
    smoothing=0.0,
    reach=4,
    blots=None,
    recolored=0.15,
    finish=10,
)
# Marks are small: no blots to hide them. Surroundings are filled in where it is asked what is enough for an
# answer, so that pieces of other pictures and filled boxes are met in training.
_BIRDS = Recipe(
    world="birds",
    size=128,
    n_train=6000,
    n_test=3000,
    smoothing=0.05,
    reach=6,
    blots=(8, 28),
    fills=tuple(FILLS),
    strays=0.15,
    confidence=0.95,
)
# Things are large, and what tells a room may be any of several: larger blots.
_ROOMS = replace(_BIRDS, world="rooms", size=96, n_train=8000, reach=6, blots=(8, 32))
# Small marks tell attributes: no blots.
_FACES = Recipe(
    world="faces",
    network="FaceVGG",
    size=96,
    n_train=6000,
    n_test=3000,
    epochs=16,
    rate=3e-3,
    smoothing=0.02,
    reach=4,
    blots=None,
    attributes=ATTRIBUTES,
)
# What is blotted out, and filters that fall silent, keep one part from telling all.
_KIND = Recipe(
    world="animals",
    network="KindVGG",
    size=96,
    n_train=6000,
    n_test=3000,
    epochs=14,
    rate=3e-3,
    decay=0.01,
    smoothing=0.05,
    reach=6,
    blots=(6, 32),
    filters=FilterWish(weight=0.005, since=0.57),
)
RECIPES = {
    "vehicles": Recipe(
        world="vehicles",
        network="WiderResNet",
        smoothing=0.05,
        fills=tuple(FILLS),
        strays=0.15,
        parts=PartMixing(),
        confidence=0.95,
    ),
    "things": _THINGS,
    "things-alexnet": replace(_THINGS, network="SmallAlexNet"),
    "birds": _BIRDS,
    "rooms": _ROOMS,
    "faces": _FACES,
    **{f"animals-{kind}": replace(_KIND, kind=kind) for kind in KINDS},
}
"""How each network of `NAMES` is made."""
