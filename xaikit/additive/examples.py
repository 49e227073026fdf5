"""The pictures an explainer is distilled from: what the performer sees and says, concepts, priors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.additive.concepts import Bound
from xaikit.additive.prior import jacobian, taylor
from xaikit.core.images.checks import UInt8
from xaikit.core.passes import Pass
from xaikit.core.reducers import Reducer, SweepBatch
from xaikit.core.sweep import Skipped, sweep

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["LEAST_PICTURES", "Asked", "Examples", "gather", "seen"]

LEAST_PICTURES = 20


@dataclass(frozen=True)
class Asked:
    """What is asked of a network: whose score, by which concepts, with which prior.

    Attributes
    ----------
    target : index of the class whose logit is ŷ
    looks_at : the layer, with places, that g looks at
    prior : one of :data:`~xaikit.additive.prior.PRIORS`, or None
    """

    target: int
    concepts: Bound
    looks_at: str
    prior: str | None

    @property
    def record(self) -> tuple[str, ...]:
        """The layers whose output is asked for."""
        return tuple({name: None for name in (self.concepts.layer, self.looks_at) if name})

    @property
    def grad(self) -> tuple[str, ...]:
        """Where gradients end that the prior takes."""
        return (self.concepts.layer,) if self.prior and self.concepts.layer else ()

    @property
    def signature(self) -> str:
        own = self.concepts
        return repr((self.target, own.names, own.layer, self.looks_at, self.prior))


@dataclass(frozen=True, eq=False)
class Examples:
    """What one pass told of the pictures that can be read.

    Attributes
    ----------
    numbers : int64 (N,), of the pictures in the data
    features : float16 (N, c, h, w), of the layer that g looks at
    values : y, float32 (N, n)
    priors : w, float32 (N, n); None where there are none
    scores : ŷ, float32 (N,)
    predicted : bool (N,), whether the performer's answer is the target
    held : bool (N,), what is not learned from
    skipped : pictures that could not be read
    """

    numbers: NDArray[np.int64]
    features: NDArray[np.float16]
    values: NDArray[np.float32]
    priors: NDArray[np.float32] | None
    scores: NDArray[np.float32]
    predicted: NDArray[np.bool_]
    held: NDArray[np.bool_]
    skipped: list[Skipped]


def seen(classifier: Classifier, views: UInt8, asked: Asked, maps: bool = False) -> dict[str, Tensor]:
    """What a batch tells: one pass, and `told_by`."""
    done = classifier.forward(classifier.inputs(views), asked.record, grad=asked.grad)
    return told_by(done, views, asked, maps)


def told_by(done: Pass, views: UInt8, asked: Asked, maps: bool = False) -> dict[str, Tensor]:
    """What a pass over views tells.

    Returns
    -------
    dict
        "features" (b, c, h, w) of the layer that g looks at, "values" (b, n), "logits"; "priors" (b, n) where
        these are asked for; with `maps`, where concepts are seen, if that is known, "maps" (b, n, h, w)
    """
    layer, prior = asked.concepts.layer, asked.prior
    with torch.inference_mode(False), torch.set_grad_enabled(bool(asked.grad)):
        values = asked.concepts.values(done, views)
        found = {"features": done.features[asked.looks_at], "values": values, "logits": done.logits}
        if prior == "jacobian":
            found["priors"] = jacobian(done, asked.target, asked.concepts)
        elif prior == "taylor":
            found["priors"] = taylor(done, asked.target, asked.concepts, values)
        if maps and layer and asked.concepts.maps:
            found["maps"] = asked.concepts.maps(done.features[layer])
    return {name: own.detach() for name, own in found.items()}


def gather(
    classifier: Classifier,
    data: ImageSet,
    asked: Asked,
    n_pictures: int,
    held_out: float,
    seed: int,
    checkpoint: str | Path | None,
    progress: bool,
) -> Examples:
    """Draw pictures, as many of the target's class as of others where there are, and see them once.

    Raises
    ------
    ValueError
        Fewer than `LEAST_PICTURES` can be read, the score never changes, or a concept's value is NaN.
    """
    target = classifier.class_names[asked.target]
    numbers = _drawn(data, target, n_pictures, seed)
    rows = _Rows(len(numbers), asked)
    found = sweep(
        classifier,
        data.subset(numbers),
        {"rows": rows},
        asked.looks_at,
        checkpoint=checkpoint,
        progress=progress,
    )
    there, told = found["rows"]
    if there.sum() < LEAST_PICTURES:
        raise ValueError(
            f"{int(there.sum())} pictures can be read; an explainer needs {LEAST_PICTURES} or more, "
            "better 2,000."
        )
    _check(told, target, asked)
    held = np.zeros(int(there.sum()), bool)
    order = np.random.default_rng([seed, 1]).permutation(len(held))
    held[order[: max(2, round(held_out * len(held)))]] = True
    return Examples(
        numbers[there],
        told["features"],
        told["values"],
        told.get("priors"),
        told["score"],
        told["predicted"] > 0,
        held,
        found.skipped,
    )


def _check(told: dict[str, NDArray[Any]], target: str, asked: Asked) -> None:
    if np.ptp(told["score"]) == 0:
        raise ValueError(
            f"the network gives {target!r} the same score for all {len(told['score'])} pictures: there is "
            "nothing to explain. Was its last layer trained?"
        )
    for what in ("values", "priors"):
        wrong = ~np.isfinite(told.get(what, np.zeros((1, 1)))).all(0)
        if wrong.any():
            names = [name for name, bad in zip(asked.concepts.names, wrong, strict=True) if bad]
            raise ValueError(f"the {what} of these concepts have NaN or infinity: {names[:5]}.")


class _Rows(Reducer):
    """Keeps what each of n pictures gave."""

    def __init__(self, n: int, asked: Asked) -> None:
        self.n, self.asked = n, asked.signature
        self.record, self.grad = asked.record, asked.grad
        self._asked = asked

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        found = told_by(batch.done, batch.views, self._asked)
        logits = found.pop("logits").float()
        rows = {name: own.float() for name, own in found.items()} | {
            "features": found["features"].half(),
            "score": logits[:, self._asked.target],
            "predicted": (logits.argmax(1) == self._asked.target).long(),
            "there": batch.labels.new_ones(len(logits)),
        }
        for name, own in rows.items():
            self.running(name, (self.n, *own.shape[1:]), own)[batch.numbers] = own

    def result(self) -> tuple[NDArray[np.bool_], dict[str, NDArray[Any]]]:
        there = self.total("there").cpu().numpy() > 0
        names = ["features", "values", "score", "predicted", *(["priors"] if self._asked.prior else [])]
        return there, {name: self.total(name).cpu().numpy()[there] for name in names}


def _drawn(data: ImageSet, target: str, n_pictures: int, seed: int) -> NDArray[np.int64]:
    """Numbers, rising, of at most so many pictures: half of the target's class, where the data know it."""
    order = np.random.default_rng(seed).permutation(len(data))
    if target not in data.class_names:
        return np.sort(order[:n_pictures])
    own = data.labels[order] == data.class_names.index(target)
    half = max(n_pictures // 2, n_pictures - int((~own).sum()))
    mine = order[own][:half]
    return np.sort(np.concatenate([mine, order[~own][: n_pictures - len(mine)]]))
