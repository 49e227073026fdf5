"""The passes over pictures that VRX's fit is made of: choose pictures, look at them, mask concepts, match.

Every stage has its own random generator, made from the seed and the stage's name, so that a fit that was
interrupted and goes on gives the same result as one that was not.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from xaikit.core.errors import ImageError, did_you_mean
from xaikit.core.images import erase
from xaikit.vrx.candidates import Proposer
from xaikit.vrx.scg import GraphArrays, match
from xaikit.vrx.vce import Concept

__all__ = [
    "Chosen",
    "Distillation",
    "choose_pictures",
    "distillation_pairs",
    "random_features",
    "read_views",
    "stage_rng",
]


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
    data, classes: Sequence[str], n_pictures: int, n_discovery: int, seed: int
) -> list[Chosen]:
    """Divide each class's pictures; a fifth is held out, discovery pictures are part of the training ones."""
    names = list(data.class_names)
    chosen = []
    for cls in classes:
        if cls not in names:
            raise ValueError(
                f"The pictures have no class {cls!r}; they have {names}.{did_you_mean(cls, names)}"
            )
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


def read_views(classifier, data, indices: Sequence[int]) -> Iterator[tuple[int, np.ndarray]]:
    """(index, view) of each picture that can be read; one that cannot is named in a warning and left out."""
    for index in indices:
        try:
            yield int(index), classifier.view(data[int(index)].image)
        except ImageError as error:
            warnings.warn(f"Picture {index} is left out: {error}", stacklevel=2)


def random_features(looks, n: int, rng: np.random.Generator) -> np.ndarray:
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
        own = [r for r, logits in enumerate(self.logits) if not self.masked[r] and logits.argmax() == i]
        own = own or list(range(len(self.logits)))
        most = max(self.detected[r][i].sum() for r in own)
        complete = sorted(
            (r for r in own if self.detected[r][i].sum() == most), key=lambda r: self.logits[r][i]
        )
        row = complete[len(complete) // 2]
        return self.features[row], self.positions[row]

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """features (n, m, N, d), positions (n, m, N, 2), logits (n, m), masked (n,)."""
        return (
            np.stack(self.features),
            np.stack(self.positions),
            np.stack(self.logits),
            np.array(self.masked),
        )


def distillation_pairs(
    proposer: Proposer,
    concepts: Sequence[Sequence[Concept]],
    views: Sequence[np.ndarray],
    own: int,
    n_concepts: int,
    n_masked: int,
    fill: str,
    epsilon: float,
    rng: np.random.Generator,
) -> Distillation:
    """Graphs of pictures of class of interest ``own``: clean, and with one of its detected concepts masked.

    Parameters
    ----------
    n_masked : how many masked copies of each picture, each without another concept
    """
    rows, copies, cuts = Distillation(), [], []
    for look in proposer(views):
        graphs = match(look, concepts, n_concepts, epsilon)
        rows.add(graphs, look.logits, masked=False)
        found = np.flatnonzero(graphs.detected[own])
        for k in rng.permutation(found)[:n_masked]:
            mask = look.superpixels.mask(graphs.segments[own, k])
            copies.append(erase(look.view, mask, fill, fill_color=proposer.classifier.mean_color))
            cuts.append(look.superpixels)
    for look in proposer.again(copies, cuts):
        rows.add(match(look, concepts, n_concepts, epsilon), look.logits, masked=True)
    return rows
