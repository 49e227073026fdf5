"""Others: neither alive nor made. Landforms, sky, minerals, waters, grounds."""

from __future__ import annotations

import numpy as np

from xaikit.worlds.drawing.pen import Pen, arc, bend, ellipse, polygon, shaded, soft, stroke
from xaikit.worlds.drawing.surfaces import Surface, toned
from xaikit.worlds.things.catalogue import SubCategory

landform = SubCategory("others", "landforms", relief=0.15, upright=True)
sky = SubCategory("others", "sky", relief=0.0, upright=True)
mineral = SubCategory("others", "minerals", relief=0.35)
water = SubCategory("others", "waters", relief=0.1, upright=True)
ground = SubCategory("others", "grounds", relief=0.15)


def _patch(pen: Pen, n: int = 9) -> np.ndarray:
    """An uneven round patch that fills the frame."""
    t = np.linspace(0, 2 * np.pi, n + 1)[:-1]
    reach = [pen.between(0.78, 1.04) for _ in t]
    return soft(*((r * np.cos(a), 0.86 * r * np.sin(a)) for r, a in zip(reach, t, strict=True)))


# ---- landforms


@landform(0.6, material="stone")
def mountain(pen: Pen) -> None:
    rock = pen.material("stone", 0.3)
    x, side = pen.between(-0.3, 0.3), pen.between(-0.4, 0.1)
    pen.fill(rock, polygon((0.1, 0.8), (0.6, side), (1.0, 0.8)), relief=0.2)
    pen.fill(rock, polygon((-1.0, 0.8), (x - 0.35, -0.2), (x, -0.92), (x + 0.3, -0.3), (0.86, 0.8)))
    snow = pen.between(-0.55, -0.2)
    pen.fill(
        shaded((240, 243, 248)),
        polygon(
            (x, -0.93),
            (x + 0.28, -0.34),
            (x + 0.12, snow),
            (x, snow - 0.14),
            (x - 0.14, snow + 0.04),
            (x - 0.3, -0.3),
        ),
    )


@landform(0.25)
def volcano(pen: Pen) -> None:
    smoke = shaded((96, 90, 94))
    pen.fill(
        smoke,
        *(ellipse(0.12 * k * pen.between(-1, 1.6), -0.5 - 0.16 * k, 0.18 + 0.06 * k, 0.16) for k in range(4)),
        relief=0.5,
    )
    pen.fill(
        pen.material("stone", 0.3),
        soft((-1.0, 0.85), (-0.5, 0.3), (-0.22, -0.42), (0.22, -0.42), (0.5, 0.3), (1.0, 0.85)),
    )
    lava = Surface("marbled", (190, 40, 18), (255, 206, 70), 0.3)
    pen.fill(
        lava,
        ellipse(0, -0.42, 0.22, 0.08),
        stroke(bend((0.0, -0.42), (0.16, 0.0), (pen.between(-0.1, 0.3), 0.6)), 0.16, 0.24),
        stroke(bend((-0.1, -0.4), (-0.2, 0.0), (-0.5, 0.5)), 0.12, 0.1),
        relief=0,
    )


@landform(0.2, texture="wavy", color="yellow")
def dunes(pen: Pen) -> None:
    sand = pen.color("yellow")
    ripples = Surface(
        "wavy", toned(sand, 0.66), toned(sand, 1.3), pen.between(0.2, 0.27), pen.between(-0.15, 0.15)
    )
    pen.fill(
        ripples,
        soft((-1.0, 0.3), (-0.4, -0.35), (0.1, -0.5), (0.5, -0.1), (1.0, 0.0), (1.0, 0.9), (-1.0, 0.9)),
    )
    pen.fill(ripples, soft((-1.0, 0.5), (0.0, 0.25), (1.0, -0.25), (1.0, 0.95), (-1.0, 0.95)), relief=0.3)


@landform(0.35, material="stone")
def canyon(pen: Pen) -> None:
    strata = Surface("stone", (112, 76, 62), (206, 168, 138), 0.26)
    gap = pen.between(0.1, 0.3)
    pen.fill(
        strata,
        polygon((-1.0, -0.8), (-0.3 - gap, -0.75), (-0.2 - gap, 0.0), (-0.02 - gap / 2, 0.9), (-1.0, 0.9)),
        relief=0.3,
    )
    pen.fill(
        strata,
        polygon((1.0, -0.7), (0.3 + gap, -0.85), (0.25 + gap, 0.1), (0.06 + gap / 2, 0.9), (1.0, 0.9)),
        relief=0.3,
    )
    pen.fill(strata, polygon((-0.5, 0.9), (0.0, 0.55), (0.5, 0.9)), relief=0)


@landform(0.45)
def island(pen: Pen) -> None:
    pen.fill(pen.material("water", 0.24), ellipse(0, 0.42, 1.0, 0.34), relief=0)
    pen.fill(shaded((226, 204, 150)), soft((-0.8, 0.4), (-0.3, 0.1), (0.4, 0.14), (0.8, 0.38), (0.0, 0.52)))
    high = pen.between(-0.75, -0.35)
    pen.fill(
        pen.material("stone", 0.3),
        soft((-0.5, 0.28), (-0.3, high), (0.0, high - 0.1), (0.2, high + 0.3), (0.5, 0.26)),
    )


# ---- sky


@sky(0.15)
def rainbow(pen: Pen) -> None:
    bands = ((206, 56, 52), (240, 150, 52), (246, 226, 80), (84, 170, 84), (60, 110, 200), (128, 70, 160))
    for k, color in enumerate(bands):
        r = 0.96 - 0.085 * k
        pen.line(
            Surface("smooth", color, color, 1.0, 0.0, 0.85), stroke(arc(0, 0.6, r, 1.45 * r, 180, 360), 0.1)
        )
    pen.fill(
        shaded((226, 230, 238)),
        *(ellipse(x, 0.62, 0.26, 0.16) for x in (-0.86, -0.62, 0.62, 0.86)),
        relief=0.4,
    )


@sky(0.45)
def lightning(pen: Pen) -> None:
    cloud = shaded((78, 80, 98))
    pen.fill(
        cloud,
        *(ellipse(x, pen.between(-0.85, -0.65), 0.36, 0.24) for x in (-0.6, -0.2, 0.2, 0.6)),
        relief=0.5,
    )
    x, path = 0.0, [(0.0, -0.6)]
    for y in np.linspace(-0.35, 0.95, 6):
        x += pen.between(-0.4, 0.4) + (0.16 if len(path) % 2 else -0.16)
        path.append((x, float(y)))
    pen.line(shaded((196, 180, 250)), stroke(path, 0.26, 0.08))
    pen.line(shaded((255, 252, 214)), stroke(path, 0.13, 0.04))


@sky(0.5)
def moon(pen: Pen) -> None:
    full = pen.chance(0.5)
    face = Surface("marbled", (226, 222, 204), (176, 172, 164), 0.7)
    if full:
        pen.fill(face, ellipse(0, 0, 0.72, 0.72), relief=0.3)
        pen.fill(
            shaded((186, 182, 172)),
            *(ellipse(pen.between(-0.5, 0.5), pen.between(-0.5, 0.5), r, r) for r in (0.16, 0.12, 0.09)),
            relief=0,
        )
    else:
        outer, inner = arc(0, 0, 0.8, 0.8, 70, 290), arc(0.32, 0, 0.66, 0.66, 285, 75)
        pen.fill(face, np.concatenate([outer, inner]), relief=0.2)


@sky(0.25)
def sunset(pen: Pen) -> None:
    glow = Surface("smooth", (250, 176, 70), (196, 62, 70), 0.16, np.pi / 2)
    pen.fill(glow, _patch(pen), relief=0)
    pen.fill(
        Surface("smooth", (255, 236, 150), (250, 150, 60), 0.3, np.pi / 2),
        ellipse(0, pen.between(-0.05, 0.15), 0.44, 0.44),
        relief=0,
    )
    pen.fill(
        shaded((74, 44, 70)), soft((-0.96, 0.3), (0.0, 0.36), (0.96, 0.3), (0.7, 0.8), (-0.7, 0.8)), relief=0
    )


@sky(0.6)
def tornado(pen: Pen) -> None:
    dust, sway = pen.color("grey", "brown", "black"), pen.between(-0.3, 0.3)
    for k in range(9):
        y, half = -0.85 + 0.2 * k, 0.78 * (1 - k / 9) ** 1.3 + 0.06
        lean = sway * np.sin(0.6 * k)
        pen.fill(shaded(toned(dust, 0.8 + 0.06 * (k % 4))), ellipse(lean, y, half, 0.15, 0.06), relief=0.5)


@sky(0.7)
def cloud(pen: Pen) -> None:
    puff = shaded(toned(pen.color("white", "grey"), 1.15))
    lumps = [
        ellipse(
            pen.between(-0.7, 0.7), pen.between(-0.4, 0.2), pen.between(0.22, 0.42), pen.between(0.2, 0.34)
        )
        for _ in range(6)
    ]
    pen.fill(puff, *lumps, ellipse(0, 0.14, 0.8, 0.26), relief=0.6)


# ---- minerals


@mineral(0.5)
def crystal(pen: Pen) -> None:
    tint = pen.color("purple", "blue", "white", "pink", "green")
    for k, t in enumerate((-0.75, 0.7, -0.35, 0.35, 0.0)):
        long, half = pen.between(0.8, 1.5) - 0.4 * abs(t), pen.between(0.13, 0.22)
        shade = 0.75 + 0.1 * k
        facet = Surface("smooth", toned(tint, shade), toned(tint, 1.6), 0.2, t, 0.92)
        shape = polygon((-half, 0.0), (-half, -long), (0.0, -long - 0.3), (half, -long), (half, 0.0))
        cos, sin = np.cos(t), np.sin(t)
        pen.fill(facet, shape @ np.array([[cos, sin], [-sin, cos]]) + (0.0, 0.85), relief=0.5)


@mineral(0.6, material="stone")
def boulder(pen: Pen) -> None:
    pen.fill(pen.material("stone", 0.3), _patch(pen, 7) * (0.9, 0.85))


@mineral(0.2, color="yellow")
def gold_nugget(pen: Pen) -> None:
    gold = shaded(pen.color("yellow"), 0.3)
    lumps = [
        ellipse(0.42 * np.cos(t), 0.3 * np.sin(t), pen.between(0.3, 0.46), pen.between(0.26, 0.4))
        for t in np.linspace(0, 5.2, 6)
    ]
    pen.fill(gold, *lumps, relief=0.6)
    pen.fill(gold, ellipse(-0.1, -0.1, 0.36, 0.3), relief=0.5)


@mineral(0.55, texture="marbled")
def agate(pen: Pen) -> None:
    main = pen.color("blue", "purple", "green", "red", "orange", "black")
    pen.fill(shaded((100, 92, 88)), _patch(pen) * 0.96)
    pen.fill(
        pen.texture("marbled", toned(main, 0.55), toned(main, 1.8), 0.34), _patch(pen) * 0.86, relief=0.1
    )


@mineral(0.5, texture="marbled")
def marble(pen: Pen) -> None:
    veins = pen.texture(
        "marbled", toned(pen.color("grey", "green", "brown", "black"), 0.7), (236, 230, 224), 0.3
    )
    pen.fill(
        veins,
        polygon((-0.85, -0.3), (-0.4, -0.75), (0.75, -0.6), (0.9, 0.2), (0.5, 0.75), (-0.7, 0.7)),
        relief=0.3,
    )


@mineral(0.3)
def granite(pen: Pen) -> None:
    grains = pen.texture("speckled", (198, 184, 178), (56, 52, 56), 0.42)
    top = pen.between(-0.5, -0.35)
    pen.fill(
        grains,
        polygon(
            (-0.9, top + 0.25),
            (-0.3, top - 0.2),
            (0.6, top - 0.15),
            (0.92, top + 0.3),
            (0.85, 0.6),
            (0.1, 0.85),
            (-0.75, 0.65),
        ),
        relief=0.3,
    )


# ---- waters


@water(0.4, material="water", color="blue")
def waves(pen: Pen) -> None:
    sea = pen.material("water", 0.26)
    for y in (-0.4, 0.0, 0.4):
        start = pen.between(-0.3, 0.3)
        crest = [(x, y + 0.1 * np.sin(7 * x + 9 * start)) for x in np.linspace(-1, 1, 17)]
        pen.fill(sea, polygon(*crest, (0.9, 0.9), (-0.9, 0.9)), relief=0.1)
        pen.line(shaded((236, 244, 248)), stroke(crest, 0.07, 0.05))


@water(0.3, material="water")
def waterfall(pen: Pen) -> None:
    rock = pen.plain("grey", "brown")
    pen.fill(rock, polygon((-0.95, -0.8), (0.95, -0.8), (0.9, 0.7), (-0.9, 0.7)), relief=0.2)
    wide = pen.between(0.5, 0.64)
    fall = Surface("water", (90, 150, 190), (246, 252, 255), 0.26, np.pi / 2)
    pen.fill(fall, polygon((-0.8 * wide, -0.85), (0.8 * wide, -0.85), (wide, 0.6), (-wide, 0.6)))
    pen.fill(pen.material("water", 0.26), ellipse(0, 0.72, 0.92, 0.24), relief=0)


@water(0.5)
def iceberg(pen: Pen) -> None:
    x = pen.between(-0.4, 0.4)
    ice = shaded((214, 232, 242))
    pen.fill(
        ice,
        polygon((-0.8, 0.3), (-0.5, -0.3), (x, pen.between(-0.95, -0.6)), (0.4, -0.35), (0.8, 0.3)),
        relief=0.3,
    )
    pen.fill(shaded((150, 190, 214)), polygon((x, -0.6), (0.4, -0.35), (0.8, 0.3), (0.2, 0.3)), relief=0)
    pen.fill(
        pen.material("water", 0.24),
        soft((-1.0, 0.3), (0.0, 0.26), (1.0, 0.3), (0.8, 0.8), (-0.8, 0.8)),
        relief=0,
    )


@water(0.2)
def icicles(pen: Pen) -> None:
    ice = shaded((190, 216, 232), 0.25)
    spikes = [
        polygon((x - 0.13, -0.62), (x + 0.13, -0.62), (x, pen.between(0.0, 0.95)))
        for x in np.linspace(-0.8, 0.8, 7)
    ]
    pen.fill(ice, *spikes, relief=0.5)
    pen.fill(
        shaded((232, 240, 246)),
        soft((-1.0, -0.9), (1.0, -0.9), (1.0, -0.6), (0.0, -0.52), (-1.0, -0.6)),
        relief=0.3,
    )


# ---- grounds


@ground(0.25, texture="cracked")
def dry_earth(pen: Pen) -> None:
    pen.fill(pen.texture("cracked", pen.color("brown", "grey"), (42, 28, 20), 0.3), _patch(pen))


@ground(0.3, texture="cracked")
def lava(pen: Pen) -> None:
    pen.fill(pen.texture("cracked", (48, 40, 42), pen.color("orange", "red", "yellow"), 0.34), _patch(pen))


@ground(0.4, texture="cracked")
def basalt(pen: Pen) -> None:
    stone = pen.color("grey", "brown", "blue", "white")
    pen.fill(pen.texture("cracked", toned(stone, 0.25), toned(stone, 0.85), 0.3), _patch(pen))


@ground(0.4, texture="wavy")
def tidal_flat(pen: Pen) -> None:
    pen.fill(
        pen.texture(
            "wavy",
            toned(pen.color("grey", "brown", "blue"), 0.6),
            (212, 202, 190),
            0.28,
            pen.between(-0.6, 0.6),
        ),
        _patch(pen),
    )
