"""Which object each pixel of a scene shows, as ADE20K's scene parsing benchmark has it (Zhou et al. 2017)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from xaikit.core.errors import ImageError
from xaikit.core.images import read_image
from xaikit.data.rows import once

NOTHING = 0
"""The number of pixels that show none of the objects."""
NUMBERS = ("L", "P")
"""Kinds of pictures, as Pillow calls them, whose pixels are whole numbers of 8 bits."""


def object_names(file: Path) -> dict[int, str]:
    """Number → name of each object: the first of its words in ``objectInfo150.txt``.

    Where that is another's first word, too, its number goes with it.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A line cannot be understood, or a number comes twice.
    """
    words = {int(row[0]): row[-1] for row in once(file, "1 0.1576 11664 1172 wall", heading="Idx")}
    first = {number: told.split(",")[0].strip() for number, told in words.items()}
    n = Counter(first.values())
    return {number: f"{name} ({number})" if n[name] > 1 else name for number, name in first.items()}


def object_masks(file: Path, names: dict[int, str], shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Where each object is seen, in the order of their numbers; those that are not seen are left out.

    Parameters
    ----------
    file : a picture whose pixels are numbers of objects, 0 where there is none
    names : number → name
    shape : (h, w), of the picture that it belongs to

    Returns
    -------
    dict of str to bool (h, w)

    Raises
    ------
    xaikit.core.errors.ImageError
        The file cannot be read, is of another size, holds colors, or a number without a name.
    """
    read_image(file)  # raises for a file that is damaged or too large
    with Image.open(file) as opened:
        if opened.mode not in NUMBERS:
            raise ImageError(
                f"the annotation {str(file)!r} must hold a number of 8 bits for each pixel, as a grey "
                f"PNG does; Pillow reads it as {opened.mode!r}. Save it so."
            )
        numbers = np.asarray(opened)
    if numbers.shape != shape:
        raise ImageError(
            f"the annotation {str(file)!r} is {numbers.shape[1]}×{numbers.shape[0]} pixels, its picture "
            f"{shape[1]}×{shape[0]}. Copy both again."
        )
    seen = [int(number) for number in np.unique(numbers) if number != NOTHING]
    unknown = [number for number in seen if number not in names]
    if unknown:
        raise ImageError(
            f"the annotation {str(file)!r} holds {unknown[0]}, and no object has that number; expected 0 for "
            f"none and {min(names)} to {max(names)}. Copy it and the list of objects from the same data."
        )
    return {names[number]: numbers == number for number in seen}
