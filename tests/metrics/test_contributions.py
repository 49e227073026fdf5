"""Metrics of contributions, by hand and in the paper's literal form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xaikit.metrics import (
    accuracy_at,
    best_threshold,
    contribution_entropy,
    contribution_error,
    relative_deviation,
    true_contributions,
)

RNG = np.random.default_rng(0)


def test_entropy_is_that_of_the_shares() -> None:
    given = RNG.normal(size=(4, 6))
    for row, found in zip(given, contribution_entropy(given), strict=True):
        shares = [abs(one) / sum(map(abs, row)) for one in row]
        assert found == pytest.approx(-sum(c * math.log(c) for c in shares))
    np.testing.assert_allclose(contribution_entropy([[1, -1, 1, 1], [0, 5, 0, 0]]), [math.log(4), 0])
    with pytest.warns(UserWarning, match="1 of 2 pictures have no contribution"):
        assert np.isnan(contribution_entropy([[0, 0], [1, 1]])[0])


def test_deviation_is_in_shares_of_the_range() -> None:
    np.testing.assert_allclose(relative_deviation([0, 5, 10], [1, 5, 8]), [0.1, 0, 0.2])
    with pytest.raises(ValueError, match="must differ between pictures"):
        relative_deviation([3, 3], [1, 2])
    with pytest.raises(ValueError, match="same pictures"):
        relative_deviation([3, 4, 5], [1, 2])
    with pytest.raises(ValueError, match="finite"):
        relative_deviation([3, np.nan], [1, 2])


def test_true_contributions_share_the_score_by_what_is_lost() -> None:
    found = true_contributions([8, 6, 5], [[1, 3], [2, np.nan], [-1, 1]])
    np.testing.assert_allclose(found, [[2, 6], [6, 0], [np.nan, np.nan]])
    with pytest.raises(ValueError, match=r"`drops` must be \(2, n_parts\)"):
        true_contributions([1, 2], [[1, 2]])


def test_the_error_is_relative_to_the_mean_score() -> None:
    scores, told = np.array([8.0, 4.0]), np.array([[3.0, 5.0], [1.0, 3.0]])
    true = true_contributions(scores, [[1, 1], [3, 1]])
    expected = [(abs(3 - 4) + abs(1 - 3)) / 2 / 6, (abs(5 - 4) + abs(3 - 1)) / 2 / 6]
    np.testing.assert_allclose(contribution_error(told, true, scores), expected)
    true[1] = np.nan
    np.testing.assert_allclose(contribution_error(told, true, scores), [1 / 8, 1 / 8])
    with pytest.raises(ValueError, match="nothing to compare"):
        contribution_error(told, np.full((2, 2), np.nan), scores)
    with pytest.raises(ValueError, match=r"`true` must be as `contributions`, \(2, 2\)"):
        contribution_error(told, true[:, :1], scores)


def test_the_threshold_is_the_best_of_all() -> None:
    for _ in range(20):
        scores, truth = RNG.normal(size=30), RNG.random(30) < 0.5
        tau = best_threshold(scores, truth)
        every = [accuracy_at(scores, truth, one) for one in np.linspace(-4, 4, 2001)]
        assert accuracy_at(scores, truth, tau) >= max(every)
    assert best_threshold([-3, -1, 2, 4], [False, False, True, True]) == 0.5
    assert accuracy_at([-3, -1, 2, 4], [False, True, True, True], 0.5) == 0.75


@pytest.mark.parametrize("wrong", [[], [[1, 2]], [1, np.inf]])
def test_what_is_no_score_is_told(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="`scores` must"):
        best_threshold(wrong, [True, False])
