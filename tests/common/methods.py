"""A row for every method: how it is fitted in seconds, and the questions that can be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import xaikit as xk
from tests.vrx.conftest import CLASSES, LEAST
from xaikit.additive import Filters

TWO = CLASSES[:2]


@dataclass(frozen=True)
class Row:
    """A method and what to ask of it.

    Attributes
    ----------
    make : the method, not fitted, with a seed
    misspelt : a wrong name of a parameter, and the right one
    questions : {name: asks it of a method that is fitted}; each is given a picture and a path
    """

    make: Callable[[], Any]
    misspelt: tuple[str, str]
    questions: dict[str, Callable[[Any, Any, Any], Any]]

    def fitted(self, network: xk.Classifier, pictures: Any) -> Any:
        return self.make().fit(network, pictures, progress=False)


@cache
def network() -> xk.Classifier:
    return xk.load_classifier("toyworld/vehicles", device="cpu")


@cache
def pictures() -> Any:
    """As many of each class."""
    return xk.load_images("toyworld/vehicles", split="train", n=180).kept(progress=False)


PATCH = np.full((9, 9, 4), 255, np.uint8)


def found(vrx: Any, picture: Any) -> tuple[str, int]:
    """A concept that is found in the picture."""
    graphs = vrx.explain(picture).graphs
    return next((cls, node.index) for cls in TWO for node in graphs[cls].nodes if node.detected)


METHODS = {
    "AdditiveExplainer": Row(
        make=lambda: xk.AdditiveExplainer(
            TWO[0], Filters("stage3", range(12)), n_epochs=2, width=8, n_blocks=1, n_pictures=80
        ),
        misspelt=("priors", "prior"),
        questions={
            "explain": lambda additive, picture, _: additive.explain(picture),
            "name": lambda additive, _, __: additive.name({0: "ladder"}),
            "save": lambda additive, _, path: additive.save(path),
        },
    ),
    "VRX": Row(
        make=lambda: xk.VRX(TWO, segmentation="tree", **LEAST),
        misspelt=("n_concept", "n_concepts"),
        questions={
            "explain": lambda vrx, picture, _: vrx.explain(picture),
            "cause": lambda vrx, picture, _: vrx.cause(picture, TWO[1]),
            "suggest": lambda vrx, picture, _: vrx.suggest(picture, TWO[1], n_tried=5),
            "substitute": lambda vrx, picture, _: vrx.substitute(picture, TWO[0], 0, PATCH),
            "move": lambda vrx, picture, _: vrx.move(picture, *found(vrx, picture), (9, 9)),
            "delete": lambda vrx, picture, _: vrx.delete(picture, *found(vrx, picture)),
            "diagnose": lambda vrx, _, __: vrx.diagnose(pictures().subset(range(4))),
            "board": lambda vrx, picture, _: vrx.board(picture),
            "name": lambda vrx, _, __: vrx.name({(TWO[0], 0): "ladder"}),
            "save": lambda vrx, _, path: vrx.save(path),
        },
    ),
    "SRAE": Row(
        make=lambda: xk.SRAE(TWO, 3, n_steps=20),
        misspelt=("n_feature", "n_features"),
        questions={
            "explain": lambda srae, picture, _: srae.explain(picture),
            "name": lambda srae, _, __: srae.name({(TWO[0], 0): "ladder"}),
            "without": lambda srae, picture, _: srae.explain(picture, TWO[0]).without([0]),
            "save": lambda srae, _, path: srae.save(path),
        },
    ),
    "SemanticVectors": Row(
        make=lambda: xk.SemanticVectors(n_reference=40),
        misspelt=("poling", "pooling"),
        questions={
            "relevance": lambda sev, _, __: sev.relevance(TWO[:1], TWO[1:]),
            "similarity": lambda sev, picture, _: sev.similarity(picture),
            "nearest": lambda sev, picture, _: sev.nearest(picture, k=2),
            "retrieve": lambda sev, _, __: sev.retrieve(pictures().subset(range(8)), TWO[0], k=2),
            "saliency": lambda sev, picture, _: sev.saliency(picture, TWO[0]),
            "modify": lambda sev, _, __: sev.modify(pictures().subset(range(4))),
            "map": lambda sev, _, __: sev.map("pca"),
            "save": lambda sev, _, path: sev.save(path),
        },
    ),
}
