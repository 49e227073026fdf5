"""Features and gradients: against plain autograd without hooks, and against Captum."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xaikit.attribution import gradient_x_input
from xaikit.core.classifier import IMAGENET_MEAN, IMAGENET_STD, Classifier
from xaikit.core.layers import to_grid

NAMES = ["cat", "dog", "bird"]


def normalised(pictures: np.ndarray) -> torch.Tensor:
    scaled = torch.from_numpy(pictures).permute(0, 3, 1, 2).double() / 255
    mean, std = (torch.tensor(v).double().view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    return ((scaled - mean) / std).float()


def noise(n: int, size: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


def test_plain_autograd_gives_the_same(tiny_model, tiny_classifier, pictures):
    logits, features, gradients = tiny_classifier.features_and_gradients(pictures, NAMES, "act")
    body = tiny_model.body(normalised(pictures)).detach().requires_grad_()
    expected = tiny_model.head(tiny_model.pool(body).flatten(1))
    np.testing.assert_allclose(logits, expected.detach(), atol=1e-5)
    np.testing.assert_allclose(features, body.detach(), atol=1e-5)
    for target in range(3):
        (gradient,) = torch.autograd.grad(expected[:, target].sum(), body, retain_graph=True)
        np.testing.assert_allclose(gradients[:, target], gradient, atol=1e-6)


def test_gradient_before_an_in_place_activation_is_cut_where_it_is_negative(tiny_classifier, pictures):
    """∂logit/∂mix is ∂logit/∂act where mix is positive and 0 elsewhere, though act overwrites mix."""
    _, before, at_mix = tiny_classifier.features_and_gradients(pictures, [1], "mix")
    _, _, at_act = tiny_classifier.features_and_gradients(pictures, [1], "act")
    assert (before < 0).any()
    np.testing.assert_allclose(at_mix[:, 0], at_act[:, 0] * (before > 0), atol=1e-7)


def test_captum_gives_the_same(network):
    captum_attr = pytest.importorskip("captum.attr")
    model, size, layer, _ = network
    classifier = Classifier(model, NAMES, size, device="cpu", crop=1.0)
    views = noise(3, size)
    found = classifier.layer(layer)
    _, features, gradients = classifier.features_and_gradients(views, [2], layer)
    module, x = model.get_submodule(layer), normalised(views)
    activation = captum_attr.LayerActivation(model, module).attribute(x)
    product = captum_attr.LayerGradientXActivation(model, module).attribute(x, target=2)
    np.testing.assert_allclose(features, to_grid(activation, found).detach(), atol=1e-5)
    np.testing.assert_allclose(gradients[:, 0] * features, to_grid(product, found).detach(), atol=1e-5)


def test_targets_by_name_index_row_and_prediction_agree(tiny_classifier, pictures):
    logits, _, by_name = tiny_classifier.features_and_gradients(pictures, ["bird", "cat"])
    by_index = tiny_classifier.features_and_gradients(pictures, [2, 0])[2]
    own = tiny_classifier.features_and_gradients(pictures, np.array([[2, 0]] * 5))[2]
    np.testing.assert_array_equal(by_name, by_index)
    np.testing.assert_array_equal(by_name, own)
    top = tiny_classifier.features_and_gradients(pictures)[2]
    all_three = tiny_classifier.features_and_gradients(pictures, NAMES)[2]
    np.testing.assert_array_equal(top[:, 0], all_three[np.arange(5), logits.argmax(1)])


def test_batches_do_not_mix_pictures(tiny_model, pictures):
    whole = Classifier(tiny_model, NAMES, 32, device="cpu", crop=1.0)
    single = Classifier(tiny_model, NAMES, 32, device="cpu", crop=1.0, memory_budget=1)
    own = np.array([[0], [1], [2], [1], [0]])
    for targets in (NAMES, own, None):
        for one, other in zip(
            whole.features_and_gradients(pictures, targets),
            single.features_and_gradients(pictures, targets),
            strict=True,
        ):
            np.testing.assert_allclose(one, other, atol=1e-5)
    assert len(list(single.gradient_batches(pictures))) == 5


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (["cow"], "'cow' is not a class"),
        ([3], "0..2; got 3"),
        ([], "`targets` is empty"),
        (np.zeros((4, 1), int), "has 4 rows.*more pictures"),
        (np.zeros((6, 1), int), "has 6 rows.*pictures are 5"),
    ],
)
def test_targets_are_checked(tiny_classifier, pictures, targets, message):
    with pytest.raises(ValueError, match=message):
        tiny_classifier.features_and_gradients(pictures, targets)


def test_a_layer_cut_off_from_the_scores_is_refused(tiny_model, pictures):
    class Detached(type(tiny_model)):
        def forward(self, x):
            return self.head(self.pool(self.body(x).detach()).flatten(1))

    tiny_model.__class__ = Detached
    classifier = Classifier(tiny_model, NAMES, 32, device="cpu", crop=1.0)
    with pytest.raises(ValueError, match="no gradient of the logits reaches layer 'mix'"):
        classifier.features_and_gradients(pictures, [0], "mix")


def test_several_layers_from_one_pass_are_as_those_of_a_pass_each(network):
    model, size, layer, _ = network
    classifier = Classifier(model, NAMES, size, device="cpu", crop=1.0)
    views = noise(3, size)
    names = [one.name for one in classifier.layers() if one.grid]
    names = [names[0], *names[: names.index(layer)][-1:], layer]
    (batch,) = classifier.layer_batches(views, names, [2, 0], gradients_at=names[1:])
    assert list(batch.features) == list(dict.fromkeys(names))
    assert set(batch.gradients) == set(names[1:])
    for name in names:
        logits, features, gradients = classifier.features_and_gradients(views, [2, 0], name)
        np.testing.assert_allclose(batch.logits, logits, atol=1e-5)
        np.testing.assert_allclose(batch.features[name], features, atol=1e-5)
        if name in batch.gradients:
            np.testing.assert_allclose(batch.gradients[name], gradients, atol=1e-6)


@pytest.mark.parametrize("one", [np.array(1), torch.tensor(1), np.int64(1), "dog"])
def test_a_target_of_no_dimension_is_one_class(tiny_classifier, pictures, one):
    listed = tiny_classifier.features_and_gradients(pictures, [1], "act")
    found = tiny_classifier.features_and_gradients(pictures, one, "act")
    np.testing.assert_array_equal(found[2], listed[2])
    heatmap = gradient_x_input(tiny_classifier, pictures, target=one)
    assert set(heatmap.targets) == {"dog"}
