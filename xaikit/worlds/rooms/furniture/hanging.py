"""Lamps, plants, and all that hangs on walls or from the ceiling."""

from __future__ import annotations

import math

from xaikit.worlds.drawing.scene import Color, Paint
from xaikit.worlds.drawing.shapes import box, disc
from xaikit.worlds.rooms.furniture.common import (
    BLACK,
    CLOTHS,
    PALE,
    STEEL,
    WHITE,
    Piece,
    Random,
    Taste,
    ahead,
    chance,
    cone,
    drum,
    facing,
    picked,
    seeded,
    shaded,
    wood,
)
from xaikit.worlds.rooms.scene import Shape

SHADES: tuple[Color, ...] = (
    (238, 222, 186),
    (240, 236, 226),
    (206, 120, 90),
    (150, 176, 170),
    (226, 190, 110),
)
DAY, NIGHT = ((176, 210, 238), (206, 226, 240), (190, 206, 216)), ((30, 38, 66), (44, 50, 78))
GLOW: Color = (255, 232, 172)


def lamp(rng: Random, taste: Taste) -> Piece:
    """A lamp for a table, with a shade."""
    foot = Paint(picked(rng, ((120, 84, 56), (176, 150, 92), (70, 110, 120), (206, 206, 200), (90, 60, 60))))
    shapes = (
        drum(0, 0.14, 0.07, 0.0, 0.03, foot),
        cone(0, 0.14, 0.05, 0.025, 0.03, 0.2, foot, 8),
        cone(0, 0.14, 0.15, 0.09, 0.2, 0.42, _shade(rng, taste)),
    )
    return Piece(shapes, 0.3, 0.28, 0.42)


def floor_lamp(rng: Random, taste: Taste) -> Piece:
    """A lamp on a tall pole."""
    metal = Paint(picked(rng, (BLACK, STEEL, (150, 120, 70))))
    shapes = (
        drum(0, 0.2, 0.14, 0.0, 0.03, metal, 12),
        drum(0, 0.2, 0.018, 0.03, 1.35, metal, 6),
        cone(0, 0.2, 0.21, 0.13, 1.3, 1.62, _shade(rng, taste), 12),
    )
    return Piece(shapes, 0.42, 0.42, 1.62)


def chandelier(rng: Random, taste: Taste) -> Piece:
    """A lamp over the table: one large shade, or arms with bulbs. Its foot is its lowest point."""
    metal = Paint(picked(rng, (BLACK, (170, 140, 70), STEEL)))
    rod = drum(0, 0.0, 0.014, 0.2, 1.0, metal, 6)
    if chance(rng, 0.45):
        shade = cone(0, 0.0, 0.3, 0.12, 0.0, 0.24, _shade(rng, taste), 14)
        return Piece((rod, shade), 0.6, 0.6, 1.0)
    bulb, arms = Paint(GLOW if taste.evening else (250, 246, 226), "glow"), list[Shape]()
    for k in range(5):
        x, y = 0.3 * math.cos(1.2566 * k + 0.3), 0.3 * math.sin(1.2566 * k + 0.3)
        arms.append(box(min(0, x), max(0, x) + 0.01, y - 0.012, y + 0.012, 0.06, 0.085, metal))
        arms.append(drum(x, y, 0.055, 0.08, 0.2, bulb, 8))
    return Piece((rod, drum(0, 0.0, 0.06, 0.02, 0.24, metal, 8), *arms), 0.7, 0.7, 1.0)


def _shade(rng: Random, taste: Taste) -> Paint:
    return Paint(GLOW, "glow") if taste.evening else Paint(picked(rng, SHADES))


def plant(rng: Random, taste: Taste) -> Piece:
    """Leaves in a pot, from the knee to the shoulder."""
    pot = Paint(picked(rng, ((170, 96, 66), (226, 224, 218), (90, 94, 100), (120, 80, 52))))
    leaf = seeded(rng, picked(rng, ((86, 140, 70), (64, 116, 70), (118, 152, 80))), "leaves")
    high = float(rng.uniform(0.7, 1.35))
    shapes: list[Shape] = [cone(0, 0.22, 0.13, 0.17, 0.0, 0.3, pot)]
    if chance(rng, 0.5):
        shapes.append(drum(0, 0.22, 0.02, 0.3, high - 0.35, Paint((110, 84, 56)), 6))
        middle = high - 0.25
        shapes += [
            cone(0, 0.22, 0.12, 0.27, middle - 0.2, middle, leaf, 8),
            cone(0, 0.22, 0.27, 0.1, middle, high, leaf, 8),
        ]
    else:
        for k in range(6):
            a = 1.047 * k + float(rng.uniform(0, 0.5))
            x, y = 0.14 * math.cos(a), 0.14 * math.sin(a)
            tip = high * float(rng.uniform(0.7, 1.0))
            shapes.append(cone(x, 0.22 + y, 0.07, 0.015, 0.3, tip, leaf, 6))
            shapes.append(cone(1.5 * x, 0.22 + 1.5 * y, 0.06, 0.1, 0.28, 0.45, leaf, 6))
    return Piece(tuple(shapes), 0.44, 0.44, high)


def window(rng: Random, taste: Taste, wide: float | None = None) -> Piece:
    """A pane in a white frame with bars, the sky behind it, blinds at times."""
    half, tall = (wide or float(rng.uniform(1.0, 1.4))) / 2, float(rng.uniform(0.95, 1.2))
    sky = picked(rng, NIGHT if taste.evening else DAY, 8)
    frame = Paint((236, 236, 232)) if chance(rng, 0.7) else wood(rng, taste)
    shapes: list[Shape] = [ahead(-half, 0.0, half, tall, 0.01, Paint(sky, "glow"))]
    if not taste.evening:
        green = picked(rng, ((120, 156, 110), (150, 170, 150), (170, 160, 150)))
        shapes.append(ahead(-half, 0.0, half, 0.3 * tall, 0.01, Paint(green, "glow"), 2))
    if chance(rng, 0.25):
        drop = float(rng.uniform(0.2, 0.7)) * tall
        shapes.append(
            ahead(-half, tall - drop, half, tall, 0.01, seeded(rng, picked(rng, PALE), "blinds"), 3)
        )
    shapes += [
        *(box(x - 0.03, x + 0.03, 0.0, 0.05, 0.0, tall, frame) for x in (-half, 0.0, half)),
        *(box(-half, half, 0.0, 0.05, z - 0.03, z + 0.03, frame) for z in (0.0, tall)),
        box(-half - 0.08, half + 0.08, 0.0, 0.13, -0.05, -0.01, frame),
    ]
    return Piece(tuple(shapes), 2 * half + 0.1, 0.13, tall)


def curtain(rng: Random, taste: Taste, wide: float = 1.3, tall: float = 2.0) -> Piece:
    """Two curtains on a rod, beside a window of width `wide`."""
    paint = seeded(rng, picked(rng, (*CLOTHS, *PALE)), "folds")
    rod, half, side = (
        Paint(picked(rng, (BLACK, (150, 110, 70), STEEL))),
        wide / 2,
        float(rng.uniform(0.26, 0.4)),
    )
    shapes: list[Shape] = [box(-half - 0.3, half + 0.3, 0.09, 0.12, tall, tall + 0.03, rod)]
    for left, right in ((-half - 0.22, -half - 0.22 + side), (half + 0.22 - side, half + 0.22)):
        shapes.append(box(left, right, 0.07, 0.15, 0.0, tall + 0.01, paint))
    return Piece(tuple(shapes), wide + 0.6, 0.15, tall)


def picture(rng: Random, taste: Taste) -> Piece:
    """A painting in its frame."""
    half, tall = float(rng.uniform(0.22, 0.46)), float(rng.uniform(0.36, 0.66))
    frame = Paint(picked(rng, (BLACK, (168, 130, 66), WHITE, (110, 74, 48))))
    canvas = seeded(rng, (236, 230, 220), "painting")
    shapes: list[Shape] = [box(-half, half, 0.0, 0.04, 0.0, tall, frame)]
    edge = 0.04
    if chance(rng, 0.4):
        shapes.append(ahead(-half + edge, edge, half - edge, tall - edge, 0.04, Paint((246, 244, 238))))
        edge = 0.1
    shapes.append(ahead(-half + edge, edge, half - edge, tall - edge, 0.04, canvas, 2))
    return Piece(tuple(shapes), 2 * half, 0.04, tall)


def mirror(rng: Random, taste: Taste) -> Piece:
    """A looking-glass, upright or round, with streaks of light."""
    glass, streak = Paint((190, 212, 220)), Paint((226, 238, 242))
    frame = Paint(picked(rng, (STEEL, (168, 130, 66), WHITE, (110, 74, 48), BLACK)))
    if chance(rng, 0.35):
        r = float(rng.uniform(0.28, 0.38))
        shapes: list[Shape] = [
            facing(disc(0, r, r, 20), 0.02, frame),
            facing(disc(0, r, 0.87 * r, 20), 0.02, glass, 2),
            facing(
                ((-0.5 * r, 0.8 * r), (-0.35 * r, 0.6 * r), (0.4 * r, 1.5 * r), (0.2 * r, 1.6 * r)),
                0.02,
                streak,
                3,
            ),
        ]
        return Piece(tuple(shapes), 2 * r, 0.03, 2 * r)
    half, tall = float(rng.uniform(0.28, 0.42)), float(rng.uniform(0.65, 0.95))
    streaks = [
        facing(
            ((x, 0.06), (x + 0.08, 0.06), (x + 0.26, tall - 0.06), (x + 0.18, tall - 0.06)), 0.03, streak, 2
        )
        for x in (-half + 0.05, -half + 0.2)
    ]
    shapes = [
        box(-half, half, 0.0, 0.03, 0.0, tall, frame),
        ahead(-half + 0.035, 0.035, half - 0.035, tall - 0.035, 0.03, glass),
        *streaks,
    ]
    return Piece(tuple(shapes), 2 * half, 0.03, tall)


def clock(rng: Random, taste: Taste) -> Piece:
    """A round clock on the wall."""
    r, rim = float(rng.uniform(0.16, 0.21)), Paint(picked(rng, (BLACK, (170, 50, 46), STEEL, (110, 74, 48))))
    hands, hour = Paint((30, 30, 34)), float(rng.uniform(0, 2 * math.pi))
    shapes: list[Shape] = [
        facing(disc(0, r, r, 18), 0.03, rim, 1),
        facing(disc(0, r, 0.8 * r, 18), 0.03, Paint((250, 250, 246)), 2),
    ]
    for turn, length, thick in ((hour, 0.45 * r, 0.02), (5 * hour, 0.68 * r, 0.014)):
        dx, dz = math.cos(turn), math.sin(turn)
        a, b = (-thick * dz, r + thick * dx), (thick * dz, r - thick * dx)
        tip = (length * dx, r + length * dz)
        shapes.append(facing((a, b, tip), 0.03, hands, 3))
    return Piece(tuple(shapes), 2 * r, 0.04, 2 * r)


def television(rng: Random, taste: Taste) -> Piece:
    """A flat screen on a low board."""
    half, paint = float(rng.uniform(0.48, 0.62)), wood(rng, taste)
    board, low = half + 0.1, 0.44
    shown = chance(rng, 0.35)
    screen = (
        Paint(picked(rng, ((70, 120, 180), (90, 140, 90), (170, 90, 70))), "glow")
        if shown
        else Paint((24, 26, 32))
    )
    shapes: list[Shape] = [
        box(-board, board, 0.0, 0.4, 0.06, low, paint),
        ahead(-board + 0.05, 0.1, -0.02, low - 0.05, 0.4, shaded(paint, 0.75)),
        ahead(0.02, 0.1, board - 0.05, low - 0.05, 0.4, shaded(paint, 0.75)),
        box(-0.2, 0.2, 0.12, 0.3, low, low + 0.02, Paint(BLACK)),
        box(-0.03, 0.03, 0.19, 0.22, low, low + 0.1, Paint(BLACK)),
        box(-half, half, 0.18, 0.23, low + 0.08, low + 0.08 + 1.16 * half, Paint((40, 40, 44))),
        ahead(-half + 0.03, low + 0.11, half - 0.03, low + 0.05 + 1.16 * half, 0.23, screen),
    ]
    if not shown:
        slant = ((-half + 0.1, low + 0.12), (-half + 0.2, low + 0.12), (0.0, low + 0.6), (-0.12, low + 0.6))
        shapes.append(facing(slant, 0.23, Paint((58, 62, 72)), 2))
    return Piece(tuple(shapes), 2 * board, 0.42, low + 0.1 + 1.16 * half)


def door(rng: Random, taste: Taste) -> Piece:
    """A closed door in its frame."""
    paint = Paint(picked(rng, PALE)) if chance(rng, 0.5) else wood(rng, taste)
    frame, inset = shaded(paint, 0.86), shaded(paint, 0.9)
    shapes: tuple[Shape, ...] = (
        *(box(x, x + 0.07, 0.0, 0.05, 0.0, 2.06, frame) for x in (-0.49, 0.42)),
        box(-0.49, 0.49, 0.0, 0.05, 2.0, 2.08, frame),
        ahead(-0.42, 0.0, 0.42, 2.0, 0.015, paint),
        *(ahead(-0.3, z, 0.3, z + 0.78, 0.015, inset, 2) for z in (0.16, 1.08)),
        box(0.26, 0.38, 0.02, 0.06, 0.98, 1.02, Paint(STEEL)),
    )
    return Piece(shapes, 0.98, 0.06, 2.08)


def notice_board(rng: Random, taste: Taste) -> Piece:
    """Cork with slips of paper."""
    half, tall = float(rng.uniform(0.4, 0.6)), float(rng.uniform(0.55, 0.7))
    shapes: list[Shape] = [
        box(-half, half, 0.0, 0.03, 0.0, tall, Paint((120, 84, 52))),
        ahead(-half + 0.03, 0.03, half - 0.03, tall - 0.03, 0.03, seeded(rng, (196, 156, 104), "carpet")),
    ]
    for k in range(int(rng.integers(4, 8))):
        x, z = float(rng.uniform(-half + 0.06, half - 0.26)), float(rng.uniform(0.06, tall - 0.26))
        slip = picked(rng, ((250, 250, 244), (250, 236, 150), (190, 220, 240), (240, 190, 190)))
        shapes.append(ahead(x, z, x + 0.16, z + 0.2, 0.03, Paint(slip), 2 + k))
    return Piece(tuple(shapes), 2 * half, 0.03, tall)
