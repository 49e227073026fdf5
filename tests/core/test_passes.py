"""The seam that methods are written on: against networks taken apart by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xaikit.core.classifier import Classifier
from xaikit.core.passes import INPUT

NAMES = ["cat", "dog", "bird"]


def noise(n: int, size: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


@pytest.fixture
def asked(network):
    """A small network of every family, two pictures' inputs, and a layer."""
    classifier = Classifier(network.model, NAMES, network.size, device="cpu", crop=1.0)
    return classifier, classifier.inputs(noise(2, network.size)), network.layer


def test_what_is_recorded_is_what_the_classifier_tells(asked):
    classifier, inputs, layer = asked
    done = classifier.forward(inputs, record=[layer])
    views = noise(2, inputs.shape[-1])
    np.testing.assert_allclose(done.logits, classifier.logits(views, as_view=True), atol=1e-5)
    np.testing.assert_allclose(
        done.features[layer], classifier.features(views, layer, as_view=True), atol=1e-5
    )
    assert not done.logits.requires_grad


def test_an_edit_that_changes_nothing_changes_nothing(asked):
    classifier, inputs, layer = asked
    plain = classifier.forward(inputs).logits
    assert torch.equal(classifier.forward(inputs, edit={layer: lambda features: features}).logits, plain)
    other = classifier.forward(inputs, edit={layer: torch.zeros_like}).logits
    assert not torch.allclose(other, plain)


def test_what_is_recorded_was_there_before_the_edit(asked):
    classifier, inputs, layer = asked
    plain = classifier.forward(inputs, record=[layer]).features[layer]
    edited = classifier.forward(inputs, record=[layer], edit={layer: torch.zeros_like}).features[layer]
    assert torch.equal(plain, edited)


def test_the_tail_goes_on_from_a_layers_output(asked):
    classifier, inputs, layer = asked
    done, tail = classifier.forward(inputs, record=[layer]), classifier.tail(layer)
    assert torch.equal(tail(done.features[layer], inputs), done.logits)
    halved = tail(done.features[layer] / 2, inputs)
    assert torch.equal(halved, classifier.forward(inputs, edit={layer: lambda x: x / 2}).logits)


def test_gradients_pass_through_the_tail(asked):
    classifier, inputs, layer = asked
    features = classifier.forward(inputs, record=[layer]).features[layer].requires_grad_()
    logits = classifier.tail(layer)(features, inputs)
    (slope,) = torch.autograd.grad(logits[:, 1].sum(), features)
    done = classifier.forward(inputs, grad=[layer])
    expected = done.gradients(done.chosen(np.array([[1], [1]])))[layer][:, 0]
    torch.testing.assert_close(slope, expected)


def test_an_edit_between_scores_and_layer_is_in_the_gradient(tiny_model, tiny_classifier, pictures):
    inputs = tiny_classifier.inputs(pictures)
    done = tiny_classifier.forward(inputs, edit={"pool": lambda pooled: 3 * pooled**2}, grad=["mix", INPUT])
    found = done.gradients(done.chosen(np.full((5, 1), 2)))
    x = inputs.clone().requires_grad_()
    mix = tiny_model.mix(tiny_model.act(tiny_model.norm(tiny_model.stem(x)))).clone()
    mix.retain_grad()
    pooled = tiny_model.pool(torch.relu(mix))
    tiny_model.head((3 * pooled**2).flatten(1))[:, 2].sum().backward()
    assert list(found) == [INPUT, "mix"]  # in the order in which they run
    torch.testing.assert_close(found["mix"][:, 0], mix.grad)
    torch.testing.assert_close(found[INPUT][:, 0], x.grad)


def test_a_score_may_be_made_of_features(tiny_model, tiny_classifier, pictures):
    """A unit's own activation, as activation maximisation asks for."""
    inputs = tiny_classifier.inputs(pictures)
    done = tiny_classifier.forward(inputs, record=["mix"], grad=[INPUT])
    found = done.gradients(done.features["mix"][:, 4, 3, 3].sum()[None])[INPUT][:, 0]
    x = inputs.clone().requires_grad_()
    tiny_model.mix(tiny_model.act(tiny_model.norm(tiny_model.stem(x))))[:, 4, 3, 3].sum().backward()
    torch.testing.assert_close(found, x.grad)


def test_scores_may_be_asked_one_after_the_other(asked):
    classifier, inputs, layer = asked
    done = classifier.forward(inputs, grad=[layer])
    both = done.gradients(done.chosen(np.array([[0, 2], [0, 2]])))[layer]
    for number, target in enumerate((0, 2)):
        single = done.gradients(done.chosen(np.full((2, 1), target)))[layer]
        torch.testing.assert_close(single[:, 0], both[:, number])


@pytest.mark.parametrize("ends", [["head"], [INPUT, "pool"]])
def test_an_end_that_no_score_depends_on_is_refused(tiny_classifier, pictures, ends):
    done = tiny_classifier.forward(tiny_classifier.inputs(pictures), record=["mix"], grad=ends)
    with pytest.raises(ValueError, match="no gradient of the logits reaches layer"):
        done.gradients(done.features["mix"].sum()[None])


def test_inputs_and_outputs_of_the_caller_are_left_as_they_are(tiny_classifier, pictures):
    inputs = tiny_classifier.inputs(pictures)
    before = inputs.clone()
    done = tiny_classifier.forward(inputs, record=["mix", "act"], grad=[INPUT])
    done.features["mix"].detach().zero_()
    assert torch.equal(inputs, before)
    assert not inputs.requires_grad
    assert done.gradients(done.chosen(np.zeros((5, 1), int)))[INPUT].any()


@pytest.mark.parametrize("how", [torch.no_grad, torch.inference_mode])
def test_the_callers_mode_does_not_matter(tiny_classifier, pictures, how):
    def ask() -> torch.Tensor:
        done = tiny_classifier.forward(tiny_classifier.inputs(pictures), grad=[INPUT])
        return done.gradients(done.chosen(np.zeros((5, 1), int)))[INPUT]

    expected = ask()
    with how():
        assert torch.equal(ask(), expected)


@pytest.mark.parametrize("where", ["record", "grad"])
def test_an_unknown_layer_is_refused(tiny_classifier, pictures, where):
    with pytest.raises(ValueError, match=r"got 'mixed'\. Did you mean 'mix'\?"):
        tiny_classifier.forward(tiny_classifier.inputs(pictures), **{where: ["mixed"]})


@pytest.mark.parametrize("mean", [[0.485, 0.456, 0.406], [0.5], [0.1, 0.2, 0.3, 0.4, 0.5]])
def test_pictures_are_the_inverse_of_inputs(tiny_model, mean):
    """Of grey networks, of grey pictures."""
    classifier = Classifier(tiny_model, NAMES, 32, mean=mean, std=[0.2] * len(mean), device="cpu")
    views = np.random.default_rng(0).integers(0, 256, (2, 32, 32, max(3, len(mean))), np.uint8)
    if len(mean) == 1:
        views[..., 1:] = views[..., :1]
    np.testing.assert_array_equal(classifier.pictures(classifier.inputs(views)), views)


def test_colors_out_of_range_are_clipped(tiny_classifier):
    bright, dark = (tiny_classifier.pictures(torch.full((1, 3, 32, 32), value)) for value in (9.0, -9.0))
    assert (bright == 255).all()
    assert not dark.any()
