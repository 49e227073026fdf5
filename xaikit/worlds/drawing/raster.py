"""Turns the object of a scene into sub-pixels: which part owns each, and its color in the scene's light."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from xaikit.worlds.drawing.scene import Light, Paint, Part, Plate, Scene, Shape, Solid
from xaikit.worlds.drawing.textures import Places, texture

SUPERSAMPLING = 3
LAYER_LIFT = 0.02  # metres between plates of one surface
EDGE_SHADE = 0.74  # how dark the border of a face is against its middle
FOOT_SHADE = 0.16  # how much darker a face is at its foot than at its head
GRAZING = 0.02  # cosine under which a face counts as seen edge-on
ROUND = 10  # corners from which an outline passes for round and has no edges to draw
NOTHING = -1  # owns the sub-pixels that no part owns


@dataclass(frozen=True)
class _Face:
    """A polygon that faces the viewer: pixels (k, 2), depth = at + du * x + dv * y (nearer is larger)."""

    pixels: np.ndarray
    depth: tuple[float, float, float]
    normal: np.ndarray
    paint: Paint
    part: int
    edged: bool


def draw_parts(scene: Scene, size: int, wanted: set[int]) -> tuple[np.ndarray, np.ndarray]:
    """Draw the parts numbered in `wanted`, nearest on top.

    Parameters
    ----------
    size
        In sub-pixels: as many times as large as the picture as wanted, the whole of `SUPERSAMPLING` times.

    Returns
    -------
    (colors, owner)
        float32 (size, size, 3), untinted, and the number of the part on each sub-pixel, int16 (size, size).
    """
    zoom = size // (scene.size * SUPERSAMPLING)
    faces = [face for k in sorted(wanted) for face in _faces(scene, scene.parts[k], k, zoom)]
    depth = np.full((size, size), -np.inf, np.float32)
    index = np.full((size, size), NOTHING, np.int16)
    for k, face in enumerate(faces):
        _rasterise(face, k, zoom, depth, index)
    owners = np.array([face.part for face in faces] + [NOTHING], np.int16)
    return _shade(scene, faces, zoom, index), owners[index >> 1]


def _faces(scene: Scene, part: Part, k: int, zoom: int) -> Iterator[_Face]:
    """The faces of a part that are turned to the viewer."""
    axes = scene.pose.axes()
    scale = scene.scale * SUPERSAMPLING * zoom
    place = np.asarray(scene.place) * SUPERSAMPLING * zoom
    for shape in part.shapes:
        lift = 0.0 if isinstance(shape, Solid) else LAYER_LIFT * shape.layer
        edged = isinstance(shape, Plate) or len(shape.outline) < ROUND
        for points, normal in _polygons(shape, axes[2]):
            across, down, near = axes @ normal
            view = points @ axes.T
            pixels = place + scale * view[:, :2]
            du, dv = -across / near / scale, -down / near / scale
            at = view[0, 2] + lift - du * pixels[0, 0] - dv * pixels[0, 1]
            yield _Face(pixels, (at, du, dv), normal, shape.paint, k, edged)


def _polygons(shape: Shape, viewer: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The polygons of a shape that are seen from `viewer`: points (k, 3) and outward unit normal (3,)."""
    if isinstance(shape, Plate):
        normal = np.asarray(shape.normal)
        if normal @ viewer > GRAZING:
            yield np.asarray(shape.points), normal
        return
    low, high, swept = solid_ends(shape)
    normal = np.zeros(3)
    normal[swept] = 1.0 if viewer[swept] > 0 else -1.0
    if abs(viewer[swept]) > GRAZING:
        yield (high if viewer[swept] > 0 else low), normal
    first, second = (axis for axis in range(3) if axis != swept)
    steps = np.roll(low, -1, axis=0) - low
    normals = np.zeros_like(steps)
    normals[:, first], normals[:, second] = steps[:, second], -steps[:, first]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    for k in np.flatnonzero(normals @ viewer > GRAZING).tolist():
        following = (k + 1) % len(low)
        yield np.array([low[k], low[following], high[following], high[k]]), normals[k]


def solid_ends(shape: Solid) -> tuple[np.ndarray, np.ndarray, int]:
    """Both end faces of a solid (k, 3), the lower first, and the number of the axis between them."""
    swept = "xyz".index(shape.axis)
    low = np.insert(np.asarray(shape.outline, float), swept, min(shape.start, shape.end), axis=1)
    high = low.copy()
    high[:, swept] = max(shape.start, shape.end)
    return low, high, swept


def _rasterise(face: _Face, k: int, zoom: int, depth: np.ndarray, index: np.ndarray) -> None:
    """Write 2k (inside) or 2k + 1 (border, `zoom` wide) where the face is the nearest so far."""
    height, width = depth.shape
    corners = face.pixels.tolist()
    columns, rows = [x for x, _ in corners], [y for _, y in corners]
    left, right = max(math.floor(min(columns)), 0), min(math.ceil(max(columns)) + 1, width)
    top, bottom = max(math.floor(min(rows)), 0), min(math.ceil(max(rows)) + 1, height)
    if left >= right or top >= bottom:
        return
    stencil = Image.new("L", (right - left, bottom - top))
    polygon = [(x - left, y - top) for x, y in corners]
    ImageDraw.Draw(stencil).polygon(polygon, fill=1, outline=2 if face.edged else 1, width=zoom)
    inside = np.asarray(stencil)
    at, du, dv = face.depth
    down = np.arange(top, bottom, dtype=np.float32)[:, None] * np.float32(dv) + np.float32(at)
    plane = down + np.arange(left, right, dtype=np.float32) * np.float32(du)
    window = (slice(top, bottom), slice(left, right))
    nearest = (inside > 0) & (plane > depth[window])
    np.copyto(depth[window], plane, where=nearest)
    np.copyto(index[window], inside + np.int16(2 * k - 1), where=nearest)


def _shade(scene: Scene, faces: list[_Face], zoom: int, index: np.ndarray) -> np.ndarray:
    """The color of every sub-pixel that a face owns; black elsewhere."""
    size = index.shape[0]
    colors = np.zeros((size, size, 3), np.float32)
    if not faces:
        return colors
    rows, columns = np.nonzero(index != NOTHING)
    drawn = index[rows, columns]
    color, start, slope = (
        np.stack(column) for column in zip(*(_lit(scene, face) for face in faces), strict=True)
    )
    shades = color[drawn >> 1] * (start[drawn >> 1] + slope[drawn >> 1] * rows)[:, None]
    shades[(drawn & 1) == 1] *= EDGE_SHADE
    surfaces: dict[tuple[str, int], list[int]] = {}
    for k, face in enumerate(faces):
        if face.paint.texture not in ("plain", "glow"):
            surfaces.setdefault((face.paint.texture, face.paint.seed), []).append(k)
    for (kind, seed), members in surfaces.items():
        belongs = np.zeros(len(faces), bool)
        belongs[members] = True
        here = np.flatnonzero(belongs[drawn >> 1])
        shades[here] *= texture(kind, seed, Places(size, zoom, rows[here], columns[here]))
    colors[rows, columns] = shades
    return colors


def _lit(scene: Scene, face: _Face) -> tuple[np.ndarray, np.float32, np.float32]:
    """A face's color in the scene's light, and its brightness, start + slope * row, falling to its foot."""
    light = scene.light
    color = np.asarray(face.paint.color, np.float32)
    if face.paint.texture == "glow":
        return color / np.asarray(light.tint, np.float32), np.float32(1), np.float32(0)
    toward_sun = max(0.0, float(scene.pose.axes() @ face.normal @ sun_direction(light)))
    color = color * np.float32(light.ambient + light.sun * toward_sun)
    top, bottom = face.pixels[:, 1].min(), face.pixels[:, 1].max()
    slope = -FOOT_SHADE / max(bottom - top, 1.0)
    return color, np.float32(1 + 0.5 * FOOT_SHADE - slope * top), np.float32(slope)


def sun_direction(light: Light) -> np.ndarray:
    """Unit vector to the sun in the picture's axes: right, down, to the viewer."""
    azimuth, elevation = np.radians(light.azimuth), np.radians(light.elevation)
    flat = np.cos(elevation)
    return np.array([flat * np.sin(azimuth), -np.sin(elevation), flat * np.cos(azimuth)])


def outer_points(scene: Scene) -> np.ndarray:
    """Where the object's corners fall in the picture, in pixels: float64 (n, 2), hidden ones included."""
    axes = scene.pose.axes()[:2]
    corners = [
        np.asarray(shape.points) if isinstance(shape, Plate) else np.concatenate(solid_ends(shape)[:2])
        for part in scene.parts
        for shape in part.shapes
    ]
    return np.asarray(scene.place) + scene.scale * np.concatenate(corners) @ axes.T
