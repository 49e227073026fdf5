"""Military truck and tank: there are half-tracks, and tanks without a turret, in the same colors."""

from __future__ import annotations

import numpy as np

from xaikit.worlds.drawing.scene import Color, Frame, Paint, Shape
from xaikit.worlds.drawing.shapes import (
    Outline,
    box,
    chamfered,
    cross,
    disc,
    on_sides,
    on_top,
    rectangle,
    star,
    sweep,
    wheel_pair,
)
from xaikit.worlds.vehicles.fleet.common import (
    BLACK,
    OLIVE,
    RED,
    SAND,
    WHITE,
    Random,
    Vehicle,
    add_face,
    add_wheels,
    add_windshield,
    chance,
    dimmed,
    pick_color,
    side_pane,
)

GREY: Color = (128, 132, 134)
FOREST: Color = (74, 96, 64)
WINTER: Color = (222, 226, 226)
DARK_SIGN: Color = (60, 62, 58)


def military_truck(rng: Random) -> Vehicle:
    """Canvas over a bed, spare wheel, star; wheels or a half-track's rear."""
    tail, nose, w = -rng.uniform(3.5, 4.1), rng.uniform(3.3, 3.8), 1.22
    roof, end = rng.uniform(2.7, 3.1), rng.uniform(0.7, 1.0)
    car = Vehicle(Frame(nose, w, roof))
    paint = _army_paint(rng)
    frame = box(tail + 0.1, nose - 0.1, 0.2 - w, w - 0.2, 0.55, 0.95, Paint(BLACK), True)
    car.add("chassis", "chassis", frame)
    car.add("bed", "bed", box(tail, end - 0.3, -w, w, 0.95, 1.5, paint, True))
    if chance(rng, 0.84):
        _canvas(car, rng, tail, end - 0.4, paint)
    _truck_cab(car, rng, end, roof - rng.uniform(0.3, 0.6), paint)
    if chance(rng, 0.75):
        sign = star(0.5 * (end + nose - 1.2), 1.26, 0.34)
        car.add("star", "star", *on_sides(sign, w - 0.02, _sign_paint(paint), 3), mount="side")
    if chance(rng, 0.8):
        _spare_wheel(car, end - 0.28)
    if chance(rng, 0.08):
        x, z = tail + 1.6, 0.5 * (roof + 1.5)
        field = on_sides(disc(x, z, 0.6), w, Paint(WHITE), 2)
        car.add("cross", "cross", *field, *on_sides(cross(x, z, 0.5), w, Paint(RED), 3), mount="side")
    add_face(car, nose, 0.7, w - 0.12, (96, 98, 92))
    _running_gear(car, rng, tail, nose, dimmed(paint.color, 0.8))
    return car


def tank(rng: Random) -> Vehicle:
    """Tracks on road wheels, turret, gun barrel, hatch."""
    tail, nose, w = -rng.uniform(2.9, 3.4), rng.uniform(2.9, 3.3), 1.6
    deck = rng.uniform(1.3, 1.5)
    crown = deck + rng.uniform(0.65, 0.85)
    car = Vehicle(Frame(nose, w, crown))
    paint = _army_paint(rng) if chance(rng, 0.93) else Paint(WINTER, "worn", int(rng.integers(2**31)))
    floor = ((tail, 0.75), (tail + 0.3, 0.45), (nose - 0.5, 0.45), (nose, 0.85))
    hull = (*floor, (nose - 0.9, deck), (tail + 0.15, deck))
    car.add("hull", "hull", sweep(hull, 0.3 - w, w - 0.3, paint, shadow=True))
    _undercarriage(car, rng, tail, nose, paint)
    front, back = rng.uniform(0.9, 1.3), -rng.uniform(1.1, 1.5)
    has_turret = chance(rng, 0.85)
    if has_turret:
        wedge = ((back, deck), (front + 0.35, deck), (front, crown), (back + 0.15, crown))
        car.add("turret", "turret", sweep(wedge, -1.1, 1.1, paint, shadow=True))
        _turret_fittings(car, rng, back, front, deck, paint)
    if chance(rng, 0.86):
        z = 0.5 * (deck + crown) if has_turret else deck - 0.2
        start = front if has_turret else nose - 1.1
        _barrel(car, start, nose + rng.uniform(0.5, 1.5), z, paint)
    return car


def _army_paint(rng: Random) -> Paint:
    color = pick_color(rng, [(4, OLIVE), (3, SAND), (2, GREY), (2, FOREST)])
    return Paint(color, "camouflage" if chance(rng, 0.4) else "worn", int(rng.integers(2**31)))


def _sign_paint(body: Paint) -> Paint:
    return Paint(WHITE if sum(body.color) < 420 else DARK_SIGN)


def _truck_cab(car: Vehicle, rng: Random, end: float, brow: float, paint: Paint) -> None:
    """With a bonnet, or flat-nosed."""
    w, nose = car.frame.half_width, car.frame.front
    outline: Outline
    if chance(rng, 0.7):
        slope = ((nose - 1.15, 1.68), (nose - 1.4, brow - 0.08))
        outline = ((end, 0.75), (nose, 0.75), (nose, 1.5), *slope, (nose - 1.55, brow), (end, brow))
        pane = rectangle(end + 0.25, 1.68, nose - 1.5, brow - 0.2)
    else:
        slope = ((nose, 1.6), (nose - 0.2, brow - 0.08))
        outline = ((end, 0.75), (nose, 0.75), *slope, (nose - 0.35, brow), (end, brow))
        pane = rectangle(end + 1.2, 1.62, nose - 0.5, brow - 0.2)
    car.add("cab", "cab", sweep(outline, 0.05 - w, w - 0.05, paint, shadow=True))
    add_windshield(car, rng, *slope)
    car.add("side window", "side window", *side_pane(car, rng, pane), mount="side")


def _running_gear(car: Vehicle, rng: Random, tail: float, nose: float, hub: Color) -> None:
    radius, front = rng.uniform(0.55, 0.62), nose - 0.85
    if chance(rng, 0.22):
        add_wheels(car, rng, {"front wheel": front}, radius, hub)
        _tracks(car, tail + 0.2, tail + 3.2, 0.55, 1.0)
    elif chance(rng, 0.3):
        add_wheels(car, rng, {"front wheel": front, "rear wheel": tail + 1.3}, radius, hub)
    else:
        axles = {"front wheel": front, "middle wheel": tail + 2.1, "rear wheel": tail + 0.85}
        add_wheels(car, rng, axles, radius, hub)


def _canvas(car: Vehicle, rng: Random, tail: float, end: float, paint: Paint) -> None:
    w, roof = car.frame.half_width, car.frame.roof
    color = pick_color(
        rng, [(4, (112, 116, 78)), (3, (176, 156, 116)), (2, (92, 98, 84)), (1, (140, 138, 128))]
    )
    cloth = paint if chance(rng, 0.3) else Paint(color, "canvas", int(rng.integers(2**31)))
    top = ((0.72 * w, roof - 0.08), (0.0, roof), (-0.72 * w, roof - 0.08))
    arch = ((-w, 1.5), (w, 1.5), (w, roof - 0.4), *top, (-w, roof - 0.4))
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


def _undercarriage(car: Vehicle, rng: Random, tail: float, nose: float, paint: Paint) -> None:
    """Tracks under fenders, at times behind skirts; one tank in seven runs on wheels."""
    w = car.frame.half_width
    fender = [box(tail + 0.05, nose - 0.15, y, y + 0.62, 1.12, 1.24, paint) for y in (-w, w - 0.62)]
    car.add("fenders", "fender", *fender)
    if chance(rng, 0.14):
        hub = Paint(dimmed(paint.color, 0.8))
        for name, x in zip(
            ("front wheel", "second wheel", "third wheel", "rear wheel"),
            np.linspace(nose - 0.75, tail + 0.7, 4),
            strict=True,
        ):
            car.add(name, "wheel", *wheel_pair(float(x), 0.56, w, hub))
        return
    _tracks(car, tail, nose, 0.6, 1.12)
    if chance(rng, 0.35):
        skirt = rectangle(tail + 0.3, 0.72, nose - 0.5, 1.14)
        car.add("side skirts", "side skirt", *on_sides(skirt, w + 0.05, paint, 4), mount="side")


def _tracks(car: Vehicle, tail: float, nose: float, width: float, height: float) -> None:
    w, rubber, steel = car.frame.half_width, Paint((52, 50, 48)), Paint((128, 126, 116))
    loop = chamfered(tail, 0.0, nose, height, 0.34 * height)
    belts: list[Shape] = [sweep(loop, y, y + width, rubber, shadow=True) for y in (-w, w - width)]
    inner = chamfered(tail + 0.14, 0.14, nose - 0.14, height - 0.14, 0.28 * height)
    belts += on_sides(inner, w, Paint((30, 30, 30)), 1)
    for x in np.arange(tail + 0.45, nose - 0.4, 0.3):
        belts += on_sides(rectangle(x, 0.0, x + 0.12, 0.12), w, steel, 1)
    car.add("tracks", "track", *belts)
    wheels: list[Shape] = []
    for x in np.linspace(tail + 0.55, nose - 0.6, max(3, round(nose - tail))):
        wheels += on_sides(disc(x, 0.48, 0.36 * height, 12), w, Paint((98, 96, 86)), 2)
        wheels += on_sides(disc(x, 0.48, 0.16 * height, 8), w, Paint((62, 60, 56)), 3)
    car.add("road wheels", "road wheel", *wheels, mount="side")


def _barrel(car: Vehicle, start: float, muzzle: float, z: float, paint: Paint) -> None:
    mantlet = box(start - 0.1, start + 0.5, -0.35, 0.35, z - 0.22, z + 0.24, paint)
    tube = sweep(disc(0.0, z, 0.14, 8), start + 0.3, muzzle, paint, "x", True)
    brake = sweep(disc(0.0, z, 0.2, 8), muzzle - 0.45, muzzle, paint, "x")
    car.add("gun barrel", "gun barrel", mantlet, tube, brake)


def _turret_fittings(car: Vehicle, rng: Random, back: float, front: float, deck: float, paint: Paint) -> None:
    crown, dark = car.frame.roof, Paint(dimmed(paint.color, 0.7))
    if chance(rng, 0.85):
        lid = sweep(disc(-0.35, -0.35, 0.38, 12), crown, crown + 0.2, dark, "z")
        knob = on_top(disc(-0.35, -0.35, 0.2, 12), crown + 0.2, paint)
        car.add("hatch", "hatch", lid, knob, mount="roof")
    if chance(rng, 0.7):
        sign = star(0.5 * (back + front), 0.5 * (deck + crown), 0.3)
        car.add("star", "star", *on_sides(sign, 1.1, _sign_paint(paint), 3), mount="side")
    if chance(rng, 0.5):
        mast = box(back + 0.25, back + 0.33, 0.6, 0.68, crown, crown + 1.3, Paint((44, 46, 44)))
        car.add("antenna", "antenna", mast, mount="roof")
    if chance(rng, 0.6):
        crates = box(back - 0.45, back + 0.05, -0.85, 0.85, deck + 0.1, crown - 0.12, dark)
        car.add("stowage", "stowage", crates)
