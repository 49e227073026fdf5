"""A confusion matrix and the types of error behind it (VRX fig. 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaikit.plots.figures import new_figure, text_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["confusion_and_kinds"]

N_PAIRS = 8  # most confused pairs shown beside a small matrix; beside a large one there is room for more
N_SLANTED = 8  # more class names than that stand upright
CELL = 0.5  # inches of a matrix of many classes; a small one has larger cells
KIND_COLORS = {
    "confused concepts": "#e69f00",
    "false alarm": "#cc79a7",
    "variance not seen in training": "#0072b2",
    "missing concepts": "#999999",
    "distraction": "#009e73",
}


def confusion_and_kinds(
    classes: Sequence[str], counts: np.ndarray, kinds: Mapping[tuple[str, str], Mapping[str, int]]
) -> Figure:
    """The confusion matrix beside bars that count the types of error of the most confused pairs.

    Parameters
    ----------
    counts : int (m, m), rows the right class, columns the answer
    kinds : {(right class, answer): {type of error: how many}}, the most frequent pair first
    """
    m = len(classes)
    side = max(3.2, CELL * m)
    if not kinds:
        figure = new_figure(side + 3, side + 2)
        _draw_matrix(figure.subplots(), classes, counts)
        return figure
    figure = new_figure(side + 9, side + 2)
    matrix, bars = figure.subplots(1, 2, width_ratios=[side + 2, 7])
    _draw_matrix(matrix, classes, counts)
    _draw_kinds(bars, kinds, max(N_PAIRS, m))
    return figure


def _draw_matrix(ax: Axes, classes: Sequence[str], counts: np.ndarray) -> None:
    from matplotlib import colormaps

    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cells = colormaps["Blues"](0.85 * shares)
    wrong = ~np.eye(len(classes), dtype=bool)
    # a rare mistake must still be seen: mistakes are shaded against the most frequent one
    cells[wrong] = colormaps["Oranges"](0.1 + 0.65 * (shares / max(float(shares[wrong].max()), 0.1))[wrong])
    cells[counts == 0] = 1
    ax.imshow(cells)
    size = 13 if len(classes) <= N_SLANTED else 9
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            color = text_on(tuple(cells[row, column]))
            ax.text(
                column, row, str(counts[row, column]), ha="center", va="center", fontsize=size, color=color
            )
    slant = {"rotation": 35, "ha": "right"} if len(classes) <= N_SLANTED else {"rotation": 90}
    ax.set_xticks(range(len(classes)), classes, fontsize=12, **slant)
    ax.set_yticks(range(len(classes)), classes, fontsize=12)
    ax.set_xlabel("the network's answer", fontsize=13)
    ax.set_ylabel("true class", fontsize=13)
    ax.set_title(f"{np.trace(counts) / counts.sum():.1%} of {int(counts.sum())} right", fontsize=15)


def _draw_kinds(ax: Axes, kinds: Mapping[tuple[str, str], Mapping[str, int]], n: int) -> None:
    pairs = list(kinds)[:n]
    left = np.zeros(len(pairs))
    for kind, color in KIND_COLORS.items():
        sizes = [kinds[pair].get(kind, 0) for pair in pairs]
        if any(sizes):
            ax.barh(range(len(pairs)), sizes, left=left, color=color, label=kind)
        left += sizes
    ax.set_yticks(range(len(pairs)), [f"{true} →\n{answer}" for true, answer in pairs], fontsize=11)
    ax.invert_yaxis()
    ax.set_xlabel("pictures", fontsize=13)
    ax.locator_params(axis="x", integer=True)
    rest = f", {len(pairs)} of {len(kinds)} pairs" if len(pairs) < len(kinds) else ""
    ax.set_title(f"types of error{rest}", fontsize=15)
    ax.figure.legend(fontsize=11, frameon=False, loc="outside lower right", ncols=2)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
