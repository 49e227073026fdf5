"""Names that people give to concepts."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from numbers import Integral

from xaikit.core.names import check_name
from xaikit.core.params import check

__all__ = ["Names", "called", "check_place", "give_names"]

Names = MutableMapping[tuple[str, int], str]
"""{(class, k): what concept k of the class is called}."""


def called(names: Mapping[tuple[str, int], str], cls: str, k: int) -> str:
    """What concept k of a class is called: the name it was given, or its number."""
    return names.get((cls, k)) or f"concept {k + 1}"


def give_names(names: Names, given: Mapping[tuple[str, int], str], n_concepts: Mapping[str, int]) -> None:
    """Add given names to the known ones; an empty name takes the concept's away.

    Parameters
    ----------
    n_concepts : how many concepts each class has

    Raises
    ------
    ValueError, TypeError
        There is no such concept, or a name is no single line of at most 40 letters. Then none is given.
    """
    check("given", given, Mapping)
    checked = {check_place(place, n_concepts): check_name(name) for place, name in given.items()}
    for place, name in checked.items():
        if name:
            names[place] = name
        else:
            names.pop(place, None)


def check_place(place: object, n_concepts: Mapping[str, int]) -> tuple[str, int]:
    """Return (class, number) of a concept that there is, or raise a ValueError that says which there are."""
    match place:
        case (str() as cls, Integral() as k) if not isinstance(k, bool):
            if int(k) in range(n_concepts.get(cls, 0)):
                return cls, int(k)
    raise ValueError(
        f"a concept is named by (class, number from 0); got {place!r}. The classes and how many "
        f"concepts they have: {dict(n_concepts)}."
    )
