"""X-features taken away by filling in where they are seen, named in the answer, known by their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from two_marks import MARK, Marks

import xaikit as xk
from xaikit.core.images import erase
from xaikit.srae import XFeatures
from xaikit.srae.top_pictures import N_TOP, SIDE, drawn_examples, top_numbers
from xaikit.srae.without import seen_places

RED, BLUE = 0, 2  # channels


@pytest.fixture
def found(fitted: xk.SRAE, unseen: Any) -> XFeatures:
    data, numbers = unseen
    return fitted.explain([data[k].image for k in numbers[:4]], "both")


def mark_of(found: XFeatures, unseen: Any, feature: int) -> str:
    """Where an x-feature of the first picture is seen."""
    data, numbers = unseen
    heat, places = found.heatmaps[0, feature], data.places[numbers[0]]
    return max(places, key=lambda name: heat[places[name][1] :, places[name][0] :][:MARK, :MARK].sum())


# ---- without ----


def test_without_the_place_of_an_x_feature_it_is_gone_and_the_other_stays(
    found: XFeatures, unseen: Any
) -> None:
    for feature in (0, 1):
        left = found.without([feature])
        before, after = left.contributions
        assert after[feature] < 0.2 * before[feature]
        assert after[1 - feature] == pytest.approx(before[1 - feature], abs=0.3)
        x, y = unseen[0].places[unseen[1][0]][mark_of(found, unseen, feature)]
        assert np.ptp(left.images[1][y + 1 : y + 5, x + 1 : x + 5].reshape(-1, 3), axis=0).max() < 20
        assert left.predictions == ("both", "other")
        assert left.probabilities[1] < 0.5 < left.probabilities[0]


def test_it_says_what_a_picture_filled_in_by_hand_is_told(fitted: xk.SRAE, found: XFeatures) -> None:
    """By hand: mask, inpaint, classify, explain."""
    mask = seen_places(found.heatmaps[1], [0], 0.05, ["a", "b"])
    view = fitted.classifier_.view(erase(found.images[1], mask, "inpaint"), as_view=True)
    other = fitted.explain(view, "both")
    left = found.without([0], 1)
    np.testing.assert_array_equal(left.images, [found.images[1], view])
    np.testing.assert_allclose(
        left.contributions, [found.contributions[1], other.contributions[0]], atol=1e-5
    )
    np.testing.assert_allclose(left.scores, [found.scores[1], other.scores[0]], atol=1e-5)
    chance = fitted.classifier_.probabilities(view, as_view=True)[0, 0]
    np.testing.assert_allclose(left.probabilities[1], chance, atol=1e-6)
    np.testing.assert_allclose(
        left.approximations, [found.approximation[1], other.approximation[0]], atol=1e-5
    )
    assert left.checks["filled"] == mask.mean()
    assert left.words() == other.words()


def test_several_at_once_are_their_places_together(found: XFeatures) -> None:
    both = found.without([1, 0, 1])
    assert both.features == (0, 1)
    one, other = (found.without([k]).checks["filled"] for k in (0, 1))
    assert max(one, other) < both.checks["filled"] <= one + other + 0.05
    assert both.contributions[1].sum() < 0.2 * both.contributions[0].sum()
    assert "Without x-feature 1, x-feature 2 the network's score of both" in str(both)


def test_places_are_where_a_map_has_a_share_of_its_highest_value() -> None:
    maps = np.zeros((2, 9, 9), np.float32)
    maps[0, 4, 2], maps[0, 4, 4], maps[0, 0, 8] = 1, 0.06, 0.04
    places = np.argwhere(seen_places(maps, [0], 0.05, ["a", "b"])).tolist()
    assert places == [[4, 2], [4, 3], [4, 4]]  # what lies between two is no gap
    with pytest.raises(ValueError, match="b is seen nowhere"):
        seen_places(maps, [0, 1], 0.05, ["a", "b"])


def test_where_an_x_feature_is_seen_everywhere_no_rim_is_asked_for(found: XFeatures) -> None:
    maps = found.heatmaps.copy()
    maps[0, 0] = 1
    from dataclasses import replace

    left = replace(found, heatmaps=maps).without([0])
    assert left.checks["filled"] == 1 and (left.images[1] == left.images[1][0, 0]).all()


def test_the_answer_it_came_from_stays_as_it_was(found: XFeatures) -> None:
    before = found.images.copy(), found.contributions.copy()
    found.without([0])
    for one, other in zip((found.images, found.contributions), before, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("features", "picture", "said"),
    [
        ([], 0, "one x-feature or more; got none"),
        ([2], 0, r"must lie in 0\.\.1; got 2"),
        ([0], 4, "must be a number from 0 to 3; got 4"),
    ],
)
def test_what_cannot_be_taken_away(found: XFeatures, features: Any, picture: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        found.without(features, picture)


def test_of_a_picture_that_cannot_be_read_nothing_is_taken_away(fitted: xk.SRAE) -> None:
    class Missing(Marks):
        def _read(self, index: int) -> Any:
            if index == 0:
                raise xk.ImageError("0.png is truncated")
            return super()._read(index)

    with pytest.warns(UserWarning, match="cannot be read"):
        found = fitted.explain(Missing(2), "both")
    with pytest.raises(ValueError, match="picture 0 cannot be read"):
        found.without([0])
    board = found.widget()
    assert board.views[0]["score"] is None and board.views[0]["gives"] == [None, None]


def test_an_answer_from_a_file_needs_its_srae(fitted: xk.SRAE, found: XFeatures, tmp_path: Path) -> None:
    back = XFeatures.load(found.save(tmp_path / "found.npz"))
    assert not (back.widget().nameable or back.widget().removable)
    with pytest.raises(ValueError, match=r"found\.of\(srae\)"):
        back.without([0])
    again = back.of(fitted)
    assert again.widget().nameable and again.widget().removable
    np.testing.assert_allclose(again.without([0]).scores, found.without([0]).scores)
    assert again.names is fitted.names_
    other = xk.SRAE("both", 1, n_steps=20).fit(fitted.classifier_, Marks(120), progress=False)
    with pytest.raises(ValueError, match="must be the one that explained this"):
        back.of(other)


# ---- names ----


def test_a_name_given_in_the_answer_is_the_srae_s(fitted: xk.SRAE, unseen: Any, tmp_path: Path) -> None:
    srae = xk.SRAE.load(fitted.save(tmp_path / "one.npz"), fitted.classifier_)
    picture = unseen[0][unseen[1][0]].image
    found = srae.explain(picture)
    found.rename("both", 1, "  a mark ")
    assert srae.names_ == {("both", 1): "a mark"}
    assert "a mark (+" in found.sentence() and "a mark (+" in srae.explain(picture).sentence()
    srae.name({("both", 0): "another"})
    assert found.called(0, 0) == "another"
    again = xk.SRAE.load(srae.save(tmp_path / "two.npz"), fitted.classifier_)
    assert again.names_ == {("both", 1): "a mark", ("both", 0): "another"}
    found.rename("both", 1, "")
    assert srae.names_ == {("both", 0): "another"}
    with pytest.raises(ValueError, match="'other' is not explained here"):
        found.rename("other", 0, "x")


# ---- top pictures ----


def test_top_pictures_are_those_in_which_an_x_feature_is_most_on() -> None:
    activations = np.array([[0.1, 0], [0.9, 0], [0.5, 2], [0.9, 0], [0.2, 0], [0.3, 0]], np.float32)
    first, second = top_numbers(activations, np.array([3, 5, 8, 9, 20, 31]))
    assert first.tolist() == [5, 9, 8, 31]  # of equal ones, the first
    assert second.tolist() == [8]  # where it is off, it is not shown


def test_in_its_top_pictures_the_mark_that_an_x_feature_sees_is_lit(
    fitted: xk.SRAE, found: XFeatures, unseen: Any
) -> None:
    examples = fitted.examples_["both"]
    assert examples.shape == (2, N_TOP, SIDE, SIDE, 4) and examples.dtype == np.uint8
    for feature, own in enumerate(examples):
        channel = RED if mark_of(found, unseen, feature) == "red" else BLUE
        for example in own:
            lit = example[example[..., 3] > 128]
            assert (lit[:, channel] > lit[:, BLUE - channel]).mean() > 0.9
    assert found.examples["both"] is not None
    assert [len(row) for row in drawn_examples(examples)] == [N_TOP, N_TOP]
    assert drawn_examples(np.zeros_like(examples)) == [[], []]


def test_they_come_from_the_seed_alone_and_do_not_grow_with_the_pictures(network: Any) -> None:
    def fit(n: int) -> Any:
        return (
            xk.SRAE("both", 2, n_steps=20)
            .fit(network, Marks(n), progress=False, cache=False)
            .examples_["both"]
        )

    one, again, more = fit(90), fit(90), fit(150)
    np.testing.assert_array_equal(one, again)
    assert one.nbytes == more.nbytes


# ---- a chart ----


def test_its_chart_has_the_pictures_of_one_class(fitted: xk.SRAE, found: XFeatures) -> None:
    chart = found.chart()
    assert len(chart._views) == len(found) and chart.readings == ["x-features"]
    for k, view in enumerate(chart._views):
        assert view.first.whole == pytest.approx(found.approximation[k], abs=1e-5)
        assert view.score == pytest.approx(found.scores[k])
        np.testing.assert_array_equal(view.maps, found.heatmaps[k])
    with pytest.raises(ValueError, match="must be one of"):
        found.chart("other")
