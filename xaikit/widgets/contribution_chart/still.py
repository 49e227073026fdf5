"""A contribution chart drawn as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from xaikit.plots.views import Counted, Reading
from xaikit.widgets.contribution_chart.counted import MOST, heat_of
from xaikit.widgets.kit.colors import AGAINST_FOR
from xaikit.widgets.kit.still import GAP, GREY, INK, PAPER, TRACK, draw_head, font, lines_of

SIDE, WIDTH = 170, 860
ROW, LINE, NAME, NUMBER = 28, 24, 150, 108  # pixels
LEAST = 0.05  # smaller numbers read as 0


def draw_chart(title: str, view: Counted, other: Counted | None, who: str) -> Image.Image:
    """Draw a picture, with another beside it where there is one, and its bars as one reader has them."""
    shown = [view] if other is None else [view, other]
    rows = view.largest(MOST)
    said = f"The network says: {view.answer}" + (f"; {who}" if len(view.readings) > 1 else "")
    head = draw_head(WIDTH, title, _plain(said), "")
    heat = heat_of(view) if other is None else None
    pictures = [one.picture for one in shown] + [one for one in [heat] if one is not None]
    top = head.height + LINE * len(shown) + 8
    height = max(head.height + len(pictures) * (SIDE + GAP), top + (len(rows) + 1) * ROW)
    canvas = Image.new("RGB", (WIDTH, height), PAPER)
    canvas.paste(head, (0, 0))
    for k, picture in enumerate(pictures):
        canvas.paste(Image.fromarray(picture).resize((SIDE, SIDE)), (GAP, head.height + k * (SIDE + GAP)))
    pen = ImageDraw.Draw(canvas)
    for k, one in enumerate(shown):
        words = f"{k + 1}: " * (len(shown) > 1) + sum_words(one.readings[who], one.score)
        pen.text((2 * GAP + SIDE, head.height + LINE * k), words, INK, font(17))
    _draw_rows(pen, top, shown, who, rows)
    return canvas


def _draw_rows(
    pen: ImageDraw.ImageDraw, top: int, shown: Sequence[Counted], who: str, rows: Sequence[int]
) -> None:
    names = shown[0].names
    left = 2 * GAP + SIDE
    each = (WIDTH - left - NAME - GAP) // len(shown)
    numbers = [rows_of(view.readings[who], rows) for view in shown]
    every = [one for view in shown for own in view.readings.values() for one, _ in rows_of(own, rows)]
    low, high = min([0.0, *filter(np.isfinite, every)]), max([0.0, *filter(np.isfinite, every)])
    others = len(names) - len(rows)
    called = [names[k] for k in rows] + [f"{others} others"] * bool(others)
    for n, name in enumerate(called):
        y = top + n * ROW
        pen.text(
            (left, y), lines_of(_plain(name), font(15), NAME)[0], GREY if n == len(rows) else INK, font(15)
        )
        for column, own in enumerate(numbers):
            x, wide = left + NAME + column * each, each - NUMBER - GAP
            value, share = own[n]
            pen.rectangle((x, y + 2, x + wide, y + 18), fill=TRACK)
            zero, end = (
                x + round(wide * (at - low) / ((high - low) or 1)) for at in (0.0, np.nan_to_num(value))
            )
            ink = AGAINST_FOR[0] if value < 0 else AGAINST_FOR[-1]
            pen.rectangle((min(zero, end), y + 2, max(zero, end), y + 18), fill=ink)
            told = f"{_signed(value, max(high, -low) < 1)}  {share:.0%}" if np.isfinite(value) else "not read"
            pen.text((x + wide + 8, y), told, INK, font(15))


def rows_of(reading: Reading, rows: Sequence[int]) -> list[tuple[float, float]]:
    """What each of some parts gives and its share, and the same of all others together, if there are any."""
    gives, shares = np.asarray(reading.gives, float), reading.shares
    rest = [k for k in range(len(gives)) if k not in set(rows)]
    told = [(float(gives[k]), float(shares[k])) for k in rows]
    return told + [(float(gives[rest].sum()), float(shares[rest].sum()))] * bool(rest)


def sum_words(reading: Reading, score: float) -> str:
    """What it comes to beside the network's score; a plain minus, since Pillow's letters lack the other."""
    if not np.isfinite(score):
        return "This picture cannot be read."
    whole, start = _signed(reading.whole), _signed(reading.start)
    return f"In all {whole}, from {start}; the network gives {_signed(score)}."


def _signed(value: float, fine: bool = False) -> str:
    """A number as people read it, with two digits behind the point where all are small."""
    if fine:
        return f"{value:+.2f}" if value else "0"
    return "0" if abs(value) < LEAST else f"{value:+.1f}"


def _plain(text: str) -> str:
    return text.replace("−", "-")
