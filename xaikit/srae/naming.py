"""Classes and x-features as people ask for them, and the names that they give."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

from xaikit.core.errors import did_you_mean
from xaikit.core.names import check_name
from xaikit.core.params import check, check_numbers

__all__ = ["Names", "class_number", "feature_number", "give_names"]

Names = MutableMapping[tuple[str, int], str]
"""{(class, number of an x-feature): the name that a person gave it}."""


def class_number(cls: str, targets: Sequence[str]) -> int:
    """The number of a class among the targets. Raises ValueError where it is none of them."""
    if cls not in targets:
        hint = did_you_mean(cls, targets)
        raise ValueError(f"{cls!r} is not explained here; fitted are {targets[:5]}.{hint}")
    return targets.index(cls)


def feature_number(number: int, n_features: int) -> int:
    """Raise ValueError where there is no such x-feature."""
    (found,) = check_numbers([number], "feature")
    if not 0 <= found < n_features:
        raise ValueError(f"an x-feature's number must lie in 0..{n_features - 1}; got {number!r}.")
    return int(found)


def give_names(
    names: Names, given: Mapping[tuple[str, int], str], targets: Sequence[str], n_features: int
) -> None:
    """Add given names to the known ones; "" takes one away. Raises ValueError, and then gives none."""
    checked = {}
    for key, name in check("names", given, Mapping).items():
        cls, number = check("names", key, tuple[str, int])
        class_number(cls, targets)
        checked[cls, feature_number(number, n_features)] = check_name(check("names", name, str))
    for place, name in checked.items():
        if name:
            names[place] = name
        else:
            names.pop(place, None)
