"""What birds stand on: a branch, grass, a post, a stone in the water, a stem, snow or a wall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xaikit.worlds.birds.places import Brush, Place, blades, leaf, one_of
from xaikit.worlds.drawing.canvas import Patch
from xaikit.worlds.drawing.pen import bend, box, ellipse, shaded, soft, stroke
from xaikit.worlds.drawing.surfaces import Surface, toned


def paint_support(brush: Brush, place: Place) -> None:
    """What the bird stands on at a place."""
    _SUPPORTS[place.kind](brush, place)


def _branch(brush: Brush, place: Place) -> None:
    (x, y), rng = place.foot, brush.rng
    bark = one_of(rng, (112, 86, 62), (128, 108, 88), (92, 76, 62))
    thick, slope = rng.uniform(0.1, 0.15), rng.uniform(-0.14, 0.14)
    middle = y + thick / 2
    line = np.concatenate(
        [bend((-1.2, middle - slope * (x + 1.2)), (x - 0.5, middle - 0.5 * slope), (x, middle))[:-1],
         bend((x, middle), (x + 0.5, middle + 0.5 * slope), (1.2, middle + slope * (1.2 - x) - 0.1))]
    )  # fmt: skip
    green = one_of(rng, (86, 128, 52), (110, 150, 66), (72, 112, 58), (150, 146, 58))
    for at in rng.uniform(-0.95, 0.95, 3).tolist():
        root = line[int(np.abs(line[:, 0] - at).argmin())]
        end = (root[0] + rng.uniform(-0.25, 0.25), root[1] + rng.choice((-1, 1)) * rng.uniform(0.15, 0.4))
        brush.fill(
            shaded(toned(bark, 0.9)),
            [stroke(bend(tuple(root), (root[0], end[1]), end), 0.045, 0.02)],
            0.4,
            0.5,
        )
        for tone in rng.uniform(0.75, 1.25, 2).tolist():
            turns, lengths = rng.uniform(0, 6.3, 2), rng.uniform(0.12, 0.22, 2)
            leaves = [leaf(end, turn, length) for turn, length in zip(turns, lengths, strict=True)]
            brush.fill(shaded(toned(green, tone)), leaves, 0.4, 0.5)
    brush.fill(
        Surface("furry", toned(bark, 0.75), toned(bark, 1.15), 0.12, 1.57),
        [stroke(line, thick, 0.85 * thick)],
        0.5,
        1.0,
    )


def _grass(brush: Brush, place: Place) -> None:
    (x, y), rng = place.foot, brush.rng
    green = one_of(rng, (104, 138, 58), (124, 150, 72), (88, 124, 58))
    edge = soft(
        (-1.3, y - 0.03), (x - 0.5, y - 0.07), (x + 0.1, y - 0.04), (1.3, y - 0.06), (1.4, 1.3), (-1.4, 1.3)
    )
    brush.fill(Surface("furry", toned(green, 0.7), toned(green, 1.2), 0.16), [edge], 1.0)
    for tone in (0.75, 0.95, 1.2):
        grass = blades(rng, 14, (-1.05, 1.05), (y - 0.02, 1.0), 0.17)
        brush.fill(shaded(toned(green, tone)), grass, 0.35)


def _post(brush: Brush, place: Place) -> None:
    (x, y), rng = place.foot, brush.rng
    wood = one_of(rng, (142, 122, 100), (120, 104, 88), (160, 146, 126))
    half = rng.uniform(0.2, 0.3)
    brush.fill(
        Surface("furry", toned(wood, 0.7), toned(wood, 1.12), 0.3),
        [box(x - half, y, x + half, 1.2)],
        0.5,
        0.9,
    )
    brush.fill(shaded(toned(wood, 1.15), 0.06), [ellipse(x, y + 0.015, half, 0.045)], 0.5)


def _stone(brush: Brush, place: Place) -> None:
    (x, y), rng = place.foot, brush.rng
    for _ in range(9):
        u, v, wide = rng.uniform(-1, 1), rng.uniform(-0.1, 1.0), rng.uniform(0.15, 0.4)
        tone = (226, 236, 240) if rng.random() < 0.5 else (70, 104, 124)
        ripple = soft((u - wide, v), (u, v - 0.018), (u + wide, v), (u, v + 0.018))
        patch = brush.canvas.patch(brush.frame, [ripple], 0.6)
        brush.canvas.lay(Patch(patch.window, patch.alpha * np.float32(0.4)), np.asarray(tone, np.float32))
    stone = one_of(rng, (132, 128, 122), (112, 110, 112), (150, 140, 126))
    wide = rng.uniform(0.34, 0.5)
    brush.shadow(ellipse(x, y + 0.22, 1.2 * wide, 0.07), 0.4)
    rock = soft(
        (x - wide, y + 0.2),
        (x - 0.7 * wide, y + 0.04),
        (x, y),
        (x + 0.75 * wide, y + 0.05),
        (x + wide, y + 0.2),
        (x, y + 0.24),
    )
    brush.fill(Surface("cracked", toned(stone, 0.95), toned(stone, 0.65), 0.5), [rock], 0.5, 1.2)


def _stem(brush: Brush, place: Place) -> None:
    (x, y), rng = place.foot, brush.rng
    straw = one_of(rng, (176, 162, 104), (146, 148, 86), (190, 172, 124))
    for u in rng.uniform(-1, 1, 6).tolist():
        end = (u + rng.uniform(-0.3, 0.3), rng.uniform(-1.1, -0.2))
        brush.fill(
            shaded(toned(straw, rng.uniform(0.75, 1.1))),
            [stroke(bend((u, 1.1), (u, 0.0), end), 0.05, 0.025)],
            0.6,
            0.7,
        )
        if rng.random() < 0.4:
            brush.fill(
                shaded((104, 72, 48)),
                [stroke([end, (end[0], end[1] + 0.16), (end[0], end[1] + 0.3)], 0.09)],
                0.8,
                0.9,
            )
    slope = rng.uniform(-0.3, 0.3)
    line = bend((-1.2, y + 0.05 - slope * (x + 1.2)), (x, y + 0.05), (1.2, y + 0.05 + slope * (1.2 - x)))
    line[:, 1] += y + 0.05 - float(np.interp(x, line[:, 0], line[:, 1]))
    brush.fill(
        Surface("furry", toned(straw, 0.7), toned(straw, 1.1), 0.1, 1.57), [stroke(line, 0.1, 0.09)], 0.5, 1.0
    )


def _drift(brush: Brush, place: Place) -> None:
    (x, y), rng = place.foot, brush.rng
    edge = soft(
        (-1.3, y + rng.uniform(-0.1, 0.12)),
        (x - 0.5, y - 0.02),
        (x + 0.1, y - 0.02),
        (1.3, y + rng.uniform(-0.1, 0.1)),
        (1.4, 1.3),
        (-1.4, 1.3),
    )
    brush.fill(Surface("mottled", (214, 222, 236), (246, 248, 252), 0.3), [edge], 0.8, 0.35)
    for u, v in rng.uniform((-1, y + 0.15), (1, 1.1), (4, 2)).tolist():
        brush.shadow(ellipse(u, v, rng.uniform(0.15, 0.35), 0.03), 0.12)


def _stones(brush: Brush, place: Place) -> None:
    (_, y), rng = place.foot, brush.rng
    wall = one_of(rng, (164, 150, 132), (150, 146, 142), (178, 156, 128))
    brush.fill(shaded(toned(wall, 0.55)), [box(-1.2, y + 0.03, 1.2, 1.2)], 0.5)
    top = y
    while top < 1.0:
        left, high = -1.2 - rng.uniform(0, 0.3), rng.uniform(0.2, 0.26)
        row = []
        while left < 1.1:
            wide = rng.uniform(0.32, 0.6)
            row.append(
                soft(
                    (left + 0.02, top + 0.02),
                    (left + wide / 2, top),
                    (left + wide - 0.02, top + 0.02),
                    (left + wide - 0.01, top + high - 0.02),
                    (left + wide / 2, top + high),
                    (left + 0.01, top + high - 0.02),
                )
            )
            left += wide + 0.015
        for k in (0, 1):
            tone = toned(wall, rng.uniform(0.85, 1.15))
            brush.fill(Surface("mottled", toned(tone, 0.8), toned(tone, 1.1), 0.18), row[k::2], 0.5, 0.8)
        top += high + 0.015


_SUPPORTS: dict[str, Callable[[Brush, Place], None]] = {
    "leaves": _branch,
    "meadow": _grass,
    "sky": _post,
    "water": _stone,
    "reeds": _stem,
    "snow": _drift,
    "wall": _stones,
}
