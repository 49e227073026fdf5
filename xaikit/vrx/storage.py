"""VRX and its explanations in one ``.npz`` file each: arrays and one JSON text, nothing that runs code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.errors import FileError
from xaikit.core.fields import check_arrays, check_value
from xaikit.core.packed import packed_pictures, unpacked_pictures
from xaikit.loading.classifiers import classifier_of
from xaikit.vrx.candidates import SEGMENTATIONS
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

FORMAT, EXPLANATION_FORMAT = 6, 4
CONCEPT_FORMS = {
    "boxes": "i n 2",
    "evidence": "f n d",
    "distances": "f n",
    "contributions": "f n",
    "mean_feature": "f c",
}
CONCEPT_ARRAYS = tuple(CONCEPT_FORMS)
CONCEPT_NUMBERS = ("threshold", "score", "p_value", "sensitivity", "effect", "found")
PICTURES = {"patches": None, "contexts": 3, "drawn": 3}
"""Kinds of pictures of a concept, and their channels; a patch has one more than the network's pictures."""
DICTIONARY_ARRAYS = {"means": "f K c", "thresholds": "f K"}
USUAL_ARRAYS = {
    "effects": "f m m N",
    "found": "f m N",
    "logits": "f m",
    "nodes": "f m m N",
    "edges": "f m m N N",
    "rest": "f m m",
    "bias": "f m",
}
EXPLANATION_ARRAYS = {
    "image": "u H W b",
    "node_contributions": "f m m N",
    "edge_contributions": "f m m N N",
    "node_effects": "f m m N",
    "edge_effects": "f m m N N",
    "rest_contributions": "f m m",
    "whole": "f w",
}
NOT_TOLD = ("mask", "feature", "heat")
SUGGESTED = {"name": str, "share": float}
VRX_META = {
    "hyper": dict[str, Any],
    "concepts": list[Any],
    "held_out": dict[str, float],
    "segmentation": str,
    "names": list[tuple[str, int, str]],
    "grn_shape": tuple[int, int, int],
    "picture_size": tuple[int, int],
    "classifier": {"spec": str | None, "fingerprint": str},
}
CONCEPT_META: dict[str, Any] = {"class": int, "index": int, "sources": list[str], "suggested?": Any}
CONCEPT_META |= dict.fromkeys(CONCEPT_NUMBERS, float)
EXPLANATION_META = {
    "classes": list[str],
    "prediction": str,
    "answer": tuple[str, float],
    "names": list[tuple[str, int, str]],
    "suggested?": list[tuple[str, int, dict[str, Any]]],
    "probabilities": dict[str, float],
    "student_probabilities": dict[str, float],
    "graphs": list[Any],
    "checks": {
        "agrees": bool,
        "measured": bool,
        "temperature": float,
        "held_out": dict[str, float],
        "completeness_error": float,
        "network_top1": str,
        "blank": list[str],
    },
    "method": str,
}
GRAPH_META = {"nodes": list[Any], "edges": list[Any], "rest": float}
NODE_META = {
    "index": int,
    "contribution": float,
    "effect": float | None,
    "detected": bool,
    "center": tuple[float, float] | None,
    "distance": float,
    "threshold": float,
    "usual_center": tuple[float, float],
}
EDGE_META = {
    "source": int,
    "target": int,
    "contribution": float,
    "weight": float,
    "places": tuple[float, float, float, float],
    "effect": float | None,
}


def save_vrx(vrx: VRX, path: str | Path) -> Path:
    """Write a fitted VRX; see :meth:`xaikit.VRX.save`."""
    arrays = {f"grn/{name}": value.numpy() for name, value in vrx.grn_.state_dict().items()}
    told = []
    for i, cls in enumerate(vrx.classes):
        for concept in vrx.concepts[cls]:
            key = f"concept/{i}/{concept.index}"
            for kind in PICTURES:
                arrays |= packed_pictures(f"{key}/{kind}", getattr(concept, kind))
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
        "picture_size": vrx.classifier_.view_size,
        "classifier": {"spec": vrx.classifier_.spec, "fingerprint": vrx.classifier_.fingerprint()},
    }
    return write_archive(path, "vrx", FORMAT, meta, arrays)


def load_vrx(path: str | Path, classifier: Classifier | None) -> VRX:
    """Read a fitted VRX; see :meth:`xaikit.VRX.load`."""
    from xaikit.vrx.model import VRX

    meta, arrays = read_archive(path, "vrx", FORMAT)
    with understood(path):
        vrx = _vrx_of(meta, arrays, VRX)
    vrx.classifier_ = classifier_of(meta["classifier"], classifier, path)
    _check_pictures(vrx, tuple(meta["picture_size"]), path)
    return vrx


def _check_pictures(vrx: VRX, size: tuple[int, int], path: str | Path) -> None:
    """FileError where they are of other size or channels than those of the network."""
    depths = {patch.shape[2] - 1 for own in vrx.concepts.values() for one in own for patch in one.patches}
    channels = vrx.classifier_.n_channels
    if vrx.classifier_.view_size != size or depths - {channels}:
        raise FileError(
            f"{path} is damaged: its pictures are {size[1]}×{size[0]} pixels of {sorted(depths)} channels, "
            f"those of its network {vrx.classifier_.input_size} and of {channels}. Save it again."
        )


def _vrx_of(meta: dict[str, Any], arrays: dict[str, np.ndarray], method: type[VRX]) -> VRX:
    """The method that a file holds; ValueError where its fields do not go together."""
    check_value(meta, VRX_META, "meta")
    hyper: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) and k != "classes" else v for k, v in meta["hyper"].items()
    }
    vrx = method(**hyper)
    m, n, d = meta["grn_shape"]
    if (m, n) != (len(vrx.classes), vrx.n_concepts) or meta["segmentation"] not in SEGMENTATIONS:
        raise ValueError("its classes, concepts and network do not go together")
    vrx.grn_ = _grn(vrx, (m, n, d), arrays)
    vrx.concepts = {cls: [] for cls in vrx.classes}
    sizes = {"d": d}
    for told in meta["concepts"]:
        check_value(told, CONCEPT_META, "concept")
        if not 0 <= told["class"] < m or told["index"] != len(vrx.concepts[vrx.classes[told["class"]]]) < n:
            raise ValueError(f"concept {told['index']} of class {told['class']} is out of place")
        cls, key = vrx.classes[told["class"]], f"concept/{told['class']}/{told['index']}"
        concept = _concept(cls, key, told, arrays, tuple(meta["picture_size"]), sizes)
        vrx.concepts[cls].append(concept)
    vrx.segmentation_ = meta["segmentation"]
    vrx.names_ = {(cls, k): name for cls, k, name in meta["names"]}
    if any(k not in range(len(vrx.concepts[cls])) for cls, k in vrx.names_):
        raise ValueError("a name is of no concept")
    settings = dictionary_settings(vrx.settings(ExtractorSettings), vrx.segmentation_)
    vrx.dictionaries_ = {}
    for i, cls in enumerate(vrx.classes):
        own = {name: arrays[key] for name in DICTIONARY_ARRAYS if (key := f"dictionary/{i}/{name}") in arrays}
        if own:
            check_arrays(own, DICTIONARY_ARRAYS, **sizes)
        vrx.dictionaries_[cls] = Dictionary(**own, settings=settings) if own else None
    vrx.usual_ = {cls: _usual(f"usual/{i}", arrays, m, n) for i, cls in enumerate(vrx.classes)}
    vrx.held_out_ = meta["held_out"]
    return vrx


def _concept(
    cls: str,
    key: str,
    told: dict[str, Any],
    arrays: dict[str, np.ndarray],
    picture_size: tuple[int, int],
    sizes: dict[str, int],
) -> Concept:
    """``sizes``: the widths that all concepts share, "d" of the evidence and "c" of the features."""
    _check_suggested(told.get("suggested"))
    forms = {f"{key}/{name}": form for name, form in CONCEPT_FORMS.items()}
    sizes |= {"c": check_arrays(arrays, forms, **sizes, n=len(told["sources"]))["c"]}
    kept: dict[str, Any] = {name: arrays[f"{key}/{name}"] for name in CONCEPT_ARRAYS}
    kept |= {kind: unpacked_pictures(f"{key}/{kind}", arrays, depth) for kind, depth in PICTURES.items()}
    boxes = kept["boxes"]
    ends = boxes + np.array([patch.shape[1::-1] for patch in kept["patches"]]).reshape(-1, 2)
    if not len(boxes) or (boxes < 0).any() or (ends > picture_size[::-1]).any():
        raise ValueError(f"the patches of {key!r} lie outside of their pictures")
    return Concept(
        cls=cls,
        index=told["index"],
        sources=told["sources"],
        suggested=told.get("suggested"),
        picture_size=picture_size,
        **kept,
        **{name: told[name] for name in CONCEPT_NUMBERS},
    )


def _check_suggested(suggested: Any) -> None:
    if suggested is not None:
        check_value(suggested, SUGGESTED, "suggested")


def _grn(vrx: VRX, shape: tuple[int, int, int], arrays: dict[str, np.ndarray]) -> GraphReasoningNetwork:
    """The network of these weights; how large it says it is is compared with them before it is made."""
    state = {k.removeprefix("grn/"): torch.from_numpy(v) for k, v in arrays.items() if k.startswith("grn/")}
    n_layers = len({name.split(".")[1] for name in state if name.startswith("convs.")})
    if n_layers != vrx.n_layers:
        raise ValueError(f"`n_layers` is {vrx.n_layers}, but there are weights of {n_layers}")
    layout = {name: getattr(vrx, name) for name in ("hidden", "n_layers", "mlp", "areas", "rest", "epsilon")}
    with torch.device("meta"):  # shapes alone: nothing is allocated
        grn = GraphReasoningNetwork(*shape, n_usual=state["usual"].shape[1], **layout)
    for name, meant in grn.state_dict().items():
        own = state.get(name)
        if own is None or own.shape != meant.shape or own.dtype != meant.dtype:
            found = "missing" if own is None else f"{own.dtype} {tuple(own.shape)}"
            raise ValueError(f"'grn/{name}' must be {meant.dtype} {tuple(meant.shape)}; it is {found}")
    grn.load_state_dict(state, assign=True)
    for name, weight in grn.named_parameters():
        if not weight.isfinite().all():
            raise ValueError(f"'grn/{name}' holds NaN or infinity")
    if not torch.equal(grn.off_diagonal, ~torch.eye(shape[1], dtype=torch.bool)):
        raise ValueError("'grn/off_diagonal' is another matrix")
    return grn.eval().requires_grad_(False)


def _usual(key: str, arrays: Mapping[str, np.ndarray], m: int, n: int) -> Usual:
    check_arrays(arrays, {f"{key}/{name}": form for name, form in USUAL_ARRAYS.items()}, m=m, N=n)
    learned = Contributions(**{f.name: arrays[f"{key}/{f.name}"] for f in fields(Contributions)})
    return Usual(learned, arrays[f"{key}/effects"], arrays[f"{key}/found"])


def save_explanation(exp: StructuralExplanation, path: str | Path) -> Path:
    """Write an explanation; see :meth:`StructuralExplanation.save`."""
    arrays: dict[str, np.ndarray] = {
        "image": exp.image,
        "node_contributions": exp.node_contributions,
        "edge_contributions": exp.edge_contributions,
        "node_effects": exp.node_effects,
        "edge_effects": exp.edge_effects,
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
                    arrays |= packed_pictures(f"graph/{i}/{node.index}/{kind}", own)
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
    return write_archive(path, "explanation", EXPLANATION_FORMAT, meta, arrays)


def load_explanation(path: str | Path) -> StructuralExplanation:
    """Read an explanation; see :meth:`StructuralExplanation.load`."""
    meta, arrays = read_archive(path, "explanation", EXPLANATION_FORMAT)
    with understood(path):
        return _explanation_of(meta, arrays)


def _explanation_of(meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> StructuralExplanation:
    """The explanation that a file holds; ValueError where its fields do not go together."""
    check_value(meta, EXPLANATION_META, "meta")
    classes = meta["classes"]
    if "edge_effects" not in arrays:  # from before they were measured
        arrays = arrays | {"edge_effects": np.full_like(arrays["edge_contributions"], np.nan)}
    sizes = check_arrays(arrays, EXPLANATION_ARRAYS, m=len(classes))
    sizes |= {"d": sizes["w"] + 1}
    if "drawn" in arrays:
        check_arrays(arrays, {"drawn": "u D D 3"})
    own = (list(meta["probabilities"]), list(meta["student_probabilities"]))
    if own != (classes, classes) or meta["prediction"] not in classes or len(set(classes)) < len(classes):
        raise ValueError("its classes do not go together")
    graphs, examples = {}, {}
    for i, (cls, told) in enumerate(zip(classes, meta["graphs"], strict=True)):
        graphs[cls] = _graph(cls, f"graph/{i}", told, arrays, sizes)
        if f"graph/{i}/0/contexts/sizes" in arrays:
            examples[cls] = [_example(f"graph/{i}/{n.index}", arrays) for n in graphs[cls].nodes]
    given = meta["names"] + meta.get("suggested", [])
    if any(k not in range(len(graphs[cls].nodes)) for cls, k, _ in given):
        raise ValueError("a name is of no concept")
    for _, _, one in meta.get("suggested", []):
        _check_suggested(one)
    return StructuralExplanation(
        image=arrays["image"],
        classes=classes,
        prediction=meta["prediction"],
        answer=Answer(*meta["answer"]),
        probabilities=Probabilities(meta["probabilities"]),
        student_probabilities=Probabilities(meta["student_probabilities"]),
        graphs=graphs,
        node_contributions=arrays["node_contributions"],
        edge_contributions=arrays["edge_contributions"],
        node_effects=arrays["node_effects"],
        edge_effects=arrays["edge_effects"],
        rest_contributions=arrays["rest_contributions"],
        whole=arrays["whole"],
        checks=meta["checks"],
        method=meta["method"],
        examples=examples,
        names={(cls, k): name for cls, k, name in meta["names"]},
        suggested={(cls, k): one for cls, k, one in meta.get("suggested", [])},
        drawn=arrays.get("drawn"),
    )


def _graph(
    cls: str, key: str, told: Any, arrays: dict[str, np.ndarray], sizes: dict[str, int]
) -> StructuralConceptGraph:
    check_value(told, GRAPH_META, key)
    nodes = [_node(f"{key}/{k}", k, one, arrays, sizes) for k, one in enumerate(told["nodes"])]
    edges = {}
    for one in told["edges"]:
        if isinstance(one, dict):
            one.setdefault("effect", None)  # files from before it was measured
        check_value(one, EDGE_META, f"{key}/edge")
        edge = Edge(**{**one, "places": tuple(one["places"])})
        edges[edge.source, edge.target] = edge
    pairs = {(j, i) for j in range(len(nodes)) for i in range(len(nodes)) if i != j}
    if edges.keys() != pairs or not 0 < len(nodes) <= sizes["N"]:
        raise ValueError(f"nodes and edges of {key!r} do not go together")
    return StructuralConceptGraph(cls, nodes, edges, told["rest"])


def _example(key: str, arrays: dict[str, np.ndarray]) -> Example:
    depths = PICTURES | {"patches": 4}  # as they are shown
    return Example(*(unpacked_pictures(f"{key}/{kind}", arrays, depths[kind]) for kind in Example._fields))


def _node(key: str, k: int, told: Any, arrays: dict[str, np.ndarray], sizes: dict[str, int]) -> Node:
    check_value(told, NODE_META, key)
    forms = {f"{key}/feature": "f d", f"{key}/mask": "b H W", f"{key}/heat": "u h w"}
    there = {name: form for name, form in forms.items() if name in arrays or name.endswith("feature")}
    check_arrays(arrays, there, H=sizes["H"], W=sizes["W"], d=sizes["d"])
    found = told["center"] is not None and f"{key}/mask" in arrays
    if told["index"] != k or told["detected"] != found:
        raise ValueError(f"{key!r} does not say whether its concept was found, and where")
    center = None if told["center"] is None else tuple(told["center"])
    usual = tuple(told["usual_center"])
    arrays_of = {name: arrays.get(f"{key}/{name}") for name in ("mask", "heat")}
    arrays_of |= {"feature": arrays[f"{key}/feature"]}
    return Node(**{**told, "center": center, "usual_center": usual, **arrays_of})
