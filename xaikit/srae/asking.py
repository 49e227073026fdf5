"""Explaining pictures: the x-features of one class each, what they give, and where they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.attribution.excitation import Won, winning_probabilities
from xaikit.attribution.maps import enlarged
from xaikit.core.passes import Pass
from xaikit.core.readable import NOT_READ
from xaikit.core.running import to_numpy
from xaikit.srae.fitted import Fitted
from xaikit.srae.xfeatures import XFeatures

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Seen", "explain", "seen_batches"]


class Seen(NamedTuple):
    """What is seen in a batch of pictures: `XFeatures` says what the fields are; `number` is the module."""

    views: NDArray[np.uint8]
    read: NDArray[np.bool_]
    number: NDArray[np.int64]
    logits: NDArray[np.float32]
    activations: NDArray[np.float32]
    maps: NDArray[np.float32]
    reconstruction: NDArray[np.float32] | None


def explain(
    fitted: Fitted, images: Any, target: str | int | None, names: dict[tuple[str, int], str], method: str
) -> XFeatures:
    """See :meth:`xaikit.SRAE.explain`; it keeps `names` itself, not a copy."""
    number = None if target is None else fitted.number(_class(fitted.classifier, target))
    batches = list(seen_batches(fitted, images, number))
    if not batches:
        raise ValueError("there is no picture to explain: give at least one.")
    views, read, numbers, logits, activations, maps = (
        np.concatenate(own) for own in zip(*(one[:-1] for one in batches), strict=True)
    )
    readout, baseline = (getattr(fitted.modules, name).detach().numpy() for name in ("readout", "baseline"))
    contributions = activations * readout[numbers]
    classes = fitted.classifier.class_names
    own = np.arange(len(logits)), [classes.index(fitted.targets[k]) for k in numbers]
    scores = logits[own]
    approximation = baseline[numbers] + contributions.sum(1)
    asked = sorted({fitted.targets[k] for k in numbers[read]})
    rebuilt = [one.reconstruction for one in batches if one.reconstruction is not None]
    return XFeatures(
        images=views,
        targets=tuple(fitted.targets[k] if ok else NOT_READ for k, ok in zip(numbers, read, strict=True)),
        predictions=tuple(
            classes[k] if ok else NOT_READ for k, ok in zip(logits.argmax(1), read, strict=True)
        ),
        scores=scores,
        probabilities=fitted.classifier.chances(logits)[own].astype(np.float32),
        baseline=np.where(read, baseline[numbers], np.nan).astype(np.float32),
        activations=activations,
        contributions=contributions,
        heatmaps=maps,
        reconstruction=np.concatenate(rebuilt) if rebuilt else None,
        names=names,
        examples={name: fitted.examples[fitted.number(name)] for name in asked},
        layer=fitted.layer,
        method=method,
        checks={
            "held_out": {name: dict(fitted.checks[name]) for name in asked},
            "error": [float(one) if np.isfinite(one) else None for one in np.abs(approximation - scores)],
            "not_read": np.flatnonzero(~read).tolist(),
        },
        fitted=fitted,
    )


def seen_batches(fitted: Fitted, images: Any, number: int | None) -> Iterator[Seen]:
    """Yield what is seen in batches of pictures, by module `number`; None is each picture's own.

    That is the one whose class the network gives the highest score of all that are fitted.
    """
    for some in fitted.classifier.batches(images, graph=True):
        start = _Start(fitted, number)
        inputs = fitted.classifier.inputs(some.views)
        won = winning_probabilities(
            fitted.classifier,
            inputs,
            start.chosen,
            layer=fitted.heat_layer,
            record=[fitted.layer],
            units=start.units,
            contrastive=True,
        )
        rebuilt = start.reconstruction()
        yield Seen(
            some.views,
            some.read,
            start.number,
            some.blanked(to_numpy(won.done.logits)),
            some.blanked(to_numpy(start.activations)),
            some.blanked(_maps(won, some.views.shape[1:3])),
            None if rebuilt is None else some.blanked(to_numpy(rebuilt)),
        )


class _Start:
    """The x-features of a batch to go back from: n units for each of the classes that are asked about."""

    def __init__(self, fitted: Fitted, number: int | None) -> None:
        self._fitted, self._asked = fitted, number

    def units(self, done: Pass) -> Tensor:
        fitted = self._fitted
        if self._asked is None:
            indices = [fitted.classifier.class_names.index(name) for name in fitted.targets]
            self.number = done.logits.detach()[:, indices].argmax(1).cpu().numpy()
        else:
            self.number = np.full(len(done.logits), self._asked)
        self._present = np.unique(self.number)
        features = done.features[fitted.layer]
        return torch.cat([fitted.encode(features, int(k)) for k in self._present], 1)

    def chosen(self, units: Tensor) -> NDArray[np.int64]:
        """Which of the units are each picture's own, (b, n)."""
        n = self._fitted.n_features
        rows = np.searchsorted(self._present, self.number)[:, None] * n + np.arange(n)
        self.activations = units.detach().gather(1, torch.from_numpy(rows).to(units.device))
        return rows

    def reconstruction(self) -> Tensor | None:
        rows = [
            self._fitted.reconstruct(one[None], int(k))
            for one, k in zip(self.activations, self.number, strict=True)
        ]
        return None if rows[0] is None else torch.cat(rows)  # type: ignore[arg-type]


def _maps(won: Won, size: tuple[int, int]) -> NDArray[np.float32]:
    """Contrastive probabilities over the channels of a layer, where they are above zero: (b, n, h, w)."""
    return enlarged(to_numpy(won.probabilities.sum(2).clamp(min=0)), size)


def _class(classifier: Classifier, target: str | int) -> str:
    return classifier.class_names[classifier.class_index(target)]
