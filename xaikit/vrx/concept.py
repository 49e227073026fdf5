"""A visual concept of a class: what it looks like, where it was seen, and how it is found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xaikit.core.fields import check_value
from xaikit.core.images import cut, in_context, shown
from xaikit.vrx.candidates import Candidates

__all__ = [
    "N_CONTEXTS",
    "PICTURES",
    "Concept",
    "Discovery",
    "Sighting",
    "check_suggested",
    "concept_of",
    "node_feature",
]

N_CONTEXTS = 6
PICTURES = {"patches": None, "contexts": 3, "drawn": 3}
"""Kinds of pictures of a concept, and their channels; a patch has one more than the network's pictures."""
SUGGESTED = {"name": str, "share": float}


@dataclass(frozen=True)
class Concept:
    """A visual concept of a class: patches the network describes alike.

    Attributes
    ----------
    cls, index : the class it belongs to, and its number there (0 = the most important)
    patches : list of uint8 (h, w, 4), alpha = the superpixel; nearest to the concept's mean first
    boxes : int (n, 2), each patch's upper left corner (x, y) in its picture
    sources : list of str, the id of the picture each patch was cut from
    evidence : float32 (n, d), what a graph's node carries of each patch: the default layer's features, then
        the share of the picture that the patch covers
    distances : float (n,), Euclidean distance of each patch's feature to ``mean_feature``
    contributions : float32 (n,), what each patch contributes to the class in a typical picture of it (eq. 6):
        high = a good patch, low or negative = a bad one; NaN before the GRN is trained
    mean_feature : float32 (d,)
    threshold : t, the distance below which a superpixel of a new picture is the concept
    score : TCAV score, mean over runs, in 0..1
    effect : what the class's logit loses when the concept is filled in, mean over some discovery pictures (0
        where it is not found): measured on the network; NaN where concepts are not chosen by it
    found : share of the discovery pictures in which it is found, 0..1
    contexts : list of uint8 (h, w, 3), the first patches where they were: the picture around, the concept
        outlined
    drawn : list of uint8 (h, w, 3), the same drawn again more finely; empty where no world can
    suggested : {"name", "share"}, the kind of part that most of the patches' area lies on and that share of
        the area, 0..1, as the pictures' world knows it; None where it does not
    p_value : two-sided, against random directions, corrected for the number of clusters (Benjamini-Hochberg)
    sensitivity : mean derivative of the class's logit along the concept's direction
    picture_size : (H, W) of the pictures the patches were cut from, in pixels
    """

    cls: str
    index: int
    patches: list[np.ndarray]
    boxes: np.ndarray
    sources: list[str]
    evidence: np.ndarray
    distances: np.ndarray
    contributions: np.ndarray
    mean_feature: np.ndarray
    threshold: float
    score: float
    p_value: float
    sensitivity: float
    picture_size: tuple[int, int]
    effect: float = float("nan")
    found: float = float("nan")
    contexts: list[np.ndarray] = field(default_factory=list, repr=False)
    drawn: list[np.ndarray] = field(default_factory=list, repr=False)
    suggested: dict[str, Any] | None = None

    @property
    def masks(self) -> np.ndarray:
        """Where each patch was in its picture, bool (n, H, W)."""
        masks = np.zeros((len(self.patches), *self.picture_size), bool)
        for mask, patch, (x, y) in zip(masks, self.patches, self.boxes, strict=True):
            h, w = patch.shape[:2]
            mask[y : y + h, x : x + w] = patch[..., -1] > 127
        return masks

    @property
    def center(self) -> tuple[float, float]:
        """Mean place of the concept's patches as (x, y) in pixels."""
        half = np.array([patch.shape[1::-1] for patch in self.patches]) / 2
        x, y = (self.boxes + half).mean(axis=0)
        return float(x), float(y)


@dataclass(frozen=True)
class Discovery:
    """What a class's concepts are sought in.

    Attributes
    ----------
    cls, i : the class, and its number among those of interest
    looks : its n discovery pictures
    ids : their names
    random_features : (r, d), features of random segments of other pictures, TCAV's counterpart
    """

    cls: str
    i: int
    looks: Sequence[Candidates]
    ids: Sequence[str]
    random_features: np.ndarray

    @property
    def gradients(self) -> np.ndarray:
        """Derivative of the class's logit in each picture, (n, c)."""
        return np.stack([look.sensitivity[self.i] for look in self.looks])


@dataclass(frozen=True)
class Sighting:
    """A concept in one discovery picture: the look, the picture's id, the region's segments, its distance."""

    look: Candidates
    id: str
    region: np.ndarray
    distance: float


def concept_of(
    cls: str,
    index: int,
    sightings: Sequence[Sighting],
    n_patches: int,
    mean_feature: np.ndarray,
    threshold: float,
    **told: Any,
) -> Concept:
    """The concept that these sightings show.

    Parameters
    ----------
    n_patches : how many are kept, the nearest to the mean
    told : score, p_value, sensitivity and what else a concept knows of itself
    """
    kept = sorted(sightings, key=lambda one: one.distance)[:n_patches]
    masks = [one.look.segments.mask(one.region) for one in kept]
    corners = [(np.flatnonzero(mask.any(0))[0], np.flatnonzero(mask.any(1))[0]) for mask in masks]
    return Concept(
        cls=cls,
        index=index,
        patches=[cut(one.look.view, mask) for one, mask in zip(kept, masks, strict=True)],
        boxes=np.array(corners),
        sources=[one.id for one in kept],
        evidence=np.stack([node_feature(one.look, one.region) for one in kept]),
        distances=np.array([one.distance for one in kept]),
        contributions=np.full(len(kept), np.nan, np.float32),
        mean_feature=mean_feature.astype(np.float32),
        threshold=threshold,
        picture_size=kept[0].look.view.shape[:2],
        contexts=[
            in_context(shown(one.look.view), mask)
            for one, mask in zip(kept[:N_CONTEXTS], masks, strict=False)
        ],
        **told,
    )


def node_feature(look: Candidates, region: np.ndarray) -> np.ndarray:
    """A node's features: the mean evidence of its region, then the share of the picture it covers, (d,)."""
    shares = look.segments.shares[region]
    return np.append(shares @ look.evidence[region] / shares.sum(), shares.sum()).astype(np.float32)


def check_suggested(suggested: Any) -> None:
    """ValueError where it is neither None nor a name with a share."""
    if suggested is not None:
        check_value(suggested, SUGGESTED, "suggested")
