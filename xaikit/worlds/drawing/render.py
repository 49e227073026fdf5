"""Draws a scene with a depth buffer, at three times its size: so every part's visible pixels are known.

The same scene can be drawn larger, to be looked at: everything is where it was, and there is more to see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from xaikit.worlds.drawing.backdrop import paint_backdrop, paint_front, paint_shadow
from xaikit.worlds.drawing.raster import NOTHING, SUPERSAMPLING, draw_parts, solid_ends, sun_direction
from xaikit.worlds.drawing.scene import Light, Point2, Scene, Solid

LEAST_SUPERSAMPLING = 1.5  # sub-pixels a pixel, across, in a larger drawing
MOST_TIMES = 8


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


def render(scene: Scene) -> Rendering:
    """Draw `scene`. The same scene gives the same bytes."""
    picture, owner, occluded = _painted(scene, zoom=1)
    small = _reduced(picture)
    small += grain(scene.light, scene.size)
    parts = _masks(scene, owner)
    return Rendering(
        levels(small), parts, landmarks_of(parts), box_of(parts), _attributes(scene, parts, occluded)
    )


def check_times(times: int) -> None:
    """Raise ValueError where a picture cannot be drawn so many times as large."""
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= MOST_TIMES:
        raise ValueError(f"`times` must be a whole number from 1 to {MOST_TIMES}; got {times!r}.")


def drawn_finely(scene: Scene, times: int = 4) -> np.ndarray:
    """Draw `scene` larger: the same camera, light, things and textures, and grain of its own.

    Parameters
    ----------
    times : how many times as large, 1 to 8

    Returns
    -------
    uint8 (times·size, times·size, 3)

    Limits
    ------
    Reduced, it is near the picture that :func:`render` draws, not equal to it: edges are smoothed over fewer
    sub-pixels, and lines that are one sub-pixel thin come out a little thinner.
    """
    check_times(times)
    picture, _, _ = _painted(scene, zoom=math.ceil(times * LEAST_SUPERSAMPLING / SUPERSAMPLING))
    size = scene.size * times
    smooth = Image.fromarray(levels(picture)).resize((size, size), Image.Resampling.HAMMING)
    return levels(np.asarray(smooth) + grain(scene.light, size))


def _painted(scene: Scene, zoom: int) -> tuple[np.ndarray, np.ndarray, bool]:
    """Colors of all sub-pixels, the part that is seen on each, and whether something stands before them."""
    size = scene.size * SUPERSAMPLING * zoom
    picture = paint_backdrop(scene, zoom)
    paint_shadow(picture, scene, _floor_shadow(scene), zoom)
    colors, owner = _draw_object(scene, size)
    on_object = owner != NOTHING
    np.copyto(picture, colors, where=on_object[..., None])
    hidden = paint_front(picture, scene, zoom)
    occluded = bool((hidden & on_object).any())
    owner[hidden] = NOTHING
    picture *= np.asarray(scene.light.tint, np.float32)
    return picture, owner, occluded


def levels(colors: np.ndarray) -> np.ndarray:
    """The nearest grey levels, uint8."""
    return np.clip(colors + 0.5, 0, 255).astype(np.uint8)


def _reduced(picture: np.ndarray) -> np.ndarray:
    """Every pixel the mean of its sub-pixels."""
    steps = range(SUPERSAMPLING)
    rows = np.add.reduce([picture[k::SUPERSAMPLING] for k in steps])
    return np.add.reduce([rows[:, k::SUPERSAMPLING] for k in steps]) / np.float32(SUPERSAMPLING**2)


def _draw_object(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Colors float32 (size, size, 3) and the index of the part that owns each sub-pixel, int16."""
    zoom = size // (scene.size * SUPERSAMPLING)
    lifted = [k for k, part in enumerate(scene.parts) if part.offset != (0.0, 0.0)]
    if not lifted:
        return draw_parts(scene, size, set(range(len(scene.parts))))
    colors, owner = draw_parts(scene, size, set(range(len(scene.parts))) - set(lifted))
    whole_colors, whole_owner = draw_parts(scene, size, set(range(len(scene.parts))))
    for k in lifted:
        dx, dy = (round(shift * SUPERSAMPLING) * zoom for shift in scene.parts[k].offset)
        rows, columns = np.nonzero(whole_owner == k)
        kept = (0 <= rows + dy) & (rows + dy < size) & (0 <= columns + dx) & (columns + dx < size)
        rows, columns = rows[kept], columns[kept]
        colors[rows + dy, columns + dx] = whole_colors[rows, columns]
        owner[rows + dy, columns + dx] = k
    return colors, owner


def _floor_shadow(scene: Scene) -> list[np.ndarray]:
    """Polygons, in pixels of the picture, that the shadow-casting solids throw on the floor."""
    axes = scene.pose.axes()
    right, _, near = sun_direction(scene.light)
    per_metre = 1.0 / np.tan(np.radians(max(scene.light.elevation, 24.0)))
    throw = -np.array([right, near]) * per_metre
    polygons = []
    for part in scene.parts:
        for shape in part.shapes:
            if not isinstance(shape, Solid) or not shape.casts_shadow:
                continue
            low, high, _ = solid_ends(shape)
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


def grain(light: Light, size: int) -> np.ndarray:
    """The noise of the sensor, float32 (size, size, 1), the same for the same light."""
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


def landmarks_of(parts: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    """The middle of the pixels of each part, (column, row)."""
    landmarks = {}
    for name, mask in parts.items():
        rows, columns = np.nonzero(mask)
        landmarks[name] = (float(columns.mean()), float(rows.mean()))
    return landmarks


def box_of(parts: dict[str, np.ndarray]) -> tuple[int, int, int, int] | None:
    """Around all parts: x0, y0, x1, y1, ends excluded; None where there is none."""
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
