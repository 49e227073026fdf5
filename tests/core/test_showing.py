"""Pictures colored by values, regions outlined in their surroundings, and pictures as bytes."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.core.images import encode, in_context, overlay, read_image
from xaikit.core.images.showing import context_box, outlined


@pytest.fixture
def grey() -> np.ndarray:
    return np.full((2, 3, 3), 128, np.uint8)


def test_zero_leaves_the_picture_bare_and_signs_have_their_colors(grey):
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


# ---- a region where it is ----


def region(height: int, width: int, rows: slice, columns: slice) -> np.ndarray:
    mask = np.zeros((height, width), bool)
    mask[rows, columns] = True
    return mask


@pytest.mark.parametrize(
    ("mask", "box"),
    [
        (region(100, 100, np.s_[40:60], np.s_[40:60]), (27.5, 27.5, 72.5, 72.5)),  # a share of the picture
        (region(100, 100, np.s_[20:70], np.s_[50:60]), (22.5, 12.5, 87.5, 77.5)),  # 1.3 times its longer side
        (region(100, 100, np.s_[0:10], np.s_[90:100]), (55, 0, 100, 45)),  # moved into the picture
        (region(100, 100, np.s_[:], np.s_[:]), (0, 0, 100, 100)),  # no more than there is
        (region(60, 120, np.s_[20:30], np.s_[0:110]), (25, 0, 85, 60)),  # no square is as wide as that
    ],
)
def test_the_box_around_a_region(mask, box):
    assert context_box(mask) == pytest.approx(box)


def test_the_outline_is_light_on_dark_and_leaves_the_region_bare():
    image = np.full((40, 40, 3), 128, np.uint8)
    mask = region(40, 40, np.s_[15:25], np.s_[15:25])
    shown = outlined(image, mask)
    assert (shown[mask] == 128).all()
    assert (shown[20, [13, 14, 25, 26]] == (255, 230, 0)).all()
    assert (shown[20, [12, 27]] == 0).all()
    assert (shown[20, [11, 28]] == 128).all()
    assert (image == 128).all(), "the picture is left as it was"


@pytest.mark.parametrize("size", [(32, 32), (128, 128), (90, 200)])
def test_a_region_is_shown_enlarged_in_its_surroundings(size):
    height, width = size
    mask = region(height, width, np.s_[height // 2 : height // 2 + 6], np.s_[width // 2 : width // 2 + 8])
    image = np.full((*size, 3), 60, np.uint8)
    image[mask] = (20, 40, 220)
    shown = in_context(image, mask)
    assert shown.shape == (144, 144, 3) and shown.dtype == np.uint8
    x0, y0, x1, _ = context_box(mask)
    scale = 144 / (x1 - x0)
    middle = (int((height // 2 + 3 - y0) * scale), int((width // 2 + 4 - x0) * scale))
    assert (np.abs(shown[middle].astype(int) - (20, 40, 220)) < 12).all()
    yellow = (shown == (255, 230, 0)).all(axis=2)
    assert yellow.any()
    ys, xs = np.nonzero(yellow)
    assert xs.mean() == pytest.approx(middle[1], abs=4) and ys.mean() == pytest.approx(middle[0], abs=4)
    assert in_context(image, mask, side=60).shape == (60, 60, 3)


def test_a_region_at_the_border_or_all_of_the_picture_is_shown():
    image = np.full((50, 50, 3), 90, np.uint8)
    for mask in (region(50, 50, np.s_[:], np.s_[:]), region(50, 50, np.s_[:3], np.s_[:3])):
        assert in_context(image, mask).shape == (144, 144, 3)


def test_an_empty_region_or_another_shape_is_refused():
    image = np.full((50, 50, 3), 90, np.uint8)
    with pytest.raises(ValueError, match="mask"):
        in_context(image, np.zeros((50, 50), bool))
    with pytest.raises(ValueError, match="mask"):
        in_context(image, np.ones((40, 50), bool))


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
