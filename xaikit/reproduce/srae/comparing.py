"""SRAE's tables 1 and 3: how faithful, orthogonal and local every method's features are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.srae.bench import (
    OBJECTIVES,
    Bench,
    bench_of,
    half_width,
    maps_of,
    mean,
    modules_of,
    seen,
    shown,
)
from xaikit.reproduce.srae.judging import faithful, local, orthogonal, regions_of, score_heat

__all__ = ["table1", "table3"]

METHODS = ("SRAE", "NN", "SAE", "Lasso", "CAE")
BIRDS = {
    "F_reg, training": (0.0812, 0.0696, 0.0972, 3.5785, 4.1513),
    "F_reg": (0.1659, 0.1304, 0.1981, 3.7928, 4.0021),
    "F_cls, %": (99.99, 100.0, 99.98, 71.53, 69.28),
    "O1": (0.6554, 0.9765, 0.8794, 1.2052, 0.6301),
    "O2": (2.4312, 4.9112, 3.5057, 3.9851, 2.3884),
    "locality": (1.9713, 2.4360, 2.1997, 2.1082, 2.1227),
}
PLACES = {
    "F_reg, training": (0.5527, 0.3346, 1.4768, 4.0726, 4.3579),
    "F_reg": (1.0260, 0.8736, 1.5505, 4.3366, 4.6553),
    "F_cls, %": (94.79, 94.86, 93.29, 88.55, 88.42),
    "O1": (0.2252, 0.3472, 0.4578, 0.4729, 0.2741),
    "O2": (0.5617, 0.8852, 1.0799, 0.9194, 0.5945),
    "locality": (2.7208, 2.7756, 2.7819, 2.7282, 2.7627),
}
OTHERS = {
    "birds": {"locality, Z": 1.9685, "locality, ExcitationBP": 2.5659},
    "rooms": {"locality, ExcitationBP": 2.7591},
}
N_UNITS = 24
"""Units of Z whose heatmaps are looked at."""


def table1(setting: Setting) -> Outcome:
    """Means over the species of birds."""
    return _compared(setting, BIRDS, OTHERS["birds"])


def table3(setting: Setting) -> Outcome:
    """Means over the kinds of rooms."""
    return _compared(setting, PLACES, OTHERS["rooms"])


def _compared(
    setting: Setting, told: Mapping[str, tuple[float, ...]], others: Mapping[str, float]
) -> Outcome:
    bench = bench_of(setting)
    paper: dict[str, Any] = {
        f"{what}, {name}": value
        for what, row in told.items()
        for name, value in zip(METHODS, row, strict=True)
    }
    regions = {name: regions_of(bench.classifier, shown(bench, name)) for name in bench.targets}
    measured: dict[str, Any] = {}
    for name, objective in OBJECTIVES.items():
        rows = [_judged(bench, objective, cls, regions[cls]) for cls in bench.targets]
        for what in rows[0]:
            own = [row[what] for row in rows]
            measured |= {f"{what}, {name}": mean(own), f"{what} ±, {name}": half_width(own)}
    in_order = sorted(measured, key=lambda key: key.rsplit(", ", 1)[0])
    whole, units = zip(*(_rivals(bench, cls, regions[cls]) for cls in bench.targets), strict=True)
    measured = {key: measured[key] for key in in_order}
    for who, found in (("Z", units), ("ExcitationBP", whole)):
        measured |= {f"locality, {who}": mean(found), f"locality ±, {who}": half_width(found)}
    measured |= {"classes": len(bench.targets), "new pictures": len(bench.new)}
    notes = [
        "Means over the classes, ± half of their 95 % interval. F_reg in training is of pictures held out of "
        f"it; heatmaps are those of {len(shown(bench, bench.targets[0]))} new pictures of each class.",
        f"Z is layer {modules_of(bench, 'srae').layer_!r}; its locality is that of {N_UNITS} of its units.",
        "Lasso has at most as many units as there are x-features.",
    ]
    return Outcome({**paper, **others}, measured, notes)


def _judged(bench: Bench, objective: str, name: str, regions: Any) -> dict[str, float]:
    srae, maps = modules_of(bench, objective), maps_of(bench, objective, name)
    return {
        "F_reg, training": float(srae.checks[name]["F_reg"]),
        **faithful(srae, name, *seen(bench, srae.layer_)),
        **orthogonal(maps),
        "locality": local(maps, regions),
    }


def _rivals(bench: Bench, name: str, regions: Any) -> tuple[float, float]:
    """Locality of excitation backprop from the class, and the mean over units of Z that are on."""
    pictures, srae = shown(bench, name), modules_of(bench, "srae")
    layer = srae.layer_
    features = bench.classifier.features(pictures, layer)
    pooled = features.mean((2, 3)) if features.ndim == 4 else features
    rng = np.random.default_rng(bench.setting.seed)
    units = rng.permutation(np.flatnonzero((pooled > 0).any(0)))[:N_UNITS].tolist()
    asked: list[dict[str, Any]] = [{"target": name}, *({"target": unit, "start": layer} for unit in units)]
    found = [local(score_heat(srae, pictures, **one).values[:, None], regions) for one in asked]
    return found[0], mean(found[1:])
