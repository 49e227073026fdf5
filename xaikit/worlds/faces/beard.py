"""Paints what grows of a beard."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from xaikit.worlds.drawing.canvas import Patch
from xaikit.worlds.drawing.pen import Outline, soft
from xaikit.worlds.drawing.surfaces import Color, toned
from xaikit.worlds.faces.anatomy import Anatomy, symmetric
from xaikit.worlds.faces.attributes import BEARDS
from xaikit.worlds.faces.easel import Easel, both
from xaikit.worlds.faces.features import mixed, skin_of
from xaikit.worlds.faces.hair import curls, strewn
from xaikit.worlds.faces.person import Person


def paint_beard(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """What grows of a beard: a shadow, a goatee, a mustache, or else a short beard without a mustache."""
    if "no beard" in traits:
        return
    whole = not any(kind in traits for kind in BEARDS)
    area = _bearded(a)
    color = mixed(toned(person.natural, 0.8), (40, 34, 34), 0.15)
    if "5 o'clock shadow" in traits:
        _paint_stubble(easel, skin_of(person, traits), area)
    if whole:
        _lay_beard(easel, color, [_jaw(a)], easel.face)
    if "goatee" in traits:
        _lay_beard(easel, color, [_goatee(a)])
    if "mustache" in traits:
        _lay_beard(easel, color, _mustache(a))


def _bearded(a: Anatomy) -> Outline:
    """Where a beard grows: the jaw, the chin, and the upper lip."""
    right = [
        (0.3, a.nose_y + 0.17),
        (a.mouth_w + 0.1, a.mouth_y),
        (0.66, 0.62),
        (0.8, 0.3),
        (1.05, 0.25),
        (1.1, 0.8),
        (0.7, 1.5),
    ]
    return symmetric((0, a.nose_y + 0.14), *right)


def _jaw(a: Anatomy) -> Outline:
    """The jaw and the chin alone."""
    top = a.mouth_y + a.gap + a.lower + 0.06
    right = [(0.3, top - 0.03), (0.6, 0.84), (0.8, 0.3), (1.05, 0.25), (1.1, 0.8), (0.7, 1.5)]
    return symmetric((0, top), *right)


def _goatee(a: Anatomy) -> Outline:
    top, low = a.mouth_y + a.gap + a.lower + 0.05, a.chin + 0.1
    right = [(0.16, top + 0.02), (0.3, top + 0.06), (0.3, a.chin - 0.1), (0.17, low)]
    return symmetric((0, top), *right, (0, low + 0.04))


def _mustache(a: Anatomy) -> list[Outline]:
    top, low = min(a.nose_y, 0.52) + 0.11, a.mouth_y - a.upper - 0.01
    far = a.mouth_w + 0.1
    side = soft(
        (0, top + 0.02), (0.22, top), (far - 0.03, low), (far, a.mouth_y + 0.16), (0.26, low + 0.02), (0, low)
    )
    return both(side)


def _paint_stubble(easel: Easel, skin: Color, area: Outline) -> None:
    patch = easel.patch([area], 1.6, within=easel.face)
    x, y = easel.places(patch.window)  # lots of places of the head, so that it is the same drawn larger
    dots = curls(easel.lots("stubble").random((65, 65), np.float32), 26 * (x + 0.5 * y), 26 * (y - 0.5 * x))
    bristle = mixed(toned(skin, 0.4), (54, 58, 66), 0.5)
    easel.lay("beard", bristle, Patch(patch.window, patch.alpha * (0.3 + 0.5 * dots)))
    easel.own("beard", [area])


def _lay_beard(easel: Easel, color: Color, outlines: list[Outline], within: np.ndarray | None = None) -> None:
    patch = easel.patch(outlines, 0.6, 0.02, within)
    x, y = easel.places(patch.window)
    table = easel.lots("beard").random(257).astype(np.float32)
    value = strewn(table, 26 * x + 3 * np.sin(7 * y)) * 0.6 + 0.4 * strewn(table, 19 * y + 31 * x)
    colors = np.asarray(color, np.float32) * (0.7 + 0.55 * value)[..., None]
    easel.lay("beard", colors, patch, 0.9)
