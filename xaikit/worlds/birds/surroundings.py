"""Paints where birds are: a blurred distance, what they stand on, and what is before them at times.

All of it has lots of its own: it knows where the bird stands, and nothing of the bird.
"""

from __future__ import annotations

import numpy as np

from xaikit.worlds.birds.distance import distance_of
from xaikit.worlds.birds.places import Brush, Place, blades, leaf, one_of
from xaikit.worlds.birds.supports import paint_support
from xaikit.worlds.drawing.canvas import Canvas, Patch
from xaikit.worlds.drawing.pen import Frame, bend, ellipse, shaded, stroke
from xaikit.worlds.drawing.scene import Hindrance
from xaikit.worlds.drawing.surfaces import toned


def paint_place(canvas: Canvas, place: Place) -> None:
    """Paint the whole canvas: the distance, and what the bird stands on."""
    rng = np.random.default_rng([place.seed, 0])
    canvas.colors[:] = distance_of(place, canvas.side, rng)
    paint_support(Brush(canvas, np.random.default_rng([place.seed, 1])), place)


def paint_lap(canvas: Canvas, place: Place) -> None:
    """What of the ground is before the feet: blades of grass, snow, or the water's ripples."""
    brush = Brush(canvas, np.random.default_rng([place.seed, 2]))
    x, y = place.foot
    if place.kind == "meadow":
        green = one_of(brush.rng, (92, 128, 52), (110, 142, 64))
        for tone in (0.8, 1.15):
            grass = blades(brush.rng, 6, (x - 0.5, x + 0.5), (y + 0.05, y + 0.07), 0.16)
            brush.fill(shaded(toned(green, tone)), grass, 0.3)
    elif place.kind == "snow":
        brush.fill(shaded((236, 240, 248), 0.03), [ellipse(x, y + 0.075, 0.3, 0.055)], 0.8)


def paint_hindrance(canvas: Canvas, hindrance: Hindrance) -> None:
    """Something before the bird, a little out of focus."""
    brush = Brush(canvas, np.random.default_rng([hindrance.seed, 3]))
    rng, (x, y) = brush.rng, hindrance.at
    green = one_of(rng, (86, 124, 52), (112, 138, 60), (70, 106, 62), (160, 130, 54))
    if hindrance.kind == "grass":
        for shift in rng.uniform(-0.14, 0.14, int(rng.integers(3, 6))).tolist():
            lean = rng.uniform(-0.3, 0.3)
            blade = bend((x + shift + lean, 1.15), (x + shift, 0.5), (x + shift - 0.3 * lean, y - 0.1))
            brush.fill(shaded(toned(green, rng.uniform(0.85, 1.2))), [stroke(blade, 0.11, 0.03)], 0.9, 0.6)
        return
    side = -1.2 if x < 0 else 1.2
    start = (side, float(np.clip(y + rng.uniform(-0.7, 0.5), -1.1, 1.1)))
    twig = bend(start, ((side + x) / 2, y + rng.uniform(-0.2, 0.2)), (x, y))
    brush.fill(shaded(one_of(rng, (96, 74, 54), (116, 92, 70))), [stroke(twig, 0.075, 0.03)], 0.8, 0.9)
    if hindrance.kind == "leaf":
        for places in ((3, 9, 9), (5, 7, 9, 9)):
            leaves = [leaf(twig[k], rng.uniform(0, 6.3), rng.uniform(0.19, 0.28)) for k in places]
            brush.fill(shaded(toned(green, rng.uniform(0.8, 1.25))), leaves, 0.9, 0.5)


def paint_shadow(canvas: Canvas, place: Place, width: float, share: float) -> None:
    """The shadow of what stands at a place, `width` of it in the picture's frame."""
    x, y = place.foot
    brush = Brush(canvas, np.random.default_rng(0))
    brush.shadow(ellipse(x, y + 0.03, width, 0.045), share)


def paint_ripple(canvas: Canvas, frame: Frame, width: float) -> None:
    """Light on the water where it meets a swimming bird, `width` long in its frame."""
    left, right = (
        ellipse(-0.4 * width, 0.012, 0.2 * width, 0.02),
        ellipse(0.2 * width, 0.014, 0.36 * width, 0.022),
    )
    patch = canvas.patch(canvas.frame(frame), [left, right], 0.5)
    canvas.lay(Patch(patch.window, patch.alpha * np.float32(0.6)), np.array((206, 222, 230), np.float32))
