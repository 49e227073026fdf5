"""Whether a filter finds the same part in every picture: location instability (survey 6.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaikit.core.params import Count, Positive, check

__all__ = ["location_instability"]

TOP = 100
LEAST = 2
"""Pictures of which a deviation can be told."""


def location_instability(
    places: ArrayLike, strengths: ArrayLike, landmarks: ArrayLike, diagonal: float, top: int = TOP
) -> NDArray[np.float64]:
    """mean_k D_f,k of each filter, (f,), with D_f,k = √var_I(|p_k − p̂| / diagonal).

    p̂ is where a filter is strongest in a picture, p_k a landmark of it. Of each landmark only the `top`
    pictures count in which the filter is strongest, of those that have it. 0 is a filter that always lies as
    far from every landmark.

    Parameters
    ----------
    places : p̂, (m, f, 2), x and y in pixels
    strengths : (m, f)
    landmarks : p_k, (m, k, 2), NaN where a picture lacks it
    diagonal : √(w² + h²) of the pictures
    top : M

    Returns
    -------
    (f,)
        NaN where no landmark is in two pictures or more

    Raises
    ------
    ValueError
        Shapes that do not go together, or NaN in what is no landmark.

    Limits
    ------
    Always the same place of the picture is stable where the objects are always there: scatter them, and put
    "always the centre" and places by lot beside it.
    """
    found, loud, known = (np.asarray(one, float) for one in (places, strengths, landmarks))
    diagonal, top = check("diagonal", diagonal, Positive), check("top", top, Count)
    m, f = loud.shape if loud.ndim == 2 else (0, 0)
    if not m or found.shape != (m, f, 2) or known.shape[:1] + known.shape[2:] != (m, 2) or known.ndim != 3:
        raise ValueError(
            "`places` must be (m, f, 2), `strengths` (m, f) and `landmarks` (m, k, 2); got "
            f"{found.shape}, {loud.shape} and {known.shape}."
        )
    if not (np.isfinite(found).all() and np.isfinite(loud).all()):
        raise ValueError("`places` and `strengths` must be finite; one has NaN or infinity.")
    deviations = [_deviations(found, loud, known[:, k], diagonal, top) for k in range(known.shape[1])]
    told = [one for one in deviations if one is not None]
    return np.mean(told, axis=0) if told else np.full(f, np.nan)


def _deviations(
    places: NDArray[np.float64],
    strengths: NDArray[np.float64],
    landmark: NDArray[np.float64],
    diagonal: float,
    top: int,
) -> NDArray[np.float64] | None:
    """D_f,k of every filter for one landmark (m, 2); None where too few pictures have it."""
    there = np.flatnonzero(np.isfinite(landmark).all(1))
    if len(there) < LEAST:
        return None
    best = np.argsort(-strengths[there], axis=0, kind="stable")[:top]
    apart = np.linalg.norm(places[there] - landmark[there, None], axis=2) / diagonal
    return np.take_along_axis(apart, best, 0).std(0)
