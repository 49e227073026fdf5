"""Rows kept for some pictures of a sweep that were picked before it: binarised features, small pictures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.images import fit_view, shown
from xaikit.core.images.checks import UInt8
from xaikit.core.reducers import Reducer, SweepBatch
from xaikit.sevec.units import Units

__all__ = ["Patterns", "PickedRows", "Thumbnails"]

THUMB_SIDE = 48


class PickedRows(NamedTuple):
    """`rows` (k, ...) of the pictures picked, and which of them were there, bool (k,)."""

    rows: NDArray[np.uint8]
    there: NDArray[np.bool_]


class _Picked(Reducer):
    """Keeps a row of uint8 of each picture whose number is in `numbers` (k,), and nothing of the others."""

    def __init__(self, numbers: NDArray[np.int64], layer: str | None) -> None:
        self.numbers = np.sort(np.asarray(numbers, np.int64))
        self.layer = layer

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        here = np.flatnonzero(np.isin(batch.numbers, self.numbers))
        if not len(here):
            return
        places = torch.from_numpy(np.searchsorted(self.numbers, batch.numbers[here]))
        rows = torch.from_numpy(self._rows(batch, features, here))
        there = torch.ones(len(here), dtype=torch.uint8)
        for name, values in (("rows", rows), ("there", there)):
            self.running(name, (len(self.numbers), *values.shape[1:]), values)[places] = values

    def _rows(self, batch: SweepBatch, features: Tensor, here: NDArray[np.intp]) -> UInt8:
        raise NotImplementedError

    def result(self) -> PickedRows:
        """The rows, in the order of `numbers`."""
        return PickedRows(self.total("rows").numpy().copy(), self.total("there").numpy() > 0)


class Patterns(_Picked):
    """Binarised features of the pictures picked, eight units to a byte (`numpy.unpackbits` opens them)."""

    def __init__(self, numbers: NDArray[np.int64], units: Units) -> None:
        super().__init__(numbers, units.layer)
        self.rule = units.named
        self._units = units

    def _rows(self, batch: SweepBatch, features: Tensor, here: NDArray[np.intp]) -> UInt8:
        return np.packbits(self._units.on(features[here]).cpu().numpy(), axis=1)


class Thumbnails(_Picked):
    """The pictures picked, as the network sees them, `THUMB_SIDE` pixels a side."""

    def _rows(self, batch: SweepBatch, features: Tensor, here: NDArray[np.intp]) -> UInt8:
        return np.stack([fit_view(shown(batch.views[k]), THUMB_SIDE) for k in here])
