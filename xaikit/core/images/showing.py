"""Color a picture by values, blend two pictures, and encode one as a file."""

from __future__ import annotations

import io
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from xaikit.core.errors import did_you_mean
from xaikit.core.images.checks import UInt8, check_image, check_mask
from xaikit.core.params import Between, Count, Part, Share, Weight, check

# From most to least: blue speaks for, orange against; for magnitudes, bright is strong.
COLOR_MAPS = {
    "diverging": ((33, 84, 164), (116, 169, 207), (247, 247, 247), (244, 165, 90), (179, 70, 4)),
    "heat": ((255, 214, 40), (250, 140, 20), (222, 70, 60), (150, 40, 110), (60, 20, 110)),
}


def shown(image: UInt8) -> UInt8:
    """What an eye is shown of pictures of any channels (…, h, w, c): the first three, or black.

    Returns
    -------
    uint8 array (…, h, w, 3); colors as they are
    """
    if image.shape[-1] == 3:
        return image
    first = np.asarray(image)[..., :3]
    blank = np.zeros((*first.shape[:-1], 3 - first.shape[-1]), np.uint8)
    return np.concatenate([first, blank], axis=-1)


def shown_patch(patch: UInt8) -> UInt8:
    """What an eye is shown of a patch of any channels (h, w, c + 1), uint8 (h, w, 4)."""
    return patch if patch.shape[-1] == 4 else np.dstack([shown(patch[..., :-1]), patch[..., -1]])


def overlay(
    image: UInt8,
    values: ArrayLike,
    cmap: str = "diverging",
    alpha: float = 0.75,
    limit: float | None = None,
) -> UInt8:
    """Color a picture by values: the larger the magnitude, the more color covers it; zero leaves it bare.

    Parameters
    ----------
    image : uint8 array (h, w, 3)
    values : float array (h, w), finite
    cmap : "diverging" (blue above zero, orange below) or "heat" (magnitudes)
    alpha : cover at the largest magnitude, 0 to 1
    limit
        the magnitude that gets full color; by default the largest in `values`. Give the same limit to
        pictures that are shown side by side

    Returns
    -------
    uint8 array (h, w, 3)
    """
    image = check_image(image)
    scores = np.asarray(values, np.float32)
    if scores.shape != image.shape[:2]:
        raise ValueError(f"`values` must have the picture's shape {image.shape[:2]}; got {scores.shape}.")
    if not np.isfinite(scores).all():
        raise ValueError("`values` must be finite; got NaN or infinity.")
    if cmap not in COLOR_MAPS:
        hint = did_you_mean(cmap, COLOR_MAPS)
        raise ValueError(f"`cmap` must be one of {sorted(COLOR_MAPS)}; got {cmap!r}.{hint}")
    alpha, limit = check("alpha", alpha, Share), check("limit", limit, Weight | None)
    limit = float(np.abs(scores).max()) if limit is None else limit
    if limit == 0:
        return image.copy()
    strength = np.clip(scores / limit, -1, 1)
    anchors = np.array(COLOR_MAPS[cmap], np.float32)
    place = (1 - strength) / 2 if cmap == "diverging" else 1 - np.abs(strength)
    steps = np.linspace(0, 1, len(anchors))
    color = np.stack([np.interp(place, steps, anchors[:, channel]) for channel in range(3)], axis=-1)
    # By the root, faint values stay visible where a strong one sets the scale.
    return mix(image, color, alpha * np.sqrt(np.abs(strength)))


def encode(image: UInt8, format: str = "png", quality: int = 85) -> bytes:
    """Encode an image, or a patch with its alpha, as the bytes of a file.

    Parameters
    ----------
    image : uint8 array (h, w, 3), or (h, w, 4) for png and webp
    format : "png" (without loss, quick rather than small), "jpeg" or "webp"
    quality : 1 to 100, for jpeg and webp
    """
    quality = check("quality", quality, Annotated[int, Between(1, 100)])
    options: dict[str, dict[str, int]] = {
        "png": {"compress_level": 1},
        "jpeg": {"quality": quality},
        "webp": {"quality": quality, "method": 2},
    }
    if format not in options:
        raise ValueError(
            f"`format` must be one of {sorted(options)}; got {format!r}.{did_you_mean(format, options)}"
        )
    if not isinstance(image, np.ndarray):
        raise TypeError(f"an image to encode is uint8 (h, w, 3) or (h, w, 4); got {type(image).__name__}.")
    if image.ndim != 3 or image.shape[2] not in (3, 4) or image.dtype != np.uint8 or not image.size:
        raise ValueError(
            f"an image to encode is uint8 (h, w, 3) or (h, w, 4); got {image.dtype} {image.shape}."
        )
    if format == "jpeg" and image.shape[2] == 4:
        raise ValueError("JPEG knows no transparency: encode a patch as 'png' or 'webp'.")
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format, **options[format])
    return buffer.getvalue()


def mix(below: NDArray[Any], above: NDArray[Any], alpha: NDArray[Any]) -> UInt8:
    """Lay `above` over `below`, both (h, w, 3) or one color, as far as alpha (h, w) in 0..1 covers it."""
    cover = alpha[..., None]
    return np.rint(below * (1 - cover) + above * cover).astype(np.uint8)


def in_context(image: UInt8, mask: NDArray[np.bool_], side: int = 144, share: float = 0.45) -> UInt8:
    """Show a region where it is: the picture around it, with the region outlined.

    Parameters
    ----------
    image : uint8 array (h, w, 3)
    mask : bool array (h, w), not empty
    side : of the square that is returned, in pixels
    share : of the picture's shorter side that is shown at least

    Returns
    -------
    uint8 array (side, side, 3)
    """
    image = check_image(image)
    mask = check_mask(mask, image)
    box = context_box(mask, check("share", share, Part))
    size = (check("side", side, Count),) * 2
    crop = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC, box))
    inside = Image.fromarray(mask.astype(np.uint8) * 255).resize(size, Image.Resampling.BILINEAR, box)
    return outlined(crop, np.asarray(inside) > 127)


def context_box(mask: NDArray[np.bool_], share: float = 0.45) -> tuple[float, float, float, float]:
    """The square around a region, (x0, y0, x1, y1) in pixels, inside the picture as far as it fits."""
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    tall, wide = rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]
    side = min(max(1.3 * tall, 1.3 * wide, share * min(height, width)), min(height, width))
    x0 = np.clip((columns[0] + columns[-1] + 1 - side) / 2, 0, width - side)
    y0 = np.clip((rows[0] + rows[-1] + 1 - side) / 2, 0, height - side)
    return float(x0), float(y0), float(x0 + side), float(y0 + side)


def outlined(image: UInt8, mask: NDArray[np.bool_]) -> UInt8:
    """Draw the outline of a region, light on dark, so that it is seen on any ground."""
    from scipy.ndimage import binary_dilation

    line = binary_dilation(mask, iterations=2) & ~mask
    casing = binary_dilation(mask, iterations=3) & ~mask & ~line
    result = image.copy()
    result[casing], result[line] = (0, 0, 0), (255, 230, 0)
    return result
