"""A pen for scenery: what is laid out on one grid is drawn a whole number of times as large."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageDraw

Ink = tuple[int, ...]


class Pen:
    """Draws on a picture that is `zoom` times as fine as the grid in which places are given.

    The strokes are those of `PIL.ImageDraw`; with a zoom of 1 each is its very own. Boxes and thick lines
    include their last pixel, so theirs ends where the last pixel of the grid ends.
    """

    def __init__(self, canvas: Image.Image, zoom: int) -> None:
        self._draw, self._zoom = ImageDraw.Draw(canvas), zoom

    def polygon(self, xy: Any, fill: Ink) -> None:
        self._draw.polygon(self._points(xy), fill=fill)

    def line(self, xy: Any, fill: Ink, width: int = 1) -> None:
        self._draw.line(self._points(xy), fill=fill, width=width * self._zoom)

    def rectangle(self, xy: Any, fill: Ink, outline: Ink | None = None, width: int = 1) -> None:
        self._draw.rectangle(self._box(xy), fill=fill, outline=outline, width=width * self._zoom)

    def ellipse(self, xy: Any, fill: Ink, outline: Ink | None = None, width: int = 1) -> None:
        self._draw.ellipse(self._box(xy), fill=fill, outline=outline, width=width * self._zoom)

    def rounded_rectangle(self, xy: Any, radius: float, fill: Ink) -> None:
        self._draw.rounded_rectangle(self._box(xy), radius=radius * self._zoom, fill=fill)

    def pieslice(self, xy: Any, start: float, end: float, fill: Ink) -> None:
        self._draw.pieslice(self._box(xy), start, end, fill=fill)

    def _points(self, xy: Any) -> Any:
        if self._zoom == 1:
            return xy
        flat = [place for one in xy for place in (one if isinstance(one, tuple | list) else (one,))]
        return [place * self._zoom for place in flat]

    def _box(self, xy: Any) -> Any:
        if self._zoom == 1:
            return xy
        x0, y0, x1, y1 = (place * self._zoom for place in xy)
        return x0, y0, x1 + self._zoom - 1, y1 + self._zoom - 1
