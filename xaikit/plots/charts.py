"""Standard charts: bars, several of them, and tables of colors (SeVec fig. 5)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaikit.plots.figures import diverging, new_figure, text_on
from xaikit.plots.views import Bars, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BLUE", "RUST", "bars", "bars_side_by_side", "draw_bars", "table"]

N_ROWS = 40
N_BESIDE = 6
BLUE, RUST, FAINT = "#2b6ca3", "#c2571a", 0.4


def bars(view: Bars) -> Figure:
    """Horizontal bars with their numbers; what is below zero is orange."""
    figure = new_figure(8, 1.4 + 0.42 * len(view.names))
    draw_bars(figure.subplots(), view)
    return figure


def bars_side_by_side(views: Sequence[Bars], axis: str = "") -> Figure:
    """The bars of several questions beside each other, on one scale; the first six of them."""
    shown = views[:N_BESIDE]
    most = max((len(one.names) for one in shown), default=0)
    figure = new_figure(4.2 * max(len(shown), 1), 1.6 + 0.42 * most)
    axes = figure.subplots(1, max(len(shown), 1), squeeze=False, sharex=True)[0]
    for ax, one in zip(axes, shown, strict=False):
        draw_bars(ax, one)
    hidden = len(views) - len(shown)
    figure.supxlabel(axis + (f"   … and {hidden} more pictures" if hidden else ""), fontsize=12)
    return figure


def draw_bars(ax: Axes, view: Bars) -> None:
    """Draw horizontal bars into axes."""
    values = np.asarray(view.values, float)
    colors = np.where(values < 0, RUST, BLUE)
    drawn = ax.barh(range(len(values)), values, color=colors, height=0.7)
    for bar, faint in zip(drawn, view.faint, strict=False):
        bar.set_alpha(FAINT if faint else 1)
    if view.spans:
        ends = np.abs(np.asarray(view.spans).T - values)
        ax.errorbar(values, range(len(values)), xerr=ends, fmt="none", ecolor="#333333", capsize=4)
        for y, (value, (_, high)) in enumerate(zip(values, view.spans, strict=True)):
            ax.text(max(high, 0), y, f"  {value:+.3f}".replace("-", "−"), va="center", fontsize=12)
    else:
        ax.bar_label(drawn, labels=[f"{value:.2f}" for value in values], padding=4, fontsize=12)
    ax.set_yticks(range(len(values)), view.names)
    ax.tick_params(axis="y", labelsize=13, length=0)
    ax.invert_yaxis()
    ax.margins(x=0.2 if view.spans else 0.12)
    ax.axvline(0, color="#333333", linewidth=0.8)
    ax.set_xlabel(view.axis, fontsize=12)
    ax.set_title(textwrap.fill(view.title, 40), fontsize=15)
    ax.spines[["top", "right", "left"]].set_visible(False)


def table(view: Table) -> Figure:
    """Colors for numbers, centred on zero where any is below; numbers too, where there is room for them."""
    rows, columns = view.rows[:N_ROWS], view.columns[:N_ROWS]
    values = view.values[:N_ROWS, :N_ROWS]
    figure = new_figure(2.6 + 0.62 * len(columns), 2.2 + 0.36 * len(rows))
    ax = figure.subplots()
    limit = float(np.abs(values).max()) or 1.0
    low = -limit if values.min() < 0 else float(values.min())
    shown = ax.imshow(values, cmap=diverging() if low < 0 else "Blues", vmin=low, vmax=limit, aspect="auto")
    ax.set_yticks(range(len(rows)), rows, fontsize=12)
    ax.set_xticks(range(len(columns)), columns, rotation=55, ha="right", fontsize=12)
    if len(columns) <= 16:
        for i, j in np.ndindex(*values.shape):
            best = j == values[i].argmax()
            color = text_on(tuple(np.ravel(shown.cmap(shown.norm(values[i, j])))))
            ax.text(
                j, i, f"{values[i, j]:.2f}", ha="center", va="center", fontsize=9, color=color,
                fontweight="bold" if best else "normal",
            )  # fmt: skip
    ax.set_title(view.title, fontsize=14)
    hidden = len(view.rows) - len(rows)
    ax.set_xlabel(view.axis or (f"… and {hidden} more rows" if hidden else ""), fontsize=12)
    return figure
