"""Artifacts for the house: furniture, vessels, tools, coverings, clothing."""

from __future__ import annotations

import numpy as np

from xaikit.worlds.drawing.pen import (
    Pen,
    arc,
    bend,
    box,
    ellipse,
    flipped,
    polygon,
    shaded,
    soft,
    stroke,
)
from xaikit.worlds.drawing.surfaces import Color, toned
from xaikit.worlds.things.catalogue import SubCategory

furniture = SubCategory("artifacts", "furniture", relief=0.2, upright=True)
vessel = SubCategory("artifacts", "vessels", relief=0.3, upright=True)
tool = SubCategory("artifacts", "tools", relief=0.2)
covering = SubCategory("artifacts", "coverings", relief=0.1, upright=True)
clothing = SubCategory("artifacts", "clothing", relief=0.25, upright=True)

UPRIGHT = np.pi / 2


# ---- furniture


@furniture(0.8, material="wood")
def chair(pen: Pen) -> None:
    wood, back = pen.material("wood", 0.28), pen.between(0.5, 1.0)
    slant = pen.between(0.0, 0.25)
    pen.fill(wood, stroke([(-0.45, -back), (-0.42, 0.95)], 0.15), stroke([(0.25, -back), (0.22, 0.6)], 0.13))
    rails = pen.whole(1, 4)
    heights = np.linspace(-back + 0.1, 0.0, rails + 1)[:-1]
    pen.fill(wood, *(box(-0.46, y - 0.06, 0.3, y + 0.1) for y in heights))
    pen.fill(wood, polygon((-0.5, 0.1), (0.28, 0.02), (0.62, 0.16 + slant), (-0.42, 0.3 + slant)))
    pen.fill(wood, stroke([(0.54, 0.2 + slant), (0.56, 0.95)], 0.14))


@furniture(0.45, material="wood")
def table(pen: Pen) -> None:
    wood = pen.material("wood", 0.28)
    high, wide = pen.between(-0.35, -0.1), pen.between(0.8, 0.98)
    for x in (-wide + 0.16, wide - 0.16):
        pen.fill(wood, stroke([(x, high + 0.1), (x, 0.8)], 0.16))
        pen.fill(wood, stroke([(0.72 * x, high), (0.72 * x, 0.5)], 0.12))
    pen.fill(
        wood,
        polygon(
            (-0.75 * wide, high - 0.22), (0.75 * wide, high - 0.22), (wide, high + 0.14), (-wide, high + 0.14)
        ),
    )
    pen.fill(wood, box(-wide, high + 0.14, wide, high + 0.27))


@furniture(0.5, material="fabric")
def sofa(pen: Pen) -> None:
    cloth = pen.material("fabric", 0.3)
    top = pen.between(-0.55, -0.25)
    pen.fill(
        cloth, soft((-0.8, 0.3), (-0.8, top), (-0.6, top - 0.1), (0.6, top - 0.1), (0.8, top), (0.8, 0.3))
    )
    pen.fill(cloth, box(-0.72, 0.08, -0.02, 0.36), box(0.02, 0.08, 0.72, 0.36), relief=0.5)
    pen.fill(cloth, box(-0.84, 0.34, 0.84, 0.62))
    arm = soft((-0.98, 0.62), (-1.0, -0.05), (-0.84, -0.16), (-0.68, -0.05), (-0.68, 0.62))
    pen.fill(cloth, arm, flipped(arm), relief=0.5)
    pen.fill(shaded((70, 48, 32)), box(-0.9, 0.62, -0.78, 0.76), box(0.78, 0.62, 0.9, 0.76))


@furniture(0.6)
def bookshelf(pen: Pen) -> None:
    wood = pen.material("wood", 0.4)
    pen.fill(wood, box(-0.66, -0.95, 0.66, 0.95))
    rows = pen.whole(3, 4)
    for k in range(rows):
        top, foot = -0.88 + 1.78 * k / rows, -0.88 + 1.78 * (k + 1) / rows - 0.07
        pen.fill(shaded((58, 42, 32)), box(-0.58, top, 0.58, foot))
        x, full = -0.56, pen.between(-0.2, 0.5)
        while x < full:
            wide = float(pen.rng.uniform(0.09, 0.18))
            spine = pen.plain("red", "blue", "green", "brown", "white", "yellow", "black")
            pen.fill(
                spine, box(x, top + float(pen.rng.uniform(0.02, 0.14)), min(x + wide, 0.57), foot), relief=0.3
            )
            x += wide + 0.01


@furniture(0.4)
def bed(pen: Pen) -> None:
    wood = pen.material("wood", 0.4)
    cloth = pen.material("fabric", 0.3)
    pen.fill(wood, box(-0.98, -0.5, -0.84, 0.7), box(0.84, -0.1, 0.98, 0.7), box(-0.9, 0.36, 0.9, 0.52))
    pen.fill(
        shaded((236, 234, 228)),
        soft((-0.82, -0.08), (-0.7, -0.26), (-0.4, -0.26), (-0.34, 0.02), (-0.8, 0.06)),
    )
    pen.fill(cloth, soft((-0.84, 0.0), (-0.3, -0.12), (0.4, -0.1), (0.86, 0.02), (0.88, 0.44), (-0.84, 0.44)))


@furniture(0.65)
def lamp(pen: Pen) -> None:
    shade, pole = pen.color("yellow", "white", "red", "green", "blue"), pen.material("metal", 0.5, UPRIGHT)
    pen.fill(pole, box(-0.05, -0.3, 0.05, 0.9), ellipse(0, 0.88, pen.between(0.26, 0.42), 0.1))
    narrow = pen.between(0.15, 0.4)
    pen.fill(
        shaded(toned(shade, 1.2)), polygon((-narrow, -0.92), (narrow, -0.92), (0.56, -0.2), (-0.56, -0.2))
    )


# ---- vessels


@vessel(0.35, material="glass")
def bottle(pen: Pen) -> None:
    glass = pen.material("glass", 0.42)
    wide = pen.between(0.26, 0.36)
    pen.fill(
        glass,
        polygon(
            (-0.12, -0.9),
            (0.12, -0.9),
            (0.12, -0.5),
            (wide, -0.2),
            (wide, 0.92),
            (-wide, 0.92),
            (-wide, -0.2),
            (-0.12, -0.5),
        ),
        relief=0.5,
    )
    pen.fill(pen.material("glass", 0.42), box(-wide, 0.1, wide, 0.9), relief=0.3)
    pen.fill(pen.plain("brown", "red", "black"), box(-0.13, -0.98, 0.13, -0.82))


@vessel(0.2, material="glass")
def wine_glass(pen: Pen) -> None:
    glass = pen.material("glass", 0.42)
    pen.fill(glass, box(-0.05, 0.1, 0.05, 0.86), ellipse(0, 0.88, 0.42, 0.1), relief=0.4)
    pen.fill(
        glass,
        soft((-0.42, -0.92), (0.42, -0.92), (0.46, -0.3), (0.16, 0.12), (-0.16, 0.12), (-0.46, -0.3)),
        relief=0.5,
    )
    pen.fill(glass, ellipse(0, -0.86, 0.38, 0.1), relief=0.2)


@vessel(0.9)
def vase(pen: Pen) -> None:
    main = pen.color("blue", "white", "green", "orange", "purple", "red")
    pattern = ("smooth", "plastic", "zigzag", "grid", "chequered")[pen.whole(0, 4)]
    glaze = pen.texture(pattern, main, toned(main, 0.4 if sum(main) > 380 else 1.6), 0.4)
    neck, belly, low = pen.between(0.1, 0.34), pen.between(0.35, 0.75), pen.between(-0.2, 0.4)
    pen.fill(
        glaze,
        soft(
            (-neck - 0.1, -0.92),
            (neck + 0.1, -0.92),
            (neck, -0.55),
            (belly, low),
            (0.28, 0.92),
            (-0.28, 0.92),
            (-belly, low),
            (-neck, -0.55),
        ),
        relief=0.5,
    )
    pen.fill(shaded((40, 34, 34)), ellipse(0, -0.88, neck + 0.02, 0.06), relief=0)


@vessel(0.6)
def mug(pen: Pen) -> None:
    clay = pen.plain("white", "red", "blue", "green", "yellow", "black")
    wide = pen.between(0.42, 0.56)
    pen.fill(clay, stroke(arc(wide, 0.02, 0.36, 0.4, -80, 80), 0.15))
    pen.fill(clay, polygon((-wide, -0.6), (wide, -0.6), (0.92 * wide, 0.7), (-0.92 * wide, 0.7)), relief=0.5)
    pen.fill(shaded(toned(clay.first, 0.55)), ellipse(0, -0.58, wide, 0.15), relief=0)


@vessel(0.4, material="metal")
def kettle(pen: Pen) -> None:
    steel = pen.material("metal", 0.4)
    pen.line(shaded((44, 40, 42)), stroke(arc(0, -0.35, 0.5, 0.52, 190, 350), 0.11))
    pen.fill(steel, polygon((0.4, 0.1), (0.9, -0.42), (1.0, -0.34), (0.52, 0.5)), relief=0.4)
    pen.fill(
        steel,
        soft((-0.66, 0.7), (-0.6, 0.0), (-0.3, -0.36), (0.3, -0.36), (0.6, 0.0), (0.66, 0.7)),
        relief=0.5,
    )
    pen.fill(steel, ellipse(0, -0.36, 0.3, 0.08), ellipse(0, -0.46, 0.08, 0.08))


@vessel(0.3, texture="woven")
def basket(pen: Pen) -> None:
    cane = pen.color("brown", "orange")
    wicker = pen.texture("woven", toned(cane, 1.6), toned(cane, 0.45), 0.34)
    pen.fill(wicker, stroke(arc(0, -0.05, 0.6, pen.between(0.6, 0.9), 180, 360), 0.12))
    pen.fill(wicker, polygon((-0.84, -0.12), (0.84, -0.12), (0.62, 0.8), (-0.62, 0.8)), relief=0.35)
    pen.fill(wicker, box(-0.9, -0.2, 0.9, 0.0), relief=0.4)


@vessel(0.4, material="plastic")
def bucket(pen: Pen) -> None:
    plastic = pen.material("plastic", 0.4)
    pen.line(shaded((120, 122, 126)), stroke(arc(0, -0.36, 0.62, pen.between(0.3, 0.6), 180, 360), 0.06))
    pen.fill(plastic, polygon((-0.68, -0.4), (0.68, -0.4), (0.48, 0.85), (-0.48, 0.85)), relief=0.4)
    pen.fill(shaded(toned(plastic.first, 0.6)), ellipse(0, -0.4, 0.68, 0.18), relief=0)
    pen.fill(plastic, stroke(arc(0, -0.4, 0.68, 0.18, 0, 360), 0.09), relief=0.2)


# ---- tools


@tool(0.6)
def hammer(pen: Pen) -> None:
    pen.fill(pen.material("wood", 0.3), stroke([(0, -0.6), (0, 0.95)], 0.17, 0.2))
    steel = pen.material("metal", 0.4)
    if pen.chance(0.5):
        pen.fill(steel, polygon((-0.5, -0.86), (0.1, -0.84), (0.66, -0.98), (0.34, -0.6), (-0.5, -0.5)))
    else:
        pen.fill(steel, box(-0.56, -0.88, 0.56, -0.46))


@tool(0.3)
def scissors(pen: Pen) -> None:
    grip, spread = pen.plain("red", "black"), pen.between(0.18, 0.45)
    steel = pen.material("metal", 0.4)
    for side in (-1, 1):
        pen.fill(
            steel,
            polygon(
                (-0.12 * side, 0.25),
                (0.1 * side, 0.22),
                (spread * side, -0.98),
                (spread * side - 0.12 * side, -0.7),
            ),
        )
        pen.fill(grip, stroke(arc(-0.3 * side, 0.62, 0.22, 0.28, 0, 360), 0.13))
    pen.fill(shaded((70, 70, 76)), ellipse(0, 0.12, 0.07, 0.07))


@tool(0.2)
def spanner(pen: Pen) -> None:
    steel = pen.material("metal", 0.4)
    pen.fill(steel, stroke([(0, -0.5), (0, 0.5)], 0.24))
    for side in (-1, 1):
        jaw = [
            (-0.16, 0.42),
            (-0.36, 0.62),
            (-0.34, 0.98),
            (-0.12, 0.96),
            (-0.12, 0.72),
            (0.12, 0.72),
            (0.12, 0.96),
            (0.34, 0.98),
            (0.36, 0.62),
            (0.16, 0.42),
        ]
        pen.fill(steel, polygon(*((x, side * y) for x, y in jaw)))


@tool(0.35)
def saw(pen: Pen) -> None:
    steel = pen.material("metal", 0.5)
    teeth = [(0.9 - 0.1 * k, 0.1 + 0.03 * k + 0.1 * (k % 2)) for k in range(14)]
    pen.fill(steel, polygon((-0.4, -0.22), (0.95, -0.08), *teeth))
    pen.fill(
        pen.material("wood", 0.3),
        soft((-0.98, -0.2), (-0.4, -0.34), (-0.32, 0.4), (-0.6, 0.56), (-0.98, 0.4)),
    )
    pen.fill(shaded((66, 56, 50)), ellipse(-0.66, 0.08, 0.15, 0.17), relief=0)


@tool(0.7)
def brush(pen: Pen) -> None:
    pen.fill(pen.plain("red", "blue", "yellow", "green", "brown"), stroke([(0, -0.98), (0, 0.0)], 0.16, 0.26))
    wide = pen.between(0.18, 0.42)
    pen.fill(pen.material("metal", 0.3), box(-wide, -0.04, wide, 0.28))
    hair = pen.color("black", "brown", "white", "blue", "red")
    pen.fill(
        pen.texture("fabric", toned(hair, 0.6), toned(hair, 1.5), 0.2),
        polygon((-wide, 0.26), (wide, 0.26), (wide + 0.08, 0.84), (0, 0.96), (-wide - 0.08, 0.84)),
    )


@tool(0.25)
def key(pen: Pen) -> None:
    brass = pen.material("metal", 0.5)
    pen.fill(brass, stroke(arc(0, -0.6, 0.28, 0.28, 0, 360), 0.17))
    pen.fill(brass, stroke([(0, -0.3), (0, 0.98)], 0.16), box(0, 0.5, 0.36, 0.64), box(0, 0.8, 0.42, 0.96))


# ---- coverings


def _sheet(pen: Pen) -> np.ndarray:
    """A rectangle that fills most of the frame."""
    wide, high = pen.between(0.8, 1.0), pen.between(0.6, 0.95)
    return box(-wide, -high, wide, high)


def _dyes(pen: Pen) -> tuple[Color, Color]:
    dark = pen.color("blue", "red", "black", "green", "purple", "brown")
    return dark, pen.color("white", "yellow", "pink", "orange")


@covering(0.6, texture="chequered")
def tiled_floor(pen: Pen) -> None:
    pen.fill(pen.texture("chequered", *_dyes(pen), 0.34), _sheet(pen))


@covering(0.4, texture="grid")
def wire_fence(pen: Pen) -> None:
    pen.fill(pen.texture("grid", *_dyes(pen), 0.3, pen.between(0.5, 1.1)), _sheet(pen))


@covering(0.5, texture="woven")
def doormat(pen: Pen) -> None:
    pen.fill(pen.texture("woven", *_dyes(pen)[::-1], 0.3), _sheet(pen) * (1.0, 0.75))


@covering(0.6, texture="zigzag")
def carpet(pen: Pen) -> None:
    sheet = _sheet(pen)
    fringe = pen.plain("white", "yellow")
    pen.line(
        fringe, *(box(x, -1.0, x + 0.04, 1.0) for x in np.arange(sheet[0, 0] + 0.05, -sheet[0, 0], 0.14))
    )
    pen.fill(pen.texture("zigzag", *_dyes(pen), 0.34), sheet * (1.0, 0.9))


# ---- clothing


@clothing(0.9)
def shirt(pen: Pen) -> None:
    main, other = (
        pen.color("blue", "white", "red", "green", "yellow", "purple", "pink"),
        pen.color("white", "black", "orange", "blue"),
    )
    pattern = ("fabric", "smooth", "chequered", "zigzag", "grid")[pen.whole(0, 4)]
    cloth = pen.texture(pattern, main, toned(main, 1.3) if pattern in ("fabric", "smooth") else other, 0.3)
    long = pen.between(0.2, 0.8)
    pen.fill(cloth, polygon((-0.46, -0.75), (0.46, -0.75), (0.52, 0.9), (-0.52, 0.9)))
    sleeve = polygon((0.36, -0.75), (0.56, -0.68), (0.96, -0.2 + long), (0.72, -0.1 + long), (0.4, -0.2))
    pen.fill(cloth, sleeve, flipped(sleeve))
    pen.fill(shaded((226, 200, 178)), soft((-0.2, -0.78), (0.2, -0.78), (0, -0.5)), relief=0)


@clothing(0.55, texture="zigzag")
def jumper(pen: Pen) -> None:
    knit = pen.texture("zigzag", pen.color("red", "blue", "green", "purple", "black"), (240, 234, 220), 0.34)
    pen.fill(knit, soft((-0.52, -0.7), (0, -0.6), (0.52, -0.7), (0.54, 0.86), (0, 0.9), (-0.54, 0.86)))
    sleeve = polygon((0.38, -0.74), (0.58, -0.6), (0.98, 0.66), (0.72, 0.78), (0.42, 0.0))
    pen.fill(knit, sleeve, flipped(sleeve))
    pen.fill(shaded(toned(knit.first, 0.6)), ellipse(0, -0.66, 0.22, 0.1), relief=0)


@clothing(0.55, texture="chequered")
def scarf(pen: Pen) -> None:
    cloth = pen.texture(
        "chequered", pen.color("red", "green", "blue", "black", "brown", "purple"), (236, 228, 204), 0.3
    )
    bow = pen.between(-0.3, 0.3)
    pen.fill(
        cloth,
        stroke(bend((0.15, -0.3), (0.2 + bow, 0.4), (0.35, 0.95)), 0.4),
        stroke(bend((-0.1, -0.3), (-0.4, 0.3), (-0.35 + bow, 0.75)), 0.4),
    )
    pen.fill(cloth, stroke(arc(0, -0.5, 0.5, 0.24, 0, 360), 0.34), relief=0.5)


@clothing(0.25, texture="woven")
def straw_hat(pen: Pen) -> None:
    straw = pen.texture("woven", (244, 218, 150), (150, 108, 52), 0.28)
    pen.fill(straw, ellipse(0, 0.3, 0.98, 0.3))
    pen.fill(straw, soft((-0.52, 0.26), (-0.46, -0.4), (0, -0.6), (0.46, -0.4), (0.52, 0.26), (0, 0.38)))
    pen.fill(
        pen.plain("red", "blue", "black"),
        polygon((-0.53, 0.06), (0.53, 0.06), (0.54, 0.26), (0, 0.38), (-0.54, 0.26)),
        relief=0.2,
    )


@clothing(0.5, material="fabric")
def sock(pen: Pen) -> None:
    knit = pen.material("fabric", 0.3)
    pen.fill(
        knit,
        soft(
            (-0.45, -0.95),
            (0.12, -0.95),
            (0.12, 0.1),
            (0.7, 0.4),
            (0.8, 0.75),
            (0.4, 0.9),
            (-0.3, 0.8),
            (-0.48, 0.4),
        ),
    )
    pen.fill(shaded(toned(knit.first, 0.9)), box(-0.46, -0.96, 0.14, -0.74))


@clothing(0.65)
def shoe(pen: Pen) -> None:
    leather, sole = pen.plain("brown", "black", "white", "red", "blue"), pen.plain("white", "black", "brown")
    ankle = pen.between(-0.5, -0.1)
    pen.fill(
        leather,
        soft((-0.8, ankle), (-0.2, ankle), (0.0, 0.02), (0.6, 0.12), (0.92, 0.4), (-0.8, 0.42)),
        relief=0.5,
    )
    pen.fill(sole, soft((-0.86, 0.38), (0.95, 0.38), (0.92, 0.56), (-0.86, 0.56)))
    pen.line(sole, *(stroke([(x, -0.02), (x + 0.22, 0.1)], 0.05) for x in (-0.12, 0.05, 0.22)))
    pen.fill(shaded((40, 34, 34)), ellipse(-0.5, ankle + 0.02, 0.26, 0.07), relief=0)
