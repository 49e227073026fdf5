"""A confusion explorer drawn as a picture with Pillow, for pages on which no widget can run."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from xaikit.widgets.kit.colors import color_of
from xaikit.widgets.kit.graph_still import draw_graphs
from xaikit.widgets.kit.still import GAP, GREY, INK, PAPER, TRACK, draw_bar, font, lines_of

WIDTH = 900  # of the words beside and below the matrix, at most
NOTES = 440
SQUARES = ((5, 62), (10, 48), (16, 40))  # up to so many classes, cells of so many pixels
LEAST_SQUARE = 32
DARK = 118  # a color less bright than this one takes white ink

CAUSE_SIDE = 160
Block = Image.Image


def draw_explorer(
    title: str,
    summary: str,
    classes: Sequence[str],
    cells: Sequence[Mapping[str, Any]],
    cell: Mapping[str, Any] | None,
    answer: Mapping[str, Any] | None,
    number: int | None,
) -> Block:
    """Draw the matrix, and beside and below it what is chosen.

    Parameters
    ----------
    cells : those with pictures, as :func:`xaikit.widgets.confusion.cells.pack_cells` packs them
    cell : the chosen one of them, or None
    answer : what is known about the chosen picture, as ``pack_answer`` packs it, or None
    number : of the chosen picture, or None
    """
    notes = [] if cell is None else [_draw_cell(cell, number)]
    top = _beside([_draw_matrix(classes, cells, cell), *notes])
    heading = [_draw_words(title, 20)] if title else []
    blocks = [*heading, _draw_words(summary, 18), top]
    if answer is not None:
        view = np.asarray(_decoded(answer["picture"]))
        blocks += [_draw_cause(answer)] if answer["cause"] else []
        blocks.append(draw_graphs(view, answer["graphs"], answer["predicted"], "", None, answer["warning"]))
        blocks += [_draw_repair(answer)] if answer["repair"] else []
    return _below(blocks)


def ink_on(rgb: Sequence[int]) -> str:
    """Black or white, whichever can be read on a color."""
    red, green, blue = rgb
    return PAPER if 0.3 * red + 0.6 * green + 0.1 * blue < DARK else INK


def _draw_matrix(
    classes: Sequence[str], cells: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any] | None
) -> Block:
    m = len(classes)
    side = next((pixels for most, pixels in SQUARES if m <= most), LEAST_SQUARE)
    letters = font(15)
    longest = max(round(letters.getlength(name)) for name in classes) + 12
    left, top = max(longest, 84), longest
    canvas = Image.new("RGB", (left + m * side + 4, top + m * side + 4), PAPER)
    pen = ImageDraw.Draw(canvas)
    pen.multiline_text((left - 8, top - 6), "answered\ntrue", GREY, font(14), anchor="rd", align="right")
    for n, name in enumerate(classes):
        pen.text((left - 8, top + (n + 0.5) * side), name, INK, letters, anchor="rm")
        canvas.paste(_turned(name, side, longest - 6), (left + n * side, top - longest))
        for c in range(m):
            x, y = left + c * side, top + n * side
            pen.rectangle((x, y, x + side, y + side), outline=TRACK)
            pen.text((x + side / 2, y + side / 2), "0", GREY, font(16), anchor="mm")
    for cell in cells:
        x, y = left + classes.index(cell["predicted"]) * side, top + classes.index(cell["true"]) * side
        fill = color_of(cell["shade"], 1)
        pen.rectangle((x, y, x + side, y + side), fill=fill, outline=TRACK)
        pen.text((x + side / 2, y + side / 2), str(cell["count"]), ink_on(fill), font(16), anchor="mm")
    if chosen is not None:
        x, y = left + classes.index(chosen["predicted"]) * side, top + classes.index(chosen["true"]) * side
        pen.rectangle((x - 1, y - 1, x + side + 1, y + side + 1), outline=INK, width=4)
    return canvas


def _turned(name: str, width: int, height: int) -> Block:
    label = Image.new("RGB", (height, width), PAPER)
    ImageDraw.Draw(label).text((4, width / 2), name, INK, font(15), anchor="lm")
    return label.transpose(Image.Transpose.ROTATE_90)


def _draw_cell(cell: Mapping[str, Any], number: int | None) -> Block:
    words = [_draw_words(cell["words"], 18, NOTES)]
    if cell["kind"]:
        words.append(_draw_words(f"Kind of error: {cell['kind']}", 16, NOTES))
    if cell["advice"]:
        words.append(_draw_words(f"Advice: {cell['advice']}", 16, NOTES))
    words += [_draw_words(f"- {fact}", 15, NOTES) for fact in cell["evidence"]]
    return _below([*words, _draw_pictures(cell["pictures"], number)])


def _draw_pictures(pictures: Sequence[Mapping[str, Any]], number: int | None) -> Block:
    side, in_row = 68, 6
    canvas = Image.new("RGB", (in_row * (side + 6), -(-len(pictures) // in_row) * (side + 6) + 1), PAPER)
    pen = ImageDraw.Draw(canvas)
    for n, one in enumerate(pictures):
        x, y = n % in_row * (side + 6) + 3, n // in_row * (side + 6) + 3
        small = _decoded(one["image"])
        small.thumbnail((side, side))
        canvas.paste(small, (x, y))
        if n == number:
            pen.rectangle((x - 3, y - 3, x + small.width + 2, y + small.height + 2), outline=INK, width=4)
    return canvas


def _draw_repair(answer: Mapping[str, Any]) -> Block:
    repair, side, room = answer["repair"], 200, 300
    pictures = []
    for name in ("before", "after"):
        small = _decoded(repair[name] or answer["picture"])
        small = small.resize((side, round(side * small.height / small.width)))
        pictures.append(_below([_draw_words(name, 15, side), small]))
    bars = Image.new("RGB", (room, 64 * len(repair["bars"]) + 1), PAPER)
    pen = ImageDraw.Draw(bars)
    for n, (name, was, now) in enumerate(repair["bars"]):
        pen.text((0, 64 * n), name, INK, font(16))
        for k, (word, chance, ink) in enumerate((("before", was, GREY), ("after", now, INK))):
            y = 64 * n + 22 + 20 * k
            pen.text((0, y - 3), word, INK, font(14))
            draw_bar(pen, (60, y), room - 120, chance, ink, f"{chance:.0%}")
    return _below([_draw_words(f"Suggested repair: {repair['text']}", 17), _beside([*pictures, bars])])


def _draw_cause(answer: Mapping[str, Any]) -> Block:
    if not answer["where"]:
        return _draw_words(answer["cause"], 17)
    where = _decoded(answer["where"])
    where.thumbnail((CAUSE_SIDE, CAUSE_SIDE))
    return _beside([where, _draw_words(answer["cause"], 17, WIDTH - CAUSE_SIDE - GAP)])


def _draw_words(text: str, size: int, width: int = WIDTH) -> Block:
    """Words in as many lines as they need."""
    letters = font(size)
    lines = lines_of(text, letters, width)
    wide = max(round(letters.getlength(line)) for line in lines)
    canvas = Image.new("RGB", (min(wide, width) + 4, round(len(lines) * size * 1.35) + 2), PAPER)
    pen = ImageDraw.Draw(canvas)
    for n, line in enumerate(lines):
        pen.text((0, round(n * size * 1.35)), line, INK, letters)
    return canvas


def _beside(blocks: Sequence[Block]) -> Block:
    width = sum(block.width + GAP for block in blocks)
    canvas = Image.new("RGB", (width, max(block.height for block in blocks)), PAPER)
    x = 0
    for block in blocks:
        canvas.paste(block, (x, 0))
        x += block.width + GAP
    return canvas


def _below(blocks: Sequence[Block]) -> Block:
    height = sum(block.height + 8 for block in blocks)
    canvas = Image.new("RGB", (max(block.width for block in blocks) + 12, height + 8), PAPER)
    y = 8
    for block in blocks:
        canvas.paste(block, (6, y))
        y += block.height + 8
    return canvas


def _decoded(data: bytes) -> Block:
    return Image.open(io.BytesIO(data)).convert("RGB")
