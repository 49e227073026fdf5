"""Outlines, solids and plates: the bricks that worlds build parts from. Lengths in metres."""

from __future__ import annotations

import math

from xaikit.worlds.drawing.scene import Paint, Plate, Point2, Point3, Shape, Solid

Outline = tuple[Point2, ...]


def rectangle(u0: float, v0: float, u1: float, v1: float) -> Outline:
    """A rectangle between two corners, counter-clockwise."""
    (u0, u1), (v0, v1) = sorted((u0, u1)), sorted((v0, v1))
    return ((u0, v0), (u1, v0), (u1, v1), (u0, v1))


def chamfered(u0: float, v0: float, u1: float, v1: float, cut: float) -> Outline:
    """A rectangle without its corners."""
    return (
        (u0 + cut, v0),
        (u1 - cut, v0),
        (u1, v0 + cut),
        (u1, v1 - cut),
        (u1 - cut, v1),
        (u0 + cut, v1),
        (u0, v1 - cut),
        (u0, v0 + cut),
    )


def disc(u: float, v: float, radius: float, corners: int = 16) -> Outline:
    """A regular polygon that passes for a circle; 8 corners make a stop sign."""
    turns = [2 * math.pi * (k + 0.5) / corners for k in range(corners)]
    return tuple((u + radius * math.cos(t), v + radius * math.sin(t)) for t in turns)


def cross(u: float, v: float, radius: float) -> Outline:
    """An upright cross with arms a third as wide as it is high."""
    r, a = radius, radius / 2.8
    return (
        (u - a, v - r),
        (u + a, v - r),
        (u + a, v - a),
        (u + r, v - a),
        (u + r, v + a),
        (u + a, v + a),
        (u + a, v + r),
        (u - a, v + r),
        (u - a, v + a),
        (u - r, v + a),
        (u - r, v - a),
        (u - a, v - a),
    )


def star(u: float, v: float, radius: float, rays: int = 5, waist: float = 0.42) -> Outline:
    """A star, one ray up."""
    points = []
    for k in range(2 * rays):
        r = radius if k % 2 == 0 else radius * waist
        turn = math.pi / 2 + math.pi * k / rays
        points.append((u + r * math.cos(turn), v + r * math.sin(turn)))
    return tuple(points)


def sweep(
    outline: Outline, start: float, end: float, paint: Paint, axis: str = "y", shadow: bool = False
) -> Solid:
    """A solid between two planes."""
    return Solid(outline, start, end, paint, axis, shadow)


def box(
    x0: float, x1: float, y0: float, y1: float, z0: float, z1: float, paint: Paint, shadow: bool = False
) -> Solid:
    """A cuboid."""
    return Solid(rectangle(x0, z0, x1, z1), y0, y1, paint, "y", shadow)


def on_sides(outline: Outline, y: float, paint: Paint, layer: int = 1) -> tuple[Shape, ...]:
    """The same (x, z) outline on the right-hand and on the left-hand side."""
    return (
        Plate(tuple((x, y, z) for x, z in outline), (0.0, 1.0, 0.0), paint, layer),
        Plate(tuple((x, -y, z) for x, z in outline), (0.0, -1.0, 0.0), paint, layer),
    )


def on_front(outline: Outline, x: float, paint: Paint, layer: int = 1) -> Plate:
    """A (y, z) outline facing forwards."""
    return Plate(tuple((x, y, z) for y, z in outline), (1.0, 0.0, 0.0), paint, layer)


def on_top(outline: Outline, z: float, paint: Paint, layer: int = 1) -> Plate:
    """An (x, y) outline facing upwards."""
    return Plate(tuple((x, y, z) for x, y in outline), (0.0, 0.0, 1.0), paint, layer)


def on_slope(foot: Point2, head: Point2, y0: float, y1: float, paint: Paint, layer: int = 1) -> Plate:
    """A pane that leans back from `foot` to `head`, both (x, z), and faces forwards and upwards."""
    (xf, zf), (xh, zh) = foot, head
    length = math.hypot(zh - zf, xf - xh)
    normal: Point3 = ((zh - zf) / length, 0.0, (xf - xh) / length)
    points = ((xf, y0, zf), (xf, y1, zf), (xh, y1, zh), (xh, y0, zh))
    return Plate(points, normal, paint, layer)


def wheel_pair(
    x: float, radius: float, half_width: float, hub: Paint, twin: bool = False
) -> tuple[Shape, ...]:
    """A wheel on either side: tyre, rim and nut."""
    rubber, tread = Paint((34, 34, 37)), (0.62 if twin else 0.36)
    tyre = disc(x, radius, radius, 14)
    y = half_width + 0.04
    return (
        Solid(tyre, y - tread, y, rubber),
        Solid(tyre, -y, -y + tread, rubber),
        *on_sides(disc(x, radius, 0.6 * radius, 12), y, hub, 1),
        *on_sides(disc(x, radius, 0.46 * radius, 12), y, Paint(_dim(hub.color, 0.72)), 2),
        *on_sides(disc(x, radius, 0.2 * radius, 8), y, hub, 3),
    )


def _dim(color: tuple[int, int, int], factor: float) -> tuple[int, int, int]:
    r, g, b = color
    return (int(r * factor), int(g * factor), int(b * factor))
