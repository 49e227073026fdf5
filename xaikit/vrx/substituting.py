"""Substituted copies: pictures in which one concept was replaced, for the distillation to learn from.

    L_s = |Δs_k − Δy| + mean over the untouched concepts j of |Δs_j|

Of a training picture of class i, concept k of graph i is covered by another patch: one of the same concept,
or of any, half and half. Δs are the changes of contributions to class i (eq. 6) from the picture to
the copy, Δy is that of the network's centred logit. So the GRN is taught which concept a change is due to:
filling in, which L_e is taught by, never shows a concept that is there and poor. The copy keeps the places of
the picture: what was replaced is where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from xaikit.core.images import paste
from xaikit.vrx.edits import SOFT, painted, spot_over
from xaikit.vrx.effects import centered
from xaikit.vrx.grn import Replaced
from xaikit.vrx.segments import Segments

if TYPE_CHECKING:
    from xaikit.vrx.candidates import Candidates, Proposer
    from xaikit.vrx.concept import Concept
    from xaikit.vrx.scg import GraphArrays

__all__ = ["Answered", "Copy", "Substitutes", "replaced", "substituted"]


class Answered(NamedTuple):
    """A picture, uint8 (H, W, 3), and the network's logits of the classes of interest, (m,)."""

    view: np.ndarray
    logits: np.ndarray


class Copy(NamedTuple):
    """A picture's graphs before and after concept k of graph i was replaced.

    ``logits``: (m,) of the copy; ``change``: Δy; ``untouched``: bool (N,), concepts of graph i still there.
    """

    i: int
    k: int
    before: GraphArrays
    after: GraphArrays
    logits: np.ndarray
    change: float
    untouched: np.ndarray


@dataclass(frozen=True)
class Substitutes:
    """Where the patches come from.

    Attributes
    ----------
    concepts : of every class of interest
    n : copies of a picture
    epsilon : ε, the constant of dummy nodes
    """

    concepts: Sequence[Sequence[Concept]]
    n: int
    epsilon: float

    def patch(self, i: int, k: int, rng: np.random.Generator) -> np.ndarray:
        """One of the same concept, or of any."""
        every = [concept for own in self.concepts for concept in own]
        concept = self.concepts[i][k] if rng.random() < 0.5 else every[int(rng.integers(len(every)))]
        return concept.patches[int(rng.integers(len(concept.patches)))]


def substituted(
    proposer: Proposer,
    looks: Sequence[Candidates | Answered],
    graphs: Sequence[GraphArrays],
    i: int,
    substitutes: Substitutes,
    rng: np.random.Generator,
) -> Iterator[Copy]:
    """Copies of pictures of class of interest i, each with one of its own class's concepts replaced.

    Parameters
    ----------
    looks, graphs : of the pictures as they are
    """
    jobs = []
    for look, before in zip(looks, graphs, strict=True):
        for k in rng.permutation(np.flatnonzero(before.detected[i]))[: substitutes.n].tolist():
            picture, after = _with_another(
                look.view, before, i, k, substitutes.patch(i, k, rng), substitutes.epsilon
            )
            jobs.append((k, look, before, picture, after))
    answers = proposer.again([picture for *_, picture, _ in jobs], [after.where for *_, after in jobs])
    for (k, look, before, _, after), (logits, evidence, whole) in zip(jobs, answers, strict=True):
        own = logits[proposer.targets]
        untouched = before.detected[i] & after.detected[i]
        untouched[k] = False
        change = float(centered(own)[i] - centered(look.logits)[i])
        seen = after.seen_again(evidence, whole, np.zeros_like(after.detected), substitutes.epsilon)
        yield Copy(i, k, before, seen, own, change, untouched)


def replaced(copies: Sequence[Copy]) -> Replaced | None:
    """Copies as tensors, for the distillation; None where there are none."""
    if not copies:
        return None

    def graphs(side: str) -> list[torch.Tensor]:
        arrays = [getattr(copy, side) for copy in copies]
        names = ("features", "positions", "rest")
        return [torch.from_numpy(np.stack([getattr(one, name) for one in arrays])) for name in names]

    return Replaced(
        before=graphs("before"),
        after=graphs("after"),
        graph=torch.tensor([copy.i for copy in copies]),
        concept=torch.tensor([copy.k for copy in copies]),
        logits=torch.from_numpy(np.stack([copy.logits for copy in copies])),
        change=torch.tensor([copy.change for copy in copies]),
        untouched=torch.from_numpy(np.stack([copy.untouched for copy in copies])),
    )


def _with_another(
    view: np.ndarray, before: GraphArrays, i: int, k: int, patch: np.ndarray, epsilon: float
) -> tuple[np.ndarray, GraphArrays]:
    """The picture with another patch over a concept, and its graphs: the concept is where it was.

    What the patch or the old region covers by more than half is gone.
    """
    mask = before.where.mask(before.rows[i, k])
    spot = spot_over(mask, patch).landing(patch, view)
    place = painted(view, patch, spot)
    gone = before.covered(place | mask)
    gone[i, k] = False
    masks = [*before.masks(), place if place.any() else mask]
    where, rows = Segments.of_masks(np.stack(masks)), np.where(gone, -1, before.rows)
    rows[i, k] = len(masks) - 1
    features = before.features.copy()
    features[i, k, -1] = where.shares[-1]
    after = replace(before, features=features, detected=rows >= 0, rows=rows, where=where)
    return paste(view, patch, spot.center, spot.size, soft=SOFT), after
