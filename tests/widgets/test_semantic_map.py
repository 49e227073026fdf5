from __future__ import annotations

import io
import json
import re
import time
from typing import Any

import numpy as np
import pytest
import sample_map
from PIL import Image
from traitlets import TraitError

from xaikit.plots.map_layout import GROUP_COLORS, N_COLORED, OTHER, unit_places
from xaikit.widgets import SemanticMap
from xaikit.widgets.kit.bundle import WIDGETS, bundle
from xaikit.widgets.kit.colors import AGAINST_FOR
from xaikit.widgets.semantic_map.points import MOST_SMALL, SEPARATOR, sheet_columns
from xaikit.widgets.semantic_map.widget import MOST_KEPT, MOST_RELEVANT, MOST_TILES, VIEW_SIDE

N = len(sample_map.NAMES)
TABBY = sample_map.NAMES.index("tabby")


@pytest.fixture
def shown() -> SemanticMap:
    return sample_map.semantic_map()


def asks(seq: int, kind: str, **fields: Any) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, **fields}


def buffer(numbers: Any) -> bytes:
    return np.array(numbers, "<u4").tobytes()


def lasso(widget: SemanticMap, seq: int, numbers: Any) -> None:
    """Hand in a lasso as a page does: the numbers as a buffer beside the message."""
    data = {"method": "update", "state": {"gesture": asks(seq, "select")}}
    data["buffer_paths"] = [["gesture", "numbers"]]
    widget._handle_msg({"content": {"data": data}, "buffers": [memoryview(buffer(numbers))]})


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_what_travels_is_binary_and_holds_every_place(shown: SemanticMap) -> None:
    assert shown.packed_names.split(SEPARATOR) == sample_map.NAMES
    assert [one["name"] for one in shown.places] == ["t-SNE", "PCA"]
    given = sample_map.positions()["PCA"]
    places = np.frombuffer(shown.places[1]["xy"], "<u2").reshape(N, 2) / 65535
    scale = np.ptp(given, axis=0).max()
    assert np.abs(places[:, 0] - places[0, 0] - (given[:, 0] - given[0, 0]) / scale).max() < 2e-5
    # up in a plot is up on the page, where y grows downwards
    assert np.abs(places[:, 1] - places[0, 1] + (given[:, 1] - given[0, 1]) / scale).max() < 2e-5
    assert np.frombuffer(shown.sizes, "<f4") == pytest.approx(sample_map.sizes(), rel=1e-6)
    assert (shown.projection, shown.color_by, shown.size_name) == ("t-SNE", "top level", "diversity")


def test_groups_are_packed_with_the_largest_first_and_the_places_of_their_names(shown: SemanticMap) -> None:
    top = shown.groupings[0]
    names = top["groups"].split(SEPARATOR)
    assert names == ["artifact", "living thing", "other"]
    of = np.frombuffer(top["of"], "<u2")
    assert [names[k] for k in of] == sample_map.LABELS["top level"]
    for projection, centers in zip(("t-SNE", "PCA"), top["centres"], strict=True):
        places = unit_places(sample_map.positions()[projection])
        for k, center in enumerate(np.frombuffer(centers, "<u2").reshape(3, 2) / 65535):
            assert np.hypot(*(places[of == k] - center).T).min() < 0.12


def test_thumbnails_lie_on_one_sheet_in_the_order_of_the_concepts(shown: SemanticMap) -> None:
    counts = np.frombuffer(shown.thumbs["counts"], np.uint8)
    assert counts.tolist() == [4] * N
    sheet, side = opened(shown.thumbs["sheet"]), shown.thumbs["side"]
    row, column = divmod(4 * TABBY + 2, sheet_columns(4 * N))
    thumb = sheet[row * side : (row + 1) * side, column * side : (column + 1) * side]
    given = Image.fromarray(sample_map.picture(TABBY, 2)).resize((side, side), Image.Resampling.BOX)
    assert np.abs(thumb.astype(int) - np.asarray(given)).mean() < 9


def test_pictures_may_be_few_oblong_or_missing() -> None:
    oblong = np.zeros((40, 90, 3), np.uint8)
    oblong[:, 30:60] = 200
    pictures = [[oblong], [], [sample_map.picture(0)] * 9]
    shown = SemanticMap(["a", "b", "c"], {"PCA": np.eye(3, 2)}, pictures=pictures)
    assert np.frombuffer(shown.thumbs["counts"], np.uint8).tolist() == [1, 0, 4]
    assert opened(shown.thumbs["sheet"])[:48, 14:34].mean() > 190  # its middle


@pytest.mark.parametrize(
    ("n", "each", "side"), [(60, 4, 48), (200, 1, 48), (900, 1, 32), (MOST_SMALL + 1, 0, 48)]
)
def test_many_concepts_have_fewer_and_smaller_thumbnails(n: int, each: int, side: int) -> None:
    picture = sample_map.picture(0, side=32)
    shown = SemanticMap(
        [f"c{k}" for k in range(n)], {"PCA": np.random.default_rng(0).normal(size=(n, 2))},
        pictures=[[picture] * 5] * n,
    )  # fmt: skip
    assert shown.thumbs["side"] == side
    assert np.frombuffer(shown.thumbs["counts"], np.uint8).sum() == n * each


def test_choosing_shows_pictures_and_what_is_relevant(shown: SemanticMap, page_says: Any) -> None:
    page_says(shown, gesture=asks(1, "choose", number=TABBY))
    assert (shown.chosen, shown.done, shown.error) == (TABBY, 1, "")
    (view,) = shown.views
    assert [name for name, _, _ in view["relevance"]] == [name for name, _ in sample_map.relevance(TABBY)]
    assert all(sample_map.NAMES[number] == name for name, _, number in view["relevance"])
    assert opened(view["pictures"][0]).shape == (VIEW_SIDE, VIEW_SIDE, 3)
    page_says(shown, gesture=asks(2, "choose"))
    assert shown.chosen is None
    assert shown.choose("robin").chosen == sample_map.NAMES.index("robin")
    assert shown.choose(3).choose(np.int64(4)).chosen == 4
    assert shown.choose(None).chosen is None


def test_a_callable_is_asked_once_for_a_concept_that_is_looked_at(page_says: Any) -> None:
    asked: list[int] = []

    def pictures(number: int) -> list[np.ndarray]:
        asked.append(number)
        return [sample_map.picture(number, seed) for seed in range(9)]

    shown = sample_map.semantic_map(pictures=pictures)
    assert (asked, shown.thumbs["sheet"], shown.asks) == ([], b"", {"pictures": True, "relevance": True})
    page_says(shown, gesture=asks(1, "look", number=5))
    page_says(shown, gesture=asks(2, "look", number=5))
    assert asked == [5]
    assert shown.views[0]["relevance"] is None
    assert len(shown.views[0]["pictures"]) <= 4
    page_says(shown, gesture=asks(3, "choose", number=5))  # the relevance is new, so is the view
    assert shown.views[-1]["relevance"]
    page_says(shown, gesture=asks(4, "tiles", numbers=[7, 8]))
    assert [number for number, _ in shown.tiles] == [7, 8]
    assert opened(shown.tiles[0][1]).shape == (64, 64, 3)


def test_only_the_concepts_looked_at_last_are_kept(shown: SemanticMap) -> None:
    for number in range(MOST_KEPT + 3):
        shown.choose(number)
    assert [view["number"] for view in shown.views] == list(range(3, MOST_KEPT + 3))


def test_names_that_are_not_on_the_map_may_be_relevant_and_only_the_first_are_shown() -> None:
    rows = [("striped", 0.5), *((f"texture {k}", -0.1) for k in range(50))]
    shown = sample_map.semantic_map(relevance=lambda number: rows).choose(0)
    known = shown.views[0]["relevance"]
    assert known[0] == ["striped", 0.5, -1]
    assert len(known) == MOST_RELEVANT


def test_a_lasso_reaches_python_and_who_listens(shown: SemanticMap) -> None:
    heard: list[tuple[int, ...]] = []
    shown.on_select(heard.append)
    lasso(shown, 1, [9, 4, 4, 30])
    assert (shown.selected, shown.done, shown.error) == ((4, 9, 30), 1, "")
    assert shown.selection == buffer([4, 9, 30])
    lasso(shown, 2, [4, 9, 30])  # the same again: nobody is told
    shown.select(["robin", 2])
    assert heard == [(4, 9, 30), (2, sample_map.NAMES.index("robin"))]
    lasso(shown, 3, [])
    assert (shown.selected, shown.selection) == ((), b"")


def test_a_lasso_around_a_hundred_thousand_is_answered_at_once() -> None:
    n = 100_000
    rng = np.random.default_rng(0)
    shown = SemanticMap(
        [f"concept {k}" for k in range(n)], {"PCA": rng.normal(size=(n, 2))}, rng.uniform(size=n),
        labels={"kind": [f"kind {k % 30}" for k in range(n)]},
    )  # fmt: skip
    start = time.process_time()
    lasso(shown, 1, np.arange(n))
    assert time.process_time() - start < 0.3
    assert len(shown.selected) == n
    assert shown.still().size[0] > 600


def test_the_answer_to_a_gesture_is_one_message(shown: SemanticMap, page_says: Any) -> None:
    (message,) = page_says(shown, gesture=asks(1, "choose", number=3))
    state = message["data"]["state"]
    assert {"chosen", "views", "done"} <= set(state)
    assert ["views", 0, "pictures", 0] in message["data"]["buffer_paths"]
    assert not {"places", "packed_names", "thumbs", "gesture"} & set(state)


@pytest.mark.parametrize("raised", ["pictures", "relevance"])
def test_what_a_callable_raises_is_shown_in_the_cell(page_says: Any, raised: str) -> None:
    shown = sample_map.semantic_map(**{raised: lambda number: 1 / 0})
    page_says(shown, gesture=asks(1, "choose", number=3))
    assert shown.error == "ZeroDivisionError: division by zero"
    assert shown.done == 1
    with pytest.raises(ZeroDivisionError):
        shown.choose(4)


def test_what_a_listener_raises_is_shown_in_the_cell_after_the_answer(shown: SemanticMap) -> None:
    shown.on_select(lambda numbers: 1 / 0)
    lasso(shown, 1, [1])
    assert (shown.selected, shown.done) == ((1,), 1)
    assert shown.error == "ZeroDivisionError: division by zero"
    with pytest.raises(TypeError, match="`callback` must be callable"):
        shown.on_select("print")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", float("nan"))], "the relevance of 'a' must be finite"),
        ([("a", "much")], "the relevance of 'a' must be a number"),
        ([3], "`relevance` must return .name, value. pairs; got 3"),
    ],
)
def test_what_relevance_returns_is_checked(rows: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sample_map.semantic_map(relevance=lambda number: rows).choose(0)


@pytest.mark.parametrize(
    "gesture",
    [
        {"seq": 1, "kind": "choose", "number": N},
        {"seq": 1, "kind": "choose", "number": -1},
        {"seq": 1, "kind": "choose", "number": True},
        {"seq": 1, "kind": "choose", "number": "tabby"},
        {"seq": 1, "kind": "look"},
        {"seq": 1, "kind": "look", "number": 1.5},
        {"seq": 1, "kind": "select", "numbers": [1, 2]},
        {"seq": 1, "kind": "select"},
        {"seq": 1, "kind": "tiles", "numbers": []},
        {"seq": 1, "kind": "tiles", "numbers": [N]},
        {"seq": 1, "kind": "tiles", "numbers": [[1]]},
        {"seq": 1, "kind": "tiles", "numbers": list(range(MOST_TILES + 1))},
        {"seq": 1, "kind": "dance"},
        {"seq": 0, "kind": "choose", "number": 1},
        {"seq": 2**60, "kind": "choose", "number": 1},
        {"kind": "choose", "number": 1},
        [],
    ],
    ids=str,
)
def test_a_bad_gesture_changes_nothing_and_is_seen(shown: SemanticMap, page_says: Any, gesture: Any) -> None:
    page_says(shown, gesture=gesture)
    assert shown.error.startswith("Refused: ")
    assert (shown.chosen, shown.selected, shown.views, shown.tiles) == (None, (), [], [])
    page_says(shown, gesture=asks(5, "choose", number=1))
    assert (shown.chosen, shown.error) == (1, "")


@pytest.mark.parametrize("numbers", [[N], [0, 2**32 - 1]])
def test_a_lasso_around_concepts_that_are_not_there_is_refused(shown: SemanticMap, numbers: Any) -> None:
    lasso(shown, 1, numbers)
    assert shown.error.startswith("Refused: ")
    assert (shown.selected, shown.done) == ((), 1)  # answered, so that the page goes on


@pytest.mark.parametrize(
    "state",
    [
        {"projection": "map of tasks"},
        {"color_by": "mood"},
        {"chosen": 3},
        {"selection": b"12"},
        {"packed_names": "x"},
        {"views": []},
    ],
    ids=str,
)
def test_a_page_may_only_set_what_it_may(shown: SemanticMap, page_says: Any, state: dict[str, Any]) -> None:
    before = shown.get_state()
    page_says(shown, **state)
    assert shown.error.startswith("Refused: ")
    assert {**shown.get_state(), "error": ""} == before


def test_the_page_may_switch_projection_and_colors(shown: SemanticMap, page_says: Any) -> None:
    page_says(shown, projection="PCA", color_by="")
    assert (shown.projection, shown.color_by, shown.error) == ("PCA", "", "")
    with pytest.raises(TraitError, match=r"`projection` must be one of .*'t-SNE'"):
        shown.projection = "tSNE"


def test_a_concept_that_is_not_there_has_a_clear_error(shown: SemanticMap) -> None:
    with pytest.raises(ValueError, match=r"no concept 'tabbi'; it has 72. Did you mean 'tabby'\?"):
        shown.choose("tabbi")
    with pytest.raises(ValueError, match="the 72 concepts are numbered from 0; got 72"):
        shown.select([0, 72])
    assert shown.selected == ()


SQUARE = {"PCA": np.eye(3, 2)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"names": []}, "at least one concept"),
        ({"names": "abc"}, "must be a list of names"),
        ({"names": ["a", "b", "a"]}, "got 'a' twice"),
        ({"names": ["a", " ", "c"]}, "must have letters"),
        ({"names": ["a", "b\0", "c"]}, "no NUL"),
        ({"positions": {}}, "at least one projection"),
        ({"positions": np.eye(3, 2)}, "must map at least one projection"),
        ({"positions": {"PCA": np.eye(2, 2)}}, r"`positions\['PCA'\]` must have shape \(3, 2\)"),
        ({"positions": {"PCA": np.eye(3, 3)}}, r"must have shape \(3, 2\).* got \(3, 3\)"),
        ({"positions": {"PCA": [[0, 1], [1, np.nan], [0, 0]]}}, "must be finite; got 1 places"),
        ({"positions": {"PCA": [["x", "y"]] * 3}}, "must be numbers"),
        ({"sizes": [1, 2]}, r"`sizes` must have shape \(3,\)"),
        ({"sizes": [1, 2, -1]}, "not negative; got a minimum of -1"),
        ({"sizes": [1, 2, np.inf]}, "`sizes` must be finite"),
        ({"labels": {"top": ["a", "b"]}}, r"`labels\['top'\]` must hold one label per name, 3; got 2"),
        ({"labels": {"top": "abc"}}, "one label per name, 3; got a text"),
        ({"labels": {"": list("abc")}}, "a kind of label must have a name"),
        ({"labels": {"top": ["a", "b\0", "c"]}}, "labels no NUL; got 'top'"),
        ({"pictures": [[], []]}, "one sequence of pictures per name, 3, or be a callable; got 2"),
    ],
)
def test_what_is_not_a_map_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SemanticMap(**{"names": ["a", "b", "c"], "positions": SQUARE, **given})


def test_pictures_must_be_pictures() -> None:
    with pytest.raises(TypeError, match="`image` must be a uint8 array"):
        SemanticMap(["a", "b", "c"], SQUARE, pictures=[[np.zeros((4, 4, 3))], [], []])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_points_or_all_in_one_place_can_be_shown(n: int) -> None:
    for places in (np.zeros((n, 2)), np.arange(2.0 * n).reshape(n, 2)):
        shown = SemanticMap(
            [f"c{k}" for k in range(n)], {"PCA": places}, np.zeros(n), labels={"a": ["x"] * n}
        )
        assert np.isfinite(np.asarray(shown.still())).all()
        assert np.frombuffer(shown.places[0]["xy"], "<u2").max() <= 65535


def test_the_still_picture_has_the_groups_colors_and_follows_what_is_shown(shown: SemanticMap) -> None:
    def count(color: tuple[int, ...]) -> int:
        return int((np.asarray(shown.still())[:, :760] == color).all(-1).sum())

    assert all(count(color) > 300 for color in GROUP_COLORS[:3])
    whole = count(GROUP_COLORS[1])
    shown.select(
        [name for name, (top, *_) in zip(shown.names, sample_map.TREE, strict=True) if top == "other"]
    )
    assert count(GROUP_COLORS[1]) < 0.1 * whole
    shown.colour_by = ""  # its former name
    assert shown.color_by == shown.colour_by == ""
    assert count(GROUP_COLORS[2]) == 0


def test_its_words_are_stable_and_a_picture_goes_with_it(shown: SemanticMap) -> None:
    expected = "SemanticMap(72 concepts; t-SNE, PCA; top level, sub-category)"
    assert repr(shown) == expected
    data, _ = shown._repr_mimebundle_()
    assert data["text/plain"] == expected
    assert data["image/png"].startswith(b"\x89PNG")
    assert len(data["image/png"]) < 60_000


def test_a_saved_notebook_stays_small() -> None:
    from test_shipping import saved_size

    shown = sample_map.semantic_map()
    for number in range(10):
        shown.choose(number)
    lasso(shown, 1, np.arange(N))
    assert saved_size(shown) <= 300_000


def test_python_and_javascript_share_colors_and_limits() -> None:
    points = (WIDGETS / "semantic_map" / "points.js").read_text(encoding="utf-8")
    listed = re.search(r"GROUP_COLORS = (\[.*?\]);", points, re.DOTALL)
    assert json.loads(re.sub(r",\s*\]", "]", listed[1])) == [list(color) for color in GROUP_COLORS]
    assert f"OTHER = {list(OTHER)};" in points
    assert N_COLORED == 2 * len(GROUP_COLORS)
    assert f"for: {list(AGAINST_FOR[-1])}, against: {list(AGAINST_FOR[0])}" in points
    side = (WIDGETS / "semantic_map" / "side.js").read_text(encoding="utf-8")
    assert f"MOST_TILES = {MOST_TILES};" in side


def test_its_module_is_small_and_whole() -> None:
    source = bundle("semantic_map")
    assert len(source.encode()) < 50_000
    assert source.count("export ") == source.count("export default") == 1
