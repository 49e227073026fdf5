"""What a region usually does: against loops over the most similar usual pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

import xaikit as xk
from tests.vrx.conftest import CLASSES, LEAST
from xaikit.core.images import erase
from xaikit.vrx import comparing, fitting
from xaikit.vrx.comparing import (
    LAST,
    N_PICTURES,
    LastRegions,
    UsualPictures,
    regions_of,
    usually_lost,
)


@pytest.fixture(scope="module", autouse=True)
def two_pictures_of_few_regions(few_regions) -> Iterator[None]:
    """A usual picture, of one, would be a mean of one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "NEAREST", 2)
        yield


@pytest.fixture(scope="module")
def here(two_pictures_of_few_regions, vrx, unseen):
    """A picture, and what its regions say."""
    view = vrx.classifier_.view(unseen[0].image)
    return view, regions_of(vrx.fitted_, view)


def test_usual_pictures_are_some_that_the_network_gives_the_class(vrx, network):
    for cls, usual in vrx.usual_.items():
        assert 1 <= len(usual.pictures.views) <= N_PICTURES
        logits = network.logits(usual.pictures.views, as_view=True)
        columns = [network.class_index(one) for one in vrx.classes]
        assert (logits[:, columns].argmax(axis=1) == vrx.classes.index(cls)).all()


def test_no_more_are_kept_however_many_there_are(small_network, pictures, monkeypatch):
    monkeypatch.setattr(fitting, "N_PICTURES", 3)
    few = xk.VRX(CLASSES[:2], segmentation="tree", **LEAST).fit(small_network, pictures, progress=False)
    assert [len(usual.pictures.views) for usual in few.usual_.values()] == [3, 3]


def test_what_is_lost_is_what_the_network_says_without_the_region(vrx, network, here):
    view, found = here
    columns = [network.class_index(cls) for cls in vrx.classes]
    before = network.logits(view, as_view=True)[0, columns]
    for mask, lost in list(zip(found.masks, found.lost, strict=True))[::3]:
        after = network.logits(erase(view, mask, vrx.fill, fill_color=network.mean_color), as_view=True)[
            0, columns
        ]
        expected = (before - before.mean()) - (after - after.mean())
        np.testing.assert_allclose(lost, expected, atol=1e-4)


def test_usually_written_out(vrx, network, here):
    view, found = here
    cls = vrx.classes[1]
    usual = vrx.usual_[cls].pictures

    def flat(picture: np.ndarray) -> np.ndarray:
        maps = network.features(picture, as_view=True).ravel()
        return maps / np.linalg.norm(maps)

    alike = [float(flat(view) @ flat(other)) for other in usual.views]
    nearest = sorted(range(len(alike)), key=lambda t: -alike[t])[: comparing.NEAREST]
    assert usual.nearest(vrx.fitted_, view) == nearest
    every = [usual.regions(vrx.fitted_, t) for t in nearest]
    expected = []
    for features, (y, x, side) in zip(found.features, found.places, strict=True):
        losses = []
        for there in every:
            apart = [
                np.linalg.norm(features - f) + 3 * np.hypot(y - v, x - u) + 3 * abs(side - a)
                for f, (v, u, a) in zip(there.features, there.places, strict=True)
            ]
            losses.append(there.lost[int(np.argmin(apart))])
        expected.append(np.mean(losses, axis=0))
    np.testing.assert_allclose(usually_lost(vrx.fitted_, cls, view, found), expected, atol=1e-5)


def test_a_usual_picture_is_asked_about_once(vrx, here, monkeypatch):
    view, found = here
    once = usually_lost(vrx.fitted_, vrx.classes[0], view, found)
    monkeypatch.setattr(comparing, "regions_of", None)
    np.testing.assert_array_equal(usually_lost(vrx.fitted_, vrx.classes[0], view, found), once)


def test_an_explanation_is_asked_about_once_by_whoever_asks(vrx, explained, monkeypatch):
    exp = explained[0]
    first, second = (cls for cls in vrx.classes if cls != exp.prediction)
    once = vrx.cause(exp, first)
    vrx.cause(exp, second)  # the usual pictures of both classes are known from now on
    monkeypatch.setattr(comparing, "regions_of", None)
    assert str(vrx.cause(exp, first)) == str(once)
    assert str(vrx.suggest(exp, first, n=1, n_tried=1)[0])
    assert vrx.correct(exp, second, max_edits=1, n_tried=1).cause.target == second


def test_of_the_last_explanations_alone_the_regions_are_kept(vrx, explained, monkeypatch):
    asked = []
    monkeypatch.setattr(comparing, "regions_of", lambda fitted, view: asked.append(fitted.fill) or len(asked))
    last, fitted = LastRegions(), vrx.fitted_
    assert [last.of(fitted, exp) for exp in explained[:LAST]] == list(range(1, LAST + 1))
    assert [last.of(fitted, exp) for exp in explained[:LAST]] == list(range(1, LAST + 1))
    assert last.of(fitted, explained[LAST]) == LAST + 1
    assert last.of(fitted, explained[1]) == 2
    assert last.of(fitted, explained[0]) == LAST + 2
    assert last.of(replace(fitted, fill="grey"), explained[0]) == LAST + 3
    assert asked == [vrx.fill] * (LAST + 2) + ["grey"]


def test_without_usual_pictures_nothing_is_usual(vrx, here, monkeypatch):
    view, found = here
    cls = vrx.classes[0]
    monkeypatch.setitem(vrx.usual_, cls, type(vrx.usual_[cls])(None, None, None, UsualPictures([])))
    assert not usually_lost(vrx.fitted_, cls, view, found).any()


def test_places_are_shares_of_the_picture():
    mask = np.zeros((40, 80), bool)
    mask[10:20, 20:60] = True
    np.testing.assert_allclose(comparing.places_of([mask]), [[14.5 / 40, 39.5 / 80, np.sqrt(400 / 3200)]])
    assert comparing.places_of([]).shape == (0, 3)


def test_another_fill_is_asked_about_anew(vrx, here, monkeypatch):
    view, found = here
    asked = usually_lost(vrx.fitted_, vrx.classes[0], view, found)
    monkeypatch.setattr(vrx, "fill", "grey")
    assert np.abs(usually_lost(vrx.fitted_, vrx.classes[0], view, found) - asked).max() > 0.01
