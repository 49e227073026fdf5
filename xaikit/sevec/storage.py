"""Semantic vectors in one ``.npz`` file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.archive import read_archive, write_archive
from xaikit.core.loading import load_classifier
from xaikit.data.hierarchy import Hierarchy
from xaikit.sevec.fitting import Reference
from xaikit.sevec.units import Units

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.sevec.model import SemanticVectors

__all__ = ["load_vectors", "save_vectors"]

KIND, FORMAT = "semantic vectors", 1
ARRAYS = ("vectors_", "rates_", "diversity_", "counts_")
UNIT_FACTS = ("layer", "shape", "pooling", "rule", "quantile", "n_seen")


def save_vectors(vectors: SemanticVectors, path: str | Path) -> Path:
    """See :meth:`xaikit.SemanticVectors.save`."""
    arrays = {name: getattr(vectors, name) for name in ARRAYS}
    arrays |= vectors._reference._asdict()
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


def load_vectors(path: str | Path, classifier: Classifier | None) -> SemanticVectors:
    """See :meth:`xaikit.SemanticVectors.load`."""
    from xaikit.sevec.model import SemanticVectors

    meta, arrays = read_archive(path, KIND, FORMAT)
    vectors = SemanticVectors(**meta["hyper"])
    vectors.classifier_ = _network(meta["classifier"], classifier, path)
    for name in ARRAYS:
        setattr(vectors, name, arrays[name])
    told: dict[str, Any] = meta["units"] | {"shape": tuple(meta["units"]["shape"])}
    vectors.units_ = Units(**told, thresholds=arrays["thresholds"])
    vectors.concept_names, vectors.concept_kinds = meta["concept_names"], meta["concept_kinds"]
    vectors.saliency_layer_ = meta["saliency_layer"]
    vectors.saliency_rates_ = arrays.get("saliency_rates_")
    vectors.hierarchy_ = Hierarchy(meta["hierarchy"]) if meta["hierarchy"] else None
    vectors._reference = Reference(arrays["patterns"], arrays["concepts"])
    vectors.checks = meta["checks"]
    ends = np.cumsum(meta["n_examples"])[:-1]
    vectors.examples_ = [list(some) for some in np.split(arrays["examples"], ends)]
    return vectors


def _network(told: dict[str, Any], classifier: Classifier | None, path: str | Path) -> Classifier:
    if classifier is None:
        if told["spec"] is None:
            raise ValueError(
                f"{path} does not say which network it belongs to. Give it: load(path, classifier)."
            )
        classifier = load_classifier(told["spec"])
    if classifier.fingerprint() != told["fingerprint"]:
        raise ValueError(
            f"{path} was fitted on another network than {classifier!r}: weights, classes or preprocessing "
            "differ. Give the network it was fitted on, or fit again."
        )
    return classifier
