"""Paints the body as far as it is seen: neck, clothes, necklace and necktie."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from xaikit.worlds.drawing.pen import Outline, box, ellipse, polygon, shifted, stroke
from xaikit.worlds.drawing.surfaces import toned
from xaikit.worlds.faces.anatomy import Anatomy, bow, curve, symmetric
from xaikit.worlds.faces.easel import Easel, both
from xaikit.worlds.faces.features import mixed, skin_of
from xaikit.worlds.faces.person import Person

NECKLINES = {"round": 1.86, "pointed": 2.2, "collar": 2.02}
"""How far down the skin is seen, in the frame of the body, by the garment."""
WHITE = (246.0, 247.0, 250.0)


def paint_shoulders(easel: Easel, person: Person) -> None:
    """The clothes, before the hair falls over them."""
    slope = symmetric((0.45, 1.6), (0.8, 1.72), (1.6, 1.94), (2.1, 2.3), (2.3, 3.6))
    easel.dress("clothes", person.clothes, [slope], 0.5, 0.6)
    folds = [stroke(curve((x, 2.0), (1.1 * x, 2.3), (1.05 * x, 2.8)), 0.06) for x in (-1.2, -0.9, 0.95, 1.3)]
    easel.canvas.darken(easel.below(folds, 1.0), 0.16)


def paint_neck(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """The neck, the neckline, the shadow of the head, and a second chin."""
    skin, low = skin_of(person, traits), NECKLINES[person.garment]
    column = symmetric((0.52, 0.7), (0.53, 1.3), (0.62, 1.62), (0.42, low - 0.1), (0, low))
    patch = easel.below([column], 0.45)
    easel.lay("neck", toned(skin, 0.88), patch)
    neck = easel.sheet(patch)
    shade = symmetric((0.8, 0.6), (0.75, a.chin), (0.4, a.chin + 0.16), (0, a.chin + 0.22))
    easel.shadow(0.34, [shade], 1.6, within=neck)
    tendons = both(stroke(curve((0.3, 1.5), (0.17, 1.72), (0.08, 1.84)), 0.04))
    easel.canvas.darken(easel.below(tendons, 0.8), 0.1)
    _paint_neckline(easel, person, low)
    if "double chin" in traits:
        wide, y = a.jaw - 0.2, a.chin + 0.17
        fold = symmetric((wide, 0.95), (0.78 * wide, y - 0.02), (0.4 * wide, y + 0.1), (0, y + 0.13))
        easel.shadow(0.55, [shifted(fold, 0, 0.08)], 1.2, within=neck)
        easel.fill("chin", skin, [fold], 0.45)


def paint_crease(easel: Easel, traits: Collection[str], a: Anatomy) -> None:
    """The crease between two chins, over the head's own border."""
    if "double chin" in traits:
        end = (0.64 * a.jaw, a.chin - 0.16)
        upper, lower = (
            bow((0, a.chin - 0.02), (0.3, a.chin - 0.05), end),
            bow((0, a.chin + 0.055), (0.3, a.chin + 0.01), end),
        )
        easel.shadow(0.66, [np.concatenate([upper, lower[::-1]])], 0.7)


def _paint_neckline(easel: Easel, person: Person, low: float) -> None:
    if person.garment == "collar":
        wing = polygon((0.44, 1.5), (0.66, 1.58), (0.72, 1.86), (0.34, 2.16), (0.06, 2.02), (0.4, 1.78))
        easel.dress("clothes", toned(person.clothes, 1.22), both(wing), 0.4, 0.6)
        easel.canvas.darken(easel.below([box(-0.015, 2.02, 0.015, 3)], 0.4), 0.4)
        return
    edge = bow((0, low), (0.44, low - 0.1), (0.66, 1.6))
    easel.dress("clothes", toned(person.clothes, 0.82), [stroke(edge, 0.09)], 0.4, 0.6)


def paint_necklace(easel: Easel, person: Person, traits: Collection[str]) -> None:
    """A chain with a pendant, or a row of beads."""
    if "wearing necklace" not in traits:
        return
    line = bow((0, 1.85), (0.4, 1.7), (0.56, 1.5))
    if person.necklace == "chain":
        below: list[Outline] = [stroke(shifted(line, 0, 0.02), 0.075), ellipse(0, 1.96, 0.115, 0.135)]
        easel.dress("necklace", toned(person.metal, 0.5), below, 0.35, 0)
        easel.dress("necklace", person.metal, [stroke(line, 0.055)], 0.3, 0)
        easel.dress("necklace", person.dye, [ellipse(0, 1.95, 0.085, 0.105)], 0.3, 0)
        easel.dress("necklace", WHITE, [ellipse(-0.03, 1.91, 0.025, 0.025)], 0.3, 0)
        return
    steps = np.linspace(0, len(line) - 1, 15).round().astype(int)
    beads = [ellipse(float(x), float(y), 0.062, 0.062) for x, y in line[steps]]
    pearl = mixed(person.metal, WHITE, 0.5)
    easel.dress("necklace", toned(pearl, 0.5), [shifted(bead, 0, 0.025) for bead in beads], 0.4, 0)
    easel.dress("necklace", pearl, beads, 0.3, 0)


def paint_necktie(easel: Easel, person: Person, traits: Collection[str]) -> None:
    """A white shirt with its collar, and a necktie."""
    if "wearing necktie" not in traits:
        return
    right = [(0.44, 1.62), (0.62, 1.5), (0.74, 1.9), (0.42, 3.0)]
    shirt = polygon((0, 1.84), *right, *((-x, y) for x, y in reversed(right)))
    easel.dress("clothes", toned(WHITE, 0.92), [shirt])
    blade = polygon((-0.1, 1.98), (0.1, 1.98), (0.25, 2.7), (0, 3.1), (-0.25, 2.7))
    inside = easel.sheet(easel.dress("necktie", person.dye, [blade], 0.35))
    stripes = [
        polygon((-0.4, y), (0.4, y - 0.25), (0.4, y - 0.17), (-0.4, y + 0.08)) for y in (2.22, 2.5, 2.78)
    ]
    easel.dress("necktie", toned(person.dye, 1.45), stripes, 0.3, within=inside)
    knot = polygon((-0.17, 1.8), (0.17, 1.8), (0.1, 2.02), (-0.1, 2.02))
    easel.dress("necktie", toned(person.dye, 0.8), [knot], 0.35)
    wings = both(polygon((0.5, 1.46), (0.66, 1.52), (0.72, 1.86), (0.38, 2.08), (0.1, 1.84)))
    easel.canvas.darken(easel.below([shifted(wing, 0, 0.04) for wing in wings], 0.8), 0.3)
    easel.dress("clothes", WHITE, wings, 0.35)
