from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import sample
from traitlets import TraitError

from xaikit.core.images import paste
from xaikit.widgets import PatchBoard
from xaikit.widgets.patch_board.editing import redrawn


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


def test_onto_a_concept_the_patch_keeps_its_shape_and_comes_near_in_area(board: PatchBoard) -> None:
    start, patch = board.image, sample.patches("fire engine", 2)[0]["image"]
    ys, xs = np.nonzero(sample.mask_of(start, "fire engine", 1))
    left, right, top, bottom = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    board.substitute("fire engine", 2, 0, on=("fire engine", 1))
    scale = np.sqrt((right - left) * (bottom - top) / (patch.shape[0] * patch.shape[1]))
    assert 0.5 < scale < 2
    size = (patch.shape[1] * scale, patch.shape[0] * scale)
    expected = paste(start, patch, ((left + right) / 2, (top + bottom) / 2), size)
    np.testing.assert_array_equal(board.image, expected)


@pytest.mark.parametrize(("side", "expected"), [(2, 4), (90, 45)])
def test_a_patch_is_never_scaled_beyond_half_and_double(side: int, expected: int) -> None:
    patch = np.full((side, side, 4), 255, np.uint8)
    trays = [{"cls": "fire engine", "concept": 1, "name": "2", "patches": [{"image": patch, "good": True}]}]
    board = PatchBoard(sample.muddled(), trays, sample.predict, explain_with(placed := []))
    board.substitute("fire engine", 1, 0)
    mask = placed[-1][0]["mask"]
    assert (np.ptp(np.nonzero(mask)[1]) + 1, np.ptp(np.nonzero(mask)[0]) + 1) == (expected, expected)


def explain_with(heard: list[Any]) -> Any:
    """Sample's explanation, which also keeps what it is told of what hands have placed."""

    def explain(picture: np.ndarray, placed: list[dict[str, Any]]) -> dict[str, Any]:
        heard.append(placed)
        return sample.explain(picture, placed)

    return explain


def told(placed: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(one["cls"], one["concept"]) for one in placed]


@pytest.fixture
def heard() -> list[Any]:
    return []


@pytest.fixture
def listening(heard: list[Any]) -> PatchBoard:
    return PatchBoard(
        sample.muddled(), sample.trays(), sample.predict, explain_with(heard), fill=sample.GRASS
    )


def test_explain_is_told_what_hands_have_placed_and_where(listening: PatchBoard, heard: list[Any]) -> None:
    assert heard == [[]]
    start, patch = listening.image, sample.patches("ambulance", 1)[0]["image"]
    listening.substitute("ambulance", 1, 0, on=(0.5, 0.85)).substitute("ambulance", 1, 0, on=(0.2, 0.1))
    assert told(heard[-1]) == [("ambulance", 1), ("ambulance", 1)]  # twice put there, twice there
    mask = heard[1][0]["mask"]
    assert mask.shape == (128, 128)
    assert mask.dtype == bool
    assert mask.sum() == (patch[..., 3] > 127).sum()
    changed = (paste(start, patch, (64, 0.85 * 128)) != start).any(-1)
    assert not (changed & ~mask).any()


def test_what_is_covered_by_more_than_half_is_no_longer_there(
    listening: PatchBoard, heard: list[Any]
) -> None:
    listening.substitute("ambulance", 3, 0, on=(0.5, 0.85))
    wide = sample.patches("ambulance", 3)[0]["image"].shape[1] / 128
    listening.substitute("ambulance", 3, 1, on=(0.5 + 0.6 * wide, 0.85))
    assert told(heard[-1]) == [("ambulance", 3)] * 2
    assert not (heard[-1][0]["mask"] & heard[-1][1]["mask"]).any()  # what is covered belongs to the upper one
    listening.substitute("ambulance", 0, 0, on=(0.5, 0.85))
    assert told(heard[-1]) == [("ambulance", 0)]


def test_undo_redo_and_reset_know_what_was_placed_then(listening: PatchBoard, heard: list[Any]) -> None:
    listening.substitute("ambulance", 3, 0, on=(0.2, 0.1)).move("ambulance", 3, 0.8, 0.9)
    assert told(heard[-1]) == [("ambulance", 3)]
    np.testing.assert_allclose(middle_of(heard[-1][0]["mask"]), (0.8, 0.9), atol=0.02)
    listening.undo().substitute("fire engine", 2, 0, on=(0.9, 0.5))
    assert told(heard[-1]) == [("ambulance", 3), ("fire engine", 2)]
    np.testing.assert_allclose(middle_of(heard[-1][0]["mask"]), (0.2, 0.1), atol=0.02)
    listening.reset().substitute("fire engine", 2, 0, on=(0.9, 0.5))
    assert told(heard[-1]) == [("fire engine", 2)]


def middle_of(mask: np.ndarray) -> tuple[float, float]:
    ys, xs = np.nonzero(mask)
    return (xs.min() + xs.max() + 1) / 256, (ys.min() + ys.max() + 1) / 256


def test_an_erased_concept_is_no_longer_there(listening: PatchBoard, heard: list[Any]) -> None:
    listening.substitute("ambulance", 3, 0, on=(0.2, 0.1)).delete("ambulance", 3)
    assert heard[-1] == []


def test_what_is_moved_can_be_moved_on_whatever_a_search_would_say(heard: list[Any]) -> None:
    def blind(picture: np.ndarray, placed: list[dict[str, Any]]) -> dict[str, Any]:
        said = sample.explain(picture, placed)
        known = {(one["cls"], one["concept"]) for one in placed}
        for graph in said["graphs"]:
            for k, node in enumerate(graph["nodes"]):
                if placed and (graph["name"], k) not in known:
                    node.update(mask=None, detected=False)
        return said

    board = PatchBoard(sample.muddled(), sample.trays(), sample.predict, blind, fill=sample.GRASS)
    board.move("fire engine", 3, 0.2, 0.1).move("fire engine", 3, 0.8, 0.9)
    node = board.graphs[0]["nodes"][3]
    assert (node["x"], node["y"]) == pytest.approx((0.8, 0.9), abs=0.02)


def test_an_explain_of_one_argument_is_asked_with_one() -> None:
    board = PatchBoard(sample.muddled(), sample.trays(), sample.predict, sample.explain_plainly)
    board.substitute("fire engine", 0, 0, on=(0.5, 0.5))
    assert len(board.graphs) == 3


def test_the_networks_own_answer_travels_with_the_probabilities() -> None:
    board = PatchBoard(sample.muddled(), sample.trays(), sample.predict_all, sample.explain)
    assert board.answer == sample.PANDA
    board.substitute("fire engine", 0, 0, on=("fire engine", 1)).substitute(
        "fire engine", 0, 1, on=(0.5, 0.5)
    )
    assert board.answer["name"] == "fire engine"
    assert board.answer_before == sample.PANDA
    plain = PatchBoard(sample.muddled(), sample.trays(), sample.predict, sample.explain)
    assert (plain.answer, plain.probabilities) == (None, board.before)


def test_a_warning_about_the_graphs_comes_and_goes_with_them(board: PatchBoard) -> None:
    board._explain = lambda picture, placed: sample.explain(picture) | {"warning": "Mistaken here."}
    board.delete("fire engine", 3)
    assert board.warning == "Mistaken here."
    assert board.undo().warning == ""


def test_a_name_given_in_the_page_is_in_tray_and_graph_and_outlives_an_edit(page_says: Any) -> None:
    heard: list[tuple[str, int, str]] = []
    board = PatchBoard(
        sample.muddled(), sample.trays(), sample.predict, sample.explain,
        rename=lambda *name: heard.append(name),
    )  # fmt: skip
    page_says(board, naming={"cls": "ambulance", "concept": 1, "name": "red cross", "seq": 1})
    board.delete("fire engine", 3)
    assert heard == [("ambulance", 1, "red cross")]
    assert board.graphs[1]["nodes"][1]["label"] == "red cross"
    assert [tray["label"] for tray in board.trays][5] == "red cross"
    page_says(board, naming={"cls": "ambulance", "concept": 1, "name": "x" * 41, "seq": 2})
    assert board.error.startswith("Refused: ")


def test_what_no_edit_has_touched_stays_drawn_finely() -> None:
    picture = sample.muddled()
    fine = picture.repeat(4, 0).repeat(4, 1)
    fine[::2] = 0  # lines that the coarse picture has not
    board = PatchBoard(picture, sample.trays(), sample.predict, sample.explain, drawn=fine)
    board.substitute("ambulance", 0, 0, on=(0.5, 0.5))
    seen = redrawn(fine, picture, board.image)
    changed = (board.image != picture).any(-1)
    assert not seen[::8, ::4][~changed[::2]].any()
    np.testing.assert_array_equal(seen[::4, ::4][changed], board.image[changed])
    assert board.drawn
    assert PatchBoard(picture, sample.trays(), sample.predict).drawn == b""


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
        ({"probabilities": {"a": 1.0}, "answer": {"name": "a"}}, "needs the field 'probability'"),
        ({"probabilities": {}, "answer": None}, "must return"),
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
