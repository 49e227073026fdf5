"""What a region of a picture usually does: what the network loses without its like in similar pictures.

    usually(r) = mean over the five most similar usual pictures t of the loss without r_t
    r_t        = the region of t with the least ‖f - f_t‖ + 3·(‖c - c_t‖ + |a - a_t|)

f are a region's features at unit length, c its centre and a the side of a square as large, both in shares of
the picture's side. Usual pictures are training pictures that the network gives the class. Similar are those
whose maps of the default layer are, place by place (cosine): vehicles of about that size, about there.

What misleads a network in one picture may speak against the class in every picture of it, and what it misses
is no region of this one. Both are told by the difference from what is usual.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import View
from xaikit.vrx.effects import effects_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xaikit.vrx.explanation import StructuralExplanation
    from xaikit.vrx.fitted import Fitted
    from xaikit.vrx.segments import Segments

__all__ = ["N_PICTURES", "LastRegions", "Regions", "UsualPictures", "regions_of", "usually_lost"]

N_PICTURES = 24  # usual pictures of a class that are kept
NEAREST = 5
LAST = 4  # explanations whose regions are kept
PLACE = 3.0
AREAS = (0.01, 0.08)  # smallest and largest share of the picture that a region covers
STEP = 1.4  # a region is asked about where it is that much smaller than the one around it


@dataclass(frozen=True)
class Regions:
    """Every region of a picture, and what the network loses without it.

    Attributes
    ----------
    masks : bool (H, W) each
    features : float (R, c), at unit length
    places : float (R, 3), centre and side, in shares of the picture's side
    lost : float32 (R, m), what each class's logit loses when the region is filled in
    """

    masks: list[np.ndarray]
    features: np.ndarray
    places: np.ndarray
    lost: np.ndarray


class UsualPictures:
    """Pictures of a class, uint8 (H, W, c) each, and what was asked about them, once it was asked."""

    def __init__(self, views: Sequence[np.ndarray]) -> None:
        self.views = [View.of(view) for view in views]  # also where they come from a file
        self._maps: np.ndarray | None = None
        self._regions: dict[tuple[int, str], Regions] = {}

    def nearest(self, fitted: Fitted, view: np.ndarray) -> list[int]:
        """Numbers of the pictures most similar to a view, the most similar first."""
        if not self.views:
            return []
        if self._maps is None:
            self._maps = _maps(fitted, self.views)
        (own,) = _maps(fitted, [view])
        return np.argsort(-(self._maps @ own), kind="stable")[:NEAREST].tolist()

    def regions(self, fitted: Fitted, number: int) -> Regions:
        """What the network loses without each region of one of them; their masks are not kept."""
        key = number, fitted.fill
        if key not in self._regions:
            self._regions[key] = replace(regions_of(fitted, self.views[number]), masks=[])
        return self._regions[key]


class LastRegions:
    """The regions of the last few explanations that were asked about.

    A cause, suggestions and a correction of one answer, each of any class, ask the network once.
    """

    def __init__(self) -> None:
        self._kept: deque[tuple[StructuralExplanation, str, Regions]] = deque(maxlen=LAST)

    def of(self, fitted: Fitted, exp: StructuralExplanation) -> Regions:
        """What the network loses without each region of an explanation's picture."""
        for one, fill, regions in self._kept:
            if one is exp and fill == fitted.fill:
                return regions
        self._kept.append((exp, fitted.fill, regions_of(fitted, exp.image)))
        return self._kept[-1][2]


def regions_of(fitted: Fitted, view: np.ndarray) -> Regions:
    """Some sixty regions of a view, each filled in: nodes of a merge tree, however concepts are cut."""
    proposer = replace(fitted.proposer, segmentation="tree", patches="pool", areas=AREAS)
    (look,) = proposer([view])
    chosen = stepwise(look.segments)
    regions = look.segments.only(chosen)
    masks = [regions.mask(row) for row in range(regions.n)]
    (lost,) = effects_of(
        proposer.classifier, proposer.targets, [look.view], [look.logits], [masks], fitted.fill
    )
    return Regions(masks, _unit(look.features[chosen]), places_of(masks), lost)


def usually_lost(fitted: Fitted, cls: str, view: np.ndarray, here: Regions) -> np.ndarray:
    """What the network usually loses without regions like these in pictures of a class, float32 (R, m)."""
    usual = fitted.usual[cls].pictures
    every = [usual.regions(fitted, number) for number in usual.nearest(fitted, view)]
    lost = [one.lost[_most_alike(here, one)] for one in every if len(one.lost)]
    return np.mean(lost, axis=0) if lost else np.zeros_like(here.lost)


def places_of(masks: Sequence[np.ndarray]) -> np.ndarray:
    """Centre and side of regions, in shares of the picture's side, float (R, 3)."""
    centers = [np.argwhere(mask).mean(axis=0) / mask.shape for mask in masks]
    sides = [np.sqrt(mask.mean()) for mask in masks]
    return np.column_stack([np.reshape(centers, (-1, 2)), sides])


def stepwise(tree: Segments) -> np.ndarray:
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


def _most_alike(here: Regions, there: Regions) -> np.ndarray:
    """For each region of one picture the number of the one of another that is most like it, int (R,)."""
    from scipy.spatial.distance import cdist

    apart = cdist(here.features, there.features)
    apart += PLACE * cdist(here.places[:, :2], there.places[:, :2])
    apart += PLACE * cdist(here.places[:, 2:], there.places[:, 2:])
    return apart.argmin(axis=1)


def _maps(fitted: Fitted, views: Sequence[np.ndarray]) -> np.ndarray:
    """The default layer's maps of views, one row each, at unit length."""
    classifier = fitted.classifier
    maps = classifier.features(views, classifier.default_layer.name, as_view=True)
    return _unit(maps.reshape(len(maps), -1))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
