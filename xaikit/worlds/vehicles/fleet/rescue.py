"""Fire engine and ambulance: either may be built on a truck or on a van, so that the gear has to tell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from xaikit.worlds.drawing.scene import Color, Frame, Paint, Shape
from xaikit.worlds.drawing.shapes import box, cross, disc, on_sides, on_top, rectangle, star, sweep
from xaikit.worlds.vehicles.fleet.common import (
    BLACK,
    BLUE,
    CHROME,
    LIME,
    OLIVE,
    ORANGE,
    RED,
    SAND,
    WHITE,
    YELLOW,
    Random,
    Vehicle,
    add_face,
    add_light_bar,
    add_wheels,
    add_windshield,
    body_paint,
    chance,
    pick_color,
    side_pane,
)

SIGNAL_BLUE: Color = (54, 116, 246)
SIGNAL_RED: Color = (248, 52, 48)
ALUMINIUM: Color = (206, 208, 208)


@dataclass(frozen=True)
class Shell:
    """The bare vehicle: a box from `tail` to `end`, `roof` high, before it a cab, `brow` high."""

    car: Vehicle
    color: Color
    tail: float
    end: float
    roof: float
    brow: float

    @property
    def is_light(self) -> bool:
        return self.color[1] > 120


def fire_engine(rng: Random) -> Vehicle:
    """Ladder, hose reel, shutters, stripe, light bar."""
    color = pick_color(rng, [(54, RED), (10, LIME), (14, WHITE), (9, ORANGE), (8, YELLOW), (5, OLIVE)])
    shell = _truck(rng, color) if chance(rng, 0.62) else _van(rng, color)
    car = shell.car
    band = Paint(RED if shell.is_light else WHITE)
    if chance(rng, 0.85):
        stripe = rectangle(shell.tail, 1.02, car.frame.front, 1.26)
        car.add("stripe", "stripe", *on_sides(stripe, car.frame.half_width, band, 1), mount="side")
    if chance(rng, 0.82):
        _shutters(shell, int(rng.integers(2**31)))
    if chance(rng, 0.82):
        _hose_reel(shell)
    if chance(rng, 0.84):
        front = rng.uniform(0.1, 0.6) * shell.end + (0.2 if shell.brow < shell.roof else 1.6)
        _ladder(car, shell.tail - 0.2, front, shell.roof)
    _signals(rng, shell)
    if chance(rng, 0.09):
        _cross(rng, shell)
    return car


def ambulance(rng: Random) -> Vehicle:
    """Cross, star of life, stripe, light bar."""
    color = pick_color(
        rng, [(50, WHITE), (13, YELLOW), (10, LIME), (13, RED), (6, (236, 226, 196)), (4, OLIVE), (4, SAND)]
    )
    shell = _van(rng, color) if chance(rng, 0.62) else _truck(rng, color)
    car = shell.car
    if chance(rng, 0.5):
        pane = rectangle(shell.tail + 0.3, 1.75, shell.tail + 1.05, shell.roof - 0.22)
        car.add("box window", "window", *side_pane(car, rng, pane), mount="side")
    if chance(rng, 0.85):
        band = pick_color(rng, [(5, RED), (4, ORANGE), (3, BLUE)]) if shell.is_light else WHITE
        stripe = rectangle(shell.tail, 0.85, car.frame.front, 1.12)
        car.add("stripe", "stripe", *on_sides(stripe, car.frame.half_width, Paint(band), 1), mount="side")
    if chance(rng, 0.85):
        _cross(rng, shell)
    if chance(rng, 0.75):
        _star_of_life(shell)
    _signals(rng, shell)
    if chance(rng, 0.1):
        _ladder(car, shell.tail - 0.1, shell.end - 0.6, shell.roof)
    if chance(rng, 0.08):
        _shutters(shell, int(rng.integers(2**31)))
    return car


def _truck(rng: Random, color: Color) -> Shell:
    """Flat-nosed: the cab is as high as the box."""
    tail, nose, w = -rng.uniform(3.4, 4.3), rng.uniform(3.4, 4.0), 1.2
    roof, end = rng.uniform(2.55, 2.8), rng.uniform(1.1, 1.6)
    car = Vehicle(Frame(nose, w, roof))
    paint = body_paint(rng, color)
    slope = ((nose, 1.5), (nose - 0.32, roof - 0.12))
    outline = ((end + 0.08, 0.55), (nose, 0.55), *slope, (nose - 0.5, roof), (end + 0.08, roof))
    car.add(
        "chassis", "chassis", box(tail + 0.1, nose - 0.1, 0.15 - w, w - 0.15, 0.4, 0.7, Paint(BLACK), True)
    )
    car.add("body", "body", box(tail, end, -w, w, 0.6, roof, paint, True))
    car.add("cab", "cab", sweep(outline, -w, w, paint, shadow=True))
    add_windshield(car, rng, *slope)
    front = side_pane(car, rng, rectangle(end + 0.85, 1.5, nose - 0.55, roof - 0.25))
    back = side_pane(car, rng, rectangle(end + 0.2, 1.5, end + 0.7, roof - 0.25))
    car.add("side window", "side window", *front, *back, mount="side")
    add_face(car, nose, 0.55, w, CHROME if chance(rng, 0.75) else WHITE)
    hub = pick_color(rng, [(3, CHROME), (1, RED)])
    axles = {"front wheel": nose - 1.35, "rear wheel": tail + 1.75}
    add_wheels(car, rng, axles, rng.uniform(0.5, 0.58), hub)
    return Shell(car, color, tail, end, roof, roof)


def _van(rng: Random, color: Color) -> Shell:
    """A box behind a short bonnet."""
    tail, nose, w = -rng.uniform(2.8, 3.5), rng.uniform(2.7, 3.1), 1.08
    roof, end, brow = rng.uniform(2.45, 2.75), rng.uniform(0.5, 0.85), rng.uniform(2.0, 2.2)
    car = Vehicle(Frame(nose, w, roof))
    paint = body_paint(rng, color)
    slope = ((nose - 0.85, 1.42), (nose - 1.5, brow))
    outline = ((end + 0.05, 0.45), (nose, 0.45), (nose, 1.2), *slope, (end + 0.05, brow + 0.05))
    car.add(
        "chassis", "chassis", box(tail + 0.1, nose - 0.1, 0.15 - w, w - 0.15, 0.35, 0.6, Paint(BLACK), True)
    )
    car.add("body", "body", box(tail, end, -w, w, 0.5, roof, paint, True))
    car.add("cab", "cab", sweep(outline, 0.05 - w, w - 0.05, paint, shadow=True))
    add_windshield(car, rng, *slope)
    pane = (
        (end + 0.3, 1.35),
        (nose - 1.02, 1.35),
        (nose - 1.52, brow - 0.12),
        (end + 0.3, brow - 0.12),
    )
    car.add("side window", "side window", *side_pane(car, rng, pane), mount="side")
    add_face(car, nose, 0.42, w * 0.95, CHROME if chance(rng, 0.6) else WHITE)
    hub = pick_color(rng, [(3, CHROME), (1, RED)])
    axles = {"front wheel": nose - 0.85, "rear wheel": tail + 1.15}
    add_wheels(car, rng, axles, rng.uniform(0.42, 0.48), hub)
    return Shell(car, color, tail, end, roof, brow)


def _signals(rng: Random, shell: Shell) -> None:
    """A light bar over the windshield of a truck, at the front of a van's box; sometimes none."""
    if chance(rng, 0.9):
        twin = (SIGNAL_BLUE, SIGNAL_BLUE) if chance(rng, 0.5) else (SIGNAL_RED, SIGNAL_BLUE)
        x = shell.end - 0.25 if shell.brow < shell.roof else shell.car.frame.front - 0.85
        add_light_bar(shell.car, x, shell.roof, 0.8 * shell.car.frame.half_width, twin)


def _shutters(shell: Shell, seed: int) -> None:
    roll, frame = Paint(ALUMINIUM, "slats", seed), Paint((120, 122, 124))
    w, sill, head = shell.car.frame.half_width, 1.36, shell.roof - 0.28
    plates: list[Shape] = []
    for x0, x1 in pairwise(np.linspace(shell.tail + 1.4, shell.end - 0.05, 3)):
        plates += on_sides(rectangle(x0, sill, x1 - 0.12, head), w, frame, 2)
        plates += on_sides(rectangle(x0 + 0.06, sill + 0.04, x1 - 0.18, head - 0.05), w, roll, 3)
    shell.car.add("shutters", "shutter", *plates, mount="side")


def _hose_reel(shell: Shell) -> None:
    x, z, w = shell.tail + 0.7, 0.5 * (1.26 + shell.roof) - 0.1, shell.car.frame.half_width
    plates: list[Shape] = []
    rings = ((0.52, (150, 34, 30)), (0.42, (222, 190, 96)), (0.16, (60, 50, 46)))
    for layer, (radius, color) in enumerate(rings, 4):
        plates += on_sides(disc(x, z, radius), w, Paint(color), layer)
    shell.car.add("hose reel", "hose reel", *plates, mount="side")


def _ladder(car: Vehicle, x0: float, x1: float, roof: float) -> None:
    steel, rung = Paint((214, 216, 218)), Paint((176, 178, 182))
    low, high, y = roof + 0.24, roof + 0.62, 0.62
    pieces: list[Shape] = [
        box(x0, x1, side, side + 0.12, z, z + 0.13, steel) for side in (-y, y - 0.12) for z in (low, high)
    ]
    for x in np.linspace(x0 + 0.1, x1 - 0.2, 9):
        pieces += on_sides(rectangle(x, low, x + 0.1, high), y - 0.02, rung)
        pieces += on_sides(rectangle(x, low, x + 0.1, high), 0.14 - y, rung)
        pieces.append(on_top(rectangle(x, 0.14 - y, x + 0.1, y - 0.14), low + 0.08, rung))
    for x in (x0 + 0.9, x1 - 0.7):
        pieces.append(box(x, x + 0.14, -0.6, 0.6, roof, low, Paint(BLACK)))
    car.add("ladder", "ladder", *pieces, mount="roof")


def _cross(rng: Random, shell: Shell) -> None:
    w = shell.car.frame.half_width
    x, z = 0.45 * (shell.tail + shell.end) + 0.35, 0.5 * (1.12 + shell.roof)
    disc_shown = not shell.is_light or chance(rng, 0.5)
    ground = on_sides(disc(x, z, 0.66), w, Paint(WHITE), 4) if disc_shown else ()
    mark = on_sides(cross(x, z, 0.54), w, Paint((212, 34, 38)), 5)
    shell.car.add("cross", "cross", *ground, *mark, mount="side")


def _star_of_life(shell: Shell) -> None:
    emblem = Paint(BLUE if shell.is_light else WHITE)
    six = star(shell.end + 0.62, 0.98, 0.34, rays=6, waist=0.4)
    plates = on_sides(six, shell.car.frame.half_width, emblem, 5)
    shell.car.add("star of life", "star of life", *plates, mount="side")
