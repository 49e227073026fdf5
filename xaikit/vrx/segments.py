"""Segments of one picture, made of leaves, and what a feature map says about each of them.

A picture is cut into small *leaves* that cover it without overlap; a *segment* is a union of leaves. So the
superpixels of several resolutions (ACE), the nodes of a merge tree and any given masks are all one thing.

Notation: L leaves, s segments, (H, W) the picture in pixels, (h, w) the map of leaves, which is the picture's
size or a whole number of times smaller, (c, gh, gw) a feature map.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from xaikit.core.images import shown

__all__ = ["Segments", "felzenszwalb_leaves", "merge_tree", "slic_leaves", "superpixels"]

# SLIC's time goes with the pixels and the rounds. Concepts found on label maps of this size and after this
# many rounds are as pure as those found on whole pictures after ten (benchmarks/discovery.py).
MAX_SIDE = 112
ROUNDS = 5
# Leaves are merged into parts as small as a headlight: they are cut at a finer size.
MAX_LEAF_SIDE = 128
N_LEAVES = 240
DENOISING = 0.03  # weight of total variation: grain must not make leaves
SCALE, BLUR, SMALLEST = 10.0, 0.5, 12  # Felzenszwalb's parameters, in pixels of the map of leaves


@dataclass(frozen=True, eq=False)
class Segments:
    """Segments of one picture.

    Attributes
    ----------
    leaves : int16 (h, w), the number of the leaf at each place
    members : bool (s, L), the leaves that each segment is made of
    size : (H, W) of the picture
    step : side in pixels of the square of the picture that a place of ``leaves`` stands for
    parents : int (s,), the number of the segment into which each was merged, -1 where into none; children
        come before their parents. None where segments may overlap in any way
    contrast : float (s,), how unlike the one it was merged with a node of a merge tree is; None of others
    """

    leaves: np.ndarray
    members: np.ndarray
    size: tuple[int, int]
    step: int = 1
    parents: np.ndarray | None = None
    contrast: np.ndarray | None = None

    @classmethod
    def of_masks(cls, masks: np.ndarray) -> Segments:
        """Given parts of a picture, bool (n, H, W), as segments 0 to n - 1; they may overlap."""
        return _crossed(masks.astype(np.int64), masks.shape[1:], 1, [[1]] * len(masks))

    @classmethod
    def of_leaves(cls, leaves: np.ndarray, size: tuple[int, int], step: int) -> Segments:
        """Every leaf a segment of its own."""
        n = int(leaves.max()) + 1
        return cls(leaves, np.eye(n, dtype=bool), size, step, np.full(n, -1))

    def unions(self, groups: Sequence[np.ndarray]) -> Segments:
        """Some segments joined, group by group: a segment for each group."""
        rows = [self.members[own].any(axis=0) for own in groups]
        members = np.array(rows, bool).reshape(len(rows), self.members.shape[1])
        return Segments(self.leaves, members, self.size, self.step)

    def only(self, keep: np.ndarray) -> Segments:
        """Some segments of a tree, bool (s,); the others are left out between children and parents."""
        if self.parents is None:
            raise ValueError("these segments overlap in any way: they are no tree.")
        number = np.append(np.cumsum(keep) - 1, -1)
        above = np.full(self.n + 1, -1)  # the nearest ancestor that is kept
        for node in range(self.n - 1, -1, -1):
            parent = self.parents[node]
            above[node] = parent if parent < 0 or keep[parent] else above[parent]
        return replace(
            self,
            members=self.members[keep],
            parents=number[above[:-1][keep]],
            contrast=None if self.contrast is None else self.contrast[keep],
        )

    @property
    def n(self) -> int:
        """How many segments there are."""
        return len(self.members)

    def mask(self, which: int | Sequence[int] | np.ndarray) -> np.ndarray:
        """The pixels of a segment, or of several together, bool (H, W)."""
        small = self.members[np.atleast_1d(which)].any(axis=0)[self.leaves]
        return small.repeat(self.step, axis=0).repeat(self.step, axis=1)[: self.size[0], : self.size[1]]

    def pieces(self, which: np.ndarray) -> np.ndarray:
        """For each of some segments, the number of the connected piece of their union that it lies in."""
        from scipy.ndimage import label

        connected = label(self.members[which].any(axis=0)[self.leaves])[0]
        return connected.ravel()[self._first[self.members[which].argmax(axis=1)]]

    @cached_property
    def _first(self) -> np.ndarray:
        """Where each leaf is first met in the map, row by row, int (L,)."""
        return np.unique(self.leaves, return_index=True)[1]

    @cached_property
    def leaf_areas(self) -> np.ndarray:
        """Places of the map that each leaf has, float64 (L,)."""
        return np.bincount(self.leaves.ravel(), minlength=self.members.shape[1]).astype(float)

    @cached_property
    def areas(self) -> np.ndarray:
        """Places of the map that each segment has, float64 (s,)."""
        return self.members @ self.leaf_areas

    @property
    def shares(self) -> np.ndarray:
        """The share of the picture that each segment covers, float64 (s,)."""
        return self.areas / self.leaves.size

    @cached_property
    def centers(self) -> np.ndarray:
        """Centroid of each segment as (x, y) in pixels, float64 (s, 2)."""
        rows, columns = np.indices(self.leaves.shape)
        return self.step * (self.means(np.stack([columns, rows])).T + 0.5)

    def means(self, maps: np.ndarray) -> np.ndarray:
        """Mean over each segment of several maps (t, h, w) as large as ``leaves``, float64 (t, s)."""
        flat, n = self.leaves.ravel(), self.members.shape[1]
        sums = np.stack([np.bincount(flat, weights=one.ravel(), minlength=n) for one in maps])
        return sums @ self.members.T / self.areas

    @cached_property
    def spreads(self) -> np.ndarray:
        """Second moments of each segment's places: across, down and slant, float64 (3, s)."""
        rows, columns = np.indices(self.leaves.shape)
        x, y, xx, yy, xy = self.means(np.stack([columns, rows, columns**2, rows**2, columns * rows]))
        return np.stack([xx - x**2 + 1 / 12, yy - y**2 + 1 / 12, xy - x * y])

    @cached_property
    def raggedness(self) -> np.ndarray:
        """log(area of the ellipse with a segment's second moments / its area), float64 (s,).

        0 for an ellipse, be it round or long, 0.05 for a rectangle, more for what has arms, holes or pieces.
        """
        across, down, slant = self.spreads
        ellipse = 4 * np.pi * np.sqrt(np.maximum(across * down - slant**2, 1e-3))
        return np.log(ellipse / self.areas)

    def pool(self, features: np.ndarray) -> np.ndarray:
        """Mean feature under each segment (masked average pooling).

        Every cell of the feature map weighs as many places of the segment as lie in it.

        Parameters
        ----------
        features : (c, gh, gw)

        Returns
        -------
        float32 (s, c)
        """
        c, gh, gw = features.shape
        members, weights, cells = (
            self.members.astype(np.float32),
            _cell_weights(self, gh, gw),
            features.reshape(c, -1).T,
        )
        few = self.n < c  # of three factors the pair goes first that leaves less to multiply
        sums = members @ weights @ cells if few else members @ (weights @ cells)
        return sums / self.areas[:, None].astype(np.float32)

    def cells(self, axis: int, n: int) -> np.ndarray:
        """Which of n cells along an axis of the picture each place of the map lies in."""
        middles = (2 * np.arange(self.leaves.shape[axis]) + 1) * self.step
        return np.minimum(middles * n // (2 * self.size[axis]), n - 1)

    @cached_property
    def distinct(self) -> np.ndarray:
        """False for a segment that nearly repeats an earlier one (Jaccard > 0.5), bool (s,)."""
        shared = (self.members * self.leaf_areas) @ self.members.T
        repeats = shared / (self.areas[:, None] + self.areas - shared) > 0.5
        keep = np.ones(self.n, bool)
        for later in range(1, self.n):
            keep[later] = not (repeats[later, :later] & keep[:later]).any()
        return keep


@lru_cache(maxsize=32)  # layers of one grid, and copies of one picture, follow upon each other
def _cell_weights(segments: Segments, gh: int, gw: int) -> np.ndarray:
    """How many places of each leaf lie in each cell of a grid, float32 (L, gh · gw)."""
    n = segments.members.shape[1]
    cells = segments.cells(0, gh)[:, None] * gw + segments.cells(1, gw)
    pairs = segments.leaves.astype(np.intp) * (gh * gw) + cells
    return np.bincount(pairs.ravel(), minlength=n * gh * gw).reshape(n, gh * gw).astype(np.float32)


def _crossed(
    levels: np.ndarray, size: tuple[int, int], step: int, wanted: Sequence[Iterable[int]]
) -> Segments:
    """Segments of several label maps (r, h, w): of map r those with the numbers ``wanted[r]``.

    Leaves are the places that no map tells apart.
    """
    codes = np.zeros(levels.shape[1:], np.int64)
    for level in levels:
        codes = np.unique(codes * (int(level.max()) + 1) + level, return_inverse=True)[1].reshape(codes.shape)
    first = np.unique(codes, return_index=True)[1]
    rows = [level.ravel()[first] == k for level, own in zip(levels, wanted, strict=True) for k in own]
    members = np.array(rows, bool).reshape(len(rows), len(first))
    return Segments(codes.astype(np.int16), members, size, step)


def superpixels(
    image: np.ndarray, resolutions: tuple[int, ...], compactness: float = 20.0, sigma: float = 1.0
) -> Segments:
    """Cut a picture into superpixels with SLIC, once per resolution (Achanta 2012, as in ACE).

    A picture larger than ``MAX_SIDE`` is cut at a whole fraction of its size, and the outlines are enlarged.

    Parameters
    ----------
    image : uint8 (H, W, 3)
    resolutions : about how many superpixels each label map has
    compactness, sigma : SLIC's weight of place against color, and the blur in pixels before it
    """
    small, step = _reduced(image, MAX_SIDE)
    levels = np.stack([_slic(small, n, compactness, sigma / step) for n in resolutions])
    numbers = [range(int(level.max()) + 1) for level in levels]
    return _crossed(levels, image.shape[:2], step, numbers)


def slic_leaves(image: np.ndarray) -> Segments:
    """Leaves of even size that follow the picture's edges: for photographs (SLIC)."""
    small, step = _reduced(image, MAX_LEAF_SIDE)
    return Segments.of_leaves(_slic(small, N_LEAVES, 10.0, 0.5).astype(np.int16), image.shape[:2], step)


def felzenszwalb_leaves(image: np.ndarray) -> Segments:
    """Leaves as large as a color reaches: for drawn pictures (Felzenszwalb 2004, after denoising)."""
    from skimage.restoration import denoise_tv_chambolle
    from skimage.segmentation import felzenszwalb

    small, step = _reduced(image, MAX_LEAF_SIDE)
    smooth = denoise_tv_chambolle(small / np.float32(255), DENOISING, channel_axis=-1)
    labels = felzenszwalb(smooth, SCALE, BLUR, SMALLEST)
    return Segments.of_leaves(_numbered(labels).astype(np.int16), image.shape[:2], step)


def _reduced(image: np.ndarray, max_side: int) -> tuple[np.ndarray, int]:
    """The picture, float32, at a whole fraction of its size, and which."""
    from PIL import Image

    step = -(-max(image.shape[:2]) // max_side)
    return np.asarray(Image.fromarray(shown(image)).reduce(step), np.float32), step


def _slic(small: np.ndarray, n_segments: int, compactness: float, sigma: float) -> np.ndarray:
    """One label map (h, w), numbered from 0."""
    from skimage.color import rgb2lab
    from skimage.filters import gaussian
    from skimage.segmentation import slic

    smooth = gaussian(small, sigma, channel_axis=-1)
    low, high = smooth.min(), smooth.max()
    lab = rgb2lab((smooth - low) / max(high - low, 1e-6))
    # slic stretches what it is given to 0..1; the stretch is undone, so that color weighs as in Lab
    reach = float(np.ptp(lab)) or 1.0
    return _numbered(slic(lab, n_segments, compactness / reach, ROUNDS, convert2lab=False, start_label=0))


def _numbered(labels: np.ndarray) -> np.ndarray:
    """The label map with its numbers from 0 on, none left out."""
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape)


def merge_tree(leaves: Segments, features: np.ndarray, size_weight: float = 0.35) -> Segments:
    """Merge neighbouring leaves, the most alike first, until one is left: every node is a segment.

    What merging i and j costs is ‖f_i − f_j‖ · min(area_i, area_j)^size_weight, f the mean of the leaves'
    features: small scraps go first, and what stands out from its surroundings stays for long.

    Parameters
    ----------
    leaves : L segments that do not overlap
    features : (L, c)

    Returns
    -------
    Segments, 2 L - 1 of them where the leaves hang together; leaves first, children before parents
    """
    n = leaves.n
    mean = np.concatenate([features, np.zeros_like(features)]).astype(float)
    area = leaves.areas.tolist()
    members = np.zeros((2 * n, n), bool)
    members[:n] = leaves.members
    parents, contrast = [-1] * n, [0.0] * n
    weight = [one ** (2 * size_weight) for one in area]
    beside = _neighbours(leaves.leaves, n)

    def priced(pairs: list[tuple[int, int]]) -> Iterator[tuple[float, int, int]]:
        """What merging each two costs, and both."""
        first, second = zip(*pairs, strict=True)
        apart = mean[list(first)] - mean[list(second)]
        squares = (apart[:, None] @ apart[:, :, None]).ravel().tolist()
        return ((one * min(weight[i], weight[j]), i, j) for one, (i, j) in zip(squares, pairs, strict=True))

    pairs = [(i, j) for i in range(n) for j in beside[i] if i < j]
    heap = list(priced(pairs)) if pairs else []
    heapq.heapify(heap)
    while heap:
        _, i, j = heapq.heappop(heap)
        if parents[i] >= 0 or parents[j] >= 0:
            continue
        new = len(parents)
        parents[i] = parents[j] = new
        apart = mean[i] - mean[j]
        contrast[i] = contrast[j] = float(np.sqrt(apart @ apart))
        members[new] = members[i] | members[j]
        area.append(area[i] + area[j])
        weight.append(area[new] ** (2 * size_weight))
        mean[new] = (mean[i] * area[i] + mean[j] * area[j]) / area[new]
        parents.append(-1)
        contrast.append(0.0)
        beside.append({k for k in beside[i] | beside[j] if parents[k] < 0})
        for k in beside[new]:
            beside[k].add(new)
        if beside[new]:
            for edge in priced([(k, new) for k in beside[new]]):
                heapq.heappush(heap, edge)
    above, own = np.array(parents), np.array(contrast)
    return Segments(leaves.leaves, members[: len(parents)], leaves.size, leaves.step, above, own)


def _neighbours(labels: np.ndarray, n: int) -> list[set[int]]:
    """The leaves that share a side with each leaf."""
    beside: list[set[int]] = [set() for _ in range(n)]
    for a, b in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        apart = a != b
        for i, j in set(zip(a[apart].tolist(), b[apart].tolist(), strict=True)):
            beside[i].add(j)
            beside[j].add(i)
    return beside
