"""Pictures found by a concept, a row for each (SeVec figs. 1, 2 and 4)."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from xaikit.plots.figures import new_figure
from xaikit.plots.views import Gallery

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["retrieved"]

N_COLUMNS, N_ROWS = 10, 12
RIGHT, WRONG = "#1a7f37", "#b35900"


def retrieved(view: Gallery) -> Figure:
    """The nearest pictures from left to right, each under its own class: green where it is the row's name.

    Where no picture's class is the row's (a texture sought in pictures of things), names are grey.
    """
    names = view.names[:N_ROWS]
    n = min(view.pictures.shape[1], N_COLUMNS)
    classes = {label for row in view.labels for label in row}
    figure = new_figure(2.2 + 1.25 * n, 1.55 * len(names) + 0.3)
    axes = figure.subplots(len(names), n, squeeze=False)
    for i, name in enumerate(names):
        axes[i, 0].set_ylabel(
            textwrap.fill(name, 12), rotation=0, ha="right", va="center", fontsize=14, labelpad=8
        )
        for j in range(n):
            ax, label = axes[i, j], view.labels[i][j]
            ax.imshow(view.pictures[i, j])
            ax.set_xticks([])
            ax.set_yticks([])
            ax.spines[:].set_visible(False)
            color = "#555555" if name not in classes else RIGHT if label == name else WRONG
            ax.set_title(textwrap.shorten(label, 16, placeholder="…"), fontsize=10, color=color, pad=3)
    return figure
