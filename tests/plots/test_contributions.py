"""The figure of contributions says what its views say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xaikit.plots.contributions import counted_parts
from xaikit.plots.figures import to_png
from xaikit.plots.views import Counted, Reading

PICTURE = np.full((16, 16, 3), 120, np.uint8)


def view(gives: list[float], **other: object) -> Counted:
    told = {
        "with prior": Reading(-1.0, np.array(gives, np.float32)),
        "baseline": Reading(9.0, np.ones(len(gives))),
    }
    names = [f"part {k}" for k in range(len(gives))]
    return replace(Counted(PICTURE, "bus", "tram", names, 2.0, told), **other)


def texts(ax: object) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def test_bars_of_the_first_reading_stand_below_the_picture_the_largest_first() -> None:
    figure = counted_parts([view([1.0, -3.0, 2.0])])
    picture, bars = figure.axes
    assert picture.get_title().split("\n") == ["network: tram", "score 2.0", "sum −1.0, from −1.0"]
    assert texts(bars) == ["part 1", "part 2", "part 0"]
    assert [bar.get_width() for bar in bars.patches] == [-3, 2, 1]
    assert "contribution to the score for bus" in figure.get_supxlabel()


def test_pictures_share_a_scale_and_beyond_four_they_are_counted() -> None:
    figure = counted_parts([view([1.0, 2.0]), view([9.0, 2.0])] * 3)
    assert len(figure.axes) == 8
    assert len({ax.get_xlim() for ax in figure.axes[4:]}) == 1
    assert "and 2 more pictures" in figure.get_supxlabel()
    assert "and 5 more pictures" in counted_parts([view([1.0])], 6).get_supxlabel()


def test_of_many_parts_the_others_are_added_up_and_long_names_are_cut() -> None:
    names = ["a" * 60, "$x_1$ two words that go on and on", *"bcdefghij"]
    figure = counted_parts([view([float(20 - k) for k in range(11)], names=names)])
    bars = figure.axes[1]
    assert texts(bars)[-1] == "3 others" and bars.patches[-1].get_width() == 12 + 11 + 10
    assert texts(bars)[0] == "a" * 15 + "…" and max(map(len, texts(bars))) == 16
    assert to_png(figure).startswith(b"\x89PNG")


def test_a_picture_that_was_not_read_says_so() -> None:
    figure = counted_parts([view([np.nan, np.nan], score=np.nan), view([1.0, 2.0])])
    assert [text.get_text() for text in figure.axes[2].texts] == ["not read"]
    assert to_png(figure).startswith(b"\x89PNG")


def test_there_must_be_one() -> None:
    with pytest.raises(ValueError, match="one or more pictures; got none"):
        counted_parts([])
