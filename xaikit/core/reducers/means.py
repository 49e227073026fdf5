"""Reducers that add up: means, rates, covariance, and how often units are on together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.reducers.base import Reducer, SweepBatch, check_alike, observations


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
            self.add_by_label("sum", batch.labels, values, self.n_groups)
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
        self.threshold = _checked_threshold(threshold)

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        self._add(batch, features > torch.from_numpy(self.threshold).to(features.device), torch.int64)


@dataclass(frozen=True)
class Moments:
    """Mean and covariance of c channels.

    Attributes
    ----------
    mean : float64 (c,)
    covariance : float64 (c, c), divided by `n`
    n : number of observations: pictures, times places where the layer has them
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    n: int


class Covariance(Reducer):
    """Mean and covariance of a layer's channels; every place of every picture is one observation.

    S = Σ (x − m)(x − m)ᵀ is carried on from mean to mean (Chan, Golub and LeVeque 1983), so that nothing
    cancels where means are large: S = S_a + S_b + (m_b − m_a)(m_b − m_a)ᵀ n_a n_b / n.

    Parameters
    ----------
    layer : name of the layer; None is the sweep's own

    Notes
    -----
    `result` gives `Moments`. It holds c² numbers of 8 bytes.
    """

    def __init__(self, layer: str | None = None) -> None:
        self.layer = layer

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        rows = observations(features).double()
        mean = rows.mean(0)
        apart = rows - mean
        self._join(torch.tensor(len(rows), device=rows.device), mean, apart.T @ apart)

    def merge(self, other: Self) -> None:
        """Take in what another gathered from other pictures."""
        check_alike(self, other)
        if other.begun:
            self._join(*(other.total(name) for name in ("n", "mean", "scatter")))

    def _join(self, n: Tensor, mean: Tensor, scatter: Tensor) -> None:
        own_n, own_mean = self.running("n", (), n), self.running("mean", tuple(mean.shape), mean)
        own_scatter = self.running("scatter", tuple(scatter.shape), scatter)
        step, share = mean - own_mean, n.double() / (own_n + n)
        own_scatter += scatter + torch.outer(step, step) * (share * own_n)
        own_mean += step * share
        own_n += n

    def result(self) -> Moments:
        """Return mean and covariance."""
        n, mean, scatter = (self.total(name).cpu().numpy() for name in ("n", "mean", "scatter"))
        return Moments(mean.copy(), scatter / n, int(n))


@dataclass(frozen=True)
class Together:
    """How often units are on in the same picture.

    Attributes
    ----------
    counts : int64 (c, c), in how many pictures both are on; on the diagonal, each one
    n : number of pictures
    """

    counts: NDArray[np.int64]
    n: int

    @property
    def rates(self) -> NDArray[np.float64]:
        """Share of all pictures (c, c)."""
        return self.counts / self.n

    @property
    def lift(self) -> NDArray[np.float64]:
        """P(i, j) / (P(i) P(j)) (c, c): 1 where independent, NaN where one is never on."""
        single = np.diag(self.counts).astype(float)
        expected = np.outer(single, single)
        blank = np.full(expected.shape, np.nan)
        return np.divide(self.counts * float(self.n), expected, out=blank, where=expected > 0)


class CoOccurrence(Reducer):
    """In how many pictures each two of a layer's channels are on, each of them anywhere in the picture.

    Parameters
    ----------
    threshold : float, or one for each channel (c,), above which a channel is on
    layer : name of the layer; None is the sweep's own

    Notes
    -----
    `result` gives `Together`. It holds c² numbers of 8 bytes.
    """

    def __init__(self, threshold: float | NDArray[Any] = 0.0, layer: str | None = None) -> None:
        self.threshold, self.layer = _checked_threshold(threshold), layer

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        strongest = features.flatten(2).amax(2) if features.ndim > 2 else features
        on = (strongest > torch.from_numpy(self.threshold).to(features.device)).float()
        self.add("counts", (on.T @ on).long())  # whole numbers far below 2²⁴: exact in float32
        self.add("n", torch.ones_like(batch.labels).sum())

    def result(self) -> Together:
        """Return the counts."""
        return Together(self.total("counts").cpu().numpy().copy(), int(self.total("n")))


def _checked_groups(n_groups: int | None) -> int | None:
    if n_groups is not None and (isinstance(n_groups, bool) or n_groups < 1):
        raise ValueError(f"`n_groups` must be the number of labels, at least 1, or None; got {n_groups!r}.")
    return n_groups


def _checked_threshold(threshold: float | NDArray[Any]) -> NDArray[np.float32]:
    checked = np.asarray(threshold, np.float32)
    if np.isnan(checked).any():
        raise ValueError("`threshold` must be a number for every unit; got NaN.")
    return checked
