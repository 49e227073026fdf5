"""Where the network is asked what speaks against the right class: every region, concept or not.

    loss(region) = [y(I∖region) − p(I∖region)] − [y(I) − p(I)]

is what the margin of the right class y over the answer p gains when a region is filled in. By concepts alone
nothing can be blamed that is no concept of any class: a bush, a strange part, a shadow. So the regions are
nodes of a merge tree over the picture (:mod:`xaikit.vrx.segments`), however concepts are cut, besides those
of the concepts that are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xaikit.vrx.effects import effects_of

if TYPE_CHECKING:
    from xaikit.vrx.explanation import StructuralExplanation
    from xaikit.vrx.fitted import Fitted
    from xaikit.vrx.segments import Segments

__all__ = ["Suspect", "suspects"]

AREAS = (0.01, 0.08)  # smallest and largest share of the picture that a region covers
STEP = 1.4  # a region is asked about where it is that much smaller than the one around it
MOST = 4
APART = 0.5  # two regions that share that much of the smaller one are told as one
SAME = 0.5  # intersection over union from which a region is a concept's


@dataclass(frozen=True)
class Suspect:
    """A region that speaks against the right class.

    Attributes
    ----------
    mask : bool (H, W)
    loss : what it costs the margin of the right class, in logits
    concept : (class, k) of the concept found there, or None
    """

    mask: np.ndarray
    loss: float
    concept: tuple[str, int] | None


def suspects(fitted: Fitted, exp: StructuralExplanation, target: str, predicted: str) -> list[Suspect]:
    """The regions that cost most, at most four, the dearest first, each in another place.

    Some sixty regions are filled in, one more pass each, in batches.
    """
    proposer = replace(fitted.proposer, segmentation="tree", patches="pool", areas=AREAS)
    (look,) = proposer([exp.image])
    regions = look.segments.only(_stepwise(look.segments))
    masks = [regions.mask(row) for row in range(regions.n)]
    (lost,) = effects_of(
        proposer.classifier, proposer.targets, [look.view], [look.logits], [masks], fitted.fill
    )
    concepts = _found(exp)
    known = [exp.node_effects[:, exp.classes.index(cls), k] for cls, k in concepts]
    lost = np.array([*known, *lost]).reshape(-1, len(exp.classes))  # none of either where all is one color
    masks = [*concepts.values(), *masks]
    losses = lost[:, exp.classes.index(predicted)] - lost[:, exp.classes.index(target)]
    return [
        Suspect(masks[row], float(losses[row]), _concept_at(masks[row], concepts))
        for row in _dearest(masks, losses)
    ]


def _found(exp: StructuralExplanation) -> dict[tuple[str, int], np.ndarray]:
    """The regions of the concepts that are found, {(class, k): bool (H, W)}."""
    every = ((cls, node) for cls, graph in exp.graphs.items() for node in graph.nodes)
    return {(cls, node.index): node.mask for cls, node in every if node.mask is not None}


def _stepwise(tree: Segments) -> np.ndarray:
    """Of a tree's nodes, those clearly smaller than the nearest one above that is taken, bool (s,)."""
    if tree.parents is None:
        raise ValueError("these segments overlap in any way: they are no tree.")
    taken = np.zeros(tree.n, bool)
    around = np.full(tree.n + 1, np.inf)  # area of the nearest node above that is taken; the last: of a root
    for node in range(tree.n - 1, -1, -1):
        above, area = around[tree.parents[node]], tree.areas[node]
        taken[node] = STEP * area <= above
        around[node] = area if taken[node] else above
    return taken


def _dearest(masks: Sequence[np.ndarray], losses: np.ndarray) -> list[int]:
    """Numbers of the regions that cost most, of those that cost anything and lie apart."""
    chosen: list[int] = []
    for row in map(int, np.argsort(-losses, kind="stable")):
        if losses[row] <= 0 or len(chosen) == MOST:
            break
        if not any(_shared(masks[row], masks[other]) > APART for other in chosen):
            chosen.append(row)
    return chosen


def _shared(mask: np.ndarray, other: np.ndarray) -> float:
    """The share of the smaller of two regions that lies in the other."""
    return float((mask & other).sum() / min(mask.sum(), other.sum()))


def _concept_at(mask: np.ndarray, concepts: dict[tuple[str, int], np.ndarray]) -> tuple[str, int] | None:
    """The concept whose region it is, or nearly so."""
    alike = {key: (mask & own).sum() / (mask | own).sum() for key, own in concepts.items()}
    best = max(alike, key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= SAME else None
