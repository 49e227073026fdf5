"""Pixel maps: which places of a picture speak for a class."""

from __future__ import annotations

from xaikit.attribution.gradcam import gradcam
from xaikit.attribution.heatmap import Heatmap

__all__ = ["Heatmap", "gradcam"]
