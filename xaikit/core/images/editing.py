"""Cut a part out of a picture, paste it into another, or erase it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from xaikit.core.errors import did_you_mean
from xaikit.core.images.checks import Bool, Float32, UInt8, check_mask, check_patch, check_pixels
from xaikit.core.images.inpainting import span_hole
from xaikit.core.images.showing import mix
from xaikit.core.params import Weight, check

MEAN_COLOR = (124, 116, 104)
GREY = 117
FILLS = ("mean", "grey", "blur", "inpaint")


def cut(image: UInt8, mask: Bool) -> UInt8:
    """Cut the masked part out of a picture.

    Parameters
    ----------
    image : uint8 array (h, w, 3)
    mask : bool array (h, w), not empty

    Returns
    -------
    uint8 array (b, a, 4)
        The patch: the mask's bounding box, with the mask as alpha.
    """
    image = check_pixels(image)
    mask = check_mask(mask, image)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    inside = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.dstack([image[inside], mask[inside].astype(np.uint8) * 255])


def paste(
    image: UInt8,
    patch: UInt8,
    center: tuple[float, float],
    size: tuple[float, float] | None = None,
    soft: float = 1.5,
) -> UInt8:
    """Paste a patch into a copy of a picture.

    Parameters
    ----------
    image : uint8 array (h, w, 3)
    patch : uint8 array (b, a, 4)
    center : (x, y), where the middle of the patch goes, in pixels; parts outside the picture are clipped
    size : (width, height) the patch is scaled to, in pixels; its own by default
    soft : width in pixels over which the patch's edge fades, inwards from its outline; 0 for a hard edge

    Returns
    -------
    uint8 array (h, w, 3), a new picture

    Raises
    ------
    ValueError
        The patch has no opaque pixel, or none of it would land inside the picture.
    """
    image, soft = check_pixels(image), check("soft", soft, Weight)
    center = check("center", center, tuple[float, float])
    patch = _resized_patch(check_patch(patch, image.shape[2]), size)
    height, width = patch.shape[:2]
    left, top = round(center[0] - width / 2), round(center[1] - height / 2)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, image.shape[1]), min(top + height, image.shape[0])
    inside = patch[max(y0 - top, 0) : max(y1 - top, 0), max(x0 - left, 0) : max(x1 - left, 0)]
    if not inside.size or not inside[..., -1].any():
        raise ValueError(
            f"nothing of the patch would land inside the {image.shape[1]}×{image.shape[0]} picture: it is "
            f"{width}×{height} pixels and `center` is {center}. Give a center nearer to the picture."
        )
    # The edge is faded before the clip: where the picture's border cuts the patch, it stays opaque.
    alpha = _faded(patch[..., -1], soft)[y0 - top : y1 - top, x0 - left : x1 - left]
    result = image.copy()
    result[y0:y1, x0:x1] = mix(image[y0:y1, x0:x1], inside[..., :-1], alpha)
    return result


def erase(
    image: UInt8,
    mask: Bool,
    fill: str | Sequence[int] = "mean",
    soft: float = 1.0,
    fill_color: Sequence[int] = MEAN_COLOR,
) -> UInt8:
    """Fill the masked part of a picture, in a copy.

    Parameters
    ----------
    image : uint8 array (h, w, 3)
    mask : bool array (h, w), not empty
    fill
        "mean": `fill_color`, which is meant to be the classifier's `mean_color`; "grey": 117, 117, 117;
        "blur": the picture heavily blurred; "inpaint": a smooth surface spanned between the pixels around the
        mask (the solution of Laplace's equation); or a color (r, g, b)
    soft : width in pixels over which the filled part fades into the picture, outwards from the mask
    fill_color : (r, g, b), 0 to 255; the default is the mean of ImageNet

    Returns
    -------
    uint8 array (h, w, 3), a new picture

    Limits
    ------
    No fill is neutral to a network: a grey hole is itself a thing to see. Compare two fills where it matters.
    """
    image, soft = check_pixels(image), check("soft", soft, Weight)
    mask = check_mask(mask, image)
    from scipy.ndimage import distance_transform_edt

    box = _around(mask, soft)
    result = image.copy()
    below, hole = result[box], mask[box]
    alpha = np.clip(1 - distance_transform_edt(~hole) / (soft + 1), 0, 1).astype(np.float32)
    result[box] = mix(below, _filling(image, mask, box, fill, fill_color), alpha)
    return result


def _around(mask: Bool, soft: float) -> tuple[slice, slice]:
    """The mask's bounding box with all that it fades into, and its rim."""
    margin = ceil(soft + 1)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, left = max(rows[0] - margin, 0), max(columns[0] - margin, 0)
    return slice(top, rows[-1] + margin + 1), slice(left, columns[-1] + margin + 1)


def _resized_patch(patch: UInt8, size: tuple[float, float] | None) -> UInt8:
    if size is None:
        return patch
    width, height = map(round, check("size", size, tuple[float, float]))
    if width < 1 or height < 1:
        raise ValueError(f"`size` must be (width, height) of at least one pixel each; got {size}.")
    if (height, width) == patch.shape[:2]:
        return patch
    bands = patch.shape[2] - 1
    if bands != 3:
        lots = [np.arange(first, first + 3) % bands for first in range(0, bands, 3)]
        several = [_resized_patch(patch[..., [*own, -1]], size) for own in lots]
        return np.dstack([*(one[..., :3] for one in several), several[0][..., 3:]])[..., [*range(bands), -1]]
    # In premultiplied form what lies outside the mask cannot bleed into the edge.
    premultiplied = Image.fromarray(patch).convert("RGBa")
    return np.asarray(premultiplied.resize((width, height), Image.Resampling.BICUBIC).convert("RGBA"))


def _faded(alpha: UInt8, soft: float) -> Float32:
    """Let alpha fall towards the outline; a part thinner than the fade keeps one fully opaque ridge."""
    opaque: Float32 = np.divide(alpha, 255, dtype=np.float32)
    if soft <= 0:
        return opaque
    from scipy.ndimage import distance_transform_edt

    depth = distance_transform_edt(np.pad(alpha >= 128, 1))[1:-1, 1:-1]
    deepest = float(depth.max())
    if deepest == 0:
        return opaque
    return opaque * np.clip(depth / min(soft + 1, deepest), 0, 1).astype(np.float32)


def _filling(
    image: UInt8,
    mask: Bool,
    box: tuple[slice, slice],
    fill: str | Sequence[int],
    fill_color: Sequence[int],
) -> NDArray[Any]:
    """What comes into a box of the picture, or the color that does."""
    bands = image.shape[2]
    if not isinstance(fill, str):
        return _color(fill, "fill", bands)
    if fill == "mean":
        return _color(fill_color, "fill_color", bands)
    if fill == "grey":
        return np.full(bands, GREY, np.float32)
    if fill == "blur":
        blur = ImageFilter.GaussianBlur(max(image.shape[:2]) / 12)
        channels = (Image.fromarray(image[..., own]).filter(blur) for own in range(bands))
        return np.dstack([np.asarray(one)[box] for one in channels])
    if fill == "inpaint":
        return span_hole(image[box], mask[box])
    raise ValueError(
        f"`fill` must be one of {list(FILLS)} or a color (r, g, b); got {fill!r}.{did_you_mean(fill, FILLS)}"
    )


def _color(value: Sequence[int], name: str, bands: int) -> NDArray[Any]:
    color = np.asarray(value)
    if (
        color.shape != (bands,)
        or not np.issubdtype(color.dtype, np.number)
        or not ((color >= 0) & (color <= 255)).all()
    ):
        what = "a color (r, g, b)" if bands == 3 else f"a number for each of {bands} channels,"
        raise ValueError(f"`{name}` must be {what} with 0 to 255 each; got {value!r}.")
    return color.astype(np.float32)
