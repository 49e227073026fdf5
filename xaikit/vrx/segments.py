"""Superpixels of one picture at several resolutions, and what a feature map says about each of them.

Notation: s superpixels over all resolutions, (H, W) the picture in pixels, (h, w) its label maps, which are
the picture's size or a whole number of times smaller, (c, gh, gw) a feature map.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["Superpixels", "superpixels"]

# SLIC's time goes with the pixels and the rounds. Concepts found on label maps of this size and after this
# many rounds are as pure as those found on whole pictures after ten (benchmarks/discovery.py).
MAX_SIDE = 112
ROUNDS = 5


@dataclass(frozen=True)
class Superpixels:
    """Superpixels of one picture; numbered through all resolutions, coarse ones first.

    Attributes
    ----------
    labels : int16 (r, h, w)
        One label map per resolution. Resolution r uses numbers that no other resolution uses.
    n : int
        How many superpixels there are in all.
    size : (H, W) of the picture
    step : side in pixels of the square of the picture that a place of the label maps stands for
    """

    labels: np.ndarray
    n: int
    size: tuple[int, int]
    step: int = 1

    @classmethod
    def of_masks(cls, masks: np.ndarray) -> Superpixels:
        """Given parts of a picture, bool (n, H, W), as superpixels 1 to n; 0 is what lies outside of all."""
        numbers = np.arange(1, len(masks) + 1, dtype=np.int16)[:, None, None]
        return cls(masks * numbers, len(masks) + 1, masks.shape[1:])

    def mask(self, index: int) -> np.ndarray:
        """The superpixel's pixels, bool (H, W)."""
        small = (self.labels == index).any(axis=0)
        return small.repeat(self.step, axis=0).repeat(self.step, axis=1)[: self.size[0], : self.size[1]]

    @cached_property
    def areas(self) -> np.ndarray:
        """Places of the label map that each superpixel has, float64 (s,)."""
        return np.bincount(self.labels.ravel(), minlength=self.n).astype(float)

    @cached_property
    def centers(self) -> np.ndarray:
        """Centroid of each superpixel as (x, y) in pixels, float64 (s, 2)."""
        rows, columns = np.indices(self.labels.shape[1:])
        return self.step * (self.means(np.stack([columns, rows])).T + 0.5)

    def means(self, maps: np.ndarray) -> np.ndarray:
        """Mean over each superpixel of several maps (t, h, w) as large as the label maps, float64 (t, s)."""
        flat = self.labels.reshape(len(self.labels), -1).astype(np.intp)
        sums = [
            sum(np.bincount(level, weights=one.ravel(), minlength=self.n) for level in flat) for one in maps
        ]
        return np.stack(sums) / self.areas

    def pool(self, features: np.ndarray) -> np.ndarray:
        """Mean feature under each superpixel (masked average pooling).

        Every cell of the feature map weighs as many places of the superpixel as lie in it.

        Parameters
        ----------
        features : (c, gh, gw)

        Returns
        -------
        float32 (s, c)
        """
        c, gh, gw = features.shape
        rows = self._cells(0, gh)
        pairs = self.labels.astype(np.intp) * (gh * gw) + rows[:, None] * gw + self._cells(1, gw)
        weights = np.bincount(pairs.ravel(), minlength=self.n * gh * gw).reshape(self.n, gh * gw)
        return weights.astype(np.float32) @ features.reshape(c, -1).T / self.areas[:, None].astype(np.float32)

    def _cells(self, axis: int, n: int) -> np.ndarray:
        """Which of n cells along an axis of the picture each place of the label maps lies in."""
        middles = (2 * np.arange(self.labels.shape[1 + axis]) + 1) * self.step
        return np.minimum(middles * n // (2 * self.size[axis]), n - 1)

    @cached_property
    def distinct(self) -> np.ndarray:
        """False for a superpixel that nearly repeats a coarser one (Jaccard > 0.5), bool (s,)."""
        keep = np.ones(self.n, bool)
        for later in range(1, len(self.labels)):
            for earlier in range(later):
                pairs = self.labels[earlier].astype(np.intp) * self.n + self.labels[later]
                counts = np.bincount(pairs.ravel(), minlength=self.n**2)
                codes = np.flatnonzero(counts)
                a, b, shared = codes // self.n, codes % self.n, counts[codes]
                jaccard = shared / (self.areas[a] + self.areas[b] - shared)
                keep[b[(jaccard > 0.5) & keep[a]]] = False
        return keep


def superpixels(
    image: np.ndarray, resolutions: tuple[int, ...], compactness: float = 20.0, sigma: float = 1.0
) -> Superpixels:
    """Cut a picture into superpixels with SLIC, once per resolution (Achanta 2012, as in ACE).

    A picture larger than ``MAX_SIDE`` is cut at a whole fraction of its size, and the outlines are enlarged.

    Parameters
    ----------
    image : uint8 (H, W, 3)
    resolutions : about how many superpixels each label map has
    compactness, sigma : SLIC's weight of place against colour, and the blur in pixels before it
    """
    from PIL import Image
    from skimage.color import rgb2lab
    from skimage.filters import gaussian
    from skimage.segmentation import slic

    step = -(-max(image.shape[:2]) // MAX_SIDE)
    small = np.asarray(Image.fromarray(image).reduce(step), np.float32)
    smooth = gaussian(small, sigma / step, channel_axis=-1)
    low, high = smooth.min(), smooth.max()
    lab = rgb2lab((smooth - low) / max(high - low, 1e-6))
    # slic stretches what it is given to 0..1; the stretch is undone, so that colour weighs as in Lab
    reach = float(np.ptp(lab)) or 1.0
    levels, first = [], 0
    for n_segments in resolutions:
        level = slic(lab, n_segments, compactness / reach, ROUNDS, convert2lab=False, start_label=0)
        _, level = np.unique(level, return_inverse=True)
        levels.append(level.reshape(lab.shape[:2]) + first)
        first = int(levels[-1].max()) + 1
    return Superpixels(np.stack(levels).astype(np.int16), first, image.shape[:2], step)
