"""A correction beside its two controls (VRX table 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import shown
from xaikit.plots.figures import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["control_trials"]

N_SHOWN = 4
Captioned = tuple[np.ndarray, str]


def control_trials(done: Sequence[Captioned], controls: Mapping[str, Sequence[Captioned]]) -> Figure:
    """Before and after a correction, and the first trials of each control.

    Parameters
    ----------
    done : the two pictures, uint8 (h, w, c), each with what stands above it
    controls : {what stands above a row: its pictures}
    """
    figure = new_figure(12.5, 7)
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[1.15, N_SHOWN])[0]
    left.suptitle("before, and by VRX", fontsize=16, fontweight="bold")
    for ax, one in zip(left.subplots(2, 1), done, strict=True):
        _draw(ax, one)
    bands = right.subfigures(2, 1, squeeze=False)[:, 0]
    for band, (words, some) in zip(bands, controls.items(), strict=True):
        band.suptitle(words, fontsize=16, fontweight="bold")
        axes = band.subplots(1, N_SHOWN)
        for ax in axes[len(some) :]:
            ax.set_axis_off()
        for ax, one in zip(axes, some, strict=False):
            _draw(ax, one)
    return figure


def _draw(ax: Axes, one: Captioned) -> None:
    picture, caption = one
    ax.imshow(shown(picture))
    ax.set_axis_off()
    ax.set_title(caption, fontsize=13)
