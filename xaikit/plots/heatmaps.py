"""Pictures beside their maps (Grad-CAM and its like), on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaikit.plots.figures import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.attribution import Heatmap

__all__ = ["heatmaps"]

N_SHOWN = 6


def heatmaps(heatmap: Heatmap) -> Figure:
    """The first pictures above, their maps below, each with the class asked about."""
    n = min(len(heatmap), N_SHOWN)
    figure = new_figure(2.6 * n + 0.4, 5.6)
    axes = figure.subplots(2, n, squeeze=False)
    for column, (picture, over) in enumerate(zip(heatmap.images[:n], heatmap.overlays()[:n], strict=True)):
        for ax, shown in zip(axes[:, column], (picture, over), strict=True):
            ax.imshow(shown)
            ax.set_axis_off()
        axes[0, column].set_title(f"network: {heatmap.predictions[column]}", fontsize=12)
        axes[1, column].set_title(f"{heatmap.method}: {heatmap.targets[column]}", fontsize=12)
    return figure
