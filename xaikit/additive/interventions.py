"""What the network itself loses where a part is taken away: what a contribution has to foretell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import Sample

__all__ = ["lost_without"]


def lost_without(
    classifier: Classifier, sample: Sample, target: str | int, parts: Sequence[str] | None = None
) -> dict[str, float]:
    """How much of a class's logit goes where each part is taken off the scene, which is drawn again.

    Parameters
    ----------
    sample : a picture of a drawn world, with its scene
    target : the class
    parts : None takes all that are to be seen; a part that is not is left out

    Raises
    ------
    ValueError
        The picture has no scene from which parts can be taken, or there is no such class.
    """
    scene = sample.scene
    if not hasattr(scene, "without"):
        raise ValueError(
            f"`sample` must come with a scene that parts can be taken off, as those of toyworld do; got "
            f"{sample.id!r}, with {type(scene).__name__}."
        )
    number = classifier.class_index(target)
    there = [part for part in sample.parts if parts is None or part in parts]
    drawn = [sample.image, *(scene.without(part).rendered().image for part in there)]
    scores = classifier.logits([np.asarray(one) for one in drawn])[:, number]
    return {part: float(scores[0] - left) for part, left in zip(there, scores[1:], strict=True)}
