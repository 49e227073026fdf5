"""The filter namer without a browser: what it is given, what goes to the page, what comes from there."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from PIL import Image
from sample_concepts import FIELD, PEAK, VIEWS, namer_of_four, seen

from xaikit.plots.views import Seen
from xaikit.widgets import FilterNamer
from xaikit.widgets.filter_namer.seen import MOST_BYTES, SIDES
from xaikit.widgets.kit.linking import links_of


def naming(concept: int, name: str, seq: int = 1, *others: tuple[int, str]) -> dict[str, Any]:
    earlier = [{"cls": "bus", "concept": k, "name": one} for k, one in others]
    return {"cls": "bus", "concept": concept, "name": name, "seq": seq, "others": earlier}


def test_what_the_page_is_told() -> None:
    namer = namer_of_four()
    first, _, bare, none = namer.views
    assert (first["name"], first["concept"], first["share"]) == ("filter 3", 2, 0.4)
    assert first["suggested"] == {"name": "wheel", "share": 0.75} and bare["suggested"] is None
    assert [shot["picture"] for view in namer.views for shot in view["shots"]] == [0, 1, 1, 0]
    assert first["shots"][0] == {"picture": 0, "aspect": 1.0, "field": [*FIELD], "peak": [*PEAK]}
    assert bare["shots"][0]["field"] is None and none["shots"] == []
    assert len(namer.pictures) == 2, "each picture travels once"
    assert namer.labels == ["", "", "lamp", ""] and namer.names == {1: "lamp"}
    assert repr(namer) == "FilterNamer(4 concepts of 'bus', 1 named)"


def test_a_name_reaches_whoever_keeps_it_and_the_page(page_says: Any) -> None:
    given: list[Any] = []
    namer = namer_of_four(rename=lambda *name: given.append(name))
    (message,) = page_says(namer, naming=naming(2, " wheel ", 7))
    assert given == [("bus", 2, "wheel")] and namer.names == {2: "wheel", 1: "lamp"}
    assert set(message["data"]["state"]) == {"labels", "answered"} and namer.answered == 7
    page_says(namer, naming=naming(2, "", 8))
    assert namer.labels == ["", "", "lamp", ""] and given[-1] == ("bus", 2, "")


def test_names_asked_for_while_python_was_busy_come_with_the_last(page_says: Any) -> None:
    given: list[Any] = []
    namer = namer_of_four(rename=lambda *name: given.append(name))
    page_says(namer, naming=naming(3, "roof", 9, (2, "wheel"), (0, "door")))
    assert given == [("bus", 2, "wheel"), ("bus", 0, "door"), ("bus", 3, "roof")]
    assert namer.labels == ["wheel", "door", "lamp", "roof"] and namer.answered == 9


def test_a_name_that_fails_is_told_and_the_others_stand(page_says: Any) -> None:
    def rename(cls: str, number: int, name: str) -> None:
        if name == "bad":
            raise ValueError("not that")

    namer = namer_of_four(rename=rename)
    page_says(namer, naming=naming(3, "roof", 2, (2, "bad")))
    assert namer.error == "ValueError: not that" and namer.labels == ["", "", "lamp", "roof"]
    assert namer.answered == 2, "the page need not wait for it"
    page_says(namer, naming=naming(2, "good", 3))
    assert namer.error == "" and namer.labels[0] == "good"


@pytest.mark.parametrize(
    "said",
    [
        naming(4, "x", 5), naming(True, "x", 5), naming(2, "two\nlines", 5), naming(2, "x" * 41, 5),
        naming(2, "x", 5) | {"cls": "tram"}, naming(2, "x", 5, (9, "y")), naming(2, "x", 5) | {"name": 3},
        naming(2, "x", 5) | {"others": ["a"]}, naming(2, "x", 5) | {"others": {"a": 1}},
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_and_answered(page_says: Any, said: dict[str, Any]) -> None:
    namer = namer_of_four()
    page_says(namer, naming=said)
    assert namer.error.startswith("Refused: ") and namer.answered == 5
    assert namer.labels == ["", "", "lamp", ""]


def test_without_anybody_to_tell_nothing_can_be_named(page_says: Any) -> None:
    namer = namer_of_four(rename=None)
    page_says(namer, naming=naming(2, "wheel"))
    assert not namer.nameable and namer.error.startswith("Refused: ") and namer.names == {1: "lamp"}


def test_a_page_turns_and_is_refused_what_is_not_there(page_says: Any) -> None:
    namer = namer_of_four()
    page_says(namer, place=3)
    assert namer.place == 3 and namer.error == ""
    for wrong in (4, -1, "1", None):
        page_says(namer, place=wrong)
        assert namer.error.startswith("Refused: ") and namer.place == 3
    page_says(namer, labels=["a", "b", "c", "d"])
    assert namer.error.startswith("Refused: ") and namer.names == {1: "lamp"}
    with pytest.raises(traitlets.TraitError, match="`place` must be from 0 to 3; got 7"):
        namer.place = 7


def test_pictures_of_many_concepts_stay_within_what_a_notebook_can_hold() -> None:
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (192, 192, 3), np.uint8) for _ in range(150)]  # as large as pictures get
    views = [seen(number=k, pictures=[one], fields=[FIELD], peaks=[PEAK]) for k, one in enumerate(noise)]
    namer = FilterNamer(views)
    assert sum(map(len, namer.pictures)) <= MOST_BYTES
    side = Image.open(io.BytesIO(namer.pictures[0])).size[0]
    assert side in SIDES[1:]
    assert Image.open(io.BytesIO(FilterNamer(views[:2]).pictures[0])).size[0] == SIDES[0]


def test_it_is_drawn_with_its_names_and_places() -> None:
    namer = namer_of_four()
    before = np.asarray(namer.still())
    namer.labels = ["wheel", "", "lamp", ""]
    after = np.asarray(namer.still())
    assert before.shape == after.shape and (before != after).any()
    whole = [replace(one, fields=[None] * len(one.fields), peaks=[None] * len(one.peaks)) for one in VIEWS]
    assert np.asarray(FilterNamer(whole).still()).mean() > np.asarray(FilterNamer(VIEWS).still()).mean()


def test_an_exported_page_holds_it_as_it_is(tmp_path: Path) -> None:
    namer = namer_of_four()
    namer.place = 2
    page = namer.to_html(tmp_path / "a.html").read_text(encoding="utf-8")
    assert '"place":2' in page and '"lamp"' in page and "<b>filter" not in page


def test_it_is_linked_with_a_namer_of_the_same_concepts() -> None:
    assert links_of([namer_of_four().shared(), namer_of_four().shared()]) == [[(0, "place"), (1, "place")]]
    assert links_of([namer_of_four().shared(), FilterNamer(VIEWS[:2]).shared()]) == []


@pytest.mark.parametrize(
    ("views", "said"),
    [
        ([], "for each of one or more concepts"),
        (["a"], "must hold a Seen"),
        ([seen(), seen()], "a whole number of its own"),
        ([seen(number=-1)], "a whole number of its own"),
        ([seen(name="")], "`name` of a concept must be a text"),
        ([seen(counts=-1.0)], "`counts` of 'filter 3' must be 0 or more"),
        ([seen(counts=float("nan"))], "`counts` of 'filter 3' must be finite"),
        ([seen(fields=[FIELD])], "`fields` of 'filter 3' must be one for each of 2 pictures; got 1"),
        ([seen(peaks=[PEAK])], "`peaks` of 'filter 3' must be one for each of 2 pictures; got 1"),
        ([seen(fields=[FIELD, None])], "or both None"),
        ([seen(fields=[FIELD, (0.9, 0, 0.2, 0.2)])], "must lie in the picture"),
        ([seen(peaks=[PEAK, (1.5, 0)])], "must lie in the picture"),
        ([seen(share=2.0)], "`share` of 'filter 3' must be a probability"),
        ([seen(suggested="x" * 41)], "at most 40 letters"),
    ],
)
def test_views_that_do_not_do(views: list[Seen], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FilterNamer(views)


def test_names_of_other_concepts_do_not_do() -> None:
    with pytest.raises(ValueError, match=r"got the numbers \[9\]"):
        FilterNamer(VIEWS, {9: "a"})
