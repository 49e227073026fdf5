"""Relevance of concepts to each other: bars for one, a table of colours for many (SeVec fig. 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaikit.plots.figures import diverging, new_figure, text_on

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.sevec.relevance import Relevance

__all__ = ["relevance"]

N_BARS = 15
N_ROWS = 40
BAR = "#2b6ca3"
RUST = "#c2571a"


def relevance(found: Relevance) -> Figure:
    """The concepts b most relevant to a single concept a as bars; of several a a table, a row for each."""
    return _bars(found) if len(found.names) == 1 else _table(found)


def _bars(found: Relevance) -> Figure:
    ranked = found.ranked(k=N_BARS)[::-1]
    figure = new_figure(8, 1.4 + 0.42 * len(ranked))
    ax = figure.subplots()
    names, values = [name for name, _ in ranked], np.array([value for _, value in ranked])
    drawn = ax.barh(names, values, color=np.where(values < 0, RUST, BAR), height=0.7)
    ax.bar_label(drawn, labels=[f"{value:.2f}" for value in values], padding=4, fontsize=12)
    ax.tick_params(axis="y", labelsize=13, length=0)
    ax.margins(x=0.12)
    ax.axvline(0, color="#333333", linewidth=0.8)
    ax.set_xlabel("cosine" + (", against the mean of its kind" if found.centered else ""), fontsize=12)
    ax.set_title(f"Relevance to {found.names[0]}", fontsize=15)
    ax.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _table(found: Relevance) -> Figure:
    values, names = found.values[:N_ROWS], found.names[:N_ROWS]
    figure = new_figure(2.6 + 0.62 * min(len(found.to), N_ROWS), 2.2 + 0.36 * len(names))
    ax = figure.subplots()
    values = values[:, :N_ROWS]
    limit = float(np.abs(values).max()) or 1.0
    low = -limit if values.min() < 0 else float(values.min())
    shown = ax.imshow(values, cmap=diverging() if low < 0 else "Blues", vmin=low, vmax=limit, aspect="auto")
    ax.set_yticks(range(len(names)), names, fontsize=12)
    ax.set_xticks(range(values.shape[1]), found.to[:N_ROWS], rotation=55, ha="right", fontsize=12)
    if values.shape[1] <= 16:
        for i, j in np.ndindex(*values.shape):
            best = j == values[i].argmax()
            colour = text_on(tuple(np.ravel(shown.cmap(shown.norm(values[i, j])))))
            ax.text(
                j, i, f"{values[i, j]:.2f}", ha="center", va="center", fontsize=9, color=colour,
                fontweight="bold" if best else "normal",
            )  # fmt: skip
    ax.set_title(
        "Relevance: cosine of the semantic vectors" + (", centred" if found.centered else ""), fontsize=14
    )
    hidden = len(found.names) - len(names)
    if hidden:
        ax.set_xlabel(f"… and {hidden} more rows", fontsize=12)
    return figure
