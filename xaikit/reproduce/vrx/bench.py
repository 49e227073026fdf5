"""What VRX's figures stand on: the network, the classes of interest, the pictures to fit and to test on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xaikit.reproduce.report import Setting
from xaikit.vrx import VRX

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet, Sample

__all__ = ["Bench", "bench_of"]

PAPER_CLASSES = ("fire engine", "ambulance", "school bus")


@dataclass(frozen=True)
class Bench:
    """The network, the classes of interest, and how many pictures of each class to fit and to test on."""

    classifier: Classifier
    classes: list[str]
    training: ImageSet
    n_test: int
    setting: Setting

    def fitted(self) -> VRX:
        return VRX(self.classes, seed=self.setting.seed).fit(self.classifier, self.training, progress=False)

    def test(self) -> list[Sample]:
        """``n_test`` pictures of each class of interest from the test split."""
        pictures = self.setting.images("test", self.n_test * len(self.training.class_names))
        names = pictures.class_names
        return [sample for sample in pictures if names[sample.label] in self.classes]


def bench_of(setting: Setting) -> Bench:
    classifier = setting.classifier()
    names = setting.images("train", n=1).class_names
    known = [name for name in names if name in classifier.class_names]
    classes = [name for name in PAPER_CLASSES if name in known] or known[:4]
    per_class, n_test = (75, 30) if setting.quick else (150, 100)
    return Bench(classifier, classes, setting.images("train", per_class * len(names)), n_test, setting)
