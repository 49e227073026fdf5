"""The view is what the library's own evaluation transform gives, for every network it has weights for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from torch import nn

from xaikit import Classifier, load_classifier

ENLARGED = "ignore:a picture of .* is enlarged"
SHAPES = ("as large", (300, 401), (57, 41))


def shown(spec: str, weights: str | None = None) -> Classifier:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* has no weights")
        return load_classifier(spec, weights, None if weights else ["a", "b", "c"], device="cpu")


def unlike(classifier: Classifier, transform: Any) -> list[Any]:
    """The shapes of pictures of which the network does not see what the transform gives, normalised."""
    rng = np.random.default_rng(0)
    wrong = []
    for shape in SHAPES:
        height, width = classifier.view_size if shape == "as large" else shape
        picture = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        expected = transform(Image.fromarray(picture))
        found = classifier.inputs(classifier.view(picture)[None])[0]
        grey = 1 / 255 / classifier.normalising.std.min()
        if found.shape != expected.shape or (found - expected).abs().max() > 1.001 * grey:
            wrong.append(shape)
    return wrong


TIMM = "1.0.31"  # an older one shows networks of rectangles otherwise


def timm_settings() -> Iterator[tuple[str, dict[str, Any]]]:
    """The first of timm's networks with each setting of its preprocessing."""
    timm = pytest.importorskip("timm")
    from timm.data import resolve_data_config

    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in [*timm.list_models(), *timm.list_pretrained()]:
        own = resolve_data_config(pretrained_cfg=timm.models.get_pretrained_cfg(name).to_dict())
        found.setdefault(repr(sorted(own.items())), (name, own))
    return iter(found.values())


@pytest.mark.filterwarnings(ENLARGED)
def test_every_network_of_timm_sees_what_timm_shows_it(monkeypatch):
    timm = pytest.importorskip("timm", minversion=TIMM)
    from timm.data import create_transform

    monkeypatch.setattr(timm, "create_model", lambda *_, **__: nn.Flatten())
    wrong, framings, squares = {}, set(), set()
    for name, own in timm_settings():
        classifier = shown(f"timm/{name}")
        framings.add(classifier.framing)
        squares.add(isinstance(classifier.input_size, int))
        if shapes := unlike(classifier, create_transform(**own, is_training=False)):
            wrong[name] = shapes
    assert not wrong
    assert framings >= {"crop", "squash"}
    assert squares == {True, False}


@pytest.mark.filterwarnings(ENLARGED)
@pytest.mark.parametrize(
    ("size", "crop_pct", "mode", "crop", "framing"),
    [
        (224, 0.9, "center", 224 / 248, "crop"),  # 248.9 is cut off, not rounded
        (224, 0.95, None, 224 / 235, "crop"),
        (448, 1.15, "center", 448 / 389, "pad"),
        (384, 1.0, "squash", 1.0, "squash"),
        (256, 0.92, "squash", 256 / 278, "squash"),
        (392, 1.0, "border", 1.0, "border"),
        ((192, 320), 0.875, "center", 320 / 365, "crop"),
        ((320, 192), 1.0, "center", 1.0, "crop"),
        ((192, 320), 1.0, "squash", 1.0, "squash"),
        ((320, 192), 0.875, "border", 192 / 219, "border"),
    ],
)
def test_timms_settings_by_hand(monkeypatch, size, crop_pct, mode, crop, framing):
    timm = pytest.importorskip("timm", minversion=TIMM)
    from timm.data import create_transform, resolve_data_config

    height, width = size if isinstance(size, tuple) else (size, size)
    told = {
        "input_size": (3, height, width),
        "crop_pct": crop_pct,
        "crop_mode": mode,
        "mean": (0.5, 0.4, 0.1),
    }
    config = timm.models.PretrainedCfg(**told)
    monkeypatch.setattr(timm, "create_model", lambda *_, **__: nn.Flatten())
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda *_, **__: config)
    classifier = shown("timm/resnet18")
    assert (classifier.crop, classifier.framing) == (crop, framing)
    own = resolve_data_config(pretrained_cfg=config.to_dict())
    assert unlike(classifier, create_transform(**own, is_training=False)) == []


@pytest.mark.filterwarnings(ENLARGED)
def test_every_network_of_torchvision_sees_what_its_weights_ask_for(monkeypatch):
    models = pytest.importorskip("torchvision").models
    monkeypatch.setattr(models, "get_model", lambda *_, **__: nn.Flatten())
    seen: dict[str, list[Any]] = {}
    for name in models.list_models(module=models):
        offered = models.get_model_weights(name)
        for weights, own in ((None, next(iter(offered))), ("default", offered.DEFAULT)):
            key = repr(own.transforms())
            if key not in seen:
                seen[key] = unlike(shown(f"torchvision/{name}", weights), own.transforms())
    assert len(seen) > 10
    assert not any(seen.values())
