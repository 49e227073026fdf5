"""An additive explainer in one ``.npz`` file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.additive.concepts import Concepts, concepts_of
from xaikit.additive.examples import Asked
from xaikit.additive.explainer import Explainer, restored
from xaikit.additive.fitted import Fitted
from xaikit.additive.naming import give_parts
from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.fields import check_value
from xaikit.loading.classifiers import classifier_of

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["load_explainer", "save_explainer"]

KIND, FORMAT = "additive explainer", 2
VECTORS, GUIDED, BASELINE = "concepts.vectors", "explainer.", "baseline."
META = {
    "hyper": dict[str, Any],
    "concepts": dict[str, Any],
    "looks_at": str,
    "positive": bool,
    "parts": dict[str, str],
    "checks": dict[str, Any],
    "classifier": {"spec": str | None, "fingerprint": str},
}


def save_explainer(
    fitted: Fitted, parts: Mapping[str, str], hyper: Mapping[str, Any], path: str | Path
) -> Path:
    """See :meth:`xaikit.AdditiveExplainer.save`."""
    told = fitted.concepts.told()
    if told is None:
        raise ValueError(
            f"{fitted.concepts!r} are functions, which a file cannot hold; save what they gave: "
            "explain(...).save(path)."
        )
    arrays = _numbers(fitted.explainer, GUIDED)
    if fitted.baseline is not None:
        arrays |= _numbers(fitted.baseline, BASELINE)
    if "vectors" in told:
        arrays[VECTORS] = told.pop("vectors")
    meta = {
        "hyper": hyper,
        "concepts": told,
        "looks_at": fitted.asked.looks_at,
        "positive": fitted.explainer.positive,
        "parts": dict(parts),
        "checks": fitted.checks,
        "classifier": {"spec": fitted.classifier.spec, "fingerprint": fitted.classifier.fingerprint()},
    }
    return write_archive(path, KIND, FORMAT, meta, arrays)


def load_explainer(
    path: str | Path,
    classifier: Classifier | None,
    check_hyper: Callable[[dict[str, Any], Concepts], object],
) -> tuple[dict[str, Any], Fitted, dict[str, str]]:
    """The hyper-parameters, which are checked first, what was learned with them, and the names of parts."""
    meta, arrays = read_archive(path, KIND, FORMAT)
    with understood(path):
        check_value(meta, META, "meta")
        hyper = meta["hyper"]
        vectors = {"vectors": arrays[VECTORS]} if VECTORS in arrays else {}
        concepts = concepts_of(meta["concepts"] | vectors)
        check_hyper(hyper, concepts)
    found = classifier_of(meta["classifier"], classifier, path)
    with understood(path):
        target = found.class_index(hyper["target"])
        bound = concepts.on(found, found.class_names[target])
        asked = Asked(target, bound, found.layer(meta["looks_at"]).name, hyper["prior"])
        explainer, baseline = (
            _explainer(found, asked, meta["positive"], hyper, arrays, of) for of in (GUIDED, BASELINE)
        )
        if explainer is None or (baseline is None) != (asked.prior is None):
            raise ValueError("an explainer is missing")
        parts: dict[str, str] = {}
        give_parts(parts, meta["parts"], bound.names)
    return hyper, Fitted(found, concepts, asked, explainer, baseline, meta["checks"]), parts


def _numbers(model: Explainer, of: str) -> dict[str, np.ndarray]:
    return {f"{of}{name}": own.numpy() for name, own in model.state_dict().items()}


def _explainer(
    classifier: Classifier,
    asked: Asked,
    positive: bool,
    hyper: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    of: str,
) -> Explainer | None:
    own = {name.removeprefix(of): one for name, one in arrays.items() if name.startswith(of)}
    if not own:
        return None
    c, h, w = classifier.layer(asked.looks_at).shape
    model = Explainer((c, h, w), len(asked.concepts.names), positive, hyper["width"], hyper["n_blocks"])
    return restored(model, own)
