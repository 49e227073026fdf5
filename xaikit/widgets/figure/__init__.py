"""A figure as a widget."""

from __future__ import annotations

from xaikit.widgets.figure.widget import FigureView

__all__ = ["FigureView"]
