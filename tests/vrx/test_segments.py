"""Segments, their pooling, and the merge tree, against slow literal forms and at their limits."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.vrx.segments import Segments, felzenszwalb_leaves, merge_tree, slic_leaves, superpixels


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """Four flat quarters of different colors."""
    image = np.zeros((64, 64, 3), np.uint8)
    image[:32, :32], image[:32, 32:], image[32:, :32], image[32:, 32:] = (
        (200, 0, 0),
        (0, 200, 0),
        (0, 0, 200),
        255,
    )
    return image


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    """Blocks of random colors with an odd border, larger than label maps are."""
    rng = np.random.default_rng(3)
    return rng.integers(0, 256, (9, 9, 3)).repeat(34, 0).repeat(34, 1)[:299, :299].astype(np.uint8)


def masks_of(segments: Segments) -> np.ndarray:
    return np.stack([segments.mask(k) for k in range(segments.n)])


# ---- made of masks ----


@pytest.fixture
def masks() -> np.ndarray:
    """Three random masks of a picture, which overlap."""
    return np.random.default_rng(0).random((3, 12, 16)) < 0.4


def test_masks_come_back_as_they_were_given(masks):
    given = Segments.of_masks(masks)
    assert (given.n, given.size, given.step, given.parents) == (3, (12, 16), 1, None)
    np.testing.assert_array_equal(masks_of(given), masks)
    np.testing.assert_array_equal(given.mask([0, 2]), masks[0] | masks[2])
    np.testing.assert_array_equal(given.shares, masks.mean(axis=(1, 2)))


def test_no_mask_is_no_segment():
    none = Segments.of_masks(np.zeros((0, 8, 8), bool))
    assert none.n == 0
    assert none.pool(np.ones((5, 4, 4), np.float32)).shape == (0, 5)
    assert none.centers.shape == (0, 2)
    assert none.unions([]).n == 0


def test_a_mask_over_the_whole_picture():
    whole = Segments.of_masks(np.ones((1, 8, 8), bool))
    assert whole.shares.tolist() == [1.0]
    assert whole.centers.tolist() == [[4.0, 4.0]]


def test_unions_join_the_masks_of_each_group(masks):
    given = Segments.of_masks(masks)
    joined = given.unions([np.array([2]), np.array([0, 1])])
    np.testing.assert_array_equal(masks_of(joined), [masks[2], masks[0] | masks[1]])
    assert given.unions([]).n == 0


def test_what_hangs_together_is_one_piece():
    """Two leaves that touch, one that touches them only at a corner, and one far away."""
    labels = np.zeros((6, 6), np.int16)
    labels[0, :2], labels[0, 2:4], labels[1, 4], labels[5, 0:2] = 1, 2, 3, 4
    leaves = Segments.of_leaves(labels, (6, 6), 1)
    pieces = leaves.pieces(np.array([4, 1, 2, 3]))
    far, left, right, corner = pieces
    assert left == right
    assert len({far, left, corner}) == 3
    assert len(set(leaves.pieces(np.array([1, 4])))) == 2
    assert leaves.pieces(np.array([3])).tolist() == [1]


# ---- numbers of each ----


def test_means_and_centers_are_those_under_each_mask(masks):
    given = Segments.of_masks(masks)
    maps = np.random.default_rng(1).random((2, 12, 16))
    expected = [[one[mask].mean() for mask in masks] for one in maps]
    np.testing.assert_allclose(given.means(maps), expected)
    for mask, center in zip(masks, given.centers, strict=True):
        ys, xs = np.nonzero(mask)
        np.testing.assert_allclose(center, (xs.mean() + 0.5, ys.mean() + 0.5))


@pytest.mark.parametrize("grid", [(4, 4), (12, 16), (24, 32)])
def test_pooling_is_the_mean_under_each_mask(masks, grid):
    """Cell by cell; of a grid finer than the picture, each pixel reads the cell that its middle lies in."""
    features = np.random.default_rng(2).random((3, *grid)).astype(np.float32)
    rows = [int((y + 0.5) * grid[0] / 12) for y in range(12)]
    columns = [int((x + 0.5) * grid[1] / 16) for x in range(16)]
    full_size = features[:, rows][:, :, columns]
    expected = np.stack([full_size[:, mask].mean(axis=1) for mask in masks])
    np.testing.assert_allclose(Segments.of_masks(masks).pool(features), expected, rtol=1e-5)


def test_pooling_and_centers_of_enlarged_label_maps(noise):
    cut = superpixels(noise, (9,))
    assert cut.step == 3
    features = np.random.default_rng(0).random((2, 13, 13)).astype(np.float32)
    cell = np.minimum((np.arange(299) + 0.5) * 13 / 299, 12).astype(int)
    full_size = features[:, cell][:, :, cell]
    for mask, center, pooled in zip(masks_of(cut), cut.centers, cut.pool(features), strict=True):
        ys, xs = np.nonzero(mask)
        np.testing.assert_allclose(center, (xs.mean() + 0.5, ys.mean() + 0.5), atol=1.0)
        np.testing.assert_allclose(pooled, full_size[:, mask].mean(axis=1), atol=0.02)


# ---- superpixels ----


def test_every_resolution_covers_every_pixel_once(picture):
    cut = superpixels(picture, (4, 9))
    assert (masks_of(cut).sum(axis=0) == 2).all()
    assert cut.areas.sum() == 2 * 64 * 64
    n_coarse = next(k for k in range(cut.n) if masks_of(cut)[: k + 1].sum() == 64 * 64)
    assert (masks_of(cut)[: n_coarse + 1].sum(axis=0) == 1).all()  # level by level, the first one first


@pytest.mark.parametrize("size", [100, 224, 299])
@pytest.mark.parametrize("cutter", [lambda view: superpixels(view, (9,)), slic_leaves, felzenszwalb_leaves])
def test_reduced_label_maps_still_cover_every_pixel_once(noise, size, cutter):
    cut = cutter(noise[:size, :size])
    masks = masks_of(cut)
    assert masks.shape[1:] == (size, size)
    assert (masks.sum(axis=0) == 1).all()
    assert masks.any(axis=(1, 2)).all()


def test_small_pictures_are_cut_as_scikit_image_cuts_them(noise):
    from skimage.filters import gaussian
    from skimage.segmentation import slic

    from xaikit.vrx.segments import ROUNDS

    small = np.ascontiguousarray(noise[:96, :96])
    smooth = gaussian(small.astype(np.float32), 1, channel_axis=-1)
    expected = slic(smooth, 25, 20.0, ROUNDS, start_label=0)
    cut = superpixels(small, (25,))
    found = masks_of(cut).argmax(axis=0)
    assert (found == expected).mean() > 0.99


def test_a_superpixel_that_repeats_a_coarser_one_is_not_distinct(picture):
    cut = superpixels(picture, (4, 4))
    half = cut.n // 2
    assert cut.distinct[:half].all()
    assert not cut.distinct[half:].any()


def test_distinct_against_the_definition():
    noise = np.random.default_rng(1).integers(0, 255, (48, 48, 3), dtype=np.uint8)
    cut = superpixels(noise, (6, 12, 20))
    masks, keep = masks_of(cut), []
    for later, mask in enumerate(masks):
        twins = (
            (mask & masks[early]).sum() / (mask | masks[early]).sum() > 0.5
            for early in range(later)
            if keep[early]
        )
        keep.append(not any(twins))
    assert cut.distinct.tolist() == keep


@pytest.mark.parametrize("cutter", [slic_leaves, felzenszwalb_leaves])
def test_a_picture_of_one_color_is_cut_and_merged(cutter):
    leaves = cutter(np.full((20, 32, 3), 90, np.uint8))
    assert (masks_of(leaves).sum(axis=0) == 1).all()
    tree = merge_tree(leaves, np.ones((leaves.n, 2)))
    assert tree.n == 2 * leaves.n - 1
    assert tree.mask(tree.n - 1).all()


def test_no_leaf_of_a_drawing_is_in_two_parts(picture):
    """But for a rim of a few pixels; and most of a part is one leaf."""
    leaves = felzenszwalb_leaves(picture).leaves
    inner = [leaves[y : y + 20, x : x + 20] for y in (6, 38) for x in (6, 38)]
    numbers = [set(part.ravel().tolist()) for part in inner]
    assert len(set().union(*numbers)) == sum(map(len, numbers))
    assert all(np.bincount(part.ravel()).max() > 0.7 * part.size for part in inner)


# ---- the merge tree ----


def merged_slowly(labels: np.ndarray, features: np.ndarray, weight: float) -> list[tuple[set, set]]:
    """Which two sets of leaves are merged, in which order: all neighbours are looked at each time."""
    nodes = [{k} for k in range(len(features))]
    merges = []

    def touch(a: set[int], b: set[int]) -> bool:
        mine, yours = np.isin(labels, list(a)), np.isin(labels, list(b))
        across = (mine[:, :-1] & yours[:, 1:]) | (yours[:, :-1] & mine[:, 1:])
        down = (mine[:-1] & yours[1:]) | (yours[:-1] & mine[1:])
        return bool(across.any() or down.any())

    def mean(a: set[int]) -> np.ndarray:
        areas = {k: (labels == k).sum() for k in a}
        return sum(areas[k] * features[k] for k in a) / sum(areas.values())

    def cost(a: set[int], b: set[int]) -> float:
        areas = [np.isin(labels, list(one)).sum() for one in (a, b)]
        return float(np.linalg.norm(mean(a) - mean(b)) * min(areas) ** weight)

    while True:
        pairs = [(a, b) for n, a in enumerate(nodes) for b in nodes[n + 1 :] if touch(a, b)]
        if not pairs:
            return merges
        a, b = min(pairs, key=lambda pair: cost(*pair))
        merges.append((a, b))
        nodes = [one for one in nodes if one not in (a, b)] + [a | b]


@pytest.fixture(params=range(4))
def grown(request) -> tuple[np.ndarray, np.ndarray, Segments]:
    """A small map of leaves of different sizes, random features, and the tree."""
    rng = np.random.default_rng(request.param)
    seeds = rng.choice(80, 9, replace=False)
    ys, xs = np.indices((8, 10))
    distance = np.stack([np.hypot(ys - s // 10, xs - s % 10) for s in seeds])
    labels = distance.argmin(axis=0).astype(np.int16)
    features = rng.random((9, 3))
    return labels, features, merge_tree(Segments.of_leaves(labels, (8, 10), 1), features)


def leaves_of(tree: Segments, node: int) -> set[int]:
    return set(np.flatnonzero(tree.members[node]).tolist())


def test_the_cheapest_neighbours_are_merged_first(grown):
    labels, features, tree = grown
    expected = merged_slowly(labels, features, 0.35)
    assert tree.n == 9 + len(expected) == 17
    for new, (a, b) in enumerate(expected, start=9):
        children = [leaves_of(tree, k) for k in np.flatnonzero(tree.parents == new)]
        assert sorted(map(sorted, children)) == sorted(map(sorted, (a, b)))
        assert leaves_of(tree, new) == a | b


def test_a_node_stands_out_from_the_one_it_was_merged_with(grown):
    labels, features, tree = grown
    areas = np.bincount(labels.ravel())
    means = [np.average(features, axis=0, weights=areas * own) for own in tree.members]
    for node, parent in enumerate(tree.parents[:-1]):
        (other,) = set(np.flatnonzero(tree.parents == parent)) - {node}
        assert tree.contrast[node] == pytest.approx(np.linalg.norm(means[node] - means[other]))
    assert tree.contrast[-1] == 0
    keep = np.arange(tree.n) % 2 == 0
    np.testing.assert_array_equal(tree.only(keep).contrast, tree.contrast[keep])


def test_leaves_come_first_and_children_before_parents(grown):
    _, _, tree = grown
    np.testing.assert_array_equal(tree.members[:9], np.eye(9, dtype=bool))
    inner = tree.parents >= 0
    assert (tree.parents[inner] > np.flatnonzero(inner)).all()
    assert np.flatnonzero(~inner).tolist() == [tree.n - 1]
    assert tree.mask(tree.n - 1).all()


def test_with_no_weight_on_size_only_likeness_counts(grown):
    labels, features, _ = grown
    tree = merge_tree(Segments.of_leaves(labels, (8, 10), 1), features, size_weight=0.0)
    first = merged_slowly(labels, features, 0.0)[0]
    assert leaves_of(tree, 9) == first[0] | first[1]


def test_what_is_ragged():
    """Compact are a disc, a slanted ellipse and nearly a bar; a frame has a hole, a pair of squares a gap."""
    y, x = np.mgrid[:64, :64] - 31.5
    disc = np.hypot(x, y) < 20
    slanted = ((x + y) / 30) ** 2 + ((x - y) / 10) ** 2 < 1
    bar = (abs(x) < 25) & (abs(y) < 5)
    frame = (abs(x) < 25) & (abs(y) < 25) & ~((abs(x) < 20) & (abs(y) < 20))
    pair = (abs(abs(x) - 20) < 5) & (abs(y) < 5)
    found = Segments.of_masks(np.stack([disc, slanted, bar, frame, pair])).raggedness
    assert abs(found[:2]).max() < 0.03
    assert found[2] == pytest.approx(np.log(np.pi / 3), abs=0.03)
    # a square ring of sides a and b has the variance (a² + b²) / 12 on either axis, and the area a² − b²
    a, b = 50, 40
    assert found[3] == pytest.approx(np.log(np.pi / 3 * (a**2 + b**2) / (a**2 - b**2)), abs=0.03)
    # two squares of side s, d apart: s² / 12 + (d / 2)² across, s² / 12 down
    s, d = 10, 40
    ellipse = 4 * np.pi * np.sqrt((s**2 / 12 + (d / 2) ** 2) * s**2 / 12)
    assert found[4] == pytest.approx(np.log(ellipse / (2 * s**2)), abs=0.03)


def test_one_leaf_is_a_tree():
    tree = merge_tree(Segments.of_leaves(np.zeros((4, 4), np.int16), (4, 4), 1), np.ones((1, 2)))
    assert (tree.n, tree.parents.tolist()) == (1, [-1])


def test_a_tree_without_some_nodes_keeps_who_lies_in_whom():
    """Leaves 0 to 3; 4 = 0 + 1, 5 = 2 + 3, 6 = 4 + 5. Without 4 and leaf 3, leaf 0 lies in 6 and 2 in 5."""
    members = np.array(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]],
        bool,
    )
    leaves = np.arange(4, dtype=np.int16).reshape(2, 2)
    tree = Segments(leaves, members, (2, 2), 1, np.array([4, 4, 5, 5, 6, 6, -1]))
    kept = np.array([True, True, True, False, False, True, True])
    some = tree.only(kept)
    np.testing.assert_array_equal(some.members, members[kept])
    assert some.parents.tolist() == [4, 4, 3, 4, -1]
    with pytest.raises(ValueError, match="no tree"):
        Segments.of_masks(members.reshape(7, 2, 2)).only(kept)
