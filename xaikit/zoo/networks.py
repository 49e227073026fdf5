"""Small networks for small worlds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import nn

from xaikit.interpretable import PartMask


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


class WiderResNet(SmallResNet):
    """`SmallResNet` with a third more channels: 0.55 million weights."""

    def __init__(self, n_classes: int, widths: tuple[int, int, int, int] = (32, 48, 96, 160)) -> None:
        super().__init__(n_classes, widths)


class SmallVGG(nn.Module):
    """3x3 convolutions in five stages, then fully connected layers, after VGG.

    64 x 64 pixels become `stage1` 32 x 32, `stage2` 16 x 16, `stage3` to `stage5` 8 x 8 and `pool5` 4 x 4;
    `fc1` codes the whole picture. What `pool5` and `fc1` give has been through a ReLU.

    Parameters
    ----------
    n_classes : int
    widths : channels after each stage
    code : units of `fc1`
    size : side of a picture in pixels, a multiple of 16
    """

    def __init__(
        self,
        n_classes: int,
        widths: tuple[int, int, int, int, int] = (16, 32, 64, 96, 112),
        code: int = 1024,
        size: int = 64,
    ) -> None:
        super().__init__()
        self.stage1, self.stage2, self.stage3, self.stage4, self.stage5 = _stages(widths)
        self.pool5 = nn.MaxPool2d(2)
        self.fc1 = _code(widths[-1] * (size // 16) ** 2, code)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(code, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (n, n_classes) of normalised pictures (n, 3, size, size)."""
        x = self.stage5(self.stage4(self.stage3(self.stage2(self.stage1(x)))))
        return self.head(self.dropout(self.fc1(self.pool5(x))))


class FaceVGG(SmallVGG):
    """`SmallVGG` for 96 x 96 pixels, with a code of 256 units: 1.1 million weights."""

    def __init__(self, n_classes: int) -> None:
        super().__init__(n_classes, (24, 48, 72, 96, 96), code=256, size=96)


class PartVGG(nn.Module):
    """3x3 convolutions, the last of which may speak for one place of a picture each, then one hidden layer.

    96 x 96 pixels become `stage1` 48 x 48, `stage2` 24 x 24, `stage3` to `filters` 12 x 12 and `pool` 6 x 6.
    `filters` gives masked maps (survey 5.1), rectified; the filter loss is for the convolution `top`.

    Parameters
    ----------
    n_classes : int
    widths : channels after each stage, and filters
    code : units of `fc1`
    size : side of a picture in pixels, a multiple of 16
    masked : whether a filter's map is masked around its highest place
    silenced : share of the filters that are silent at each step of training
    """

    def __init__(
        self,
        n_classes: int,
        widths: tuple[int, int, int, int, int] = (24, 48, 72, 96, 96),
        code: int = 128,
        size: int = 96,
        masked: bool = True,
        silenced: float = 0.0,
    ) -> None:
        super().__init__()
        *before, last = widths
        self.stage1, self.stage2, self.stage3, self.stage4 = _stages(before)
        self.top = nn.Conv2d(before[-1], last, 3, padding=1)
        self.filters = nn.Sequential(PartMask() if masked else nn.Identity(), nn.ReLU())
        self.silence = nn.Dropout2d(silenced)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = _code(last * (size // 16) ** 2, code)
        self.head = nn.Linear(code, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (n, n_classes) of normalised pictures (n, 3, size, size)."""
        x = self.stage4(self.stage3(self.stage2(self.stage1(x))))
        return self.head(self.fc1(self.pool(self.silence(self.filters(self.top(x))))))


class KindVGG(PartVGG):
    """`PartVGG` of which three filters in ten are silent at each step, so that no part tells all alone."""

    def __init__(self, n_classes: int) -> None:
        super().__init__(n_classes, silenced=0.3)


class SmallAlexNet(nn.Module):
    """Few convolutions, the first of them wide, then fully connected layers, after AlexNet.

    64 x 64 pixels become `stage1` 16 x 16, `stage2` 8 x 8, `stage4` 8 x 8 and `pool5` 4 x 4. Parameters are
    those of `SmallVGG`.
    """

    def __init__(
        self,
        n_classes: int,
        widths: tuple[int, int, int, int] = (32, 64, 96, 96),
        code: int = 1024,
        size: int = 64,
    ) -> None:
        super().__init__()
        first, second, third, fourth = widths
        self.stage1 = _stage(3, first, 7, stride=2, pooled=True)
        self.stage2 = _stage(first, second, 5, pooled=True)
        self.stage3 = nn.Sequential(nn.Conv2d(second, third, 3, padding=1), nn.ReLU())
        self.stage4 = nn.Sequential(nn.Conv2d(third, fourth, 3, padding=1), nn.ReLU())
        self.pool5 = nn.MaxPool2d(2)
        self.fc1 = _code(fourth * (size // 16) ** 2, code)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(code, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (n, n_classes) of normalised pictures (n, 3, size, size)."""
        x = self.stage4(self.stage3(self.stage2(self.stage1(x))))
        return self.head(self.dropout(self.fc1(self.pool5(x))))


def _stage(width_in: int, width: int, kernel: int, stride: int = 1, pooled: bool = False) -> nn.Sequential:
    """A convolution, normalised, with ReLU; it keeps the grid but for its stride and for pooling.

    Pooling comes before normalisation and ReLU, which then have a quarter of the places to go through.
    """
    convolution = nn.Conv2d(width_in, width, kernel, stride, kernel // 2, bias=False)
    pooling = [nn.MaxPool2d(2)] if pooled else []
    return nn.Sequential(convolution, *pooling, nn.BatchNorm2d(width), nn.ReLU())


def _stages(widths: Sequence[int]) -> list[nn.Sequential]:
    """Stages of 3x3 convolutions one behind the other, of which the first three each halve the grid."""
    return [_stage(given, width, 3, pooled=k < 3) for k, (given, width) in enumerate(pairwise((3, *widths)))]


def _code(width_in: int, width: int) -> nn.Sequential:
    """A fully connected layer with ReLU, normalised so that every unit tells pictures apart: none is dead."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(width_in, width, bias=False), nn.BatchNorm1d(width), nn.ReLU()
    )


BY_NAME: dict[str, Callable[[int], nn.Module]] = {
    network.__name__: network
    for network in (SmallResNet, WiderResNet, SmallVGG, SmallAlexNet, FaceVGG, KindVGG)
}
"""The networks by the name under which a weights file knows its own."""
