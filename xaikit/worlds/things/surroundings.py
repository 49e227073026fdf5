"""Where things are: growth and water about the living, walls and streets about artifacts, else wide land."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xaikit.worlds.drawing.pen import (
    Frame,
    Pen,
    bend,
    box,
    ellipse,
    polygon,
    shaded,
    shifted,
    soft,
    stroke,
)
from xaikit.worlds.drawing.surfaces import Color, Random, Surface, jittered, toned

FULL = box(-1.1, -1.1, 1.1, 1.1)
USUAL: dict[str, tuple[str, ...]] = {
    "birds": ("bough", "garden", "meadow"),
    "fishes": ("pond",),
    "insects": ("garden", "bough", "meadow"),
    "four-legged animals": ("meadow", "forest"),
    "reptiles": ("meadow", "forest", "pond"),
    "flowers": ("garden", "meadow"),
    "forest": ("meadow", "forest"),
    "furniture": ("room",),
    "vessels": ("tabletop", "room"),
    "tools": ("workshop", "tabletop"),
    "coverings": ("room", "street"),
    "clothing": ("room", "shop"),
    "buildings": ("street",),
    "vehicles": ("street",),
    "landforms": ("barren", "dusk", "sea"),
    "sky": ("dusk", "storm", "barren"),
    "minerals": ("rocks", "barren"),
    "waters": ("sea", "barren", "rocks"),
    "grounds": ("rocks", "barren"),
}
"""Where the things of a sub-category are usually seen."""

PLACES: dict[str, tuple[str, ...]] = {
    "living things": ("meadow", "forest", "pond", "bough", "garden"),
    "artifacts": ("room", "tabletop", "workshop", "street", "shop"),
    "others": ("barren", "dusk", "storm", "rocks", "sea"),
}
"""All places by the top category of the things that belong there."""


LIGHTS: dict[str, Color] = {
    "living things": (0.94, 1.07, 0.88),
    "artifacts": (1.10, 1.0, 0.84),
    "others": (0.90, 0.97, 1.14),
}
"""The light by the top category of the place: greenish under leaves, warm of lamps, cool under a wide sky."""


def light_of(place: str) -> Color:
    """The share of red, green and blue in the light of a place, about 1."""
    (top,) = (top for top, places in PLACES.items() if place in places)
    return LIGHTS[top]


def choose_place(kind: tuple[str, str], rng: Random, variety: float) -> str:
    """Mostly a usual place, sometimes another of the same top category, rarely any."""
    lot = rng.random()
    if lot < 0.03:
        every = [place for places in PLACES.values() for place in places]
        return every[rng.integers(len(every))]
    places = PLACES[kind[0]] if lot < 0.08 + 0.4 * variety else USUAL[kind[1]]
    return places[rng.integers(len(places))]


def paint_place(picture: np.ndarray, place: str, rng: Random) -> None:
    """Paint a whole picture, float32 (size, size, 3), in place, and veil it a little, as distance does."""
    _PLACES[place](whole_frame(picture, rng))
    veil = np.asarray(picture.mean(axis=(0, 1)) * 0.6 + 60, np.float32)
    picture += rng.uniform(0.0, 0.3) * (veil - picture)


def paint_hindrance(picture: np.ndarray, top: str, rng: Random, frame: Frame) -> None:
    """Something of the surroundings before a thing: blades and leaves, bars and boxes, or stones."""
    pen = Pen(picture, frame, rng, 1.0)
    x, y = rng.uniform(-0.8, 0.8, 2).tolist()
    if top == "living things":
        green = shaded(_of(rng, (60, 104, 46), (92, 132, 58), (46, 84, 48)))
        blades = [
            bend((x + d, 1.3), (x + d, 0.4), (x + 2.5 * d, y)) for d in rng.uniform(-0.4, 0.4, 3).tolist()
        ]
        pen.fill(green, *(stroke(blade, 0.16, 0.05) for blade in blades))
    elif top == "artifacts":
        paint = shaded(_of(rng, (112, 92, 74), (92, 98, 108), (190, 182, 170), (60, 60, 66)))
        wide = rng.uniform(0.08, 0.2)
        bar = rng.random() < 0.5
        pen.fill(paint, box(x, -1.4, x + wide, 1.4) if bar else box(x - 2 * wide, 0.5, x + 2 * wide, 1.4))
    else:
        stone = pen.material("stone", 0.3)
        pen.fill(stone, soft((x - 0.5, 1.3), (x - 0.3, 0.6), (x + 0.2, 0.5), (x + 0.5, 1.3)))


def whole_frame(picture: np.ndarray, rng: Random) -> Pen:
    """A pen whose frame is the whole picture."""
    half = picture.shape[0] / 2
    return Pen(picture, Frame((half, half), half), rng, 1.0, 0.2)


def _of(rng: Random, *colors: Color) -> Color:
    return jittered(colors[rng.integers(len(colors))], rng, 14)


def _gradient(pen: Pen, top: Color, foot: Color) -> None:
    """A fade from `top` above to `foot` below."""
    height = pen.picture.shape[0]
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    pen.picture[:] = np.asarray(top, np.float32) * (1 - share) + np.asarray(foot, np.float32) * share


# ---- about the living


def _meadow(pen: Pen) -> None:
    rng = pen.rng
    _gradient(pen, _of(rng, (150, 196, 226), (176, 206, 214)), (214, 228, 214))
    line = rng.uniform(-0.4, 0.2)
    green = _of(rng, (92, 138, 56), (120, 150, 70), (72, 120, 60))
    hill = soft(
        (-1.2, line), (-0.4, line - 0.16), (0.5, line + 0.06), (1.2, line - 0.1), (1.2, 1.2), (-1.2, 1.2)
    )
    pen.fill(shaded(toned(green, 0.9)), shifted(hill, 0.0, -0.12), relief=0)
    pen.fill(Surface("leafy", toned(green, 0.6), toned(green, 1.25), 0.4), hill, relief=0)


def _forest(pen: Pen) -> None:
    rng = pen.rng
    green = _of(rng, (44, 78, 42), (62, 92, 50), (50, 74, 58))
    pen.fill(Surface("leafy", toned(green, 0.55), toned(green, 1.25), 0.5), FULL, relief=0)
    bark = shaded(_of(rng, (86, 64, 44), (104, 88, 70)))
    pen.fill(bark, *(box(x, -1.1, x + rng.uniform(0.1, 0.24), 0.6) for x in rng.uniform(-1, 0.9, 3)))
    pen.fill(shaded(_of(rng, (96, 90, 50), (84, 100, 52))), box(-1.1, 0.45, 1.1, 1.1), relief=0)


def _pond(pen: Pen) -> None:
    rng = pen.rng
    _gradient(pen, _of(rng, (88, 168, 176), (96, 172, 150)), _of(rng, (30, 88, 96), (36, 96, 72)))
    weed = shaded(_of(rng, (40, 104, 58), (70, 116, 50)))
    bed = _of(rng, (50, 96, 70), (66, 104, 60))
    line = rng.uniform(0.2, 0.7)
    pen.fill(Surface("leafy", toned(bed, 0.6), toned(bed, 1.2), 0.5), box(-1.1, line, 1.1, 1.1), relief=0)
    roots = rng.uniform(-1, 1, 6).tolist()
    pen.fill(
        weed,
        *(
            stroke(bend((x, 1.1), (x + 0.3, 0.4), (x - 0.1, rng.uniform(-0.5, 0.6))), 0.16, 0.05)
            for x in roots
        ),
    )
    pen.fill(shaded((190, 222, 220)), *(ellipse(x, y, 0.05, 0.05) for x, y in rng.uniform(-0.9, 0.9, (4, 2))))


def _bough(pen: Pen) -> None:
    rng = pen.rng
    _gradient(pen, _of(rng, (186, 210, 176), (160, 196, 150)), _of(rng, (130, 166, 104), (150, 180, 130)))
    for x, y in rng.uniform(-1, 1, (3, 2)):
        blur = shaded(_of(rng, (120, 166, 96), (150, 186, 120), (100, 146, 92)))
        pen.fill(blur, ellipse(x, y, 0.4, 0.36), relief=0.5)
    far = _of(rng, (130, 170, 100), (112, 152, 96))
    line = rng.uniform(-0.2, 0.5)
    pen.fill(Surface("leafy", toned(far, 0.7), toned(far, 1.25), 0.5), box(-1.1, line, 1.1, 1.1), relief=0)
    y = rng.uniform(0.3, 0.8)
    pen.fill(
        shaded(_of(rng, (104, 78, 52), (84, 68, 54))),
        stroke(bend((-1.1, y), (0, y + 0.2), (1.1, y - 0.2)), 0.2, 0.1),
    )
    leaf = ellipse(0, 0, 0.17, 0.08, rng.uniform(-1, 1))
    pen.fill(
        shaded(_of(rng, (80, 128, 54), (104, 148, 66))),
        *(shifted(leaf, x, y - 0.15) for x in rng.uniform(-1, 1, 5)),
    )


def _garden(pen: Pen) -> None:
    rng = pen.rng
    green = _of(rng, (86, 128, 64), (104, 144, 72), (76, 118, 84))
    pen.fill(Surface("leafy", toned(green, 0.6), toned(green, 1.25), 0.6), FULL, relief=0)
    leaves = [
        soft((x, y), (x + 0.2, y - 0.24), (x + 0.5, y - 0.2), (x + 0.26, y + 0.06))
        for x, y in rng.uniform(-1, 0.8, (4, 2))
    ]
    pen.fill(shaded(toned(green, 0.85)), *leaves, relief=0.5)


# ---- about artifacts


def _room(pen: Pen) -> None:
    rng = pen.rng
    wall = _of(rng, (214, 202, 182), (198, 206, 208), (222, 196, 178), (186, 180, 166))
    pen.fill(shaded(wall, 0.06), FULL, relief=0)
    line = rng.uniform(0.25, 0.65)
    boards = _of(rng, (160, 120, 82), (132, 100, 76), (170, 158, 146))
    pen.fill(shaded(boards, 0.06), box(-1.1, line, 1.1, 1.1), relief=0)
    seams = np.linspace(line + 0.1, 1.0, 4)
    pen.line(shaded(toned(boards, 0.85)), *(box(-1.1, y, 1.1, y + 0.035) for y in seams))
    pen.fill(shaded(toned(wall, 1.4)), box(-1.1, line - 0.08, 1.1, line), relief=0)
    x = rng.uniform(-0.9, 0.5)
    pen.fill(
        shaded(_of(rng, (120, 140, 156), (110, 82, 60), (150, 118, 96))),
        box(x, -0.9, x + 0.5, -0.3),
        relief=0,
    )


def _tabletop(pen: Pen) -> None:
    rng = pen.rng
    _gradient(pen, _of(rng, (206, 196, 180), (178, 184, 188)), _of(rng, (186, 172, 154), (160, 162, 166)))
    line = rng.uniform(-0.1, 0.5)
    top = _of(rng, (166, 124, 84), (126, 92, 66), (206, 198, 188))
    pen.fill(shaded(top, 0.08), box(-1.1, line, 1.1, 1.1), relief=0)
    pen.fill(shaded(toned(top, 0.8)), box(-1.1, line, 1.1, line + 0.07), relief=0)
    _boxes(pen, 2, line)


def _workshop(pen: Pen) -> None:
    rng = pen.rng
    board = _of(rng, (168, 156, 136), (140, 146, 150), (122, 112, 100))
    pen.fill(shaded(board, 0.08), FULL, relief=0)
    pen.line(
        shaded(toned(board, 0.85)),
        *(box(x, -1.1, x + 0.05, 1.1) for x in np.arange(rng.uniform(-1.1, -0.6), 1.1, 0.6)),
    )
    y = rng.uniform(-0.8, 0.9)
    pen.fill(shaded(toned(board, 0.65)), box(-1.1, y, 1.1, y + 0.14), relief=0)
    _boxes(pen, 2, y)


def _street(pen: Pen) -> None:
    rng = pen.rng
    wall = _of(rng, (178, 150, 130), (196, 190, 180), (150, 146, 148), (204, 178, 140))
    pen.fill(Surface("bricks", toned(wall, 0.85), toned(wall, 1.15), 0.26), FULL, relief=0)
    left, step = rng.uniform(-1.1, -0.8), rng.uniform(0.45, 0.65)
    panes = [
        box(left + k * step, y, left + k * step + 0.26, y + 0.34) for k in range(5) for y in (-0.9, -0.35)
    ]
    pen.fill(shaded(_of(rng, (98, 112, 126), (126, 136, 144))), *panes, relief=0)
    line = rng.uniform(0.25, 0.6)
    road = _of(rng, (116, 116, 120), (140, 136, 130))
    pen.fill(Surface("mottled", road, toned(road, 0.9), 0.1), box(-1.1, line, 1.1, 1.1), relief=0)
    pen.fill(shaded((198, 194, 186)), box(-1.1, line, 1.1, line + 0.08), relief=0)


def _shop(pen: Pen) -> None:
    rng = pen.rng
    wall = _of(rng, (220, 216, 210), (196, 190, 186), (180, 192, 196))
    _gradient(pen, toned(wall, 1.1), toned(wall, 0.85))
    _boxes(pen, 3, rng.uniform(0.4, 0.9))


def _boxes(pen: Pen, n: int, floor: float) -> None:
    """Boxes, books and frames that stand on something."""
    for x in pen.rng.uniform(-1.1, 0.9, n).tolist():
        wide, high = pen.rng.uniform(0.15, 0.4, 2).tolist()
        paint = _of(pen.rng, (150, 120, 92), (128, 140, 150), (176, 150, 130), (110, 104, 100))
        pen.fill(shaded(paint), box(x, floor - high, x + wide, floor), relief=0.1)


# ---- about the rest


def _barren(pen: Pen) -> None:
    rng = pen.rng
    _gradient(pen, _of(rng, (160, 162, 190), (186, 172, 186)), _of(rng, (222, 206, 200), (206, 200, 210)))
    _ridge(pen, toned(_of(rng, (142, 130, 146), (160, 142, 140)), 1.0), rng.uniform(-0.3, 0.1))
    grit = _of(rng, (150, 136, 130), (132, 124, 132), (170, 152, 138))
    line = rng.uniform(0.2, 0.6)
    pen.fill(
        Surface("mottled", toned(grit, 0.85), toned(grit, 1.12), 0.1), box(-1.1, line, 1.1, 1.1), relief=0
    )


def _dusk(pen: Pen) -> None:
    rng = pen.rng
    _gradient(
        pen, _of(rng, (58, 52, 96), (84, 66, 110), (40, 46, 84)), _of(rng, (206, 138, 130), (170, 120, 150))
    )
    _ridge(pen, _of(rng, (58, 48, 72), (72, 58, 76)), rng.uniform(0.4, 0.8))


def _storm(pen: Pen) -> None:
    rng = pen.rng
    _gradient(pen, _of(rng, (66, 68, 88), (84, 84, 98)), _of(rng, (138, 138, 152), (120, 122, 142)))
    for x in rng.uniform(-1, 1, 4).tolist():
        pen.fill(
            shaded(_of(rng, (96, 96, 114), (120, 118, 134))),
            ellipse(x, rng.uniform(-1, 0), 0.5, 0.2),
            relief=0.5,
        )
    _ridge(pen, _of(rng, (70, 66, 80), (84, 80, 88)), rng.uniform(0.6, 0.9))


def _rocks(pen: Pen) -> None:
    rng = pen.rng
    tone = _of(rng, (108, 102, 112), (92, 92, 106), (126, 116, 116))
    pen.fill(Surface("mottled", toned(tone, 0.8), toned(tone, 1.1), 0.3), FULL, relief=0)
    for x, y in rng.uniform(-1, 1, (4, 2)):
        stone = polygon((x - 0.5, y + 0.3), (x - 0.2, y - 0.2), (x + 0.3, y - 0.1), (x + 0.5, y + 0.4))
        pen.fill(shaded(toned(tone, rng.uniform(0.75, 1.1))), stone, relief=0.3)


def _sea(pen: Pen) -> None:
    rng = pen.rng
    _gradient(pen, _of(rng, (150, 160, 190), (176, 176, 196)), (214, 212, 222))
    tone = _of(rng, (84, 104, 142), (96, 108, 132))
    line = rng.uniform(-0.1, 0.4)
    pen.fill(
        Surface("mottled", toned(tone, 0.85), toned(tone, 1.2), 0.2), box(-1.1, line, 1.1, 1.1), relief=0
    )


def _ridge(pen: Pen, color: Color, line: float) -> None:
    x = np.linspace(-1.1, 1.1, 9)
    tops = line - pen.rng.uniform(0, 0.35, 9)
    pen.fill(
        shaded(color, 0.08),
        polygon((-1.1, 1.2), *zip(x.tolist(), tops.tolist(), strict=True), (1.1, 1.2)),
        relief=0,
    )


_PLACES: dict[str, Callable[[Pen], None]] = {
    "meadow": _meadow,
    "forest": _forest,
    "pond": _pond,
    "bough": _bough,
    "garden": _garden,
    "room": _room,
    "tabletop": _tabletop,
    "workshop": _workshop,
    "street": _street,
    "shop": _shop,
    "barren": _barren,
    "dusk": _dusk,
    "storm": _storm,
    "rocks": _rocks,
    "sea": _sea,
}
