"""Whole numbers that people give: counts, and the numbers of pictures."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["check_count", "check_numbers"]


def check_count(value: Any, name: str, least: int = 1, most: int | None = None) -> int:
    """Return a whole number as an int.

    Parameters
    ----------
    value : what was given; NumPy's integers are whole numbers, True and 2.0 are none
    name : the parameter's, for the error
    least, most : the range it must lie in, both ends included; `most` None has no end

    Raises
    ------
    TypeError
        It is no whole number.
    ValueError
        It lies outside the range.
    """
    span = f"of at least {least}" if least else "that is not negative"
    span = span if most is None else f"from {least} to {most}"
    expected = f"`{name}` must be a whole number {span}; got {value!r}."
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(expected) from None
    if isinstance(value, bool):
        raise TypeError(expected)
    if number < least or (most is not None and number > most):
        raise ValueError(expected)
    return number


def check_numbers(values: Any, name: str) -> NDArray[np.int64]:
    """Return a list of whole numbers as int64 (n,).

    Raises
    ------
    TypeError
        It is no list or array (n,), or something in it is no whole number.
    """
    given = np.asarray(values)
    mixed = isinstance(values, list | tuple) and any(isinstance(one, bool | np.bool_) for one in values)
    if given.ndim != 1 or mixed or (given.size and given.dtype.kind not in "iu"):
        raise TypeError(f"`{name}` must be a list of whole numbers; got {values!r}.")
    return given.astype(np.int64)
