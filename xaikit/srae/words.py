"""What x-features say, in words that know which of them they name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["WORTH_SAYING", "Words", "said_number", "sentence"]

WORTH_SAYING = 0.05
"""Of the largest contribution; smaller ones are left out where one is told."""
LEAST_SAID = 0.05

Words = list[str | int]
"""A text in parts; a number stands where the name of that x-feature belongs."""


def sentence(
    target: str, prediction: str, given: NDArray[np.float32], whole: float, start: float, score: float
) -> Words:
    """Why a picture has its score: the x-features that count, by how much each gives.

    Parameters
    ----------
    given : contributions (n,)
    whole, start, score : ȳ, b and ŷ
    """
    counts = np.abs(given) > WORTH_SAYING * np.abs(given).max()
    order = [int(k) for k in np.argsort(-np.abs(given)) if counts[k]]
    reasons, against = (
        _listed([[k, f" ({said_number(given[k])})"] for k in order if sign * given[k] > 0])
        for sign in (1, -1)
    )
    if prediction == target:
        because = [" because of ", *reasons] if reasons else [", though no x-feature speaks for it"]
        opening = [f"It is {target}", *because]
    else:
        opening = [f"The network says {prediction}. For {target} speaks ", *(reasons or ["no x-feature"])]
    but = [", against it ", *against] if against else []
    end = f": {said_number(whole)} in all, from {said_number(start)}; the network gives {said_number(score)}."
    return [*opening, *but, end]


def said_number(value: float) -> str:
    """A number of logits as people read it, with its sign."""
    if not np.isfinite(value):
        return "nothing"
    return "0" if abs(value) < LEAST_SAID else f"{value:+.1f}".replace("-", "−")


def _listed(several: Sequence[Words]) -> Words:
    """Parts one after the other, as one lists them in a sentence."""
    listed: Words = []
    for k, words in enumerate(several):
        between = "" if not k else " and " if k == len(several) - 1 else ", "
        listed += [between, *words] if between else words
    return listed
