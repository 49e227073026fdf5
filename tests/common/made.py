"""One small result of every kind, made by hand: no network is asked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xaikit.additive import Contributions
from xaikit.attribution import Heatmap
from xaikit.core.result import Result
from xaikit.sevec.concept_map import ConceptMap
from xaikit.sevec.meaning import Meaning
from xaikit.sevec.modification import Modification
from xaikit.sevec.relevance import Relevance
from xaikit.sevec.retrieval import Nearest, Retrieved
from xaikit.srae import Without, XFeatures
from xaikit.vrx import (
    Cause,
    ConfusedPair,
    Correction,
    Diagnosis,
    Edge,
    Flaw,
    Mistake,
    Node,
    StructuralConceptGraph,
    StructuralExplanation,
    Substitution,
    Suggestion,
)
from xaikit.vrx.controls import ControlTrials, Trial
from xaikit.vrx.graph import Answer, Probabilities

__all__ = ["RESULTS"]

RNG = np.random.default_rng(0)
CLASSES = ["bus", "a <b>tank</b>"]
M, N, D = 2, 2, 3
SIDE = 24
CHECKS = {
    "agrees": True,
    "measured": True,
    "temperature": 1.0,
    "held_out": {"agreement": 0.9},
    "completeness_error": 0.0,
    "network_top1": "bus",
    "blank": [],
}


def picture() -> np.ndarray:
    return RNG.integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def mask() -> np.ndarray:
    there = np.zeros((SIDE, SIDE), bool)
    there[4:12, 6:15] = True
    return there


def node(k: int) -> Node:
    found = k == 0
    return Node(
        index=k,
        contribution=0.5 - k,
        effect=0.75 if found else None,
        detected=found,
        center=(10.0, 8.0) if found else None,
        mask=mask() if found else None,
        distance=0.25,
        threshold=0.5,
        usual_center=(12.0, 12.0),
        feature=np.ones(D, np.float32),
    )


def explanation() -> StructuralExplanation:
    numbers = RNG.normal(size=(M, M, N)).astype(np.float32)
    edges = {pair: Edge(*pair, 0.25, 0.5, (0.1, 0.2, 0.3, 0.4)) for pair in ((0, 1), (1, 0))}
    return StructuralExplanation(
        image=picture(),
        classes=CLASSES,
        prediction="bus",
        answer=Answer("bus", 0.75),
        probabilities=Probabilities(zip(CLASSES, (0.75, 0.25), strict=True)),
        student_probabilities=Probabilities(zip(CLASSES, (0.5, 0.5), strict=True)),
        graphs={cls: StructuralConceptGraph(cls, [node(0), node(1)], edges) for cls in CLASSES},
        node_contributions=numbers,
        edge_contributions=np.zeros((M, M, N, N), np.float32),
        node_effects=numbers,
        edge_effects=np.full((M, M, N, N), np.nan, np.float32),
        rest_contributions=np.zeros((M, M), np.float32),
        whole=np.zeros(D - 1, np.float32),
        checks=CHECKS,
        method="VRX(by hand)",
    )


def cause() -> Cause:
    seen = Flaw("bus", 1, "odd", 1.5, "wheel", mask())
    counted = Flaw(None, None, "strange", 0.5, "something at the top left")
    return Cause("bus", CLASSES[1], "concept", [seen, counted], -1.0, 2.0, 0.0, picture())


def suggestion() -> Suggestion:
    patch = RNG.integers(0, 256, (6, 9, 4), np.uint8)
    return Suggestion(
        cls="bus",
        concept=0,
        patch=patch,
        source="bus 7",
        over=("bus", 1),
        where="over wheel of bus",
        center=(8.0, 9.5),
        size=(9, 6),
        expected_gain=0.5,
        gain=0.25,
        prediction="bus",
        probability=0.75,
        image=picture(),
        names={("bus", 0): "door"},
    )


def correction() -> Correction:
    return Correction("bus", cause(), [suggestion()], explanation(), explanation())


def diagnosis() -> Diagnosis:
    mistakes = [Mistake(3, "bus 3", "false alarm", cause(), 0.75, picture())]
    mistakes += [Mistake(4, "bus 4", "missing concepts", cause().counted, 0.5, None)]
    pair = ConfusedPair("bus", CLASSES[1], mistakes, ["2 of 5 pictures."], "Add pictures of bus.")
    return Diagnosis(CLASSES, np.array([[3, 2], [0, 4]]), [pair], ["picture 9 (truncated)"])


def concept_map() -> ConceptMap:
    vectors = np.eye(4, dtype=np.float32)
    places = {"PCA": RNG.normal(size=(4, 2))}
    names = ("cat", "dog", "a <i>bird</i>", "dotted")
    kinds = {"kind": ("class", "class", "class", "texture")}
    return ConceptMap(names, places, np.full(4, 0.5), kinds, vectors, [[picture()]] * 4, {})


def heatmap() -> Heatmap:
    values = RNG.normal(size=(2, SIDE, SIDE)).astype(np.float32)
    return Heatmap(
        values, ("bus", "bus"), ("bus", CLASSES[1]), "layer4", np.stack([picture()] * 2), "by hand"
    )


def x_features() -> XFeatures:
    """Of two pictures, of which the second could not be read."""
    gives = np.array([[2.5, -0.5], [np.nan] * 2], np.float32)
    maps = np.stack([RNG.uniform(size=(2, SIDE, SIDE)), np.full((2, SIDE, SIDE), np.nan)]).astype(np.float32)
    return XFeatures(
        images=np.stack([picture()] * 2),
        targets=("bus", "not read"),
        predictions=(CLASSES[1], "not read"),
        scores=np.array([1.5, np.nan], np.float32),
        probabilities=np.array([0.75, np.nan], np.float32),
        baseline=np.array([-0.5, np.nan], np.float32),
        activations=np.abs(gives),
        contributions=gives,
        heatmaps=maps,
        reconstruction=np.array([[0.5] * D, [np.nan] * D], np.float32),
        layer="fc1",
        method="SRAE(by hand)",
        checks={"held_out": {"bus": {"F_reg": 0.25}}, "error": [0.0, None], "not_read": [1]},
        names={("bus", 0): "a <b>door</b>"},
        examples={"bus": RNG.integers(0, 255, (2, 3, 8, 8, 4), np.uint8)},
    )


def contributions() -> Contributions:
    values, weights = RNG.random((M, D)).astype(np.float32), RNG.normal(size=(M, D)).astype(np.float32)
    return Contributions(
        images=np.stack([picture() for _ in range(M)]),
        target="bus",
        predictions=("bus", "a <b>tank</b>"),
        performer=np.array([2.5, -1.0], np.float32),
        values=values,
        weights=weights,
        contributions=values * weights,
        bias=-0.5,
        names=("filter 1", "filter 2", "filter 3"),
        stands_for={"filter 1": "a <i>wheel</i>", "filter 3": "door"},
        maps=RNG.random((M, D, 4, 5)).astype(np.float32),
        baseline_weights=RNG.normal(size=(M, D)).astype(np.float32),
        baseline_bias=0.25,
        method="AdditiveExplainer('bus')",
        checks={"held_out": {"entropy": 1.0}, "deviation": [0.1, None], "not_read": []},
    )


def without() -> Without:
    return Without(
        images=np.stack([picture(), picture()]),
        features=(0,),
        target="bus",
        predictions=("bus", CLASSES[1]),
        scores=np.array([1.5, -0.5], np.float32),
        probabilities=np.array([0.75, 0.25], np.float32),
        baseline=-0.5,
        contributions=np.array([[2.5, -0.5], [0.5, -0.5]], np.float32),
        names=("a <b>door</b>", "x-feature 2"),
        fill="inpaint",
        checks={"filled": 0.125, "error": [0.0, 0.25]},
    )


TEXTURES = ("dotted", "striped", "a <u>wool</u>")
RESULTS: dict[str, Callable[[], Result]] = {
    "Cause": cause,
    "ConceptMap": concept_map,
    "ControlTrials": lambda: ControlTrials(
        correction(), [Trial(picture(), "bus", 0.75)], [Trial(picture(), CLASSES[1], 0.25)]
    ),
    "Correction": correction,
    "Diagnosis": diagnosis,
    "Heatmap": heatmap,
    "Meaning": lambda: Meaning(
        "texture",
        TEXTURES,
        ("dotted", None),
        ("dotted", None),
        np.array([[0.9, 0.2, 0.1], [np.nan] * 3], np.float32),
        np.array([[0.01, 0.5, 0.5], [np.nan] * 3]),
        0.025,
    ),
    "Modification": lambda: Modification(
        np.array([0.5, 0.75]),
        {kind: RNG.normal(size=2) for kind in ("unit", "random unit", "vector", "permutation")},
        "fc1",
        0.5,
    ),
    "Nearest": lambda: Nearest((("cat", "dog"), ()), np.array([[0.9, 0.5], [np.nan] * 2], np.float32)),
    "Relevance": lambda: Relevance(
        ("cat", "dog"), TEXTURES, RNG.uniform(-1, 1, (2, 3)), "texture", centered=True
    ),
    "Retrieved": lambda: Retrieved(
        ("cat",),
        np.array([[3, 5]]),
        np.array([[0.75, 0.5]], np.float32),
        (("cat", "dog"),),
        np.stack([[picture(), picture()]]),
    ),
    "StructuralExplanation": explanation,
    "Contributions": contributions,
    "Without": without,
    "XFeatures": x_features,
    "Substitution": lambda: Substitution(
        picture(), explanation(), explanation(), "door of bus erased", "bus", 0
    ),
}
