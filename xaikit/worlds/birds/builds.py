"""How birds are built: the lengths and angles by which families differ, and how they hold themselves."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]

POSTURES = ("upright", "level", "swimming")
SWIMMERS = ("gulls", "ducks")
"""The families that are seen swimming."""


@dataclass(frozen=True)
class Build:
    """Lengths of a family's birds, in units of the frame.

    Attributes
    ----------
    body : half length and half depth
    head : radius
    neck : how far the head stands above and before the body's front
    bill : length, depth at its base, and shape: "cone", "thin", "chisel", "hooked" or "flat"
    tail : length, width at its end, and how far it is lifted against the body's axis, radians
    wing : how far its tip reaches beyond the body's end
    legs : what is seen of them
    pitch : of the body's axis, upright and level, radians
    crest : it has one
    fork : how deep the tail is notched
    webbed : there are webs between the toes
    stand : where the legs are along the body, in half lengths before its middle
    """

    body: tuple[float, float]
    head: float
    neck: Point
    bill: tuple[float, float, str]
    tail: tuple[float, float, float]
    wing: float
    legs: float
    pitch: tuple[float, float]
    crest: bool = False
    fork: float = 0.0
    webbed: bool = False
    stand: float = -0.05


BUILDS: dict[str, Build] = {
    "finches": Build(
        body=(0.56, 0.36),
        head=0.34,
        neck=(0.02, 0.16),
        bill=(0.27, 0.3, "cone"),
        tail=(0.6, 0.26, 0.0),
        wing=0.2,
        legs=0.2,
        pitch=(0.82, 0.36),
        fork=0.1,
    ),
    "warblers": Build(
        body=(0.58, 0.32),
        head=0.31,
        neck=(0.02, 0.15),
        bill=(0.27, 0.12, "thin"),
        tail=(0.62, 0.22, 0.06),
        wing=0.22,
        legs=0.24,
        pitch=(0.72, 0.28),
    ),
    "woodpeckers": Build(
        body=(0.62, 0.33),
        head=0.32,
        neck=(0.02, 0.2),
        bill=(0.42, 0.16, "chisel"),
        tail=(0.55, 0.2, -0.12),
        wing=0.26,
        legs=0.16,
        pitch=(1.02, 0.6),
    ),
    "jays": Build(
        body=(0.6, 0.34),
        head=0.33,
        neck=(0.04, 0.17),
        bill=(0.33, 0.17, "chisel"),
        tail=(0.82, 0.4, 0.05),
        wing=0.2,
        legs=0.26,
        pitch=(0.76, 0.3),
        crest=True,
    ),
    "gulls": Build(
        body=(0.7, 0.32),
        head=0.3,
        neck=(0.0, 0.3),
        bill=(0.42, 0.16, "hooked"),
        tail=(0.34, 0.24, 0.0),
        wing=0.55,
        legs=0.34,
        pitch=(0.46, 0.16),
        webbed=True,
        stand=0.1,
    ),
    "ducks": Build(
        body=(0.74, 0.36),
        head=0.35,
        neck=(0.02, 0.36),
        bill=(0.42, 0.18, "flat"),
        tail=(0.3, 0.22, 0.25),
        wing=0.14,
        legs=0.2,
        pitch=(0.34, 0.1),
        webbed=True,
        stand=0.12,
    ),
    "wrens": Build(
        body=(0.52, 0.37),
        head=0.34,
        neck=(0.0, 0.12),
        bill=(0.3, 0.1, "thin"),
        tail=(0.5, 0.22, 1.15),
        wing=0.08,
        legs=0.24,
        pitch=(0.6, 0.2),
    ),
    "kingfishers": Build(
        body=(0.52, 0.35),
        head=0.41,
        neck=(0.04, 0.17),
        bill=(0.68, 0.2, "chisel"),
        tail=(0.32, 0.22, -0.05),
        wing=0.2,
        legs=0.12,
        pitch=(0.86, 0.5),
        stand=0.12,
    ),
}
