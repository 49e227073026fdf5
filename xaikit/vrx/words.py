"""Says in words what concepts are worth: the sentences of "why" and "why not"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = [
    "Fact",
    "Relation",
    "answer_sentence",
    "joined",
    "place_of",
    "signed",
    "why_not_sentence",
    "why_sentence",
]

LEAST = 0.005  # what rounds to 0.00 is not worth a word
SMALL = 0.05  # share of the strongest value below which a concept is not worth a word
RELATED = 0.1  # share of it from which a relation is
LARGE = 0.3  # share of it from which what no concept covers is


class Fact(NamedTuple):
    """A concept's name, what it is worth, whether it is in the picture, and whether it was measured."""

    name: str
    value: float
    detected: bool
    measured: bool


class Relation(NamedTuple):
    """How much more it costs to move the target because the source is there, measured."""

    source: str
    target: str
    value: float


def signed(value: float) -> str:
    """A number with its sign: "+0.42", "−0.10"."""
    return f"{value:+.2f}".replace("-", "−")


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def place_of(mask: np.ndarray) -> str:
    """In which ninth of the picture a region (h, w) lies: "at the top left", "in the middle"."""
    rows, columns = np.nonzero(mask)
    down, across = (int(3 * where.mean() / n) for where, n in zip((rows, columns), mask.shape, strict=True))
    words = [("top", "", "bottom")[down], ("left", "", "right")[across]]
    return f"at the {' '.join(word for word in words if word)}" if any(words) else "in the middle"


def answer_sentence(answer: str, probability: float, first: str, share: float) -> str:
    """ "The network's answer is giant panda (34%); among the classes asked about, …" """
    return (
        f"The network's answer is {answer} ({probability:.0%}); among the classes asked about, {first} "
        f"({share:.0%}) is first."
    )


def _clauses(
    facts: Sequence[Fact], relations: float, cls: str, rest: float, related: Relation | None
) -> list[str]:
    strongest = max([abs(one.value) for one in facts if one.detected] + [1e-12])
    told = sorted(
        (one for one in facts if one.detected and abs(one.value) >= max(SMALL * strongest, LEAST)),
        key=lambda one: -abs(one.value),
    )
    clauses = []
    for verb, sign in (("speaks for", 1), ("speaks against", -1)):
        side = [f"{one.name} ({signed(one.value)})" for one in told if one.value * sign > 0]
        if side:
            clauses.append(
                f"{joined(side)} {verb if len(side) == 1 else verb.replace('speaks', 'speak')} {cls}"
            )
    told_of = sum(one.detected for one in facts) > 1 and abs(relations) >= max(SMALL * strongest, LEAST)
    if told_of and not any(one.measured for one in facts):
        agree = "agree" if relations > 0 else "disagree"
        clauses.append(f"the places of the concepts {agree} with it ({signed(relations)})")
    if related is not None and abs(related.value) >= max(RELATED * strongest, LEAST):
        source, target, value = related
        more = f"{target} in its place counts more beside {source} ({signed(value)})"
        clauses.append(more if value > 0 else f"{source} can stand in for {target} ({signed(value)})")
    if abs(rest) >= max(LARGE * strongest, LEAST):
        way = "for" if rest > 0 else "against"
        clauses.append(f"what no concept covers speaks {way} it ({signed(rest)}, learned)")
    missing = [one.name for one in facts if not one.detected]
    if missing:
        clauses.append(f"{joined(missing)} {'is' if len(missing) == 1 else 'are'} not in the picture")
    return clauses


def why_sentence(
    cls: str,
    facts: Sequence[Fact],
    relations: float,
    toward: str,
    rest: float = 0.0,
    related: Relation | None = None,
) -> str:
    """ "Why fire engine? Because …"

    Parameters
    ----------
    relations : sum of the edges' contributions; told only where nothing was measured, for it is learned
    toward : the class that the facts speak for or against
    rest : what all that no concept covers contributes
    related : the relation that is worth most, where they were measured
    """
    clauses = _clauses(facts, relations, toward, rest, related)
    return (
        f"Why {cls}? Because {'; '.join(clauses)}."
        if clauses
        else f"Why {cls}? Nothing here speaks for or against it."
    )


def why_not_sentence(
    cls: str,
    facts: Sequence[Fact],
    relations: float,
    toward: str,
    rest: float = 0.0,
    related: Relation | None = None,
) -> str:
    """ "Why not ambulance? Its concepts: …", evidence for and against ``toward``."""
    clauses = _clauses(facts, relations, toward, rest, related)
    if not any(one.detected for one in facts):
        return f"Why not {cls}? None of its concepts is in the picture."
    if not clauses:
        return f"Why not {cls}? Nothing here speaks for or against it."
    return f"Why not {cls}? Of its concepts, {'; '.join(clauses)}."
