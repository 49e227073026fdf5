"""Puts things into their surroundings, hides parts of them, and takes the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from xaikit.worlds.drawing.pen import Frame, Pen
from xaikit.worlds.drawing.surfaces import Color, Random
from xaikit.worlds.things.catalogue import THINGS, Thing
from xaikit.worlds.things.surroundings import choose_place, light_of, paint_hindrance, paint_place

Box = tuple[int, int, int, int]

SIZE = 64
"""Width and height of a picture in pixels."""
COMPANY = 0.5  # share of pictures that show another whole thing beside the one they are of
CLOSE = 0.6  # share of pictures taken from so near that what a thing is covered with fills them
SEEN = 0.5  # share of a pixel that a thing must cover to own it
UPRIGHT_TURN, FREE_TURN = 0.12, 0.7  # radians, at full variety
NEAR_TURN = 0.7  # radians: from near, nothing says what is upright


@dataclass(frozen=True)
class Drawn:
    """A picture, uint8 (SIZE, SIZE, 3), and where each of its things is seen, bool (SIZE, SIZE)."""

    image: np.ndarray
    seen: list[np.ndarray]
    occluded: bool


def draw_single(thing: Thing, rng: Random) -> Drawn:
    """One thing anywhere in the picture, among other things' pieces, at times half hidden."""
    variety = thing.variety
    picture = np.zeros((SIZE, SIZE, 3), np.float32)
    place = choose_place(thing.kind, rng, variety)
    paint_place(picture, place, rng)
    for _ in range(int(rng.choice(3, p=(0.5, 0.35, 0.15)))):
        _draw(picture, _bystander(thing, rng), _at_the_border(rng), rng)
    near = rng.random() < (CLOSE if thing.texture or thing.material else 0)
    reach = SIZE * (rng.uniform(0.55, 0.95) if near else rng.uniform(0.31 - 0.12 * variety, 0.42))
    slack = 0.3 * reach if near else max(SIZE / 2 - 0.75 * reach, 0)
    middle = SIZE / 2 + slack * rng.uniform(-1, 1, 2)
    frame = _turned(thing, (float(middle[0]), float(middle[1])), float(reach), rng)
    if near:
        frame = replace(frame, turn=float(rng.uniform(-NEAR_TURN, NEAR_TURN)))
    if rng.random() < COMPANY:
        _draw(picture, *_companion(thing, frame, rng), rng)
    covered = _draw(picture, thing, frame, rng)
    seen = covered > SEEN
    occluded = bool(rng.random() < 0.35 + 0.35 * variety)
    if occluded:
        seen &= _hindered(picture, thing.kind[0], frame, rng)
    return Drawn(developed(picture, rng, light_of(place)), [seen], occluded)


def draw_pair(first: Thing, second: Thing, rng: Random) -> Drawn:
    """Two things side by side, level or on a diagonal."""
    picture = np.zeros((SIZE, SIZE, 3), np.float32)
    host = (first, second)[rng.integers(2)]
    place = choose_place(host.kind, rng, host.variety)
    paint_place(picture, place, rng)
    side, drop = (1 if rng.random() < 0.5 else -1), rng.uniform(-0.24, 0.24)
    seen: list[np.ndarray] = []
    for thing, sign in ((first, -side), (second, side)):
        reach = SIZE * rng.uniform(0.2, 0.245)
        x, y = SIZE * (0.5 + 0.252 * sign), SIZE * (0.5 + sign * drop + rng.uniform(-0.04, 0.04))
        covered = _draw(picture, thing, _turned(thing, (x, y), reach, rng), rng)
        seen = [mask & ~(covered > SEEN) for mask in seen] + [covered > SEEN]
    return Drawn(developed(picture, rng, light_of(place)), seen, False)


def box_of(mask: np.ndarray) -> Box | None:
    """The smallest box around a mask, ends excluded; None around nothing."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def developed(picture: np.ndarray, rng: Random, light: Color = (1.0, 1.0, 1.0)) -> np.ndarray:
    """In a light, with haze, a little blur and grain: float32 in 0..255 to uint8."""
    gain, contrast, saturation = rng.uniform(0.75, 1.12), rng.uniform(0.55, 1.05), rng.uniform(0.45, 1.1)
    tint = np.asarray(light) * (1 + rng.uniform(-0.05, 0.05, 3))
    grey = picture.mean(axis=-1, keepdims=True)
    picture = grey + (picture - grey) * np.float32(saturation)
    middle = picture.mean()
    picture = ((picture - middle) * contrast + middle) * (gain * tint).astype(np.float32)
    picture += rng.uniform(2, 9) * rng.standard_normal(picture.shape, np.float32)
    image = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        image = np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.0))))
    return image


def _draw(picture: np.ndarray, thing: Thing, frame: Frame, rng: Random) -> np.ndarray:
    pen = Pen(picture, frame, rng, thing.variety, thing.relief)
    thing.draw(pen)
    return pen.covered


def _turned(thing: Thing, place: tuple[float, float], reach: float, rng: Random) -> Frame:
    most = (UPRIGHT_TURN if thing.upright else FREE_TURN) * (0.2 + 0.8 * thing.variety)
    return Frame(place, reach, float(rng.uniform(-most, most)), bool(rng.random() < 0.5))


def _bystander(thing: Thing, rng: Random) -> Thing:
    """Another thing, mostly one of the same top category."""
    others = [
        other
        for other in THINGS.values()
        if other is not thing and (other.kind[0] == thing.kind[0] or rng.random() < 0.2)
    ]
    return others[rng.integers(len(others))]


def _companion(thing: Thing, frame: Frame, rng: Random) -> tuple[Thing, Frame]:
    """Another thing, whole, a little smaller, across the picture from a thing and behind it."""
    x, y = (SIZE - at + rng.uniform(-8, 8) for at in frame.place)
    reach = min(frame.reach, 0.4 * SIZE) * rng.uniform(0.6, 1.0)
    other = _bystander(thing, rng)
    return other, _turned(other, (float(x), float(y)), float(reach), rng)


def _at_the_border(rng: Random) -> Frame:
    """A place from which a thing reaches into the picture with a part of it."""
    along, out = rng.uniform(0, SIZE), rng.uniform(-4, 5)
    x, y = ((along, -out), (along, SIZE + out), (-out, along), (SIZE + out, along))[rng.integers(4)]
    return Frame((float(x), float(y)), float(SIZE * rng.uniform(0.14, 0.24)), float(rng.uniform(-0.3, 0.3)))


def _hindered(picture: np.ndarray, top: str, frame: Frame, rng: Random) -> np.ndarray:
    """Paint something before a thing; bool, where the picture stayed as it was."""
    before = picture.copy()
    paint_hindrance(picture, top, rng, frame)
    return (picture == before).all(axis=-1)
