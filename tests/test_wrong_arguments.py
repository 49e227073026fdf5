"""Every argument of the public functions, given what it cannot be: the error is ours and says what is wrong.

A case is a right call and one argument of it replaced by a value of a kind that it is not; beside the kind
stand those of its values that are right here. Ours is an error that was raised by the package itself: what
torch, NumPy or Pillow raise from inside tells a user nothing.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from xaikit import attribution, metrics
from xaikit.core import images
from xaikit.data import ImageSet, Sample

PACKAGE = Path(xk.__file__).parent
NAN, INF = float("nan"), float("inf")
SMALL = np.zeros((4, 5, 3), np.uint8)
PICTURE = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
MASK = np.zeros((16, 16), bool)
MASK[4:10, 4:10] = True
MAPS = np.random.default_rng(1).random((2, 16, 16))
MAP = MAPS[0]
TABLE = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])

WRONG: dict[str, list[Any]] = {
    "count": [0, -1, 2.5, True, "3", None, NAN, [1]],
    "positive": [0, -1, NAN, INF, "1", None, [1]],
    "share": [-0.1, 1.1, NAN, INF, "0.5", None],
    "word": ["no such word", 3, None, ["a"], b"sum"],
    "name": ["no such name", 99, -1, 1.5, True, b"a"],
    "layer": ["no such layer", 3, b"conv", ["0"]],
    "path": ["", "no/such/file.bin", 3, None, b"\0", ["a"]],
    "picture": [
        *(
            None,
            "no such file.png",
            "",
            3,
            object(),
            b"no picture",
            np.zeros(5),
            np.zeros((0, 4, 3), np.uint8),
        ),
        *(np.full((8, 8, 3), 300), np.full((8, 8, 3), NAN), np.zeros((8, 8, 5), np.uint8), torch.zeros(8, 8)),
        *(torch.full((1, 3, 8, 8), NAN), [], {"a": 1}),
    ],
    "array": [None, "text", 3, SMALL, np.zeros((0, 16, 3), np.uint8), PICTURE / 255, []],
    "mask": [None, "text", np.zeros((4, 5), bool), np.zeros((16, 16, 3), bool), np.zeros((16, 16)), []],
    "maps": [None, "text", 3, MAP, np.full((2, 16, 16), NAN), np.zeros((0, 16, 16)), []],
    "boxes": [None, "text", 3, [], [(0, 0, 4)] * 2, [(4, 4, 2, 2)] * 2, [(0, 0, NAN, 4)] * 2, [(0, 0, 9, 9)]],
    "rows": [None, "text", 3, [], np.zeros(4), np.full((3, 2), NAN), np.zeros((2, 2)), [["a"]]],
    "sample": [None, "text", [], [1, 2], [1, 2, NAN, 4], [1, 2, INF, 4], [1, 1, 1, 1], ["a", "b", "c", "d"]],
    "shares": [None, "text", [], [1, 2], [0.5, NAN], [-0.1], ["a"]],
    "color": ["no color", None, (1, 2), (1, 2, 300), (1, 2, NAN), 7],
    "place": [None, "text", 3, (1,), (NAN, 1), (1, INF), ("a", "b")],
    "extent": ["text", 3, (1,), (0, 4), (-1, 4), (NAN, 1), ("a", "b")],
    "names": [None, "ab", {"a", "b"}, ["a", "a"], [1, 2], [], 3, {"a": 0, "b": 2}],
    "number": [None, "text", 1.5, True, [0.7], "0"],
    "numbers": [None, "text", [0.7], [True, 2], [99], [[0]], {1}],
    "network": [None, "resnet", 3, nn.Linear, lambda x: x],
    "triple": [None, "text", (1, 2), (0.5, NAN, 0.5), ("a", "b", "c")],
    "device": ["gpu", "cuda:99", 3, None],
    "set": [None, "text", 3, [], object()],
    "weight": [-1, NAN, INF, "1", None],
    "fraction": [0, -0.1, 1.1, NAN, "0.5", None],
    "limit": [0, -1, NAN, INF, "1", [1]],
    "values": [None, "text", np.zeros((4, 5)), np.full((16, 16), NAN), np.zeros((16, 16, 3)), []],
    "labels": [None, "text", ["a"], ["a", "a", "a"], [], 3],
    "count of pixels": [-1, 2.5, True, "3", None, NAN, 65],
    "baseline": ["grey", 3, np.zeros(5), [1, 2], object()],
}


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
CALLS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
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
            "memory_budget": (2**20, "count"),
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
        images.fit_square,
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
        lambda **one: xk.zoo.train_classifier(
            **{"progress": False, "device": "cpu", "epochs": 1, "size": 16, **one}
        ),
        {
            "data": (SET, "set"),
            "network": ("small", "word"),
            "epochs": (1, "count"),
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
]


def cases() -> list[Any]:
    made = []
    for number, (call, given) in enumerate(CALLS):
        label = getattr(call, "__qualname__", str(call))
        label = f"{number}" if "lambda" in label else label
        right = {own: one[0] for own, one in given.items()}
        for name, (_, kind, *fitting) in given.items():
            fine = [id(one) for some in fitting for one in some]
            for k, wrong in enumerate(WRONG[kind]):
                if id(wrong) in fine:
                    continue
                made.append(pytest.param(call, {**right, name: wrong}, name, id=f"{label}-{name}-{k}"))
    return made


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases())
def test_a_wrong_argument_is_told_in_words_of_ours(call, given, name):
    with pytest.raises((ValueError, TypeError, OSError, IndexError)) as caught:
        call(**given)
    raised = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert Path(raised.filename).is_relative_to(PACKAGE), f"raised by {raised.filename}: {caught.value}"
    assert len(str(caught.value)) > 15, "it says what was expected and what came"
