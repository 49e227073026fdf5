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
from xaikit.widgets.kit.graph_still import answer_words, limit_of, shown_value
from xaikit.widgets.kit.packing import PatchStore
from xaikit.widgets.patch_board.history import Said
from xaikit.widgets.patch_board.still import board_words


@pytest.fixture
def said() -> dict[str, Any]:
    return sample.explain(sample.muddled())


@pytest.fixture
def graph(said: dict[str, Any]) -> ConceptGraph:
    return ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])


def test_what_travels_is_small_and_shared(graph: ConceptGraph) -> None:
    assert len(graph.patches) <= 2 * 3 * 4 * 6
    nodes = [node for g in graph.graphs for node in g["nodes"]]
    shown = {k for node in nodes for k in (*node["examples"], *node["cutouts"])}
    assert shown == set(range(len(graph.patches)))
    picture = np.asarray(Image.open(io.BytesIO(graph.picture)).convert("RGB"))
    assert np.abs(picture.astype(int) - graph.image).mean() < 4
    sides = {
        kind: {max(Image.open(io.BytesIO(graph.patches[k])).size) for node in nodes for k in node[kind]}
        for kind in ("examples", "cutouts")
    }
    assert sides["examples"] == {112}
    assert max(sides["cutouts"]) <= 56


def test_a_mask_becomes_its_box_and_an_undetected_concept_shows_an_example(graph: ConceptGraph) -> None:
    ladder, lost = graph.graphs[0]["nodes"][1], graph.graphs[2]["nodes"][0]
    ys, xs = np.nonzero(sample.mask_of(graph.image, "fire engine", 1))
    assert ladder["box"] == pytest.approx(
        [xs.min() / 128, ys.min() / 128, np.ptp(xs + 0) / 128 + 1 / 128, np.ptp(ys) / 128 + 1 / 128]
    )
    assert (lost["detected"], lost["box"]) == (False, None)
    assert lost["thumb"] == graph.patches[lost["cutouts"][0]]


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
        (lambda g: g[0]["nodes"][1].update(effect=float("nan")), "`effect` of a node .* must be finite"),
        (lambda g: g[0]["edges"][0].update(effect="much"), "`effect` of an edge .* must be a number"),
        (lambda g: g[0]["nodes"][1].update(concept=-1), "`concept` of a node .* must be a number from 0"),
        (lambda g: g[0]["nodes"][1].update(suggested={"name": "x"}), "needs the field 'share'"),
        (lambda g: g[0]["nodes"][1].update(suggested={"name": "x", "share": 83}), "must be a probability"),
        (lambda g: g[0]["nodes"][1].update(heat=np.ones((4, 4))), "`heat` of a node .* must be uint8"),
        (lambda g: g[0]["nodes"][1].update(heat=np.ones((4, 4, 3), np.uint8)), "`heat` .* must be uint8"),
        (lambda g: g[0]["nodes"][1].update(examples=[np.ones((4, 4), np.uint8)]), "must have shape"),
        (lambda g: g[0]["nodes"][1].update(cutouts=[np.ones((4, 4, 3), np.uint8)]), "`patch` must be uint8"),
        (lambda g: g[1]["versus"].update(effects=[0.1]), "must have 4 effects; got 1"),
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


def test_the_still_picture_shows_the_colors_of_what_was_measured(graph: ConceptGraph) -> None:
    from xaikit.widgets.kit.colors import color_of

    drawn = np.asarray(graph.still().convert("RGB")).reshape(-1, 3)
    limit = limit_of(graph.graphs)
    for value in [shown_value(node) for g in graph.graphs for node in g["nodes"]]:
        assert (np.abs(drawn.astype(int) - color_of(value, limit)).max(-1) <= 1).sum() > 20


def test_its_words_are_stable(graph: ConceptGraph) -> None:
    named = "graphs of fire engine, ambulance, school bus"
    expected = f"ConceptGraph(128×128 picture, prediction 'fire engine', {named})"
    assert repr(graph) == expected
    data, _ = graph._repr_mimebundle_()
    assert data["text/plain"] == expected
    assert data["image/png"].startswith(b"\x89PNG")


def test_what_measures_nothing_and_knows_no_names_is_shown_as_before() -> None:
    said = sample.explain_plainly(sample.muddled())
    graph = ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])
    assert (graph.answer, graph.warning, graph.drawn) == (None, "", b"")
    node = graph.graphs[0]["nodes"][1]
    assert (node["effect"], node["suggested"], node["heat"], node["missing"]) == (None, None, None, "")
    assert (node["label"], node["concept"], node["examples"], node["cutouts"]) == ("", 1, [], [])
    assert all(edge[3] is None for g in graph.graphs for edge in g["edges"])
    measured = ConceptGraph(sample.muddled(), sample.explain(sample.muddled())["graphs"], "fire engine")
    assert graph.still().height < measured.still().height  # there are no marks to compare


def test_the_effect_that_was_measured_goes_before_what_was_learned(said: dict[str, Any]) -> None:
    node = {"contribution": -0.4, "effect": 0.7}
    assert shown_value(node) == 0.7
    assert shown_value(node | {"effect": None}) == -0.4
    assert limit_of([{"nodes": [node], "edges": [[0, 0, -0.5, None], [0, 0, 0.1, 0.9]]}]) == 0.9
    said["graphs"][0]["nodes"][1].update(effect=50.0)
    limits = [limit_of(ConceptGraph(sample.muddled(), said["graphs"], "ambulance").graphs)]
    assert limits == [50.0]


def test_a_concept_that_is_there_twice_says_which_concept_it_is(said: dict[str, Any], page_says: Any) -> None:
    first = said["graphs"][0]
    first["nodes"].append(first["nodes"][1] | {"name": "2", "x": 0.9, "concept": 1})
    first["versus"] = None
    graph = ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])
    page_says(graph, naming={"cls": "fire engine", "concept": 1, "name": "steps", "seq": 1})
    assert [node["label"] for node in graph.graphs[0]["nodes"]] == ["body", "steps", "wheel", "lamp", "steps"]


def test_a_hand_names_a_concept_and_the_caller_hears_of_it(said: dict[str, Any], page_says: Any) -> None:
    heard: list[tuple[str, int, str]] = []
    graph = ConceptGraph(
        sample.muddled(), said["graphs"], said["prediction"], rename=lambda *name: heard.append(name)
    )
    page_says(graph, naming={"cls": "ambulance", "concept": 1, "name": " red cross ", "seq": 1})
    assert heard == [("ambulance", 1, "red cross")]
    assert graph.graphs[1]["nodes"][1]["label"] == "red cross"
    page_says(graph, naming={"cls": "ambulance", "concept": 1, "name": "", "seq": 2})
    assert heard[1:] == [("ambulance", 1, "")]
    assert graph.graphs[1]["nodes"][1]["label"] == ""


@pytest.mark.parametrize(
    "change",
    [{"name": "x" * 41}, {"name": "a\nb"}, {"name": 7}, {"cls": "tank"}, {"concept": 9}, {"concept": True}],
    ids=str,
)
def test_a_bad_name_is_refused(graph: ConceptGraph, page_says: Any, change: dict[str, Any]) -> None:
    before = graph.graphs
    page_says(graph, naming={"cls": "ambulance", "concept": 1, "name": "cross", "seq": 1} | change)
    assert graph.error.startswith("Refused: ")
    assert graph.graphs == before


def test_a_name_that_the_caller_refuses_is_not_shown(said: dict[str, Any], page_says: Any) -> None:
    def refuse(cls: str, concept: int, name: str) -> None:
        raise KeyError(name)

    graph = ConceptGraph(sample.muddled(), said["graphs"], said["prediction"], rename=refuse)
    page_says(graph, naming={"cls": "ambulance", "concept": 1, "name": "cross", "seq": 1})
    assert graph.error == "KeyError: 'cross'"
    assert graph.graphs[1]["nodes"][1]["label"] == ""


def test_the_answer_the_warning_and_the_fine_picture_travel(said: dict[str, Any]) -> None:
    picture = sample.muddled()
    fine = picture.repeat(4, 0).repeat(4, 1)
    plain = ConceptGraph(picture, said["graphs"], said["prediction"])
    graph = ConceptGraph(
        picture,
        said["graphs"],
        said["prediction"],
        answer=sample.PANDA,
        warning="Do not trust it.",
        drawn=fine,
    )
    assert graph.answer == {"name": "giant panda", "probability": 0.34}
    assert graph.warning == "Do not trust it."
    assert Image.open(io.BytesIO(graph.drawn)).size == (512, 512)
    assert graph.still().height > plain.still().height + 40  # both stand above the cards
    box = Image.open(io.BytesIO(graph.graphs[0]["nodes"][1]["thumb"])).size
    assert box[0] > Image.open(io.BytesIO(plain.graphs[0]["nodes"][1]["thumb"])).size[0]
    graph.update(picture, said["graphs"], said["prediction"])
    assert (graph.answer, graph.warning, graph.drawn) == (None, "", b"")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"answer": {"name": "panda"}}, "`answer` needs the field 'probability'"),
        ({"answer": {"name": "panda", "probability": 34}}, "must be a probability"),
        ({"drawn": np.zeros((300, 512, 3), np.uint8)}, "`drawn` must be a whole number of times"),
        ({"drawn": np.zeros((512, 512), np.uint8)}, "must have shape"),
    ],
)
def test_an_answer_or_a_fine_picture_that_is_none_is_refused(
    said: dict[str, Any], wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ConceptGraph(sample.muddled(), said["graphs"], said["prediction"], **wrong)


def test_fine_examples_take_the_place_of_coarse_ones(said: dict[str, Any]) -> None:
    fine = [sample.whole("ambulance", 512)]
    said["graphs"][0]["nodes"][1].update(drawn_examples=fine)
    graph = ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])
    (place,) = graph.graphs[0]["nodes"][1]["examples"]
    assert Image.open(io.BytesIO(graph.patches[place])).size == (112, 112)


def test_heat_becomes_a_veil_that_is_clear_where_the_picture_is_like_the_concept(
    said: dict[str, Any],
) -> None:
    heat = np.zeros((8, 8), np.uint8)
    heat[2, 5] = 255
    said["graphs"][0]["nodes"][1].update(heat=heat)
    veil = ConceptGraph(sample.muddled(), said["graphs"], "ambulance").graphs[0]["nodes"][1]["heat"]
    alpha = np.asarray(Image.open(io.BytesIO(veil)).convert("RGBA"))[..., 3]
    assert alpha[2, 5] == 0
    assert alpha[0, 0] > 150


def test_what_the_network_says_in_words() -> None:
    chances = {"dalmatian": 0.54, "tabby": 0.46}
    expected = "The network's answer: giant panda 34%. Among the classes asked about: dalmatian 54%"
    assert answer_words(sample.PANDA, "dalmatian", chances) == expected
    expected = "The network says: giant panda 34%; among the classes asked about: dalmatian 54%"
    assert board_words(Said(chances, sample.PANDA)) == expected
    own = {"name": "dalmatian", "probability": 0.5}
    assert board_words(Said(chances, own)) == board_words(Said(chances)) == "The network says: dalmatian 54%"


def test_an_array_seen_before_is_not_read_again_and_one_that_is_gone_is_forgotten() -> None:
    store, picture = PatchStore(), sample.whole("ambulance")
    place = store.add_example(picture)
    same = picture.copy()
    assert [store.add_example(picture), store.add_example(same)] == [place, place]
    del picture, same
    for seed in range(1, 4):  # new arrays may get the address of old ones
        other = store.add_example(sample.whole("ambulance", seed=seed))
        assert other == seed
    store.keep({0})
    assert store.add_example(sample.whole("ambulance", seed=3)) == 1
