"""What a fit of the additive explainer learned, frozen: all that questions are answered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xaikit.additive.concepts import Bound, Concepts
from xaikit.additive.examples import Asked
from xaikit.additive.explainer import Explainer

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Fitted"]


@dataclass(frozen=True, eq=False, repr=False)
class Fitted:
    """An explainer, and the network that it is of.

    Attributes
    ----------
    classifier : the performer
    concepts : as they were given
    asked : the same on the performer, its target, the layer that g looks at, the prior
    explainer : g and b
    baseline : its twin, distilled without prior; None where it has none itself
    checks : what was measured on pictures held out
    """

    classifier: Classifier
    concepts: Concepts
    asked: Asked
    explainer: Explainer
    baseline: Explainer | None
    checks: Mapping[str, Any]

    @property
    def target(self) -> str:
        return self.classifier.class_names[self.asked.target]

    @property
    def bound(self) -> Bound:
        return self.asked.concepts

    @property
    def bias(self) -> float:
        return float(self.explainer.bias)
