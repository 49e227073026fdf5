"""What VRX's figures stand on: the network, the classes of interest, the pictures to fit and to test on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from xaikit import metrics
from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.reproduce.setting import Setting
from xaikit.vrx import VRX, Concept

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet, Sample

__all__ = ["Bench", "bench_of", "kinds_of", "sources_of"]

PAPER_CLASSES = ("fire engine", "ambulance", "school bus")


@dataclass(frozen=True)
class Bench:
    """The network, the classes of interest, and how many pictures of each class to fit and to test on."""

    classifier: Classifier
    classes: list[str]
    training: ImageSet
    n_test: int
    setting: Setting

    @property
    def has_scenes(self) -> bool:
        """Whether the pictures are drawn from scenes that can be edited."""
        return any(scene is not None for _, scene in islice(readable(self.training, _scene, []), 1))

    def fitted(self) -> VRX:
        return VRX(self.classes, seed=self.setting.seed).fit(self.classifier, self.training, progress=False)

    def test(self) -> list[Sample]:
        """``n_test`` pictures of each class of interest from the test split, as far as they can be read."""
        pictures = self.setting.images("test", self.n_test * len(self.training.class_names))
        wanted = np.flatnonzero(np.isin(np.array(pictures.class_names)[pictures.labels], self.classes))
        return _read(pictures, wanted)


def bench_of(setting: Setting, n_classes: int = 3) -> Bench:
    """The paper's classes, where the pictures have so many of them; else their first classes."""
    classifier = setting.classifier()
    names = setting.images("train", n=1).class_names
    known = [name for name in names if name in classifier.class_names]
    classes = [name for name in PAPER_CLASSES if name in known][:n_classes]
    if len(classes) < n_classes:
        classes = known[: max(n_classes, 4)]
    per_class, n_test = (75, 30) if setting.quick else (150, 100)
    return Bench(classifier, classes, setting.images("train", per_class * len(names)), n_test, setting)


def sources_of(concepts: Iterable[Concept], data: ImageSet) -> dict[str, Sample]:
    """The pictures that concepts' patches come from, by id."""
    wanted = {source for concept in concepts for source in concept.sources}
    found = (sample for _, sample in readable(data, lambda sample: sample, []))
    return {sample.id: sample for sample in found if sample.id in wanted}


def _read(data: ImageSet, numbers: np.ndarray) -> list[Sample]:
    skipped: list[Skipped] = []
    samples = [sample for _, sample in readable(data, lambda sample: sample, skipped, numbers)]
    tell_skipped(skipped, len(numbers))
    return samples


def _scene(sample: Sample) -> object:
    return sample.scene


def kinds_of(concept: Concept, sources: Mapping[str, Sample]) -> list[str]:
    """The kind of the main part of each of a concept's patches."""
    kinds = []
    for mask, source in zip(concept.masks, concept.sources, strict=True):
        sample = sources[source]
        part = metrics.main_part(mask, sample.parts)
        kinds.append(part if part not in sample.parts or sample.scene is None else sample.scene.kind(part))
    return kinds
