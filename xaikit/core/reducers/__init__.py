"""What a sweep gathers: reducers take batch after batch, hold little, and can be merged."""

from __future__ import annotations

from xaikit.core.reducers.base import Reducer, SweepBatch
from xaikit.core.reducers.means import CoOccurrence, Covariance, Mean, Moments, Rate, Together
from xaikit.core.reducers.samples import Quantiles, Strongest, TopK

__all__ = [
    "CoOccurrence",
    "Covariance",
    "Mean",
    "Moments",
    "Quantiles",
    "Rate",
    "Reducer",
    "Strongest",
    "SweepBatch",
    "Together",
    "TopK",
]
