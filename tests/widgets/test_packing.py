"""Small pictures are encoded once, and what is kept of them is bounded."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from xaikit.widgets.kit import packing


@pytest.fixture
def picture(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    monkeypatch.setattr(packing, "_encoded", {})
    return np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def test_a_picture_that_was_encoded_before_is_not_encoded_again(picture, monkeypatch):
    encoded = packing.encode_thumb(picture)
    with io.BytesIO() as buffer:
        small = packing.shrink(picture, packing.THUMB_SIDE)
        Image.fromarray(small).save(buffer, "webp", quality=75, method=6)
        assert encoded == buffer.getvalue()
    monkeypatch.setattr(Image.Image, "save", None)
    assert packing.encode_thumb(picture.copy()) == encoded
    for other in (picture[::-1].copy(), picture.reshape(60, 40, 3)):
        with pytest.raises(TypeError):
            packing.encode_thumb(other)


def test_the_same_pixels_are_encoded_for_each_use(picture):
    small = picture[:, :50].copy()
    assert packing.encode_thumb(small) != packing.encode_example(small)


def test_no_more_are_kept_than_said(picture, monkeypatch):
    monkeypatch.setattr(packing, "N_ENCODED", 3)
    once = [packing.encode_thumb(np.full_like(picture, level)) for level in range(8)]
    assert 1 <= len(packing._encoded) <= 3
    assert [packing.encode_thumb(np.full_like(picture, level)) for level in range(8)] == once
