"""Living things that stay: flowers, and what grows in a forest."""

from __future__ import annotations

import numpy as np

from xaikit.worlds.drawing.pen import (
    Pen,
    around,
    bend,
    box,
    ellipse,
    flipped,
    polygon,
    shaded,
    soft,
    stroke,
)
from xaikit.worlds.drawing.surfaces import toned
from xaikit.worlds.things.catalogue import SubCategory

flower = SubCategory("living things", "flowers", relief=0.4)
wild = SubCategory("living things", "forest", relief=0.4, upright=True)


# ---- flowers


def _stem(pen: Pen, top: float, leaves: int = 2) -> None:
    """A stem from (0, top) down, with leaves."""
    green = pen.plain("green")
    bow = pen.between(-0.2, 0.2)
    pen.fill(green, stroke(bend((0, top), (bow, 0.5), (0, 1.0)), 0.09, 0.12))
    leaf = soft((0.02, 0.8), (0.3, 0.5), (0.62, 0.42), (0.4, 0.72))
    pen.fill(green, *(leaf, flipped(leaf))[:leaves])


@flower(0.2)
def daisy(pen: Pen) -> None:
    _stem(pen, -0.2)
    petals = around(ellipse(0, -0.72, 0.11, 0.28), 13, 0, -0.36)
    pen.fill(pen.plain("white", "pink"), *petals)
    pen.fill(pen.plain("yellow"), ellipse(0, -0.36, 0.2, 0.2))


@flower(0.2, color="yellow")
def sunflower(pen: Pen) -> None:
    _stem(pen, 0.0)
    petal = polygon((-0.12, -0.52), (0, -0.98), (0.12, -0.52))
    pen.fill(pen.plain("yellow"), *around(petal, 17, 0, -0.3), *around(petal * (1, 0.98), 17, 0, -0.3, 0.18))
    pen.fill(shaded((92, 58, 30)), ellipse(0, -0.3, 0.38, 0.38))


@flower(0.8)
def tulip(pen: Pen) -> None:
    _stem(pen, -0.1)
    cup = pen.color("red", "yellow", "purple", "pink", "white", "orange")
    pen.fill(
        shaded(toned(cup, 0.75)),
        soft(
            (-0.36, -0.2),
            (-0.34, -0.72),
            (-0.14, -0.95),
            (0.1, -0.6),
            (0.14, -0.95),
            (0.34, -0.72),
            (0.36, -0.2),
            (0, 0.1),
        ),
    )
    pen.fill(
        shaded(cup), soft((-0.24, -0.2), (-0.2, -0.62), (0, -0.92), (0.2, -0.62), (0.24, -0.2), (0, 0.08))
    )


@flower(0.55, color="red")
def rose(pen: Pen) -> None:
    _stem(pen, -0.1)
    red = pen.color("red")
    pen.fill(shaded(toned(red, 0.72)), *around(ellipse(0, -0.66, 0.3, 0.24), 6, 0, -0.36))
    pen.fill(shaded(red), *around(ellipse(0.05, -0.54, 0.22, 0.17), 5, 0, -0.36, 0.4))
    pen.line(shaded(toned(red, 0.5)), *(stroke(_spiral(0, -0.36, reach), 0.06) for reach in (0.3, 0.2)))


def _spiral(x: float, y: float, reach: float) -> np.ndarray:
    t = np.linspace(0, 1, 26)
    return np.stack([x + reach * t * np.cos(11 * t), y + reach * t * np.sin(11 * t)], 1)


@flower(0.45, color="purple")
def thistle(pen: Pen) -> None:
    _stem(pen, 0.0)
    hairs = [stroke([(0.02 * k, -0.2), (0.13 * k, -0.95 + 0.015 * k * k)], 0.08, 0.05) for k in range(-4, 5)]
    pen.fill(pen.plain("purple"), *hairs)
    pen.fill(pen.texture("scaly", (110, 150, 80), (40, 70, 36), 0.22), ellipse(0, -0.06, 0.32, 0.3))


# ---- forest


@wild(0.7, material="foliage", color="green")
def oak(pen: Pen) -> None:
    trunk = pen.material("wood", 0.4, np.pi / 2)
    pen.fill(trunk, polygon((-0.14, 0.0), (0.14, 0.0), (0.24, 1.0), (-0.24, 1.0)))
    leaves = pen.material("foliage", 0.28)
    lumps = [
        ellipse(pen.between(-0.16, 0.16) + 0.48 * np.cos(t), -0.3 + 0.34 * np.sin(t), 0.4, 0.34)
        for t in np.linspace(0, 2 * np.pi, 7)[:-1]
    ]
    pen.fill(leaves, *lumps, ellipse(0, -0.3, 0.56, 0.5))


@wild(0.2, material="foliage", color="green")
def hedge(pen: Pen) -> None:
    leaves = pen.material("foliage", 0.26)
    pen.fill(
        leaves,
        soft(
            (-0.9, 0.7),
            (-0.92, -0.3),
            (-0.5, -0.44),
            (0.0, -0.38),
            (0.5, -0.46),
            (0.92, -0.3),
            (0.9, 0.7),
            (0.0, 0.76),
        ),
    )


@wild(0.25)
def pine(pen: Pen) -> None:
    pen.fill(pen.material("wood", 0.4, np.pi / 2), box(-0.1, 0.6, 0.1, 1.0))
    needles = pen.texture("furry", (18, 54, 40), (86, 140, 92), 0.26)
    for top, foot, half in ((0.1, 0.78, 0.7), (-0.38, 0.36, 0.56), (-0.96, -0.06, 0.42)):
        pen.fill(
            needles,
            polygon(
                (0, top),
                (half, foot),
                (half / 2, foot - 0.06),
                (0, foot + 0.04),
                (-half / 2, foot - 0.06),
                (-half, foot),
            ),
        )


@wild(0.3)
def palm(pen: Pen) -> None:
    lean = pen.between(-0.3, 0.3)
    bark = pen.texture("striped", (128, 92, 58), (186, 146, 98), 0.2, np.pi / 2)
    pen.fill(bark, stroke(bend((0, -0.4), (lean, 0.3), (lean / 2, 1.0)), 0.13, 0.22))
    green = pen.color("green")
    for k in range(7):
        t = np.pi * (0.05 + 0.9 * k / 6)
        end = (0.92 * np.cos(t), 0.12 - 0.6 * np.sin(t) + 0.25 * abs(np.cos(t)))
        frond = bend((0, -0.4), (0.6 * np.cos(t), -0.5 - 0.5 * np.sin(t)), end)
        pen.fill(shaded(toned(green, 0.75 + 0.1 * (k % 3))), stroke(frond, 0.22, 0.03))
    pen.fill(shaded((110, 74, 44)), ellipse(-0.1, -0.34, 0.1, 0.1), ellipse(0.1, -0.32, 0.1, 0.1))


@wild(0.5)
def cactus(pen: Pen) -> None:
    green = pen.color("green")
    ribs = pen.texture("striped", toned(green, 0.65), toned(green, 1.25), 0.16)
    arm, other = pen.between(-0.3, 0.2), pen.between(-0.2, 0.3)
    pen.fill(
        ribs,
        stroke([(-0.1, arm + 0.2), (-0.52, arm + 0.18), (-0.54, arm - 0.4)], 0.2),
        ellipse(-0.54, arm - 0.4, 0.1, 0.12),
    )
    pen.fill(
        ribs,
        stroke([(0.1, other + 0.2), (0.5, other + 0.18), (0.52, other - 0.3)], 0.2),
        ellipse(0.52, other - 0.3, 0.1, 0.12),
    )
    pen.fill(ribs, soft((-0.22, 1.0), (-0.22, -0.7), (0, -0.98), (0.22, -0.7), (0.22, 1.0)))


@wild(0.9)
def bare_tree(pen: Pen) -> None:
    bark = pen.plain("brown", "grey", "black", "white")

    def grow(x: float, y: float, heading: float, length: float, width: float, left: int) -> None:
        end = (x + length * np.sin(heading), y - length * np.cos(heading))
        pen.line(bark, stroke([(x, y), end], width, 0.7 * width), relief=0.2)
        if left:
            for side in (-1, 1):
                grow(
                    *end,
                    heading + side * pen.between(0.25, 0.8),
                    length * pen.between(0.55, 0.85),
                    0.6 * width,
                    left - 1,
                )

    grow(0, 1.0, pen.between(-0.15, 0.15), 0.72, 0.22, 3)


@wild(0.4, texture="spotted")
def toadstool(pen: Pen) -> None:
    pen.fill(pen.plain("white"), soft((-0.16, -0.1), (0.16, -0.1), (0.24, 0.95), (-0.24, 0.95)))
    cap = pen.texture("spotted", pen.color("red", "brown", "orange"), (246, 240, 228), 0.27)
    high = pen.between(0.7, 1.0)
    pen.fill(
        cap,
        soft(
            (-0.85, 0.08), (-0.6, -0.5 * high), (0, -0.95 * high), (0.6, -0.5 * high), (0.85, 0.08), (0, 0.14)
        ),
    )
