"""Draws a room in perspective with a depth buffer, at twice its size: so every pixel has its owner.

The same room can be drawn larger, to be looked at: everything is where it was, and there is more to see.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from xaikit.worlds.drawing.render import Rendering, check_times, grain, landmarks_of, levels
from xaikit.worlds.rooms.faces import Faces, View, faces_of, shell_faces
from xaikit.worlds.rooms.lighting import Surfaces, lit
from xaikit.worlds.rooms.scene import SHELL, RoomScene

SUPERSAMPLING = 2
LEAST_SUPERSAMPLING = 1.5  # sub-pixels a pixel, across, in a larger drawing
NEAREST = 0.25  # metres before the camera where things end
EDGE_SHADE = 0.8  # how dark the border of a face is against its middle


def render(scene: RoomScene) -> Rendering:
    """Draw `scene`. The same scene gives the same bytes.

    `parts` of what comes out says where "wall", "floor", "ceiling" and each thing, by its name, are seen.
    """
    colors, owner = _painted(scene, zoom=1)
    steps = range(SUPERSAMPLING)
    rows = np.add.reduce([colors[k::SUPERSAMPLING] for k in steps])
    small = np.add.reduce([rows[:, k::SUPERSAMPLING] for k in steps]) / np.float32(SUPERSAMPLING**2)
    parts = _masks(scene, owner)
    return Rendering(
        levels(small + grain(scene.light, scene.size)),
        parts,
        landmarks_of(parts),
        None,
        _attributes(scene, parts),
    )


def drawn_finely(scene: RoomScene, times: int = 4) -> np.ndarray:
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
    colors, _ = _painted(scene, zoom=math.ceil(times * LEAST_SUPERSAMPLING / SUPERSAMPLING))
    size = scene.size * times
    smooth = Image.fromarray(levels(colors)).resize((size, size), Image.Resampling.HAMMING)
    return levels(np.asarray(smooth) + grain(scene.light, size))


def _painted(scene: RoomScene, zoom: int) -> tuple[np.ndarray, np.ndarray]:
    """Colors of all sub-pixels, float32 (s, s, 3), and the number of each one's part, int16 (s, s)."""
    view = View(scene.camera, scene.size * SUPERSAMPLING * zoom)
    normals, points, paints, owners = shell_faces(scene.shell)
    inverse, index = _bare(view.planes(normals, points), view.size)
    faces = faces_of(scene.parts)
    _draw(view, faces, zoom, len(paints), inverse, index)
    border, index = (index & 1) == 1, index >> 1
    surfaces = Surfaces(
        np.concatenate([normals, faces.normals]),
        [*paints, *faces.paints],
        np.concatenate([points, faces.anchors()]) if len(faces.ends) else points,
    )
    colors = lit(scene, surfaces, faces, view.places(inverse), index, zoom)
    colors[border] *= np.float32(EDGE_SHADE)
    colors *= np.asarray(scene.light.tint, np.float32)
    return colors, np.concatenate([owners, faces.owners])[index]


def _bare(planes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Inverse distances and twice the number of the wall, floor or ceiling seen on each sub-pixel."""
    steps = np.arange(size, dtype=np.float32)
    inverse = np.full((size, size), 1e-3, np.float32)
    index = np.zeros((size, size), np.int16)
    for k, (at, across, down) in enumerate(planes.tolist()):
        plane = (np.float32(at) + np.float32(across) * steps)[None] + (np.float32(down) * steps)[:, None]
        nearer = plane > inverse
        np.copyto(inverse, plane, where=nearer)
        index[nearer] = 2 * k
    return inverse, index


def _draw(view: View, faces: Faces, zoom: int, first: int, inverse: np.ndarray, index: np.ndarray) -> None:
    """Write 2k (inside) or 2k + 1 (border, `zoom` wide) where a face is the nearest, k from `first`."""
    if not len(faces.ends):
        return
    pixels, ahead = view.seen(faces.points)
    anchors = faces.anchors()
    turned = ((view.camera.place - anchors) * faces.normals).sum(axis=1) > 1e-4
    planes = view.planes(faces.normals, anchors)
    starts = np.concatenate([[0], faces.ends[:-1]]).astype(int)
    near = np.minimum.reduceat(ahead, starts) > NEAREST
    low = np.maximum(np.floor(np.minimum.reduceat(pixels, starts)), 0).astype(int)
    high = np.minimum(np.ceil(np.maximum.reduceat(pixels, starts)) + 1, view.size).astype(int)
    for k in np.flatnonzero(turned & near & (low < high).all(axis=1)).tolist():
        (left, top), (right, bottom) = low[k].tolist(), high[k].tolist()
        stencil = Image.new("L", (right - left, bottom - top))
        polygon = (pixels[faces.corners(k)] - low[k]).ravel().tolist()
        ImageDraw.Draw(stencil).polygon(polygon, fill=1, outline=2 if faces.edged[k] else 1, width=zoom)
        inside = np.asarray(stencil)
        at, across, down = planes[k].astype(np.float32)
        plane = (at + down * np.arange(top, bottom, dtype=np.float32))[:, None] + across * np.arange(
            left, right, dtype=np.float32
        )
        window = (slice(top, bottom), slice(left, right))
        nearest = (inside > 0) & (plane > inverse[window])
        np.copyto(inverse[window], plane, where=nearest)
        np.copyto(index[window], inside + np.int16(2 * (first + k) - 1), where=nearest)


def _masks(scene: RoomScene, owner: np.ndarray) -> dict[str, np.ndarray]:
    """A pixel belongs to the part that owns most of its sub-pixels: each to one, none to nobody."""
    names = [*SHELL, *scene.part_names]
    n, size = len(names), scene.size
    block = np.arange(size, dtype=np.int32).repeat(SUPERSAMPLING) * n
    cell = (block[:, None] * np.int32(size) + block) + owner
    counts = np.bincount(cell.ravel(), minlength=size * size * n).reshape(size, size, n)
    best = counts.argmax(axis=-1)
    return {names[k]: best == k for k in np.unique(best).tolist()}


def _attributes(scene: RoomScene, parts: dict[str, np.ndarray]) -> dict[str, bool]:
    facts = {f"has {scene.kind(name)}" for name in parts} | {f"light {scene.light.name}"}
    return {name: name in facts for name in scene.vocabulary}
