"""Pictures coloured by values, and pictures as bytes."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.core.images import encode, overlay, read_image


@pytest.fixture
def grey() -> np.ndarray:
    return np.full((2, 3, 3), 128, np.uint8)


def test_zero_leaves_the_picture_bare_and_signs_have_their_colours(grey):
    shown = overlay(grey, [[0, 0, 0], [-1, 0, 1]]).astype(int)
    np.testing.assert_array_equal(shown[0], grey[0])
    orange, blue = shown[1, 0], shown[1, 2]
    assert orange[0] > orange[2]
    assert blue[2] > blue[0]


def test_a_shared_limit_makes_pictures_comparable(grey):
    weak = overlay(grey, np.full((2, 3), 0.5), cmap="heat", limit=1.0)
    strong = overlay(grey, np.full((2, 3), 1.0), cmap="heat", limit=1.0)
    alone = overlay(grey, np.full((2, 3), 0.5), cmap="heat")
    assert (alone == strong).all()
    assert (weak != strong).any()


def test_all_zero_values_leave_a_copy(grey):
    shown = overlay(grey, np.zeros((2, 3)))
    np.testing.assert_array_equal(shown, grey)
    assert shown is not grey


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (np.zeros((3, 2)), {}, r"shape \(2, 3\); got \(3, 2\)"),
        (np.full((2, 3), np.nan), {}, "finite"),
        (np.zeros((2, 3)), {"cmap": "divergin"}, "Did you mean 'diverging'"),
    ],
)
def test_overlay_arguments_are_checked(grey, values, options, message):
    with pytest.raises(ValueError, match=message):
        overlay(grey, values, **options)


@pytest.mark.parametrize(("format", "magic"), [("png", b"\x89PNG"), ("jpeg", b"\xff\xd8"), ("webp", b"RIFF")])
def test_encoded_pictures_can_be_read_again(format, magic):
    smooth = np.linspace(0, 255, 32 * 32 * 3).reshape(32, 32, 3).astype(np.uint8)
    data = encode(smooth, format, quality=95)
    assert data.startswith(magic)
    np.testing.assert_allclose(read_image(data), smooth, atol=0 if format == "png" else 12)


def test_a_patch_keeps_its_alpha_in_png_but_not_in_jpeg():
    patch = np.zeros((4, 4, 4), np.uint8)
    assert (read_image(encode(patch, "png")) == 255).all()
    with pytest.raises(ValueError, match="JPEG knows no transparency"):
        encode(patch, "jpeg")


def test_encode_arguments_are_checked(grey):
    with pytest.raises(ValueError, match=r"`format` must be one of .*got 'jpg'. Did you mean 'jpeg'"):
        encode(grey, "jpg")
    with pytest.raises(ValueError, match="uint8"):
        encode(grey / 255)
