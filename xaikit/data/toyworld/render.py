"""Draws a scene: a depth buffer at three times the picture's size, so that every part's visible pixels are known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw

from xaikit.data.toyworld.backdrop import paint_backdrop, paint_front, paint_shadow
from xaikit.data.toyworld.scene import Light, Paint, Part, Plate, Point2, Scene, Shape, Solid
from xaikit.data.toyworld.textures import texture

SUPERSAMPLING = 3
LAYER_LIFT = 0.02  # metres between plates of one surface
EDGE_SHADE = 0.74  # how dark the border of a face is against its middle
FOOT_SHADE = 0.16  # how much darker a face is at its foot than at its head
GRAZING = 0.02  # cosine under which a face counts as seen edge-on
ROUND = 10  # corners from which an outline passes for round and has no edges to draw
NOTHING = -1


@dataclass(frozen=True)
class Rendering:
    """A drawn scene.

    Attributes
    ----------
    image : uint8 (h, w, 3)
    parts : dict of str to bool (h, w)
        The pixels on which a part is seen. No pixel belongs to two parts; a hidden part is missing.
    landmarks : dict of str to (x, y)
        The middle of every part's visible pixels.
    box : (x0, y0, x1, y1) or None
        Around everything that is seen of the object, in pixels, ends excluded; None where nothing is seen.
    attributes : dict of str to bool
        The scene's vocabulary, answered.
    """

    image: np.ndarray
    parts: dict[str, np.ndarray] = field(repr=False)
    landmarks: dict[str, tuple[float, float]] = field(repr=False)
    box: tuple[int, int, int, int] | None
    attributes: dict[str, bool] = field(repr=False)


@dataclass(frozen=True)
class _Face:
    """A polygon that faces the viewer: pixels (k, 2), depth = at + du * x + dv * y (nearer is larger)."""

    pixels: np.ndarray
    depth: tuple[float, float, float]
    normal: np.ndarray
    paint: Paint
    part: int
    edged: bool


def render(scene: Scene) -> Rendering:
    """Draw `scene`. The same scene gives the same bytes."""
    size = scene.size * SUPERSAMPLING
    picture = paint_backdrop(scene, size)
    paint_shadow(picture, scene, _floor_shadow(scene))
    colors, owner = _draw_object(scene, size)
    on_object = owner != NOTHING
    np.copyto(picture, colors, where=on_object[..., None])
    hidden = paint_front(picture, scene)
    occluded = bool((hidden & on_object).any())
    owner[hidden] = NOTHING
    picture *= np.asarray(scene.light.tint, np.float32)
    small = picture.reshape(scene.size, SUPERSAMPLING, scene.size, SUPERSAMPLING, 3).mean(axis=(1, 3))
    small += _grain(scene.light, scene.size)
    image = np.clip(small + 0.5, 0, 255).astype(np.uint8)
    parts = _masks(scene, owner)
    return Rendering(image, parts, _landmarks(parts), _box(parts), _attributes(scene, parts, occluded))


def _draw_object(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Colours float32 (size, size, 3) and the index of the part that owns each sub-pixel, int16."""
    lifted = [k for k, part in enumerate(scene.parts) if part.offset != (0.0, 0.0)]
    if not lifted:
        return _draw_parts(scene, size, set(range(len(scene.parts))))
    colors, owner = _draw_parts(scene, size, set(range(len(scene.parts))) - set(lifted))
    whole_colors, whole_owner = _draw_parts(scene, size, set(range(len(scene.parts))))
    for k in lifted:
        dx, dy = (round(shift * SUPERSAMPLING) for shift in scene.parts[k].offset)
        rows, columns = np.nonzero(whole_owner == k)
        kept = (0 <= rows + dy) & (rows + dy < size) & (0 <= columns + dx) & (columns + dx < size)
        rows, columns = rows[kept], columns[kept]
        colors[rows + dy, columns + dx] = whole_colors[rows, columns]
        owner[rows + dy, columns + dx] = k
    return colors, owner


def _draw_parts(scene: Scene, size: int, wanted: set[int]) -> tuple[np.ndarray, np.ndarray]:
    faces = [face for k in sorted(wanted) for face in _faces(scene, scene.parts[k], k)]
    depth = np.full((size, size), -np.inf, np.float32)
    index = np.full((size, size), NOTHING, np.int16)
    for k, face in enumerate(faces):
        _rasterise(face, k, depth, index)
    owners = np.array([face.part for face in faces] + [NOTHING], np.int16)
    return _shade(scene, faces, index), owners[index >> 1]


def _faces(scene: Scene, part: Part, k: int) -> Iterator[_Face]:
    """The faces of a part that are turned to the viewer."""
    axes = scene.pose.axes()
    scale = scene.scale * SUPERSAMPLING
    place = np.asarray(scene.place) * SUPERSAMPLING
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
    low, high, swept = _ends(shape)
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


def _ends(shape: Solid) -> tuple[np.ndarray, np.ndarray, int]:
    """Both end faces of a solid (k, 3), the lower first, and the number of the axis between them."""
    swept = "xyz".index(shape.axis)
    low = np.insert(np.asarray(shape.outline, float), swept, min(shape.start, shape.end), axis=1)
    high = low.copy()
    high[:, swept] = max(shape.start, shape.end)
    return low, high, swept


def _rasterise(face: _Face, k: int, depth: np.ndarray, index: np.ndarray) -> None:
    """Write 2k (inside) or 2k + 1 (border) where the face is the nearest so far."""
    height, width = depth.shape
    corners = face.pixels.tolist()
    columns, rows = [x for x, _ in corners], [y for _, y in corners]
    left, right = max(math.floor(min(columns)), 0), min(math.ceil(max(columns)) + 1, width)
    top, bottom = max(math.floor(min(rows)), 0), min(math.ceil(max(rows)) + 1, height)
    if left >= right or top >= bottom:
        return
    stencil = Image.new("L", (right - left, bottom - top))
    polygon = [(x - left, y - top) for x, y in corners]
    ImageDraw.Draw(stencil).polygon(polygon, fill=1, outline=2 if face.edged else 1)
    inside = np.asarray(stencil)
    at, du, dv = face.depth
    down = np.arange(top, bottom, dtype=np.float32)[:, None] * np.float32(dv) + np.float32(at)
    plane = down + np.arange(left, right, dtype=np.float32) * np.float32(du)
    window = (slice(top, bottom), slice(left, right))
    nearest = (inside > 0) & (plane > depth[window])
    np.copyto(depth[window], plane, where=nearest)
    np.copyto(index[window], inside + np.int16(2 * k - 1), where=nearest)


def _shade(scene: Scene, faces: list[_Face], index: np.ndarray) -> np.ndarray:
    """The colour of every sub-pixel that a face owns; black elsewhere."""
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
        shades[here] *= texture(kind, seed, size)[rows[here], columns[here]]
    colors[rows, columns] = shades
    return colors


def _lit(scene: Scene, face: _Face) -> tuple[np.ndarray, np.float32, np.float32]:
    """A face's colour in the scene's light, and the brightness start + slope * row that falls towards its foot."""
    light = scene.light
    color = np.asarray(face.paint.color, np.float32)
    if face.paint.texture == "glow":
        return color / np.asarray(light.tint, np.float32), np.float32(1), np.float32(0)
    toward_sun = max(0.0, float(scene.pose.axes() @ face.normal @ _sun(light)))
    color = color * np.float32(light.ambient + light.sun * toward_sun)
    top, bottom = face.pixels[:, 1].min(), face.pixels[:, 1].max()
    slope = -FOOT_SHADE / max(bottom - top, 1.0)
    return color, np.float32(1 + 0.5 * FOOT_SHADE - slope * top), np.float32(slope)


def _sun(light: Light) -> np.ndarray:
    """Unit vector to the sun in the picture's axes: right, down, to the viewer."""
    azimuth, elevation = np.radians(light.azimuth), np.radians(light.elevation)
    flat = np.cos(elevation)
    return np.array([flat * np.sin(azimuth), -np.sin(elevation), flat * np.cos(azimuth)])


def _floor_shadow(scene: Scene) -> list[np.ndarray]:
    """Polygons, in pixels of the picture, that the shadow-casting solids throw on the floor."""
    axes = scene.pose.axes()
    right, _, near = _sun(scene.light)
    per_metre = 1.0 / np.tan(np.radians(max(scene.light.elevation, 24.0)))
    throw = -np.array([right, near]) * per_metre
    polygons = []
    for part in scene.parts:
        for shape in part.shapes:
            if not isinstance(shape, Solid) or not shape.casts_shadow:
                continue
            low, high, _ = _ends(shape)
            to_floor = np.array([axes[0], _level(axes[2]), [0.0, 0.0, 1.0]])
            world = np.concatenate([low, high]) @ to_floor.T
            floor = world[:, :2] + world[:, 2:] * throw
            down = floor[:, 1] * np.sin(np.radians(scene.pose.pitch))
            polygons.append(_hull(np.asarray(scene.place) + scene.scale * np.stack([floor[:, 0], down], 1)))
    return polygons


def _hull(points: np.ndarray) -> np.ndarray:
    """The convex hull of points (n, 2), in order: two monotone chains."""
    ordered = sorted(set(map(tuple, points.tolist())))
    chains = []
    for sequence in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for x, y in sequence:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0:
                chain.pop()
            chain.append((x, y))
        chains += chain[:-1]
    return np.array(chains)


def _turn(a: Point2, b: Point2, c: Point2) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _level(axis: np.ndarray) -> np.ndarray:
    """A direction laid flat on the floor, unit length."""
    flat = axis * (1.0, 1.0, 0.0)
    return flat / np.linalg.norm(flat)


def _grain(light: Light, size: int) -> np.ndarray:
    noise = np.random.default_rng(light.seed).standard_normal((size, size, 1), np.float32)
    return light.grain * noise


def _masks(scene: Scene, owner: np.ndarray) -> dict[str, np.ndarray]:
    """A pixel belongs to the part that owns most of its nine sub-pixels, if it owns three of them."""
    n, size = len(scene.parts), scene.size
    block = np.arange(size).repeat(SUPERSAMPLING)
    cell = (block[:, None] * size + block) * (n + 1) + owner + 1
    counts = np.bincount(cell.ravel(), minlength=size * size * (n + 1)).reshape(size, size, n + 1)
    if n == 0:
        return {}
    best = counts[..., 1:].argmax(axis=-1)
    enough = counts[..., 1:].max(axis=-1) >= SUPERSAMPLING
    masks = {part.name: (best == k) & enough for k, part in enumerate(scene.parts)}
    return {name: mask for name, mask in masks.items() if mask.any()}


def _landmarks(parts: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    landmarks = {}
    for name, mask in parts.items():
        rows, columns = np.nonzero(mask)
        landmarks[name] = (float(columns.mean()), float(rows.mean()))
    return landmarks


def _box(parts: dict[str, np.ndarray]) -> tuple[int, int, int, int] | None:
    if not parts:
        return None
    rows, columns = np.nonzero(np.logical_or.reduce(list(parts.values())))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def _attributes(scene: Scene, parts: dict[str, np.ndarray], occluded: bool) -> dict[str, bool]:
    facts = {f"has {scene.kind(name)}" for name in parts}
    facts |= {f"pose {scene.pose.name}", f"background {scene.backdrop.kind}", f"light {scene.light.name}"}
    if occluded:
        facts.add("occluded")
    return {name: name in facts for name in scene.vocabulary}


def outer_points(scene: Scene) -> np.ndarray:
    """Where all corners of the object fall in the picture, in pixels: float64 (n, 2), hidden ones included."""
    axes = scene.pose.axes()[:2]
    corners = [
        np.asarray(shape.points) if isinstance(shape, Plate) else np.concatenate(_ends(shape)[:2])
        for part in scene.parts
        for shape in part.shapes
    ]
    return np.asarray(scene.place) + scene.scale * np.concatenate(corners) @ axes.T
