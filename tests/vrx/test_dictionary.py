"""Dictionaries of what recurs: the cut against every choice of nodes, and recurrence written out."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence

import numpy as np
import pytest

from tests.vrx.conftest import CLASSES
from xaikit.vrx import dictionary
from xaikit.vrx.candidates import Candidates, Proposer
from xaikit.vrx.dictionary import Dictionary, DictionarySettings, best_cut, learn, recurrence
from xaikit.vrx.segments import Segments, merge_tree


def row_of(n: int, features: Sequence[Sequence[float]] | None = None, order: int = 0) -> Segments:
    """A picture of n columns, each two pixels wide; a tree over them where features are given."""
    labels = np.arange(n, dtype=np.int16).repeat(2)[None].repeat(4, axis=0)
    leaves = Segments.of_leaves(labels, (4, 2 * n), 1)
    return leaves if features is None else merge_tree(leaves, np.array(features, float))


def look_at(
    features: Sequence[Sequence[float]], segments: Segments | None = None, usable: Sequence[int] | None = None
) -> Candidates:
    """A look at a picture whose segments have these features; all lie in the mask of the one class."""
    segments = segments or row_of(len(features))
    chosen = np.isin(np.arange(segments.n), range(segments.n) if usable is None else usable)
    return Candidates(
        view=np.zeros((*segments.size, 3), np.uint8),
        logits=np.zeros(1, np.float32),
        segments=segments,
        features=np.array(features, np.float32).reshape(segments.n, -1),
        evidence=np.zeros((segments.n, 1), np.float32),
        whole=np.zeros(1, np.float32),
        sensitivity=np.empty((0, 1), np.float32),
        inside=np.ones((1, segments.n)),
        blank=np.zeros(1, bool),
        top1=0,
        top1_probability=1.0,
        min_inside=0.5,
        usable=chosen,
    )


# ---- the cut ----


def best_slowly(segments: Segments, usable: np.ndarray, value: np.ndarray) -> float:
    """The largest sum of values of usable nodes of which no two overlap: all sets of nodes are tried."""
    overlap = (segments.members[:, None] & segments.members[None]).any(axis=2)
    best = 0.0
    for size in range(1, len(usable) + 1):
        for rows in itertools.combinations(range(len(usable)), size):
            own = usable[list(rows)]
            if not np.triu(overlap[np.ix_(own, own)], 1).any():
                best = max(best, float(value[list(rows)].sum()))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_choice_of_nodes_that_do_not_overlap_is_worth_more(seed):
    rng = np.random.default_rng(seed)
    tree = row_of(6, rng.random((6, 2)))
    usable = np.sort(rng.choice(tree.n, 8, replace=False))
    # larger nodes are worth more on the whole, or leaves would always win
    value = rng.random(8) * tree.areas[usable] ** rng.choice([0.5, 1.0])
    kept = best_cut(tree, usable, value)
    assert (np.diff(kept) > 0).all()
    assert tree.members[usable[kept]].sum(axis=0).max() <= 1
    assert value[kept].sum() == pytest.approx(best_slowly(tree, usable, value))


def test_of_a_forest_every_tree_is_cut():
    leaves = row_of(5)
    assert best_cut(leaves, np.array([0, 2, 4]), np.array([1.0, 0.0, 2.0])).tolist() == [0, 2]


def test_what_is_worth_nothing_is_not_taken():
    tree = row_of(4, np.eye(4))
    assert best_cut(tree, np.arange(tree.n), np.zeros(tree.n)).size == 0
    assert best_cut(tree, np.array([], int), np.array([])).size == 0


def test_segments_that_are_no_tree_are_refused():
    overlapping = Segments.of_masks(np.ones((2, 4, 4), bool))
    with pytest.raises(ValueError, match="no tree"):
        best_cut(overlapping, np.arange(2), np.ones(2))


# ---- recurrence ----


def test_recurrence_written_out():
    """The mean over the nearest fifth of the other pictures of the distance to each one's nearest segment."""
    rng = np.random.default_rng(0)
    rows = [rng.random((n, 3)) for n in (4, 2, 5, 3, 0, 1, 6, 2, 2, 3, 4, 5)]
    found = dictionary._recurrence(rows, nearest=0.2)
    n_near = int(0.2 * 11)
    assert n_near == 2
    for number, own in enumerate(rows):
        expected = []
        for feature in own:
            nearest = []
            for k, other in enumerate(rows):
                if k != number and len(other):
                    nearest.append(min(float(np.linalg.norm(feature - one)) for one in other))
            expected.append(np.mean(sorted(nearest)[:n_near]))
        np.testing.assert_allclose(found[number], expected)


def test_a_segment_is_worth_what_its_size_recurrence_and_outline_say(monkeypatch):
    """Σ area^p · contrast^q · exp(−r / τ − b · raggedness), τ a share of the median r: what is kept."""
    rng = np.random.default_rng(1)
    looks = [look_at(rng.random((11, 2)), row_of(6, rng.random((6, 2)))) for _ in range(5)]
    given = []

    def watched(segments: Segments, usable: np.ndarray, value: np.ndarray) -> np.ndarray:
        given.append(value)
        return best_cut(segments, usable, value)

    monkeypatch.setattr(dictionary, "best_cut", watched)
    settings = DictionarySettings(
        size_weight=0.7, contrast_weight=0.3, sharpness=0.4, nearest=0.3, compactness=1.5
    )
    rows, pictures, kept_again = dictionary._kept(looks, 0, settings)
    again = dictionary._recurrence([look.features for look in looks], 0.3)
    scale = 0.4 * np.median(np.concatenate(again))
    expected = []
    for number, (look, r, value) in enumerate(zip(looks, again, given, strict=True)):
        ragged = np.maximum(look.segments.raggedness, 0)
        size, contrast = look.segments.areas / 48, look.segments.contrast
        np.testing.assert_allclose(value, size**0.7 * contrast**0.3 * np.exp(-r / scale - 1.5 * ragged))
        kept = best_cut(look.segments, np.arange(11), value)
        expected += [(number, *look.features[k], r[k]) for k in kept]
    np.testing.assert_allclose(np.column_stack([pictures, rows, kept_again]), expected)
    apart = [float(np.linalg.norm(a - b)) for k, a in enumerate(rows) for b in rows[:k]]
    near = np.median([one[-1] for one in expected])
    assert recurrence(looks, 0, settings) == pytest.approx(near / np.median(apart), rel=1e-5)


def test_leaves_stand_out_from_nothing():
    leaves = row_of(3)
    value = dictionary._worth(leaves, np.arange(3), np.zeros(3), DictionarySettings(compactness=0.0))
    np.testing.assert_allclose(value, (1 / 3) ** 0.5)


def test_recurrence_is_nothing_for_the_same_and_infinite_for_no_two():
    same = [look_at([[0.0, 0.0], [3.0, 0.0]]) for _ in range(4)]
    assert recurrence(same, 0, DictionarySettings()) == 0
    assert recurrence([look_at([[1.0, 2.0]])], 0, DictionarySettings()) == float("inf")


# ---- entries ----


def test_an_entry_is_a_mean_and_a_quantile_of_distances_to_it():
    rng = np.random.default_rng(2)
    rows = rng.random((30, 4))
    settings = DictionarySettings(threshold_quantile=0.8)
    entries = dictionary._entries([rows, rows[:2]], 4, 10, settings)
    assert len(entries.means) == 1, "two segments are too few for an entry"
    assert len(dictionary._entries([rows, rows[:9]], 4, 90, settings).means) == 2
    assert len(dictionary._entries([rows, rows[:9]], 4, 91, settings).means) == 1, "so are 9 of 91 pictures"
    np.testing.assert_allclose(entries.means[0], rows.mean(axis=0), rtol=1e-6)
    away = sorted(np.linalg.norm(rows - rows.mean(axis=0), axis=1))
    expected = np.quantile(away, 0.8) * (31 / 29) ** 0.5
    np.testing.assert_allclose(entries.thresholds[0], expected, rtol=1e-6)


def test_a_threshold_is_meant_for_segments_it_was_not_made_of():
    """Of five of a kind the mean is as far from new ones as the threshold says."""
    rng = np.random.default_rng(3)
    within = []
    for _ in range(200):
        own, new = rng.normal(size=(2, 5, 40))
        learned = dictionary._entries([own], 40, 5, DictionarySettings(threshold_quantile=0.5))
        within.append(np.mean(np.linalg.norm(new - learned.means[0], axis=1) <= learned.thresholds[0]))
    assert np.mean(within) == pytest.approx(0.5, abs=0.05)


def test_segments_that_are_all_alike_leave_some_room():
    entries = dictionary._entries([np.ones((5, 2))], 2, 5, DictionarySettings())
    assert 0 < entries.thresholds[0] < 0.01


@pytest.fixture
def things() -> list[Candidates]:
    """Twelve pictures of a wheel, a door and two scraps; scraps are never alike."""
    rng = np.random.default_rng(3)
    axes = 30 * np.eye(25)
    looks = []
    for number in range(12):
        wheel, door = rng.normal(0, 0.05, 25), axes[0] + rng.normal(0, 0.05, 25)
        looks.append(look_at([wheel, door, axes[1 + 2 * number], axes[2 + 2 * number]]))
    return looks


def test_what_recurs_is_learned_and_found_again(things):
    settings = DictionarySettings()
    learned = learn(things, 0, settings)
    order = np.argsort(learned.means[:, 0])
    np.testing.assert_allclose(learned.means[order], 30 * np.eye(25)[[24, 0]] * [[0], [1]], atol=0.1)
    n_found = 0
    for look in things:
        for k, found in learned.read(look, 0).items():
            n_found += 1
            assert found.segments.tolist() == [list(order).index(k)]
            away = np.linalg.norm(look.features[found.segments] - learned.means[k], axis=1)
            np.testing.assert_allclose(found.distances, away, rtol=1e-4)
    assert n_found >= 12, "a threshold leaves out the least alike, not most"


def test_two_runs_give_the_same_bytes(things):
    for n_groups in (None, 3):
        one, other = (learn(things, 0, DictionarySettings(n_groups=n_groups)) for _ in range(2))
        assert one.means.tobytes() == other.means.tobytes()
        assert one.thresholds.tobytes() == other.thresholds.tobytes()


def test_the_number_of_groups_can_be_given(things):
    rows, pictures, _ = dictionary._kept(things, 0, DictionarySettings())
    groups = dictionary._groups(rows, pictures, len(things), DictionarySettings(n_groups=2))
    assert len(groups) == 2
    assert sorted(np.concatenate(groups)) == list(range(len(rows)))


def test_in_another_order_entries_are_found_under_other_numbers(things):
    learned = learn(things, 0, DictionarySettings())
    turned = learned.reordered([1, 0])
    seen = set()
    for look in things:
        one, other = learned.read(look, 0), turned.read(look, 0)
        assert {1 - k: found.segments.tolist() for k, found in one.items()} == {
            k: found.segments.tolist() for k, found in other.items()
        }
        seen |= set(one)
    assert seen == {0, 1}


# ---- reading ----


def entries(*means: float, threshold: float = 1.0, **settings: float) -> Dictionary:
    return Dictionary(
        np.array([[one] for one in means], np.float32),
        np.full(len(means), threshold, np.float32),
        DictionarySettings(**settings),
    )


def test_a_segment_is_found_only_below_the_threshold():
    look = look_at([[0.9], [1.1], [5.0]])
    assert entries(0.0).read(look, 0)[0].segments.tolist() == [0]
    assert entries(-0.2).read(look, 0) == {}


def test_a_segment_belongs_to_the_entry_that_is_nearest_in_thresholds():
    look = look_at([[0.0]])
    near_and_narrow = Dictionary(
        np.float32([[0.5], [-1.0]]), np.float32([0.6, 2.0]), DictionarySettings()
    )  # 0.5 is 0.83 of a threshold away, −1 only half a one
    assert set(near_and_narrow.read(look, 0)) == {1}


def test_two_wheels_are_one_region_and_a_small_piece_is_dropped():
    labels = np.zeros((4, 20), np.int16)
    labels[:, 4:8], labels[:, 8:12], labels[:, 12:16], labels[0, 17] = 1, 2, 3, 4
    leaves = Segments.of_leaves(labels, (4, 20), 1)
    look = look_at([[9.0], [0.0], [9.0], [0.0], [0.0]], leaves)
    assert sorted(entries(0.0, min_piece=0.25).read(look, 0)[0].segments) == [1, 3]
    assert sorted(entries(0.0, min_piece=0.05).read(look, 0)[0].segments) == [1, 3, 4]
    assert sorted(entries(0.0, min_piece=1.0).read(look, 0)[0].segments) == [1, 3]


def test_scraps_side_by_side_are_one_piece():
    """Four columns side by side, each under a quarter of the far one, together over it."""
    labels = np.zeros((4, 30), np.int16)
    labels[:, 1:9] = 1
    for k in range(4):
        labels[:, 12 + k] = 2 + k
    leaves = Segments.of_leaves(labels, (4, 30), 1)
    look = look_at([[9.0], *[[0.0]] * 5], leaves)
    assert len(entries(0.0, min_piece=0.3).read(look, 0)[0].segments) == 5


@pytest.mark.parametrize("look", [look_at([[0.0], [1.0]], usable=[])], ids=["no segment"])
def test_a_picture_without_usable_segments_shows_nothing(look):
    assert entries(0.0).read(look, 0) == {}
    assert entries().reordered([]).read(look_at([[0.0]]), 0) == {}


# ---- limits: what cannot be learned is no error, and warns of nothing ----


@pytest.fixture
def strict():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def nowhere() -> Candidates:
    return look_at([[0.0], [1.0]], usable=[])


@pytest.mark.parametrize("n_groups", [None, 3])
@pytest.mark.parametrize(
    "looks",
    [
        [nowhere(), nowhere()],
        [look_at([[0.0], [1.0]]), nowhere(), nowhere()],
        [look_at([[0.0], [1.0]])],
        [look_at([[0.0]]), look_at([[0.0]])],
    ],
    ids=["no segment", "segments in one picture", "one picture", "two pictures alike"],
)
def test_from_next_to_nothing_next_to_nothing_is_learned(looks, n_groups, strict):
    settings = DictionarySettings(n_groups=n_groups)
    assert len(learn(looks, 0, settings).means) == 0


def test_the_same_picture_many_times(strict):
    """Every distance between pictures is zero."""
    looks = [look_at([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]]) for _ in range(6)]
    learned = learn(looks, 0, DictionarySettings())
    assert sorted(learned.means.tolist()) == [[0, 0], [0, 3], [3, 0]]
    assert all(len(learned.read(look, 0)) == 3 for look in looks)


# ---- on the built-in world ----


@pytest.fixture(scope="module")
def looked(network, pictures) -> list[Candidates]:
    own = [sample.image for sample in pictures.of_class(CLASSES[0])][:12]
    return list(Proposer(network, CLASSES, segmentation="tree")([network.view(one) for one in own], True))


def test_no_two_regions_of_a_class_overlap_in_any_picture(looked):
    learned, n_found = learn(looked, 0, DictionarySettings()), 0
    assert len(learned.means)
    for look in looked:
        read = learned.read(look, 0)
        n_found += len(read)
        covered = sum(look.segments.mask(k).astype(int) for one in read.values() for k in one.segments)
        assert np.max(covered) <= 1
        for k, one in read.items():
            assert (one.distances <= learned.thresholds[k]).all()
            assert set(one.segments) <= set(look.distinct)
    assert n_found > len(looked)


def test_a_part_is_sought_in_the_whole_picture_or_in_the_mask(looked):
    """Discovery keeps to the Grad-CAM mask in either case; only reading differs."""
    everywhere, masked = (learn(looked, 0, DictionarySettings(everywhere=way)) for way in (True, False))
    there, in_mask = ([d.read(look, 0) for look in looked] for d in (everywhere, masked))
    outside = [
        set(one.segments) - set(look.of_class(0))
        for look, own in zip(looked, there, strict=True)
        for one in own.values()
    ]
    assert any(outside)
    for look, own in zip(looked, in_mask, strict=True):
        assert all(set(one.segments) <= set(look.of_class(0)) for one in own.values())


def test_a_class_is_learned_alike_twice(looked):
    one, other = (learn(looked, 0, DictionarySettings()) for _ in range(2))
    assert one.means.tobytes() == other.means.tobytes()
    assert one.thresholds.tobytes() == other.thresholds.tobytes()


def test_a_picture_without_segments_counts_among_the_pictures():
    """A thing in four of five pictures, the last of them without any segment, is in fewer than all."""
    rng = np.random.default_rng(5)
    looks = [look_at([[1.0, 0.0], *rng.random((1, 2)) * 9]) for _ in range(4)]
    looks.append(look_at([[1.0, 0.0], [0.0, 1.0]], usable=[]))
    in_all, in_most = (DictionarySettings(min_found=share) for share in (1.0, 0.8))
    rows, pictures, _ = dictionary._kept(looks, 0, in_all)
    (thing,) = (own for own in dictionary._groups(rows, pictures, len(looks), in_all) if 0 in own)
    assert not dictionary._recurs(pictures[thing], len(looks), in_all)
    assert dictionary._recurs(pictures[thing], len(looks), in_most)
