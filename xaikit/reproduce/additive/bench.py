"""What the additive explainer's tables and figures stand on: performers, explainers, and new pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from xaikit.additive import AdditiveExplainer, Filters, Outputs
from xaikit.reproduce.setting import Setting
from xaikit.worlds.animals import KINDS
from xaikit.worlds.faces import GLOBALS

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet

__all__ = [
    "FACES",
    "explainers",
    "explainers_of_faces",
    "performer",
    "pictures",
    "seen_of",
    "sizes_of",
    "targets",
]

PERFORMER, FACES = "toyworld/animals-", "toyworld/faces"
LAYER = "filters"
UNEVEN = 3.0
"""How far apart weights are at the start, with prior and without; the baseline would else be even."""


@dataclass(frozen=True)
class Sizes:
    """How many pictures to learn from, new ones of a target, scenes drawn again; seeds; targets."""

    n_pictures: int
    n_new: int
    n_scenes: int
    seeds: tuple[int, ...]
    kinds: tuple[str, ...]
    attributes: tuple[str, ...]


FULL = Sizes(900, 100, 30, (0, 1, 2, 3, 4), KINDS, GLOBALS)
QUICK = Sizes(160, 12, 4, (0,), ("dog",), GLOBALS[:1])


def sizes_of(setting: Setting) -> Sizes:
    """Of the whole figure, or of a quick one."""
    return QUICK if setting.quick else FULL


def targets(setting: Setting) -> list[tuple[str, Setting]]:
    """The classes that are explained, each with its performer: six networks of one kind, or a given one."""
    if setting.model.startswith(PERFORMER):
        kinds = sizes_of(setting).kinds
        return [(kind, replace(setting, model=f"{PERFORMER}{kind}")) for kind in kinds]
    known = set(setting.images("train", 1).class_names)
    found = [name for name in performer(setting).class_names if name in known]
    if not found:
        raise ValueError(
            f"the network {setting.model!r} knows none of the pictures' classes {sorted(known)[:3]}: name a "
            "network and pictures that go together by --model and --data."
        )
    return [(name, setting) for name in found]


@lru_cache(maxsize=8)
def performer(setting: Setting) -> Classifier:
    """The network of a setting."""
    return setting.classifier()


@lru_cache(maxsize=4)
def pictures(setting: Setting, n: int) -> ImageSet:
    """Pictures to learn from, drawn once; for all performers where the setting names none."""
    return setting.images("train", n).kept(progress=False)


def seen_of(setting: Setting, name: str) -> ImageSet:
    """New pictures of a class, with all that is known of them."""
    n_classes = len(setting.images("test", 1).class_names)
    return setting.images("test", sizes_of(setting).n_new * n_classes).of_class(name)


@lru_cache(maxsize=60)
def explainers(setting: Setting, name: str, seed: int, unevenness: float = UNEVEN) -> AdditiveExplainer:
    """An explainer of a class by the filters of its performer, named by the masks of parts; eq. 5, Case 1."""
    sizes, classifier = sizes_of(setting), performer(setting)
    layer = LAYER if setting.model.startswith(PERFORMER) else None
    n_classes = len(setting.images("train", 1).class_names)
    # of each kind as many as of the one asked about: half of what is learned from is of that
    data = pictures(replace(setting, model=""), sizes.n_pictures // 2 * n_classes)
    method = AdditiveExplainer(
        name, Filters(layer), unevenness=unevenness, n_pictures=sizes.n_pictures, seed=seed
    )
    method.fit(classifier, data, progress=False)
    named = setting.images("val", sizes.n_new * n_classes).of_class(name)
    if len(named) and named[0].parts:
        method.name(method.suggest(named))
    return method


@lru_cache(maxsize=30)
def explainers_of_faces(
    setting: Setting, name: str, seed: int, classes: Sequence[str] | None = None
) -> AdditiveExplainer:
    """An explainer of an attribute by others; 3.1, Case 2."""
    n = sizes_of(setting).n_pictures
    method = AdditiveExplainer(
        name, Outputs(classes), prior="taylor", unevenness=UNEVEN, n_pictures=n, seed=seed
    )
    return method.fit(performer(setting), pictures(setting, n), progress=False)
