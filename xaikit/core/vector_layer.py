"""The layer behind all places, where what a network sees is put together: the first that fully connected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from xaikit.core.layers import Layer

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["vector_layer"]


def vector_layer(classifier: Classifier) -> Layer:
    """The first vector of rectified features behind the last layer with places, as fc1 of VGG16.

    Where there is none before the scores, the classifier's default layer.
    """
    layers = classifier.layers()
    spatial = [number for number, layer in enumerate(layers) if layer.grid and min(layer.grid) > 1]
    behind = layers[spatial[-1] + 1 :] if spatial else layers
    n_classes = len(classifier.class_names)
    modules = dict(classifier.model.named_modules())
    for number, layer in enumerate(behind):
        rectifies = isinstance(modules[layer.name], torch.nn.ReLU)
        if layer.kind == "vector" and rectifies and layer.n_channels != n_classes:
            return _outermost(layer, behind[number + 1 :])
    return classifier.default_layer.layer


def _outermost(layer: Layer, after: Sequence[Layer]) -> Layer:
    """The module that ends with this one and hands on the same, where there is one: its name says more."""
    for outer in after:
        if not layer.name.startswith(f"{outer.name}."):
            break
        layer = outer
    return layer
