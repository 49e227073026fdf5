"""Superpixels of one picture at several resolutions, and what a feature map says about each of them.

Notation: s superpixels over all resolutions, (h, w) the picture in pixels, (c, gh, gw) a feature map.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["Superpixels", "superpixels"]


@dataclass(frozen=True)
class Superpixels:
    """Superpixels of one picture; numbered through all resolutions, coarse ones first.

    Attributes
    ----------
    labels : int16 (r, h, w)
        One label map per resolution. Resolution r uses numbers that no other resolution uses.
    n : int
        How many superpixels there are in all.
    """

    labels: np.ndarray
    n: int

    def mask(self, index: int) -> np.ndarray:
        """The superpixel's pixels, bool (h, w)."""
        return (self.labels == index).any(axis=0)

    @cached_property
    def areas(self) -> np.ndarray:
        """Pixels of each superpixel, float64 (s,)."""
        return np.bincount(self.labels.ravel(), minlength=self.n).astype(float)

    @cached_property
    def centers(self) -> np.ndarray:
        """Centroid of each superpixel as (x, y) in pixels, float64 (s, 2)."""
        places = np.indices(self.labels.shape[1:])
        return np.stack([self.mean(places[1]), self.mean(places[0])], axis=1) + 0.5

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean of a pixel map (h, w) over each superpixel, float64 (s,)."""
        sums = np.zeros(self.n)
        for level in self.labels:
            sums += np.bincount(level.ravel(), weights=values.ravel(), minlength=self.n)
        return sums / self.areas

    def pool(self, features: np.ndarray) -> np.ndarray:
        """Mean feature under each superpixel (masked average pooling).

        Every cell of the feature map weighs as many pixels of the superpixel as lie in it.

        Parameters
        ----------
        features : (c, gh, gw)

        Returns
        -------
        float32 (s, c)
        """
        c, gh, gw = features.shape
        h, w = self.labels.shape[1:]
        cells = (np.arange(h) * gh // h)[:, None] * gw + (np.arange(w) * gw // w)[None, :]
        pairs = (self.labels.astype(np.int64) * (gh * gw) + cells).ravel()
        weights = np.bincount(pairs, minlength=self.n * gh * gw).reshape(self.n, gh * gw)
        pooled = weights @ features.reshape(c, -1).T.astype(float)
        return (pooled / self.areas[:, None]).astype(np.float32)

    @cached_property
    def distinct(self) -> np.ndarray:
        """False for a superpixel that nearly repeats a coarser one (Jaccard > 0.5), bool (s,)."""
        keep = np.ones(self.n, bool)
        for later in range(1, len(self.labels)):
            for earlier in range(later):
                pairs = self.labels[earlier].astype(np.int64) * self.n + self.labels[later]
                codes, shared = np.unique(pairs, return_counts=True)
                a, b = codes // self.n, codes % self.n
                jaccard = shared / (self.areas[a] + self.areas[b] - shared)
                keep[b[(jaccard > 0.5) & keep[a]]] = False
        return keep


def superpixels(
    image: np.ndarray, resolutions: tuple[int, ...], compactness: float = 20.0, sigma: float = 1.0
) -> Superpixels:
    """Cut a picture into superpixels with SLIC, once per resolution (Achanta 2012, as in ACE).

    Parameters
    ----------
    image : uint8 (h, w, 3)
    resolutions : about how many superpixels each label map has
    compactness, sigma : SLIC's weight of place against colour, and the blur in pixels before it
    """
    from skimage.filters import gaussian
    from skimage.segmentation import slic

    smooth = gaussian(image, sigma, channel_axis=-1, preserve_range=True) / 255.0
    levels, first = [], 0
    for n_segments in resolutions:
        level = slic(smooth, n_segments, compactness, start_label=0)
        _, level = np.unique(level, return_inverse=True)
        level = level.reshape(image.shape[:2])
        levels.append(level + first)
        first += int(level.max()) + 1
    return Superpixels(np.stack(levels).astype(np.int16), first)
