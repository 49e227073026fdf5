"""The additive explainer: what adds up, what it says of a network whose reasons are known, and bad input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import xaikit as xk
from xaikit import metrics
from xaikit.additive import Contributions, Directions, Filters, Functions, Outputs
from xaikit.additive.examples import Examples
from xaikit.additive.explainer import Explainer
from xaikit.additive.training import Settings, train
from xaikit.additive.views import part_maps, views_of
from xaikit.attribution.gradcam import gradcam
from xaikit.core.errors import FileError
from xaikit.data import ImageSet, Sample

QUICK: dict[str, Any] = {"n_epochs": 3, "width": 8, "n_blocks": 1}
SIDE = 16
COLORS = np.array([(220, 60, 60), (60, 200, 60), (60, 60, 220)])


def brightness(views: np.ndarray) -> np.ndarray:
    return views.mean((1, 2, 3))


class Spots(ImageSet):
    """Grey pictures with spots of three colors; "many" where red and green ones cover most."""

    def __init__(self, n: int = 120, seed: int = 0) -> None:
        self.counts = np.random.default_rng(seed).integers(0, 5, (n, 3))
        self.seed = seed
        super().__init__(["many", "few"], (self.counts @ (2, 1, 0) < 6).astype(int))

    def _read(self, index: int) -> Sample:
        rng = np.random.default_rng([self.seed, index])
        picture = np.full((SIDE, SIDE, 3), 90, np.uint8)
        parts = {name: np.zeros((SIDE, SIDE), bool) for name in ("berry", "leaf", "drop")}
        places = rng.permutation(16)[: self.counts[index].sum()]
        for place, color in zip(places, np.repeat(np.arange(3), self.counts[index]), strict=True):
            x, y = 4 * (place % 4), 4 * (place // 4)
            picture[y : y + 3, x : x + 3] = COLORS[color]
            parts[list(parts)[color]][y : y + 3, x : x + 3] = True
        return Sample(picture, int(self.labels[index]), f"spots {self.seed} {index}", parts=parts)


class Bare(Spots):
    """The same, without masks of parts."""

    def _read(self, index: int) -> Sample:
        return replace(super()._read(index), parts={})


class Counting(nn.Module):
    """Red and green are counted, red twice; a filter beside red sees the same and is not asked."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.act = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(4, 2)
        with torch.no_grad():
            red, green, blue = [1.0, -0.5, -0.5], [-0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]
            self.conv.weight.copy_(torch.tensor([red, green, blue, red])[..., None, None])
            self.conv.bias.zero_()
            self.head.weight.copy_(torch.tensor([[20.0, 10, 0, 0], [0, 0, 5, 0]]))
            self.head.bias.copy_(torch.tensor([-2.0, 0]))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.pool(self.act(self.conv(x))).flatten(1))


@pytest.fixture(scope="module")
def network() -> xk.Classifier:
    return xk.Classifier(
        Counting(), ["many", "few"], input_size=SIDE, mean=(0, 0, 0), std=(1, 1, 1), crop=1.0, device="cpu"
    )


@pytest.fixture(scope="module")
def spots() -> Spots:
    return Spots()


@pytest.fixture(scope="module")
def fitted(network: xk.Classifier, spots: Spots) -> xk.AdditiveExplainer:
    explainer = xk.AdditiveExplainer("many", Filters("act"), beta=10.0, n_epochs=60, width=16)
    return explainer.fit(network, spots, progress=False)


@pytest.fixture(scope="module")
def found(fitted: xk.AdditiveExplainer) -> Contributions:
    return fitted.explain([one.image for one in Spots(30, seed=1)])


# ---- the truth: the score is 20 times the mean red and 10 times the mean green, less 2


def test_contributions_are_what_the_network_adds_up(network: xk.Classifier, found: Contributions) -> None:
    """Of two filters that say the same, the one counts that the network listens to."""
    true = network.features(found.images, "act").mean((2, 3)) * (20, 10, 0, 0)
    counts = found.performer > np.median(found.performer)
    error = metrics.contribution_error(found.contributions[counts], true[counts], found.performer[counts] + 2)
    assert error.max() < 0.08
    shares = found.contributions[counts].sum(0) / found.contributions[counts].sum()
    assert shares[0] > 4 * shares[3] and shares[2] < 0.05


def test_distillation_alone_says_as_much_and_tells_untruths(
    network: xk.Classifier, spots: Spots, found: Contributions, fitted: xk.AdditiveExplainer
) -> None:
    """Bias-interpreting: the sum is as near, but it is shared otherwise."""
    naive = xk.AdditiveExplainer("many", Filters("act"), prior=None, positive=True, n_epochs=60, width=16)
    told = naive.fit(network, spots, progress=False).explain(found.images)
    assert naive.checks["relative deviation"] < 0.05 and fitted.checks["relative deviation"] < 0.05
    given = told.contributions.sum(0)
    assert given[3] > 0.5 * given[0]
    assert naive.checks == naive.checks | naive.checks["baseline"], "without a prior it is its own baseline"


def test_taking_a_color_away_costs_what_it_contributed(
    network: xk.Classifier, fitted: xk.AdditiveExplainer
) -> None:
    """An explanation is a prediction."""
    data = Spots(20, seed=2)
    numbers = [k for k in range(20) if (data.counts[k, :2] >= 2).all()]
    for number in numbers:
        picture = data[number].image
        told = fitted.explain(picture)
        for k, color in enumerate(COLORS[:2]):
            without = picture.copy()
            without[(picture == color).all(-1)] = 90
            fell = float(told.performer[0] - network.logits(without)[0, 0])
            assert told.contributions[0, k] == pytest.approx(fell, rel=0.25)


# ---- what adds up


def test_it_is_the_sum_that_it_says(network: xk.Classifier, found: Contributions) -> None:
    np.testing.assert_allclose(found.contributions, found.values * found.weights, rtol=1e-6)
    np.testing.assert_allclose(found.reconstruction, found.contributions.sum(1) + found.bias, rtol=1e-6)
    np.testing.assert_allclose(found.performer, network.logits(found.images)[:, 0], rtol=1e-5)
    np.testing.assert_allclose(found.maps, network.features(found.images, "act"), rtol=1e-5)
    assert found.contributions.shape == (30, 4) and (found.weights >= 0).all()
    np.testing.assert_allclose(
        found.checks["deviation"], np.abs(found.performer - found.reconstruction), atol=1e-5
    )


def test_its_twin_tells_of_the_same_pictures(
    network: xk.Classifier, spots: Spots, fitted: xk.AdditiveExplainer, found: Contributions
) -> None:
    twin = found.baseline
    assert twin is not None and twin.baseline is None
    assert np.array_equal(twin.values, found.values)
    assert np.allclose(twin.contributions, twin.weights * twin.values)
    again = (
        replace(fitted, prior=None, positive=True).fit(network, spots, progress=False).explain(found.images)
    )
    assert np.allclose(twin.contributions, again.contributions)
    assert np.allclose(twin.reconstruction, again.reconstruction)
    assert again.baseline is None, "without a prior it is its own baseline"


def test_what_stands_for_one_part_is_added_up(fitted: xk.AdditiveExplainer, found: Contributions) -> None:
    assert found.by_part()[0] == ["filter 1", "filter 2", "filter 3", "filter 4"]
    fitted.name({0: "red", "filter 4": "red", 1: "green"})
    names, given = found.by_part()
    assert names == ["red", "green", "other"], "an explanation that was made before knows names given later"
    np.testing.assert_allclose(given[:, 0], found.contributions[:, [0, 3]].sum(1), rtol=1e-6)
    np.testing.assert_allclose(given.sum(1), found.contributions.sum(1), rtol=1e-5)
    assert "red" in found.report(0) and "the network gives" in found.report(0)
    fitted.name({0: "", 1: "", 3: ""})
    assert found.by_part()[0][0] == "filter 1"


def test_concepts_are_suggested_the_part_that_they_are_seen_on(
    fitted: xk.AdditiveExplainer, network: xk.Classifier, spots: Spots
) -> None:
    assert fitted.suggest(spots) == {
        "filter 1": "berry",
        "filter 2": "leaf",
        "filter 3": "drop",
        "filter 4": "berry",
    }
    with pytest.raises(ValueError, match="no picture has masks"):
        fitted.suggest(Bare())
    heads = xk.AdditiveExplainer("many", Outputs(), prior=None, **QUICK).fit(network, spots, progress=False)
    with pytest.raises(ValueError, match="not known where"):
        heads.suggest(spots)


# ---- as charts and widgets take it


@pytest.fixture
def named(fitted: xk.AdditiveExplainer) -> Iterator[None]:
    fitted.name({0: "red", "filter 4": "red", 1: "green"})
    yield
    fitted.name({0: "", 1: "", 3: ""})


@pytest.mark.usefixtures("named")
def test_a_chart_is_told_what_the_explanation_says(found: Contributions) -> None:
    names, given = found.by_part()
    twin = found.baseline
    views = views_of(found)
    assert len(views) == 30 and list(views[3].names) == names == ["red", "green", "other"]
    own, naive = (views[3].readings[who] for who in ("with prior", "baseline"))
    np.testing.assert_array_equal(own.gives, given[3])
    np.testing.assert_array_equal(own.single, found.contributions[3])
    np.testing.assert_array_equal(naive.gives, twin.by_part()[1][3])
    assert (own.start, naive.start) == (found.bias, twin.bias)
    assert own.whole == pytest.approx(found.reconstruction[3], rel=1e-5)
    assert views[3].score == found.performer[3] and views[3].answer == found.predictions[3]
    chart = found.widget()
    assert chart.readings == ["with prior", "baseline"] and len(chart.views) == 30
    (alone,) = views_of(replace(found, baseline_weights=None), most=1)
    assert list(alone.readings) == ["explainer"]


@pytest.mark.usefixtures("named")
def test_a_part_is_seen_where_its_concepts_say_what_it_says(found: Contributions) -> None:
    """Written slowly: Σ over its concepts of max(0, α_i x_i), of one that speaks against max(0, -α_i x_i)."""
    flipped = found.weights * np.array([1, -1, 1, -1], np.float32)
    told = replace(found, weights=flipped, contributions=flipped * found.values)
    _, given = told.by_part()
    assert (given[0, :2] > 0).tolist() == [True, False]
    by_hand = np.zeros((3, SIDE, SIDE))
    for part, (concepts, side) in enumerate([([0, 3], 1), ([1], -1), ([2], 1 if given[0, 2] >= 0 else -1)]):
        for i in concepts:
            for y in range(SIDE):
                for x in range(SIDE):
                    by_hand[part, y, x] += max(0.0, side * flipped[0, i] * told.maps[0, i, y, x])
    np.testing.assert_allclose(part_maps(told, 0), by_hand, rtol=1e-5)
    coarse = replace(told, maps=told.maps[:, :, ::4, ::4])
    np.testing.assert_array_equal(part_maps(coarse, 0), part_maps(told, 0)[:, ::4, ::4])
    assert coarse.widget().views[0]["cells"]["0"]["data"], "brought to the picture's size"
    assert part_maps(replace(told, maps=None), 0) is None


@pytest.mark.filterwarnings("ignore:Grad-CAM")
def test_heatmaps_beside_are_of_the_same_pictures(network: xk.Classifier, found: Contributions) -> None:
    heat = gradcam(network, found.images, "many", layer="act")
    view = found.widget(heat).views[0]
    assert view["heat"] and view["heat_name"] == heat.method
    np.testing.assert_array_equal(views_of(found, heat)[2].heat, heat.values[2])
    with pytest.raises(ValueError, match=r"of the 30 pictures that are explained.*those of 29"):
        found.widget(gradcam(network, found.images[:29], "many", layer="act"))
    with pytest.raises(ValueError, match="in their order"):
        found.widget(gradcam(network, found.images[::-1], "many", layer="act"))


def test_the_figure_has_four_pictures_at_most(found: Contributions) -> None:
    assert len(found.plot().axes) == 8


def test_checks_tell_how_it_did_on_pictures_held_out(fitted: xk.AdditiveExplainer) -> None:
    checks = fitted.checks
    assert checks["n_learned"] + checks["n_held_out"] == 120 and checks["n_held_out"] == 24
    assert checks["accuracy"] >= checks["performer's accuracy"] - 0.1
    assert 0 <= checks["entropy"] <= np.log(4)
    assert set(checks["baseline"]) >= {"relative deviation", "entropy", "accuracy", "agreement"}


# ---- other concepts


def test_other_outputs_explain_an_output(network: xk.Classifier, spots: Spots) -> None:
    explainer = xk.AdditiveExplainer("few", Outputs(layer="act"), prior="taylor", **QUICK)
    assert explainer.fit(network, spots, progress=False).concepts_ == ["many"], "not by itself"


def test_directions_and_functions_explain_as_well(network: xk.Classifier, spots: Spots) -> None:
    vectors = np.eye(4, dtype=np.float32)[:2]
    by_direction = xk.AdditiveExplainer(
        "many", Directions(vectors, ["red", "green"], "act"), prior="taylor", **QUICK
    )
    told = by_direction.fit(network, spots, progress=False).explain(spots[0].image)
    np.testing.assert_allclose(
        told.values, network.features(spots[0].image, "act").mean((2, 3))[:, :2], rtol=1e-5
    )
    assert told.maps.shape == (1, 2, SIDE, SIDE)
    light = Functions({"light": brightness})
    by_function = xk.AdditiveExplainer("many", light, prior=None, **QUICK).fit(network, spots, progress=False)
    told = by_function.explain(spots[0].image)
    assert told.values[0, 0] == pytest.approx(spots[0].image.mean()) and told.maps is None
    with pytest.raises(ValueError, match="which a file cannot hold"):
        by_function.save("never.npz")


def test_a_prior_loss_keeps_weights_that_say_the_same_near_what_is_known() -> None:
    """Two concepts are one and the same; only the prior tells which of them the score is made of."""
    rng = np.random.default_rng(0)
    values = np.repeat(rng.random((200, 1), np.float32), 2, 1)
    features = values[..., None, None].repeat(4, 2).repeat(4, 3)
    examples = Examples(
        numbers=np.arange(200),
        features=features.astype(np.float16),
        values=values,
        priors=np.tile(np.array([3.0, 0.0], np.float32), (200, 1)),
        scores=3 * values[:, 0],
        predicted=values[:, 0] > 0.5,
        held=np.zeros(200, bool),
        skipped=[],
    )
    settings = Settings(positive=True, beta=10, width=8, n_blocks=1, n_epochs=40, seed=0)
    shares = []
    for guided in (True, False):
        model = train(examples, settings, guided)
        given = model(torch.from_numpy(features)) * torch.from_numpy(values)
        assert (given.sum(1) + model.bias - 3 * torch.from_numpy(values[:, 0])).abs().mean() < 0.15
        shares.append(float((given[:, 0] / given.sum(1)).mean()))
    assert shares[0] > 0.95 and 0.3 < shares[1] < 0.7


@pytest.mark.parametrize("positive", [True, False])
def test_weights_begin_alike_or_by_lot(positive: bool) -> None:
    rng = torch.Generator().manual_seed(0)
    features, values = torch.rand((40, 3, 4, 4), generator=rng), 5 * torch.rand((40, 500), generator=rng)
    scores = torch.randn(40, generator=rng)
    units = {}
    for unevenness in (0.0, 1.0):
        torch.manual_seed(0)
        model = Explainer((3, 4, 4), 500, positive, 8, 1)
        model.settle(features, values, scores, unevenness)
        with torch.no_grad():
            units[unevenness] = model.eval()(features).mean(0) / model.unit * 500
    assert units[0.0].std() < 0.2
    if positive:
        assert units[1.0].log().std() == pytest.approx(1, abs=0.15)
        assert units[1.0].mean() == pytest.approx(1, abs=0.2), "in all, they give as much"
    else:
        assert units[1.0].std() == pytest.approx(1, abs=0.15)


# ---- files, and fits that are broken off


def test_from_its_file_it_is_the_same(
    fitted: xk.AdditiveExplainer, found: Contributions, network: xk.Classifier, tmp_path: Path
) -> None:
    again = xk.AdditiveExplainer.load(fitted.save(tmp_path / "one.npz"), network)
    np.testing.assert_array_equal(again.explain(found.images).contributions, found.contributions)
    with pytest.raises(ValueError, match="network of your own"):
        xk.AdditiveExplainer.load(tmp_path / "one.npz")
    found.save(tmp_path / "told.npz")
    with pytest.raises(FileError):
        xk.AdditiveExplainer.load(tmp_path / "told.npz", network)
    assert str(Contributions.load(tmp_path / "told.npz")) == str(found)


def test_an_interrupted_fit_goes_on_to_the_same_bytes(
    network: xk.Classifier, spots: Spots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> xk.AdditiveExplainer:
        return xk.AdditiveExplainer("many", Filters("act"), **QUICK)

    whole = made().fit(network, spots, progress=False).save(tmp_path / "whole.npz").read_bytes()
    folder, trained = tmp_path / "kept", []

    def broken(examples: Any, settings: Any, guided: bool, *rest: Any) -> Any:
        trained.append(guided)
        if not guided:
            raise KeyboardInterrupt
        return train(examples, settings, guided, *rest)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("xaikit.additive.fitting.train", broken)
        made().fit(network, spots, progress=False, checkpoint=folder)
    assert trained == [True, False]
    trained.clear()

    def counted(examples: Any, settings: Any, guided: bool, *rest: Any) -> Any:
        trained.append(guided)
        return train(examples, settings, guided, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("xaikit.additive.fitting.train", counted)
        again = made().fit(network, spots, progress=False, checkpoint=folder)
    assert trained == [False], "what was trained is not trained again"
    assert again.save(tmp_path / "again.npz").read_bytes() == whole


# ---- bad input


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"target": "lots"}, "'lots' is not a class of this network"),
        ({"concepts": Filters("head")}, "need a layer with places; 'head' puts out a vector"),
        ({"concepts": Filters("act", [4])}, "`numbers` must be channels of 'act', 0 to 3"),
        ({"concepts": Filters("act", [])}, "`numbers` must be channels"),
        ({"concepts": Filters("act", [0, 1], ["a"])}, "`names` must be one for each of 2 concepts; got 1"),
        ({"concepts": Outputs(["many"], "act")}, "must be one or more; there is none"),
        ({"concepts": Directions(np.zeros((1, 3)), ["a"], "act")}, r"must be finite numbers \(n, 4\)"),
        ({"concepts": Directions(np.full((1, 4), np.nan), ["a"], "act")}, "must be finite"),
        ({"concepts": Directions(np.eye(4), list("abcd"), "act")}, "'taylor' is of all concepts"),
        ({"concepts": Functions({"a": brightness}), "prior": "taylor"}, "it is not known how"),
        ({"concepts": Functions({}), "prior": None}, "must be one or more"),
        ({"concepts": Functions({"a": lambda views: 3.0}), "prior": None}, "must give numbers"),
        ({"concepts": Functions({("a", "b"): brightness}), "prior": None}, r"\['a', 'b'\] must give numbers"),
        (
            {"concepts": Functions({"a": lambda views: np.full(len(views), np.nan)}), "prior": None},
            r"the values of these concepts have NaN or infinity: \['a'\]",
        ),
        ({"layer": "head"}, "`layer` must have places"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_told(
    wrong: dict[str, Any], told: str, network: xk.Classifier, spots: Spots
) -> None:
    given = {"target": "many", "concepts": Filters("act"), **QUICK, **wrong}
    with pytest.raises(ValueError, match=told):
        xk.AdditiveExplainer(**given).fit(network, spots, progress=False)


def test_what_are_no_filters_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="more than once"):
        Filters("act", [0, 1], ["a", "a"])
    with pytest.raises(ValueError, match="`numbers` must be a list of whole numbers"):
        Filters("act", [0.5])


def test_pictures_that_tell_nothing_are_told(network: xk.Classifier) -> None:
    explainer = xk.AdditiveExplainer("many", Filters("act"), **QUICK)
    with pytest.raises(ValueError, match="12 pictures can be read; an explainer needs 20 or more"):
        explainer.fit(network, Spots(12), progress=False)
    data = Spots(30)
    with pytest.raises(ValueError, match="the same score for all 30 pictures"):
        explainer.fit(network, data.subset([3] * 30), progress=False)


def test_a_concept_that_never_changes_is_told(network: xk.Classifier, spots: Spots) -> None:
    still = Functions({"light": brightness, "one": lambda views: np.ones(len(views))})
    with pytest.warns(UserWarning, match=r"same value in all pictures, and explain nothing: \['one'\]"):
        xk.AdditiveExplainer("many", still, prior=None, **QUICK).fit(network, spots, progress=False)


def test_numbers_that_go_astray_end_the_training(network: xk.Classifier, spots: Spots) -> None:
    huge = Functions({"light": lambda views: 1e38 * views.mean((1, 2, 3))})
    with pytest.raises(ValueError, match="NaN or infini"):
        xk.AdditiveExplainer("many", huge, prior=None, **QUICK).fit(network, spots, progress=False)


@pytest.mark.parametrize("wrong", [{7: "a"}, {"filter 9": "a"}, {0: 3}, {0: "two\nlines"}, {1.5: "a"}, 3])
def test_a_name_that_does_not_do_gives_none(fitted: xk.AdditiveExplainer, wrong: Any) -> None:
    with pytest.raises(ValueError):
        fitted.name({1: "green", **wrong} if isinstance(wrong, dict) else wrong)
    assert fitted.parts_ == {}
