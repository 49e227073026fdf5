"""The class-specific dependencies e_ji as matrices (VRX fig. 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaikit.plots.figures import diverging, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["dependency_matrices"]


def dependency_matrices(classes: Sequence[str], e: np.ndarray) -> Figure:
    """One matrix per class on one scale; rows receive, columns give.

    Parameters
    ----------
    e : (m, N, N), [c, i, j] = e_ji
    """
    n = e.shape[1]
    shown = np.where(np.eye(n, dtype=bool), np.nan, e)
    limit = float(np.nanmax(np.abs(shown), initial=1e-6))
    figure = new_figure(3.2 * len(classes) + 0.8, 3.6)
    axes = figure.subplots(1, len(classes), squeeze=False)[0]
    for ax, cls, matrix in zip(axes, classes, shown, strict=True):
        drawn = ax.imshow(matrix, cmap=diverging(), vmin=-limit, vmax=limit)
        ax.set_title(cls, fontsize=15)
        ax.set_xticks(range(n), [str(k + 1) for k in range(n)], fontsize=12)
        ax.set_yticks(range(n), [str(k + 1) for k in range(n)], fontsize=12)
        ax.set_xlabel("from concept j", fontsize=12)
    axes[0].set_ylabel("to concept i", fontsize=12)
    figure.colorbar(drawn, ax=list(axes), shrink=0.8, label="e_ji")
    return figure
