"""Paints where animals are: a soft distance, the ground, and what is before them at times.

All of it has lots of its own: it knows where the animal stands, and nothing of the animal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from xaikit.worlds.animals.places import COARSE, Place, Sheet, blades, leaf, noise, one_of, shades
from xaikit.worlds.drawing.canvas import Canvas
from xaikit.worlds.drawing.pen import Frame, Outline, bend, box, ellipse, stroke
from xaikit.worlds.drawing.scene import Hindrance
from xaikit.worlds.drawing.surfaces import Color, Random, toned

BRIGHT = 190  # snow is smoother than the ground


def paint_place(canvas: Canvas, place: Place) -> None:
    """Paint the whole canvas: the distance, the ground, and what grows or lies on it."""
    rng = np.random.default_rng([place.seed, 0])
    far = Sheet(COARSE, rng)
    ground = _FAR[place.kind](far, place.horizon)
    colors = np.asarray(far.enlarged(canvas.side, rng.uniform(0.6, 1.1)), np.float32).copy()
    first = min(int((place.horizon + 1) / 2 * canvas.side), canvas.side - 1)
    _lay_ground(colors[first:], ground, np.random.default_rng([place.seed, 1]))
    near = Sheet(canvas.side, np.random.default_rng([place.seed, 2]), Image.fromarray(_bytes(colors)))
    _NEAR[place.kind](near, place.horizon, ground)
    canvas.colors[:] = np.asarray(near.image, np.float32)


def paint_shadow(canvas: Canvas, middle: float, foot: float, half: float, share: float) -> None:
    """The shadow of what stands on the ground there, `half` its width, in the picture's frame."""
    outline = ellipse(middle, foot, half, 0.16 * half)
    canvas.darken(canvas.patch(_whole(canvas), [outline], 2.0), share)


def paint_lap(canvas: Canvas, place: Place, middle: float, half: float) -> None:
    """What of the ground is before the feet: blades of grass."""
    rng, foot = np.random.default_rng([place.seed, 3]), place.foot[1]
    if place.kind == "meadow":
        for tone in (0.8, 1.1):
            grass = blades(rng, 7, (middle - half, middle + half), (foot + 0.02, foot + 0.05), 0.13)
            _fill(canvas, toned(one_of(rng, (96, 138, 60)), tone), grass)


def paint_hindrance(canvas: Canvas, hindrance: Hindrance) -> None:
    """Something before the animal, a little out of focus."""
    _HINDRANCES[hindrance.kind](canvas, np.random.default_rng([hindrance.seed, 4]), *hindrance.at)


def _whole(canvas: Canvas) -> Frame:
    """The frame of the whole picture, in sub-pixels."""
    return Frame((canvas.side / 2,) * 2, canvas.side / 2)


def _bytes(colors: np.ndarray) -> np.ndarray:
    return np.clip(colors, 0, 255).astype(np.uint8)


def _fill(canvas: Canvas, color: Color, outlines: list[Outline], soft: float = 0.5) -> None:
    canvas.lay(canvas.patch(_whole(canvas), outlines, soft), np.asarray(color, np.float32))


def _lay_ground(colors: np.ndarray, ground: Color, rng: Random) -> None:
    """Rough ground, finer far away and darker there; `colors` are the rows from the horizon down."""
    rows, columns, _ = colors.shape
    rough = 0.07 * noise(rng, (5, 7), (rows, columns)) + 0.09 * noise(rng, (34, 48), (rows, columns))
    rough *= 0.35 if min(ground) > BRIGHT else 1.0
    light = np.linspace(0.9, 1.06, rows, dtype=np.float32)[:, None]
    fading = np.clip(np.arange(rows, dtype=np.float32) / (0.03 * columns), 0, 1)[:, None, None]
    own = np.asarray(ground, np.float32) * (light * (1 + rough))[..., None]
    colors += fading * (own - colors)


# ---- the distance; each returns the color of the ground


def _trees(sheet: Sheet, line: float, greens: list[Color], n: int = 9, size: float = 0.22) -> None:
    for k, x in enumerate(sheet.rng.uniform(-1.1, 1.1, n).tolist()):
        across = size * sheet.rng.uniform(0.6, 1.1)
        sheet.ball(greens[k % len(greens)], x, line - 0.7 * across, across, 0.9 * across)


def _sky(sheet: Sheet, line: float) -> None:
    top = one_of(sheet.rng, (120, 172, 222), (156, 186, 210), (188, 198, 208))
    sheet.fade(top, one_of(sheet.rng, (222, 230, 232), (234, 226, 212)), line)
    for x, y in sheet.rng.uniform((-1, -1), (1, line), (2, 2)).tolist():
        sheet.ball((238, 240, 242), x, y, sheet.rng.uniform(0.15, 0.3), 0.07)


def _far_meadow(sheet: Sheet, line: float) -> Color:
    _sky(sheet, line)
    hill = one_of(sheet.rng, (132, 160, 104), (116, 150, 112), (150, 168, 116))
    sheet.ball(hill, sheet.rng.uniform(-0.8, 0.8), line + 0.25, 1.1, 0.55)
    _trees(sheet, line, shades((92, 126, 76), 0.85, 1.0, 1.15), 8, 0.18)
    return one_of(sheet.rng, (118, 152, 74), (136, 160, 84), (104, 142, 72))


def _far_farmyard(sheet: Sheet, line: float) -> Color:
    _sky(sheet, line)
    _trees(sheet, line, shades((98, 128, 82), 0.9, 1.1), 5, 0.2)
    wall = one_of(sheet.rng, (160, 74, 58), (150, 116, 84), (196, 186, 166), (120, 96, 78))
    x, wide, high = sheet.rng.uniform(-0.8, 0.6), sheet.rng.uniform(0.5, 0.8), sheet.rng.uniform(0.5, 0.8)
    roof = one_of(sheet.rng, (96, 84, 82), (128, 76, 60))
    sheet.box(wall, x - wide, line - high, x + wide, line)
    sheet.polygon(
        roof, [(x - 1.1 * wide, line - high), (x, line - 1.6 * high), (x + 1.1 * wide, line - high)]
    )
    sheet.box(toned(wall, 0.5), x - 0.2, line - 0.6 * high, x + 0.16, line)
    return one_of(sheet.rng, (168, 144, 112), (150, 132, 108), (178, 160, 126))


def _far_road(sheet: Sheet, line: float) -> Color:
    _sky(sheet, line)
    left = -1.1
    while left < 1.1:
        wide, high = sheet.rng.uniform(0.3, 0.6), sheet.rng.uniform(0.3, 0.8)
        wall = one_of(sheet.rng, (190, 170, 146), (168, 122, 100), (158, 158, 160), (206, 196, 176))
        sheet.box(wall, left, line - high, left + wide, line)
        for x in np.arange(left + 0.08, left + wide - 0.08, 0.18).tolist():
            sheet.box((92, 104, 118), x, line - 0.8 * high, x + 0.09, line - 0.5 * high)
        left += wide + sheet.rng.uniform(0.0, 0.15)
    _trees(sheet, line, shades((100, 134, 82), 0.9, 1.1), 3, 0.18)
    return one_of(sheet.rng, (140, 140, 142), (124, 124, 128), (150, 146, 140))


def _far_snow(sheet: Sheet, line: float) -> Color:
    sheet.fade(one_of(sheet.rng, (168, 188, 212), (196, 204, 214)), (224, 226, 230), line)
    for x in sheet.rng.uniform(-1.1, 1.1, 8).tolist():
        high, fir = sheet.rng.uniform(0.3, 0.7), one_of(sheet.rng, (92, 116, 110), (120, 138, 136))
        sheet.polygon(fir, [(x - 0.3 * high, line), (x, line - high), (x + 0.3 * high, line)])
    return one_of(sheet.rng, (226, 230, 238), (218, 224, 234))


def _far_shore(sheet: Sheet, line: float) -> Color:
    _sky(sheet, line)
    bank = one_of(sheet.rng, (110, 132, 104), (132, 140, 128))
    top = line - sheet.rng.uniform(0.25, 0.5)
    sheet.ball(bank, sheet.rng.uniform(-0.8, 0.8), top + 0.02, 0.9, 0.16)
    sheet.box(one_of(sheet.rng, (104, 150, 182), (92, 140, 156), (128, 160, 176)), -1.1, top, 1.1, line)
    return one_of(sheet.rng, (206, 186, 144), (192, 172, 136), (176, 162, 140))


def _far_room(sheet: Sheet, line: float) -> Color:
    rng = sheet.rng
    wall = one_of(rng, (206, 196, 176), (168, 184, 180), (198, 172, 156), (176, 178, 196))
    sheet.fade(wall, toned(wall, 0.9), line)
    x = float(rng.uniform(-0.6, 0.6))
    top = line - rng.uniform(0.75, 1.0)
    sheet.box((240, 238, 230), x - 0.34, top, x + 0.34, top + 0.5)
    sheet.box(
        one_of(rng, (164, 198, 222), (150, 180, 140), (226, 190, 130)),
        x - 0.28,
        top + 0.05,
        x + 0.28,
        top + 0.45,
    )
    seat = one_of(rng, (150, 84, 76), (92, 112, 140), (132, 128, 104), (180, 146, 98))
    at = float(rng.choice((-1, 1)) * rng.uniform(0.5, 0.9))
    sheet.box(seat, at - 0.5, line - 0.34, at + 0.5, line)
    sheet.ball(toned(seat, 1.2), at - 0.1, line - 0.26, 0.2, 0.12)
    sheet.box((232, 228, 218), -1.1, line - 0.05, 1.1, line)
    return one_of(rng, (170, 122, 80), (140, 102, 74), (190, 152, 108))


def _far_wood(sheet: Sheet, line: float) -> Color:
    sheet.fade(one_of(sheet.rng, (150, 176, 128), (176, 188, 150)), one_of(sheet.rng, (108, 134, 92)), line)
    _trees(sheet, line - 0.5, shades((96, 134, 82), 0.8, 1.0, 1.2), 9, 0.3)
    for x in sheet.rng.uniform(-1, 1, 6).tolist():
        wide = sheet.rng.uniform(0.04, 0.09)
        sheet.box(
            one_of(sheet.rng, (104, 84, 66), (124, 106, 88), (84, 70, 58)), x - wide, -1.1, x + wide, line
        )
    return one_of(sheet.rng, (132, 112, 74), (112, 116, 70), (146, 120, 82))


# ---- on the ground


def _near_meadow(sheet: Sheet, line: float, ground: Color) -> None:
    for low, tone in ((0.25, 0.8), (0.6, 1.15), (1.1, 0.9)):
        rows = (line + 0.6 * (low - 0.25) * (1 - line), line + low * (1 - line))
        for blade in blades(sheet.rng, 22, (-1.05, 1.05), rows, 0.06 + 0.07 * low):
            sheet.polygon(toned(ground, tone), blade)
    petal = one_of(sheet.rng, (240, 236, 226), (238, 206, 92), (214, 140, 160))
    for x, y in sheet.rng.uniform((-1, line + 0.08), (1, 1), (10, 2)).tolist():
        sheet.ball(petal, x, y, 0.02)


def _near_farmyard(sheet: Sheet, line: float, ground: Color) -> None:
    wood = one_of(sheet.rng, (142, 118, 90), (120, 100, 80))
    if sheet.rng.random() < 0.7:
        for y in (line - 0.12, line - 0.02):
            sheet.box(wood, -1.1, y - 0.02, 1.1, y + 0.02)
        for x in np.arange(sheet.rng.uniform(-1.2, -0.9), 1.1, 0.42).tolist():
            sheet.box(toned(wood, 0.85), x - 0.025, line - 0.2, x + 0.025, line + 0.06)
    _litter(sheet, line, one_of(sheet.rng, (214, 186, 116)), 40)


def _litter(sheet: Sheet, line: float, color: Color, n: int) -> None:
    """Straw or leaves that lie about."""
    for x, y in sheet.rng.uniform((-1, line + 0.05), (1, 1), (n, 2)).tolist():
        turn, long = sheet.rng.uniform(-0.6, 0.6), 0.05 + 0.03 * y
        end = np.array((x + long * np.cos(turn), y + 0.4 * long * np.sin(turn)))
        sheet.polygon(
            toned(color, sheet.rng.uniform(0.75, 1.15)), [(x, y), (end[0], end[1] - 0.012), tuple(end)]
        )


def _near_road(sheet: Sheet, line: float, ground: Color) -> None:
    kerb = line + 0.12 * (1 - line)
    sheet.box(one_of(sheet.rng, (186, 182, 174), (120, 148, 88)), -1.1, line, 1.1, kerb)
    sheet.box(toned(ground, 0.7), -1.1, kerb, 1.1, kerb + 0.025)
    middle, start = line + sheet.rng.uniform(0.45, 0.75) * (1 - line), sheet.rng.uniform(-1.4, -1)
    for x in np.arange(start, 1.1, 0.6).tolist():
        sheet.polygon(
            (216, 214, 204),
            [(x, middle), (x + 0.34, middle), (x + 0.32, middle + 0.05), (x - 0.02, middle + 0.05)],
        )


def _near_snow(sheet: Sheet, line: float, ground: Color) -> None:
    for x, y in sheet.rng.uniform((-1, line + 0.1), (1, 1.05), (5, 2)).tolist():
        sheet.ball(toned(ground, 0.94), x, y, sheet.rng.uniform(0.15, 0.35), 0.02)


def _near_shore(sheet: Sheet, line: float, ground: Color) -> None:
    edge = np.linspace(-1.1, 1.1, 12)
    wave = line + 0.03 * np.sin(4 * edge + sheet.rng.uniform(0, 6)) + 0.03
    sheet.polygon(
        (232, 236, 236), [*zip(edge, wave, strict=True), *zip(edge[::-1], wave[::-1] + 0.035, strict=True)]
    )
    for x, y in sheet.rng.uniform((-1, line + 0.2), (1, 1), (9, 2)).tolist():
        across = sheet.rng.uniform(0.02, 0.05)
        sheet.ball(one_of(sheet.rng, (150, 144, 136), (120, 116, 112)), x, y, across, 0.6 * across)


def _near_room(sheet: Sheet, line: float, ground: Color) -> None:
    for k, y in enumerate(np.linspace(line, 1.1, 6).tolist()):
        sheet.box(toned(ground, 0.72), -1.1, y, 1.1, y + 0.01 + 0.003 * k)
        for x in sheet.rng.uniform(-1, 1, 2).tolist():
            sheet.box(toned(ground, 0.75), x, y, x + 0.012, y + (1.1 - line) / 5)
    if sheet.rng.random() < 0.6:
        rug = one_of(sheet.rng, (160, 88, 80), (96, 118, 138), (196, 180, 150), (120, 136, 104))
        x, y = sheet.rng.uniform(-0.5, 0.5), line + 0.55 * (1 - line)
        sheet.ball(rug, x, y, 0.8, 0.36 * (1 - line))
        sheet.ball(toned(rug, 1.18), x, y, 0.68, 0.29 * (1 - line))


def _near_wood(sheet: Sheet, line: float, ground: Color) -> None:
    for low, tone in ((0.3, 0.85), (0.8, 1.1)):
        rows = (line, line + low * (1 - line))
        for blade in blades(sheet.rng, 12, (-1.05, 1.05), rows, 0.12):
            sheet.polygon(toned((104, 134, 70), tone), blade)
    _litter(sheet, line, one_of(sheet.rng, (184, 124, 62), (160, 140, 70)), 26)


# ---- before the animal


def _grass(canvas: Canvas, rng: Random, x: float, y: float) -> None:
    green = one_of(rng, (92, 130, 56), (118, 142, 64), (150, 140, 80))
    for shift in rng.uniform(-0.2, 0.2, int(rng.integers(5, 9))).tolist():
        lean = rng.uniform(-0.25, 0.25)
        line = bend(
            (x + shift, 1.2), (x + shift, 0.5 * (1 + y)), (x + shift + lean, y - rng.uniform(0.05, 0.2))
        )
        _fill(canvas, toned(green, rng.uniform(0.8, 1.2)), [stroke(line, 0.09, 0.02)], 0.7)


def _branch(canvas: Canvas, rng: Random, x: float, y: float) -> None:
    side = -1.2 if x < 0 else 1.2
    start = (side, float(np.clip(y + rng.uniform(-0.7, 0.3), -1.1, 1.1)))
    twig = bend(start, ((side + x) / 2, y + rng.uniform(-0.15, 0.15)), (x, y))
    _fill(canvas, one_of(rng, (104, 82, 60), (88, 74, 62)), [stroke(twig, 0.07, 0.03)], 0.7)
    green = one_of(rng, (86, 126, 58), (112, 140, 66), (168, 128, 60))
    for tone in (0.85, 1.15):
        ends = [twig[k] for k in (3, 5, 7, 9, 9)]
        leaves = [leaf(tuple(end), rng.uniform(0, 6.3), rng.uniform(0.16, 0.25)) for end in ends]
        _fill(canvas, toned(green, tone), leaves, 0.7)


def _post(canvas: Canvas, rng: Random, x: float, y: float) -> None:
    wood, half = one_of(rng, (138, 112, 86), (150, 146, 138), (110, 92, 76)), rng.uniform(0.07, 0.12)
    top = y - rng.uniform(0.15, 0.35)
    _fill(canvas, wood, [box(x - half, top, x + half, 1.2)], 0.6)
    _fill(canvas, toned(wood, 0.72), [box(x + 0.4 * half, top, x + half, 1.2)], 0.8)
    _fill(canvas, toned(wood, 1.2), [ellipse(x, top, half, 0.35 * half)], 0.6)


def _rail(canvas: Canvas, rng: Random, x: float, y: float) -> None:
    wood, half, slope = (
        one_of(rng, (146, 120, 92), (172, 168, 158), (116, 98, 80)),
        0.06,
        rng.uniform(-0.08, 0.08),
    )
    line = np.array([(-1.2, y - slope * (x + 1.2)), (x, y), (1.2, y + slope * (1.2 - x))])
    _fill(canvas, wood, [stroke(line, 2 * half)], 0.6)
    _fill(canvas, toned(wood, 0.72), [stroke(line + np.array((0, 0.6 * half)), 0.7 * half)], 0.8)


_FAR: dict[str, Callable[[Sheet, float], Color]] = {
    "meadow": _far_meadow,
    "farmyard": _far_farmyard,
    "road": _far_road,
    "snow": _far_snow,
    "shore": _far_shore,
    "room": _far_room,
    "wood": _far_wood,
}
_NEAR: dict[str, Callable[[Sheet, float, Color], None]] = {
    "meadow": _near_meadow,
    "farmyard": _near_farmyard,
    "road": _near_road,
    "snow": _near_snow,
    "shore": _near_shore,
    "room": _near_room,
    "wood": _near_wood,
}
_HINDRANCES: dict[str, Callable[[Canvas, Random, float, float], None]] = {
    "grass": _grass,
    "branch": _branch,
    "post": _post,
    "rail": _rail,
}
