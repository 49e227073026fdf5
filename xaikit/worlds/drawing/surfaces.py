"""What things are covered with: textures, materials and colors, filled in wherever they are needed.

A pattern says for each place, in units of its own period, how far it lies between two colors. The same
patterns cover the things of `toyworld/things` and fill the pictures of `toyworld/textures`, `materials` and
`colors`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Random = np.random.Generator
Color = tuple[float, float, float]
Pattern = Callable[[np.ndarray, np.ndarray, Random], np.ndarray]

COLORS: dict[str, Color] = {
    "red": (200, 42, 40),
    "orange": (236, 132, 36),
    "yellow": (242, 208, 58),
    "green": (74, 148, 62),
    "blue": (48, 98, 192),
    "purple": (122, 66, 158),
    "pink": (240, 150, 186),
    "brown": (122, 78, 44),
    "black": (38, 36, 40),
    "white": (240, 239, 234),
    "grey": (134, 135, 138),
}
"""The named colors, 0..255."""

TAU = 2 * np.pi
N_CELLS = 16  # cells repeat after so many; a thing shows fewer


@dataclass(frozen=True)
class Surface:
    """A pattern in two colors.

    Attributes
    ----------
    pattern : one of `PATTERNS`
    first, second : colors, 0..255, at 0 and at 1 of the pattern
    period : length after which the pattern comes again, in half widths of the thing
    turn : radians by which the pattern is turned against the thing
    opacity : share of what lies behind that it hides
    """

    pattern: str
    first: Color
    second: Color
    period: float = 0.3
    turn: float = 0.0
    opacity: float = 1.0

    def painted(self, x: np.ndarray, y: np.ndarray, rng: Random) -> np.ndarray:
        """Colors (h, w, 3), float32, at places (h, w) given in half widths of the thing."""
        cos, sin = np.cos(self.turn) / self.period, np.sin(self.turn) / self.period
        u, v = x * np.float32(cos) + y * np.float32(sin), y * np.float32(cos) - x * np.float32(sin)
        mix = PATTERNS[self.pattern](u, v, rng)[..., None].astype(np.float32)
        low, high = np.asarray(self.first, np.float32), np.asarray(self.second, np.float32)
        return low + (high - low) * mix


def toned(color: Color, factor: float) -> Color:
    """A color made darker (below 1) or lighter (above 1, towards white)."""
    if factor <= 1:
        return tuple(c * factor for c in color)  # type: ignore[return-value]
    return tuple(c + (255 - c) * (factor - 1) for c in color)  # type: ignore[return-value]


def jittered(color: Color, rng: Random, spread: float) -> Color:
    """A color a little off in tone and lightness, `spread` of 255 at most."""
    shift = rng.uniform(-spread, spread) + rng.uniform(-spread, spread, 3) / 2
    return tuple(np.clip(np.asarray(color) + shift, 4, 251).tolist())


# ---- what patterns are made of


def _crisp(values: np.ndarray, sharpness: float) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(sharpness * values)


def _waves(u: np.ndarray, v: np.ndarray, rng: Random, n: int = 4) -> np.ndarray:
    """A smooth field in about -1..1: `n` waves of random directions and lengths of about one period."""
    total = np.zeros_like(u)
    for along, across in rng.uniform(-6, 6, (n, 2)).astype(np.float32):
        total += np.sin(along * u + across * v + np.float32(rng.uniform(0, TAU)))
    return total / n**0.5


def _cells(u: np.ndarray, v: np.ndarray, rng: Random, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places within unit cells, -0.5..0.5, and `n` random numbers of each place's cell (n, h, w)."""
    column, row = np.floor(u), np.floor(v)
    table = rng.random((n, N_CELLS, N_CELLS), np.float32)
    of_cell = table[:, column.astype(int) % N_CELLS, row.astype(int) % N_CELLS]
    return u - column - 0.5, v - row - 0.5, of_cell


def _bricks(u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places within rows of unit cells, every second row shifted by half: across -0.5..0.5, down 0..1."""
    row = np.floor(v)
    across = u + 0.5 * (row % 2)
    return across - np.floor(across) - 0.5, v - row


def _voronoi(u: np.ndarray, v: np.ndarray, rng: Random) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances to the nearest and second nearest of scattered seeds, and a number of the nearest."""
    column, row = np.floor(u).astype(int), np.floor(v).astype(int)
    table = rng.random((3, N_CELLS, N_CELLS), np.float32)
    first, second = np.full_like(u, 9), np.full_like(u, 9)
    number = np.zeros_like(u)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            x, y, value = table[:, (column + i) % N_CELLS, (row + j) % N_CELLS]
            away = np.hypot(column + i + x - u, row + j + y - v)
            nearer = away < first
            second = np.where(nearer, first, np.minimum(second, away))
            first = np.where(nearer, away, first)
            number = np.where(nearer, value, number)
    return first, second, number


# ---- textures


def _striped(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    bent = rng.uniform(0.02, 0.16) * np.sin(rng.uniform(1.2, 2.6) * v + rng.uniform(0, TAU))
    return _crisp(np.sin(TAU * (u + bent)), 3.0)


def _spotted(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    x, y, (dx, dy, size) = _cells(u, v, rng, 3)
    away = np.hypot(x - 0.24 * (dx - 0.5), y - 0.24 * (dy - 0.5))
    return _crisp(0.22 + 0.13 * size - away, 12.0)


def _chequered(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return _crisp(np.sin(TAU / 2 * u) * np.sin(TAU / 2 * v), 5.0)


def _grid(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    bar = np.cos(TAU * rng.uniform(0.09, 0.13))
    return _crisp(np.maximum(np.cos(TAU * u), np.cos(TAU * v)) - bar, 7.0)


def _scaly(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    across, down = _bricks(u, 1.6 * v)
    own = np.hypot(across, 0.75 * down)
    under = np.hypot(0.5 - np.abs(across), 0.75 * (1 - down))
    return np.clip(np.where(own < 0.52, own, under) / 0.52, 0, 1) ** 3


def _feathered(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    across, down = _bricks(1.15 * u, 0.8 * v)
    side = np.abs(across)
    own = down < 1.05 - 1.9 * side**2
    down = np.where(own, down, down - 1.0 + 0.45)
    side = np.where(own, side, 0.5 - side)
    barbs = 0.5 + 0.5 * np.sin(TAU * (3.2 * down + 3.0 * side))
    shaft = np.exp(-((side / 0.06) ** 2))
    return np.clip(0.15 + 0.55 * np.clip(down, 0, 1) ** 2 + 0.25 * barbs + 0.5 * shaft, 0, 1)


def _furry(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    table = rng.random((3, 64, 64), np.float32)
    lean = 6 * u + 1.2 * np.sin(1.1 * v + 0.9 * u + rng.uniform(0, TAU))
    strand = np.floor(lean).astype(int) % 64
    along = 0.9 * v + 3 * table[1, strand, 0]
    tuft = table[0, strand, np.floor(along).astype(int) % 64]
    return np.clip(0.75 * tuft + 0.3 * (along - np.floor(along)), 0, 1)


def _cracked(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    first, second, number = _voronoi(u, v, rng)
    return np.clip(_crisp(0.1 - (second - first), 14.0) + 0.16 * number, 0, 1)


def _woven(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    column, row = np.floor(u), np.floor(v)
    x, y = u - column, v - row
    over = (column + row) % 2 == 0
    across, along = np.where(over, y, x), np.where(over, x, y)
    strands = np.abs(np.sin(3 * np.pi * across)) ** 0.6  # three beside each other, over three, under three
    return 1 - strands * (0.3 + 0.7 * np.sin(np.pi * along))


def _wavy(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    swing = 0.36 * np.sin(TAU * 0.42 * u + rng.uniform(0, TAU))
    swing = swing + 0.12 * np.sin(TAU * 0.19 * u + 2 * v + rng.uniform(0, TAU))
    return _crisp(np.sin(TAU * (v + swing)), 1.4)


def _speckled(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    x, y, (dx, dy, size) = _cells(2.6 * u, 2.6 * v, rng, 3)
    away = np.hypot(x - 0.5 * (dx - 0.5), y - 0.5 * (dy - 0.5))
    return _crisp(0.75 * size - 0.28 - away, 8.0)


def _smooth(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return 0.5 + 0.5 * np.sin(rng.uniform(0.25, 0.45) * u + rng.uniform(-0.3, 0.3) * v + rng.uniform(0, TAU))


def _zigzag(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    rise = np.abs(u - np.floor(u) - 0.5)
    return _crisp(np.sin(TAU * (v + 1.1 * rise)), 3.0)


def _marbled(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    bent = 0.7 * u + 0.5 * _waves(0.5 * u, 0.5 * v, rng)
    return (1 - np.abs(np.sin(np.pi * bent))) ** 1.5


def _mottled(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """No texture to speak of, for what lies behind things."""
    return 0.5 + 0.3 * _waves(0.5 * u, 0.5 * v, rng, 3)


def _leafy(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """Blades and leaves from afar, upright."""
    _, y, (bright, start, _) = _cells(5 * u + 0.8 * np.sin(2 * v), 0.7 * v + 0.35 * np.floor(5 * u), rng, 3)
    return np.clip(0.25 + 0.6 * bright * (0.7 - y) + 0.2 * start, 0, 1)


def _bricked(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """Rows of bricks with light joints."""
    across, down = _bricks(u, 2 * v)
    return np.maximum(_crisp(np.abs(across) - 0.45, 20.0), _crisp(np.abs(down - 0.5) - 0.4, 12.0))


# ---- materials


def _wood(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    sway = 0.3 * np.sin(0.55 * u + rng.uniform(0, TAU)) + 0.1 * _waves(0.2 * u, 0.5 * v, rng, 2)
    rings = 2.2 * (v + sway)
    rings = rings - np.floor(rings)
    return np.clip(0.15 + 0.8 * rings**1.7 + 0.10 * rng.standard_normal(u.shape, np.float32), 0, 1)


def _metal(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    shine = np.sin(1.5 * (u + 0.35 * v) + rng.uniform(0, TAU)) + 0.5 * np.sin(3.7 * u + rng.uniform(0, TAU))
    table = rng.random(256, np.float32)
    brushed = table[np.floor(9 * v).astype(int) % 256]
    return np.clip(0.42 + 0.45 * np.tanh(1.6 * shine) + 0.22 * (brushed - 0.5), 0, 1)


def _glass(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    slant = 0.55 * (u + 0.7 * v) + rng.uniform(0, 1)
    streak = np.clip(3 * np.sin(TAU * 0.33 * slant) - 1.7, 0, 1) + np.clip(
        4 * np.sin(TAU * 0.8 * slant) - 3.2, 0, 1
    )
    return np.clip(0.25 + 0.12 * _waves(0.15 * u, 0.15 * v, rng, 2) + 0.75 * streak, 0, 1)


def _fabric(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    threads = np.sin(TAU * 2.1 * u) * 0.22 + np.sin(TAU * 2.1 * v) * 0.22
    folds = 0.3 * np.sin(0.9 * u + 0.5 * v + 0.8 * np.sin(0.6 * v) + rng.uniform(0, TAU))
    return np.clip(0.5 + threads + folds, 0, 1)


def _stone(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    first, _, number = _voronoi(0.8 * u, 0.8 * v, rng)
    grain = rng.standard_normal(u.shape, np.float32)
    return np.clip(0.15 + 0.5 * number + 0.35 * first + 0.14 * grain, 0, 1)


def _foliage(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    first, _, number = _voronoi(1.5 * u, 1.1 * v, rng)
    return np.clip(1.05 - 1.3 * first + 0.55 * (number - 0.5), 0, 1)


def _plastic(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    x, y, (dx, dy) = _cells(0.3 * u, 0.3 * v, rng, 2)
    away = np.hypot(1.3 * (x - 0.4 * (dx - 0.5)), 0.7 * (y - 0.4 * (dy - 0.5)))
    return np.clip(0.25 + 0.16 * np.sin(0.6 * u + 0.3 * v) + 1.2 * np.exp(-((away / 0.16) ** 2)), 0, 1)


def _water(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    ripple = np.sin(
        TAU * 0.9 * v + 1.6 * np.sin(1.7 * u + rng.uniform(0, TAU)) + _waves(0.3 * u, 0.5 * v, rng, 3)
    )
    return np.clip(0.4 + 0.25 * ripple + 0.6 * np.clip(2 * ripple - 1.4, 0, 1), 0, 1)


TEXTURES: dict[str, Pattern] = {
    "striped": _striped,
    "spotted": _spotted,
    "chequered": _chequered,
    "grid": _grid,
    "scaly": _scaly,
    "feathered": _feathered,
    "furry": _furry,
    "cracked": _cracked,
    "woven": _woven,
    "wavy": _wavy,
    "zigzag": _zigzag,
    "marbled": _marbled,
}
MATERIALS: dict[str, Pattern] = {
    "wood": _wood,
    "metal": _metal,
    "glass": _glass,
    "fabric": _fabric,
    "stone": _stone,
    "foliage": _foliage,
    "plastic": _plastic,
    "water": _water,
}
PATTERNS: dict[str, Pattern] = {
    **TEXTURES,
    **MATERIALS,
    "smooth": _smooth,
    "speckled": _speckled,
    "mottled": _mottled,
    "leafy": _leafy,
    "bricks": _bricked,
}

_TINTS: dict[str, tuple[tuple[Color, Color], ...]] = {
    "wood": (
        ((104, 62, 30), (176, 122, 70)),
        ((146, 98, 52), (214, 166, 106)),
        ((74, 46, 30), (128, 84, 54)),
        ((172, 132, 84), (232, 198, 146)),
    ),
    "metal": (
        ((84, 88, 96), (226, 230, 236)),
        ((112, 116, 122), (244, 246, 248)),
        ((128, 92, 30), (250, 222, 128)),
        ((110, 70, 48), (232, 172, 130)),
    ),
    "glass": (
        ((128, 172, 178), (240, 252, 252)),
        ((96, 150, 116), (220, 248, 226)),
        ((132, 156, 196), (244, 248, 255)),
        ((150, 104, 62), (250, 228, 190)),
    ),
    "stone": (
        ((88, 86, 84), (182, 180, 174)),
        ((114, 104, 92), (202, 190, 172)),
        ((74, 78, 88), (154, 160, 170)),
    ),
    "foliage": (
        ((20, 56, 24), (112, 168, 66)),
        ((34, 72, 34), (142, 182, 84)),
        ((24, 62, 48), (98, 158, 106)),
        ((92, 56, 20), (222, 146, 50)),
    ),
    "water": (
        ((22, 78, 126), (176, 220, 236)),
        ((26, 102, 120), (170, 230, 226)),
        ((50, 84, 116), (190, 206, 220)),
    ),
}


def material(name: str, rng: Random, variety: float = 1.0, period: float = 0.3, turn: float = 0.0) -> Surface:
    """One of `MATERIALS` in colors that it comes in: the first of them at no `variety`, any at 1."""
    spread = 5 + 16 * variety
    if name in _TINTS:
        tints = _TINTS[name]
        low, high = tints[rng.integers(max(1, round(variety * len(tints))))]
    else:  # fabric and plastic are dyed
        names = list(COLORS)
        dye = COLORS[names[rng.integers(max(1, round(variety * len(names))))]]
        low, high = toned(dye, 0.72), toned(dye, 1.25 if name == "fabric" else 1.7)
    shift = rng.uniform(-spread, spread) + rng.uniform(-spread, spread, 3) / 2
    first, second = (tuple(np.clip(np.asarray(c) + shift, 4, 251).tolist()) for c in (low, high))
    return Surface(name, first, second, period, turn, 0.72 if name == "glass" else 1.0)
