"""What a drawn world knows of the pictures in which concepts were found, beside their pixels.

It can draw them again more finely, so that a person sees what a concept is; and it knows their parts, so that
it can suggest what the concept is called. The network is never shown either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from xaikit.core.images.showing import context_box, outlined
from xaikit.data.images import Sample
from xaikit.vrx.concept import N_CONTEXTS, Concept

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["TIMES", "Origin", "finer_in_context", "finer_view", "suggested_names", "with_origins"]

TIMES = 4  # as large as the network sees it
SMOOTH = 0.6  # pixels by which an outline is smoothed before it is scaled up: no stairs, and thin parts stay


@dataclass(frozen=True)
class Origin:
    """A picture that concepts were found in.

    Attributes
    ----------
    sample : without its pixels and masks
    classifier : whose view of it is meant
    kinds : what there is in it: the kinds of its parts
    owners : uint8 (h, w), in the picture: 0 nothing that is known, k + 1 the k-th kind
    """

    sample: Sample
    classifier: Classifier
    kinds: list[str]
    owners: np.ndarray

    @staticmethod
    def of(sample: Sample, classifier: Classifier) -> Origin | None:
        """What is worth keeping of a sample; None where nothing but its pixels is known."""
        if sample.scene is None and not sample.parts:
            return None
        kind_of = getattr(sample.scene, "kind", str)
        kinds = sorted({kind_of(name) for name in sample.parts})
        owners = np.zeros(sample.image.shape[:2], np.uint8)
        for name, mask in sorted(sample.parts.items(), key=lambda part: -part[1].sum()):
            owners[mask] = kinds.index(kind_of(name)) + 1  # of parts that overlap, the smaller one is on top
        bare = replace(sample, image=owners[:0], parts={}, landmarks={}, attributes={})
        return Origin(bare, classifier, kinds, owners)

    @cached_property
    def owners_in_view(self) -> np.ndarray:
        """``owners`` in what the network sees, uint8 (H, W)."""
        own = [np.where(self.owners == k, 255, 0).astype(np.uint8) for k in range(len(self.kinds) + 1)]
        return np.stack([self.classifier.framed(np.dstack([one] * 3))[..., 0] for one in own]).argmax(0)

    def finer(self) -> np.ndarray | None:
        """See :func:`finer_view`."""
        return finer_view(self.sample, self.classifier)


def finer_view(image: Any, classifier: Classifier) -> np.ndarray | None:
    """What the network sees of a picture, drawn again, uint8 (4H, 4W, 3); None where it knows no scene."""
    fine = image.finer(TIMES) if isinstance(image, Sample) else None
    return None if fine is None else classifier.framed(fine, TIMES)


def with_origins(concepts: Sequence[Sequence[Concept]], origins: Mapping[str, Origin]) -> list[list[Concept]]:
    """The concepts of every class with their first patches drawn finely and a name suggested.

    Parameters
    ----------
    origins : by id, the pictures of which more than the pixels is known. A concept with a context that cannot
        be drawn again has none drawn
    """
    shown = {source for own in concepts for one in own for source in one.sources[:N_CONTEXTS]}
    known = sorted(shown & set(origins))
    with ThreadPoolExecutor(2) as pool:  # drawing is Pillow's and NumPy's work, which threads can share
        fine = dict(zip(known, pool.map(lambda source: origins[source].finer(), known), strict=True))
    return [
        [replace(one, drawn=_drawn(one, fine), suggested=_suggested(one, origins)) for one in own]
        for own in concepts
    ]


def _drawn(concept: Concept, fine: Mapping[str, np.ndarray | None]) -> list[np.ndarray]:
    pictures = [fine.get(source) for source in concept.sources[:N_CONTEXTS]]
    masks = concept.masks
    drawn = [
        finer_in_context(picture, mask)
        for picture, mask in zip(pictures, masks, strict=False)
        if picture is not None
    ]
    return drawn if len(drawn) == len(pictures) else []


def finer_in_context(fine: np.ndarray, mask: np.ndarray, side: int = 144) -> np.ndarray:
    """As :func:`xaikit.core.images.in_context`, seen in a picture that is n times as large as the mask.

    Parameters
    ----------
    fine : uint8 (n·h, n·w, 3)
    mask : bool (h, w), not empty
    side : of the square that is returned, in pixels

    Returns
    -------
    uint8 (side, side, 3)
    """
    from scipy.ndimage import gaussian_filter

    box, size = context_box(mask), (side, side)
    times = fine.shape[0] / mask.shape[0]
    large = (box[0] * times, box[1] * times, box[2] * times, box[3] * times)
    crop = np.asarray(Image.fromarray(fine).resize(size, Image.Resampling.BICUBIC, large))
    soft = Image.fromarray(gaussian_filter(mask.astype(np.float32), SMOOTH))
    inside = np.asarray(soft.resize(size, Image.Resampling.BICUBIC, box))
    return outlined(crop, inside > 0.5)


def _suggested(concept: Concept, origins: Mapping[str, Origin]) -> dict[str, Any] | None:
    """The kind of part that most of the regions' area lies on, and that share of the area."""
    areas: Counter[str] = Counter()
    total = 0
    for mask, source in zip(concept.masks, concept.sources, strict=True):
        origin = origins.get(source)
        if origin is None or not origin.kinds:
            continue
        total += int(mask.sum())
        counts = np.bincount(origin.owners_in_view[mask], minlength=len(origin.kinds) + 1)
        areas.update(dict(zip(origin.kinds, counts[1:].tolist(), strict=True)))
    if not areas or not max(areas.values()):
        return None
    name = max(sorted(areas), key=areas.__getitem__)
    return {"name": name, "share": areas[name] / total}


def suggested_names(
    concepts: Mapping[str, Sequence[Concept]], min_share: float, names: Mapping[tuple[str, int], str]
) -> dict[tuple[str, int], str]:
    """Names of the concepts that have none in ``names``; see :meth:`xaikit.VRX.suggest_names`."""
    given: dict[tuple[str, int], str] = {}
    for cls, own in concepts.items():
        known = {name for (other, _), name in names.items() if other == cls}
        for concept in own:
            place, suggested = (cls, concept.index), concept.suggested
            if place not in names and suggested is not None and suggested["share"] >= min_share:
                given[place] = _unlike(suggested["name"], known)
                known.add(given[place])
    return given


def _unlike(name: str, known: set[str]) -> str:
    """The name, with the first number that tells it apart from the known ones where it needs one."""
    numbered = (f"{name} {k}" for k in count(2))
    return next(one for one in chain([name], numbered) if one not in known)
