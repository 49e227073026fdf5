"""Of each x-feature the pictures of its class that switch it on most, small, and where it is seen in them.

An example is uint8 (SIDE, SIDE, 4): a square of the picture around the place where the x-feature is seen
most, and as alpha how much it is seen there. Where nothing can be said of places it is the whole picture, all
of it opaque; all of it is zero where there are not so many pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xaikit.core.images import fit_view, shown
from xaikit.core.images.checks import Float32, UInt8
from xaikit.core.images.showing import context_box, outlined
from xaikit.srae.asking import seen_batches
from xaikit.srae.fitted import Fitted

if TYPE_CHECKING:
    from xaikit.data import ImageSet

__all__ = ["N_TOP", "SIDE", "drawn_examples", "top_numbers", "top_pictures"]

N_TOP, SIDE = 4, 64
SMOOTH = 0.08
"""Of the picture's side, over which a map is averaged: single pixels tell little of the place."""
THICK = 0.4
"""Of the most that is seen of an x-feature at a place, from which on that place is in its square."""
DRAWN_SIDE = 112
Examples = NDArray[np.uint8]
"""Of x-features, (n, N_TOP, SIDE, SIDE, 4)."""


def top_numbers(activations: Float32, numbers: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Of each x-feature the numbers of the pictures in which it is most on, at most `N_TOP`, none where off.

    Parameters
    ----------
    activations : (p, n), of the pictures `numbers` (p,)
    """
    order = np.argsort(-activations, axis=0, kind="stable")[:N_TOP]
    return [numbers[own[activations[own, k] > 0]] for k, own in enumerate(order.T)]


def top_pictures(
    fitted: Fitted, data: ImageSet, number: int, top: list[NDArray[np.int64]], places: bool
) -> Examples:
    """The examples of module `number`, of the pictures that `top_numbers` found.

    Parameters
    ----------
    places : whether the network can be asked where its x-features are seen
    """
    examples = np.zeros((len(top), N_TOP, SIDE, SIDE, 4), np.uint8)
    wanted = sorted({int(one) for own in top for one in own})
    pictures = [data[one].image for one in wanted]
    if places and pictures:
        batches = seen_batches(fitted, pictures, number)
        seen = [pair for some in batches for pair in zip(some.views, some.maps, strict=True)]
    else:
        blank = np.zeros((fitted.n_features, 1, 1), np.float32)
        seen = [(view, blank) for views in fitted.classifier.views(pictures) for view in views]
    for k, own in enumerate(top):
        for place, one in enumerate(own):
            view, maps = seen[wanted.index(int(one))]
            examples[k, place] = _example(shown(view), maps[k])
    return examples


def _example(view: UInt8, heat: Float32) -> UInt8:
    if not heat.any():
        return np.dstack([fit_view(view, SIDE), np.full((SIDE, SIDE), 255, np.uint8)])
    from scipy.ndimage import uniform_filter

    smooth = uniform_filter(heat, max(1, round(SMOOTH * min(heat.shape))), mode="constant")
    smooth = np.maximum(smooth / smooth.max(), 0)
    box = context_box(smooth >= THICK)
    crop = Image.fromarray(view).resize((SIDE, SIDE), Image.Resampling.BICUBIC, box)
    alpha = Image.fromarray(np.rint(255 * smooth).astype(np.uint8))
    small = alpha.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box)
    return np.dstack([np.asarray(crop), np.asarray(small)])


def drawn_examples(examples: Examples) -> list[list[UInt8]]:
    """Of each x-feature its pictures for the eye, uint8 (h, w, 3), what it sees in them outlined."""
    return [[_drawn(one) for one in own if one.any()] for own in examples]


def _drawn(example: UInt8) -> UInt8:
    large = Image.fromarray(example).convert("RGBA")
    picture, alpha = large.convert("RGB"), large.getchannel("A")
    size = (DRAWN_SIDE, DRAWN_SIDE)
    inside = np.asarray(alpha.resize(size, Image.Resampling.BILINEAR)) >= round(255 * THICK)
    return outlined(np.asarray(picture.resize(size, Image.Resampling.BICUBIC)), inside)
