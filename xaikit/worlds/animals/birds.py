"""The shape of a bird: a ball on two thin legs, with a beak, folded wings and a fan of a tail."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xaikit.worlds.animals.pieces import Eye, Layer, Line, Piece, Point, Shape, limb
from xaikit.worlds.drawing.pen import bend
from xaikit.worlds.drawing.surfaces import Random

Placed = Callable[[float, float], Point]
FAR = 0.75  # light on the leg on the far side


def bird_shape(pose: str, seed: int) -> Shape:
    """A bird in a pose, in a frame in which it is about two units long."""
    rng = np.random.default_rng([seed, 0])
    fat, leg = rng.uniform(0.92, 1.1), rng.uniform(0.42, 0.62)
    pitch = -0.25 if pose == "head down" else float(rng.uniform(0.2, 0.6))
    low = -leg - 0.34 * fat

    def body(ahead: float, down: float) -> Point:
        cos, sin = np.cos(pitch), np.sin(pitch)
        return float(cos * ahead + sin * down), float(low - sin * ahead + cos * down)

    head_at = body(0.62, -0.36) if pose != "head down" else body(0.74, -0.14)
    nod = float(rng.uniform(-0.1, 0.15)) + (0.85 if pose == "head down" else 0.0)
    torso = limb(
        "torso", [body(-0.45, 0.02), body(0.0, 0.03), body(0.34, 0.0)], [0.24 * fat, 0.4 * fat, 0.38 * fat]
    )
    neck = limb("neck", [body(0.4, -0.12), head_at], [0.33 * fat, 0.25], ahead=0.12)
    step = float(rng.uniform(0.16, 0.26)) if pose == "walking" else 0.0
    tail = _tail(rng, body)
    head, beak, eye = _head(rng, head_at, nod)
    layers = (
        Layer((*_leg(-0.1, 0.3 * leg, step, FAR), *tail), 0.02),
        Layer(_leg(0.04, 0.3 * leg, -step, 1.0), 0.02),
        Layer((torso, neck), 0.12, shadow=0.2),
        Layer(_wing(body, fat), 0.06, shadow=0.3),
        Layer(beak, 0.02),
        Layer(head, 0.08, shadow=0.15),
    )
    return Shape(layers, (eye,), _feathers(body, fat))


def _leg(x: float, top: float, step: float, tone: float) -> tuple[Piece, ...]:
    foot = x + 0.04 + step
    toes = [
        limb("leg", [(foot, -0.035), (foot + reach, -0.025)], [0.035, 0.025], "beak", tone)
        for reach in (0.2, -0.1)
    ]
    shank = limb(
        "leg",
        [(x - 0.02, -top - 0.5), (x - 0.03 + 0.3 * step, -top), (foot, -0.04)],
        [0.08, 0.045, 0.04],
        "beak",
        tone,
    )
    return (shank, *toes)


def _tail(rng: Random, body: Placed) -> tuple[Piece, ...]:
    long, lift = float(rng.uniform(0.45, 0.8)), float(rng.uniform(-0.12, 0.12))
    root = body(-0.5, -0.02)
    return tuple(
        limb(
            "tail",
            [root, body(-0.62 - long + 0.04 * abs(k), lift + 0.07 * k)],
            [0.11, 0.075],
            "wing",
            1 - 0.06 * k,
        )
        for k in (-1, 0, 1)
    )


def _wing(body: Placed, fat: float) -> tuple[Piece, ...]:
    return (
        limb(
            "wing",
            [body(0.22, -0.06), body(-0.2, -0.01), body(-0.88, 0.06)],
            [0.25 * fat, 0.24 * fat, 0.03],
            "wing",
        ),
        limb("wing", [body(-0.1, 0.1), body(-0.7, 0.12)], [0.17 * fat, 0.03], "wing", 0.9),
    )


def _feathers(body: Placed, fat: float) -> tuple[Line, ...]:
    rows = [
        bend(body(0.16 - d, -0.24 * fat), body(0.02 - d, 0.0), body(0.06 - d, 0.2 * fat)) for d in (0.0, 0.2)
    ]
    long = [
        bend(body(-0.24, 0.02 + 0.07 * k), body(-0.5, 0.04 + 0.05 * k), body(-0.8, 0.05 + 0.02 * k))
        for k in (-1, 0, 1)
    ]
    return tuple(Line("wing", line) for line in (*rows, *long))


def _head(rng: Random, at: Point, nod: float) -> tuple[tuple[Piece, ...], tuple[Piece, ...], Eye]:
    size, long = float(rng.uniform(0.94, 1.08)), float(rng.uniform(0.2, 0.42))
    cos, sin = np.cos(nod) * size, np.sin(nod) * size

    def head(x: float, y: float) -> Point:
        return float(at[0] + cos * x - sin * y), float(at[1] + sin * x + cos * y)

    skull = limb("head", [head(-0.03, 0.0), head(0.04, 0.0)], 0.29 * size)
    upper = limb("beak", [head(0.24, 0.0), head(0.32 + long, 0.07)], [0.1 * size, 0.012], "beak")
    lower = limb("beak", [head(0.22, 0.07), head(0.26 + 0.8 * long, 0.1)], [0.07 * size, 0.012], "beak", 0.8)
    return (skull,), (lower, upper), Eye(head(0.12, -0.06), 0.075 * size)
