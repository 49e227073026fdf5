"""A result that has no widget of its own: its figure, and what it says."""

from __future__ import annotations

import io
from typing import Any

import traitlets
from PIL import Image

from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.view import View

__all__ = ["FigureView"]


class FigureView(View):
    """A picture as wide as there is room for, and words below it.

    Parameters
    ----------
    picture : the bytes of a PNG file
    words : what the picture shows, also for those who cannot see it
    title : heading

    Raises
    ------
    ValueError
        ``picture`` is no PNG file.
    """

    _esm = bundle("figure")
    _css = stylesheet("figure")

    picture = traitlets.Bytes().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)

    def __init__(self, picture: bytes, words: str = "", title: str = "") -> None:
        if not bytes(picture).startswith(b"\x89PNG\r\n\x1a\n"):
            raise ValueError("`picture` must be the bytes of a PNG file; got something else.")
        super().__init__(picture=bytes(picture), words=words, title=title)

    @classmethod
    def of(cls, result: Any) -> FigureView:
        """The figure of a result with `plot`, and the words by which it is printed."""
        return cls(result.plot()._repr_png_(), str(result))

    def still(self) -> Image.Image:
        """The picture."""
        return Image.open(io.BytesIO(self.picture)).convert("RGB")

    def __repr__(self) -> str:
        return f"FigureView({self.words[:80]!r})"
