"""VRX's table 1: errors corrected by the patches that VRX advises, and by controls (section 4.2).

The paper's controls (:mod:`xaikit.vrx.controls`) make as many edits as VRX did in the same picture. But VRX
asks the network about up to 48 edits before it makes one: fair beside it is the best of 48 random patches,
and beside a single random patch VRX's first choice. Both depend on how sure the network was, and on the spot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.shares import percent
from xaikit.reproduce.vrx.bench import bench_of
from xaikit.reproduce.vrx.blame import FAULTS, MAX_PARTS, Redrawn, causes_found
from xaikit.reproduce.vrx.mistakes import made_mistakes, mistakes_of
from xaikit.vrx import VRX, Correction
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
N_TRIES = 48
BINS = ((0, 0.15), (0.15, 0.6), (0.6, 1), (1, np.inf), (0.6, np.inf))
"""Margins of the answer over the right class, in logits."""
SURE = 0.5  # an error of which the network is sure: the wrong class is that much more probable than the right


@dataclass(frozen=True)
class _Trial:
    """One error: how VRX corrected it, whether the controls did, and what deletion did.

    ``cause`` is of what kind, as the GRN has it: the paper's, and the only one that knows relations.
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

    ``margin`` is the answer's logit less the right class's; ``ways`` lists of bool by name, that of which
    most was expected first for VRX.
    """

    margin: float
    ways: dict[str, list[bool]]


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
    redrawn = Redrawn(bench.classifier, setting.seed)
    for sample in mistakes:
        label = fresh.class_names[sample.label]
        correction = vrx.correct(vrx.explain(sample.image), label)
        trials.append(_trial(vrx, correction, controls))
        tries.append(_tries(vrx, correction, controls))
        redrawn.add(sample, correction.cause)
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
        faults = made_mistakes(bench.classifier, scenes, bench.classes, FAULTS, MAX_PARTS, setting.seed)
        measured |= redrawn.shares
        measured |= causes_found(vrx, list(islice(faults, wanted)))
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
    as_learned = vrx.cause(vrx.explain(correction.before.image, measure=False), target)
    return _Trial(
        cause=as_learned.kind,
        corrected=correction.corrected,
        n_patches=len(correction.steps),
        area=sum(step.area for step in correction.steps) / correction.image[..., 0].size,
        margin=before[exp.prediction] - before[target],
        by_random=_answer(vrx, controls.random_patches(correction)) == target,
        by_good=_answer(vrx, controls.good_for_good(correction)) == target,
        answer_lost=before[exp.prediction] - after[exp.prediction] if after else None,
        target_gained=after[target] - before[target] if after else None,
    )


def _tries(vrx: VRX, correction: Correction, controls: Controls) -> _Tries:
    exp, target = correction.before, correction.target
    columns = [vrx.classifier_.class_index(cls) for cls in (target, exp.prediction)]
    right, answer = vrx.classifier_.logits(exp.image, as_view=True)[0, columns]
    suggested = vrx.suggest(exp, target, n=N_TRIES, n_tried=N_TRIES)
    expected = sorted(suggested, key=lambda one: -one.expected_gain)
    spots = {
        "random on what is to blame": [flaw.mask for flaw in correction.cause.flaws if flaw.cls != target],
        "random on the answer's concepts": [node.mask for node in exp.graphs[exp.prediction].nodes],
        "random anywhere": [],
    }
    ways = {"VRX": [one.prediction == target for one in expected]}
    for name, masks in spots.items():
        over = [mask for mask in masks if mask is not None]
        ways[name] = _right(vrx, controls.random_edits(exp.image, target, N_TRIES, over), target)
    return _Tries(float(answer - right), ways)


def _right(vrx: VRX, pictures: np.ndarray, target: str) -> list[bool]:
    columns = [vrx.classifier_.class_index(cls) for cls in vrx.classes]
    best = vrx.classifier_.logits(pictures, as_view=True)[:, columns].argmax(axis=1)
    return [bool(k == vrx.classes.index(target)) for k in best]


def _by_margin(tries: Sequence[_Tries]) -> dict[str, Any]:
    """Of the errors in each bin of margins: corrected by one patch, at the first try and by the best."""
    measured: dict[str, Any] = {}
    for low, high in BINS:
        some = [one for one in tries if low <= one.margin < high]
        where = f"margin {low:g} to {high:g}" if np.isfinite(high) else f"margin above {low:g}"
        measured[f"errors, {where}"] = len(some)
        for name in some[0].ways if some else ():
            own = [one.ways[name] for one in some]
            measured[f"{where}: {name}, one try, %"] = 100 * float(np.mean([one[0] for one in own]))
            measured[f"{where}: {name}, best of {N_TRIES}, %"] = 100 * float(np.mean([any(o) for o in own]))
    return measured


def _answer(vrx: VRX, picture: np.ndarray) -> str:
    columns = [vrx.classifier_.class_index(cls) for cls in vrx.classes]
    return vrx.classes[int(vrx.classifier_.logits(picture, as_view=True)[0, columns].argmax())]


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


def _clearer(best: Correction | None, found: Correction) -> Correction | None:
    """Of two errors that were corrected, the one that the network was surer of."""
    if not found.corrected:
        return best
    return found if best is None or _surety(found) > _surety(best) else best


def _surety(correction: Correction) -> float:
    return correction.before.probabilities[correction.cause.predicted]
