"""An exercise card drawn as a picture: the question, and how far somebody has come with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PIL import Image, ImageDraw

from xaikit.core.images.checks import UInt8
from xaikit.widgets.kit.colors import AGAINST_FOR
from xaikit.widgets.kit.still import GAP, GREY, INK, PAPER, font, lines_of

WIDTH = 760
SIDE = 260  # pixels of a picture
OUTLINES = {"own": AGAINST_FOR[0], "right": AGAINST_FOR[-1]}


class Card(Protocol):
    """What is drawn of a card."""

    title: Any
    question: Any
    prediction: Any
    tries: Any
    hints: Any
    n_hints: Any
    verdict: Any
    said: Any
    revealed: Any


def draw_card(card: Card, given: str, options: Sequence[str], picture: UInt8 | None) -> Image.Image:
    """Draw what a card shows now.

    Parameters
    ----------
    card : the widget
    given : the last answer in words, "" where there is none
    options : to choose from
    picture : that a box is drawn on
    """
    rows = [
        (line, size, ink) for text, size, ink in _texts(card, given, options) for line in _lines(text, size)
    ]
    image = None if picture is None else _marked(picture, card.prediction, card.revealed.get("box"))
    height = 2 * GAP + sum(round(1.35 * size) for _, size, _ in rows) + (image.height + GAP if image else 0)
    canvas = Image.new("RGB", (WIDTH, height), PAPER)
    pen, y = ImageDraw.Draw(canvas), GAP
    pen.rectangle((4, 4, WIDTH - 5, height - 5), outline=GREY, width=2)
    for line, size, ink in rows:
        pen.text((GAP, y), line, ink, font(size))
        y += round(1.35 * size)
    if image:
        canvas.paste(image, (GAP, y + GAP // 2))
    return canvas


def _texts(card: Card, given: str, options: Sequence[str]) -> list[tuple[str, int, str]]:
    """What is written, from top to bottom: text, size, color."""
    tries = f"{card.tries} {'try' if card.tries == 1 else 'tries'}"
    opened = f", {len(card.hints)} of {card.n_hints} hints" if card.n_hints else ""
    texts = [(f"{card.title}  ({tries}{opened})".strip(), 16, GREY)]
    texts += [(part, 20, INK) for part in card.question.split("\n")]
    texts += [(f"{n}.  {one}", 17, INK) for n, one in enumerate(options, 1)]
    texts += [(f"Your answer: {given}", 17, INK)] if given else []
    verdict = {"right": "Right!", "not yet": "Not yet.", "kept": "", "shown": "", "": ""}[card.verdict]
    texts += [(f"{verdict} {card.said}".strip(), 18, INK)] if verdict or card.said else []
    texts += [(f"Hint {n}: {hint}", 16, INK) for n, hint in enumerate(card.hints, 1)]
    if card.revealed:
        texts += [(f"Answer: {card.revealed['answer']}", 18, INK), (card.revealed["why"], 16, INK)]
    return [one for one in texts if one[0]]


def _lines(text: str, size: int) -> list[str]:
    return lines_of(text, font(size), WIDTH - 2 * GAP - 10)


def _marked(picture: UInt8, own: Sequence[float] | None, right: Sequence[float] | None) -> Image.Image:
    """The picture with the box that was drawn, and the right one where it is known."""
    small = Image.fromarray(picture)
    factor = SIDE / max(small.size)
    small = small.resize([max(1, round(side * factor)) for side in small.size])
    pen = ImageDraw.Draw(small)
    for box, ink in ((own, OUTLINES["own"]), (right, OUTLINES["right"])):
        if box is not None:
            x, y, width, height = (
                one * side for one, side in zip(box, (*small.size, *small.size), strict=True)
            )
            pen.rectangle((x, y, x + width, y + height), outline=ink, width=3)
    return small
