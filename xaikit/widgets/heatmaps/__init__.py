"""Where in a picture is what speaks for a class: heatmaps side by side."""

from __future__ import annotations

from xaikit.widgets.heatmaps.widget import HeatmapExplorer

__all__ = ["HeatmapExplorer"]
