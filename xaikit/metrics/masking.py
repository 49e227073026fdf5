"""Mask, fill in, ask again: is what an explanation shows enough for the decision (SRAE 4.2, table 2b)?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaikit.core.errors import warn
from xaikit.core.images import FILLS, erase
from xaikit.core.params import Above, OneOf, Seed, check

__all__ = ["MaskedAccuracy", "highlighted", "masked_accuracy"]

GAMMAS = (0.01, 0.05, 0.1, 0.3)
"""Shares of the highest value that the paper cuts heatmaps at."""
Views = NDArray[np.uint8]
Mask = NDArray[np.bool_]


class MaskedAccuracy(NamedTuple):
    """Shares of the pictures that are answered rightly; of what is left of them, a share for each γ.

    Attributes
    ----------
    whole : of the pictures as they are
    masked : of the pictures with all but the highlighted filled in, (n_gammas,)
    elsewhere : with the region that is left moved to a random place: as large, of the same form
    area : mean share of a picture that is highlighted
    """

    whole: float
    masked: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    area: NDArray[np.float64]


def highlighted(heatmaps: ArrayLike, gamma: float) -> Mask:
    """Where any of the n heatmaps (n, h, w) has at least γ of its own highest value; bool (h, w).

    Raises ValueError for another shape, values below 0, NaN or infinity, and γ outside of 0 and 1.
    """
    maps, least = np.asarray(heatmaps, float), check("gamma", gamma, Annotated[float, Above(0, 1)])
    if maps.ndim != 3 or 0 in maps.shape or not np.isfinite(maps).all() or (maps < 0).any():
        raise ValueError(f"heatmaps must be (n, h, w), finite and not below 0; got {maps.shape}.")
    peaks = maps.max((1, 2), keepdims=True)
    shown: Mask = ((maps >= least * peaks) & (peaks > 0)).any(0)
    return shown


def masked_accuracy(
    images: Sequence[Views],
    heatmaps: Iterable[ArrayLike],
    right: Callable[[list[Views]], Sequence[bool] | NDArray[np.bool_]],
    gammas: Sequence[float] = GAMMAS,
    fill: str = "inpaint",
    seed: int = 0,
    **options: Any,
) -> MaskedAccuracy:
    """Fill in all but what heatmaps highlight, and ask the network again.

    Parameters
    ----------
    images : uint8 (h, w, c), as the network sees them
    heatmaps : of each of them (n, h, w), 0 or positive: those of its x-features, or one alone
    right : says of pictures whether each is answered as it should be
    gammas : what is below that share of a map's highest value is filled in
    fill : one of `xaikit.core.images.FILLS`
    seed : of the places of the control
    options : passed to `xaikit.core.images.erase`, such as `fill_color`

    Raises
    ------
    ValueError
        No picture, not as many heatmaps, maps of another size, none with any heat, or an unknown fill.

    Warns
    -----
    UserWarning
        Pictures whose heatmaps show nothing; they are not counted.
    """
    fill, seed = check("fill", fill, Annotated[str, OneOf(FILLS)]), check("seed", seed, Seed)
    shown, rng = _with_heat(images, heatmaps), np.random.default_rng(seed)

    def share(masks: list[Mask]) -> float:
        cut = [_only(image, mask, fill, options) for (image, _), mask in zip(shown, masks, strict=True)]
        return float(np.mean(np.asarray(right(cut), bool)))

    rows: list[tuple[float, float, float]] = []
    for gamma in gammas:
        left = [highlighted(maps, gamma) for _, maps in shown]
        moved = [np.roll(one, rng.integers(0, one.shape), (0, 1)) for one in left]
        rows.append((share(left), share(moved), float(np.mean([one.mean() for one in left]))))
    whole = share([np.ones(image.shape[:2], bool) for image, _ in shown])
    return MaskedAccuracy(whole, *np.array(rows).reshape(-1, 3).T)


def _with_heat(images: Sequence[Views], heatmaps: Iterable[ArrayLike]) -> list[tuple[Views, NDArray[Any]]]:
    """Pictures with their maps, but for those that have no heat."""
    pairs = list(zip(images, map(np.asarray, heatmaps), strict=True))
    for image, maps in pairs:
        if maps.ndim != 3 or maps.shape[1:] != image.shape[:2]:
            raise ValueError(
                f"heatmaps of a picture {image.shape[:2]} must be (n, h, w) of it; got {maps.shape}."
            )
    shown = [(image, maps) for image, maps in pairs if maps.any()]
    if not shown:
        raise ValueError(f"heatmaps must show something in one picture at least; got {len(pairs)} pictures.")
    if len(shown) < len(pairs):
        warn(f"{len(pairs) - len(shown)} of {len(pairs)} pictures have no heat and are not counted.")
    return shown


def _only(image: Views, left: Mask, fill: str, options: dict[str, Any]) -> Views:
    """What is left of a picture whose other places are filled in."""
    return image if left.all() else erase(image, ~left, fill, **options)
