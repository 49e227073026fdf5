"""The explanation of an edited picture, its concepts followed from the picture before the edit (VRX 4.3).

Where it is known what was edited, concepts need not be sought again. One that was put somewhere is there,
whatever it looks like to the network; one that the edit covered is gone; every other stays where it was, and
only what the network now sees there is read anew. So a change of one concept is not blurred by others that
are cut or matched differently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xaikit.vrx.answer import Seen, explain_seen
from xaikit.vrx.explanation import Measure
from xaikit.vrx.graph import Answer
from xaikit.vrx.scg import GraphArrays
from xaikit.vrx.segments import Segments

if TYPE_CHECKING:
    from xaikit.vrx.explanation import StructuralExplanation
    from xaikit.vrx.fitted import Fitted

__all__ = ["Placed", "follow"]

EDITED = 8  # grey levels by which a pixel must differ: a hole may be filled with nearly what was there


class Placed(NamedTuple):
    """A concept that was put somewhere: its class, its number k, and where it is now, bool (H, W)."""

    cls: str
    concept: int
    mask: np.ndarray


def follow(
    fitted: Fitted,
    before: StructuralExplanation,
    picture: np.ndarray,
    placed: Sequence[Placed] = (),
    erased: np.ndarray | None = None,
    measure: Measure = True,
) -> StructuralExplanation:
    """Explain an edited picture.

    Parameters
    ----------
    before : the explanation of the picture before the edit
    picture : uint8 (H, W, 3), the edited picture
    placed : concepts that were put there, the last one last; of a concept put twice the last counts
    erased : bool (H, W), what was taken away beside all that looks different
    measure : whether effects are measured
    """
    edited = np.abs(picture.astype(int) - before.image).max(axis=-1) > EDITED
    if erased is not None:
        edited |= erased
    graphs = _placed(fitted, _kept(fitted, before, edited), placed)
    classifier = fitted.classifier
    logits, evidence, whole = next(fitted.proposer.again([picture], [graphs.where]))
    graphs = graphs.seen_again(evidence, whole, np.zeros_like(graphs.detected), fitted.epsilon)
    top = int(logits.argmax())
    answer = Answer(classifier.class_names[top], float(classifier.chances(logits)[top]))
    return explain_seen(fitted, [Seen(picture, logits[fitted.columns], answer, graphs)], measure)[0]


def _kept(fitted: Fitted, before: StructuralExplanation, edited: np.ndarray) -> GraphArrays:
    """The graphs before the edit without the concepts that it covered."""
    m, n, d = fitted.grn.shape
    height, width = before.image.shape[:2]
    masks: dict[bytes, np.ndarray] = {}
    rows = np.full((m, n), -1)
    features, positions = (np.full((m, n, k), fitted.epsilon, np.float32) for k in (d, 2))
    distances = np.full((m, n), np.inf, np.float32)
    for i, cls in enumerate(before.classes):
        for node in before.graphs[cls].nodes:
            place = i, node.index
            distances[place] = node.distance
            if node.mask is not None and (node.mask & edited).sum() <= node.mask.sum() / 2:
                key = node.mask.tobytes()
                masks.setdefault(key, node.mask)
                rows[place] = list(masks).index(key)
                features[place], positions[place] = (
                    node.feature,
                    np.divide(node.center or node.usual_center, (width, height)),
                )
    where = Segments.of_masks(np.array(list(masks.values())).reshape(-1, height, width))
    return GraphArrays(features, positions, rows >= 0, distances, rows, where, before.whole)


def _placed(fitted: Fitted, graphs: GraphArrays, placed: Sequence[Placed]) -> GraphArrays:
    """The graphs with concepts put where the edit put them; one of which nothing is to be seen is nowhere."""
    placed = [one for one in placed if one.mask.any()]
    if not placed:
        return graphs
    masks = [*graphs.masks(), *(one.mask for one in placed)]
    where = Segments.of_masks(np.stack(masks))
    rows, features, positions = graphs.rows.copy(), graphs.features.copy(), graphs.positions.copy()
    for row, one in enumerate(placed, start=graphs.where.n):
        place = fitted.classes.index(one.cls), one.concept
        rows[place] = row
        features[(*place, -1)] = where.shares[row]
        positions[place] = where.centers[row] / where.size[::-1]
    return replace(graphs, features=features, positions=positions, detected=rows >= 0, rows=rows, where=where)
