"""Does a map point at the object? The generalised pointing game of SeVec 5.2, and the energy in the box.

A pixel's energy is its value where that is positive and 0 elsewhere, or its magnitude. To keep a share m of
the energy is to keep the strongest pixels, as few as hold at least m of the map's whole energy. A hit is
counted where what is kept lies in the object's box; m = 0 keeps the maximum alone, the plain pointing game.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaikit.core.errors import warn
from xaikit.core.params import Between, Count, Share, check

__all__ = ["centre_blob", "energy_in_box", "kept_energy", "pointing_baselines", "pointing_hits"]

Sign = Literal["positive", "magnitude"]
ROUNDING = 1e-9  # relative: what a running sum may be off


def kept_energy(values: ArrayLike, share: float, sign: Sign = "positive") -> NDArray[np.bool_]:
    """Keep the strongest pixels of a map, as few as hold a share of its energy.

    Parameters
    ----------
    values : a map (h, w), or maps (n, h, w), each by itself
    share
        m of the energy to keep, in 0..1. 0 keeps the maximum alone; 1 keeps every pixel that has energy
    sign : energy is "positive", max(v, 0), or "magnitude", |v|

    Returns
    -------
    bool, of the shape of `values`
        Pixels as strong as the weakest kept are kept as well, so the order of equal pixels does not matter. A
        map without energy keeps nothing

    Raises
    ------
    ValueError
        Values that are no maps or not finite, or a share outside 0..1.
    """
    maps, share = np.asarray(values, float), check("share", share, Share)
    energy = _energy(maps if maps.ndim == 3 else maps[None], sign)
    kept = np.zeros(energy.shape, bool)
    for number, one in enumerate(energy):
        ranked = np.sort(one, axis=None)[::-1]
        if ranked[0] > 0:
            kept[number] = one >= ranked[_n_kept(ranked, _checked_shares([share]))[0] - 1]
    return kept.reshape(maps.shape)


def pointing_hits(
    heatmaps: ArrayLike,
    boxes: Sequence[ArrayLike] | ArrayLike,
    shares: Sequence[float] | ArrayLike,
    fraction: float = 1.0,
    sign: Sign = "positive",
) -> np.ma.MaskedArray:
    """Play the generalised pointing game (SeVec 5.2).

    Parameters
    ----------
    heatmaps : (n, h, w)
    boxes
        for each map (x0, y0, x1, y1) in pixels of the map, its right and lower edge outside; or several such
        boxes (k, 4), where the object is there several times. Pixel (x, y) is inside where its centre
        (x + ½, y + ½) is
    shares : n_shares shares of the energy to keep, each in 0..1
    fraction
        "the remaining foreground lies in the box" is read as: at least this fraction of the kept pixels does.
        1 asks for all of them
    sign : what energy is, as in `kept_energy`

    Returns
    -------
    masked array of bool (n, n_shares)
        Rows of maps without energy are masked: `hits.mean(0)` is the accuracy over the maps that count. Equal
        pixels are kept together, so of several equal maxima all must be inside, and a constant map misses

    Raises
    ------
    ValueError
        Maps that are not finite, not one box per map, a box with no pixel of the map, or a share or fraction
        out of range.

    Warns
    -----
    UserWarning
        There are maps without energy.

    Source
    ------
    Gu and Tresp, "Semantics for Global and Local Interpretation of Deep Neural Networks", section 5.2; Zhang
    et al. 2016, "Top-down Neural Attention by Excitation Backprop", for the plain game.

    Limits
    ------
    It asks where a map points, not whether the network looks there. Objects are mostly in the middle: read it
    beside `pointing_baselines`. With all pixels asked for, one stray pixel makes a miss, and near m = 1 every
    dense map misses; `energy_in_box` is less brittle.
    """
    energy, inside = _energy(heatmaps, sign), _inside(boxes, heatmaps)
    asked = _checked_shares(shares, fraction)
    hits = np.ma.zeros((len(energy), len(asked)), bool)
    for number, (one, box) in enumerate(zip(energy, inside, strict=True)):
        order = np.argsort(-one, axis=None, kind="stable")
        ranked = one.ravel()[order]
        if ranked[0] > 0:
            hits[number] = _hits(box.ravel()[order], _n_kept(ranked, asked), fraction)
        else:
            hits[number] = np.ma.masked
    _tell_blank(energy)
    return hits


def pointing_baselines(
    heatmaps: ArrayLike,
    boxes: Sequence[ArrayLike] | ArrayLike,
    shares: Sequence[float] | ArrayLike,
    fraction: float = 1.0,
    sign: Sign = "positive",
) -> dict[str, np.ma.MaskedArray]:
    """Play the pointing game without looking at the picture, to be read beside `pointing_hits`.

    Parameters
    ----------
    heatmaps, boxes, shares, fraction, sign : as in `pointing_hits`

    Returns
    -------
    dict of str to masked array of bool (n, n_shares)
        "centre point": the middle of the picture, whatever the share. "centre blob": as many pixels as the
        map keeps, those nearest to the middle. "uniform": a constant map, all of whose pixels are equal and
        so kept together; it hits only a box that is the whole picture. Rows of maps without energy are masked
        as in `pointing_hits`, so that all are compared on the same pictures
    """
    energy, inside = _energy(heatmaps, sign), _inside(boxes, heatmaps)
    asked = _checked_shares(shares, fraction)
    near = _nearness(energy.shape[1:])
    order = np.argsort(-near, axis=None, kind="stable")
    names = ("centre point", "centre blob", "uniform")
    found = {name: np.ma.zeros((len(energy), len(asked)), bool) for name in names}
    for number, (one, box) in enumerate(zip(energy, inside, strict=True)):
        if not one.any():
            for hits in found.values():
                hits[number] = np.ma.masked
            continue
        n_kept = _n_kept(np.sort(one, axis=None)[::-1], asked)
        found["centre point"][number] = box[near == near.max()].mean() >= fraction
        found["centre blob"][number] = _hits(box.ravel()[order], n_kept, fraction)
        found["uniform"][number] = box.mean() >= fraction
    return found


def centre_blob(size: tuple[int, int], n_pixels: int) -> NDArray[np.bool_]:
    """Return the n_pixels pixels nearest to the middle of a picture, bool (h, w) of size (h, w)."""
    size = check("size", size, tuple[Count, Count])
    n_pixels = check("n_pixels", n_pixels, Annotated[int, Between(0, size[0] * size[1])])
    blob = np.zeros(size[0] * size[1], bool)
    blob[np.argsort(-_nearness(size), axis=None, kind="stable")[:n_pixels]] = True
    return blob.reshape(size)


def energy_in_box(
    heatmaps: ArrayLike, boxes: Sequence[ArrayLike] | ArrayLike, sign: Sign = "positive"
) -> NDArray[np.float64]:
    """Share of a map's energy that lies in the object's box, 0..1.

    A map that knows nothing has as much in the box as the box has of the picture: `energy_in_box` of a
    constant map is the number to compare with.

    Parameters
    ----------
    heatmaps, boxes, sign : as in `pointing_hits`

    Returns
    -------
    float (n,)
        NaN for a map without energy, of which is warned
    """
    energy, inside = _energy(heatmaps, sign), _inside(boxes, heatmaps)
    total = energy.sum((1, 2))
    _tell_blank(energy)
    return np.divide((energy * inside).sum((1, 2)), total, out=np.full(len(total), np.nan), where=total > 0)


def _energy(heatmaps: ArrayLike, sign: Sign) -> NDArray[np.float64]:
    values = np.asarray(heatmaps, float)
    if values.ndim != 3 or 0 in values.shape:
        raise ValueError(f"maps must have shape (n, h, w), none of them 0; got {values.shape}.")
    broken = np.flatnonzero(~np.isfinite(values).all((1, 2)))
    if len(broken):
        raise ValueError(f"maps must be finite; those numbered {broken[:5].tolist()} hold NaN or infinity.")
    if sign == "positive":
        return np.maximum(values, 0)
    if sign == "magnitude":
        return np.abs(values)
    raise ValueError(f"`sign` must be 'positive' or 'magnitude'; got {sign!r}.")


def _inside(boxes: Sequence[ArrayLike] | ArrayLike, heatmaps: ArrayLike) -> NDArray[np.bool_]:
    """Masks (n, h, w) of the pixels in each map's box or boxes."""
    n, height, width = np.shape(heatmaps)
    given = [np.asarray(box, float) for box in boxes]  # type: ignore[union-attr]
    if len(given) != n:
        raise ValueError(f"there must be one box, or one set of boxes, per map: {n}; got {len(given)}.")
    x, y = np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5
    inside = np.zeros((n, height, width), bool)
    for number, own in enumerate(given):
        if own.shape != (4,) and (own.ndim != 2 or own.shape[1:] != (4,)):
            raise ValueError(f"a box must be (x0, y0, x1, y1), or several (k, 4); got shape {own.shape}.")
        for x0, y0, x1, y1 in own.reshape(-1, 4):
            inside[number] |= (x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)
        if not inside[number].any():
            raise ValueError(
                f"box {own.tolist()} of map {number} has no pixel of the {width}×{height} map; it must be in "
                "pixels of the map (x0, y0, x1, y1). Leave pictures out whose object is not in view."
            )
    return inside


def _checked_shares(shares: Sequence[float] | ArrayLike, fraction: float = 1.0) -> NDArray[np.float64]:
    if not 0 < fraction <= 1:
        raise ValueError(f"`fraction` must be above 0 and at most 1; got {fraction!r}.")
    asked = np.asarray(shares, float)
    if asked.ndim != 1 or not len(asked) or not ((asked >= 0) & (asked <= 1)).all():
        raise ValueError(f"shares of energy must be in 0..1, at least one of them; got {shares!r}.")
    return asked


def _n_kept(ranked: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many of the energies, strongest first, are kept for each share."""
    held = ranked.cumsum()
    least = np.searchsorted(held, shares * held[-1] * (1 - ROUNDING))
    weakest = np.where(shares < 1, ranked[least], ranked[ranked > 0][-1])
    return np.searchsorted(-ranked, -weakest, side="right")


def _hits(inside: NDArray[np.bool_], n_kept: NDArray[np.int64], fraction: float) -> NDArray[np.bool_]:
    """Whether enough of the first n_kept pixels are inside."""
    return inside.cumsum()[n_kept - 1] >= fraction * n_kept * (1 - ROUNDING)


def _nearness(size: tuple[int, ...]) -> NDArray[np.int64]:
    """Minus the squared distance of each pixel from the middle, in half pixels."""
    y, x = np.ogrid[1 - size[0] : size[0] : 2, 1 - size[1] : size[1] : 2]
    return -(y**2 + x**2)


def _tell_blank(energy: NDArray[np.float64]) -> None:
    blank = np.flatnonzero(~energy.any((1, 2))).tolist()
    if blank:
        named = ", ".join(map(str, blank[:5])) + (", …" if len(blank) > 5 else "")
        warn(
            f"{len(blank)} of {len(energy)} maps ({named}) have no energy: they point nowhere and are not "
            "counted.",
        )
