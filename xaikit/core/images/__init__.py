"""Pictures as arrays: read, fit, cut, paste, erase, overlay, encode. Needs no torch.

An *image* is uint8 of shape (h, w, 3); as a network of other channels sees it, a `View` (h, w, c), of which
:func:`shown` is what an eye sees. A *patch* is uint8 RGBA of shape (h, w, 4) whose alpha is its mask;
one cut from a view of c channels has c + 1.
Points are (x, y) in pixels, x to the right and y down, counted from the picture's top left corner.
"""

from __future__ import annotations

from xaikit.core.images.checks import ImageSource
from xaikit.core.images.editing import FILLS, cut, erase, paste
from xaikit.core.images.reading import FRAMINGS, MAX_PIXELS, fit_view, read_image
from xaikit.core.images.showing import COLOR_MAPS, encode, in_context, overlay, shown, shown_patch
from xaikit.core.images.view import View

__all__ = [
    "COLOR_MAPS",
    "FILLS",
    "FRAMINGS",
    "MAX_PIXELS",
    "ImageSource",
    "View",
    "cut",
    "encode",
    "erase",
    "fit_view",
    "in_context",
    "overlay",
    "paste",
    "read_image",
    "shown",
    "shown_patch",
]
