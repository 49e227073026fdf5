"""What tells the segments of a picture apart: what several layers see there, color, and shape.

The patch layer's features say most; the stage before it adds texture, the default layer what is around;
color and shape tell a stripe from the body it is painted on. Nodes of a tree have a color and a shape of
their own, even leaves have not. The weights were chosen on the built-in world, on pictures on which nothing
is reported (``benchmarks/concepts.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.core.images import shown
from xaikit.vrx.segments import Segments

__all__ = ["LEAVES", "NODES", "SHAPES", "Weights", "described", "merge_features", "unit_rows"]

SHAPES = slice(-4, None)
"""The columns of :func:`described` that tell of shape."""


@dataclass(frozen=True)
class Weights:
    """Of the last of several layers, of Lab (mean and standard deviation), and of shape."""

    around: float
    color: float
    shape: float


NODES = Weights(around=0.5, color=1 / 50, shape=0.6)
LEAVES = Weights(around=1.0, color=0.5 / 50, shape=0.3)
MERGE_LAYER, MERGE_COLOR = 0.5, 2 / 50  # leaves are merged by color above all


def described(
    segments: Segments, maps: Sequence[np.ndarray], view: np.ndarray, weights: Weights = NODES
) -> np.ndarray:
    """A row for each segment: the layers' mean features at unit length, then color, then shape.

    Parameters
    ----------
    segments : s segments of the picture
    maps : one (c, gh, gw) for each layer; the last one sees most of what is around
    view : uint8 (H, W, 3), the picture

    Returns
    -------
    float32 (s, c_1 + c_2 + … + 10)
    """
    deep = [unit_rows(segments.pool(one)) for one in maps]
    if len(deep) > 1:
        deep[-1] = weights.around * deep[-1]
    lab = _lab(segments, view)
    mean, square = segments.means(lab).T, segments.means(lab**2).T
    color = weights.color * np.hstack([mean, np.sqrt(np.maximum(square - mean**2, 0))])
    return np.hstack([*deep, color, weights.shape * _shape(segments)]).astype(np.float32)


def merge_features(leaves: Segments, features: np.ndarray, view: np.ndarray) -> np.ndarray:
    """What leaves are merged by: the patch layer's features (c, gh, gw) at unit length, and color."""
    lab = leaves.means(_lab(leaves, view)).T
    return np.hstack([MERGE_LAYER * unit_rows(leaves.pool(features)), MERGE_COLOR * lab])


def unit_rows(features: np.ndarray) -> np.ndarray:
    """The rows scaled to unit length; rows of zeros stay."""
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)


def _lab(segments: Segments, view: np.ndarray) -> np.ndarray:
    """The picture in Lab at the size of the map of leaves, (3, h, w)."""
    from PIL import Image
    from skimage.color import rgb2lab

    return rgb2lab(np.asarray(Image.fromarray(shown(view)).reduce(segments.step))).transpose(2, 0, 1)


def _shape(segments: Segments) -> np.ndarray:
    """Size, how upright, how slanted, and how unlike an ellipse: the logarithms of ratios, (s, 4)."""
    across, down, slant = segments.spreads
    size, upright = np.log(segments.areas) / 2, np.log(across / down) / 2
    return np.stack([size, upright, slant / np.sqrt(across * down), segments.raggedness], axis=1)
