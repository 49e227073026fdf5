"""Check what a filter namer is given, and pack it for the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xaikit.core.images import encode
from xaikit.core.images.checks import UInt8, check_image
from xaikit.core.names import check_name
from xaikit.plots.views import Seen
from xaikit.widgets.kit.packing import number, probability, shrink

MOST_BYTES = 2_000_000
"""Of all pictures together; in a saved notebook they are a third more."""
SIDES = (192, 144, 112, 88, 64)
"""Pixels at which pictures travel: as many as fit into that."""
QUALITY = 60
ROUNDING = 1e-6
DIGITS = 4


def check_views(views: Sequence[Seen]) -> list[Seen]:
    """Return the views of at least one concept, each with a number of its own, or raise ValueError."""
    listed = list(views)
    if not listed or not all(isinstance(one, Seen) for one in listed):
        raise ValueError(f"`views` must hold a Seen for each of one or more concepts; got {views!r}.")
    numbers = [one.number for one in listed]
    if len(set(numbers)) < len(numbers) or not all(type(one) is int and one >= 0 for one in numbers):
        raise ValueError(f"`number` must be a whole number of its own for each concept; got {numbers[:9]}.")
    for one in listed:
        _check_view(one)
    return listed


def _check_view(view: Seen) -> None:
    what = f"of {view.name!r}"
    if not isinstance(view.name, str) or not view.name:
        raise ValueError(f"`name` of a concept must be a text; got {view.name!r}.")
    if number(view.counts, f"`counts` {what}") < 0:
        raise ValueError(f"`counts` {what} must be 0 or more; got {view.counts}.")
    for name, own in {"fields": view.fields, "peaks": view.peaks}.items():
        if len(own) != len(view.pictures):
            raise ValueError(
                f"`{name}` {what} must be one for each of {len(view.pictures)} pictures; got {len(own)}."
            )
    for picture in view.pictures:
        check_image(picture)
    for field, peak in zip(view.fields, view.peaks, strict=True):
        _check_place(field, peak, what)
    check_name(view.suggested)
    probability(view.share, f"`share` {what}")


def _check_place(field: Any, peak: Any, what: str) -> None:
    if field is None and peak is None:
        return
    place, point = (np.asarray((), float) if one is None else np.asarray(one, float) for one in (field, peak))
    told = f"got {field!r} and {peak!r}."
    if place.shape != (4,) or point.shape != (2,) or not np.isfinite([*place, *point]).all():
        raise ValueError(
            f"`fields` and `peaks` {what} must be (x, y, width, height) and (x, y), or both None; {told}"
        )
    ends = np.array([*place[:2], *(place[:2] + place[2:]), *point])
    if (ends < -ROUNDING).any() or (ends > 1 + ROUNDING).any() or (place[2:] <= 0).any():
        raise ValueError(f"`fields` and `peaks` {what} must lie in the picture, in shares of it; {told}")


def check_labels(names: Mapping[int, str], views: Sequence[Seen]) -> list[str]:
    """The names that concepts have, "" where nobody gave one, in the order of their views, or raise."""
    strange = sorted(set(names) - {one.number for one in views})
    if strange:
        raise ValueError(f"`names` must be of the concepts that are shown; got the numbers {strange[:5]}.")
    return [check_name(names.get(one.number, "")) for one in views]


def pack_views(views: Sequence[Seen]) -> tuple[list[dict[str, Any]], list[bytes]]:
    """The views for the page, and their pictures, each once."""
    places: dict[int, int] = {}
    pictures = list[UInt8]()
    for picture in (one for view in views for one in view.pictures):
        if id(picture) not in places:
            places[id(picture)] = len(pictures)
            pictures.append(picture)
    total = math.fsum(view.counts for view in views) or 1.0
    return [_pack_view(view, places, total) for view in views], _encoded(pictures)


def _pack_view(view: Seen, places: Mapping[int, int], total: float) -> dict[str, Any]:
    shots = [
        {
            "picture": places[id(picture)],
            "aspect": picture.shape[1] / picture.shape[0],
            "field": _rounded(field),
            "peak": _rounded(peak),
        }
        for picture, field, peak in zip(view.pictures, view.fields, view.peaks, strict=True)
    ]
    return {
        "name": view.name,
        "concept": view.number,
        "share": view.counts / total,
        "shots": shots,
        "suggested": {"name": view.suggested, "share": float(view.share)} if view.suggested else None,
    }


def _rounded(place: Sequence[float] | None) -> list[float] | None:
    return None if place is None else [round(float(one), DIGITS) for one in place]


def _encoded(pictures: Sequence[UInt8]) -> list[bytes]:
    """The pictures as WebP, as large as `MOST_BYTES` allows."""
    files = list[bytes]()
    for side in SIDES:
        files = [encode(shrink(one, side), "webp", quality=QUALITY) for one in pictures]
        if sum(map(len, files)) <= MOST_BYTES:
            break
    return files
