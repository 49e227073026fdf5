"""How surely concepts are in pictures: numbers, for whoever explains by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.vrx.fitted import concept_in
from xaikit.vrx.scg import match

if TYPE_CHECKING:
    from xaikit.vrx.fitted import Fitted

__all__ = ["presence"]


def presence(fitted: Fitted, images: Any, cls: str) -> np.ndarray:
    """See :meth:`xaikit.VRX.presence`; memory holds the looks of one batch."""
    concept_in(fitted.concepts, cls, 0)
    own, i = fitted.concepts[cls], fitted.classes.index(cls)
    concepts = [fitted.concepts[one] for one in fitted.classes]
    dictionaries = [fitted.dictionaries[one] for one in fitted.classes]
    distances = [
        match(look, concepts, dictionaries, fitted.n_concepts, fitted.epsilon).distances[i, : len(own)]
        for some in fitted.classifier.view_batches(images, fitted.proposer.batch_size)
        for look in fitted.proposer(list(some.views))
    ]
    thresholds = np.array([concept.threshold for concept in own])
    far = np.reshape(distances, (-1, len(own))) / thresholds
    return np.exp(-np.square(far)).astype(np.float32)
