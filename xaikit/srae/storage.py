"""Explanation modules in one ``.npz`` file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.fields import check_arrays, check_value
from xaikit.loading.classifiers import classifier_of
from xaikit.srae.fitted import Fitted
from xaikit.srae.modules import Modules

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["load_srae", "save_srae"]

KIND, FORMAT = "x-features", 3
META = {
    "hyper": dict[str, Any],
    "layer": str,
    "heat_layer": str,
    "targets": list[str],
    "names": list[tuple[str, int, str]],
    "checks": dict[str, dict[str, Any]],
    "classifier": {"spec": str | None, "fingerprint": str},
}


def save_srae(
    fitted: Fitted, names: Mapping[tuple[str, int], str], hyper: Mapping[str, Any], path: str | Path
) -> Path:
    """See :meth:`xaikit.SRAE.save`."""
    meta = {
        "hyper": hyper,
        "layer": fitted.layer,
        "heat_layer": fitted.heat_layer,
        "targets": fitted.targets,
        "names": [[cls, number, name] for (cls, number), name in names.items()],
        "checks": fitted.checks,
        "classifier": {"spec": fitted.classifier.spec, "fingerprint": fitted.classifier.fingerprint()},
    }
    arrays = fitted.modules.arrays() | {"examples": fitted.examples}
    return write_archive(path, KIND, FORMAT, meta, arrays)


def load_srae(
    path: str | Path, classifier: Classifier | None, check_hyper: Callable[[dict[str, Any]], object]
) -> tuple[dict[str, Any], Fitted, dict[tuple[str, int], str]]:
    """The hyper-parameters, which are checked first, what was learned with them, and the names."""
    meta, arrays = read_archive(path, KIND, FORMAT)
    with understood(path):
        check_value(meta, META, "meta")
        check_hyper(meta["hyper"])
        _check_arrays(arrays, len(meta["targets"]), meta["hyper"]["n_features"])
        modules = Modules.of_arrays(arrays)
    found = classifier_of(meta["classifier"], classifier, path)
    layers = meta["layer"], meta["heat_layer"]
    fitted = Fitted(found, *layers, meta["targets"], modules, meta["checks"], arrays["examples"])
    with understood(path):
        names = {(cls, fitted.feature(number)): name for cls, number, name in meta["names"]}
        for cls, _ in names:
            fitted.number(cls)
    return meta["hyper"], fitted, names


def _check_arrays(arrays: Mapping[str, np.ndarray], n_modules: int, n_features: int) -> None:
    """Raise ValueError where the layers of the modules do not go together."""
    forms = {"readout": "f K n", "baseline": "f K", "examples": "u K n k s s 4"}
    check_arrays(arrays, forms, K=n_modules, n=n_features)
    ends = {"encoder": (None, n_features), "decoder": (n_features, None)}
    sizes: dict[str, list[int]] = {}
    for part in ends:
        n_layers = sum(name.startswith(f"{part}.weights.") for name in arrays)
        sizes[part] = []
        for k in range(n_layers):
            forms = {f"{part}.weights.{k}": "f K i o", f"{part}.biases.{k}": "f K 1 o"}
            found = check_arrays(arrays, forms, K=n_modules)
            if sizes[part] and sizes[part][-1] != found["i"]:
                raise ValueError(f"the layers of the {part} do not go together")
            sizes[part] = [*(sizes[part] or [found["i"]]), found["o"]]
    encoder, decoder = sizes["encoder"], sizes["decoder"]
    if not encoder or encoder[-1] != n_features or (decoder and decoder != encoder[::-1]):
        raise ValueError("encoder and decoder do not go together")
