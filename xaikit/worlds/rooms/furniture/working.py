"""What one works with: desks and all that stands on and beside them."""

from __future__ import annotations

from xaikit.worlds.drawing.scene import Color, Paint
from xaikit.worlds.drawing.shapes import box, sweep
from xaikit.worlds.rooms.furniture.common import (
    BLACK,
    GREY,
    STEEL,
    WHITE,
    Piece,
    Random,
    Taste,
    ahead,
    chance,
    cone,
    drawers,
    drum,
    legs,
    lying,
    picked,
    seeded,
    shaded,
    wood,
)
from xaikit.worlds.rooms.scene import Shape

METALS: tuple[Color, ...] = (
    (150, 154, 158),
    (92, 98, 106),
    (196, 190, 176),
    (110, 126, 116),
    (222, 222, 220),
)
SCREENS: tuple[Color, ...] = ((60, 110, 180), (36, 40, 52), (206, 220, 232), (70, 140, 120), (120, 80, 150))


def desk(rng: Random, taste: Taste, wide: float | None = None) -> Piece:
    """A table top on legs or sides, drawers under one end."""
    paint = wood(rng, taste)
    half, depth, high = (wide or float(rng.uniform(1.2, 1.6))) / 2, 0.68, 0.74
    shapes: list[Shape] = [box(-half, half, 0.0, depth, high - 0.05, high, paint)]
    if chance(rng, 0.5):
        metal = Paint(STEEL) if chance(rng, 0.5) else Paint(BLACK)
        shapes += legs(-half + 0.03, half - 0.03, 0.04, depth - 0.03, high - 0.05, metal, 0.05)
    else:
        shapes += [
            box(x, x + 0.05, 0.02, depth - 0.03, 0, high - 0.05, paint) for x in (-half + 0.02, half - 0.07)
        ]
        shapes.append(box(-half + 0.05, half - 0.05, 0.06, 0.09, 0.3, high - 0.05, shaded(paint, 0.8)))
    if chance(rng, 0.6):
        side = half - 0.47 if chance(rng, 0.5) else -half + 0.07
        shapes.append(box(side, side + 0.4, 0.05, depth - 0.06, 0.06, high - 0.06, shaded(paint, 0.95)))
        shapes += drawers(side, side + 0.4, 0.08, high - 0.07, depth - 0.06, shaded(paint, 1.05), 1, 3)
    if chance(rng, 0.7):
        x = float(rng.uniform(-half + 0.15, half - 0.4))
        shapes.append(lying(x, depth - 0.36, x + 0.22, depth - 0.08, high, Paint(WHITE)))
    return Piece(tuple(shapes), 2 * half, depth, high)


def computer(rng: Random, taste: Taste) -> Piece:
    """A screen on a foot with its keyboard, or a laptop."""
    shell = Paint(BLACK) if chance(rng, 0.6) else Paint((206, 208, 210))
    lit = Paint(picked(rng, SCREENS), "glow")
    if chance(rng, 0.3):
        half = 0.19
        shapes: tuple[Shape, ...] = (
            box(-half, half, 0.14, 0.4, 0.0, 0.02, shell),
            lying(-half + 0.03, 0.18, half - 0.03, 0.3, 0.02, Paint((90, 92, 96))),
            box(-half, half, 0.11, 0.14, 0.02, 0.28, shell),
            ahead(-half + 0.02, 0.05, half - 0.02, 0.26, 0.14, lit),
        )
        return Piece(shapes, 0.4, 0.42, 0.28)
    half, high = float(rng.uniform(0.26, 0.34)), float(rng.uniform(0.46, 0.54))
    low = 0.13
    page = ahead(-half + 0.05, low + 0.1, -0.02, high - 0.06, 0.13, Paint((236, 240, 244), "glow"), 2)
    shapes = (
        box(-0.12, 0.12, 0.05, 0.22, 0.0, 0.02, shell),
        box(-0.03, 0.03, 0.08, 0.11, 0.02, 0.3, shell),
        box(-half, half, 0.09, 0.13, low, high, shell),
        ahead(-half + 0.025, low + 0.03, half - 0.025, high - 0.025, 0.13, lit),
        page,
        box(-0.2, 0.2, 0.34, 0.47, 0.0, 0.025, shaded(shell, 1.3)),
    )
    return Piece(shapes, 2 * half, 0.48, high)


def bookshelf(rng: Random, taste: Taste) -> Piece:
    """Boards full of books."""
    paint, half, rows = wood(rng, taste), float(rng.uniform(0.38, 0.52)), int(rng.integers(4, 6))
    step, deep = 0.37, 0.3
    high = rows * step + 0.08
    dark = shaded(paint, 0.55)
    shapes: list[Shape] = [
        ahead(-half, 0.0, half, high, 0.02, dark),
        box(-half, -half + 0.035, 0.0, deep, 0.0, high, paint),
        box(half - 0.035, half, 0.0, deep, 0.0, high, paint),
        box(-half, half, 0.0, deep, high - 0.035, high, paint),
    ]
    for k in range(rows):
        z = 0.05 + k * step
        shapes.append(box(-half, half, 0.0, deep, z - 0.03, z, paint))
        filled = float(rng.uniform(0.55, 1.0)) * (2 * half - 0.08)
        tall = float(rng.uniform(0.22, 0.29))
        books = seeded(rng, (226, 214, 196), "books")
        left = -half + 0.04 if chance(rng, 0.5) else half - 0.04 - filled
        shapes.append(box(left, left + filled, 0.04, deep - 0.07, z, z + tall, books))
    return Piece(tuple(shapes), 2 * half, deep + 0.02, high)


def filing_cabinet(rng: Random, taste: Taste) -> Piece:
    """A steel cabinet with deep drawers."""
    paint, rows = Paint(picked(rng, METALS)), int(rng.integers(2, 5))
    half, high = 0.24, 0.32 * rows + 0.06
    shapes = (
        box(-half, half, 0.0, 0.52, 0.03, high, paint),
        *drawers(-half, half, 0.05, high - 0.02, 0.52, shaded(paint, 1.08), 1, rows),
    )
    label = Paint((244, 244, 238))
    step = (high - 0.07) / rows
    labels = [
        ahead(-0.06, 0.05 + (k + 0.3) * step, 0.06, 0.05 + (k + 0.46) * step, 0.52, label, 3)
        for k in range(rows)
    ]
    return Piece((*shapes, *labels), 2 * half, 0.54, high)


def printer(rng: Random, taste: Taste) -> Piece:
    """A copier that stands on the floor."""
    paint, dark = Paint(picked(rng, ((214, 214, 210), (190, 194, 198)))), Paint((70, 74, 80))
    shapes = (
        box(-0.3, 0.3, 0.0, 0.54, 0.0, 0.72, paint),
        *drawers(-0.28, 0.28, 0.06, 0.52, 0.54, shaded(paint, 0.92), 1, 3),
        ahead(-0.24, 0.57, 0.24, 0.68, 0.54, dark),
        box(-0.3, 0.3, 0.0, 0.5, 0.76, 0.92, paint),
        box(-0.26, 0.26, 0.02, 0.46, 0.92, 0.96, dark),
        box(-0.24, 0.24, 0.05, 0.5, 0.72, 0.76, dark),
        ahead(0.08, 0.8, 0.24, 0.88, 0.5, Paint((90, 190, 220), "glow")),
        lying(-0.46, 0.12, -0.3, 0.42, 0.7, Paint(WHITE)),
    )
    return Piece(shapes, 0.66, 0.58, 0.96)


def wastebasket(rng: Random, taste: Taste) -> Piece:
    """A small open bucket."""
    paint = Paint(picked(rng, ((70, 74, 80), (150, 152, 156), (60, 96, 140), (150, 110, 70))))
    return Piece(
        (
            cone(0, 0.15, 0.11, 0.14, 0.0, 0.32, paint),
            cone(0, 0.15, 0.12, 0.12, 0.321, 0.323, Paint((30, 30, 32))),
        ),
        0.3,
        0.3,
        0.33,
    )


def water_cooler(rng: Random, taste: Taste) -> Piece:
    """A white stand with a blue bottle on its head."""
    body, blue = Paint((232, 234, 236)), Paint((126, 178, 216))
    shapes = (
        box(-0.16, 0.16, 0.0, 0.32, 0.0, 0.96, body),
        ahead(-0.11, 0.62, 0.11, 0.84, 0.32, Paint((90, 94, 100))),
        ahead(-0.08, 0.78, -0.03, 0.83, 0.32, Paint((220, 60, 50)), 2),
        ahead(0.03, 0.78, 0.08, 0.83, 0.32, Paint((60, 110, 220)), 2),
        cone(0, 0.16, 0.06, 0.14, 0.96, 1.06, blue),
        drum(0, 0.16, 0.14, 1.06, 1.34, blue),
    )
    return Piece(shapes, 0.34, 0.34, 1.34)


def conference_table(rng: Random, taste: Taste, wide: float = 2.6, depth: float = 1.1) -> Piece:
    """A long table on two broad feet."""
    paint, half, high = wood(rng, taste), wide / 2, 0.75
    foot = Paint(GREY) if chance(rng, 0.4) else shaded(paint, 0.75)
    cut = 0.22
    outline = (
        *((-half + cut, 0.0), (half - cut, 0.0), (half, cut), (half, depth - cut)),
        *((half - cut, depth), (-half + cut, depth), (-half, depth - cut), (-half, cut)),
    )
    shapes: list[Shape] = [
        sweep(outline, high - 0.06, high, paint, "z"),
        *(
            box(x - 0.06, x + 0.06, 0.25, depth - 0.25, 0.0, high - 0.06, foot)
            for x in (-half + 0.5, half - 0.5)
        ),
    ]
    for k in range(int(rng.integers(2, 6))):
        x = float(rng.uniform(-half + 0.3, half - 0.4))
        y = (0.1, depth - 0.36)[k % 2]
        shapes.append(lying(x, y, x + 0.19, y + 0.26, high, Paint(WHITE)))
    return Piece(tuple(shapes), wide, depth, high)


def projector_screen(rng: Random, taste: Taste) -> Piece:
    """A white screen let down from its case; sometimes something is shown on it."""
    half, tall = float(rng.uniform(0.75, 1.0)), float(rng.uniform(1.05, 1.25))
    white, rim = Paint((244, 245, 246)), Paint((60, 62, 66))
    shapes: list[Shape] = [
        box(-half - 0.05, half + 0.05, 0.0, 0.09, tall, tall + 0.09, Paint((214, 214, 212))),
        ahead(-half, 0.0, half, tall, 0.03, rim),
        ahead(-half + 0.05, 0.05, half - 0.05, tall - 0.03, 0.03, white, 2),
    ]
    if chance(rng, 0.55):
        tone = Paint(picked(rng, SCREENS), "glow")
        shapes.append(ahead(-half + 0.12, tall - 0.3, half - 0.12, tall - 0.14, 0.03, tone, 3))
        for k in range(4):
            top = 0.16 + float(rng.uniform(0.1, 0.5))
            x = -half + 0.25 + k * (2 * half - 0.5) / 4
            shapes.append(ahead(x, 0.16, x + 0.2, top, 0.03, Paint(picked(rng, SCREENS), "glow"), 3))
    return Piece(tuple(shapes), 2 * half, 0.1, tall + 0.09)


def whiteboard(rng: Random, taste: Taste) -> Piece:
    """A white board in a frame, written on, with a ledge."""
    half, tall = float(rng.uniform(0.55, 0.9)), float(rng.uniform(0.75, 0.95))
    ink = picked(rng, ((40, 60, 160), (170, 40, 40), (40, 40, 44)))
    shapes: list[Shape] = [
        box(-half, half, 0.0, 0.03, 0.0, tall, Paint(STEEL)),
        ahead(-half + 0.035, 0.035, half - 0.035, tall - 0.035, 0.03, Paint((248, 249, 249))),
        box(-0.3, 0.3, 0.03, 0.09, 0.0, 0.03, Paint(GREY)),
    ]
    for k in range(int(rng.integers(3, 7))):
        z = tall - 0.15 - 0.1 * k
        x = -half + 0.1
        if z > 0.08:
            shapes.append(ahead(x, z, x + float(rng.uniform(0.3, 1.5 * half)), z + 0.03, 0.03, Paint(ink), 2))
    return Piece(tuple(shapes), 2 * half, 0.09, tall)


def reception_counter(rng: Random, taste: Taste) -> Piece:
    """A high front with a ledge, behind which someone would sit."""
    paint, half = wood(rng, taste), float(rng.uniform(0.8, 1.0))
    panel = seeded(
        rng, picked(rng, ((70, 110, 150), (120, 150, 110), (190, 190, 188), (160, 100, 70))), "wood"
    )
    shapes: list[Shape] = [
        box(-half, half, 0.36, 0.46, 0.0, 1.06, paint),
        box(-half, -half + 0.08, 0.0, 0.46, 0.0, 1.06, paint),
        box(half - 0.08, half, 0.0, 0.46, 0.0, 1.06, paint),
        box(-half - 0.03, half + 0.03, 0.2, 0.54, 1.06, 1.11, shaded(paint, 0.75)),
        ahead(-half + 0.1, 0.2, half - 0.1, 0.85, 0.46, panel),
        box(-half + 0.08, half - 0.08, 0.0, 0.36, 0.72, 0.76, shaded(paint, 0.9)),
    ]
    return Piece(tuple(shapes), 2 * half, 0.56, 1.11)
