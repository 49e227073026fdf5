"""How large everything in a face is and where, given who it is and which attributes are there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.pen import Outline, soft
from xaikit.worlds.faces.person import Person

CROWN, BROWS, EYES = -1.32, -0.3, 0.0
"""Heights in the frame of the head, down from the eyes."""


@dataclass(frozen=True)
class Anatomy:
    """Lengths and places in half widths of a head.

    Attributes
    ----------
    cheek, jaw, tip, chin : half widths at the cheeks, the jaw and the tip of the chin, and its height
    eye_x, eye_w, eye_h : middle, half width and half height of an eye
    nose_y, nose_w, pointed : where the nose ends, half its width, and whether it is pointed
    mouth_y, mouth_w, upper, lower : of the mouth, and how thick its lips are
    corner, gap : how far its corners are lifted, and how far it is open
    hairline : height of the hair's border over the middle of the forehead
    """

    cheek: float
    jaw: float
    tip: float
    chin: float
    eye_x: float
    eye_w: float
    eye_h: float
    nose_y: float
    nose_w: float
    pointed: bool
    mouth_y: float
    mouth_w: float
    upper: float
    lower: float
    corner: float
    gap: float
    hairline: float


def anatomy_of(person: Person, traits: Collection[str]) -> Anatomy:
    """Measure a face. Attributes move a length further than the lots of a person do."""
    m = person.measure
    cheek, jaw, tip, chin = 0.91, 0.77, 0.42, 1.28
    if "chubby" in traits:
        cheek, jaw, tip, chin = 1.06, 0.97, 0.56, 1.28
    elif "oval face" in traits:
        cheek, jaw, tip, chin = 0.85, 0.62, 0.32, 1.38
    jaw, tip = jaw + 0.025 * m("jaw"), tip + 0.025 * m("jaw")
    big, pointed = "big nose" in traits, "pointy nose" in traits
    full, smiles = "big lips" in traits, "smiling" in traits
    return Anatomy(
        cheek=cheek,
        jaw=jaw,
        tip=tip,
        chin=chin,
        eye_x=0.43 + 0.025 * m("apart"),
        eye_w=0.215 + 0.012 * m("eye"),
        eye_h=0.042 if "narrow eyes" in traits else 0.128 + 0.01 * m("eye"),
        nose_y=(0.57 if pointed else 0.5) + 0.02 * m("nose"),
        nose_w=0.39 if big else 0.16 if pointed else 0.2 + 0.015 * m("nose"),
        pointed=pointed,
        mouth_y=0.83 + 0.02 * m("mouth"),
        mouth_w=0.35 + 0.02 * m("mouth") + (0.08 if smiles else 0.0),
        upper=0.125 if full else 0.05,
        lower=0.2 if full else 0.07,
        corner=0.13 if smiles else 0.02,
        gap=0.12 if "mouth slightly open" in traits else 0.0,
        hairline=-0.8 + 0.04 * m("forehead"),
    )


def face_outline(a: Anatomy) -> Outline:
    """The head without its hair and ears."""
    right = [
        (0.36, CROWN + 0.03),
        (0.72, CROWN + 0.26),
        (0.94, -0.7),
        (0.97, -0.25),
        (0.95, 0.1),
        (a.cheek, 0.48),
        (a.jaw, 0.84),
        (a.tip, a.chin - 0.12),
    ]
    return symmetric((0.0, CROWN), *right, (0.0, a.chin))


def symmetric(*right: tuple[float, float]) -> Outline:
    """A smooth closed curve through points of the right half, from top to foot, and their mirror images."""
    return soft(*right, *((-x, y) for x, y in reversed(right) if x))


def bow(middle: tuple[float, float], *right: tuple[float, float]) -> np.ndarray:
    """A smooth open line from the left over the middle to the right, (k, 2), through points of its right."""
    return curve(*((-x, y) for x, y in reversed(right)), middle, *right)


def curve(*points: tuple[float, float]) -> np.ndarray:
    """A smooth open line through the points, (k, 2)."""
    knots = np.array(points, float)
    padded = np.concatenate([[2 * knots[0] - knots[1]], knots, [2 * knots[-1] - knots[-2]]])
    a, b, c, d = (padded[k : len(padded) - 3 + k] for k in range(4))
    t = np.linspace(0, 1, 7)[:-1, None, None]
    path = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([path.transpose(1, 0, 2).reshape(-1, 2), knots[-1:]])
