"""What one sleeps in, and what stands around it."""

from __future__ import annotations

from xaikit.worlds.drawing.scene import Color, Paint
from xaikit.worlds.drawing.shapes import box
from xaikit.worlds.rooms.furniture.common import (
    BLACK,
    CLOTHS,
    PALE,
    Piece,
    Random,
    Taste,
    ahead,
    chance,
    cloth,
    drawers,
    legs,
    picked,
    seeded,
    shaded,
    slope,
    wood,
)
from xaikit.worlds.rooms.scene import Shape

CASES: tuple[Color, ...] = (
    (150, 40, 46),
    (40, 66, 110),
    (60, 60, 66),
    (34, 110, 106),
    (196, 140, 50),
    (90, 60, 44),
)


def bed(rng: Random, taste: Taste, width: float = 1.6) -> Piece:
    """A frame with a headboard, a mattress, a blanket turned back."""
    frame, length = wood(rng, taste), 2.0
    half, high = width / 2, float(rng.uniform(0.85, 1.12))
    sheet = Paint(picked(rng, PALE, 8))
    blanket = cloth(rng, (*CLOTHS, *PALE, *PALE, *PALE), 0.3)
    board = cloth(rng) if chance(rng, 0.35) else frame
    shapes: list[Shape] = [
        box(-half - 0.04, half + 0.04, 0.0, 0.08, 0.0, high, board),
        box(-half, half, 0.08, length, 0.12, 0.3, frame),
        *legs(-half, half, 0.1, length, 0.12, shaded(frame, 0.7), 0.08),
        box(-half + 0.02, half - 0.02, 0.08, length - 0.02, 0.3, 0.5, sheet),
    ]
    fold, drop = float(rng.uniform(0.62, 0.95)), float(rng.uniform(0.18, 0.3))
    over = (-half - 0.02, fold, half + 0.02, length + 0.02)
    inner = (-half + 0.03, fold, half - 0.03, length - 0.04)
    shapes.append(slope(over, inner, drop, 0.56, blanket))
    shapes.append(box(-half + 0.02, half - 0.02, fold - 0.16, fold + 0.02, 0.5, 0.57, sheet))
    if chance(rng, 0.4):
        shapes.append(box(-half - 0.03, half + 0.03, length - 0.55, length - 0.1, 0.24, 0.575, cloth(rng)))
    return Piece(tuple(shapes), width + 0.08, length, high)


def pillow(rng: Random, taste: Taste, width: float = 0.6) -> Piece:
    """A soft block, leaning."""
    paint = Paint(picked(rng, PALE, 8)) if chance(rng, 0.65) else cloth(rng)
    half = width / 2
    low, high = (-half, 0.0, half, 0.4), (-half + 0.08, 0.03, half - 0.08, 0.26)
    shapes = (
        slope((-half + 0.05, 0.02, half - 0.05, 0.36), low, 0.0, 0.05, paint),
        slope(low, high, 0.05, 0.2, paint),
    )
    return Piece(shapes, width, 0.4, 0.2)


def nightstand(rng: Random, taste: Taste) -> Piece:
    """A small chest with a drawer or two."""
    paint, width, high = wood(rng, taste), float(rng.uniform(0.42, 0.52)), float(rng.uniform(0.48, 0.6))
    half = width / 2
    front = drawers(-half, half, 0.14, high - 0.03, 0.4, shaded(paint, 1.08), 1, int(rng.integers(1, 3)))
    body = box(-half, half, 0.0, 0.4, 0.1, high, paint)
    shapes = (body, *legs(-half, half, 0.02, 0.38, 0.1, shaded(paint, 0.7), 0.05), *front)
    return Piece(shapes, width, 0.42, high)


def wardrobe(rng: Random, taste: Taste) -> Piece:
    """A tall cupboard with two or three doors, one of them a mirror at times."""
    paint, doors = wood(rng, taste), int(rng.integers(2, 4))
    half, high = 0.27 * doors + 0.08, float(rng.uniform(1.95, 2.2))
    shapes: list[Shape] = [
        box(-half, half, 0.0, 0.56, 0.06, high, paint),
        box(-half - 0.03, half + 0.03, 0.0, 0.6, high, high + 0.06, shaded(paint, 0.85)),
        box(-half + 0.04, half - 0.04, 0.03, 0.52, 0.0, 0.06, shaded(paint, 0.5)),
        *drawers(-half, half, 0.12, high - 0.03, 0.56, shaded(paint, 1.08), doors, 1),
    ]
    return Piece(tuple(shapes), 2 * half, 0.6, high)


def dresser(rng: Random, taste: Taste) -> Piece:
    """A chest of drawers."""
    paint, half, high = wood(rng, taste), float(rng.uniform(0.45, 0.6)), float(rng.uniform(0.78, 0.98))
    fronts = drawers(-half, half, 0.1, high - 0.05, 0.44, shaded(paint, 1.1), int(rng.integers(1, 3)), 3)
    shapes = (
        box(-half, half, 0.0, 0.44, 0.06, high - 0.04, paint),
        box(-half - 0.02, half + 0.02, 0.0, 0.47, high - 0.04, high, shaded(paint, 0.85)),
        *legs(-half, half, 0.02, 0.42, 0.06, shaded(paint, 0.6), 0.06),
        *fronts,
    )
    return Piece(shapes, 2 * half, 0.48, high)


def suitcase(rng: Random, taste: Taste) -> Piece:
    """A trolley standing, or a case on a rack."""
    paint, dark = Paint(picked(rng, CASES)), Paint(BLACK)
    if chance(rng, 0.6):
        body = box(-0.24, 0.24, 0.05, 0.33, 0.07, 0.72, paint)
        ribs = [
            ahead(x, 0.12, x + 0.035, 0.67, 0.33, shaded(paint, 0.72)) for x in (-0.17, -0.06, 0.05, 0.15)
        ]
        bars = [box(x, x + 0.025, 0.08, 0.11, 0.72, 1.0, dark) for x in (-0.13, 0.11)]
        grip = box(-0.14, 0.14, 0.075, 0.115, 0.97, 1.01, dark)
        feet = [box(x, x + 0.07, 0.1, 0.28, 0.0, 0.07, dark) for x in (-0.2, 0.13)]
        return Piece((body, *ribs, *bars, grip, *feet), 0.5, 0.36, 1.0)
    rack = seeded(rng, taste.wood, "wood")
    lid, half = shaded(paint, 0.85), 0.38
    shapes = (
        *legs(-half, half, 0.04, 0.46, 0.42, rack, 0.045),
        box(-half, half, 0.04, 0.46, 0.4, 0.44, rack),
        box(-half + 0.03, half - 0.03, 0.06, 0.46, 0.44, 0.66, paint),
        ahead(-half + 0.03, 0.54, half - 0.03, 0.56, 0.46, dark),
        ahead(-0.09, 0.57, 0.09, 0.61, 0.46, Paint((210, 190, 120)), 2),
        box(-half + 0.03, half - 0.03, 0.05, 0.09, 0.66, 0.98, lid),
    )
    return Piece(shapes, 2 * half, 0.5, 0.98)
