"""What covers floors, walls and furniture: factors that multiply a color, at places in metres on a face."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Random = np.random.Generator
N = 256  # random numbers in a table; cells repeat after so many


def texture(kind: str, seed: int, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The factors of a pattern at n places.

    Parameters
    ----------
    kind : one of `TEXTURES`
    u, v : float32 (n,), metres along a face and up it

    Returns
    -------
    float32 (n, 1), or (n, 3) for a pattern in colors
    """
    factors = TEXTURES[kind](u, v, np.random.default_rng(seed))
    return factors[:, None] if factors.ndim == 1 else factors


def _steps(values: np.ndarray) -> np.ndarray:
    return np.floor(values).astype(np.int32)


def _noise(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """A number in 0..1 for each unit cell."""
    table = rng.random((2, N), np.float32)
    first = _steps(u) % N
    return (table[0, first] + table[1, (_steps(v) + 31 * first) % N]) % 1


def _soft(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """A smooth field in about -1..1."""
    total = np.zeros_like(u)
    for along, across, start in rng.uniform(-6, 6, (3, 3)).astype(np.float32):
        total += np.sin(along * u + across * v + start)
    return total / 3


def _seam(values: np.ndarray, width: float) -> np.ndarray:
    """True where a line runs between unit cells."""
    place = values - np.floor(values)
    return (place < width) | (place > 1 - width)


def _planks(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    width, length = np.float32(rng.uniform(0.12, 0.2)), np.float32(rng.uniform(1.1, 1.8))
    if rng.random() < 0.5:
        u, v = v, u
    across = u / width
    shift = rng.random(N, np.float32)[_steps(across) % N]
    along = v / length + shift
    tone = 0.86 + 0.26 * _noise(across, along, rng)
    tone *= 1 + 0.05 * np.sin(90 * u + 3 * np.sin(3 * v) + 20 * tone)
    tone[_seam(across, 0.05) | _seam(along, 0.008)] *= 0.78
    return tone


def _parquet(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    side = np.float32(rng.uniform(0.36, 0.5))
    a, b = u / side, v / side
    lying = (_steps(a) + _steps(b)) % 2 == 0
    strip = np.where(lying, a, b) * 4
    tone = 0.86 + 0.2 * _noise(strip, np.where(lying, b, a) + 57 * lying, rng)
    tone = tone * np.where(lying, np.float32(1.06), np.float32(0.95))
    tone[_seam(strip, 0.05)] *= 0.86
    return tone


def _tiles(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    side = np.float32(rng.uniform(0.28, 0.5))
    a, b = u / side, v / side
    tone = 0.95 + 0.1 * _noise(a, b, rng)
    tone[_seam(a, 0.03) | _seam(b, 0.03)] *= 0.76
    return tone


def _chequered(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    side = np.float32(rng.uniform(0.3, 0.45))
    dark = np.float32(rng.uniform(0.45, 0.72))
    odd = (_steps(u / side) + _steps(v / side)) % 2 == 1
    return np.where(odd, dark, np.float32(1.06))


def _carpet(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return 0.93 + 0.13 * _noise(u * 50, v * 50, rng) + 0.02 * _soft(u, v, rng)


def _concrete(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return 0.97 + 0.04 * _soft(u, v, rng) + 0.05 * _noise(u * 34, v * 34, rng)


def _striped(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    period, dark = np.float32(rng.uniform(0.16, 0.4)), np.float32(rng.uniform(0.82, 0.93))
    return np.where(u / period - np.floor(u / period) < 0.5, dark, np.float32(1.04))


def _dotted(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    side, tone = np.float32(rng.uniform(0.16, 0.28)), np.float32(rng.choice((0.8, 1.18)))
    row = np.floor(v / side)
    across = u / side + 0.5 * (row % 2)
    away = np.hypot(across - np.floor(across) - 0.5, v / side - row - 0.5)
    return np.where(away < 0.24, tone, np.float32(1))


def _bricks(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    down = v / 0.11
    across = u / 0.34 + 0.5 * (np.floor(down) % 2)
    tone = 0.88 + 0.2 * _noise(across, down, rng)
    tone[_seam(across, 0.04) | _seam(down, 0.09)] = 1.14
    return tone


def _paneled(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """Boards up to the waist, a rail, and plain wall above."""
    low = v < 0.95
    tone = np.where(low, np.float32(0.84), np.float32(1.02))
    tone[low & _seam(u / 0.24, 0.04)] *= 0.9
    tone[(v > 0.9) & (v < 0.97)] = 0.7
    return tone


def _wood(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    start = rng.uniform(0, 6)
    rings = np.sin(70 * v + 2.2 * np.sin(2.4 * u + start) + 8 * np.sin(0.9 * u))
    return 0.98 + 0.05 * rings + 0.05 * _soft(u, 3 * v, rng)


def _fabric(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return 0.95 + 0.1 * _noise(u * 45, v * 45, rng) + 0.04 * _soft(2 * u, 2 * v, rng)


def _plaid(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    side, dark = np.float32(rng.uniform(0.2, 0.36)), np.float32(rng.uniform(0.74, 0.86))
    bands = [np.where(w / side - np.floor(w / side) < 0.4, dark, np.float32(1.05)) for w in (u, v)]
    return bands[0] * bands[1]


def _banded(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    side, dark = np.float32(rng.uniform(0.14, 0.3)), np.float32(rng.uniform(0.62, 0.8))
    return np.where(v / side - np.floor(v / side) < 0.4, dark, np.float32(1.06))


def _folds(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return 0.92 + 0.16 * np.sin(u * rng.uniform(46, 66) + 0.7 * np.sin(2 * v))


def _marble(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    veins = np.abs(np.sin(5 * u + 3 * v + 2.4 * _soft(1.6 * u, 1.6 * v, rng)))
    return 0.82 + 0.22 * np.sqrt(veins)


def _books(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    across = u / np.float32(rng.uniform(0.045, 0.065))
    colors = rng.uniform(0.2, 1.0, (N, 3)).astype(np.float32)
    colors *= rng.uniform(0.5, 1.05, (N, 1)).astype(np.float32)
    tones = colors[(_steps(across) + 41 * _steps(v / 0.36)) % N]
    tones[_seam(across, 0.09)] *= 0.55
    return tones


def _leaves(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return 0.62 + 0.75 * _noise(u * 16, v * 16, rng)


def _painting(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """Hills under a sky, or shapes of color."""
    first, second, third = rng.uniform(0.25, 1.0, (3, 3)).astype(np.float32)
    if rng.random() < 0.5:
        ridge = v - 0.12 * np.sin(u * rng.uniform(4, 9) + rng.uniform(0, 6)) - rng.uniform(0.2, 0.35)
        mix = np.where(ridge > 0, np.float32(1), np.float32(0))[:, None]
        near = (ridge < -0.1)[:, None]
        return np.where(near, third, mix * (first * 0.3 + 0.7) + (1 - mix) * second)
    blobs = _soft(2 * u, 2 * v, rng)[:, None]
    return np.where(blobs > 0.25, first, np.where(blobs < -0.2, second, third))


def _writing(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    """Lines of different lengths, as of text, on a light ground."""
    row = v / np.float32(rng.uniform(0.1, 0.14))
    ends = rng.uniform(-0.3, 0.8, N).astype(np.float32)[_steps(row) % N]
    inked = (row - np.floor(row) < 0.38) & (u < ends) & (_noise(u * 14, row, rng) > 0.2)
    return np.where(inked, np.float32(0.45), np.float32(1))


def _blinds(u: np.ndarray, v: np.ndarray, rng: Random) -> np.ndarray:
    return np.where(v / 0.07 - np.floor(v / 0.07) < 0.3, np.float32(0.72), np.float32(1.0))


TEXTURES: dict[str, Callable[[np.ndarray, np.ndarray, Random], np.ndarray]] = {
    "planks": _planks,
    "parquet": _parquet,
    "tiles": _tiles,
    "chequered": _chequered,
    "carpet": _carpet,
    "concrete": _concrete,
    "striped": _striped,
    "dotted": _dotted,
    "bricks": _bricks,
    "paneled": _paneled,
    "wood": _wood,
    "fabric": _fabric,
    "plaid": _plaid,
    "banded": _banded,
    "folds": _folds,
    "marble": _marble,
    "books": _books,
    "leaves": _leaves,
    "painting": _painting,
    "writing": _writing,
    "blinds": _blinds,
}
"""Patterns by name; a paint may also be "plain", or "glow", which no light changes."""
