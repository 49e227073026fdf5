"""How good contributions of concepts to a score are (additive explainer, 4.1).

entropy     H(c) = −Σ_i c_i log c_i, c_i = |α_i y_i| / Σ_j |α_j y_j|; low where few concepts explain all
deviation   |ŷ − Σ_i α_i y_i − b| / (max ŷ − min ŷ)
error       E[|Contri_p − y_p*|] / E[y], y_p* = y Δy_p / Σ_p' Δy_p', where Δy_p is what the score loses
            when all that speaks for part p is taken away
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaikit.core.errors import warn

__all__ = [
    "accuracy_at",
    "best_threshold",
    "contribution_entropy",
    "contribution_error",
    "relative_deviation",
    "true_contributions",
]


def contribution_entropy(contributions: ArrayLike) -> NDArray[np.float64]:
    """H(c) of each picture, (m,), in nats: 0 to log n.

    Parameters
    ----------
    contributions : α_i y_i, (m, n)

    Returns
    -------
    (m,)
        NaN of a picture in which no concept counts, with a warning.

    Raises
    ------
    ValueError
        It is not (m, n), or has NaN or infinity.
    """
    sizes = np.abs(_finite(contributions, "contributions", 2))
    totals = sizes.sum(1, keepdims=True)
    if empty := int((totals == 0).sum()):
        warn(f"{empty} of {len(sizes)} pictures have no contribution at all: they are not counted.")
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = sizes / totals
        told = np.where(shares > 0, shares * np.log(shares), 0.0)
    return np.where(totals[:, 0] > 0, -told.sum(1), np.nan)


def relative_deviation(scores: ArrayLike, reconstruction: ArrayLike) -> NDArray[np.float64]:
    """|ŷ − (Σ_i α_i y_i + b)| / (max ŷ − min ŷ) of each picture, (m,).

    Raises
    ------
    ValueError
        Different lengths, NaN or infinity, or a score that is the same for all pictures.
    """
    exact, near = _finite(scores, "scores", 1), _finite(reconstruction, "reconstruction", 1)
    _check_alike(exact, near)
    if not np.ptp(exact):
        raise ValueError("`scores` must differ between pictures: there is no range to measure by.")
    return np.abs(exact - near) / np.ptp(exact)


def true_contributions(scores: ArrayLike, drops: ArrayLike) -> NDArray[np.float64]:
    """y_p* = y Δy_p / Σ_p' Δy_p', (m, n_parts), NaN where what all parts take away adds up to nothing.

    Parameters
    ----------
    scores : y, (m,)
    drops : Δy_p, (m, n_parts), NaN of a part that is not there, which then counts for nothing

    Raises
    ------
    ValueError
        Shapes that do not go together.
    """
    exact, lost = _finite(scores, "scores", 1), np.nan_to_num(np.asarray(drops, float))
    if lost.ndim != 2 or len(lost) != len(exact):
        raise ValueError(f"`drops` must be ({len(exact)}, n_parts); got {lost.shape}.")
    totals = lost.sum(1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(totals > 0, exact[:, None] * lost / totals, np.nan)


def contribution_error(contributions: ArrayLike, true: ArrayLike, scores: ArrayLike) -> NDArray[np.float64]:
    """E[|Contri_p − y_p*|] / E[y] of each part, (n_parts,).

    Parameters
    ----------
    contributions, true : (m, n_parts); pictures with NaN among the true ones are not counted
    scores : y, (m,)

    Raises
    ------
    ValueError
        Shapes that do not go together, or no picture that counts.
    """
    told, exact = _finite(contributions, "contributions", 2), np.asarray(true, float)
    if exact.shape != told.shape:
        raise ValueError(f"`true` must be as `contributions`, {told.shape}; got {exact.shape}.")
    counts = np.isfinite(exact).all(1)
    if not counts.any():
        raise ValueError("`true` is NaN in every picture: there is nothing to compare with.")
    mean = _finite(scores, "scores", 1)[counts].mean()
    return np.abs(told - exact)[counts].mean(0) / mean


def best_threshold(scores: ArrayLike, truth: ArrayLike) -> float:
    """τ for which ``score > τ`` is right most often, midway between two pictures; of equals the nearest to 0.

    Parameters
    ----------
    scores : (m,)
    truth : bool (m,)

    Raises
    ------
    ValueError
        Different lengths, no picture, or NaN or infinity.
    """
    known, right = _finite(scores, "scores", 1), np.asarray(truth, bool)
    _check_alike(known, right)
    order = np.argsort(known, kind="stable")
    ordered = known[order]
    gaps = (ordered[1:] + ordered[:-1]) / 2
    taus = np.concatenate([[ordered[0] - 1], gaps[np.diff(ordered) > 0], [ordered[-1] + 1]])
    accuracies = np.array([accuracy_at(known, right, tau) for tau in taus])
    best = taus[accuracies == accuracies.max()]
    return float(best[np.abs(best).argmin()])


def accuracy_at(scores: ArrayLike, truth: ArrayLike, tau: float) -> float:
    """Share of pictures for which ``score > τ`` says what is true. Both (m,)."""
    known, right = _finite(scores, "scores", 1), np.asarray(truth, bool)
    _check_alike(known, right)
    return float(((known > tau) == right).mean())


def _finite(values: ArrayLike, name: str, ndim: int) -> NDArray[np.float64]:
    found = np.asarray(values, float)
    if found.ndim != ndim or not found.size:
        raise ValueError(f"`{name}` must have {ndim} axes and at least one picture; got shape {found.shape}.")
    if not np.isfinite(found).all():
        raise ValueError(f"`{name}` must be finite; it has NaN or infinity.")
    return found


def _check_alike(first: NDArray[np.generic], second: NDArray[np.generic]) -> None:
    if first.shape != second.shape:
        raise ValueError(f"both must be of the same pictures; got {first.shape} and {second.shape}.")
