"""Concept graphs drawn as a picture, side by side on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import atan2, cos, hypot, sin
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from xaikit.core.images.checks import UInt8
from xaikit.widgets.kit.colors import AGAINST_FOR, color_of
from xaikit.widgets.kit.still import (
    GAP,
    GREY,
    INK,
    PAPER,
    TRACK,
    draw_bar,
    draw_head,
    font,
    lines_of,
    with_chance,
)

CARD, HEAD, RADIUS, SHELF = 250, 72, 17, 78
COLUMNS = 4
ROW = 20  # pixels of the marks of one concept
MEANING = "filled: measured on the network; hollow: learned by the small network (GRN)"


def draw_graphs(
    image: UInt8,
    graphs: Sequence[Mapping[str, Any]],
    prediction: str,
    title: str,
    answer: Mapping[str, Any] | None = None,
    warning: str = "",
) -> Image.Image:
    """Draw graphs as :func:`~xaikit.widgets.kit.graph_packing.pack_graphs` packs them, on one scale."""
    limit = limit_of(graphs)
    side = round(CARD * image.shape[0] / image.shape[1])
    n_columns = max(min(len(graphs), COLUMNS), 1)
    n_rows = -(-len(graphs) // COLUMNS)
    measured = any(node["effect"] is not None for graph in graphs for node in graph["nodes"])
    n_marks = max((sum(node["detected"] for node in graph["nodes"]) for graph in graphs), default=0)
    listed = measured or any(node["label"] for graph in graphs for node in graph["nodes"])
    marks = ROW * n_marks + 8 if listed else 0
    width = n_columns * (CARD + GAP) + GAP
    foreign = answer is not None and answer["name"] not in [graph["name"] for graph in graphs]
    chances = {graph["name"]: graph["network"] for graph in graphs}
    said = answer_words(answer, prediction, chances) if answer and foreign else ""
    head = draw_head(width, title, said, warning)
    top, card_height = head.height, HEAD + side + SHELF + marks + GAP
    canvas = Image.new("RGB", (width, top + n_rows * card_height + (76 if measured else 50)), PAPER)
    canvas.paste(head, (0, 0))
    for n, graph in enumerate(graphs):
        corner = (GAP + n % COLUMNS * (CARD + GAP), top + n // COLUMNS * card_height)
        _draw_card(canvas, corner, image, side, graph, limit, graph["name"] == prediction, not listed)
        if listed:
            _draw_marks(ImageDraw.Draw(canvas), (corner[0], corner[1] + HEAD + side + SHELF), graph, limit)
    _draw_scale(canvas, top + n_rows * card_height, limit, measured)
    return canvas


def limit_of(graphs: Sequence[Mapping[str, Any]]) -> float:
    """The largest magnitude of all marks: one scale serves everything that is shown side by side."""
    values = [value for graph in graphs for node in graph["nodes"] for value in _marks_of(node)]
    values += [
        value for graph in graphs for edge in graph["edges"] for value in edge[2:] if value is not None
    ]
    return max(map(abs, values), default=0.0) or 1.0


def shown_value(node: Mapping[str, Any]) -> float:
    """What was measured, where something was; else what the GRN has learned."""
    return float(node["contribution"] if node["effect"] is None else node["effect"])


def answer_words(answer: Mapping[str, Any], prediction: str, chances: Mapping[str, float]) -> str:
    """The network's own answer, and what it says among the classes asked about."""
    own = f"{answer['name']} {answer['probability']:.0%}"
    return f"The network's answer: {own}. Among the classes asked about: {with_chance(prediction, chances)}"


def _marks_of(node: Mapping[str, Any]) -> list[float]:
    return [value for value in (node["contribution"], node["effect"]) if value is not None]


def _draw_marks(
    pen: ImageDraw.ImageDraw, corner: tuple[int, int], graph: Mapping[str, Any], limit: float
) -> None:
    """A row for each concept found: a bar as long as its measured effect, a diamond at its contribution."""
    left, top = corner
    found = sorted((node for node in graph["nodes"] if node["detected"]), key=shown_value, reverse=True)
    zero, reach = left + 145, 52
    for n, node in enumerate(found):
        y = top + ROW * n + ROW / 2
        name = f"{node['name']} {node['label']}" if node["label"] else f"concept {node['name']}"
        while len(name) > 1 and font(14).getlength(name) > 84:
            name = name[:-1]
        pen.text((left, y), name, INK, font(14), anchor="lm")
        if node["effect"] is not None:
            end = zero + reach * node["effect"] / limit
            pen.rectangle(
                (min(zero, end), y - 6, max(zero, end), y + 6), color_of(node["effect"], limit), outline=INK
            )
            pen.text((left + CARD, y), f"{node['effect']:+.2f}", INK, font(14), anchor="rm")
        at = zero + reach * node["contribution"] / limit
        pen.polygon([(at - 6, y), (at, y - 6), (at + 6, y), (at, y + 6)], fill=PAPER, outline=INK, width=2)
    pen.line((zero, top, zero, top + ROW * len(found)), GREY, 1)


def _draw_card(
    canvas: Image.Image,
    corner: tuple[int, int],
    image: UInt8,
    side: int,
    graph: Mapping[str, Any],
    limit: float,
    predicted: bool,
    numbered: bool,
) -> None:
    """`numbered`: whether values stand below the nodes, where they stand nowhere else."""
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
    spots = _spots(graph["nodes"], left, top + HEAD, side, 2 * RADIUS + (22 if numbered else 2))
    edges = [(edge[0], edge[1], edge[2] if edge[3] is None else edge[3]) for edge in graph["edges"]]
    for source, target, value in sorted(edges, key=lambda edge: abs(edge[2])):
        if graph["nodes"][source]["detected"] and graph["nodes"][target]["detected"]:
            _draw_arrow(pen, spots[source], spots[target], color_of(value, limit), 1 + 3 * abs(value) / limit)
    for node, spot in zip(graph["nodes"], spots, strict=True):
        _draw_node(pen, node, spot, limit, numbered or not node["detected"])


def _spots(
    nodes: Sequence[Mapping[str, Any]], left: int, top: int, side: int, gap: int
) -> list[tuple[float, float]]:
    """Where the nodes are drawn: at their places in the picture, or in a row below it."""
    found = iter(
        _apart([(node["x"] * CARD, node["y"] * side) for node in nodes if node["detected"]], side, gap)
    )
    n_lost = sum(not node["detected"] for node in nodes)
    shelf = iter([(CARD * (n + 0.5) / n_lost, side + RADIUS + 20.0) for n in range(n_lost)])
    spots = [next(found if node["detected"] else shelf) for node in nodes]
    return [(left + x, top + y) for x, y in spots]


def _apart(places: Sequence[tuple[float, float]], side: int, gap: int) -> list[tuple[float, float]]:
    """Move the middles of circles apart until they are `gap` from each other."""
    spots = np.array(places, float).reshape(-1, 2)
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
    pen: ImageDraw.ImageDraw,
    node: Mapping[str, Any],
    spot: tuple[float, float],
    limit: float,
    numbered: bool,
) -> None:
    x, y = spot
    box = (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)
    pen.ellipse(box, fill=color_of(shown_value(node), limit), outline=INK, width=2)
    inner = (x - 10, y - 10, x + 10, y + 10)
    pen.ellipse(inner, fill=PAPER if node["detected"] else TRACK)
    pen.text(spot, node["name"], INK if node["detected"] else GREY, font(15), anchor="mm")
    if not numbered:
        return
    pen.text(
        (x, y + RADIUS + 9),
        f"{shown_value(node):+.2f}",
        INK,
        font(13),
        anchor="mm",
        stroke_width=2,
        stroke_fill=PAPER,
    )


def _draw_scale(canvas: Image.Image, top: int, limit: float, measured: bool) -> None:
    pen, width = ImageDraw.Draw(canvas), min(canvas.width - 2 * GAP, 500)
    for x in range(width):
        ink = color_of(2 * x / (width - 1) - 1, 1)
        pen.line((GAP + x, top, GAP + x, top + 12), ink)
    pen.rectangle((GAP, top, GAP + width, top + 12), outline=GREY)
    pen.text((GAP, top + 16), f"{-limit:+.2f} speaks against", AGAINST_FOR[0], font(13))
    pen.text((GAP + width, top + 16), f"speaks for {limit:+.2f}", AGAINST_FOR[-1], font(13), anchor="ra")
    if measured:
        words = lines_of(MEANING, font(13), canvas.width - 2 * GAP)
        pen.multiline_text((GAP, top + 36), "\n".join(words), INK, font(13))
