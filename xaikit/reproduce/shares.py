"""Shares of yes, with their intervals, as figures report them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xaikit import metrics

__all__ = ["percent"]


def percent(name: str, outcomes: Sequence[bool]) -> dict[str, Any]:
    """A share of yes in percent, with its 95 % interval; nothing where nothing was tried."""
    if not len(outcomes):
        return {}
    share = float(np.mean(outcomes))
    low, high = metrics.interval(share, len(outcomes))
    return {f"{name}, %": 100 * share, f"{name}, 95 % interval": f"{100 * low:.1f} to {100 * high:.1f}"}
