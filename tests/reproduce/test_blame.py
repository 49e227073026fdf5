"""Scenes are drawn again without what is blamed, and the network is asked about the new picture."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

import xaikit as xk
from tests.drawn import DrawnOnce
from xaikit.reproduce.vrx.blame import Redrawn
from xaikit.reproduce.vrx.mistakes import mistakes_of
from xaikit.vrx import Cause, Flaw
from xaikit.worlds import render


@pytest.fixture(scope="module")
def clf():
    return xk.load_classifier("toyworld/vehicles", device="cpu")


@pytest.fixture(scope="module")
def sample():
    return xk.load_images("toyworld/vehicles", split="test", n=60)[0]


def cause_by(mask, clf, sample, loss=1.0) -> Cause:
    target = clf.class_names[sample.label]
    other = next(cls for cls in clf.class_names if cls != target)
    return Cause(target, other, "concept", [Flaw(None, None, "strange", loss, mask=mask)], -1.0, 1.0, 0.0)


def test_the_gain_is_the_networks_on_the_scene_without_the_parts_in_the_region(clf, sample):
    names = sorted(sample.parts, key=lambda name: sample.parts[name].sum())[:2]
    mask = np.any([sample.parts[name] for name in names], axis=0)
    cause = cause_by(mask, clf, sample, loss=0.5)
    asked = Redrawn(clf, seed=0)
    asked.add(sample, cause)
    without = render(reduce(lambda scene, name: scene.without(name), names, sample.scene)).image
    y, p = clf.class_index(cause.target), clf.class_index(cause.predicted)
    before, after = (clf.logits(picture)[0] for picture in (sample.image, without))
    gain = (after[y] - after[p]) - (before[y] - before[p])
    assert asked.blamed == [(pytest.approx(gain, abs=1e-4), after.argmax() == y)]
    assert asked.shares["drawn again without what is blamed first: margin gains"] == pytest.approx(
        gain, abs=1e-4
    )
    assert asked.shares["what was said to be lost"] == 0.5


def test_the_control_is_another_part_of_about_that_size(clf, sample, monkeypatch):
    drawn = []
    name = sorted(sample.parts, key=lambda name: sample.parts[name].sum())[len(sample.parts) // 2]
    area = sample.parts[name].sum()
    asked = Redrawn(clf, seed=0)
    gain = asked._gain
    monkeypatch.setattr(asked, "_gain", lambda *given: drawn.append(given[2]) or gain(*given))
    asked.add(sample, cause_by(sample.parts[name], clf, sample))
    (blamed, *lot) = drawn
    assert blamed == [name]
    for (other,) in lot:
        assert other != name and area / 2 <= sample.parts[other].sum() <= 2 * area
    assert len(lot) == len(asked.lot)


def test_nothing_is_counted_where_nothing_can_be_taken_off(clf, sample):
    asked = Redrawn(clf, seed=0)
    nowhere = np.zeros(sample.image.shape[:2], bool)
    for mask in (None, nowhere):
        asked.add(sample, cause_by(mask, clf, sample))
    assert asked.shares == {}


def test_mistakes_come_with_the_scenes_they_were_drawn_from(clf):
    """Else nothing can be taken off them."""
    data = DrawnOnce(xk.load_images("toyworld/vehicles", split="test", n=90))
    wrong = np.flatnonzero(clf.logits(data).argmax(axis=1) != data.labels)
    found = list(mistakes_of(clf, data, clf.class_names))
    assert [one.id for one in found] == [data[int(number)].id for number in wrong]
    assert found and all(one.scene is not None and one.parts for one in found)
