from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import sample
from traitlets import TraitError

from xaikit.core.images import paste
from xaikit.widgets import PatchBoard


@pytest.fixture
def board() -> PatchBoard:
    return PatchBoard(sample.muddled(), sample.trays(), sample.predict, sample.explain, fill=sample.GRASS)


def at(seq: int, x: float, y: float, **fields: Any) -> dict[str, Any]:
    gesture = {"kind": "substitute", "cls": "fire engine", "concept": 0, "patch": 1, "at": [x, y], "seq": seq}
    return gesture | fields


def test_a_drop_answers_in_two_messages_picture_first(board: PatchBoard, page_says: Any) -> None:
    before = board.probabilities
    first, second = page_says(board, gesture=at(1, 0.5, 0.5))
    assert first["data"]["buffer_paths"] == [["picture"]]
    assert {"probabilities", "edits", "done", "busy"} <= set(first["data"]["state"])
    assert "graphs" not in first["data"]["state"]
    assert first["data"]["state"]["busy"] is True
    assert {"graphs", "student", "graphed", "busy"} <= set(second["data"]["state"])
    assert second["data"]["state"]["busy"] is False
    assert (board.done, board.graphed, board.busy) == (1, 1, False)
    assert board.probabilities["fire engine"] > before["fire engine"] + 0.3
    assert board.before == before


def test_the_picture_is_what_core_images_makes(board: PatchBoard) -> None:
    patch = sample.patches("fire engine", 0)[1]["image"]
    start = board.image
    board.substitute("fire engine", 0, 1, on=(0.25, 0.75))
    np.testing.assert_array_equal(board.image, paste(start, patch, (32, 96)))
    np.testing.assert_array_equal(board.reset().image, start)


def test_onto_a_concept_the_patch_takes_the_box_of_its_mask(board: PatchBoard) -> None:
    start, patch = board.image, sample.patches("fire engine", 2)[0]["image"]
    ys, xs = np.nonzero(sample.mask_of(start, "fire engine", 1))
    left, right, top, bottom = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    board.substitute("fire engine", 2, 0, on=("fire engine", 1))
    expected = paste(start, patch, ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top))
    np.testing.assert_array_equal(board.image, expected)


def test_without_a_place_a_patch_replaces_its_own_concept(board: PatchBoard) -> None:
    assert board.substitute("fire engine", 1, 0).edits[0]["onto"] == ("fire engine", 1)


def test_a_moved_concept_leaves_the_fill_and_arrives(board: PatchBoard) -> None:
    mask = sample.mask_of(board.image, "fire engine", 3)
    board.move("fire engine", 3, 0.2, 0.15)
    y, x = (int(v.mean()) for v in np.nonzero(mask))
    assert board.image[y, x].tolist() == list(sample.GRASS)
    assert sample.mask_of(board.image, "fire engine", 3)[int(0.15 * 128), int(0.2 * 128)]


def test_a_deleted_concept_is_gone_and_cannot_be_deleted_again(board: PatchBoard) -> None:
    board.delete("fire engine", 3)
    assert not sample.mask_of(board.image, "fire engine", 3).any()
    with pytest.raises(ValueError, match=r"concept 3 of fire engine .* is not found in the picture"):
        board.delete("fire engine", 3)
    assert len(board.edits) == 1


def test_undo_redo_reset_and_a_new_edit_in_between(board: PatchBoard) -> None:
    pictures = [board.image]
    for x in (0.2, 0.5, 0.8):
        pictures.append(board.substitute("ambulance", 2, 0, on=(x, 0.9)).image)
    np.testing.assert_array_equal(board.undo().image, pictures[2])
    np.testing.assert_array_equal(board.undo().image, pictures[1])
    np.testing.assert_array_equal(board.redo().image, pictures[2])
    assert (board.n_undo, board.n_redo) == (2, 1)
    np.testing.assert_array_equal(board.reset().image, pictures[0])
    assert (board.n_undo, board.n_redo, board.edits) == (0, 3, [])
    board.substitute("ambulance", 2, 0, on=(0.1, 0.1))
    assert board.n_redo == 0
    with pytest.raises(ValueError, match="nothing to redo"):
        board.redo()


def test_steps_gone_back_to_are_not_computed_again() -> None:
    asked = {"predict": 0, "explain": 0}

    def counted(name: str, function: Any) -> Any:
        def ask(picture: np.ndarray) -> Any:
            asked[name] += 1
            return function(picture)

        return ask

    predict, explain = counted("predict", sample.predict), counted("explain", sample.explain)
    board = PatchBoard(sample.muddled(), sample.trays(), predict, explain)
    board.delete("fire engine", 1).undo().redo().reset()
    assert asked == {"predict": 2, "explain": 2}


def test_with_more_to_come_the_slow_part_is_left_out(board: PatchBoard, page_says: Any) -> None:
    (only,) = page_says(board, gesture=at(1, 0.5, 0.5, more=True))
    assert "graphs" not in only["data"]["state"]
    assert (board.done, board.graphed) == (1, 0)
    page_says(board, gesture=at(2, 0.5, 0.8))
    assert (board.done, board.graphed, len(board.edits)) == (2, 2, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"at": [float("nan"), 0.5]},
        {"at": [0.5, 1.5]},
        {"at": ["0.5", 0.5]},
        {"at": [0.5]},
        {"at": None},
        {"patch": 99},
        {"patch": -1},
        {"patch": 1.0},
        {"patch": True},
        {"cls": "tank"},
        {"cls": ["fire engine"]},
        {"concept": 4},
        {"kind": "explode"},
        {"kind": None},
        {"onto": ["fire engine", 1]},  # and `at` as well
        {"seq": 0},
        {"seq": "1"},
        {"seq": 2**60},
    ],
    ids=str,
)
def test_a_bad_message_changes_nothing_and_is_seen(
    board: PatchBoard, page_says: Any, change: dict[str, Any]
) -> None:
    before = board.image
    page_says(board, gesture=at(1, 0.5, 0.5) | change)
    assert board.error.startswith("Refused: ")
    np.testing.assert_array_equal(board.image, before)
    assert (board.edits, board.busy) == ([], False)
    page_says(board, gesture=at(board.done + 1, 0.5, 0.5))
    assert board.error == ""
    assert len(board.edits) == 1


@pytest.mark.parametrize(
    "state", [{"gesture": 7}, {"picture": "x"}, {"probabilities": {"fire engine": 1.0}}, {"error": "x"}]
)
def test_a_page_sets_nothing_but_gestures(board: PatchBoard, page_says: Any, state: dict[str, Any]) -> None:
    before = board.probabilities, board.picture
    page_says(board, **state)
    assert board.error.startswith("Refused: ")
    assert (board.probabilities, board.picture) == before


def test_a_gesture_set_in_python_must_be_valid_too(board: PatchBoard) -> None:
    with pytest.raises(TraitError, match="patches of concept 0 of fire engine are numbered from 0"):
        board.gesture = at(1, 0.5, 0.5, patch=99)


def failing(picture: np.ndarray) -> dict[str, float]:
    raise RuntimeError("out of memory")


def test_an_error_of_predict_is_drawn_and_the_edit_undone(board: PatchBoard, page_says: Any) -> None:
    before, board._predict = board.image, failing
    page_says(board, gesture=at(1, 0.5, 0.5))
    assert board.error == "RuntimeError: out of memory"
    assert (board.done, board.graphed, board.busy, board.edits) == (1, 1, False, [])
    np.testing.assert_array_equal(board.image, before)
    assert board.graphs


def test_an_error_of_explain_is_drawn_and_stale_graphs_are_not(board: PatchBoard, page_says: Any) -> None:
    board._explain = failing
    page_says(board, gesture=at(1, 0.5, 0.5))
    assert board.error == "RuntimeError: out of memory"
    assert (board.done, board.busy, board.graphs, len(board.edits)) == (1, False, [], 1)
    board._explain = sample.explain
    page_says(board, gesture={"kind": "undo", "seq": 2})
    assert board.error == ""
    assert len(board.graphs) == 3


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "must return"),
        ({}, "must return"),
        ({"a": float("nan")}, "must be finite"),
        ({"a": 1.5}, "must be a probability"),
        ({"a": "much"}, "must be a number"),
    ],
)
def test_a_predict_that_returns_nonsense_is_refused(answer: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PatchBoard(sample.muddled(), sample.trays(), lambda picture: answer)


def test_without_explain_patches_go_onto_free_places_only() -> None:
    board = PatchBoard(sample.muddled(), sample.trays(), sample.predict)
    board.substitute("fire engine", 0, 0, on=(0.5, 0.5))
    assert (board.graphs, board.student, board.prediction) == ([], {}, "fire engine")
    with pytest.raises(ValueError, match="Put a patch on a free place"):
        board.delete("fire engine", 0)


def test_predict_cannot_change_the_picture() -> None:
    def vandal(picture: np.ndarray) -> dict[str, float]:
        picture[:] = 0
        return {"black": 1.0}

    board = PatchBoard(sample.muddled(), sample.trays(), vandal)
    np.testing.assert_array_equal(board.image, sample.muddled())


def test_trays_that_are_incomplete_or_doubled_are_refused() -> None:
    trays = sample.trays()
    with pytest.raises(ValueError, match="came twice"):
        PatchBoard(sample.muddled(), [trays[0], trays[0]], sample.predict)
    with pytest.raises(ValueError, match="a concept needs the field 'cls'"):
        PatchBoard(sample.muddled(), [{"concept": 0}], sample.predict)
    flat = trays[0] | {"patches": [{"image": sample.muddled(), "good": True}]}
    with pytest.raises(ValueError, match=r"`patch` must be uint8 \(h, w, 4\)"):
        PatchBoard(sample.muddled(), [flat], sample.predict)


def test_its_words_are_stable(board: PatchBoard) -> None:
    assert repr(board).startswith("PatchBoard(128×128 picture, 12 concepts, 0 edits, now 'fire engine' ")
    data, _ = board._repr_mimebundle_()
    assert data["text/plain"] == repr(board)
    assert data["image/png"].startswith(b"\x89PNG")
    json.dumps(board.edits)
