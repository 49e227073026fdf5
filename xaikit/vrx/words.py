"""Says in words what concepts are worth: the sentences of "why" and "why not"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

__all__ = [
    "Evidence",
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


@dataclass(frozen=True)
class Evidence:
    """What there is to say for and against a class.

    Attributes
    ----------
    toward : the class that it speaks for or against
    facts : its concepts
    relations : sum of the edges' contributions; told only where nothing was measured, for it is learned
    rest : what all that no concept covers contributes, learned
    related : the relation that is worth most, where they were measured
    """

    toward: str
    facts: Sequence[Fact]
    relations: float = 0.0
    rest: float = 0.0
    related: Relation | None = None

    @property
    def found(self) -> list[Fact]:
        """The concepts that are in the picture."""
        return [one for one in self.facts if one.detected]

    def tells(self, value: float, share: float) -> bool:
        """Whether a value is worth a word: a share of the strongest concept's, and no zero."""
        strongest = max((abs(one.value) for one in self.found), default=0.0)
        return abs(value) >= max(share * strongest, LEAST)

    def clauses(self) -> list[str]:
        """What is worth saying, in the order in which it is said."""
        return [*self._sides(), *self._places(), *self._relation(), *self._uncovered(), *self._missing()]

    def _sides(self) -> Iterator[str]:
        told = sorted(
            (one for one in self.found if self.tells(one.value, SMALL)), key=lambda one: -abs(one.value)
        )
        for way, sign in (("for", 1), ("against", -1)):
            side = [f"{one.name} ({signed(one.value)})" for one in told if one.value * sign > 0]
            if side:
                yield f"{joined(side)} {'speaks' if len(side) == 1 else 'speak'} {way} {self.toward}"

    def _places(self) -> Iterator[str]:
        measured = any(one.measured for one in self.facts)
        if len(self.found) > 1 and not measured and self.tells(self.relations, SMALL):
            agree = "agree" if self.relations > 0 else "disagree"
            yield f"the places of the concepts {agree} with it ({signed(self.relations)})"

    def _relation(self) -> Iterator[str]:
        if self.related is not None and self.tells(self.related.value, RELATED):
            source, target, value = self.related
            more = f"{target} in its place counts more beside {source} ({signed(value)})"
            yield more if value > 0 else f"{source} can stand in for {target} ({signed(value)})"

    def _uncovered(self) -> Iterator[str]:
        if self.tells(self.rest, LARGE):
            way = "for" if self.rest > 0 else "against"
            yield f"what no concept covers speaks {way} it ({signed(self.rest)}, learned)"

    def _missing(self) -> Iterator[str]:
        missing = [one.name for one in self.facts if not one.detected]
        if missing:
            yield f"{joined(missing)} {'is' if len(missing) == 1 else 'are'} not in the picture"


def why_sentence(cls: str, evidence: Evidence) -> str:
    """ "Why fire engine? Because …" """
    return _answered(f"Why {cls}?", "Because", evidence)


def why_not_sentence(cls: str, evidence: Evidence) -> str:
    """ "Why not ambulance? Of its concepts, …", which speak for and against ``evidence.toward``."""
    if not evidence.found:
        return f"Why not {cls}? None of its concepts is in the picture."
    return _answered(f"Why not {cls}?", "Of its concepts,", evidence)


def _answered(question: str, opening: str, evidence: Evidence) -> str:
    clauses = "; ".join(evidence.clauses())
    return (
        f"{question} {opening} {clauses}."
        if clauses
        else f"{question} Nothing here speaks for or against it."
    )
