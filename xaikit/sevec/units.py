"""Which units of a layer are on: the binarised features a_i = 1[φ(x_i) > θ] of SeVec, section 3.

The paper binarises at zero, which presumes a layer of rectified units. Where a layer has none, or where they
are averaged over places and so nearly always above zero, a unit is on above a quantile of its own values.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.images.checks import UInt8
from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.core.vector_layer import vector_layer

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["BINARIZATIONS", "POOLINGS", "Units", "choose_units"]

BINARIZATIONS = ("auto", "zero", "quantile")
POOLINGS = ("mean", "max", "none")
N_TRIAL = 16
N_SAMPLE = 500
RECTIFIED = (0.01, 0.9)
"""Share of values above zero between which zeros say something."""


@dataclass(frozen=True)
class Units:
    """The units of a layer, and when each counts as on.

    Attributes
    ----------
    layer : name of the layer
    shape : of its output for one picture, without the batch, brought to (c, h, w) or (c,)
    pooling : of a layer with places: "mean" or "max" over them, or "none": every place has units of its own
    rule : "zero" or "quantile"
    quantile : at which each unit's threshold lies, under the rule "quantile"
    n_seen : number of pictures from which thresholds were taken; 0 under the rule "zero"
    thresholds : θ, float32 (d,)
    """

    layer: str
    shape: tuple[int, ...]
    pooling: str
    rule: str
    quantile: float
    n_seen: int
    thresholds: NDArray[np.float32] = field(repr=False)
    _on_device: dict[torch.device, Tensor] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.thresholds)

    @property
    def named(self) -> str:
        """The rule in words."""
        if self.rule == "zero":
            return "on above zero"
        return f"on above its own {self.quantile:g} quantile in {self.n_seen} pictures"

    @property
    def map_shape(self) -> tuple[int, int, int]:
        """(c, h, w) of what the units stand for; h and w are 1 where there are no places."""
        if len(self.shape) == 3 and self.pooling == "none":
            return self.shape[0], self.shape[1], self.shape[2]
        return len(self), 1, 1

    def values(self, features: Tensor) -> Tensor:
        """φ(x): a layer's output (b, c, h, w) or (b, c) as rows (b, d), pooled over places."""
        if features.ndim == 2:
            return features
        if self.pooling == "none":
            return features.flatten(1)
        return features.mean((2, 3)) if self.pooling == "mean" else features.amax((2, 3))

    def on(self, features: Tensor) -> Tensor:
        """a: which units are on, bool (b, d)."""
        values = self.values(features)
        if self.rule == "zero":
            return values > 0
        if values.device not in self._on_device:
            self._on_device[values.device] = torch.from_numpy(self.thresholds).to(values.device)
        return values > self._on_device[values.device]

    def same_space(self, other: Units) -> bool:
        """Whether vectors over both are of one space."""
        told = ("layer", "shape", "pooling", "rule")
        same = all(getattr(self, name) == getattr(other, name) for name in told)
        return same and np.array_equal(self.thresholds, other.thresholds)


def choose_units(
    classifier: Classifier,
    data: ImageSet,
    layer: str | None,
    pooling: str,
    binarize: str,
    quantile: float,
    seed: int,
) -> Units:
    """Decide how a layer's features become zeros and ones, by looking at some pictures.

    "auto" takes zero where every unit is read at one place and `N_TRIAL` pictures show values that are never
    negative and zero often enough to say something; else the quantile. Pooled over places, "above zero" means
    above zero anywhere, which is true of most units in most pictures: then a few concepts are near to all
    others (on photographs, MobileNetV2: a third as many neighbours of the same class as by quantile). The
    quantile of each unit is that of `N_SAMPLE` pictures, drawn by `seed`.
    """
    found = classifier.layer(layer) if layer is not None else vector_layer(classifier)
    order = np.random.default_rng(seed).permutation(len(data))
    zero = np.zeros(0, np.float32)
    shape = (found.n_channels, *found.grid) if found.grid else (found.n_channels,)
    units = Units(found.name, shape, pooling if found.grid else "none", "zero", quantile, 0, zero)
    if binarize == "auto" and pooled(units):
        binarize = "quantile"
    if binarize == "auto":
        trial = _values(classifier, data, order[:N_TRIAL], units)
        on = float((trial > 0).mean())
        binarize = "zero" if trial.min() >= 0 and RECTIFIED[0] <= on <= RECTIFIED[1] else "quantile"
    if binarize == "zero":
        n_units = shape[0] if pooled(units) else math.prod(shape)
        return replace(units, thresholds=np.zeros(n_units, np.float32))
    seen = _values(classifier, data, order[:N_SAMPLE], units)
    thresholds = np.quantile(seen, quantile, axis=0).astype(np.float32)
    return replace(units, rule="quantile", n_seen=len(seen), thresholds=thresholds)


def pooled(units: Units) -> bool:
    """Whether places are put together."""
    return len(units.shape) == 3 and units.pooling != "none"


def _values(
    classifier: Classifier, data: ImageSet, numbers: NDArray[np.int64], units: Units
) -> NDArray[np.float32]:
    """φ of those of some pictures that can be read, float32 (n, d)."""
    rows: list[Any] = [
        units.values(torch.from_numpy(batch.features[units.layer])).numpy()
        for batch in classifier.layer_batches(
            _views(classifier, data, np.sort(numbers)), [units.layer], as_view=True
        )
    ]
    return np.concatenate(rows)


def _views(classifier: Classifier, data: ImageSet, numbers: NDArray[np.int64]) -> Iterator[UInt8]:
    """Views of those that can be read; which cannot is told by the pass over all of them."""
    skipped: list[Skipped] = []
    for _, view in readable(data, classifier.view, skipped, numbers):
        yield view
    if len(skipped) == len(numbers):
        tell_skipped(skipped, len(numbers))
