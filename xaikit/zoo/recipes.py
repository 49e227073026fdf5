"""Everything that decides how each shipped network comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xaikit.zoo.augment import FILLS
from xaikit.zoo.parts import PartMixing
from xaikit.zoo.training import Schedule

__all__ = ["RECIPES", "Recipe"]


@dataclass(frozen=True, kw_only=True)
class Recipe(Schedule):
    """Everything that decides what comes out."""

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
}
"""How each network of `NAMES` is made."""
