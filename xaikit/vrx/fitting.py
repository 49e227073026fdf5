"""The passes over pictures that VRX's fit is made of: choose pictures, look, match, take concepts away.

Every stage has its own random generator, made from the seed and the stage's name, so that a fit that was
interrupted and goes on gives the same result as one that was not.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from xaikit.core.errors import ImageError, did_you_mean
from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.metrics import agreement, mean_l1, rank_correlation
from xaikit.vrx.candidates import Candidates, Proposer
from xaikit.vrx.comparing import N_PICTURES, UsualPictures
from xaikit.vrx.concept import Concept, Discovery
from xaikit.vrx.dictionary import Dictionary, DictionarySettings, recurrence
from xaikit.vrx.effects import centered, effects_of, without
from xaikit.vrx.fitted import Usual
from xaikit.vrx.grn import GraphReasoningNetwork, Lessons
from xaikit.vrx.recurring import dictionary_settings, recurring_concepts
from xaikit.vrx.scg import GraphArrays, match
from xaikit.vrx.seen import Origin, with_origins
from xaikit.vrx.substituting import Answered, Copy, Substitutes, substituted
from xaikit.vrx.vce import ExtractorSettings, extract_concepts
from xaikit.vrx.vdi import mean_contributions, patch_contributions

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


N_TRIED = 12  # pictures of a class
MAX_RECURRENCE = 0.6  # the built-in world's classes have 0.42 to 0.52, those of photographs 0.60 to 0.75


def _random_features(looks: Sequence[Candidates], n: int, rng: np.random.Generator) -> np.ndarray:
    """Features of n random segments, (n, d): what a concept is told apart from."""
    rows = np.concatenate([look.features[look.usable] for look in looks])
    return rows[rng.choice(len(rows), min(n, len(rows)), replace=False)]


@dataclass
class Distillation:
    """Graphs, the network's logits and the effects of regions, one row per (clean or masked) picture.

    ``effects``: float32 (m targets, m graphs, N) each, NaN where not measured.
    """

    graphs: list[GraphArrays] = field(default_factory=list)
    logits: list[np.ndarray] = field(default_factory=list)
    effects: list[np.ndarray] = field(default_factory=list)
    masked: list[bool] = field(default_factory=list)
    views: list[np.ndarray | None] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)

    def add(
        self,
        graphs: GraphArrays,
        logits: np.ndarray,
        effects: np.ndarray | None = None,
        view: np.ndarray | None = None,
    ) -> None:
        """Add a row; a picture whose effects are not measured is a masked one. The view is kept."""
        self.graphs.append(graphs)
        self.logits.append(logits)
        self.masked.append(effects is None)
        self.views.append(view)
        unknown = np.full((len(graphs.detected), *graphs.detected.shape), np.nan, np.float32)
        self.effects.append(unknown if effects is None else effects)

    @property
    def n_views(self) -> int:
        """How many pictures are kept."""
        return sum(view is not None for view in self.views)

    def extend(self, other: Distillation) -> None:
        for name in vars(self):
            getattr(self, name).extend(getattr(other, name))

    def typical(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Graphs of a typical picture of class of interest i: features (m, N, d), positions (m, N, 2).

        Of the clean pictures that the network gives class i, those with most of its concepts detected; of
        these, the one with the median logit.
        """
        own = self._given(i)
        most = max(self.graphs[r].detected[i].sum() for r in own)
        complete = sorted(
            (r for r in own if self.graphs[r].detected[i].sum() == most), key=lambda r: self.logits[r][i]
        )
        typical = self.graphs[complete[len(complete) // 2]]
        return typical.features, typical.positions

    def usual(self, i: int, grn: GraphReasoningNetwork) -> Usual:
        """What speaks for class of interest i in the clean pictures that the network gives it."""
        own = self._given(i)
        graphs = [self.graphs[r] for r in own]
        parts = (np.stack([getattr(g, name) for g in graphs]) for name in ("features", "positions", "rest"))
        return Usual(
            contributions=mean_contributions(grn, *parts),
            effects=np.mean([np.nan_to_num(self.effects[r]) for r in own], axis=0),
            found=np.mean([graph.detected for graph in graphs], axis=0),
            pictures=UsualPictures([view for r in own if (view := self.views[r]) is not None]),
        )

    def _given(self, i: int) -> list[int]:
        """Rows of the clean pictures that the network gives class i; of all clean ones where none."""
        clean = np.flatnonzero(~np.array(self.masked))
        return [int(r) for r in clean if self.logits[r].argmax() == i] or clean.tolist()

    def lessons(self) -> Lessons:
        """The rows as arrays."""
        return Lessons(
            np.stack([one.features for one in self.graphs]),
            np.stack([one.positions for one in self.graphs]),
            np.stack(self.logits),
            np.diagonal(np.stack(self.effects), axis1=1, axis2=2).transpose(0, 2, 1).copy(),
            np.stack([one.rest for one in self.graphs]),
            ~np.array(self.masked),
        )


class _Read(NamedTuple):
    """A picture that could be read: its number in the set, its id, and what the network sees of it."""

    number: int
    id: str
    view: np.ndarray


class _Matched(NamedTuple):
    """A picture's look, without what its graphs were made of, and the graphs."""

    look: Answered
    graphs: GraphArrays


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
        self.dictionaries: list[Dictionary | None] = []
        self.rows: dict[tuple[str, int], Distillation] = {}
        self._kept: dict[int, _Read] = {}
        self._looks: dict[int, Candidates] = {}
        self._matched: dict[int, _Matched] = {}
        self._origins: dict[str, Origin] = {}
        self.skipped: dict[int, Skipped] = {}
        self.tried: set[int] = set()

    def discover(self, bar: Any) -> list[list[Concept]]:
        """The concepts of every class."""
        if not self.concepts:
            if self.vrx.segmentation == "auto":
                self.proposer = self._cut_for()
            read, looks = self._look(bar)
            found = []
            for i, cls in enumerate(self.vrx.classes):
                bar.set_postfix_str(f"concepts of {cls}")
                others = [look for k, own in enumerate(looks) if k != i for look in own]
                ids = [one.id for one in read[i]]
                found.append(self._extracted(i, looks[i], ids, others))
                bar.update()
            bar.set_postfix_str("examples of the concepts")
            self.dictionaries = [dictionary for _, dictionary in found]
            self.concepts = with_origins([concepts for concepts, _ in found], self._origins)
            self._origins.clear()
            self._looks.clear()
            known = zip(chain(*read), chain(*looks), strict=True)
            self._matched = {one.number: self._match(look) for one, look in known}
        else:
            bar.update(len(self.concepts))
        return self.concepts

    def _cut_for(self) -> Proposer:
        """Pictures are cut by a tree where its nodes are found again, by even leaves where they are not.

        Outlines that are sharp, as in drawings, give parts that are found again and again; in photographs the
        nodes of a tree are too unlike each other. Asked of a few discovery pictures of each class; one batch
        is looked at, so that the discovery need not do it again.
        """
        proposer = replace(self.proposer, segmentation="tree")
        settings = DictionarySettings(min_found=self.vrx.min_found)
        again: list[float] = []
        every: dict[int, Candidates] = {}
        for i, pictures in enumerate(self.chosen):
            read = list(self._views(pictures.discovery[: self.proposer.batch_size], keep=True))
            looks = list(proposer([one.view for one in read], discovering=True))
            again.append(recurrence(looks[:N_TRIED], i, settings))
            every |= {one.number: look for one, look in zip(read, looks, strict=True)}
        if np.mean(again) > MAX_RECURRENCE:
            return replace(proposer, segmentation="union")
        self._looks = every  # for the discovery that follows
        return proposer

    def _extracted(
        self, i: int, looks: Sequence[Candidates], ids: Sequence[str], others: Sequence[Candidates]
    ) -> tuple[list[Concept], Dictionary | None]:
        """The concepts of class of interest i, by the way that its pictures are cut for."""
        cls, n_concepts = self.vrx.classes[i], self.vrx.n_concepts
        rng = stage_rng(self.vrx.seed, "concepts", cls)
        chance = _random_features(others, 20 * self.vrx.n_patches, rng)
        seen = Discovery(cls, i, looks, ids, chance)
        settings = self.vrx.settings(ExtractorSettings)
        if self.proposer.segmentation == "superpixels":
            return extract_concepts(seen, n_concepts, settings, rng), None

        def effects(some: Sequence[Candidates], masks: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray]:
            return [lost[:, i] for lost in self._effects(some, masks)]

        dictionary = dictionary_settings(settings, self.proposer.segmentation)
        return recurring_concepts(seen, n_concepts, settings, dictionary, effects, rng)

    def _effects(
        self, looks: Sequence[Candidates], masks: Sequence[Sequence[np.ndarray]]
    ) -> list[np.ndarray]:
        views, logits = [look.view for look in looks], [look.logits for look in looks]
        proposer = self.proposer
        return effects_of(proposer.classifier, proposer.targets, views, logits, masks, self.vrx.fill)

    def _look(self, bar: Any) -> tuple[list[list[_Read]], list[list[Candidates]]]:
        """The discovery pictures of every class, and a look at each; those looked at before as they are."""
        every, looks = [], []
        for cls, pictures in zip(self.vrx.classes, self.chosen, strict=True):
            bar.set_postfix_str(f"looking at {cls}")
            read = list(self._views(pictures.discovery, keep=True))
            if not read:
                reason = self.skipped[int(pictures.discovery[0])].reason
                raise ImageError(f"none of the pictures of {cls!r} can be read; the first: {reason}")
            new = [one for one in read if one.number not in self._looks]
            found = self.proposer([one.view for one in new], discovering=True)
            own = self._looks | {one.number: look for one, look in zip(new, found, strict=True)}
            looks.append([own[one.number] for one in read])
            every.append(read)
        return every, looks

    def pairs(self, part: str, bar: Any) -> Distillation:
        """Graphs and the network's logits of the "training" or the "held_out" pictures of all classes."""
        every = Distillation()
        for i, pictures in enumerate(self.chosen):
            if (part, i) not in self.rows:
                bar.set_postfix_str(f"graphs of {self.vrx.classes[i]}")
                self.rows[part, i] = self._pairs(i, getattr(pictures, part), part)
            every.extend(self.rows[part, i])
            bar.update()
        if not every.graphs:
            reasons = next(iter(self.skipped.values())).reason
            raise ImageError(f"none of the {part.replace('_', '-')} pictures can be read; one: {reasons}")
        return every

    def _pairs(self, own: int, indices: np.ndarray, part: str) -> Distillation:
        """Pictures of class of interest ``own``: clean, and without some of the regions of their graphs."""
        cls = self.vrx.classes[own]
        rng, replacing = (stage_rng(self.vrx.seed, stage, cls) for stage in (part, "substituted"))
        rows = Distillation()
        for read in _chunks(self._views(indices), self.proposer.batch_size):
            looks, graphs = zip(*self._matches(read), strict=True)
            chosen = [self._taken_away(one, own, rng) for one in graphs]
            self._add(rows, looks, graphs, chosen, own)
            if part == "training" and self.vrx.n_substituted:
                asked = self.proposer, looks, graphs, own
                rows.copies += substituted(*asked, self._substitutes, replacing)
        for index in map(int, indices):
            self._kept.pop(index, None)
            self._matched.pop(index, None)
        return rows

    @property
    def _substitutes(self) -> Substitutes:
        return Substitutes(self.concepts, self.vrx.n_substituted, self.vrx.epsilon)

    def _taken_away(self, graphs: GraphArrays, own: int, rng: np.random.Generator) -> list[int]:
        """Which regions (rows of ``where``) are filled in: all, or some of the picture's own class."""
        if self.vrx.n_masked is None:
            return list(range(graphs.where.n))
        rows = graphs.rows[own][graphs.detected[own]]
        return [int(row) for row in rng.permutation(rows)[: self.vrx.n_masked]]

    def _add(
        self,
        rows: Distillation,
        looks: Sequence[Answered],
        graphs: Sequence[GraphArrays],
        chosen: Sequence[Sequence[int]],
        own: int,
    ) -> None:
        """Add clean pictures, with the effects of the chosen regions, and copies without each of them.

        The first ones that the network gives their class are kept as usual ones.
        """
        jobs = [(number, row) for number, own in enumerate(chosen) for row in own]
        masks = [graphs[number].where.mask(row) for number, row in jobs]
        classifier, fill = self.proposer.classifier, self.vrx.fill
        copies = [
            without(classifier, looks[number].view, mask, fill)
            for (number, _), mask in zip(jobs, masks, strict=True)
        ]
        answers = list(self.proposer.again(copies, [graphs[number].where for number, _ in jobs]))
        lost = [np.full((one.where.n + 1, one.detected.shape[0]), np.nan) for one in graphs]
        for (number, row), (logits, *_) in zip(jobs, answers, strict=True):
            after = logits[self.proposer.targets]
            lost[number][row] = centered(looks[number].logits) - centered(after)
        for look, one, table in zip(looks, graphs, lost, strict=True):
            usual = look.logits.argmax() == own and rows.n_views < N_PICTURES
            effects = table[one.rows].transpose(2, 0, 1).astype(np.float32)
            rows.add(one, look.logits, effects, look.view if usual else None)
        for (number, _), mask, (logits, evidence, whole) in zip(jobs, masks, answers, strict=True):
            gone = graphs[number].covered(mask)
            left = graphs[number].seen_again(evidence, whole, gone, self.vrx.epsilon)
            rows.add(left, logits[self.proposer.targets])

    def _matches(self, read: Sequence[_Read]) -> list[_Matched]:
        """A batch of pictures with their graphs; one of discovery pictures alone was looked at already.

        Of a mixed one all are looked at: in a batch of another size a picture's numbers differ in the last
        digit.
        """
        if all(one.number in self._matched for one in read):
            return [self._matched[one.number] for one in read]
        return [self._match(look) for look in self.proposer([one.view for one in read])]

    def _match(self, look: Candidates) -> _Matched:
        graphs = match(look, self.concepts, self.dictionaries, self.vrx.n_concepts, self.vrx.epsilon)
        return _Matched(Answered(look.view, look.logits), graphs)

    def _views(self, indices: Iterable[int], keep: bool = False) -> Iterator[_Read]:
        """Each picture that can be read; the others are left out, and told of at the end.

        Kept ones are handed out again without reading: drawing or reading is slower than looking.
        """
        for index in map(int, indices):
            if index in self._kept:
                yield self._kept[index]
                continue
            self.tried.add(index)
            skipped: list[Skipped] = []
            for _, (sample, view) in readable(self.data, self._look_at, skipped, [index]):
                read = _Read(index, sample.id, view)
                if keep:
                    self._kept[index] = read
                    if origin := Origin.of(sample, self.proposer.classifier):
                        self._origins[sample.id] = origin
                yield read
            self.skipped |= {one.number: one for one in skipped}

    def _look_at(self, sample: Any) -> tuple[Any, np.ndarray]:
        return sample, self.proposer.classifier.view(sample.image)

    def tell_skipped(self) -> list[Skipped]:
        """Warn once of the pictures that could not be read, and return them."""
        skipped = sorted(self.skipped.values())
        tell_skipped(skipped, len(self.tried), "are left out; `skipped_` names them")
        return skipped


def _chunks(read: Iterator[_Read], size: int) -> Iterator[list[_Read]]:
    while chunk := list(islice(read, size)):
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
    """How well the GRN follows the network on pictures that it was not trained on.

    Returns
    -------
    ``agreement`` and ``l1`` on clean pictures and on those with a region filled in; ``effects_within`` and
    ``effects_pooled``, the rank correlation of the nodes' contributions with the measured effects of their
    regions, mean over pictures with three nodes or more, and over all nodes
    """
    lessons, masked = held_out.lessons(), np.array(held_out.masked)
    features, positions, logits, effects, rest = lessons.tensors()
    embedding = grn.embed(features, positions, rest)
    student = torch.softmax(grn.classify(embedding) / temperature, -1).numpy()
    network = torch.softmax(logits / temperature, -1).numpy()
    scores: dict[str, float] = {"n_pictures": int((~masked).sum())}
    for name, rows in (("clean", ~masked), ("masked", masked)):
        if rows.any():
            scores[f"agreement_{name}"] = agreement(student[rows], network[rows])
            scores[f"l1_{name}"] = mean_l1(student[rows], network[rows])
    with torch.enable_grad():
        learned = grn.own_contributions(embedding.requires_grad_()).detach().numpy()
    return scores | _ranks(learned, effects.numpy())


def _ranks(learned: np.ndarray, effects: np.ndarray) -> dict[str, float]:
    """Rank correlations of contributions and effects, both (n, m, N), where effects were measured."""
    known = np.isfinite(effects)
    within = [
        rank_correlation(own[there], lost[there])
        for own, lost, there in zip(learned, effects, known, strict=True)
        if there.sum() >= 3 and np.ptp(own[there]) > 0 and np.ptp(lost[there]) > 0
    ]
    scores = {"effects_within": float(np.mean(within))} if within else {}
    if known.sum() >= 3 and np.ptp(effects[known]) > 0:
        scores["effects_pooled"] = rank_correlation(learned[known], effects[known])
    return scores
