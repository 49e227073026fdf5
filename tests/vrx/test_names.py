"""Names that a person gives: where they are seen, that they are kept, and what is refused."""

from __future__ import annotations

import copy

import pytest

import xaikit as xk
from tests.vrx.conftest import CLASSES
from xaikit.core.names import MAX_NAME
from xaikit.vrx.explanation import StructuralExplanation


@pytest.fixture
def exp(vrx, explained) -> StructuralExplanation:
    """An explanation made before any name was given; names are taken away again."""
    assert vrx.names_ == {}
    yield next(e for e in explained if any(n.detected for n in e.graphs[e.prediction].nodes))
    vrx.names_.clear()


@pytest.fixture
def place(exp) -> tuple[str, int]:
    """The concept that is worth most in it."""
    nodes = [n for n in exp.graphs[exp.prediction].nodes if n.detected]
    return exp.prediction, max(nodes, key=lambda n: abs(n.effect)).index


def test_a_name_is_seen_in_explanations_made_before(vrx, exp, place):
    cls, k = place
    assert exp.name_of(cls, k) == f"concept {k + 1}"
    assert vrx.name({place: "  red ladder "}) is vrx
    assert exp.name_of(cls, k) == "red ladder"
    assert "red ladder (" in exp.why().sentence
    assert exp.views([cls])[0]["nodes"][k]["label"] == "red ladder"
    assert "red ladder" in repr(exp)
    assert vrx.explain(exp.image).name_of(cls, k) == "red ladder"


def test_a_name_given_in_an_explanation_is_the_methods(vrx, exp, place):
    exp.rename(*place, "ladder")
    assert vrx.names_ == {place: "ladder"}
    assert vrx.explain(exp.image).names == {place: "ladder"}


def test_an_empty_name_takes_it_away(vrx, exp, place):
    vrx.name({place: "ladder"}).name({place: " "})
    assert vrx.names_ == {}
    assert exp.name_of(*place) == f"concept {place[1] + 1}"
    vrx.name({place: ""})  # none was there


def test_names_are_saved_with_the_method_and_with_explanations(vrx, exp, place, network, tmp_path):
    vrx.name({place: "Leiter ü"})
    again = xk.VRX.load(vrx.save(tmp_path / "vrx.npz"), network)
    assert again.names_ == {place: "Leiter ü"}
    assert again.explain(exp.image).name_of(*place) == "Leiter ü"
    kept = StructuralExplanation.load(exp.save(tmp_path / "why.npz"))
    assert kept.names == {place: "Leiter ü"} and "Leiter ü (" in kept.why().sentence
    kept.rename(*place, "ladder")
    assert vrx.names_ == {place: "Leiter ü"}, "a loaded explanation has names of its own"


def test_names_are_on_the_board_and_in_figures(vrx, exp, place):
    vrx.name({place: "ladder"})
    board = vrx.board(exp.image)
    labels = {(tray["cls"], tray["concept"]): tray["label"] for tray in board.trays}
    assert labels[place] == "ladder" and sum(map(bool, labels.values())) == 1
    graph = next(graph for graph in board.graphs if graph["name"] == place[0])
    assert graph["nodes"][place[1]]["label"] == "ladder"
    drawn = [label.get_text() for ax in exp.plot().axes for label in ax.get_yticklabels()]
    assert f"{place[1] + 1} ladder" in drawn


def test_a_new_fit_starts_without_names(least, small_network, pictures, unseen):
    work = copy.copy(least)
    work.names_ = {}
    old = work.name({(CLASSES[0], 0): "ladder"}).explain(unseen[0].image)
    kept = dict(old.names)
    work.fit(small_network, pictures, progress=False)
    assert work.names_ == {} and old.names == kept


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({("tram", 0): "bell"}, ValueError, r"named by \(class, number from 0\); got \('tram', 0\)"),
        ({("ambulance", 99): "bell"}, ValueError, "how many concepts they have"),
        ({("ambulance", -1): "bell"}, ValueError, "named by"),
        ({("ambulance", False): "bell"}, ValueError, "named by"),
        ({("ambulance", "0"): "bell"}, ValueError, "named by"),
        ({"ambulance": "bell"}, ValueError, "named by"),
        ({("ambulance", 0): "two\nlines"}, ValueError, "one line"),
        ({("ambulance", 0): "a\x00b"}, ValueError, "one line"),
        ({("ambulance", 0): "x" * (MAX_NAME + 1)}, ValueError, "at most 40 letters"),
        ({("ambulance", 0): 7}, TypeError, "must be text; got 7"),
        ({("ambulance", 0): None}, TypeError, "must be text"),
    ],
)
def test_what_is_no_name_is_refused_and_nothing_is_changed(vrx, exp, place, given, error, said):
    vrx.name({place: "ladder"})
    with pytest.raises(error, match=said):
        vrx.name({("ambulance", 1): "window", **given})
    assert vrx.names_ == {place: "ladder"}


def test_forty_letters_are_fine(vrx, exp):
    vrx.name({("ambulance", 0): "x" * MAX_NAME})
    assert vrx.names_ == {("ambulance", 0): "x" * 40}
