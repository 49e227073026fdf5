"""Relevance: how near concepts are to each other (SeVec 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaikit.core.result import Kept, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Relevance"]


@dataclass(frozen=True, eq=False)
class Relevance(Result, Kept):
    """cos(v_a, v_b) of concepts a with concepts b.

    Attributes
    ----------
    names : the concepts a, one per row
    to : the concepts b, one per column
    values : float64 (len(names), len(to)), −1..1
    kind : of the concepts b, in words
    centered : whether what all concepts of a kind have in common was left out first
    """

    KIND = "relevance"
    FORMS: ClassVar = {"names": "a", "to": "b", "values": "f a b"}

    names: tuple[str, ...]
    to: tuple[str, ...]
    values: NDArray[np.float64]
    kind: str
    centered: bool

    def __float__(self) -> float:
        if self.values.size != 1:
            raise TypeError(f"only the relevance of one pair is a number; this holds {self.values.shape}.")
        return float(self.values[0, 0])

    def __repr__(self) -> str:
        if self.values.size == 1:
            return f"Relevance({self.names[0]!r} to {self.to[0]!r}: {float(self):.3f})"
        return f"Relevance({len(self.names)} concepts to {len(self.to)} of kind {self.kind})"

    def ranked(self, name: str | None = None, k: int | None = None) -> list[tuple[str, float]]:
        """The concepts b most relevant to one concept a, with their values, best first; `k` of them.

        `name` may be left out where there is a single a. The concept itself is not listed.
        """
        if name is None and len(self.names) == 1:
            name = self.names[0]
        if name not in self.names:
            raise ValueError(f"`name` must be one of {list(self.names)[:8]}; got {name!r}.")
        row = self.values[self.names.index(name)]
        order = [j for j in np.argsort(-row, kind="stable") if self.to[j] != name]
        return [(self.to[j], float(row[j])) for j in order[:k]]

    def plot(self) -> Figure:
        """Bars of a single concept, or a table of colours, as a matplotlib figure."""
        from xaikit.plots.relevance import relevance

        return relevance(self)
