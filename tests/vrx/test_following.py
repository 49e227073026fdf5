"""An edit is followed: what was put somewhere is there, what was covered is gone, all else stays."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tests.vrx.conftest import CLASSES
from xaikit.core.images import cut, paste
from xaikit.vrx.edits import Spot, painted, spot_of
from xaikit.vrx.following import EDITED, Placed, follow


@pytest.fixture(scope="module")
def several(explained):
    """Pictures with two detected concepts of their class or more."""
    found = [e for e in explained if sum(n.detected for n in e.graphs[e.prediction].nodes) > 1]
    assert len(found) >= 3
    return found[:6]


@pytest.fixture(scope="module")
def exp(several):
    return several[0]


def detected(exp, cls: str | None = None) -> list:
    return [node for node in exp.graphs[cls or exp.prediction].nodes if node.detected]


def red_cross(side: int = 14) -> np.ndarray:
    """A patch that is like nothing in these pictures."""
    patch = np.zeros((side, 2 * side, 4), np.uint8)
    patch[:] = (255, 0, 255, 255)
    patch[side // 3 : -side // 3 + 1] = (0, 255, 0, 255)
    return patch


def untouched(before, after, edited: np.ndarray, but: tuple[str, int] | None = None) -> int:
    """Checks that what was not edited stayed, what was covered is gone; how many there were of each."""
    n = 0
    for cls in before.classes:
        for old, new in zip(before.graphs[cls].nodes, after.graphs[cls].nodes, strict=True):
            if (cls, old.index) == but:
                continue
            covered = old.detected and (old.mask & edited).sum() > old.mask.sum() / 2
            assert new.detected == (old.detected and not covered)
            if new.detected:
                np.testing.assert_array_equal(new.mask, old.mask)
                assert new.center == pytest.approx(old.center, abs=1e-3)
                assert new.feature[-1] == pytest.approx(old.feature[-1])
                n += 1
    return n


def pixels(before, after) -> np.ndarray:
    return np.abs(after.image.astype(int) - before.image).max(axis=2) > EDITED


def test_followed_without_an_edit_all_is_as_before(vrx, several):
    for exp in several:
        same = follow(vrx.fitted_, exp, exp.image)
        assert untouched(exp, same, np.zeros(exp.image.shape[:2], bool))
        np.testing.assert_allclose(same.node_contributions, exp.node_contributions, atol=1e-3)
        np.testing.assert_allclose(same.node_effects, exp.node_effects, atol=1e-3)
        assert same.probabilities == pytest.approx(exp.probabilities, abs=1e-4)
        assert same.answer.name == exp.answer.name


def test_what_is_dropped_is_its_concept_whatever_it_looks_like(vrx, several):
    patch = red_cross()
    for exp in several[:3]:
        for cls in CLASSES:
            for k in range(len(exp.graphs[cls].nodes)):
                after = vrx.substitute(exp, cls, k, patch).after
                old, new = exp.graphs[cls].nodes[k], after.graphs[cls].nodes[k]
                place = painted(exp.image, patch, spot_of(old, patch))
                assert new.detected
                np.testing.assert_array_equal(new.mask, place)
                ys, xs = np.nonzero(place)
                assert new.center == pytest.approx((xs.mean() + 0.5, ys.mean() + 0.5), abs=1e-2)
                assert new.feature[-1] == pytest.approx(place.mean(), rel=1e-4)
                assert new.effect is not None
                edited = pixels(exp, after) | (old.mask if old.detected else False)
                untouched(exp, after, edited, but=(cls, k))


def test_what_is_there_is_seen_anew(vrx, exp):
    """The node of a dropped patch carries the evidence of the edited picture under it."""
    node = detected(exp)[0]
    after = vrx.substitute(exp, exp.prediction, node.index, red_cross()).after
    new = after.graphs[exp.prediction].nodes[node.index]
    maps = vrx.classifier_.features(after.image)[0]
    side, grid = exp.image.shape[0], maps.shape[1]
    cells = ((np.arange(side) + 0.5) * grid / side).astype(int)
    full_size = maps[:, cells][:, :, cells]
    np.testing.assert_allclose(new.feature[:-1], full_size[:, new.mask].mean(axis=1), rtol=1e-3, atol=1e-4)


def test_a_moved_concept_is_followed_to_its_new_place(vrx, several):
    for exp in several:
        node = detected(exp)[0]
        ys, xs = np.nonzero(node.mask)
        middle = ((xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2)
        goal = (float(np.clip(middle[0] + 6, 30, 90)), float(np.clip(middle[1] - 5, 30, 90)))
        moved = vrx.move(exp, exp.prediction, node.index, goal)
        new = moved.after.graphs[exp.prediction].nodes[node.index]
        box = (xs.max() + 1 - xs.min(), ys.max() + 1 - ys.min())
        np.testing.assert_array_equal(
            new.mask, painted(exp.image, cut(exp.image, node.mask), Spot(goal, box))
        )
        edited = pixels(exp, moved.after) | node.mask
        untouched(exp, moved.after, edited, but=(exp.prediction, node.index))


def test_a_deleted_concept_is_gone_and_so_is_what_shares_its_region(vrx, several):
    for exp in several:
        for node in detected(exp):
            after = vrx.delete(exp, exp.prediction, node.index).after
            assert not after.graphs[exp.prediction].nodes[node.index].detected
            untouched(exp, after, pixels(exp, after) | node.mask)


def test_what_lies_under_a_patch_is_gone(vrx, exp):
    """A patch put over another concept hides that one."""
    hidden, put = detected(exp)[:2]
    patch = np.full((8, 8, 4), (255, 0, 255, 255), np.uint8)
    ys, xs = np.nonzero(hidden.mask)
    size = (int(np.ptp(xs)) + 3, int(np.ptp(ys)) + 3)
    center = ((xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2)
    picture = paste(exp.image, patch, center, size)
    place = painted(exp.image, patch, Spot(center, size))
    after = follow(vrx.fitted_, exp, picture, [Placed(exp.prediction, put.index, place)], put.mask)
    graph = after.graphs[exp.prediction]
    assert not graph.nodes[hidden.index].detected
    np.testing.assert_array_equal(graph.nodes[put.index].mask, place)


def test_of_a_concept_put_twice_the_last_counts(vrx, exp):
    node = detected(exp)[0]
    first, last = np.zeros((2, *exp.image.shape[:2]), bool)
    first[5:15, 5:15], last[40:50, 60:75] = True, True
    put = [Placed(exp.prediction, node.index, mask) for mask in (first, last)]
    after = follow(vrx.fitted_, exp, exp.image, put)
    np.testing.assert_array_equal(after.graphs[exp.prediction].nodes[node.index].mask, last)


def test_two_concepts_may_be_put_on_each_other(vrx, exp):
    mask = np.zeros(exp.image.shape[:2], bool)
    mask[30:50, 30:50] = True
    put = [Placed(cls, 0, mask) for cls in CLASSES]
    after = follow(vrx.fitted_, exp, exp.image, put)
    for i, cls in enumerate(CLASSES):
        np.testing.assert_array_equal(after.graphs[cls].nodes[0].mask, mask)
        np.testing.assert_allclose(after.node_effects[:, i, 0], after.node_effects[:, 0, 0])


def test_an_edit_leaves_what_was_before_untouched(vrx, exp):
    node = detected(exp)[0]
    kept = copy.deepcopy(exp)
    patch = vrx.concepts[exp.prediction][node.index].patches[0]
    for done in (
        vrx.substitute(exp, exp.prediction, node.index, patch),
        vrx.move(exp, exp.prediction, node.index, (30, 30)),
        vrx.delete(exp, exp.prediction, node.index),
    ):
        assert done.before is exp
        assert (done.image != exp.image).any()
    for name in ("image", "node_contributions", "edge_contributions", "node_effects"):
        np.testing.assert_array_equal(getattr(exp, name), getattr(kept, name))
    for cls in CLASSES:
        for one, other in zip(exp.graphs[cls].nodes, kept.graphs[cls].nodes, strict=True):
            for field, value in vars(other).items():
                np.testing.assert_array_equal(getattr(one, field), value)
    assert repr(exp) == repr(kept)


def test_effects_are_measured_after_an_edit_where_they_were_before(vrx, exp):
    learned = vrx.explain(exp.image, measure=False)
    node = detected(exp)[0]
    assert not vrx.delete(learned, exp.prediction, node.index).after.checks["measured"]
    assert vrx.delete(exp, exp.prediction, node.index).after.checks["measured"]


# ---- where a patch goes ----


@pytest.mark.parametrize(("height", "width"), [(10, 30), (30, 10), (16, 16), (2, 3)])
def test_a_patch_keeps_its_shape_over_a_concept(exp, height, width):
    node = detected(exp)[0]
    ys, xs = np.nonzero(node.mask)
    spot = spot_of(node, np.zeros((height, width, 4), np.uint8))
    w, h = spot.size
    box = (np.ptp(xs) + 1) * (np.ptp(ys) + 1)
    factor = np.clip(np.sqrt(box / (height * width)), 0.5, 2)
    assert abs(w - factor * width) <= 0.5 and abs(h - factor * height) <= 0.5
    assert spot.center == ((xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2)


def test_where_nothing_was_found_a_patch_goes_to_the_usual_place_at_its_own_size(explained):
    node = next(n for e in explained for g in e.graphs.values() for n in g.nodes if not n.detected)
    spot = spot_of(node, np.zeros((9, 21, 4), np.uint8))
    assert (spot.center, spot.size) == (node.usual_center, (21, 9))


def test_a_patch_of_which_nothing_would_land_in_the_picture_is_moved_into_it():
    grey = np.full((128, 128, 3), 90, np.uint8)
    patch = np.zeros((20, 120, 4), np.uint8)
    patch[:, :40] = 255
    spot = Spot((120.0, 30.0), (120, 20))  # the opaque third would lie from 60 to 100
    assert spot.landing(patch, grey) == spot
    patch = patch[:, ::-1]  # now from 140 to 180
    moved = spot.landing(patch, grey)
    assert moved == Spot((68.0, 30.0), (120, 20))
    with pytest.raises(ValueError, match="nothing of the patch"):
        paste(grey, patch, spot.center, spot.size)
    assert (paste(grey, patch, moved.center, moved.size) != grey).any()
    small, off = Spot((60.0, 30.0), (12, 2)), Spot((400.0, -50.0), (300, 20))
    assert small.landing(patch, grey) == small
    assert off.landing(patch, grey) == Spot((64.0, 4.0), (128, 8)), "it shrinks until the picture holds it"
    ends = np.zeros((22, 168, 4), np.uint8)
    ends[:, :18] = ends[:, -18:] = 255  # both beyond the picture's borders
    wide = Spot((64.0, 74.0), (168, 22)).landing(ends, grey)
    assert wide == Spot((64.0, 74.0), (128, 16))
    assert (paste(grey, ends, wide.center, wide.size) != grey).any()


def test_how_much_of_a_mask_lies_in_a_spot():
    mask = np.zeros((20, 20), bool)
    mask[4:8, 4:12] = True
    assert Spot((8, 6), (8, 4)).share_of(mask) == 1.0
    assert Spot((4, 6), (8, 4)).share_of(mask) == 0.5
    assert Spot((-4, 6), (4, 4)).share_of(mask) == 0.0
