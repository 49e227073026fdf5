"""Paints hair: strands along their growth, straight, wavy, coily or cropped."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import numpy as np

from xaikit.worlds.drawing.canvas import Patch
from xaikit.worlds.drawing.pen import box, ellipse, shifted, soft
from xaikit.worlds.drawing.surfaces import Color, Random, jittered, toned
from xaikit.worlds.faces.anatomy import CROWN, Anatomy, curve
from xaikit.worlds.faces.attributes import HAIR_COLORS
from xaikit.worlds.faces.easel import Easel, both
from xaikit.worlds.faces.person import HAIR, Person

VOLUME = {"straight": 0.13, "wavy": 0.2, "coily": 0.27, "cropped": 0.05}
"""How far hair stands off the head, in half widths of it."""
ENDS = {"short": 0.0, "chin": 1.12, "shoulders": 1.95}
"""How far down hair of each length falls."""


def texture_of(person: Person, traits: Collection[str]) -> str:
    """Whether hair is "straight", "wavy", "coily" or "cropped"."""
    return next((kind for kind in ("straight", "wavy") if f"{kind} hair" in traits), person.curl)


def color_of(person: Person, traits: Collection[str]) -> Color:
    """The color of the hair."""
    name = next((name for name in HAIR_COLORS if name in traits), None)
    return person.unnamed if name is None else jittered(HAIR[name], np.random.default_rng(person.seed), 8)


def paint_back_hair(easel: Easel, person: Person, traits: Collection[str]) -> None:
    """Long hair that falls behind the neck."""
    texture, end = texture_of(person, traits), ENDS[person.length]
    if "bald" in traits or texture == "cropped" or not end:
        return
    wide = 1.0 + VOLUME[texture]
    y = np.linspace(-1.15, end, 50)
    fall = np.clip((y + 0.3) / (end + 0.3), 0, 1)
    x = wide * (1 + (0.1 if texture != "coily" else 0.22) * np.sin(np.pi * 0.62 * fall))
    x += _ripple(texture, y) * np.clip(2 * fall, 0, 1)
    # round above, as the head is, and a little round where it ends
    x *= np.sqrt(1 - np.square(np.minimum(y + 0.15, 0) / 1.25)) * (1 - 0.4 * np.clip(5 * fall - 4, 0, 1) ** 3)
    right = np.stack([x, y], 1)
    shape = np.concatenate([right, (right * (-1, 1))[::-1]])
    _lay_hair(easel, person, traits, easel.patch([shape], 0.45))
    if texture == "straight":
        easel.shadow(0.3, [box(-1.0, 0.2, 1.0, end - 0.1)], 3.0)


def _ripple(texture: str, along: np.ndarray) -> np.ndarray:
    """How far the border of hair swings, by the length along it."""
    if texture == "wavy":
        return 0.06 * np.sin(7.5 * along)
    return 0.045 * np.abs(np.sin(9 * along)) if texture == "coily" else np.zeros_like(along)


def paint_hair(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """The hair on the head, its border over the forehead, and what of it is before that or the ears."""
    if "bald" in traits:
        easel.shadow(-0.2, [ellipse(-0.22 if easel.light.azimuth <= 0 else 0.22, -1.0, 0.26, 0.14)], 2.2)
        return
    texture = texture_of(person, traits)
    hat = "wearing hat" in traits
    turn = np.linspace(np.pi + 0.08, -0.08, 90)
    stands = np.clip(2.2 * np.sin(turn) + 0.25, 0.1, 1)  # where it ends it lies close to the head
    volume = stands * (0.06 if hat else VOLUME[texture] + 0.7 * _ripple(texture, 1.25 * turn))
    outer = np.stack([(1.0 + volume) * np.cos(turn), -0.12 - (-CROWN - 0.12 + volume) * np.sin(turn)], 1)
    whole = np.concatenate([outer, _hairline(person, traits, a)])
    easel.shadow(0.3, [shifted(whole, 0, 0.05)], 1.2, within=easel.face)
    _lay_hair(easel, person, traits, easel.patch([whole], 0.5))
    if "sideburns" in traits:
        strip = soft((1.02, -0.2), (0.8, -0.2), (0.79, 0.25), (0.74, 0.68), (0.84, 0.78), (0.97, 0.4))
        patch = easel.patch(both(strip), 0.55, within=easel.face)
        _lay_hair(easel, person, traits, patch, "sideburns", toned(color_of(person, traits), 0.86))
    if "bangs" in traits:
        _paint_bangs(easel, person, traits, texture)


def _hairline(person: Person, traits: Collection[str], a: Anatomy) -> np.ndarray:
    """The border of the hair from the right ear over the forehead to the left."""
    top, part = a.hairline, person.parting
    if "receding hairline" in traits:
        right = [(1.02, 0.1), (0.96, -0.2), (0.9, -0.66), (0.66, -1.16), (0.42, -1.2), (0.2, -1.06)]
        return curve(*right, (0.0, -1.02), *((-x, y) for x, y in reversed(right)))
    right = [(1.04, 0.12), (0.92, -0.08), (0.88, -0.4), (0.72, top + 0.1)]
    left = [(-x, y) for x, y in reversed(right)]
    middle = [(0.36 + 0.3 * part, top - 0.06 - 0.08 * part), (0.9 * part, top - 0.16),
              (-0.36 + 0.3 * part, top - 0.06 + 0.08 * part)]  # fmt: skip
    return curve(*right, *middle, *left)


def _paint_bangs(easel: Easel, person: Person, traits: Collection[str], texture: str) -> None:
    """Hair that falls over the forehead, down to the eyebrows, in locks."""
    rng = easel.lots("bangs")
    foot = []
    edges = np.linspace(0.84, -0.84, 8)
    for k, (start, end) in enumerate(pairwise(edges.tolist())):
        low = -0.4 + 0.05 * float(rng.uniform(-1, 1)) - 0.03 * (k % 2)
        middle = (start + end) / 2 + 0.05 * float(rng.uniform(-1, 1))
        foot += [(start, low - 0.1), (middle + 0.05, low), (middle - 0.05, low + 0.01)]
    shape = np.concatenate([curve((-0.9, -0.5), (-0.8, -0.9), (0, -1.08), (0.8, -0.9), (0.9, -0.5)), foot])
    easel.shadow(0.32, [shifted(shape, 0, 0.06)], 1.0, within=easel.face)
    _lay_hair(easel, person, traits, easel.patch([shape], 0.45, 0.04))


# ---- strands


def _lay_hair(
    easel: Easel,
    person: Person,
    traits: Collection[str],
    patch: Patch,
    part: str = "hair",
    color: Color | None = None,
) -> None:
    """Cover a patch with hair of the head."""
    x, y = easel.places(patch.window)
    value, gloss = _strands(texture_of(person, traits), x, y, person.parting, easel.lots("strands"))
    base = np.asarray(color_of(person, traits) if color is None else color, np.float32)
    colors = base * (0.66 + 0.5 * value)[..., None] + gloss[..., None] * (0.55 * base + 22)
    easel.lay(part, np.minimum(colors, 255), patch, 0.8)


def _strands(
    texture: str, x: np.ndarray, y: np.ndarray, parting: float, rng: Random
) -> tuple[np.ndarray, np.ndarray]:
    """How light hair is, and how it shines, 0..1, at places of the head: two of float32 (h, w)."""
    table, phase = rng.random(257).astype(np.float32), float(rng.uniform(0, 6))
    away = x - np.float32(0.3 * parting)
    strand = np.arctan2(away, y + np.float32(2.1))
    if texture == "wavy":
        strand = strand + np.float32(0.06) * np.sin(6.5 * y + 2.2 * np.abs(x) + phase)
    if texture in ("straight", "wavy"):
        value = 0.62 * strewn(table, 34 * strand) + 0.38 * strewn(table, 90 * strand + 40)
        ring = np.hypot(0.8 * away, y + 0.15)
        if texture == "straight":
            gloss = np.exp(-np.square((ring - 1.0) / 0.13)) * (0.5 + 0.6 * value)
            return value, np.float32(0.8) * gloss
        wave = np.sin(6.5 * y + 2.2 * np.abs(x) + phase + 9 * strand)
        return 0.55 * value + 0.22 + 0.3 * wave, np.float32(0.45) * np.maximum(wave, 0) ** 2
    times, depth = (8.5, 0.7) if texture == "coily" else (24.0, 0.4)
    u, v = times * (x + 0.6 * y), times * (y - 0.6 * x)
    table = rng.random((65, 65), np.float32)
    knots = curls(table, u + 0.7 * np.sin(1.3 * v + phase), v + 0.7 * np.sin(1.1 * u))
    knots = 1 - np.abs(2 * knots - 1)
    return 0.55 + depth * (knots - 0.5), 0.25 * depth * np.maximum(knots - 0.5, 0)


def curls(table: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Smooth blobs of random lightness, about one in a unit: 0..1."""
    column, row = np.floor(u), np.floor(v)
    s, t = u - column, v - row
    s, t = s * s * (3 - 2 * s), t * t * (3 - 2 * t)
    i, j = column.astype(np.int32) & 63, row.astype(np.int32) & 63
    upper = table[j, i] + s * (table[j, i + 1] - table[j, i])
    lower = table[j + 1, i] + s * (table[j + 1, i + 1] - table[j + 1, i])
    return upper + t * (lower - upper)


def strewn(table: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A table of 257 numbers, read between its entries and over and over."""
    low = np.floor(at)
    k = low.astype(np.int32) & 255
    return table[k] + (at - low) * (table[k + 1] - table[k])
