"""Files for explanations: pictures, graphs, arrays and words in one ``.npz``, without pickle."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.fields import check_arrays, check_value
from xaikit.core.packed import packed_pictures, unpacked_pictures
from xaikit.vrx.concept import PICTURES, check_suggested
from xaikit.vrx.graph import Answer, Edge, Example, Node, Probabilities, StructuralConceptGraph

__all__ = ["EXPLANATION_FORMAT", "fields_of", "load_explanation", "parts_of", "save_explanation"]

EXPLANATION_FORMAT = 4
T = TypeVar("T")
ARRAYS = {
    "image": "u H W b",
    "node_contributions": "f m m N",
    "edge_contributions": "f m m N N",
    "node_effects": "f m m N",
    "edge_effects": "f m m N N",
    "rest_contributions": "f m m",
    "whole": "f w",
}
NOT_TOLD = ("mask", "feature", "heat")
META = {
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


def save_explanation(exp: Any, path: str | Path) -> Path:
    """Write an explanation; see :meth:`StructuralExplanation.save`."""
    return write_archive(path, "explanation", EXPLANATION_FORMAT, *parts_of(exp))


def parts_of(exp: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """An explanation as JSON and arrays."""
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
    return meta, arrays


def load_explanation(kind: type[T], path: str | Path) -> T:
    """Read an explanation; see :meth:`StructuralExplanation.load`."""
    meta, arrays = read_archive(path, "explanation", EXPLANATION_FORMAT)
    with understood(path):
        return kind(**fields_of(meta, arrays))


def fields_of(meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The fields of an explanation that was taken apart; ValueError where they do not go together."""
    check_value(meta, META, "meta")
    classes = meta["classes"]
    if "edge_effects" not in arrays:  # from before they were measured
        arrays = arrays | {"edge_effects": np.full_like(arrays["edge_contributions"], np.nan)}
    sizes = check_arrays(arrays, ARRAYS, m=len(classes))
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
        check_suggested(one)
    return {
        "image": arrays["image"],
        "classes": classes,
        "prediction": meta["prediction"],
        "answer": Answer(*meta["answer"]),
        "probabilities": Probabilities(meta["probabilities"]),
        "student_probabilities": Probabilities(meta["student_probabilities"]),
        "graphs": graphs,
        "node_contributions": arrays["node_contributions"],
        "edge_contributions": arrays["edge_contributions"],
        "node_effects": arrays["node_effects"],
        "edge_effects": arrays["edge_effects"],
        "rest_contributions": arrays["rest_contributions"],
        "whole": arrays["whole"],
        "checks": meta["checks"],
        "method": meta["method"],
        "examples": examples,
        "names": {(cls, k): name for cls, k, name in meta["names"]},
        "suggested": {(cls, k): one for cls, k, one in meta.get("suggested", [])},
        "drawn": arrays.get("drawn"),
    }


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
