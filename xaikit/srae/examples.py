"""The pictures that explanation modules are learned from: which, and what the network says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.errors import did_you_mean
from xaikit.core.reducers import Reducer, SweepBatch
from xaikit.core.sweep import Skipped, sweep

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["LEAST_POSITIVES", "Examples", "Sampling", "Split", "chosen_targets", "gather", "pooled"]

LEAST_POSITIVES = 6
LEAST_HELD_OUT = 2


@dataclass(frozen=True)
class Sampling:
    """How many pictures are learned from, at most, and the share held out, as in :class:`xaikit.SRAE`."""

    n_positives: int
    n_negatives: int
    held_out: float
    seed: int


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of the examples, int64: of a class's own pictures and of others, to learn from and held out."""

    positives: NDArray[np.int64]
    negatives: NDArray[np.int64]
    held_positives: NDArray[np.int64]
    held_negatives: NDArray[np.int64]

    @property
    def held(self) -> NDArray[np.int64]:
        return np.concatenate([self.held_positives, self.held_negatives])


@dataclass(frozen=True, eq=False)
class Examples:
    """What one pass told of the pictures that were drawn, those that can be read.

    Attributes
    ----------
    numbers : int64 (N,), of the pictures in the data
    features : float32 (N, S), of the layer, pooled over places
    logits : float32 (N, n_classes)
    splits : one for each target
    skipped : pictures that could not be read
    """

    numbers: NDArray[np.int64]
    features: NDArray[np.float32]
    logits: NDArray[np.float32]
    splits: list[Split]
    skipped: list[Skipped]


def pooled(features: Tensor) -> Tensor:
    """A layer's output (b, c, h, w) or (b, c) as rows (b, c): the mean over places."""
    return features.mean((2, 3)) if features.ndim == 4 else features


def chosen_targets(
    target: str | int | Sequence[str | int] | None, classifier: Classifier, data: ImageSet
) -> list[str]:
    """Names of the classes to be explained; None is all that the data and the network share.

    Raises
    ------
    ValueError
        A class the network does not know, one of which the data has no pictures, or one twice.
    """
    if target is None:
        shared = [name for name in data.class_names if name in set(classifier.class_names)]
        if not shared:
            raise ValueError(
                f"the data's classes {data.class_names[:3]} are none of the network's "
                f"{classifier.class_names[:3]}. `data.named_as(...)` gives them the network's names."
            )
        return shared
    listed = [target] if isinstance(target, str | int) else list(target)
    names = [classifier.class_names[classifier.class_index(one)] for one in listed]
    for name in names:
        if name not in data.class_names:
            raise ValueError(
                f"`target` must be a class of which the data has pictures; it has none of {name!r}."
                f"{did_you_mean(name, data.class_names)}"
            )
    if len(set(names)) < len(names):
        raise ValueError(f"`target` names a class twice: {names}.")
    return names


def gather(
    classifier: Classifier,
    data: ImageSet,
    layer: str,
    targets: Sequence[str],
    sampling: Sampling,
    checkpoint: str | Path | None,
    progress: bool,
) -> Examples:
    """Draw pictures and run the network over them once.

    Raises
    ------
    ValueError
        A class has fewer than `LEAST_POSITIVES` pictures that can be read, others have, or a class's score
        never changes.
    """
    own = [data.class_names.index(name) for name in targets]
    numbers = _drawn(data.labels, own, sampling)
    rows = _Rows(len(numbers), layer)
    found = sweep(
        classifier, data.subset(numbers), {"rows": rows}, layer, checkpoint=checkpoint, progress=progress
    )
    there, features, logits = found["rows"]
    numbers = numbers[there]
    labels = np.asarray(data.labels)[numbers]
    splits = [_split(labels, label, name, sampling) for label, name in zip(own, targets, strict=True)]
    for name in targets:
        if np.ptp(logits[:, classifier.class_index(name)]) == 0:
            raise ValueError(
                f"the network gives {name!r} the same score for all pictures, {len(logits)} of them: there "
                "is nothing to explain. Was its last layer trained?"
            )
    return Examples(numbers, features, logits, splits, found.skipped)


class _Rows(Reducer):
    """Keeps what each of n pictures gave: (which were there, features, logits)."""

    def __init__(self, n: int, layer: str) -> None:
        self.n, self.layer = n, layer

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        rows = {
            "features": pooled(features),
            "logits": batch.logits,
            "there": batch.labels.new_ones(len(batch.logits)),
        }
        for name, own in rows.items():
            self.running(name, (self.n, *own.shape[1:]), own)[batch.numbers] = own

    def result(self) -> tuple[NDArray[np.bool_], NDArray[np.float32], NDArray[np.float32]]:
        there = self.total("there").cpu().numpy() > 0
        features, logits = (self.total(name).cpu().numpy()[there] for name in ("features", "logits"))
        return there, features, logits


def _drawn(labels: NDArray[np.int64], own: Sequence[int], sampling: Sampling) -> NDArray[np.int64]:
    """Numbers, rising, of at most so many pictures of each class of `own`, and of so many of others."""
    order = np.random.default_rng(sampling.seed).permutation(len(labels))
    positives = [order[labels[order] == label][: sampling.n_positives] for label in own]
    others = order if len(own) > 1 else order[labels[order] != own[0]]
    return np.unique(np.concatenate([*positives, others[: sampling.n_negatives]]))


def _split(labels: NDArray[np.int64], label: int, name: str, sampling: Sampling) -> Split:
    order = np.random.default_rng([sampling.seed, label]).permutation(len(labels))
    positives, negatives = order[labels[order] == label], order[labels[order] != label]
    negatives = negatives[: sampling.n_negatives]
    if len(positives) < LEAST_POSITIVES:
        raise ValueError(
            f"{name!r} has {len(positives)} pictures that can be read; an explanation of it needs "
            f"{LEAST_POSITIVES} or more, better 50: give more, or leave the class out of `target`."
        )
    if len(negatives) < LEAST_POSITIVES:
        raise ValueError(
            f"beside those of {name!r} the data has {len(negatives)} pictures; an explanation needs "
            f"{LEAST_POSITIVES} or more of other classes, better 2,000, from which to tell it."
        )
    held, held_others = (
        max(LEAST_HELD_OUT, round(sampling.held_out * len(own))) for own in (positives, negatives)
    )
    return Split(positives[held:], negatives[held_others:], positives[:held], negatives[:held_others])
