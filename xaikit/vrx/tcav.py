"""TCAV (Kim 2018): whether the network's score rises along a concept's direction, tested against chance.

S = ∇h(x)·v, the derivative of the class's logit along a concept's direction v; the TCAV score is the share of
the class's pictures with S > 0 (Kim 2018, eq. 2).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Tcav", "tcav"]


@dataclass(frozen=True)
class Tcav:
    """A concept's TCAV score, mean over runs; its p-value, corrected; and the mean derivative."""

    score: float
    p_value: float
    sensitivity: float


def tcav(
    concepts: Sequence[np.ndarray],
    gradients: np.ndarray,
    random_features: np.ndarray,
    n_patches: int,
    n_random: int,
    rng: np.random.Generator,
) -> list[Tcav]:
    """TCAV scores of several concepts of a class, each tested against random directions.

    Parameters
    ----------
    concepts : the features (patches, c) of each concept's patches
    gradients : (n, c), derivative of the class's logit in each of its n pictures
    random_features : (r, c), features of random patches from other pictures
    n_patches : random patches in a run, at most
    n_random : runs

    Returns
    -------
    list of Tcav; p-values are two-sided (Welch), corrected for the number of concepts (Benjamini-Hochberg)
    """
    from scipy.stats import false_discovery_control  # takes a second, and what was fitted before needs none
    from threadpoolctl import threadpool_limits

    if not concepts:
        return []
    size = min(n_patches, len(random_features) // 2)
    scale = float(np.linalg.norm(gradients, axis=1).mean()) or 1.0

    def chance_patches() -> np.ndarray:
        return random_features[rng.choice(len(random_features), size, replace=False)]

    def run(positive: np.ndarray) -> tuple[float, float]:
        derivative = gradients @ _direction(positive, chance_patches())
        return float((derivative > 0).mean()), float(derivative.mean() / scale)

    with threadpool_limits(1):  # sums over threads are not repeatable bit for bit
        chance = [run(chance_patches())[0] for _ in range(n_random)]
        runs = [np.array([run(own) for _ in range(n_random)]) for own in concepts]
    p_values = false_discovery_control([_p_value(list(each[:, 0]), chance) for each in runs])
    return [
        Tcav(float(each[:, 0].mean()), float(p), float(each[:, 1].mean()))
        for each, p in zip(runs, p_values, strict=True)
    ]


def _direction(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """The unit normal of a linear classifier between two sets of features (a concept activation vector)."""
    from sklearn.linear_model import Ridge

    x = np.concatenate([positive, negative]).astype(float)
    # what RidgeClassifier does, without its look at the labels, which takes longer than the fit
    y = np.repeat([1.0, -1.0], [len(positive), len(negative)])
    ridge = Ridge(alpha=1e-2 * float(x.var(axis=0).sum()) + 1e-12).fit(x, y)
    normal = ridge.coef_.ravel()
    return normal / (np.linalg.norm(normal) or 1.0)


def _p_value(scores: list[float], chance: list[float]) -> float:
    """Welch's two-sided t-test; constant samples are told apart by their values."""
    from scipy.stats import ttest_ind

    if np.ptp(scores) == 0 and np.ptp(chance) == 0:
        return 1.0 if scores[0] == chance[0] else 0.0
    with warnings.catch_warnings():  # one constant sample is common: every run has the same score
        warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)
        return float(ttest_ind(scores, chance, equal_var=False).pvalue)
