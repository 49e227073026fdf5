"""What animals are made of: round limbs along lines, some melted into each other, painted layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Piece:
    """A limb: round, along a line through some points, and as thick as the radius at each.

    Attributes
    ----------
    part : one of `PARTS`
    points : float64 (k, 2), in the animal's frame: x ahead, y down
    radii : float64 (k,)
    paint : what of the animal's coat it wears, one of `coats.PAINTS`
    tone : share of the light that it gets; less on the far side
    ahead : how much nearer than others of its layer it is
    """

    part: str
    points: np.ndarray
    radii: np.ndarray
    paint: str = "coat"
    tone: float = 1.0
    ahead: float = 0.0

    def bounds(self, margin: float = 0.0) -> Bounds:
        """Left, top, right and bottom."""
        low = (self.points - self.radii[:, None]).min(axis=0) - margin
        high = (self.points + self.radii[:, None]).max(axis=0) + margin
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


@dataclass(frozen=True)
class Layer:
    """Pieces that melt into each other over a distance; with `wool`, their border is curly."""

    pieces: tuple[Piece, ...]
    melt: float = 0.1
    wool: float = 0.0
    shadow: float = 0.0


@dataclass(frozen=True)
class Eye:
    """Where an eye is, its radius, and the color around its pupil."""

    at: Point
    radius: float
    iris: str = "dark"


@dataclass(frozen=True)
class Line:
    """A thin line that belongs to a part, a share of a pixel wide; light or dark."""

    part: str
    points: np.ndarray
    light: bool = False


@dataclass(frozen=True)
class Shape:
    """An animal in a pose: layers from the back to the front, then lines, then eyes."""

    layers: tuple[Layer, ...]
    eyes: tuple[Eye, ...]
    lines: tuple[Line, ...] = ()

    @property
    def pieces(self) -> list[Piece]:
        """All pieces, from the back to the front."""
        return [piece for layer in self.layers for piece in layer.pieces]

    def bounds(self) -> Bounds:
        """Of all pieces."""
        left, top, right, bottom = zip(*(piece.bounds() for piece in self.pieces), strict=True)
        return min(left), min(top), max(right), max(bottom)

    def without(self, parts: Sequence[str]) -> Shape:
        """The shape without some parts."""
        layers = [
            replace(layer, pieces=kept)
            for layer in self.layers
            if (kept := tuple(piece for piece in layer.pieces if piece.part not in parts))
        ]
        lines = tuple(line for line in self.lines if line.part not in parts)
        return Shape(tuple(layers), () if "eye" in parts else self.eyes, lines)


def limb(
    part: str,
    points: Sequence[Point] | np.ndarray,
    radii: Sequence[float] | np.ndarray | float,
    paint: str = "coat",
    tone: float = 1.0,
    ahead: float = 0.0,
) -> Piece:
    """A piece; one radius stands for all its points."""
    places = np.asarray(points, float).reshape(-1, 2)
    thick = np.full(len(places), radii) if np.isscalar(radii) else np.asarray(radii, float)
    return Piece(part, places, thick, paint, tone, ahead)


@dataclass(frozen=True)
class Placing:
    """Where a head sits: its middle, its size, and how far it is turned down."""

    at: Point
    size: float
    turn: float

    def __call__(self, points: Sequence[Point] | np.ndarray) -> np.ndarray:
        """Points (k, 2) of the head as points of the animal."""
        x, y = np.asarray(points, float).reshape(-1, 2).T * self.size
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return np.stack([self.at[0] + cos * x - sin * y, self.at[1] + sin * x + cos * y], 1)

    def point(self, x: float, y: float) -> Point:
        """One point of the head as a point of the animal."""
        place = self([(x, y)])[0].tolist()
        return place[0], place[1]

    def piece(self, piece: Piece) -> Piece:
        """A piece of the head as a piece of the animal."""
        return replace(piece, points=self(piece.points), radii=piece.radii * self.size)
