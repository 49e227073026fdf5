"""Graphs of a picture: one-to-one matching against all assignments, regions as nodes, ACE's rule."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from xaikit.vrx.candidates import Candidates
from xaikit.vrx.concept import Concept
from xaikit.vrx.dictionary import Dictionary, DictionarySettings
from xaikit.vrx.scg import GraphArrays, fill_graphs, match, match_class
from xaikit.vrx.segments import Segments
from xaikit.vrx.vce import ExtractorSettings, keeps_cluster


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
        picture_size=(64, 64),
    )


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


# ---- regions as nodes ----

EPSILON = 1e-3


@pytest.fixture
def look() -> Candidates:
    """A picture of 8 × 8 in four columns; features and evidence tell their number."""
    labels = np.arange(4, dtype=np.int16).repeat(2)[None].repeat(8, axis=0)
    segments = Segments.of_leaves(labels, (8, 8), 1)
    return Candidates(
        view=np.zeros((8, 8, 3), np.uint8),
        logits=np.zeros(2, np.float32),
        segments=segments,
        features=np.array([[0.0], [1.0], [2.0], [3.0]], np.float32),
        evidence=np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]], np.float32),
        whole=np.array([2.5, 25.0], np.float32),
        sensitivity=np.empty((0, 1), np.float32),
        inside=np.array([[1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]]),
        blank=np.zeros(2, bool),
        top1=0,
        top1_probability=1.0,
        min_inside=0.5,
        usable=np.ones(4, bool),
    )


@pytest.fixture
def graphs(look) -> GraphArrays:
    """Class 0 has the first two columns as one region; class 1 the same, and the last column."""
    regions = {(0, 1): np.array([1, 0]), (1, 0): np.array([0, 1]), (1, 1): np.array([3])}
    return fill_graphs(look, regions, np.full((2, 2), 0.5, np.float32), EPSILON)


def test_a_node_tells_the_mean_evidence_and_the_area_of_its_region(graphs):
    np.testing.assert_allclose(graphs.features[0, 1], [1.5, 15.0, 0.5])
    np.testing.assert_allclose(graphs.features[1, 1], [4.0, 40.0, 0.25])
    np.testing.assert_array_equal(graphs.features[0, 0], np.float32([EPSILON] * 3))
    np.testing.assert_array_equal(graphs.positions[0, 0], np.float32([EPSILON] * 2))
    np.testing.assert_allclose(graphs.positions[1, 1], [7 / 8, 0.5])
    assert graphs.detected.tolist() == [[False, True], [True, True]]


def test_concepts_of_two_classes_may_share_a_region(graphs):
    assert graphs.where.n == 2
    assert graphs.rows[0, 1] == graphs.rows[1, 0]
    first, last = graphs.masks()
    assert first[:, :4].all() and not first[:, 4:].any()
    assert last[:, 6:].all() and not last[:, :6].any()


def test_a_concept_is_covered_where_more_than_half_of_it_is(graphs):
    mask = np.zeros((8, 8), bool)
    mask[:, :2] = True  # half of the first region
    assert not graphs.covered(mask).any()
    mask[0, 2] = True
    assert graphs.covered(mask).tolist() == [[False, True], [True, False]]


def test_what_no_concept_covers_is_the_rest(graphs):
    """Of class 0 the last two columns, of class 1 the third; each the mean evidence times the area."""
    np.testing.assert_allclose(graphs.rest, [[1.75, 17.5], [0.75, 7.5]], rtol=1e-5)


def test_seen_again_new_evidence_takes_the_place_of_the_old_and_what_is_gone_is_a_dummy(graphs):
    gone = np.array([[False, True], [False, False]])
    again = graphs.seen_again(
        np.array([[7.0, 8.0], [5.0, 6.0]], np.float32), np.float32([6, 7]), gone, EPSILON
    )
    np.testing.assert_array_equal(again.features[0], np.full((2, 3), EPSILON, np.float32))
    np.testing.assert_allclose(again.features[1], [[7.0, 8.0, 0.5], [5.0, 6.0, 0.25]])
    assert again.rows.tolist() == [[-1, -1], [0, 1]]
    np.testing.assert_allclose(again.rest, [[6, 7], [6 - 3.5 - 1.25, 7 - 4 - 1.5]])
    assert graphs.detected[0, 1], "the graphs before the edit are left as they were"


def test_a_dictionary_reads_each_class_by_its_own_candidates(look):
    """Entry 0 is like the first column, entry 1 like the last, which is outside class 0's mask."""
    both = [concept([0.0], 0.4), concept([3.0], 0.4)]
    means, thresholds = np.array([[0.0], [3.0]], np.float32), np.float32([0.4, 0.4])
    entries, everywhere = (
        Dictionary(means, thresholds, DictionarySettings(everywhere=way)) for way in (False, True)
    )
    found = match(look, [both, both], [everywhere, everywhere], 3, EPSILON)
    assert found.detected.tolist() == [[True, True, False], [True, True, False]]
    np.testing.assert_allclose(found.distances, [[0, 0, np.inf], [0, 0, np.inf]])
    read = match(look, [both, both], [entries, entries], 3, EPSILON)
    assert read.detected.tolist() == [[True, False, False], [True, True, False]]
    np.testing.assert_allclose(read.distances, [[0, 1, np.inf], [0, 0, np.inf]])
    matched = match(look, [both, both], [None, None], 3, EPSILON)
    np.testing.assert_array_equal(matched.features, read.features)
    np.testing.assert_array_equal(matched.detected, read.detected)


def test_entries_that_are_no_concepts_are_read_past(look):
    """They take their segments, but make no node."""
    entries = Dictionary(np.array([[0.0], [3.0]], np.float32), np.float32([0.4, 0.4]), DictionarySettings())
    own = [concept([0.0], 0.4)]
    read = match(look, [own, own], [entries, entries], 1, EPSILON)
    assert read.detected.tolist() == [[True], [True]]
    assert read.where.n == 1
