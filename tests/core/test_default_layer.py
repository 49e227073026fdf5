"""The layer that is picked when none is named: for CNNs and token models, from one pass."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from xaikit.core.classifier import Classifier

NAMES = ["cat", "dog", "bird"]


def test_the_last_layer_whose_places_decide_is_found(network):
    choice = Classifier(network.model, NAMES, network.size, device="cpu").default_layer
    assert (choice.name, choice.layer.kind) == (network.layer, network.kind)
    assert network.layer in choice.reason
    assert f"{choice.layer.grid[0]}×{choice.layer.grid[1]}" in choice.reason


def test_a_class_token_leaves_its_last_block_without_places(build):
    """In a ViT only the class token is read, so nothing after the last attention depends on a place."""
    model, size, layer, _ = build("vit")
    classifier = Classifier(model, NAMES, size, device="cpu")
    after = classifier.features_and_gradients(
        torch.rand(2, 3, 32, 32), [0], "encoder.layers.encoder_layer_1.mlp"
    )
    assert not after[2].any()
    here = classifier.features_and_gradients(torch.rand(2, 3, 32, 32), [0], layer)
    assert here[2].any()


def test_a_head_that_is_still_zero_does_not_hide_the_layer(build):
    model = build("vit").model
    nn.init.zeros_(model.heads.head.weight)
    choice = Classifier(model, NAMES, 32, device="cpu").default_layer
    assert choice.name == "encoder.layers.encoder_layer_1.ln_1"


def test_a_layer_that_a_shortcut_goes_around_is_not_picked():
    """The last 4×4 places of this network are those of a block's first layer, which holds half the story."""
    from torchvision.models.resnet import Bottleneck, ResNet

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = ResNet(Bottleneck, [1, 1, 1, 1], num_classes=3).eval()
    classifier = Classifier(model, NAMES, 64, device="cpu")
    inside = [layer.name for layer in classifier.layers() if layer.grid == (4, 4)][-1]
    assert inside.startswith("layer4.0.")
    assert classifier.default_layer.name == "layer3"


def test_the_fine_layer_is_the_last_that_nothing_goes_around():
    """Of a network of bottlenecks that is no layer inside of them, and no vector."""
    from torchvision.models import resnet50

    classifier = Classifier(resnet50(num_classes=3), NAMES, 64, device="cpu")
    assert classifier.fine_layer is not None
    assert (classifier.fine_layer.name, classifier.fine_layer.grid) == ("layer1", (16, 16))
    inside = [layer.name for layer in classifier.layers() if layer.grid == (16, 16)][-1]
    assert inside.startswith("layer2.0.")


def test_a_network_without_fine_places_has_no_fine_layer():
    model = nn.Sequential(nn.Conv2d(3, 8, 8, 8), nn.ReLU(), nn.Flatten(), nn.Linear(128, 3))
    assert Classifier(model, NAMES, 32, device="cpu").fine_layer is None


def test_pooling_is_not_picked(build):
    classifier = Classifier(build("in-place").model, NAMES, 32, device="cpu")
    assert classifier.default_layer.name == "features"
    assert "pool" in [layer.name for layer in classifier.layers()]


def test_maps_of_the_class_scores_themselves_are_not_picked():
    model = nn.Sequential()
    model.add_module("features", nn.Sequential(nn.Conv2d(3, 8, 3, 4, 1), nn.ReLU()))
    model.add_module("scores", nn.Conv2d(8, 3, 1))
    model.add_module("mean", nn.AdaptiveAvgPool2d(1))
    model.add_module("flat", nn.Flatten())
    assert Classifier(model, NAMES, 32, device="cpu").default_layer.name == "features"


def test_without_any_places_the_last_hidden_vector_is_picked():
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 20), nn.ReLU(), nn.Linear(20, 3))
    choice = Classifier(model, NAMES, 8, device="cpu").default_layer
    assert (choice.name, choice.layer.kind) == ("2", "vector")
    assert "no layer keeps a grid" in choice.reason


def test_a_model_of_one_module_has_no_layer():
    class Bare(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(3, 192))

        def forward(self, x):
            return x.flatten(1) @ self.weight.T

    classifier = Classifier(Bare(), NAMES, 8, device="cpu")
    assert classifier.layers() == []
    with pytest.raises(ValueError, match="no module whose output could serve"):
        _ = classifier.default_layer


def test_layers_are_listed_in_the_order_they_finish(tiny_classifier):
    names = [layer.name for layer in tiny_classifier.layers()]
    assert names == ["stem", "norm", "mix", "act", "pool", "head"]
    assert [layer.kind for layer in tiny_classifier.layers()][-2:] == ["grid", "vector"]


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("mixx", "`layer` must name a module of the model; got 'mixx'. Did you mean 'mix'"),
        ("", "`layer` must name a module"),
    ],
)
def test_unknown_layers_are_refused(tiny_classifier, layer, message, pictures):
    with pytest.raises(ValueError, match=message):
        tiny_classifier.features(pictures, layer)


def test_a_module_that_does_not_run_is_no_layer(tiny_model, pictures):
    tiny_model.spare = nn.Conv2d(3, 3, 1)
    classifier = Classifier(tiny_model, NAMES, 32, device="cpu")
    with pytest.raises(ValueError, match="'spare' does not run"):
        classifier.features(pictures, "spare")


class Attention(nn.Module):
    """One head whose weights are handed through modules: of places (CaiT, ConViT), or of channels (XCiT)."""

    def __init__(self, width: int, of_channels: bool) -> None:
        super().__init__()
        self.of_channels = of_channels
        self.qk, self.soft, self.drop = nn.Linear(width, 2 * width), nn.Softmax(-1), nn.Dropout()
        self.mix = nn.Conv2d(1, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k = self.qk(x).chunk(2, -1)
        weights = (q.transpose(1, 2) @ k if self.of_channels else q @ k.transpose(1, 2))[:, None]
        weights = self.drop(self.mix(self.soft(weights)))[:, 0]
        return x @ weights if self.of_channels else weights @ x


class Attentive(nn.Module):
    """16 places that look at each other, with or without a class token."""

    def __init__(self, n_prefix: int, of_channels: bool) -> None:
        super().__init__()
        self.stem, self.attn, self.head = nn.Conv2d(3, 6, 8, 8), Attention(6, of_channels), nn.Linear(6, 3)
        self.n_prefix = n_prefix

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.stem(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([tokens.mean(1, keepdim=True)] * self.n_prefix + [tokens], 1)
        return self.head((tokens + self.attn(tokens)).mean(1))


@pytest.mark.parametrize("n_prefix", [0, 1])
@pytest.mark.parametrize("of_channels", [False, True], ids=["of places", "of channels"])
def test_a_map_of_attention_is_no_grid_of_places(n_prefix, of_channels):
    """Its sides are all places, or channels: taken for places they would be a finer grid than there is."""
    classifier = Classifier(Attentive(n_prefix, of_channels).eval(), NAMES, 32, device="cpu")
    assert {layer.grid for layer in classifier.layers() if layer.grid} == {(4, 4)}
    with pytest.raises(ValueError, match=r"'attn.drop' .* neither a grid of places nor a vector"):
        classifier.features(torch.rand(1, 3, 32, 32), "attn.drop")


class ClassAttention(nn.Module):
    """A class token looks at 16 places, with a projection each for queries, keys and values, as in CaiT."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.norm, self.head = nn.Conv2d(3, 6, 8, 8), nn.LayerNorm(6), nn.Linear(6, 3)
        self.q, self.k, self.v = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.norm(self.stem(x).flatten(2).transpose(1, 2))
        asked = self.q(tokens.mean(1, keepdim=True))
        weights = (asked @ self.k(tokens).transpose(1, 2)).softmax(-1)
        return self.head((weights @ self.v(tokens)).flatten(1))


def test_values_beside_keys_are_not_picked():
    """They hold half the story: what they are made of speaks through the keys, too."""
    classifier = Classifier(ClassAttention().eval(), NAMES, 32, device="cpu")
    assert [layer.name for layer in classifier.layers() if layer.kind == "tokens"][-1] == "v"
    assert classifier.default_layer.name == "norm"
