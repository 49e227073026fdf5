"""What training makes small."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from xaikit.interpretable import FilterLoss

__all__ = ["Objective", "attributes", "cross_entropy", "with_filter_loss"]

Objective = Callable[[torch.Tensor, torch.Tensor, float], torch.Tensor]
"""Of logits (b, n), of labels, and of how far training is, from 0 to 1, a number."""


def cross_entropy(smoothing: float = 0.0) -> Objective:
    """Of one answer: labels are classes, int64 (b,), or shares of them, (b, n)."""
    loss_of = nn.CrossEntropyLoss(label_smoothing=smoothing)
    return lambda logits, labels, _done: loss_of(logits, labels)


def attributes(smoothing: float = 0.0) -> Objective:
    """Of many answers, yes or no each: labels are 0 and 1, (b, n)."""

    def loss_of(logits: torch.Tensor, labels: torch.Tensor, _done: float) -> torch.Tensor:
        return F.binary_cross_entropy_with_logits(logits, labels * (1 - smoothing) + smoothing / 2)

    return loss_of


def with_filter_loss(objective: Objective, filters: FilterLoss, since: float) -> Objective:
    """The same, and from a share `since` of the training on a layer's filter loss; labels are classes."""

    def loss_of(logits: torch.Tensor, labels: torch.Tensor, done: float) -> torch.Tensor:
        answers = objective(logits, labels, done)
        return answers + filters(labels) if done >= since else answers

    return loss_of
