"""Suggested patches side by side: where each goes, what was expected and what the network answers."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from xaikit.core.images import shown
from xaikit.plots.figures import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["suggestions"]

PER_ROW = 3
LINE = 36  # letters below a picture


def suggestions(some: Sequence[Any]) -> Figure:
    """The edited picture of each suggestion, the best first, with a box around the patch.

    Parameters
    ----------
    some : what :meth:`xaikit.VRX.suggest` returned; at least one

    Raises
    ------
    ValueError
        There is none.
    """
    if not some:
        raise ValueError("`some` must hold at least one suggestion; got none. vrx.suggest() makes them.")
    n_rows = -(-len(some) // PER_ROW)
    figure = new_figure(3.7 * PER_ROW, 5.3 * n_rows)
    axes = figure.subplots(n_rows, PER_ROW, squeeze=False).ravel()
    for ax in axes:
        ax.set_axis_off()
    for ax, one in zip(axes, some, strict=False):
        _draw(ax, one)
    return figure


def _draw(ax: Axes, one: Any) -> None:
    from matplotlib.patches import Rectangle

    (x, y), (w, h) = one.center, one.size
    ax.imshow(shown(one.image))
    for width, color in ((4, "black"), (2, "white")):
        ax.add_patch(Rectangle((x - w / 2, y - h / 2), w, h, fill=False, linewidth=width, edgecolor=color))
    ax.set_title(f"{one.prediction}\n{one.cls} {one.probability:.0%}", fontsize=15)
    gains = f"margin {one.gain:+.1f}, expected {one.expected_gain:+.1f}".replace("-", "−")
    said = "\n".join([*wrap(one.edit, LINE), gains])
    ax.text(0.5, -0.04, said, transform=ax.transAxes, ha="center", va="top", fontsize=13)
