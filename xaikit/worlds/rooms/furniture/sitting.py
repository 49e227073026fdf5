"""What one sits on, and the low tables in front of it."""

from __future__ import annotations

from xaikit.worlds.drawing.scene import Color, Paint, Plate
from xaikit.worlds.drawing.shapes import box, disc
from xaikit.worlds.rooms.furniture.common import (
    BLACK,
    STEEL,
    Piece,
    Random,
    Taste,
    chance,
    cloth,
    cone,
    dimmed,
    drum,
    legs,
    lying,
    picked,
    seeded,
    shaded,
    slope,
    wood,
)
from xaikit.worlds.rooms.scene import Shape

MAGAZINES: tuple[Color, ...] = (
    (214, 60, 56),
    (60, 120, 190),
    (240, 200, 70),
    (240, 240, 236),
    (90, 160, 110),
    (230, 130, 170),
)


def sofa(rng: Random, taste: Taste, seats: int | None = None) -> Piece:
    """Two or three seats between arms."""
    n = seats or int(rng.integers(2, 4))
    paint, wide, depth = cloth(rng, patterned=0.1), 0.62 * n + 0.36, 0.86
    half, arm, back = wide / 2, float(rng.uniform(0.52, 0.66)), float(rng.uniform(0.76, 0.9))
    shapes: list[Shape] = [
        box(-half, half, 0.0, depth - 0.04, 0.1, 0.3, shaded(paint, 0.9)),
        slope((-half, 0.0, half, 0.26), (-half, 0.0, half, 0.17), 0.3, back, paint),
        box(-half, -half + 0.18, 0.0, depth, 0.1, arm, paint),
        box(half - 0.18, half, 0.0, depth, 0.1, arm, paint),
        *legs(-half + 0.05, half - 0.05, 0.05, depth - 0.05, 0.1, Paint(BLACK), 0.06),
    ]
    side = (wide - 0.36) / n
    for k in range(n):
        x0 = -half + 0.18 + k * side
        x1 = x0 + side
        shapes.append(box(x0 + 0.01, x1 - 0.01, 0.2, depth, 0.3, 0.45, shaded(paint, 1.06)))
        low, high = (x0 + 0.02, 0.2, x1 - 0.02, 0.4), (x0 + 0.05, 0.15, x1 - 0.05, 0.28)
        shapes.append(slope(low, high, 0.45, back - 0.04, shaded(paint, 1.03)))
    return Piece(tuple(shapes), wide, depth, back)


def armchair(rng: Random, taste: Taste) -> Piece:
    """A sofa for one."""
    return sofa(rng, taste, 1)


def cushion(rng: Random, taste: Taste) -> Piece:
    """A small pillow that leans against a back."""
    paint = cloth(rng, patterned=0.35)
    shapes = (
        slope((-0.17, 0.0, 0.17, 0.16), (-0.22, -0.03, 0.22, 0.15), 0.0, 0.12, paint),
        slope((-0.22, -0.03, 0.22, 0.15), (-0.17, -0.1, 0.17, 0.0), 0.12, 0.36, paint),
    )
    return Piece(shapes, 0.44, 0.2, 0.36)


def coffee_table(rng: Random, taste: Taste) -> Piece:
    """A low table, of wood or of glass, square or round."""
    paint, high = wood(rng, taste), float(rng.uniform(0.36, 0.46))
    if chance(rng, 0.3):
        top = drum(0, 0.45, 0.45, high - 0.05, high, paint, 16)
        foot = (
            drum(0, 0.45, 0.07, 0.04, high - 0.05, shaded(paint, 0.7)),
            drum(0, 0.45, 0.26, 0, 0.04, paint, 12),
        )
        return Piece((top, *foot), 0.9, 0.9, high)
    half, depth = float(rng.uniform(0.48, 0.62)), float(rng.uniform(0.52, 0.66))
    glassy = chance(rng, 0.3)
    plate = Paint((176, 200, 206)) if glassy else paint
    frame = Paint(STEEL) if glassy else shaded(paint, 0.8)
    shelf = box(-half + 0.04, half - 0.04, 0.04, depth - 0.04, 0.12, 0.15, frame)
    shapes = (
        box(-half, half, 0.0, depth, high - 0.05, high, plate),
        *legs(-half + 0.02, half - 0.02, 0.02, depth - 0.02, high - 0.05, frame, 0.05),
        *((shelf,) if chance(rng, 0.5) else ()),
    )
    return Piece(shapes, 2 * half, depth, high)


def magazine_table(rng: Random, taste: Taste) -> Piece:
    """A low table with magazines all over it."""
    table = coffee_table(rng, taste)
    papers: list[Shape] = []
    for k in range(int(rng.integers(4, 7))):
        x = float(rng.uniform(-0.5, 0.5)) * (table.width - 0.4)
        y = float(rng.uniform(0.06, table.depth - 0.34))
        paint = Paint(picked(rng, MAGAZINES))
        papers.append(lying(x - 0.1, y, x + 0.11, y + 0.27, table.height, paint, 2 + k))
        papers.append(
            lying(x - 0.07, y + 0.05, x + 0.08, y + 0.1, table.height, Paint((250, 250, 246)), 2 + k)
        )
    return Piece((*table.shapes, *papers), table.width, table.depth, table.height)


def rug(rng: Random, taste: Taste, width: float = 2.2, depth: float = 1.6) -> Piece:
    """A carpet with a border, or a round one."""
    paint, rim = cloth(rng, patterned=0.3), cloth(rng, patterned=0)
    if chance(rng, 0.2):
        r = depth / 2
        outer, inner = disc(0, r, r, 24), disc(0, r, 0.82 * r, 24)
        plates = [
            Plate(tuple((x, y, 0.004) for x, y in outline), (0.0, 0.0, 1.0), one, layer)
            for layer, (outline, one) in enumerate(((outer, rim), (inner, paint)), 1)
        ]
        return Piece(tuple(plates), depth, depth, 0.01)
    half, edge = width / 2, float(rng.uniform(0.07, 0.16))
    shapes = [
        lying(-half, 0.0, half, depth, 0.004, rim, 1),
        lying(-half + edge, edge, half - edge, depth - edge, 0.004, paint, 2),
    ]
    if chance(rng, 0.4):
        inset = 2.2 * edge
        shapes.append(lying(-half + inset, inset, half - inset, depth - inset, 0.004, shaded(rim, 1.1), 3))
    return Piece(tuple(shapes), width, depth, 0.01)


def chair(rng: Random, taste: Taste, paint: Paint | None = None) -> Piece:
    """Four legs, a seat, a back with bars or of one piece."""
    frame = paint or wood(rng, taste)
    seat, high = shaded(frame, 1.05), 0.92
    shapes: list[Shape] = [
        *legs(-0.2, 0.2, 0.0, 0.42, 0.44, shaded(frame, 0.85), 0.05),
        box(-0.22, 0.22, 0.0, 0.44, 0.44, 0.49, seat),
        box(-0.22, -0.17, 0.0, 0.05, 0.49, high, frame),
        box(0.17, 0.22, 0.0, 0.05, 0.49, high, frame),
        box(-0.22, 0.22, 0.0, 0.045, high - 0.12, high, frame),
        box(-0.17, 0.17, 0.01, 0.04, 0.6, 0.72, frame),
    ]
    return Piece(tuple(shapes), 0.44, 0.46, high)


def office_chair(rng: Random, taste: Taste, paint: Paint | None = None) -> Piece:
    """A star on castors, a post, a padded seat and back, arms at times."""
    cover = paint or (Paint(BLACK) if chance(rng, 0.5) else cloth(rng, patterned=0))
    metal = Paint((70, 72, 76)) if chance(rng, 0.6) else Paint(STEEL)
    high = float(rng.uniform(0.98, 1.15))
    shapes: list[Shape] = [
        box(-0.3, 0.3, 0.24, 0.29, 0.05, 0.09, metal),
        box(-0.025, 0.025, -0.03, 0.56, 0.05, 0.09, metal),
        *(box(x, x + 0.07, y, y + 0.07, 0.0, 0.06, Paint(BLACK)) for x, y in _CASTORS),
        drum(0, 0.265, 0.035, 0.09, 0.42, metal, 6),
        slope((-0.24, 0.04, 0.24, 0.5), (-0.22, 0.04, 0.22, 0.48), 0.42, 0.52, cover),
        box(-0.03, 0.03, 0.0, 0.04, 0.42, 0.66, metal),
        slope((-0.19, 0.0, 0.19, 0.09), (-0.22, -0.02, 0.22, 0.07), 0.62, 0.75, cover),
        slope((-0.22, -0.02, 0.22, 0.07), (-0.19, -0.05, 0.19, 0.02), 0.75, high, cover),
    ]
    if chance(rng, 0.6):
        for x in (-0.29, 0.24):
            shapes += [
                box(x, x + 0.05, 0.12, 0.4, 0.66, 0.7, metal),
                box(x, x + 0.05, 0.24, 0.28, 0.46, 0.66, metal),
            ]
    return Piece(tuple(shapes), 0.6, 0.56, high)


_CASTORS = ((-0.31, 0.23), (0.24, 0.23), (-0.035, -0.04), (-0.035, 0.5))


def row_of_seats(rng: Random, taste: Taste, n: int | None = None) -> Piece:
    """Shells in one row on one beam."""
    n = n or int(rng.integers(3, 5))
    cover = seeded(rng, picked(rng, _SEATS), "plain")
    metal, side = Paint(STEEL), 0.54
    half = n * side / 2
    shapes: list[Shape] = [box(-half + 0.1, half - 0.1, 0.24, 0.3, 0.3, 0.36, metal)]
    for x in (-half + 0.24, half - 0.3):
        shapes += [
            box(x, x + 0.06, 0.24, 0.3, 0.04, 0.3, metal),
            box(x, x + 0.06, 0.02, 0.52, 0.0, 0.05, metal),
        ]
    for k in range(n):
        x = -half + (k + 0.5) * side
        shapes.append(
            slope((x - 0.22, 0.06, x + 0.22, 0.5), (x - 0.24, 0.04, x + 0.24, 0.54), 0.37, 0.45, cover)
        )
        low, high = (x - 0.24, 0.04, x + 0.24, 0.12), (x - 0.21, -0.04, x + 0.21, 0.02)
        shapes.append(slope(low, high, 0.45, 0.88, shaded(cover, 1.04)))
    if chance(rng, 0.5):
        for k in range(n + 1):
            x = -half + k * side
            shapes.append(box(x - 0.02, x + 0.02, 0.12, 0.46, 0.58, 0.62, Paint(dimmed(STEEL, 0.6))))
            shapes.append(box(x - 0.02, x + 0.02, 0.22, 0.26, 0.36, 0.58, Paint(dimmed(STEEL, 0.6))))
    return Piece(tuple(shapes), 2 * half, 0.56, 0.88)


_SEATS: tuple[Color, ...] = (
    (50, 84, 140),
    (60, 62, 68),
    (150, 46, 48),
    (66, 130, 110),
    (220, 150, 60),
    (150, 152, 156),
)


def vase(rng: Random, taste: Taste) -> Piece:
    """Flowers in a small vase."""
    pot, leaf = Paint(picked(rng, MAGAZINES)), seeded(rng, (84, 128, 66), "leaves")
    shapes: list[Shape] = [
        cone(0, 0.08, 0.045, 0.07, 0.0, 0.15, pot, 8),
        cone(0, 0.08, 0.06, 0.12, 0.15, 0.28, leaf, 7),
    ]
    bloom = Paint(picked(rng, MAGAZINES))
    for x, y in ((-0.06, 0.06), (0.05, 0.03), (0.0, 0.12), (0.08, 0.12)):
        shapes.append(drum(x, y, 0.045, 0.27, 0.33 + x / 4, bloom, 6))
    return Piece(tuple(shapes), 0.22, 0.2, 0.34)
