"""What the network loses without each region, against pictures erased and asked about one by one."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.core.images import FILLS, erase
from xaikit.vrx.effects import centered, effects_of, without

TARGETS = [2, 0]


def logits_of(classifier, picture: np.ndarray) -> np.ndarray:
    """Of the classes of interest, less their mean."""
    own = classifier.logits(picture)[0][TARGETS].astype(float)
    return own - own.mean()


@pytest.fixture
def pictures() -> np.ndarray:
    """Four pictures of blocks, uint8 (4, 32, 32, 3)."""
    blocks = np.random.default_rng(7).integers(0, 256, (4, 4, 4, 3), dtype=np.uint8)
    return blocks.repeat(8, 1).repeat(8, 2)


@pytest.fixture
def masks() -> list[list[np.ndarray]]:
    """Three, none, one and two regions of four pictures."""
    rng = np.random.default_rng(0)
    found = []
    for n in (3, 0, 1, 2):
        own = []
        for _ in range(n):
            mask = np.zeros((32, 32), bool)
            y, x = rng.integers(0, 22, 2)
            mask[y : y + 10, x : x + 8] = True
            own.append(mask)
        found.append(own)
    return found


@pytest.mark.parametrize("fill", FILLS)
def test_effects_are_those_of_pictures_erased_one_by_one(tiny_classifier, pictures, masks, fill):
    views = list(pictures)
    logits = [tiny_classifier.logits(view)[0][TARGETS] for view in views]
    found = effects_of(tiny_classifier, TARGETS, views, logits, masks, fill)
    assert [one.shape for one in found] == [(3, 2), (0, 2), (1, 2), (2, 2)]
    for view, own, effects in zip(views, masks, found, strict=True):
        for mask, effect in zip(own, effects, strict=True):
            erased = erase(view, mask, fill, fill_color=tiny_classifier.mean_color)
            expected = logits_of(tiny_classifier, view) - logits_of(tiny_classifier, erased)
            np.testing.assert_allclose(effect, expected, atol=1e-5)
    assert any(np.abs(effects).max(initial=0) > 1e-3 for effects in found)


def test_effects_sum_to_nothing_over_the_classes(tiny_classifier, pictures, masks):
    logits = [tiny_classifier.logits(view)[0][TARGETS] for view in pictures]
    for effects in effects_of(tiny_classifier, TARGETS, list(pictures), logits, masks, "mean"):
        np.testing.assert_allclose(effects.sum(axis=1), 0, atol=1e-5)


def test_where_there_is_nothing_to_measure_the_network_is_not_asked(tiny_classifier, pictures, monkeypatch):
    logits = [tiny_classifier.logits(view)[0][TARGETS] for view in pictures[:2]]
    monkeypatch.setattr(tiny_classifier, "logits", lambda *a, **k: pytest.fail("it was asked"))
    assert effects_of(tiny_classifier, TARGETS, [], [], [], "mean") == []
    found = effects_of(tiny_classifier, TARGETS, list(pictures[:2]), logits, [[], []], "mean")
    assert [one.shape for one in found] == [(0, 2), (0, 2)]


def test_the_picture_is_left_as_it_was(tiny_classifier, pictures):
    mask = np.zeros((32, 32), bool)
    mask[8:20, 8:20] = True
    before = pictures[0].copy()
    changed = (without(tiny_classifier, pictures[0], mask, "inpaint") != before).any(axis=2)
    assert changed[mask].any() and not changed[:4].any()
    np.testing.assert_array_equal(pictures[0], before)


def test_centred_logits_are_what_a_softmax_sees():
    logits = np.array([[3.0, 1.0], [5.0, 5.0]])
    assert centered(logits).tolist() == [[1.0, -1.0], [0.0, 0.0]]
