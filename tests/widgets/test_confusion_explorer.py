from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import sample
from PIL import Image
from traitlets import TraitError

from xaikit.widgets import ConfusionExplorer
from xaikit.widgets.confusion import widget as confusion_explorer
from xaikit.widgets.confusion.cells import MOST_IN_ALL, MOST_PICTURES, PICTURE_SIDE, VIEW_SIDE
from xaikit.widgets.kit.packing import PatchStore

FIRE, AMBULANCE, BUS = sample.CLASSES
CONFUSED = [FIRE, AMBULANCE]


class Explain:
    """The sample's `explain`, which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []

    def __call__(self, true: str, predicted: str, number: int) -> dict[str, Any]:
        self.asked.append((true, predicted, number))
        return sample.explain_confusion(true, predicted, number)


def explorer(**changes: Any) -> ConfusionExplorer:
    given = {
        "classes": sample.CLASSES, "confusion": sample.CONFUSION, "pairs": sample.PAIRS,
        "pictures": sample.pictures_of_cells(), "explain": sample.explain_confusion,
    }  # fmt: skip
    return ConfusionExplorer(**{**given, **changes})


def asks(seq: int, picture: int | None = 1, cell: Any = (FIRE, AMBULANCE), **fields: Any) -> dict[str, Any]:
    return {"seq": seq, "cell": list(cell), "picture": picture, **fields}


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_every_cell_with_pictures_has_its_words_notes_and_thumbnails() -> None:
    cells = explorer().cells
    assert [cell["count"] for cell in cells] == sample.CONFUSION[sample.CONFUSION > 0].tolist()
    confused = cells[1]
    assert confused["words"] == "true fire engine, answered ambulance: 6 pictures"
    assert confused["share"] == pytest.approx(6 / 36)
    assert cells[2]["words"] == "true ambulance, answered fire engine: 1 picture"
    assert confused["kind"] == "confused concepts"
    assert confused["advice"] == sample.PAIRS[FIRE, AMBULANCE]["advice"]
    assert confused["evidence"] == [fact["text"] for fact in sample.PAIRS[FIRE, AMBULANCE]["evidence"]]
    given = sample.pictures_of_cells()[FIRE, AMBULANCE]
    assert [one["id"] for one in confused["pictures"]] == [one["id"] for one in given]
    assert confused["pictures"][2]["probability"] == given[2]["probability"]
    small = Image.fromarray(given[2]["image"]).resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.BOX)
    shown = opened(confused["pictures"][2]["image"])
    assert np.abs(shown.astype(int) - np.asarray(small)).mean() < 6
    assert (cells[4]["kind"], cells[4]["pictures"]) == ("", [])  # neither notes nor pictures were given


def test_cells_are_shaded_by_their_share_of_the_row_confusions_against_the_worst() -> None:
    shades = [cell["shade"] for cell in explorer().cells]
    assert shades == pytest.approx([30 / 36, -1, -1 / 29 * 6, 28 / 29, -2 / 33 * 6, 31 / 33])
    rare = explorer(confusion=[[99, 6, 0], [1, 99, 0], [0, 0, 5]])
    assert [cell["shade"] for cell in rare.cells if cell["shade"] < 0] == pytest.approx([-6 / 10.5, -0.1])


def test_evidence_may_be_plain_sentences() -> None:
    pairs = {(FIRE, AMBULANCE): {"kind": "false alarm", "advice": "Look.", "evidence": ["one", "two"]}}
    assert explorer(pairs=pairs).cells[1]["evidence"] == ["one", "two"]


def test_a_chosen_cell_costs_nothing_and_a_chosen_picture_asks_once(page_says: Any) -> None:
    explain = Explain()
    widget = explorer(explain=explain)
    (only,) = page_says(widget, gesture=asks(1, None))
    assert (widget.selected_cell, widget.selected_picture, widget.done) == ((FIRE, AMBULANCE), None, 1)
    assert explain.asked == []
    assert "answers" not in only["data"]["state"]

    page_says(widget, gesture=asks(2, 1))
    assert (widget.selected_picture, widget.done, widget.busy) == (1, 2, False)
    page_says(widget, gesture=asks(3, 2))
    page_says(widget, gesture=asks(4, 1))
    assert explain.asked == [(FIRE, AMBULANCE, 1), (FIRE, AMBULANCE, 2)]
    assert [answer["number"] for answer in widget.answers] == [2, 1]  # the last opened comes last


def test_while_explain_works_the_page_is_told_and_the_answer_comes_in_one_message(page_says: Any) -> None:
    seen: list[bool] = []

    def explain(true: str, predicted: str, number: int) -> dict[str, Any]:
        seen.append(widget.busy)
        return sample.explain_confusion(true, predicted, number)

    widget = explorer(explain=explain)
    messages = [message["data"] for message in page_says(widget, gesture=asks(1))]
    assert seen == [True]
    assert messages[0]["state"] == {"busy": True}
    last = messages[-1]
    assert {"answers", "patches", "selected_cell", "selected_picture", "done"} <= set(last["state"])
    assert ["answers", 0, "picture"] in last["buffer_paths"]
    assert not any("answers" in message["state"] for message in messages[:-1])


def test_an_answer_holds_both_graphs_the_cause_and_the_repair() -> None:
    answer = explorer().choose(FIRE, AMBULANCE, 1).answers[0]
    said = sample.explain_confusion(FIRE, AMBULANCE, 1)
    assert [graph["name"] for graph in answer["graphs"]] == CONFUSED
    assert answer["cause"] == said["cause"]
    assert np.abs(opened(answer["where"]).astype(int) - said["where"]).mean() < 6
    repair = answer["repair"]
    assert repair["before"] is None  # it is the picture itself
    for seen, key in ((answer["picture"], "before"), (repair["after"], "after")):
        assert np.abs(opened(seen).astype(int) - said["repair"][key]).mean() < 6
    other = {"before": said["repair"]["after"]}
    answer = explorer(explain=changed(repair=other)).choose(FIRE, AMBULANCE, 1).answers[0]
    assert np.array_equal(opened(answer["repair"]["before"]), opened(answer["repair"]["after"]))
    assert [bar[0] for bar in repair["bars"]] == [FIRE, AMBULANCE, BUS]  # the two classes come first
    before, after = said["repair"]["probabilities_before"], said["repair"]["probabilities_after"]
    assert repair["bars"] == [[name, before[name], after[name]] for name in sample.CLASSES]


def test_a_right_answer_has_one_graph_and_may_have_no_repair() -> None:
    answer = explorer().choose(FIRE, FIRE, 0).answers[0]
    assert [graph["name"] for graph in answer["graphs"]] == [FIRE]
    assert answer["repair"] is None


def test_from_python_a_cell_and_a_picture_are_chosen_alike() -> None:
    widget = explorer()
    assert widget.choose(FIRE, AMBULANCE) is widget
    assert (widget.selected_cell, widget.selected_picture) == ((FIRE, AMBULANCE), None)
    assert widget.choose(FIRE, AMBULANCE, 5).selected_picture == 5
    with pytest.raises(ValueError, match=r"6 pictures shown of .* are numbered from 0; got 6"):
        widget.choose(FIRE, AMBULANCE, 6)
    with pytest.raises(ValueError, match="Did you mean 'ambulance'"):
        widget.choose(FIRE, "ambulence")
    with pytest.raises(ValueError, match=r"of which pictures were counted; got \('amb"):
        widget.choose(AMBULANCE, BUS)
    assert widget.selected_picture == 5


def test_without_explain_pictures_can_be_seen_but_not_chosen() -> None:
    widget = explorer(explain=None)
    assert widget.explains is False
    assert widget.choose(FIRE, AMBULANCE).cells[1]["pictures"]
    with pytest.raises(ValueError, match="there is no `explain`"):
        widget.choose(FIRE, AMBULANCE, 0)


def test_only_the_answers_opened_last_and_their_patches_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confusion_explorer, "MOST_KEPT", 2)
    widget = explorer().choose(FIRE, AMBULANCE, 0)
    both = sum(map(bool, widget.patches))
    for number in (0, 1):
        widget.choose(FIRE, FIRE, number)
    assert [(one["predicted"], one["number"]) for one in widget.answers] == [(FIRE, 0), (FIRE, 1)]
    assert sum(map(bool, widget.patches)) == both // 2  # those of the ambulance are gone


def test_a_forgotten_patch_leaves_its_place_to_another() -> None:
    store, patches = PatchStore(), [one["image"] for one in sample.patches(FIRE, 0)]
    assert [store.add(patch) for patch in patches[:3]] == [0, 1, 2]
    store.keep({1})
    assert (store.add(patches[1]), store.add(patches[4]), store.add(patches[0])) == (1, 0, 2)
    assert len(store.encoded) == 3


def test_patches_numbered_in_answers_are_those_sent() -> None:
    widget = explorer()
    for cell in ((FIRE, AMBULANCE, 0), (AMBULANCE, FIRE, 0)):
        widget.choose(*cell)
    for answer in widget.answers:
        for graph in answer["graphs"]:
            for k, node in enumerate(graph["nodes"]):
                seen = opened(widget.patches[node["cutouts"][0]])
                meant = sample.patches(graph["name"], k)[0]["image"]
                middle = meant.shape[0] // 2, meant.shape[1] // 2
                shown = seen[seen.shape[0] // 2, seen.shape[1] // 2]
                assert np.abs(shown.astype(int) - meant[middle][:3]).max() < 40


@pytest.mark.parametrize(
    "change",
    [
        {"cell": ["tank", AMBULANCE]},
        {"cell": [AMBULANCE, BUS]},
        {"cell": [FIRE]},
        {"cell": FIRE},
        {"cell": None},
        {"cell": [0, 1]},
        {"picture": 6},
        {"picture": -1},
        {"picture": True},
        {"picture": 1.0},
        {"picture": "1"},
        {"seq": 0},
        {"seq": "1"},
        {"seq": 2**60},
    ],
    ids=str,
)
def test_a_bad_message_changes_nothing_and_is_seen(page_says: Any, change: dict[str, Any]) -> None:
    widget = explorer()
    page_says(widget, gesture=asks(1) | change)
    assert widget.error.startswith("Refused: ")
    assert (widget.selected_cell, widget.selected_picture, widget.answers) == (None, None, [])
    page_says(widget, gesture=asks(widget.done + 1))
    assert (widget.error, widget.selected_picture) == ("", 1)


@pytest.mark.parametrize("state", [{"gesture": 7}, {"answers": []}, {"selected_cell": [FIRE, FIRE]}])
def test_a_page_sets_nothing_but_gestures(page_says: Any, state: dict[str, Any]) -> None:
    widget = explorer().choose(FIRE, AMBULANCE, 0)
    page_says(widget, **state)
    assert widget.error.startswith("Refused: ")
    assert (widget.selected_cell, len(widget.answers)) == ((FIRE, AMBULANCE), 1)


def test_a_gesture_set_in_python_must_be_valid_too() -> None:
    with pytest.raises(TraitError, match="are numbered from 0; got 99"):
        explorer().gesture = asks(1, 99)


def test_what_explain_raises_is_drawn_and_the_next_gesture_works(page_says: Any) -> None:
    def failing(*asked: Any) -> dict[str, Any]:
        raise RuntimeError("out of memory")

    widget = explorer(explain=failing)
    page_says(widget, gesture=asks(1))
    assert widget.error == "RuntimeError: out of memory"
    assert (widget.done, widget.busy, widget.answers) == (1, False, [])
    assert (widget.selected_cell, widget.selected_picture) == ((FIRE, AMBULANCE), 1)
    with pytest.raises(RuntimeError, match="out of memory"):
        widget.choose(FIRE, AMBULANCE, 0)
    assert widget.busy is False
    widget._explain = sample.explain_confusion
    page_says(widget, gesture=asks(2))
    assert (widget.error, len(widget.answers)) == ("", 1)


def changed(repair: dict[str, Any] | None = None, **fields: Any) -> Any:
    def explain(true: str, predicted: str, number: int) -> dict[str, Any]:
        said = sample.explain_confusion(true, predicted, number)
        return {**said, "repair": {**said["repair"], **(repair or {})}, **fields}

    return explain


@pytest.mark.parametrize(
    ("explain", "message"),
    [
        (lambda *asked: None, "must return a mapping"),
        (lambda *asked: {"cause": ""}, "needs the field 'views'"),
        (changed(views=[]), r"must be those of \['fire engine', 'ambulance'\]; got \[\]"),
        (changed(image=np.zeros((64, 64, 3), np.uint8)), "`mask` must have the picture's shape"),
        (changed(repair={"after": np.zeros((9, 9))}), "`image` must be a uint8 array"),
        (changed(repair={"probabilities_after": {FIRE: 1.5}}), "must be a probability"),
        (changed(repair={"probabilities_after": {FIRE: 0.5}}), "the same classes before and after"),
        (changed(repair={"probabilities_before": {}}), "`probabilities_before` of .* must return"),
    ],
)
def test_an_explain_that_returns_nonsense_is_refused(explain: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        explorer(explain=explain).choose(FIRE, AMBULANCE, 0)


def test_the_picture_of_the_views_may_differ_from_the_thumbnail() -> None:
    small = {(FIRE, AMBULANCE): [{"image": np.full((20, 30, 3), 90, np.uint8)}]}

    def explain(true: str, predicted: str, number: int) -> dict[str, Any]:
        image = sample.pictures_of_cells()[true, predicted][number]["image"]
        return {**sample.explain_confusion(true, predicted, number), "image": image}

    widget = explorer(pictures=small, explain=explain).choose(FIRE, AMBULANCE, 0)
    assert opened(widget.cells[1]["pictures"][0]["image"]).shape == (20, 30, 3)
    assert opened(widget.answers[0]["picture"]).shape == (128, 128, 3)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"classes": []}, ValueError, "`classes` must be different names, at least one"),
        ({"classes": [FIRE, FIRE, BUS]}, ValueError, "`classes` must be different names"),
        ({"confusion": sample.CONFUSION[:2]}, ValueError, r"must have shape \(3, 3\).*got \(2, 3\)"),
        ({"confusion": sample.CONFUSION / 100}, TypeError, "whole numbers of pictures; got float64"),
        ({"confusion": sample.CONFUSION - 1}, ValueError, "count pictures, 0 or more; got -1"),
        ({"confusion": sample.CONFUSION * 0}, ValueError, "counts no picture at all"),
        ({"pairs": {("tank", FIRE): {}}}, ValueError, r"keys of `pairs` must name two of .*'tank'"),
        ({"pairs": {(FIRE, "ambulence"): {}}}, ValueError, "Did you mean 'ambulance'"),
        ({"pairs": {FIRE: {}}}, ValueError, r"must be \(true class, predicted class\)"),
        ({"pairs": {(AMBULANCE, BUS): {}}}, ValueError, "of which `confusion` counts no picture"),
        ({"pairs": {(FIRE, AMBULANCE): {"kind": "x"}}}, ValueError, "needs the field 'advice'"),
        ({"pairs": {(FIRE, FIRE): {"kind": "x", "advice": "y"}}}, ValueError, "not confused with itself"),
        ({"pictures": {(FIRE, "tank"): []}}, ValueError, "keys of `pictures` must name two of"),
        ({"pictures": {(FIRE, AMBULANCE): [{}]}}, ValueError, "needs the field 'image'"),
        ({"pictures": {(FIRE, AMBULANCE): [{"image": np.zeros((4, 4))}]}}, TypeError, "must be a uint8"),
        (
            {"pictures": {(AMBULANCE, FIRE): sample.pictures_of_cells()[FIRE, AMBULANCE]}},
            ValueError,
            "has 6 of .*counts only 1",
        ),
    ],
)
def test_what_is_no_confusion_is_refused(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        explorer(**changes)


def test_where_nothing_is_confused_it_says_so_and_shows_the_matrix() -> None:
    widget = ConfusionExplorer(sample.CLASSES, np.diag([30, 28, 31]), {}, {})
    assert widget.summary == "Nothing is confused: the right answer to all of 89 pictures."
    assert len(widget.cells) == 3
    assert widget.still().width > 200


def test_the_summary_counts_and_names_the_largest_confusion() -> None:
    expected = "9 of 98 pictures answered wrongly. Most often: fire engine taken for ambulance (6)."
    assert explorer().summary == expected
    assert repr(explorer()) == f"ConfusionExplorer(3 classes. {expected})"


def many(m: int, n: int) -> ConfusionExplorer:
    """m classes, n pictures in every cell, at the size at which networks see them."""
    names = [f"class number {k}" for k in range(m)]
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (m * m, 7, 7, 3), np.uint8)
    images = [np.asarray(Image.fromarray(c).resize((224, 224), Image.Resampling.BICUBIC)) for c in coarse]
    pictures = {
        (names[r], names[c]): [{"image": images[r * m + c], "probability": 0.5}] * n
        for r in range(m)
        for c in range(m)
    }
    return ConfusionExplorer(names, np.full((m, m), n), {}, pictures)


def test_with_few_cells_two_dozen_pictures_are_sent_of_each_and_with_many_fewer() -> None:
    assert {len(cell["pictures"]) for cell in many(2, 30).cells} == {MOST_PICTURES}
    shown = [len(cell["pictures"]) for cell in many(8, 30).cells]
    assert MOST_IN_ALL - 64 < sum(shown) <= MOST_IN_ALL
    assert len(set(shown)) == 1


def test_pictures_of_the_page_are_small() -> None:
    big = {(FIRE, AMBULANCE): [{"image": np.zeros((600, 400, 3), np.uint8)}]}

    def explain(*asked: Any) -> dict[str, Any]:
        views = [{"name": name, "network": 0.5, "nodes": [], "edges": []} for name in CONFUSED]
        return {"views": views}

    widget = explorer(pictures=big, explain=explain).choose(FIRE, AMBULANCE, 0)
    assert opened(widget.cells[1]["pictures"][0]["image"]).shape == (PICTURE_SIDE, 64, 3)
    assert opened(widget.answers[0]["picture"]).shape == (VIEW_SIDE, 171, 3)
    assert widget.answers[0]["aspect"] == pytest.approx(400 / 600)


def test_it_can_be_drawn_without_a_browser_in_every_state() -> None:
    widget = explorer(title="What the network confuses")
    heights = [widget.still().height]
    for choice in ((FIRE, AMBULANCE), (FIRE, AMBULANCE, 2), (FIRE, FIRE, 0)):
        heights.append(widget.choose(*choice).still().height)
    assert heights[0] < heights[2]
    assert many(30, 1).still().width > 30 * 32
    data, _ = widget._repr_mimebundle_()
    assert data["text/plain"] == repr(widget)
    assert data["image/png"].startswith(b"\x89PNG")
