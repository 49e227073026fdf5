"""Each suggestion is a picture with a box around its patch and both networks' word on it."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from xaikit.plots import suggestions
from xaikit.vrx import Suggestion


def suggestion(gain: float, where: str) -> Suggestion:
    return Suggestion(
        cls="bus",
        concept=0,
        patch=np.full((4, 6, 4), 255, np.uint8),
        source="7",
        over=None,
        where=where,
        center=(8, 5),
        size=(6, 4),
        expected_gain=0.5,
        gain=gain,
        prediction="tram",
        probability=0.4,
        image=np.full((16, 16, 3), 120, np.uint8),
    )


def test_each_is_drawn_with_its_patch_in_a_box():
    figure = suggestions(
        [suggestion(1.5, "over something at the top left"), *[suggestion(-0.5, "in its usual place")] * 3]
    )
    drawn = [ax for ax in figure.axes if ax.images]
    assert len(drawn) == 4
    first, second = drawn[:2]
    assert first.get_title() == "tram\nbus 40%"
    assert (
        first.texts[0].get_text()
        == "concept 1 of bus over something at\nthe top left\nmargin +1.5, expected +0.5"
    )
    assert "concept 1 of bus in its usual place\nmargin −0.5" in second.texts[0].get_text()
    boxes = [patch for patch in first.patches if isinstance(patch, Rectangle)]
    assert {(*box.get_xy(), box.get_width(), box.get_height()) for box in boxes} == {(5, 3, 6, 4)}


def test_none_is_an_error():
    with pytest.raises(ValueError, match="at least one suggestion"):
        suggestions([])
