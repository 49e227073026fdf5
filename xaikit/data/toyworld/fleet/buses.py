"""School bus and city bus."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from xaikit.data.toyworld.fleet.common import (
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
    glass,
    pick_color,
    side_pane,
)
from xaikit.data.toyworld.scene import Color, Frame, Paint, Shape
from xaikit.data.toyworld.shapes import box, disc, on_front, on_sides, rectangle, sweep

AMBER: Color = (255, 178, 60)
GREEN: Color = (58, 138, 88)


def school_bus(rng: Random) -> Vehicle:
    tail, nose, w = -rng.uniform(4.0, 4.9), rng.uniform(4.1, 4.6), 1.2
    roof, face = rng.uniform(2.85, 3.1), rng.uniform(2.5, 2.8)
    car = Vehicle(Frame(nose, w, roof))
    paint = body_paint(rng, pick_color(rng, [(76, YELLOW), (10, ORANGE), (7, WHITE), (4, BLUE), (3, GREEN)]))
    car.add(
        "chassis", "chassis", box(tail + 0.1, nose - 0.2, -w + 0.15, w - 0.15, 0.4, 0.7, Paint(BLACK), True)
    )
    slope = ((face, 1.62), (face - 0.18, roof - 0.42))
    outline = (
        (tail, 0.62),
        (face, 0.62),
        *slope,
        (face - 0.45, roof),
        (tail + 0.25, roof),
        (tail, roof - 0.3),
    )
    car.add("body", "body", sweep(outline, -w, w, paint, shadow=True))
    hood = ((face + 0.02, 0.55), (nose, 0.55), (nose, 1.42), (nose - 0.3, 1.56), (face + 0.02, 1.68))
    car.add("hood", "hood", sweep(hood, -w + 0.18, w - 0.18, paint, shadow=True))
    add_windshield(car, rng, slope[0], slope[1])
    _window_row(car, rng, tail + 0.3, face - 0.85, 1.85, roof - 0.35, int(rng.integers(6, 9)))
    door = rectangle(face - 0.72, 0.75, face - 0.14, roof - 0.38)
    car.add(
        "door",
        "door",
        *on_sides(door, w, Paint(BLACK), 1),
        *side_pane(car, rng, _inset(door, 0.08)),
        mount="side",
    )
    if rng.random() < 0.96:
        rails = [rectangle(tail, z, face - 0.8, z + 0.13) for z in (0.98, 1.42)]
        car.add(
            "black stripes",
            "stripe",
            *(p for rail in rails for p in on_sides(rail, w, Paint(BLACK), 2)),
            mount="side",
        )
    if rng.random() < 0.93:
        _stop_sign(car, face - rng.uniform(1.4, 1.8))
    if rng.random() < 0.95:
        _warning_lights(car, face, roof)
    add_face(car, nose, 0.5, w - 0.15, BLACK)
    add_wheels(
        car,
        rng,
        {"front wheel": nose - 1.0, "rear wheel": tail + 2.1},
        rng.uniform(0.48, 0.55),
        (206, 206, 202),
    )
    return car


def _inset(outline: tuple, by: float) -> tuple:
    (x0, z0), _, (x1, z1), _ = outline
    return rectangle(x0 + by, z0 + by, x1 - by, z1 - by)


def _window_row(car: Vehicle, rng: Random, x0: float, x1: float, z0: float, z1: float, n: int) -> None:
    pane = glass(rng)
    edges = np.linspace(x0, x1, n + 1)
    plates = [
        plate
        for left, right in pairwise(edges)
        for plate in on_sides(rectangle(left, z0, right - 0.14, z1), car.frame.half_width, pane, 2)
    ]
    car.add("side windows", "side window", *plates, mount="side")


def _stop_sign(car: Vehicle, x: float) -> None:
    w, z = car.frame.half_width, 1.32
    white, red = Paint(WHITE), Paint((206, 24, 28))
    plates = [
        *on_sides(disc(x, z, 0.44, 8), w + 0.08, white, 3),
        *on_sides(disc(x, z, 0.38, 8), w + 0.08, red, 4),
        *on_sides(rectangle(x - 0.26, z - 0.08, x + 0.26, z + 0.08), w + 0.08, white, 5),
    ]
    car.add("stop sign", "stop sign", *plates, mount="side")


def _warning_lights(car: Vehicle, face: float, roof: float) -> None:
    board = Paint(BLACK)
    pieces: list[Shape] = [box(face - 0.55, face - 0.16, -1.05, 1.05, roof, roof + 0.3, board)]
    for y, color in ((-0.8, (240, 44, 36)), (-0.45, AMBER), (0.45, AMBER), (0.8, (240, 44, 36))):
        pieces.append(on_front(disc(y, roof + 0.15, 0.13, 10), face - 0.16, Paint(color, "glow"), 2))
    for x, color in ((face - 0.44, (240, 44, 36)), (face - 0.27, AMBER)):
        pieces += on_sides(disc(x, roof + 0.15, 0.09, 10), 1.05, Paint(color, "glow"), 2)
    car.add("warning lights", "warning lights", *pieces, mount="roof")


def city_bus(rng: Random) -> Vehicle:
    tail, nose, w = -rng.uniform(4.6, 5.4), rng.uniform(4.6, 5.2), 1.25
    roof = rng.uniform(2.85, 3.1)
    car = Vehicle(Frame(nose, w, roof))
    colors = [
        (16, RED),
        (16, BLUE),
        (14, GREEN),
        (16, YELLOW),
        (18, WHITE),
        (10, ORANGE),
        (10, (110, 150, 170)),
    ]
    color = pick_color(rng, colors)
    car.add(
        "chassis", "chassis", box(tail + 0.1, nose - 0.1, -w + 0.15, w - 0.15, 0.3, 0.6, Paint(BLACK), True)
    )
    slope = ((nose, 1.2), (nose - 0.12, roof - 0.5))
    outline = (
        (tail, 0.42),
        (nose, 0.42),
        *slope,
        (nose - 0.16, roof - 0.06),
        (nose - 0.3, roof),
        (tail + 0.1, roof),
        (tail, roof - 0.1),
    )
    car.add("body", "body", sweep(outline, -w, w, body_paint(rng, color), shadow=True))
    add_windshield(car, rng, (nose, 1.2), (nose - 0.12, roof - 0.52))
    _window_row(car, rng, tail + 0.25, nose - 0.3, 1.3, roof - 0.42, int(rng.integers(5, 8)))
    band = pick_color(rng, [(3, WHITE), (2, BLUE), (2, GREEN), (2, RED), (1, YELLOW)])
    if sum(abs(a - b) for a, b in zip(band, color, strict=True)) < 120:
        band = (60, 66, 78)
    car.add(
        "colour band", "stripe", *on_sides(rectangle(tail, 0.72, nose, 1.02), w, Paint(band), 1), mount="side"
    )
    for name, x in (("front door", nose - 1.35), ("middle door", rng.uniform(-1.2, -0.2))):
        _door(car, rng, name, x, roof)
    if rng.random() < 0.95:
        _destination(car, rng, nose, roof)
    if rng.random() < 0.85:
        unit = Paint((206, 208, 208))
        x = rng.uniform(-2.6, -0.6)
        car.add("roof unit", "roof unit", box(x, x + 2.3, -0.8, 0.8, roof, roof + 0.3, unit), mount="roof")
    _city_face(car, nose, w)
    add_wheels(
        car, rng, {"front wheel": nose - 2.35, "rear wheel": tail + 2.6}, rng.uniform(0.46, 0.52), CHROME
    )
    return car


def _door(car: Vehicle, rng: Random, name: str, x: float, roof: float) -> None:
    w, frame = car.frame.half_width, rectangle(x, 0.5, x + 1.1, roof - 0.36)
    leaves = [rectangle(x + a, 0.6, x + b, roof - 0.44) for a, b in ((0.08, 0.51), (0.59, 1.02))]
    plates = [*on_sides(frame, w, Paint((52, 54, 58)), 4)]
    for leaf in leaves:
        plates += side_pane(car, rng, leaf, 5)
    car.add(name, "door", *plates, mount="side")


def _destination(car: Vehicle, rng: Random, nose: float, roof: float) -> None:
    board, ink = Paint((26, 26, 28)), Paint(AMBER, "glow")
    w = car.frame.half_width
    front = on_front(rectangle(-1.05, roof - 0.46, 1.05, roof - 0.04), nose - 0.08, board, 4)
    plates: list[Shape] = [front]
    letters = np.cumsum(rng.uniform(0.2, 0.34, 6)) - 1.0
    for y in letters[letters < 0.8]:
        plates.append(on_front(rectangle(y, roof - 0.36, y + 0.13, roof - 0.14), nose - 0.08, ink, 5))
    x0 = nose - 2.9
    plates += on_sides(rectangle(x0, roof - 0.4, x0 + 1.5, roof - 0.06), w, board, 3)
    for step in np.arange(0.12, 1.3, 0.25):
        plates += on_sides(rectangle(x0 + step, roof - 0.32, x0 + step + 0.14, roof - 0.14), w, ink, 4)
    car.add("destination sign", "destination sign", *plates, mount="front")


def _city_face(car: Vehicle, nose: float, w: float) -> None:
    car.add(
        "bumper",
        "bumper",
        box(nose - 0.05, nose + 0.12, -w, w, 0.36, 0.62, Paint((64, 66, 70))),
        mount="front",
    )
    lamp, ring = Paint((255, 250, 222), "glow"), Paint((90, 92, 96))
    plates = []
    for y in (-0.92, 0.92):
        plates.append(on_front(rectangle(y - 0.22, 0.72, y + 0.22, 0.98), nose, ring, 2))
        plates.append(on_front(rectangle(y - 0.16, 0.77, y + 0.16, 0.93), nose, lamp, 3))
    car.add("headlights", "headlight", *plates, mount="front")
