"""What a parameter may be, written once beside its type, and the error where it is something else.

    n_concepts: Count = 4
    tau: Share | None = 0.3
    patches: Annotated[str, OneOf(("pool", "crop"))] = "pool"

:func:`check` holds a value against such a hint. A method's fields are checked whenever they are set
(:func:`xaikit.core.method.method`); functions check their arguments by their names.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import inf, isfinite
from numbers import Integral, Real
from typing import Annotated, Any, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from xaikit.core.errors import ParameterError, did_you_mean

__all__ = [
    "Above",
    "Between",
    "Count",
    "Different",
    "Natural",
    "OneOf",
    "Part",
    "Positive",
    "Seed",
    "Share",
    "UpTo",
    "Weight",
    "check",
    "check_numbers",
]


@dataclass(frozen=True)
class Between:
    """Numbers from ``low`` to ``high``, both included."""

    low: float = -inf
    high: float = inf

    def admits(self, value: Any) -> bool:
        return self.low <= value <= self.high

    def told(self, base: str) -> str:
        if self.high == inf:
            return f"{base}, {self.low:,} or more"
        return f"{base} from {self.low:,} to {self.high:,}"


@dataclass(frozen=True)
class Above:
    """Numbers between ``low`` and ``high``, both excluded."""

    low: float
    high: float = inf

    def admits(self, value: Any) -> bool:
        return self.low < value < self.high

    def told(self, base: str) -> str:
        if self.high == inf:
            return f"{base} above {self.low:,}"
        return f"{base} between {self.low:,} and {self.high:,}"


@dataclass(frozen=True)
class UpTo:
    """Numbers above ``low``, and up to ``high``."""

    low: float
    high: float

    def admits(self, value: Any) -> bool:
        return self.low < value <= self.high

    def told(self, base: str) -> str:
        return f"{base} above {self.low:,} and at most {self.high:,}"


@dataclass(frozen=True)
class OneOf:
    """Some words."""

    options: tuple[str, ...]

    def admits(self, value: Any) -> bool:
        return value in self.options

    def told(self, base: str) -> str:
        return f"one of {list(self.options)}"


@dataclass(frozen=True)
class Different:
    """Two or more things, none of them twice."""

    things: str

    def admits(self, value: Any) -> bool:
        return len(set(value)) == len(value) > 1

    def told(self, base: str) -> str:
        return f"two or more different {self.things}"


Count = Annotated[int, Between(1)]
Natural = Annotated[int, Between(0)]
Seed = Annotated[int, Between(0, 2**32 - 1)]
Share = Annotated[float, Between(0, 1)]
Part = Annotated[float, UpTo(0, 1)]
Positive = Annotated[float, Above(0)]
Weight = Annotated[float, Between(0)]

_UNFIT = object()


def check(name: str, value: Any, hint: Any) -> Any:
    """The value, as a plain number, tuple or list where it is one.

    Parameters
    ----------
    name : of the parameter, for the error
    hint : a type, as in an annotation: bool, int, float, str, None, another class, tuples, sequences and
        unions of them, and ``Annotated`` with rules. Whole numbers are no bools, and no floats; numbers are
        finite; a text is no sequence

    Raises
    ------
    ParameterError
        It is something else; a ValueError and a TypeError in one.
    """
    fitting = _fitting(value, hint)
    if fitting is _UNFIT:
        guess = did_you_mean(value, _options(hint)) if isinstance(value, str) else ""
        raise ParameterError(f"`{name}` must be {_told(hint)}; got {value!r}.{guess}")
    return fitting


def check_numbers(values: Any, name: str) -> NDArray[np.int64]:
    """Return a list of whole numbers as int64 (n,).

    Raises
    ------
    ParameterError
        It is no list or array (n,), or something in it is no whole number.
    """
    given = np.asarray(values)
    mixed = isinstance(values, list | tuple) and any(isinstance(one, bool | np.bool_) for one in values)
    if given.ndim != 1 or mixed or (given.size and given.dtype.kind not in "iu"):
        raise ParameterError(f"`{name}` must be a list of whole numbers; got {values!r}.")
    return given.astype(np.int64)


def _fitting(value: Any, hint: Any) -> Any:
    """The value in the hint's type; _UNFIT where it is of another."""
    if _is_union(hint):
        fits = (_fitting(value, one) for one in get_args(hint))
        return next((one for one in fits if one is not _UNFIT), _UNFIT)
    if get_origin(hint) is Annotated:
        base, *rules = get_args(hint)
        fitting = _fitting(value, base)
        return fitting if fitting is not _UNFIT and all(rule.admits(fitting) for rule in rules) else _UNFIT
    if get_origin(hint) is tuple:
        return _fitting_row(value, get_args(hint))
    if get_origin(hint) is Sequence:
        row = _fitting_row(value, (*get_args(hint), ...))
        return row if row is _UNFIT else list(row)
    return _fitting_plain(value, hint)


def _fitting_row(value: Any, hints: tuple[Any, ...]) -> Any:
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray) or not len(value):
        return _UNFIT
    hints = hints[:1] * len(value) if hints[-1] is Ellipsis else hints
    if len(value) != len(hints):
        return _UNFIT
    row = tuple(_fitting(one, hint) for one, hint in zip(value, hints, strict=True))
    return _UNFIT if any(one is _UNFIT for one in row) else row


def _fitting_plain(value: Any, hint: Any) -> Any:
    if hint in (None, type(None)):
        return None if value is None else _UNFIT
    if isinstance(value, bool | np.bool_):
        return bool(value) if hint is bool else _UNFIT
    if hint is int:
        return int(value) if isinstance(value, Integral) else _UNFIT
    if hint is float:
        return float(value) if isinstance(value, Real) and isfinite(value) else _UNFIT
    return value if isinstance(value, hint) else _UNFIT


WORDS = {int: "a whole number", float: "a number", bool: "True or False", str: "a text", type(None): "None"}


def _told(hint: Any) -> str:
    if _is_union(hint):
        return " or ".join(map(_told, get_args(hint)))
    if get_origin(hint) is Annotated:
        base, *rules = get_args(hint)
        return reduce(lambda told, rule: rule.told(told), rules, _told(base))
    if get_origin(hint) is Sequence:
        return f"one or more values, each {_told(get_args(hint)[0])}"
    if get_origin(hint) is tuple:
        first, *more = get_args(hint)
        many = "one or more" if more == [Ellipsis] else str(1 + len(more))
        return f"{many} values, each {_told(first)}"
    return WORDS.get(hint) or f"a {hint.__name__}"


def _options(hint: Any) -> Iterable[str]:
    """The words that a hint takes."""
    rules = [one for one in get_args(hint) if isinstance(one, OneOf)]
    inner = get_args(hint) if _is_union(hint) else ()
    return [*(word for rule in rules for word in rule.options), *(w for one in inner for w in _options(one))]


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)
