"""Grad-CAM: the paper's equations spelt out, a network that can be worked out by hand, Captum, and limits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate

from xaikit.attribution import gradcam
from xaikit.core.classifier import Classifier

NAMES = ["cat", "dog", "bird"]


class ByHand(nn.Module):
    """Two channels (red; green) at 2×2 places, mean over places, weights (4, -8) for A and (0, 8) for B."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.AvgPool2d(2)
        self.channels = nn.Conv2d(3, 2, 1, bias=False)
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(2, 2, bias=False)
        with torch.no_grad():
            self.channels.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 1.0, 0]]).view(2, 3, 1, 1))
            self.head.weight.copy_(torch.tensor([[4.0, -8.0], [0.0, 8.0]]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.mean(self.channels(self.places(x))).flatten(1))


@pytest.fixture
def by_hand() -> Classifier:
    return Classifier(ByHand(), ["A", "B"], 4, mean=0.0, std=1.0, device="cpu", crop=1.0)


@pytest.fixture
def quarters() -> np.ndarray:
    """Red top left, yellow top right, black below; uint8 (4, 4, 3)."""
    image = np.zeros((4, 4, 3), np.uint8)
    image[:2, :2] = (255, 0, 0)
    image[:2, 2:] = (255, 255, 0)
    return image


def test_by_hand(by_hand, quarters):
    """w_A = (4, -8) / 4 places = (1, -2), so the places are red 1 and yellow 1 - 2 → 0; w_B = (0, 2)."""
    for target, coarse in (("A", [[1.0, 0], [0, 0]]), ("B", [[0, 2.0], [0, 0]])):
        expected = interpolate(torch.tensor([[coarse]]), (4, 4), mode="bilinear")[0, 0]
        np.testing.assert_allclose(
            gradcam(by_hand, quarters, target, "channels").values[0], expected, atol=1e-6
        )


def test_paper_form(tiny_model, tiny_classifier, pictures):
    """Eq. 1 and 2 of Selvaraju 2017, place by place, in float64."""
    values = gradcam(tiny_classifier, pictures, "dog", "act").values
    _, A, gradients = tiny_classifier.features_and_gradients(pictures, ["dog"], "act")
    A, gradients = A.astype(np.float64), gradients[:, 0].astype(np.float64)
    n, c, height, width = A.shape
    for number in range(n):
        coarse = np.zeros((height, width))
        for k in range(c):
            alpha = sum(gradients[number, k, i, j] for i in range(height) for j in range(width)) / (
                height * width
            )
            coarse += alpha * A[number, k]
        coarse[coarse < 0] = 0
        expected = interpolate(torch.from_numpy(coarse)[None, None], (32, 32), mode="bilinear")[0, 0]
        np.testing.assert_allclose(values[number], expected, atol=1e-6)


def test_captum_gives_the_same(tiny_model, tiny_classifier, pictures):
    captum_attr = pytest.importorskip("captum.attr")
    mean, std = (
        torch.tensor(v).view(1, 3, 1, 1)
        for v in (tiny_classifier.normalising.mean, tiny_classifier.normalising.std)
    )
    x = (torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255 - mean) / std
    # Captum sees what `norm` put out after the activation overwrote it, unless that works on a copy.
    tiny_model.act.inplace = False
    expected = captum_attr.LayerGradCam(tiny_model, tiny_model.norm).attribute(
        x, target=2, relu_attributions=True
    )
    tiny_model.act.inplace = True
    expected = interpolate(expected, (32, 32), mode="bilinear")[:, 0].detach()
    np.testing.assert_allclose(gradcam(tiny_classifier, pictures, "bird", "norm").values, expected, atol=1e-5)


def test_without_a_target_it_is_the_predicted_class(tiny_classifier, pictures):
    heatmap = gradcam(tiny_classifier, pictures)
    assert list(heatmap.targets) == list(heatmap.predictions) == tiny_classifier.predict(pictures)
    np.testing.assert_array_equal(
        heatmap.values, gradcam(tiny_classifier, pictures, tiny_classifier.predict(pictures)).values
    )


def test_each_picture_may_have_its_own_target(tiny_classifier, pictures):
    targets = ["cat", 1, "bird", "cat", 2]
    together = gradcam(tiny_classifier, pictures, targets)
    assert together.targets == ("cat", "dog", "bird", "cat", "bird")
    for number, target in enumerate(targets):
        alone = gradcam(tiny_classifier, pictures[number], target)
        np.testing.assert_allclose(together.values[number], alone.values[0], atol=1e-6)


def test_values_keep_their_magnitude(by_hand, quarters):
    bright = gradcam(by_hand, quarters, "A", "channels").values
    dim = gradcam(by_hand, quarters // 5, "A", "channels").values
    np.testing.assert_allclose(dim, bright / 5, atol=1e-6)


def test_a_blank_map_is_said(by_hand, quarters):
    black = np.zeros_like(quarters)
    with pytest.warns(UserWarning, match=r"map of 2 of 3 pictures \(0, 2\) is zero everywhere"):
        heatmap = gradcam(by_hand, [black, quarters, black], "A", "channels")
    assert heatmap.checks["blank"] == [0, 2]


def test_tokens_and_channels_last_are_laid_out_as_pictures():
    """Evidence that lies in the lower left corner alone is shown there, in whatever form the layer is."""

    class Corner(nn.Module):
        def __init__(self, form):
            super().__init__()
            self.form, self.layer = form, nn.Identity()
            self.places = nn.AvgPool2d(8)

        def forward(self, x):
            grid = self.places(x)
            if self.form == "tokens":
                grid = torch.cat([torch.zeros(len(x), 1, 3), grid.flatten(2).transpose(1, 2)], 1)
            if self.form == "grid_last":
                grid = grid.permute(0, 2, 3, 1)
            out = self.layer(grid)
            return {
                "tokens": lambda: out[:, 1:].mean(1),
                "grid_last": lambda: out.mean((1, 2)),
                "grid": lambda: out.mean((2, 3)),
            }[self.form]()

    image = np.zeros((32, 32, 3), np.uint8)
    image[24:, :8] = 255
    for form in ("tokens", "grid_last", "grid"):
        classifier = Classifier(Corner(form), NAMES, 32, mean=0.0, std=1.0, device="cpu", crop=1.0)
        assert classifier.layer("layer").kind == form
        heatmap = gradcam(classifier, image, 0, "layer")
        assert heatmap.values[0, 31, 0] == heatmap.values.max() > 0
        assert heatmap.values[0, :16].max() == heatmap.values[0, :, 16:].max() == 0


def test_same_question_same_answer(tiny_classifier, pictures):
    np.testing.assert_array_equal(
        gradcam(tiny_classifier, pictures).values, gradcam(tiny_classifier, pictures).values
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"target": "cow"}, ValueError, "'cow' is not a class"),
        ({"target": ["cat"]}, ValueError, "has 1 rows"),
        ({"target": ["cat"] * 6}, ValueError, "has 6 rows"),
        ({"layer": "head"}, ValueError, r"`layer` must have places; 'head' is a vector.*'act'"),
        ({"layer": "act1"}, ValueError, "Did you mean 'act'"),
        ({"class_name": "cat"}, TypeError, "class_name"),
    ],
)
def test_questions_are_checked(tiny_classifier, pictures, options, error, message):
    with pytest.raises(error, match=message):
        gradcam(tiny_classifier, pictures, **options)
