"""Small networks of every family that xaikit meets, with random weights, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
from torch import nn


def small_vit() -> nn.Module:
    from torchvision.models.vision_transformer import VisionTransformer

    model = VisionTransformer(32, 8, num_layers=2, num_heads=4, hidden_dim=48, mlp_dim=96, num_classes=3)
    nn.init.normal_(model.heads.head.weight)  # torchvision starts it at zero
    return model


def small_swin() -> nn.Module:
    from torchvision.models.swin_transformer import SwinTransformer

    return SwinTransformer([4, 4], 24, [1, 1], [2, 2], [4, 4], num_classes=3)


def small_convnext() -> nn.Module:
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt

    return ConvNeXt([CNBlockConfig(16, 32, 1), CNBlockConfig(32, None, 1)], num_classes=3)


def small_resnet() -> nn.Module:
    from torchvision.models.resnet import BasicBlock, ResNet

    return ResNet(BasicBlock, [1, 1, 1, 1], num_classes=3)


def small_timm_vit() -> nn.Module:
    timm_vit = pytest.importorskip("timm.models.vision_transformer")
    return timm_vit.VisionTransformer(32, 8, embed_dim=48, depth=2, num_heads=3, num_classes=3)


def small_register_vit() -> nn.Module:
    timm_vit = pytest.importorskip("timm.models.vision_transformer")
    return timm_vit.VisionTransformer(32, 8, embed_dim=48, depth=2, num_heads=3, num_classes=3, reg_tokens=4)


class InPlace(nn.Module):
    """A chain in which every activation overwrites what the layer before put out."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(True), nn.Conv2d(8, 10, 3, 2, 1), nn.ELU(inplace=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(160, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.pool(self.features(x)))


class Network(NamedTuple):
    """A network in evaluation mode, its input size, and the name and kind of layer it should be read at."""

    model: nn.Module
    size: int
    layer: str
    kind: str


NETWORKS = {
    "resnet": (small_resnet, 64, "layer3", "grid"),
    "in-place": (InPlace, 32, "features", "grid"),
    "vit": (small_vit, 32, "encoder.layers.encoder_layer_1.ln_1", "tokens"),
    "swin": (small_swin, 32, "norm", "grid_last"),
    "convnext": (small_convnext, 32, "features", "grid"),
    "timm vit": (small_timm_vit, 32, "blocks.1.norm1", "tokens"),
    "register vit": (small_register_vit, 32, "blocks.1.norm1", "tokens"),
}


def _build(name: str) -> Network:
    make, size, layer, kind = NETWORKS[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return Network(make().eval(), size, layer, kind)


@pytest.fixture(params=list(NETWORKS))
def network(request: pytest.FixtureRequest) -> Network:
    """Each of the networks in turn."""
    return _build(request.param)


@pytest.fixture
def build() -> Callable[[str], Network]:
    """Builds one of the networks by name."""
    return _build
