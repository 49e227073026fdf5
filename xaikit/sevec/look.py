"""Semantic saliency (SeVec 5): backpropagation in which units foreign to the class are suppressed.

At the chosen layer   R^l = R^{l+1} · 1[R^{l+1} > 0 and X^l > 0 and V_i > 0.5]   (guided backpropagation),
where V_i is meant as the activation rate of the unit in pictures of class i, not as an element of the unit
vector, which is far below 0.5 in thousands of dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xaikit.core.errors import did_you_mean
from xaikit.core.inputs import iterate_images

if TYPE_CHECKING:
    from xaikit.attribution import Heatmap
    from xaikit.sevec.model import SemanticVectors

__all__ = ["METHODS", "look"]

METHODS = ("guided_backprop", "gradient_x_input")


def look(
    vectors: SemanticVectors,
    images: Any,
    cls: str | int | Sequence[str | int] | None,
    method: str,
    rate: float,
) -> Heatmap:
    """See :meth:`xaikit.SemanticVectors.saliency`."""
    from xaikit import attribution

    if method not in METHODS:
        raise ValueError(
            f"`method` must be one of {list(METHODS)}; got {method!r}.{did_you_mean(method, METHODS)}"
        )
    if not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a share from 0 to below 1; got {rate!r}.")
    if vectors.saliency_layer_ is None or vectors.saliency_rates_ is None:
        raise ValueError(
            "these semantic vectors were fitted without a layer with places. Fit them with "
            "SemanticVectors(saliency_layer=...), naming one; clf.layers() lists them."
        )
    classifier = vectors.classifier_
    targets = _targets(vectors, images, cls)
    kept = vectors.saliency_rates_[[vectors._number(name) for name in targets]] > rate
    empty = sorted({name for name, mask in zip(targets, kept, strict=True) if not mask.any()})
    if empty:
        raise ValueError(
            f"no unit of {vectors.saliency_layer_!r} is on in more than {rate:.0%} of the pictures of "
            f"{empty[:3]}: everything would be suppressed. Lower `rate`."
        )
    draw = getattr(attribution, method)
    heatmap: Heatmap = draw(classifier, images, targets, keep={vectors.saliency_layer_: kept})
    return heatmap


def _targets(vectors: SemanticVectors, images: Any, cls: str | int | Sequence[str | int] | None) -> list[str]:
    """The class asked about, by name, for each picture; where none is named, the one predicted."""
    classifier = vectors.classifier_
    if cls is None:
        asked = classifier.predict(images)
    else:
        listed = [cls] * sum(1 for _ in iterate_images(images)) if isinstance(cls, str | int) else cls
        asked = [classifier.class_names[classifier.class_index(one)] for one in listed]
    unknown = sorted({name for name in asked if name not in vectors.concept_names})
    if unknown:
        raise ValueError(
            f"{unknown[:3]} are classes of the network, but no concepts of these semantic vectors. "
            f"Fit them on pictures of these classes as well.{did_you_mean(unknown[0], vectors.concept_names)}"
        )
    return asked
