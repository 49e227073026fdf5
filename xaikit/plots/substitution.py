"""A picture before and after an edit, with both networks' probabilities (VRX fig. 6c and 7)."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import shown
from xaikit.plots.figures import NETWORK, STUDENT, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xaikit.vrx import Correction, StructuralExplanation, Substitution

__all__ = ["before_and_after"]


def before_and_after(edited: Substitution | Correction) -> Figure:
    """Both pictures above bars of the probabilities of each class of interest."""
    figure = new_figure(9, 5.6)
    axes = figure.subplots(2, 2, height_ratios=[3, 2])
    for column, (word, exp) in enumerate((("before", edited.before), ("after", edited.after))):
        picture, bars = axes[0, column], axes[1, column]
        picture.imshow(shown(exp.image))
        picture.set_axis_off()
        picture.set_title(f"{word}: {exp.prediction}", fontsize=15)
        _draw_bars(bars, exp)
    figure.suptitle(textwrap.fill(edited.edit, 90), fontsize=13)
    return figure


def _draw_bars(ax: Axes, exp: StructuralExplanation) -> None:
    places = np.arange(len(exp.classes))
    pairs = (("network", exp.probabilities, NETWORK, -0.2), ("GRN", exp.student_probabilities, STUDENT, 0.2))
    for label, probabilities, color, shift in pairs:
        bars = ax.barh(places + shift, np.asarray(probabilities), 0.38, color=color, label=label)
        ax.bar_label(bars, fmt="{:.0%}", padding=3, fontsize=10)
    ax.set_yticks(places, exp.classes, fontsize=12)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.15)
    ax.set_xticks([])
    for side in ("top", "right", "bottom"):
        ax.spines[side].set_visible(False)
    ax.legend(frameon=False, fontsize=10, loc="lower right")
