"""Where the network is asked what speaks against the right class: every region, concept or not.

    gain(region) = [y(I∖region) − p(I∖region)] − [y(I) − p(I)]
    loss(region) = gain(region) − what it usually is (:mod:`xaikit.vrx.comparing`)

The gain is the margin's, of the right class y over the answer p, when the region is filled in. By concepts
alone nothing can be blamed that is no concept of any class: a bush, a strange part, a shadow. So the regions
are nodes of a merge tree over the picture (:mod:`xaikit.vrx.segments`), however concepts are cut, besides
those of the concepts that are found. What speaks against the class in every picture of it costs nothing here;
and where something usually speaks for it and now says nothing, filling that in changes nothing, and yet it
costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xaikit.vrx.comparing import usually_lost

if TYPE_CHECKING:
    from xaikit.vrx.explanation import StructuralExplanation
    from xaikit.vrx.fitted import Fitted

__all__ = ["Suspect", "suspects"]

MOST = 4
APART = 0.5  # two regions that share that much of the smaller one are told as one
SAME = 0.5  # intersection over union from which a region is a concept's


@dataclass(frozen=True)
class Suspect:
    """A region that speaks against the right class, or for it less than usual.

    Attributes
    ----------
    mask : bool (H, W)
    loss : what it costs the margin of the right class against what is usual, in logits
    gain : what the margin gains when it is filled in
    concept : (class, k) of the concept found there, or None
    """

    mask: np.ndarray
    loss: float
    gain: float
    concept: tuple[str, int] | None


def suspects(fitted: Fitted, exp: StructuralExplanation, target: str, predicted: str) -> list[Suspect]:
    """The regions that cost most, at most four, the dearest first, each in another place.

    Some sixty regions are filled in, one more pass each, in batches; as many of up to five usual pictures,
    which are asked about once.
    """
    y, p = exp.classes.index(target), exp.classes.index(predicted)
    here = fitted.last_regions.of(fitted, exp)
    usually = usually_lost(fitted, target, exp.image, here)
    concepts = _found(exp)
    known = [exp.node_effects[:, exp.classes.index(cls), k] for cls, k in concepts]
    masks = [*concepts.values(), *here.masks]
    lost = np.reshape([*known, *here.lost], (-1, len(exp.classes)))  # no rows where all is one color
    gains, usual = (one[:, p] - one[:, y] for one in (lost, usually))
    usual = np.concatenate([_of_likes(list(concepts.values()), here.masks, usual), usual])
    losses = gains - usual
    return [
        Suspect(masks[row], float(losses[row]), float(gains[row]), _concept_at(masks[row], concepts))
        for row in _dearest(masks, losses)
    ]


def _of_likes(masks: Sequence[np.ndarray], others: Sequence[np.ndarray], values: np.ndarray) -> np.ndarray:
    """Of regions the values of those others that they share most with; 0 where there is no other."""
    if not len(others):
        return np.zeros(len(masks))
    shared = [[_iou(mask, other) for other in others] for mask in masks]
    return values[np.reshape(shared, (-1, len(others))).argmax(axis=1)]


def _found(exp: StructuralExplanation) -> dict[tuple[str, int], np.ndarray]:
    """The regions of the concepts that are found, {(class, k): bool (H, W)}."""
    every = ((cls, node) for cls, graph in exp.graphs.items() for node in graph.nodes)
    return {(cls, node.index): node.mask for cls, node in every if node.mask is not None}


def _dearest(masks: Sequence[np.ndarray], losses: np.ndarray) -> list[int]:
    """Numbers of the regions that cost most, of those that cost anything and lie apart."""
    chosen: list[int] = []
    for row in map(int, np.argsort(-losses, kind="stable")):
        if losses[row] <= 0 or len(chosen) == MOST:
            break
        if not any(_shared(masks[row], masks[other]) > APART for other in chosen):
            chosen.append(row)
    return chosen


def _iou(mask: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two regions."""
    return float((mask & other).sum() / (mask | other).sum())


def _shared(mask: np.ndarray, other: np.ndarray) -> float:
    """The share of the smaller of two regions that lies in the other."""
    return float((mask & other).sum() / min(mask.sum(), other.sum()))


def _concept_at(mask: np.ndarray, concepts: dict[tuple[str, int], np.ndarray]) -> tuple[str, int] | None:
    """The concept whose region it is, or nearly so."""
    alike = {key: _iou(mask, own) for key, own in concepts.items()}
    best = max(alike, key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= SAME else None
