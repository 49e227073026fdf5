"""A network whose reasons are known: it says "both" where it sees something red and something blue."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

import xaikit as xk
from xaikit.data import ImageSet, Sample

SIDE, MARK = 32, 8
CLASSES = ("both", "other")
GREY = 90
COLORS = {"red": (230, 60, 60), "blue": (60, 60, 230)}


class TwoMarks(nn.Module):
    """Reddish and bluish pixels are counted, each by a few units, and what they say is added up."""

    def __init__(self) -> None:
        super().__init__()
        self.colors = nn.Conv2d(3, 2, 1)
        self.act = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Linear(2, 12)
        self.on = nn.ReLU()
        self.fc2 = nn.Linear(12, 2)
        with torch.no_grad():
            red, blue = [1.0, -0.5, -0.5], [-0.5, -0.5, 1.0]
            self.colors.weight.copy_(torch.tensor([red, blue])[..., None, None])
            self.colors.bias.zero_()
            self.fc1.weight.zero_()
            self.fc1.weight[:6, 0] = torch.linspace(10, 20, 6)
            self.fc1.weight[6:, 1] = torch.linspace(10, 20, 6)
            self.fc1.bias.zero_()
            self.fc2.weight.copy_(torch.stack([torch.full((12,), 0.5), torch.full((12,), -0.05)]))
            self.fc2.bias.copy_(torch.tensor([-2.4, 0.3]))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.on(self.fc1(self.pool(self.act(self.colors(x))).flatten(1))))


class Marks(ImageSet):
    """Pictures with a red mark, a blue one, both, or none; where they are is in `places`."""

    def __init__(self, n: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        kinds = rng.integers(0, 4, n)
        super().__init__(CLASSES, np.where(kinds == 3, 0, 1))
        corners = [rng.permutation(4)[:2] for _ in range(n)]
        self.places = [
            {
                name: place(int(corner))
                for (bit, name), corner in zip([(1, "red"), (2, "blue")], own, strict=True)
                if kind & bit
            }
            for kind, own in zip(kinds, corners, strict=True)
        ]
        self.sizes = rng.uniform(0.6, 1.0, (n, 2))

    def _read(self, index: int) -> Sample:
        picture = np.full((SIDE, SIDE, 3), GREY, np.uint8)
        for size, (name, (x, y)) in zip(self.sizes[index], self.places[index].items(), strict=False):
            side = round(size * MARK)
            picture[y : y + side, x : x + side] = COLORS[name]
        return Sample(picture, int(self.labels[index]), f"marks {index}")


def place(corner: int) -> tuple[int, int]:
    return 4 + 16 * (corner % 2), 4 + 16 * (corner // 2)


def classifier() -> xk.Classifier:
    return xk.Classifier(
        TwoMarks(), CLASSES, input_size=SIDE, mean=(0, 0, 0), std=(1, 1, 1), crop=1.0, device="cpu"
    )
