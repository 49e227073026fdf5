"""VRX's figure 7: whether an explanation finds the one thing that was changed in a picture (section 4.3).

(a) A good concept is replaced by a bad one, cut from another picture of the class in which it contributes
least. Located: of all concepts of the class, the replaced one's contribution falls most. (b) A concept is
moved to a place at least a third of the picture away. Located: the edges at the moved concept lose most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.images import cut
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.shares import percent
from xaikit.reproduce.vrx.bench import bench_of
from xaikit.vrx import VRX, StructuralConceptGraph, StructuralExplanation, Substitution
from xaikit.vrx.relations import FAR

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["fig7"]

BAD = 0.1
"""Quantile of a concept's contributions below which a patch of it is a bad one."""


def fig7(setting: Setting) -> Outcome:
    """A good concept replaced by a bad one (a), a concept moved away (b): does the explanation find it?"""
    bench = bench_of(setting)
    vrx = bench.fitted()
    samples = bench.test()
    names = bench.training.class_names
    exps = vrx.explain_many([sample.image for sample in samples], measure=False)
    right = [e for s, e in zip(samples, exps, strict=True) if names[s.label] == e.prediction]
    n_trials = 60 if setting.quick else 300
    rng = np.random.default_rng(setting.seed)
    replaced = list(_replaced(vrx, right, n_trials, rng))
    moved = list(_moved(vrx, right, n_trials, rng))
    measured = _located("7a: replaced concept", replaced, _node_drops)
    measured |= _located("7b: edges at the moved concept", moved, _edge_drops)
    paper = {
        "7a: replaced concept located, %": "two examples",
        "7b: edges at the moved concept located, %": "two examples",
    }
    return Outcome(
        paper,
        measured,
        [],
        {"a": _clearest(replaced).plot(), "b": _clearest(moved).plot()},
    )


def _replaced(
    vrx: VRX, exps: Sequence[StructuralExplanation], n: int, rng: np.random.Generator
) -> Iterator[Substitution]:
    """Concepts of at least median contribution, each replaced by one of the class's worst of its kind."""
    found: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
    for number, exp in enumerate(exps):
        for node in exp.graphs[exp.prediction].nodes:
            if node.detected:
                found[exp.prediction, node.index].append((node.contribution, number))
    trials = []
    for (cls, k), given in found.items():
        values = [value for value, _ in given]
        bad = [number for value, number in given if value <= np.quantile(values, BAD)]
        trials += [(cls, k, number, bad) for value, number in given if value >= max(np.median(values), 0)]
    for t in rng.permutation(len(trials))[:n]:
        cls, k, number, bad = trials[t]
        donor = exps[int(rng.choice(bad))]
        patch = cut(donor.image, donor.graphs[cls].nodes[k].mask)
        yield vrx.substitute(exps[number], cls, k, patch)


def _moved(
    vrx: VRX, exps: Sequence[StructuralExplanation], n: int, rng: np.random.Generator
) -> Iterator[Substitution]:
    """Concepts put down somewhere else, at least a third of the picture away."""
    trials = [
        (exp, node)
        for exp in exps
        for node in exp.graphs[exp.prediction].nodes
        if node.center is not None and node.contribution > 0
    ]
    for t in rng.permutation(len(trials))[:n]:
        exp, node = trials[t]
        side = exp.image.shape[0]
        goal = node.center
        while np.hypot(goal[0] - node.center[0], goal[1] - node.center[1]) < FAR * side:
            goal = tuple(rng.uniform(0.1 * side, 0.9 * side, 2))
        yield vrx.move(exp, exp.prediction, node.index, goal)


def _node_drops(before: StructuralConceptGraph, after: StructuralConceptGraph) -> np.ndarray:
    """What each concept's contribution loses."""
    pairs = zip(before.nodes, after.nodes, strict=True)
    return np.array([old.contribution - new.contribution for old, new in pairs])


def _edge_drops(before: StructuralConceptGraph, after: StructuralConceptGraph) -> np.ndarray:
    """What the edges at each concept lose."""
    drops = np.zeros(len(before.nodes))
    for (j, i), edge in before.edges.items():
        drops[[j, i]] += edge.contribution - after.edges[j, i].contribution
    return drops


def _located(
    name: str,
    trials: Sequence[Substitution],
    drops_of: Callable[[StructuralConceptGraph, StructuralConceptGraph], np.ndarray],
) -> dict[str, Any]:
    """How often the changed concept loses most; in all trials and where the network's score falls."""
    located, fell, student_fell = [], [], []
    for trial in trials:
        drops = drops_of(trial.before.graphs[trial.cls], trial.after.graphs[trial.cls])
        located.append(bool(drops.argmax() == trial.concept and drops.max() > 0))
        fell.append(trial.after.probabilities[trial.cls] < trial.before.probabilities[trial.cls])
        student = trial.before.student_probabilities, trial.after.student_probabilities
        student_fell.append(student[1][trial.cls] < student[0][trial.cls])
    hurt = [ok for ok, lower in zip(located, fell, strict=True) if lower]
    measured: dict[str, Any] = {f"{name}, trials": len(trials)}
    measured |= percent(f"{name} located", located)
    measured |= percent(f"{name} located, where the network's score falls", hurt)
    measured |= percent(f"{name}, network's score falls", fell)
    return measured | percent(f"{name}, GRN's score falls", student_fell)


def _clearest(trials: Sequence[Substitution]) -> Substitution:
    """The edit after which the network's score fell most."""
    return max(trials, key=lambda t: t.before.probabilities[t.cls] - t.after.probabilities[t.cls])
