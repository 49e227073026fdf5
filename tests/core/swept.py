"""What the tests of a sweep share: pictures, reducers, and how a sweep is run in them."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xaikit.core.classifier import Classifier
from xaikit.core.reducers import (
    CoOccurrence,
    Covariance,
    Mean,
    Quantiles,
    Rate,
    Reducer,
    SweepBatch,
    TopK,
)
from xaikit.core.sweep import sweep
from xaikit.data import ImageSet, Sample


class Noise(ImageSet):
    """Pictures of noise, each drawn from its number; counts how many were read, and can fail at some."""

    def __init__(self, n: int = 40, broken: dict[int, Exception] | None = None, shift: int = 0) -> None:
        super().__init__(["cat", "dog", "bird"], np.arange(n) % 3)
        self.broken, self.shift, self.reads = broken or {}, shift, []

    def _read(self, index: int) -> Sample:
        self.reads.append(index)
        if index in self.broken:
            raise self.broken[index]
        image = np.random.default_rng(index + self.shift).integers(0, 256, (32, 32, 3), np.uint8)
        return Sample(image, int(self.labels[index]), f"noise {index}")


class Watch(Reducer):
    """Tells of every batch, and can do something at one of them."""

    def __init__(self) -> None:
        self._batches: list[SweepBatch] = []
        self._act: Any = None

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        self._batches.append(batch)
        self.add("n", torch.tensor(len(batch.numbers)))
        if self._act:
            self._act(batch)

    def result(self) -> list[SweepBatch]:
        return self._batches


def reducers() -> dict[str, Reducer]:
    return {
        "mean": Mean(3),
        "rate": Rate(0.1, layer="norm"),
        "covariance": Covariance("stem"),
        "quantiles": Quantiles([0.5], k=12),
        "top": TopK(2, side=4),
        "together": CoOccurrence(),
    }


def run(classifier: Classifier, data: Any, gather: dict[str, Reducer] | None = None, **options: Any) -> Any:
    options = {"layer": "mix", "progress": False, "batch_size": 8} | options
    return sweep(classifier, data, gather or {"mean": Mean()}, **options)


def bytes_of(gather: dict[str, Reducer]) -> dict[str, bytes]:
    return {
        f"{name} {key}": array.tobytes() for name, one in gather.items() for key, array in one.state().items()
    }


def readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("xaikit-reader")]
