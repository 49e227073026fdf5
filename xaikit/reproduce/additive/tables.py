"""Tables 1 and 2, of both experiments: are contributions spread, and how much is left unsaid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xaikit.reproduce.additive.attributes import attribute, of_faces
from xaikit.reproduce.additive.bench import explainers, sizes_of, targets
from xaikit.reproduce.additive.parts import WHO, judged
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.shares import range_of

__all__ = ["table1", "table2"]

BOTH = WHO[:2]
ENTROPY_2 = {
    "attractive-like": (3.225, 3.158),
    "heavy-makeup-like": (3.205, 3.098),
    "male-like": (3.280, 3.177),
    "young-like": (3.192, 3.136),
}
ACCURACY_2 = {
    "attractive-like": (81.5, 74.9),
    "heavy-makeup-like": (92.3, 88.9),
    "male-like": (98.7, 97.7),
    "young-like": (88.3, 82.0),
}
DEVIATION_2 = {
    "attractive-like": 0.096,
    "heavy-makeup-like": 0.064,
    "male-like": 0.052,
    "young-like": 0.088,
}


def table1(setting: Setting) -> Outcome:
    """Entropy of contributions, with the prior and without."""
    paper: dict[str, Any] = {"animals, mean, ours": 5.932, "animals, mean, baseline": 4.392}
    for name, both in ENTROPY_2.items():
        paper |= {f"{name}, {who}": value for who, value in zip(BOTH, both, strict=True)}
    sizes, measured = sizes_of(setting), {}
    every = {
        name: [judged(one, name, seed).entropy for seed in sizes.seeds] for name, one in targets(setting)
    }
    for who in WHO:
        measured[f"animals, mean, {who}"] = range_of([one[who] for found in every.values() for one in found])
    for name, found in every.items():
        measured |= {f"{name}, {who}": range_of([one[who] for one in found]) for who in WHO}
    faces = of_faces(setting)
    for name in sizes.attributes:
        told = [attribute(faces, name, seed).entropy for seed in sizes.seeds]
        measured |= {f"{name}, {who}": range_of([one[who] for one in told]) for who in BOTH}
    notes = [
        "the paper's animals are those of VGG-16, with 512 filters: at most 6.24; ours have 96: at most 4.56",
        "weights begin by lot, with prior and without; or alike, as rows of that name have it",
        "the paper's attributes are attractive, heavy makeup, male and young, of CelebA",
    ]
    return Outcome(paper, measured, notes)


def table2(setting: Setting) -> Outcome:
    """Accuracy of performers and explainers, and relative deviation."""
    paper: dict[str, Any] = {
        "animals, mean: accuracy of the performer, %": 95.4,
        "animals, mean: accuracy of the explainer, %": 95.6,
        "animals, mean: relative deviation": 0.041,
    }
    for name, (performer, explainer) in ACCURACY_2.items():
        paper[f"{name}: accuracy of the performer, %"] = performer
        paper[f"{name}: accuracy of the explainer, %"] = explainer
        paper[f"{name}: relative deviation"] = DEVIATION_2[name]
    sizes, every = sizes_of(setting), {}
    for name, one in targets(setting):
        every[name] = [explainers(one, name, seed).checks for seed in sizes.seeds]
    measured = _row("animals, mean", [one for found in every.values() for one in found], _checked)
    for name, found in every.items():
        measured |= _row(name, found, _checked)
    faces = of_faces(setting)
    for name in sizes.attributes:
        told = [attribute(faces, name, seed) for seed in sizes.seeds]
        measured |= _row(
            name,
            told,
            lambda one: (
                one.accuracy["performer"],
                one.accuracy["ours"],
                one.accuracy["baseline"],
                one.deviation["ours"],
                one.deviation["baseline"],
            ),
        )
    return Outcome(paper, measured, ["on pictures held out; thresholds are those best on the others"])


Five = tuple[float, float, float, float, float]


def _checked(one: dict[str, Any]) -> Five:
    twin = one["baseline"]
    accuracy = one["performer's accuracy"], one["accuracy"], twin["accuracy"]
    return *accuracy, one["relative deviation"], twin["relative deviation"]


def _row(name: str, found: Sequence[Any], five_of: Callable[[Any], Five]) -> dict[str, str]:
    """What `five_of` tells of each: accuracy of performer, explainer and baseline, deviation of both."""
    performer, ours, baseline, deviation, of_baseline = zip(*(five_of(one) for one in found), strict=True)
    return {
        f"{name}: accuracy of the performer, %": range_of([100 * one for one in performer]),
        f"{name}: accuracy of the explainer, %": range_of([100 * one for one in ours]),
        f"{name}: accuracy of the baseline, %": range_of([100 * one for one in baseline]),
        f"{name}: relative deviation": range_of(deviation),
        f"{name}: relative deviation of the baseline": range_of(of_baseline),
    }
