"""Whether directions gather into the groups that people make (SeVec 4.1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["cluster_agreement"]


def cluster_agreement(vectors: ArrayLike, labels: Sequence[str], seed: int = 0) -> float:
    """Adjusted mutual information of the vectors' clusters and their labels: 1 the same, 0 as by chance.

    Parameters
    ----------
    vectors : (n, d); their directions alone count
    labels : n names; as many clusters are made as there are different ones, by k-means on unit vectors
    seed : of k-means, which starts 20 times

    Raises
    ------
    ValueError
        Not one label per vector, fewer than two labels, or a vector that is zero or not finite.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_mutual_info_score

    rows = np.asarray(vectors, float)
    if rows.ndim != 2 or len(rows) != len(labels) or len(set(labels)) < 2:
        raise ValueError(
            "one label per vector and at least two different labels are needed; got vectors of shape "
            f"{rows.shape} and {len(labels)} labels, {len(set(labels))} of them different."
        )
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise ValueError("every vector must be finite and have a direction; got one of NaN or of zeros.")
    means = KMeans(len(set(labels)), n_init=20, random_state=seed).fit(rows / lengths)
    return float(adjusted_mutual_info_score(list(labels), means.labels_))
