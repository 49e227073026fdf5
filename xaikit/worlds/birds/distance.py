"""What is far behind a bird: painted small, and blurred and enlarged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageFilter

from xaikit.worlds.birds.places import Place, one_of
from xaikit.worlds.drawing.pen import Frame, Pen, bend, box, ellipse, shaded, stroke
from xaikit.worlds.drawing.surfaces import Color, Random, toned

COARSE = 64  # width of the distance before it is blurred and enlarged


def distance_of(place: Place, side: int, rng: Random) -> np.ndarray:
    """The distance at a place: float32 (side, side, 3)."""
    picture = np.zeros((COARSE, COARSE, 3), np.float32)
    _DISTANCES[place.kind](Pen(picture, Frame((COARSE / 2,) * 2, COARSE / 2), rng, 1.0, 0.0), place)
    far = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    far = far.filter(ImageFilter.GaussianBlur(float(rng.uniform(1.6, 2.8))))
    return np.asarray(far.resize((side, side), Image.Resampling.BICUBIC), np.float32)


def _fade(pen: Pen, top: Color, foot: Color) -> None:
    share = np.linspace(0, 1, COARSE, dtype=np.float32)[:, None, None]
    pen.picture[:] = np.asarray(top, np.float32) * (1 - share) + np.asarray(foot, np.float32) * share


def _blobs(
    pen: Pen, n: int, colors: Sequence[Color], reach: tuple[float, float], rows: tuple[float, float]
) -> None:
    x, y, r = (pen.rng.uniform(low, high, n).tolist() for low, high in ((-1.1, 1.1), rows, reach))
    blobs = [ellipse(*place, 0.9 * place[2]) for place in zip(x, y, r, strict=True)]
    for k, color in enumerate(colors[:n]):
        pen.fill(shaded(one_of(pen.rng, color), 0.05), *blobs[k :: len(colors)], relief=0)


def _far_leaves(pen: Pen, place: Place) -> None:
    _fade(
        pen,
        one_of(pen.rng, (176, 204, 160), (150, 186, 128), (196, 206, 160)),
        one_of(pen.rng, (96, 132, 78), (116, 146, 84)),
    )
    _blobs(pen, 9, ((126, 166, 92), (158, 192, 116), (92, 130, 72), (206, 216, 168)), (0.15, 0.42), (-1, 1))


def _far_meadow(pen: Pen, place: Place) -> None:
    _fade(
        pen,
        one_of(pen.rng, (172, 204, 228), (204, 220, 224)),
        one_of(pen.rng, (206, 216, 180), (190, 208, 168)),
    )
    line = place.foot[1] - pen.rng.uniform(0.3, 0.7)
    hedge = one_of(pen.rng, (100, 134, 84), (122, 150, 96), (88, 122, 92))
    pen.fill(shaded(hedge, 0.05), box(-1.1, line, 1.1, 1.1), relief=0)
    _blobs(pen, 7, ((92, 126, 74), (116, 146, 86), (80, 112, 74)), (0.14, 0.3), (line - 0.1, line + 0.1))
    _blobs(pen, 6, ((150, 168, 90), (170, 180, 104), (214, 200, 120)), (0.08, 0.2), (line + 0.2, 1))


def _far_sky(pen: Pen, place: Place) -> None:
    _fade(
        pen,
        one_of(pen.rng, (106, 160, 216), (128, 176, 222), (146, 178, 208)),
        one_of(pen.rng, (206, 224, 236), (226, 228, 226)),
    )
    _blobs(pen, int(pen.rng.integers(2, 7)), ((236, 240, 244), (222, 228, 234)), (0.2, 0.45), (-0.8, 0.7))


def _far_water(pen: Pen, place: Place) -> None:
    line = pen.rng.uniform(-0.75, -0.2)
    _fade(
        pen,
        one_of(pen.rng, (178, 202, 218), (196, 208, 212)),
        one_of(pen.rng, (128, 164, 186), (118, 158, 168)),
    )
    bank = one_of(pen.rng, (96, 122, 88), (126, 138, 100), (108, 116, 104))
    pen.fill(shaded(bank, 0.05), box(-1.1, line - 0.2, 1.1, line), relief=0)
    _blobs(pen, 6, ((88, 118, 80), (112, 134, 92)), (0.12, 0.25), (line - 0.25, line - 0.1))
    water = one_of(pen.rng, (112, 152, 178), (124, 160, 170), (96, 138, 158))
    pen.fill(shaded(water, 0.1), box(-1.1, line, 1.1, 1.1), relief=0)
    pen.fill(shaded(toned(bank, 0.9)), box(-1.1, line, 1.1, line + 0.16), relief=0)


def _far_reeds(pen: Pen, place: Place) -> None:
    _fade(
        pen,
        one_of(pen.rng, (204, 208, 176), (188, 204, 188)),
        one_of(pen.rng, (140, 146, 96), (122, 138, 100)),
    )
    for x in pen.rng.uniform(-1.1, 1.1, 12).tolist():
        stem = bend((x, 1.1), (x + 0.05, 0), (x + pen.rng.uniform(-0.25, 0.25), -1.1))
        pen.fill(
            shaded(one_of(pen.rng, (150, 152, 92), (178, 166, 110), (118, 134, 84))),
            stroke(stem, 0.09, 0.05),
            relief=0,
        )


def _far_snow(pen: Pen, place: Place) -> None:
    _fade(
        pen,
        one_of(pen.rng, (176, 194, 214), (200, 208, 218)),
        one_of(pen.rng, (214, 220, 230), (222, 222, 228)),
    )
    line = place.foot[1] - pen.rng.uniform(0.35, 0.7)
    _blobs(pen, 8, ((120, 134, 140), (146, 156, 164), (98, 116, 116)), (0.12, 0.28), (line - 0.25, line))
    pen.fill(shaded(one_of(pen.rng, (222, 228, 238)), 0.03), box(-1.1, line, 1.1, 1.1), relief=0)


def _far_wall(pen: Pen, place: Place) -> None:
    _fade(
        pen,
        one_of(pen.rng, (140, 166, 110), (120, 150, 104), (164, 176, 140)),
        one_of(pen.rng, (96, 124, 80), (110, 128, 92)),
    )
    flowers = ((206, 120, 140), (226, 190, 96), (186, 150, 200), (220, 220, 210))
    _blobs(pen, 7, ((112, 150, 84), (140, 170, 106), (86, 118, 74)), (0.15, 0.35), (-1, 1))
    _blobs(pen, 6, flowers, (0.05, 0.12), (-0.9, 0.6))


_DISTANCES: dict[str, Callable[[Pen, Place], None]] = {
    "leaves": _far_leaves,
    "meadow": _far_meadow,
    "sky": _far_sky,
    "water": _far_water,
    "reeds": _far_reeds,
    "snow": _far_snow,
    "wall": _far_wall,
}
