"""Check what a contribution chart is given, and pack it for the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from xaikit.core.images import overlay
from xaikit.core.images.checks import Float32, UInt8, check_image
from xaikit.plots.views import Counted, Reading
from xaikit.widgets.heatmaps.maps import MapSeries, complaint, grid_of, pack_within_budget
from xaikit.widgets.kit.packing import encode_picture

MOST = 12  # parts that have a bar of their own
SIDE = 256  # pixels at which pictures travel
MAP_SIDE, SMALL_SIDE, FEW = 64, 32, 60  # and maps, where they are few and where they are more
FULL = 0.99  # of the values that are not zero; the strongest all have full color, or one sees a few dots
DIGITS = 5  # of what a single concept gives: there may be thousands


def check_views(views: Sequence[Counted]) -> list[Counted]:
    """Return the views of at least one picture, all of the same parts and readings, or raise."""
    listed = list(views)
    if not listed or not all(isinstance(one, Counted) for one in listed):
        raise ValueError(f"`views` must hold a Counted for each of one or more pictures; got {views!r}.")
    names, readings = list(listed[0].names), list(listed[0].readings)
    if not names or not readings or not all(isinstance(one, str) for one in (*names, *readings)):
        raise ValueError(f"a view must have one or more parts and readings; got {names} and {readings}.")
    for one in listed:
        if list(one.names) != names or list(one.readings) != readings:
            raise ValueError(
                f"all views must have the parts {names} and the readings {readings}; got {list(one.names)} "
                f"and {list(one.readings)}."
            )
        _check_forms(one, len(names))
    return listed


def _check_forms(view: Counted, n: int) -> None:
    size = check_image(view.picture).shape[:2]
    if view.heat is not None and np.shape(view.heat) != size:
        raise ValueError(f"`heat` of a view must have shape {size}; got {np.shape(view.heat)}.")
    form = () if view.maps is None else np.shape(view.maps)
    if view.maps is not None and (len(form) != 3 or form[0] != n or 0 in form or np.less(view.maps, 0).any()):
        raise ValueError(
            f"`maps` of a view must be one (h, w) for each of {n} parts, none below zero; got shape {form}."
        )
    for who, reading in view.readings.items():
        if np.shape(reading.gives) != (n,):
            raise ValueError(
                f"`gives` of {who!r} must be one for each of {n} parts; got {np.shape(reading.gives)}."
            )
        if reading.single is not None and np.ndim(reading.single) != 1:
            raise ValueError(f"`single` of {who!r} must be a row; got shape {np.shape(reading.single)}.")


def pack_views(views: Sequence[Counted]) -> list[dict[str, Any]]:
    """The views for the page, each with the maps of the parts that have a bar anywhere."""
    rows = [view.largest(MOST) for view in views]
    some = sorted({k for own in rows for k in own})
    known = any(view.maps is not None for view in views)
    side = MAP_SIDE if len(some) * len(views) <= FEW else SMALL_SIDE
    grids = [grid_of(view.picture, side) for view in views]
    targets = tuple(view.cls for view in views)
    series = [
        MapSeries(
            str(k), targets, tuple(_map_of(view, k, grid) for view, grid in zip(views, grids, strict=True))
        )
        for k in some
        if known
    ]
    packed = pack_within_budget(series, grids)[0] if known else []
    cells = dict(zip(some, (own["cells"] for own in packed), strict=False))
    return [
        _pack_view(view)
        | {
            "rows": own,
            "grid": list(grid),
            "cells": {} if view.maps is None else {str(k): cells[k][n] for k in some},
        }
        for n, (view, own, grid) in enumerate(zip(views, rows, grids, strict=True))
    ]


def _map_of(view: Counted, k: int, grid: tuple[int, int]) -> Float32:
    """Where a part is seen, on the grid (width, height) at which it travels."""
    if view.maps is None:
        return np.zeros(grid[::-1], np.float32)
    values = Image.fromarray(np.asarray(view.maps[k], np.float32))
    return np.asarray(values.resize(grid, Image.Resampling.BILINEAR))  # where it is made smaller, it averages


def _pack_view(view: Counted) -> dict[str, Any]:
    heat = heat_of(view)
    return {
        "cls": str(view.cls),
        "answer": str(view.answer),
        "score": _known(view.score),
        "readings": {who: _pack_reading(one) for who, one in view.readings.items()},
        "image": encode_picture(view.picture, SIDE),
        "heat": b"" if heat is None else encode_picture(heat, SIDE),
        "heat_name": str(view.heat_name),
    }


def _pack_reading(reading: Reading) -> dict[str, Any]:
    single = () if reading.single is None else np.asarray(reading.single, float).tolist()
    return {
        "start": _known(reading.start),
        "gives": [_known(one) for one in reading.gives],
        "single": [float(f"{one:.{DIGITS}g}") if math.isfinite(one) else None for one in single],
    }


def heat_of(view: Counted) -> UInt8 | None:
    """The picture under its heatmap; None where that shows nothing."""
    return None if view.heat is None else painted(view.picture, np.asarray(view.heat, np.float32))


def painted(picture: UInt8, values: Float32) -> UInt8 | None:
    """The picture under a map, in two colors where any of it is below zero; None where it shows nothing."""
    if complaint(values):
        return None
    limit = float(np.quantile(np.abs(values[values != 0]), FULL))
    return overlay(picture, values, cmap="diverging" if (values < 0).any() else "heat", limit=limit)


def _known(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None
