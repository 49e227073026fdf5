"""Kitchen, dining table and bathroom."""

from __future__ import annotations

from xaikit.worlds.drawing.scene import Color, Paint
from xaikit.worlds.drawing.shapes import box, disc, sweep
from xaikit.worlds.rooms.furniture.common import (
    BLACK,
    CLOTHS,
    PALE,
    STEEL,
    WHITE,
    WOODS,
    Piece,
    Random,
    Taste,
    ahead,
    chance,
    cloth,
    cone,
    drawers,
    drum,
    facing,
    legs,
    lying,
    picked,
    seeded,
    shaded,
    slope,
    wood,
)
from xaikit.worlds.rooms.scene import Shape, Taper

UNITS: tuple[Color, ...] = (
    *WOODS,
    (236, 236, 230),
    (150, 172, 176),
    (92, 120, 104),
    (176, 72, 62),
    (88, 98, 118),
)
TOPS: tuple[Color, ...] = ((70, 70, 74), (198, 192, 182), (150, 116, 80), (120, 118, 116), (226, 224, 218))
ENAMEL: tuple[Color, ...] = (
    (240, 241, 240),
    (240, 241, 240),
    (236, 230, 216),
    (206, 220, 214),
    (228, 200, 200),
)
LEDGE = 0.9
"""The height of a counter."""


def counter(rng: Random, taste: Taste, wide: float, fronts: Paint, top: Paint) -> Piece:
    """Cupboards under a work top."""
    half, n = wide / 2, max(1, round(wide / 0.5))
    shapes: tuple[Shape, ...] = (
        box(-half, half, 0.0, 0.5, 0.0, 0.09, Paint(BLACK)),
        box(-half, half, 0.0, 0.56, 0.09, LEDGE - 0.04, fronts),
        *drawers(-half, half, 0.1, LEDGE - 0.05, 0.56, shaded(fronts, 1.06), n, 1),
        box(-half, half, 0.0, 0.6, LEDGE - 0.04, LEDGE, top),
    )
    return Piece(shapes, wide, 0.6, LEDGE)


def wall_cabinet(rng: Random, taste: Taste, wide: float, fronts: Paint) -> Piece:
    """Cupboards that hang on the wall."""
    half, n = wide / 2, max(1, round(wide / 0.45))
    shapes = (
        box(-half, half, 0.0, 0.34, 0.0, 0.62, fronts),
        *drawers(-half, half, 0.01, 0.61, 0.34, shaded(fronts, 1.06), n, 1),
    )
    return Piece(shapes, wide, 0.34, 0.62)


def sink(rng: Random, taste: Taste) -> Piece:
    """A basin let into the work top, with its tap."""
    steel, dark = Paint(STEEL), Paint((104, 108, 114))
    shapes: tuple[Shape, ...] = (
        lying(-0.3, 0.1, 0.3, 0.52, 0.0, steel, 1),
        lying(-0.25, 0.15, 0.1, 0.47, 0.0, dark, 2),
        lying(-0.21, 0.18, 0.06, 0.43, 0.0, Paint((136, 140, 146)), 3),
        *(lying(x, 0.17, x + 0.015, 0.45, 0.0, dark, 2) for x in (0.14, 0.18, 0.22)),
        box(-0.1, -0.06, 0.08, 0.12, 0.0, 0.3, steel),
        box(-0.1, -0.06, 0.08, 0.28, 0.27, 0.31, steel),
        box(-0.1, -0.06, 0.25, 0.28, 0.2, 0.28, steel),
    )
    return Piece(shapes, 0.6, 0.5, 0.31)


def stove(rng: Random, taste: Taste) -> Piece:
    """Four plates over an oven door; a pot on them at times."""
    paint = Paint(picked(rng, (WHITE, STEEL, (62, 64, 68)), 8))
    dark, ring = Paint((34, 34, 38)), Paint((112, 60, 50))
    shapes: list[Shape] = [
        box(-0.3, 0.3, 0.0, 0.58, 0.03, LEDGE - 0.02, paint),
        box(-0.3, 0.3, 0.0, 0.6, LEDGE - 0.02, LEDGE + 0.01, dark),
        ahead(-0.25, 0.16, 0.25, 0.62, 0.58, dark),
        ahead(-0.2, 0.24, 0.2, 0.52, 0.58, Paint((96, 74, 54)), 2),
        box(-0.22, 0.22, 0.58, 0.62, 0.64, 0.67, Paint(STEEL)),
        *(facing(disc(x, 0.78, 0.035, 8), 0.58, Paint((60, 60, 64)), 2) for x in (-0.2, -0.07, 0.07, 0.2)),
        *(
            drum(x, y, 0.09, LEDGE + 0.01, LEDGE + 0.02, ring, 12)
            for x in (-0.14, 0.14)
            for y in (0.18, 0.44)
        ),
    ]
    if chance(rng, 0.5):
        pot = Paint(picked(rng, (STEEL, (180, 50, 46), (70, 90, 130))))
        x = float(rng.choice((-0.14, 0.14)))
        shapes += [
            drum(x, 0.2, 0.11, LEDGE + 0.02, LEDGE + 0.17, pot, 12),
            box(x - 0.17, x + 0.17, 0.18, 0.22, LEDGE + 0.12, LEDGE + 0.14, Paint(BLACK)),
        ]
    return Piece(tuple(shapes), 0.6, 0.62, LEDGE + 0.02)


def range_hood(rng: Random, taste: Taste) -> Piece:
    """A slanted hood with its chimney."""
    steel = Paint(picked(rng, (STEEL, (206, 208, 210), (70, 72, 76)), 6))
    shapes = (
        box(-0.3, 0.3, 0.0, 0.46, 0.0, 0.07, shaded(steel, 0.9)),
        slope((-0.3, 0.0, 0.3, 0.46), (-0.13, 0.0, 0.13, 0.24), 0.07, 0.3, steel),
        box(-0.13, 0.13, 0.0, 0.24, 0.3, 0.85, shaded(steel, 1.04)),
    )
    return Piece(shapes, 0.54, 0.46, 0.85)


def fridge(rng: Random, taste: Taste) -> Piece:
    """Two doors, one above the other, with long handles."""
    paint = Paint(picked(rng, (WHITE, WHITE, STEEL, (190, 60, 54), (140, 176, 180), (60, 62, 66)), 6))
    high, split = float(rng.uniform(1.65, 1.85)), float(rng.choice((0.6, 1.2)))
    half, grip = 0.32, Paint((120, 124, 128))
    shapes = (
        box(-half, half, 0.0, 0.58, 0.03, high, shaded(paint, 0.94)),
        box(-half, half, 0.58, 0.63, 0.06, split - 0.01, paint),
        box(-half, half, 0.58, 0.63, split + 0.01, high, paint),
        box(half - 0.1, half - 0.06, 0.63, 0.66, split + 0.06, split + 0.4, grip),
        box(half - 0.1, half - 0.06, 0.63, 0.66, split - 0.4, split - 0.06, grip),
    )
    return Piece(shapes, 2 * half, 0.66, high)


def dining_table(rng: Random, taste: Taste, wide: float = 1.7, depth: float = 0.95) -> Piece:
    """A table, with a cloth at times."""
    paint, half, high = wood(rng, taste), wide / 2, 0.75
    shapes: list[Shape] = [
        box(-half, half, 0.0, depth, high - 0.05, high, paint),
        box(-half + 0.08, half - 0.08, 0.08, depth - 0.08, high - 0.14, high - 0.05, shaded(paint, 0.85)),
        *legs(-half + 0.04, half - 0.04, 0.04, depth - 0.04, high - 0.05, shaded(paint, 0.9), 0.08),
    ]
    if chance(rng, 0.35):
        linen = cloth(rng, (*PALE, *CLOTHS), 0.4)
        edge = (-half - 0.02, -0.02, half + 0.02, depth + 0.02)
        shapes.append(slope(edge, (-half, 0.0, half, depth), high - 0.2, high + 0.006, linen))
    return Piece(tuple(shapes), wide, depth, high + 0.01)


def plates(rng: Random, taste: Taste, wide: float = 1.7, depth: float = 0.95) -> Piece:
    """The table laid: plates and glasses along both sides."""
    china = Paint(picked(rng, (WHITE, WHITE, (210, 224, 236), (244, 226, 200)), 6))
    glass, shapes = Paint((200, 216, 222)), list[Shape]()
    n = 3 if wide > 1.5 else 2
    for k in range(n):
        x = (k + 0.5) / n * wide - wide / 2
        for y in (0.19, depth - 0.19):
            shapes.append(cone(x, y, 0.08, 0.13, 0.0, 0.02, china, 12))
            shapes.append(drum(x, y, 0.075, 0.02, 0.024, shaded(china, 0.86), 12))
            inwards = 0.1 if y < depth / 2 else -0.1
            shapes.append(cone(x + 0.16, y + inwards, 0.025, 0.035, 0.0, 0.12, glass, 6))
    return Piece(tuple(shapes), wide, depth, 0.12)


def sideboard(rng: Random, taste: Taste) -> Piece:
    """A long low cupboard."""
    paint, half, high = wood(rng, taste), float(rng.uniform(0.65, 0.85)), float(rng.uniform(0.7, 0.85))
    shapes = (
        box(-half, half, 0.0, 0.42, 0.14, high, paint),
        *legs(-half + 0.06, half - 0.06, 0.03, 0.4, 0.14, shaded(paint, 0.6), 0.06),
        *drawers(-half, half, 0.18, high - 0.03, 0.42, shaded(paint, 1.08), 3, 1),
    )
    return Piece(shapes, 2 * half, 0.44, high)


def bathtub(rng: Random, taste: Taste) -> Piece:
    """A tub along the wall: rim, hollow, water, taps."""
    white = Paint(picked(rng, ENAMEL, 5))
    side = (
        white
        if chance(rng, 0.6)
        else seeded(rng, picked(rng, (*PALE, (120, 160, 170), (90, 110, 130))), "tiles")
    )
    half, depth, high = 0.82, 0.74, 0.56
    inner = shaded(white, 0.8)
    water = Paint((150, 196, 210)) if chance(rng, 0.5) else shaded(white, 0.72)
    rim = sweep(_round(half, depth, 0.0), high - 0.06, high, white, "z")
    hollow = _round(half - 0.1, depth - 0.1, 0.1)
    bottom = _round(half - 0.18, depth - 0.16, 0.16)
    shapes = (
        box(-half + 0.02, half - 0.02, 0.0, depth - 0.02, 0.0, high - 0.06, side),
        rim,
        sweep(hollow, high, high + 0.004, inner, "z"),
        sweep(bottom, high + 0.004, high + 0.01, water, "z"),
        box(half - 0.16, half - 0.12, 0.3, 0.34, high, high + 0.2, Paint(STEEL)),
        box(half - 0.3, half - 0.12, 0.3, 0.34, high + 0.17, high + 0.21, Paint(STEEL)),
    )
    return Piece(shapes, 2 * half, depth, high + 0.2)


def _round(half: float, far: float, near: float) -> tuple[tuple[float, float], ...]:
    """A rectangle from `near` to `far` with cut corners, seen from above."""
    c = 0.13
    return (
        *((-half + c, near), (half - c, near), (half, near + c), (half, far - c)),
        *((half - c, far), (-half + c, far), (-half, far - c), (-half, near + c)),
        (-half, (near + far) / 2),
    )


def toilet(rng: Random, taste: Taste) -> Piece:
    """Cistern, bowl and seat; the lid is up or down."""
    white = Paint(picked(rng, ENAMEL, 5))
    lid = white if chance(rng, 0.7) else wood(rng, taste)
    seat = tuple((0.2 * x, 0.42 + 0.24 * y) for x, y in disc(0, 0, 1, 12))
    foot = tuple((0.12 * x, 0.36 + 0.18 * y) for x, y in disc(0, 0, 1, 12))
    hole = tuple((0.12 * x, 0.43 + 0.15 * y) for x, y in disc(0, 0, 1, 12))
    shapes: list[Shape] = [
        box(-0.2, 0.2, 0.0, 0.18, 0.4, 0.78, white),
        box(-0.21, 0.21, 0.0, 0.19, 0.78, 0.82, shaded(white, 1.04)),
        Taper(foot, seat, 0.0, 0.38, white),
        sweep(seat, 0.38, 0.42, lid, "z"),
    ]
    if chance(rng, 0.5):
        shapes.append(sweep(hole, 0.42, 0.425, Paint((130, 150, 160)), "z"))
        shapes.append(slope((-0.18, 0.19, 0.18, 0.23), (-0.15, 0.19, 0.15, 0.22), 0.42, 0.8, lid))
    return Piece(tuple(shapes), 0.44, 0.68, 0.82)


def washbasin(rng: Random, taste: Taste) -> Piece:
    """A basin on a foot or in a cupboard, with its tap."""
    white, steel = Paint(picked(rng, ENAMEL, 5)), Paint(STEEL)
    shapes: list[Shape] = []
    if chance(rng, 0.5):
        paint = wood(rng, taste)
        shapes += [box(-0.34, 0.34, 0.0, 0.42, 0.06, 0.74, paint)]
        shapes += drawers(-0.34, 0.34, 0.1, 0.72, 0.42, shaded(paint, 1.08), 2, 1)
    else:
        shapes.append(cone(0, 0.2, 0.13, 0.09, 0.0, 0.7, white, 8))
    shapes += [
        slope((-0.26, 0.02, 0.26, 0.38), (-0.33, 0.0, 0.33, 0.48), 0.68, 0.86, white),
        sweep(
            tuple((0.24 * x, 0.27 + 0.15 * y) for x, y in disc(0, 0, 1, 14)),
            0.86,
            0.865,
            shaded(white, 0.7),
            "z",
        ),
        box(-0.02, 0.02, 0.05, 0.09, 0.86, 1.02, steel),
        box(-0.02, 0.02, 0.05, 0.2, 1.0, 1.03, steel),
    ]
    return Piece(tuple(shapes), 0.68, 0.48, 1.03)


def shower(rng: Random, taste: Taste) -> Piece:
    """A tray with a glass side, a pole and a head."""
    pale, glass, steel = Paint((234, 236, 236)), Paint((190, 214, 220)), Paint(STEEL)
    frame = [box(x, x + 0.03, 0.8, 0.83, 0.1, 1.95, steel) for x in (-0.42, 0.39)]
    streaks = [
        ahead(-0.3 + 0.2 * k, 0.4, -0.25 + 0.2 * k, 1.6, 0.82, Paint((224, 238, 240)), 2) for k in range(2)
    ]
    shapes: tuple[Shape, ...] = (
        box(-0.42, 0.42, 0.0, 0.84, 0.0, 0.1, pale),
        ahead(-0.4, 0.1, 0.4, 1.95, 0.01, seeded(rng, (206, 220, 222), "tiles")),
        box(-0.02, 0.02, 0.03, 0.06, 0.7, 1.98, steel),
        drum(0, 0.2, 0.1, 1.94, 1.97, steel),
        *frame,
        box(-0.42, 0.42, 0.8, 0.83, 1.92, 1.96, steel),
        box(-0.05, 0.39, 0.805, 0.82, 0.1, 1.92, glass),
        *streaks,
    )
    return Piece(shapes, 0.84, 0.84, 1.98)


def towel(rng: Random, taste: Taste) -> Piece:
    """A towel over its rail."""
    rail, paint = Paint(STEEL), cloth(rng, patterned=0.35)
    drop = float(rng.uniform(0.45, 0.65))
    shapes = (
        box(-0.32, 0.32, 0.05, 0.08, drop, drop + 0.03, rail),
        box(-0.24, 0.24, 0.03, 0.1, 0.0, drop + 0.035, paint),
        ahead(-0.24, 0.06, 0.24, 0.1, 0.1, shaded(paint, 0.75)),
    )
    return Piece(shapes, 0.64, 0.1, drop + 0.04)
