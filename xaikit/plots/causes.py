"""What a wrong answer comes from: the picture with its flaws outlined, and what each of them costs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from xaikit.core.images import shown
from xaikit.core.images.showing import outlined
from xaikit.plots.figures import diverging, new_figure
from xaikit.plots.views import Part

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["cause_and_places"]

MOST = 5  # flaws shown
SIDE = 448  # pixels of the picture, so that outlines are thin


def cause_and_places(title: str, image: np.ndarray, flaws: Sequence[Part]) -> Figure:
    """The picture beside bars of what its flaws cost; numbers tell where in the picture a flaw is.

    Parameters
    ----------
    image : uint8 (h, w, c)
    flaws : the costliest first
    """
    flaws = flaws[:MOST]
    figure = new_figure(11, 5)
    picture, bars = figure.subplots(1, 2, width_ratios=[5, 3])
    _draw_picture(picture, image, flaws)
    _draw_bars(bars, flaws)
    figure.suptitle(title, fontsize=16)
    return figure


def _draw_picture(ax: Axes, image: np.ndarray, flaws: Sequence[Part]) -> None:
    size = (SIDE, round(SIDE * image.shape[0] / image.shape[1]))
    picture = np.asarray(Image.fromarray(shown(image)).resize(size, Image.Resampling.BICUBIC))
    places: dict[int, tuple[float, float]] = {}
    for number, flaw in enumerate(flaws, start=1):
        if flaw.mask is not None:
            mask = np.asarray(Image.fromarray(flaw.mask).resize(size, Image.Resampling.NEAREST))
            picture = outlined(picture, mask)
            places[number] = _free_end(mask, list(places.values()))
    ax.imshow(picture)
    ax.set_axis_off()
    box = {"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": "black"}
    for number, (x, y) in places.items():
        ax.text(x, y, str(number), fontsize=14, weight="bold", ha="center", va="center", bbox=box)


def _free_end(mask: np.ndarray, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """The end of a region, top, left, right or bottom, that is furthest from the places taken; (x, y)."""
    rows, columns = np.nonzero(mask)
    ends = [rows.argmin(), columns.argmin(), columns.argmax(), rows.argmax()]
    places = [(float(columns[end]), float(rows[end])) for end in ends]
    return max(
        places, key=lambda one: min((np.hypot(*np.subtract(one, other)) for other in taken), default=0)
    )


def _draw_bars(ax: Axes, flaws: Sequence[Part]) -> None:
    ax.set_title("what it costs the right class, in logits", fontsize=13)
    for side in ("top", "right", "bottom", "left"):
        ax.spines[side].set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
    if not flaws:
        ax.text(0.5, 0.5, "no single thing stands out", ha="center", va="center", fontsize=13)
        return
    places = np.arange(len(flaws))
    bars = ax.barh(places, [flaw.loss for flaw in flaws], 0.34, color=diverging()(0.15))
    costs = [f"{-flaw.loss:+.2f}".replace("-", "−") for flaw in flaws]
    ax.bar_label(bars, labels=costs, padding=4, fontsize=12)
    for place, (number, flaw) in zip(places, enumerate(flaws, start=1), strict=True):
        words = textwrap.shorten(f"{number}  {flaw.said}", 60, placeholder="…")
        ax.text(0, place - 0.24, words, fontsize=12, va="bottom")
    ax.set_xlim(0, 1.25 * flaws[0].loss)
    ax.set_ylim(len(flaws) - 0.5, -0.9)
