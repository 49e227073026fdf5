"""What pieces of furniture share: colors, materials, legs, fronts, and the piece itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.scene import Color, Paint, Plate, Solid
from xaikit.worlds.drawing.shapes import box, disc, rectangle, sweep
from xaikit.worlds.rooms.scene import Shape, Taper

Random = np.random.Generator

WOODS: tuple[Color, ...] = (
    (150, 104, 62),
    (188, 142, 92),
    (112, 72, 46),
    (210, 176, 130),
    (84, 58, 44),
    (226, 220, 208),
)
CLOTHS: tuple[Color, ...] = (
    (178, 60, 56),
    (70, 104, 150),
    (92, 130, 92),
    (206, 178, 120),
    (142, 140, 142),
    (88, 78, 92),
    (216, 208, 192),
    (204, 124, 70),
    (70, 128, 132),
    (120, 84, 66),
    (192, 130, 150),
    (60, 64, 78),
)
PALE: tuple[Color, ...] = ((238, 236, 230), (226, 218, 204), (214, 222, 228), (230, 224, 212))
WHITE: Color = (240, 240, 236)
BLACK: Color = (44, 44, 48)
STEEL: Color = (182, 186, 190)
GREY: Color = (150, 152, 156)


@dataclass(frozen=True)
class Piece:
    """A thing before it has its place: its shapes and the box, in metres, that it needs."""

    shapes: tuple[Shape, ...]
    width: float
    depth: float
    height: float


@dataclass(frozen=True)
class Taste:
    """What the things of one room share: most of the wood, and whether the lamps are lit."""

    wood: Color
    evening: bool


def picked(rng: Random, colors: Sequence[Color], spread: int = 14) -> Color:
    """One of the colors, a little off."""
    r, g, b = colors[int(rng.integers(len(colors)))]
    shift = int(rng.integers(-spread, spread + 1))
    r, g, b = (int(np.clip(c + shift + rng.integers(-5, 6), 6, 250)) for c in (r, g, b))
    return r, g, b


def dimmed(color: Color, factor: float) -> Color:
    """A darker or lighter shade."""
    r, g, b = (min(255, int(c * factor)) for c in color)
    return r, g, b


def chance(rng: Random, share: float) -> bool:
    """True in a share of cases."""
    return bool(rng.random() < share)


def seeded(rng: Random, color: Color, texture: str) -> Paint:
    """A paint whose pattern has a seed of its own."""
    return Paint(color, texture, int(rng.integers(2**31)))


def wood(rng: Random, taste: Taste) -> Paint:
    """Mostly the wood of the room."""
    color = taste.wood if chance(rng, 0.7) else picked(rng, WOODS)
    return seeded(rng, dimmed(color, float(rng.uniform(0.92, 1.06))), "wood")


def cloth(rng: Random, colors: Sequence[Color] = CLOTHS, patterned: float = 0.15) -> Paint:
    """A dyed cloth, sometimes with a pattern."""
    kind = ("plaid", "banded")[int(rng.integers(2))] if chance(rng, patterned) else "fabric"
    return seeded(rng, picked(rng, colors), kind)


def shaded(paint: Paint, factor: float) -> Paint:
    """The same paint, darker or lighter."""
    return Paint(dimmed(paint.color, factor), paint.texture, paint.seed)


def legs(
    x0: float, x1: float, y0: float, y1: float, height: float, paint: Paint, thick: float = 0.06
) -> list[Shape]:
    """Four legs at the corners."""
    return [
        box(x, x + thick, y, y + thick, 0.0, height, paint)
        for x in (x0, x1 - thick)
        for y in (y0, y1 - thick)
    ]


def ahead(x0: float, z0: float, x1: float, z1: float, y: float, paint: Paint, layer: int = 1) -> Plate:
    """A rectangle that faces forwards."""
    return Plate(((x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)), (0.0, 1.0, 0.0), paint, layer)


def facing(outline: Sequence[tuple[float, float]], y: float, paint: Paint, layer: int = 1) -> Plate:
    """An (x, z) outline that faces forwards."""
    return Plate(tuple((x, y, z) for x, z in outline), (0.0, 1.0, 0.0), paint, layer)


def lying(x0: float, y0: float, x1: float, y1: float, z: float, paint: Paint, layer: int = 1) -> Plate:
    """A rectangle that faces up."""
    return Plate(((x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)), (0.0, 0.0, 1.0), paint, layer)


def drum(x: float, y: float, radius: float, z0: float, z1: float, paint: Paint, corners: int = 10) -> Solid:
    """An upright cylinder."""
    return sweep(disc(x, y, radius, corners), z0, z1, paint, "z")


def cone(
    x: float, y: float, low: float, high: float, z0: float, z1: float, paint: Paint, corners: int = 10
) -> Taper:
    """An upright cone without its tip: `low` and `high` are the radii at both ends."""
    return Taper(disc(x, y, low, corners), disc(x, y, high, corners), z0, z1, paint)


def slope(
    low: tuple[float, float, float, float],
    high: tuple[float, float, float, float],
    z0: float,
    z1: float,
    paint: Paint,
) -> Taper:
    """A block that goes over from one rectangle (x0, y0, x1, y1) into another."""
    return Taper(rectangle(*low), rectangle(*high), z0, z1, paint)


def drawers(
    x0: float, x1: float, z0: float, z1: float, y: float, paint: Paint, across: int, down: int
) -> list[Shape]:
    """Fronts with handles, `across` beside each other and `down` above each other."""
    handle, shapes = Paint(dimmed(paint.color, 0.45)), list[Shape]()
    width, height = (x1 - x0) / across, (z1 - z0) / down
    for i in range(across):
        for j in range(down):
            a, c = x0 + i * width + 0.02, z0 + j * height + 0.02
            b, d = a + width - 0.04, c + height - 0.04
            shapes.append(ahead(a, c, b, d, y, paint))
            if height < width * 1.2:
                shapes.append(
                    ahead((a + b) / 2 - 0.08, d - 0.08, (a + b) / 2 + 0.08, d - 0.045, y, handle, 2)
                )
            else:
                side = b - 0.06 if i % 2 == 0 else a + 0.03
                middle = (c + d) / 2
                shapes.append(ahead(side, middle - 0.1, side + 0.03, middle + 0.1, y, handle, 2))
    return shapes
