"""What a classifier hands on, batch by batch: views, and what the network made of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaikit.core.images import View
from xaikit.core.images.checks import Bool, Float32, UInt8

__all__ = ["GradientBatch", "LayerBatch", "Views"]


class GradientBatch(NamedTuple):
    """Some pictures, what was asked of them, and what came out; see `Classifier.features_and_gradients`.

    `views` uint8 (b, H, W, 3), `targets` int64 (b, T), `logits` float32 (b, n_classes), `features` float32
    (b, c, h, w), `gradients` float32 (b, T, c, h, w) and `read` bool (b,), see `Views`.
    """

    views: UInt8
    targets: NDArray[np.int64]
    logits: Float32
    features: Float32
    gradients: Float32
    read: Bool


class LayerBatch(NamedTuple):
    """Some pictures and what one forward pass told of several layers; see `Classifier.layer_batches`.

    `views` uint8 (b, H, W, 3), `targets` int64 (b, T), `logits` float32 (b, n_classes), `features`
    {layer: float32 (b, c, h, w)}, `gradients` {layer: float32 (b, T, c, h, w)} and `read` bool (b,), see
    `Views`.
    """

    views: UInt8
    targets: NDArray[np.int64]
    logits: Float32
    features: dict[str, Float32]
    gradients: dict[str, Float32]
    read: Bool


class Views(NamedTuple):
    """Some views uint8 (b, H, W, 3), and which of their pictures could be read, `read` bool (b,).

    A picture of an ImageSet that could not be read keeps its place: its view is blank, and every number made
    of it is NaN.
    """

    views: View
    read: Bool

    def blanked(self, values: Float32) -> Float32:
        """Return values (b, …), changed in place: NaN where the picture could not be read."""
        values[~self.read] = np.nan
        return values
