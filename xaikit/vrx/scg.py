"""Structural concept graphs (VRX 3.2.1): which superpixel of a picture is which concept of which class.

For each class of interest the picture's candidates are matched one-to-one to the class's N concepts by
Euclidean distance of their features. A concept is detected where its match is nearer than its threshold t.
An undetected concept keeps a dummy node: all its feature values, and its place, are a small constant ε.

Notation: m classes, N concepts, d features; edge_ji starts as [x_j, y_j, x_i, y_i], places divided by the
picture's width and height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from xaikit.vrx.candidates import Candidates
from xaikit.vrx.vce import Concept

__all__ = ["GraphArrays", "fill_graphs", "match", "match_class"]


@dataclass(frozen=True)
class GraphArrays:
    """The m structural concept graphs of one picture as arrays, ready for the graph reasoning network.

    Attributes
    ----------
    features : float32 (m, N, d), ε in rows of undetected concepts
    positions : float32 (m, N, 2), centroid (x, y) in 0..1 of the picture, ε where undetected
    detected : bool (m, N)
    distances : float32 (m, N), distance of the best match, inf where no candidate was left
    segments : int (m, N), number of the matched superpixel, -1 where undetected
    """

    features: np.ndarray
    positions: np.ndarray
    detected: np.ndarray
    distances: np.ndarray
    segments: np.ndarray


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
    look: Candidates, concepts: Sequence[Sequence[Concept]], n_concepts: int, epsilon: float
) -> GraphArrays:
    """The structural concept graphs of one picture, one for each class of interest.

    Parameters
    ----------
    concepts : for each class, its concepts (a class with fewer than N has dummy nodes for the rest)
    epsilon : ε, the constant of dummy nodes
    """
    distances = np.full((len(concepts), n_concepts), np.inf, np.float32)
    segments = np.full((len(concepts), n_concepts), -1)
    for i, own in enumerate(concepts):
        usable = look.of_class(i)
        matches, distances[i, : len(own)] = match_class(look.features[usable], own)
        hit = np.flatnonzero(matches >= 0)
        segments[i, hit] = usable[matches[hit]]
    return fill_graphs(look, segments, distances, epsilon)


def fill_graphs(look: Candidates, segments: np.ndarray, distances: np.ndarray, epsilon: float) -> GraphArrays:
    """The graphs whose concepts are on given superpixels.

    Parameters
    ----------
    segments : int (m, N), -1 where a concept is not detected
    distances : float32 (m, N)
    epsilon : ε, the constant of dummy nodes
    """
    detected = segments >= 0
    features = np.full((*segments.shape, look.evidence.shape[1]), epsilon, np.float32)
    positions = np.full((*segments.shape, 2), epsilon, np.float32)
    features[detected] = look.evidence[segments[detected]]
    positions[detected] = look.superpixels.centers[segments[detected]] / np.array(look.view.shape[1::-1])
    return GraphArrays(features, positions, detected, distances, segments)
