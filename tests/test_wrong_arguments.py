"""Every argument of the public functions, given what it cannot be: the error is ours, and tells."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from tests.wrong import MAP, MAPS, MASK, PICTURE, SMALL, TABLE, Call, cases, check_told
from xaikit import attribution, metrics
from xaikit.additive import Filters
from xaikit.core import images
from xaikit.data import ImageSet, Sample


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)
    )


class Pictures(ImageSet):
    """Six pictures of three classes."""

    def __init__(self) -> None:
        super().__init__(["a", "b", "c"], [0, 0, 1, 1, 2, 2])

    def _read(self, index: int) -> Sample:
        return Sample(PICTURE, int(self.labels[index]), str(index))


CLF = xk.Classifier(network(), ["a", "b", "c"], 16, device="cpu", crop=1.0)
SET = Pictures()
TARGET = {"target": ("a", "name"), "images": (PICTURE, "picture")}
MAPPED = {"heatmaps": (MAPS, "maps"), "boxes": ([(0, 0, 9, 9)] * 2, "boxes"), "sign": ("positive", "word")}
SHARED = {"shares": ([0.5], "shares")}
BASELINE = {"n_steps": (3, "count"), "baseline": ("mean", "baseline"), "channels": ("sum", "word")}
CALLS: list[Call] = [
    (CLF.view, {"image": (PICTURE, "picture")}),
    (CLF.logits, {"images": (PICTURE, "picture")}),
    (CLF.probabilities, {"images": (PICTURE, "picture")}),
    (CLF.predict, {"images": (PICTURE, "picture")}),
    (CLF.features, {"images": (PICTURE, "picture"), "layer": ("0", "layer")}),
    (
        CLF.features_and_gradients,
        {"images": (PICTURE, "picture"), "targets": ("a", "name"), "layer": ("0", "layer")},
    ),
    (CLF.class_index, {"name": ("a", "name")}),
    (CLF.layer, {"name": ("0", "layer")}),
    (lambda **one: attribution.gradcam(CLF, **one), {**TARGET, "layer": ("0", "layer")}),
    (lambda **one: attribution.excitation_backprop(CLF, **one), {**TARGET, "layer": ("0", "layer")}),
    (lambda **one: attribution.guided_backprop(CLF, **one), {**TARGET, "channels": ("max", "word")}),
    (lambda **one: attribution.gradient_x_input(CLF, **one), {**TARGET, "layer": ("0", "layer")}),
    (lambda **one: attribution.integrated_gradients(CLF, **one), {**TARGET, **BASELINE}),
    (lambda **one: attribution.from_captum(CLF, **one), {**TARGET, "attribution": ("Saliency", "word")}),
    (
        lambda **one: xk.Classifier(**{"input_size": 16, "device": "cpu", **one}),
        {
            "model": (network(), "network"),
            "class_names": (["a", "b", "c"], "names"),
            "input_size": (16, "count"),
            "mean": ((0.5, 0.5, 0.5), "triple"),
            "std": ((0.5, 0.5, 0.5), "triple"),
            "device": ("cpu", "device"),
            "crop": (1.0, "positive"),
            "memory_budget": (2**20, "count", (None,)),
            "interpolation": ("bilinear", "word"),
            "framing": ("crop", "word"),
            "output": ("auto", "word"),
        },
    ),
    (
        xk.load_classifier,
        {
            "spec": ("toyworld/vehicles", "word"),
            "weights": ("default", "path", (None,)),
            "device": ("cpu", "device"),
        },
    ),
    (
        xk.load_images,
        {
            "spec": ("toyworld/vehicles", "path"),
            "split": ("test", "word"),
            "n": (6, "count", (None,)),
            "seed": (0, "number"),
        },
    ),
    (SET.subset, {"indices": ([0, 1], "numbers")}),
    (SET.of_class, {"name": ("a", "name")}),
    (SET.__getitem__, {"index": (0, "number")}),
    (lambda **one: ImageSet(**one), {"class_names": (["a", "b"], "names"), "labels": ([0, 1], "numbers")}),
    (images.read_image, {"source": (PICTURE, "picture")}),
    (images.cut, {"image": (PICTURE, "array"), "mask": (MASK, "mask")}),
    (
        images.encode,
        {"image": (PICTURE, "array", (SMALL,)), "format": ("png", "word"), "quality": (85, "count")},
    ),
    (
        images.erase,
        {
            "image": (PICTURE, "array"),
            "mask": (MASK, "mask"),
            "fill": ("mean", "color"),
            "soft": (1.0, "weight"),
            "fill_color": ((1, 2, 3), "color"),
        },
    ),
    (
        images.paste,
        {
            "image": (PICTURE, "array"),
            "patch": (np.full((4, 4, 4), 255, np.uint8), "array"),
            "center": ((8, 8), "place"),
            "size": ((4, 4), "extent"),
            "soft": (1.0, "weight"),
        },
    ),
    (
        images.fit_view,
        {
            "image": (PICTURE, "array", (SMALL,)),
            "size": (8, "count"),
            "crop": (1.0, "positive"),
            "interpolation": ("bilinear", "word"),
            "framing": ("crop", "word"),
        },
    ),
    (
        images.overlay,
        {
            "image": (PICTURE, "array"),
            "values": (MAPS[0], "values"),
            "cmap": ("diverging", "word"),
            "alpha": (0.5, "share"),
            "limit": (1.0, "limit", (0,)),
        },
    ),
    (
        images.in_context,
        {
            "image": (PICTURE, "array"),
            "mask": (MASK, "mask"),
            "side": (8, "count"),
            "share": (0.5, "fraction"),
        },
    ),
    (metrics.agreement, {"student": (TABLE, "rows"), "teacher": (TABLE, "rows")}),
    (metrics.mean_l1, {"student": (TABLE, "rows"), "teacher": (TABLE, "rows")}),
    (metrics.rank_correlation, {"a": ([1, 2, 4, 3], "sample"), "b": ([1, 2, 3, 4], "sample")}),
    (metrics.interval, {"share": (0.5, "share"), "n": (10, "count")}),
    (metrics.centre_blob, {"size": ((8, 8), "extent"), "n_pixels": (5, "count of pixels")}),
    (metrics.cluster_agreement, {"vectors": (TABLE, "rows"), "labels": (["a", "b", "a"], "labels")}),
    (metrics.energy_in_box, MAPPED),
    (
        metrics.kept_energy,
        {"values": (MAPS, "maps", (MAP,)), "share": (0.5, "share"), "sign": ("positive", "word")},
    ),
    (metrics.pointing_hits, {**MAPPED, **SHARED, "fraction": (1.0, "fraction")}),
    (metrics.pointing_baselines, {**MAPPED, **SHARED, "fraction": (1.0, "fraction")}),
    (
        lambda **one: xk.exercise(**{"question": "Which?", "choices": ["a", "b"], "answer": "a", **one}),
        {"answer": ("a", "word"), "choices": (["a", "b"], "names")},
    ),
    (
        lambda **one: xk.exercise(
            **{"question": "How much?", "number": (0, 9), "answer": 3, "tolerance": 1, **one}
        ),
        {"answer": (3, "triple"), "number": ((0, 9), "place")},
    ),
    (
        lambda **one: xk.exercise(**{"question": "Where?", "region": PICTURE, "answer": MASK, **one}),
        {"region": (PICTURE, "picture"), "answer": (MASK, "mask"), "overlap": (0.4, "limit")},
    ),
    (
        lambda **one: xk.zoo.train_classifier(
            **{"progress": False, "device": "cpu", "epochs": 1, "size": 16, **one}
        ),
        {
            "data": (SET, "set"),
            "network": ("small", "word"),
            "epochs": (1, "count"),
            "cache": (False, "switch"),
            "size": (16, "count"),
            "rate": (0.1, "limit"),
            "seed": (0, "number"),
            "device": ("cpu", "device"),
        },
    ),
    (
        lambda **one: xk.VRX(["a", "b"]).fit(**{"progress": False, **one}),
        {"classifier": (CLF, "set"), "data": (SET, "set")},
    ),
    (
        lambda **one: xk.SemanticVectors().fit(**{"progress": False, **one}),
        {"classifier": (CLF, "set"), "data": (SET, "set")},
    ),
    (
        lambda **one: xk.SRAE().fit(**{"progress": False, **one}),
        {"classifier": (CLF, "set"), "data": (SET, "set")},
    ),
    (
        lambda **one: xk.AdditiveExplainer("a", Filters()).fit(**{"progress": False, **one}),
        {"classifier": (CLF, "set"), "data": (SET, "set")},
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(CALLS))
def test_a_wrong_argument_is_told_in_words_of_ours(call, given, name):
    check_told(call, given)
