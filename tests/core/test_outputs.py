"""Whatever a network answers with, its probabilities are right, and its maps are of its logits."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from xaikit.core.outputs import output_of

SIDE = 32
PICTURES = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), np.uint8)
MEAN, STD = (0.5, 0.4, 0.3), (0.2, 0.3, 0.4)


def body(n: int, *end: nn.Module, channels: int = 3) -> nn.Sequential:
    torch.manual_seed(1)
    layers = [nn.Conv2d(channels, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, n)]
    network = nn.Sequential(*layers, *end)
    with torch.no_grad():
        network[4].weight.mul_(4)
    return network


def classifier(network: nn.Module, names: list[str], **given) -> xk.Classifier:
    return xk.Classifier(
        network, names, SIDE, **{"mean": MEAN, "std": STD, "device": "cpu", "crop": 1.0} | given
    )


def own_scores(network: nn.Module) -> torch.Tensor:
    pictures = torch.from_numpy(PICTURES).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(three).view(1, 3, 1, 1) for three in (MEAN, STD))
    with torch.no_grad():
        return network((pictures - mean) / std)


@pytest.mark.parametrize(
    ("end", "output"),
    [
        ([], "logits"),
        ([nn.LogSoftmax(1)], "logits"),
        ([nn.Softmax(1)], "probabilities"),
        ([nn.Softmax(1), nn.Flatten()], "probabilities"),
        ([nn.Sigmoid()], "sigmoid"),
        ([nn.Hardsigmoid()], "sigmoid"),
    ],
)
def test_the_probabilities_are_what_the_network_means(end, output):
    network = body(3, *end)
    scores = own_scores(network)
    right = scores if output != "logits" else scores.softmax(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error" if output == "logits" else "ignore")
        clf = classifier(network, list("abc"))
        assert clf.output == output
    np.testing.assert_allclose(clf.probabilities(PICTURES), right, atol=1e-5)
    assert clf.predict(PICTURES) == ["abc"[k] for k in scores.argmax(1)]


@pytest.mark.parametrize("end", [[nn.Softmax(1)], [nn.Sigmoid()]])
def test_a_network_that_ends_in_chances_is_explained_as_the_one_without_that_end(end):
    plain, ended = body(3), body(3, *end)
    kind = "sigmoid" if isinstance(end[0], nn.Sigmoid) else "probabilities"
    clf, other = classifier(plain, list("abc")), classifier(ended, list("abc"), output=kind)
    some = np.abs(clf.logits(PICTURES) - other.logits(PICTURES))
    assert np.ptp(some, axis=1).max() < 1e-4, "alike, but for one number for all classes"
    if kind == "sigmoid":
        for explain in (xk.attribution.gradcam, xk.attribution.guided_backprop):
            maps = [explain(one, PICTURES, target="b").values for one in (clf, other)]
            np.testing.assert_allclose(*maps, rtol=1e-3, atol=1e-5)
        found = [xk.attribution.from_captum(one, PICTURES, "Saliency", target="b") for one in (clf, other)]
        np.testing.assert_allclose(found[0].values, found[1].values, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("end", [[], [nn.Sigmoid()], [nn.Flatten(0)]])
def test_one_number_is_for_its_class_or_against_it(end):
    network = body(1, *end)
    score = own_scores(network).reshape(-1)
    share = score if isinstance(end[:1][0] if end else None, nn.Sigmoid) else score.sigmoid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clf = classifier(network, ["defect"])
        probabilities = clf.probabilities(PICTURES)
    assert clf.class_names == ["defect", "not defect"]
    np.testing.assert_allclose(probabilities, np.stack([share, 1 - share], 1), atol=1e-5)
    it, other = (xk.attribution.gradient_x_input(clf, PICTURES, target=t).values for t in clf.class_names)
    assert np.abs(it).max() > 0
    np.testing.assert_allclose(it, -other if it.min() < 0 else other, atol=1e-6)


def test_what_is_no_logit_is_said_unless_it_was_named():
    with pytest.warns(UserWarning, match="answers with probabilities.*output='probabilities'"):
        classifier(body(3, nn.Softmax(1)), list("abc")).predict(PICTURES)
    with pytest.warns(UserWarning, match="answers with sigmoids.*output='sigmoid'"):
        classifier(body(3, nn.Sigmoid()), list("abc")).predict(PICTURES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        named = classifier(body(3, nn.Softmax(1)), list("abc"), output="logits")
        assert named.probabilities(PICTURES).max() < 0.6, "taken for logits, as it was told"
    with pytest.raises(ValueError, match=r"`output` must be one of .*; got 'softmax'"):
        classifier(body(3), list("abc"), output="softmax")


def test_scores_that_lie_in_0_to_1_by_chance_are_logits():
    weight = torch.full((2, 3), 0.2, requires_grad=True)
    assert output_of(torch.ones(2, 2) @ weight) == "logits"
    assert output_of(torch.tensor([[0.2, 0.9], [0.1, 0.3]])) == "sigmoid", "nothing tells how it was made"
    assert output_of(torch.tensor([[0.2, 1.9]])) == output_of(torch.tensor([[-0.1, 0.3]])) == "logits"


@pytest.mark.parametrize(("n", "names"), [(2, ["defect"]), (1, ["good", "bad"]), (3, ["a", "b"])])
def test_another_number_of_scores_than_names_is_refused(n, names):
    with pytest.raises(ValueError, match="Give one name per"):
        classifier(body(n), names).predict(PICTURES)


def test_a_network_of_grey_pictures_sees_them_grey():
    network = body(2, channels=1)
    clf = classifier(network, ["a", "b"], mean=[0.5], std=[0.25])
    grey = torch.from_numpy(PICTURES @ np.array([0.299, 0.587, 0.114])).float()[:, None] / 255
    with torch.no_grad():
        right = network((grey - 0.5) / 0.25)
    np.testing.assert_allclose(clf.logits(PICTURES), right, atol=1e-4)
    assert clf.mean_color == (128, 128, 128)
    for explain in (xk.attribution.gradcam, xk.attribution.guided_backprop, xk.attribution.gradient_x_input):
        assert explain(clf, PICTURES).values.shape == (3, SIDE, SIDE)
    assert xk.attribution.integrated_gradients(clf, PICTURES[0], n_steps=3).values.shape == (1, SIDE, SIDE)
    with pytest.raises(ValueError, match=r"expected input.*grey pictures.*of one number"):
        classifier(body(2, channels=1), ["a", "b"]).predict(PICTURES)


def test_a_network_of_more_channels_can_be_explained_behind_a_module_that_makes_them():
    class FourChannels(nn.Module):
        def forward(self, x):
            return torch.cat([x, x.mean(1, keepdim=True)], 1)

    clf = classifier(nn.Sequential(FourChannels(), body(2, channels=4)), ["a", "b"])
    assert np.isfinite(clf.logits(PICTURES)).all()


class Odd(nn.Module):
    """A network with one habit, around a sound one."""

    def __init__(self, habit, network: nn.Module | None = None) -> None:
        super().__init__()
        self.habit, self.network = habit, network or body(2)

    def forward(self, pictures):
        return self.habit(self, pictures)


def keeps(self, pictures):
    self.last = self.network[0](pictures)
    return self.network[1:](self.last)


def in_place(self, pictures):
    return self.network(pictures.mul_(2).sub_(0.5))


@pytest.mark.parametrize("habit", [keeps, in_place])
def test_networks_with_a_habit_are_explained(habit):
    clf = classifier(Odd(habit), ["a", "b"])
    assert xk.attribution.gradcam(clf, PICTURES).values.shape == (3, SIDE, SIDE)
    assert xk.attribution.guided_backprop(clf, PICTURES).values.any()
    assert xk.attribution.from_captum(clf, PICTURES, "Saliency").values.any()


def test_a_network_in_double_precision_that_keeps_an_activation_is_copied():
    network = Odd(keeps).double()
    network(torch.rand(1, 3, SIDE, SIDE).double())
    clf = classifier(network, ["a", "b"])
    assert clf.logits(PICTURES).shape == (3, 2) and network.last.dtype == torch.float64


def test_under_the_callers_inference_mode_and_autocast_all_is_as_without():
    clf = classifier(body(2), ["a", "b"])
    right = xk.attribution.guided_backprop(clf, PICTURES).values
    with torch.inference_mode():
        np.testing.assert_array_equal(xk.attribution.guided_backprop(clf, PICTURES).values, right)
        fresh = classifier(body(2), ["a", "b"])
        np.testing.assert_allclose(xk.attribution.guided_backprop(fresh, PICTURES).values, right, atol=1e-6)
    with torch.autocast("cpu", torch.bfloat16):
        assert xk.attribution.integrated_gradients(clf, PICTURES[0], n_steps=3).values.any()
        assert xk.attribution.from_captum(clf, PICTURES[0], "Saliency").values.any()


def test_answers_that_depend_on_the_pictures_beside_or_on_chance_are_told_of():
    network = nn.Sequential(body(2)[0], nn.BatchNorm2d(8, track_running_stats=False), body(2)[1:])
    with pytest.warns(UserWarning, match="depends on the pictures beside it: 1 norm"):
        classifier(network, ["a", "b"]).predict(PICTURES)
    dropping = Odd(lambda self, pictures: self.network(nn.functional.dropout(pictures, 0.9, True)))
    with pytest.warns(UserWarning, match="answers are random"):
        classifier(dropping, ["a", "b"]).predict(PICTURES)


def test_a_compiled_network_is_explained_as_the_original():
    network = body(2)
    plain = classifier(network, ["a", "b"])
    compiled = torch.compile(network, backend="aot_eager")
    inner = nn.Sequential(torch.compile(network[:2], backend="aot_eager"), network[2:])
    right = xk.attribution.guided_backprop(plain, PICTURES).values
    for made in (compiled, inner):
        clf = classifier(made, ["a", "b"])
        np.testing.assert_array_equal(clf.logits(PICTURES), plain.logits(PICTURES))
        np.testing.assert_array_equal(xk.attribution.guided_backprop(clf, PICTURES).values, right)
    assert [layer.name for layer in classifier(compiled, ["a", "b"]).layers()] == [
        layer.name for layer in plain.layers()
    ]


def test_a_fault_of_the_model_itself_is_not_blamed_on_the_size():
    broken = Odd(lambda self, pictures: torch.linalg.inv(torch.zeros(2, 2)))
    with pytest.raises(ValueError, match=r"cannot be run.*The cause lies in the model itself"):
        classifier(broken, ["a", "b"]).predict(PICTURES)
