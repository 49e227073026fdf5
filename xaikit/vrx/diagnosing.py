"""Going through labelled pictures to find what a network confuses, and of which type each error is (VRX 4.4).

Only answers and attributes are kept of the pictures that are right; of mistakes,
the cause and a few thumbnails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from tqdm.auto import tqdm

from xaikit.core.images import View
from xaikit.core.readable import Skipped, readable
from xaikit.vrx.answer import explain_many
from xaikit.vrx.causes import Cause, cause_as, what_is
from xaikit.vrx.diagnosis import ConfusedPair, Diagnosis, Mistake
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.naming import called
from xaikit.vrx.words import joined

if TYPE_CHECKING:
    from xaikit.data import ImageSet
    from xaikit.vrx.fitted import Fitted

__all__ = ["diagnose"]

SHARED = 0.5  # two concepts share a place where they share that much of the smaller superpixel
RARE = 0.01  # largest p-value, corrected, of an attribute that counts as evidence
N_STRIKING = 3  # attributes named of a confused pair, at most
N_SHOWN = 24
CHUNK = 64

CONFUSED, FALSE_ALARM = "confused concepts", "false alarm"
VARIANCE, MISSING = "variance not seen in training", "missing concepts"
DISTRACTION = "distraction"
STATES_OF = {
    CONFUSED: {"false alarm"},
    FALSE_ALARM: {"false alarm"},
    VARIANCE: {"odd", "out of place", "louder", "quieter"},
    MISSING: {"missing"},
    DISTRACTION: {"strange"},
}
Node = tuple[str, int]
"""A concept: its class, and its number k."""
ADVICE = {
    CONFUSED: (
        "Concept: {concept} is seen on a concept of {true}: the two look alike to the network. Add pictures "
        "of {true} in which that concept is hidden, so that the network has to learn what tells them apart."
    ),
    FALSE_ALARM: (
        "Concept: {concept} is seen in these pictures where {true} has no concept. Add pictures of {true} "
        "that show the same thing, so that the network learns that {true} can have it, too."
    ),
    VARIANCE: (
        "Structure: {true} does not look or stand as usual here. Add pictures of {true} in more poses, sizes "
        "and light; more pictures like those already there will not help."
    ),
    MISSING: (
        "Concept: {concept} is not found. Add pictures of {true} in which it is hidden, cut off or small."
    ),
    DISTRACTION: (
        "No concept: something speaks against {true} that is a concept of no class. Look at what is outlined "
        "in these pictures, and add pictures of {true} with such things, so that the network learns to pass "
        "over them."
    ),
}


@dataclass(frozen=True)
class _Found:
    """A mistake before its type is known; ``on_own`` are the concepts seen on one of the right class's."""

    index: int
    id: str
    cause: Cause
    on_own: set[Node]
    probability: float
    thumbnail: np.ndarray | None


@dataclass
class _Seen:
    """What is kept of the pictures gone through: answers, attributes and mistakes."""

    labels: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    attributes: list[dict[str, bool]] = field(default_factory=list)
    mistakes: dict[tuple[int, int], list[_Found]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def diagnose(fitted: Fitted, data: ImageSet, progress: bool) -> Diagnosis:
    """See :meth:`xaikit.VRX.diagnose`."""
    seen = _Seen()
    wanted = _of_interest(fitted, data)
    with tqdm(total=len(wanted), desc="diagnosis", disable=not progress) as bar:
        for first in range(0, len(wanted), CHUNK):
            _look(fitted, data, wanted[first : first + CHUNK], seen)
            bar.update(len(wanted[first : first + CHUNK]))
    if not seen.labels:
        raise ValueError(
            f"None of the {len(wanted)} pictures could be read; the first is {seen.unreadable[0]}."
        )
    m = len(fitted.classes)
    confusion = np.zeros((m, m), int)
    np.add.at(confusion, (seen.labels, seen.answers), 1)
    order = sorted(seen.mistakes, key=lambda cell: -len(seen.mistakes[cell]))
    pairs = [_pair(fitted, seen, *cell) for cell in order]
    return Diagnosis(list(fitted.classes), confusion, pairs, seen.unreadable, fitted, data)


def _of_interest(fitted: Fitted, data: ImageSet) -> np.ndarray:
    known = [data.class_names.index(cls) for cls in fitted.classes if cls in data.class_names]
    wanted = np.flatnonzero(np.isin(data.labels, known))
    if not len(wanted):
        raise ValueError(
            f"None of the {len(data)} pictures is of {joined(list(fitted.classes))}; their classes are "
            f"{data.class_names[:6]}. Give pictures of the classes that the VRX was fitted on."
        )
    return wanted


def _look(fitted: Fitted, data: ImageSet, indices: np.ndarray, seen: _Seen) -> None:
    """Ask the network about some pictures, and explain those it gets wrong."""
    skipped: list[Skipped] = []
    read = list(
        readable(data, lambda sample: (sample, fitted.classifier.view(sample.image)), skipped, indices)
    )
    seen.unreadable += [f"picture {one.number} ({one.reason})" for one in skipped]
    if not read:
        return
    answers = fitted.asked(np.stack([view for _, (_, view) in read])).argmax(axis=1)
    wrong: list[tuple[int, str, View, int, int]] = []
    for (index, (sample, view)), answer in zip(read, answers.tolist(), strict=True):
        label = fitted.classes.index(data.class_names[data.labels[index]])
        seen.labels.append(label)
        seen.answers.append(answer)
        seen.attributes.append(sample.attributes)
        if label != answer:
            wrong.append((index, sample.id, view, label, answer))
    exps = explain_many(fitted, [view for _, _, view, _, _ in wrong])
    for (index, name, view, label, answer), exp in zip(wrong, exps, strict=True):
        found = seen.mistakes.setdefault((label, answer), [])
        target, predicted = fitted.classes[label], fitted.classes[answer]
        cause = cause_as(fitted, exp, target, predicted)
        shown = len(found) < N_SHOWN
        found.append(
            _Found(
                index,
                name,
                cause if shown else cause.counted,
                _on_own(exp, target),
                exp.probabilities[predicted],
                view if shown else None,
            )
        )


def _kind(found: _Found) -> str:
    """The type of error, by the flaw that costs the right class most: the one that the cause names first."""
    cause = found.cause
    if cause.kind == "structure" or not cause.flaws:
        return VARIANCE
    worst = cause.flaws[0]
    if worst.state in STATES_OF[FALSE_ALARM]:
        return CONFUSED if (worst.cls, worst.concept) in found.on_own else FALSE_ALARM
    return next(kind for kind, states in STATES_OF.items() if worst.state in states)


def _masks(exp: StructuralExplanation) -> dict[Node, np.ndarray | None]:
    return {(cls, node.index): node.mask for cls, graph in exp.graphs.items() for node in graph.nodes}


def _on_own(exp: StructuralExplanation, target: str) -> set[Node]:
    """The concepts of other classes that are seen where a concept of the right class is found."""
    masks = {node: mask for node, mask in _masks(exp).items() if mask is not None}
    own = [mask for (cls, _), mask in masks.items() if cls == target]
    return {
        node
        for node, mask in masks.items()
        if node[0] != target
        and any((mask & other).sum() > SHARED * min(mask.sum(), other.sum()) for other in own)
    }


def _pair(fitted: Fitted, seen: _Seen, true: int, predicted: int) -> ConfusedPair:
    mistakes = [
        Mistake(one.index, one.id, _kind(one), one.cause, one.probability, one.thumbnail)
        for one in seen.mistakes[true, predicted]
    ]
    names = fitted.classes[true], fitted.classes[predicted]
    kinds = Counter(mistake.kind for mistake in mistakes).most_common()
    evidence = [f"{kind}: {n} of {_pictures(len(mistakes))}" for kind, n in kinds]
    concept = "a concept"
    if flaw := _usual_flaw(mistakes, kinds[0][0]):
        (cls, k, state), n = flaw
        name = called(fitted.names, cls, k)
        evidence.append(f"most often, {what_is(name, cls, k, state)}: {n} of {len(mistakes)}")
        concept = f"{name} of {cls}"
    striking = _striking(seen, true, predicted)
    evidence += [sentence for _, sentence in striking]
    advice = ADVICE[kinds[0][0]].format(true=names[0], concept=concept)
    if striking:
        advice += f" Above all, pictures with {' or '.join(f'“{name}”' for name, _ in striking)}."
    return ConfusedPair(*names, mistakes, evidence, advice)


def _usual_flaw(mistakes: Sequence[Mistake], kind: str) -> tuple[tuple[str, int, str], int] | None:
    """Of the concepts that are named and make for this type of error: which one does most often, and how.

    With it, in how many of the mistakes.
    """
    flaws = Counter(
        (cls, k, state)
        for mistake in mistakes
        for cls, k, state in dict.fromkeys(flaw.key for flaw in mistake.cause.named)
        if state in STATES_OF[kind] and cls is not None and k is not None
    )
    return next(iter(flaws.most_common(1)), None)


def _pictures(n: int) -> str:
    return "1 picture" if n == 1 else f"{n} pictures"


def _striking(seen: _Seen, true: int, predicted: int) -> list[tuple[str, str]]:
    """Attributes that these mistakes have far more often than the pictures of the class that are right.

    Pictures with an attribute that was found are set aside before the next is sought: where all poses but one
    are mistaken, each of them is common among the mistakes only once the others are gone.
    """
    labels, answers = np.array(seen.labels), np.array(seen.answers)
    wrong = np.flatnonzero((labels == true) & (answers == predicted))
    right = np.flatnonzero((labels == true) & (answers == true))
    names = sorted({name for r in (*wrong, *right) for name in seen.attributes[r]})
    has = np.array([[attributes.get(name, False) for name in names] for attributes in seen.attributes])
    found: list[tuple[str, str]] = []
    while names and len(wrong) and len(right) and len(found) < N_STRIKING:
        best, p = _most_striking(has[wrong], has[right])
        if p > RARE:
            break
        a, b = int(has[wrong, best].sum()), int(has[right, best].sum())
        told = f"“{names[best]}” is true of {a} of the {len(wrong)} mistakes, and of {b} of the {len(right)} "
        told += "pictures of the class that are right"
        found.append((names[best], f"of those without, {told}" if found else told))
        wrong, right = wrong[~has[wrong, best]], right[~has[right, best]]
    return found


def _most_striking(wrong: np.ndarray, right: np.ndarray) -> tuple[int, float]:
    """The attribute, a column of bool (n, attributes), that mistakes have most surely more often, and its p.

    Fisher's exact test of each, corrected for their number (Benjamini-Hochberg).
    """
    from scipy.stats import false_discovery_control, fisher_exact

    p_values = [
        fisher_exact([[a, len(wrong) - a], [b, len(right) - b]], alternative="greater").pvalue
        for a, b in zip(wrong.sum(axis=0), right.sum(axis=0), strict=True)
    ]
    best = int(np.argmin(p_values))
    return best, float(false_discovery_control(p_values)[best])
