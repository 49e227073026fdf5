"""The semantic vectors themselves (SeVec, eq. 3), as one reducer of a sweep.

a_i    binarised features of a picture x_i of concept c, 0 or 1 per unit          â_i = a_i / |a_i|
v_c  = argmax over |v'| = 1 of Σ_i cos(a_i, v')  =  A / |A|,   A = Σ_i â_i        (eq. 3)
D_c  = 1 − (1/M) Σ_i cos(a_i, v_c)  =  1 − |A| / M                                (section 4.2)
rate = (1/M) Σ_i a_i

The second form of D_c spares a second pass: Σ_i â_i · v_c = A · A / |A| = |A|.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.core.reducers import Reducer, SweepBatch
from xaikit.sevec.units import Units

__all__ = ["ConceptSums", "Sums", "directions", "diversity"]


@dataclass(frozen=True)
class Sums:
    """What one pass tells of K concepts over d units.

    Attributes
    ----------
    unit_sums : A = Σ â_i, float64 (K, d)
    active : Σ a_i, how many pictures have each unit on, int64 (K, d)
    n_pictures : M, int64 (K,)
    n_blank : how many of them have no unit on at all, int64 (K,); they count to M with a cosine of 0
    """

    unit_sums: NDArray[np.float64]
    active: NDArray[np.int64]
    n_pictures: NDArray[np.int64]
    n_blank: NDArray[np.int64]


class ConceptSums(Reducer):
    """Adds up the binarised features of each concept's pictures; `result` gives `Sums`.

    A picture's label is the number of its concept.
    """

    def __init__(self, n_concepts: int, units: Units) -> None:
        self.layer = units.layer
        self.n_concepts = n_concepts
        self.rule, self.thresholds = units.named, units.thresholds
        self._units = units

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        on = self._units.on(features)
        counts = on.sum(1)
        lengths = counts.clamp(min=1).double().sqrt()
        self.add_by_label("unit_sums", batch.labels, on, self.n_concepts, weights=1 / lengths)
        for name, rows in (
            ("active", on),
            ("n_pictures", torch.ones_like(counts)),
            ("n_blank", counts == 0),
        ):
            self.add_by_label(name, batch.labels, rows, self.n_concepts)

    def result(self) -> Sums:
        """The sums over all pictures so far."""
        names: Any = ("unit_sums", "active", "n_pictures", "n_blank")
        return Sums(*(self.total(name).cpu().numpy() for name in names))


def directions(unit_sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """v_c = A / |A| of each row of A (K, d); a row of zeros stays zero."""
    return unit_sums / np.maximum(np.linalg.norm(unit_sums, axis=1, keepdims=True), np.finfo(float).tiny)


def means_by_kind(vectors: NDArray[np.float32], kinds: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """What the vectors (K, d) of each kind have in common, their mean (d,)."""
    own = np.array(kinds)
    return {kind: vectors[own == kind].mean(0, dtype=np.float64) for kind in dict.fromkeys(kinds)}


def centered_by_kind(
    vectors: NDArray[np.floating[Any]], kinds: Sequence[str], means: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Unit rows of vectors (K, d) without what all concepts of a kind have in common, their mean (d,)."""
    common = np.stack([means[kind] for kind in kinds])
    return directions(vectors.astype(np.float64) - common)


def diversity(unit_sums: NDArray[np.float64], n_pictures: NDArray[np.int64]) -> NDArray[np.float64]:
    """D_c = 1 − |A| / M (K,), in 0..1: how far a concept's pictures point in different directions."""
    return 1 - np.linalg.norm(unit_sums, axis=1) / n_pictures
