"""The terms of SRAE's objective (eq. 1 to 5), each for K modules at once; every one is best at 0.

    faithfulness            Σ_m w_m (v·E(Z^m) − ŷ^m)²                               (eq. 1)
    sparse reconstruction   1/S Σ_k log(1 + q Q_k),  Q_k = Σ_m w_m (Ẑ_k^m − Z_k^m)²  (eq. 4)
    pull-away               1/(n(n−1)) Σ_{l≠l'} cos²(E_l, E_l'), over the pictures   (eq. 3)

The weights w add up to 1. In the paper they are 1/M, with those of the class's own pictures enhanced by an
amount it does not tell; here its own pictures have a quarter of the weight together. In the pull-away term
every picture counts alike: weighed so, that features differ would mean that each is on for other pictures of
the class, and one alone would be left to explain each of them.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["RunningErrors", "faithfulness", "pull_away", "reconstruction_errors", "sparse_reconstruction"]

KEPT = 0.9
"""Of the running average of Q, each step."""
TINY = 1e-8


def faithfulness(approximation: Tensor, scores: Tensor, weights: Tensor) -> Tensor:
    """Eq. 1: squared errors of ȳ (K, b), weighted (b,): (K,)."""
    return ((approximation - scores) ** 2 * weights).sum(1)


def reconstruction_errors(decoded: Tensor, rows: Tensor, weights: Tensor) -> Tensor:
    """Q of eq. 4: squared errors of each unit of the layer, (K, b, S) to (K, S)."""
    return ((decoded - rows) ** 2 * weights[:, None]).sum(1)


def sparse_reconstruction(errors: Tensor, q: float) -> Tensor:
    """Eq. 4: the log penalty of Q (K, S), which lets some units go unreconstructed: (K,)."""
    return torch.log1p(q * errors).mean(1)


def pull_away(features: Tensor, weights: Tensor) -> Tensor:
    """Eq. 3: how alike x-features (K, b, n) are over pictures weighted (b,) or (K, b): (K,); 0 for n = 1."""
    n = features.shape[2]
    if n == 1:
        return features.new_zeros(len(features))
    vectors = features * weights.sqrt()[..., None]
    vectors = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=TINY)
    squares = torch.bmm(vectors.transpose(1, 2), vectors) ** 2
    return (squares.sum((1, 2)) - squares.diagonal(dim1=1, dim2=2).sum(1)) / (n * (n - 1))


class RunningErrors:
    """Q over the training set, as a running average of what batches say of it.

    Q stands inside a logarithm, so the penalty of a batch's Q is not that of the set's, not even on average.
    The slope q / (1 + q Q) is therefore taken at the running average, and multiplied with the batch's Q,
    whose average is right.
    """

    def __init__(self, q: float) -> None:
        self.q, self.average = q, torch.zeros(0)

    def penalty(self, errors: Tensor) -> Tensor:
        """Something with the slope of `sparse_reconstruction` at the running average, (K,)."""
        now = errors.detach()
        self.average = KEPT * self.average + (1 - KEPT) * now if self.average.numel() else now
        return (self.q / (1 + self.q * self.average) * errors).mean(1)
