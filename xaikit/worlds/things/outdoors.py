"""Artifacts outdoors: buildings and vehicles."""

from __future__ import annotations

import numpy as np

from xaikit.worlds.drawing.pen import Pen, arc, box, ellipse, polygon, shaded, soft, stroke
from xaikit.worlds.drawing.surfaces import Surface, toned
from xaikit.worlds.things.catalogue import SubCategory

building = SubCategory("artifacts", "buildings", relief=0.15, upright=True)
vehicle = SubCategory("artifacts", "vehicles", relief=0.25, upright=True)

PANE = Surface("glass", (70, 96, 120), (210, 228, 240), 0.4)


# ---- buildings


@building(0.75)
def house(pen: Pen) -> None:
    wall, roof = (
        pen.color("white", "yellow", "red", "grey", "blue", "brown"),
        pen.color("red", "brown", "black", "grey"),
    )
    eaves, ridge = pen.between(-0.3, 0.05), pen.between(-0.95, -0.6)
    pen.fill(shaded((110, 84, 74)), box(0.3, ridge, 0.5, eaves))
    pen.fill(shaded(wall), box(-0.74, eaves, 0.74, 0.85))
    pen.fill(
        shaded(roof),
        polygon(
            (-0.92, eaves + 0.06),
            (-0.3 * pen.variety, ridge),
            (0.3 * pen.variety, ridge),
            (0.92, eaves + 0.06),
        ),
    )
    pen.fill(shaded((92, 60, 40)), box(-0.14, 0.35, 0.16, 0.85))
    pen.fill(PANE, box(-0.56, 0.15, -0.28, 0.46), box(0.3, 0.15, 0.58, 0.46))


@building(0.5, texture="grid")
def skyscraper(pen: Pen) -> None:
    glass, frame = pen.color("blue", "grey", "black", "green", "brown"), pen.color("white", "yellow")
    facade = pen.texture("grid", toned(glass, 0.6), frame, 0.22)
    wide, step = pen.between(0.38, 0.5), pen.between(-0.7, -0.4)
    pen.fill(facade, box(-0.7 * wide, -0.98, 0.7 * wide, step), box(-wide, step, wide, 1.0), relief=0.2)


@building(0.2)
def lighthouse(pen: Pen) -> None:
    pen.fill(
        shaded((240, 236, 230)),
        polygon((-0.22, -0.5), (0.22, -0.5), (0.38, 0.95), (-0.38, 0.95)),
        relief=0.35,
    )
    pen.fill(pen.plain("red"), box(-0.26, -0.2, 0.26, 0.15), box(-0.34, 0.5, 0.34, 0.85), relief=0.3)
    pen.fill(shaded((50, 50, 56)), box(-0.32, -0.56, 0.32, -0.46))
    pen.fill(shaded((252, 232, 130)), box(-0.18, -0.8, 0.18, -0.56))
    pen.fill(pen.plain("red"), polygon((-0.26, -0.78), (0, -1.0), (0.26, -0.78)))


@building(0.5)
def castle(pen: Pen) -> None:
    stone = pen.plain("grey", "brown", "yellow")
    high, mid = pen.between(-0.9, -0.5), pen.between(-0.2, 0.1)
    merlons = [box(x, mid - 0.14, x + 0.12, mid + 0.02) for x in np.arange(-0.5, 0.5, 0.22)]
    pen.fill(stone, box(-0.6, mid, 0.6, 0.85), *merlons)
    for x in (-0.66, 0.66):
        caps = [box(x + dx, high - 0.14, x + dx + 0.13, high + 0.02) for dx in (-0.27, -0.06, 0.15)]
        pen.fill(stone, box(x - 0.27, high, x + 0.27, 0.88), *caps, relief=0.35)
    pen.fill(shaded((52, 40, 34)), box(-0.2, 0.45, 0.2, 0.85), ellipse(0, 0.45, 0.2, 0.2))


@building(0.4, material="fabric")
def tent(pen: Pen) -> None:
    cloth = pen.material("fabric", 0.3)
    top = pen.between(-0.75, -0.5)
    pen.fill(cloth, polygon((-0.2, top), (0.5, top), (0.98, 0.62), (-0.9, 0.72)), relief=0.3)
    pen.fill(shaded(toned(cloth.first, 0.75)), polygon((-0.2, top), (0.34, 0.7), (-0.92, 0.74)), relief=0.1)
    pen.fill(shaded((44, 38, 36)), polygon((-0.2, top + 0.3), (0.04, 0.72), (-0.46, 0.73)), relief=0)


@building(0.35)
def windmill(pen: Pen) -> None:
    pen.fill(
        pen.plain("white", "brown"),
        polygon((-0.24, -0.4), (0.24, -0.4), (0.4, 0.98), (-0.4, 0.98)),
        relief=0.35,
    )
    pen.fill(pen.plain("red", "brown"), soft((-0.3, -0.36), (0, -0.74), (0.3, -0.36)))
    first = pen.between(0.2, 1.3)
    sails = []
    for k in range(4):
        t = first + k * np.pi / 2
        out, across = np.array([np.cos(t), np.sin(t)]), np.array([-np.sin(t), np.cos(t)])
        hub = np.array([0, -0.38])
        sails.append(
            np.array(
                [
                    hub + 0.12 * out,
                    hub + 0.85 * out,
                    hub + 0.85 * out + 0.22 * across,
                    hub + 0.2 * out + 0.22 * across,
                ]
            )
        )
    pen.fill(pen.texture("grid", (236, 226, 204), (110, 80, 56), 0.2), *sails)


# ---- vehicles


def _wheels(pen: Pen, y: float, radius: float, *places: float) -> None:
    tyre, rim = shaded((34, 34, 36)), shaded((170, 174, 180))
    pen.fill(tyre, *(ellipse(x, y, radius, radius) for x in places))
    pen.fill(rim, *(ellipse(x, y, 0.5 * radius, 0.5 * radius) for x in places))


@vehicle(0.85)
def car(pen: Pen) -> None:
    paint = pen.plain("red", "blue", "white", "black", "yellow", "green", "grey")
    front, back, roof = pen.between(0.2, 0.55), pen.between(-0.9, -0.4), pen.between(-0.5, -0.3)
    pen.fill(
        paint, polygon((back, 0.02), (back + 0.22, roof), (front - 0.25, roof), (front, 0.02)), relief=0.3
    )
    pen.fill(
        PANE,
        polygon(
            (back + 0.1, 0.0), (back + 0.26, roof + 0.08), (front - 0.28, roof + 0.08), (front - 0.1, 0.0)
        ),
        relief=0,
    )
    pen.line(paint, stroke([(-0.15, roof), (-0.15, 0.05)], 0.08))
    pen.fill(
        paint,
        soft((-0.96, 0.0), (-0.5, -0.06), (0.5, -0.02), (0.96, 0.12), (0.96, 0.42), (-0.96, 0.42)),
        relief=0.4,
    )
    _wheels(pen, 0.42, 0.21, -0.56, 0.56)


@vehicle(0.4)
def bus(pen: Pen) -> None:
    paint = pen.plain("red", "yellow", "blue")
    pen.fill(
        paint, polygon((-0.98, -0.5), (0.9, -0.5), (0.98, -0.3), (0.98, 0.48), (-0.98, 0.48)), relief=0.25
    )
    panes = pen.whole(4, 6)
    wide = 1.5 / panes
    pen.fill(
        PANE,
        *(box(-0.88 + k * wide, -0.36, -0.94 + (k + 1) * wide, -0.02) for k in range(panes)),
        box(0.7, -0.36, 0.96, 0.4),
    )
    pen.line(shaded((240, 236, 226)), box(-0.98, 0.1, 0.66, 0.18))
    _wheels(pen, 0.5, 0.19, -0.6, 0.5)


@vehicle(0.55)
def boat(pen: Pen) -> None:
    hull, sail = pen.plain("white", "red", "blue", "brown"), pen.plain("white", "red", "yellow", "blue")
    pen.fill(pen.material("wood", 0.3), box(-0.06, -0.95, 0.02, 0.4))
    lean = pen.between(0.5, 0.85)
    pen.fill(
        sail,
        polygon((0.04, -0.9), (lean, 0.22), (0.04, 0.22)),
        polygon((-0.1, -0.75), (-0.1, 0.22), (-lean, 0.22)),
    )
    pen.fill(hull, soft((-0.9, 0.34), (0.0, 0.4), (0.96, 0.3), (0.6, 0.76), (-0.6, 0.76)), relief=0.4)


@vehicle(0.3)
def bicycle(pen: Pen) -> None:
    frame = pen.plain("red", "blue", "black")
    tyre = shaded((40, 40, 44))
    for x in (-0.56, 0.56):
        pen.line(tyre, stroke(arc(x, 0.36, 0.4, 0.4, 0, 360), 0.09))
        pen.line(
            shaded((150, 152, 158)),
            *(
                stroke([(x - 0.36 * c, 0.36 - 0.36 * s), (x + 0.36 * c, 0.36 + 0.36 * s)], 0.02)
                for c, s in ((1, 0), (0, 1), (0.7, 0.7), (0.7, -0.7))
            ),
        )
    tubes = [
        [(-0.56, 0.36), (-0.22, -0.24)],
        [(-0.22, -0.24), (0.36, -0.26)],
        [(-0.28, -0.4), (0.0, 0.4)],
        [(-0.56, 0.36), (0.0, 0.4)],
        [(0.0, 0.4), (0.36, -0.26)],
        [(0.32, -0.5), (0.56, 0.36)],
    ]
    pen.line(frame, *(stroke(tube, 0.09) for tube in tubes))
    pen.line(
        shaded((36, 34, 36)),
        stroke([(-0.44, -0.42), (-0.14, -0.42)], 0.12),
        stroke([(0.24, -0.54), (0.52, -0.48)], 0.09),
    )


@vehicle(0.35)
def aeroplane(pen: Pen) -> None:
    skin = pen.plain("white", "grey", "blue")
    pen.fill(skin, polygon((-0.7, -0.06), (-0.98, -0.5), (-0.8, -0.52), (-0.46, -0.1)))
    pen.fill(
        skin,
        soft((-0.9, -0.02), (-0.4, -0.16), (0.6, -0.16), (0.98, 0.04), (0.6, 0.16), (-0.5, 0.12)),
        relief=0.5,
    )
    drop = pen.between(0.4, 0.7)
    pen.fill(
        shaded(toned(skin.first, 0.82)),
        polygon((0.24, 0.0), (-0.1, 0.02), (-0.5, drop), (-0.3, drop)),
        polygon((-0.6, 0.0), (-0.78, 0.02), (-0.95, 0.22), (-0.84, 0.22)),
    )
    pen.line(
        shaded((50, 62, 84)),
        *(ellipse(x, -0.06, 0.04, 0.04) for x in np.arange(-0.4, 0.6, 0.16)),
        box(0.7, -0.1, 0.84, -0.02),
    )


@vehicle(0.5)
def tractor(pen: Pen) -> None:
    paint = pen.plain("green", "red", "blue", "yellow")
    pen.fill(shaded((60, 60, 62)), box(0.5, -0.55, 0.58, -0.05))
    pen.fill(paint, polygon((-0.66, -0.8), (0.0, -0.8), (0.06, 0.1), (-0.62, 0.1)))
    pen.fill(PANE, polygon((-0.54, -0.68), (-0.06, -0.68), (-0.02, -0.16), (-0.5, -0.16)), relief=0)
    pen.fill(paint, soft((-0.1, -0.1), (0.7, -0.12), (0.9, 0.1), (0.86, 0.42), (-0.2, 0.42)), relief=0.4)
    _wheels(pen, 0.4, 0.5, -0.46)
    _wheels(pen, 0.6, 0.28, 0.6)
