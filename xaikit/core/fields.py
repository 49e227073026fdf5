"""Whether what a file holds has the form that it should have, before anything is made of it."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

__all__ = ["check_arrays", "check_hyper", "check_value"]


def check_value(value: Any, hint: Any, where: str) -> None:
    """Compare a value from JSON with a type: a plain one, or lists, tuples, dictionaries, unions, literals.

    A record is given as a dictionary of the types of its fields; the name of one that may be missing ends in
    "?", and there may be others. Tuples are lists in JSON; a whole number may stand where a float is meant.

    Raises
    ------
    ValueError
        It is of another type; `where` and what follows it tell the place.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return
    if origin in (Union, types.UnionType):
        _check_any(value, inner, where)
    elif origin is Literal:
        _check(value in inner, f"one of {list(inner)}", where)
    elif isinstance(hint, dict):
        _check(isinstance(value, dict), "a dictionary", where)
        for name, own in hint.items():
            _check(name in value or name[-1] == "?", "there", f"{where}.{name}")
            if name.rstrip("?") in value:
                check_value(value[name.rstrip("?")], own, f"{where}.{name.rstrip('?')}")
    elif origin in (dict, Mapping):
        _check(isinstance(value, dict), "a dictionary", where)
        for name, one in value.items():
            check_value(one, inner[1], f"{where}.{name}")
    elif origin is tuple and Ellipsis not in inner:
        _check(isinstance(value, list) and len(value) == len(inner), f"a list of {len(inner)}", where)
        for k, (one, own) in enumerate(zip(value, inner, strict=True)):
            check_value(one, own, f"{where}[{k}]")
    elif origin in (list, tuple, Sequence):
        _check(isinstance(value, list), "a list", where)
        for k, one in enumerate(value):
            check_value(one, inner[0], f"{where}[{k}]")
    else:
        meant = (int, float) if hint is float else hint
        right = isinstance(value, meant) and (hint is bool or not isinstance(value, bool))
        _check(right, "nothing" if hint is types.NoneType else f"of type {hint.__name__}", where)


def _check_any(value: Any, hints: Sequence[Any], where: str) -> None:
    for hint in hints:
        try:
            return check_value(value, hint, where)
        except ValueError as error:
            last = error
    raise last


def _check(right: bool, meant: str, where: str) -> None:
    if not right:
        raise ValueError(f"`{where}` must be {meant}")


def check_hyper(hyper: Mapping[str, Any], method: type) -> None:
    """Compare hyper-parameters with the types that the method's class gives them.

    Raises ValueError where one is of another type, or unknown.
    """
    hints = get_type_hints(method)
    for name, value in hyper.items():
        if name not in hints:
            raise ValueError(f"`{name}` is no parameter of {method.__name__}")
        check_value(value, hints[name], name)


def check_arrays(arrays: Mapping[str, np.ndarray], forms: Mapping[str, str], **sizes: int) -> dict[str, int]:
    """Compare arrays with forms such as "f m m N": the kind of number, and the axes.

    The same letter stands for the same size in all of them, and for that in `sizes`; a digit is a size.
    Kinds: b boolean, u 8 bits, i whole, f floating-point.

    Returns the size of each letter. Raises ValueError where an array is missing or of another form.
    """
    for name, form in forms.items():
        kind, *axes = form.split()
        array = arrays.get(name)
        if array is None:
            raise ValueError(f"the array {name!r} is missing")
        right = array.dtype.kind == kind and array.ndim == len(axes) and (kind != "u" or array.itemsize == 1)
        if right:
            meant = [
                int(a) if a.isdigit() else sizes.setdefault(a, n)
                for a, n in zip(axes, array.shape, strict=True)
            ]
            right = list(array.shape) == meant
        if not right:
            known = {axis: sizes[axis] for axis in axes if axis in sizes}
            raise ValueError(f"{name!r} must be {form!r} with {known}; it is {array.dtype} {array.shape}")
    return sizes
