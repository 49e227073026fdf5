"""What SeVec's figures stand on: a network, vectors of its classes and of textures and their like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit.loading import load_images
from xaikit.reproduce.setting import Setting
from xaikit.sevec import SemanticVectors

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = ["LOW_LEVEL", "Bench", "bench_of", "mean_and_interval"]

LOW_LEVEL = {"texture": "toyworld/textures", "material": "toyworld/materials", "color": "toyworld/colors"}
PER_CLASS = {False: (60, 30), True: (20, 10)}
"""Pictures per class to fit and to test on, in full and quick."""
PER_LOW_LEVEL = {False: 60, True: 30}


@dataclass(frozen=True)
class Bench:
    """A network, its semantic vectors, and pictures that were not used in fitting."""

    classifier: Classifier
    vectors: SemanticVectors
    test: ImageSet
    setting: Setting


@lru_cache(maxsize=2)
def bench_of(setting: Setting, low_level: bool = False) -> Bench:
    """Fit on the training split; with textures, materials and colors where the pictures are things.

    Figures that are asked for together share it.
    """
    classifier = setting.classifier()
    n_train, n_test = PER_CLASS[setting.quick]
    n_classes = len(setting.images("train", 1).class_names)
    kinds = {"class": setting.images("train", n_train * n_classes)}
    if low_level:
        kinds |= {kind: low_level_set(setting, kind, "train") for kind in LOW_LEVEL}
    vectors = SemanticVectors(seed=setting.seed).fit(classifier, kinds, progress=False)
    return Bench(classifier, vectors, setting.images("test", n_test * n_classes), setting)


def low_level_set(setting: Setting, kind: str, split: str) -> ImageSet:
    """Pictures of textures, materials or colors.

    Raises
    ------
    ValueError
        The pictures asked for are not toyworld's, so nothing is known of their textures.
    """
    if not setting.data.startswith("toyworld/"):
        raise ValueError(
            f"which {kind} a class has is known of 'toyworld/things' alone; got {setting.data!r}. On "
            "other pictures fit SemanticVectors on {kind: pictures} in Python (load_images knows 'dtd:')."
        )
    n = len(load_images(LOW_LEVEL[kind], split="train", n=1).class_names) * PER_LOW_LEVEL[setting.quick]
    return load_images(LOW_LEVEL[kind], split=split, n=n, seed=setting.seed)


def mean_and_interval(name: str, values: NDArray[Any]) -> dict[str, Any]:
    """A mean with its 95 % interval, by Student's t."""
    from scipy.stats import sem, t

    half = float(t.ppf(0.975, len(values) - 1) * sem(values)) if len(values) > 1 else float("nan")
    middle = float(np.mean(values))
    return {name: middle, f"{name}, 95 % interval": f"{middle - half:.4f} to {middle + half:.4f}"}
