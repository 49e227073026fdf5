"""Masks of a picture, brought to what a network sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["in_view"]


def in_view(classifier: Classifier, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a mask (h, w) of a picture lies in what the network sees of it, bool (H, W)."""
    levels = np.repeat(mask[..., None].astype(np.uint8) * 255, classifier.n_channels, 2)
    seen: NDArray[np.bool_] = np.asarray(classifier.view(levels))[:, :, 0] > 127
    return seen
