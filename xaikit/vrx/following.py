"""The explanation of an edited picture, its concepts followed from the picture before the edit (VRX 4.3).

Where it is known what was edited, concepts need not be sought again: each keeps its superpixel, or goes with
the part that was moved, and only what the network now sees there is read anew. A concept is still detected
where that is nearer to its mean than its threshold; one that was not detected may be found in what was put
in. So a change of one concept is not blurred by others that are cut or matched differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaikit.vrx.answer import explain_look
from xaikit.vrx.candidates import Candidates
from xaikit.vrx.scg import GraphArrays, fill_graphs, match_class
from xaikit.vrx.segments import Superpixels

if TYPE_CHECKING:
    from xaikit.vrx.explanation import StructuralExplanation
    from xaikit.vrx.model import VRX

__all__ = ["follow"]


def follow(
    vrx: VRX, before: StructuralExplanation, picture: np.ndarray, old: np.ndarray | None, new: np.ndarray
) -> StructuralExplanation:
    """Explain an edited picture.

    Parameters
    ----------
    before : the explanation of the picture before the edit
    picture : uint8 (S, S, 3), the edited picture
    old : bool (S, S), the superpixel that was edited; None where a patch was put in an empty place
    new : bool (S, S), where its place is taken now
    """
    masks = {new.tobytes(): new}  # nodes of several classes may stand on one superpixel
    places: dict[tuple[int, int], bytes] = {}
    for i, cls in enumerate(before.classes):
        for node in before.graphs[cls].nodes:
            if node.mask is not None:
                mask = new if old is not None and np.array_equal(node.mask, old) else node.mask
                places[i, node.index] = mask.tobytes()
                masks.setdefault(mask.tobytes(), mask)
    number = {key: n for n, key in enumerate(masks, start=1)}
    cuts = Superpixels.of_masks(np.stack(list(masks.values())))
    look = next(vrx.proposer(vrx.classifier_).again([picture], [cuts], every=True))
    segments = {node: number[key] for node, key in places.items()}
    return explain_look(vrx, look, _graphs(vrx, look, segments, put_in=1))


def _graphs(vrx: VRX, look: Candidates, segments: dict[tuple[int, int], int], put_in: int) -> GraphArrays:
    """The graphs with each concept on its superpixel, as far as it still is the concept."""
    concepts = [vrx.concepts[cls] for cls in vrx.classes]
    matched = np.full((len(concepts), vrx.n_concepts), -1)
    distances = np.full(matched.shape, np.inf, np.float32)
    for i, own in enumerate(concepts):
        for concept in own:
            segment = segments.get((i, concept.index), put_in)
            (hit,), (distance,) = match_class(look.features[[segment]], [concept])
            distances[i, concept.index] = distance
            taken = (i, concept.index) not in segments and put_in in matched[i]
            if hit == 0 and not taken:
                matched[i, concept.index] = segment
    return fill_graphs(look, matched, distances, vrx.epsilon)
