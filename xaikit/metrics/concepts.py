"""How good concepts are where the truth is known (VRX fig. 3), and whether a person could name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["PartMatch", "area_on_object", "main_part", "part_match", "purity"]

BACKGROUND = "background"


def area_on_object(masks: Sequence[np.ndarray], objects: Sequence[np.ndarray]) -> float:
    """Share of all patch area that lies on the object, 0..1.

    Parameters
    ----------
    masks : patches' masks, bool (h, w) each
    objects : for each patch, the object's mask in the same picture, bool (h, w)
    """
    total = sum(int(np.count_nonzero(mask)) for mask in masks)
    if not total:
        raise ValueError("the patches have no area; give at least one mask with a true pixel.")
    inside = sum(int(np.count_nonzero(m & o)) for m, o in zip(masks, objects, strict=True))
    return inside / total


def main_part(mask: np.ndarray, parts: Mapping[str, np.ndarray]) -> str:
    """Name of the part that covers most of a patch; "background" where more of it is on no part.

    Parameters
    ----------
    mask : bool (h, w), not empty
    parts : {name: bool (h, w)}, the visible parts
    """
    covered = {name: int(np.count_nonzero(mask & part)) for name, part in parts.items()}
    covered[BACKGROUND] = int(np.count_nonzero(mask)) - sum(covered.values())
    return max(covered, key=covered.__getitem__)


def purity(parts_per_concept: Iterable[Sequence[str]]) -> float:
    """Mean over concepts of the share of a concept's patches that show its most common part, 0..1."""
    shares = [Counter(parts).most_common(1)[0][1] / len(parts) for parts in parts_per_concept if len(parts)]
    if not shares:
        raise ValueError("there is no concept with a patch.")
    return float(np.mean(shares))


@dataclass(frozen=True)
class PartMatch:
    """How well a concept's regions are one kind of part.

    Attributes
    ----------
    kind : the kind that most of the regions' area lies on; "background" where more of it is on none
    purity : share of a region's area on that kind, mean over the regions, 0..1
    consistency : share of the regions that lie on that kind more than on any other, 0..1
    iou : intersection over union with a kind of part, all of it in the picture, mean over the regions; of the
        kind that gives most
    named : whether a person could name it: a real part, consistent (0.6 or more) and pure (0.5 or more)
    """

    kind: str
    purity: float
    consistency: float
    iou: float
    named: bool


CONSISTENT, PURE = 0.6, 0.5


def part_match(
    masks: Sequence[np.ndarray],
    kinds: Sequence[Mapping[str, np.ndarray]],
    no_parts: Sequence[str] = ("body", "chassis"),
) -> PartMatch:
    """Compare a concept's regions with the kinds of part in their pictures.

    Parameters
    ----------
    masks : the regions, bool (h, w) each, none empty
    kinds : for each region {kind of part: bool (h, w)}, all parts of the kind that are seen in the picture
    no_parts : kinds that are most of the object and no part of it

    Raises
    ------
    ValueError
        There is no region, or not a mapping for each.
    """
    if not len(masks) or len(masks) != len(kinds):
        raise ValueError(
            f"one mapping per region is needed, and a region; got {len(masks)} and {len(kinds)}."
        )
    areas = [_areas(mask, own) for mask, own in zip(masks, kinds, strict=True)]
    total: Counter[str] = Counter()
    for own in areas:
        total.update(own)
    kind = max(total, key=total.__getitem__)
    share = [own.get(kind, 0) / mask.sum() for own, mask in zip(areas, masks, strict=True)]
    consistent = [max(own, key=own.__getitem__) == kind for own in areas]
    overlaps: Counter[str] = Counter()
    for mask, seen in zip(masks, kinds, strict=True):
        real = {name: part for name, part in seen.items() if name not in no_parts}
        overlaps.update({name: float((mask & p).sum() / (mask | p).sum()) for name, p in real.items()})
    is_part = kind not in (*no_parts, BACKGROUND)
    purity, consistency = float(np.mean(share)), float(np.mean(consistent))
    return PartMatch(
        kind=kind,
        purity=purity,
        consistency=consistency,
        iou=max(overlaps.values(), default=0.0) / len(masks),
        named=is_part and consistency >= CONSISTENT and purity >= PURE,
    )


def _areas(mask: np.ndarray, kinds: Mapping[str, np.ndarray]) -> dict[str, int]:
    covered = {name: int(np.count_nonzero(mask & part)) for name, part in kinds.items()}
    return covered | {BACKGROUND: int(np.count_nonzero(mask)) - sum(covered.values())}
