"""Pictures of four colors and of two patterns, and a small rectified network."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from xaikit.data import Hierarchy, ImageSet, Sample

COLORS = {"red": (200, 40, 40), "green": (40, 180, 60), "blue": (50, 60, 210), "grey": (120, 120, 120)}


class Painted(ImageSet):
    """Pictures of one color, noisy, with stripes or without: the class is the color."""

    def __init__(self, n: int, seed: int = 0, names: tuple[str, ...] = tuple(COLORS)) -> None:
        warm = {name: ("warm" if name == "red" else "cold", name) for name in names}
        super().__init__(names, np.arange(n) % len(names), Hierarchy(warm))
        self.seed = seed

    def _read(self, index: int) -> Sample:
        rng = np.random.default_rng([self.seed, index])
        name = self.class_names[self.labels[index]]
        image = np.array(COLORS[name]) + rng.normal(0, 25, (32, 32, 3))
        image[:: int(rng.integers(2, 9))] *= 0.6
        return as_sample(image, self, index)


class Striped(ImageSet):
    """Pictures in any color: lying or standing stripes."""

    def __init__(self, n: int, seed: int = 0) -> None:
        super().__init__(("lying", "standing"), np.arange(n) % 2)
        self.seed = seed

    def _read(self, index: int) -> Sample:
        rng = np.random.default_rng([self.seed, index, 1])
        image = np.full((32, 32, 3), rng.integers(90, 200, 3), float)
        image[:: int(rng.integers(2, 5))] *= 0.2
        image = image if self.labels[index] == 0 else image.transpose(1, 0, 2)
        return as_sample(image, self, index)


def as_sample(image: np.ndarray, data: ImageSet, index: int) -> Sample:
    pixels = np.clip(image, 0, 255).astype(np.uint8)
    return Sample(pixels, int(data.labels[index]), f"{type(data).__name__}/{index}")


class SmallNet(nn.Module):
    """32 px → 8×8 places → a rectified vector of 20 → one score per color."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 12, 3, 2, 1), nn.ReLU())
        self.pool = nn.AvgPool2d(4)
        self.fc1 = nn.Linear(48, 20)
        self.relu = nn.ReLU()
        self.head = nn.Linear(20, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.relu(self.fc1(self.pool(self.body(x)).flatten(1))))
