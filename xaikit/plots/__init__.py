"""Results as matplotlib figures: returned, never shown."""

from xaikit.plots.concept_graph import concept_graphs, concept_patches
from xaikit.plots.confusion import confusion_and_kinds
from xaikit.plots.heatmaps import heatmaps
from xaikit.plots.substitution import before_and_after
from xaikit.plots.suggestions import suggestions

__all__ = [
    "before_and_after",
    "concept_graphs",
    "concept_patches",
    "confusion_and_kinds",
    "heatmaps",
    "suggestions",
]
