"""Whether what VRX blames for an error is to blame: asked of scenes, of which the truth is known.

Two questions. Where a fault was made, is it found? And where an error came by itself, does the network do as
the cause says when the scene is drawn again without what is blamed first?
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit import metrics
from xaikit.reproduce.shares import percent
from xaikit.reproduce.vrx.mistakes import ExplainedMistake
from xaikit.vrx import VRX, Cause, Flaw, StructuralExplanation
from xaikit.worlds.drawing.render import render

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import Sample

__all__ = ["FAULTS", "MAX_PARTS", "Redrawn", "causes_found"]

FAULTS = ("missing", "odd", "occluded")
MAX_PARTS = 3
TOUCHES = 0.25  # a region lies on a part where they share that much of the smaller one
HOLDS = 0.5  # share of a part from which on it lies in a region
LIKE = 2.0  # a part is as large as another where neither is larger by more than that factor


class Redrawn:
    """Draws scenes again without the parts that lie in what is blamed first, and asks the network.

    Beside it, as control: without a part of about that size, drawn by lot from the others.
    """

    def __init__(self, classifier: Classifier, seed: int) -> None:
        self.classifier = classifier
        self.rng = np.random.default_rng(seed)
        self.told: list[float] = []
        self.blamed: list[tuple[float, bool]] = []
        self.lot: list[tuple[float, bool]] = []

    def add(self, sample: Sample, cause: Cause) -> None:
        """Ask about one error; passed over where the picture has no scene, or no part lies in the region.

        And where what is blamed is that it says too little: to take that away mends nothing.
        """
        mask = cause.flaws[0].mask if cause.flaws else None
        if sample.scene is None or mask is None or cause.flaws[0].state == "quieter":
            return
        inside = [name for name, part in sample.parts.items() if (mask & part).sum() >= HOLDS * part.sum()]
        if not inside:
            return
        self.told.append(cause.flaws[0].loss)
        self.blamed.append(self._gain(sample, cause, inside))
        area = sum(sample.parts[name].sum() for name in inside)
        like = [n for n, part in sample.parts.items() if n not in inside and _alike(area, part.sum())]
        if like:
            self.lot.append(self._gain(sample, cause, [str(self.rng.choice(like))]))

    @property
    def shares(self) -> dict[str, Any]:
        """What was measured, by name."""
        measured: dict[str, Any] = {}
        for who, own in (("what is blamed first", self.blamed), ("a part by lot", self.lot)):
            if own:
                drawn = f"drawn again without {who}"
                measured[f"errors {drawn}"] = len(own)
                measured |= percent(f"{drawn}: right class gains", [gain > 0 for gain, _ in own])
                measured |= percent(f"{drawn}: answer is right", [right for _, right in own])
                measured[f"{drawn}: margin gains"] = float(np.mean([gain for gain, _ in own]))
        if self.told:
            measured["what was said to be lost"] = float(np.mean(self.told))
        if len(self.told) > 2:
            gains = [gain for gain, _ in self.blamed]
            measured["rank correlation, said to be lost and gained"] = metrics.rank_correlation(
                self.told, gains
            )
        return measured

    def _gain(self, sample: Sample, cause: Cause, names: Sequence[str]) -> tuple[float, bool]:
        """What the right class's margin over the answer gains without some parts, and whether it is right."""
        without = render(reduce(lambda scene, name: scene.without(name), names, sample.scene)).image
        y, p = (self.classifier.class_index(cls) for cls in (cause.target, cause.predicted))
        before, after = self.classifier.logits(np.stack([sample.image, without]))
        return float((after[y] - after[p]) - (before[y] - before[p])), int(after.argmax()) == y


def _alike(area: float, other: float) -> bool:
    return area <= LIKE * other and other <= LIKE * area


def causes_found(vrx: VRX, mistakes: Sequence[ExplainedMistake]) -> dict[str, Any]:
    """How often the first flaw VRX names lies on a faulty part, or lay there before the fault.

    Beside it: flaws drawn by lot, and a judge who knows the picture without the fault: of the class's
    concepts it blames those that have lost most of their effect against that very picture.
    """
    exps = vrx.explain_many([mistake.image for mistake in mistakes])
    wholes = vrx.explain_many([mistake.whole for mistake in mistakes])
    told: list[list[bool]] = []
    judged: list[list[bool]] = []
    structure: list[bool] = []
    for mistake, exp, whole in zip(mistakes, exps, wholes, strict=True):
        cause = vrx.cause(exp, mistake.label)
        told.append([_on_fault(flaw, exp, whole, mistake) for flaw in cause.flaws])
        judged.append([_on_fault(flaw, exp, whole, mistake) for flaw in _against_whole(exp, whole, mistake)])
        structure.append(cause.kind == "structure")
    measured: dict[str, Any] = {"errors by a part missing, odd or occluded": len(mistakes)}
    told_whole = "the same, told the picture without the fault"
    for n, name, lot, judge in (
        (1, "cause explained correctly", "a flaw", told_whole),
        (3, "cause among the first three", "three", f"{told_whole}, first three"),
    ):
        measured |= percent(name, [any(own[:n]) for own in told])
        by_lot = np.mean([_by_lot(own, n) for own in told])
        measured[f"the same of {lot} drawn by lot, %"] = 100 * float(by_lot)
        measured |= percent(judge, [any(own[:n]) for own in judged])
    measured |= percent("any flaw lies on a faulty part", [any(own) for own in told])
    for fault in FAULTS:
        some = [any(own[:1]) for own, one in zip(told, mistakes, strict=True) if one.fault == fault]
        measured |= percent(f"cause explained correctly, {fault}", some)
    return measured | percent("taken for an error of structure", structure)


def _against_whole(
    exp: StructuralExplanation, whole: StructuralExplanation, mistake: ExplainedMistake
) -> list[Flaw]:
    """The right class's concepts, that which lost most of its effect against the whole picture first."""
    y, p = exp.classes.index(mistake.label), exp.classes.index(exp.prediction)
    here, there = (np.nan_to_num(one.node_effects[:, y]) for one in (exp, whole))
    losses = (there[y] - there[p]) - (here[y] - here[p])
    return [
        Flaw(mistake.label, int(k), "odd", float(losses[k]), mask=exp.graphs[mistake.label].nodes[k].mask)
        for k in np.argsort(-losses, kind="stable")
        if losses[k] > 0
    ]


def _by_lot(on_fault: Sequence[bool], n: int) -> float:
    """How likely one of n flaws drawn by lot lies on the fault; 0 without any flaw."""
    hits, every = sum(on_fault), len(on_fault)
    return 1 - math.comb(every - hits, min(n, every)) / math.comb(every, min(n, every))


def _on_fault(
    flaw: Flaw, exp: StructuralExplanation, whole: StructuralExplanation, mistake: ExplainedMistake
) -> bool:
    """Whether a flaw lies on a faulty part, or its concept does in the picture without the fault."""
    masks = [flaw.mask]
    if flaw.cls is not None and flaw.concept is not None:
        masks.append(whole.graphs[flaw.cls].nodes[flaw.concept].mask)
    return any(_touches(mask, mistake.where) for mask in masks if mask is not None)


def _touches(mask: np.ndarray, where: np.ndarray) -> bool:
    return bool((mask & where).sum() >= TOUCHES * min(mask.sum(), where.sum()))
