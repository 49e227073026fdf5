"""How well a student follows its teacher (VRX 3.2.2, fig. 4)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from xaikit.core.params import Count, Share, check

__all__ = ["agreement", "interval", "mean_l1", "rank_correlation"]


def agreement(student: ArrayLike, teacher: ArrayLike) -> float:
    """Share of rows whose highest value is the same class in both, 0..1; inputs (n, n_classes)."""
    a, b = _rows(student, teacher)
    return float((a.argmax(1) == b.argmax(1)).mean())


def mean_l1(student: ArrayLike, teacher: ArrayLike) -> float:
    """Mean over rows of Σ_c |student_c − teacher_c| (VRX eq. 4), 0..2; probabilities (n, n_classes)."""
    a, b = _rows(student, teacher)
    return float(np.abs(a - b).sum(1).mean())


def rank_correlation(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's ρ of two samples of the same length, −1..1.

    Raises
    ------
    ValueError
        Fewer than three pairs, different lengths, a constant sample, or NaN or infinity in one.
    """
    from scipy.stats import spearmanr

    x, y = np.asarray(a, float).ravel(), np.asarray(b, float).ravel()
    if len(x) != len(y) or len(x) < 3:
        raise ValueError(
            f"two samples of the same length, at least 3, are needed; got {len(x)} and {len(y)}."
        )
    _check_finite(x, y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        raise ValueError("a constant sample has no ranks; look at why all its values are the same.")
    return float(spearmanr(x, y).statistic)


def interval(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of n trials, both ends in 0..1."""
    share, n = check("share", share, Share), check("n", n, Count)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _rows(student: ArrayLike, teacher: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(student, float), np.asarray(teacher, float)
    if a.ndim != 2 or a.shape != b.shape or not len(a):
        raise ValueError(f"both must have the same shape (n, n_classes), n ≥ 1; got {a.shape} and {b.shape}.")
    _check_finite(a, b)
    return a, b


def _check_finite(*samples: np.ndarray) -> None:
    for which, values in zip(("first", "second"), samples, strict=True):
        broken = np.argwhere(~np.isfinite(values))
        if len(broken):
            raise ValueError(
                f"values must be finite; the {which} argument holds {len(broken)} of NaN or infinity, one at "
                f"{broken[0].tolist()}. Look for where they come from first."
            )
