"""Shares of yes, and means, with their intervals, as figures report them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaikit import metrics

__all__ = ["percent", "range_of"]


def percent(name: str, outcomes: Sequence[bool]) -> dict[str, Any]:
    """A share of yes in percent, with its 95 % interval; nothing where nothing was tried."""
    if not len(outcomes):
        return {}
    share = float(np.mean(outcomes))
    low, high = metrics.interval(share, len(outcomes))
    return {f"{name}, %": 100 * share, f"{name}, 95 % interval": f"{100 * low:.1f} to {100 * high:.1f}"}


def range_of(values: Sequence[float] | NDArray[np.float64]) -> str:
    """A mean with its 95 % interval, were the values drawn from more of their kind."""
    known = np.asarray([one for one in values if np.isfinite(one)])
    if not len(known):
        return "not known"
    half = 1.96 * known.std(ddof=1) / len(known) ** 0.5 if len(known) > 1 else np.nan
    return f"{known.mean():.3f}" + (f" ± {half:.3f}" if np.isfinite(half) else "")
