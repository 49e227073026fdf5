"""Classifier: answers worked out by hand, class names, views, fingerprints and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from xaikit.core.classifier import Classifier

NAMES = ["cat", "dog", "bird"]


class MeanColor(nn.Module):
    """Its three logits are the mean of the three channels it is given."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3))


class Returns(nn.Module):
    """Returns what a function makes of the batch."""

    def __init__(self, make) -> None:
        super().__init__()
        self.make = make

    def forward(self, x: torch.Tensor):
        return self.make(x)


def test_logits_and_probabilities_by_hand():
    classifier = Classifier(MeanColor(), NAMES, 4, mean=(0.5, 0, 0), std=(0.5, 1, 0.1), device="cpu")
    red = np.broadcast_to(np.array([255, 51, 0], np.uint8), (4, 4, 3))
    logits = classifier.logits(red)
    np.testing.assert_allclose(logits, [[1, 0.2, 0]], atol=1e-6)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(
        classifier.probabilities(red), np.exp(logits) / np.exp(logits).sum(), atol=1e-6
    )
    assert classifier.predict(red) == ["cat"]


def test_probabilities_of_large_logits_stay_finite():
    classifier = Classifier(Returns(lambda x: x.mean((2, 3)) * 1e5), NAMES, 4, 0.0, 1.0, device="cpu")
    white_red = np.array([[[255, 0, 0]]], np.uint8)
    np.testing.assert_array_equal(classifier.probabilities(white_red), [[1, 0, 0]])


def test_the_network_sees_what_view_shows(pictures):
    seen = []
    model = Returns(lambda x: seen.append(x) or x.mean((2, 3)))
    classifier = Classifier(model, NAMES, 16, mean=0.0, std=1.0, device="cpu")
    tall = np.concatenate([pictures[0], pictures[1]])
    view = classifier.view(tall)
    classifier.logits(tall)
    assert view.shape == (16, 16, 3)
    np.testing.assert_allclose(seen[-1][0].permute(1, 2, 0) * 255, view, atol=1e-4)


def test_view_takes_one_picture(tiny_classifier, pictures):
    with pytest.raises(ValueError, match="`view` takes one picture; got 5"):
        tiny_classifier.view(pictures)


def test_views_of_many_pictures_are_views_of_each(tiny_classifier, pictures):
    together = np.concatenate(list(tiny_classifier.views(pictures[:, :20])))
    np.testing.assert_array_equal(together, [tiny_classifier.view(picture[:20]) for picture in pictures])


def test_mean_color_is_the_mean_as_a_color(tiny_classifier):
    assert tiny_classifier.mean_color == (124, 116, 104)


def test_features_of_grids_and_vectors(tiny_classifier, pictures):
    assert tiny_classifier.features(pictures).shape == (5, 12, 8, 8)
    assert tiny_classifier.features(pictures, "head").shape == (5, 3)
    np.testing.assert_array_equal(
        tiny_classifier.features(pictures, "head"), tiny_classifier.logits(pictures)
    )


def test_classes_by_name_and_index(tiny_classifier):
    assert tiny_classifier.class_index("bird") == 2
    assert tiny_classifier.class_index(np.int64(1)) == 1
    with pytest.raises(ValueError, match=r"'brd' is not a class of this network. Did you mean 'bird'"):
        tiny_classifier.class_index("brd")
    with pytest.raises(ValueError, match="The first are"):
        tiny_classifier.class_index("submarine")
    for index in (3, -1, 0.5):
        with pytest.raises(ValueError, match=r"must lie in 0\.\.2"):
            tiny_classifier.class_index(index)


def test_fingerprint_knows_weights_classes_and_preprocessing(tiny_model):
    def made(**changes):
        options = {"class_names": NAMES, "input_size": 32, "device": "cpu"} | changes
        return Classifier(tiny_model, **options).fingerprint()

    first = made()
    assert first == made()
    changed = [made(class_names=["cat", "dog", "cow"]), made(input_size=64), made(crop=1.0), made(mean=0.5)]
    with torch.no_grad():
        tiny_model.head.bias[1] += 1e-3
    changed.append(made())
    assert len({first, *changed}) == 6


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x: (x.mean((2, 3)), x), TypeError, "tensor of logits.*got a tuple of 2.*Wrap it"),
        (lambda x: {"out": x}, TypeError, r"got a dict with the keys \['out'\]"),
        (lambda x: None, TypeError, "got a NoneType"),
        (
            lambda x: x.mean((2, 3)) * float("nan"),
            ValueError,
            "NaN or infinity for 2 of 2.*Check its weights",
        ),
        (lambda x: x.mean((2, 3)) / 0, ValueError, "NaN or infinity"),
        (lambda x: x, ValueError, r"one row of logits per picture.*\(2, 3, 8, 8\).*not an image classifier"),
        (lambda x: x.mean((1, 2, 3)), ValueError, r"one row of logits per picture.*\(2,\)"),
        (lambda x: x.mean((0, 2, 3))[None], ValueError, r"for 2 pictures it returned.*\(1, 3\)"),
        (lambda x: x.mean((2, 3)).long(), ValueError, "torch.int64"),
        (lambda x: x.mean(3).flatten(1), ValueError, "`class_names` has 3 names, but the model returns 24"),
    ],
    ids=["tuple", "dict", "None", "NaN", "inf", "maps", "scalar", "one row", "labels", "wrong number"],
)
@pytest.mark.parametrize("ask", ["logits", "predict", "features_and_gradients"])
def test_what_is_no_classifier_is_refused(make, error, message, ask):
    classifier = Classifier(Returns(make), NAMES, 8, device="cpu")
    with pytest.raises(error, match=message):
        getattr(classifier, ask)(np.zeros((8, 8, 3), np.uint8))


def test_nan_for_one_picture_is_said_when_it_comes(tiny_model, pictures):
    classifier = Classifier(tiny_model, NAMES, 32, device="cpu")
    classifier.logits(pictures)
    with torch.no_grad():
        tiny_model.head.weight[0, 0] = float("nan")
    with pytest.raises(ValueError, match="NaN or infinity for 5 of 5 pictures"):
        classifier.logits(pictures)


def test_a_model_for_other_pictures_is_refused_with_torchs_words():
    grey = nn.Sequential(nn.Conv2d(1, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(
        ValueError, match=r"cannot be run on a float32 batch of shape \(2, 3, 8, 8\).*channels"
    ):
        Classifier(grey, NAMES, 8, device="cpu").predict(np.zeros((8, 8, 3), np.uint8))


def test_a_pass_for_which_there_is_no_memory_says_so():
    class Greedy(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.new_empty(10**15)

    with pytest.raises(ValueError, match=r"takes more memory than there is.*`input_size`"):
        Classifier(Greedy(), ["a", "b"], 8, device="cpu").logits(torch.rand(1, 3, 8, 8))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"model": lambda x: x}, TypeError, "`model` must be a torch.nn.Module; got function"),
        ({"class_names": "cat"}, TypeError, "`class_names` must be a list of str"),
        ({"class_names": [1, 2, 3]}, TypeError, "`class_names` must be a list of str"),
        ({"class_names": []}, ValueError, "`class_names`"),
        ({"class_names": ["cat", "dog", "cat"]}, ValueError, r"got \['cat'\] more than once"),
        ({"input_size": 0}, ValueError, "`input_size` must be a whole number, 1 or more"),
        ({"input_size": (8, 0)}, ValueError, "1 or more or 2 values, each a whole number, 1 or more"),
        ({"input_size": (3, 8, 8)}, ValueError, r"`input_size` must be .*got \(3, 8, 8\)"),
        ({"mean": (0.5, 0.5)}, ValueError, "`mean` and `std` must have a number per channel"),
        ({"std": (0.2, 0.0, 0.2)}, ValueError, "`std` must be positive"),
        ({"crop": 0.0}, ValueError, r"`crop` must lie in \(0, 1\]"),
        ({"interpolation": "cubic"}, ValueError, "`interpolation` must be one of"),
        ({"memory_budget": 0}, ValueError, "`memory_budget`"),
        ({"device": "gpu"}, ValueError, "`device` must be 'auto', 'cuda', 'mps' or 'cpu'; got 'gpu'"),
    ],
)
def test_arguments_are_checked(changes, error, message):
    options = {"model": MeanColor(), "class_names": NAMES, "input_size": 8, "device": "cpu"} | changes
    with pytest.raises(error, match=message):
        Classifier(**options)


def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError, match="classnames"):
        Classifier(MeanColor(), classnames=NAMES)


def test_batches_follow_the_memory_budget(tiny_model, pictures):
    many = np.tile(pictures, (8, 1, 1, 1))

    def sizes(budget: int) -> list[int]:
        classifier = Classifier(tiny_model, NAMES, 32, device="cpu", memory_budget=budget)
        return [len(batch.views) for batch in classifier.gradient_batches(many, [0])]

    assert sizes(1) == [1] * 40
    assert sizes(2**40) == [40]
    # The graph holds at least the stem's output twice (before and after the norm): 2 · 8 · 16 · 16 floats.
    assert max(sizes(10 * 2 * 8 * 256 * 4)) <= 10


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_gives_the_same_and_the_model_stays_where_it_was(tiny_model, pictures):
    here = Classifier(tiny_model, NAMES, 32, device="cpu")
    there = Classifier(tiny_model, NAMES, 32, device="auto")
    assert there.device.type == "cuda"
    for one, other in zip(
        here.features_and_gradients(pictures, [0, 1]),
        there.features_and_gradients(pictures, [0, 1]),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, atol=5e-3)
    assert next(tiny_model.parameters()).device.type == "cpu"


def test_a_device_that_is_not_there_is_refused(tiny_model):
    absent = ["mps"] if not torch.backends.mps.is_available() else []
    for device in ("cuda:99", f"cuda:{torch.cuda.device_count()}", *absent):
        with pytest.raises(ValueError, match="is not on this machine"):
            Classifier(tiny_model, ["a", "b", "c"], input_size=32, device=device)
