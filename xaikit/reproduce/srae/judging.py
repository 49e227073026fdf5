"""How good x-features are, on new pictures: faithful, orthogonal, local (SRAE 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.attribution import excitation_backprop
from xaikit.core.masks import in_view
from xaikit.core.passes import INPUT

if TYPE_CHECKING:
    from xaikit.attribution.heatmap import Heatmap
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet, Sample
    from xaikit.srae import SRAE

__all__ = [
    "Maps",
    "faithful",
    "local",
    "masks_of",
    "normalised",
    "orthogonal",
    "regions_of",
    "score_heat",
]

Maps = NDArray[np.float64]
SPOT = 64.0
"""A part's point is followed into the view as a spot of a thirty-second of the picture's side."""


def faithful(
    srae: SRAE, name: str, features: NDArray[np.float32], logits: NDArray[np.float32]
) -> dict[str, float]:
    """F_reg, F_reg over the range of the score, and F_cls of a class, on pictures of all classes.

    `features` (m, S, ...) of the modules' layer and `logits` (m, n_classes) are what the network gives.
    """
    index, number = srae.classifier_.class_index(name), srae.fitted_.number(name)
    with torch.no_grad():
        gives = srae.fitted_.encode(torch.from_numpy(features), number) * srae.modules_.readout[number]
        said = (gives.sum(1) + srae.modules_.baseline[number]).numpy()
    f_reg = metrics.regression_faithfulness(logits[:, index], said)
    return {
        "F_reg": f_reg,
        "F_reg, % of the score's range": 100 * f_reg / float(np.ptp(logits[:, index])),
        "F_cls, %": 100 * metrics.classification_faithfulness(logits, index, said),
    }


def score_heat(srae: SRAE, pictures: Any, target: str | int, start: str | None = None) -> Heatmap:
    """Excitation backprop of a score, or of a unit, that ends where heat of x-features does."""
    end = None if srae.heat_layer_ == INPUT else srae.heat_layer_
    return excitation_backprop(srae.classifier_, pictures, target, end, start=start)


def orthogonal(heatmaps: NDArray[Any]) -> dict[str, float]:
    """O1 and O2 of heatmaps (m, n, h, w), of x-features that are seen in any picture; NaN of one alone."""
    seen = np.flatnonzero(heatmaps.any((0, 2, 3)))
    if len(seen) < 2:
        return {"O1": float("nan"), "O2": float("nan")}
    found = metrics.orthogonality([normalised(one[seen]) for one in heatmaps])
    return {"O1": found.o1, "O2": found.o2}


def local(heatmaps: NDArray[Any], regions: Sequence[Maps | None]) -> float:
    """The mean entropy over parts of the x-features that are seen; NaN where no picture tells of parts."""
    seen = np.flatnonzero(heatmaps.any((0, 2, 3)))
    shares = [
        metrics.part_shares(normalised(maps[seen]), there)
        for maps, there in zip(heatmaps, regions, strict=True)
        if there is not None
    ]
    if not len(seen) or not shares:
        return float("nan")
    there = np.stack(shares)
    there = there[~np.isnan(there).all((1, 2))]
    return float(np.nanmean(metrics.locality(there))) if len(there) else float("nan")


def regions_of(classifier: Classifier, data: ImageSet) -> list[Maps | None]:
    """P(part | pixel) of every picture as the network sees it, (P + 1, h, w), the context last.

    By Voronoi regions of the parts' points where there are any, as the paper has it of CUB; by the masks of
    objects where there are none, as of Places. None where nothing is known of a picture.
    """
    samples = list(data)
    if any(one.landmarks and one.box for one in samples):
        names = sorted({name for one in samples for name in one.landmarks})
        return [_voronoi(classifier, one, names) for one in samples]
    names = sorted({name for one in samples for name in one.parts})
    return [masks_of(classifier, one, names) if names else None for one in samples]


def masks_of(classifier: Classifier, sample: Sample, names: Sequence[str]) -> Maps:
    """Masks of parts in the network's view, none where one is not there, and of all else: (P + 1, h, w)."""
    there = np.zeros((len(names), *classifier.view_size), bool)
    for k, name in enumerate(names):
        if name in sample.parts:
            there[k] = in_view(classifier, sample.parts[name])
    return np.concatenate([there, ~there.any(0, keepdims=True)]).astype(float)


def normalised(maps: NDArray[Any]) -> Maps:
    """Heatmaps (n, h, w), each divided by its sum."""
    total = maps.sum((1, 2), keepdims=True, dtype=np.float64)
    shares: Maps = maps / np.where(total > 0, total, 1)
    return shares


def _voronoi(classifier: Classifier, sample: Sample, names: Sequence[str]) -> Maps | None:
    if not sample.landmarks or not sample.box:
        return None
    height, width = sample.image.shape[:2]
    x, y = np.arange(width), np.arange(height)[:, None]
    x0, y0, x1, y1 = sample.box
    rows, columns = np.nonzero(in_view(classifier, (x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)))
    points = np.full((len(names), 2), np.nan)
    for k, name in enumerate(names):
        if name in sample.landmarks:
            at, near = sample.landmarks[name], max(height, width) / SPOT
            spot = in_view(classifier, (abs(x + 0.5 - at[0]) < near) & (abs(y + 0.5 - at[1]) < near))
            points[k] = [one.mean() + 0.5 if len(one) else np.nan for one in np.nonzero(spot)[::-1]]
    if not len(rows) or np.isnan(points).all():
        return None
    box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)
    points = points.clip(box[:2], box[2:])  # of a part at the very edge
    return metrics.voronoi_regions(points, box, classifier.view_size)
