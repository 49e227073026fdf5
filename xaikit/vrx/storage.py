"""VRX and its explanations in one ``.npz`` file each: arrays and one JSON text, nothing that runs code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from xaikit.core.archive import read_archive, write_archive
from xaikit.vrx.causes import Usual
from xaikit.vrx.concept import Concept
from xaikit.vrx.dictionary import Dictionary
from xaikit.vrx.explanation import (
    Answer,
    Edge,
    Example,
    Node,
    Probabilities,
    StructuralConceptGraph,
    StructuralExplanation,
)
from xaikit.vrx.grn import GraphReasoningNetwork
from xaikit.vrx.recurring import dictionary_settings
from xaikit.vrx.vce import ExtractorSettings
from xaikit.vrx.vdi import Contributions

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.vrx.model import VRX

__all__ = ["load_explanation", "load_vrx", "save_explanation", "save_vrx"]

FORMAT = 4
CONCEPT_ARRAYS = ("boxes", "evidence", "distances", "contributions", "mean_feature")
CONCEPT_NUMBERS = ("threshold", "score", "p_value", "sensitivity", "effect", "found")
CONCEPT_PICTURES = ("patches", "contexts", "drawn")
DICTIONARY_ARRAYS = ("means", "thresholds")
NOT_TOLD = ("mask", "feature", "heat")


def save_vrx(vrx: VRX, path: str | Path) -> Path:
    """Write a fitted VRX; see :meth:`xaikit.VRX.save`."""
    arrays = {f"grn/{name}": value.numpy() for name, value in vrx.grn_.state_dict().items()}
    told = []
    for i, cls in enumerate(vrx.classes):
        for concept in vrx.concepts[cls]:
            key = f"concept/{i}/{concept.index}"
            for kind in CONCEPT_PICTURES:
                arrays |= _picture_arrays(f"{key}/{kind}", getattr(concept, kind))
            arrays |= {f"{key}/{name}": getattr(concept, name) for name in CONCEPT_ARRAYS}
            numbers = {name: getattr(concept, name) for name in CONCEPT_NUMBERS}
            texts = {"sources": concept.sources, "suggested": concept.suggested}
            told.append({"class": i, "index": concept.index, **texts, **numbers})
        dictionary = vrx.dictionaries_[cls]
        if dictionary is not None:
            arrays |= {f"dictionary/{i}/{name}": getattr(dictionary, name) for name in DICTIONARY_ARRAYS}
        usual = vrx.usual_[cls]
        arrays |= {f"usual/{i}/effects": usual.effects, f"usual/{i}/found": usual.found}
        arrays |= {f"usual/{i}/{name}": value for name, value in vars(usual.contributions).items()}
    meta = {
        "hyper": {f.name: getattr(vrx, f.name) for f in fields(vrx)},
        "concepts": told,
        "held_out": vrx.held_out_,
        "segmentation": vrx.segmentation_,
        "names": [[*place, name] for place, name in vrx.names_.items()],
        "grn_shape": vrx.grn_.shape,
        "picture_size": vrx.classifier_.input_size,
        "classifier": {"spec": vrx.classifier_.spec, "fingerprint": vrx.classifier_.fingerprint()},
    }
    return write_archive(path, "vrx", FORMAT, meta, arrays)


def load_vrx(path: str | Path, classifier: Classifier | None) -> VRX:
    """Read a fitted VRX; see :meth:`xaikit.VRX.load`."""
    from xaikit.vrx.model import VRX

    meta, arrays = read_archive(path, "vrx", FORMAT)
    hyper: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) and k != "classes" else v for k, v in meta["hyper"].items()
    }
    vrx = VRX(**hyper)
    vrx.concepts = {cls: [] for cls in vrx.classes}
    for told in meta["concepts"]:
        cls, key = vrx.classes[told["class"]], f"concept/{told['class']}/{told['index']}"
        kept: dict[str, Any] = {name: arrays[f"{key}/{name}"] for name in CONCEPT_ARRAYS}
        kept |= {kind: _pictures(f"{key}/{kind}", arrays) for kind in CONCEPT_PICTURES}
        vrx.concepts[cls].append(
            Concept(
                cls=cls,
                index=told["index"],
                sources=told["sources"],
                suggested=told.get("suggested"),
                picture_size=meta["picture_size"],
                **kept,
                **{name: told[name] for name in CONCEPT_NUMBERS},
            )
        )
    vrx.segmentation_ = meta["segmentation"]
    vrx.names_ = {(cls, k): name for cls, k, name in meta["names"]}
    settings = dictionary_settings(vrx.settings(ExtractorSettings), vrx.segmentation_)
    vrx.dictionaries_ = {
        cls: Dictionary(arrays[f"dictionary/{i}/means"], arrays[f"dictionary/{i}/thresholds"], settings)
        if f"dictionary/{i}/means" in arrays
        else None
        for i, cls in enumerate(vrx.classes)
    }
    m, n, d = meta["grn_shape"]
    layout = {name: getattr(vrx, name) for name in ("hidden", "n_layers", "mlp", "areas", "rest", "epsilon")}
    n_usual = arrays["grn/usual"].shape[1]
    vrx.grn_ = GraphReasoningNetwork(m, n, d, n_usual=n_usual, **layout)
    state = {k.removeprefix("grn/"): torch.from_numpy(v) for k, v in arrays.items() if k.startswith("grn/")}
    vrx.grn_.load_state_dict(state)
    vrx.grn_.eval().requires_grad_(False)
    vrx.usual_ = {cls: _usual(f"usual/{i}", arrays) for i, cls in enumerate(vrx.classes)}
    vrx.held_out_ = meta["held_out"]
    vrx.classifier_ = _classifier(classifier, meta["classifier"], Path(path))
    return vrx


def _usual(key: str, arrays: Mapping[str, np.ndarray]) -> Usual:
    learned = Contributions(**{f.name: arrays[f"{key}/{f.name}"] for f in fields(Contributions)})
    return Usual(learned, arrays[f"{key}/effects"], arrays[f"{key}/found"])


def _classifier(given: Classifier | None, told: dict[str, Any], path: Path) -> Classifier:
    from xaikit.core.loading import load_classifier

    if given is None and told["spec"] is None:
        raise ValueError(
            f"{path} was fitted on a network of your own, which is not in the file. "
            "Give it: VRX.load(path, classifier)."
        )
    classifier = given or load_classifier(told["spec"])
    if classifier.fingerprint() != told["fingerprint"]:
        raise ValueError(
            f"{path} was fitted on another network than {'the one given' if given else told['spec']!r} "
            "(weights, classes or input size differ). Give the right one: VRX.load(path, classifier)."
        )
    return classifier


def save_explanation(exp: StructuralExplanation, path: str | Path) -> Path:
    """Write an explanation; see :meth:`StructuralExplanation.save`."""
    arrays: dict[str, np.ndarray] = {
        "image": exp.image,
        "node_contributions": exp.node_contributions,
        "edge_contributions": exp.edge_contributions,
        "node_effects": exp.node_effects,
        "rest_contributions": exp.rest_contributions,
        "whole": exp.whole,
    }
    if exp.drawn is not None:
        arrays["drawn"] = exp.drawn
    graphs = []
    for i, cls in enumerate(exp.classes):
        graph = exp.graphs[cls]
        for node in graph.nodes:
            arrays[f"graph/{i}/{node.index}/feature"] = node.feature
            if node.mask is not None:
                arrays[f"graph/{i}/{node.index}/mask"] = node.mask
            if node.heat is not None:
                arrays[f"graph/{i}/{node.index}/heat"] = node.heat
            if exp.examples:
                for kind, own in exp.examples[cls][node.index]._asdict().items():
                    arrays |= _picture_arrays(f"graph/{i}/{node.index}/{kind}", own)
        told = [{k: v for k, v in vars(n).items() if k not in NOT_TOLD} for n in graph.nodes]
        graphs.append(
            {"nodes": told, "edges": [vars(edge) for edge in graph.edges.values()], "rest": graph.rest}
        )
    meta = {
        "classes": exp.classes,
        "prediction": exp.prediction,
        "answer": exp.answer,
        "names": [[*place, name] for place, name in exp.names.items()],
        "suggested": [[*place, one] for place, one in exp.suggested.items()],
        "probabilities": exp.probabilities,
        "student_probabilities": exp.student_probabilities,
        "graphs": graphs,
        "checks": exp.checks,
        "method": exp.method,
    }
    return write_archive(path, "explanation", FORMAT, meta, arrays)


def load_explanation(path: str | Path) -> StructuralExplanation:
    """Read an explanation; see :meth:`StructuralExplanation.load`."""
    meta, arrays = read_archive(path, "explanation", FORMAT)
    graphs, examples = {}, {}
    for i, (cls, told) in enumerate(zip(meta["classes"], meta["graphs"], strict=True)):
        nodes = [_node(f"graph/{i}/{n['index']}", n, arrays) for n in told["nodes"]]
        edges = [Edge(**{**e, "places": tuple(e["places"])}) for e in told["edges"]]
        between = {(e.source, e.target): e for e in edges}
        graphs[cls] = StructuralConceptGraph(cls, nodes, between, told["rest"])
        if f"graph/{i}/0/contexts/sizes" in arrays:
            examples[cls] = [_example(f"graph/{i}/{n.index}", arrays) for n in nodes]
    return StructuralExplanation(
        image=arrays["image"],
        classes=meta["classes"],
        prediction=meta["prediction"],
        answer=Answer(*meta["answer"]),
        probabilities=Probabilities(meta["probabilities"]),
        student_probabilities=Probabilities(meta["student_probabilities"]),
        graphs=graphs,
        node_contributions=arrays["node_contributions"],
        edge_contributions=arrays["edge_contributions"],
        node_effects=arrays["node_effects"],
        rest_contributions=arrays["rest_contributions"],
        whole=arrays["whole"],
        checks=meta["checks"],
        method=meta["method"],
        examples=examples,
        names={(cls, k): name for cls, k, name in meta["names"]},
        suggested={(cls, k): one for cls, k, one in meta.get("suggested", [])},
        drawn=arrays.get("drawn"),
    )


def _example(key: str, arrays: dict[str, np.ndarray]) -> Example:
    return Example(*(_pictures(f"{key}/{kind}", arrays) for kind in Example._fields))


def _node(key: str, told: dict[str, Any], arrays: dict[str, np.ndarray]) -> Node:
    center = None if told["center"] is None else tuple(told["center"])
    usual = tuple(told["usual_center"])
    arrays_of = {name: arrays.get(f"{key}/{name}") for name in ("mask", "heat")}
    arrays_of |= {"feature": arrays[f"{key}/feature"]}
    return Node(**{**told, "center": center, "usual_center": usual, **arrays_of})


def _picture_arrays(key: str, pictures: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Pictures or patches of different sizes as one run of bytes and their shapes."""
    return {
        f"{key}/sizes": np.array([one.shape for one in pictures], int).reshape(-1, 3),
        f"{key}/pixels": np.concatenate([one.ravel() for one in pictures] or [np.empty(0, np.uint8)]),
    }


def _pictures(key: str, arrays: dict[str, np.ndarray]) -> list[np.ndarray]:
    sizes = arrays[f"{key}/sizes"]
    ends = np.cumsum(sizes.prod(axis=1))
    runs = np.split(arrays[f"{key}/pixels"], ends[:-1]) if len(sizes) else []
    return [run.reshape(size) for run, size in zip(runs, sizes, strict=True)]
