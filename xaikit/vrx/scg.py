"""Structural concept graphs (VRX 3.2.1): which region of a picture is which concept of which class.

For each class of interest the picture is read by the class's dictionary (:mod:`xaikit.vrx.dictionary`), whose
first N entries are its concepts. Where there is none, as in the paper, the candidates are matched one-to-one
to the concepts by Euclidean distance of their features. A concept is detected where its distance is below its
threshold t. An undetected concept keeps a dummy node: all its feature values, and its place, are a small
constant ε.

Notation: m classes, N concepts; d features, the last of which is the share of the picture that the region
covers; edge_ji starts as [x_j, y_j, x_i, y_i], places divided by the picture's width and height.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.distance import cdist

from xaikit.vrx.candidates import Candidates
from xaikit.vrx.concept import Concept, node_feature
from xaikit.vrx.dictionary import Dictionary
from xaikit.vrx.segments import Segments

__all__ = ["GraphArrays", "Place", "fill_graphs", "match", "match_class"]

COVERED = 0.5
Place = tuple[int, int]
"""Class of interest i and number k of a concept."""


@dataclass(frozen=True)
class GraphArrays:
    """The m structural concept graphs of one picture as arrays, ready for the graph reasoning network.

    Attributes
    ----------
    features : float32 (m, N, d), ε in rows of undetected concepts
    positions : float32 (m, N, 2), centroid (x, y) in 0..1 of the picture, ε where undetected
    detected : bool (m, N)
    distances : float32 (m, N), distance of the best match, inf where no candidate was left
    rows : int (m, N), the concept's row in ``where``, -1 where undetected
    where : the regions of the picture's detected concepts; concepts of two classes may share one
    whole : float32 (d - 1,), the mean evidence of the whole picture
    """

    features: np.ndarray
    positions: np.ndarray
    detected: np.ndarray
    distances: np.ndarray
    rows: np.ndarray
    where: Segments
    whole: np.ndarray

    @property
    def rest(self) -> np.ndarray:
        """What no concept of a graph covers: the whole less Σ_k a_k·f_k, float32 (m, d - 1)."""
        shares = self.features[..., -1:] * self.detected[..., None]
        return (self.whole - (shares * self.features[..., :-1]).sum(axis=1)).astype(np.float32)

    def seen_again(
        self, evidence: np.ndarray, whole: np.ndarray, gone: np.ndarray, epsilon: float
    ) -> GraphArrays:
        """The graphs of an edited picture: what is seen in the same regions now, and which concepts are gone.

        Parameters
        ----------
        evidence : (rows of ``where``, d - 1), whole : (d - 1,)
        gone : bool (m, N)
        """
        detected = self.detected & ~gone
        features, positions = (
            np.where(detected[..., None], a, epsilon) for a in (self.features, self.positions)
        )
        features[detected, :-1] = evidence[self.rows[detected]]
        return replace(
            self,
            features=features.astype(np.float32),
            positions=positions.astype(np.float32),
            detected=detected,
            rows=np.where(detected, self.rows, -1),
            whole=whole,
        )

    def covered(self, mask: np.ndarray) -> np.ndarray:
        """Which detected concepts lie under a mask (H, W) by more than half, bool (m, N)."""
        under = np.array([(own & mask).sum() > COVERED * own.sum() for own in self.masks()] + [False])
        return under[self.rows]

    def masks(self) -> list[np.ndarray]:
        """The regions' pixels, bool (H, W) for each row of ``where``."""
        return [self.where.mask(row) for row in range(self.where.n)]


def match_class(features: np.ndarray, concepts: Sequence[Concept]) -> tuple[np.ndarray, np.ndarray]:
    """One-to-one matching of candidates to concepts.

    Distances are capped at each concept's threshold before the assignment, so that a concept that is not
    there cannot take the candidate of one that is.

    Parameters
    ----------
    features : (s, d), the candidates' features

    Returns
    -------
    matches : int (N,), row of ``features`` or -1 where the concept is not detected
    distances : float (N,), of the match, or of the nearest candidate where not detected; inf without any
    """
    from scipy.optimize import linear_sum_assignment  # takes a second, and most fits have a dictionary

    matches = np.full(len(concepts), -1)
    if not len(features):
        return matches, np.full(len(concepts), np.inf)
    distances = cdist(np.stack([c.mean_feature for c in concepts]), features)
    thresholds = np.array([[c.threshold] for c in concepts])
    rows, columns = linear_sum_assignment(np.minimum(distances / thresholds, 1.0))
    found = distances[rows, columns] < thresholds[rows, 0]
    matches[rows[found]] = columns[found]
    nearest = distances.min(axis=1)
    nearest[rows[found]] = distances[rows[found], columns[found]]
    return matches, nearest


def match(
    look: Candidates,
    concepts: Sequence[Sequence[Concept]],
    dictionaries: Sequence[Dictionary | None],
    n_concepts: int,
    epsilon: float,
) -> GraphArrays:
    """The structural concept graphs of one picture, one for each class of interest.

    Parameters
    ----------
    concepts : for each class, its concepts (a class with fewer than N has dummy nodes for the rest)
    dictionaries : for each class, the one whose first entries are its concepts, or None
    epsilon : ε, the constant of dummy nodes
    """
    distances = np.full((len(concepts), n_concepts), np.inf, np.float32)
    regions: dict[Place, np.ndarray] = {}
    for i, (own, dictionary) in enumerate(zip(concepts, dictionaries, strict=True)):
        if dictionary is None:
            usable = look.of_class(i)
            matches, distances[i, : len(own)] = match_class(look.features[usable], own)
            regions |= {(i, k): usable[[row]] for k, row in enumerate(matches) if row >= 0}
            continue
        usable = dictionary.sought_in(look, i)
        if len(usable):
            means = dictionary.means[: len(own)]
            distances[i, : len(own)] = cdist(means, look.features[usable]).min(axis=1)
        for k, found in dictionary.read(look, i).items():
            if k < len(own):
                regions[i, k] = found.segments
                distances[i, k] = found.distances.min()
    return fill_graphs(look, regions, distances, epsilon)


def fill_graphs(
    look: Candidates, regions: Mapping[Place, np.ndarray], distances: np.ndarray, epsilon: float
) -> GraphArrays:
    """The graphs whose concepts are on given regions.

    Parameters
    ----------
    regions : {(i, k): numbers of segments that do not overlap}
    distances : float32 (m, N)
    epsilon : ε, the constant of dummy nodes
    """
    groups: dict[bytes, np.ndarray] = {}
    rows = np.full(distances.shape, -1)
    features = np.full((*distances.shape, look.evidence.shape[1] + 1), epsilon, np.float32)
    positions = np.full((*distances.shape, 2), epsilon, np.float32)
    for place, own in regions.items():
        key = np.sort(own).tobytes()
        groups.setdefault(key, own)
        rows[place] = list(groups).index(key)
        features[place] = node_feature(look, own)
        # the place of a region of several pieces is its largest piece's: a mark there lies on the region
        largest = own[look.segments.areas[own].argmax()]
        positions[place] = look.segments.centers[largest] / np.array(look.view.shape[1::-1])
    where = look.segments.unions(list(groups.values()))
    return GraphArrays(features, positions, rows >= 0, distances, rows, where, look.whole)
