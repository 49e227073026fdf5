"""Names that people give: those of classes in the order of the logits, and those of things."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from xaikit.core.errors import did_you_mean

__all__ = ["MAX_NAME", "check_class_names", "check_name", "matched"]

WORDNET_ID = re.compile(r"n\d{8}([_ -]+|$)")
MAX_NAME = 40  # letters: more would not fit beside a node


def check_name(name: Any) -> str:
    """Return a given name without the space around it; "" takes a name away.

    Raises
    ------
    TypeError
        The name is no text.
    ValueError
        It is longer than 40 letters, or no single line.
    """
    if not isinstance(name, str):
        raise TypeError(f"a name must be text; got {name!r}.")
    line = name.strip()
    if len(line) > MAX_NAME or not line.isprintable():
        raise ValueError(f"a name must be one line of at most {MAX_NAME} letters; got {name!r}.")
    return line


def check_class_names(given: Any, name: str = "class_names") -> list[str]:
    """Return the names of classes as a list, in the order of their numbers.

    Parameters
    ----------
    given
        a sequence of different names; or, as ImageFolder's `class_to_idx`, a mapping of each name to its
        number, or of each number to its name, the numbers being 0 to n − 1
    name : the parameter's, for the errors

    Raises
    ------
    TypeError
        One text alone, a set, which has no order, a mapping of other things, or a name that is no text.
    ValueError
        A mapping whose numbers are not 0 to n − 1, or a name that comes twice.
    """
    if isinstance(given, Mapping):
        given = _in_order(given, name)
    if isinstance(given, str | bytes | Set) or not hasattr(given, "__iter__"):
        why = " A set has no order: sort it as the logits are." if isinstance(given, Set) else ""
        raise TypeError(f"`{name}` must be a list of str, one per class in their order; got {given!r}.{why}")
    names = list(given)
    if not all(isinstance(one, str) for one in names):
        raise TypeError(f"`{name}` must be a list of str, one per class in their order; got {names!r}.")
    twice = sorted(one for one, n in Counter(names).items() if n > 1)
    if twice:
        raise ValueError(f"`{name}` must be different from each other; got {twice[:3]} more than once.")
    return [str(one) for one in names]


def matched(own: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return for each name the known one that is the same but for how it is written.

    "n02690373_airliner", "Airliner" and "airliner, plane" are all "airliner": an id of WordNet before a name,
    capitals, what stands between words, and further names behind a comma do not count.

    Raises
    ------
    ValueError
        A name is none of those known, could be several of them, or is the same as another.
    """
    alike = defaultdict(list)
    for name in known:
        alike[_plain(name)].append(name)
    found = [[name] if name in known else alike[_plain(name)] for name in own]
    unclear = {name: some for name, some in zip(own, found, strict=True) if len(some) != 1}
    if unclear:
        name, some = next(iter(unclear.items()))
        what = f"could be any of {some}" if some else f"is none of them.{did_you_mean(_plain(name), known)}"
        raise ValueError(f"each class must be one of the {len(known)} of `class_names`; {name!r} {what}")
    same = [name for name, n in Counter(one for (one,) in found).items() if n > 1]
    if same:
        two = [name for name, (one,) in zip(own, found, strict=True) if one == same[0]]
        raise ValueError(f"each class must be another of `class_names`; {two} are all {same[0]!r}.")
    return [one for (one,) in found]


def _plain(name: str) -> str:
    """A name as it is said: in small letters, without the id and further names around it."""
    said = WORDNET_ID.sub("", name).split(",")[0]
    return " ".join(re.findall(r"[^\W_]+", said.casefold())) or name


def _in_order(given: Mapping[Any, Any], name: str) -> list[Any]:
    """The names of a mapping of names to numbers, or of numbers to names, by rising number."""
    to_number = all(isinstance(key, str) for key in given)
    numbered = [(number, key) for key, number in given.items()] if to_number else list(given.items())
    if any(isinstance(number, bool) or not hasattr(number, "__index__") for number, _ in numbered):
        raise TypeError(f"`{name}` must map names to whole numbers, or these to names; got {given!r}.")
    numbered.sort(key=lambda pair: pair[0])
    if [number for number, _ in numbered] != list(range(len(numbered))):
        raise ValueError(
            f"`{name}` must number the classes 0 to {len(numbered) - 1}, each once; got {given!r}. Give a "
            "list of names in the order of the logits instead."
        )
    return [one for _, one in numbered]
