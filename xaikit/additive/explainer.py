"""The explainer g: a small residual network that gives each picture's weights α of the concepts (eq. 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Explainer", "restored"]

TINY = 1e-6
LARGEST_GRID = 8
"""Places to a side beyond which g looks at every other place: what it tells is of the whole picture."""


class _Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(x + self.norm2(self.conv2(y)))


class Explainer(nn.Module):
    """α = g(I) and b, of a feature map (b, c, h, w) of the picture I.

    What g puts out is of one size for every concept: α_i is it times ŷ's spread over that of y_i.

    Parameters
    ----------
    shape : (c, h, w) of the map
    n_concepts : n
    positive : whether α = log(1 + exp(·)), which is never negative, as in the paper's experiment 1
    width, n_blocks : channels of g, and its residual blocks
    """

    mean: Tensor
    spread: Tensor
    unit: Tensor
    height: Tensor
    start: Tensor

    def __init__(
        self, shape: tuple[int, int, int], n_concepts: int, positive: bool, width: int, n_blocks: int
    ) -> None:
        super().__init__()
        self.positive = positive
        stride = 2 if max(shape[1:]) > LARGEST_GRID else 1
        self.stem = nn.Conv2d(shape[0], width, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(*(_Block(width) for _ in range(n_blocks)))
        self.head = nn.Linear(width, n_concepts)
        self.offset = nn.Parameter(torch.zeros(()))
        sizes = {"mean": shape[0], "spread": shape[0], "unit": n_concepts}
        for name, size in sizes.items():
            self.register_buffer(name, torch.ones(size))
        for name in ("height", "start"):
            self.register_buffer(name, torch.ones(()))

    @torch.no_grad()
    def settle(self, features: Tensor, values: Tensor, scores: Tensor, unevenness: float = 0.0) -> None:
        """Take the units of feature maps (N, c, h, w), values y (N, n) and scores ŷ (N,).

        It begins with weights alike, so that no concept is ahead; or by lot, their logarithms `unevenness`
        apart (where they may be negative: weights in units of an n-th, as far from 0).
        """
        n = len(self.unit)
        maps = features.float()
        self.mean.copy_(maps.mean((0, 2, 3)))
        self.spread.copy_(maps.std((0, 2, 3)).clamp(min=TINY))
        self.height.copy_(scores.std().clamp(min=TINY))
        self.start.copy_(scores.min() if self.positive else scores.mean())
        self.unit.copy_(self.height / values.square().mean(0).sqrt().clamp(min=TINY))
        self.head.weight.mul_(1 / n)
        lots = unevenness * torch.randn(n)
        if self.positive:
            shares = (lots - unevenness**2 / 2).exp() / n  # their mean is 1 / n, however uneven
            self.head.bias.copy_(shares.clamp(min=TINY).expm1().log())
        else:
            self.head.bias.copy_(lots / n)

    @property
    def bias(self) -> Tensor:
        """b, a number."""
        return self.start + self.height * self.offset

    def forward(self, features: Tensor) -> Tensor:
        """α, (b, n)."""
        x = (features - self.mean[:, None, None]) / self.spread[:, None, None]
        x = self.blocks(F.relu(self.norm(self.stem(x))))
        weights = self.head(x.mean((2, 3)))
        return (F.softplus(weights) if self.positive else weights) * self.unit


def restored(model: Explainer, arrays: Mapping[str, NDArray[Any]]) -> Explainer:
    """The explainer with numbers from a file, in evaluation mode; ValueError where they are of another."""
    try:
        model.load_state_dict({name: torch.from_numpy(np.array(own)) for name, own in arrays.items()})
    except RuntimeError as error:
        raise ValueError("the explainer's layers do not go together") from error
    return model.eval().requires_grad_(False)
