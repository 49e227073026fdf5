"""The rival that selects units instead of making features of them: Lasso on Z (SRAE 4.2, tables 2a and 5)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from xaikit.srae.examples import Split
from xaikit.srae.modules import Modules, Stack
from xaikit.srae.training import Settings, Trained

__all__ = ["LassoPath", "lasso_path", "select"]

TOLERANCE = 1e-6
"""Of the score's sum of squares. Where many units are alike, the smallest α end after scikit-learn's thousand
rounds at some 2e-5 (128 units, 480 pictures), which is no matter here and not warned of."""


class LassoPath:
    """Lasso of a class's score on the units of a layer, for falling weights α of the penalty.

    min_v 1/2 Σ_m w_m (b + v·Z^m − ŷ^m)² + α |v|₁, with the weights of the pictures that SRAE has.

    Attributes
    ----------
    alphas : float64 (A,), falling
    coefficients : v, float64 (A, S); baselines : b, float64 (A,)
    """

    def __init__(
        self, rows: NDArray[np.float32], scores: NDArray[np.float32], weights: NDArray[np.float64]
    ) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import lasso_path as path_of

        z, y = rows.astype(np.float64), scores.astype(np.float64)
        means = weights @ z, weights @ y
        # scikit-learn divides by twice the number of rows.
        root = np.sqrt(weights * len(z))[:, None]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.alphas, found, _ = path_of((z - means[0]) * root, (y - means[1]) * root[:, 0], tol=TOLERANCE)
        self.coefficients = found.T
        self.baselines = means[1] - self.coefficients @ means[0]

    @property
    def n_selected(self) -> NDArray[np.int64]:
        """How many units each α leaves, (A,)."""
        return np.count_nonzero(self.coefficients, axis=1)


def lasso_path(
    features: NDArray[np.float32], scores: NDArray[np.float32], split: Split, positive_weight: float
) -> LassoPath:
    """The path on a class's own pictures, which have `positive_weight` together, and on others."""
    n_own, n_others = len(split.positives), len(split.negatives)
    each = np.repeat([positive_weight / n_own, (1 - positive_weight) / n_others], [n_own, n_others])
    rows = np.concatenate([split.positives, split.negatives])
    return LassoPath(np.maximum(features[rows], 0), scores[rows], each)


def select(
    features: NDArray[np.float32],
    scores: Sequence[NDArray[np.float32]],
    splits: Sequence[Split],
    n_features: int,
    settings: Settings,
    seeds: Sequence[Sequence[int]],
    stepped: Callable[[], object] = lambda: None,
) -> Trained:
    """In the shape of `train`: at most so many units of the layer, by the smallest α that leaves no more.

    An encoder is one layer that picks them. Units below zero count as zero.
    """
    n_units = features.shape[1]
    picks = torch.zeros(len(splits), n_units, n_features)
    readout, baseline = torch.zeros(len(splits), n_features), torch.zeros(len(splits))
    for k, (own, split) in enumerate(zip(scores, splits, strict=True)):
        path = lasso_path(features, own, split, settings.positive_weight)
        (fitting,) = np.nonzero(path.n_selected <= n_features)
        last = fitting[-1]
        for i, unit in enumerate(np.flatnonzero(path.coefficients[last])):
            picks[k, unit, i] = 1
            readout[k, i] = float(path.coefficients[last, unit])
        baseline[k] = float(path.baselines[last])
        for _ in range(settings.n_steps):
            stepped()
    encoder = Stack([picks], [torch.zeros(len(splits), 1, n_features)])
    return Trained(Modules(encoder, None, readout, baseline), [0] * len(splits), {})
