"""Fire engine and ambulance."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from xaikit.data.toyworld.fleet.common import (
    BLACK,
    BLUE,
    CHROME,
    LIME,
    ORANGE,
    RED,
    WHITE,
    YELLOW,
    Random,
    Vehicle,
    add_face,
    add_light_bar,
    add_wheels,
    add_windshield,
    body_paint,
    pick_color,
    side_pane,
)
from xaikit.data.toyworld.scene import Frame, Paint, Shape
from xaikit.data.toyworld.shapes import box, cross, disc, on_sides, on_top, rectangle, star, sweep

SIGNAL_BLUE = (54, 116, 246)
SIGNAL_RED = (248, 52, 48)
ALUMINIUM = (206, 208, 208)


def fire_engine(rng: Random) -> Vehicle:
    tail, nose, w = -rng.uniform(3.5, 4.3), rng.uniform(3.5, 4.0), 1.2
    roof, cab_end = rng.uniform(2.55, 2.8), rng.uniform(1.2, 1.6)
    car = Vehicle(Frame(nose, w, roof))
    color = pick_color(rng, [(72, RED), (9, LIME), (10, WHITE), (5, ORANGE), (4, YELLOW)])
    paint = body_paint(rng, color)
    stripe = WHITE if color[1] < 150 else RED
    car.add(
        "chassis", "chassis", box(tail + 0.1, nose - 0.1, -w + 0.15, w - 0.15, 0.4, 0.7, Paint(BLACK), True)
    )
    car.add("body", "body", box(tail, cab_end, -w, w, 0.6, roof, paint, True))
    slope = ((nose, 1.5), (nose - 0.32, roof - 0.12))
    outline = ((cab_end + 0.08, 0.55), (nose, 0.55), *slope, (nose - 0.5, roof), (cab_end + 0.08, roof))
    car.add("cab", "cab", sweep(outline, -w, w, paint, shadow=True))
    add_windshield(car, rng, slope[0], slope[1])
    pane = rectangle(cab_end + 0.85, 1.5, nose - 0.55, roof - 0.25)
    back = rectangle(cab_end + 0.2, 1.5, cab_end + 0.7, roof - 0.25)
    car.add(
        "side window", "side window", *side_pane(car, rng, pane), *side_pane(car, rng, back), mount="side"
    )
    band = rectangle(tail, 1.08, nose, 1.34)
    car.add("stripe", "stripe", *on_sides(band, w, Paint(stripe), 1), mount="side")
    _shutters(car, tail, cab_end, roof, int(rng.integers(2**31)))
    reel_x = tail + 0.72
    reel = (Paint((150, 34, 30)), Paint((222, 190, 96)), Paint((60, 50, 46)))
    rings = [
        on_sides(disc(reel_x, 1.72, r), w, p, 4 + k)
        for k, (r, p) in enumerate(zip((0.52, 0.42, 0.16), reel, strict=True))
    ]
    car.add("hose reel", "hose reel", *(plate for ring in rings for plate in ring), mount="side")
    if rng.random() < 0.95:
        _ladder(car, tail - 0.25, nose - rng.uniform(0.9, 1.6), roof)
    if rng.random() < 0.95:
        twin = (SIGNAL_BLUE, SIGNAL_BLUE) if rng.random() < 0.5 else (SIGNAL_RED, SIGNAL_BLUE)
        add_light_bar(car, nose - 0.85, roof, 0.95, twin)
    add_face(car, nose, 0.55, w)
    hub = pick_color(rng, [(3, CHROME), (1, RED)])
    add_wheels(car, rng, {"front wheel": nose - 1.35, "rear wheel": tail + 1.75}, rng.uniform(0.5, 0.58), hub)
    return car


def _shutters(car: Vehicle, tail: float, end: float, roof: float, seed: int) -> None:
    roll, frame = Paint(ALUMINIUM, "slats", seed), Paint((120, 122, 124))
    start = tail + 1.5
    thirds = np.linspace(start, end - 0.1, 3)
    plates: list[Shape] = []
    for x0, x1 in pairwise(thirds):
        plates += on_sides(rectangle(x0, 1.42, x1 - 0.12, roof - 0.28), car.frame.half_width, frame, 2)
        plates += on_sides(rectangle(x0 + 0.06, 1.46, x1 - 0.18, roof - 0.33), car.frame.half_width, roll, 3)
    car.add("shutters", "shutter", *plates, mount="side")


def _ladder(car: Vehicle, x0: float, x1: float, roof: float) -> None:
    steel, rung = Paint((214, 216, 218)), Paint((176, 178, 182))
    low, high, y = roof + 0.24, roof + 0.62, 0.62
    steps = np.linspace(x0 + 0.1, x1 - 0.2, 9)
    pieces: list[Shape] = [
        box(x0, x1, side, side + 0.12, z, z + 0.13, steel) for side in (-y, y - 0.12) for z in (low, high)
    ]
    for x in steps:
        pieces += on_sides(rectangle(x, low, x + 0.1, high), y - 0.02, rung)
        pieces += on_sides(rectangle(x, low, x + 0.1, high), 0.14 - y, rung)
        pieces.append(on_top(rectangle(x, 0.14 - y, x + 0.1, y - 0.14), low + 0.08, rung))
    for x in (x0 + 0.9, x1 - 0.7):
        pieces.append(box(x, x + 0.14, -0.6, 0.6, roof, low, Paint(BLACK)))
    car.add("ladder", "ladder", *pieces, mount="roof")


def ambulance(rng: Random) -> Vehicle:
    tail, nose, w = -rng.uniform(2.8, 3.3), rng.uniform(2.7, 3.0), 1.08
    roof, box_end = rng.uniform(2.45, 2.75), rng.uniform(0.5, 0.85)
    car = Vehicle(Frame(nose, w, roof))
    color = pick_color(rng, [(64, WHITE), (14, YELLOW), (9, LIME), (6, RED), (7, (236, 226, 196))])
    paint = body_paint(rng, color)
    light_body = color[1] > 120
    car.add(
        "chassis", "chassis", box(tail + 0.1, nose - 0.1, -w + 0.15, w - 0.15, 0.35, 0.6, Paint(BLACK), True)
    )
    car.add("body", "body", box(tail, box_end, -w, w, 0.5, roof, paint, True))
    brow = rng.uniform(2.0, 2.2)
    slope = ((nose - 0.85, 1.42), (nose - 1.5, brow))
    hood = (
        (box_end + 0.05, 0.45),
        (nose, 0.45),
        (nose, 1.2),
        slope[0],
        slope[1],
        (box_end + 0.05, brow + 0.05),
    )
    car.add("cab", "cab", sweep(hood, -w + 0.05, w - 0.05, paint, shadow=True))
    add_windshield(car, rng, slope[0], slope[1])
    pane = (
        (box_end + 0.3, 1.35),
        (nose - 1.02, 1.35),
        (nose - 1.52, brow - 0.12),
        (box_end + 0.3, brow - 0.12),
    )
    car.add("side window", "side window", *side_pane(car, rng, pane), mount="side")
    rear = rectangle(tail + 0.3, 1.75, tail + 1.05, roof - 0.22)
    if rng.random() < 0.6:
        car.add("box window", "window", *side_pane(car, rng, rear), mount="side")
    band = pick_color(rng, [(5, RED), (4, ORANGE), (3, BLUE)]) if light_body else WHITE
    car.add("stripe", "stripe", *on_sides(rectangle(tail, 0.85, nose, 1.12), w, Paint(band), 1), mount="side")
    _emblems(car, rng, tail, box_end, roof, light_body)
    if rng.random() < 0.95:
        twin = (SIGNAL_BLUE, SIGNAL_BLUE) if rng.random() < 0.5 else (SIGNAL_RED, SIGNAL_BLUE)
        add_light_bar(car, box_end - 0.25, roof, 0.85, twin)
    add_face(car, nose, 0.42, w * 0.95, CHROME if rng.random() < 0.6 else WHITE)
    add_wheels(
        car, rng, {"front wheel": nose - 0.85, "rear wheel": tail + 1.15}, rng.uniform(0.42, 0.48), CHROME
    )
    return car


def _emblems(car: Vehicle, rng: Random, tail: float, end: float, roof: float, light_body: bool) -> None:
    w = car.frame.half_width
    x, z = 0.45 * (tail + end) + 0.35, 0.5 * (1.12 + roof)
    ground = Paint(WHITE)
    if rng.random() < 0.95:
        red = Paint((212, 34, 38))
        field = () if light_body and rng.random() < 0.5 else on_sides(disc(x, z, 0.66), w, ground, 2)
        car.add("cross", "cross", *field, *on_sides(cross(x, z, 0.54), w, red, 3), mount="side")
    if rng.random() < 0.75:
        emblem = Paint(BLUE if light_body else WHITE)
        car.add(
            "star of life",
            "star of life",
            *on_sides(star(end + 0.62, 0.98, 0.34, 6, 0.4), w - 0.05, emblem, 5),
            mount="side",
        )
