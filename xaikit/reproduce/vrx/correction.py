"""VRX's table 1: errors corrected by the patches that VRX advises, and by two controls (section 4.2).

The controls (:mod:`xaikit.vrx.controls`) make as many edits as VRX did in the same picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.reproduce.report import Outcome, Setting
from xaikit.reproduce.shares import percent
from xaikit.reproduce.vrx.bench import bench_of
from xaikit.reproduce.vrx.mistakes import ExplainedMistake, made_mistakes, mistakes_of
from xaikit.vrx import VRX, Correction, Flaw, StructuralExplanation
from xaikit.vrx.controls import Controls

if TYPE_CHECKING:
    pass

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
SURE = 0.5  # an error of which the network is sure: the wrong class is that much more probable than the right
MAX_PARTS = 3
TOUCHES = 0.25  # a concept lies on a part where they share that much of the smaller one


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


def table1(setting: Setting) -> Outcome:
    """Errors of a large fresh set, corrected by VRX and by the controls, and the causes VRX names."""
    bench = bench_of(setting, n_classes=6)
    vrx = bench.fitted()
    n_fresh = (1_200 if setting.quick else 7_000) if bench.has_scenes else None
    fresh = setting.images("test", n_fresh)
    controls = Controls(vrx, bench.training, setting.seed)
    mistakes = mistakes_of(bench.classifier, fresh, bench.classes)
    trials: list[_Trial] = []
    clearest: Correction | None = None
    for mistake in mistakes:
        correction = vrx.correct(vrx.explain(mistake.image), mistake.label)
        trials.append(_trial(vrx, correction, controls))
        clearest = _clearer(clearest, correction)
    if not trials:
        raise ValueError(
            f"{bench.classifier!r} makes no error on the {len(fresh)} fresh pictures: there is nothing to "
            "correct. Give more or harder pictures (--data)."
        )
    measured: dict[str, Any] = {"fresh pictures": len(fresh), **_counts(trials), **_rates(trials)}
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
    """How often the first flaw VRX names is a concept that is, or was before the fault, on a faulty part."""
    exps = vrx.explain_many([mistake.image for mistake in mistakes])
    wholes = vrx.explain_many([mistake.whole for mistake in mistakes])
    right: list[bool] = []
    chance: list[bool] = []
    possible: list[bool] = []
    structure: list[bool] = []
    for mistake, exp, whole in zip(mistakes, exps, wholes, strict=True):
        cause = vrx.cause(exp, mistake.label)
        on_fault = [_on_fault(flaw, exp, whole, mistake) for flaw in cause.flaws]
        right.append(any(on_fault[:1]))
        chance += on_fault
        possible.append(any(on_fault))
        structure.append(cause.kind == "structure")
    measured: dict[str, Any] = {"errors by a part missing, odd or occluded": len(mistakes)}
    measured |= percent("cause explained correctly", right)
    measured["the same of a flaw drawn by lot, %"] = 100 * float(np.mean(chance))
    measured |= percent("any flaw lies on a faulty part", possible)
    for fault in CONCEPT_FAULTS:
        some = [ok for ok, one in zip(right, mistakes, strict=True) if one.fault == fault]
        measured |= percent(f"cause explained correctly, {fault}", some)
    return measured | percent("taken for an error of structure", structure)


def _on_fault(
    flaw: Flaw, exp: StructuralExplanation, whole: StructuralExplanation, mistake: ExplainedMistake
) -> bool:
    """Whether a concept lies on a faulty part, in the picture or in the one without the fault."""
    nodes = (one.graphs[flaw.cls].nodes[flaw.concept] for one in (exp, whole))
    masks = [node.mask for node in nodes if node.mask is not None]
    where = mistake.where
    return any((mask & where).sum() >= TOUCHES * min(mask.sum(), where.sum()) for mask in masks)


def _clearer(best: Correction | None, found: Correction) -> Correction | None:
    """Of two errors that were corrected, the one that the network was surer of."""
    if not found.corrected:
        return best
    return found if best is None or _surety(found) > _surety(best) else best


def _surety(correction: Correction) -> float:
    return correction.before.probabilities[correction.cause.predicted]
