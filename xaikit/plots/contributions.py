"""Pictures above the bars of what counted for their score (additive explainer figs. 4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from xaikit.plots.charts import draw_bars
from xaikit.plots.figures import new_figure
from xaikit.plots.views import Bars, Counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["counted_parts"]

N_SHOWN, N_BARS = 4, 8
LINE, NAME = 24, 16  # letters


def counted_parts(views: Sequence[Counted], n: int | None = None) -> Figure:
    """The first four pictures, each above the bars of its parts in the first reading, all on one scale.

    A picture that cannot be read says so.

    Parameters
    ----------
    views : of one or more pictures
    n : how many pictures there are, of which these are the first; None where these are all

    Raises
    ------
    ValueError
        There is no view.
    """
    some = list(views[:N_SHOWN])
    if not some:
        raise ValueError("`views` must hold a Counted for each of one or more pictures; got none.")
    most = max(min(len(view.names), N_BARS + 1) for view in some)
    figure = new_figure(3.5 * len(some) + 0.6, 4.2 + 0.42 * most)
    heights = {"height_ratios": [3.0, 0.8 + 0.42 * most]}
    above, below = figure.subplots(2, len(some), squeeze=False, sharex="row", gridspec_kw=heights)
    for top, ax, view in zip(above, below, some, strict=True):
        top.imshow(view.picture)
        top.set_axis_off()
        top.set_title("\n".join(_said(view)), fontsize=12)
        if np.isfinite(view.first.gives).all():
            draw_bars(ax, _bars(view))
        else:
            ax.set_axis_off()
            ax.text(0.5, 0.5, "not read", ha="center", va="center", transform=ax.transAxes, fontsize=14)
    hidden = (len(views) if n is None else n) - len(some)
    rest = f"   … and {hidden} more pictures" if hidden else ""
    figure.supxlabel(f"contribution to the score for {some[0].cls}{rest}", fontsize=12)
    return figure


def _said(view: Counted) -> list[str]:
    told = [fill(f"network: {view.answer}", LINE)]
    if np.isfinite(view.score):
        numbers = [f"score {view.score:.1f}", f"sum {view.first.whole:.1f}, from {view.first.start:.1f}"]
        told += [one.replace("-", "−") for one in numbers]
    return told


def _bars(view: Counted) -> Bars:
    """The largest, and all others together where there are any."""
    rows = view.largest(N_BARS)
    gives = np.asarray(view.first.gives, float)
    rest = np.delete(gives, rows)
    names = [name if len(name) <= NAME else f"{name[: NAME - 1]}…" for name in (view.names[k] for k in rows)]
    others = [f"{len(rest)} others"] * bool(len(rest))
    return Bars(
        [*names, *others],
        [*gives[rows].tolist(), *[float(rest.sum())] * bool(len(rest))],
        title="",
        faint=[False] * len(rows) + [True] * bool(len(rest)),
    )
