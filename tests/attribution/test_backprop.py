"""One backward pass: the rules spelt out in float64, every way to write a ReLU, masks, and limits."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.autograd.functional import jacobian
from torch.nn import functional

from xaikit.attribution import gradient_x_input, guided_backprop
from xaikit.attribution.backprop import input_gradients
from xaikit.core.classifier import Classifier

NAMES = ["cat", "dog", "bird"]


def gradients(classifier, images, target=None, **options) -> np.ndarray:
    return np.concatenate(
        [batch.gradients for batch in input_gradients(classifier, images, target, **options)]
    )


def classifier_of(model: nn.Module, size: int = 8, **options) -> Classifier:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        for parameter in model.parameters():
            nn.init.normal_(parameter, 0, 0.5)
    return Classifier(model.eval(), NAMES, size, mean=0.5, std=0.25, device="cpu", crop=1.0, **options)


def noise(n: int, size: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (n, size, size, 3)).astype(np.uint8)


# ---- the rules in paper form ----


def in_paper_form(model, x: torch.Tensor, c: int, guided: bool, mask: np.ndarray) -> np.ndarray:
    """SeVec 5 for the TinyModel and one picture: Aᵀ R^{l+1} through what is affine, the rule at a ReLU."""
    model = model.double()
    affine = [lambda x: model.norm(model.stem(x)), model.mix, lambda a: model.head(model.pool(a).flatten(1))]
    given, now = [], x.double()[None]
    matrices = []
    for number, layer in enumerate(affine):
        matrices.append(jacobian(layer, now).reshape(layer(now).numel(), now.numel()).numpy())
        now = layer(now)
        if number < 2:
            given.append(now.detach().numpy().ravel())
            now = now.clamp(min=0)
    signal = matrices[2].T @ np.eye(3)[c]
    signal = np.array([r * m for r, m in zip(signal, mask.ravel(), strict=True)])
    for X, A in zip(reversed(given), reversed(matrices[:2]), strict=True):
        signal = np.array([r * (v > 0 and (r > 0 or not guided)) for r, v in zip(signal, X, strict=True)])
        signal = A.T @ signal
    model.float()
    return signal.reshape(x.shape)


@pytest.mark.parametrize("guided", [True, False])
@pytest.mark.parametrize("semantic", [True, False])
def test_paper_form(tiny_model, tiny_classifier, pictures, guided, semantic):
    rng = np.random.default_rng(1)
    mask = rng.random((12, 8, 8)) > (0.5 if semantic else -1)
    keep = {"act": mask} if semantic else None
    x = tiny_classifier.inputs(pictures[:2])
    found = gradients(tiny_classifier, pictures[:2], ["dog", "bird"], guided=guided, keep=keep)
    for number, c in enumerate((1, 2)):
        expected = in_paper_form(tiny_model, x[number], c, guided, mask)
        np.testing.assert_allclose(found[number], expected, atol=1e-6 * np.abs(expected).max())


def test_by_hand():
    """Score = 2 relu(a) − 3 relu(b) + relu(c − b) of the three colors' means, one pixel each."""

    class ByHand(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False)
            self.relu = nn.ReLU()
            with torch.no_grad():
                self.first.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, -1, 1]]))
                self.second.weight.copy_(torch.tensor([[2.0, -3, 1]] * 3))

        def forward(self, x):
            return self.second(self.relu(self.first(x.flatten(1))))

    classifier = Classifier(ByHand(), NAMES, 1, mean=0.0, std=1.0, device="cpu", crop=1.0)
    image = np.array([[[255, 51, 204]]], np.uint8)  # a = 1, b = 0.2, c = 0.8: all three ReLUs are open
    plain, guided = (gradients(classifier, image, "cat", guided=g)[0, :, 0, 0] for g in (False, True))
    np.testing.assert_allclose(plain, [2, -3 - 1, 1], atol=1e-6)
    np.testing.assert_allclose(guided, [2, -1, 1], atol=1e-6)
    (contribution,) = gradient_x_input(classifier, image, "cat").values
    np.testing.assert_allclose(contribution, 2 - 4 * 0.2 + 0.8, atol=1e-6)


# ---- Captum ----


@pytest.mark.parametrize("name", ["vgg11", "resnet18", "squeezenet1_1", "shufflenet_v2_x0_5"])
def test_captum_gives_the_same(name):
    captum_attr, torchvision = pytest.importorskip("captum.attr"), pytest.importorskip("torchvision")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None, num_classes=3).eval()
        classifier = Classifier(model, NAMES, 64, device="cpu", crop=1.0)
        images, targets = noise(2, 64), torch.tensor([2, 1])
        guided = gradients(classifier, images, ["bird", "dog"], guided=True)
        product = gradient_x_input(classifier, images, ["bird", "dog"]).values
        for module in model.modules():
            if hasattr(module, "inplace"):
                module.inplace = False  # Captum's hooks cannot be in a network that works in place
        x = classifier.inputs(images).requires_grad_()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = captum_attr.GuidedBackprop(model).attribute(x, targets).detach().numpy()
        sums = captum_attr.InputXGradient(model).attribute(x, targets).sum(1).detach().numpy()
    np.testing.assert_allclose(guided, expected, atol=1e-5 * np.abs(expected).max())
    np.testing.assert_allclose(product, sums, atol=1e-5 * np.abs(sums).max())


class GuidedRelu(torch.autograd.Function):
    """The rule, as a function to put in place of torch's own."""

    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward((x > low) & (x < high))
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx, signal):
        (open_,) = ctx.saved_tensors
        return signal * (signal > 0) * open_, None, None


@pytest.mark.parametrize("name", ["densenet121", "googlenet", "mobilenet_v2", "resnet18"])
def test_relus_that_are_functions_or_relu6(name, monkeypatch):
    """Captum leaves these out; what must come out is what the network gives with another ReLU in torch."""
    torchvision = pytest.importorskip("torchvision")
    options = {"init_weights": False} if name == "googlenet" else {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None, num_classes=3, **options).eval()
        classifier = Classifier(model, NAMES, 64, device="cpu", crop=1.0)
        images = noise(1, 64)
        found = gradients(classifier, images, "dog", guided=True)
        plain = gradients(classifier, images, "dog")
        monkeypatch.setattr(functional, "relu", lambda x, inplace=False: GuidedRelu.apply(x, 0, np.inf))
        monkeypatch.setattr(functional, "relu6", lambda x, inplace=False: GuidedRelu.apply(x, 0, 6))
        monkeypatch.setattr(
            functional, "hardtanh", lambda x, low, high, inplace=False: GuidedRelu.apply(x, low, high)
        )
        expected = gradients(classifier, images, "dog")
    assert np.abs(expected - plain).max() > 0.1 * np.abs(plain).max()
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


# ---- every way to write a ReLU ----


class Twice(nn.Module):
    """Conv, activation, conv, the same activation, mean, linear."""

    def __init__(self, activation):
        super().__init__()
        self.one, self.two, self.head = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 5, 3), nn.Linear(5, 3)
        self.activation = activation

    def forward(self, x):
        x = self.activation(self.one(x))
        return self.head(self.activation(self.two(x)).mean((2, 3)))


RELUS = {
    "module": nn.ReLU(),
    "in place": nn.ReLU(inplace=True),
    "functional": functional.relu,
    "functional in place": lambda x: functional.relu(x, inplace=True),
    "torch": torch.relu,
    "method": lambda x: x.relu(),
    "method in place": lambda x: x.relu_(),
    "clamp": lambda x: x.clamp(min=0),
    "clamp in place": lambda x: x.clamp_(min=0),
    "clamp_min": lambda x: x.clamp_min(0.0),
    "threshold": nn.Threshold(0, 0),
    "relu6 of small values": nn.ReLU6(),
    "hardtanh": nn.Hardtanh(0, 1e6, inplace=True),
}


@pytest.mark.parametrize("name", RELUS)
def test_every_form_of_relu_is_guided(name):
    images = noise(2, 8)
    given = classifier_of(Twice(lambda x: GuidedRelu.apply(x, 0, np.inf)))
    scale = 1 if name != "relu6 of small values" else 0.01
    found = classifier_of(Twice(RELUS[name]))
    for classifier in (given, found):  # all below 6, and by the same factor everywhere
        with torch.no_grad():
            classifier.model.one.weight.mul_(scale)
            classifier.model.one.bias.mul_(scale)
            classifier.model.two.bias.mul_(scale)
    expected = gradients(given, images, [0, 1])
    np.testing.assert_allclose(gradients(found, images, [0, 1], guided=True), expected, atol=1e-6)
    assert np.abs(expected - gradients(found, images, [0, 1])).max() > 1e-3 * scale


def test_relu6_is_shut_above_6():
    model, images = Twice(nn.ReLU6()), noise(2, 8)
    found, expected = classifier_of(model), classifier_of(Twice(lambda x: GuidedRelu.apply(x, 0, 6)))
    for classifier in (found, expected):
        with torch.no_grad():
            classifier.model.one.weight.mul_(5)
    np.testing.assert_allclose(
        gradients(found, images, 0, guided=True), gradients(expected, images, 0), atol=1e-5
    )
    unbounded = classifier_of(Twice(nn.ReLU()))
    with torch.no_grad():
        unbounded.model.one.weight.mul_(5)
    assert np.abs(gradients(unbounded, images, 0, guided=True) - gradients(expected, images, 0)).max() > 0.1


@pytest.mark.parametrize("activation", [nn.GELU(), nn.Hardtanh(), nn.LeakyReLU(), lambda x: x.clamp(min=0.1)])
def test_a_network_without_relus_has_its_plain_gradient_and_says_so(activation):
    classifier, images = classifier_of(Twice(activation)), noise(1, 8)
    with pytest.warns(UserWarning, match="no ReLU, so guided backprop is its plain gradient") as told:
        heatmap = guided_backprop(classifier, images, "cat")
    assert told[0].filename == __file__
    np.testing.assert_array_equal(heatmap.values, np.abs(gradients(classifier, images, "cat")).max(1))


def test_a_relu_in_place_on_a_view_is_refused():
    for view in (lambda x: x.view_as(x), lambda x: x.transpose(2, 3)):
        classifier = classifier_of(Twice(lambda x, view=view: view(x).relu_()))
        with pytest.raises(ValueError, match=r"in place on a view.*inplace=False"):
            gradients(classifier, noise(1, 8), 0, guided=True)
        assert gradients(classifier, noise(1, 8), 0).any()


# ---- masks ----


def test_forms_of_a_mask(tiny_classifier, pictures):
    rng = np.random.default_rng(0)
    per_channel, whole = rng.random((5, 12)) > 0.4, rng.random((5, 12, 8, 8)) > 0.4

    def asked(mask):
        return gradients(tiny_classifier, pictures, "cat", guided=True, keep={"act": mask})

    filled = np.broadcast_to(per_channel[:, :, None, None], whole.shape)
    np.testing.assert_array_equal(asked(per_channel), asked(filled))
    np.testing.assert_array_equal(asked(per_channel[0]), asked(filled[0]))
    np.testing.assert_array_equal(asked(whole), asked(torch.from_numpy(whole)))
    np.testing.assert_array_equal(asked(whole), asked(whole.astype(float)))
    each = [
        gradients(tiny_classifier, pictures[n], "cat", guided=True, keep={"act": whole[n]})[0]
        for n in range(5)
    ]
    np.testing.assert_allclose(asked(whole), each, atol=1e-6)


def test_a_mask_of_ones_changes_nothing_and_of_zeros_leaves_nothing(tiny_classifier, pictures):
    for method in (guided_backprop, gradient_x_input):
        plain = method(tiny_classifier, pictures)
        np.testing.assert_array_equal(
            plain.values, method(tiny_classifier, pictures, keep={"act": np.ones(12)}).values
        )
        with pytest.warns(UserWarning, match="zero everywhere"):
            nothing = method(tiny_classifier, pictures, keep={"act": np.zeros(12)})
        assert nothing.checks["blank"] == [0, 1, 2, 3, 4]
        assert nothing.method == f"{plain.method}, kept units at act"


def test_a_real_mask_scales_the_signal(tiny_classifier, pictures):
    np.testing.assert_allclose(
        gradients(tiny_classifier, pictures, keep={"mix": np.full(12, -0.5)}),
        -0.5 * gradients(tiny_classifier, pictures),
        atol=1e-6,
    )


def test_masks_at_a_vector_and_at_several_layers(tiny_model, pictures):
    class Deeper(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.pool, self.out = tiny_model, nn.Flatten(), nn.Linear(3, 3)

        def forward(self, x):
            return self.out(self.pool(self.body(x)).relu_())  # in place on what `keep` looks at

    model = Deeper().eval()
    nn.init.eye_(model.out.weight)
    nn.init.constant_(model.out.bias, 0)
    classifier = Classifier(model, NAMES, 32, device="cpu", crop=1.0)
    logits = Classifier(tiny_model, NAMES, 32, device="cpu", crop=1.0).logits(pictures)
    keep = np.array([True, False, True])
    for target in range(3):
        found = gradients(classifier, pictures, target, keep={"pool": keep})
        bare = gradients(Classifier(tiny_model, NAMES, 32, device="cpu", crop=1.0), pictures, target)
        open_ = (logits[:, target] > 0) & keep[target]
        np.testing.assert_allclose(found, bare * open_[:, None, None, None], atol=1e-6)
    half = gradients(classifier, pictures, 2, keep={"pool": np.full(3, 0.5), "body.mix": np.full(12, 0.5)})
    np.testing.assert_allclose(half, 0.25 * gradients(classifier, pictures, 2), atol=1e-6)


def test_of_a_module_that_runs_twice_the_last_run_is_masked(tiny_model, tiny_classifier, pictures):
    """`act` runs on (8, 16, 16) first, which no mask of (12, 8, 8) would fit."""
    mask = np.random.default_rng(2).random((12, 8, 8)) > 0.5
    at_act = gradients(tiny_classifier, pictures, keep={"act": mask})

    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.last = tiny_model, nn.Identity()

        def forward(self, x):
            body = self.body
            return body.head(body.pool(self.last(body.body(x))).flatten(1))

    named = Classifier(Named(), NAMES, 32, device="cpu", crop=1.0)
    np.testing.assert_allclose(at_act, gradients(named, pictures, keep={"last": mask}), atol=1e-6)


@pytest.mark.parametrize("form", ["tokens", "grid_last"])
def test_tokens_and_channels_last_are_masked_as_grids(form):
    """The score is the sum over places and channels, plus 7 times the class token."""

    class Places(nn.Module):
        def __init__(self):
            super().__init__()
            self.places, self.layer = nn.AvgPool2d(8), nn.Identity()

        def forward(self, x):
            grid = self.places(x)
            if form == "grid_last":
                out = self.layer(grid.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
                return torch.stack([out.sum((1, 2, 3))] * 3, 1)
            token = grid.mean((2, 3))[:, None]
            out = self.layer(torch.cat([token, grid.flatten(2).transpose(1, 2)], 1))
            return torch.stack([out[:, 1:].sum((1, 2)) + 7 * out[:, 0].sum(1)] * 3, 1)

    classifier = Classifier(Places(), NAMES, 32, mean=0.0, std=1.0, device="cpu", crop=1.0)
    assert classifier.layer("layer").kind == form
    mask = np.random.default_rng(0).random((3, 4, 4)) > 0.5
    found = gradients(classifier, noise(1, 32), 0, keep={"layer": mask})[0]
    token = 7 / 16 if form == "tokens" else 0
    np.testing.assert_allclose(found, (mask + token).repeat(8, 1).repeat(8, 2) / 64, atol=1e-6)


# ---- ends at a layer ----


def test_the_pass_may_end_at_a_layer(tiny_classifier, pictures):
    captum_attr = pytest.importorskip("captum.attr")
    heatmap = gradient_x_input(tiny_classifier, pictures, "dog", "mix")
    assert heatmap.layer == "mix" and heatmap.values.shape == (5, 32, 32)
    tiny_classifier.model.act.inplace = False
    method = captum_attr.LayerGradientXActivation(tiny_classifier.model, tiny_classifier.model.mix)
    expected = method.attribute(tiny_classifier.inputs(pictures), 1).sum(1, keepdim=True)
    expected = functional.interpolate(expected, (32, 32), mode="bilinear")[:, 0].detach()
    np.testing.assert_allclose(heatmap.values, expected, atol=1e-5)


def test_at_a_layer_it_is_the_classifiers_own_gradient(tiny_classifier, pictures):
    for layer in ("act", "mix", "head", "pool"):
        _, features, expected = tiny_classifier.features_and_gradients(pictures, [1], layer)
        (batch,) = input_gradients(tiny_classifier, pictures, 1, layer=layer)
        np.testing.assert_allclose(batch.inputs, features, atol=1e-6)
        np.testing.assert_allclose(batch.gradients, expected[:, 0], atol=1e-6)


def test_a_mask_at_the_layer_where_the_pass_ends(tiny_classifier, pictures):
    mask = np.random.default_rng(0).random((12, 8, 8)) > 0.5
    plain, kept = (
        gradients(tiny_classifier, pictures, 1, layer="mix", keep=k) for k in (None, {"mix": mask})
    )
    np.testing.assert_allclose(kept, plain * mask, atol=1e-7)


# ---- limits and promises ----


def test_of_a_network_without_biases_the_sum_is_the_logit():
    model = classifier_of(Twice(nn.ReLU()))
    for module in (model.model.one, model.model.two, model.model.head):
        nn.init.zeros_(module.bias)
    images = noise(3, 8)
    for target in range(3):
        sums = gradient_x_input(model, images, target).values.sum((1, 2))
        np.testing.assert_allclose(sums, model.logits(images)[:, target], rtol=1e-4)


def test_memory_budget_decides_on_batches_and_not_on_numbers(tiny_model, pictures):
    mask = np.random.default_rng(0).random((5, 12)) > 0.5
    targets = ["cat", "dog", "bird", "cat", 1]
    sizes, answers = [], []
    for budget in (1, 512 * 2**20):
        classifier = Classifier(tiny_model, NAMES, 32, device="cpu", crop=1.0, memory_budget=budget)
        found = list(input_gradients(classifier, pictures, targets, guided=True, keep={"act": mask}))
        sizes.append([len(batch.views) for batch in found])
        answers.append(np.concatenate([batch.gradients for batch in found]))
    assert sizes == [[1] * 5, [5]]
    np.testing.assert_allclose(*answers, atol=1e-6)


def test_one_forward_and_one_backward_pass(tiny_model, tiny_classifier, pictures, monkeypatch):
    tiny_classifier.layers()
    passes = []
    tiny_model.head.register_forward_hook(lambda *_: passes.append("forward"))
    grad = torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda *a, **k: passes.append("backward") or grad(*a, **k))
    guided_backprop(tiny_classifier, pictures, keep={"act": np.ones(12)})
    assert passes == ["forward", "backward"]


def test_pictures_may_be_a_stream(tiny_classifier, pictures):
    np.testing.assert_array_equal(
        guided_backprop(tiny_classifier, iter(pictures)).values,
        guided_backprop(tiny_classifier, pictures).values,
    )


def test_fields_of_the_heatmap(tiny_classifier, pictures):
    heatmap = guided_backprop(tiny_classifier, pictures, ["cat", 1, "bird", "cat", 2])
    assert heatmap.targets == ("cat", "dog", "bird", "cat", "bird")
    assert list(heatmap.predictions) == tiny_classifier.predict(pictures)
    assert (heatmap.layer, heatmap.method) == ("input", "guided backprop")
    assert heatmap.values.dtype == np.float32 and (heatmap.values >= 0).all()
    np.testing.assert_array_equal(heatmap.images, pictures)
    signed = guided_backprop(tiny_classifier, pictures, "cat", channels="sum").values
    np.testing.assert_allclose(signed, gradients(tiny_classifier, pictures, "cat", guided=True).sum(1))
    assert (signed < 0).any()


def test_not_finite_gradients_are_said(tiny_model, pictures):
    class Root(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = tiny_model

        def forward(self, x):
            return self.body(x) + (x.mean((1, 2, 3)) * 0).sqrt()[:, None]

    with pytest.warns(UserWarning, match="not finite") as told:
        heatmap = gradient_x_input(Classifier(Root(), NAMES, 32, device="cpu", crop=1.0), pictures[0], "cat")
    assert heatmap.checks["not_finite"] == [0]
    assert told[0].filename == __file__


# ---- the model stays as it was ----


def state_of(model: nn.Module) -> list:
    hooks = [(dict(m._forward_hooks), dict(m._backward_hooks), m.training) for m in model.modules()]
    slopes = [(p.requires_grad, p.grad) for p in model.parameters()]
    return [hooks, slopes, [(t._version, t.tolist()) for t in model.state_dict().values()]]


def test_the_model_stays_as_it_was_also_after_an_error(tiny_model, tiny_classifier, pictures, monkeypatch):
    tiny_model.train()
    tiny_model.stem.weight.requires_grad_(False)
    before = state_of(tiny_model)
    keep = {"act": np.ones(12)}
    guided_backprop(tiny_classifier, pictures, keep=keep)
    gradient_x_input(tiny_classifier, pictures, layer="mix", keep=keep)
    assert state_of(tiny_model) == before

    def broken(*_args, **_kwargs):
        raise RuntimeError("the pass broke")

    monkeypatch.setattr(torch.autograd, "grad", broken)
    with pytest.raises(RuntimeError, match="the pass broke"):
        guided_backprop(tiny_classifier, pictures, keep=keep)
    assert state_of(tiny_model) == before


def test_it_works_where_gradients_are_switched_off(tiny_classifier, pictures):
    expected = guided_backprop(tiny_classifier, pictures).values
    with torch.no_grad():
        np.testing.assert_array_equal(guided_backprop(tiny_classifier, pictures).values, expected)
        assert not torch.is_grad_enabled()


def test_same_question_same_answer(tiny_classifier, pictures):
    for method in (guided_backprop, gradient_x_input):
        np.testing.assert_array_equal(
            method(tiny_classifier, pictures).values, method(tiny_classifier, pictures).values
        )


# ---- bad input ----


@pytest.mark.parametrize("method", [guided_backprop, gradient_x_input])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"target": "cow"}, ValueError, "'cow' is not a class"),
        ({"target": 3}, ValueError, "0..2"),
        ({"target": ["cat"]}, ValueError, "has 1 rows"),
        ({"target": ["cat"] * 6}, ValueError, "has 6 rows"),
        ({"layer": "head"}, ValueError, "`layer` must have places; 'head' is a vector"),
        ({"layer": "act1"}, ValueError, "Did you mean 'act'"),
        ({"channels": "mean"}, ValueError, "`channels` must be 'sum' or 'max'"),
        ({"keep": {"act1": np.ones(12)}}, ValueError, "Did you mean 'act'"),
        ({"keep": {"act": np.ones(8)}}, ValueError, r"keep\['act'\].*\(12,\) or \(12, 8, 8\).*got \(8,\)"),
        ({"keep": {"act": np.ones((12, 8))}}, ValueError, r"got \(12, 8\)"),
        ({"keep": {"act": np.ones((12, 4, 4))}}, ValueError, r"got \(12, 4, 4\)"),
        ({"keep": {"act": True}}, ValueError, r"got \(\)"),
        ({"keep": {"head": np.ones((3, 1, 1))}}, ValueError, r"shape \(3,\), or one such"),
        ({"keep": {"act": np.full(12, np.nan)}}, ValueError, "must be finite"),
        ({"keep": {"act": np.ones((4, 12))}}, ValueError, "has 4 masks, one per picture; there are more"),
        ({"keep": {"act": np.ones((6, 12))}}, ValueError, "has 6 masks.*the pictures are 5"),
        ({"class_name": "cat"}, TypeError, "class_name"),
    ],
)
def test_questions_are_checked(tiny_classifier, pictures, method, options, error, message):
    with pytest.raises(error, match=message):
        method(tiny_classifier, pictures, **options)


class Branch(nn.Module):
    """`side` runs, but the scores do not depend on it; `cut` is followed by a detach."""

    def __init__(self, detached: bool):
        super().__init__()
        self.side, self.cut, self.head = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 3), nn.Linear(4, 3)
        self.detached = detached

    def forward(self, x):
        self.side(x)
        x = self.cut(x)
        return self.head((x.detach() if self.detached else x).mean((2, 3)))


def test_a_layer_on_which_nothing_depends_is_refused():
    classifier = classifier_of(Branch(detached=False))
    with pytest.raises(ValueError, match="no gradient passes layer 'side'"):
        gradients(classifier, noise(1, 8), keep={"side": np.ones(4)})
    with pytest.raises(ValueError, match="no gradient of the logits reaches layer 'side'"):
        gradients(classifier, noise(1, 8), layer="side")
    with pytest.raises(ValueError, match="no gradient passes layer 'cut'"):
        gradients(classifier, noise(1, 8), layer="head", keep={"cut": np.ones(4)})


def test_a_network_that_detaches_is_refused():
    classifier = classifier_of(Branch(detached=True))
    for guided in (False, True):
        with pytest.raises(ValueError, match="no gradient of the logits reaches the picture"):
            gradients(classifier, noise(1, 8), guided=guided)
