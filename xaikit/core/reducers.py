"""What a sweep gathers: reducers take batch after batch, hold little, and can be merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.images.checks import UInt8

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class SweepBatch:
    """Some pictures of a sweep and what one forward pass told of them; tensors are on the device.

    Attributes
    ----------
    numbers : int64 (b,)
        The pictures' numbers in the data, rising.
    labels : int64 tensor (b,)
        Zeros where the data have no labels.
    logits : float32 tensor (b, n_classes)
    features : dict of layer name to float32 tensor (b, c, h, w), or (b, c) of a vector
        As `Classifier.features` gives them.
    views : uint8 (b, S, S, 3)
        What the network saw.
    """

    numbers: NDArray[np.int64]
    labels: Tensor
    logits: Tensor
    features: dict[str, Tensor]
    views: UInt8


class Reducer:
    """Boils the features of many pictures down to little; the base class of all.

    A subclass writes `update`, in which it adds to named running totals by `add` or `add_by_label`, and
    `result`, which reads them by `total`. Where such totals are all it holds, there is no more to write.
    Public attributes are its settings: by them a checkpoint is told from that of other work. So they hold
    numbers, text, arrays, or tuples, lists and dictionaries of these, and whatever changes is private.

    Attributes
    ----------
    layer : str or None
        Name of the layer whose features it is given; None is the sweep's own.
    """

    layer: str | None = None

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch; `features` (b, c, h, w) or (b, c) are those of the reducer's own layer."""
        raise NotImplementedError

    def result(self) -> Any:
        """What was gathered."""
        raise NotImplementedError

    def merge(self, other: Self) -> None:
        """Take in what a reducer with the same settings gathered from other pictures; `other` stays as is."""
        check_alike(self, other)
        for name, amount in other._sums.items():
            self.add(name, amount)

    def state(self) -> Arrays:
        """Return a copy of all that was gathered so far; empty before the first batch."""
        return {name: total.cpu().numpy().copy() for name, total in self._sums.items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state` returned; an empty state forgets everything."""
        self.__dict__["_totals"] = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}

    # ---- for subclasses ----

    @property
    def _sums(self) -> dict[str, Tensor]:
        return self.__dict__.setdefault("_totals", {})

    def total(self, name: str) -> Tensor:
        """Return the running total of that name. Raises ValueError where no picture was taken in."""
        if name not in self._sums:
            raise ValueError(f"{type(self).__name__} has seen no picture yet. Give it to xaikit.sweep.")
        return self._sums[name]

    def add(self, name: str, amount: Tensor) -> None:
        """Add to a running total, on the device of what is added; float64 and int64 do not depend on luck."""
        self._room(name, amount.shape, amount).add_(amount)

    def add_by_label(self, name: str, labels: Tensor, rows: Tensor, n_groups: int) -> None:
        """Add each row (b, ...) to its label's part of a running total (n_groups, ...).

        Sums up in one fixed order on every device. Raises ValueError for a label outside 0..n_groups - 1.
        """
        outside = (labels < 0) | (labels >= n_groups)
        if outside.any():
            raise ValueError(
                f"labels must lie in 0..{n_groups - 1}, `n_groups` being {n_groups}; "
                f"got {int(labels[outside][0])}."
            )
        total = self._room(name, (n_groups, *rows.shape[1:]), rows)
        if rows.is_floating_point() and rows.is_cuda:
            # Atomic additions of floats would come in any order.
            found = labels.unique()
            members = (found[:, None] == labels).to(rows.dtype)
            total[found] += (members @ rows.flatten(1)).view(-1, *rows.shape[1:])
        else:
            total.index_add_(0, labels, rows)

    def _room(self, name: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
        held = self._sums.get(name)
        if held is None:
            held = torch.zeros(shape, dtype=like.dtype, device=like.device)
        if held.shape != shape:
            raise ValueError(
                f"{type(self).__name__} holds {tuple(held.shape)} and was given {tuple(shape)}: both must "
                "come from the same layer of the same network."
            )
        self._sums[name] = held.to(like.device)
        return self._sums[name]


def check_alike(one: Reducer, other: Reducer) -> None:
    """Raise where two reducers do not gather the same, so that they cannot be merged."""
    if type(one) is not type(other):
        raise TypeError(
            f"only reducers of one kind can be merged; got {type(one).__name__} and {type(other).__name__}."
        )


class Mean(Reducer):
    """The mean of the features over pictures; by label where `n_groups` is given.

    Parameters
    ----------
    n_groups : number of labels, each with a mean of its own; None takes all pictures together
    layer : name of the layer; None is the sweep's own

    Notes
    -----
    `result` is float64 (c, h, w) or (c,), with (n_groups, ...) in front where by label: NaN for a label that
    no picture had. `counts` tells how many pictures each had. Sums are kept in float64.
    """

    def __init__(self, n_groups: int | None = None, layer: str | None = None) -> None:
        self.n_groups = _checked_groups(n_groups)
        self.layer = layer

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        self._add(batch, features, torch.float64)

    def _add(self, batch: SweepBatch, values: Tensor, dtype: torch.dtype) -> None:
        ones = torch.ones_like(batch.labels)
        if self.n_groups is None:
            self.add("sum", values.sum(0, dtype=dtype))
            self.add("count", ones.sum())
        else:
            self.add_by_label("sum", batch.labels, values.to(dtype), self.n_groups)
            self.add_by_label("count", batch.labels, ones, self.n_groups)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of pictures, int64 () or (n_groups,)."""
        return self.total("count").cpu().numpy().copy()

    def result(self) -> NDArray[np.float64]:
        """Return the mean, float64."""
        total = self.total("sum").cpu().double().numpy()
        counts = self.counts.reshape(self.counts.shape + (1,) * (total.ndim - self.counts.ndim))
        return np.divide(total, counts, out=np.full(total.shape, np.nan), where=counts > 0)


class Rate(Mean):
    """The share of pictures in which a unit lies above a threshold; by label where `n_groups` is given.

    Parameters
    ----------
    threshold : float, or array that can be broadcast to the features (c, h, w) or (c,)
    n_groups, layer : as of `Mean`

    Notes
    -----
    `result` is as `Mean`'s, in 0..1, and exact: it is counted in whole numbers.
    """

    def __init__(
        self,
        threshold: float | NDArray[Any] = 0.0,
        n_groups: int | None = None,
        layer: str | None = None,
    ) -> None:
        super().__init__(n_groups, layer)
        self.threshold = np.asarray(threshold, np.float32)
        if np.isnan(self.threshold).any():
            raise ValueError("`threshold` must be a number for every unit; got NaN.")

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        self._add(batch, features > torch.from_numpy(self.threshold).to(features.device), torch.int64)


def _checked_groups(n_groups: int | None) -> int | None:
    if n_groups is not None and (isinstance(n_groups, bool) or n_groups < 1):
        raise ValueError(f"`n_groups` must be the number of labels, at least 1, or None; got {n_groups!r}.")
    return n_groups
