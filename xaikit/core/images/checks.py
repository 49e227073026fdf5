"""What a picture, a patch and a mask must look like, and the errors that say so."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xaikit.core.images.view import View

UInt8 = NDArray[np.uint8]
Float32 = NDArray[np.float32]
Bool = NDArray[np.bool_]
ImageSource = str | os.PathLike[str] | bytes | Image.Image | UInt8


def check_image(image: UInt8) -> UInt8:
    """Return `image` as it is, or raise where it is no uint8 (h, w, 3) array."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = image.dtype if isinstance(image, np.ndarray) else type(image).__name__
        raise TypeError(f"`image` must be a uint8 array (h, w, 3); got {kind}. read_image makes one.")
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"`image` must have shape (h, w, 3); got {image.shape}. read_image makes one.")
    return image


def check_pixels(image: UInt8) -> UInt8:
    """Return `image` as it is, or raise where it is neither colors (h, w, 3) nor a `View` (h, w, c)."""
    return check_channels(image) if isinstance(image, View) else check_image(image)


def check_channels(image: UInt8) -> UInt8:
    """Return `image` as it is, or raise where it is no uint8 (h, w, c) array, of any number of channels."""
    if isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.ndim == 3 and image.size:
        return image
    return check_image(image)


def check_patch(patch: UInt8, channels: int = 3) -> UInt8:
    """Return `patch` as it is, or raise where it is no uint8 (h, w, c + 1) with something opaque in it."""
    there = isinstance(patch, np.ndarray) and patch.dtype == np.uint8 and patch.ndim == 3
    if not there or patch.shape[2] != channels + 1:
        came = f"{patch.dtype} {patch.shape}" if isinstance(patch, np.ndarray) else type(patch).__name__
        raise ValueError(
            f"`patch` must be uint8 (h, w, {channels + 1}) with its mask as alpha; got {came}. "
            "`cut` makes one."
        )
    if not patch[..., -1].any():
        raise ValueError("`patch` is empty: its alpha is 0 everywhere, so there is nothing to paste.")
    return patch


def check_mask(mask: Bool, image: UInt8) -> Bool:
    """Return `mask` as an array, or raise where it is not a bool mask of the picture with a pixel in it."""
    mask = np.asarray(mask)
    if mask.dtype != np.bool_:
        raise TypeError(f"`mask` must be a bool array; got {mask.dtype}. Compare it with a threshold first.")
    if mask.shape != image.shape[:2]:
        raise ValueError(f"`mask` must have the picture's shape {image.shape[:2]}; got {mask.shape}.")
    if not mask.any():
        raise ValueError("`mask` is empty: no pixel is True.")
    return mask
