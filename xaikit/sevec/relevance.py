"""Relevance: how near concepts are to each other (SeVec 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaikit.core.result import Kept, Result

if TYPE_CHECKING:
    from xaikit.plots.views import Bars, Table
    from xaikit.widgets import FigureView

__all__ = ["Relevance"]

N_BARS = 15


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

    @property
    def checks(self) -> dict[str, Any]:
        """Whether all values are numbers, and how near two concepts are on average."""
        return {"finite": bool(np.isfinite(self.values).all()), "mean": float(self.values.mean())}

    def plot(self, interactive: bool = False) -> Any:
        """Bars of a single concept, or a table of colors: a matplotlib figure, or one of plotly."""
        from xaikit.plots.charts import bars, table
        from xaikit.plots.interactive import interactive_bars, interactive_table

        if len(self.names) == 1:
            return interactive_bars([self._bars()]) if interactive else bars(self._bars())
        return interactive_table(self._table()) if interactive else table(self._table())

    def widget(self) -> FigureView:
        """The figure of `plot`, with the same in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    def _bars(self) -> Bars:
        from xaikit.plots.views import Bars

        ranked = self.ranked(k=N_BARS)
        return Bars(
            names=[name for name, _ in ranked],
            values=[value for _, value in ranked],
            title=f"Relevance to {self.names[0]}",
            axis="cosine" + (", against the mean of its kind" if self.centered else ""),
        )

    def _table(self) -> Table:
        from xaikit.plots.views import Table

        centered = ", centred" if self.centered else ""
        title = f"Relevance: cosine of the semantic vectors{centered}"
        return Table(self.names, self.to, self.values, title)
