"""A confusion matrix and the types of error behind it (VRX fig. 8)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from xaikit.plots.figures import new_figure, text_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xaikit.vrx import Diagnosis

__all__ = ["confusion_and_kinds"]

N_PAIRS = 8
KIND_COLORS = {
    "confused concepts": "#e69f00",
    "false alarm": "#cc79a7",
    "variance not seen in training": "#0072b2",
    "missing concepts": "#999999",
}


def confusion_and_kinds(diagnosis: Diagnosis) -> Figure:
    """The confusion matrix beside bars that count the types of error of the most confused pairs."""
    m = len(diagnosis.classes)
    shown = min(N_PAIRS, len(diagnosis.pairs))
    height = max(4.5, 0.55 * m + 2.4, 0.55 * shown + 2.4)
    figure = new_figure(13 if shown else 7, height)
    axes = figure.subplots(1, 2 if shown else 1, squeeze=False)[0]
    _draw_matrix(axes[0], diagnosis)
    if shown:
        _draw_kinds(axes[1], diagnosis)
    return figure


def _draw_matrix(ax: Axes, diagnosis: Diagnosis) -> None:
    from matplotlib import colormaps

    counts, classes = diagnosis.confusion, diagnosis.classes
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cells = colormaps["Blues"](0.85 * shares)
    wrong = ~np.eye(len(classes), dtype=bool)
    # a rare mistake must still be seen: mistakes are shaded against the most frequent one
    cells[wrong] = colormaps["Oranges"](0.75 * (shares / max(float(shares[wrong].max()), 0.1))[wrong])
    ax.imshow(cells)
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            color = text_on(tuple(cells[row, column]))
            ax.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=13, color=color)
    ax.set_xticks(range(len(classes)), classes, rotation=35, ha="right", fontsize=12)
    ax.set_yticks(range(len(classes)), classes, fontsize=12)
    ax.set_xlabel("the network's answer", fontsize=13)
    ax.set_ylabel("true class", fontsize=13)
    ax.set_title(f"{diagnosis.accuracy:.1%} of {int(counts.sum())} right", fontsize=15)


def _draw_kinds(ax: Axes, diagnosis: Diagnosis) -> None:
    pairs = diagnosis.pairs[:N_PAIRS]
    left = np.zeros(len(pairs))
    for kind, color in KIND_COLORS.items():
        sizes = [Counter(m.kind for m in pair.mistakes)[kind] for pair in pairs]
        if any(sizes):
            ax.barh(range(len(pairs)), sizes, left=left, color=color, label=kind)
        left += sizes
    ax.set_yticks(range(len(pairs)), [f"{pair.true} →\n{pair.predicted}" for pair in pairs], fontsize=11)
    ax.invert_yaxis()
    ax.set_xlabel("pictures", fontsize=13)
    ax.set_title("types of error", fontsize=15)
    ax.legend(fontsize=11, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
