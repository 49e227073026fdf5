"""What vehicles share: colors, glass, lamps, wheels, and a bench on which parts are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from xaikit.worlds.drawing.scene import Color, Frame, Paint, Part, Shape
from xaikit.worlds.drawing.shapes import box, disc, on_front, on_sides, on_slope, rectangle, wheel_pair

Random = np.random.Generator

BLACK: Color = (40, 40, 44)
CHROME: Color = (190, 194, 198)
WHITE: Color = (238, 238, 234)
RED: Color = (196, 36, 34)
YELLOW: Color = (242, 184, 34)
BLUE: Color = (42, 84, 160)
LIME: Color = (186, 206, 62)
ORANGE: Color = (230, 116, 36)
OLIVE: Color = (104, 112, 70)
SAND: Color = (186, 162, 116)


@dataclass
class Vehicle:
    """A vehicle on the bench: its measures and the parts put on so far."""

    frame: Frame
    parts: list[Part] = field(default_factory=list)

    def add(self, name: str, kind: str, *shapes: Shape, mount: str = "body") -> None:
        self.parts.append(Part(name, kind, shapes, self.frame, mount))


def pick_color(rng: Random, options: Sequence[tuple[float, Color]], spread: int = 12) -> Color:
    """One of (weight, color), each channel off by up to `spread`."""
    weights = np.array([weight for weight, _ in options])
    color = options[rng.choice(len(options), p=weights / weights.sum())][1]
    r, g, b = (int(np.clip(c + rng.integers(-spread, spread + 1), 0, 255)) for c in color)
    return r, g, b


def dimmed(color: Color, factor: float) -> Color:
    """A darker or lighter shade."""
    r, g, b = (min(255, int(c * factor)) for c in color)
    return r, g, b


def body_paint(rng: Random, color: Color) -> Paint:
    """Bodywork: mostly clean, sometimes worn."""
    return Paint(color, "worn" if chance(rng, 0.3) else "plain", int(rng.integers(2**31)))


def chance(rng: Random, probability: float) -> bool:
    """True with `probability`."""
    return bool(rng.random() < probability)


def glass(rng: Random) -> Paint:
    tone = int(rng.integers(-14, 22))
    return Paint((70 + tone, 88 + tone, 106 + tone), "glass", int(rng.integers(2**31)))


def add_wheels(car: Vehicle, rng: Random, places: dict[str, float], radius: float, hub: Color) -> None:
    """Wheels by name at their `x`; rear ones are twins."""
    for name, x in places.items():
        pair = wheel_pair(x, radius, car.frame.half_width, Paint(hub), twin="rear" in name)
        car.add(name, "wheel", *pair)


def add_face(car: Vehicle, x: float, z: float, width: float, chrome: Color = CHROME) -> None:
    """Grill, bumper and headlights on a flat nose at `x`; `z` is the height of the bumper's foot."""
    bumper = Paint(chrome)
    car.add("bumper", "bumper", box(x - 0.05, x + 0.2, -width, width, z, z + 0.24, bumper), mount="front")
    slots = [on_front(rectangle(-0.42 * width, z + 0.36, 0.42 * width, z + 0.86), x, Paint(BLACK), 1)]
    slots += [
        on_front(rectangle(-0.38 * width, z + h, 0.38 * width, z + h + 0.07), x, bumper, 2)
        for h in (0.43, 0.58, 0.73)
    ]
    car.add("grill", "grill", *slots, mount="front")
    lamp, ring = Paint((255, 250, 222), "glow"), Paint((120, 122, 126))
    lamps = []
    for y in (-0.7 * width, 0.7 * width):
        lamps += [
            on_front(disc(y, z + 0.58, 0.2, 12), x, ring, 1),
            on_front(disc(y, z + 0.58, 0.15, 12), x, lamp, 2),
        ]
    car.add("headlights", "headlight", *lamps, mount="front")


def add_windshield(car: Vehicle, rng: Random, foot: tuple[float, float], head: tuple[float, float]) -> None:
    """A pane between two (x, z) lines, in two halves."""
    w = car.frame.half_width * 0.88
    pane = glass(rng)
    halves = [on_slope(foot, head, y0, y1, pane, 1) for y0, y1 in ((-w, -0.05), (0.05, w))]
    car.add("windshield", "windshield", *halves, mount="front")


def add_light_bar(car: Vehicle, x: float, z: float, width: float, colors: tuple[Color, Color]) -> None:
    """Two lamps on a foot, across the roof; `z` is the roof."""
    foot = box(x - 0.2, x + 0.2, -width, width, z, z + 0.08, Paint(BLACK))
    lamps = [
        box(x - 0.17, x + 0.17, y0, y1, z + 0.08, z + 0.36, Paint(color, "glow"))
        for (y0, y1), color in zip(((-width, -0.08), (0.08, width)), colors, strict=True)
    ]
    middle = box(x - 0.14, x + 0.14, -0.08, 0.08, z + 0.08, z + 0.3, Paint(CHROME))
    car.add("light bar", "light bar", foot, *lamps, middle, mount="roof")


def side_pane(car: Vehicle, rng: Random, outline: tuple, layer: int = 2) -> tuple[Shape, ...]:
    """One window on either side."""
    return on_sides(outline, car.frame.half_width, glass(rng), layer)
