"""Pixel maps of real ImageNet networks and photographs: Captum's numbers, and on the object."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from xaikit import load_classifier, metrics
from xaikit.attribution import (
    excitation_backprop,
    from_captum,
    gradient_x_input,
    guided_backprop,
    integrated_gradients,
)

pytestmark = pytest.mark.real

BIRD = (55, 0, 208, 224)  # where the macaw is in the view of parrot.jpg


@pytest.fixture(scope="module", params=["resnet18", "mobilenet_v2", "squeezenet1_0"])
def network(request, real_folder):
    weights = real_folder / "models" / f"{request.param}.safetensors"
    return request.param, load_classifier(f"torchvision/{request.param}", weights=weights, device="cpu")


@pytest.fixture
def parrot(real_folder):
    return real_folder / "photos_cc" / "parrot.jpg"


def test_captum_gives_the_same(network, parrot):
    name, classifier = network
    pairs = [("InputXGradient", gradient_x_input(classifier, parrot).values)]
    if name != "mobilenet_v2":  # its ReLU6 is none to Captum
        pairs.append(("GuidedBackprop", guided_backprop(classifier, parrot, channels="sum").values))
    for method, ours in pairs:
        theirs = from_captum(classifier, parrot, method).values
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * np.abs(theirs).max())


def test_guided_backprop_is_on_the_bird(network, parrot):
    """Gradient × input is not: its positive part is speckled over the bright background as well."""
    _, classifier = network
    heatmap = guided_backprop(classifier, parrot)
    assert not heatmap.checks["blank"] and not heatmap.checks["not_finite"]
    (share,), (area,) = (metrics.energy_in_box(v, [BIRD]) for v in (heatmap.values, np.ones((1, 224, 224))))
    assert share > area
    assert metrics.pointing_hits(heatmap.values, [BIRD], [0]).all()


def test_integrated_gradients_are_nearly_complete(network, parrot):
    _, classifier = network
    checks = integrated_gradients(classifier, parrot, n_steps=25).checks
    assert checks["completeness_error"][0] < 0.2 * abs(checks["score_difference"][0])


def test_excitation_is_on_the_bird_and_hands_on_what_it_has(network, parrot):
    """MobileNetV2 loses most of it: weighing one channel each, its units are often on by their bias alone."""
    name, classifier = network
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "layers are given negative units")
        contrastive = excitation_backprop(classifier, parrot)
        plain = excitation_backprop(classifier, parrot, contrastive=False)
    assert plain.checks["arrived"][0] > (0.001 if name == "mobilenet_v2" else 0.999)
    assert bool(plain.checks["negative"]) == (name == "mobilenet_v2")
    for heatmap in (contrastive, plain):
        (share,), (area,) = (
            metrics.energy_in_box(v, [BIRD]) for v in (heatmap.values, np.ones((1, 224, 224)))
        )
        assert share > area
