"""What recurs in a class's pictures: a dictionary of segments, and how a picture is read by it.

A segment that can be found again in other pictures of the class is worth a name. Its recurrence r is the mean
distance to the nearest segment of each picture in which that is nearest, over the nearest share of the
pictures. Of each discovery picture's overlapping segments those are kept that do not overlap and maximise

    Σ area^p · contrast^q · exp(−r / τ − b · raggedness)                                 (cut)

for things stand out from what is around and are of one compact piece; what is left of a body between its
windows is not. They are grouped; a group is an *entry* of the dictionary: its mean, and a threshold on the
distance to it. A picture is read by the same cut, with the distance to the nearest entry, in its thresholds,
for r / τ. All segments that it keeps for one entry are that entry's region: two wheels, a row of windows. So
no two regions of a class overlap, and nothing depends on a random start.

Nodes of a tree are grouped by average linkage. At some height the most groups recur, that is, are in at least
a given share of the pictures: below it a thing is in many groups, above it many things are in one. The lowest
height is taken at which two thirds as many recur, for the purest of them. Even leaves have no
such height, since each is like some other: they are divided among a few groups (Ward).

Notation: K entries, d features, n pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage, ward
from scipy.spatial.distance import cdist, pdist

from xaikit.vrx.candidates import Candidates
from xaikit.vrx.segments import Segments

__all__ = ["Dictionary", "DictionarySettings", "Found", "best_cut", "learn", "recurrence"]


@dataclass(frozen=True)
class DictionarySettings:
    """How a dictionary is learned.

    Parameters
    ----------
    n_groups : segments are divided among so many groups; None = as many as average linkage finds
    min_found : share of the pictures in which a group must be to recur
    nearest : share of the pictures in which a segment is sought again
    size_weight : p of the cut: how much a large segment is worth more than a small one
    contrast_weight : q of the cut: how much a node is worth more that is unlike what it was merged with
    compactness : b of the cut: how much a ragged one is worth less than a compact one
    sharpness : τ of the cut in discovery, as a share of the median recurrence
    tolerance : τ of the cut in reading, in thresholds
    threshold_quantile : an entry's threshold is this quantile of distances of segments of its kind
    everywhere : whether a concept is sought in the whole picture, or where the class's Grad-CAM mask is. A
        part is what it is, whatever the network looks at today; but even leaves are too like each other
    min_piece : pieces of a region below this share of its largest one are dropped
    rounds : how often means and thresholds are taken anew from what the dictionary finds
    """

    n_groups: int | None = None
    min_found: float = 0.3
    nearest: float = 0.2
    size_weight: float = 0.5
    contrast_weight: float = 0.5
    compactness: float = 2.0
    sharpness: float = 1.0
    tolerance: float = 0.5
    threshold_quantile: float = 0.9
    everywhere: bool = True
    min_piece: float = 0.25
    rounds: int = 2


MIN_SEGMENTS, MIN_SHARE = 3, 0.1  # that an entry has: so many, and for each picture
ENOUGH = 0.65  # share of the most groups that recur at any height
HEIGHTS = np.arange(0.5, 1.0001, 0.025)  # of the linkage, as shares of the median distance of two segments


@dataclass(frozen=True)
class Found:
    """An entry found in a picture: the numbers of the segments that are its region, and their distances."""

    segments: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True)
class Dictionary:
    """What recurs in a class's pictures.

    Attributes
    ----------
    means : float32 (K, d)
    thresholds : float32 (K,)
    settings : :class:`DictionarySettings`
    """

    means: np.ndarray
    thresholds: np.ndarray
    settings: DictionarySettings

    def sought_in(self, look: Candidates, i: int) -> np.ndarray:
        """Indices of the segments among which the concepts of class of interest i are sought."""
        return look.distinct if self.settings.everywhere else look.of_class(i)

    def read(self, look: Candidates, i: int) -> dict[int, Found]:
        """What a picture shows of class of interest i: {entry: where}. Regions do not overlap."""
        usable = self.sought_in(look, i)
        if not len(usable) or not len(self.means):
            return {}
        distances = cdist(self.means, look.features[usable])
        relative = distances / self.thresholds[:, None]
        entry, nearest = relative.argmin(axis=0), relative.min(axis=0)
        value = _worth(look.segments, usable, nearest / self.settings.tolerance, self.settings)
        value[nearest > 1] = 0
        kept = best_cut(look.segments, usable, value)
        return {
            int(k): self._region(look, usable, kept[entry[kept] == k], distances[k]) for k in set(entry[kept])
        }

    def reordered(self, order: Sequence[int]) -> Dictionary:
        """The dictionary with its entries in another order."""
        return replace(self, means=self.means[order], thresholds=self.thresholds[order])

    def _region(self, look: Candidates, usable: np.ndarray, own: np.ndarray, distances: np.ndarray) -> Found:
        pieces = look.segments.pieces(usable[own])
        areas = np.bincount(pieces, look.segments.areas[usable[own]])
        own = own[areas[pieces] >= self.settings.min_piece * areas.max()]
        return Found(usable[own], distances[own])


def learn(looks: Sequence[Candidates], i: int, settings: DictionarySettings) -> Dictionary:
    """The dictionary of class of interest i.

    Parameters
    ----------
    looks : n pictures of the class

    Returns
    -------
    Dictionary; with no entry where nothing recurs
    """
    rows, pictures, _ = _kept(looks, i, settings)
    groups = _groups(rows, pictures, len(looks), settings)
    dictionary = _entries([rows[own] for own in groups], rows.shape[1], len(looks), settings)
    for _ in range(settings.rounds):
        dictionary = _taken_anew(dictionary, looks, i)
    return dictionary


def recurrence(looks: Sequence[Candidates], i: int, settings: DictionarySettings) -> float:
    """How near the segments of class of interest i are found again in its other pictures.

    Returns
    -------
    median r of those that do not overlap, as a share of the median distance of any two of them: 0 where each
    is found again as it is; infinity where there are not two
    """
    rows, _, again = _kept(looks, i, settings)
    if len(rows) < 2:
        return float("inf")
    return float(np.median(again)) / max(_median_distance(rows), 1e-12)


def _kept(
    looks: Sequence[Candidates], i: int, settings: DictionarySettings
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (n, d) of the segments that do not overlap and recur most, the picture of each, and its r."""
    usable = [look.of_class(i) for look in looks]
    rows = [look.features[own] for look, own in zip(looks, usable, strict=True)]
    again = _recurrence(rows, settings.nearest)
    distances = np.concatenate([*again, np.empty(0)])
    distances = distances[np.isfinite(distances)]
    scale = (settings.sharpness * float(np.median(distances)) if len(distances) else 0.0) or 1.0
    kept = [
        best_cut(look.segments, own, _worth(look.segments, own, r / scale, settings))
        for look, own, r in zip(looks, usable, again, strict=True)
    ]
    features, distances = (
        np.concatenate([one[own] for one, own in zip(every, kept, strict=True)]) for every in (rows, again)
    )
    return features, np.repeat(np.arange(len(kept)), [len(own) for own in kept]), distances


def _recurrence(rows: Sequence[np.ndarray], nearest: float) -> list[np.ndarray]:
    """For each picture's segments, the mean distance to the nearest ones of the nearest other pictures."""
    n_near = max(1, int(nearest * (len(rows) - 1)))
    found = []
    for number, own in enumerate(rows):
        others = [_nearest(own, other) for k, other in enumerate(rows) if k != number and len(other)]
        if not others:
            found.append(np.full(len(own), np.inf if len(rows) > 1 else 1.0))
            continue
        distances = np.sort(np.stack(others), axis=0)
        found.append(distances[:n_near].mean(axis=0))
    return found


def _nearest(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Distance of each row to the nearest of the others; ‖a − b‖² = ‖a‖² + ‖b‖² − 2ab, by one product."""
    squares = (others**2).sum(axis=1) - 2 * (rows @ others.T)
    return np.sqrt(np.maximum(squares.min(axis=1) + (rows**2).sum(axis=1), 0))


def _median_distance(rows: np.ndarray) -> float:
    """Of any two rows, likewise by one product."""
    lengths = (rows**2).sum(axis=1)
    squares = (lengths - 2 * (rows @ rows.T) + lengths[:, None])[np.triu_indices(len(rows), 1)]
    return float(np.sqrt(max(np.median(squares), 0.0)))


def _worth(
    segments: Segments, usable: np.ndarray, unlikeness: np.ndarray, settings: DictionarySettings
) -> np.ndarray:
    """What segments are worth in a cut; ``unlikeness`` is r / τ."""
    ragged = np.maximum(segments.raggedness[usable], 0)
    size = segments.shares[usable] ** settings.size_weight
    contrast = 1.0 if segments.contrast is None else segments.contrast[usable] ** settings.contrast_weight
    return size * contrast * np.exp(-unlikeness - settings.compactness * ragged)


def best_cut(segments: Segments, usable: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Of a tree's nodes, those that do not overlap and have the largest sum of values.

    Parameters
    ----------
    segments : a tree, or a forest; children come before their parents
    usable : int (u,), the nodes that may be chosen
    value : float (u,), zero or positive

    Returns
    -------
    int, rows of ``usable``, ascending
    """
    parents = segments.parents
    if parents is None:
        raise ValueError("these segments overlap in any way: they are no tree, and cannot be cut.")
    own = np.zeros(segments.n)
    own[usable] = value
    below = np.zeros(segments.n)
    takes = np.zeros(segments.n, bool)
    for node, (worth, parent) in enumerate(zip(own.tolist(), parents.tolist(), strict=True)):
        takes[node] = worth > below[node]
        if parent >= 0:
            below[parent] += max(worth, below[node])
    covered = np.zeros(segments.n, bool)
    for node in range(segments.n - 1, -1, -1):
        covered[node] = parents[node] >= 0 and (covered[parents[node]] or takes[parents[node]])
    return np.flatnonzero((takes & ~covered)[usable])


def _groups(
    rows: np.ndarray, pictures: np.ndarray, n_pictures: int, settings: DictionarySettings
) -> list[np.ndarray]:
    """Groups of segments that are alike: numbers of rows.

    Parameters
    ----------
    rows : (n, d), pictures : int (n,), the picture of each
    n_pictures : how many pictures there are, those without a row counted too
    """
    if len(rows) < 2:
        return []
    if settings.n_groups is not None:
        number = fcluster(ward(rows), settings.n_groups, "maxclust")
        return _divided(number)
    apart = pdist(rows)
    tree = linkage(apart, "average")

    def recurring(height: float) -> int:
        groups = _divided(fcluster(tree, height, "distance"))
        return sum(_recurs(pictures[own], n_pictures, settings) for own in groups)

    heights = HEIGHTS * float(np.median(apart))
    counts = np.array([recurring(height) for height in heights])
    enough = heights[counts >= ENOUGH * counts.max()]
    return _divided(fcluster(tree, enough[0], "distance"))


def _recurs(own: np.ndarray, n_pictures: int, settings: DictionarySettings) -> bool:
    """Whether a group, given the pictures of its segments, is in enough of all the pictures."""
    return len(np.unique(own)) >= settings.min_found * n_pictures


def _divided(number: np.ndarray) -> list[np.ndarray]:
    return [np.flatnonzero(number == k) for k in np.unique(number)]


def _taken_anew(dictionary: Dictionary, looks: Sequence[Candidates], i: int) -> Dictionary:
    """Means and thresholds of the segments that the dictionary finds."""
    groups: dict[int, list[np.ndarray]] = {}
    for look in looks:
        for k, found in dictionary.read(look, i).items():
            groups.setdefault(k, []).append(look.features[found.segments])
    rows = [np.concatenate(groups[k]) for k in sorted(groups)]
    return _entries(rows, dictionary.means.shape[1], len(looks), dictionary.settings)


def _entries(
    groups: Sequence[np.ndarray], d: int, n_pictures: int, settings: DictionarySettings
) -> Dictionary:
    """The mean and the threshold of each group that is large enough.

    A mean of n is nearer to its own segments than to new ones of their kind: the squares of their distances
    to it are as n − 1 to n + 1.
    """
    means, thresholds = [np.empty((0, d))], []
    for rows in groups:
        if len(rows) >= max(MIN_SEGMENTS, MIN_SHARE * n_pictures):
            mean = rows.mean(axis=0)
            away = np.linalg.norm(rows - mean, axis=1)
            means.append(mean[None])
            further = ((len(rows) + 1) / (len(rows) - 1)) ** 0.5
            thresholds.append(max(further * float(np.quantile(away, settings.threshold_quantile)), 1e-3))
    return Dictionary(np.concatenate(means).astype(np.float32), np.array(thresholds, np.float32), settings)
