from __future__ import annotations

import copy
import io
from typing import Any

import numpy as np
import pytest
import sample
from PIL import Image
from traitlets import TraitError

from xaikit.widgets import ConceptGraph


@pytest.fixture
def said() -> dict[str, Any]:
    return sample.explain(sample.muddled())


@pytest.fixture
def graph(said: dict[str, Any]) -> ConceptGraph:
    return ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])


def test_what_travels_is_small_and_shared(graph: ConceptGraph) -> None:
    assert len(graph.patches) <= 3 * 4 * 6
    shown = [k for g in graph.graphs for node in g["nodes"] for k in node["examples"]]
    assert set(shown) == set(range(len(graph.patches)))
    picture = np.asarray(Image.open(io.BytesIO(graph.picture)).convert("RGB"))
    assert np.abs(picture.astype(int) - graph.image).mean() < 4
    thumbs = [Image.open(io.BytesIO(patch)) for patch in graph.patches]
    assert max(max(thumb.size) for thumb in thumbs) <= 48


def test_a_mask_becomes_its_box_and_an_undetected_concept_shows_an_example(graph: ConceptGraph) -> None:
    ladder, lost = graph.graphs[0]["nodes"][1], graph.graphs[2]["nodes"][0]
    ys, xs = np.nonzero(sample.mask_of(graph.image, "fire engine", 1))
    assert ladder["box"] == pytest.approx(
        [xs.min() / 128, ys.min() / 128, np.ptp(xs + 0) / 128 + 1 / 128, np.ptp(ys) / 128 + 1 / 128]
    )
    assert (lost["detected"], lost["box"]) == (False, None)
    assert lost["thumb"] == graph.patches[lost["examples"][0]]


def test_a_click_and_a_dragged_node_reach_python(graph: ConceptGraph, page_says: Any) -> None:
    page_says(graph, selected=["ambulance", 2])
    assert graph.selected == ("ambulance", 2)
    page_says(graph, positions={"ambulance": [None, [0.1, 1.2], None, None]})
    assert graph.positions == {"ambulance": [None, (0.1, 1.2), None, None]}
    page_says(graph, selected=None, reading="versus")
    assert (graph.selected, graph.reading) == (None, "versus")
    assert graph.error == ""


@pytest.mark.parametrize(
    "state",
    [
        {"selected": ["tank", 0]},
        {"selected": ["ambulance", 4]},
        {"selected": ["ambulance", True]},
        {"selected": "ambulance"},
        {"positions": {"ambulance": [None, [float("nan"), 0], None, None]}},
        {"positions": {"ambulance": [[0.1, 99], None, None, None]}},
        {"positions": {"ambulance": [None]}},
        {"positions": {"tank": [None, None, None, None]}},
        {"positions": 7},
        {"reading": "tea leaves"},
        {"graphs": []},
    ],
    ids=str,
)
def test_a_bad_message_changes_nothing_is_seen_and_put_right(
    graph: ConceptGraph, page_says: Any, state: dict[str, Any]
) -> None:
    before = graph.selected, graph.positions, graph.reading, graph.graphs
    answers = page_says(graph, **state)
    assert graph.error.startswith("Refused: ")
    assert (graph.selected, graph.positions, graph.reading, graph.graphs) == before
    (name,) = state
    assert any(name in answer["data"]["state"] for answer in answers)


def test_in_python_the_same_is_an_exception(graph: ConceptGraph) -> None:
    with pytest.raises(TraitError, match="`selected` must be"):
        graph.selected = ("tank", 0)


def test_another_picture_comes_in_one_message(graph: ConceptGraph) -> None:
    graph.selected, graph.positions = ("ambulance", 0), {"ambulance": [None, (0.5, 0.5), None, None]}
    other = sample.whole("school bus")
    said, before = sample.explain(other), len(graph.comm.updates)
    graph.update(other, said["graphs"], said["prediction"])
    (message,) = graph.comm.updates[before:]
    assert {"graphs", "prediction", "selected", "positions"} <= set(message["data"]["state"])
    assert ["picture"] in message["data"]["buffer_paths"]
    assert (graph.prediction, graph.selected, graph.positions) == ("school bus", None, {})
    np.testing.assert_array_equal(graph.image, other)


def broken(said: dict[str, Any], change: Any) -> list[dict[str, Any]]:
    graphs = copy.deepcopy(said["graphs"])
    change(graphs)
    return graphs


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda g: g[0]["nodes"][1].update(contribution=float("nan")),
            "`contribution` of a node .* must be finite",
        ),
        (
            lambda g: g[0]["edges"][0].update(contribution=float("inf")),
            "`contribution` of an edge .* must be finite",
        ),
        (lambda g: g[0]["nodes"][1].update(x=128.0), "`x` of a node .* share of the picture"),
        (
            lambda g: g[0]["nodes"][1].update(mask=np.ones((3, 3), bool)),
            "`mask` must have the picture's shape",
        ),
        (lambda g: g[0]["nodes"][1].pop("detected"), "needs the field 'detected'"),
        (lambda g: g[0]["edges"][0].update(target=9), "must number its nodes 0 to 3; got"),
        (lambda g: g[0].update(network=93), "`network` of .* must be a probability"),
        (lambda g: g[1]["versus"].update(nodes=[0.1]), "must have 4 nodes; got 1"),
        (lambda g: g[1].update(name="fire engine"), "must have different names"),
    ],
)
def test_what_is_not_a_graph_is_refused(said: dict[str, Any], change: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ConceptGraph(sample.muddled(), broken(said, change), said["prediction"])


def test_a_distance_that_is_not_known_stays_away_from_the_page(said: dict[str, Any]) -> None:
    graphs = broken(said, lambda g: g[0]["nodes"][1].update(distance=float("inf"), threshold=None))
    node = ConceptGraph(sample.muddled(), graphs, "ambulance").graphs[0]["nodes"][1]
    assert (node["distance"], node["threshold"]) == (None, None)


def test_a_graph_of_one_node_and_no_graph_at_all_can_be_shown_and_drawn(said: dict[str, Any]) -> None:
    single = said["graphs"][0] | {
        "nodes": said["graphs"][0]["nodes"][1:2],
        "edges": [],
        "versus": None,
        "student": None,
    }
    for graphs in ([single], []):
        graph = ConceptGraph(sample.muddled(), graphs, "fire engine")
        assert graph.still().size[0] > 200


def test_the_still_picture_shows_the_colours_of_the_contributions(graph: ConceptGraph) -> None:
    from xaikit.widgets.colours import colour

    drawn = np.asarray(graph.still().convert("RGB")).reshape(-1, 3)
    values = [node["contribution"] for g in graph.graphs for node in g["nodes"]]
    edges = [edge[2] for g in graph.graphs for edge in g["edges"]]
    limit = max(map(abs, values + edges))
    for value in values:
        assert (np.abs(drawn.astype(int) - colour(value, limit)).max(-1) <= 1).sum() > 20


def test_its_words_are_stable(graph: ConceptGraph) -> None:
    named = "graphs of fire engine, ambulance, school bus"
    expected = f"ConceptGraph(128×128 picture, prediction 'fire engine', {named})"
    assert repr(graph) == expected
    data, _ = graph._repr_mimebundle_()
    assert data["text/plain"] == expected
    assert data["image/png"].startswith(b"\x89PNG")
