"""What SRAE says of pictures: what adds up to the score, and where it is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import Lasso
from two_marks import MARK, Marks

import xaikit as xk
from xaikit.attribution.excitation import winning_probabilities
from xaikit.core.errors import FileError
from xaikit.data import ImageSet, Sample
from xaikit.srae.rivals import lasso_path

QUICK = {"n_steps": 20}


def where(srae: xk.SRAE, data: Marks, numbers: list[int]) -> np.ndarray:
    """Of each x-feature's heat, the mean shares in the red and in the blue mark, (n, 2)."""
    maps = srae.explain([data[k].image for k in numbers], "both").heatmaps
    shares = []
    for one, number in zip(maps, numbers, strict=True):
        corners = [data.places[number][name] for name in ("red", "blue")]
        inside = [one[:, y : y + MARK, x : x + MARK].sum((1, 2)) for x, y in corners]
        shares.append(np.stack(inside, 1) / np.maximum(one.sum((1, 2)), 1e-12)[:, None])
    return np.mean(shares, 0)


# ---- the truth: it says "both" for a red mark and a blue one ----


def test_each_x_feature_is_one_of_the_two_reasons(fitted: xk.SRAE, unseen: Any) -> None:
    shares = where(fitted, *unseen)
    assert sorted(shares.argmax(1).tolist()) == [0, 1]
    assert (shares.max(1) > 0.9).all()


def test_without_the_further_terms_every_x_feature_is_both(network: Any, marks: Marks, unseen: Any) -> None:
    degenerate = xk.SRAE("both", 2, objective="nn").fit(network, marks, progress=False)
    assert (where(degenerate, *unseen).max(1) < 0.9).all()
    assert degenerate.checks["both"]["O1"] > 0.1


def test_a_mark_painted_over_takes_its_x_feature_away(fitted: xk.SRAE, unseen: Any) -> None:
    """An explanation is a prediction: what falls is the x-feature seen there, by as much as the score."""
    data, numbers = unseen
    shares = where(fitted, data, numbers)
    for number in numbers[:8]:
        picture = data[number].image
        for mark, name in enumerate(("red", "blue")):
            x, y = data.places[number][name]
            without = picture.copy()
            without[y : y + MARK, x : x + MARK] = picture[0, 0]
            before, after = (fitted.explain(one, "both") for one in (picture, without))
            fell = (before.contributions - after.contributions)[0]
            assert fell.argmax() == shares[:, mark].argmax()
            assert fell.max() == pytest.approx((before.scores - after.scores)[0], rel=0.1)


# ---- what adds up ----


def test_contributions_and_the_baseline_are_the_approximation(fitted: xk.SRAE, unseen: Any) -> None:
    data, _ = unseen
    found = fitted.explain([one.image for one in data], "both")
    np.testing.assert_allclose(found.baseline + found.contributions.sum(1), found.approximation, atol=1e-6)
    readout = fitted.modules_.readout.detach().numpy()[0]
    np.testing.assert_allclose(found.contributions, found.activations * readout, rtol=1e-6)
    assert (found.activations >= 0).all() and (found.heatmaps >= 0).all()
    np.testing.assert_allclose(found.scores, fitted.classifier_.logits(data)[:, 0], atol=1e-5)
    np.testing.assert_allclose(found.checks["error"], np.abs(found.approximation - found.scores), atol=1e-6)
    assert found.heatmaps.shape == (60, 2, 32, 32) and found.reconstruction.shape == (60, 12)


@pytest.mark.parametrize(("asked", "ends"), [(None, "act"), ("colors", "colors"), ("input", "input")])
def test_heatmaps_are_the_winning_probabilities_of_a_layer(
    network: Any, marks: Marks, asked: str | None, ends: str
) -> None:
    srae = xk.SRAE("both", 2, heat_layer=asked, **QUICK).fit(network, marks, progress=False)
    pictures = [marks[k].image for k in range(4)]
    inputs = network.inputs(np.stack([network.view(one) for one in pictures]))
    won = winning_probabilities(
        network,
        inputs,
        lambda units: np.tile(np.arange(2), (len(units), 1)),
        layer=ends,
        record=["fc1"],
        units=lambda done: srae.fitted_.encode(done.features["fc1"], 0),
        contrastive=True,
    )
    expected = won.probabilities.sum(2).clamp(min=0).numpy()
    assert srae.heat_layer_ == ends and expected.any()
    np.testing.assert_allclose(srae.explain(pictures, "both").heatmaps, expected, atol=1e-7)


def test_heatmaps_of_coarse_places_are_enlarged(network: Any, marks: Marks) -> None:
    coarse = torch.nn.Sequential(torch.nn.AvgPool2d(8), network.model)
    clf = xk.Classifier(
        coarse, network.class_names, 32, mean=(0, 0, 0), std=(1, 1, 1), crop=1.0, device="cpu"
    )
    srae = xk.SRAE("both", 2, heat_layer="0", **QUICK).fit(clf, marks, progress=False)
    heat = srae.explain([marks[0].image], "both").heatmaps
    assert heat.shape == (1, 2, 32, 32) and len(np.unique(heat)) > 16
    assert xk.SRAE("both", 2, **QUICK).fit(clf, marks, progress=False).heat_layer_ == "input"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"heat_layer": "fc1"}, "must have places"),
        ({"heat_layer": "act", "layer": "act"}, "must be a layer below 'act'"),
        ({"heat_layer": "acts"}, "did you mean 'act'"),
    ],
)
def test_a_layer_that_heat_cannot_end_at_is_refused(
    network: Any, marks: Marks, given: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=f"(?i){said}"):
        xk.SRAE("both", 2, **given).fit(network, marks, progress=False)


def test_what_was_checked_is_what_was_held_out(fitted: xk.SRAE) -> None:
    checks = fitted.checks["both"]
    assert checks["F_cls"] > 0.95 and checks["F_reg / range"] < 0.15
    assert checks["n_positives"] + checks["n_negatives"] + checks["n_held_out"] == 400
    assert set(checks["loss"]) == {"faithfulness", "sparse reconstruction", "pull-away"}
    assert checks["dead"] == [] and checks["O1"] < 0.1


def test_the_first_x_feature_gives_the_class_most(fitted: xk.SRAE, unseen: Any) -> None:
    data, numbers = unseen
    gives = fitted.explain([data[k].image for k in numbers], "both").contributions.mean(0)
    assert gives[0] > 0.9 * gives[1]  # in the order that it had in what was learned from


def test_without_a_class_each_picture_is_explained_for_its_own(
    network: Any, marks: Marks, unseen: Any
) -> None:
    data, numbers = unseen
    pictures = [data[numbers[0]].image, data[next(k for k in range(60) if not data.places[k])].image]
    both = xk.SRAE(None, 2, **QUICK).fit(network, marks, progress=False)
    assert both.targets_ == ["both", "other"]
    found = both.explain(pictures)
    for k, name in enumerate(found.targets):
        alone = both.explain(pictures[k], name)
        assert found.targets[k] == alone.targets[0]
        np.testing.assert_allclose(found.contributions[k], alone.contributions[0], atol=1e-5)
        np.testing.assert_allclose(found.heatmaps[k], alone.heatmaps[0], atol=1e-7)
    one = both.explain(pictures, 1)
    assert set(one.targets) == {"other"}


def test_a_picture_that_cannot_be_read_is_told_and_not_explained(fitted: xk.SRAE) -> None:
    class OneMissing(Marks):
        def _read(self, index: int) -> Sample:
            if index == 1:
                raise xk.ImageError("1.png is truncated")
            return super()._read(index)

    with pytest.warns(UserWarning, match="1 of 3 pictures cannot be read"):
        found = fitted.explain(OneMissing(3))
    assert found.targets[1] == found.predictions[1] == "not read"
    assert found.checks["not_read"] == [1] and found.checks["error"][1] is None
    for own in (found.scores, found.baseline, found.contributions, found.heatmaps, found.reconstruction):
        assert np.isnan(own[1]).all() and np.isfinite(own[0]).all()
    assert found.sentence(1) == "This picture cannot be read."
    assert found.plot()


# ---- in words, kept, shown ----


def test_the_sentence_names_what_was_named(fitted: xk.SRAE, unseen: Any, tmp_path: Path) -> None:
    data, numbers = unseen
    named = xk.SRAE.load(fitted.save(tmp_path / "one.npz"), fitted.classifier_)
    shares = where(fitted, *unseen)
    red = int(shares[:, 0].argmax())
    named.name({("both", red): "red mark", ("both", 1 - red): "blue mark"})
    said = named.explain(data[numbers[0]].image).sentence()
    other = next(k for k in range(60) if "red" in data.places[k] and "blue" not in data.places[k])
    one = named.explain(data[other].image, "both").sentence()
    assert one.startswith("The network says other. For both speaks red mark (+") and "blue mark (+" not in one
    assert said.startswith("It is both because of ") and "red mark (+" in said and "blue mark (+" in said
    again = xk.SRAE.load(named.save(tmp_path / "two.npz"), fitted.classifier_)
    assert again.names_ == named.names_
    assert again.name({("both", red): ""}).names_ == {("both", 1 - red): "blue mark"}


def test_its_widget_tells_what_each_gives(fitted: xk.SRAE, unseen: Any) -> None:
    data, numbers = unseen
    found = fitted.explain([data[k].image for k in numbers[:2]])
    view = found.widget().views[1]
    assert view["gives"] == found.contributions[1].tolist()
    assert (view["start"], view["score"]) == (found.baseline[1], found.scores[1])
    named = "".join(one if isinstance(one, str) else f"x-feature {one + 1}" for one in view["words"])
    assert named == found.sentence(1)


def test_a_file_of_the_former_format_says_so(fitted: xk.SRAE, tmp_path: Path) -> None:
    from xaikit.core.archive import read_archive, write_archive

    meta, arrays = read_archive(fitted.save(tmp_path / "one.npz"), "x-features", 3)
    told = {key: one for key, one in meta.items() if key not in ("kind", "format")}
    older = write_archive(tmp_path / "old.npz", "x-features", 2, told, arrays)
    with pytest.raises(FileError, match="format"):
        xk.SRAE.load(older, fitted.classifier_)


# ---- rivals ----


def test_lasso_selects_units_as_scikit_learn_does(network: Any, marks: Marks) -> None:
    rng = np.random.default_rng(0)
    features = np.maximum(rng.normal(size=(120, 9)), 0).astype(np.float32)
    scores = (features[:, 2] * 3 + features[:, 5] - 1).astype(np.float32)
    from xaikit.srae.examples import Split

    split = Split(np.arange(20), np.arange(20, 100), np.arange(100, 105), np.arange(105, 120))
    path = lasso_path(features, scores, split, 0.25)
    weights = np.repeat([0.25 / 20, 0.75 / 80], [20, 80])
    for a in (10, 40, 80):
        one = Lasso(path.alphas[a], tol=1e-10, max_iter=100000)
        one.fit(features[:100].astype(float), scores[:100].astype(float), sample_weight=weights)
        np.testing.assert_allclose(path.coefficients[a], one.coef_, atol=5e-3)
        assert path.baselines[a] == pytest.approx(one.intercept_, abs=5e-3)
    fitted = xk.SRAE("both", 2, objective="lasso").fit(network, marks, progress=False)
    picks = fitted.modules_.encoder.weights[0][0]
    assert set(picks.unique().tolist()) == {0.0, 1.0} and (picks.sum(0) <= 1).all()
    found = fitted.explain(marks[3].image, "both")
    assert found.reconstruction is None
    unit = int(picks[:, 0].argmax())
    assert found.activations[0, 0] == pytest.approx(network.features(marks[3].image, fitted.layer_)[0, unit])


# ---- an interrupted fit ----


class Stops(Marks):
    """Somebody presses the button when so many pictures were read."""

    left = 10**9

    def _read(self, index: int) -> Sample:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super()._read(index)


def test_an_interrupted_fit_goes_on_to_the_same_bytes(
    network: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaikit.srae import fitting

    monkeypatch.setattr(fitting, "GROUP", 1)
    whole = xk.SRAE(None, 2, **QUICK).fit(network, Marks(90), progress=False).save(tmp_path / "whole.npz")
    data = Stops(90)
    data.left = 60
    srae, folder = xk.SRAE(None, 2, **QUICK), tmp_path / "left"
    with pytest.raises(KeyboardInterrupt):
        srae.fit(network, data, checkpoint=folder, progress=False)
    data.left, trained = 10**9, fitting.train
    calls = []

    def train_once(*args: Any, **where: Any) -> Any:
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        return trained(*args, **where)

    monkeypatch.setattr(fitting, "train", train_once)
    with pytest.raises(KeyboardInterrupt):
        srae.fit(network, data, checkpoint=folder, progress=False)
    again = []
    monkeypatch.setattr(fitting, "train", lambda *args, **where: again.append(1) or trained(*args, **where))
    path = srae.fit(network, data, checkpoint=folder, progress=False).save(tmp_path / "again.npz")
    assert len(again) == 1  # of two: the first was kept
    assert path.read_bytes() == whole.read_bytes()


# ---- bad input ----


class Few(ImageSet):
    """Grey pictures, so many of each class."""

    def __init__(self, counts: dict[str, int]) -> None:
        labels = np.repeat(np.arange(len(counts)), list(counts.values()))
        super().__init__(list(counts), labels)

    def _read(self, index: int) -> Sample:
        rng = np.random.default_rng(index)
        return Sample(rng.integers(0, 255, (32, 32, 3), np.uint8), int(self.labels[index]), str(index))


@pytest.mark.parametrize(
    ("target", "data", "said"),
    [
        ("both", {"both": 5, "other": 40}, r"'both' has 5 pictures .* needs 6 or more, better 50"),
        ("both", {"both": 40, "other": 3}, "beside those of 'both' the data has 3 pictures"),
        ("boht", {"both": 40, "other": 40}, "Did you mean 'both'"),
        ("other", {"both": 40, "dog": 40}, "the data has pictures; it has none of 'other'"),
        (["both", "both"], {"both": 40, "other": 40}, "names a class twice"),
        (None, {"cat": 40, "dog": 40}, "none of the network's.*named_as"),
    ],
)
def test_data_that_does_not_do(network: Any, target: Any, data: dict[str, int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        xk.SRAE(target, 2, **QUICK).fit(network, Few(data), progress=False)


def test_more_x_features_than_units(network: Any, marks: Marks) -> None:
    with pytest.raises(ValueError, match="at most 12, the units of layer 'on'; got 13"):
        xk.SRAE("both", 13).fit(network, marks, progress=False)


def test_a_score_that_never_changes(marks: Marks) -> None:
    import two_marks

    network = two_marks.classifier()
    with torch.no_grad():
        network.model.fc2.weight.zero_()
    with pytest.raises(ValueError, match="same score for all pictures"):
        xk.SRAE("both", 2).fit(network, marks, progress=False)


def test_x_features_that_are_off_everywhere_are_warned_of(network: Any, marks: Marks) -> None:
    with pytest.warns(UserWarning, match=r"off on all pictures.*both \[3, 4\]"):
        srae = xk.SRAE("both", 4, objective="lasso").fit(network, marks, progress=False)
    assert srae.checks["both"]["dead"]


def test_where_nothing_can_be_shown_the_fit_says_so(marks: Marks) -> None:
    import two_marks

    class Mixes(two_marks.TwoMarks):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen = self.pool(self.act(self.colors(x))).flatten(1)
            return self.fc2(self.on(self.fc1(torch.matmul(seen, torch.eye(2)))))

    network = xk.Classifier(
        Mixes(), two_marks.CLASSES, input_size=32, mean=(0, 0, 0), std=(1, 1, 1), crop=1.0, device="cpu"
    )
    with pytest.warns(UserWarning, match="`explain` will raise: excitation backprop is defined for"):
        srae = xk.SRAE("both", 2, **QUICK).fit(network, marks, progress=False)
    assert srae.checks["both"]["O1"] is None and srae.checks["both"]["F_cls"] > 0.5
    whole = srae.examples_["both"]
    assert whole[0, 0].any() and set(np.unique(whole[..., 3])) <= {0, 255}  # nobody knows where in them
    with pytest.raises(ValueError, match="excitation backprop is defined for"):
        srae.explain(marks[0].image)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({("bth", 0): "x"}, "Did you mean 'both'"),
        ({("both", 2): "x"}, r"must lie in 0\.\.1; got 2"),
        ({("both", 0): 3}, "must be a text; got 3"),
        ({("both", 0): "x" * 41}, "at most 40 letters"),
        ({"both": "x"}, "must be 2 values"),
        (["x"], "must be a Mapping"),
    ],
)
def test_names_that_do_not_do(fitted: xk.SRAE, names: Any, said: str) -> None:
    before = dict(fitted.names_)
    with pytest.raises(ValueError, match=said):
        fitted.name(names)
    assert fitted.names_ == before


def test_what_was_not_fitted_is_not_explained(fitted: xk.SRAE, marks: Marks) -> None:
    with pytest.raises(ValueError, match="'other' is not explained here; fitted are"):
        fitted.explain(marks[0].image, "other")
    with pytest.raises(ValueError, match="at least one"):
        fitted.explain([])


def test_a_file_whose_layers_do_not_go_together_is_damage(fitted: xk.SRAE, tmp_path: Path) -> None:
    from xaikit.core.archive import read_archive, write_archive

    path = fitted.save(tmp_path / "one.npz")
    meta, arrays = read_archive(path, "x-features", 3)
    told = {key: one for key, one in meta.items() if key not in ("kind", "format")}
    for name, other in (
        ("encoder.weights.1", arrays["encoder.weights.1"][:, :9]),
        ("decoder.weights.2", arrays["decoder.weights.2"][:, :, :9]),
        ("readout", arrays["readout"][:, :1]),
        ("baseline", arrays["baseline"].astype(int)),
        ("examples", arrays["examples"][:, :1]),
    ):
        broken = write_archive(tmp_path / "x.npz", "x-features", 3, told, {**arrays, name: other})
        with pytest.raises(FileError, match="damaged"):
            xk.SRAE.load(broken, fitted.classifier_)
    with pytest.raises(ValueError, match="another network"):
        xk.SRAE.load(path, xk.load_classifier("toyworld/vehicles", device="cpu"))
