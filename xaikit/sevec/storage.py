"""Semantic vectors in one ``.npz`` file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.fields import check_arrays, check_value
from xaikit.data.hierarchy import Hierarchy
from xaikit.loading.classifiers import classifier_of
from xaikit.sevec.fitted import Fitted, Reference
from xaikit.sevec.units import Units

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["load_vectors", "save_vectors"]

KIND, FORMAT = "semantic vectors", 1
ARRAYS = ("vectors", "rates", "diversity", "counts")
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


def save_vectors(fitted: Fitted, hyper: Mapping[str, Any], path: str | Path) -> Path:
    """See :meth:`xaikit.SemanticVectors.save`."""
    arrays = {f"{name}_": getattr(fitted, name) for name in ARRAYS}
    arrays |= fitted.reference._asdict()
    arrays["thresholds"] = fitted.units.thresholds
    arrays["examples"] = np.array([one for some in fitted.examples for one in some], np.uint8)
    if fitted.saliency_rates is not None:
        arrays["saliency_rates_"] = fitted.saliency_rates
    tree = fitted.hierarchy
    meta = {
        "hyper": hyper,
        "concept_names": fitted.names,
        "concept_kinds": fitted.kinds,
        "n_examples": [len(some) for some in fitted.examples],
        "units": {name: getattr(fitted.units, name) for name in UNIT_FACTS},
        "saliency_layer": fitted.saliency_layer,
        "hierarchy": tree and {n: tree.path(n) for n in fitted.names if n in tree},
        "checks": fitted.checks,
        "classifier": {"spec": fitted.classifier.spec, "fingerprint": fitted.classifier.fingerprint()},
    }
    return write_archive(path, KIND, FORMAT, meta, arrays)


def load_vectors(
    path: str | Path, classifier: Classifier | None, check_hyper: Callable[[dict[str, Any]], object]
) -> tuple[dict[str, Any], Fitted]:
    """The hyper-parameters, which are checked first, and what was learned with them."""
    meta, arrays = read_archive(path, KIND, FORMAT)
    with understood(path):
        _check(meta, arrays)
        check_hyper(meta["hyper"])
        told: dict[str, Any] = meta["units"] | {"shape": tuple(meta["units"]["shape"])}
        units = Units(**told, thresholds=arrays["thresholds"])
        hierarchy = Hierarchy(meta["hierarchy"]) if meta["hierarchy"] else None
    ends = np.cumsum(meta["n_examples"])[:-1]
    return meta["hyper"], Fitted(
        names=meta["concept_names"],
        kinds=meta["concept_kinds"],
        **{name: arrays[f"{name}_"] for name in ARRAYS},
        classifier=classifier_of(meta["classifier"], classifier, path),
        units=units,
        examples=[list(some) for some in np.split(arrays["examples"], ends)],
        reference=Reference(arrays["patterns"], arrays["concepts"]),
        saliency_layer=meta["saliency_layer"],
        saliency_rates=arrays.get("saliency_rates_"),
        hierarchy=hierarchy,
        checks=meta["checks"],
    )


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
