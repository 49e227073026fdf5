"""Pixel maps: which places of a picture speak for a class."""

from __future__ import annotations

from xaikit.attribution.bridge import from_captum
from xaikit.attribution.excitation import excitation_backprop
from xaikit.attribution.gradcam import gradcam
from xaikit.attribution.heatmap import Heatmap
from xaikit.attribution.integrated import integrated_gradients
from xaikit.attribution.saliency import gradient_x_input, guided_backprop

__all__ = [
    "Heatmap",
    "excitation_backprop",
    "from_captum",
    "gradcam",
    "gradient_x_input",
    "guided_backprop",
    "integrated_gradients",
]
