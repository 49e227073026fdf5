"""Check the maps of a heatmap explorer, pack them small for the page, and tell what of them lies in a box.

A value v of a map whose largest magnitude is m travels as the whole number q = ± round(√(|v| / m) · L); L,
the number of levels on each side of zero, is 32,767 at 16 bits. By the root, small values keep their digits:
most values of a gradient are small. The differences q(x) − q(x−1) along each row, first their high bytes and
then their low ones, are deflated: smooth maps shrink to a tenth, noisy ones hardly.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xaikit.core.images.checks import Float32, UInt8, check_image
from xaikit.widgets.kit.packing import field, number

PRECISIONS = (16, 12, 8)  # bits per value
MOST_FULL = 0.2  # of the pixels that are not zero, at full contrast
BUDGET = 180_000  # bytes of all maps together that fit into a notebook without asking for it

Box = tuple[float, float, float, float]
Whole = NDArray[np.int16]
Sizes = NDArray[np.int64]


@dataclass(frozen=True)
class MapSeries:
    """One map of every picture: a method's answer about a class."""

    method: str
    targets: tuple[str, ...]
    values: tuple[Float32, ...]
    layer: str = ""
    notes: tuple[str, ...] = ()

    @property
    def signed(self) -> bool:
        """Whether any value is below zero."""
        return any(bool((one[np.isfinite(one)] < 0).any()) for one in self.values)


def check_pictures(images: UInt8 | Sequence[UInt8]) -> list[UInt8]:
    """Return the pictures as a list of uint8 (h, w, 3), or raise."""
    single = isinstance(images, np.ndarray) and images.ndim == 3
    pictures = [images] if single else list(images)
    if not pictures:
        raise ValueError("`images` must hold at least one picture; got none.")
    return [check_image(np.asarray(one)) for one in pictures]


def check_maps(maps: Sequence[Mapping[str, Any]], pictures: Sequence[UInt8]) -> list[MapSeries]:
    """Return the maps with their values as float32, or raise where they do not fit the pictures."""
    if isinstance(maps, Mapping) or not len(maps):
        raise ValueError(
            "`maps` must be a sequence of at least one mapping with `method`, `target`, `values`."
        )
    series = [_series(one, pictures) for one in maps]
    for number_of, _ in enumerate(pictures):
        names = [(one.method, one.targets[number_of], one.layer) for one in series]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(
                f"the maps must differ in method, target or layer; {twice} came twice. Name one differently."
            )
    return series


def _series(one: Mapping[str, Any], pictures: Sequence[UInt8]) -> MapSeries:
    method, n = str(field(one, "method", "a map")), len(pictures)
    return MapSeries(
        method=method,
        targets=_for_each(field(one, "target", f"the map {method!r}"), n, f"`target` of {method!r}"),
        values=_values(field(one, "values", f"the map {method!r}"), pictures, method),
        layer=str(one.get("layer") or ""),
        notes=_for_each(one.get("note") or "", n, f"`note` of {method!r}"),
    )


def _for_each(value: Any, n: int, what: str) -> tuple[str, ...]:
    """A text for each of n pictures, of one for all or of a sequence."""
    if isinstance(value, str):
        return (value,) * n
    texts = tuple(map(str, value)) if isinstance(value, Sequence) else ()
    if len(texts) != n:
        raise ValueError(f"{what} must be a text, or one for each of {n} pictures; got {value!r}.")
    return texts


def _values(values: Any, pictures: Sequence[UInt8], method: str) -> tuple[Float32, ...]:
    whole = np.asarray(values) if len(pictures) == 1 else None
    if whole is not None and whole.ndim == 2:
        values = [whole]
    if len(values) != len(pictures):
        raise ValueError(
            f"`values` of {method!r} must hold a map for each of {len(pictures)} pictures; got {len(values)}."
        )
    result = []
    for one, picture in zip(values, pictures, strict=True):
        array = np.asarray(one)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"`values` of {method!r} must be real numbers; got {array.dtype}.")
        if array.shape != picture.shape[:2]:
            raise ValueError(
                f"`values` of {method!r} must have the picture's shape {picture.shape[:2]}; "
                f"got {array.shape}. Enlarge the map to the picture first."
            )
        with np.errstate(over="ignore"):  # beyond float32 it is infinite, which is told
            result.append(array.astype(np.float32))
    return tuple(result)


def check_boxes(
    boxes: Sequence[Mapping[str, Any] | None] | Mapping[str, Any] | None, pictures: Sequence[UInt8]
) -> list[dict[str, Box]]:
    """Return {name: (x0, y0, x1, y1)} for each picture, in pixels and inside it, or raise."""
    if isinstance(boxes, Mapping) and len(pictures) == 1:
        boxes = [boxes]
    each: list[Any] = [None] * len(pictures) if boxes is None else list(boxes)
    if isinstance(boxes, Mapping) or len(each) != len(pictures):
        raise ValueError(
            f"`boxes` must hold {{name: (x0, y0, x1, y1)}} or None for each of {len(pictures)} pictures; "
            f"got {len(each)}."
        )
    return [
        {str(name): _box(box, str(name), picture) for name, box in (one or {}).items()}
        for one, picture in zip(each, pictures, strict=True)
    ]


def _box(box: Any, name: str, picture: UInt8) -> Box:
    if np.shape(box) != (4,):
        raise ValueError(f"the box of {name!r} must be (x0, y0, x1, y1) in pixels; got {box!r}.")
    x0, y0, x1, y1 = (number(value, f"the box of {name!r}") for value in box)
    height, width = picture.shape[:2]
    left, top, right, bottom = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if left >= right or top >= bottom:
        raise ValueError(
            f"the box of {name!r} must be (x0, y0, x1, y1) with some of the {width}×{height} picture in it; "
            f"got {(x0, y0, x1, y1)}."
        )
    return left, top, right, bottom


# --- packing ----------------------------------------------------------------------------------------------


def grid_of(picture: UInt8, side: int) -> tuple[int, int]:
    """Width and height at which the maps of a picture travel: no side longer than `side`."""
    height, width = picture.shape[:2]
    by = min(1.0, side / max(height, width))
    return max(1, round(width * by)), max(1, round(height * by))


def shrink_map(values: Float32, grid: tuple[int, int]) -> Float32:
    """Bring a map to a grid (width, height) by averaging."""
    if values.shape == grid[::-1]:
        return values
    return np.asarray(Image.fromarray(values).resize(grid, Image.Resampling.BOX))


def complaint(values: Float32) -> str:
    """Why a map cannot be drawn, in words; "" where it can."""
    n_broken = int((~np.isfinite(values)).sum())
    if n_broken:
        return f"Not drawn: {n_broken:,} of {values.size:,} values are NaN or infinite."
    return "" if values.any() else "Zero everywhere: this map shows nothing."


def quantise(values: Float32, bits: int) -> Whole:
    """Roots of values as whole numbers from −L to L; the largest magnitude becomes L = 2^(bits−1) − 1."""
    roots = np.sqrt(np.abs(values.astype(np.float64)) / float(np.abs(values).max()))
    return (np.sign(values) * np.rint(roots * levels_of(bits))).astype(np.int16)


def shares_of(whole: Whole, bits: int) -> NDArray[np.float64]:
    """What `quantise` made of values, as shares of the largest magnitude, −1 to 1."""
    roots = whole.astype(np.float64) / levels_of(bits)
    return roots * np.abs(roots)


def levels_of(bits: int) -> int:
    return 2 ** (bits - 1) - 1


def deflate(whole: Whole) -> bytes:
    """Whole numbers as the page takes them: see the module."""
    steps = np.diff(whole, axis=1, prepend=np.int16(0)).astype("<i2")  # wraps round, and back in the page
    planes = steps.view(np.uint8).reshape(-1, 2)
    return zlib.compress(np.concatenate([planes[:, 1], planes[:, 0]]).tobytes(), 9)


def pack_maps(
    series: Sequence[MapSeries], grids: Sequence[tuple[int, int]], bits: int
) -> list[dict[str, Any]]:
    """Pack maps for the page, at so many bits per value."""
    return [
        {
            "method": one.method, "layer": one.layer, "notes": list(one.notes), "signed": one.signed,
            "targets": list(one.targets),
            "cells": [_pack_cell(*pair, bits) for pair in zip(one.values, grids, strict=True)],
        }
        for one in series
    ]  # fmt: skip


def _pack_cell(values: Float32, grid: tuple[int, int], bits: int) -> dict[str, Any]:
    small = values if complaint(values) else shrink_map(values, grid)
    said = complaint(small)
    if said:
        return {"said": said, "peak": 0.0 if np.isfinite(small).all() else None, "data": None}
    return {"said": "", "peak": float(np.abs(small).max()), "data": deflate(quantise(small, bits))}


def pack_within_budget(
    series: Sequence[MapSeries], grids: Sequence[tuple[int, int]]
) -> tuple[list[dict[str, Any]], int]:
    """Pack maps at the highest precision at which all together keep to `BUDGET`, or else at the lowest."""
    for bits in PRECISIONS:
        packed = pack_maps(series, grids, bits)
        if sum(len(cell["data"] or b"") for one in packed for cell in one["cells"]) <= BUDGET:
            break
    return packed, bits


# --- what is kept, and where it lies ----------------------------------------------------------------------


def sizes_of(whole: Whole, sign: str) -> Sizes:
    """The size of each number, 0 where it is negative and only the positive counts; its square is energy."""
    return np.maximum(whole, 0).astype(np.int64) if sign == "positive" else np.abs(whole.astype(np.int64))


def energy_cut(sizes: Sizes, share: float) -> int:
    """The size from which on pixels are kept, so that they hold a share of the whole.

    As few as possible, and all that are equally strong; at 0 the strongest alone, at 1 every pixel.
    """
    if share >= 1 or not sizes.any():
        return 0
    counts = np.bincount(sizes.ravel())
    above = np.cumsum((counts * np.arange(len(counts)) ** 2)[::-1])[::-1]
    return int(np.flatnonzero((above > 0) & (above >= share * above[0]))[-1])


def full_from(whole: Whole, contrast: float) -> int:
    """The size from which on colors have their full strength.

    That of the strongest at contrast 0, up to that of a fifth of the pixels that are not zero at 1.
    """
    ranked = np.sort(np.abs(whole.astype(np.int64)), axis=None)[::-1]
    return int(ranked[int(contrast * MOST_FULL * np.count_nonzero(ranked))])


def inside_share(sizes: Sizes, cut: int, box: Box, size: Sequence[int]) -> float | None:
    """The share of the kept energy whose pixels have their middle in a box of a (width, height) picture.

    None where nothing is kept.
    """
    height, width = sizes.shape
    x = (np.arange(width) + 0.5) * size[0] / width
    y = (np.arange(height) + 0.5) * size[1] / height
    inside = ((y >= box[1]) & (y < box[3]))[:, None] & ((x >= box[0]) & (x < box[2]))
    kept = sizes**2 * (sizes >= cut)
    return float((kept * inside).sum() / kept.sum()) if kept.any() else None


def verdict(share: float, covers: float) -> str:
    """In words, how much of what is kept lies in the target's box, which covers a share of the picture."""
    much = "all" if share == 1 else "none" if share == 0 else percent(share)
    return f"{much} inside the box; half is a hit; the box covers {percent(covers)} of the picture"


def percent(share: float) -> str:
    """As the page writes it: what is not everything is never 100%."""
    if 0.995 < share < 1:
        return ">99%"
    return "<1%" if 0 < share < 0.005 else f"{int(100 * share + 0.5)}%"
