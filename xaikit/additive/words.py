"""What contributions say, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["report"]

WORTH_SAYING = 0.02
N_SAID = 6


def report(target: str, names: Sequence[str], given: NDArray[np.float32], bias: float, score: float) -> str:
    """A score as shares of all that counts for and against it, the largest first.

    Parameters
    ----------
    given : contributions of the names, (n,)
    bias, score : b and ŷ
    """
    total = float(np.abs(given).sum())
    if not total:
        return f"No concept counts for {target}: its score {_number(score)} is the bias alone."
    order = np.argsort(-np.abs(given), kind="stable")[:N_SAID]
    worth = [int(k) for k in order if abs(given[k]) >= WORTH_SAYING * total]
    told = [f"{names[k]} {_share(given[k] / total)}" for k in worth or order[:1].tolist()]
    rest = "" if len(worth) == len(names) else f", {len(names) - len(told)} others the rest"
    whole = float(given.sum()) + bias
    return (
        f"For {target}: {', '.join(told)}{rest}. In all {_number(whole)}, from {_number(bias)}; the network "
        f"gives {_number(score)}."
    )


def _share(value: float) -> str:
    return f"{100 * value:.0f} %".replace("-", "−")


def _number(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
