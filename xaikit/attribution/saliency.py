"""Maps of one backward pass: guided backprop and gradient × input, each also with semantic suppression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xaikit.attribution.backprop import Keep, Target, input_gradients
from xaikit.attribution.heatmap import Heatmap
from xaikit.attribution.maps import PICTURE, Answer, Channels, heatmap_of, over_channels, spatial_layer

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["gradient_x_input", "guided_backprop"]


def guided_backprop(
    classifier: Classifier,
    images: Any,
    target: Target = None,
    layer: str | None = None,
    *,
    keep: Keep | None = None,
    channels: Channels = "max",
) -> Heatmap:
    """Show what in a picture raises the score of a class, by guided backprop.

    R^l = R^{l+1} 1[R^{l+1} > 0 and X^l > 0] at every ReLU: a backward pass that lets only those signals
    through which raise the score at every ReLU on their way. X^l is what the ReLU was given, R^{l+1} the
    signal that arrives from above; it starts as the gradient of the logit of class c.

    Parameters
    ----------
    classifier : the network that is asked
    images : pictures in any form that the classifier takes
    target : the class c, by name or index; a list gives each picture its own; None is the predicted class
    layer : name of a layer with places at which the pass ends; None is the picture itself
    keep
        {layer: mask}: the signal is multiplied by the mask where it leaves that layer backwards, so that only
        the units kept have a say; forms as in `input_gradients`. With the units active in most pictures of
        class c (rate > 0.5) it is the semantic guided backprop of SeVec
    channels
        "max" gives max_k |R_k| over the colors or channels k, the usual map of a gradient (zero or
        positive); "sum" gives Σ_k R_k, which has a sign

    Returns
    -------
    Heatmap
        `values` float32 (n, H, W), not normalised; of a layer enlarged bilinearly

    Raises
    ------
    ValueError
        Unknown class or layer, a layer without places, a mask of another shape, a layer through which no
        gradient comes, or a ReLU that works in place on a view of a tensor.

    Warns
    -----
    UserWarning
        A map is zero everywhere or not finite, or the network has no ReLU and the map is its plain gradient.

    Source
    ------
    Springenberg et al. 2015, "Striving for Simplicity: The All Convolutional Net"; Gu and Tresp, "Semantics
    for Global and Local Interpretation of Deep Neural Networks", section 5.

    Limits
    ------
    Without `keep` it shows edges of everything in the picture, nearly the same for every class: it is not
    class-discriminative. ReLU6 and clamps at zero count as ReLUs; GELU, SiLU, leaky and other activations
    pass their gradient as it is. R is no gradient of anything, and its sum means nothing.
    """
    end, flat = _end(classifier, layer), over_channels(channels)
    batches = input_gradients(classifier, images, target, layer=end, guided=True, keep=keep)
    answers = (Answer(*batch[:3], flat(batch.gradients)) for batch in batches)
    return heatmap_of(classifier, answers, _named("guided backprop", keep), end or PICTURE)


def gradient_x_input(
    classifier: Classifier,
    images: Any,
    target: Target = None,
    layer: str | None = None,
    *,
    keep: Keep | None = None,
    channels: Channels = "sum",
) -> Heatmap:
    """Show how much each place of a picture adds to the score of a class, to first order.

    R = x · ∂y^c / ∂x, summed over colors. x is the normalised picture, so 0 stands for the mean color of
    the network's training pictures, and y^c is the logit of class c.

    Parameters
    ----------
    classifier, images, target : as in `guided_backprop`
    layer : name of a layer with places: x is then what that layer puts out; None is the picture itself
    keep : {layer: mask}, as in `guided_backprop`: the semantic gradient × input of SeVec
    channels : "sum" gives Σ_k R_k, positive for the class and negative against it; "max" gives max_k |R_k|

    Returns
    -------
    Heatmap
        `values` float32 (n, H, W) in units of the logit, not normalised; of a layer enlarged bilinearly

    Raises
    ------
    ValueError
        Unknown class or layer, a layer without places, a mask of another shape, or a layer through which no
        gradient comes.

    Source
    ------
    Shrikumar et al. 2016, "Not Just a Black Box"; Ancona et al. 2018, "Towards better understanding of
    gradient-based attribution methods"; Gu and Tresp, section 5.

    Limits
    ------
    The sum of a map is the logit only in a network without biases whose activations are piecewise linear
    through zero. A place whose color is the mean color gets 0 whatever it shows. The gradient of a deep
    network changes from pixel to pixel, and so does the sign of the map.
    """
    end, flat = _end(classifier, layer), over_channels(channels)
    batches = input_gradients(classifier, images, target, layer=end, keep=keep)
    answers = (Answer(*one[:3], flat(one.inputs * one.gradients)) for one in batches)
    return heatmap_of(classifier, answers, _named("gradient × input", keep), end or PICTURE)


def _end(classifier: Classifier, layer: str | None) -> str | None:
    return None if layer is None else spatial_layer(classifier, layer).name


def _named(method: str, keep: Keep | None) -> str:
    return f"{method}, kept units at {', '.join(keep)}" if keep else method
