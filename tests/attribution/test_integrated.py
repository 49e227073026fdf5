"""Integrated gradients: Captum, what can be worked out by hand, completeness, and limits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from xaikit.attribution import gradient_x_input, integrated_gradients
from xaikit.core.classifier import Classifier

NAMES = ["cat", "dog", "bird"]


@pytest.mark.parametrize("n_steps", [1, 7, 50])
@pytest.mark.parametrize("baseline", ["mean", "black", "picture"])
def test_captum_gives_the_same(tiny_model, tiny_classifier, pictures, n_steps, baseline):
    captum_attr = pytest.importorskip("captum.attr")
    x = tiny_classifier.inputs(pictures)
    given = {
        "mean": ("mean", 0),
        "black": ("black", tiny_classifier.inputs(np.zeros((1, 32, 32, 3), np.uint8))),
        "picture": (pictures[3], x[3:4]),
    }
    ours, theirs = given[baseline]
    found = integrated_gradients(tiny_classifier, pictures[:3], "bird", n_steps=n_steps, baseline=ours)
    expected = captum_attr.IntegratedGradients(tiny_model).attribute(x[:3], theirs, target=2, n_steps=n_steps)
    np.testing.assert_allclose(found.values, expected.sum(1).detach(), atol=1e-5)


def test_captum_gives_the_same_for_resnet18():
    captum_attr, torchvision = pytest.importorskip("captum.attr"), pytest.importorskip("torchvision")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = torchvision.models.resnet18(weights=None, num_classes=3).eval()
    classifier = Classifier(model, NAMES, 64, device="cpu", crop=1.0)
    image = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3)).astype(np.uint8)
    found = integrated_gradients(classifier, image, "dog", n_steps=9).values
    x = classifier.inputs(image)
    expected = (
        captum_attr.IntegratedGradients(model).attribute(x, target=1, n_steps=9).sum(1).detach().numpy()
    )
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def test_by_hand():
    """y = r² + 3 r g of one pixel; ∫ along the straight way gives r² + 3/2 r g to r and 3/2 r g to g."""

    class Square(nn.Module):
        def forward(self, x):
            r, g, _ = x.flatten(1).T
            return (r**2 + 3 * r * g)[:, None].repeat(1, 3)

    classifier = Classifier(Square(), NAMES, 1, mean=0.0, std=1.0, device="cpu", crop=1.0)
    r, g = 0.8, 0.4
    image = np.array([[[204, 102, 255]]], np.uint8)
    for channels, expected in (("sum", r**2 + 3 * r * g), ("max", r**2 + 1.5 * r * g)):
        heatmap = integrated_gradients(classifier, image, 0, n_steps=2, baseline="black", channels=channels)
        np.testing.assert_allclose(heatmap.values, expected, rtol=1e-5)
        assert heatmap.checks["score_difference"][0] == pytest.approx(r**2 + 3 * r * g)
        assert heatmap.checks["completeness_error"][0] < 1e-6


def test_of_a_linear_network_it_is_gradient_x_input():
    classifier = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(48, 3)), NAMES, 4, device="cpu", crop=1.0)
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3)).astype(np.uint8)
    found = integrated_gradients(classifier, images, n_steps=1)
    np.testing.assert_allclose(found.values, gradient_x_input(classifier, images).values, atol=1e-6)
    assert max(found.checks["completeness_error"]) < 1e-5


def test_more_steps_are_more_complete(tiny_classifier, pictures):
    errors = [
        np.mean(integrated_gradients(tiny_classifier, pictures, n_steps=n).checks["completeness_error"])
        for n in (1, 8, 64)
    ]
    assert errors[0] > errors[1] > errors[2]
    heatmap = integrated_gradients(tiny_classifier, pictures, "dog", n_steps=64)
    logits = tiny_classifier.logits(pictures)[:, 1]
    sums, differences = heatmap.values.sum((1, 2)), np.array(heatmap.checks["score_difference"])
    np.testing.assert_allclose(np.abs(sums - differences), heatmap.checks["completeness_error"], atol=1e-4)
    assert np.ptp(logits - differences) < 1e-5  # the score of the baseline, the same for all
    assert {"blank", "not_finite", "peak"} <= set(heatmap.checks)


def test_a_picture_that_is_the_baseline_gets_nothing_and_it_is_said(tiny_classifier, pictures):
    with pytest.warns(UserWarning, match="zero everywhere") as told:
        heatmap = integrated_gradients(tiny_classifier, pictures[:2], n_steps=2, baseline=pictures[0])
    assert heatmap.checks["blank"] == [0]
    assert told[0].filename == __file__


def test_memory_budget_decides_on_batches_and_not_on_numbers(tiny_model, pictures):
    found = [
        integrated_gradients(
            Classifier(tiny_model, NAMES, 32, device="cpu", crop=1.0, memory_budget=budget),
            pictures[:2],
            [0, 2],
            n_steps=5,
        ).values
        for budget in (1, 512 * 2**20)
    ]
    np.testing.assert_allclose(*found, atol=1e-6)


def test_without_a_target_it_is_the_predicted_class(tiny_classifier, pictures):
    heatmap = integrated_gradients(tiny_classifier, pictures, n_steps=2)
    assert list(heatmap.targets) == list(heatmap.predictions) == tiny_classifier.predict(pictures)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"target": "cow"}, ValueError, "'cow' is not a class"),
        ({"target": ["cat"]}, ValueError, "has 1 rows"),
        ({"target": ["cat"] * 6}, ValueError, "has 6 rows"),
        ({"n_steps": 0}, ValueError, "`n_steps` must be a whole number, 1 or more; got 0"),
        ({"n_steps": 2.5}, ValueError, "got 2.5"),
        ({"baseline": "grey"}, ValueError, "`baseline` must be 'mean', 'black' or one picture; got 'grey'"),
        ({"baseline": np.zeros((2, 8, 8, 3), np.uint8)}, ValueError, "one picture; got 2"),
        ({"channels": "mean"}, ValueError, "`channels` must be"),
    ],
)
def test_questions_are_checked(tiny_classifier, pictures, options, error, message):
    with pytest.raises(error, match=message):
        integrated_gradients(tiny_classifier, pictures, **({"n_steps": 2} | options))
