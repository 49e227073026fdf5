"""Grad-CAM (Selvaraju 2017): where in the picture a layer's channels speak for a class.

w_k = mean over positions of ∂y^c / ∂A_k          L^c = ReLU(Σ_k w_k A_k)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.attribution.backprop import InputGradients, Target, input_gradients
from xaikit.attribution.heatmap import Heatmap
from xaikit.attribution.maps import Answer, heatmap_of, spatial_layer

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["cam_maps", "gradcam"]


def gradcam(
    classifier: Classifier,
    images: Any,
    target: Target = None,
    layer: str | None = None,
) -> Heatmap:
    """Show which places at a layer speak for a class, by Grad-CAM.

    L^c = ReLU(Σ_k w_k A_k), w_k = mean over places of ∂y^c / ∂A_k, enlarged bilinearly to the input size.
    y^c is the logit of class c, A_k the k-th channel of the layer. The values are not normalised.

    Parameters
    ----------
    classifier : the network that is asked
    images : pictures in any form that the classifier takes
    target : the class c, by name or index; a list gives each picture its own; None is the predicted class
    layer : name of a layer with places; None is the classifier's default layer

    Returns
    -------
    Heatmap
        `values` float32 (n, h, w), zero or positive

    Raises
    ------
    ValueError
        Unknown class or layer, a layer without places, or not one target per picture.

    Warns
    -----
    UserWarning
        A map is zero everywhere: no place speaks for the class. It is told in `checks` too.

    Source
    ------
    Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization".

    Limits
    ------
    It shows where, not what; it is as coarse as the layer's grid; evidence against the class is cut off by
    the ReLU; and the weights w_k are averages over places, so the map's sum is not the logit.
    """
    found = spatial_layer(classifier, layer)
    batches = input_gradients(classifier, images, target, layer=found.name)
    return heatmap_of(classifier, (_answer(batch) for batch in batches), "Grad-CAM", found.name)


def _answer(batch: InputGradients) -> Answer:
    maps = cam_maps(batch.inputs, batch.gradients[:, None], batch.views.shape[1:3])
    return Answer(*batch[:3], maps[:, 0])


def cam_maps(features: np.ndarray, gradients: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Grad-CAM maps of several pictures and targets, at picture size, not normalised.

    Parameters
    ----------
    features : float32 (n, c, gh, gw), the layer's activations A
    gradients : float32 (n, t, c, gh, gw), of each target's logit with respect to A
    size : (h, w) of the maps, in pixels; they are interpolated bilinearly

    Returns
    -------
    float32 (n, t, h, w), zero or positive
    """
    import torch
    from torch.nn.functional import interpolate

    weights = gradients.mean(axis=(3, 4))
    coarse = np.maximum(np.einsum("ntc,ncyx->ntyx", weights, features), 0)
    return interpolate(torch.from_numpy(coarse), size, mode="bilinear", align_corners=False).numpy()
