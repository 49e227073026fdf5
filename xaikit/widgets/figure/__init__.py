"""A figure as a widget."""

from __future__ import annotations

from xaikit.widgets.figure.widget import FigureView, figure_view

__all__ = ["FigureView", "figure_view"]
