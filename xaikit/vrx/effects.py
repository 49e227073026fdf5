"""What the network does when a region is taken away: measured, not learned.

    effect_k^c = y_c(I) − y_c(I∖k)

I∖k is the picture with region k filled in, y_c the network's logit of class c less the mean over the classes
of interest, which a softmax over them does not see. Where the built-in world can be drawn again without a
part, filling in its region by inpainting ranks as that does (``benchmarks/results/vrx.fig6.json``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import erase

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["centered", "effects_of", "logits_of", "without"]

BATCH = 16  # copies at once: larger ones take more memory, and no less time


def centered(logits: np.ndarray) -> np.ndarray:
    """Logits (…, m) less their mean over the classes of interest."""
    return logits - logits.mean(axis=-1, keepdims=True)


def without(classifier: Classifier, view: np.ndarray, mask: np.ndarray, fill: str) -> np.ndarray:
    """The picture with a region filled in, uint8 (H, W, 3)."""
    return erase(view, mask, fill, fill_color=classifier.mean_color)


def effects_of(
    classifier: Classifier,
    targets: Sequence[int],
    views: Sequence[np.ndarray],
    logits: Sequence[np.ndarray],
    masks: Sequence[Sequence[np.ndarray]],
    fill: str,
) -> list[np.ndarray]:
    """The effects of several regions of each of several pictures; all copies go through in batches.

    Parameters
    ----------
    targets : indices of the m classes of interest
    views : n pictures
    logits : (m,) of each picture as it is
    masks : for each picture its regions, bool (H, W) each

    Returns
    -------
    for each picture, float32 (its regions, m): what each class's logit loses without each region
    """
    jobs = ((view, mask) for view, own in zip(views, masks, strict=True) for mask in own)
    copies = (without(classifier, view, mask, fill) for view, mask in jobs)
    after = logits_of(classifier, targets, copies)
    ends = np.cumsum([len(own) for own in masks])[:-1]
    parts = np.split(after, ends) if len(views) else []
    return [centered(before) - centered(own) for before, own in zip(logits, parts, strict=True)]


def logits_of(classifier: Classifier, targets: Sequence[int], copies: Iterable[np.ndarray]) -> np.ndarray:
    """The logits of m classes of edited copies, float32 (n, m); copies are made as they are asked about."""
    copies = iter(copies)
    answers = [np.empty((0, len(classifier.class_names)), np.float32)]
    while some := list(islice(copies, BATCH)):
        answers.append(classifier.logits(some, as_view=True))
    return np.concatenate(answers)[:, list(targets)]
