"""The contribution chart without a browser: what it is given, goes to the page, comes from there."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sample
import traitlets
from sample_contributions import BASELINE, NAMES, PRIOR, chart_of_three, counted, many_parts, unread

from xaikit.plots.views import Reading
from xaikit.widgets import ContributionChart, HeatmapExplorer
from xaikit.widgets.contribution_chart.still import rows_of, sum_words
from xaikit.widgets.kit.linking import links_of


def test_what_the_page_is_told() -> None:
    chart = chart_of_three()
    view, _, last = chart.views
    assert (view["cls"], view["answer"], view["score"]) == ("bus", "tram", 0.75)
    assert view["readings"]["with prior"] == {
        "start": -1.5, "gives": [0.5, 3, -1.5, 0], "single": [0.5, 2, 1, -1.5, 0],
    }  # fmt: skip
    assert view["readings"]["baseline"]["gives"] == [2, 0.5, 0.5, -4]
    assert view["grid"] == [64, 64] and view["heat_name"] == "Grad-CAM"
    assert [bool(view["cells"][str(k)]["data"]) for k in range(4)] == [True, True, True, False]
    assert (
        last["score"] is None and last["heat"] == b"" and not any(c["data"] for c in last["cells"].values())
    )
    assert last["readings"]["baseline"]["gives"] == [None] * 4
    assert chart.names == NAMES and chart.readings == ["with prior", "baseline"]
    assert (chart.picture, chart.other, chart.reading) == (0, -1, "with prior")
    assert repr(chart) == "ContributionChart(3 pictures, 4 parts of 'bus')"


def test_bars_stand_by_size_in_the_first_reading_whichever_is_shown() -> None:
    assert chart_of_three().views[0]["rows"] == [1, 2, 0, 3]
    assert chart_of_three().views[2]["rows"] == [0, 1, 2, 3], "what is not read has the order that it came in"


def test_of_many_parts_the_largest_of_any_reading_have_bars_and_few_maps_travel() -> None:
    first = many_parts().readings["explainer"]
    loud = Reading(0.0, np.where(np.arange(40) == 3, -99, 0).astype(np.float32))
    chart = ContributionChart([many_parts()])
    assert chart.views[0]["rows"] == list(range(39, 27, -1)) and chart.views[0]["cells"] == {}
    heard = replace(many_parts(), readings={"a": first, "b": loud}, maps=np.ones((40, 128, 128), np.float32))
    (view,) = ContributionChart([heard]).views
    assert view["rows"] == [*range(39, 28, -1), 3] and set(view["cells"]) == set(map(str, view["rows"]))


def test_coarse_maps_are_brought_to_the_picture() -> None:
    coarse = np.zeros((4, 2, 2), np.float32)
    coarse[0, 0, 1], coarse[1] = 4, 1
    (view,) = ContributionChart([counted(maps=coarse)]).views
    cell = view["cells"]["0"]
    planes = np.frombuffer(zlib.decompress(cell["data"]), np.uint8).reshape(2, 64, 64).astype(np.uint16)
    whole = np.cumsum(planes[0] << 8 | planes[1], axis=1, dtype=np.uint16).astype(np.int16)
    assert view["grid"] == [64, 64] and cell["peak"] == 4
    assert whole[0, -1] == whole.max() and whole[-1].max() == 0 and 0 < whole[20, 40] < whole.max()


def test_a_page_turns_compares_and_reads_otherwise(page_says: Any) -> None:
    chart = chart_of_three()
    page_says(chart, other=1, reading="baseline")
    assert (chart.other, chart.reading) == (1, "baseline")
    page_says(chart, picture=1)
    assert (chart.picture, chart.other) == (1, -1), "no picture is compared with itself"
    page_says(chart, picture=0, other=1)
    assert (chart.picture, chart.other, chart.error) == (0, 1, "")


@pytest.mark.parametrize(
    "said",
    [
        *({"picture": -1}, {"picture": 3}, {"other": 3}, {"other": -2}, {"other": 0}),
        *({"reading": "twin"}, {"reading": ""}, {"names": ["x"]}, {"views": []}),
    ],
)
def test_what_does_not_do_is_refused(page_says: Any, said: dict[str, Any]) -> None:
    chart = chart_of_three()
    page_says(chart, **said)
    assert chart.error.startswith("Refused: ") and (chart.picture, chart.other) == (0, -1)
    assert chart.reading == "with prior" and chart.names == NAMES


def test_python_is_told_as_well() -> None:
    with pytest.raises(traitlets.TraitError, match=r"one of \['with prior', 'baseline'\]; got 'x'"):
        chart_of_three().reading = "x"
    with pytest.raises(traitlets.TraitError, match="`picture` must be from 0 to 2; got 7"):
        chart_of_three().picture = 7


def test_it_is_linked_with_heatmaps_of_the_same_pictures() -> None:
    pictures = [sample.whole("fire engine")] * 3
    values = np.ones((3, 128, 128), np.float32)
    maps = HeatmapExplorer(pictures, [{"method": "a", "target": "bus", "values": values}])
    assert links_of([maps.shared(), chart_of_three().shared()]) == [[(0, "picture"), (1, "picture")]]


def test_an_exported_page_holds_it_as_it_is(tmp_path: Path) -> None:
    chart = chart_of_three()
    chart.other, chart.reading = 1, "baseline"
    page = chart.to_html(tmp_path / "a.html").read_text(encoding="utf-8")
    assert '"other":1' in page and '"reading":"baseline"' in page and "<b>torso" not in page


# ---- the picture of it


def test_shares_are_of_all_that_counts() -> None:
    assert PRIOR.shares.tolist() == [0.1, 0.6, 0.3, 0] and PRIOR.whole == 0.5
    assert rows_of(PRIOR, [1, 2]) == [(3, 0.6), (-1.5, pytest.approx(0.3)), (0.5, pytest.approx(0.1))]
    assert rows_of(BASELINE, range(4))[-1] == (-4, pytest.approx(4 / 7))
    assert Reading(1.0, np.zeros(2, np.float32)).shares.tolist() == [0, 0], "nothing counts"


def test_the_sum_is_told_beside_the_score() -> None:
    assert sum_words(PRIOR, 0.75) == "In all +0.5, from -1.5; the network gives +0.8."
    assert sum_words(unread().first, unread().score) == "This picture cannot be read."


def test_it_is_drawn_of_one_picture_of_two_and_of_one_that_is_not_read() -> None:
    chart = chart_of_three()
    alone = np.asarray(chart.still())
    chart.other = 1
    assert not np.array_equal(np.asarray(chart.still())[: len(alone)], alone)
    chart.other, chart.picture = -1, 2
    assert chart.still().size[0] > 700
    assert ContributionChart([many_parts()]).still().size[1] > 13 * 22, "twelve bars and the others"
    one = counted(names=["it"], maps=None, heat=None, readings={"x": Reading(0.0, np.ones(1, np.float32))})
    assert ContributionChart([one]).still()


# ---- bad input


@pytest.mark.parametrize(
    ("views", "said"),
    [
        ([], "one or more pictures; got"),
        (["a"], "must hold a Counted"),
        ([counted(names=[])], "one or more parts and readings"),
        ([counted(readings={})], "one or more parts and readings"),
        ([counted(names=[1, 2, 3, 4])], "one or more parts and readings"),
        ([counted(), counted(names=list("abcd"))], "all views must have the parts"),
        ([counted(), counted(readings={"baseline": PRIOR})], "all views must have the parts"),
        ([counted(maps=np.zeros((3, 128, 128), np.float32))], r"one \(h, w\) for each of 4 parts.*\(3,"),
        ([counted(maps=-np.ones((4, 128, 128), np.float32))], "none below zero"),
        ([counted(heat=np.zeros((4, 4), np.float32))], r"`heat` .* shape \(128, 128\); got \(4, 4\)"),
        ([counted(readings={"a": replace(PRIOR, gives=np.zeros(3))})], "`gives` of 'a' must be one for each"),
        ([counted(readings={"a": replace(PRIOR, single=np.zeros((2, 2)))})], "`single` of 'a' must be a row"),
    ],
)  # fmt: skip
def test_views_that_do_not_do(views: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ContributionChart(views)
