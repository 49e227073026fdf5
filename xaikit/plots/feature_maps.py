"""Pictures beside the maps of the features that their score is made of (SRAE figs. 1 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill, wrap
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import overlay
from xaikit.plots.figures import new_figure
from xaikit.plots.views import FeatureMaps

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["feature_maps"]

FULL = 0.99
"""Of the values that are not zero; the strongest all have full color, or a few dots were all one sees."""
LINE = 26


def feature_maps(views: Sequence[FeatureMaps]) -> Figure:
    """A row for each picture: the picture, then its features, the name and what it gives above each.

    Every map has a scale of its own, since a map says where a feature is seen, and the number how much it
    counts; features that are not seen stand back.
    """
    n = max(len(view.maps) for view in views)
    figure = new_figure(2.4 * (n + 1), 3.5 * len(views))
    axes = figure.subplots(len(views), n + 1, squeeze=False)
    for row, view in zip(axes, views, strict=True):
        for ax in row:
            ax.set_axis_off()
        row[0].imshow(view.picture)
        lines = [part for line in (view.title, *view.said) for part in wrap(line, LINE)]
        row[0].set_title("\n".join(lines), fontsize=12)
        for k, ax in enumerate(row[1 : 1 + len(view.maps)]):
            _draw(ax, view, k)
    return figure


def _draw(ax: Axes, view: FeatureMaps, k: int) -> None:
    heat = view.maps[k]
    if np.isfinite(heat).all() and heat.any():
        seen = heat[heat > 0]
        ax.imshow(overlay(view.picture, heat, cmap="heat", limit=float(np.quantile(seen, FULL))))
    else:
        ax.imshow(view.picture, alpha=0.3)
        box = {"facecolor": "white", "edgecolor": "none"}
        ax.text(0.5, 0.5, "not seen", ha="center", va="center", transform=ax.transAxes, fontsize=12, bbox=box)
    ax.set_title(f"{fill(view.names[k], LINE)}\n{view.gives[k]}", fontsize=12)
