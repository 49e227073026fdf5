"""Superpixels, pooling and matching against slow literal forms and at their limits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from xaikit.vrx.scg import match_class
from xaikit.vrx.segments import superpixels
from xaikit.vrx.vce import Concept, ExtractorSettings, keeps_cluster


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """Four flat quarters of different colours."""
    image = np.zeros((64, 64, 3), np.uint8)
    image[:32, :32], image[:32, 32:], image[32:, :32], image[32:, 32:] = (
        (200, 0, 0),
        (0, 200, 0),
        (0, 0, 200),
        255,
    )
    return image


def concept(mean: list[float], threshold: float) -> Concept:
    return Concept(
        cls="c",
        index=0,
        patches=[np.zeros((2, 2, 4), np.uint8)],
        boxes=np.zeros((1, 2), int),
        sources=["a"],
        evidence=np.zeros((1, 3), np.float32),
        contributions=np.zeros(1, np.float32),
        distances=np.zeros(1),
        mean_feature=np.array(mean, np.float32),
        threshold=threshold,
        score=1.0,
        p_value=0.0,
        sensitivity=1.0,
        picture_size=64,
    )


def test_every_resolution_covers_every_pixel_once(picture):
    cut = superpixels(picture, (4, 9))
    total = np.zeros(picture.shape[:2], int)
    for index in range(cut.n):
        total += cut.mask(index)
    assert (total == 2).all()
    assert cut.areas.sum() == 2 * total.size


def test_pooling_is_the_mean_over_the_mask(picture):
    cut = superpixels(picture, (4, 9))
    features = np.random.default_rng(0).random((3, 8, 8)).astype(np.float32)
    full_size = features.repeat(8, axis=1).repeat(8, axis=2)
    expected = np.stack([full_size[:, cut.mask(index)].mean(axis=1) for index in range(cut.n)])
    np.testing.assert_allclose(cut.pool(features), expected, rtol=1e-5)


def test_centers_are_centroids(picture):
    cut = superpixels(picture, (4,))
    for index in range(cut.n):
        ys, xs = np.nonzero(cut.mask(index))
        np.testing.assert_allclose(cut.centers[index], (xs.mean() + 0.5, ys.mean() + 0.5))


def test_a_superpixel_that_repeats_a_coarser_one_is_not_distinct(picture):
    cut = superpixels(picture, (4, 4))
    half = cut.n // 2
    assert cut.distinct[:half].all()
    assert not cut.distinct[half:].any()


def test_distinct_against_the_definition():
    noise = np.random.default_rng(1).integers(0, 255, (48, 48, 3), dtype=np.uint8)
    cut = superpixels(noise, (6, 12, 20))
    masks = [cut.mask(index) for index in range(cut.n)]
    level = [int(np.flatnonzero((cut.labels == index).any(axis=(1, 2)))[0]) for index in range(cut.n)]
    keep = []
    for later, mask in enumerate(masks):
        twins = (
            (mask & masks[early]).sum() / (mask | masks[early]).sum() > 0.5
            for early in range(later)
            if keep[early] and level[early] < level[later]
        )
        keep.append(not any(twins))
    assert cut.distinct.tolist() == keep


def test_matching_is_the_best_one_to_one_assignment():
    rng = np.random.default_rng(2)
    features = rng.random((6, 5)).astype(np.float32)
    concepts = [concept(rng.random(5).tolist(), 10.0) for _ in range(3)]
    matches, distances = match_class(features, concepts)
    means = np.stack([c.mean_feature for c in concepts])

    def cost(rows: tuple[int, ...]) -> float:
        return sum(np.linalg.norm(means[k] - features[row]) for k, row in enumerate(rows))

    best = min(itertools.permutations(range(6), 3), key=cost)
    assert tuple(matches) == best
    np.testing.assert_allclose(
        distances, [np.linalg.norm(means[k] - features[r]) for k, r in enumerate(best)]
    )


def test_a_concept_is_detected_where_the_distance_is_smaller_than_its_threshold():
    features = np.array([[0.0, 0.0], [5.0, 0.0]], np.float32)
    matches, distances = match_class(features, [concept([0.0, 1.0], 1.5), concept([5.0, 2.0], 1.5)])
    assert matches.tolist() == [0, -1]
    assert distances.tolist() == [1.0, 2.0]


def test_an_absent_concept_does_not_take_the_patch_of_a_present_one():
    """Uncapped, giving patch 0 to the far concept and patch 1 to the near one would cost less in all."""
    features = np.array([[0.0, 0.0], [3.0, 0.0]], np.float32)
    far, near = concept([-4.0, 0.0], 1.0), concept([1.0, 0.0], 1.2)
    matches, _ = match_class(features, [far, near])
    assert matches.tolist() == [-1, 0]


def test_nothing_to_match_leaves_every_concept_undetected():
    matches, distances = match_class(np.empty((0, 2), np.float32), [concept([0, 0], 1.0)])
    assert matches.tolist() == [-1]
    assert np.isinf(distances).all()


@pytest.mark.parametrize(
    ("size", "pictures", "kept"),
    [
        (20, 20, False),  # not more than min_size
        (30, 16, True),  # more pictures than half its patches
        (60, 16, True),  # more than a quarter of its patches and of the 50 pictures
        (60, 12, False),  # 12 pictures are less than a quarter of 50
        (200, 26, True),  # more than a tenth of its patches, and more than half of the pictures
        (200, 20, False),
    ],
)
def test_cluster_rule_of_ace(size, pictures, kept):
    assert keeps_cluster(size, pictures, 50, ExtractorSettings()) is kept
