"""Where animals are, and a sheet on which that is drawn: polygons in the frame of the picture, -1 to 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from xaikit.worlds.drawing.pen import Outline
from xaikit.worlds.drawing.surfaces import Color, Random, jittered, toned

PLACES = ("meadow", "farmyard", "road", "snow", "shore", "room", "wood")
HINDRANCES = ("grass", "branch", "post", "rail")
COARSE = 64  # width of the distance before it is enlarged


@dataclass(frozen=True)
class Place:
    """A place of `PLACES`, its lots, how high the ground reaches, and where the animal stands.

    Both places are given in the picture's frame, -1 to 1; an animal that the border cuts may stand below it.
    """

    kind: str
    seed: int
    horizon: float
    foot: tuple[float, float]


class Sheet:
    """A picture to draw on, `side` pixels wide."""

    def __init__(self, side: int, rng: Random, under: Image.Image | None = None) -> None:
        self.side, self.rng = side, rng
        self.image = Image.new("RGB", (side, side)) if under is None else under
        self._draw = ImageDraw.Draw(self.image)

    def _places(self, points: Outline | list[tuple[float, float]]) -> list[float]:
        return ((np.asarray(points, float) + 1) * (self.side / 2) - 0.5).ravel().tolist()

    def polygon(self, color: Color, points: Outline | list[tuple[float, float]]) -> None:
        """Fill what points enclose."""
        self._draw.polygon(self._places(points), fill=_whole(color))

    def box(self, color: Color, left: float, top: float, right: float, bottom: float) -> None:
        """Fill an upright rectangle."""
        self.polygon(color, [(left, top), (right, top), (right, bottom), (left, bottom)])

    def ball(self, color: Color, x: float, y: float, across: float, down: float | None = None) -> None:
        """Fill an ellipse."""
        tall = across if down is None else down
        self._draw.ellipse(self._places([(x - across, y - tall), (x + across, y + tall)]), fill=_whole(color))

    def fade(self, top: Color, foot: Color, low: float = 1.0) -> None:
        """Fill all, from one color above to another at a height and below."""
        rows = np.linspace(-1, 1, self.side)
        share = np.clip((rows + 1) / (low + 1), 0, 1)[:, None, None]
        colors = np.asarray(top) * (1 - share) + np.asarray(foot) * share
        self.image.paste(Image.fromarray(colors.astype(np.uint8).repeat(self.side, 1)))

    def enlarged(self, side: int, blur: float) -> Image.Image:
        """The sheet blurred and enlarged."""
        soft = self.image.filter(ImageFilter.GaussianBlur(blur))
        return soft.resize((side, side), Image.Resampling.BICUBIC)


def one_of(rng: Random, *colors: Color) -> Color:
    """One of some colors, a little off."""
    return jittered(colors[rng.integers(len(colors))], rng, 14)


def noise(rng: Random, cells: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """A smooth field of about -1..1: lots of each of some cells (rows, columns), enlarged: float32 `size`."""
    lots = rng.uniform(-1, 1, cells).astype(np.float32)
    rows, columns = size
    return np.asarray(Image.fromarray(lots).resize((columns, rows), Image.Resampling.BICUBIC))


def blades(
    rng: Random, n: int, columns: tuple[float, float], rows: tuple[float, float], tall: float
) -> list[Outline]:
    """Blades of grass rooted in a rectangle."""
    x, y = rng.uniform(*columns, n), rng.uniform(*rows, n)
    high, lean = rng.uniform(0.5, 1, n) * tall, rng.uniform(-0.35, 0.35, n) * tall
    wide = 0.13 * tall
    return [
        np.array(
            [
                (a - wide, b),
                (a + 0.4 * c, b - 0.6 * h),
                (a + c, b - h),
                (a + 0.5 * c + wide, b - 0.5 * h),
                (a + wide, b),
            ]
        )
        for a, b, h, c in zip(x.tolist(), y.tolist(), high.tolist(), lean.tolist(), strict=True)
    ]


def leaf(root: tuple[float, float], turn: float, length: float) -> Outline:
    """A pointed leaf from its root on."""
    cos, sin = np.cos(turn) * length, np.sin(turn) * length
    shape = np.array([(0, 0), (0.3, -0.24), (0.65, -0.24), (1.1, 0), (0.65, 0.24), (0.3, 0.24)])
    return np.asarray(root) + shape @ np.array([(cos, sin), (-sin, cos)])


def shades(color: Color, *factors: float) -> list[Color]:
    """A color, darker and lighter."""
    return [toned(color, factor) for factor in factors]


def _whole(color: Color) -> tuple[int, int, int]:
    red, green, blue = (int(np.clip(c, 0, 255)) for c in color)
    return red, green, blue
