"""Paints an animal: layer by layer, every limb round, in its coat and in one light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.animals.coats import IRISES, Coat
from xaikit.worlds.animals.kinds import PARTS
from xaikit.worlds.animals.pieces import Bounds, Eye, Layer, Piece, Shape
from xaikit.worlds.drawing.canvas import Canvas, Patch, Window
from xaikit.worlds.drawing.pen import Frame, ellipse
from xaikit.worlds.drawing.raster import sun_direction
from xaikit.worlds.drawing.scene import Light
from xaikit.worlds.drawing.surfaces import PATTERNS

PATTERNED = ("coat", "wool")  # paints that show the coat's pattern
SWOLLEN = 1.35  # how much rounder than it is a limb is lit, so that its border is not black


def paint_animal(canvas: Canvas, frame: Frame, shape: Shape, coat: Coat, light: Light) -> None:
    """Paint an animal on the canvas; owner k is part `PARTS[k]`."""
    painter = _Painter(canvas, canvas.frame(frame), coat, light, shape)
    for layer in shape.layers:
        painter.layer(layer)
    for line in shape.lines:
        painter.line(line.part, line.points, line.light)
    for eye in shape.eyes:
        painter.eye(eye)


def under_lines(canvas: Canvas, frame: Frame, shape: Shape, parts: Sequence[str]) -> np.ndarray:
    """Where the lines of some parts are, bool (side, side); they are thinner than what a part owns."""
    under = np.zeros(canvas.owner.shape, bool)
    for line in shape.lines:
        if line.part in parts:
            patch = _stroke(canvas, canvas.frame(frame), line.points)
            under[patch.window] |= patch.alpha > 0
    return under


def _stroke(canvas: Canvas, frame: Frame, points: np.ndarray) -> Patch:
    everywhere = slice(0, canvas.side), slice(0, canvas.side)
    return canvas.strokes(frame, [points], 0.75, everywhere)


@dataclass
class _Field:
    """Of each sub-pixel of a window: the distance from the layer's border, its height, and whose it is."""

    distance: np.ndarray
    height: np.ndarray
    piece: np.ndarray


class _Painter:
    def __init__(self, canvas: Canvas, frame: Frame, coat: Coat, light: Light, shape: Shape) -> None:
        self.canvas, self.frame, self.coat, self.light = canvas, frame, coat, light
        torso = next((piece for piece in shape.pieces if piece.part == "torso"), shape.pieces[0])
        self.middle = float(torso.points[:, 1].mean())

    def layer(self, layer: Layer) -> None:
        """Paint pieces that melt into each other."""
        window = self.canvas.window(self.frame, _bounds(layer.pieces, layer.melt + 0.1))
        if window[0].start >= window[0].stop or window[1].start >= window[1].stop:
            return
        x, y = self._places(window)
        field = self._field(layer, window, x, y)
        if layer.wool:
            field.distance -= np.float32(layer.wool) * _curls(x, y)
        if layer.shadow:
            self._shadow(field.distance, window, layer.shadow)
        reach = np.float32(self.frame.reach)
        alpha = np.clip(0.5 - field.distance * reach * np.float32(0.8), 0, 1)
        rim = np.clip(0.68 - field.distance * reach * np.float32(0.16 / self.canvas.zoom), 0.68, 1)
        colors = self._colors(layer, field.piece, x, y)
        colors *= (self._shade(field.height) * rim * self._texture(layer, field.piece, x, y))[..., None]
        owners = np.array([PARTS.index(piece.part) for piece in layer.pieces], np.int8)
        self.canvas.lay(Patch(window, alpha), colors, owners[field.piece])

    def line(self, part: str, points: np.ndarray, light: bool) -> None:
        """A whisker, or the line of a mouth or a feather."""
        patch = _stroke(self.canvas, self.frame, points)
        if light:
            faint = Patch(patch.window, patch.alpha * np.float32(0.75))
            self.canvas.lay(faint, np.array((232, 230, 226), np.float32), PARTS.index(part))
        else:
            self.canvas.darken(patch, 0.5)

    def eye(self, eye: Eye) -> None:
        """A light rim, the iris, the pupil, and the light in it."""
        (x, y), r, own = eye.at, eye.radius, PARTS.index("eye")
        side = -1 if self.frame.mirrored else 1
        iris = IRISES[eye.iris]
        pupil = 0.62 if eye.iris == "dark" else 0.5
        rings = (
            (ellipse(x, y, 1.18 * r, 1.18 * r), (58, 46, 44), 0.35),
            (ellipse(x, y, r, r), iris, 0.3),
            (ellipse(x, y, pupil * r, (pupil + 0.16) * r), (18, 15, 18), 0.3),
            (ellipse(x - 0.3 * side * r, y - 0.36 * r, 0.3 * r, 0.3 * r), (250, 250, 250), 0.25),
        )
        for outline, color, soft in rings:
            patch = self.canvas.patch(self.frame, [outline], soft)
            self.canvas.lay(patch, np.array(color, np.float32), own)

    # ---- what these need

    def _places(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        rows, columns = (np.arange(part.start, part.stop) for part in window)
        return self.frame.within(columns, rows)

    def _field(self, layer: Layer, window: Window, x: np.ndarray, y: np.ndarray) -> _Field:
        distance = np.full(x.shape, 9, np.float32)
        height, best = np.zeros_like(x), np.full(x.shape, -99, np.float32)
        owner = np.zeros(x.shape, np.int8)
        melt = np.float32(max(layer.melt, 1e-3))
        for k, piece in enumerate(layer.pieces):
            swelling = (SWOLLEN - 1) * float(piece.radii.max())
            own = self.canvas.window(self.frame, piece.bounds(max(layer.melt, swelling) + 0.02))
            here = tuple(
                slice(max(a.start, b.start) - b.start, max(min(a.stop, b.stop) - b.start, 0))
                for a, b in zip(own, window, strict=True)
            )
            away, square = _from_limb(piece, x[here], y[here])
            old = distance[here]
            near = np.maximum(melt - np.abs(old - away), 0) / melt
            distance[here] = np.minimum(old, away) - near * near * melt * np.float32(0.25)
            height[here] += np.square(square)
            score = np.where(away < 0, np.float32(piece.ahead) - away, -away)
            better = score > best[here]
            best[here] = np.where(better, score, best[here])
            owner[here] = np.where(better, np.int8(k), owner[here])
        return _Field(distance, np.sqrt(np.sqrt(height)), owner)

    def _shadow(self, distance: np.ndarray, window: Window, share: float) -> None:
        """What is behind lies in the layer's shadow close to its border, if it is of the animal."""
        near = np.clip(1 - distance / np.float32(0.09), 0, 1) * (self.canvas.owner[window] >= 0)
        self.canvas.darken(Patch(window, near.astype(np.float32)), share)

    def _colors(self, layer: Layer, piece: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        table = np.array([self.coat.color(p.paint) for p in layer.pieces], np.float32)
        tones = np.array([p.tone for p in layer.pieces], np.float32)
        colors = table[piece]
        patterned = np.array([p.paint in PATTERNED for p in layer.pieces])
        if patterned.any() and self.coat.pattern != "plain":
            share = self.coat.mix(x, y, self.middle) * patterned[piece]
            colors += share[..., None] * (np.asarray(self.coat.second, np.float32) - colors)
        return colors * tones[piece][..., None]

    def _texture(self, layer: Layer, piece: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Hair, or curls of wool."""
        if layer.wool:
            return 0.9 + 0.13 * _curls(x, y)
        rng = np.random.default_rng([self.coat.seed, 2])
        hair = PATTERNS["furry"](y / np.float32(0.3), x / np.float32(0.3), rng).astype(np.float32)
        return 0.95 + 0.1 * hair

    def _shade(self, height: np.ndarray) -> np.ndarray:
        if min(height.shape) < 2:
            return np.full_like(height, self.light.ambient + 0.5 * self.light.sun)
        down, right = np.gradient(height * np.float32(self.frame.reach))
        normal = 1 / np.sqrt(1 + right * right + down * down)
        sun_right, sun_down, near = sun_direction(self.light).astype(np.float32)
        lit = np.maximum((-right * sun_right - down * sun_down + near) * normal, 0)
        below = np.maximum(down * normal, 0)
        return self.light.ambient * (1 - 0.25 * below) + np.float32(1.15 * self.light.sun) * lit


def _bounds(pieces: tuple[Piece, ...], margin: float) -> Bounds:
    left, top, right, bottom = zip(*(piece.bounds(margin) for piece in pieces), strict=True)
    return min(left), min(top), max(right), max(bottom)


def _from_limb(piece: Piece, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far places are from a limb's border, below 0 inside, and the square of its height there."""
    points, radii = piece.points.astype(np.float32), piece.radii.astype(np.float32)
    outside, height = np.full(x.shape, 9, np.float32), np.zeros_like(x)
    for k in range(max(1, len(points) - 1)):
        (ax, ay), (bx, by) = points[k], points[min(k + 1, len(points) - 1)]
        dx, dy = bx - ax, by - ay
        px, py = x - ax, y - ay
        along = np.clip((px * dx + py * dy) / max(dx * dx + dy * dy, np.float32(1e-9)), 0, 1)
        square = np.square(px - along * dx) + np.square(py - along * dy)
        wide = radii[k] + along * (radii[min(k + 1, len(radii) - 1)] - radii[k])
        np.minimum(outside, np.sqrt(square) - wide, out=outside)
        np.maximum(height, np.square(wide * np.float32(SWOLLEN)) - square, out=height)
    return outside, height


def _curls(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Curls of wool, about -1 at their borders and 1 in their middles."""
    u = np.float32(15) * x + np.sin(np.float32(5) * y)
    v = np.float32(15) * y + np.sin(np.float32(6) * x)
    slant = np.float32(0.866) * v
    return (np.cos(u) + np.cos(0.5 * u + slant) + np.cos(0.5 * u - slant)) * np.float32(0.67) - np.float32(
        0.6
    )
