"""What soft things are painted on: colors and owners of sub-pixels, covered patch by patch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from xaikit.worlds.drawing.pen import Frame, Outline
from xaikit.worlds.drawing.render import grain, levels
from xaikit.worlds.drawing.scene import Light

NOBODY = -1
"""The owner of a sub-pixel on which no part of the thing is seen."""
OWNED = 0.5  # share of a sub-pixel that a part must cover to own it
Window = tuple[slice, slice]


@dataclass(frozen=True)
class Patch:
    """A window of the canvas, rows and columns, and the share that is covered of each sub-pixel in it."""

    window: Window
    alpha: np.ndarray


class Canvas:
    """Colors, float32 (side, side, 3), and owners, int8 (side, side), of the sub-pixels of a picture.

    Parameters
    ----------
    size : width and height of the picture in pixels
    zoom : sub-pixels to a pixel's side
    """

    def __init__(self, size: int, zoom: int) -> None:
        self.size, self.zoom, self.side = size, zoom, size * zoom
        self.colors = np.zeros((self.side, self.side, 3), np.float32)
        self.owner = np.full((self.side, self.side), NOBODY, np.int8)

    def frame(self, frame: Frame) -> Frame:
        """A frame given in pixels, in sub-pixels."""
        x, y = frame.place
        return replace(frame, place=(x * self.zoom, y * self.zoom), reach=frame.reach * self.zoom)

    def window(self, frame: Frame, bounds: tuple[float, float, float, float]) -> Window:
        """The sub-pixels that a rectangle of a frame may touch: left, top, right and bottom."""
        left, top, right, bottom = bounds
        corners = frame.pixels(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))
        x0, y0 = np.clip(np.floor(corners.min(axis=0)), 0, self.side).astype(int).tolist()
        x1, y1 = np.clip(np.ceil(corners.max(axis=0)), 0, self.side).astype(int).tolist()
        return slice(y0, y1), slice(x0, x1)

    def patch(
        self, frame: Frame, outlines: Sequence[Outline], soft: float = 0.5, limit: Window | None = None
    ) -> Patch:
        """What any of the outlines encloses, its border blurred over `soft` pixels, within a window alone."""
        corners = [frame.pixels(outline) for outline in outlines]
        every = np.concatenate(corners)
        margin = 2 + 2 * soft * self.zoom
        rows, columns = limit or (slice(0, self.side), slice(0, self.side))
        (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        x0, x1 = _within(left - margin, right + margin + 1, columns)
        y0, y1 = _within(top - margin, bottom + margin + 1, rows)
        window = slice(y0, y1), slice(x0, x1)
        if x0 == x1 or y0 == y1:
            return Patch(window, np.zeros((y1 - y0, x1 - x0), np.float32))
        stencil = Image.new("L", (x1 - x0, y1 - y0))
        draw = ImageDraw.Draw(stencil)
        for points in corners:
            draw.polygon((points - (x0 + 0.5, y0 + 0.5)).ravel().tolist(), fill=255)
        smooth = stencil.filter(ImageFilter.GaussianBlur(soft * self.zoom))
        return Patch(window, np.asarray(smooth, np.float32) * np.float32(1 / 255))

    def strokes(self, frame: Frame, lines: Sequence[np.ndarray], width: float, limit: Window) -> Patch:
        """Lines, each (k, 2), `width` pixels wide."""
        half = width / 2 * self.zoom / frame.reach
        return self.patch(frame, [_band(line, half) for line in lines], 0.3, limit)

    def lay(self, patch: Patch, colors: np.ndarray, owner: int | np.ndarray = NOBODY) -> None:
        """Cover with colors (h, w, 3) or (3,); what is covered by more than half gets the owner."""
        part = self.colors[patch.window]
        part += patch.alpha[..., None] * (colors - part)
        np.copyto(self.owner[patch.window], owner, where=patch.alpha > OWNED, casting="same_kind")

    def darken(self, patch: Patch, share: float) -> None:
        """Take a share of the light away where the patch covers."""
        self.colors[patch.window] *= (1 - share * patch.alpha)[..., None]

    def reduced(self) -> np.ndarray:
        """Colors of the pixels, each the mean of its sub-pixels: float32 (size, size, 3)."""
        steps = range(self.zoom)
        rows = np.add.reduce([self.colors[k :: self.zoom] for k in steps])
        return np.add.reduce([rows[:, k :: self.zoom] for k in steps]) / np.float32(self.zoom**2)

    def picture(self, light: Light) -> np.ndarray:
        """What the camera sees, uint8 (size, size, 3)."""
        return levels(self.reduced() * np.asarray(light.tint, np.float32) + grain(light, self.size))

    def fine_picture(self, light: Light, times: int) -> np.ndarray:
        """The same `times` as large, with grain of its own: uint8 (times·size, times·size, 3)."""
        size = self.size * times
        colors = self.colors * np.asarray(light.tint, np.float32)
        smooth = Image.fromarray(levels(colors)).resize((size, size), Image.Resampling.HAMMING)
        return levels(np.asarray(smooth, np.float32) + grain(light, size))

    def masks(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """The pixels of each part that is seen, bool (size, size), by name; owner k is `names[k]`.

        A pixel belongs to the part that owns most of its sub-pixels, if it owns half of them.
        """
        block = np.arange(self.size).repeat(self.zoom)
        n = len(names) + 1
        cell = (block[:, None] * self.size + block) * n + (self.owner + 1)
        counts = (
            np.bincount(cell.ravel(), minlength=self.size**2 * n)
            .astype(np.uint8)
            .reshape(self.size, self.size, n)
        )
        best, most = counts[..., 1:].argmax(axis=-1), counts[..., 1:].max(axis=-1)
        enough = most * 2 >= self.zoom**2
        masks = {name: (best == k) & enough for k, name in enumerate(names)}
        return {name: mask for name, mask in masks.items() if mask.any()}


def points_of(parts: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    """Of each part the pixel of it that is nearest to the middle of all, (column, row)."""
    return {name: _middle(mask) for name, mask in parts.items()}


def _middle(mask: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(mask)
    nearest = np.hypot(rows - rows.mean(), columns - columns.mean()).argmin()
    return float(columns[nearest]), float(rows[nearest])


def _within(low: float, high: float, part: slice) -> tuple[int, int]:
    """A range of sub-pixels, cut to a part of them; empty where it lies outside."""
    start = min(max(int(low), part.start), part.stop)
    return start, min(max(int(high), start), part.stop)


def _band(line: np.ndarray, half: float) -> Outline:
    """A line widened to both sides."""
    steps = np.gradient(line, axis=0)
    across = np.stack([-steps[:, 1], steps[:, 0]], 1) / np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    return np.concatenate([line + half * across, (line - half * across)[::-1]])
