"""School bus and city bus: either may have a bonnet or a flat nose, so that the fittings have to tell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from xaikit.worlds.drawing.scene import Color, Frame, Paint, Shape
from xaikit.worlds.drawing.shapes import box, disc, on_front, on_sides, rectangle, sweep
from xaikit.worlds.vehicles.fleet.common import (
    BLACK,
    BLUE,
    CHROME,
    ORANGE,
    RED,
    WHITE,
    YELLOW,
    Random,
    Vehicle,
    add_face,
    add_wheels,
    add_windshield,
    body_paint,
    chance,
    glass,
    pick_color,
    side_pane,
)

AMBER: Color = (255, 178, 60)
SIGNAL: Color = (240, 44, 36)
GREEN: Color = (58, 138, 88)
PALE_BLUE: Color = (110, 150, 170)


@dataclass(frozen=True)
class Coach:
    """The bare bus: from `tail` to the foot of its windshield at `face`."""

    car: Vehicle
    color: Color
    tail: float
    face: float
    roof: float


def school_bus(rng: Random) -> Vehicle:
    """Black stripes, stop sign, warning lights, a row of windows."""
    color = pick_color(rng, [(56, YELLOW), (14, ORANGE), (11, WHITE), (8, BLUE), (6, GREEN), (5, RED)])
    hub: Color = (206, 206, 202)
    bus = _bonneted(rng, color, hub) if chance(rng, 0.6) else _flat_nosed(rng, color, hub)
    car, w = bus.car, bus.car.frame.half_width
    sill = rng.uniform(1.62, 1.85)
    _window_row(bus, rng, sill, int(rng.integers(6, 9)), bus.face - 0.85)
    _door(bus, rng, "door", bus.face - 0.82)
    if chance(rng, 0.84):
        rails = [rectangle(bus.tail, z, bus.face - 0.85, z + 0.13) for z in (0.98, 1.4)]
        plates = [plate for rail in rails for plate in on_sides(rail, w, Paint(BLACK), 2)]
        car.add("black stripes", "stripe", *plates, mount="side")
    if chance(rng, 0.82):
        _stop_sign(bus, bus.face - rng.uniform(1.4, 1.9))
    if chance(rng, 0.82):
        _warning_lights(bus)
    if chance(rng, 0.12):
        _roof_unit(bus, rng)
    return car


def city_bus(rng: Random) -> Vehicle:
    """Destination sign, two doors, color band, roof unit, large windows."""
    colors = [(16, RED), (16, BLUE), (13, GREEN), (24, YELLOW), (16, WHITE), (10, ORANGE), (9, PALE_BLUE)]
    color = pick_color(rng, colors)
    bus = _flat_nosed(rng, color, CHROME) if chance(rng, 0.64) else _bonneted(rng, color, CHROME)
    _window_row(bus, rng, rng.uniform(1.3, 1.7), int(rng.integers(5, 8)), bus.face - 0.3)
    if chance(rng, 0.82):
        _color_band(bus, rng)
    _door(bus, rng, "front door", bus.face - 1.3)
    if chance(rng, 0.78):
        _door(bus, rng, "middle door", rng.uniform(-1.4, -0.4))
    if chance(rng, 0.84):
        _destination(bus, rng)
    if chance(rng, 0.75):
        _roof_unit(bus, rng)
    if chance(rng, 0.08):
        _stop_sign(bus, bus.face - rng.uniform(1.6, 2.2))
    return bus.car


def _flat_nosed(rng: Random, color: Color, hub: Color) -> Coach:
    tail, nose, w, roof = -rng.uniform(4.4, 5.3), rng.uniform(4.4, 5.1), 1.25, rng.uniform(2.85, 3.1)
    car = Vehicle(Frame(nose, w, roof))
    _chassis(car, tail, nose)
    slope = ((nose, 1.25), (nose - 0.12, roof - 0.5))
    rear = ((nose - 0.16, roof - 0.06), (nose - 0.3, roof), (tail + 0.1, roof), (tail, roof - 0.1))
    outline = ((tail, 0.45), (nose, 0.45), *slope, *rear)
    car.add("body", "body", sweep(outline, -w, w, body_paint(rng, color), shadow=True))
    add_windshield(car, rng, slope[0], (nose - 0.12, roof - 0.52))
    bumper = box(nose - 0.05, nose + 0.12, -w, w, 0.36, 0.62, Paint((64, 66, 70)))
    car.add("bumper", "bumper", bumper, mount="front")
    lamp, ring = Paint((255, 250, 222), "glow"), Paint((90, 92, 96))
    plates: list[Shape] = []
    for y in (-0.92, 0.92):
        plates.append(on_front(rectangle(y - 0.22, 0.72, y + 0.22, 0.98), nose, ring, 2))
        plates.append(on_front(rectangle(y - 0.16, 0.77, y + 0.16, 0.93), nose, lamp, 3))
    car.add("headlights", "headlight", *plates, mount="front")
    axles = {"front wheel": nose - 2.35, "rear wheel": tail + 2.6}
    add_wheels(car, rng, axles, rng.uniform(0.46, 0.53), hub)
    return Coach(car, color, tail, nose, roof)


def _bonneted(rng: Random, color: Color, hub: Color) -> Coach:
    tail, nose, w = -rng.uniform(4.0, 4.9), rng.uniform(4.1, 4.6), 1.2
    roof, face = rng.uniform(2.85, 3.1), rng.uniform(2.5, 2.8)
    car = Vehicle(Frame(nose, w, roof))
    paint = body_paint(rng, color)
    _chassis(car, tail, nose)
    slope = ((face, 1.62), (face - 0.18, roof - 0.42))
    rear = ((face - 0.45, roof), (tail + 0.25, roof), (tail, roof - 0.3))
    outline = ((tail, 0.62), (face, 0.62), *slope, *rear)
    car.add("body", "body", sweep(outline, -w, w, paint, shadow=True))
    hood = ((face + 0.02, 0.55), (nose, 0.55), (nose, 1.42), (nose - 0.3, 1.56), (face + 0.02, 1.68))
    car.add("hood", "hood", sweep(hood, 0.18 - w, w - 0.18, paint, shadow=True))
    add_windshield(car, rng, *slope)
    add_face(car, nose, 0.5, w - 0.15, BLACK)
    axles = {"front wheel": nose - 1.0, "rear wheel": tail + 2.1}
    add_wheels(car, rng, axles, rng.uniform(0.48, 0.55), hub)
    return Coach(car, color, tail, face, roof)


def _chassis(car: Vehicle, tail: float, nose: float) -> None:
    w = car.frame.half_width - 0.15
    car.add("chassis", "chassis", box(tail + 0.1, nose - 0.2, -w, w, 0.35, 0.65, Paint(BLACK), True))


def _window_row(bus: Coach, rng: Random, sill: float, n: int, end: float) -> None:
    pane, w = glass(rng), bus.car.frame.half_width
    plates = [
        plate
        for x0, x1 in pairwise(np.linspace(bus.tail + 0.28, end, n + 1))
        for plate in on_sides(rectangle(x0, sill, x1 - 0.14, bus.roof - 0.38), w, pane, 2)
    ]
    bus.car.add("side windows", "side window", *plates, mount="side")


def _door(bus: Coach, rng: Random, name: str, x: float) -> None:
    """Two glass leaves in a dark frame."""
    w, width, head = bus.car.frame.half_width, 0.72 if name == "door" else 1.1, bus.roof - 0.36
    plates = [*on_sides(rectangle(x, 0.55, x + width, head), w, Paint((52, 54, 58)), 4)]
    middle = x + width / 2
    for x0, x1 in ((x + 0.08, middle - 0.04), (middle + 0.04, x + width - 0.08)):
        plates += side_pane(bus.car, rng, rectangle(x0, 0.65, x1, head - 0.08), 5)
    bus.car.add(name, "door", *plates, mount="side")


def _stop_sign(bus: Coach, x: float) -> None:
    y, z = bus.car.frame.half_width + 0.08, 1.3
    white, red = Paint(WHITE), Paint((206, 24, 28))
    plates = [
        *on_sides(disc(x, z, 0.48, 8), y, white, 3),
        *on_sides(disc(x, z, 0.41, 8), y, red, 4),
        *on_sides(rectangle(x - 0.28, z - 0.08, x + 0.28, z + 0.08), y, white, 5),
    ]
    bus.car.add("stop sign", "stop sign", *plates, mount="side")


def _warning_lights(bus: Coach) -> None:
    front, roof = bus.face - 0.2, bus.roof
    pieces: list[Shape] = [box(front - 0.4, front, -1.05, 1.05, roof, roof + 0.3, Paint(BLACK))]
    for y, color in ((-0.8, SIGNAL), (-0.45, AMBER), (0.45, AMBER), (0.8, SIGNAL)):
        pieces.append(on_front(disc(y, roof + 0.15, 0.13, 10), front, Paint(color, "glow"), 2))
    for x, color in ((front - 0.28, SIGNAL), (front - 0.11, AMBER)):
        pieces += on_sides(disc(x, roof + 0.15, 0.09, 10), 1.05, Paint(color, "glow"), 2)
    bus.car.add("warning lights", "warning lights", *pieces, mount="roof")


def _color_band(bus: Coach, rng: Random) -> None:
    band = pick_color(rng, [(3, WHITE), (2, BLUE), (2, GREEN), (2, RED), (1, YELLOW)])
    if sum(abs(a - b) for a, b in zip(band, bus.color, strict=True)) < 120:
        band = (60, 66, 78)
    stripe = rectangle(bus.tail, 0.76, bus.face, 1.06)
    bus.car.add(
        "colour band", "stripe", *on_sides(stripe, bus.car.frame.half_width, Paint(band), 1), mount="side"
    )


def _destination(bus: Coach, rng: Random) -> None:
    """Amber letters on a dark board, over the windshield and over the front door."""
    board, ink = Paint((26, 26, 28)), Paint(AMBER, "glow")
    x, w, roof = bus.face - 0.08, bus.car.frame.half_width, bus.roof
    plates: list[Shape] = [on_front(rectangle(-1.05, roof - 0.46, 1.05, roof - 0.04), x, board, 4)]
    letters = np.cumsum(rng.uniform(0.2, 0.34, 6)) - 1.0
    for y in letters[letters < 0.8]:
        plates.append(on_front(rectangle(y, roof - 0.36, y + 0.13, roof - 0.14), x, ink, 5))
    x0 = bus.face - 2.9
    plates += on_sides(rectangle(x0, roof - 0.4, x0 + 1.5, roof - 0.06), w, board, 6)
    for step in np.arange(0.12, 1.3, 0.25):
        plates += on_sides(rectangle(x0 + step, roof - 0.32, x0 + step + 0.14, roof - 0.14), w, ink, 7)
    bus.car.add("destination sign", "destination sign", *plates, mount="front")


def _roof_unit(bus: Coach, rng: Random) -> None:
    x, roof = rng.uniform(-2.6, -0.8), bus.roof
    unit = box(x, x + 2.3, -0.8, 0.8, roof, roof + 0.3, Paint((206, 208, 208)))
    bus.car.add("roof unit", "roof unit", unit, mount="roof")
