"""The passes over pictures that VRX's fit is made of: choose pictures, look at them, mask concepts, match.

Every stage has its own random generator, made from the seed and the stage's name, so that a fit that was
interrupted and goes on gives the same result as one that was not.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from xaikit.core.errors import ImageError, did_you_mean
from xaikit.core.images import erase
from xaikit.metrics import agreement, mean_l1
from xaikit.vrx.candidates import Candidates
from xaikit.vrx.grn import GraphReasoningNetwork
from xaikit.vrx.scg import GraphArrays, match
from xaikit.vrx.vce import Concept, ExtractorSettings, extract_concepts
from xaikit.vrx.vdi import Contributions, mean_contributions, patch_contributions

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet
    from xaikit.vrx.model import VRX

__all__ = ["Chosen", "Distillation", "Study", "choose_pictures", "fidelity", "rated", "stage_rng"]


def stage_rng(seed: int, *stage: str) -> np.random.Generator:
    """A generator that depends on nothing but the seed and the stage's name."""
    return np.random.default_rng([seed, *(zlib.crc32(part.encode()) for part in stage)])


@dataclass(frozen=True)
class Chosen:
    """Indices of the pictures of one class: to discover concepts in, to distil from, and held out."""

    discovery: np.ndarray
    training: np.ndarray
    held_out: np.ndarray


def choose_pictures(
    data: ImageSet, classes: Sequence[str], n_pictures: int, n_discovery: int, seed: int
) -> list[Chosen]:
    """Divide each class's pictures; a fifth is held out, discovery pictures are part of the training ones."""
    names = list(data.class_names)
    chosen = []
    for cls in classes:
        if cls not in names:
            hint = did_you_mean(cls, names) or f" The first of theirs are {names[:5]}."
            raise ValueError(f"The pictures have no class {cls!r}.{hint}")
        own = np.flatnonzero(np.asarray(data.labels) == names.index(cls))
        own = stage_rng(seed, "choose", cls).permutation(own)[:n_pictures]
        if len(own) < 5:
            raise ValueError(
                f"Class {cls!r} has {len(own)} pictures; VRX needs at least 5 to find concepts and about 50 "
                "to find good ones. Give more pictures of it, or leave the class out."
            )
        training = own[: len(own) - max(1, len(own) // 5)]
        chosen.append(Chosen(training[:n_discovery], training, own[len(training) :]))
    return chosen


def _random_features(looks: Sequence[Candidates], n: int, rng: np.random.Generator) -> np.ndarray:
    """Features of n random superpixels, (n, d): what a concept is told apart from."""
    rows = np.concatenate([look.features[look.superpixels.distinct] for look in looks])
    return rows[rng.choice(len(rows), min(n, len(rows)), replace=False)]


@dataclass
class Distillation:
    """Graphs and the network's logits, one row per (clean or masked) picture."""

    features: list[np.ndarray] = field(default_factory=list)
    positions: list[np.ndarray] = field(default_factory=list)
    detected: list[np.ndarray] = field(default_factory=list)
    logits: list[np.ndarray] = field(default_factory=list)
    masked: list[bool] = field(default_factory=list)

    def add(self, graphs: GraphArrays, logits: np.ndarray, masked: bool) -> None:
        self.detected.append(graphs.detected)
        self.features.append(graphs.features)
        self.positions.append(graphs.positions)
        self.logits.append(logits)
        self.masked.append(masked)

    def extend(self, other: Distillation) -> None:
        for name in vars(self):
            getattr(self, name).extend(getattr(other, name))

    def typical(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Graphs of a typical picture of class of interest i: features (m, N, d), positions (m, N, 2).

        Of the clean pictures that the network gives class i, those with most of its concepts detected; of
        these, the one with the median logit.
        """
        clean = np.flatnonzero(~np.array(self.masked))
        own = [r for r in clean if self.logits[r].argmax() == i]
        own = own or list(clean)
        most = max(self.detected[r][i].sum() for r in own)
        complete = sorted(
            (r for r in own if self.detected[r][i].sum() == most), key=lambda r: self.logits[r][i]
        )
        row = complete[len(complete) // 2]
        return self.features[row], self.positions[row]

    def usual(self, i: int, grn: GraphReasoningNetwork) -> Contributions:
        """Mean contributions in the clean pictures that the network gives class of interest i."""
        clean = np.flatnonzero(~np.array(self.masked))
        own = [r for r in clean if self.logits[r].argmax() == i] or list(clean)
        features, positions = (np.stack([part[r] for r in own]) for part in (self.features, self.positions))
        return mean_contributions(grn, features, positions)

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """features (n, m, N, d), positions (n, m, N, 2), logits (n, m), masked (n,)."""
        return (
            np.stack(self.features),
            np.stack(self.positions),
            np.stack(self.logits),
            np.array(self.masked),
        )


class Study:
    """A fit in progress: what has been found in the pictures so far.

    Parameters
    ----------
    vrx : whose hyper-parameters are used
    classifier, data : the network, and labelled pictures of all the classes of interest
    """

    def __init__(self, vrx: VRX, classifier: Classifier, data: ImageSet) -> None:
        self.vrx, self.data, self.proposer = vrx, data, vrx.proposer(classifier)
        self.chosen = choose_pictures(data, vrx.classes, vrx.n_pictures, vrx.n_discovery, vrx.seed)
        hyper = tuple(repr(getattr(vrx, field.name)) for field in fields(vrx))
        self.key = (hyper, classifier.fingerprint(), len(data), np.asarray(data.labels).tobytes())
        self.concepts: list[list[Concept]] = []
        self.rows: dict[tuple[str, int], Distillation] = {}
        self._kept: dict[int, tuple[str, np.ndarray]] = {}

    def discover(self, bar: Any) -> list[list[Concept]]:
        """The concepts of every class."""
        if not self.concepts:
            looks, ids = self._look(bar)
            found = []
            for i, cls in enumerate(self.vrx.classes):
                bar.set_postfix_str(f"concepts of {cls}")
                rng = stage_rng(self.vrx.seed, "concepts", cls)
                others = [look for k, own in enumerate(looks) if k != i for look in own]
                chance = _random_features(others, 20 * self.vrx.n_patches, rng)
                settings = self.vrx.settings(ExtractorSettings)
                found.append(
                    extract_concepts(cls, i, looks[i], ids[i], chance, self.vrx.n_concepts, settings, rng)
                )
                bar.update()
            self.concepts = found
        else:
            bar.update(len(self.concepts))
        return self.concepts

    def _look(self, bar: Any) -> tuple[list[list[Candidates]], list[list[str]]]:
        looks, ids = [], []
        for cls, pictures in zip(self.vrx.classes, self.chosen, strict=True):
            bar.set_postfix_str(f"looking at {cls}")
            readable = list(self._views(pictures.discovery, keep=True))
            looks.append(list(self.proposer([view for _, view in readable], discovering=True)))
            ids.append([name for name, _ in readable])
        return looks, ids

    def pairs(self, part: str, bar: Any) -> Distillation:
        """Graphs and the network's logits of the "training" or the "held_out" pictures of all classes."""
        every = Distillation()
        for i, pictures in enumerate(self.chosen):
            if (part, i) not in self.rows:
                bar.set_postfix_str(f"graphs of {self.vrx.classes[i]}")
                self.rows[part, i] = self._pairs(i, getattr(pictures, part), part)
            every.extend(self.rows[part, i])
            bar.update()
        return every

    def _pairs(self, own: int, indices: np.ndarray, part: str) -> Distillation:
        """Pictures of class of interest ``own``: clean, and with one of its detected concepts masked."""
        rng = stage_rng(self.vrx.seed, part, self.vrx.classes[own])
        color = self.proposer.classifier.mean_color
        rows = Distillation()
        for views in _chunks((view for _, view in self._views(indices)), self.proposer.batch_size):
            copies, cuts = [], []
            for look in self.proposer(views):
                graphs = self._match(look)
                rows.add(graphs, look.logits, masked=False)
                for k in rng.permutation(np.flatnonzero(graphs.detected[own]))[: self.vrx.n_masked]:
                    mask = look.superpixels.mask(graphs.segments[own, k])
                    copies.append(erase(look.view, mask, self.vrx.fill, fill_color=color))
                    cuts.append(look.superpixels)
            for look in self.proposer.again(copies, cuts):
                rows.add(self._match(look), look.logits, masked=True)
        return rows

    def _match(self, look: Candidates) -> GraphArrays:
        return match(look, self.concepts, self.vrx.n_concepts, self.vrx.epsilon)

    def _views(self, indices: Iterable[int], keep: bool = False) -> Iterator[tuple[str, np.ndarray]]:
        """(id, view) of each picture; one that cannot be read is named in a warning and left out.

        Kept ones are handed out once more without reading: drawing or reading is slower than looking.
        """
        for index in map(int, indices):
            if index in self._kept:
                yield self._kept.pop(index)
                continue
            try:
                sample = self.data[index]
                read = sample.id, self.proposer.classifier.view(sample.image)
            except ImageError as error:
                warnings.warn(f"Picture {index} is left out: {error}", stacklevel=2)
                continue
            if keep:
                self._kept[index] = read
            yield read


def _chunks(views: Iterator[np.ndarray], size: int) -> Iterator[list[np.ndarray]]:
    while chunk := [view for view, _ in zip(views, range(size), strict=False)]:
        yield chunk


def rated(
    concepts: Sequence[Sequence[Concept]], training: Distillation, grn: GraphReasoningNetwork
) -> list[list[Concept]]:
    """The concepts, each patch with what it contributes in the graphs of a typical picture of the class."""
    found = []
    for i, own in enumerate(concepts):
        graphs = training.typical(i)
        given = [patch_contributions(grn, *graphs, i, concept.index, concept.evidence) for concept in own]
        found.append([replace(concept, contributions=c) for concept, c in zip(own, given, strict=True)])
    return found


def fidelity(grn: GraphReasoningNetwork, held_out: Distillation, temperature: float) -> dict[str, float]:
    """How well the GRN follows the network, on clean pictures and on those with a concept masked."""
    features, positions, logits, masked = held_out.arrays()
    answers = grn(torch.from_numpy(features), torch.from_numpy(positions))
    student = torch.softmax(answers / temperature, -1).numpy()
    network = torch.softmax(torch.from_numpy(logits) / temperature, -1).numpy()
    scores: dict[str, float] = {"n_pictures": int((~masked).sum())}
    for name, rows in (("clean", ~masked), ("masked", masked)):
        if rows.any():
            scores[f"agreement_{name}"] = agreement(student[rows], network[rows])
            scores[f"l1_{name}"] = mean_l1(student[rows], network[rows])
    return scores
