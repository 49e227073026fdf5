"""What a fit of SRAE learned, frozen: all that questions are answered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from xaikit.srae.examples import pooled
from xaikit.srae.modules import Modules
from xaikit.srae.naming import class_number, feature_number

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Fitted"]


@dataclass(frozen=True, eq=False, repr=False)
class Fitted:
    """Explanation modules, and the network that they are of.

    Attributes
    ----------
    classifier, layer : the network, and the layer that Z is of
    heat_layer : the layer at which heatmaps end, "input" is the picture
    targets : names of the K classes that are explained
    modules : of these classes, in their order; x-features by how much they give the class's own pictures
    checks : per class, what was measured on pictures held out
    examples : uint8 (K, n, k, s, s, 4), :mod:`~xaikit.srae.top_pictures` of each class
    """

    classifier: Classifier
    layer: str
    heat_layer: str
    targets: list[str]
    modules: Modules
    checks: Mapping[str, Mapping[str, Any]]
    examples: NDArray[np.uint8]

    @property
    def n_features(self) -> int:
        return self.modules.readout.shape[1]

    def number(self, cls: str) -> int:
        """The number of a class among the targets. Raises ValueError where it is none of them."""
        return class_number(cls, self.targets)

    def feature(self, number: int) -> int:
        """Raise ValueError where there is no such x-feature."""
        return feature_number(number, self.n_features)

    def encode(self, features: Tensor, number: int) -> Tensor:
        """E of module `number`, (b, n), of a layer's output (b, c, h, w) or (b, c).

        Made of the layers that excitation backprop knows, so that it can begin at x-features.
        """
        rows = pooled(features)
        for weight, bias in self.modules.encoder.of(number):
            rows = F.relu(F.linear(rows, weight.to(rows.device), bias.to(rows.device)))
        return rows

    @torch.no_grad()
    def reconstruct(self, features: Tensor, number: int) -> Tensor | None:
        """Ẑ of x-features (b, n), (b, S); None where the method reconstructs nothing."""
        if self.modules.decoder is None:
            return None
        layers = self.modules.decoder.of(number)
        for k, (weight, bias) in enumerate(layers):
            features = F.linear(features, weight.to(features.device), bias.to(features.device))
            if k < len(layers) - 1:
                features = F.relu(features)
        return features
