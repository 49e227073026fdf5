"""Where the object stands: sky, skyline, ground, the floor's shadow, and the things around."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from xaikit.worlds.drawing.grid_pen import Pen
from xaikit.worlds.drawing.props import draw_prop
from xaikit.worlds.drawing.raster import SUPERSAMPLING
from xaikit.worlds.drawing.scene import Backdrop, Color, Scene
from xaikit.worlds.drawing.textures import clouds

Random = np.random.Generator

SKIES: dict[str, tuple[tuple[Color, Color], ...]] = {
    "noon": (((96, 156, 220), (206, 226, 240)), ((120, 176, 226), (226, 236, 240))),
    "morning": (((140, 176, 214), (250, 222, 190)), ((154, 170, 206), (250, 206, 176))),
    "overcast": (((166, 174, 182), (214, 218, 220)), ((142, 150, 160), (200, 204, 208))),
    "dusk": (((74, 82, 134), (244, 158, 110)), ((92, 78, 128), (236, 140, 120))),
    "night": (((34, 42, 74), (88, 96, 132)), ((40, 44, 66), (104, 98, 120))),
}
GROUNDS: dict[str, tuple[Color, ...]] = {
    "street": ((112, 112, 116), (128, 126, 124), (98, 100, 106)),
    "field": ((104, 140, 66), (126, 146, 74), (92, 124, 70)),
    "desert": ((214, 184, 132), (202, 168, 116), (220, 194, 150)),
    "depot": ((164, 162, 156), (150, 150, 152), (176, 172, 162)),
    "snow": ((228, 233, 240), (216, 224, 234), (234, 236, 238)),
}


def paint_backdrop(scene: Scene, zoom: int) -> np.ndarray:
    """Sky, skyline, ground and the props behind the object, untinted: float32 (size, size, 3).

    They are laid out on the grid of sub-pixels that a picture of the scene's own size is drawn with; the size
    is `zoom` times that of this grid.
    """
    backdrop = scene.backdrop
    rng = np.random.default_rng(backdrop.seed)
    laid_out = scene.size * SUPERSAMPLING
    size, foot = laid_out * zoom, int(backdrop.horizon * laid_out)
    horizon = foot * zoom
    picture = np.empty((size, size, 3), np.float32)
    picture[:horizon] = _sky(rng, scene, horizon, size)
    picture[horizon:] = _ground(rng, backdrop, horizon, size)
    canvas = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    draw = Pen(canvas, zoom)
    _SKYLINES[backdrop.kind](draw, rng, laid_out, foot)
    for prop in _by_distance(scene, front=False):
        draw_prop(draw, prop, SUPERSAMPLING)
    return np.array(canvas, np.float32)


def paint_shadow(picture: np.ndarray, scene: Scene, polygons: list[np.ndarray], zoom: int) -> None:
    """Darken the ground under the given polygons (pixels of the picture), softly, in place."""
    stencil = Image.new("L", (scene.size * zoom, scene.size * zoom))
    draw = ImageDraw.Draw(stencil)
    for polygon in polygons:
        draw.polygon((polygon * zoom).ravel().tolist(), fill=255)
    soft = stencil.filter(ImageFilter.GaussianBlur(zoom * (1.0 + 2.0 * scene.light.ambient)))
    size = picture.shape[0]
    dark = np.array(soft.resize((size, size), Image.Resampling.BILINEAR), np.float32)
    dark[: int(scene.backdrop.horizon * scene.size * SUPERSAMPLING) * zoom] = 0
    strength = min(0.62, 0.25 + 0.6 * scene.light.sun)
    picture *= (1 - strength / 255 * dark)[..., None]


def paint_front(picture: np.ndarray, scene: Scene, zoom: int) -> np.ndarray:
    """Draw the props before the object, in place; bool (size, size) of what they cover."""
    size = picture.shape[0]
    props = _by_distance(scene, front=True)
    if not props:
        return np.zeros((size, size), bool)
    sheet = Image.new("RGBA", (size, size))
    draw = Pen(sheet, zoom)
    for prop in props:
        draw_prop(draw, prop, SUPERSAMPLING)
    drawn = np.asarray(sheet)
    covered = drawn[..., 3] > 0
    np.copyto(picture, drawn[..., :3].astype(np.float32), where=covered[..., None])
    return covered


def _by_distance(scene: Scene, front: bool) -> list:
    return sorted((prop for prop in scene.props if prop.front == front), key=lambda prop: prop.foot[1])


def _sky(rng: Random, scene: Scene, horizon: int, size: int) -> np.ndarray:
    skies = SKIES[scene.light.name]
    top, low = (np.asarray(color, np.float32) for color in skies[rng.integers(len(skies))])
    fade = np.linspace(0, 1, max(horizon, 1), dtype=np.float32)[:, None, None] ** 1.3
    sky = np.broadcast_to(top + (low - top) * fade, (max(horizon, 1), size, 3))
    puffs = np.asarray(
        Image.fromarray(rng.integers(0, 256, (7, 5), dtype=np.uint8)).resize(
            (size, max(horizon, 1)), Image.Resampling.BICUBIC
        ),
        np.float32,
    )
    cover = np.clip((puffs / 255 - 0.58) * 2.2, 0, 0.75)[..., None]
    return (sky * (1 - cover) + (low * 0.4 + 150) * cover)[:horizon]


def _ground(rng: Random, backdrop: Backdrop, horizon: int, size: int) -> np.ndarray:
    colors = GROUNDS[backdrop.kind]
    color = np.asarray(colors[rng.integers(len(colors))], np.float32)
    height = size - horizon
    patches, grit = clouds(rng, size, 9)[:height], clouds(rng, size, 90)[:height]
    depth = np.linspace(0.9, 1.08, height, dtype=np.float32)[:, None]
    return color * (depth * (0.9 + 0.14 * patches + 0.09 * grit))[..., None]


def _jitter(rng: Random, color: Color, spread: int = 14) -> Color:
    r, g, b = (int(np.clip(c + rng.integers(-spread, spread + 1), 0, 255)) for c in color)
    return r, g, b


def _pick(rng: Random, colors: tuple[Color, ...]) -> Color:
    return _jitter(rng, colors[rng.integers(len(colors))])


def _street(draw: Pen, rng: Random, size: int, horizon: int) -> None:
    walls = (
        (196, 142, 112),
        (222, 206, 178),
        (170, 160, 156),
        (206, 182, 140),
        (150, 110, 96),
        (232, 226, 214),
    )
    left = -int(rng.integers(0, size // 6))
    while left < size:
        width = int(rng.integers(size // 6, size // 3))
        top = horizon - int(rng.uniform(0.55, 1.05) * horizon)
        _house(draw, rng, (left, top, left + width, horizon), _pick(rng, walls))
        left += width
    kerb = horizon + int(0.05 * size)
    draw.rectangle((0, horizon, size, kerb), fill=_pick(rng, ((176, 172, 166), (158, 156, 152))))
    draw.line((0, kerb, size, kerb), fill=(104, 102, 100), width=3)
    lane = int(rng.uniform(0.9, 0.97) * size)
    offset = int(rng.integers(0, 70))
    for x in range(-offset, size, 70):
        draw.polygon((x, lane, x + 40, lane, x + 36, lane + 7, x - 5, lane + 7), fill=(222, 220, 210))


def _house(draw: Pen, rng: Random, place: tuple[int, int, int, int], wall: Color) -> None:
    left, top, right, foot = place
    draw.rectangle(place, fill=wall, outline=tuple(int(0.8 * c) for c in wall))
    if rng.random() < 0.5:
        roof = _pick(rng, ((122, 70, 58), (92, 88, 92), (104, 80, 66)))
        draw.polygon((left - 3, top, right + 3, top, right - 10, top - 26, left + 10, top - 26), fill=roof)
    pane = _pick(rng, ((88, 104, 122), (70, 80, 96), (150, 168, 180), (232, 200, 130)))
    step = int(rng.integers(26, 38))
    for y in range(top + 10, foot - 34, step):
        for x in range(left + 8, right - 16, step - 4):
            draw.rectangle((x, y, x + 12, y + 17), fill=pane, outline=tuple(int(0.62 * c) for c in wall))
    shop = _pick(rng, ((86, 78, 74), (110, 120, 124), (124, 60, 54)))
    draw.rectangle((left + 8, foot - 26, right - 8, foot), fill=shop)


def _field(draw: Pen, rng: Random, size: int, horizon: int) -> None:
    _hills(draw, rng, size, horizon, ((126, 156, 122), (142, 164, 140), (112, 140, 104)), 0.2)
    for x in np.sort(rng.integers(-10, size + 10, rng.integers(3, 22))).tolist():
        r = int(rng.integers(7, 18))
        leaf = _pick(rng, ((70, 104, 58), (84, 112, 62), (62, 92, 60)))
        draw.ellipse((x - r, horizon - 2 * r, x + r, horizon + 3), fill=leaf)
    if rng.random() < 0.5:
        _track(draw, size, horizon + int(0.18 * size), _pick(rng, ((168, 148, 112), (150, 134, 106))))


def _desert(draw: Pen, rng: Random, size: int, horizon: int) -> None:
    _hills(draw, rng, size, horizon, ((206, 170, 122), (190, 150, 110), (216, 186, 144)), 0.3)
    for _ in range(int(rng.integers(2, 9))):
        x, y = int(rng.integers(0, size)), int(rng.integers(horizon + 4, size))
        w = int(rng.integers(4, 16))
        draw.ellipse(
            (x - w, y - w // 2, x + w, y + w // 3), fill=_pick(rng, ((170, 140, 104), (150, 128, 100)))
        )


def _depot(draw: Pen, rng: Random, size: int, horizon: int) -> None:
    wall = _pick(rng, ((170, 178, 184), (186, 176, 158), (146, 160, 168), (178, 150, 132)))
    top = horizon - int(rng.uniform(0.7, 1.0) * horizon)
    draw.rectangle((-3, top, size + 3, horizon), fill=wall)
    dark = tuple(int(0.92 * c) for c in wall)
    for x in range(0, size, 9):
        draw.line((x, top, x, horizon), fill=dark, width=2)
    draw.rectangle((-3, top, size + 3, top + 8), fill=tuple(int(0.7 * c) for c in wall))
    gate = _pick(rng, ((104, 112, 122), (74, 80, 88), (128, 106, 92), (88, 118, 138)))
    width, start = int(rng.integers(80, 130)), -int(rng.integers(0, 90))
    for left in range(start, size, width + int(rng.integers(24, 50))):
        head = top + int(0.32 * (horizon - top))
        draw.rectangle((left, head, left + width, horizon), fill=gate, outline=(70, 70, 72))
        for y in range(head + 9, horizon, 11):
            draw.line((left + 2, y, left + width - 2, y), fill=tuple(int(0.85 * c) for c in gate), width=2)
    y = horizon + int(rng.uniform(0.1, 0.3) * size)
    draw.line((0, y, size, y + int(rng.integers(-20, 20))), fill=(222, 192, 84), width=4)


def _snow(draw: Pen, rng: Random, size: int, horizon: int) -> None:
    _hills(draw, rng, size, horizon, ((208, 216, 228), (190, 202, 218), (222, 228, 236)), 0.3)
    for x in np.sort(rng.integers(-10, size + 10, rng.integers(3, 20))).tolist():
        h = int(rng.integers(20, 56))
        needle = _pick(rng, ((58, 80, 72), (74, 92, 88), (88, 104, 104)))
        draw.polygon((x - h // 3, horizon + 2, x + h // 3, horizon + 2, x, horizon - h), fill=needle)
        draw.polygon(
            (x - h // 8, horizon - int(0.6 * h), x + h // 8, horizon - int(0.6 * h), x, horizon - h),
            fill=(236, 240, 244),
        )
    if rng.random() < 0.5:
        _track(draw, size, horizon + int(0.2 * size), _pick(rng, ((196, 202, 212), (176, 178, 184))))


def _hills(draw: Pen, rng: Random, size: int, horizon: int, colors: tuple[Color, ...], height: float) -> None:
    for share in (1.0, 0.55):
        knots = np.linspace(0, size, int(rng.integers(4, 8)))
        x = np.arange(0, size + 8, 8)
        rise = np.interp(x, knots, rng.uniform(0.15, 1, len(knots))) * height * share * size
        rise = np.convolve(np.pad(rise, 3, mode="edge"), np.ones(7) / 7, mode="valid")
        ridge = np.stack([x, horizon - rise], 1).ravel().tolist()
        draw.polygon([0, horizon, *ridge, size, horizon], fill=_pick(rng, colors))


def _track(draw: Pen, size: int, top: int, color: Color) -> None:
    draw.polygon((0, top, size, top - 8, size, size, 0, size), fill=color)


_SKYLINES: dict[str, Callable[[Pen, Random, int, int], None]] = {
    "street": _street,
    "field": _field,
    "desert": _desert,
    "depot": _depot,
    "snow": _snow,
}
