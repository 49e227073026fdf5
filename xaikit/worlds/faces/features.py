"""Paints skin, eyes, eyebrows, nose and mouth."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from xaikit.worlds.drawing.pen import Outline, box, ellipse, shifted, soft, stroke
from xaikit.worlds.drawing.surfaces import Color, toned
from xaikit.worlds.faces.anatomy import BROWS, EYES, Anatomy, bow, curve, face_outline, symmetric
from xaikit.worlds.faces.easel import Easel, both
from xaikit.worlds.faces.person import Person, pale

DARK: Color = (30, 22, 22)
ROSE: Color = (226, 66, 88)
BIG = 0.25  # half width of a nose, from which on it is drawn with wide wings


def skin_of(person: Person, traits: Collection[str]) -> Color:
    """The color of the skin."""
    return pale(person.skin) if "pale skin" in traits else person.skin


def mixed(first: Color, second: Color, share: float) -> Color:
    """A color on the way from one to another."""
    return tuple(a + share * (b - a) for a, b in zip(first, second, strict=True))  # type: ignore[return-value]


def paint_ears(easel: Easel, person: Person, traits: Collection[str]) -> None:
    """Both ears, which the head then covers in part."""
    skin = skin_of(person, traits)
    ear = soft((0.9, -0.12), (1.08, -0.2), (1.17, -0.02), (1.11, 0.24), (1.0, 0.42), (0.9, 0.34))
    easel.fill("ears", mixed(skin, (206, 92, 78), 0.12), both(ear))
    fold = stroke(curve((1.0, -0.08), (1.09, -0.08), (1.08, 0.12), (1.01, 0.22)), 0.05)
    easel.shadow(0.25, both(fold), 0.6)


def paint_skin(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """The head, and what is seen of it through the skin."""
    skin = skin_of(person, traits)
    patch = easel.fill("cheeks", skin, [face_outline(a)], 0.45)
    easel.face = easel.sheet(patch)
    face = easel.face
    easel.own("forehead", [box(-1.1, -1.5, 1.1, BROWS)])
    easel.own("chin", [symmetric((0, 0.98), (0.55, 1.02), (0.6, 1.5))])
    easel.shadow(-0.07, [ellipse(0, -0.62, 0.5, 0.22)], 3.0, within=face)
    easel.shadow(0.1, both(ellipse(a.eye_x, EYES - 0.04, 0.3, 0.2)), 2.5, within=face)
    easel.shadow(-0.08, [ellipse(0, a.chin - 0.14, 0.2, 0.1)], 2.0, within=face)
    easel.shadow(0.12, [ellipse(0, a.mouth_y + 0.22 + a.lower / 2, 0.2, 0.05)], 1.6, within=face)
    _lines(easel, person.age, a)
    if "high cheekbones" in traits:
        bone = ellipse(0.6, 0.27, 0.27, 0.085, -0.45)
        hollow = soft((0.95, 0.42), (0.78, 0.5), (0.5, 0.8), (0.66, 0.84), (0.92, 0.62))
        easel.shadow(0.26, both(hollow), 2.0, within=face)
        easel.tint(mixed(skin, (255, 250, 240), 0.55), 0.6, both(bone), 1.4, within=face)
    if "rosy cheeks" in traits:
        easel.tint(mixed(skin, ROSE, 0.62), 0.75, both(ellipse(0.6, 0.42, 0.25, 0.2)), 2.6, within=face)


def _lines(easel: Easel, age: float, a: Anatomy) -> None:
    """The lines that come with age: of the forehead, beside the eyes, and from the nose to the mouth."""
    if age < 0.45:
        return
    share, face = 0.3 * (age - 0.4), easel.face
    brow = [stroke(curve((-0.4, y + 0.02), (0, y), (0.4, y + 0.02)), 0.025) for y in (-0.52, -0.63)]
    easel.shadow(share, brow, 0.5, within=face)
    fold = stroke(curve((0.2, 0.5), (0.34, 0.62), (a.mouth_w + 0.07, a.mouth_y - 0.02)), 0.04)
    easel.shadow(1.4 * share, both(fold), 0.6, within=face)
    side = stroke(curve((0.72, 0.04), (0.8, 0.0), (0.86, -0.04)), 0.025)
    easel.shadow(share, both(side), 0.4, within=face)


def paint_eyes(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """Both eyes with their lids, and the bags under them."""
    x, w, h = a.eye_x, a.eye_w, a.eye_h
    if "bags under eyes" in traits:
        _paint_bags(easel, skin_of(person, traits), x, w)
    for side in (-1, 1):
        white = easel.fill("eyes", (240, 236, 230), [_almond(x, w, h) * (side, 1)], 0.35, lit=0.7)
        inside, at, r = easel.sheet(white), side * x, 0.128
        rings = ((toned(person.iris, 0.55), r), (person.iris, 0.79 * r), (DARK, 0.42 * r))
        for color, radius in rings:
            easel.fill("eyes", color, [ellipse(at, EYES - 0.01, radius, radius)], 0.35, within=inside)
        lid = box(at - w, EYES - h - 0.1, at + w, EYES - 0.62 * h)
        easel.shadow(0.35, [lid], 0.7, within=inside)
        glint = ellipse(at - 0.035, EYES - 0.035, 0.024, 0.024)
        easel.fill("eyes", (255, 255, 255), [glint], 0.25, within=inside, lit=0)
    border = curve(
        (x - w, EYES + 0.02), (x - 0.45 * w, EYES - h), (x + 0.25 * w, EYES - 1.02 * h), (x + 1.06 * w, EYES)
    )
    easel.fill("eyes", DARK, both(stroke(border, 0.035, 0.06)), 0.3)
    crease = curve((x - 0.85 * w, EYES - h - 0.05), (x, EYES - h - 0.1), (x + 0.95 * w, EYES - h - 0.02))
    easel.shadow(0.3, both(stroke(crease, 0.028)), 0.4, within=easel.face)


def _paint_bags(easel: Easel, skin: Color, x: float, w: float) -> None:
    """A dark half moon under each eye, and its rim."""
    low = EYES + 0.118
    bag = soft((x - w, low), (x, low + 0.05), (x + w, low - 0.01), (x + 0.6 * w, low + 0.17), (x, low + 0.2))
    easel.tint(mixed(toned(skin, 0.62), (96, 62, 96), 0.3), 0.62, both(bag), 0.9, within=easel.face)
    rim = stroke(curve((x - 0.9 * w, low + 0.1), (x, low + 0.21), (x + 0.9 * w, low + 0.1)), 0.035)
    easel.shadow(0.34, both(rim), 0.5, within=easel.face)


def _almond(x: float, w: float, h: float) -> Outline:
    return soft(
        (x - w, EYES + 0.02),
        (x - 0.45 * w, EYES - h),
        (x + 0.25 * w, EYES - 1.02 * h),
        (x + w, EYES - 0.01),
        (x + 0.35 * w, EYES + 0.8 * h),
        (x - 0.4 * w, EYES + 0.8 * h),
    )


def paint_eyebrows(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """Both eyebrows: level or arched, thin or bushy."""
    y = BROWS + 0.02 * person.measure("brow")
    x = a.eye_x
    line = curve((x - 0.27, y + 0.025), (x, y + 0.005), (x + 0.29, y + 0.03))
    if "arched eyebrows" in traits:
        rise = (x - 0.08, y - 0.11), (x + 0.12, y - 0.17), (x + 0.25, y - 0.09)
        line = curve((x - 0.25, y), *rise, (x + 0.36, y + 0.05))
    bushy = "bushy eyebrows" in traits
    color = mixed(toned(person.natural, 0.55), DARK, 0.25)
    thick = 0.16 if bushy else 0.07
    shape = _tapered(line, thick)
    easel.fill("eyebrows", color, both(shape), 0.45, depth=0.03)
    if bushy:
        rng = easel.lots("eyebrows")
        for side in (-1, 1):
            hairs = []
            for k in rng.integers(1, len(line) - 3, 14).tolist():
                (px, py), lean = line[k], rng.uniform(0.04, 0.12)
                hairs.append(stroke([(px, py + 0.03), (px + lean, py - 0.1)], 0.07, 0.02) * (side, 1))
            easel.fill("eyebrows", color, hairs, 0.35, depth=0.03)


def _tapered(line: np.ndarray, thick: float) -> Outline:
    """A band along a line that is thickest at a third of it and ends in points."""
    t = np.linspace(0, 1, len(line))[:, None]
    half = 0.5 * thick * (0.35 + 0.65 * np.sin(np.pi * t**0.7)) * np.minimum(1, 6 * (1.02 - t))
    return np.concatenate([line - half * (0, 1), (line + half * (0, 1))[::-1]])


def paint_nose(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """The nose: its bridge, its tip and its wings."""
    skin, face = skin_of(person, traits), easel.face
    y, w = a.nose_y, a.nose_w
    whole = symmetric((0.1, EYES), (0.6 * w, y - 0.24), (w, y - 0.08), (0.7 * w, y + 0.05), (0, y + 0.07))
    easel.own("nose", [whole], depth=0.12)
    away = 1 if easel.light.azimuth <= 0 else -1
    flank = soft(
        (0.06, 0.02), (0.13, 0.1), (0.55 * w + 0.06, y - 0.2), (w + 0.03, y - 0.04), (0.4 * w, y - 0.08)
    )
    flank = flank * (away, 1)
    easel.shadow(0.17, [flank], 1.0, 0.1, within=face)
    light = mixed(skin, (255, 246, 236), 0.5)
    if a.pointed:
        point = soft((-0.03, 0.08), (0.03, 0.08), (0.05, y - 0.08), (0, y + 0.02), (-0.05, y - 0.08))
        easel.tint(light, 0.65, [point], 0.6, 0.16, within=face)
        under = np.array([(-w, y - 0.14), (0, y + 0.15), (w, y - 0.14), (0, y)])
        easel.shadow(0.66, [under], 0.4, 0.16, within=face)
        ridge = curve((0.09, -0.06), (0.075, 0.2), (w, y - 0.13)) * (away, 1)
        easel.shadow(0.5, [stroke(ridge, 0.03, 0.05)], 0.4, 0.14, within=face)
        return
    big, ball = w > BIG, 0.62 * w
    easel.tint(light, 0.34, [ellipse(-0.02 * away, y - 0.08, 0.6 * ball, 0.085)], 1.0, 0.16, within=face)
    under = stroke(curve((-ball, y + 0.03), (0, y + 0.1), (ball, y + 0.03)), 0.06)
    easel.shadow(0.42 if big else 0.28, [under], 0.6, 0.16, within=face)
    wing = stroke(curve((0.8 * w, y - 0.17), (1.03 * w, y - 0.04), (0.78 * w, y + 0.06)), 0.05)
    easel.shadow(0.5 if big else 0.28, both(wing), 0.5, 0.08, within=face)
    hole = ellipse(0.48 * w, y + 0.025, 0.3 * w if big else 0.055, 0.04 if big else 0.03, 0.25)
    easel.shadow(0.62, both(hole), 0.35, 0.13, within=face)


def paint_mouth(easel: Easel, person: Person, traits: Collection[str], a: Anatomy) -> None:
    """The mouth: lips, what is between them, and the folds of a smile."""
    skin = skin_of(person, traits)
    lips = mixed(toned(skin, 0.78), (170, 60, 66), 0.4)
    if "wearing lipstick" in traits:
        lips = person.lipstick
    y, w, gap = a.mouth_y, a.mouth_w, a.gap
    corner = w, y - a.corner
    top = bow((0, y - a.upper), (0.14 * w, y - a.upper - 0.035), (0.5 * w, y - a.upper), corner)
    middle = bow((0, y), (0.5 * w, y - 0.2 * a.corner), corner)
    low = bow((0, y + gap + 0.02), (0.52 * w, y + 0.8 * gap), corner) if gap else middle
    foot = bow((0, y + gap + a.lower + 0.02), (0.5 * w, y + gap + 0.75 * a.lower), corner)
    easel.fill("mouth", toned(lips, 0.86), [np.concatenate([top, middle[::-1]])], 0.35, 0.03)
    easel.fill("mouth", lips, [np.concatenate([low, foot[::-1]])], 0.35, 0.03)
    easel.shadow(-0.22, [ellipse(0, y + gap + 0.55 * a.lower, 0.32 * w, 0.25 * a.lower)], 0.7, 0.03)
    if gap:
        inside = easel.fill("mouth", (74, 20, 26), [np.concatenate([middle, low[::-1]])], 0.3, 0.03)
        bite = middle[3:-3]
        teeth = np.concatenate([bite, shifted(bite, 0, 0.55 * gap)[::-1]])
        easel.fill("mouth", (244, 240, 232), [teeth], 0.3, 0.03, within=easel.sheet(inside), lit=0.5)
    else:
        easel.fill("mouth", toned(lips, 0.42), [stroke(middle, 0.035)], 0.3, 0.03)
    if "smiling" in traits:
        _paint_smile(easel, a)


def _paint_smile(easel: Easel, a: Anatomy) -> None:
    """The folds beside a mouth that smiles."""
    w, y = a.mouth_w, a.mouth_y - a.corner
    fold = curve((0.25, a.nose_y - 0.02), (w + 0.06, a.mouth_y - 0.24), (w + 0.1, y + 0.04))
    easel.shadow(0.34, both(stroke(fold, 0.035)), 0.6, within=easel.face)
    dimple = stroke(curve((w, y - 0.05), (w + 0.05, y), (w + 0.01, y + 0.06)), 0.04)
    easel.shadow(0.4, both(dimple), 0.5, within=easel.face)
