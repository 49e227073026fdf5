"""What SRAE's tables and figures stand on: a network, pictures, new ones, and the modules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit.reproduce.setting import Setting
from xaikit.srae import SRAE
from xaikit.srae.examples import pooled as pooled_rows

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["OBJECTIVES", "Bench", "bench_of", "half_width", "maps_of", "mean", "modules_of", "seen", "shown"]

OBJECTIVES = {"SRAE": "srae", "NN": "nn", "SAE": "sae", "Lasso": "lasso", "CAE": "cae"}
"""The paper's methods, and what they are called here."""
PER_CLASS = {False: (100, 25), True: (40, 8)}
"""Pictures per class to learn from and to test with, in full and quick."""
N_SHOWN = {False: 10, True: 6}
"""New pictures of a class whose heatmaps are looked at."""
N_TARGETS = {False: None, True: 4}
"""Classes that are explained; None is all."""


@dataclass(frozen=True, eq=False)
class Bench:
    """A network, pictures to learn from and new ones, and the classes that are explained."""

    classifier: Classifier
    data: ImageSet
    new: ImageSet
    targets: tuple[str, ...]
    setting: Setting


@lru_cache(maxsize=2)
def bench_of(setting: Setting) -> Bench:
    """Tables that are asked for together share it."""
    classifier = setting.classifier()
    n_train, n_new = PER_CLASS[setting.quick]
    n_classes = len(setting.images("train", 1).class_names)
    data = setting.images("train", n_train * n_classes).kept(progress=False)
    new = setting.images("test", n_new * n_classes)
    names = [name for name in new.class_names if name in set(classifier.class_names)]
    if not names:
        raise ValueError(
            f"the network knows none of the pictures' classes {new.class_names[:3]}: name a network and "
            "pictures that go together by --model and --data."
        )
    some = N_TARGETS[setting.quick] or len(names)
    spread = np.linspace(0, len(names) - 1, min(some, len(names))).round().astype(int)
    return Bench(classifier, data, new, tuple(names[k] for k in spread), setting)


@lru_cache(maxsize=12)
def modules_of(bench: Bench, objective: str, n_features: int = 5, **changed: Any) -> SRAE:
    """The explanation modules of all its classes, by one of `OBJECTIVES`' values."""
    setting = bench.setting
    method = SRAE(list(bench.targets), n_features, objective=objective, seed=setting.seed, **changed)
    return method.fit(bench.classifier, bench.data, progress=False)


@lru_cache(maxsize=2)
def seen(bench: Bench, layer: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What a layer gives of the new pictures, pooled over places, (m, S), and their logits."""
    pooled, logits = [], []
    for some in bench.classifier.batches(bench.new):
        done = bench.classifier.forward(bench.classifier.inputs(some.views), [layer])
        pooled.append(pooled_rows(done.features[layer]).cpu().numpy())
        logits.append(done.logits.cpu().numpy())
    return np.concatenate(pooled), np.concatenate(logits)


def shown(bench: Bench, name: str) -> ImageSet:
    """The new pictures of a class whose heatmaps are looked at."""
    return bench.new.of_class(name).subset(range(N_SHOWN[bench.setting.quick]))


@lru_cache(maxsize=200)
def maps_of(bench: Bench, objective: str, name: str) -> NDArray[np.float32]:
    """Heatmaps of a class's x-features on those pictures, (m, n, h, w)."""
    return modules_of(bench, objective).explain(shown(bench, name), name).heatmaps


def mean(values: Iterable[float]) -> float:
    """Of those that are numbers."""
    known = [float(one) for one in values if np.isfinite(one)]
    return float(np.mean(known)) if known else float("nan")


def half_width(values: Iterable[float]) -> float:
    """Of the 95 % interval of their mean, were they drawn from more of their kind; NaN of a single one."""
    known = [float(one) for one in values if np.isfinite(one)]
    return float(1.96 * np.std(known, ddof=1) / len(known) ** 0.5) if len(known) > 1 else float("nan")
