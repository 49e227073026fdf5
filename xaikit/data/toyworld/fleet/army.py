"""Military truck and tank."""

from __future__ import annotations

import numpy as np

from xaikit.data.toyworld.fleet.common import (
    BLACK,
    RED,
    WHITE,
    Random,
    Vehicle,
    add_face,
    add_wheels,
    add_windshield,
    dimmed,
    pick_color,
    side_pane,
)
from xaikit.data.toyworld.scene import Color, Frame, Paint, Shape
from xaikit.data.toyworld.shapes import box, chamfered, cross, disc, on_sides, on_top, rectangle, star, sweep

OLIVE: Color = (104, 112, 70)
SAND: Color = (186, 162, 116)
GREY: Color = (128, 132, 134)
FOREST: Color = (74, 96, 64)


def _army_paint(rng: Random) -> Paint:
    color = pick_color(rng, [(4, OLIVE), (3, SAND), (2, GREY), (2, FOREST)])
    return Paint(color, "camouflage" if rng.random() < 0.4 else "worn", int(rng.integers(2**31)))


def military_truck(rng: Random) -> Vehicle:
    tail, nose, w = -rng.uniform(3.5, 4.1), rng.uniform(3.3, 3.8), 1.22
    roof, cab_end = rng.uniform(2.8, 3.15), rng.uniform(0.7, 1.0)
    car = Vehicle(Frame(nose, w, roof))
    paint = _army_paint(rng)
    car.add(
        "chassis", "chassis", box(tail + 0.1, nose - 0.1, -w + 0.2, w - 0.2, 0.55, 0.95, Paint(BLACK), True)
    )
    car.add("bed", "bed", box(tail, cab_end - 0.3, -w, w, 0.95, 1.5, paint, True))
    if rng.random() < 0.95:
        _canvas(car, rng, tail, cab_end - 0.4, roof, paint)
    brow = roof - rng.uniform(0.3, 0.6)
    slope = ((nose - 1.15, 1.68), (nose - 1.4, brow - 0.08))
    hood = (
        (cab_end, 0.75),
        (nose, 0.75),
        (nose, 1.5),
        slope[0],
        slope[1],
        (nose - 1.55, brow),
        (cab_end, brow),
    )
    car.add("cab", "cab", sweep(hood, -w + 0.05, w - 0.05, paint, shadow=True))
    add_windshield(car, rng, slope[0], slope[1])
    pane = rectangle(cab_end + 0.25, 1.68, nose - 1.5, brow - 0.2)
    car.add("side window", "side window", *side_pane(car, rng, pane), mount="side")
    if rng.random() < 0.8:
        sign = Paint(WHITE if sum(paint.color) < 420 else (60, 62, 58))
        door = 0.5 * (cab_end + nose - 1.2)
        car.add("star", "star", *on_sides(star(door, 1.26, 0.34), w - 0.02, sign, 3), mount="side")
    if rng.random() < 0.85:
        _spare_wheel(car, cab_end - 0.28)
    if rng.random() < 0.04:
        field = on_sides(disc(tail + 1.6, 0.5 * (roof + 1.5), 0.6), w, Paint(WHITE), 2)
        mark = on_sides(cross(tail + 1.6, 0.5 * (roof + 1.5), 0.5), w, Paint(RED), 3)
        car.add("cross", "cross", *field, *mark, mount="side")
    add_face(car, nose, 0.7, w - 0.12, (96, 98, 92))
    axles = {"front wheel": nose - 0.85, "middle wheel": tail + 2.1, "rear wheel": tail + 0.85}
    if rng.random() < 0.25:
        axles = {"front wheel": nose - 0.85, "rear wheel": tail + 1.3}
    hub = dimmed(paint.color, 0.8)
    add_wheels(car, rng, axles, rng.uniform(0.55, 0.62), hub)
    return car


def _canvas(car: Vehicle, rng: Random, tail: float, end: float, roof: float, paint: Paint) -> None:
    w = car.frame.half_width
    color = pick_color(
        rng, [(4, (112, 116, 78)), (3, (176, 156, 116)), (2, (92, 98, 84)), (1, (140, 138, 128))]
    )
    cloth = Paint(color, "canvas", int(rng.integers(2**31)))
    if rng.random() < 0.3:
        cloth = paint
    arch = (
        (-w, 1.5),
        (w, 1.5),
        (w, roof - 0.4),
        (0.72 * w, roof - 0.08),
        (0, roof),
        (-0.72 * w, roof - 0.08),
        (-w, roof - 0.4),
    )
    bows = [
        plate
        for x in np.linspace(tail + 0.15, end - 0.15, 5)
        for plate in on_sides(
            rectangle(x - 0.05, 1.5, x + 0.05, roof - 0.4), w, Paint(dimmed(color, 0.72)), 1
        )
    ]
    car.add("canvas", "canvas", sweep(arch, tail + 0.02, end, cloth, "x", True), *bows)


def _spare_wheel(car: Vehicle, x: float) -> None:
    w, z = car.frame.half_width, 1.62
    plates: list[Shape] = []
    for layer, (radius, color) in enumerate(
        ((0.5, (36, 36, 38)), (0.3, (120, 122, 112)), (0.12, (50, 50, 50))), 4
    ):
        plates += on_sides(disc(x, z, radius), w + 0.06, Paint(color), layer)
    car.add("spare wheel", "spare wheel", *plates, mount="side")


def tank(rng: Random) -> Vehicle:
    tail, nose, w = -rng.uniform(2.9, 3.4), rng.uniform(2.9, 3.3), 1.6
    deck = rng.uniform(1.3, 1.5)
    crown = deck + rng.uniform(0.65, 0.85)
    car = Vehicle(Frame(nose, w, crown))
    paint = (
        _army_paint(rng) if rng.random() < 0.93 else Paint((222, 226, 226), "worn", int(rng.integers(2**31)))
    )
    outline = (
        (tail, 0.75),
        (tail + 0.3, 0.45),
        (nose - 0.5, 0.45),
        (nose, 0.85),
        (nose - 0.9, deck),
        (tail + 0.15, deck),
    )
    car.add("hull", "hull", sweep(outline, -w + 0.3, w - 0.3, paint, shadow=True))
    _tracks(car, tail, nose)
    fender = [box(tail + 0.05, nose - 0.15, y, y + 0.62, 1.12, 1.24, paint) for y in (-w, w - 0.62)]
    car.add("fenders", "fender", *fender)
    if rng.random() < 0.35:
        skirt = rectangle(tail + 0.3, 0.72, nose - 0.5, 1.14)
        car.add("side skirts", "side skirt", *on_sides(skirt, w + 0.05, paint, 4), mount="side")
    front, back = rng.uniform(0.9, 1.3), -rng.uniform(1.1, 1.5)
    wedge = ((back, deck), (front + 0.35, deck), (front, crown), (back + 0.15, crown))
    car.add("turret", "turret", sweep(wedge, -1.1, 1.1, paint, shadow=True))
    if rng.random() < 0.96:
        _barrel(car, front, nose + rng.uniform(0.5, 1.5), 0.5 * (deck + crown), paint)
    _turret_fittings(car, rng, back, front, deck, crown, paint)
    return car


def _tracks(car: Vehicle, tail: float, nose: float) -> None:
    w, rubber, steel = car.frame.half_width, Paint((52, 50, 48)), Paint((128, 126, 116))
    loop = chamfered(tail, 0.0, nose, 1.12, 0.38)
    cleats: list[Shape] = []
    for y0, y1 in ((-w, -w + 0.6), (w - 0.6, w)):
        cleats.append(sweep(loop, y0, y1, rubber, shadow=True))
    cleats += on_sides(chamfered(tail + 0.14, 0.14, nose - 0.14, 0.98, 0.32), w, Paint((30, 30, 30)), 1)
    for x in np.arange(tail + 0.45, nose - 0.4, 0.3):
        cleats += on_sides(rectangle(x, 0.0, x + 0.12, 0.12), w, steel, 1)
    car.add("tracks", "track", *cleats)
    wheels: list[Shape] = []
    for x in np.linspace(tail + 0.55, nose - 0.6, 6):
        wheels += on_sides(disc(x, 0.5, 0.4), w, Paint((98, 96, 86)), 2)
        wheels += on_sides(disc(x, 0.5, 0.17, 10), w, Paint((62, 60, 56)), 3)
    car.add("road wheels", "road wheel", *wheels, mount="side")


def _barrel(car: Vehicle, start: float, muzzle: float, z: float, paint: Paint) -> None:
    mantlet = box(start - 0.1, start + 0.5, -0.35, 0.35, z - 0.22, z + 0.24, paint)
    tube = sweep(disc(0.0, z, 0.14, 8), start + 0.3, muzzle, paint, "x", True)
    brake = sweep(disc(0.0, z, 0.2, 8), muzzle - 0.45, muzzle, paint, "x")
    car.add("gun barrel", "gun barrel", mantlet, tube, brake)


def _turret_fittings(
    car: Vehicle, rng: Random, back: float, front: float, deck: float, crown: float, paint: Paint
) -> None:
    dark = Paint(dimmed(paint.color, 0.7))
    if rng.random() < 0.9:
        lid = sweep(disc(-0.35, -0.35, 0.38, 12), crown, crown + 0.2, dark, "z")
        car.add("hatch", "hatch", lid, on_top(disc(-0.35, -0.35, 0.2, 12), crown + 0.2, paint), mount="roof")
    if rng.random() < 0.75:
        sign = Paint(WHITE if sum(paint.color) < 420 else (150, 40, 36))
        x, z = 0.5 * (back + front), 0.5 * (deck + crown)
        car.add("star", "star", *on_sides(star(x, z, 0.3), 1.1, sign, 3), mount="side")
    if rng.random() < 0.5:
        mast = box(back + 0.25, back + 0.33, 0.6, 0.68, crown, crown + 1.3, Paint((44, 46, 44)))
        car.add("antenna", "antenna", mast, mount="roof")
    if rng.random() < 0.6:
        crates = box(back - 0.45, back + 0.05, -0.85, 0.85, deck + 0.1, crown - 0.12, dark)
        car.add("stowage", "stowage", crates)
