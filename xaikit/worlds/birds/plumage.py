"""Paints a bird: each part in its surface, feathered along the body, in one light over the whole body."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xaikit.worlds.birds.shapes import Ball, Shape, bounds
from xaikit.worlds.birds.species import PARTS
from xaikit.worlds.drawing.canvas import OWNED, Canvas, Patch, Window
from xaikit.worlds.drawing.pen import Frame, Outline, ellipse
from xaikit.worlds.drawing.raster import sun_direction
from xaikit.worlds.drawing.scene import Light
from xaikit.worlds.drawing.surfaces import PATTERNS, Color, Surface

SPREAD = 10.0  # grey levels by which a bird's color may be off, of 255
RAGGED = 0.22  # how far the feathers of one part reach into the next
ON_THE_BODY = ("back", "breast", "cheek", "nape", "throat", "crown", "forehead", "brow")


@dataclass(frozen=True)
class Look:
    """All that is needed to paint a bird but its shape: the surface of each part, lots and light."""

    surfaces: dict[str, Surface]
    seed: int
    light: Light


def paint_bird(canvas: Canvas, frame: Frame, shape: Shape, look: Look, waterline: bool = False) -> None:
    """Paint a bird on the canvas; owner k is part `PARTS[k]`.

    Every part has lots of its own, so that another surface of one part leaves all others as they were. With
    a `waterline`, nothing is painted below the bird's origin.
    """
    painter = _Painter(canvas, canvas.frame(frame), shape, look, waterline)
    painter.limb("tail", shape.parts["tail"])
    painter.lines(shape.lines["tail"], 0.28)
    if not waterline:
        painter.limb("legs", shape.parts["legs"])
    painter.bill(shape.parts["bill"])
    painter.plumage(shape.parts)
    painter.wing(shape.parts["wing"], shape.parts["wing bars"], shape.lines["wing"])
    painter.eye(*shape.eye)


class _Painter:
    """Paints the parts of one bird, the body and the wing within a window of the canvas that holds them."""

    def __init__(self, canvas: Canvas, frame: Frame, shape: Shape, look: Look, waterline: bool) -> None:
        self.canvas, self.frame, self.look, self.waterline = canvas, frame, look, waterline
        self.trunk = shape.balls[0]
        self.everywhere = slice(0, canvas.side), slice(0, canvas.side)
        self.window = canvas.window(frame, bounds([*shape.silhouette, *shape.parts["wing"]], margin=0.1))
        x, y = self._places(self.window)
        self.ahead, self.down = self._along(x, y)
        self.body = self._silhouette(shape.silhouette)
        self.shade = _shade(x, y, shape.balls, look.light, frame)
        rng = np.random.default_rng([look.seed, zlib.crc32(b"feathers")])
        fluff = PATTERNS["furry"](self.down / 0.2, -self.ahead / 0.16, rng).astype(np.float32)
        self.ragged = 2 * RAGGED * (fluff - 0.45)
        scales = PATTERNS["feathered"](self.down / 0.13, -self.ahead / 0.13, rng).astype(np.float32)
        self.texture = 0.94 + 0.12 * scales + 0.1 * (fluff - 0.45)

    def limb(self, part: str, outlines: Sequence[Outline]) -> None:
        """The tail or the legs, which have no roundness."""
        patch = self._patch(outlines, 0.4, self.everywhere)
        colors = self._painted(part, *self._along(*self._places(patch.window)))
        self.canvas.lay(patch, colors * self._flat_light(), PARTS.index(part))

    def plumage(self, parts: dict[str, list[Outline]]) -> None:
        """The body and the head: all parts on one sheet, frayed along the feathers, which is then cut out.

        What one part covers of another is gone from the sheet, so that it cannot shine through at the rim.
        """
        sheet = self._painted("belly", self.ahead, self.down)
        owner = np.full(self.body.shape, PARTS.index("belly"), np.int8)
        for part in ON_THE_BODY:
            patch = self._patch(parts[part], 1.0)
            here = self._here(patch.window)
            frayed = np.clip(0.5 + 1.7 * (patch.alpha - 0.5 + self.ragged[here]), 0, 1) * (patch.alpha > 0.02)
            under = sheet[here]
            under += frayed[..., None] * (self._here_painted(part, here) - under)
            owner[here][frayed > OWNED] = PARTS.index(part)
        sheet *= (self.shade * self.texture * self.rim)[..., None]
        self.canvas.lay(Patch(self.window, self.body), sheet, owner)

    def bill(self, outlines: Sequence[Outline]) -> None:
        """Smooth, light above and dark below."""
        patch = self._patch(outlines, 0.4, self.everywhere)
        core = self._patch(outlines, 1.4, self.everywhere)
        height = np.linspace(1.18, 0.72, patch.alpha.shape[0], dtype=np.float32)[:, None]
        shade = height * (0.75 + 0.3 * _placed(core, patch)) * self._flat_light()
        colors = self._painted("bill", *self._along(*self._places(patch.window)))
        self.canvas.lay(patch, colors * shade[..., None], PARTS.index("bill"))

    def wing(self, wing: list[Outline], bars: list[Outline], lines: list[np.ndarray]) -> None:
        """The folded wing, its shadow on the body, and on it its bars and the borders of its feathers."""
        below = [outline + np.array((0.0, 0.035)) for outline in wing]
        self.canvas.darken(self._patch(below, 1.2), 0.3)
        whole = self._patch(wing, 0.45)
        self._feathered("wing", whole)
        inside = np.zeros(self.body.shape, np.float32)
        inside[self._here(whole.window)] = whole.alpha
        patch = self._patch(bars, 0.4)
        self._feathered("wing bars", Patch(patch.window, patch.alpha * inside[self._here(patch.window)]))
        self.lines(lines, 0.36)

    def lines(self, lines: list[np.ndarray], share: float) -> None:
        """Borders between feathers."""
        self.canvas.darken(self._shown(self.canvas.strokes(self.frame, lines, 0.8, self.everywhere)), share)

    def eye(self, middle: tuple[float, float], radius: float) -> None:
        """A ring of feathers, the dark eye, and the light in it."""
        x, y = middle
        ring = self._patch([ellipse(x, y, 1.95 * radius, 1.95 * radius)], 0.35)
        here = self._here(ring.window)
        own = PARTS.index("eye")
        colors = self._here_painted("eye", here) * np.clip(self.shade[here], 0.8, 1.2)[..., None]
        self.canvas.lay(ring, colors, own)
        self.canvas.lay(
            self._patch([ellipse(x, y, radius, radius)], 0.3), np.array((20, 17, 18), np.float32), own
        )
        side = -1 if self.frame.mirrored else 1
        glint = ellipse(x - 0.3 * side * radius, y - 0.38 * radius, 0.3 * radius, 0.3 * radius)
        self.canvas.lay(self._patch([glint], 0.25), np.array((250, 250, 250), np.float32), own)

    # ---- what these need

    def _feathered(self, part: str, patch: Patch) -> None:
        here = self._here(patch.window)
        light = (self.shade[here] * self.texture[here])[..., None]
        self.canvas.lay(patch, self._here_painted(part, here) * light, PARTS.index(part))

    def _places(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Where the sub-pixels of a window are in the bird's frame."""
        rows, columns = (np.arange(part.start, part.stop) for part in window)
        return self.frame.within(columns, rows)

    def _along(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places by the axis of the body: how far ahead of its middle, and how far below."""
        (mx, my), pitch = self.trunk.middle, self.trunk.pitch
        cos, sin = np.float32(np.cos(pitch)), np.float32(np.sin(pitch))
        return cos * (x - mx) - sin * (y - my), sin * (x - mx) + cos * (y - my)

    def _patch(self, outlines: Sequence[Outline], soft: float, limit: Window | None = None) -> Patch:
        return self._shown(self.canvas.patch(self.frame, outlines, soft, limit or self.window))

    def _shown(self, patch: Patch) -> Patch:
        """What of a patch is above the water."""
        if not self.waterline:
            return patch
        _, y = self._places(patch.window)
        return Patch(patch.window, patch.alpha * np.clip(0.5 - y * np.float32(self.frame.reach), 0, 1))

    def _here(self, window: Window) -> Window:
        """A window of the canvas, counted within the bird's."""
        (rows, columns), (own_rows, own_columns) = window, self.window
        return (
            slice(rows.start - own_rows.start, rows.stop - own_rows.start),
            slice(columns.start - own_columns.start, columns.stop - own_columns.start),
        )

    def _silhouette(self, outlines: list[Outline]) -> np.ndarray:
        """The body, neck and head as one, corners between them filled: float32 0..1 over the window."""
        melted = self._patch(outlines, 1.6)
        alpha = np.zeros([part.stop - part.start for part in self.window], np.float32)
        alpha[self._here(melted.window)] = melted.alpha
        reach = np.float32(self.canvas.zoom)
        self.rim = 0.5 + 0.5 * np.clip((alpha - 0.42) * 1.9, 0, 1)
        return np.clip(0.5 + (alpha - 0.44) * (1.9 + 0.6 * reach), 0, 1)

    def _here_painted(self, part: str, here: Window) -> np.ndarray:
        return self._painted(part, self.ahead[here], self.down[here])

    def _painted(self, part: str, ahead: np.ndarray, down: np.ndarray) -> np.ndarray:
        """The surface of a part at some places; the lots of a part shift any color alike."""
        rng = np.random.default_rng([self.look.seed, zlib.crc32(part.encode())])
        surface, shift = self.look.surfaces[part], rng.uniform(-SPREAD, SPREAD, 3)
        own = replace(surface, first=_off(surface.first, shift), second=_off(surface.second, shift))
        return own.painted(ahead, down, rng)

    def _flat_light(self) -> np.float32:
        return np.float32(self.look.light.ambient + 0.45 * self.look.light.sun)


def _off(color: Color, shift: np.ndarray) -> Color:
    return tuple((np.asarray(color) + 0.6 * shift.mean() + 0.6 * shift).tolist())


def _placed(patch: Patch, like: Patch) -> np.ndarray:
    """A larger patch, cut to the window of a smaller one."""
    y0, x0 = (of.start for of in patch.window)
    rows, columns = like.window
    return patch.alpha[rows.start - y0 : rows.stop - y0, columns.start - x0 : columns.stop - x0]


def _shade(x: np.ndarray, y: np.ndarray, balls: list[Ball], light: Light, frame: Frame) -> np.ndarray:
    """Light on a body round like the balls, by Lambert, with a little light from below: float32 (h, w)."""
    height = np.zeros_like(x)
    for ball in balls:
        a, b, mx, my = np.array((*ball.halves, *ball.middle), np.float32)
        cos, sin = np.float32(np.cos(ball.pitch)), np.float32(np.sin(ball.pitch))
        u, v = (cos * (x - mx) - sin * (y - my)) / a, (sin * (x - mx) + cos * (y - my)) / b
        height += np.square(b * b * np.maximum(np.float32(1.2) - u * u - v * v, 0))
    height = np.sqrt(np.sqrt(height))
    down, right = np.gradient(height * np.float32(frame.reach))
    normal = 1 / np.sqrt(1 + right * right + down * down)
    sun_right, sun_down, near = sun_direction(light).astype(np.float32)
    lit = np.maximum((-right * sun_right - down * sun_down + near) * normal, 0)
    below = np.maximum(down * normal, 0)
    return light.ambient * (1 - 0.22 * below) + 1.15 * light.sun * lit
