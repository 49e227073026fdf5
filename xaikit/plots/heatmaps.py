"""Pictures beside their maps (Grad-CAM and its like), on one scale."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.images import COLOR_MAPS, shown
from xaikit.plots.figures import diverging, new_figure

if TYPE_CHECKING:
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

__all__ = ["heatmaps"]

N_SHOWN = 6
LINE = 24  # letters above a picture: the next one has a title, too


def heatmaps(heatmap: Any) -> Figure:
    """The first pictures above, their maps below, each with the class asked about, and the maps' scale.

    ``heatmap`` is a :class:`xaikit.attribution.Heatmap`. Maps with values below zero have a diverging scale
    centred on zero; a map that is zero everywhere or not finite says so.
    """
    n = min(len(heatmap), N_SHOWN)
    figure = new_figure(2.6 * n + 1.2, 5.6)
    axes = figure.subplots(2, n, squeeze=False)
    for column, (picture, over) in enumerate(
        zip(shown(heatmap.images[:n]), heatmap.overlays()[:n], strict=True)
    ):
        for ax, one in zip(axes[:, column], (picture, over), strict=True):
            ax.imshow(one)
            ax.set_axis_off()
        titles = [f"network: {heatmap.predictions[column]}"], [f"{heatmap.method}:", heatmap.targets[column]]
        for ax, lines in zip(axes[:, column], titles, strict=True):
            ax.set_title("\n".join(part for line in lines for part in wrap(line, LINE)), fontsize=12)
        for check, words in (("blank", "zero everywhere"), ("not_finite", "not finite")):
            if column in heatmap.checks[check]:
                middle = {"ha": "center", "va": "center", "transform": axes[1, column].transAxes}
                box = {"facecolor": "white", "edgecolor": "none"}
                axes[1, column].text(0.5, 0.5, words, fontsize=12, bbox=box, **middle)
    if heatmap.limit > 0:
        beyond = max(peak for peak in heatmap.checks["peak"] if np.isfinite(peak)) > heatmap.limit
        extend = ("both" if heatmap.signed else "max") if beyond else "neither"
        bar = figure.colorbar(_scale(heatmap), ax=axes, shrink=0.45, anchor=(0, 0), extend=extend)
        bar.ax.tick_params(labelsize=11)
    return figure


def _scale(heatmap: Any) -> ScalarMappable:
    """The colors of the overlays, where they cover the picture wholly."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    heat = LinearSegmentedColormap.from_list("heat", np.array(COLOR_MAPS["heat"][::-1]) / 255)
    least, colors = (-heatmap.limit, diverging()) if heatmap.signed else (0.0, heat)
    return ScalarMappable(Normalize(least, heatmap.limit), colors)
