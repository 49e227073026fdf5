"""Pictures of different sizes as a few arrays of a file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np

from xaikit.core.fields import check_arrays

__all__ = ["packed_pictures", "packed_rows", "unpacked_pictures", "unpacked_rows"]


def packed_pictures(key: str, pictures: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Pictures or patches, uint8 (h, w, c) each, as one run of bytes and their shapes."""
    return {
        f"{key}/sizes": np.array([one.shape for one in pictures], int).reshape(-1, 3),
        f"{key}/pixels": np.concatenate([one.ravel() for one in pictures] or [np.empty(0, np.uint8)]),
    }


def unpacked_pictures(
    key: str, arrays: Mapping[str, np.ndarray], depth: int | None = None
) -> list[np.ndarray]:
    """What :func:`packed_pictures` packed; ValueError where it does not fit, or of another depth than c."""
    check_arrays(arrays, {f"{key}/sizes": "i n 3", f"{key}/pixels": "u p"})
    sizes, pixels = arrays[f"{key}/sizes"].tolist(), arrays[f"{key}/pixels"]
    ends = list(accumulate(math.prod(size) for size in sizes))
    wrong = any(min(size) < 1 or depth not in (None, size[2]) for size in sizes)
    if wrong or (ends or [0])[-1] != len(pixels):
        raise ValueError(f"the pictures {key!r} are of other sizes than they say")
    runs = np.split(pixels, ends[:-1]) if sizes else []
    return [run.reshape(size) for run, size in zip(runs, sizes, strict=True)]


def packed_rows(key: str, rows: Sequence[Sequence[np.ndarray]]) -> dict[str, np.ndarray]:
    """Rows of pictures, and how many there are in each."""
    counts = {f"{key}/counts": np.array([len(row) for row in rows], int)}
    return counts | packed_pictures(key, [picture for row in rows for picture in row])


def unpacked_rows(key: str, arrays: Mapping[str, np.ndarray]) -> list[list[np.ndarray]]:
    """What :func:`packed_rows` packed."""
    check_arrays(arrays, {f"{key}/counts": "i n"})
    counts, pictures = arrays[f"{key}/counts"].tolist(), iter(unpacked_pictures(key, arrays))
    if min(counts, default=0) < 0 or sum(counts) != len(arrays[f"{key}/sizes"]):
        raise ValueError(f"the rows of {key!r} are of other lengths than they say")
    return [[next(pictures) for _ in range(count)] for count in counts]
