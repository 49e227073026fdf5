"""A picture before and after a change, above bars of what its score is made of (SRAE 4.3)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xaikit.core.images.checks import UInt8
from xaikit.plots.charts import draw_bars
from xaikit.plots.figures import new_figure
from xaikit.plots.views import Bars

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["before_after"]


def before_after(pictures: UInt8, titles: Sequence[str], parts: Sequence[Bars], said: str) -> Figure:
    """Pictures uint8 (2, h, w, 3) above their bars, both on one scale.

    Parameters
    ----------
    titles : one above each picture
    parts : the same names in both
    said : above all
    """
    figure = new_figure(9, 5 + 0.42 * len(parts[0].names))
    axes = figure.subplots(2, 2, height_ratios=[3, 1 + 0.2 * len(parts[0].names)], sharex="row")
    for column, (picture, title, own) in enumerate(zip(pictures, titles, parts, strict=True)):
        axes[0, column].imshow(picture)
        axes[0, column].set_axis_off()
        axes[0, column].set_title(textwrap.fill(title, 40), fontsize=15)
        draw_bars(axes[1, column], own)
    figure.suptitle(textwrap.fill(said, 90), fontsize=13)
    return figure
