"""How good concepts are where the truth is known (VRX fig. 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

__all__ = ["area_on_object", "main_part", "purity"]

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
