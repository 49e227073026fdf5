"""An edit is followed: concepts keep their superpixels, and only what was edited is seen anew."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.vrx.edits import spot_of
from xaikit.vrx.segments import Superpixels


@pytest.fixture(scope="module")
def edited(vrx, explained):
    """A picture with two detected concepts of its class, and the first of them replaced by its best patch."""
    exp = next(e for e in explained if sum(n.detected for n in e.graphs[e.prediction].nodes) > 1)
    node = next(node for node in exp.graphs[exp.prediction].nodes if node.detected)
    concept = vrx.concepts[exp.prediction][node.index]
    return vrx.substitute(exp, exp.prediction, node.index, concept.patches[0])


def test_masks_as_superpixels_are_pooled_one_by_one():
    masks = np.zeros((2, 4, 4), bool)
    masks[0, :2], masks[1, :, :2] = True, True
    features = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    pixels = Superpixels.of_masks(masks)
    assert np.array_equal(pixels.mask(1), masks[0]) and np.array_equal(pixels.mask(2), masks[1])
    assert np.allclose(pixels.pool(features)[1:, 0], [features[0][m].mean() for m in masks])


def test_a_picture_followed_without_an_edit_has_the_same_graphs(vrx, explained):
    from xaikit.vrx.following import follow

    exp = next(e for e in explained if any(n.detected for n in e.graphs[e.prediction].nodes))
    node = next(node for node in exp.graphs[exp.prediction].nodes if node.detected)
    same = follow(vrx, exp, exp.image, node.mask, node.mask)
    for cls in exp.classes:
        for old, new in zip(exp.graphs[cls].nodes, same.graphs[cls].nodes, strict=True):
            if old.detected:
                assert new.detected and np.array_equal(old.mask, new.mask)
                assert np.allclose(old.feature, new.feature, rtol=0.05, atol=0.05 * np.abs(old.feature).max())


def test_concepts_that_were_not_edited_stay_where_they_were(edited):
    kept = 0
    for cls in edited.before.classes:
        target = edited.before.graphs[edited.cls].nodes[edited.concept].mask
        pairs = zip(edited.before.graphs[cls].nodes, edited.after.graphs[cls].nodes, strict=True)
        for old, new in pairs:
            if old.detected and new.detected and not np.array_equal(old.mask, target):
                assert np.array_equal(old.mask, new.mask)
                kept += 1
    assert kept


def test_a_moved_concept_is_followed_to_its_new_place(vrx, explained):
    found = 0
    for exp in explained[:12]:
        for node in exp.graphs[exp.prediction].nodes:
            if node.detected:
                middle = spot_of(node, vrx.concepts[exp.prediction][node.index].patches[0]).center
                goal = (middle[0] + 6, middle[1])
                after = vrx.move(exp, exp.prediction, node.index, goal).after
                moved = after.graphs[exp.prediction].nodes[node.index]
                found += moved.detected
                if moved.detected and moved.center[0] < 100:  # where the border does not cut it
                    assert np.allclose(moved.center, np.add(node.center, (6, 0)), atol=2)
    assert found


def test_a_patch_put_in_an_empty_place_can_be_found_there(vrx, explained):
    found = tried = 0
    for exp in explained:
        for node in exp.graphs[exp.prediction].nodes:
            if not node.detected and tried < 6:
                concept = vrx.concepts[exp.prediction][node.index]
                after = vrx.substitute(exp, exp.prediction, node.index, concept.patches[0]).after
                found += after.graphs[exp.prediction].nodes[node.index].detected
                tried += 1
    assert tried and found
