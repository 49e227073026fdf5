"""What a network takes for what, and how that may be mended."""

from __future__ import annotations

from xaikit.widgets.confusion.widget import ConfusionExplorer

__all__ = ["ConfusionExplorer"]
