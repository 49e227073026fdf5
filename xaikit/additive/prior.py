"""Prior weights w of concepts, and how far an explainer's weights α are from them (eq. 4 and 5, 3.1)."""

from __future__ import annotations

import torch
from torch import Tensor

from xaikit.additive.concepts import Bound
from xaikit.core.passes import Pass

__all__ = ["PRIORS", "cross_entropy", "distance", "jacobian", "taylor"]

PRIORS = ("jacobian", "taylor")
TINY = 1e-12


def jacobian(done: Pass, target: int, concepts: Bound) -> Tensor:
    """w_i = Σ_hw ∂ŷ / ∂x_hwi of filters, (b, n): eq. 5, Case 1. Z of it is left to eq. 4.

    Parameters
    ----------
    done : a pass with the concepts' layer among its ends
    target : index of the class whose logit is ŷ
    """
    slopes = done.gradients(done.logits[:, target].sum(0)[None])[_layer(concepts)]
    return slopes[:, 0, torch.as_tensor(concepts.channels, device=slopes.device)].sum((2, 3))


def taylor(done: Pass, target: int, concepts: Bound, values: Tensor) -> Tensor:
    """w_i = ⟨∂ŷ/∂x, ∂y_i/∂x⟩ / |∂y_i/∂x|² for features x that both share, (b, n): 3.1, Case 2.

    A concept that does not depend on x has weight 0.

    Parameters
    ----------
    values : y, (b, n), of the same pass

    Notes
    -----
    n + 1 backward passes, from the logits to the layer.
    """
    scores = torch.cat([done.logits[:, target].sum(0)[None], values.sum(0)])
    slopes = done.gradients(scores)[_layer(concepts)].flatten(2)
    of_target, own = slopes[:, :1], slopes[:, 1:]
    return (of_target * own).sum(2) / own.square().sum(2).clamp(min=TINY)


def cross_entropy(alpha: Tensor, prior: Tensor) -> Tensor:
    """−Σ_i w̄_i log ᾱ_i with ᾱ = α / |α|₁, w̄ = w / |w|₁, (b,): eq. 4 where no weight is negative.

    Of a picture without any prior weight 0: nothing is known there.
    """
    total = prior.sum(-1, keepdim=True)
    wanted = prior / total.clamp(min=TINY)
    given = alpha / alpha.sum(-1, keepdim=True).clamp(min=TINY)
    return -(wanted * given.clamp(min=TINY).log()).sum(-1)


def distance(alpha: Tensor, prior: Tensor) -> Tensor:
    """|α / |α|₂ − w / |w|₂|₂², (b,): eq. 4 where weights may be negative.

    Of a picture without any prior weight 0: nothing is known there.
    """
    lengths = prior.norm(dim=-1)
    wanted = prior / lengths.clamp(min=TINY)[..., None]
    given = alpha / alpha.norm(dim=-1, keepdim=True).clamp(min=TINY)
    return (given - wanted).square().sum(-1) * (lengths > TINY)


def _layer(concepts: Bound) -> str:
    if concepts.layer is None:
        raise ValueError("there is no layer that these concepts are made of.")
    return concepts.layer
