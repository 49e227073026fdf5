"""Draws a thing: closed outlines in the thing's own frame, filled with surfaces and lit softly.

The frame of a thing reaches from -1 to 1 in x (to the right) and y (down).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from xaikit.worlds.drawing.surfaces import COLORS, Color, Random, Surface, jittered, material, toned

FINE = 4  # sub-pixels to a pixel's side, for smooth borders
Outline = np.ndarray


@dataclass(frozen=True)
class Frame:
    """Where a thing stands in the picture: its middle and half width in pixels, its turn in radians."""

    place: tuple[float, float]
    reach: float
    turn: float = 0.0
    mirrored: bool = False

    def pixels(self, outline: Outline) -> np.ndarray:
        """Points (k, 2) of the thing's frame as pixels."""
        x, y = outline[:, 0] * (-1 if self.mirrored else 1), outline[:, 1]
        cos, sin = self.reach * np.cos(self.turn), self.reach * np.sin(self.turn)
        return np.stack([self.place[0] + cos * x - sin * y, self.place[1] + sin * x + cos * y], 1)

    def within(self, columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The inverse of `pixels`, for the middles of pixels: x, y (h, w), float32."""
        right = (columns + 0.5 - self.place[0]).astype(np.float32)[None, :]
        down = (rows + 0.5 - self.place[1]).astype(np.float32)[:, None]
        cos, sin = np.float32(np.cos(self.turn) / self.reach), np.float32(np.sin(self.turn) / self.reach)
        x, y = cos * right + sin * down, cos * down - sin * right
        return (-x if self.mirrored else x), y


class Pen:
    """Draws into a picture, in place.

    Parameters
    ----------
    picture : float32 (size, size, 3), 0..255
    frame : of the thing to draw
    variety : 0..1, how much one thing of its class may differ from another
    relief : 0..1, how round the thing looks: the share of light that its borders lose
    """

    def __init__(
        self, picture: np.ndarray, frame: Frame, rng: Random, variety: float = 0.5, relief: float = 0.45
    ) -> None:
        self.picture, self.frame, self.rng = picture, frame, rng
        self.variety, self.relief = variety, relief
        self.covered = np.zeros(picture.shape[:2], np.float32)

    # ---- lots, drawn within the variety of the class

    def between(self, low: float, high: float) -> float:
        """A number from around the middle of a range; from all of it at full variety."""
        reach = (0.15 + 0.85 * self.variety) * (high - low) / 2
        return float((low + high) / 2 + self.rng.uniform(-reach, reach))

    def whole(self, low: int, high: int) -> int:
        """A whole number of low..high, as `between`."""
        return round(self.between(low, high))

    def chance(self, share: float) -> bool:
        """True in a share of things; at little variety the likelier of both always."""
        if self.variety < 0.3:
            return share > 0.5
        return bool(self.rng.random() < share)

    def color(self, *names: str) -> Color:
        """One of the named colors, a little off: the first at no variety, any at full."""
        known = names[self.rng.integers(max(1, round(self.variety * len(names))))]
        return jittered(COLORS[known], self.rng, 6 + 20 * self.variety)

    def plain(self, *names: str) -> Surface:
        """One of the named colors, smoothly shaded."""
        return shaded(self.color(*names))

    def material(self, name: str, period: float = 0.3, turn: float = 0.0) -> Surface:
        """A material in one of its colors."""
        return material(name, self.rng, self.variety, period * self.between(0.8, 1.2), turn)

    def texture(
        self, name: str, first: Color, second: Color, period: float = 0.3, turn: float = 0.0
    ) -> Surface:
        """A texture in two colors."""
        return Surface(name, first, second, period * self.between(0.75, 1.25), turn)

    # ---- drawing

    def fill(self, surface: Surface, *outlines: Outline, relief: float | None = None) -> None:
        """Fill what any of the outlines encloses."""
        corners = [self.frame.pixels(outline) for outline in outlines]
        window = _window(corners, self.picture.shape[0])
        if window is None:
            return
        x0, y0, x1, y1 = window
        stencil = Image.new("L", ((x1 - x0) * FINE, (y1 - y0) * FINE))
        draw = ImageDraw.Draw(stencil)
        for points in corners:
            draw.polygon(((points - (x0, y0)) * FINE).ravel().tolist(), fill=255)
        small = stencil.reduce(FINE)
        alpha = np.asarray(small, np.float32) / 255
        x, y = self.frame.within(np.arange(x0, x1), np.arange(y0, y1))
        colors = surface.painted(x, y, self.rng)
        depth = self.relief if relief is None else relief
        if depth:
            colors *= _lit(small, depth)[..., None]
        part = self.picture[y0:y1, x0:x1]
        part += (surface.opacity * alpha)[..., None] * (colors - part)
        covered = self.covered[y0:y1, x0:x1]
        np.maximum(covered, alpha, out=covered)

    def line(self, surface: Surface, *strokes: Outline, relief: float = 0.0) -> None:
        """Fill strokes without rounding them."""
        self.fill(surface, *strokes, relief=relief)

    def eye(self, x: float, y: float, size: float = 0.06) -> None:
        """A dark eye with a light around it."""
        self.fill(EYE_WHITE, ellipse(x, y, 1.5 * size, 1.5 * size), relief=0)
        self.fill(EYE_BLACK, ellipse(x, y, size, size), relief=0)


def shaded(color: Color, depth: float = 0.16) -> Surface:
    """A color that grows darker slowly."""
    return Surface("smooth", toned(color, 1 - depth), toned(color, 1 + depth), 0.4)


EYE_WHITE, EYE_BLACK = shaded((236, 232, 214), 0), shaded((22, 20, 24), 0)


def _window(corners: list[np.ndarray], size: int) -> tuple[int, int, int, int] | None:
    """The pixels that the points may touch, x0, y0, x1, y1; None where all lie outside."""
    every = np.concatenate(corners)
    x0, y0 = np.maximum(np.floor(every.min(axis=0)) - 1, 0).astype(int).tolist()
    x1, y1 = np.minimum(np.ceil(every.max(axis=0)) + 1, size).astype(int).tolist()
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _lit(stencil: Image.Image, depth: float) -> np.ndarray:
    """Factors (h, w): dark at the border, lighter towards the upper left."""
    radius = max(0.8, 0.09 * min(stencil.size))
    soft = np.asarray(stencil.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
    tilt = np.zeros_like(soft)
    step = max(1, round(radius / 2))
    tilt[step:, step:] = soft[step:, step:] - soft[:-step, :-step]
    return np.clip(1 + depth * (1.2 * (soft - 0.85) + 1.1 * tilt), 0.35, 1.5)


# ---- outlines (k, 2)


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Outline:
    """An ellipse around (x, y), turned clockwise by `turn` radians."""
    a, b = rx * _CIRCLE[:, 0], ry * _CIRCLE[:, 1]
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([x + cos * a - sin * b, y + sin * a + cos * b], 1)


_CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 28)), np.sin(np.linspace(0, 2 * np.pi, 28))], 1)


def box(x0: float, y0: float, x1: float, y1: float) -> Outline:
    """An upright rectangle."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


def polygon(*points: tuple[float, float]) -> Outline:
    """Straight sides from point to point."""
    return np.array(points, float)


def soft(*points: tuple[float, float]) -> Outline:
    """A smooth closed curve through the points."""
    knots = np.array(points, float)
    before, after, next_but_one = (np.roll(knots, k, axis=0) for k in (1, -1, -2))
    t = np.linspace(0, 1, 7)[:-1, None, None]
    curve = 0.5 * (
        2 * knots
        + (after - before) * t
        + (2 * before - 5 * knots + 4 * after - next_but_one) * t**2
        + (3 * knots - before - 3 * after + next_but_one) * t**3
    )
    return curve.transpose(1, 0, 2).reshape(-1, 2)


def stroke(points: np.ndarray | list[tuple[float, float]], start: float, end: float | None = None) -> Outline:
    """A band along a line, its width going from `start` to `end`."""
    path = np.asarray(points, float)
    steps = np.gradient(path, axis=0)
    across = np.stack([-steps[:, 1], steps[:, 0]], 1) / np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    half = np.linspace(start, start if end is None else end, len(path))[:, None] / 2
    return np.concatenate([path + half * across, (path - half * across)[::-1]])


def arc(x: float, y: float, rx: float, ry: float, first: float, last: float) -> np.ndarray:
    """Points along a part of an ellipse, degrees clockwise from the right, for `stroke` and `polygon`."""
    t = np.radians(np.linspace(first, last, 14))
    return np.stack([x + rx * np.cos(t), y + ry * np.sin(t)], 1)


def bend(start: tuple[float, float], middle: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
    """Points along a curve from `start` to `end`, drawn towards `middle`, for `stroke`."""
    t = np.linspace(0, 1, 10)[:, None]
    a, b, c = (np.array(p, float) for p in (start, middle, end))
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c


def around(outline: Outline, n: int, x: float = 0.0, y: float = 0.0, first: float = 0.0) -> list[Outline]:
    """`n` copies of an outline turned about (x, y), evenly, from `first` radians on."""
    copies = []
    for turn in first + np.arange(n) * (2 * np.pi / n):
        cos, sin = np.cos(turn), np.sin(turn)
        dx, dy = outline[:, 0] - x, outline[:, 1] - y
        copies.append(np.stack([x + cos * dx - sin * dy, y + sin * dx + cos * dy], 1))
    return copies


def shifted(outline: Outline, dx: float, dy: float) -> Outline:
    """The outline elsewhere."""
    return outline + np.array([dx, dy])


def flipped(outline: Outline) -> Outline:
    """The outline's mirror image, left for right."""
    return outline * (-1, 1)
