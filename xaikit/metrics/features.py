"""How good a few explaining features are: faithful, orthogonal, local (x-features, SRAE 4.1 and appendix 1).

    F_reg = 1/M Σ_m |ȳ − ŷ|             F_cls: share of pictures whose class stays when ȳ stands in for ŷ
    O1 = ‖P‖_F − √n, O2 = −log det P    P: correlations of the n features' heatmaps, over all pictures
    H = −Σ_p S_p log S_p                S_p: share of a feature's heat on part p, mean over pictures

ŷ is a class's logit, ȳ what the features say it is. All but F_cls are best at 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaikit.core.errors import warn

__all__ = [
    "Orthogonality",
    "classification_faithfulness",
    "locality",
    "orthogonality",
    "part_shares",
    "regression_faithfulness",
    "voronoi_regions",
]


def regression_faithfulness(score: ArrayLike, approximation: ArrayLike) -> float:
    """F_reg = 1/M Σ_m |ȳ − ŷ|, in logits; both (M,).

    Raises
    ------
    ValueError
        Different lengths, no picture, or NaN or infinity in one.
    """
    exact, near = _alike(score, approximation)
    return float(np.abs(near - exact).mean())


def classification_faithfulness(logits: ArrayLike, target: int, approximation: ArrayLike) -> float:
    """F_cls: share of pictures whose class stays when the approximation stands in for the target's logit.

    Parameters
    ----------
    logits : (M, n_classes), before softmax
    target : the class that is explained
    approximation : ȳ, (M,)

    Raises
    ------
    ValueError
        Shapes that do not go together, an unknown class, no picture, or NaN or infinity.
    """
    before = np.asarray(logits, float)
    if before.ndim != 2 or isinstance(target, bool) or target not in range(before.shape[-1]):
        raise ValueError(
            f"`logits` must be (M, n_classes), and `target` one of these classes; got {before.shape} and "
            f"{target!r}."
        )
    _, near = _alike(before[:, target], approximation)
    if not np.isfinite(before).all():
        raise ValueError("`logits` must be finite; got NaN or infinity.")
    after = before.copy()
    after[:, target] = near
    return float((after.argmax(1) == before.argmax(1)).mean())


class Orthogonality(NamedTuple):
    """How far n features' heatmaps are from falling on different places; both are 0 where none do.

    `o1` = ‖P‖_F − √n, at most n − √n. `o2` = −log det P, infinite where some are a combination of others.
    `correlations` P, float (n, n).
    """

    o1: float
    o2: float
    correlations: NDArray[np.float64]


def orthogonality(heatmaps: Iterable[ArrayLike]) -> Orthogonality:
    """O1 and O2 of SRAE 4.1, of the correlations of heatmaps over all places of all pictures.

    Parameters
    ----------
    heatmaps : for each picture the n features' heatmaps, (n, h, w); one picture at a time is looked at

    Raises
    ------
    ValueError
        Not the same n, two or more, for all pictures; a map that is not finite; or a feature whose maps have
        one value everywhere, which has no correlation with anything.
    """
    n_places, sums, products, low, high = 0, np.zeros(0), np.zeros((0, 0)), np.inf, -np.inf
    for given in heatmaps:
        maps = _maps(given).reshape(len(given), -1)  # type: ignore[arg-type]
        if n_places == 0:
            sums, products = np.zeros(len(maps)), np.zeros((len(maps), len(maps)))
        if len(maps) != len(sums) or len(maps) < 2:
            raise ValueError(
                f"each picture must have the same number of heatmaps, two or more; got {len(maps)} where "
                f"others have {len(sums)}."
            )
        n_places += maps.shape[1]
        sums += maps.sum(1)
        products += maps @ maps.T
        low, high = np.minimum(low, maps.min(1)), np.maximum(high, maps.max(1))
    if n_places == 0:
        raise ValueError("there is no picture: give the heatmaps of at least one.")
    if flat := np.flatnonzero(low == high).tolist():
        raise ValueError(
            f"the heatmaps of features {flat} have one value everywhere, so they fall on no place. Leave out "
            "features that say nothing."
        )
    covariance = products / n_places - np.outer(sums, sums) / n_places**2
    spread = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(spread, spread)
    np.fill_diagonal(correlations, 1.0)
    sign, log_det = np.linalg.slogdet(correlations)
    o2 = -float(log_det) if sign > 0 else np.inf
    return Orthogonality(
        float(np.linalg.norm(correlations) - np.sqrt(len(spread))), max(o2, 0.0), correlations
    )


def voronoi_regions(points: ArrayLike, box: ArrayLike, size: tuple[int, int]) -> NDArray[np.float64]:
    """How much each pixel belongs to each part, where of parts a point is known alone (SRAE algorithm 1).

    P(part | pixel) = 1 − d̄ in the part's Voronoi region within the box, 0 elsewhere. d̄ is the distance from
    the part's point, divided by the largest in that region: so a large part does not win by its size alone.
    What lies outside of the box belongs to the *context*.

    Parameters
    ----------
    points : (P, 2), x and y in pixels; NaN for a part that is not seen, which no pixel belongs to
    box : (x0, y0, x1, y1) around the object, ends excluded
    size : (h, w) of the picture

    Returns
    -------
    float (P + 1, h, w), 0..1, the context last

    Raises
    ------
    ValueError
        No part is seen, a point lies outside of the box, or the box holds no pixel.

    Notes
    -----
    The paper does not say by what distances are divided, nor whether a region ends at the box; here it does.
    """
    places, (x0, y0, x1, y1) = np.asarray(points, float), np.asarray(box, float).tolist()
    if places.ndim != 2 or places.shape[1] != 2 or not len(places):
        raise ValueError(f"`points` must be (P, 2), x and y of each part; got {places.shape}.")
    seen = np.flatnonzero(~np.isnan(places).any(1)).tolist()
    x, y = np.arange(size[1]) + 0.5, np.arange(size[0])[:, None] + 0.5
    inside = (x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)
    if not seen or not inside.any():
        raise ValueError("a part must be seen, and the box must hold a pixel of the picture.")
    out = [k for k in seen if not (x0 <= places[k, 0] <= x1 and y0 <= places[k, 1] <= y1)]
    if out:
        raise ValueError(f"the points of parts {out} lie outside of the box {(x0, y0, x1, y1)}.")
    apart = np.stack([np.hypot(x - places[k, 0], y - places[k, 1]) for k in seen])
    nearest = apart.argmin(0)
    regions = np.zeros((len(places) + 1, *size))
    for row, k in enumerate(seen):
        own = inside & (nearest == row)
        if own.any():
            regions[k][own] = 1 - apart[row][own] / max(apart[row][own].max(), 1e-12)
    regions[-1][~inside] = 1
    return regions


def part_shares(heatmaps: ArrayLike, regions: ArrayLike) -> NDArray[np.float64]:
    """S_p = Σ P(part | pixel) P(pixel | feature), P(pixel | feature) a heatmap divided by its sum.

    Parameters
    ----------
    heatmaps : of n features in one picture, (n, h, w), zero or positive
    regions : P(part | pixel), (P, h, w) in 0..1: masks of objects, or `voronoi_regions`

    Returns
    -------
    float (n, P); NaN for a feature without heat in the picture

    Raises
    ------
    ValueError
        Other shapes, values below 0, or NaN or infinity.
    """
    maps, parts = _maps(heatmaps), np.asarray(regions, float)
    if parts.ndim != 3 or parts.shape[1:] != maps.shape[1:] or not len(parts):
        raise ValueError(f"`regions` must be (P, {maps.shape[1]}, {maps.shape[2]}); got {parts.shape}.")
    if (maps < 0).any() or not ((parts >= 0) & (parts <= 1)).all():
        raise ValueError("heatmaps must not be below 0, and regions must lie in 0..1.")
    heat = maps.sum((1, 2))
    shares: NDArray[np.float64] = np.einsum("nhw,phw->np", maps, parts)
    return shares / np.where(heat > 0, heat, np.nan)[:, None]


def locality(shares: ArrayLike) -> NDArray[np.float64]:
    """H_n = −Σ_p S̄_p log S̄_p of each feature, S̄ its mean shares over the pictures, divided by their sum.

    Parameters
    ----------
    shares : (M, n, P), `part_shares` of each picture; NaN where there was no heat, which is not counted

    Returns
    -------
    float (n,), 0 where all heat is on one part, log P where it is on all alike; NaN for a feature with no
    heat on any part of any picture

    Raises
    ------
    ValueError
        Another shape, or shares below 0.

    Warns
    -----
    UserWarning
        Some are not counted.
    """
    given = np.asarray(shares, float)
    if given.ndim != 3 or 0 in given.shape or (given < 0).any() or np.isinf(given).any():
        raise ValueError(f"`shares` must be (M, n, P), none below 0; got {given.shape}.")
    empty = np.isnan(given).any(2)
    if empty.any():
        warn(f"{int(empty.sum())} of {empty.size} heatmaps have no heat: they are not counted.")
    total = np.where(empty[..., None], 0, given).sum(0)
    sums = total.sum(1, keepdims=True)
    mean = total / np.where(sums > 0, sums, np.nan)
    return -np.where(mean > 0, mean * np.log(np.where(mean > 0, mean, 1)), mean).sum(1)


def _alike(one: ArrayLike, other: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = np.asarray(one, float), np.asarray(other, float)
    if a.ndim != 1 or a.shape != b.shape or not len(a):
        raise ValueError(f"scores and approximations must be (M,), M ≥ 1; got {a.shape} and {b.shape}.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("scores and approximations must be finite; got NaN or infinity.")
    return a, b


def _maps(given: ArrayLike) -> NDArray[np.float64]:
    maps = np.asarray(given, float)
    if maps.ndim != 3 or 0 in maps.shape or not np.isfinite(maps).all():
        raise ValueError(f"heatmaps must be (n, h, w), none of them 0, and finite; got {maps.shape}.")
    return maps
