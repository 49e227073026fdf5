"""A picture before and after an edit, with both networks' probabilities (VRX fig. 6c and 7)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import shown
from xaikit.plots.figures import NETWORK, STUDENT, new_figure
from xaikit.plots.views import Answered

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["before_and_after"]


def before_and_after(sides: Sequence[Answered], said: str) -> Figure:
    """Both pictures above bars of the probabilities of each class of interest.

    Parameters
    ----------
    sides : the picture before and after; each has chances by the "network" and by the "GRN"
    said : what was done
    """
    figure = new_figure(9, 5.6)
    axes = figure.subplots(2, 2, height_ratios=[3, 2])
    for column, side in enumerate(sides):
        picture, bars = axes[0, column], axes[1, column]
        picture.imshow(shown(side.picture))
        picture.set_axis_off()
        picture.set_title(side.title, fontsize=15)
        _draw_bars(bars, side.chances)
    figure.suptitle(textwrap.fill(said, 90), fontsize=13)
    return figure


def _draw_bars(ax: Axes, chances: Mapping[str, Mapping[str, float]]) -> None:
    classes = list(chances["network"])
    places = np.arange(len(classes))
    for label, color, shift in (("network", NETWORK, -0.2), ("GRN", STUDENT, 0.2)):
        bars = ax.barh(places + shift, list(chances[label].values()), 0.38, color=color, label=label)
        ax.bar_label(bars, fmt="{:.0%}", padding=3, fontsize=10)
    ax.set_yticks(places, classes, fontsize=12)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.15)
    ax.set_xticks([])
    for side in ("top", "right", "bottom"):
        ax.spines[side].set_visible(False)
    ax.legend(frameon=False, fontsize=10, loc="lower right")
