"""Read a picture from wherever it is, and fit it to the view a network sees."""

from __future__ import annotations

import io
import os
import struct
import threading
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from xaikit.core.errors import ImageError, warn
from xaikit.core.images.checks import ImageSource, UInt8, check_channels
from xaikit.core.images.view import View
from xaikit.core.params import Count, check

MAX_PIXELS = 90_000_000
MAX_SCALED = 32_000_000  # pixels
FRAMINGS = ("crop", "pad", "squash", "border")
COLORS = 3
TWELVE_BITS = 4095
_WARNINGS = threading.Lock()
DAMAGED = (
    *(OSError, SyntaxError, ValueError, EOFError, RuntimeError, LookupError, ArithmeticError),
    *(TypeError, AttributeError, struct.error, zlib.error),
)
"""What Pillow's decoders fail with on damaged files."""
RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def read_image(source: ImageSource, channels: int = 3) -> UInt8:
    """Read one picture, as RGB unless other channels are asked for.

    Parameters
    ----------
    source
        A path, the bytes of a picture file, a PIL picture, or a uint8 array of shape (h, w), (h, w, 3) or
        (h, w, 4). A file's EXIF rotation is applied; grey, palette, CMYK and 16-bit pictures become 8-bit
        RGB; transparent ones are laid over white. Of an animation the first frame is taken
    channels
        how many the picture shall have. Other than three have arrays alone, (h, w, channels), which are taken
        as they are

    Returns
    -------
    uint8 array (h, w, channels), a `View` where one was given

    Raises
    ------
    FileNotFoundError
        The path does not exist.
    ImageError
        The file is empty, truncated, not a picture, or has more than `MAX_PIXELS` pixels.
    TypeError, ValueError
        `source` is none of the above, or an array of another dtype or shape.

    Limits
    ------
    Color profiles are ignored, as torchvision's own reader ignores them.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source, check("channels", channels, Count))
    if channels != COLORS:
        raise TypeError(
            f"a picture of {channels} channels must be a uint8 array (h, w, {channels}) or a tensor "
            f"({channels}, h, w); got {type(source).__name__}. Read the file with its own library."
        )
    if isinstance(source, Image.Image):
        return _from_pil(source, "the PIL picture")
    if isinstance(source, bytes):
        return _decode(source, "the bytes given")
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_dir():
            raise ImageError(
                f"{str(path)!r} is a folder, not a picture. Load it with xaikit.load_images, or name a file."
            )
        if not path.exists():
            raise FileNotFoundError(
                f"there is no picture at {str(path)!r}. Check the spelling and the folder."
            )
        return _decode(path.read_bytes(), repr(str(path)))
    raise TypeError(
        "a picture must be a path, bytes, a PIL picture or a uint8 array of shape (h, w, 3); "
        f"got {type(source).__name__}."
    )


def fit_view(
    image: UInt8,
    size: int | tuple[int, int],
    crop: float = 1.0,
    interpolation: str = "bilinear",
    framing: str = "crop",
    fill: Sequence[int] = (),
) -> UInt8:
    """Return the view of a picture that a network of input size `size` is given.

    The picture is scaled (antialiased) to r = round(size / crop) pixels; its middle is taken. Equal to
    torchvision's evaluation transform, `Resize(r)` then `CenterCrop(size)` on a PIL picture, and to timm's
    three ways of cropping, which are the measure where the view is no square. It knows no views: a picture of
    that size already is treated like any other, and comes back as it is only where crop is 1.

    Of a picture whose scaled form has more than `MAX_SCALED` pixels, as only a very long one has, it is the
    same to within two grey levels.

    Parameters
    ----------
    image : uint8 array (h, w, 3), or of other channels (h, w, c)
    size : side of the view in pixels, or (height, width) of one that is no square
    crop : size / r, in (0, 1], above that, up to 2, where the framing leaves a margin
    interpolation : "bilinear" or "bicubic"
    framing
        which side becomes r pixels. "crop": the short one, what is beyond the view is cut off; "pad": the
        same, in a black frame where r < size; "squash": both, so that proportions are lost; "border": the
        long one, and what is left of the view is filled with `fill`. Where the view is no square, short and
        long are measured by its sides
    fill : color (r, g, b) of the border, black where it is not given; a number per channel

    Returns
    -------
    uint8 array (height, width, 3), or (height, width, c)
    """
    image, (high, wide) = check_channels(image), sides(size, "size")
    if interpolation not in RESAMPLING:
        raise ValueError(f"`interpolation` must be one of {sorted(RESAMPLING)}; got {interpolation!r}.")
    if framing not in FRAMINGS:
        raise ValueError(f"`framing` must be one of {list(FRAMINGS)}; got {framing!r}.")
    largest = 1 if framing == "crop" else 2
    if not 0 < crop <= largest:
        raise ValueError(f"`crop` must lie in (0, {largest}]; got {crop!r}.")
    width, height = _scaled(image.shape[1], image.shape[0], (round(wide / crop), round(high / crop)), framing)
    if image.shape[:2] == (height, width) == (high, wide):
        return image
    left, top = _first(width, wide), _first(height, high)
    inside = (max(left, 0), max(top, 0), min(left + wide, width), min(top + high, height))
    ground = fill if framing == "border" and len(fill) else (0,) * image.shape[2]
    view = np.empty((high, wide, image.shape[2]), np.uint8)
    view[:] = np.array(ground, np.uint8)
    x, y = max(-left, 0), max(-top, 0)
    seen = np.s_[y : y + inside[3] - inside[1], x : x + inside[2] - inside[0]]
    for own in _bands(image.shape[2]):
        part = _part(Image.fromarray(image[..., own]), (width, height), inside, RESAMPLING[interpolation])
        view[(*seen, own)] = np.asarray(part)
    return view


def sides(size: int | tuple[int, int], name: str) -> tuple[int, int]:
    """(height, width) of a size: the side of a square, or both; ParameterError where it is neither."""
    given = check(name, size, Count | tuple[Count, Count])
    return given if isinstance(given, tuple) else (given, given)


def _bands(channels: int) -> Sequence[Any]:
    """Which channels are scaled at a time: those of colors together, all others one by one."""
    return [np.s_[:]] if channels == COLORS else range(channels)


def _from_array(array: NDArray[np.generic], channels: int) -> UInt8:
    if array.dtype != np.uint8:
        raise TypeError(
            f"an array picture must be uint8, 0 to 255; got {array.dtype}. Scale it and use "
            ".astype('uint8'), or give a float torch tensor (3, h, w) in 0..1."
        )
    known = (COLORS, COLORS + 1) if channels == COLORS else (channels,)
    grey = array.ndim == 2 and channels == COLORS
    if 0 in array.shape or not (grey or (array.ndim == 3 and array.shape[2] in known)):
        shapes = "(h, w, 3), (h, w, 4) or (h, w)" if channels == COLORS else f"(h, w, {channels})"
        raise ValueError(f"an array picture must have shape {shapes}; got {array.shape}.")
    if array.ndim == 3 and array.shape[2] == channels:
        whole = np.ascontiguousarray(array, np.uint8)
        return whole.view(View) if isinstance(array, View) else whole
    return _from_pil(Image.fromarray(np.ascontiguousarray(array, np.uint8)), "the array")


def _decode(data: bytes, name: str) -> UInt8:
    if not data:
        raise ImageError(f"{name} is empty (0 bytes). Copy or download the picture again.")
    try:
        # Readers run in threads, and what catches warnings is not made for that.
        with _WARNINGS, warnings.catch_warnings():
            # Pillow only warns of a bomb up to twice its limit; the check below refuses it.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        raise ImageError(
            f"{name} is not a picture that Pillow can read. Save it as JPEG, PNG or WebP."
        ) from None
    except Image.DecompressionBombError as error:
        raise ImageError(f"{name} is too large: {error} Make it smaller before you give it.") from None
    except DAMAGED as error:
        raise ImageError(f"{name} cannot be read: {error}. The file is damaged; copy it again.") from error
    with picture:
        return _from_pil(picture, name)


def _from_pil(picture: Image.Image, name: str) -> UInt8:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"{name} is too large: {width}×{height} is more than {MAX_PIXELS:,} pixels. "
            "Make it smaller before you give it."
        )
    if width * height == 0:
        raise ImageError(f"{name} has no pixels: its size is {width}×{height}.")
    try:
        picture.load()
        return np.asarray(_as_rgb(ImageOps.exif_transpose(picture), name))
    except ImageError:
        raise
    except DAMAGED as error:
        raise ImageError(
            f"{name} cannot be read: {error}. The file is truncated or damaged; copy it again."
        ) from error


def _as_rgb(picture: Image.Image, name: str) -> Image.Image:
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I"):
        deep = np.asarray(picture).astype(np.int64)
        if deep.min() < 0 or deep.max() > 65535:
            raise ImageError(f"{name} has values outside 0..65535. Save it as an 8-bit or a 16-bit picture.")
        return Image.fromarray((deep * 255 // _white(int(deep.max()))).astype(np.uint8)).convert("RGB")
    if picture.mode == "F":
        raise ImageError(f"{name} has floating-point values, so its white is unknown. Save it as 8-bit.")
    if picture.mode in ("RGBA", "LA", "La", "RGBa", "PA") or "transparency" in picture.info:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _white(highest: int) -> int:
    """The value of white in a picture of 16 bits: cameras and scanners of 12 bits leave the others unused."""
    if not 0 < highest <= TWELVE_BITS:
        return 65535
    warn(
        "a picture of 16 bits uses 12 of them at most, and is taken for one of 12: 4095 is white. Save it as "
        "an 8-bit picture where that is wrong.",
    )
    return TWELVE_BITS


def _scaled(width: int, height: int, target: tuple[int, int], framing: str) -> tuple[int, int]:
    """The size (width, height) of the scaled picture.

    torchvision's Resize cuts off to whole pixels; timm's, for borders and for what is no square, rounds.
    """
    if framing == "squash":
        return target
    ratios = width / target[0], height / target[1]
    if framing == "border" or target[0] != target[1]:
        ratio = max(ratios) if framing == "border" else min(ratios)
        return max(1, round(width / ratio)), max(1, round(height / ratio))
    side = target[0]
    if width <= height:
        return side, int(side * height / width)
    return int(side * width / height), side


def _first(length: int, size: int) -> int:
    """Where the middle `size` of `length` pixels begin; below zero where there are fewer of them."""
    return round((length - size) / 2) if length >= size else -((size - length) // 2)


def _part(
    picture: Image.Image, scaled: tuple[int, int], inside: tuple[int, int, int, int], way: Image.Resampling
) -> Image.Image:
    """A part of the scaled picture, its corners (x0, y0, x1, y1) in pixels of that."""
    if scaled[0] * scaled[1] <= MAX_SCALED:
        return picture.resize(scaled, way).crop(inside)
    # Of a very long picture that part alone is scaled, so that its ends cannot fill the memory; the same to
    # within two grey levels, as Pillow rounds the part's corners to 32 bits.
    across, down = (old / new for old, new in zip(picture.size, scaled, strict=True))
    x0, y0, x1, y1 = inside
    return picture.resize((x1 - x0, y1 - y0), way, (x0 * across, y0 * down, x1 * across, y1 * down))
