"""What concepts stand for: the names of parts that people give them."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

from xaikit.core.errors import did_you_mean
from xaikit.core.names import check_name
from xaikit.core.params import check, check_numbers

__all__ = ["Parts", "give_parts"]

Parts = MutableMapping[str, str]
"""{name of a concept: the part that it stands for}; several may stand for one."""


def give_parts(
    parts: Parts,
    given: Mapping[str, str] | Mapping[int, str] | Mapping[str | int, str],
    concepts: Sequence[str],
) -> None:
    """Add given names to the known ones; "" takes one away. Raises ValueError, and then gives none."""
    checked = {}
    for concept, part in check("parts", given, Mapping).items():
        checked[_concept(concept, concepts)] = check_name(check("parts", part, str))
    for concept, part in checked.items():
        if part:
            parts[concept] = part
        else:
            parts.pop(concept, None)


def _concept(concept: str | int, concepts: Sequence[str]) -> str:
    """The name of a concept given by name or by number."""
    if isinstance(concept, str):
        if concept not in concepts:
            raise ValueError(f"{concept!r} is no concept of this explainer.{did_you_mean(concept, concepts)}")
        return concept
    (number,) = check_numbers([concept], "concept")
    if not 0 <= number < len(concepts):
        raise ValueError(f"a concept's number must lie in 0..{len(concepts) - 1}; got {concept!r}.")
    return concepts[number]
