"""Small networks for small worlds."""

from __future__ import annotations

import torch
from torch import nn


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    def __init__(self, width_in: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or width_in != width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(width_in, width, 1, stride, bias=False), nn.BatchNorm2d(width)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.norm1(self.conv1(x)))
        return self.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class SmallResNet(nn.Module):
    """A residual network that keeps a grid of an eighth of the picture to its end.

    128 x 128 pixels become `stem` 64 x 64, `stage1` and `stage2` 32 x 32, `stage3` 16 x 16: at `stage3`
    every cell still has a place, and at `stage2` a cell is smaller than a wheel, which is what explanations
    by parts need. `head` averages over places and is linear.

    Parameters
    ----------
    n_classes : int
    widths : channels after the stem and the three stages
    """

    def __init__(self, n_classes: int, widths: tuple[int, int, int, int] = (24, 40, 72, 128)) -> None:
        super().__init__()
        stem, first, second, third = widths
        self.stem = nn.Sequential(nn.Conv2d(3, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU())
        self.stage1 = nn.Sequential(Block(stem, first, 2))
        self.stage2 = nn.Sequential(Block(first, second))
        self.stage3 = nn.Sequential(Block(second, third, 2))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(third, n_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (n, n_classes) of normalised pictures (n, 3, h, w)."""
        return self.head(self.stage3(self.stage2(self.stage1(self.stem(x)))))
