"""Which part of things each concept is seen on, where masks of parts are known."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from xaikit.additive.asking import explain
from xaikit.additive.fitted import Fitted
from xaikit.core.masks import in_view

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet, Sample

__all__ = ["suggest"]

AT_ONCE = 50
REACH = 12
"""A part is as near as a twelfth of the picture's side, or not there: a cell of a map is not a point."""
LEAST_SHARE = 0.3
"""Of the strength with which a concept is seen; one that is less on any part is of none."""


def suggest(fitted: Fitted, data: ImageSet) -> dict[str, str]:
    """The part on which each concept's strongest place lies most, weighted by how strong it is there.

    Raises
    ------
    ValueError
        It is not known where concepts are seen, or no picture has masks of parts.
    """
    if fitted.bound.maps is None:
        raise ValueError("it is not known where these concepts are seen; name them by hand.")
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    n_told = 0
    for start in range(0, len(data), AT_ONCE):
        samples = [data[k] for k in range(start, min(start + AT_ONCE, len(data)))]
        told = explain(fitted, [one.image for one in samples], {}, "")
        for sample, maps in zip(samples, np.asarray(told.maps), strict=True):
            n_told += bool(sample.parts)
            for name, (part, strength) in zip(
                told.names, _seen_on(fitted.classifier, sample, maps), strict=True
            ):
                votes[name][part] += strength
    if not n_told:
        raise ValueError("no picture has masks of parts; name concepts by hand.")
    return {name: found for name, own in votes.items() if (found := _most(own))}


def _seen_on(classifier: Classifier, sample: Sample, maps: NDArray[np.float32]) -> list[tuple[str, float]]:
    """For each concept's map (n, h, w) the part at its strongest place, "" for none, and its value there."""
    height, width = maps.shape[1:]
    places, peaks = maps.reshape(len(maps), -1).argmax(1), maps.max((1, 2))
    rows, columns = (
        ((at + 0.5) / n * side).astype(int)
        for at, n, side in zip(
            (places // width, places % width), (height, width), classifier.view_size, strict=True
        )
    )
    names, away = ["", *sample.parts], [np.full(len(maps), max(classifier.view_size) / REACH)]
    for mask in sample.parts.values():
        seen = in_view(classifier, mask)
        far = distance_transform_edt(~seen) if seen.any() else np.full(seen.shape, np.inf)
        away.append(far[rows, columns])
    nearest = np.argmin(away, 0)  # of two that are as near the first; none comes first
    return [(names[k], float(max(peak, 0))) for k, peak in zip(nearest, peaks, strict=True)]


def _most(votes: dict[str, float]) -> str:
    total = sum(votes.values())
    part = max(votes, key=votes.__getitem__)
    return part if total and votes[part] >= LEAST_SHARE * total else ""
