"""A patch board drawn as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw

from xaikit.core.images.checks import UInt8
from xaikit.widgets.kit.graph_still import draw_graphs
from xaikit.widgets.kit.still import GAP, INK, PAPER, draw_bar, draw_head, font, with_chance
from xaikit.widgets.patch_board.history import Said


def draw_board(
    image: UInt8,
    now: Said,
    before: Said,
    graphs: Sequence[Mapping[str, Any]],
    prediction: str,
    title: str,
    warning: str = "",
) -> Image.Image:
    """Draw the picture of a patch board, the network's probabilities, and the graphs below."""
    side, room = 260, 420
    height = max(round(side * image.shape[0] / image.shape[1]), 30 + 46 * len(now.probabilities))
    below = draw_graphs(image, graphs, prediction, "") if graphs else Image.new("RGB", (1, 1), PAPER)
    width = max(side + room + 3 * GAP, below.width)
    head = draw_head(width, title, board_words(now), warning)
    top = head.height + 6
    canvas = Image.new("RGB", (width, top + height + GAP + below.height), PAPER)
    canvas.paste(head, (0, 0))
    pen = ImageDraw.Draw(canvas)
    small = Image.fromarray(image).resize((side, round(side * image.shape[0] / image.shape[1])))
    canvas.paste(small, (GAP, top))
    for n, (name, chance) in enumerate(now.probabilities.items()):
        y = top + 4 + 46 * n
        was = before.probabilities.get(name, chance)
        words = f"{was:.0%} to {chance:.0%}" if f"{was:.0%}" != f"{chance:.0%}" else f"{chance:.0%}"
        pen.text((side + 2 * GAP, y), name, INK, font(15))
        draw_bar(pen, (side + 2 * GAP, y + 20), room - 120, chance, INK, words)
    canvas.paste(below, (0, top + height + GAP))
    return canvas


def board_words(now: Said) -> str:
    """What the network says about the picture of a board."""
    best = max(now.probabilities, key=now.probabilities.__getitem__)
    if now.own is None or now.own["name"] in now.probabilities:
        return f"The network says: {with_chance(best, now.probabilities)}"
    own = f"{now.own['name']} {now.own['probability']:.0%}"
    among = with_chance(best, now.probabilities)
    return f"The network says: {own}; among the classes asked about: {among}"
