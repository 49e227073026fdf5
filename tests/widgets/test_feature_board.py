"""The feature board without a browser: what it is given, what goes to the page, what comes from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sample
from sample_features import board_of_two, summed, without

from xaikit.plots.views import Summed
from xaikit.widgets import FeatureBoard, HeatmapExplorer
from xaikit.widgets.kit.linking import links_of


def ask(page_says: Any, board: FeatureBoard, *features: int, seq: int = 1, picture: int = 0) -> list[Any]:
    gesture = {"kind": "off", "picture": picture, "features": list(features), "seq": seq}
    return page_says(board, gesture=gesture)


def test_what_the_page_is_told(page_says: Any) -> None:
    board = board_of_two()
    view, unread = board.views
    assert (view["start"], view["gives"], view["score"], view["chance"]) == (-1.5, [3, -0.5, 0], 1.25, 0.75)
    assert view["words"][1] == 0 and (unread["score"], unread["chance"]) == (None, None)
    assert [bool(cell["data"]) for cell in view["cells"]] == [True, True, False]
    assert view["grid"] == [64, 64]
    assert board.labels == {"bus": ["", "door", ""], "tram": ["", "", ""]}
    assert [len(row) for row in board.examples["bus"]] == [2, 0, 0]
    assert board.nameable and board.removable
    assert repr(board) == "FeatureBoard(2 pictures, 3 features of 'bus')"


def test_off_and_on_again_in_one_message_each(page_says: Any) -> None:
    board = board_of_two()
    (message,) = ask(page_says, board, 2, 0)
    assert set(message["data"]["state"]) == {"changed", "done"}
    assert board.off == [0, 2] and board.changed["gives"] == [0, -0.5, 0]
    assert board.changed["image"] == board.views[1]["image"]
    assert board.changed["chance"] == 0.25 and board.done == 1
    assert repr(board) == "FeatureBoard(2 pictures, 3 features of 'bus', without [1, 3])"
    ask(page_says, board, seq=2)
    assert board.changed == {} and board.off == [] and board.done == 2


def test_by_name_of_a_method() -> None:
    board = board_of_two().switch_off([1])
    assert board.off == [1] and board.still().size[0] > 700
    assert board.reset().off == []
    with pytest.raises(ValueError, match="numbers from 0 to 2; got"):
        board.switch_off([3])
    with pytest.raises(ValueError, match="nobody to ask"):
        board_of_two(without=None).switch_off([0])


def test_another_picture_begins_with_everything_on(page_says: Any) -> None:
    board = board_of_two().switch_off([0])
    page_says(board, picture=1)
    assert board.changed == {} and board.picture == 1
    ask(page_says, board, 0, picture=0)  # asked before the page was turned
    assert board.changed == {} and board.done == 1


def test_what_fails_is_told_and_leaves_what_was(page_says: Any) -> None:
    def fails(picture: int, features: list[int]) -> Summed:
        if 1 in features:
            raise ValueError("it is seen nowhere")
        return without(picture, features)

    board = board_of_two(without=fails)
    ask(page_says, board, 0)
    ask(page_says, board, 0, 1, seq=2)
    assert board.error == "ValueError: it is seen nowhere" and board.off == [0] and board.done == 2
    ask(page_says, board, 0, seq=3)
    assert board.error == ""
    board = board_of_two(without=lambda *_: "nothing")
    ask(page_says, board, 0)
    assert "must return a Summed of 3 features" in board.error and board.done == 1


@pytest.mark.parametrize("features", [[3], [True], ["0"], None, {"a": 0}, [0.5]])
def test_what_is_no_feature_is_refused_and_answered(page_says: Any, features: Any) -> None:
    board = board_of_two()
    page_says(board, gesture={"kind": "off", "picture": 0, "features": features, "seq": 4})
    assert board.error.startswith("Refused: ") and board.done == 4 and board.off == []


def test_a_name_reaches_whoever_keeps_it_and_the_page(page_says: Any) -> None:
    given = []
    board = board_of_two(rename=lambda *name: given.append(name))
    page_says(board, naming={"cls": "bus", "concept": 0, "name": " ladder ", "seq": 1})
    assert given == [("bus", 0, "ladder")] and board.labels["bus"] == ["ladder", "door", ""]
    page_says(board, naming={"cls": "bus", "concept": 0, "name": "", "seq": 2})
    assert board.labels["bus"] == ["", "door", ""]
    closed = board_of_two(rename=None)
    page_says(closed, naming={"cls": "bus", "concept": 0, "name": "x", "seq": 1})
    assert not closed.nameable and closed.error.startswith("Refused: ")


def test_it_is_linked_with_heatmaps_of_the_same_pictures() -> None:
    pictures = [sample.whole("fire engine"), sample.whole("ambulance")]
    values = np.ones((2, 128, 128), np.float32)
    maps = HeatmapExplorer(pictures, [{"method": "a", "target": "bus", "values": values}])
    assert links_of([maps.shared(), board_of_two().shared()]) == [[(0, "picture"), (1, "picture")]]


def test_an_exported_page_holds_it_as_it_is(tmp_path: Path) -> None:
    page = board_of_two().switch_off([0]).to_html(tmp_path / "a.html").read_text(encoding="utf-8")
    assert '"off":[0]' in page and "<title>What is it made of?</title>" in page


@pytest.mark.parametrize(
    ("views", "said"),
    [
        ([], "one or more pictures; got"),
        (["a"], "must hold a Summed"),
        ([summed(maps=None)], r"`gives` and `maps` of a view must be of all features, \(3,\)"),
        ([summed(maps=np.zeros((3, 4, 4), np.float32))], r"\(3, 128, 128\); got"),
        ([summed(), summed(gives=np.zeros(2, np.float32))], "must be of all features"),
        ([summed(words=["a", 3])], r"text and numbers of the 3 features; got \[3\]"),
    ],
)
def test_views_that_do_not_do(views: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FeatureBoard(views)


def test_examples_of_other_features_do_not_do() -> None:
    with pytest.raises(ValueError, match="`examples` of 'bus' must be of all 3 features; got 1"):
        FeatureBoard([summed()], examples={"bus": [[]]})
