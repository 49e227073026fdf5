"""Segments as pictures of their own: how ACE (Ghorbani 2019) asks the network about each of them.

A superpixel's bounding box is cut out of the picture, what is in the box but not in the superpixel is filled
with one color, and the box is stretched to the network's input. Its feature is the mean of a layer's feature
map over all its places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import fit_view
from xaikit.vrx.segments import Segments

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["crop_features", "crops"]


def crops(
    view: np.ndarray, pixels: Segments, which: np.ndarray, fill_color: tuple[int, ...]
) -> Iterator[np.ndarray]:
    """Some superpixels of a picture, each as a picture uint8 (H, W, 3) of its own.

    Parameters
    ----------
    view : uint8 (H, W, 3)
    which : numbers of the superpixels
    fill_color : (r, g, b) around the superpixel. ACE fills with grey 117 and loses the box's last row and
        column; here the color is the caller's and the box is whole
    """
    for index in which:
        mask = pixels.mask(index)
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        filled = np.where(mask[box][..., None], view[box], np.array(fill_color, np.uint8))
        yield fit_view(filled, view.shape[:2], interpolation="bicubic", framing="squash")


def crop_features(
    classifier: Classifier,
    views: Sequence[np.ndarray],
    cuts: Sequence[Segments],
    which: Sequence[np.ndarray],
    layers: Sequence[str],
) -> list[list[np.ndarray]]:
    """Mean features of some superpixels of several pictures, each shown to the network as a crop.

    The crops are made and asked batch by batch, so that no more than one batch of them is in memory.

    Parameters
    ----------
    which : for each picture, the numbers of its superpixels that are asked about
    layers : names of the layers

    Returns
    -------
    for each layer and each picture, float32 (s, c); NaN for superpixels that were not asked about
    """
    color = classifier.mean_color
    every = (
        crop
        for view, pixels, own in zip(views, cuts, which, strict=True)
        for crop in crops(view, pixels, own, color)
    )
    asked = any(map(len, which))
    batches = classifier.layer_batches(every, layers, as_view=True) if asked else iter(())
    rows = [[batch.features[layer].mean(axis=(2, 3)) for layer in layers] for batch in batches]
    ends = np.cumsum([len(own) for own in which])[:-1]
    found = []
    for number, layer in enumerate(layers):
        width = classifier.layer(layer).n_channels
        table = np.concatenate([np.empty((0, width), np.float32), *(row[number] for row in rows)])
        parts = np.split(table, ends)
        found.append([_spread(*one) for one in zip(parts, which, cuts, strict=True)])
    return found


def _spread(rows: np.ndarray, which: np.ndarray, pixels: Segments) -> np.ndarray:
    spread = np.full((pixels.n, rows.shape[1]), np.nan, np.float32)
    spread[which] = rows
    return spread
