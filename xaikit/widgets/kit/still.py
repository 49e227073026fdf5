"""What widgets are drawn with as pictures, by Pillow, for pages on which no widget can run."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from xaikit.widgets.kit.colors import AGAINST_FOR

INK, PAPER, GREY, TRACK = "#1b1b1b", "#ffffff", "#8a8a8a", "#e6e6e6"
GAP = 18


def to_png(picture: Image.Image) -> bytes:
    """The bytes of a small PNG file: 96 colors are plenty for bars, arrows and a dimmed picture."""
    buffer = io.BytesIO()
    picture.quantize(96, Image.Quantize.MAXCOVERAGE).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def lines_of(text: str, letters: Any, width: float) -> list[str]:
    """Words in as many lines as they need."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and letters.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def font(size: int) -> Any:
    """The letters of all stills; Pillow brings them along."""
    return ImageFont.load_default(size)


def draw_bar(
    pen: ImageDraw.ImageDraw, corner: tuple[int, int], width: int, chance: float, ink: str, words: str
) -> None:
    """Draw a bar as long as a probability, and its number behind it."""
    x, y = corner
    pen.rectangle((x, y, x + width, y + 11), fill=TRACK)
    pen.rectangle((x, y, x + round(width * chance), y + 11), fill=ink)
    pen.text((x + width + 8, y - 4), words, INK, font(15))


def draw_head(width: int, title: str, said: str, warning: str) -> Image.Image:
    """The title, what the network says, and a warning in a frame, as far as there are any."""
    room = width - 2 * GAP
    rows: list[tuple[str, int, str | tuple[int, int, int]]]
    rows = [(title, 18, INK), (said, 18, INK), (warning, 16, AGAINST_FOR[0])]
    told = [(lines_of(text, font(size), room - 12), size, ink) for text, size, ink in rows if text]
    canvas = Image.new(
        "RGB", (width, 10 + sum(round(len(lines) * size * 1.3) + 8 for lines, size, _ in told)), PAPER
    )
    pen, y = ImageDraw.Draw(canvas), 6
    for lines, size, ink in told:
        height = round(len(lines) * size * 1.3)
        inset = 0 if ink == INK else 10
        if inset:
            pen.rectangle((GAP, y - 2, GAP + room, y + height + 2), outline=ink, width=2)
        for n, line in enumerate(lines):
            pen.text((GAP + inset, y + round(n * size * 1.3)), line, ink, font(size))
        y += height + 8
    return canvas


def with_chance(name: str, chances: Mapping[str, float]) -> str:
    """A class, and how probable it is where that is known."""
    return f"{name} {chances[name]:.0%}" if name in chances else name
