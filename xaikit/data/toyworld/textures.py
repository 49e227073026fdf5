"""Surface patterns: factors that multiply a colour, laid over the whole picture and used where a face has them."""

from __future__ import annotations

import numpy as np
from PIL import Image


def texture(kind: str, seed: int, size: int) -> np.ndarray:
    """Factors float32 (size, size, 1 or 3) of a pattern of `xaikit.data.toyworld.scene.TEXTURES`."""
    return _PATTERNS[kind](np.random.default_rng(seed), size)


def clouds(rng: np.random.Generator, size: int, cells: int) -> np.ndarray:
    """Smooth noise in 0..1, float32 (size, size), `cells` blobs across."""
    coarse = Image.fromarray(rng.integers(0, 256, (cells, cells), dtype=np.uint8))
    smooth = coarse.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(smooth, np.float32) / 255


def _camouflage(rng: np.random.Generator, size: int) -> np.ndarray:
    blobs, spots = clouds(rng, size, 15), clouds(rng, size, 19)
    factors = np.ones((size, size, 3), np.float32)
    factors[blobs > 0.56] = (0.62, 0.52, 0.42)
    factors[spots > 0.64] = (0.42, 0.46, 0.44)
    factors[blobs < 0.26] = (1.28, 1.22, 1.1)
    return factors


def _canvas(rng: np.random.Generator, size: int) -> np.ndarray:
    across = np.arange(size, dtype=np.float32)
    folds = 1 + 0.10 * np.sin(across / size * 2 * np.pi * rng.uniform(18, 24) + rng.uniform(0, 6))
    return (folds * (0.84 + 0.3 * clouds(rng, size, 40)))[..., None].astype(np.float32)


def _glass(rng: np.random.Generator, size: int) -> np.ndarray:
    grid = np.arange(size, dtype=np.float32)
    slant = (grid[:, None] * 0.7 + grid) / size * rng.uniform(5, 8) + rng.uniform(0, 6)
    streaks = np.clip(np.sin(slant * 2) * 3 - 1.6, 0, 1)
    return (0.88 + 0.75 * streaks)[..., None].astype(np.float32)


def _slats(rng: np.random.Generator, size: int) -> np.ndarray:
    rows = np.arange(size, dtype=np.float32)[:, None]
    lines = 1 + 0.13 * np.sign(np.sin(rows * (np.pi / rng.uniform(2.2, 3.0))))
    return np.broadcast_to(lines[..., None], (size, size, 1)).astype(np.float32)


def _worn(rng: np.random.Generator, size: int) -> np.ndarray:
    return (0.80 + 0.36 * clouds(rng, size, 24))[..., None]


_PATTERNS = {
    "camouflage": _camouflage,
    "canvas": _canvas,
    "glass": _glass,
    "slats": _slats,
    "worn": _worn,
}
