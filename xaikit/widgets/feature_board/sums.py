"""Check what a feature board is given, and pack it for the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xaikit.core.images.checks import UInt8, check_image
from xaikit.plots.views import Summed
from xaikit.widgets.heatmaps.maps import MapSeries, grid_of, levels_of, pack_within_budget
from xaikit.widgets.kit.packing import encode_example, encode_picture, probability

SIDE, MAP_SIDE = 256, 64  # pixels at which pictures and maps travel; finer, a map on a tile is dust

Concept = tuple[str, int]


def check_views(views: Sequence[Summed]) -> list[Summed]:
    """Return the views of at least one picture, all of as many features and with maps of them, or raise."""
    listed = list(views)
    if not listed or not all(isinstance(one, Summed) for one in listed):
        raise ValueError(f"`views` must hold a Summed for each of one or more pictures; got {views!r}.")
    n = len(listed[0].gives)
    for one in listed:
        form = (n, *check_image(one.picture).shape[:2])
        if one.maps is None or np.shape(one.maps) != form or np.shape(one.gives) != (n,):
            got = [None if own is None else np.shape(own) for own in (one.gives, one.maps)]
            raise ValueError(
                f"`gives` and `maps` of a view must be of all features, {(n,)} and {form}; got {got}."
            )
        check_words(one, n)
    return listed


def check_words(view: Summed, n: int) -> None:
    """Raise ValueError where a text names a feature that there is not."""
    strange = [one for one in view.words if not isinstance(one, str) and not _is_number(one, n)]
    if strange:
        raise ValueError(f"`words` must be text and numbers of the {n} features; got {strange[:3]!r}.")


def check_features(features: Any, n: int) -> list[int]:
    """Return numbers of features, rising and each once, or raise ValueError."""
    if not isinstance(features, list | tuple) or not all(_is_number(one, n) for one in features):
        raise ValueError(f"features must be a list of numbers from 0 to {n - 1}; got {features!r}.")
    return sorted(set(features))


def _is_number(value: Any, n: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < n


def pack_views(views: Sequence[Summed]) -> tuple[list[dict[str, Any]], int]:
    """The views for the page, each with its maps, and the number of levels that these have."""
    grids = [grid_of(one.picture, MAP_SIDE) for one in views]
    targets = tuple(one.cls for one in views)
    series = [
        MapSeries(str(k), targets, tuple(np.asarray(one.maps[k], np.float32) for one in views))  # type: ignore[index]
        for k in range(len(views[0].gives))
    ]
    packed, bits = pack_within_budget(series, grids)
    return [
        pack_view(view) | {"grid": list(grid), "cells": [own["cells"][k] for own in packed]}
        for k, (view, grid) in enumerate(zip(views, grids, strict=True))
    ], levels_of(bits)


def pack_view(view: Summed) -> dict[str, Any]:
    """A view without its maps."""
    return {
        "cls": str(view.cls),
        "answer": str(view.answer),
        "start": _known(view.start),
        "gives": [_known(one) for one in view.gives],
        "score": _known(view.score),
        "chance": _known(view.chance),
        "words": list(view.words),
        "filled": probability(view.filled, "`filled`"),
        "image": encode_picture(view.picture, SIDE),
    }


def _known(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def pack_labels(names: Mapping[Concept, str], classes: Sequence[str], n: int) -> dict[str, list[str]]:
    """{class: the names of its features}, "" where nobody gave one."""
    return {cls: [str(names.get((cls, k), "")) for k in range(n)] for cls in dict.fromkeys(classes)}


def pack_examples(examples: Mapping[str, Sequence[Sequence[UInt8]]], n: int) -> dict[str, list[list[bytes]]]:
    """{class: pictures of each of its features}."""
    for cls, rows in examples.items():
        if len(rows) != n:
            raise ValueError(f"`examples` of {cls!r} must be of all {n} features; got {len(rows)}.")
    return {
        str(cls): [[encode_example(check_image(one)) for one in row] for row in rows]
        for cls, rows in examples.items()
    }
