"""Explaining pictures: the weights that g gives, and what each concept adds to the score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from xaikit.additive.contributions import Contributions
from xaikit.additive.examples import seen
from xaikit.additive.fitted import Fitted
from xaikit.core.batches import Views
from xaikit.core.readable import NOT_READ, Skipped, readable
from xaikit.core.running import to_numpy

if TYPE_CHECKING:
    from xaikit.data import ImageSet, Sample

__all__ = ["explain", "gone_through"]


Rows = NDArray[np.float32]
AT_ONCE = 50
"""Pictures whose maps are in memory together: there may be hundreds of maps of each."""


class _Told(NamedTuple):
    """What a batch tells; `numbers` are logits, values and weights."""

    views: NDArray[np.uint8]
    read: NDArray[np.bool_]
    numbers: tuple[Rows, Rows, Rows]
    baseline: Rows | None
    maps: Rows | None


def explain(fitted: Fitted, images: Any, stands_for: dict[str, str], method: str) -> Contributions:
    """See :meth:`xaikit.AdditiveExplainer.explain`; it keeps `stands_for` itself, not a copy."""
    batches = list(_told(fitted, images))
    if not batches:
        raise ValueError("there is no picture to explain: give at least one.")
    views, read, logits, values, weights = (
        np.concatenate(own) for own in zip(*((b.views, b.read, *b.numbers) for b in batches), strict=True)
    )
    classes, performer = fitted.classifier.class_names, logits[:, fitted.asked.target]
    contributions = weights * values
    deviation = np.abs(performer - contributions.sum(1) - fitted.bias)
    return Contributions(
        images=views,
        target=fitted.target,
        predictions=tuple(
            classes[k] if ok else NOT_READ for k, ok in zip(logits.argmax(1), read, strict=True)
        ),
        performer=performer,
        values=values,
        weights=weights,
        contributions=contributions,
        bias=fitted.bias,
        names=tuple(fitted.bound.names),
        stands_for=stands_for,
        maps=_joined([one.maps for one in batches]),
        baseline_weights=_joined([one.baseline for one in batches]),
        baseline_bias=0.0 if fitted.baseline is None else float(fitted.baseline.bias),
        method=method,
        checks={
            "held_out": dict(fitted.checks),
            "deviation": [float(one) if np.isfinite(one) else None for one in deviation],
            "not_read": np.flatnonzero(~read).tolist(),
        },
    )


def gone_through(
    fitted: Fitted, data: ImageSet, skipped: list[Skipped]
) -> Iterator[tuple[list[int], list[Sample], Contributions]]:
    """Explain all pictures that can be read, some at a time, with their numbers and what is known of them.

    Parameters
    ----------
    skipped : is told of those that cannot be read
    """
    there = readable(data, lambda one: (one, fitted.classifier.view(one.image)), skipped)
    while some := list(islice(there, AT_ONCE)):
        told = explain(fitted, [view for _, (_, view) in some], {}, "")
        yield [number for number, _ in some], [sample for _, (sample, _) in some], told


def _told(fitted: Fitted, images: Any) -> Iterator[_Told]:
    asked = replace(fitted.asked, prior=None)
    for some in fitted.classifier.batches(images):
        found = seen(fitted.classifier, some.views, asked, maps=True)
        features = found["features"].float().cpu()
        with torch.no_grad():
            weights = fitted.explainer(features)
            twin = None if fitted.baseline is None else fitted.baseline(features)

        yield _Told(
            some.views,
            some.read,
            (_rows(found["logits"], some), _rows(found["values"], some), _rows(weights, some)),
            None if twin is None else _rows(twin, some),
            _rows(found["maps"], some) if "maps" in found else None,
        )


def _rows(told: torch.Tensor, of: Views) -> Rows:
    return of.blanked(to_numpy(told))


def _joined(parts: list[Rows | None]) -> Rows | None:
    known = [one for one in parts if one is not None]
    return np.concatenate(known) if known else None
