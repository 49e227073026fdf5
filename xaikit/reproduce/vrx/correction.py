"""VRX's table 1: errors corrected by the patches that VRX advises, and by controls (section 4.2).

The paper's controls (:mod:`xaikit.vrx.controls`) make as many edits as VRX did in the same picture. But VRX
asks the network about up to 48 edits before it makes one: fair beside it is the best of 48 random patches,
and beside a single random patch VRX's first choice. Both depend on how sure the network was, and on the spot.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from xaikit.reproduce.report import Outcome, Setting
from xaikit.reproduce.shares import percent
from xaikit.reproduce.vrx.bench import bench_of
from xaikit.reproduce.vrx.mistakes import ExplainedMistake, made_mistakes, mistakes_of
from xaikit.vrx import VRX, Correction, Flaw, StructuralExplanation
from xaikit.vrx.controls import Controls

__all__ = ["table1"]

PAPER: dict[str, Any] = {
    "misclassified": 119,
    "cause: concept": 5,
    "cause: structure": 6,
    "cause: both": 108,
    "still misclassified, random patches": 117,
    "still misclassified, good for good": 115,
    "still misclassified, guided by VRX": 5,
    "corrected by random patches, %": 1.7,
    "corrected by good for good, %": 3.4,
    "corrected by VRX, %": 95.8,
    "cause explained correctly, %": "over 95",
}
CONCEPT_FAULTS = ("missing", "odd", "occluded")
N_TRIES = 48
BINS = ((0, 0.15), (0.15, 0.6), (0.6, 1), (1, np.inf))
"""Margins of the answer over the right class, in logits."""
SURE = 0.5  # an error of which the network is sure: the wrong class is that much more probable than the right
MAX_PARTS = 3
TOUCHES = 0.25  # a region lies on a part where they share that much of the smaller one


@dataclass(frozen=True)
class _Trial:
    """One error: how VRX corrected it, whether the controls did, and what deletion did.

    ``area`` is the share of the picture that VRX's patches cover, ``margin`` how much more probable the wrong
    class was than the right one. ``answer_lost`` and ``target_gained`` are changes of the network's
    probabilities where the concept that speaks most for its answer is deleted; None where it has none.
    """

    cause: str
    corrected: bool
    n_patches: int
    area: float
    margin: float
    by_random: bool
    by_good: bool
    answer_lost: float | None
    target_gained: float | None


@dataclass(frozen=True)
class _Tries:
    """One error, and in which of as many tries each way corrected it with a single patch.

    ``margin`` is the answer's logit less the right class's; the ways are lists of bool, best first for VRX.
    """

    margin: float
    vrx: list[bool]
    on_evidence: list[bool]
    anywhere: list[bool]


def table1(setting: Setting) -> Outcome:
    """Errors of a large fresh set, corrected by VRX and by the controls, and the causes VRX names."""
    bench = bench_of(setting, n_classes=6)
    vrx = bench.fitted()
    n_fresh = (1_200 if setting.quick else 7_000) if bench.has_scenes else None
    fresh = setting.images("test", n_fresh)
    controls = Controls(vrx, bench.training, setting.seed)
    mistakes = mistakes_of(bench.classifier, fresh, bench.classes)
    trials: list[_Trial] = []
    tries: list[_Tries] = []
    clearest: Correction | None = None
    for mistake in mistakes:
        correction = vrx.correct(vrx.explain(mistake.image), mistake.label)
        trials.append(_trial(vrx, correction, controls))
        tries.append(_tries(vrx, correction.before, mistake.label, controls))
        clearest = _clearer(clearest, correction)
    if not trials:
        raise ValueError(
            f"{bench.classifier!r} makes no error on the {len(fresh)} fresh pictures: there is nothing to "
            "correct. Give more or harder pictures (--data)."
        )
    measured: dict[str, Any] = {"fresh pictures": len(fresh), **_counts(trials), **_rates(trials)}
    measured |= _by_margin(tries)
    notes = [
        "random patches cover the same spots as VRX's patches: covering a misleading concept helps by itself"
    ]
    if bench.has_scenes:
        wanted = 30 if setting.quick else 200
        scenes = setting.images("test", 6 * wanted)
        faults = made_mistakes(
            bench.classifier, scenes, bench.classes, CONCEPT_FAULTS, MAX_PARTS, setting.seed
        )
        measured |= _explained(vrx, list(islice(faults, wanted)))
    else:
        notes.append("these pictures have no known truth: whether a cause is right cannot be judged")
    figures = {} if clearest is None else {"before_and_after": clearest.plot()}
    return Outcome(PAPER, measured, notes, figures)


def _trial(vrx: VRX, correction: Correction, controls: Controls) -> _Trial:
    """Try the controls and the deletion; keeps numbers alone, since an explanation takes megabytes."""
    exp, target = correction.before, correction.target
    wrong = max(exp.graphs[exp.prediction].nodes, key=lambda n: n.contribution if n.detected else -np.inf)
    before, after = exp.probabilities, None
    if wrong.detected:
        after = vrx.delete(exp, exp.prediction, wrong.index).after.probabilities
    return _Trial(
        cause=correction.cause.kind,
        corrected=correction.corrected,
        n_patches=len(correction.steps),
        area=sum(step.area for step in correction.steps) / correction.image[..., 0].size,
        margin=before[exp.prediction] - before[target],
        by_random=_answer(vrx, controls.random_patches(correction)) == target,
        by_good=_answer(vrx, controls.good_for_good(correction)) == target,
        answer_lost=before[exp.prediction] - after[exp.prediction] if after else None,
        target_gained=after[target] - before[target] if after else None,
    )


def _tries(vrx: VRX, exp: StructuralExplanation, target: str, controls: Controls) -> _Tries:
    columns = [vrx.classifier_.class_index(cls) for cls in (target, exp.prediction)]
    right, answer = vrx.classifier_.logits(exp.image)[0, columns]
    suggested = vrx.suggest(exp, target, n=N_TRIES, n_tried=N_TRIES)
    expected = sorted(suggested, key=lambda one: -one.expected_gain)

    def corrected(on_evidence: bool) -> list[bool]:
        return _right(vrx, controls.random_edits(exp, target, N_TRIES, on_evidence), target)

    return _Tries(
        float(answer - right),
        [one.prediction == target for one in expected],
        corrected(True),
        corrected(False),
    )


def _right(vrx: VRX, pictures: np.ndarray, target: str) -> list[bool]:
    columns = [vrx.classifier_.class_index(cls) for cls in vrx.classes]
    best = vrx.classifier_.logits(pictures)[:, columns].argmax(axis=1)
    return [bool(k == vrx.classes.index(target)) for k in best]


def _by_margin(tries: Sequence[_Tries]) -> dict[str, Any]:
    """Of the errors in each bin of margins: corrected by one patch, at the first try and by the best."""
    measured: dict[str, Any] = {}
    for low, high in BINS:
        some = [one for one in tries if low <= one.margin < high]
        where = f"margin {low:g} to {high:g}" if np.isfinite(high) else f"margin above {low:g}"
        measured[f"errors, {where}"] = len(some)
        ways = {
            "VRX": [one.vrx for one in some],
            "random on the answer's concepts": [one.on_evidence for one in some],
            "random anywhere": [one.anywhere for one in some],
        }
        for name, own in ways.items():
            if own:
                measured[f"{where}: {name}, one try, %"] = 100 * float(np.mean([one[0] for one in own]))
                measured[f"{where}: {name}, best of {N_TRIES}, %"] = 100 * float(
                    np.mean([any(o) for o in own])
                )
    return measured


def _answer(vrx: VRX, picture: np.ndarray) -> str:
    columns = [vrx.classifier_.class_index(cls) for cls in vrx.classes]
    return vrx.classes[int(vrx.classifier_.logits(picture)[0, columns].argmax())]


def _counts(trials: Sequence[_Trial]) -> dict[str, Any]:
    """The rows of the paper's table."""
    kinds = Counter(trial.cause for trial in trials)
    left = {
        "random patches": [t for t in trials if not t.by_random],
        "good for good": [t for t in trials if not t.by_good],
        "guided by VRX": [t for t in trials if not t.corrected],
    }
    measured: dict[str, Any] = {"misclassified": len(trials)}
    measured |= {f"cause: {kind}": kinds[kind] for kind in ("concept", "structure", "both")}
    return measured | {f"still misclassified, {name}": len(some) for name, some in left.items()}


def _rates(trials: Sequence[_Trial]) -> dict[str, Any]:
    sure = [trial for trial in trials if trial.margin >= SURE]
    ways = {
        "random patches": lambda t: t.by_random,
        "good for good": lambda t: t.by_good,
        "VRX": lambda t: t.corrected,
    }
    measured: dict[str, Any] = {}
    for name, way in ways.items():
        measured |= percent(f"corrected by {name}", [way(t) for t in trials])
    measured["errors of which the network is sure"] = len(sure)
    for name, way in ways.items():
        measured |= percent(f"corrected by {name}, of sure errors", [way(t) for t in sure])
    measured |= percent(
        "corrected by VRX with one patch",
        [t.n_patches == 1 and t.corrected for t in trials],
    )
    measured["area of VRX's patches, % of the picture"] = 100 * float(np.mean([t.area for t in trials]))
    lost = [t.answer_lost > 0 for t in trials if t.answer_lost is not None]
    gained = [t.target_gained > 0 for t in trials if t.target_gained is not None]
    measured |= percent("answer's best concept deleted: answer falls", lost)
    measured |= percent("answer's best concept deleted: right class rises", gained)
    return measured


def _explained(vrx: VRX, mistakes: Sequence[ExplainedMistake]) -> dict[str, Any]:
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
    for fault in CONCEPT_FAULTS:
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


def _clearer(best: Correction | None, found: Correction) -> Correction | None:
    """Of two errors that were corrected, the one that the network was surer of."""
    if not found.corrected:
        return best
    return found if best is None or _surety(found) > _surety(best) else best


def _surety(correction: Correction) -> float:
    return correction.before.probabilities[correction.cause.predicted]
