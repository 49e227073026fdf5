"""The same of the methods of what is fitted, and of the results they give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import xaikit as xk
from tests.drawn import DrawnOnce
from tests.vrx.conftest import CLASSES, LEAST
from tests.wrong import Call, cases, check_told
from xaikit.additive import Filters

CLS = CLASSES[0]
PATCH = np.full((9, 9, 4), 255, np.uint8)
VIEW = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
EDITED = {"image": (VIEW, "picture"), "cls": (CLS, "name"), "k": (0, "number")}
ASKED = {"image": (VIEW, "picture"), "target": (CLS, "name")}

OF_VRX: list[Call] = [
    ("explain", {"image": (VIEW, "picture"), "measure": (True, "switch")}),
    ("explain_many", {"images": ([VIEW], "pictures")}),
    ("explained", {"image": (VIEW, "picture")}),
    ("suggest_names", {"min_share": (0.5, "share")}),
    ("name", {"given": ({}, "concept names")}),
    ("substitute", {**EDITED, "patch": (PATCH, "patch"), "soft": (1.5, "weight")}),
    ("move", {**EDITED, "center": ((9, 9), "place"), "fill": ("mean", "fill")}),
    ("delete", {**EDITED, "fill": ("mean", "fill")}),
    ("cause", ASKED),
    ("suggest", {**ASKED, "n": (1, "count"), "n_tried": (1, "whole")}),
    ("correct", {**ASKED, "max_edits": (1, "edits"), "n_tried": (1, "whole")}),
    ("diagnose", {"data": (None, "set")}),
    ("board", {"image": (VIEW, "picture")}),
    ("concept", {"cls": (CLS, "name"), "k": (0, "number")}),
    ("save", {"path": (None, "path to write")}),
]
OF_AN_EXPLANATION: list[Call] = [
    ("why", {"cls": (CLS, "name or none")}),
    ("why_not", {"cls": (CLS, "name"), "toward": ("own", "word")}),
    ("plot", {"classes": ([CLS], "class list")}),
    ("views", {"classes": ([CLS], "class list")}),
    ("name_of", {"cls": (CLS, "name"), "k": (0, "number")}),
    ("rename", {"cls": (CLS, "name"), "k": (0, "number"), "name": ("a", "label")}),
    ("to_html", {"path": (None, "path to write")}),
    ("save", {"path": (None, "path to write")}),
]
OF_VECTORS: list[Call] = [
    ("numbers", {"concepts": ([0], "concepts")}),
    ("relevance", {"a": ([CLS], "concepts"), "b": ([CLS], "concepts"), "centered": (False, "switch")}),
    ("map", {"method": ("pca", "word"), "concepts": (None, "concepts"), "seed": (0, "seed")}),
    ("similarity", {"images": (VIEW, "picture"), "binarized": (False, "switch")}),
    ("nearest", {"images": (VIEW, "picture"), "k": (2, "count"), "concepts": (None, "concepts")}),
    ("retrieve", {"data": (None, "set"), "concepts": (CLS, "concepts or none"), "k": (2, "count")}),
    ("explain", {"images": (VIEW, "picture"), "kind": ("class", "word"), "significance": (0.1, "share")}),
    (
        "saliency",
        {
            "images": (VIEW, "picture"),
            "cls": (CLS, "name or none"),
            "method": ("gradient_x_input", "word"),
            "rate": (0.5, "rate or none"),
        },
    ),
    ("modify", {"data": (None, "set"), "rate": (0.5, "rate"), "seed": (0, "seed or none")}),
    ("join", {"other": (None, "fitted")}),
    ("save", {"path": (None, "path to write")}),
]
OF_ADDITIVE: list[Call] = [
    ("explain", {"images": (VIEW, "picture")}),
    ("name", {"parts": ({}, "concept names")}),
    ("namer", {"data": (None, "set"), "n_pictures": (1, "count"), "progress": (False, "switch")}),
    ("save", {"path": (None, "path to write")}),
]
OF_CONTRIBUTIONS: list[Call] = [
    ("widget", {"heatmaps": (None, "heatmaps or none")}),
    ("report", {"picture": (0, "number")}),
    ("to_html", {"path": (None, "path to write")}),
    ("save", {"path": (None, "path to write")}),
]
OF_SRAE: list[Call] = [
    ("explain", {"images": (VIEW, "picture"), "target": (CLS, "name or none")}),
    ("name", {"names": ({}, "concept names")}),
    ("save", {"path": (None, "path to write")}),
]
OF_X_FEATURES: list[Call] = [
    ("sentence", {"picture": (0, "number")}),
    ("called", {"picture": (0, "number"), "feature": (0, "number")}),
    ("rename", {"cls": (CLS, "word"), "feature": (0, "number"), "name": ("ladder", "label")}),
    (
        "without",
        {
            "features": ([0], "numbers"),
            "picture": (0, "number"),
            "fill": ("inpaint", "fill"),
            "share": (0.05, "fraction"),
        },
    ),
    ("of", {"srae": (None, "fitted")}),
    ("to_html", {"path": (None, "path to write")}),
    ("save", {"path": (None, "path to write")}),
]


@pytest.fixture(scope="module")
def network() -> xk.Classifier:
    return xk.load_classifier("toyworld/vehicles", device="cpu")


@pytest.fixture(scope="module")
def data() -> Any:
    return DrawnOnce(xk.load_images("toyworld/vehicles", split="train", n=120))


@pytest.fixture(scope="module")
def vrx(network: xk.Classifier, data: Any) -> xk.VRX:
    return xk.VRX(CLASSES, **LEAST).fit(network, data, progress=False)


@pytest.fixture(scope="module")
def explanation(vrx: xk.VRX) -> Any:
    return vrx.explain(VIEW)


@pytest.fixture(scope="module")
def vectors(network: xk.Classifier, data: Any) -> xk.SemanticVectors:
    return xk.SemanticVectors(n_reference=60).fit(network, data, progress=False)


@pytest.fixture(scope="module")
def srae(network: xk.Classifier, data: Any) -> xk.SRAE:
    return xk.SRAE(CLASSES, 2, n_steps=20).fit(network, data, progress=False)


@pytest.fixture(scope="module")
def additive(network: xk.Classifier, data: Any) -> xk.AdditiveExplainer:
    explainer = xk.AdditiveExplainer(CLS, Filters("stage3", range(8)), n_epochs=1, width=8, n_blocks=0)
    return explainer.fit(network, data, progress=False)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(OF_ADDITIVE))
def test_of_the_additive_explainer(
    additive: xk.AdditiveExplainer, call: str, given: dict[str, Any], name: str
) -> None:
    check_told(getattr(additive, call), given)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(OF_CONTRIBUTIONS))
def test_of_contributions(
    additive: xk.AdditiveExplainer, call: str, given: dict[str, Any], name: str
) -> None:
    check_told(getattr(additive.explain(VIEW), call), given)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(OF_SRAE))
def test_of_srae(srae: xk.SRAE, call: str, given: dict[str, Any], name: str) -> None:
    check_told(getattr(srae, call), given)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(OF_X_FEATURES))
def test_of_x_features(srae: xk.SRAE, call: str, given: dict[str, Any], name: str) -> None:
    check_told(getattr(srae.explain(VIEW), call), given)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(OF_VRX))
def test_of_vrx(vrx: xk.VRX, call: str, given: dict[str, Any], name: str) -> None:
    check_told(getattr(vrx, call), given)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(OF_AN_EXPLANATION))
def test_of_an_explanation(explanation: Any, call: str, given: dict[str, Any], name: str) -> None:
    check_told(getattr(explanation, call), given)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "given", "name"), cases(OF_VECTORS))
def test_of_semantic_vectors(
    vectors: xk.SemanticVectors, call: str, given: dict[str, Any], name: str
) -> None:
    check_told(getattr(vectors, call), given)
