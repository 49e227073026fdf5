"""Networks that take pictures which are no squares: what they see, their places, what they are asked."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from tests.core.test_channels import ASKED
from xaikit import attribution
from xaikit.core.images import View
from xaikit.core.layers import describe
from xaikit.data import ImageSet, Sample

HIGH, WIDE, NAMES = 24, 40, ["cat", "dog", "bird"]


class Noise(ImageSet):
    def __init__(self, n: int, turned: bool) -> None:
        super().__init__(NAMES, np.arange(n) % 3)
        self.turned = turned

    def _read(self, index: int) -> Sample:
        picture = pictures(1, seed=index)[0]
        return Sample(turn(picture) if self.turned else picture, int(self.labels[index]), f"noise {index}")


def turn(picture: np.ndarray) -> np.ndarray:
    """Rows and columns exchanged, of one picture or several."""
    return np.ascontiguousarray(picture.swapaxes(-3, -2))


def pictures(n: int = 3, seed: int = 0) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (n, HIGH // 4, WIDE // 4, 3), np.uint8)
    return coarse.repeat(4, 1).repeat(4, 2)


def network(turned: bool = False) -> nn.Module:
    """A network, or the one that sees a picture turned as this one sees it upright."""
    torch.manual_seed(0)
    model = nn.Sequential(
        *(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d((2, 3)), nn.Flatten(), nn.Linear(96, 3)),
    ).eval()
    if turned:
        model[4].output_size = (3, 2)
        with torch.no_grad():
            for conv in (model[0], model[2]):
                conv.weight.copy_(conv.weight.transpose(2, 3).clone())
            upright = model[6].weight.view(3, 16, 2, 3)
            model[6].weight.copy_(upright.transpose(2, 3).reshape(3, 96))
    return model


@pytest.fixture
def wide() -> xk.Classifier:
    return xk.Classifier(network(), NAMES, (HIGH, WIDE), device="cpu", crop=1.0)


@pytest.fixture
def tall() -> xk.Classifier:
    return xk.Classifier(network(turned=True), NAMES, (WIDE, HIGH), device="cpu", crop=1.0)


def test_a_view_is_as_high_and_as_wide_as_the_network_takes_it(wide):
    assert wide.view_size == wide.input_size == (HIGH, WIDE)
    assert "40×24 pixels" in repr(wide)
    for shape in ((100, 90, 3), (7, 300, 3), (HIGH, WIDE, 3)):
        view = wide.view(np.zeros(shape, np.uint8))
        assert view.shape == (HIGH, WIDE, 3) and isinstance(view, View)
    with pytest.raises(ValueError, match="40×24 pixels; got 24×40"):
        wide.view(np.zeros((WIDE, HIGH, 3), np.uint8), as_view=True)


def test_a_size_of_two_equal_sides_is_a_square():
    both = [xk.Classifier(nn.Flatten(), NAMES, size, device="cpu") for size in (32, (32, 32))]
    assert both[0].input_size == both[1].input_size == 32
    assert both[0].view_size == both[1].view_size == (32, 32)


@pytest.mark.parametrize(
    ("shape", "kind", "grid", "n_prefix"),
    [
        ((64, 12, 20), "grid", (12, 20), 0),
        ((64, 11, 19), "grid", (11, 19), 0),  # without padding
        ((12, 20, 64), "grid_last", (12, 20), 0),
        ((64, 3, 5), "grid", (3, 5), 0),
        ((15, 64), "tokens", (3, 5), 0),
        ((16, 64), "tokens", (3, 5), 1),
        ((240, 64), "tokens", (12, 20), 0),
        ((245, 64), "tokens", (12, 20), 5),
        ((249, 64), "tokens", (12, 20), 9),
        ((64,), "vector", None, 0),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_shape_tells_the_places_of_a_rectangle(shape, kind, grid, n_prefix, turned):
    if turned:
        shape = {"grid": (shape[0], *shape[:0:-1]), "grid_last": (*shape[1::-1], shape[-1])}.get(kind, shape)
        grid = grid and grid[::-1]
    layer = describe("it", shape, (96, 160)[:: -1 if turned else 1])
    assert (layer.kind, layer.grid, layer.n_prefix) == (kind, grid, n_prefix)


@pytest.mark.parametrize("shape", [(8, 240, 240), (8, 241, 241), (64, 20, 12), (64, 12, 12), (230, 64)])
def test_other_shapes_are_no_places_of_a_rectangle(shape):
    assert describe("it", shape, (96, 160)) is None


@pytest.mark.parametrize("ask", ASKED)
def test_a_map_of_a_picture_turned_is_the_map_turned(ask, wide, tall, tmp_path):
    images = pictures()
    one, other = ask(wide, images, "dog"), ask(tall, turn(images), "dog")
    assert one.values.shape == (3, HIGH, WIDE)
    np.testing.assert_allclose(other.values, one.values.swapaxes(1, 2), atol=1e-5)
    one.plot()
    one.widget()
    kept = attribution.Heatmap.load(one.save(tmp_path / "map.npz"))
    np.testing.assert_array_equal(kept.values, one.values)


def test_features_of_a_picture_turned_are_the_features_turned(wide, tall):
    one, other = wide.features(pictures(), "3"), tall.features(turn(pictures()), "3")
    assert one.shape == (3, 16, 11, 19)
    np.testing.assert_allclose(other, one.swapaxes(2, 3), atol=1e-5)


@pytest.mark.parametrize("pooling", ["none", "mean"])
def test_semantic_vectors_are_the_same_of_pictures_turned(pooling, wide, tall):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one, other = (
            xk.SemanticVectors(layer="3", pooling=pooling).fit(clf, Noise(30, turned), progress=False)
            for clf, turned in ((wide, False), (tall, True))
        )
    np.testing.assert_allclose(other.similarity(turn(pictures())), one.similarity(pictures()), atol=1e-5)
    values = [
        vectors.saliency(picture, "dog").values
        for vectors, picture in ((one, pictures()[0]), (other, turn(pictures()[0])))
    ]
    np.testing.assert_allclose(values[1], values[0].swapaxes(1, 2), atol=1e-5)


def corner(size: tuple[int, int]) -> np.ndarray:
    """Grey, and grey with noise in the upper right corner."""
    height, width = size
    both = np.full((2, height, width, 3), 128, np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    both[1, :32, width - 32 :] = noise
    return both


BUILT: dict[str, Any] = {
    "resnet18": lambda tv, timm: tv.resnet18(num_classes=3),
    "convnext_tiny": lambda tv, timm: tv.convnext_tiny(num_classes=3),
    "swin_t": lambda tv, timm: tv.swin_t(num_classes=3),
    "vit": lambda tv, timm: timm.create_model("vit_tiny_patch16_224", num_classes=3, img_size=(96, 160)),
    "vit with registers": lambda tv, timm: timm.create_model(
        "vit_base_patch14_reg4_dinov2", num_classes=3, img_size=(98, 168), embed_dim=48, depth=3, num_heads=3
    ),
}


@pytest.mark.parametrize("name", BUILT)
def test_the_places_of_real_networks_are_where_the_picture_changed(name):
    models, timm = pytest.importorskip("torchvision").models, pytest.importorskip("timm")
    torch.manual_seed(0)
    size = (98, 168) if "registers" in name else (96, 160)
    clf = xk.Classifier(BUILT[name](models, timm).eval(), NAMES, size, device="cpu", crop=1.0)
    grid = clf.default_layer.layer.grid
    assert grid[1] > grid[0] > 1
    plain, noisy = clf.features(corner(size), as_view=True)
    changed = np.abs(noisy - plain).mean(0)
    y, x = np.unravel_index(changed.argmax(), changed.shape)
    assert y <= grid[0] // 3 and x >= grid[1] - 1 - grid[1] // 3
    assert attribution.gradcam(clf, corner(size), "dog").values.shape == (2, *size)
