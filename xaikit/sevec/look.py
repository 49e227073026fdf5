"""Semantic saliency (SeVec 5): backpropagation in which units foreign to the class are suppressed.

At the chosen layer   R^l = R^{l+1} · 1[R^{l+1} > 0 and X^l > 0 and V_i > 0.5]   (guided backpropagation),
where V_i is meant as the activation rate of the unit in pictures of class i, not as an element of the unit
vector, which is far below 0.5 in thousands of dimensions.

A rate of 0.5 says little by itself: some units are on in most pictures of anything, in some layers hardly any
unit is on in half of the pictures of anything. So the default compares: kept are the channels that are on
more often, over all places, in pictures of the class than in those of all concepts. It points better at every
kept energy (`xaikit reproduce sevec.fig7`); `rate=0.5` is the paper's rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit.core.errors import did_you_mean
from xaikit.core.inputs import count_images

if TYPE_CHECKING:
    from xaikit.attribution import Heatmap
    from xaikit.sevec.fitted import Fitted

__all__ = ["METHODS", "kept_units", "look"]

METHODS = {"guided_backprop": "guided backprop", "gradient_x_input": "gradient × input"}


def look(
    fitted: Fitted,
    images: Any,
    cls: str | int | Sequence[str | int] | None,
    method: str,
    rate: float | None,
) -> Heatmap:
    """See :meth:`xaikit.SemanticVectors.saliency`."""
    from xaikit import attribution

    if method not in METHODS:
        raise ValueError(
            f"`method` must be one of {list(METHODS)}; got {method!r}.{did_you_mean(method, METHODS)}"
        )
    if rate is not None and not 0 <= rate < 1:
        raise ValueError(f"`rate` must be None or a share from 0 to below 1; got {rate!r}.")
    if fitted.saliency_layer is None or fitted.saliency_rates is None:
        raise ValueError(
            "these semantic vectors were fitted without a layer with places. Fit them with "
            "SemanticVectors(saliency_layer=...), naming one; clf.layers() lists them."
        )
    classifier = fitted.classifier
    targets = _targets(fitted, images, cls)
    kept = kept_units(fitted.saliency_rates, rate)[fitted.numbers(targets)]
    empty = sorted({name for name, mask in zip(targets, kept, strict=True) if not mask.any()})
    if empty:
        raise ValueError(
            f"no unit of {fitted.saliency_layer!r} is on often enough in the pictures of {empty[:3]}: "
            "everything would be suppressed. Lower `rate`."
        )
    draw = getattr(attribution, method)
    heatmap: Heatmap = draw(classifier, images, targets, keep={fitted.saliency_layer: kept})
    return heatmap.named(f"semantic {METHODS[method]}")


def kept_units(rates: NDArray[np.float32], rate: float | None) -> NDArray[np.bool_]:
    """Which units each concept keeps, bool (K, c, h, w); of None see the head of this file.

    Parameters
    ----------
    rates : float (K, c, h, w), share of each concept's pictures in which a unit is on
    rate : units on in a larger share are kept, each place by itself; None compares channels with the mean of
        all concepts, or keeps what a single concept has
    """
    if rate is not None:
        return rates > rate
    channels = rates.mean((2, 3), keepdims=True)
    usual = channels.mean(0) if len(rates) > 1 else np.zeros_like(channels[0])
    return np.broadcast_to(channels > usual, rates.shape)


def _targets(fitted: Fitted, images: Any, cls: str | int | Sequence[str | int] | None) -> list[str]:
    """The class asked about, by name, for each picture; where none is named, the one predicted."""
    classifier = fitted.classifier
    if cls is None:
        predicted = classifier.predict(images)
        # a picture that cannot be read has no map, whatever is asked about it
        known = [name for name in predicted if name is not None]
        asked = [known[0] if name is None else name for name in predicted]
    else:
        listed = [cls] * count_images(images, classifier.n_channels) if isinstance(cls, str | int) else cls
        asked = [classifier.class_names[classifier.class_index(one)] for one in listed]
    unknown = sorted({name for name in asked if name not in fitted.names})
    if unknown:
        raise ValueError(
            f"{unknown[:3]} are classes of the network, but no concepts of these semantic vectors. "
            f"Fit them on pictures of these classes as well.{did_you_mean(unknown[0], fitted.names)}"
        )
    return asked
