"""Whole numbers that people give."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.core.counts import check_count, check_numbers


@pytest.mark.parametrize("given", [1, np.int64(1), np.uint8(1)])
def test_whole_numbers_are_taken_as_they_are(given: object) -> None:
    assert type(check_count(given, "n")) is int and check_count(given, "n", most=1) == 1


@pytest.mark.parametrize("given", [2.5, 2.0, True, np.True_, "2", None, np.float64(3), [1]])
def test_what_is_no_whole_number_is_refused(given: object) -> None:
    with pytest.raises(TypeError, match="`n` must be a whole number of at least 1; got"):
        check_count(given, "n")


@pytest.mark.parametrize(
    ("given", "least", "most", "told"),
    [(0, 1, None, "of at least 1"), (-1, 0, None, "not negative"), (5, 0, 4, "from 0 to 4")],
)
def test_numbers_out_of_range_are_refused(given: int, least: int, most: int | None, told: str) -> None:
    with pytest.raises(ValueError, match=f"{told}; got {given}"):
        check_count(given, "n", least, most)


@pytest.mark.parametrize("given", [[0, 2], (0, 2), np.array([0, 2], np.uint8), range(0, 4, 2)])
def test_lists_of_whole_numbers(given: object) -> None:
    found = check_numbers(given, "indices")
    assert found.dtype == np.int64 and found.tolist() == [0, 2]
    assert check_numbers([], "indices").shape == check_numbers(np.array([]), "indices").shape == (0,)


@pytest.mark.parametrize("given", [[0.7], np.array([1.0]), [True, 2], 3, "12", [[0, 1]], {1, 2}, [None]])
def test_lists_of_other_things_are_refused(given: object) -> None:
    with pytest.raises(TypeError, match="`indices` must be a list of whole numbers"):
        check_numbers(given, "indices")
