"""Surface patterns: factors that multiply a color, lying in the picture's plane, read off where needed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image


class Places(NamedTuple):
    """Some sub-pixels, rows and columns int (n,), of a square of `size`, `zoom` of them to a step."""

    size: int
    zoom: int
    rows: np.ndarray
    columns: np.ndarray


def texture(kind: str, seed: int, places: Places) -> np.ndarray:
    """The factors of a pattern at n places.

    Parameters
    ----------
    kind : one of `xaikit.worlds.drawing.scene.TEXTURES` that has a pattern

    Returns
    -------
    float32 (n, 1), or (n, 3) for a pattern in colors
    """
    return _PATTERNS[kind](np.random.default_rng(seed), places)


def clouds(rng: np.random.Generator, size: int, cells: int) -> np.ndarray:
    """Smooth noise in 0..1, float32 (size, size), `cells` blobs across."""
    coarse = Image.fromarray(rng.integers(0, 256, (cells, cells), dtype=np.uint8))
    smooth = coarse.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(smooth, np.float32) / 255


def _camouflage(rng: np.random.Generator, places: Places) -> np.ndarray:
    size, _, rows, columns = places
    blobs, spots = clouds(rng, size, 15)[rows, columns], clouds(rng, size, 19)[rows, columns]
    factors = np.ones((len(rows), 3), np.float32)
    factors[blobs > 0.56] = (0.62, 0.52, 0.42)
    factors[spots > 0.64] = (0.42, 0.46, 0.44)
    factors[blobs < 0.26] = (1.28, 1.22, 1.1)
    return factors


def _canvas(rng: np.random.Generator, places: Places) -> np.ndarray:
    size, _, rows, columns = places
    folds = 1 + 0.10 * np.sin(columns * (2 * np.pi * rng.uniform(18, 24) / size) + rng.uniform(0, 6))
    return (folds * (0.84 + 0.3 * clouds(rng, size, 40)[rows, columns]))[:, None].astype(np.float32)


def _glass(rng: np.random.Generator, places: Places) -> np.ndarray:
    size, _, rows, columns = places
    slant = (rows * 0.7 + columns) / size * rng.uniform(5, 8) + rng.uniform(0, 6)
    streaks = np.clip(np.sin(slant * 2) * 3 - 1.6, 0, 1)
    return (0.88 + 0.75 * streaks)[:, None].astype(np.float32)


def _slats(rng: np.random.Generator, places: Places) -> np.ndarray:
    steps = (places.rows + 0.5) / places.zoom - 0.5
    lines = 1 + 0.13 * np.sign(np.sin(steps * (np.pi / rng.uniform(2.2, 3.0))))
    return lines[:, None].astype(np.float32)


def _worn(rng: np.random.Generator, places: Places) -> np.ndarray:
    return (0.80 + 0.36 * clouds(rng, places.size, 24)[places.rows, places.columns])[:, None]


_PATTERNS = {
    "camouflage": _camouflage,
    "canvas": _canvas,
    "glass": _glass,
    "slats": _slats,
    "worn": _worn,
}
