"""Grad-CAM (Selvaraju 2017): where in the picture a layer's channels speak for a class.

    w_k = mean over positions of ∂y^c / ∂A_k          L^c = ReLU(Σ_k w_k A_k)
"""

from __future__ import annotations

import numpy as np

__all__ = ["cam_maps"]


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
