"""Looks at a picture: crops and pooling against their slow literal forms, and what a look is made of."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.vrx.conftest import CLASSES
from xaikit.vrx.candidates import Proposer, patch_layer
from xaikit.vrx.segments import superpixels


@pytest.fixture(scope="module")
def views(network, unseen):
    return [network.view(sample.image) for sample in unseen[:3]]


def proposer(network, patches: str = "pool", **changes) -> Proposer:
    return Proposer(network, CLASSES, patches=patches, resolutions=(9, 25), **changes)


@pytest.mark.parametrize("patches", ["pool", "crop"])
def test_the_view_before_an_edit_looks_the_same_again(network, views, patches):
    ask = proposer(network, patches)
    looks = list(ask(views))
    again = list(ask.again(views, [look.superpixels for look in looks]))
    for look, other in zip(looks, again, strict=True):
        np.testing.assert_array_equal(look.logits, other.logits)
        np.testing.assert_array_equal(look.features, other.features)
        np.testing.assert_array_equal(look.evidence, other.evidence)


@pytest.mark.parametrize("patches", ["pool", "crop"])
def test_batches_make_no_difference(network, views, patches):
    together = list(proposer(network, patches)(views))
    singly = list(proposer(network, patches, batch_size=1)(views))
    for look, other in zip(together, singly, strict=True):
        np.testing.assert_array_equal(look.superpixels.labels, other.superpixels.labels)
        np.testing.assert_allclose(look.features, other.features, atol=1e-4)
        np.testing.assert_allclose(look.inside, other.inside, atol=0.02)


def test_a_crop_is_the_box_of_the_superpixel_filled_and_stretched(network, views):
    (look,) = proposer(network, "crop")(views[:1])
    index = look.of_class(0)[0]
    ys, xs = np.nonzero(look.superpixels.mask(index))
    box = np.empty((np.ptp(ys) + 1, np.ptp(xs) + 1, 3), np.uint8)
    box[:] = network.mean_color
    for y, x in zip(ys, xs, strict=True):
        box[y - ys.min(), x - xs.min()] = views[0][y, x]
    crop = np.asarray(Image.fromarray(box).resize(views[0].shape[1::-1], Image.Resampling.BICUBIC))
    feature = network.features(crop, patch_layer(network))[0].mean(axis=(1, 2))
    np.testing.assert_allclose(look.features[index], feature / np.linalg.norm(feature), atol=1e-5)
    np.testing.assert_allclose(look.evidence[index], network.features(crop)[0].mean(axis=(1, 2)), atol=1e-4)


def test_only_superpixels_that_are_asked_about_cost_a_crop(network, views):
    ask = proposer(network, "crop")
    (matching,), (discovering,) = ask(views[:1]), ask(views[:1], discovering=True)
    described = [~np.isnan(look.features).any(axis=1) for look in (matching, discovering)]
    candidates = np.any(
        [np.isin(np.arange(matching.superpixels.n), matching.of_class(i)) for i in range(3)], 0
    )
    np.testing.assert_array_equal(described[0], candidates)
    np.testing.assert_array_equal(described[1], discovering.superpixels.distinct)


def test_no_candidate_no_crop(network, views):
    (look,) = proposer(network, "crop", min_inside=1.1)(views[:1])
    assert np.isnan(look.features).all()
    assert [len(look.of_class(i)) for i in range(3)] == [0, 0, 0]


def test_pooled_features_and_sensitivity_are_those_of_a_pass_for_each_layer(network, views):
    (look,) = proposer(network)(views[:1], discovering=True)
    ask = network.features_and_gradients
    _, fine, slopes = ask(views[:1], CLASSES, patch_layer(network))
    logits, deep, _ = ask(views[:1], CLASSES)
    pooled = look.superpixels.pool(fine[0])
    expected = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    np.testing.assert_allclose(look.features, expected, atol=1e-5)
    np.testing.assert_allclose(look.evidence, look.superpixels.pool(deep[0]), atol=1e-5)
    np.testing.assert_allclose(look.sensitivity, slopes[0].sum(axis=(2, 3)), atol=1e-5)
    np.testing.assert_allclose(look.logits, logits[0, [network.class_index(c) for c in CLASSES]], atol=1e-5)


def test_matching_measures_no_sensitivity(network, views):
    (look,) = proposer(network)(views[:1])
    assert look.sensitivity.shape == (0, look.features.shape[1])


def test_another_way_to_ask_is_refused(network):
    with pytest.raises(ValueError, match="`patches` must be one of"):
        proposer(network, "crops")


@pytest.mark.parametrize("size", [100, 224, 299])
def test_reduced_label_maps_still_cover_every_pixel_once(size):
    rng = np.random.default_rng(3)
    picture = rng.integers(0, 256, (9, 9, 3)).repeat(34, 0).repeat(34, 1)[:size, :size].astype(np.uint8)
    cut = superpixels(picture, (9,))
    masks = np.stack([cut.mask(index) for index in range(cut.n)])
    assert masks.shape[1:] == (size, size)
    assert (masks.sum(axis=0) == 1).all()
    for mask, center in zip(masks, cut.centers, strict=True):
        ys, xs = np.nonzero(mask)
        np.testing.assert_allclose(center, (xs.mean() + 0.5, ys.mean() + 0.5), atol=1.0)


def test_small_pictures_are_cut_as_scikit_image_cuts_them(views):
    from skimage.filters import gaussian
    from skimage.segmentation import slic

    from xaikit.vrx.segments import ROUNDS

    picture = np.ascontiguousarray(views[0][:96, :96])
    smooth = gaussian(picture.astype(np.float32), 1, channel_axis=-1)
    expected = slic(smooth, 25, 20.0, ROUNDS, start_label=0)
    cut = superpixels(picture, (25,))
    assert (cut.labels[0] == expected).mean() > 0.99
