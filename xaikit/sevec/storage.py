"""Semantic vectors in one ``.npz`` file."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.fields import check_arrays, check_value
from xaikit.data.hierarchy import Hierarchy
from xaikit.loading.classifiers import classifier_of
from xaikit.sevec.fitting import Reference
from xaikit.sevec.units import Units

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.sevec.model import SemanticVectors

__all__ = ["load_vectors", "save_vectors"]

KIND, FORMAT = "semantic vectors", 1
ARRAYS = ("vectors_", "rates_", "diversity_", "counts_")
UNIT_FACTS = {
    "layer": str,
    "shape": list[int],
    "pooling": str,
    "rule": str,
    "quantile": float,
    "n_seen": int,
}
META = {
    "hyper": dict[str, Any],
    "concept_names": list[str],
    "concept_kinds": list[str],
    "n_examples": list[int],
    "units": UNIT_FACTS,
    "saliency_layer": str | None,
    "hierarchy": dict[str, list[str]] | None,
    "checks": dict[str, str | float],
    "classifier": {"spec": str | None, "fingerprint": str},
}
FORMS = {
    "vectors_": "f K d",
    "rates_": "f K d",
    "diversity_": "f K",
    "counts_": "i K",
    "thresholds": "f d",
    "patterns": "u r p",
    "concepts": "i r",
}


def save_vectors(vectors: SemanticVectors, path: str | Path) -> Path:
    """See :meth:`xaikit.SemanticVectors.save`."""
    arrays = {name: getattr(vectors, name) for name in ARRAYS}
    arrays |= vectors.reference_._asdict()
    arrays["thresholds"] = vectors.units_.thresholds
    arrays["examples"] = np.array([one for some in vectors.examples_ for one in some], np.uint8)
    if vectors.saliency_rates_ is not None:
        arrays["saliency_rates_"] = vectors.saliency_rates_
    tree = vectors.hierarchy_
    meta = {
        "hyper": {field.name: getattr(vectors, field.name) for field in fields(vectors)},
        "concept_names": vectors.concept_names,
        "concept_kinds": vectors.concept_kinds,
        "n_examples": [len(some) for some in vectors.examples_],
        "units": {name: getattr(vectors.units_, name) for name in UNIT_FACTS},
        "saliency_layer": vectors.saliency_layer_,
        "hierarchy": tree and {n: tree.path(n) for n in vectors.concept_names if n in tree},
        "checks": vectors.checks,
        "classifier": {"spec": vectors.classifier_.spec, "fingerprint": vectors.classifier_.fingerprint()},
    }
    return write_archive(path, KIND, FORMAT, meta, arrays)


def load_vectors(
    kind: type[SemanticVectors], path: str | Path, classifier: Classifier | None
) -> SemanticVectors:
    """See :meth:`xaikit.SemanticVectors.load`."""
    meta, arrays = read_archive(path, KIND, FORMAT)
    with understood(path):
        _check(meta, arrays)
        vectors = kind(**meta["hyper"])
        told: dict[str, Any] = meta["units"] | {"shape": tuple(meta["units"]["shape"])}
        vectors.units_ = Units(**told, thresholds=arrays["thresholds"])
        vectors.hierarchy_ = Hierarchy(meta["hierarchy"]) if meta["hierarchy"] else None
    vectors.classifier_ = classifier_of(meta["classifier"], classifier, path)
    for name in ARRAYS:
        setattr(vectors, name, arrays[name])
    vectors.concept_names, vectors.concept_kinds = meta["concept_names"], meta["concept_kinds"]
    vectors.saliency_layer_ = meta["saliency_layer"]
    vectors.saliency_rates_ = arrays.get("saliency_rates_")
    vectors.reference_ = Reference(arrays["patterns"], arrays["concepts"])
    vectors.checks = meta["checks"]
    ends = np.cumsum(meta["n_examples"])[:-1]
    vectors.examples_ = [list(some) for some in np.split(arrays["examples"], ends)]
    return vectors


def _check(meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Raise ValueError where the fields of a file do not go together."""
    check_value(meta, META, "meta")
    names, n_examples = meta["concept_names"], meta["n_examples"]
    sizes = check_arrays(arrays, FORMS, K=len(names))
    if "saliency_rates_" in arrays:
        check_arrays(arrays, {"saliency_rates_": "f K c h w"}, K=len(names))
    if sum(n_examples):
        check_arrays(arrays, {"examples": "u n h w 3"}, n=sum(n_examples))
    own, shape = arrays["concepts"], meta["units"]["shape"]
    d = math.prod(shape) if meta["units"]["pooling"] == "none" else shape[0]
    if not (
        len(set(names)) == len(names) == len(meta["concept_kinds"]) == len(n_examples)
        and min(n_examples, default=0) >= 0
        and (arrays["counts_"] > 0).all()
        and ((0 <= own) & (own < len(names))).all()
        and sizes["p"] == -(-sizes["d"] // 8)
        and sizes["d"] == d
    ):
        raise ValueError("its counts do not go together")
