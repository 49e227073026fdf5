"""A feature board drawn as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from xaikit.core.images import overlay
from xaikit.core.images.checks import Float32, UInt8
from xaikit.plots.views import Summed
from xaikit.widgets.kit.still import GAP, GREY, INK, PAPER, draw_head, font, lines_of

TILE, WIDE, IN_A_ROW = 150, 190, 5
LEAST = 0.05  # smaller numbers read as 0
FULL = 0.99  # of the values that are not zero; the strongest all have full color, or one sees a few dots


def draw_features(
    title: str, view: Summed, now: Summed, names: Sequence[str], off: Sequence[int]
) -> Image.Image:
    """Draw the picture as it is shown now, what its score is made of, and the map of each feature.

    Parameters
    ----------
    view, now : the picture with its maps, and what is left of it
    names : of all features
    off : those that are switched off
    """
    n_columns = min(len(names), IN_A_ROW)
    width = max(GAP + n_columns * (WIDE + GAP), 760)
    said = "".join(one if isinstance(one, str) else names[one] for one in now.words)
    head = draw_head(width, title, _plain(said), "")
    top, height = head.height + TILE + GAP, TILE + 62
    canvas = Image.new("RGB", (width, top + -(-len(names) // n_columns) * height), PAPER)
    canvas.paste(head, (0, 0))
    canvas.paste(Image.fromarray(now.picture).resize((TILE, TILE)), (GAP, head.height))
    pen = ImageDraw.Draw(canvas)
    for row, line in enumerate(lines_of(sum_words(now), font(18), width - TILE - 3 * GAP)):
        pen.text((TILE + 2 * GAP, head.height + 8 + 26 * row), line, INK, font(18))
    for k, name in enumerate(names):
        left, upper = GAP + k % n_columns * (WIDE + GAP), top + k // n_columns * height
        for row, line in enumerate(lines_of(_plain(name), font(15), WIDE)[:2]):
            pen.text((left, upper + 18 * row), line, INK, font(15))
        tile = Image.fromarray(_seen(view.picture, np.asarray(view.maps)[k])).resize((TILE, TILE))
        canvas.paste(tile, (left, upper + 38))
        pen.text((left + TILE + 4, upper + 40), _signed(now.gives[k]), INK, font(15))
        if k in off:
            pen.text((left + TILE + 4, upper + 60), "off", GREY, font(15))
    return canvas


def sum_words(view: Summed) -> str:
    """What adds up, beside the network's score."""
    if not np.isfinite(view.score):
        return ""
    terms = " ".join(_signed(one) for one in view.gives)
    whole = _signed(view.start + float(np.sum(view.gives)))
    return f"{_signed(view.start)} {terms} = {whole}; the network: {_signed(view.score)} for {view.cls}"


def _signed(value: float) -> str:
    if not np.isfinite(value):
        return "not read"
    return "0" if abs(value) < LEAST else f"{value:+.1f}"


def _plain(text: str) -> str:
    return text.replace("−", "-")  # which Pillow's letters lack


def _seen(picture: UInt8, heat: Float32) -> UInt8:
    if not np.isfinite(heat).all() or not heat.any():
        return (picture // 3 + 170).astype(np.uint8)
    limit = float(np.quantile(heat[heat > 0], FULL))
    return overlay(picture, heat, cmap="heat", limit=limit)
