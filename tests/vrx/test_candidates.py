"""Looks at a picture: crops and pooling against their slow literal forms, and what a look is made of."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.vrx.conftest import CLASSES
from xaikit.vrx.candidates import SEGMENTATIONS, Proposer, patch_layers
from xaikit.vrx.describing import LEAVES, NODES, described, unit_rows


@pytest.fixture(scope="module")
def views(network, unseen):
    return [network.view(sample.image) for sample in unseen[:3]]


def proposer(network, patches: str = "pool", **changes) -> Proposer:
    """The paper's way."""
    way = {"segmentation": "superpixels", "tau": 0.3, "min_inside": 0.5, "resolutions": (9, 25)}
    return Proposer(network, CLASSES, patches=patches, **{**way, **changes})


@pytest.mark.parametrize("patches", ["pool", "crop"])
def test_the_view_before_an_edit_looks_the_same_again(network, views, patches):
    ask = proposer(network, patches)
    looks = list(ask(views))
    again = list(ask.again(views, [look.segments for look in looks]))
    n_asked = 0
    for look, (logits, evidence, whole) in zip(looks, again, strict=True):
        np.testing.assert_array_equal(look.logits, logits[ask.targets])
        np.testing.assert_array_equal(look.whole, whole)
        assert look.top1 == logits.argmax()
        asked = ~np.isnan(look.evidence).any(axis=1)
        np.testing.assert_allclose(look.evidence[asked], evidence[asked], atol=1e-4)
        n_asked += asked.sum()
    assert n_asked


@pytest.mark.parametrize("patches", ["pool", "crop"])
def test_batches_make_no_difference(network, views, patches):
    together = list(proposer(network, patches)(views))
    singly = list(proposer(network, patches, batch_size=1)(views))
    for look, other in zip(together, singly, strict=True):
        np.testing.assert_array_equal(look.segments.leaves, other.segments.leaves)
        np.testing.assert_allclose(look.features, other.features, atol=1e-4)
        np.testing.assert_allclose(look.inside, other.inside, atol=0.02)


def test_a_crop_is_the_box_of_the_superpixel_filled_and_stretched(network, views):
    (look,) = proposer(network, "crop", tau=None)(views[:1])
    index = look.of_class(0)[2]
    ys, xs = np.nonzero(look.segments.mask(index))
    box = np.empty((np.ptp(ys) + 1, np.ptp(xs) + 1, 3), np.uint8)
    box[:] = network.mean_color
    for y, x in zip(ys, xs, strict=True):
        box[y - ys.min(), x - xs.min()] = views[0][y, x]
    crop = np.asarray(Image.fromarray(box).resize(views[0].shape[1::-1], Image.Resampling.BICUBIC))
    feature = network.features(crop, patch_layers(network)[0])[0].mean(axis=(1, 2))
    np.testing.assert_allclose(look.features[index], feature / np.linalg.norm(feature), atol=1e-5)
    np.testing.assert_allclose(look.evidence[index], network.features(crop)[0].mean(axis=(1, 2)), atol=1e-4)


def test_only_superpixels_that_are_asked_about_cost_a_crop(network, views):
    ask = proposer(network, "crop")
    (matching,), (discovering,) = ask(views[:1]), ask(views[:1], discovering=True)
    described = [~np.isnan(look.features).any(axis=1) for look in (matching, discovering)]
    candidates = np.any([np.isin(np.arange(matching.segments.n), matching.of_class(i)) for i in range(3)], 0)
    np.testing.assert_array_equal(described[0], candidates)
    np.testing.assert_array_equal(described[1], discovering.segments.distinct)


def test_no_candidate_no_crop(network, views):
    (look,) = proposer(network, "crop", min_inside=1.1)(views[:1])
    assert np.isnan(look.features).all()
    assert [len(look.of_class(i)) for i in range(3)] == [0, 0, 0]


def test_pooled_features_and_sensitivity_are_those_of_a_pass_for_each_layer(network, views):
    (look,) = proposer(network)(views[:1], discovering=True)
    ask = network.features_and_gradients
    _, fine, slopes = ask(views[:1], CLASSES, patch_layers(network)[0])
    logits, deep, _ = ask(views[:1], CLASSES)
    pooled = look.segments.pool(fine[0])
    expected = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    np.testing.assert_allclose(look.features, expected, atol=1e-5)
    np.testing.assert_allclose(look.evidence, look.segments.pool(deep[0]), atol=1e-5)
    np.testing.assert_allclose(look.whole, deep[0].mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(look.sensitivity, slopes[0].sum(axis=(2, 3)), atol=1e-5)
    np.testing.assert_allclose(look.logits, logits[0, [network.class_index(c) for c in CLASSES]], atol=1e-5)


def test_matching_measures_no_sensitivity(network, views):
    (look,) = proposer(network)(views[:1])
    assert look.sensitivity.shape == (0, look.features.shape[1])


def test_another_way_to_ask_is_refused(network):
    with pytest.raises(ValueError, match="`patches` must be one of"):
        proposer(network, "crops")


# ---- the other ways to cut ----


@pytest.mark.parametrize("segmentation", ["tree", "union"])
def test_batches_make_no_difference_to_trees_and_leaves(network, views, segmentation):
    together, singly = (
        list(Proposer(network, CLASSES, segmentation=segmentation, batch_size=size)(views))
        for size in (16, 1)
    )
    for look, other in zip(together, singly, strict=True):
        np.testing.assert_array_equal(look.segments.leaves, other.segments.leaves)
        np.testing.assert_array_equal(look.segments.members, other.segments.members)
        np.testing.assert_allclose(look.features, other.features, atol=1e-3)


@pytest.mark.parametrize("segmentation", ["tree", "union"])
def test_a_view_of_a_tree_or_of_leaves_looks_the_same_again(network, views, segmentation):
    ask = Proposer(network, CLASSES, segmentation=segmentation)
    looks = list(ask(views))
    for look, (logits, evidence, whole) in zip(
        looks, ask.again(views, [one.segments for one in looks]), strict=True
    ):
        np.testing.assert_array_equal(look.logits, logits[ask.targets])
        np.testing.assert_array_equal(look.whole, whole)
        np.testing.assert_array_equal(look.evidence, evidence)


def test_nodes_too_small_or_too_large_to_be_a_part_are_left_out(network, views):
    for look in Proposer(network, CLASSES, segmentation="tree", areas=(0.01, 0.05))(views):
        shares = np.array([look.segments.mask(k).mean() for k in range(look.segments.n)])
        assert len(shares) and ((shares >= 0.01) & (shares <= 0.05)).all()
        assert set(look.of_class(0)) <= set(np.flatnonzero(look.usable))


def test_the_patch_layers_features_come_first_and_sensitivity_is_theirs(network, views):
    (look,) = Proposer(network, CLASSES, segmentation="union")(views[:1], discovering=True)
    width = look.sensitivity.shape[1]
    assert look.sensitivity.shape[0] == len(CLASSES)
    fine = network.features(views[0], patch_layers(network)[0])[0]
    np.testing.assert_allclose(look.features[:, :width], unit_rows(look.segments.pool(fine)), atol=1e-5)


@pytest.mark.parametrize(("segmentation", "weights"), [("tree", NODES), ("union", LEAVES)])
def test_a_segment_is_described_by_every_layer_its_color_and_its_shape(network, views, segmentation, weights):
    (look,) = Proposer(network, CLASSES, segmentation=segmentation)(views[:1])
    maps = [network.features(views[0], layer)[0] for layer in patch_layers(network)]
    expected = described(look.segments, maps, views[0], weights)
    plain = described(look.segments, maps, views[0], type(weights)(around=1.0, color=1.0, shape=1.0))
    ends = np.cumsum([*(len(one) for one in maps), 6, 4])
    factors = [1.0] * (len(maps) - 1) + [weights.around, weights.color, weights.shape]
    for mine, one, factor in zip(
        np.split(expected, ends[:-1], axis=1), np.split(plain, ends[:-1], axis=1), factors, strict=True
    ):
        np.testing.assert_allclose(mine, factor * one, rtol=1e-5, atol=1e-6)
    assert expected.shape[1] == sum(len(one) for one in maps) + 10
    assert np.isfinite(look.features).all()
    np.testing.assert_allclose(look.features, expected, atol=1e-4)


def test_inside_is_the_share_of_each_segment_in_the_classs_mask(network, views):
    (look,) = Proposer(network, CLASSES, segmentation="union", tau=None)(views[:1])
    assert (look.inside == 1).all()
    (some,) = Proposer(network, CLASSES, segmentation="union", tau=0.15)(views[:1])
    (fewer,) = Proposer(network, CLASSES, segmentation="union", tau=0.6)(views[:1])
    assert (fewer.inside <= some.inside).all() and fewer.inside.sum() < some.inside.sum()
    assert some.inside.min() >= 0 and some.inside.max() <= 1


def test_a_tree_is_too_much_for_crops(network):
    for segmentation in SEGMENTATIONS[:2]:
        with pytest.raises(ValueError, match=f'{segmentation} has too many.*segmentation="superpixels"'):
            Proposer(network, CLASSES, segmentation=segmentation, patches="crop")


def test_another_way_to_cut_is_refused(network):
    with pytest.raises(ValueError, match=r"`segmentation` must be one of.*Did you mean 'union'"):
        Proposer(network, CLASSES, segmentation="unions")
