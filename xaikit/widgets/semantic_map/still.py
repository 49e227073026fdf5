"""A semantic map drawn as a picture with Pillow, for pages on which no widget can run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from xaikit.plots.map_layout import (
    N_COLORED,
    OTHER,
    Box,
    Floats,
    Groups,
    group_centers,
    place_groups,
    place_names,
    point_radii,
    unit_places,
)
from xaikit.widgets.kit.still import GAP, GREY, INK, PAPER, font

WIDTH, HEIGHT, LEGEND = 760, 600, 240
EDGE = 36  # pixels around the outermost points
FINE = 3  # points are drawn this much larger and shrunk, for smooth edges
DOTS = 4000  # more points than that are single dots, which are drawn at once
NAMED = 400  # of how many points, the largest first, a name is tried
NAMES = 40


def draw_map(
    names: Sequence[str],
    positions: Floats,
    sizes: NDArray[np.float32] | None,
    size_name: str,
    groups: Groups | None,
    chosen: int | None,
    selected: Sequence[int],
    title: str,
) -> Image.Image:
    """Draw points, names and legend; what is not selected stays faint where anything is."""
    n = len(names)
    groups = groups or Groups(("",), np.zeros(n, np.int64))
    places = unit_places(positions)
    spots = _on_paper(places, places)
    radii = point_radii(sizes, n, float(WIDTH * HEIGHT))
    order = np.argsort(-radii, kind="stable")
    named = order[:NAMED] if chosen is None else np.r_[chosen, order[order != chosen][:NAMED]]
    colors = groups.colors()
    if len(selected):
        faint = np.ones(n, bool)
        faint[list(selected)] = False
        colors[faint] = (colors[faint] * 0.2 + 255 * 0.8).astype(np.uint8)
    paint = _dots if n > DOTS else _discs
    picture = paint(spots, radii, colors, groups.diamonds(), order)
    canvas = Image.new("RGB", (WIDTH + LEGEND, HEIGHT + 40), PAPER)
    canvas.paste(picture, (0, 40))
    pen = ImageDraw.Draw(canvas)
    pen.text((GAP, 8), title, INK, font(20))
    discs = np.column_stack([spots, radii]) if n <= NAMED else np.empty((0, 3))
    taken = _write_groups(pen, _on_paper(group_centers(places, groups), places), groups, discs)
    if n <= DOTS:
        _write_names(pen, names, spots, radii, named, taken)
    if chosen is not None:
        x, y, r = float(spots[chosen, 0]), float(spots[chosen, 1]), float(radii[chosen]) + 3
        pen.ellipse((x - r, y + 40 - r, x + r, y + 40 + r), outline=INK, width=3)
    _draw_legend(pen, groups, sizes, size_name, radii)
    return canvas


def _discs(
    spots: Floats, radii: Floats, colors: NDArray[np.uint8], diamond: NDArray, order: NDArray
) -> Image.Image:
    large = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
    pen = ImageDraw.Draw(large)
    for k in order:
        ink = tuple(int(part) for part in colors[k])
        _draw_point(pen, spots[k] * FINE, radii[k] * FINE, ink, bool(diamond[k]), FINE)
    return large.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def _draw_point(
    pen: ImageDraw.ImageDraw, spot: Floats, r: float, ink: tuple[int, ...], diamond: bool, rim: int
) -> None:
    dark = tuple(part * 6 // 10 for part in ink)
    x, y = (float(part) for part in spot)
    if diamond:
        r *= 1.25  # of the area of the circle
        pen.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], fill=ink, outline=dark, width=rim)
    else:
        pen.ellipse((x - r, y - r, x + r, y + r), fill=ink, outline=dark, width=rim)


def _dots(
    spots: Floats, radii: Floats, colors: NDArray[np.uint8], diamond: NDArray, order: NDArray
) -> Image.Image:
    """Dots of four pixels, on even places: that halves what a PNG has to hold."""
    pixels = np.full((HEIGHT // 2, WIDTH // 2, 3), 255, np.uint8)
    x, y = np.clip((spots[order] / 2).astype(int), 0, [WIDTH // 2 - 1, HEIGHT // 2 - 1]).T
    pixels[y, x] = colors[order]
    return Image.fromarray(pixels.repeat(2, axis=0).repeat(2, axis=1))


def _on_paper(some: Floats, places: Floats) -> Floats:
    """Pixels of some places, where all `places` fill the paper."""
    low, high = places.min(0), places.max(0)
    room = np.array([WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE])
    scale = float((room / np.maximum(high - low, 1e-6)).min())
    return np.asarray((some - (low + high) / 2) * min(scale, 2.0 * WIDTH) + np.array([WIDTH, HEIGHT]) / 2)


def _write_groups(pen: ImageDraw.ImageDraw, centers: Floats, groups: Groups, discs: Floats) -> list[Box]:
    """Each group's name near where the group is fullest; returns what they cover."""
    if len(groups.names) < 2:
        return []
    size = 26 if len(groups.names) <= 6 else 18
    several = [k for k in range(len(centers)) if groups.counts[k] > 1]
    extents = [(font(size).getlength(groups.names[k]) + 8, size * 1.2) for k in several]
    boxes = place_groups(centers[several], extents, (WIDTH, HEIGHT), discs)
    for k, box in zip(several, boxes, strict=True):
        if box is not None:
            _haloed(pen, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2 + 40), groups.names[k], size)
    return [box for box in boxes if box is not None]


def _write_names(
    pen: ImageDraw.ImageDraw,
    names: Sequence[str],
    spots: Floats,
    radii: Floats,
    order: NDArray,
    taken: Sequence[Box],
) -> None:
    letters = font(14)
    extents = [(letters.getlength(names[k]) + 4, 17.0) for k in order]
    discs = np.column_stack([spots, radii])
    boxes = place_names(spots[order], radii[order], extents, (WIDTH, HEIGHT), taken, discs)
    found = [(k, box) for k, box in zip(order, boxes, strict=True) if box is not None]
    for k, (left, top, right, bottom) in found[:NAMES]:
        pen.text(((left + right) / 2, (top + bottom) / 2 + 40), names[k], INK, letters, anchor="mm")


def _haloed(pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int) -> None:
    pen.text(place, text, INK, font(size), anchor="mm", stroke_width=4, stroke_fill=PAPER)


def _draw_legend(
    pen: ImageDraw.ImageDraw,
    groups: Groups,
    sizes: NDArray[np.float32] | None,
    size_name: str,
    radii: Floats,
) -> None:
    y, x = 60, WIDTH + 20
    if len(groups.names) > 1:
        looks, diamond, counts = groups.colors(), groups.diamonds(), groups.counts
        for k, name in enumerate(groups.names[:N_COLORED]):
            one = int(np.argmax(groups.of == k))
            ink = tuple(int(part) for part in looks[one])
            _draw_point(pen, np.array([x, y]), 8, ink, bool(diamond[one]), 1)
            pen.text((x + 18, y), _shortened(f"{name} ({counts[k]:,})", 190), INK, font(16), anchor="lm")
            y += 26
        if len(groups.names) > N_COLORED:
            _draw_point(pen, np.array([x, y]), 8, OTHER, False, 1)
            pen.text((x + 18, y), f"{len(groups.names) - N_COLORED:,} others", INK, font(16), anchor="lm")
            y += 26
    if sizes is not None:
        y += 12
        pen.text((x - 8, y), f"size: {size_name}", INK, font(16), anchor="lm")
        for value, r in ((sizes.min(), radii.min()), (sizes.max(), radii.max())):
            y += 30
            pen.ellipse((x - r, y - r, x + r, y + r), outline=GREY, width=2)
            pen.text((x + 28, y), f"{value:.3g}", INK, font(16), anchor="lm")


def _shortened(text: str, room: int) -> str:
    letters = font(16)
    if letters.getlength(text) <= room:
        return text
    while text and letters.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"
