"""Things around the object: trees, lamps, signs, cones, people, parked cars."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xaikit.worlds.drawing.grid_pen import Pen
from xaikit.worlds.drawing.scene import Color, Prop

Random = np.random.Generator


def draw_prop(draw: Pen, prop: Prop, scale: float) -> None:
    """Draw a prop, `scale` steps of the pen's grid to a pixel of the picture."""
    x, y = prop.foot[0] * scale, prop.foot[1] * scale
    _PROPS[prop.kind](draw, np.random.default_rng(prop.seed), x, y, prop.height * scale)


def _shade(color: Color, factor: float) -> Color:
    r, g, b = (min(255, int(c * factor)) for c in color)
    return r, g, b


def _choose(rng: Random, colors: tuple[Color, ...]) -> Color:
    return _shade(colors[rng.integers(len(colors))], float(rng.uniform(0.88, 1.1)))


def _tree(draw: Pen, rng: Random, x: float, y: float, h: float) -> None:
    bark, leaf = (
        _choose(rng, ((92, 70, 52), (76, 62, 54))),
        _choose(rng, ((74, 112, 56), (96, 126, 62), (128, 120, 56))),
    )
    draw.polygon(
        (x - 0.05 * h, y, x + 0.05 * h, y, x + 0.03 * h, y - 0.6 * h, x - 0.03 * h, y - 0.6 * h), fill=bark
    )
    for _ in range(9):
        u, v = x + rng.normal(0, 0.12) * h, y - rng.uniform(0.55, 0.88) * h
        r = rng.uniform(0.1, 0.17) * h
        draw.ellipse((u - r, v - r, u + r, v + r), fill=_shade(leaf, float(rng.uniform(0.82, 1.16))))


def _lamp(draw: Pen, rng: Random, x: float, y: float, h: float) -> None:
    steel = _choose(rng, ((92, 96, 100), (64, 70, 72), (140, 142, 142)))
    w = max(2.0, 0.018 * h)
    side = 1 if rng.random() < 0.5 else -1
    draw.rectangle((x - w, y - h, x + w, y), fill=steel)
    draw.line((x, y - h, x + side * 0.2 * h, y - 1.03 * h), fill=steel, width=int(1.6 * w))
    head = sorted((x + side * 0.13 * h, x + side * 0.25 * h))
    draw.rectangle((head[0], y - 1.06 * h, head[1], y - 1.02 * h), fill=(236, 228, 190))


def _post(draw: Pen, rng: Random, x: float, y: float, h: float) -> None:
    w = max(2.0, 0.02 * h)
    draw.rectangle(
        (x - w, y - h, x + w, y), fill=_choose(rng, ((150, 152, 154), (110, 112, 114), (122, 92, 66)))
    )
    board = _choose(rng, ((60, 110, 176), (64, 136, 92), (222, 222, 216), (214, 176, 70)))
    r = 0.13 * h
    if rng.random() < 0.5:
        draw.ellipse((x - r, y - h - r, x + r, y - h + r), fill=board, outline=(236, 236, 232), width=2)
    else:
        draw.rectangle(
            (x - r, y - h - 0.8 * r, x + r, y - h + 0.8 * r), fill=board, outline=(236, 236, 232), width=2
        )


def _cone(draw: Pen, rng: Random, x: float, y: float, h: float) -> None:
    orange = _choose(rng, ((232, 112, 44), (224, 92, 40)))
    draw.rectangle((x - 0.42 * h, y - 0.08 * h, x + 0.42 * h, y), fill=_shade(orange, 0.8))
    draw.polygon(
        (x - 0.3 * h, y - 0.08 * h, x + 0.3 * h, y - 0.08 * h, x + 0.06 * h, y - h, x - 0.06 * h, y - h),
        fill=orange,
    )
    draw.polygon(
        (
            x - 0.2 * h,
            y - 0.42 * h,
            x + 0.2 * h,
            y - 0.42 * h,
            x + 0.13 * h,
            y - 0.66 * h,
            x - 0.13 * h,
            y - 0.66 * h,
        ),
        fill=(240, 238, 232),
    )


def _person(draw: Pen, rng: Random, x: float, y: float, h: float) -> None:
    shirt = _choose(
        rng, ((176, 66, 60), (70, 98, 150), (226, 220, 206), (92, 122, 88), (206, 166, 70), (70, 70, 78))
    )
    legs = _choose(rng, ((56, 62, 82), (74, 66, 60), (44, 44, 48)))
    skin = _choose(rng, ((226, 184, 150), (172, 124, 92), (112, 80, 60)))
    draw.rectangle((x - 0.1 * h, y - 0.48 * h, x - 0.01 * h, y), fill=legs)
    draw.rectangle((x + 0.02 * h, y - 0.48 * h, x + 0.11 * h, y), fill=_shade(legs, 0.85))
    draw.rounded_rectangle(
        (x - 0.15 * h, y - 0.82 * h, x + 0.16 * h, y - 0.42 * h), radius=0.07 * h, fill=shirt
    )
    draw.ellipse((x - 0.09 * h, y - h, x + 0.1 * h, y - 0.8 * h), fill=skin)
    draw.pieslice((x - 0.1 * h, y - 1.02 * h, x + 0.11 * h, y - 0.82 * h), 180, 360, fill=_shade(legs, 0.7))


def _bush(draw: Pen, rng: Random, x: float, y: float, h: float) -> None:
    leaf = _choose(rng, ((78, 112, 60), (104, 124, 70), (122, 118, 76)))
    for _ in range(7):
        u, r = x + rng.normal(0, 0.45) * h, rng.uniform(0.28, 0.5) * h
        v = y - r * rng.uniform(0.6, 1.1)
        draw.ellipse((u - r, v - r, u + r, v + r), fill=_shade(leaf, float(rng.uniform(0.85, 1.12))))


def _car(draw: Pen, rng: Random, x: float, y: float, h: float) -> None:
    paint = _choose(
        rng, ((158, 44, 44), (58, 84, 128), (206, 206, 204), (70, 74, 78), (120, 140, 116), (206, 170, 80))
    )
    w, side = 1.35 * h, 1 if rng.random() < 0.5 else -1
    draw.rounded_rectangle((x - w, y - 0.62 * h, x + w, y - 0.14 * h), radius=0.16 * h, fill=paint)
    cabin = [(-0.72, -0.58), (-0.42, -1.0), (0.38, -1.0), (0.78, -0.58)]
    draw.polygon([(x + side * u * w, y + v * h) for u, v in cabin], fill=_shade(paint, 0.92))
    pane = [(-0.58, -0.6), (-0.36, -0.93), (0.33, -0.93), (0.62, -0.6)]
    draw.polygon([(x + side * u * w, y + v * h) for u, v in pane], fill=(74, 88, 102))
    for u in (-0.6, 0.6):
        r = 0.2 * h
        draw.ellipse((x + u * w - r, y - 2 * r, x + u * w + r, y), fill=(36, 36, 38))
        draw.ellipse(
            (x + u * w - 0.5 * r, y - 1.5 * r, x + u * w + 0.5 * r, y - 0.5 * r), fill=(168, 170, 172)
        )


_PROPS: dict[str, Callable[[Pen, Random, float, float, float], None]] = {
    "tree": _tree,
    "lamp": _lamp,
    "post": _post,
    "cone": _cone,
    "person": _person,
    "bush": _bush,
    "car": _car,
}
