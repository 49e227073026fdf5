"""Captum's methods by the bridge: the same numbers as Captum's own, in place or not, and clear errors."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from xaikit.attribution import from_captum, gradcam, gradient_x_input
from xaikit.core.classifier import Classifier

captum_attr = pytest.importorskip("captum.attr")


def test_same_numbers_as_captum(tiny_model, tiny_classifier, pictures):
    x, targets = tiny_classifier.inputs(pictures).requires_grad_(), torch.tensor([0, 1, 2, 0, 1])
    expected = captum_attr.Saliency(tiny_model).attribute(x, targets, abs=False).sum(1).detach()
    heatmap = from_captum(tiny_classifier, pictures, "Saliency", targets.tolist(), abs=False)
    np.testing.assert_allclose(heatmap.values, expected, atol=1e-6)
    assert (heatmap.method, heatmap.layer) == ("Captum's Saliency", "input")
    assert heatmap.targets == ("cat", "dog", "bird", "cat", "dog")
    assert list(heatmap.predictions) == tiny_classifier.predict(pictures)


def test_name_class_and_function_are_the_same(tiny_classifier, pictures):
    ways = ["InputXGradient", captum_attr.InputXGradient, lambda model: captum_attr.InputXGradient(model)]
    for way in ways:
        heatmap = from_captum(tiny_classifier, pictures, way, "dog")
        np.testing.assert_allclose(
            heatmap.values, gradient_x_input(tiny_classifier, pictures, "dog").values, atol=1e-6
        )
        assert heatmap.method == "Captum's InputXGradient"


def test_a_method_around_a_method(tiny_classifier, pictures):
    heatmap = from_captum(
        tiny_classifier,
        pictures,
        lambda model: captum_attr.NoiseTunnel(captum_attr.Saliency(model)),
        nt_samples=2,
        stdevs=0.1,
        channels="max",
    )
    assert heatmap.values.shape == (5, 32, 32) and (heatmap.values > 0).any()


def test_a_layer(tiny_classifier, pictures):
    heatmap = from_captum(tiny_classifier, pictures, "LayerGradCam", "cat", "mix", relu_attributions=True)
    np.testing.assert_allclose(
        heatmap.values, gradcam(tiny_classifier, pictures, "cat", "mix").values, atol=1e-6
    )
    assert heatmap.layer == "mix"
    product = from_captum(tiny_classifier, pictures, "LayerGradientXActivation", "cat", "mix")
    expected = gradient_x_input(tiny_classifier, pictures, "cat", "mix").values
    np.testing.assert_allclose(product.values, expected, atol=1e-6)


def test_forward_methods_and_their_arguments(tiny_model, tiny_classifier, pictures):
    arguments = {"sliding_window_shapes": (3, 8, 8), "strides": (3, 8, 8)}
    heatmap = from_captum(tiny_classifier, pictures[:2], "Occlusion", 1, **arguments)
    x = tiny_classifier.inputs(pictures[:2])
    expected = captum_attr.Occlusion(tiny_model).attribute(x, target=1, **arguments).sum(1).detach()
    np.testing.assert_allclose(heatmap.values, expected, atol=1e-5)


def test_a_network_that_works_in_place_does_not_break_captums_hooks_and_stays_as_it_was(
    tiny_model, tiny_classifier, pictures
):
    tiny_model.train()
    from_captum(tiny_classifier, pictures, "GuidedBackprop", "cat")
    assert tiny_model.act.inplace and tiny_model.training
    assert not any(module._forward_hooks or module._backward_hooks for module in tiny_model.modules())
    with pytest.raises(TypeError):
        from_captum(tiny_classifier, pictures, "GuidedBackprop", "cat", no_such_argument=1)
    assert tiny_model.act.inplace and tiny_model.training
    assert all(parameter.requires_grad for parameter in tiny_model.parameters())


def test_memory_budget_decides_on_batches_and_not_on_numbers(tiny_model, pictures):
    names = ["cat", "dog", "bird"]
    found = [
        from_captum(
            Classifier(tiny_model, names, 32, device="cpu", crop=1.0, memory_budget=budget),
            pictures,
            "Saliency",
            [0, 1, 2, 0, 1],
        ).values
        for budget in (1, 512 * 2**20)
    ]
    np.testing.assert_allclose(*found, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ("Salience", {}, "Did you mean 'Saliency'"),
        ("Saliency", {"target": "cow"}, "'cow' is not a class"),
        ("Saliency", {"target": ["cat"] * 6}, "has 6 rows"),
        ("LayerGradCam", {"layer": "mixx"}, "Did you mean 'mix'"),
        ("LayerGradientXActivation", {"layer": "head"}, r"one value per place, \(5, c, h, w\); got \(5, 3\)"),
        (lambda model: model, {}, "must make a method of Captum; got a TinyModel"),
    ],
)
def test_questions_are_checked(tiny_classifier, pictures, given, options, message):
    with pytest.raises(ValueError, match=message):
        from_captum(tiny_classifier, pictures, given, **options)


def test_without_captum_it_says_what_to_install(tiny_classifier, pictures, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(ImportError, match="pip install captum"):
        from_captum(tiny_classifier, pictures, "Saliency")
