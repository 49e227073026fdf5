"""Explaining pictures: the weights that g gives, and what each concept adds to the score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from xaikit.additive.contributions import Contributions
from xaikit.additive.examples import seen
from xaikit.additive.fitted import Fitted
from xaikit.core.readable import NOT_READ
from xaikit.core.running import to_numpy

__all__ = ["explain"]


class _Told(NamedTuple):
    views: NDArray[np.uint8]
    read: NDArray[np.bool_]
    logits: NDArray[np.float32]
    values: NDArray[np.float32]
    weights: NDArray[np.float32]
    maps: NDArray[np.float32] | None


def explain(fitted: Fitted, images: Any, stands_for: dict[str, str], method: str) -> Contributions:
    """See :meth:`xaikit.AdditiveExplainer.explain`; it keeps `stands_for` itself, not a copy."""
    batches = list(_told(fitted, images))
    if not batches:
        raise ValueError("there is no picture to explain: give at least one.")
    views, read, logits, values, weights = (
        np.concatenate(own) for own in zip(*(one[:-1] for one in batches), strict=True)
    )
    maps = [one.maps for one in batches if one.maps is not None]
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
        maps=np.concatenate(maps) if maps else None,
        method=method,
        checks={
            "held_out": dict(fitted.checks),
            "deviation": [float(one) if np.isfinite(one) else None for one in deviation],
            "not_read": np.flatnonzero(~read).tolist(),
        },
    )


def _told(fitted: Fitted, images: Any) -> Iterator[_Told]:
    asked = replace(fitted.asked, prior=None)
    for some in fitted.classifier.batches(images):
        found = seen(fitted.classifier, some.views, asked, maps=True)
        with torch.no_grad():
            weights = fitted.explainer(found["features"].float().cpu())
        told = (found["logits"], found["values"], weights)
        logits, values, alpha = (some.blanked(to_numpy(one)) for one in told)
        maps = some.blanked(to_numpy(found["maps"])) if "maps" in found else None
        yield _Told(some.views, some.read, logits, values, alpha, maps)
