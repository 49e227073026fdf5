"""Paints what is behind a head, out of focus: small, blurred and enlarged. It knows nothing of the face."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from xaikit.worlds.drawing.pen import Frame, Outline, Pen, box, ellipse, shaded
from xaikit.worlds.drawing.surfaces import Color, jittered, toned

BACKDROPS = ("studio", "leaves", "lights", "street", "room")
COARSE = 64  # width before it is blurred and enlarged


def backdrop_of(kind: str, seed: int, side: int) -> np.ndarray:
    """One of `BACKDROPS`: float32 (side, side, 3)."""
    rng = np.random.default_rng([seed, BACKDROPS.index(kind)])
    tops = _TOPS[kind]
    top = jittered(tops[rng.integers(len(tops))], rng, 22)
    picture = np.zeros((COARSE, COARSE, 3), np.float32)
    share = np.linspace(0, 1, COARSE, dtype=np.float32)[:, None, None]
    picture[:] = np.asarray(top, np.float32) * (1 - 0.35 * share)
    pen = Pen(picture, Frame((COARSE / 2,) * 2, COARSE / 2), rng, 1.0, 0.0)
    if kind == "studio":
        pen.fill(
            shaded(toned(top, 1.3), 0.02),
            ellipse(float(rng.uniform(-0.4, 0.4)), float(rng.uniform(-0.4, 0.4)), 0.9, 0.8),
        )
        blur = 9.0
    else:
        for color in _BLOBS[kind]:
            pen.fill(shaded(jittered(color, rng, 18), 0.05), *_scattered(pen, kind))
        blur = float(rng.uniform(2.0, 3.2))
    far = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(blur))
    return np.asarray(far.resize((side, side), Image.Resampling.BICUBIC), np.float32)


def _scattered(pen: Pen, kind: str) -> list[Outline]:
    """Blobs, or upright boxes, anywhere."""
    n, reach = {"leaves": (4, 0.36), "lights": (4, 0.13), "street": (2, 0.34), "room": (2, 0.4)}[kind]
    places = pen.rng.uniform(-1, 1, (n, 2)).tolist()
    sizes = pen.rng.uniform(0.5 * reach, reach, n).tolist()
    if kind in ("leaves", "lights"):
        return [ellipse(x, y, r, r) for (x, y), r in zip(places, sizes, strict=True)]
    return [box(x - r, y - 0.4, x + r, y + 1.6 * r) for (x, y), r in zip(places, sizes, strict=True)]


_TOPS: dict[str, tuple[Color, ...]] = {
    "studio": ((126, 140, 158), (168, 156, 146), (98, 112, 108), (196, 194, 190), (104, 84, 92)),
    "leaves": ((142, 170, 112), (168, 188, 140)),
    "lights": ((52, 48, 66), (66, 54, 50)),
    "street": ((176, 190, 204), (190, 182, 172)),
    "room": ((206, 196, 178), (178, 186, 186)),
}
_BLOBS: dict[str, tuple[Color, ...]] = {
    "leaves": ((92, 132, 72), (130, 164, 92), (192, 206, 150), (74, 108, 66)),
    "lights": ((228, 168, 92), (206, 104, 84), (110, 140, 190), (236, 214, 160)),
    "street": ((138, 120, 110), (164, 150, 140), (112, 122, 136)),
    "room": ((150, 118, 88), (116, 130, 140), (222, 216, 204)),
}
