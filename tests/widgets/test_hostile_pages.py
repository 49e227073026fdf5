"""Whatever a page sends, nothing is raised where nobody sees it: it is taken, or refused in the widget."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sample
import sample_exercise
import sample_map
from sample_concepts import namer_of_four as namer
from sample_contributions import chart_of_three as contributions
from sample_features import board_of_two as features

from xaikit.widgets import ConceptGraph, ConfusionExplorer, HeatmapExplorer, PatchBoard

FIRE, AMBULANCE = "fire engine", "ambulance"
DEEP: list[Any] = []
for _ in range(3000):
    DEEP = [DEEP]
HOSTILE = [
    *(None, True, -1, 2**31, 2**63, 2**64, -(2**64), 10**400, 0.5, -0.0, 1e308),
    *(float("nan"), float("inf"), "", "fire engine", "\ud800", "<img src=x onerror=alert(1)>", "9" * 5000),
    *([], [0], [[0]], [2**64, 2**64], [10**400, 0.5], ["fire engine", 10**400], [None, None], DEEP),
    *({}, {"seq": 2}, {"x": 10**400, "y": 0, "picture": 0}, {"fire engine": [[10**400, 0]]}, {"": {}}, b"\0"),
]


def graph() -> ConceptGraph:
    said = sample.explain(sample.muddled())
    return ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])


def board() -> PatchBoard:
    return PatchBoard(sample.whole(FIRE), sample.trays(), sample.predict, sample.explain, fill=sample.GRASS)


def explorer() -> ConfusionExplorer:
    given = (sample.CLASSES, sample.CONFUSION, sample.PAIRS)
    return ConfusionExplorer(*given, pictures=sample.pictures_of_cells(), explain=sample.explain_confusion)


def heatmaps() -> HeatmapExplorer:
    values = np.linspace(0, 1, 128 * 128, dtype=np.float32).reshape(1, 128, 128)
    return HeatmapExplorer([sample.whole(FIRE)], [{"method": "a", "target": "bus", "values": values}])


NAMING = {"cls": FIRE, "concept": 0, "name": "ladder"}
DROP = {"kind": "substitute", "cls": FIRE, "concept": 0, "patch": 1, "seq": 1}
SAID: list[tuple[Any, dict[str, Any]]] = [
    (graph, {"selected": [FIRE, 0]}),
    (graph, {"positions": {FIRE: [[0.5, 0.5], None, None, None]}}),
    (graph, {"reading": "why"}),
    (graph, {"naming": NAMING}),
    (board, {"naming": NAMING}),
    (board, {"gesture": DROP | {"at": [0.5, 0.5]}}),
    (board, {"gesture": DROP | {"onto": [FIRE, 1]}}),
    (board, {"gesture": {"kind": "move", "cls": FIRE, "concept": 0, "to": [0.5, 0.5], "seq": 1}}),
    (board, {"gesture": {"kind": "delete", "cls": FIRE, "concept": 0, "seq": 1}}),
    (explorer, {"gesture": {"seq": 1, "cell": [FIRE, AMBULANCE], "picture": 1}}),
    (sample_map.semantic_map, {"gesture": {"seq": 1, "kind": "choose", "number": 1}}),
    (sample_map.semantic_map, {"gesture": {"seq": 1, "kind": "tiles", "numbers": [0, 1]}}),
    (sample_map.semantic_map, {"gesture": {"seq": 1, "kind": "select", "numbers": b"\0\0\0\0"}}),
    (sample_map.semantic_map, {"projection": "PCA"}),
    (sample_map.semantic_map, {"color_by": "top level"}),
    (heatmaps, {"reading": {"picture": 0, "x": 3, "y": 4}}),
    (heatmaps, {"picture": 0}),
    (contributions, {"picture": 1}),
    (contributions, {"other": 1}),
    (contributions, {"reading": "baseline"}),
    (namer, {"place": 3}),
    (namer, {"naming": {"cls": "bus", "concept": 2, "name": "wheel", "others": []}}),
    (features, {"picture": 1}),
    (features, {"naming": {"cls": "bus", "concept": 0, "name": "door"}}),
    (features, {"gesture": {"kind": "off", "picture": 0, "features": [1], "seq": 1}}),
    (sample_exercise.choice, {"gesture": {"kind": "answer", "given": "cross", "seq": 1}}),
    (sample_exercise.number, {"gesture": {"kind": "answer", "given": 40, "seq": 1}}),
    (sample_exercise.word, {"gesture": {"kind": "answer", "given": "steps", "seq": 1}}),
    (sample_exercise.region, {"gesture": {"kind": "answer", "given": [0.5, 0.5, 0.25, 0.25], "seq": 1}}),
    (sample_exercise.deed, {"gesture": {"kind": "answer", "given": None, "seq": 1}}),
    (sample_exercise.choice, {"gesture": {"kind": "hint", "seq": 1}}),
    (sample_exercise.tried, {"gesture": {"kind": "reveal", "seq": 1}}),
    *((heatmaps, {name: 0.5}) for name in ("opacity", "contrast", "threshold", "energy")),
    *(
        (heatmaps, {name: value})
        for name, value in {"sign": "positive", "colormap": "grey", "mode": "map"}.items()
    ),
    *((heatmaps, {name: True}) for name in ("shared_scale", "show_boxes")),
]


def changed(value: Any, put: Any) -> Iterator[Any]:
    """The value with one thing in it, at any depth, replaced."""
    yield put
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, inner in places:
        for other in changed(inner, put):
            twin = copy.copy(value)
            twin[place] = other
            yield twin


@pytest.mark.filterwarnings("error")  # what ipywidgets makes of an error in a message's handler
@pytest.mark.parametrize(
    ("make", "right"), SAID, ids=[f"{k}-{next(iter(s))}" for k, (_, s) in enumerate(SAID)]
)
def test_nothing_is_raised(page_says: Any, make: Any, right: dict[str, Any]) -> None:
    widget = make()
    (trait, value), done = next(iter(right.items())), 0
    for put in HOSTILE:
        for said in changed(value, put):
            page_says(widget, **{trait: said})
            assert not widget.error or widget.error.startswith("Refused: "), (said, widget.error)
            done = getattr(widget, "done", done)
    answered = dict(value, seq=done + 1) if trait == "gesture" else value
    page_says(widget, **{trait: answered})
    assert not widget.error.startswith("Refused: "), "what is right is still taken"
