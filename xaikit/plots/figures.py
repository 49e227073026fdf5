"""What every figure of the project shares: size, colors, and how it becomes a PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.images import COLOR_MAPS

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

__all__ = ["NETWORK", "STUDENT", "diverging", "new_figure", "text_on", "to_png"]

NETWORK, STUDENT = "#333333", "#8a8a8a"


def new_figure(width: float, height: float) -> Figure:
    """A figure (inches) that opens no window; a notebook shows it where it is the value of a cell.

    Its texts are shown as they are: what stands between two dollars in the name of a class is no formula.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    class CellFigure(Figure):
        def draw(self, renderer: Any) -> None:
            for text in self.findobj(Text):
                text.set_parse_math(False)
            with rc_context({"text.parse_math": False}):  # for labels of axes, which are made while drawing
                super().draw(renderer)

        def _repr_png_(self) -> bytes:  # without pyplot, Jupyter does not know how to show a figure
            return to_png(self)

    return CellFigure(figsize=(width, height), layout="constrained", facecolor="white")


def diverging() -> LinearSegmentedColormap:
    """Orange speaks against, blue speaks for; white is nothing."""
    from matplotlib.colors import LinearSegmentedColormap

    stops = np.array(COLOR_MAPS["diverging"][::-1]) / 255
    return LinearSegmentedColormap.from_list("against-for", stops)


def text_on(color: tuple[float, ...]) -> str:
    """Black or white, whichever reads better on a color."""
    red, green, blue = color[:3]
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "white"


def to_png(figure: Figure, dpi: int = 90) -> bytes:
    """The figure as the bytes of a PNG file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()
