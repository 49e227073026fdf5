"""Where a bird is, and a brush that paints in the frame of the whole picture, -1 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.canvas import Canvas
from xaikit.worlds.drawing.pen import Frame, Outline, bend, soft, stroke
from xaikit.worlds.drawing.surfaces import Color, Random, Surface, jittered

PLACES = ("leaves", "meadow", "sky", "water", "reeds", "snow", "wall")
HINDRANCES = ("leaf", "twig", "grass")


@dataclass(frozen=True)
class Place:
    """A place of `PLACES`, the lots of what is there, and where the bird stands: -1 to 1."""

    kind: str
    seed: int
    foot: tuple[float, float]


class Brush:
    """Fills outlines of the whole picture's frame."""

    def __init__(self, canvas: Canvas, rng: Random) -> None:
        self.canvas, self.rng = canvas, rng
        half = canvas.side / 2
        self.frame = Frame((half, half), half)

    def fill(
        self, surface: Surface, outlines: Sequence[Outline], soft: float = 0.5, relief: float = 0.0
    ) -> None:
        """Fill outlines, lit from above where there is relief."""
        patch = self.canvas.patch(self.frame, outlines, soft)
        if not patch.alpha.size:
            return
        rows, columns = (np.arange(part.start, part.stop) for part in patch.window)
        colors = surface.painted(*self.frame.within(columns, rows), self.rng)
        if relief:
            round_ = self.canvas.patch(self.frame, outlines, soft + 1.8)
            y0, x0 = (of.start for of in round_.window)
            cut = round_.alpha[rows[0] - y0 : rows[-1] + 1 - y0, columns[0] - x0 : columns[-1] + 1 - x0]
            slope = np.gradient(cut, axis=0) * self.canvas.zoom if len(cut) > 1 else np.zeros_like(cut)
            colors *= np.clip(1 + relief * (1.9 * slope + 0.35 * (cut - 0.75)), 0.45, 1.45)[..., None]
        self.canvas.lay(patch, colors)

    def shadow(self, outline: Outline, share: float, soft: float = 2.0) -> None:
        """Darken softly."""
        self.canvas.darken(self.canvas.patch(self.frame, [outline], soft), share)


def one_of(rng: Random, *colors: Color) -> Color:
    """One of some colors, a little off."""
    return jittered(colors[rng.integers(len(colors))], rng, 14)


def leaf(root: Sequence[float] | np.ndarray, turn: float, length: float) -> Outline:
    """A pointed leaf from its root on."""
    cos, sin = np.cos(turn) * length, np.sin(turn) * length
    shape = soft((0.0, 0.0), (0.35, -0.26), (0.75, -0.18), (1.12, 0.0), (0.75, 0.18), (0.35, 0.26))
    return np.asarray(root) + shape @ np.array([(cos, sin), (-sin, cos)])


def blades(
    rng: Random, n: int, columns: tuple[float, float], rows: tuple[float, float], tall: float
) -> list[Outline]:
    """Blades of grass rooted anywhere in a rectangle, up to as tall as that."""
    outlines = []
    for _ in range(n):
        x, y, high, lean = (
            rng.uniform(*columns),
            rng.uniform(*rows),
            rng.uniform(0.5, 1) * tall,
            rng.uniform(-0.1, 0.1),
        )
        outlines.append(stroke(bend((x, y), (x, y - 0.5 * high), (x + lean, y - high)), 0.028, 0.007))
    return outlines
