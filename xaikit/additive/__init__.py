"""The additive explainer (Chen et al.): a score as a sum of what named concepts contribute."""

from __future__ import annotations

from xaikit.additive.concepts import Concepts, Directions, Filters, Functions, Outputs
from xaikit.additive.contributions import Contributions
from xaikit.additive.interventions import lost_without
from xaikit.additive.model import AdditiveExplainer

__all__ = [
    "AdditiveExplainer",
    "Concepts",
    "Contributions",
    "Directions",
    "Filters",
    "Functions",
    "Outputs",
    "lost_without",
]
