"""Maps of two classes side by side (SeVec fig. 6), and the gain in the pointing game (fig. 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xaikit.core.images import overlay
from xaikit.plots.figures import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["improvements", "side_by_side"]

STYLES = (("#0072b2", "-", "o"), ("#d55e00", "-", "s"), ("#0072b2", "--", "^"), ("#d55e00", "--", "D"))
SHARPEST = 99.5  # percentile that is drawn as the strongest: single pixels would leave the rest dark


def improvements(shares: NDArray[np.float64], gains: Mapping[str, NDArray[np.float64]], rule: str) -> Figure:
    """Gain in hits, in points, at each share of the kept energy; a line for each network and method."""
    figure = new_figure(9, 5)
    ax = figure.subplots()
    for number, (name, gain) in enumerate(gains.items()):
        color, line, marker = STYLES[number % len(STYLES)]
        ax.plot(100 * shares, gain, line, color=color, marker=marker, markersize=5, label=name)
    ax.axhline(0, color="#333333", linewidth=1)
    ax.set_xlabel("energy kept, %", fontsize=13)
    ax.set_ylabel("more hits than without, points", fontsize=13)
    ax.set_title(f"Semantic against plain: a hit has {rule} in the box", fontsize=14)
    ax.tick_params(labelsize=12)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(fontsize=11, frameon=False)
    return figure


def side_by_side(
    pictures: NDArray[np.uint8], names: Sequence[str], columns: Mapping[str, NDArray[np.float32]]
) -> Figure:
    """A row for each picture and class asked about: the picture, then the maps of each method."""
    figure = new_figure(2.1 * (len(columns) + 1), 2.25 * len(pictures))
    axes = figure.subplots(len(pictures), len(columns) + 1, squeeze=False)
    for row, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        axes[row, 0].imshow(picture)
        axes[row, 0].set_title(name, fontsize=14)
        for ax, (title, maps) in zip(axes[row, 1:], columns.items(), strict=True):
            ax.imshow(_over(picture, maps[row]))
            if row == 0:
                ax.set_title(title, fontsize=11)
    for ax in axes.flat:
        ax.set_axis_off()
    return figure


def _over(picture: NDArray[np.uint8], values: NDArray[np.float32]) -> NDArray[np.uint8]:
    positive = np.maximum(values, 0)
    limit = float(np.percentile(positive, SHARPEST)) or float(positive.max()) or 1.0
    return overlay(picture, np.minimum(positive, limit), cmap="heat", limit=limit)
