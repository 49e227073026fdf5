"""Excitation backprop: equation 5 unit by unit, by hand, zennit, all ways to write a network, limits."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.autograd.functional import jacobian
from torch.nn import functional

import xaikit as xk
from xaikit.attribution import excitation_backprop
from xaikit.attribution.excitation import winning_probabilities
from xaikit.core.classifier import Classifier

NAMES = ["cat", "dog", "bird"]


def seeded(model: nn.Module, seed: int = 5) -> nn.Module:
    """Weights and statistics of normalisation at random, scales of either sign; always the same."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                drawn = torch.randn(tensor.shape, generator=generator) * 0.5
                tensor.copy_(drawn.abs() + 0.3 if "running_var" in name else drawn)
    return model.eval()


def classifier_of(model: nn.Module, size: int = 8, seed: int = 5) -> Classifier:
    return Classifier(seeded(model, seed), NAMES, size, mean=0.5, std=0.25, device="cpu", crop=1.0)


def noise(n: int, size: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (n, size, size, 3)).astype(np.uint8)


def probabilities(classifier: Classifier, images: np.ndarray, unit: int, layer: str = "input", **more):
    inputs = classifier.inputs(images)
    won = winning_probabilities(
        classifier, inputs, lambda units: np.full((len(units), 1), unit), layer=layer, **more
    )
    return won.probabilities[:, 0].numpy()


# ---- in paper form ----


def step(P: np.ndarray, a: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Eq. 1 and 5: P over the units a that a layer is given, of P over those it puts out; W is (out, in)."""
    below = np.zeros(len(a))
    for i in range(len(P)):
        terms = np.maximum(a * W[i], 0.0)
        if P[i] != 0 and terms.sum() > 0:
            below += P[i] * terms / terms.sum()
    return below


def in_paper_form(model: nn.Module, x: torch.Tensor, c: int, contrastive: bool) -> list[np.ndarray]:
    """Of the TinyModel and one picture: P of the picture and of what the last two layers are given."""
    model = model.double()
    layers = [lambda x: model.norm(model.stem(x)), model.mix, lambda a: model.pool(a).flatten(1), model.head]
    given, matrices, now = [], [], x.double()[None]
    for number, layer in enumerate(layers):
        given.append(now.detach().numpy().ravel())
        matrices.append(jacobian(layer, now).reshape(layer(now).numel(), now.numel()).numpy())
        now = layer(now).clamp(min=0) if number < 2 else layer(now)
    P = np.eye(3)[c]
    below = step(P, given[3], matrices[3])
    if contrastive:
        below = below - step(P, given[3], -matrices[3])
    found = [below]
    for a, W in zip(reversed(given[:3]), reversed(matrices[:3]), strict=True):
        found.append(step(found[-1], a, W))
    model.float()
    return found[::-1]


@pytest.mark.parametrize("contrastive", [False, True])
def test_paper_form(tiny_model, tiny_classifier, pictures, contrastive):
    views = pictures[:2, ::4, ::4].repeat(4, 1).repeat(4, 2)
    inputs = tiny_classifier.inputs(views)
    for c in range(3):
        of_picture = probabilities(tiny_classifier, views, c, contrastive=contrastive)
        of_layer = probabilities(tiny_classifier, views, c, "act", contrastive=contrastive)
        for number in range(2):
            expected = in_paper_form(tiny_model, inputs[number], c, contrastive)
            np.testing.assert_allclose(of_picture[number].ravel(), expected[0], atol=1e-6)
            np.testing.assert_allclose(of_layer[number].ravel(), expected[2], atol=1e-6)


class ByHand(nn.Module):
    """Two channels (red; green) at one place each half, summed by a head (2, 1) for A and (1, -3) for B."""

    def __init__(self) -> None:
        super().__init__()
        self.channels = nn.Conv2d(3, 2, 1, bias=False)
        self.head = nn.Linear(4, 3, bias=False)
        with torch.no_grad():
            self.channels.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 1.0, 0]]).view(2, 3, 1, 1))
            self.head.weight.copy_(torch.tensor([[2.0, 1, 1, 0], [1.0, 0, -3, 0], [-1.0, -1, -1, -1]]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(functional.adaptive_avg_pool2d(self.channels(x), (1, 2)).flatten(1))


@pytest.fixture
def by_hand() -> Classifier:
    return Classifier(ByHand(), NAMES, 2, mean=0.0, std=1.0, device="cpu", crop=1.0)


@pytest.fixture
def halves() -> np.ndarray:
    """Red on the left, yellow on the right; uint8 (1, 2, 2, 3)."""
    return np.array([[[[255, 0, 0], [255, 255, 0]]] * 2], np.uint8)


def test_by_hand(by_hand, halves):
    """Red is 1 on both sides, green 1 on the right. A: 2·1 on the left, 1·1 on the right, green left is 0."""
    maps = {c: probabilities(by_hand, halves, c).sum(1)[0, 0] for c in range(3)}  # the upper row
    np.testing.assert_allclose(maps[0], np.array([2, 1]) / 3 / 2, atol=1e-6)
    np.testing.assert_allclose(maps[1], [1 / 2, 0], atol=1e-6)
    np.testing.assert_allclose(maps[2], [0, 0], atol=1e-6)  # nothing excites it


def test_by_hand_contrastive(by_hand, halves):
    """B: all of it is red on the left. Its dual, weights (-1, 0, 3, 0): green on the left, which is 0."""
    np.testing.assert_allclose(
        probabilities(by_hand, halves, 1, contrastive=True).sum(1)[0, 0], [1 / 2, 0], atol=1e-6
    )
    of_c = probabilities(by_hand, halves, 2, contrastive=True).sum(1)[0, 0]
    np.testing.assert_allclose(of_c, -np.array([1, 2]) / 3 / 2, atol=1e-6)  # its dual wins by all there is
    heatmap = excitation_backprop(by_hand, halves, ["cat"], contrastive=False)
    assert heatmap.checks["arrived"] == pytest.approx([1])


# ---- peers ----


def of_zennit(model: nn.Module, inputs: torch.Tensor, target: int) -> np.ndarray:
    """zennit's composite, biases left out, and shortcuts added by their positive parts."""
    core, composites = pytest.importorskip("zennit.core"), pytest.importorskip("zennit.composites")
    from zennit.layer import Sum
    from zennit.torchvision import ResNetCanonizer, VGGCanonizer

    added = core.BasicHook(
        input_modifiers=[lambda units: units.clamp(min=0)],
        param_modifiers=[core.NoMod(param_keys=[])] if hasattr(core, "NoMod") else None,
        gradient_mapper=lambda signal, outputs: signal / core.Stabilizer(1e-12)(outputs[0]),
        reducer=lambda inputs, gradients: inputs[0] * gradients[0],
    )
    canonizer = ResNetCanonizer() if hasattr(model, "layer1") else VGGCanonizer()
    composite = composites.ExcitationBackprop(
        stabilizer=1e-12, layer_map=[(Sum, added)], zero_params=["bias"], canonizers=[canonizer]
    )
    leaf = inputs.clone().requires_grad_()
    with composite.context(model) as changed:
        (found,) = torch.autograd.grad(changed(leaf)[:, target].sum(), leaf)
    return found.detach().numpy()


@pytest.mark.parametrize("name", ["vgg11", "vgg11_bn", "resnet18", "resnet50"])
def test_zennit_gives_the_same(name):
    torchvision = pytest.importorskip("torchvision")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = torchvision.models.get_model(name, weights=None, num_classes=3)
        for module in model.modules():
            if isinstance(
                module, nn.BatchNorm2d
            ):  # scales of either sign: folding has to turn weights around
                nn.init.uniform_(module.weight, -1, 1)
                nn.init.normal_(module.bias, 0, 0.2)
                nn.init.uniform_(module.running_var, 0.5, 2)
    classifier = Classifier(model.eval(), NAMES, 64, device="cpu", crop=1.0)
    inputs = classifier.inputs(noise(2, 64))
    ours = probabilities(classifier, noise(2, 64), 1)
    theirs = of_zennit(model, inputs, 1)
    assert ours.sum() > 0.5
    np.testing.assert_allclose(ours, theirs, atol=2e-4 * ours.max(), rtol=1e-2)


# ---- every way to write a network ----


class Written(nn.Module):
    """Two convolutions with a ReLU each and a shortcut, written in one of several ways."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.first, self.second = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
        self.act, self.pool, self.head = nn.ReLU(inplace=way == "in place"), nn.AvgPool2d(4), nn.Linear(24, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.way in ("modules", "in place"):
            x = self.act(self.first(x))
            y = self.second(x)
            y += x
            return self.head(self.pool(self.act(y)).flatten(1))
        if self.way == "methods in place":
            x = self.first(x).relu_()
            return self.head(self.pool(self.second(x).add_(x).clamp_(min=0)).flatten(1))
        x = torch.relu(functional.conv2d(x, self.first.weight, self.first.bias, padding="same"))
        y = functional.conv2d(input=x, weight=self.second.weight, bias=self.second.bias, padding=1)
        y = functional.relu(torch.add(y, x))
        return functional.linear(functional.avg_pool2d(y, 4).flatten(1), self.head.weight, self.head.bias)


@pytest.mark.parametrize("contrastive", [False, True])
def test_however_it_is_written_it_is_the_same(contrastive):
    ways = ["modules", "in place", "methods in place", "functions"]
    maps = [
        probabilities(classifier_of(Written(way)), noise(3, 8), 1, contrastive=contrastive) for way in ways
    ]
    assert np.abs(maps[0]).max() > 0.001
    for other in maps[1:]:
        np.testing.assert_allclose(other, maps[0], atol=1e-6)


class Acting(nn.Module):
    """An activation between two layers; in the middle a gate and a scale that is learned."""

    def __init__(self, act: nn.Module) -> None:
        super().__init__()
        self.first, self.gate, self.act = nn.Conv2d(3, 6, 3), nn.Linear(6, 6), act
        self.scale, self.place = nn.Parameter(torch.ones(6, 1, 1)), nn.Parameter(torch.ones(6, 6, 6))
        self.second, self.head = nn.Conv2d(6, 6, 3), nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(self.first(x) + self.place)
        x = x * self.gate(x.mean((2, 3))).sigmoid()[..., None, None] * self.scale / 2
        return self.head(self.act(self.second(x)).mean((2, 3))).log_softmax(1)


class Squared(nn.Module):
    """As PoolFormer's activation."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x) ** 2 * 0.9


ACTIVATIONS = [
    Squared(),
    nn.ReLU(),
    nn.ReLU6(inplace=True),
    nn.Hardtanh(),
    nn.GELU(),
    nn.SiLU(inplace=True),
    nn.ELU(),
]
ACTIVATIONS += [nn.LeakyReLU(), nn.Hardswish(), nn.Tanh(), nn.Sigmoid(), nn.Softplus(), nn.PReLU(), nn.Mish()]


@pytest.mark.parametrize("act", ACTIVATIONS, ids=lambda act: type(act).__name__)
def test_activations_scales_and_gates_lose_nothing(act):
    """Something excites this class, so all of the probability arrives."""
    arrived = probabilities(classifier_of(Acting(act)), noise(4, 8), 1).sum((1, 2, 3))
    np.testing.assert_allclose(arrived, 1, atol=1e-4)


# What arrives at the picture. The rest is lost at units that are on by their bias alone, the more often the
# fewer units a layer weighs for each: in depthwise convolutions.
FAMILIES = {"resnet18": 0.999, "densenet121": 0.999, "googlenet": 0.999, "squeezenet1_1": 0.999}
FAMILIES |= {"mobilenet_v2": 0.6, "shufflenet_v2_x0_5": 0.7, "mobilenet_v3_small": 0.95}
OPTIONS = {"googlenet": {"aux_logits": False, "init_weights": False}}


@pytest.mark.parametrize("name", FAMILIES)
def test_probability_is_kept_in_every_family(name):
    torchvision = pytest.importorskip("torchvision")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        model = torchvision.models.get_model(name, weights=None, num_classes=3, **OPTIONS.get(name, {}))
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        model.train()(torch.randn(4, 3, 64, 64))
    classifier = Classifier(model.eval(), NAMES, 64, device="cpu", crop=1.0)
    arrived = []
    for layer in (None, classifier.default_layer.name):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "layers are given negative units")
            heatmap = excitation_backprop(classifier, noise(2, 64), "dog", layer, contrastive=False)
        arrived.append(np.array(heatmap.checks["arrived"]))
    assert (arrived[0] >= FAMILIES[name]).all()
    assert (arrived[0] <= arrived[1] + 1e-4).all() and (arrived[1] <= 1 + 1e-4).all()


def test_negative_units_are_told_of():
    classifier = classifier_of(Acting(nn.Tanh()))
    with pytest.warns(UserWarning, match=r"given negative units \(.*second"):
        heatmap = excitation_backprop(classifier, noise(2, 8), "cat")
    assert set(heatmap.checks["negative"]) == {"second", "head"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        excitation_backprop(classifier_of(Written("modules")), noise(2, 8), "dog")


# ---- any unit, any layer ----


def test_units_of_a_layer_win():
    """A channel of the second convolution: P comes down from its places as they are active."""
    classifier = classifier_of(Written("modules"))
    images, channel = noise(3, 8), 2
    heatmap = excitation_backprop(classifier, images, channel, start="act", contrastive=False)
    assert heatmap.targets == ("unit 2 of act",) * 3
    assert heatmap.predictions == tuple(classifier.predict(images))
    active = classifier.features(images, "act")[:, channel]
    for number in range(3):
        if active[number].sum() == 0:
            assert heatmap.checks["arrived"][number] == 0
            continue
        together = sum(
            share * of_place(classifier, images[number], channel, y, x)
            for (y, x), share in np.ndenumerate(active[number] / active[number].sum())
            if share > 0
        )
        np.testing.assert_allclose(heatmap.values[number], together, atol=1e-6)


def of_place(classifier: Classifier, image: np.ndarray, channel: int, y: int, x: int) -> np.ndarray:
    won = winning_probabilities(
        classifier,
        classifier.inputs(image[None]),
        lambda units: np.array([[0]]),
        record=["act"],
        units=lambda done: done.features["act"][:, [channel], y, x],
    )
    return won.probabilities[0, 0].sum(0).numpy()


def test_the_most_active_unit_where_none_is_named():
    classifier = classifier_of(Written("modules"))
    strongest = classifier.features(noise(3, 8), "act").clip(0).sum((2, 3)).argmax(1)
    heatmap = excitation_backprop(classifier, noise(3, 8), start="act")
    assert heatmap.targets == tuple(f"unit {k} of act" for k in strongest)


@pytest.mark.parametrize("contrastive", [False, True])
def test_many_units_in_one_pass_are_as_one_by_one(contrastive):
    classifier = classifier_of(Written("modules"))
    inputs = classifier.inputs(noise(2, 8))
    rows = np.array([[0, 1, 2], [2, 2, 0]])
    together = winning_probabilities(classifier, inputs, lambda _: rows, contrastive=contrastive)
    for t in range(3):
        alone = winning_probabilities(
            classifier, inputs, lambda _, t=t: rows[:, [t]], contrastive=contrastive
        )
        assert torch.equal(together.probabilities[:, t], alone.probabilities[:, 0])


def test_units_that_a_module_makes_of_a_layer():
    """As x-features: what is put on top of a layer is part of what comes down, and the head is not."""
    classifier = classifier_of(Written("modules"))
    module = seeded(nn.Sequential(nn.Linear(24, 5), nn.ReLU(), nn.Linear(5, 2), nn.ReLU()), 1)
    inputs = classifier.inputs(noise(3, 8))

    def features_of(done):
        return module(done.features["pool"].flatten(1))

    won = winning_probabilities(
        classifier, inputs, lambda units: np.zeros((3, 1), int), record=["pool"], units=features_of
    )
    with_head = classifier_of(Written("modules"))
    with_head.model.head = nn.Sequential(module, nn.Linear(2, 3, bias=False))
    nn.init.zeros_(with_head.model.head[1].weight)
    with torch.no_grad():
        with_head.model.head[1].weight[0, 0] = 1.0
    expected = probabilities(with_head, noise(3, 8), 0)
    np.testing.assert_allclose(won.probabilities[:, 0].numpy(), expected, atol=1e-6)


# ---- what it claims ----


def test_it_points_at_what_it_is_asked_for():
    """Of two things in a picture, at the smaller: contrastive far oftener than not."""
    classifier = xk.load_classifier("toyworld/things", device="cpu")
    pairs = xk.load_images("toyworld/pairs", split="test", n=80)
    images, boxes = [one.image for one in pairs], [one.box for one in pairs]
    asked = [pairs.class_names[one.label] for one in pairs]
    hits = {
        contrastive: xk.metrics.pointing_hits(
            excitation_backprop(classifier, images, asked, contrastive=contrastive).values, boxes, [0.0]
        ).mean()
        for contrastive in (False, True)
    }
    assert hits[True] > 0.7
    assert hits[True] > hits[False] + 0.15


# ---- limits ----


def test_a_layer_above_the_unit_is_refused():
    classifier = classifier_of(Written("modules"))
    with pytest.raises(ValueError, match="no gradient of the logits reaches layer 'act'"):
        excitation_backprop(classifier, noise(1, 8), 0, "act", start="first")
    with pytest.raises(ValueError, match="layer that weighs between"):
        winning_probabilities(
            classifier,
            classifier.inputs(noise(1, 8)),
            lambda _: np.array([[0]]),
            layer="head",
            contrastive=True,
        )


@pytest.mark.parametrize("unit", [6, -1, "cat", 1.5, True])
def test_a_unit_that_is_not_there_is_refused(unit):
    with pytest.raises(ValueError, match=r"number of a unit of 'act', 0 to 5; got"):
        excitation_backprop(classifier_of(Written("modules")), noise(1, 8), unit, start="act")


class Attending(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.attention, self.head = (
            nn.Conv2d(3, 8, 2, 2),
            nn.MultiheadAttention(8, 2),
            nn.Linear(8, 3),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.stem(x).flatten(2).permute(2, 0, 1)
        return self.head(self.attention(tokens, tokens, tokens)[0].mean(0))


def test_attention_is_refused_and_the_model_left_as_it_was():
    classifier = classifier_of(Attending())
    before = classifier.logits(noise(1, 8))
    with pytest.raises(ValueError, match="excitation backprop is defined for layers that weigh"):
        excitation_backprop(classifier, noise(1, 8), "cat")
    np.testing.assert_array_equal(classifier.logits(noise(1, 8)), before)


def test_what_was_compiled_to_torchscript_is_refused():
    scripted = torch.jit.trace(seeded(Written("modules")), torch.zeros(1, 3, 8, 8))
    classifier = Classifier(scripted, NAMES, 8, device="cpu", crop=1.0)
    with pytest.raises(ValueError, match="TorchScript"):
        excitation_backprop(classifier, noise(1, 8), "cat")


def test_the_logits_are_those_of_the_network(tiny_classifier, pictures):
    won = winning_probabilities(
        tiny_classifier, tiny_classifier.inputs(pictures), lambda units: units.argmax(1, True).numpy()
    )
    np.testing.assert_array_equal(won.done.logits.detach().numpy(), tiny_classifier.logits(pictures))


def test_another_network_gives_another_map(tiny_classifier, pictures):
    """Sanity: a map that does not depend on the weights explains nothing."""
    from scipy.stats import spearmanr

    own = excitation_backprop(classifier_of(Written("modules"), seed=1), noise(8, 8), "dog").values
    other = excitation_backprop(classifier_of(Written("modules"), seed=2), noise(8, 8), "dog").values
    assert abs(spearmanr(own.ravel(), other.ravel()).statistic) < 0.2
