"""Widgets drawn as pictures with Pillow, for pages on which no widget can run."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import atan2, cos, hypot, sin
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from xaikit.core.images.checks import UInt8
from xaikit.widgets.colours import AGAINST_FOR, colour

INK, PAPER, GREY, TRACK = "#1b1b1b", "#ffffff", "#8a8a8a", "#e6e6e6"
CARD, GAP, HEAD, RADIUS, SHELF = 250, 18, 72, 17, 78
COLUMNS = 4


def to_png(picture: Image.Image) -> bytes:
    """The bytes of a small PNG file: 96 colours are plenty for bars, arrows and a dimmed picture."""
    buffer = io.BytesIO()
    picture.quantize(96, Image.Quantize.MAXCOVERAGE).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def draw_graphs(
    image: UInt8, graphs: Sequence[Mapping[str, Any]], prediction: str, title: str
) -> Image.Image:
    """Draw graphs packed by :func:`xaikit.widgets.packing.pack_graphs` side by side on one colour scale."""
    values = [abs(node["contribution"]) for graph in graphs for node in graph["nodes"]]
    limit = max(values + [abs(edge[2]) for graph in graphs for edge in graph["edges"]], default=0.0) or 1.0
    side = round(CARD * image.shape[0] / image.shape[1])
    n_columns = max(min(len(graphs), COLUMNS), 1)
    n_rows = -(-len(graphs) // COLUMNS)
    top = 34 if title else 6
    card_height = HEAD + side + SHELF + GAP
    canvas = Image.new("RGB", (n_columns * (CARD + GAP) + GAP, top + n_rows * card_height + 50), PAPER)
    pen = ImageDraw.Draw(canvas)
    pen.text((GAP, 6), title, INK, font(18))
    for n, graph in enumerate(graphs):
        corner = (GAP + n % COLUMNS * (CARD + GAP), top + n // COLUMNS * card_height)
        _draw_card(canvas, corner, image, side, graph, limit, graph["name"] == prediction)
    _draw_scale(canvas, top + n_rows * card_height, limit)
    return canvas


def draw_board(
    image: UInt8,
    now: Mapping[str, float],
    before: Mapping[str, float],
    graphs: Sequence[Mapping[str, Any]],
    prediction: str,
    title: str,
) -> Image.Image:
    """Draw the picture of a patch board, the network's probabilities, and the graphs below."""
    side, room = 260, 420
    height = max(round(side * image.shape[0] / image.shape[1]), 30 + 46 * len(now))
    below = draw_graphs(image, graphs, prediction, "") if graphs else Image.new("RGB", (1, 1), PAPER)
    canvas = Image.new(
        "RGB", (max(side + room + 3 * GAP, below.width), 40 + height + GAP + below.height), PAPER
    )
    pen = ImageDraw.Draw(canvas)
    pen.text((GAP, 10), title or f"The network says: {prediction}", INK, font(18))
    canvas.paste(
        Image.fromarray(image).resize((side, round(side * image.shape[0] / image.shape[1]))), (GAP, 40)
    )
    for n, (name, chance) in enumerate(now.items()):
        y = 44 + 46 * n
        was = before.get(name, chance)
        words = f"{was:.0%} to {chance:.0%}" if f"{was:.0%}" != f"{chance:.0%}" else f"{chance:.0%}"
        pen.text((side + 2 * GAP, y), name, INK, font(15))
        draw_bar(pen, (side + 2 * GAP, y + 20), room - 120, chance, INK, words)
    canvas.paste(below, (0, 40 + height + GAP))
    return canvas


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


def _draw_card(
    canvas: Image.Image,
    corner: tuple[int, int],
    image: UInt8,
    side: int,
    graph: Mapping[str, Any],
    limit: float,
    predicted: bool,
) -> None:
    left, top = corner
    pen = ImageDraw.Draw(canvas)
    pen.text((left, top), f"{'Why' if predicted else 'Why not'} {graph['name']}?", INK, font(17))
    for n, (who, ink) in enumerate((("network", INK), ("student", GREY))):
        if graph[who] is not None:
            label = "GRN" if who == "student" else who
            pen.text((left, top + 22 + 22 * n), label, INK, font(13))
            draw_bar(pen, (left + 60, top + 25 + 22 * n), CARD - 110, graph[who], ink, f"{graph[who]:.0%}")
    dimmed = (image * 0.35 + 255 * 0.65).astype(np.uint8)
    canvas.paste(Image.fromarray(dimmed).resize((CARD, side)), (left, top + HEAD))
    if not all(node["detected"] for node in graph["nodes"]):
        pen.text((left, top + HEAD + side + 2), "not found in the picture:", INK, font(13))
    spots = _spots(graph["nodes"], left, top + HEAD, side)
    for source, target, value in sorted(graph["edges"], key=lambda edge: abs(edge[2])):
        if graph["nodes"][source]["detected"] and graph["nodes"][target]["detected"]:
            _draw_arrow(pen, spots[source], spots[target], colour(value, limit), 1 + 3 * abs(value) / limit)
    for node, spot in zip(graph["nodes"], spots, strict=True):
        _draw_node(pen, node, spot, limit)


def _spots(nodes: Sequence[Mapping[str, Any]], left: int, top: int, side: int) -> list[tuple[float, float]]:
    """Where the nodes are drawn: at their places in the picture, or in a row below it."""
    found = iter(_apart([(node["x"] * CARD, node["y"] * side) for node in nodes if node["detected"]], side))
    n_lost = sum(not node["detected"] for node in nodes)
    shelf = iter([(CARD * (n + 0.5) / n_lost, side + RADIUS + 20.0) for n in range(n_lost)])
    spots = [next(found if node["detected"] else shelf) for node in nodes]
    return [(left + x, top + y) for x, y in spots]


def _apart(places: Sequence[tuple[float, float]], side: int) -> list[tuple[float, float]]:
    """Move circles apart until each leaves room for the number below the other."""
    spots = np.array(places, float).reshape(-1, 2)
    gap = 2 * RADIUS + 22
    for turn in range(60):
        for i, j in combinations(range(len(spots)), 2):
            way = spots[j] - spots[i]
            distance = float(np.hypot(*way))
            if distance < gap:
                angle = atan2(way[1], way[0]) if distance > 0.01 else i + 2 * j + turn
                push = (gap - distance) / 2 * np.array([cos(angle), sin(angle)])
                spots[i], spots[j] = spots[i] - push, spots[j] + push
        spots = np.clip(spots, RADIUS + 2, [CARD - RADIUS - 2, side - RADIUS - 18])
    return [(float(x), float(y)) for x, y in spots]


def _draw_arrow(
    pen: ImageDraw.ImageDraw,
    start: tuple[float, float],
    end: tuple[float, float],
    ink: tuple[int, int, int],
    width: float,
) -> None:
    """A straight arrow, a little left of the line between the circles, so that both directions show."""
    angle = atan2(end[1] - start[1], end[0] - start[0])
    length = hypot(end[0] - start[0], end[1] - start[1])
    if length < 2 * RADIUS + 8:
        return
    along, across = (cos(angle), sin(angle)), (sin(angle) * 4, -cos(angle) * 4)

    def at(distance: float, aside: float = 0.0) -> tuple[float, float]:
        x = start[0] + along[0] * distance + across[0] * (1 + aside)
        return x, start[1] + along[1] * distance + across[1] * (1 + aside)

    tip, base = length - RADIUS - 2, length - RADIUS - 9 - width
    pen.line([at(RADIUS), at(base)], INK, round(width) + 2)
    pen.line([at(RADIUS), at(base)], ink, round(width))
    pen.polygon([at(tip), at(base, 1.2), at(base, -1.2)], fill=ink, outline=INK)


def _draw_node(
    pen: ImageDraw.ImageDraw, node: Mapping[str, Any], spot: tuple[float, float], limit: float
) -> None:
    x, y = spot
    box = (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)
    pen.ellipse(box, fill=colour(node["contribution"], limit), outline=INK, width=2)
    inner = (x - 10, y - 10, x + 10, y + 10)
    pen.ellipse(inner, fill=PAPER if node["detected"] else TRACK)
    pen.text(spot, node["name"], INK if node["detected"] else GREY, font(15), anchor="mm")
    pen.text(
        (x, y + RADIUS + 9),
        f"{node['contribution']:+.2f}",
        INK,
        font(13),
        anchor="mm",
        stroke_width=2,
        stroke_fill=PAPER,
    )


def _draw_scale(canvas: Image.Image, top: int, limit: float) -> None:
    pen, width = ImageDraw.Draw(canvas), min(canvas.width - 2 * GAP, 500)
    for x in range(width):
        ink = colour(2 * x / (width - 1) - 1, 1)
        pen.line((GAP + x, top, GAP + x, top + 12), ink)
    pen.rectangle((GAP, top, GAP + width, top + 12), outline=GREY)
    pen.text((GAP, top + 16), f"{-limit:+.2f} speaks against", AGAINST_FOR[0], font(13))
    pen.text((GAP + width, top + 16), f"speaks for {limit:+.2f}", AGAINST_FOR[-1], font(13), anchor="ra")
