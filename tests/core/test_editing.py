"""Cut, paste and erase, against arithmetic that can be done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.core.images import cut, erase, paste


@pytest.fixture
def ramp() -> np.ndarray:
    """Grey that rises by 4 from column to column, uint8 (40, 50, 3)."""
    return np.broadcast_to((np.arange(50) * 4).astype(np.uint8)[None, :, None], (40, 50, 3)).copy()


@pytest.fixture
def disc() -> np.ndarray:
    """A disc of radius 8 around (30, 20), bool (40, 50)."""
    y, x = np.mgrid[:40, :50]
    return (x - 30) ** 2 + (y - 20) ** 2 <= 64


def test_a_patch_is_the_masks_bounding_box(ramp, disc):
    patch = cut(ramp, disc)
    assert patch.shape == (17, 17, 4)
    np.testing.assert_array_equal(patch[..., 3] == 255, disc[12:29, 22:39])
    np.testing.assert_array_equal(patch[..., :3], ramp[12:29, 22:39])


def test_pasting_a_patch_where_it_was_changes_nothing(ramp, disc):
    np.testing.assert_array_equal(paste(ramp, cut(ramp, disc), (30.5, 20.5)), ramp)


def test_hard_paste_copies_the_opaque_pixels_and_no_others(ramp, disc):
    canvas = np.zeros_like(ramp)
    pasted = paste(canvas, cut(ramp, disc), (10.5, 20.5), soft=0)
    np.testing.assert_array_equal(pasted[:, :30], np.where(disc[..., None], ramp, 0)[:, 20:])
    assert not canvas.any()


def test_soft_edge_lies_inside_the_outline_and_the_middle_stays_opaque():
    patch = np.full((21, 21, 4), 255, np.uint8)
    pasted = paste(np.zeros((40, 40, 3), np.uint8), patch, (20.5, 20.5), soft=2)[..., 0]
    assert not pasted[:10].any()
    np.testing.assert_allclose(pasted[20, 10:14], [85, 170, 255, 255])
    assert pasted[20, 20] == 255


def test_a_line_of_one_pixel_survives_the_soft_edge():
    patch = np.full((1, 9, 4), 255, np.uint8)
    assert paste(np.zeros((9, 9, 3), np.uint8), patch, (4.5, 4.5), soft=3).max() == 255


def test_paste_scales_to_the_given_size():
    patch = np.full((4, 4, 4), 255, np.uint8)
    pasted = paste(np.zeros((40, 40, 3), np.uint8), patch, (20, 20), size=(20, 10), soft=0)
    rows, columns = np.nonzero(pasted[..., 0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (15, 24, 10, 29)


def test_scaling_bleeds_no_color_from_outside_the_mask():
    patch = np.full((8, 8, 4), (0, 255, 0, 0), np.uint8)
    patch[2:6, 2:6] = (255, 0, 0, 255)
    pasted = paste(np.zeros((64, 64, 3), np.uint8), patch, (32, 32), size=(48, 48), soft=0)
    assert pasted[..., 0].max() == 255
    assert pasted[..., 1].max() == 0


def test_what_lies_outside_is_clipped_with_a_hard_border():
    patch = np.full((20, 20, 4), 255, np.uint8)
    pasted = paste(np.zeros((30, 30, 3), np.uint8), patch, (0, 15), soft=1)
    assert (pasted[10:20, 0] == 255).all()
    assert not pasted[:, 10:].any()


@pytest.mark.parametrize("center", [(-50, 10), (10, 500), (80, 80)])
def test_a_patch_beside_the_picture_is_refused(ramp, disc, center):
    with pytest.raises(ValueError, match="nothing of the patch would land inside the 50×40 picture"):
        paste(ramp, cut(ramp, disc), center)


def test_only_the_transparent_corner_inside_is_refused_too(ramp, disc):
    with pytest.raises(ValueError, match="nothing of the patch"):
        paste(ramp, cut(ramp, disc), (-8, -8))


@pytest.mark.parametrize(
    ("fill", "color"), [("mean", (9, 8, 7)), ("grey", (117, 117, 117)), ((1, 2, 3), (1, 2, 3))]
)
def test_fills_of_one_color(ramp, disc, fill, color):
    erased = erase(ramp, disc, fill, soft=0, fill_color=(9, 8, 7))
    assert (erased[disc] == color).all()
    np.testing.assert_array_equal(erased[~disc], ramp[~disc])


def test_soft_edge_of_an_erasure_lies_outside_the_mask():
    mask = np.zeros((9, 9), bool)
    mask[4, 4] = True
    erased = erase(np.zeros((9, 9, 3), np.uint8), mask, (200, 200, 200), soft=1)[..., 0]
    np.testing.assert_array_equal(erased[4], [0, 0, 0, 100, 200, 100, 0, 0, 0])


def test_inpainting_continues_a_ramp(ramp, disc):
    hole = ramp.copy()
    hole[disc] = 0
    np.testing.assert_allclose(erase(hole, disc, "inpaint", soft=0), ramp, atol=1)


def test_inpainted_pixels_are_the_mean_of_their_neighbours():
    image = np.random.default_rng(0).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    mask = np.zeros((12, 12), bool)
    mask[0:6, 3:9] = True  # reaches the picture's border
    filled = erase(image, mask, "inpaint", soft=0).astype(float)
    for y, x in np.argwhere(mask):
        around = [(y + dy, x + dx) for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)) if y + dy >= 0]
        np.testing.assert_allclose(filled[y, x], np.mean([filled[at] for at in around], 0), atol=1.01)


def test_blur_keeps_the_tone_and_loses_the_shape():
    image = np.zeros((60, 60, 3), np.uint8)
    image[::2] = 200
    blurred = erase(image, np.ones((60, 60), bool), "blur")
    np.testing.assert_allclose(blurred[15:-15], 100, atol=6)


def test_erasures_are_checked(ramp, disc):
    with pytest.raises(ValueError, match=r"`fill` must be one of .*got 'inpant'. Did you mean 'inpaint'"):
        erase(ramp, disc, "inpant")
    with pytest.raises(ValueError, match=r"`fill` must be a color .*got \(1, 2\)"):
        erase(ramp, disc, (1, 2))
    with pytest.raises(ValueError, match="covers the whole picture"):
        erase(ramp, np.ones((40, 50), bool), "inpaint")


@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        (np.zeros((40, 50), bool), ValueError, "`mask` is empty"),
        (np.ones((40, 50)), TypeError, "`mask` must be a bool array; got float64"),
        (np.ones((50, 40), bool), ValueError, r"shape \(40, 50\); got \(50, 40\)"),
    ],
)
def test_masks_are_checked(ramp, mask, error, message):
    for edit in (cut, erase):
        with pytest.raises(error, match=message):
            edit(ramp, mask)


def test_images_and_patches_are_checked(ramp, disc):
    with pytest.raises(TypeError, match=r"`image` must be a uint8 array \(h, w, 3\); got float64"):
        cut(ramp / 255, disc)
    with pytest.raises(ValueError, match=r"`patch` must be uint8 \(h, w, 4\)"):
        paste(ramp, ramp, (5, 5))
    with pytest.raises(ValueError, match="`patch` is empty"):
        paste(ramp, np.zeros((4, 4, 4), np.uint8), (5, 5))
    with pytest.raises(ValueError, match="`size` must be"):
        paste(ramp, cut(ramp, disc), (5, 5), size=(0, 10))
