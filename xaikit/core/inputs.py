"""Every form in which pictures may be given, turned into a stream of uint8 images."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from xaikit.core.images import read_image
from xaikit.core.images.checks import UInt8
from xaikit.core.readable import Skipped, is_set, readable, tell_skipped


def iterate_images(images: Any, channels: int = 3) -> Iterator[UInt8]:
    """Yield the pictures one at a time as uint8 (h, w, channels), reading each only when it is its turn.

    Parameters
    ----------
    images
        One picture or several: a path, bytes, a PIL picture, a sample with `.image`; uint8 array (h, w, 3)
        or (n, h, w, 3); float tensor (3, h, w) or (n, 3, h, w) in 0..1; an ImageSet, a list or any other
        iterable of these. A `View` stays one
    channels : of pictures; those of other than three are arrays and tensors, samples or lists of these

    Raises
    ------
    TypeError, ValueError, FileNotFoundError, ImageError
        A picture is none of these, holds NaN, lies outside 0..1, or cannot be read; or there is none at all.
    """
    empty = True
    for image in _each(images, channels):
        empty = False
        yield image
    if empty:
        raise ValueError("`images` is empty: give at least one picture.")


def iterate_readable(images: Any, channels: int = 3) -> Iterator[UInt8 | None]:
    """Yield the pictures as `iterate_images` does; of an ImageSet, None for each that cannot be read.

    So what is made of them has a row for each picture of the set. At the end there is one warning.

    Raises
    ------
    As `iterate_images`; of an ImageSet, ImageError where no picture of it can be read.
    """
    if not is_set(images) or not len(images):
        yield from iterate_images(images, channels)
        return
    skipped: list[Skipped] = []
    for number in range(len(images)):
        looked_at = readable(images, lambda sample: next(iterate_images(sample, channels)), skipped, [number])
        yield next((image for _, image in looked_at), None)
    tell_skipped(skipped, len(images), "have no answer: NaN or None stands in their place")


def count_images(images: Any, channels: int = 3) -> int:
    """Return how many pictures are given; those of an ImageSet are not read for it."""
    return len(images) if is_set(images) else sum(1 for _ in iterate_images(images, channels))


def _each(images: Any, channels: int) -> Iterator[UInt8]:
    if isinstance(images, Tensor):
        yield from _from_tensor(images, channels)
    elif isinstance(images, np.ndarray) and images.ndim == 4:
        yield from (read_image(image, channels) for image in images)
    elif isinstance(images, str | os.PathLike | bytes | Image.Image | np.ndarray):
        yield read_image(images, channels)
    elif hasattr(images, "image"):
        yield from _each(images.image, channels)
    else:
        for image in _several(images):
            yield from _each(image, channels)


def _several(images: Any) -> Iterator[Any]:
    try:
        if not isinstance(images, dict | set):
            return iter(images)  # also takes what only has `[i]`
    except TypeError:
        pass
    raise TypeError(
        "`images` must be a path, a PIL picture, a uint8 array (h, w, 3) or (n, h, w, 3), a float tensor "
        f"(n, 3, h, w) in 0..1, a list of these or an ImageSet; got {type(images).__name__}."
    )


def _from_tensor(tensor: Tensor, channels: int) -> Iterator[UInt8]:
    if tensor.ndim == 3:
        tensor = tensor[None]
    if tensor.ndim != 4 or tensor.shape[1] != channels or 0 in tensor.shape[2:]:
        raise ValueError(
            f"a tensor of pictures must have shape (n, {channels}, h, w) or ({channels}, h, w); got "
            f"{tuple(tensor.shape)}."
        )
    if tensor.dtype != torch.uint8 and not tensor.is_floating_point():
        raise TypeError(f"a tensor of pictures must be floating point in 0..1, or uint8; got {tensor.dtype}.")
    for picture in tensor.detach():
        yield _as_uint8(picture).permute(1, 2, 0).contiguous().cpu().numpy()


def _as_uint8(picture: Tensor) -> Tensor:
    if picture.dtype == torch.uint8:
        return picture
    if not picture.isfinite().all():
        raise ValueError("a tensor of pictures must be finite; got NaN or infinity.")
    low, high = picture.min().item(), picture.max().item()
    if low < 0 or high > 1:
        raise ValueError(
            f"a float tensor of pictures must lie in 0..1; got {low:.3g} to {high:.3g}. Give it before "
            "normalisation (the classifier normalises), and divide by 255 where it is 0 to 255."
        )
    return (picture.float() * 255).round().to(torch.uint8)
