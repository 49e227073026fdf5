"""How a room is lit: by a lamp or a window from one side, and by what walls, floor and ceiling throw back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from xaikit.worlds.drawing.scene import Light, Paint
from xaikit.worlds.rooms.faces import Faces
from xaikit.worlds.rooms.scene import RoomScene, Shell
from xaikit.worlds.rooms.textures import texture

GRID = 24  # cells of a shadow a metre
SKIRTING = 0.09  # metres


@dataclass(frozen=True)
class Surfaces:
    """All surfaces (f of them), the shell's five first: normals and one point of each (f, 3), and paints."""

    normals: np.ndarray
    paints: list[Paint]
    points: np.ndarray


def toward_light(light: Light) -> np.ndarray:
    """Unit vector to the light in the room's axes."""
    azimuth, elevation = np.radians(light.azimuth), np.radians(light.elevation)
    flat = np.cos(elevation)
    return np.array([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)])


def lit(
    scene: RoomScene, surfaces: Surfaces, faces: Faces, places: list[np.ndarray], index: np.ndarray, zoom: int
) -> np.ndarray:
    """Colors float32 (s, s, 3), untinted, of sub-pixels at `places`, each on the surface of its `index`."""
    sun = toward_light(scene.light)
    facing = surfaces.normals @ sun
    glowing = np.array([paint.texture == "glow" for paint in surfaces.paints])
    up = surfaces.normals[:, 2]
    ambient = scene.light.ambient * (0.94 + 0.1 * up - 0.1 * surfaces.normals[:, 1] * (up < 0.5))
    direct = scene.light.sun * np.maximum(facing, 0)
    ambient[glowing], direct[glowing] = 1, 0
    bright = direct.astype(np.float32)[index]
    bright *= _unshadowed(scene, faces, sun, places, index, zoom)
    soft = _nooks(scene.shell, places, index)
    soft[glowing[index]] = 1
    bright += ambient.astype(np.float32)[index]
    bright *= soft
    base = np.array([paint.color for paint in surfaces.paints], np.float32)
    colors = base[index]
    _skirt(scene.shell, places[2], index, colors)
    _pattern(surfaces, places, index, colors)
    colors *= bright[..., None]
    tint = np.asarray(scene.light.tint, np.float32)
    lamps = glowing[index]
    colors[lamps] /= tint
    return colors


def _nooks(shell: Shell, places: list[np.ndarray], index: np.ndarray) -> np.ndarray:
    """Factors (s, s): it is darker where walls, floor and ceiling meet, and low above the floor."""
    x, y, z = places
    wall = index < 3
    bare = index < 5
    soft = 1 - 0.2 * np.exp(-4.0 * np.maximum(z, 0))
    soft[~bare] = (0.84 + 0.16 * np.clip(z / 0.7, 0, 1))[~bare]
    edge = np.minimum(np.minimum(x, shell.width - x), np.where(index == 0, np.float32(9), y))
    edge = np.where((index == 1) | (index == 2), y, edge)
    corner = 1 - 0.22 * np.exp(-3.2 * np.maximum(edge, 0))
    soft[bare] *= corner[bare]
    floor = index == 3
    soft[floor] = corner[floor]
    top = 1 - 0.16 * np.exp(-3.5 * np.maximum(shell.height - z, 0))
    soft[wall] *= top[wall]
    return soft


def _skirt(shell: Shell, z: np.ndarray, index: np.ndarray, colors: np.ndarray) -> None:
    board = (index < 3) & (z < SKIRTING)
    colors[board] = np.asarray(shell.skirting.color, np.float32)


def _pattern(surfaces: Surfaces, places: list[np.ndarray], index: np.ndarray, colors: np.ndarray) -> None:
    """Multiply by the patterns of all surfaces that have one, in place."""
    groups: dict[tuple[str, int], list[int]] = {}
    for k, paint in enumerate(surfaces.paints):
        if paint.texture not in ("plain", "glow"):
            groups.setdefault((paint.texture, paint.seed), []).append(k)
    if not groups:
        return
    number = np.zeros(len(surfaces.paints), np.int16)
    for g, members in enumerate(groups.values(), 1):
        number[members] = g
    drawn = number[index].ravel()
    order = np.argsort(drawn, kind="stable")
    ends = np.cumsum(np.bincount(drawn, minlength=len(groups) + 1))
    flat, faces = colors.reshape(-1, 3), index.ravel()
    x, y, z = (place.ravel() for place in places)
    along = _along(surfaces.normals)
    for g, (kind, seed) in enumerate(groups, 1):
        here = order[ends[g - 1] : ends[g]]
        if not len(here):
            continue
        face = faces[here]
        origin = surfaces.points[face].astype(np.float32) if face.max() >= 5 else np.zeros(3, np.float32)
        dx, dy, dz = x[here] - origin[..., 0], y[here] - origin[..., 1], z[here] - origin[..., 2]
        a = along[face]
        u = a[:, 0] * dx + a[:, 1] * dy
        lying = np.abs(surfaces.normals[face, 2]) > 0.7
        v = np.where(lying, a[:, 0] * dy - a[:, 1] * dx, dz)
        flat[here] *= texture(kind, seed, u.astype(np.float32), v.astype(np.float32))


def _along(normals: np.ndarray) -> np.ndarray:
    """The level direction along each surface, unit length: float32 (f, 2)."""
    flat = np.stack([normals[:, 1], -normals[:, 0]], 1)
    length = np.linalg.norm(flat, axis=1)
    flat[length < 0.7] = (1, 0)
    return (flat / np.linalg.norm(flat, axis=1, keepdims=True)).astype(np.float32)


def _unshadowed(
    scene: RoomScene,
    faces: Faces,
    sun: np.ndarray,
    places: list[np.ndarray],
    index: np.ndarray,
    zoom: int,
) -> np.ndarray:
    """Factors (s, s) of the direct light that is left on floor and walls."""
    left = np.ones(index.shape, np.float32)
    if not len(faces.ends):
        return left
    shell = scene.shell
    # number, the wall's normal, its place on that axis, the axes of its map, the map's far end in metres
    reach = scene.camera.place[1]
    walls = (
        (3, 2, 1.0, 0.0, (0, 1), (shell.width, reach)),
        (0, 1, 1.0, 0.0, (0, 2), (shell.width, shell.height)),
        (1, 0, 1.0, 0.0, (1, 2), (reach, shell.height)),
        (2, 0, -1.0, shell.width, (1, 2), (reach, shell.height)),
    )
    for k, axis, sign, at, flat, extent in walls:
        if sign * sun[axis] < 0.08:
            continue
        dark = _shadow(faces, sun, axis, at, flat, extent, zoom)
        here = np.nonzero(index == k)
        a, b = (
            np.clip(places[f][here] * (GRID * zoom), 0, size - 1).astype(np.int32)
            for f, size in zip(flat, dark.shape[::-1], strict=True)
        )
        left[here] = 1 - dark[b, a]
    return left


def _shadow(
    faces: Faces,
    sun: np.ndarray,
    axis: int,
    at: float,
    flat: tuple[int, int],
    extent: tuple[float, float],
    zoom: int,
) -> np.ndarray:
    """The share of light that things keep off a wall or the floor: float32 (rows, columns), softly."""
    grid = GRID * zoom
    columns, rows = (int(np.ceil(side * grid)) for side in extent)
    stencil = Image.new("L", (columns, rows))
    draw = ImageDraw.Draw(stencil)
    thrown = faces.points - (faces.points[:, axis] - at)[:, None] / sun[axis] * sun
    thrown = thrown[:, list(flat)] * grid
    starts = np.concatenate([[0], faces.ends[:-1]]).astype(int)
    high, low = np.maximum.reduceat(thrown, starts), np.minimum.reduceat(thrown, starts)
    within = (high > 0).all(axis=1) & (low[:, 0] < columns) & (low[:, 1] < rows)
    for k in np.flatnonzero(within & (faces.normals @ sun > 0.03)).tolist():
        draw.polygon(thrown[faces.corners(k)].ravel().tolist(), fill=255)
    soft = stencil.filter(ImageFilter.GaussianBlur(0.045 * grid))
    return np.asarray(soft, np.float32) * np.float32(0.9 / 255)
