"""Whatever is asked, the caller's model and the random numbers are as before, also after an error."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from xaikit.attribution import excitation_backprop, gradcam
from xaikit.core.classifier import Classifier
from xaikit.core.reducers import Rate, TopK
from xaikit.core.sweep import sweep

NAMES = ["cat", "dog", "bird"]
QUESTIONS = {
    "logits": lambda c, p: c.logits(p),
    "probabilities": lambda c, p: c.probabilities(p),
    "predict": lambda c, p: c.predict(p),
    "features": lambda c, p: c.features(p),
    "gradients": lambda c, p: c.features_and_gradients(p, [0, 1], "mix"),
    "layers": lambda c, p: c.layers(),
    "default layer": lambda c, p: c.default_layer,
    "fingerprint": lambda c, p: c.fingerprint(),
    "gradcam": lambda c, p: gradcam(c, p),
    "excitation": lambda c, p: excitation_backprop(c, p),
    "sweep": lambda c, p: sweep(c, p, {"rate": Rate(layer="mix"), "top": TopK(layer="norm")}, "mix"),
}


@pytest.fixture
def busy_model(tiny_model):
    """In the middle of a training: mixed modes, a frozen layer, a gradient, and a hook that draws lots."""
    tiny_model.train()
    tiny_model.norm.eval()
    tiny_model.stem.weight.requires_grad_(False)
    tiny_model.head.weight.grad = torch.ones_like(tiny_model.head.weight)
    tiny_model.pool.register_forward_hook(lambda module, given, output: nn.functional.dropout(output, 0.2))
    return tiny_model


def state_of(model: nn.Module) -> dict:
    return {
        "modes": [module.training for module in model.modules()],
        "trainable": [parameter.requires_grad for parameter in model.parameters()],
        "gradients": [None if p.grad is None else p.grad.tolist() for p in model.parameters()],
        "hooks": [
            (list(m._forward_hooks), list(m._forward_pre_hooks), list(m._backward_hooks))
            for m in model.modules()
        ],
        "state": {name: tensor.tolist() for name, tensor in model.state_dict().items()},
        "versions": [tensor._version for tensor in model.state_dict().values()],
        "attributes": [sorted(vars(module)) for module in model.modules()],
        "torch": torch.get_rng_state().tolist(),
        "numpy": np.random.get_state()[1].tolist(),  # noqa: NPY002
        "python": random.getstate(),
        "grad mode": torch.is_grad_enabled(),
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_after_an_answer(busy_model, pictures, question):
    before = state_of(busy_model)
    QUESTIONS[question](Classifier(busy_model, NAMES, 32, device="cpu"), pictures)
    assert state_of(busy_model) == before


ASKED = ["logits", "features", "gradients", "gradcam", "sweep"]
MOMENTS = [(question, True) for question in ASKED] + [(question, False) for question in [*ASKED, "layers"]]


@pytest.mark.parametrize(("question", "tried"), MOMENTS)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_after_an_error_in_the_middle(busy_model, pictures, question, tried, error):
    """In the question itself, or in the trial pass where that is still to come."""
    classifier = Classifier(busy_model, NAMES, 32, device="cpu")
    if tried:
        classifier.layers()
    failing = {"on": True}

    def fail(module, given, output):
        if failing["on"]:
            raise error("in the middle")

    busy_model.mix.register_forward_hook(fail)
    before = state_of(busy_model)
    with pytest.raises((error, ValueError)):
        QUESTIONS[question](classifier, pictures)
    assert state_of(busy_model) == before
    failing["on"] = False
    QUESTIONS[question](classifier, pictures)


def test_training_flags_do_not_change_the_answer(tiny_model, pictures):
    classifier = Classifier(tiny_model, NAMES, 32, device="cpu")
    calm = classifier.logits(pictures)
    tiny_model.train()
    np.testing.assert_array_equal(classifier.logits(pictures), calm)


def test_inside_no_grad_gradients_are_found_all_the_same(tiny_classifier, pictures):
    expected = tiny_classifier.features_and_gradients(pictures, [0])[2]
    with torch.no_grad():
        np.testing.assert_array_equal(tiny_classifier.features_and_gradients(pictures, [0])[2], expected)
        assert not torch.is_grad_enabled()


def test_threads_do_not_take_the_model_from_each_other(tiny_model, pictures):
    """One thread putting the training mode back must not reach into another's forward pass."""
    tiny_model.train()
    tiny_model.stem.register_forward_hook(lambda *_: time.sleep(0.002))
    classifier = Classifier(tiny_model, NAMES, 32, device="cpu")
    expected = classifier.logits(pictures)
    before = state_of(tiny_model)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: classifier.logits(pictures), range(40)))
    np.testing.assert_array_equal(answers, [expected] * 40)
    assert state_of(tiny_model) == before


def test_another_precision_is_answered_by_a_copy(tiny_model, pictures):
    expected = Classifier(tiny_model, NAMES, 32, device="cpu").logits(pictures)
    double = tiny_model.double()
    classifier = Classifier(double, NAMES, 32, device="cpu")
    np.testing.assert_allclose(classifier.logits(pictures), expected, atol=1e-6)
    assert next(double.parameters()).dtype == torch.float64
