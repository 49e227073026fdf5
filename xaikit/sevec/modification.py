"""A single unit against a semantic vector (SeVec 3.1, table 1).

A picture's features φ(x) at the layer are changed in four ways, and the network goes on from there:

unit         its class's most active unit, argmax of v_c, is set to 1.5 times the largest feature
random unit  the same is done to a unit drawn by lot
vector       φ(x) · 1[rate_c > 0.5]: units foreign to the class are silenced
permutation  φ(x) · the same mask in random order

Measured is how the probability of the picture's own class changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.passes import Edit
from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.core.result import Kept, Result

if TYPE_CHECKING:
    from xaikit.data import ImageSet
    from xaikit.sevec.fitted import Fitted
    from xaikit.widgets import FigureView

__all__ = ["KINDS", "Modification", "modify"]

KINDS = ("unit", "random unit", "vector", "permutation")
BIGGER = 1.5


@dataclass(frozen=True, eq=False)
class Modification(Result, Kept):
    """What each change of the features did to the probability of the picture's own class.

    Attributes
    ----------
    before : float64 (n,), probability of the own class in the picture as it is, of those that can be read
    gains : {"unit" | "random unit" | "vector" | "permutation": float64 (n,)}, after less before
    layer : at which the features were changed
    rate : a unit of the vector's mask is on in a larger share of the class's pictures
    """

    KIND = "modification"
    FORMS: ClassVar = {"before": "f n", "gains": "{} f n"}

    before: NDArray[np.float64]
    gains: Mapping[str, NDArray[np.float64]]
    layer: str
    rate: float

    def mean(self, kind: str) -> float:
        """Mean gain in probability."""
        return float(self.gains[kind].mean())

    def interval(self, kind: str) -> tuple[float, float]:
        """95 % interval of the mean gain, by Student's t over pictures."""
        from scipy.stats import sem, t

        gains = self.gains[kind]
        half = float(t.ppf(0.975, max(1, len(gains) - 1)) * sem(gains)) if len(gains) > 1 else float("nan")
        return self.mean(kind) - half, self.mean(kind) + half

    @property
    def checks(self) -> dict[str, Any]:
        """The 95 % interval of each mean gain."""
        return {kind: self.interval(kind) for kind in self.gains}

    def plot(self, interactive: bool = False) -> Any:
        """The mean gains with their 95 % intervals as bars: a matplotlib figure, or one of plotly."""
        from xaikit.plots.charts import bars
        from xaikit.plots.interactive import interactive_bars
        from xaikit.plots.views import Bars

        kinds = list(self.gains)
        view = Bars(
            names=kinds,
            values=[self.mean(kind) for kind in kinds],
            title=f"The own class after a change at {self.layer}",
            axis="gain in probability, mean and 95 % interval",
            spans=[self.interval(kind) for kind in kinds],
        )
        return interactive_bars([view]) if interactive else bars(view)

    def widget(self) -> FigureView:
        """The figure of `plot`, with the same in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    def __repr__(self) -> str:
        told = ", ".join(f"{kind} {self.mean(kind):+.4f}" for kind in self.gains)
        return f"Modification({len(self.before)} pictures at {self.layer!r}: {told})"


def modify(fitted: Fitted, data: ImageSet, rate: float, seed: int) -> Modification:
    """See :meth:`xaikit.SemanticVectors.modify`."""
    if not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a share from 0 to below 1; got {rate!r}.")
    classifier = fitted.classifier
    classes = np.array([classifier.class_index(name) for name in data.class_names])[data.labels]
    concepts = np.array(fitted.numbers(data.class_names))[data.labels]
    rng = np.random.default_rng(seed)
    before, after = [], {kind: [] for kind in KINDS}  # type: ignore[var-annotated]
    skipped: list[Skipped] = []
    pictures = readable(data, classifier.view, skipped)
    while some := list(islice(pictures, classifier.batch_size())):
        here = [number for number, _ in some]
        views = np.stack([view for _, view in some])
        before.append(_own(fitted, views, None, classes[here]))
        for kind, edit in _edits(fitted, concepts[here], rate, rng).items():
            after[kind].append(_own(fitted, views, edit, classes[here]))
    tell_skipped(skipped, len(data))
    start = np.concatenate(before)
    gains = {kind: np.concatenate(own) - start for kind, own in after.items()}
    return Modification(start, gains, fitted.units.layer, rate)


def _edits(
    fitted: Fitted, concepts: NDArray[np.int64], rate: float, rng: np.random.Generator
) -> dict[str, Edit]:
    """The four changes, for pictures of these concepts, of features (b, c, h, w) or (b, c)."""
    device = fitted.classifier.device
    strongest = torch.from_numpy(fitted.vectors[concepts].argmax(1)).to(device)
    by_lot = torch.from_numpy(rng.integers(0, len(fitted.units), len(concepts))).to(device)
    mask = fitted.rates[concepts] > rate
    shuffled = rng.permuted(mask, axis=1)
    return {
        "unit": lambda features: _set_unit(features, fitted, strongest),
        "random unit": lambda features: _set_unit(features, fitted, by_lot),
        "vector": lambda features: features * _spread(features, torch.from_numpy(mask), fitted),
        "permutation": lambda features: features * _spread(features, torch.from_numpy(shuffled), fitted),
    }


def _set_unit(features: Tensor, fitted: Fitted, units: Tensor) -> Tensor:
    """Set one unit per picture to 1.5 times its largest feature; a pooled unit at all its places."""
    chosen = torch.nn.functional.one_hot(units, len(fitted.units)).bool()
    largest = features.flatten(1).amax(1).view(-1, *[1] * (features.ndim - 1))
    return torch.where(_spread(features, chosen, fitted) > 0, BIGGER * largest, features)


def _spread(features: Tensor, rows: Tensor, fitted: Fitted) -> Tensor:
    """A mask over units (b, d) in a form that fits the features; a pooled unit counts at all its places."""
    rows = rows.to(features.device, features.dtype)
    if features.ndim == 2:
        return rows
    return rows.view(len(rows), *fitted.units.map_shape)


def _own(
    fitted: Fitted, views: NDArray[np.uint8], edit: Edit | None, classes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Probability of each picture's own class, with its features changed."""
    classifier, layer = fitted.classifier, fitted.units.layer
    logits = classifier.forward(classifier.inputs(views), edit={layer: edit} if edit else None).logits
    return classifier.chances(logits.double().cpu().numpy())[np.arange(len(classes)), classes]
