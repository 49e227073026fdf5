"""Views to work with in a notebook: they take arrays and callables, and know no method and no torch.

``ConceptGraph`` shows why a network decided as it did, ``PatchBoard`` lets a hand change the picture,
``ConfusionExplorer`` shows what a network takes for what, and how that may be mended,
``HeatmapExplorer`` shows where in a picture is what speaks for a class, ``FeatureBoard`` what a score is the
sum of, ``ContributionChart`` how much each part counted for it. In ``FilterNamer`` concepts are given names.
``SemanticMap`` shows all concepts that a network knows. ``ExerciseCard`` asks a question, and tells the right
answer after a try. ``FigureView`` shows the figure of what has no widget of its own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaikit.widgets.concept_graph import ConceptGraph
    from xaikit.widgets.confusion import ConfusionExplorer
    from xaikit.widgets.contribution_chart import ContributionChart
    from xaikit.widgets.exercise_card import ExerciseCard
    from xaikit.widgets.feature_board import FeatureBoard
    from xaikit.widgets.figure import FigureView
    from xaikit.widgets.filter_namer import FilterNamer
    from xaikit.widgets.heatmaps import HeatmapExplorer
    from xaikit.widgets.patch_board import PatchBoard
    from xaikit.widgets.semantic_map import SemanticMap

__all__ = [
    "ConceptGraph",
    "ConfusionExplorer",
    "ContributionChart",
    "ExerciseCard",
    "FeatureBoard",
    "FigureView",
    "FilterNamer",
    "HeatmapExplorer",
    "PatchBoard",
    "SemanticMap",
]

_HOMES = {
    "ConceptGraph": "concept_graph",
    "ConfusionExplorer": "confusion",
    "ContributionChart": "contribution_chart",
    "ExerciseCard": "exercise_card",
    "FeatureBoard": "feature_board",
    "FigureView": "figure",
    "FilterNamer": "filter_namer",
    "HeatmapExplorer": "heatmaps",
    "PatchBoard": "patch_board",
    "SemanticMap": "semantic_map",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
