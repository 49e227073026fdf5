"""The polygons that things consist of, in the room's axes, and how a viewer sees them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.scene import Paint, Plate, Point3, Solid
from xaikit.worlds.rooms.scene import SHELL, Camera, Furnishing, Shape, Shell, Taper

LAYER_LIFT = 0.006  # metres between plates of one surface
ROUND = 9  # corners from which an outline passes for round and has no edges to draw
Polygon = tuple[Sequence[Point3], Point3]


@dataclass(frozen=True)
class Faces:
    """Polygons (f of them): corners one after the other in `points` (n, 3), `ends` (f,) says where each ends.

    `normals` (f, 3) point outwards; `owners` (f,) are numbers of parts, the shell's first.
    """

    points: np.ndarray
    ends: np.ndarray
    normals: np.ndarray
    owners: np.ndarray
    paints: list[Paint]
    edged: list[bool]

    def corners(self, k: int) -> slice:
        """Which of the points are corners of polygon `k`."""
        return slice(int(self.ends[k - 1]) if k else 0, int(self.ends[k]))

    def anchors(self) -> np.ndarray:
        """The first corner of each polygon (f, 3)."""
        return self.points[np.concatenate([[0], self.ends[:-1]]).astype(int)]


def faces_of(parts: Sequence[Furnishing]) -> Faces:
    """All polygons of all things, in the room's axes."""
    points: list[Point3] = []
    ends, normals, owners, paints, edged = [], [], [], [], []
    for k, part in enumerate(parts):
        cos, sin = math.cos(math.radians(part.turn)), math.sin(math.radians(part.turn))
        px, py, pz = part.place
        for shape in part.shapes:
            for corners, (nx, ny, nz) in polygons(shape):
                points += [(x * cos + y * sin + px, y * cos - x * sin + py, z + pz) for x, y, z in corners]
                ends.append(len(points))
                normals.append((nx * cos + ny * sin, ny * cos - nx * sin, nz))
                owners.append(k + len(SHELL))
                paints.append(shape.paint)
                edged.append(_edged(shape))
    return Faces(
        np.array(points, float).reshape(-1, 3),
        np.array(ends, int),
        np.array(normals, float).reshape(-1, 3),
        np.array(owners, np.int16),
        paints,
        edged,
    )


def polygons(shape: Shape) -> Iterator[Polygon]:
    """Corners and outward unit normal of each polygon of a shape, in its own frame."""
    if isinstance(shape, Plate):
        lift = LAYER_LIFT * shape.layer
        nx, ny, nz = shape.normal
        yield [(x + lift * nx, y + lift * ny, z + lift * nz) for x, y, z in shape.points], shape.normal
    elif isinstance(shape, Taper):
        yield from _tapered(shape)
    else:
        yield from _swept(shape)


def _edged(shape: Shape) -> bool:
    if isinstance(shape, Plate):
        return len(shape.points) < ROUND
    return len(shape.low if isinstance(shape, Taper) else shape.outline) < ROUND


def _swept(shape: Solid) -> Iterator[Polygon]:
    axis = "xyz".index(shape.axis)
    start, end = min(shape.start, shape.end), max(shape.start, shape.end)

    def put(u: float, v: float, along: float) -> Point3:
        three = [u, v]
        three.insert(axis, along)
        return three[0], three[1], three[2]

    low = [put(u, v, start) for u, v in shape.outline]
    high = [put(u, v, end) for u, v in shape.outline]
    yield low, put(0.0, 0.0, -1.0)
    yield high, put(0.0, 0.0, 1.0)
    n = len(low)
    for k in range(n):
        (u0, v0), (u1, v1) = shape.outline[k], shape.outline[(k + 1) % n]
        length = math.hypot(u1 - u0, v1 - v0) or 1.0
        normal = put((v1 - v0) / length, (u0 - u1) / length, 0.0)
        yield [low[k], low[(k + 1) % n], high[(k + 1) % n], high[k]], normal


def _tapered(shape: Taper) -> Iterator[Polygon]:
    low = [(x, y, shape.start) for x, y in shape.low]
    high = [(x, y, shape.end) for x, y in shape.high]
    yield low, (0.0, 0.0, -1.0)
    yield high, (0.0, 0.0, 1.0)
    n, rise = len(low), shape.end - shape.start
    for k in range(n):
        (x0, y0), (x1, y1) = shape.low[k], shape.low[(k + 1) % n]
        if (x0, y0) == (x1, y1):
            (x0, y0), (x1, y1) = shape.high[k], shape.high[(k + 1) % n]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        nx, ny = (y1 - y0) / length, (x0 - x1) / length
        outwards = nx * (shape.low[k][0] - shape.high[k][0]) + ny * (shape.low[k][1] - shape.high[k][1])
        whole = math.hypot(rise, outwards) or 1.0
        normal = (nx * rise / whole, ny * rise / whole, outwards / whole)
        yield [low[k], low[(k + 1) % n], high[(k + 1) % n], high[k]], normal


@dataclass(frozen=True)
class View:
    """A camera and a square picture of `size` sub-pixels."""

    camera: Camera
    size: int

    def seen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sub-pixels (n, 2), across and down, and distances ahead (n,) of points (n, 3)."""
        there = (points - self.camera.place) @ self.camera.axes().T
        ahead = there[:, 2]
        middle, focus = (self.size - 1) / 2, self.camera.focus * self.size
        return middle + focus * there[:, :2] / np.maximum(ahead, 1e-6)[:, None], ahead

    def planes(self, normals: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Of planes through points (f, 3): 1 / distance = a + b * column + c * row, (f, 3) of these."""
        slopes = normals @ self.camera.axes().T
        away = ((points - self.camera.place) * normals).sum(axis=1)
        middle, focus = (self.size - 1) / 2, self.camera.focus * self.size
        across, down = slopes[:, 0] / focus, slopes[:, 1] / focus
        at = slopes[:, 2] - middle * (across + down)
        return np.stack([at, across, down], 1) / np.where(np.abs(away) < 1e-9, 1e-9, away)[:, None]

    def places(self, inverse: np.ndarray) -> list[np.ndarray]:
        """The room's x, y and z (size, size), float32, where rays of inverse length (size, size) end."""
        axes = self.camera.axes()
        steps = (np.arange(self.size) - (self.size - 1) / 2) / (self.camera.focus * self.size)
        length = 1 / inverse
        places = []
        for k in range(3):
            across = (axes[2, k] + steps * axes[0, k]).astype(np.float32)
            down = (steps * axes[1, k]).astype(np.float32)
            places.append((across[None] + down[:, None]) * length + np.float32(self.camera.place[k]))
        return places


def shell_faces(shell: Shell) -> tuple[np.ndarray, np.ndarray, list[Paint], np.ndarray]:
    """The back, left and right wall, the floor, the ceiling: normals, points (5, 3), paints and owners."""
    normals = np.array([(0, 1, 0), (1, 0, 0), (-1, 0, 0), (0, 0, 1), (0, 0, -1)], float)
    points = np.zeros((5, 3))
    points[2, 0], points[4, 2] = shell.width, shell.height
    paints = [shell.wall, shell.wall, shell.wall, shell.floor, shell.ceiling]
    return normals, points, paints, np.array([0, 0, 0, 1, 2], np.int16)
