"""What a relation between two concepts is worth to the network: measured by moving one away from the other.

    effect_ji^c = [y_c(I) − y_c(I, i→)] − [y_c(I∖j) − y_c(I∖j, i→)]

i→ says that concept i was moved away: its region filled in and pasted at least a third of the picture's
(shorter) side from where it was, where it covers least of the other regions. A move leaves a hole, and an
object in a strange place; the second bracket is the same move in the picture without j, its control. What
remains is how much more it costs to move i because j is there: above 0 the two count together; below 0, j
stands in for i. y_c is centred as in :mod:`xaikit.vrx.effects`.

For every region one more picture is asked about, and for every arrow one.

Where a network adds up what it sees place by place, it matters little where i goes: on the built-in one the
effect ranks at 0.98 with what the two regions cost together when both are filled in and nothing is moved,
and it is that of neighbours (``benchmarks/results/vrx.fig6.json``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import cut, paste
from xaikit.vrx.effects import centered, logits_of, without

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.vrx.scg import GraphArrays

__all__ = ["FAR", "away", "box_center", "moved", "relations_of"]

FAR = 1 / 3  # of the picture's shorter side
PLACES = 16  # tried along each side
LOOKED_AT = 500  # pixels of a region, about


def moved(
    classifier: Classifier, view: np.ndarray, mask: np.ndarray, center: tuple[float, float], fill: str
) -> np.ndarray:
    """The picture, uint8 (H, W, 3), with what a mask covers moved; ``center``: (x, y) of its new box."""
    return paste(without(classifier, view, mask, fill), cut(view, mask), center)


def away(mask: np.ndarray, others: np.ndarray) -> tuple[float, float]:
    """Where a region goes that is moved away: the centre (x, y) of its box there.

    Of places at least ``FAR`` away, one where most of it lies inside the picture and on none of the others;
    of these, the farthest.

    Parameters
    ----------
    mask : bool (H, W), the region; others : bool (H, W), what it shall not cover
    """
    height, width = mask.shape
    far = FAR * min(height, width)
    ys, xs = np.nonzero(mask)
    box = box_center(mask)
    along = (np.arange(PLACES) + 0.5) / PLACES
    goals = np.stack(np.meshgrid(along * width, along * height), axis=-1).reshape(-1, 2)
    distances = np.linalg.norm(goals - box, axis=1)
    goals, distances = goals[distances >= far], distances[distances >= far]
    shifts = np.rint(goals - box).astype(int)
    free = np.pad(~others, ((height,), (width,)))  # nothing outside the picture is free
    pixels = slice(None, None, max(1, len(ys) // LOOKED_AT))
    landing = free[height + ys[pixels] + shifts[:, 1:], width + xs[pixels] + shifts[:, :1]].mean(axis=1)
    x, y = goals[np.lexsort((-distances, -landing))[0]]
    return float(x), float(y)


def box_center(mask: np.ndarray) -> np.ndarray:
    """The middle (x, y) of a region's box, in pixels."""
    ys, xs = np.nonzero(mask)
    return np.array([xs.min() + xs.max() + 1, ys.min() + ys.max() + 1]) / 2


def relations_of(
    classifier: Classifier,
    targets: Sequence[int],
    view: np.ndarray,
    logits: np.ndarray,
    graphs: GraphArrays,
    lost: np.ndarray,
    fill: str,
) -> np.ndarray:
    """The effects of all relations of one picture's graphs.

    Parameters
    ----------
    targets : indices of the m classes of interest
    logits : (m,), of the picture as it is
    lost : (regions, m), what each class's logit loses without each region

    Returns
    -------
    float32 (m targets, m graphs, N, N), [t, g, i, j] = the edge from j to i; NaN where one was not found
    """
    masks, places = graphs.masks(), _places(graphs)
    pairs, ends = list(places), sorted({i for _, i in places})
    covered = np.any(masks, axis=0) if masks else np.zeros(view.shape[:2], bool)
    goals = {i: away(masks[i], covered & ~masks[i]) for i in ends}

    def copies() -> Iterator[np.ndarray]:
        yield from (moved(classifier, view, masks[i], goals[i], fill) for i in ends)
        for j, i in pairs:
            yield moved(classifier, without(classifier, view, masks[j], fill), masks[i], goals[i], fill)

    after = centered(logits) - centered(logits_of(classifier, targets, copies()))
    alone = dict(zip(ends, after, strict=False))
    m, n = graphs.detected.shape
    effects = np.full((m, m, n, n), np.nan, np.float32)
    for (j, i), both in zip(pairs, after[len(ends) :], strict=True):
        for g, target, source in places[j, i]:
            effects[:, g, target, source] = alone[i] + lost[j] - both
    return effects


def _places(graphs: GraphArrays) -> dict[tuple[int, int], list[tuple[int, int, int]]]:
    """{regions (j, i): graphs g and their concepts of which that is the edge, as [g, of i, of j]}."""
    places = defaultdict(list)
    for g, (rows, found) in enumerate(zip(graphs.rows, graphs.detected, strict=True)):
        for j, i in permutations(np.flatnonzero(found).tolist(), 2):
            places[int(rows[j]), int(rows[i])].append((g, i, j))
    return dict(places)
