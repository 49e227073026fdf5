"""What is left of a picture, and whether it is still answered so: counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xaikit import metrics

SIDE = 12
GREY = np.full((SIDE, SIDE, 3), 100, np.uint8)


def square(x: int, y: int, height: float = 1.0, side: int = 4) -> np.ndarray:
    """A heatmap that is `height` in a square, and 4 % of it in the column beside."""
    heat = np.zeros((SIDE, SIDE))
    heat[y : y + side, x : x + side] = height
    heat[:, SIDE - 1] = 0.04 * height
    return heat


def with_mark(x: int, y: int) -> np.ndarray:
    image = GREY.copy()
    image[y : y + 4, x : x + 4] = (250, 0, 0)
    return image


def sees_mark(pictures: list[np.ndarray]) -> list[bool]:
    return [bool((one[..., 0] > 240).any()) for one in pictures]


def test_highlighted_is_what_any_map_has_a_share_of_its_own_maximum() -> None:
    maps = np.stack([square(0, 0), square(6, 6, height=100.0), np.zeros((SIDE, SIDE))])
    both = np.zeros((SIDE, SIDE), bool)
    both[:4, :4] = both[6:10, 6:10] = True
    assert (metrics.highlighted(maps, 0.05) == both).all(), "each map is measured by its own maximum"
    both[:, SIDE - 1] = True
    assert (metrics.highlighted(maps, 0.03) == both).all()


def test_what_shows_the_mark_is_enough_and_what_does_not_is_not() -> None:
    images = [with_mark(1, 1), with_mark(7, 5)]
    right = metrics.masked_accuracy(images, [square(1, 1)[None], square(7, 5)[None]], sees_mark, [0.05, 0.3])
    assert right.whole == 1
    assert right.masked.tolist() == [1, 1]
    wrong = metrics.masked_accuracy(images, [square(7, 7)[None], square(0, 0)[None]], sees_mark, [0.05])
    assert wrong.masked.tolist() == [0]
    assert wrong.area.tolist() == pytest.approx([16 / SIDE**2])
    half = metrics.masked_accuracy(images, [square(1, 1)[None], square(0, 0)[None]], sees_mark, [0.05])
    assert half.masked.tolist() == [0.5]


def test_the_control_leaves_as_much_at_a_random_place() -> None:
    images, maps = [with_mark(1, 1)] * 60, [square(1, 1, side=2)[None]] * 60
    seen: list[np.ndarray] = []

    def remembered(pictures: list[np.ndarray]) -> list[bool]:
        seen.extend(pictures)
        return sees_mark(pictures)

    once = metrics.masked_accuracy(images, maps, remembered, [0.3], seed=3)
    assert 0 < once.elsewhere[0] < 0.5
    assert len({one.tobytes() for one in seen[60:120]}) > 5, "at more than one place"
    again = metrics.masked_accuracy(images, maps, sees_mark, [0.3], seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))


@pytest.mark.parametrize("fill", ["mean", "grey", "blur", "inpaint"])
def test_any_fill_may_be_asked_for(fill: str) -> None:
    found = metrics.masked_accuracy([with_mark(1, 1)], [square(1, 1)[None]], sees_mark, [0.05], fill)
    assert found.masked.tolist() == [1]


def test_a_picture_that_is_highlighted_everywhere_stays_as_it_is() -> None:
    seen: list[np.ndarray] = []
    image = with_mark(1, 1)
    metrics.masked_accuracy([image], [np.ones((1, SIDE, SIDE))], lambda p: seen.extend(p) or [True], [0.05])
    assert all((one == image).all() for one in seen)


def test_pictures_without_heat_are_not_counted_and_that_is_said() -> None:
    images = [with_mark(1, 1), GREY]
    with pytest.warns(UserWarning, match="1 of 2 pictures have no heat"):
        found = metrics.masked_accuracy(images, [square(1, 1)[None], np.zeros((2, SIDE, SIDE))], sees_mark)
    assert found.whole == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"images": []}, "zip|got 0 pictures"),
        ({"heatmaps": [np.zeros((1, SIDE, SIDE))]}, "must show something"),
        ({"heatmaps": [np.zeros((1, SIDE, SIDE + 1))]}, "heatmaps of a picture"),
        ({"heatmaps": [square(1, 1)]}, "heatmaps of a picture"),
        ({"heatmaps": [-square(1, 1)[None]]}, "not below 0"),
        ({"heatmaps": [np.full((1, SIDE, SIDE), np.nan)]}, "finite"),
        ({"heatmaps": []}, "zip"),
        ({"gammas": [0.0]}, "`gamma` must be"),
        ({"gammas": [1.5]}, "`gamma` must be"),
        ({"fill": "paint"}, "`fill` must be"),
        ({"seed": -1}, "`seed` must be"),
    ],
)
def test_bad_input_says_what_is_expected(change: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {
        "images": [with_mark(1, 1)],
        "heatmaps": [square(1, 1)[None]],
        "right": sees_mark,
    }
    with pytest.raises(ValueError, match=says):
        metrics.masked_accuracy(**given | change)
