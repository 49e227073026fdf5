"""Distilling the performer into an additive explainer (eq. 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.additive.examples import Examples
from xaikit.additive.explainer import Explainer
from xaikit.additive.prior import cross_entropy, distance

__all__ = ["Settings", "new_explainer", "prior_weight", "train"]

LEARNING_RATE = 3e-3
BATCH, LEAST_BATCH, LEAST_STEPS = 32, 8, 16
"""Pictures of a batch; fewer where an epoch would have too few steps."""


@dataclass(frozen=True)
class Settings:
    """The hyper-parameters of :class:`xaikit.AdditiveExplainer` that training needs."""

    positive: bool
    beta: float
    width: int
    n_blocks: int
    n_epochs: int
    seed: int
    unevenness: float = 0.0


def prior_weight(beta: float, epoch: int) -> float:
    """λ(t) = β / √t; epochs t count from 1."""
    return beta / epoch**0.5


def new_explainer(examples: Examples, settings: Settings) -> Explainer:
    """An explainer of the right form, its numbers drawn from torch's generator."""
    c, h, w = examples.features.shape[1:]
    n = examples.values.shape[1]
    return Explainer((c, h, w), n, settings.positive, settings.width, settings.n_blocks)


def train(
    examples: Examples, settings: Settings, guided: bool, stepped: Callable[[], object] = lambda: None
) -> Explainer:
    """An explainer of the pictures that are not held out, in evaluation mode.

    Parameters
    ----------
    guided : whether the prior loss guides it; else it is the paper's baseline, distillation alone
    stepped : called after each epoch

    Raises
    ------
    ValueError
        A term of the loss became NaN or infinite.

    Notes
    -----
    min |ŷ − Σ_i α_i y_i − b|² + λ(t) 𝓛(α, w), means over pictures, all divided by the variance of the scores,
    so that one learning rate does for any network; no term gains by it.
    """
    learned = ~examples.held
    features = torch.from_numpy(examples.features[learned])
    values, scores = (torch.from_numpy(own[learned]) for own in (examples.values, examples.scores))
    priors = torch.from_numpy(examples.priors[learned]) if guided and examples.priors is not None else None
    if priors is not None and settings.positive:
        priors = priors.clamp(min=0)  # w ← max(w, 0), as in the paper's experiment 1
    rng = np.random.default_rng(settings.seed)
    with torch.random.fork_rng(devices=[]), torch.inference_mode(False), torch.enable_grad():
        torch.manual_seed(settings.seed)
        model = new_explainer(examples, settings)
        model.settle(features, values, scores, settings.unevenness)
        model.train()
        batch = min(BATCH, max(LEAST_BATCH, len(scores) // LEAST_STEPS))
        n_steps = settings.n_epochs * (len(scores) // batch)
        optimizer = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=1e-3)
        cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, max(n_steps, 5))
        for epoch in range(1, settings.n_epochs + 1):
            for chosen in _batches(len(scores), batch, rng):
                alpha = model(features[chosen].float())
                said = (alpha * values[chosen]).sum(1) + model.bias
                terms = {"distillation": (scores[chosen] - said).square().mean()}
                if priors is not None:
                    apart = (cross_entropy if settings.positive else distance)(alpha, priors[chosen])
                    terms["prior"] = prior_weight(settings.beta, epoch) * apart.mean()
                _check_finite(terms, epoch)
                optimizer.zero_grad()
                (sum(terms.values(), torch.zeros(())) / model.height.square()).backward()
                optimizer.step()
                cycle.step()
            stepped()
    return model.eval().requires_grad_(False)


def _batches(n: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    order = rng.permutation(n)
    for start in range(0, n - size + 1, size):
        yield order[start : start + size]


def _check_finite(terms: dict[str, Tensor], epoch: int) -> None:
    for name, own in terms.items():
        if not own.isfinite():
            raise ValueError(
                f"training stopped in epoch {epoch}: the {name} loss became NaN or infinite. Look whether "
                "concepts and the layer's features are of a usual size."
            )
