"""Paints what is worn on the head: earrings, eyeglasses and hats."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from xaikit.worlds.drawing.pen import Outline, box, ellipse, polygon, shifted, soft, stroke
from xaikit.worlds.drawing.surfaces import Color, toned
from xaikit.worlds.faces.anatomy import EYES, Anatomy, bow, curve, symmetric
from xaikit.worlds.faces.easel import Easel, both
from xaikit.worlds.faces.person import Person

LOBE = (1.08, 0.44)
"""Where an earring hangs."""


def paint_earrings(easel: Easel, person: Person, traits: Collection[str]) -> None:
    """Hoops, or stones on hooks, at both ears."""
    if "wearing earrings" not in traits:
        return
    x, y = LOBE
    dark = toned(person.metal, 0.45)
    if person.earrings == "hoops":
        turn = np.linspace(0, 2 * np.pi, 24)
        ring = np.stack([x + 0.13 * np.sin(turn), y + 0.15 - 0.16 * np.cos(turn)], 1)
        for thick, color in ((0.1, dark), (0.06, person.metal)):
            easel.fill("earrings", color, both(stroke(ring, thick)), 0.3, lit=0)
        return
    easel.fill("earrings", dark, both(box(x - 0.025, y - 0.05, x + 0.025, y + 0.14)), 0.3, lit=0)
    drop = soft((0, -0.16), (0.1, 0.02), (0, 0.14), (-0.1, 0.02))
    for size, color in ((1.2, dark), (0.92, person.dye)):
        easel.fill("earrings", color, both(shifted(size * drop, x, y + 0.22)), 0.3, lit=0)
    glints = [ellipse(side * x - 0.03, y + 0.19, 0.03, 0.04) for side in (-1, 1)]
    easel.fill("earrings", (255, 255, 255), glints, 0.3, lit=0)


def paint_eyeglasses(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """Frames around both eyes, a bridge, and temples to the ears."""
    if "eyeglasses" not in traits:
        return
    x, y, depth = a.eye_x + 0.01, EYES + 0.03, 0.1
    if person.lenses == "round":
        lens = ellipse(x, y, 0.33, 0.29)
    else:
        corners = (
            (-0.31, -0.2),
            (0, -0.24),
            (0.34, -0.22),
            (0.33, 0.1),
            (0.2, 0.25),
            (-0.2, 0.25),
            (-0.3, 0.1),
        )
        lens = shifted(soft(*corners), x, y)
    easel.tint((236, 244, 250), 0.1, both(lens), 0.4, depth)
    sheen = polygon((x - 0.2, y - 0.02), (x - 0.02, y - 0.2), (x + 0.06, y - 0.2), (x - 0.16, y + 0.06))
    easel.tint((255, 255, 255), 0.3, [sheen, shifted(sheen, -2 * x, 0)], 0.4, depth)
    ring = stroke(np.concatenate([lens, lens[:2]]), 0.062)
    bridge = stroke(bow((0, y - 0.13), (x - 0.32, y - 0.06)), 0.06)
    arm = stroke([(x + 0.31, y - 0.1), (0.92, y - 0.14), (1.04, y - 0.1)], 0.055)
    easel.fill("eyeglasses", person.frame, [*both(ring), bridge, *both(arm)], 0.3, depth, lit=0.3)


def paint_hat(easel: Easel, person: Person, traits: Collection[str]) -> None:
    """A beanie, a hat with a brim, or a cap, and its shadow on the forehead."""
    if "wearing hat" in traits:
        easel.shadow(0.34, [_band(-0.78, -0.52)], 1.6, within=easel.face)
        {"beanie": _beanie, "brimmed": _brimmed, "cap": _cap}[person.hat](easel, person.dye)


def _beanie(easel: Easel, color: Color) -> None:
    easel.fill("hat", color, [_dome(1.15, -1.72)], 0.45)
    columns = np.linspace(-0.9, 0.9, 8).tolist()
    ribs = [stroke(curve((1.1 * x, -0.8), (0.95 * x, -1.3), (0.3 * x, -1.68)), 0.035) for x in columns]
    easel.shadow(0.25, ribs, 0.5)
    easel.fill("hat", toned(color, 1.16), [_band(-0.92, -0.6, 1.17)], 0.45)
    pleats = [box(x - 0.018, -0.96, x + 0.018, -0.6) for x in np.linspace(-1.05, 1.05, 15).tolist()]
    easel.shadow(0.2, pleats, 0.4)
    easel.fill("hat", toned(color, 1.3), [ellipse(0, -1.72, 0.19, 0.15)], 0.7)


def _brimmed(easel: Easel, color: Color) -> None:
    easel.fill("hat", color, [_dome(1.1, -1.78)], 0.45)
    easel.shadow(0.28, [symmetric((0.1, -1.8), (0.07, -1.3))], 1.4)
    easel.fill("hat", toned(color, 0.4), [_band(-1.0, -0.72)], 0.4)
    brim = symmetric((0, -0.8), (1.0, -0.84), (1.66, -0.72), (1.0, -0.6), (0, -0.55))
    easel.fill("hat", toned(color, 0.9), [brim], 0.45)


def _cap(easel: Easel, color: Color) -> None:
    easel.fill("hat", color, [_dome(1.1, -1.78)], 0.45)
    seams = [stroke(curve((x, -0.75), (0.8 * x, -1.3), (0, -1.76)), 0.03) for x in (-0.6, 0.0, 0.6)]
    easel.shadow(0.26, seams, 0.4)
    easel.fill("hat", toned(color, 0.75), [ellipse(0, -1.78, 0.09, 0.05)], 0.4)
    visor = symmetric((0, -0.86), (0.98, -0.76), (0.94, -0.56), (0.5, -0.44), (0, -0.4))
    easel.fill("hat", toned(color, 0.68), [visor], 0.45, depth=0.12)


def _dome(wide: float, top: float) -> Outline:
    return symmetric((0, top), (0.62 * wide, top + 0.16), (0.96 * wide, top + 0.6), (wide, -0.66), (0, -0.6))


def _band(top: float, low: float, wide: float = 1.12) -> Outline:
    """A strip around the head, which bends down before it."""
    upper, lower = bow((0, top + 0.05), (wide, top)), bow((0, low + 0.05), (wide, low - 0.02))
    return np.concatenate([upper, lower[::-1]])
