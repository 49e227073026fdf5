"""Metrics by hand."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit import metrics


def test_agreement_and_l1_by_hand():
    student = [[0.6, 0.4], [0.3, 0.7], [0.9, 0.1]]
    teacher = [[0.5, 0.5], [0.8, 0.2], [1.0, 0.0]]
    assert metrics.agreement(student, teacher) == pytest.approx(2 / 3)
    assert metrics.mean_l1(student, teacher) == pytest.approx((0.2 + 1.0 + 0.2) / 3)


def test_area_on_object_counts_pixels():
    patch, thing = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    patch[:2], thing[1:] = True, True
    assert metrics.area_on_object([patch, patch], [thing, ~thing]) == 0.5


def test_main_part_is_background_where_most_is_on_no_part():
    patch = np.ones((2, 4), bool)
    wheel = np.zeros((2, 4), bool)
    wheel[:, 0] = True
    assert metrics.main_part(patch, {"wheel": wheel}) == "background"
    wheel[:, :3] = True
    assert metrics.main_part(patch, {"wheel": wheel}) == "wheel"


def test_purity_is_the_mean_share_of_the_commonest_part():
    assert metrics.purity([["a", "a", "b", "a"], ["c", "d"]]) == pytest.approx((0.75 + 0.5) / 2)


def test_rank_correlation_equals_pearson_of_ranks():
    a, b = np.array([3.0, 1.0, 2.0, 10.0]), np.array([30.0, 5.0, 7.0, 6.0])
    ranks = [np.argsort(np.argsort(x)) for x in (a, b)]
    assert metrics.rank_correlation(a, b) == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_interval_against_its_defining_equation():
    low, high = metrics.interval(0.9, 100)
    for end in (low, high):
        assert abs(0.9 - end) == pytest.approx(1.96 * np.sqrt(end * (1 - end) / 100))


@pytest.mark.parametrize(
    "call",
    [
        lambda: metrics.agreement([[1.0, 2.0]], [[1.0, 2.0, 3.0]]),
        lambda: metrics.mean_l1([[np.nan, 1.0]], [[0.5, 0.5]]),
        lambda: metrics.rank_correlation([1, 1, 1], [1, 2, 3]),
        lambda: metrics.rank_correlation([1, 2], [1, 2]),
        lambda: metrics.area_on_object([np.zeros((2, 2), bool)], [np.ones((2, 2), bool)]),
        lambda: metrics.purity([]),
        lambda: metrics.interval(1.5, 10),
    ],
)
def test_bad_input_raises(call):
    with pytest.raises(ValueError):
        call()


def quarters() -> dict[str, np.ndarray]:
    """A picture of four by four pixels: a wheel of four, a body of eight, and four that are nothing."""
    wheel, body = np.zeros((2, 4, 4), bool)
    wheel[:2, :2], body[2:] = True, True
    return {"wheel": wheel, "body": body}


def test_a_region_on_a_wheel_is_a_wheel_by_hand() -> None:
    kinds = quarters()
    whole, half = kinds["wheel"], kinds["wheel"].copy()
    half[0], half[2, 0] = False, True  # two pixels of the wheel, one of the body
    match = metrics.part_match([whole, half], [kinds, kinds])
    assert match.kind == "wheel" and match.named and match.consistency == 1
    assert match.purity == pytest.approx((1 + 2 / 3) / 2)
    assert match.iou == pytest.approx((1 + 2 / 5) / 2)


def test_what_is_mostly_the_body_or_nothing_has_no_name() -> None:
    kinds = quarters()
    assert not metrics.part_match([kinds["body"]], [kinds]).named
    nothing = np.zeros((4, 4), bool)
    nothing[:2, 2:] = True
    match = metrics.part_match([nothing], [kinds])
    assert match.kind == "background" and match.iou == 0 and not match.named


def test_a_concept_that_is_a_wheel_only_half_of_the_time_has_no_name() -> None:
    kinds = quarters()
    nothing = np.zeros((4, 4), bool)
    nothing[0, 3] = True
    match = metrics.part_match([kinds["wheel"], nothing], [kinds, kinds])
    assert match.kind == "wheel" and match.consistency == 0.5 and not match.named


def test_regions_without_truth_are_refused() -> None:
    with pytest.raises(ValueError, match="one mapping per region"):
        metrics.part_match([], [])
    with pytest.raises(ValueError, match="got 1 and 0"):
        metrics.part_match([np.ones((2, 2), bool)], [])


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_has_no_rank_and_no_distance(broken):
    fine, spoilt = np.arange(6.0), np.arange(6.0)
    spoilt[4] = broken
    for which, pair in (("second", (fine, spoilt)), ("first", (spoilt, fine))):
        with pytest.raises(
            ValueError, match=rf"the {which} argument holds 1 of NaN or infinity, one at \[4\]"
        ):
            metrics.rank_correlation(*pair)
        for measure in (metrics.agreement, metrics.mean_l1):
            with pytest.raises(ValueError, match=rf"the {which} argument .* one at \[1, 1\]"):
                measure(*(one.reshape(2, 3) for one in pair))
