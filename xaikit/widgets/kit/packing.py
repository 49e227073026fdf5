"""Check what a widget is given, and pack it for the page: JSON with encoded pictures in it."""

from __future__ import annotations

import hashlib
import io
import math
import weakref
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
from PIL import Image

from xaikit.core.images import encode, shown_patch
from xaikit.core.images.checks import UInt8, check_image, check_patch

THUMB_SIDE = 56  # pixels; patches are shown at about this size, so more would only fill the saved notebook
EXAMPLE_SIDE, EXAMPLE_QUALITY = 112, 38  # of pictures that show a concept in its surroundings
DRAWN_SIDE = 512  # of a picture drawn again at higher resolution
N_ENCODED = 4096  # small pictures that are kept encoded, one or two kilobytes each

_encoded: dict[bytes, bytes] = {}
"""By what it was encoded from: a method's patches are shown again by each of its widgets."""


class PatchStore:
    """Patches and example pictures, each encoded and sent once however often it is shown.

    An array that was handed in before is taken to be unchanged.
    """

    def __init__(self) -> None:
        self.encoded: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._seen: dict[int, tuple[weakref.ref[UInt8], int]] = {}  # to read large pictures once only

    def add(self, patch: UInt8, channels: int = 3) -> int:
        """Return the number of a patch, uint8 (h, w, c + 1), in `encoded`; one already there keeps it."""
        return self._add(check_patch(patch, channels), lambda: encode_thumb(shown_patch(patch)))

    def add_example(self, example: UInt8) -> int:
        """Return the number of a picture of a concept in its surroundings, or of a patch."""
        if isinstance(example, np.ndarray) and example.ndim == 3 and example.shape[2] == 4:
            return self.add(example)
        return self._add(check_image(example), lambda: encode_example(example))

    def keep(self, numbers: Collection[int]) -> None:
        """Forget all patches but these, which keep their numbers."""
        self._places = {key: place for key, place in self._places.items() if place in numbers}
        self._seen = {key: seen for key, seen in self._seen.items() if seen[1] in numbers}
        self.encoded = [patch if place in numbers else b"" for place, patch in enumerate(self.encoded)]

    def _add(self, picture: UInt8, encoded: Callable[[], bytes]) -> int:
        name = id(picture)
        seen, place = self._seen.get(name, (None, 0))
        if seen is not None and seen() is picture:
            return place
        key = _digest(picture)
        if key not in self._places:
            self._places[key] = self._free_place()
            self.encoded[self._places[key]] = encoded()
        self._seen[name] = (weakref.ref(picture, lambda _: self._seen.pop(name, None)), self._places[key])
        return self._places[key]

    def _free_place(self) -> int:
        if b"" not in self.encoded:
            self.encoded.append(b"")
        return self.encoded.index(b"")


def shrink(image: UInt8, side: int) -> UInt8:
    """Return a picture or a patch so small that no side is longer than `side` pixels."""
    longest = max(image.shape[:2])
    if longest <= side:
        return image
    width, height = (max(1, round(n * side / longest)) for n in (image.shape[1], image.shape[0]))
    whole = Image.fromarray(image)
    weighted = whole.convert("RGBa") if whole.mode == "RGBA" else whole  # what is hidden must not bleed in
    return np.asarray(weighted.resize((width, height), Image.Resampling.BOX).convert(whole.mode))


def encode_thumb(patch: UInt8, side: int = THUMB_SIDE) -> bytes:
    """Encode a patch or a picture, shrunk to `side` where it is larger."""
    return _encode_small(shrink(patch, side), 75)


def encode_example(picture: UInt8) -> bytes:
    """Encode a picture that shows a concept in its surroundings."""
    return _encode_small(shrink(picture, EXAMPLE_SIDE), EXAMPLE_QUALITY)


def _encode_small(picture: UInt8, quality: int) -> bytes:
    """Encode a small picture, of which a saved notebook holds many, with as few bytes as WebP can.

    That takes its time, so the last ones are kept for whoever shows them next.
    """
    key = _digest(picture, quality)
    known = _encoded.get(key)
    if known is None:
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "webp", quality=quality, method=6)
        known = buffer.getvalue()
        if len(_encoded) >= N_ENCODED:
            _encoded.clear()
        _encoded[key] = known
    return known


def _digest(picture: UInt8, *more: int) -> bytes:
    """What tells a picture from any other."""
    told = repr((picture.shape, *more)).encode()
    return hashlib.blake2b(picture.tobytes() + told, digest_size=16).digest()


def encode_picture(image: UInt8, side: int | None = None) -> bytes:
    """Encode a picture for the page, shrunk to `side` if given; what Python computes with it stays exact."""
    check_image(image)
    return encode(image if side is None else shrink(image, side), "webp", quality=88)


def mask_box(mask: np.ndarray) -> list[float]:
    """The box [x, y, width, height] around a mask, in shares of the picture."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, width = mask.shape
    left, top = float(columns[0]), float(rows[0])
    return [left / width, top / height, (columns[-1] + 1 - left) / width, (rows[-1] + 1 - top) / height]


def number(value: Any, what: str) -> float:
    """Return a finite float, or raise."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be a number; got {value!r}.") from None
    if not math.isfinite(result):
        raise ValueError(f"{what} must be finite; got {result}.")
    return result


def probability(value: Any, what: str) -> float:
    """Return a float between 0 and 1, or raise; a rounding error beyond them is forgiven."""
    result = number(value, what)
    if not -1e-6 <= result <= 1 + 1e-6:
        raise ValueError(f"{what} must be a probability, 0 to 1; got {result}.")
    return min(max(result, 0.0), 1.0)


def share(value: Any, what: str) -> float:
    """Return a place in shares of the picture, 0 to 1, or raise."""
    result = number(value, what)
    if not 0 <= result <= 1:
        raise ValueError(f"{what} must be a share of the picture, 0 to 1; got {result}.")
    return result


def check_probabilities(values: Any, what: str) -> dict[str, float]:
    """Return {class name: probability}, or raise."""
    if not isinstance(values, Mapping) or not values:
        raise ValueError(f"{what} must return {{class name: probability}}; got {values!r}.")
    return {
        str(name): probability(value, f"the {name!r} that {what} returned") for name, value in values.items()
    }


def encode_drawn(drawn: UInt8 | None) -> bytes:
    """Encode a picture drawn again at higher resolution; nothing where there is none."""
    return b"" if drawn is None else encode(shrink(drawn, DRAWN_SIDE), "webp", quality=75)


def check_answer(answer: Any, what: str) -> dict[str, Any] | None:
    """Return a network's own answer {"name", "probability"}, None where it is not known, or raise."""
    if answer is None:
        return None
    if not isinstance(answer, Mapping):
        raise TypeError(f"{what} must be {{'name': …, 'probability': …}} or None; got {answer!r}.")
    return {
        "name": str(field(answer, "name", what)),
        "probability": probability(field(answer, "probability", what), f"`probability` of {what}"),
    }


def check_drawn(drawn: Any, image: UInt8) -> UInt8 | None:
    """Return a picture drawn again at a multiple of the size of `image`, None if there is none, or raise."""
    if drawn is None:
        return None
    height, width = image.shape[:2]
    times = check_image(drawn).shape[0] // height
    if times < 1 or drawn.shape[:2] != (times * height, times * width):
        raise ValueError(
            f"`drawn` must be a whole number of times as large as the {width}×{height} picture; "
            f"got {drawn.shape[1]}×{drawn.shape[0]}."
        )
    return np.array(drawn)


def field(mapping: Mapping[str, Any], key: str, where: str) -> Any:
    """Return a field that has to be there, or raise."""
    if key not in mapping:
        raise ValueError(f"{where} needs the field {key!r}; got {sorted(mapping)}.")
    return mapping[key]
