"""Which entries of a dictionary become concepts: effect, found often enough, and of one shape."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from xaikit.vrx.dictionary import Found
from xaikit.vrx.recurring import _contrasts, _spreads, dictionary_settings
from xaikit.vrx.vce import ExtractorSettings


def looks_with(shapes: list[list[list[float]]]) -> list[SimpleNamespace]:
    """Looks whose segments are described by one number and these shapes."""
    return [SimpleNamespace(features=np.array([[7.0, *shape] for shape in own])) for own in shapes]


def found(*segments: int) -> Found:
    return Found(np.array(segments), np.zeros(len(segments)))


def test_spreads_written_out():
    """Of entry 0 every segment has the same shape; of entry 1 they differ in one of four numbers by 2."""
    looks = looks_with([[[1, 0, 0, 0], [1, 2, 3, 4]], [[1, 0, 0, 0], [3, 2, 3, 4]]])
    readings = [{0: found(0), 1: found(1)}, {0: found(0), 1: found(1)}]
    same, other, nowhere = _spreads(looks, readings, 3)
    assert (same, nowhere) == (0, 0)
    # the standard deviation is 1 in one of four: 0.25, and the median of (0, 0.25, 0) is as good as nothing
    assert other == 0.25 / 1e-6
    looks, readings = looks[:2], [{0: found(1), 1: found(1), 2: found(0)}, {0: found(1), 1: found(1)}]
    np.testing.assert_allclose(_spreads(looks, readings, 3), [1, 1, 0])


def test_contrasts_are_means_over_the_pictures_with_the_entry():
    looks = [
        SimpleNamespace(segments=SimpleNamespace(contrast=np.array(own)))
        for own in ([1.0, 3.0, 9.0], [4.0, 8.0, 9.0])
    ]
    readings = [{0: found(0, 1), 1: found(2)}, {0: found(0)}]
    np.testing.assert_allclose(_contrasts(looks, readings, 3), [(2 + 4) / 2, 9, 0])


def test_without_an_entry_there_is_no_spread():
    assert _spreads([], [], 0).shape == (0,)


def test_leaves_have_no_shape_of_their_own_and_are_sought_in_the_mask():
    tree, union = (dictionary_settings(ExtractorSettings(), way) for way in ("tree", "union"))
    assert tree.everywhere and tree.n_groups is None
    assert not union.everywhere and union.n_groups == ExtractorSettings().n_groups
