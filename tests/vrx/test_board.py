"""The patch board with its real callables: edits by hand, answered by a fitted VRX."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vrx.conftest import CLASSES
from xaikit.vrx.edits import painted, spot_of


@pytest.fixture(scope="module")
def exp(explained):
    """A picture with two detected concepts of its class."""
    return next(e for e in explained if sum(n.detected for n in e.graphs[e.prediction].nodes) > 1)


@pytest.fixture
def board(vrx, exp):
    return vrx.board(exp.image)


@pytest.fixture
def found(exp) -> list:
    return [node for node in exp.graphs[exp.prediction].nodes if node.detected]


def node_of(board, cls: str, k: int) -> dict:
    return next(graph for graph in board.graphs if graph["name"] == cls)["nodes"][k]


def middle(node) -> tuple[float, float]:
    """Of a packed node, in shares of the picture."""
    return node["x"], node["y"]


def test_it_starts_with_the_explanation_of_the_picture(board, exp, network):
    assert board.probabilities == pytest.approx(dict(exp.probabilities), abs=1e-4)
    assert board.student == pytest.approx(dict(exp.student_probabilities), abs=1e-4)
    assert board.prediction == exp.prediction and board.warning == exp.warning
    assert board.answer["name"] == exp.answer.name
    assert board.answer["probability"] == pytest.approx(exp.answer.probability, abs=1e-4)
    assert [graph["name"] for graph in board.graphs] == CLASSES
    for cls in CLASSES:
        for k, node in enumerate(exp.graphs[cls].nodes):
            assert node_of(board, cls, k)["detected"] == node.detected


def test_the_tray_holds_the_best_and_the_worst_patches(board, vrx):
    trays = {(tray["cls"], tray["concept"]): tray["patches"] for tray in board.trays}
    for cls in CLASSES:
        for concept in vrx.concepts[cls]:
            scores = [patch["score"] for patch in trays[cls, concept.index]]
            expected = np.sort(concept.contributions)[::-1]
            assert scores[0] == pytest.approx(expected[0]) and scores[-1] == pytest.approx(expected[-1])
            assert len(scores) == min(6, len(concept.patches))


def test_a_patch_of_another_class_is_a_node_where_it_was_dropped(board, vrx, exp):
    other = next(cls for cls in CLASSES if cls != exp.prediction)
    board.substitute(other, 0, 0, on=(0.5, 0.5))
    node = node_of(board, other, 0)
    assert node["detected"]
    assert middle(node) == pytest.approx((0.5, 0.5), abs=0.05)
    logits = vrx.classifier_.logits(board.image)[0]
    columns = [vrx.classifier_.class_index(cls) for cls in CLASSES]
    assert list(board.probabilities.values()) == pytest.approx(vrx.sigma(logits[columns]).tolist(), abs=1e-4)
    assert board.answer["name"] == vrx.classifier_.class_names[int(logits.argmax())]
    assert set(board.student) == set(CLASSES)


def test_a_patch_over_its_own_concept_keeps_its_shape(board, vrx, exp, found):
    cls, k = exp.prediction, found[0].index
    board.substitute(cls, k, 0)
    concept = vrx.concepts[cls][k]
    patch = concept.patches[int(np.argsort(-concept.contributions, kind="stable")[0])]
    place = painted(exp.image, patch, spot_of(found[0], patch))
    changed = (board.image != exp.image).any(axis=2)
    assert not (changed & ~place).any()
    assert node_of(board, cls, k)["detected"]


def test_a_moved_concept_can_be_moved_again(board, exp, found):
    cls, k = exp.prediction, found[0].index
    for goal in ((0.3, 0.3), (0.7, 0.6), (0.4, 0.75)):
        board.move(cls, k, *goal)
        node = node_of(board, cls, k)
        assert node["detected"], goal
        assert middle(node) == pytest.approx(goal, abs=0.12)
    assert len(board.edits) == 3


def test_a_deleted_concept_is_gone_and_comes_back(board, exp, found):
    cls, k = exp.prediction, found[0].index
    board.delete(cls, k)
    assert not node_of(board, cls, k)["detected"]
    assert (board.image != exp.image).any()
    with pytest.raises(ValueError, match="is not found in the picture"):
        board.delete(cls, k)
    board.undo()
    np.testing.assert_array_equal(board.image, exp.image)
    assert node_of(board, cls, k)["detected"]
    board.redo()
    assert not node_of(board, cls, k)["detected"]


def test_a_hand_takes_away_what_a_measured_effect_takes_away(board, vrx, exp, found):
    """The same filling: what the board shows of a deletion is the effect beside it in the graph."""
    cls, k = exp.prediction, found[0].index
    board.delete(cls, k)
    without = vrx.delete(exp, cls, k)
    np.testing.assert_array_equal(board.image, without.image)
    lost = vrx.classifier_.logits(exp.image)[0] - vrx.classifier_.logits(board.image)[0]
    columns = [vrx.classifier_.class_index(one) for one in CLASSES]
    lost = lost[columns] - lost[columns].mean()
    assert found[0].effect == pytest.approx(lost[CLASSES.index(cls)], abs=1e-3)


def test_what_was_dropped_and_then_deleted_is_gone(board, exp):
    other = next(cls for cls in CLASSES if cls != exp.prediction)
    board.substitute(other, 1, 0, on=(0.4, 0.5)).delete(other, 1)
    node = node_of(board, other, 1)
    before = exp.graphs[other].nodes[1]
    assert node["detected"] <= before.detected
    board.reset()
    np.testing.assert_array_equal(board.image, exp.image)
    assert board.edits == [] and board.probabilities == board.before


def test_an_answer_of_another_class_is_shown(least, strangers):
    """The board of a picture of none of the classes asked about says so, and so do its words."""
    board = least.board(strangers[0].image)
    assert board.answer["name"] not in least.classes
    assert board.answer["probability"] > max(0, 1 / 6)
    assert set(board.probabilities) == set(least.classes)
    assert sum(board.probabilities.values()) == pytest.approx(1, abs=1e-4)
    assert board.graphs[0]["why"].startswith(f"The network's answer is {board.answer['name']}")


def test_a_still_and_a_page_can_be_made_of_it(board, exp, found, tmp_path):
    board.move(exp.prediction, found[0].index, 0.5, 0.4)
    assert board.still().size[0] > 200
    assert board.to_html(tmp_path / "board.html").stat().st_size > 50_000
