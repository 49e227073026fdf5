"""Networks of other than three channels, as a satellite's: read, asked, explained and shown."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from xaikit import attribution
from xaikit.core.images import View, fit_view, read_image, shown
from xaikit.data import ImageSet, Sample

SIDE, NAMES = 32, ["cat", "dog", "bird"]


class Colors(nn.Module):
    """Leaves away all channels but the first three."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures[:, :3]


class Banded(ImageSet):
    """Pictures of c channels, each drawn from its number."""

    def __init__(self, n: int, channels: int) -> None:
        super().__init__(NAMES, np.arange(n) % 3)
        self.channels = channels

    def _read(self, index: int) -> Sample:
        return Sample(pictures_of(self.channels, 1, seed=index)[0], int(self.labels[index]), f"noise {index}")


def pictures_of(channels: int, n: int = 3, seed: int = 0) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (n, 8, 8, channels), np.uint8)
    return coarse.repeat(SIDE // 8, 1).repeat(SIDE // 8, 2)


def classifier(channels: int, **changes: Any) -> xk.Classifier:
    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.Conv2d(channels, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(64, 3)),
    )
    mean, std = np.linspace(0.2, 0.6, channels), np.linspace(0.3, 0.2, channels)
    given = {"mean": mean, "std": std, "device": "cpu", "crop": 1.0} | changes
    return xk.Classifier(network, NAMES, SIDE, **given)


@pytest.fixture(params=[2, 4, 13])
def channels(request) -> int:
    return request.param


def test_scores_are_those_of_the_pictures_normalised_per_channel(channels):
    clf, pictures = classifier(channels), pictures_of(channels)
    tensor = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.linspace(*ends, channels).view(1, -1, 1, 1) for ends in ((0.2, 0.6), (0.3, 0.2)))
    with torch.no_grad():
        right = clf.model((tensor - mean) / std)
    for given in (pictures, tensor, list(pictures), [Sample(one, 0, "a") for one in pictures]):
        np.testing.assert_allclose(clf.logits(given), right, atol=1e-5)
    assert clf.n_channels == channels == len(clf.mean_color)
    assert clf.view(pictures[0]).shape == (SIDE, SIDE, channels)


def test_a_number_that_all_channels_share_is_given_once():
    assert classifier(5, std=0.25).mean_color[0] == 51
    with pytest.raises(ValueError, match="a number per channel each"):
        classifier(5, std=[0.25, 0.5])


@pytest.mark.parametrize("framing", ["crop", "pad", "squash", "border"])
def test_every_channel_is_fitted_as_a_color_is(framing):
    picture = np.random.default_rng(0).integers(0, 256, (41, 70, 6), np.uint8)
    fill = (10, 20, 30, 40, 50, 60)
    crop = 0.9 if framing == "crop" else 1.2
    many = fit_view(picture, SIDE, crop, "bicubic", framing, fill)
    assert many.shape == (SIDE, SIDE, 6)
    for first in (0, 3):
        own = np.s_[first : first + 3]
        three = fit_view(picture[..., own], SIDE, crop, "bicubic", framing, fill[own])
        np.testing.assert_array_equal(many[..., own], three)


def test_a_view_is_known_by_its_channels(channels):
    view = classifier(channels).view(pictures_of(channels)[0])
    for still in (view[:4], view.copy(), np.maximum(view, view), np.stack([view, view])):
        assert isinstance(still, View)
    assert not isinstance(view.max(axis=2), View)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("leaf.tif", r"of 4 channels must be a uint8 array \(h, w, 4\) or a tensor \(4, h, w\); got str"),
        (pictures_of(3)[0], r"must have shape \(h, w, 4\); got \(32, 32, 3\)"),
        (pictures_of(4)[0, ..., 0], r"must have shape \(h, w, 4\); got \(32, 32\)"),
        (torch.zeros(1, 3, 8, 8), r"\(n, 4, h, w\) or \(4, h, w\); got \(1, 3, 8, 8\)"),
    ],
)
def test_pictures_of_other_channels_are_refused(given, told):
    with pytest.raises((ValueError, TypeError), match=told):
        classifier(4).predict(given)


def test_transparency_is_no_channel_unless_it_is_asked_for():
    picture = pictures_of(4)[0]
    picture[..., 3] = 0
    assert (read_image(picture) == 255).all()
    np.testing.assert_array_equal(read_image(picture, channels=4), picture)


def test_a_network_whose_channels_nobody_named_is_told_how():
    with pytest.raises(ValueError, match=r"takes 4 channels: give `mean` and `std` of 4 numbers.*Sequential"):
        classifier(4, mean=[0.5, 0.5, 0.5], std=[0.2, 0.2, 0.2]).logits(pictures_of(3))


def test_what_is_shown_are_the_first_three_channels(channels):
    pictures = pictures_of(channels)
    seen = shown(pictures)
    assert seen.shape == (*pictures.shape[:-1], 3)
    np.testing.assert_array_equal(seen[..., :2], pictures[..., :2])
    np.testing.assert_array_equal(seen[..., 2], 0 if channels == 2 else pictures[..., 2])


ASKED = [
    attribution.gradcam,
    attribution.guided_backprop,
    attribution.gradient_x_input,
    lambda *given: attribution.integrated_gradients(*given, n_steps=4),
    lambda clf, images, target: attribution.from_captum(clf, images, "Saliency", target),
]


@pytest.mark.parametrize("ask", ASKED)
def test_channels_that_are_not_looked_at_change_no_map(ask, tmp_path):
    """A network of five channels that leaves two of them away says of them what the one of three does."""
    three = classifier(3)
    five = classifier(3, mean=np.r_[three.normalising.mean, 0.1, 0.9], std=np.r_[three.normalising.std, 1, 1])
    five.model = nn.Sequential(Colors(), *five.model)
    pictures = pictures_of(5)
    plain, banded = ask(three, pictures[..., :3], "dog"), ask(five, pictures, "dog")
    np.testing.assert_allclose(banded.values, plain.values, atol=1e-5)
    np.testing.assert_array_equal(banded.images, pictures)
    np.testing.assert_array_equal(banded.overlays(), plain.overlays())
    banded.plot()
    assert banded.widget().pictures == plain.widget().pictures
    kept = attribution.Heatmap.load(banded.save(tmp_path / "map.npz"))
    np.testing.assert_array_equal(kept.images, pictures)


def test_semantic_vectors_are_fitted_asked_and_shown(channels):
    clf, data = classifier(channels), Banded(30, channels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vectors = xk.SemanticVectors(seed=0).fit(clf, data, progress=False)
        assert vectors.retrieve(data, "cat", 3, progress=False).pictures.shape[-1] == 3
        vectors.saliency(data[0], "cat").widget()
        vectors.map().widget()
