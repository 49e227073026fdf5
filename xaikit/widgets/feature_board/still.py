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
FULL = 0.99  # of the values that are not zero; the strongest all have full color, or one sees a few dots


def draw_features(
    title: str, view: Summed, names: Sequence[str], shown: UInt8, off: Sequence[int]
) -> Image.Image:
    """Draw the picture as it is shown now, what its score is made of, and the map of each feature.

    Parameters
    ----------
    view : the picture with its maps
    names : of all features
    off : those that are switched off
    """
    n_columns = min(len(names), IN_A_ROW)
    width = max(GAP + n_columns * (WIDE + GAP), 760)
    said = "".join(one if isinstance(one, str) else names[one] for one in view.words)
    head = draw_head(width, title, said, "")
    n_rows = -(-len(names) // n_columns)
    top, height = head.height + TILE + GAP, TILE + 62
    canvas = Image.new("RGB", (width, top + n_rows * height), PAPER)
    canvas.paste(head, (0, 0))
    canvas.paste(Image.fromarray(shown).resize((TILE, TILE)), (GAP, head.height))
    pen = ImageDraw.Draw(canvas)
    for row, line in enumerate(lines_of(sum_words(view), font(18), width - TILE - 3 * GAP)):
        pen.text((TILE + 2 * GAP, head.height + 8 + 26 * row), line, INK, font(18))
    for k, name in enumerate(names):
        left, upper = GAP + k % n_columns * (WIDE + GAP), top + k // n_columns * height
        for row, line in enumerate(lines_of(name, font(15), WIDE)[:2]):
            pen.text((left, upper + 18 * row), line, INK, font(15))
        tile = Image.fromarray(_seen(view.picture, np.asarray(view.maps)[k])).resize((TILE, TILE))
        canvas.paste(tile, (left, upper + 38))
        ink = GREY if k in off else INK
        pen.text((left + TILE + 4, upper + 40), "off" if k in off else _signed(view.gives[k]), ink, font(15))
    return canvas


def sum_words(view: Summed) -> str:
    """What adds up, beside the network's score."""
    if not np.isfinite(view.score):
        return ""
    terms = " ".join(_signed(one) for one in view.gives)
    whole = view.start + float(np.sum(view.gives))
    return (
        f"{_signed(view.start)} {terms} = {_signed(whole)}; the network: {_signed(view.score)} for {view.cls}"
    )


def _signed(value: float) -> str:
    return f"{value:+.1f}" if np.isfinite(value) else "not read"


def _seen(picture: UInt8, heat: Float32) -> UInt8:
    if not np.isfinite(heat).all() or not heat.any():
        return (picture // 3 + 170).astype(np.uint8)
    limit = float(np.quantile(heat[heat > 0], FULL))
    return overlay(picture, heat, cmap="heat", limit=limit)
