"""The base of all reducers: running totals, merging, and a state that can be written to disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.images.checks import UInt8
from xaikit.core.passes import Pass

Arrays = dict[str, NDArray[Any]]
PIECE = 2**17
"""Numbers that are converted at a time, few enough for a processor's cache."""


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
    views : uint8 (b, H, W, 3)
        What the network saw.
    done : the pass itself, of which a reducer may ask more: see `Reducer.record` and `Reducer.grad`
    """

    numbers: NDArray[np.int64]
    labels: Tensor
    logits: Tensor
    features: Mapping[str, Tensor]
    views: UInt8
    done: Pass


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
    record : tuple of str
        Names of further layers whose features it takes from the batch.
    grad : tuple of str
        Names of layers at whose output it asks `SweepBatch.done` for gradients. The one pass then keeps what
        these need, in full precision.
    """

    layer: str | None = None
    record: tuple[str, ...] = ()
    grad: tuple[str, ...] = ()

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

    @property
    def begun(self) -> bool:
        """Whether anything was taken in."""
        return bool(self._sums)

    # ---- for subclasses ----

    @property
    def _sums(self) -> dict[str, Tensor]:
        # Made here, so that a subclass with an __init__ of its own need not call this one's.
        return self.__dict__.setdefault("_totals", {})

    def total(self, name: str) -> Tensor:
        """Return the running total of that name. Raises ValueError where no picture was taken in."""
        if name not in self._sums:
            raise nothing_seen(self)
        return self._sums[name]

    def add(self, name: str, amount: Tensor) -> None:
        """Add to a running total, on the device of what is added; float64 and int64 do not depend on luck."""
        self.running(name, amount.shape, amount).add_(amount)

    def add_by_label(
        self, name: str, labels: Tensor, rows: Tensor, n_groups: int, weights: Tensor | None = None
    ) -> None:
        """Add each row (b, ...), times its weight (b,), to its label's part of a total (n_groups, ...).

        What is bool or whole is counted in int64, all else added up in float64, in one fixed order on every
        device; rows are converted piece by piece, so hand them over as they are. Raises ValueError for a
        label outside 0..n_groups - 1.
        """
        outside = (labels < 0) | (labels >= n_groups)
        if outside.any():
            raise ValueError(
                f"labels must lie in 0..{n_groups - 1}, `n_groups` being {n_groups}; "
                f"got {int(labels[outside][0])}."
            )
        whole = weights is None and not rows.is_floating_point()
        kind = torch.int64 if whole else torch.float64
        total = self.running(
            name, (n_groups, *rows.shape[1:]), torch.empty(0, dtype=kind, device=rows.device)
        )
        if rows.is_cuda and not whole:
            # There index_add_ would add in any order, and floats would come out as luck has it.
            found, sums = sums_by_label(labels, rows, weights)
            total[found] += sums
            return
        size = len(rows) if rows.is_cuda else max(1, PIECE * len(rows) // max(1, rows.numel()))
        for first in range(0, len(rows), size):
            piece = slice(first, first + size)
            part = rows[piece].to(kind)
            if weights is not None:
                part = part * weights[piece].to(kind).view(-1, *[1] * (rows.ndim - 1))
            total.index_add_(0, labels[piece], part)

    def running(self, name: str, shape: tuple[int, ...], like: Tensor) -> Tensor:
        """The total of that name, to add to; zeros like `like` where it was not begun."""
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
    if identity(one) != identity(other):
        raise ValueError(
            f"only reducers with the same settings can be merged; these two of {type(one).__name__} differ."
        )


def sums_by_label(labels: Tensor, rows: Tensor, weights: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return the labels that occur, and the sum of each one's weighted rows, added up in one fixed order."""
    found = labels.unique()
    members = (found[:, None] == labels).double()
    if weights is not None:
        members = members * weights
    return found, (members @ rows.double().reshape(len(rows), -1)).view(-1, *rows.shape[1:])


def nothing_seen(reducer: Reducer) -> ValueError:
    """The error to raise where a result is asked of a reducer without pictures."""
    return ValueError(f"{type(reducer).__name__} has seen no picture yet. Give it to xaikit.sweep.")


def observations(features: Tensor) -> Tensor:
    """Every place of every picture as one row of the channels (b·h·w, c)."""
    return features.flatten(2).transpose(1, 2).flatten(0, 1) if features.ndim > 2 else features


def identity(reducer: Reducer) -> str:
    """Return a short hash of a reducer's kind and settings.

    Raises TypeError for a setting that is not a number, text, an array, or made of these.
    """
    digest = hashlib.sha256(f"{type(reducer).__module__}.{type(reducer).__qualname__}".encode())
    settings = {name: value for name, value in vars(reducer).items() if not name.startswith("_")}
    for name, value in sorted(settings.items()):
        digest.update(f"{name}=".encode() + _setting(value, name))
    return digest.hexdigest()[:16]


def _setting(value: Any, name: str) -> bytes:
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return f"{value.dtype} {value.shape}".encode() + value.tobytes()
    if value is None or isinstance(value, bool | int | float | str | np.generic):
        return repr(value).encode() + b";"
    if isinstance(value, Mapping):
        return b"{" + b"".join(_setting(part, name) for pair in value.items() for part in pair) + b"}"
    if isinstance(value, list | tuple):
        return b"[" + b"".join(_setting(part, name) for part in value) + b"]"
    raise TypeError(
        f"a reducer's setting `{name}` must be a number, text, an array, or a list or dictionary of these; "
        f"got {type(value).__name__}. Keep what is no setting in an attribute that begins with '_'."
    )
