"""Going through labelled pictures to find what a network confuses, and of which type each error is (VRX 4.4).

Only answers and attributes are kept of the pictures that are right; of mistakes,
the cause and a few thumbnails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm.auto import tqdm

from xaikit.core.errors import ImageError
from xaikit.vrx.causes import Cause, Flaw
from xaikit.vrx.diagnosis import ConfusedPair, Diagnosis, Mistake
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.words import joined

if TYPE_CHECKING:
    from xaikit.data import ImageSet
    from xaikit.vrx.model import VRX

__all__ = ["diagnose"]

SHARED = 0.5  # two concepts share a place where they share that much of the smaller superpixel
RARE = 0.01  # largest p-value, corrected, of an attribute that counts as evidence
N_SHOWN = 24
CHUNK = 64


@dataclass
class _Seen:
    """What is kept of the pictures gone through: answers, attributes and mistakes."""

    labels: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    attributes: list[dict[str, bool]] = field(default_factory=list)
    mistakes: dict[tuple[int, int], list[Mistake]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def diagnose(vrx: VRX, data: ImageSet, progress: bool) -> Diagnosis:
    """See :meth:`xaikit.VRX.diagnose`."""
    seen = _Seen()
    wanted = _of_interest(vrx, data)
    with tqdm(total=len(wanted), desc="diagnosis", disable=not progress) as bar:
        for first in range(0, len(wanted), CHUNK):
            _look(vrx, data, wanted[first : first + CHUNK], seen)
            bar.update(len(wanted[first : first + CHUNK]))
    if not seen.labels:
        raise ValueError(
            f"None of the {len(wanted)} pictures could be read; the first is {seen.unreadable[0]}."
        )
    m = len(vrx.classes)
    confusion = np.zeros((m, m), int)
    np.add.at(confusion, (seen.labels, seen.answers), 1)
    order = sorted(seen.mistakes, key=lambda cell: -len(seen.mistakes[cell]))
    pairs = [_pair(vrx, seen, *cell) for cell in order]
    return Diagnosis(list(vrx.classes), confusion, pairs, seen.unreadable, vrx, data)


def _of_interest(vrx: VRX, data: ImageSet) -> np.ndarray:
    known = [data.class_names.index(cls) for cls in vrx.classes if cls in data.class_names]
    wanted = np.flatnonzero(np.isin(data.labels, known))
    if not len(wanted):
        raise ValueError(
            f"None of the {len(data)} pictures is of {joined(list(vrx.classes))}; their classes are "
            f"{data.class_names[:6]}. Give pictures of the classes that the VRX was fitted on."
        )
    return wanted


def _look(vrx: VRX, data: ImageSet, indices: np.ndarray, seen: _Seen) -> None:
    """Ask the network about some pictures, and explain those it gets wrong."""
    columns = [vrx.classifier_.class_index(cls) for cls in vrx.classes]
    read = list(_readable(vrx, data, indices, seen))
    if not read:
        return
    answers = vrx.classifier_.logits(np.stack([view for *_, view in read]))[:, columns].argmax(axis=1)
    wrong = []
    for (index, sample, view), answer in zip(read, answers.tolist(), strict=True):
        label = vrx.classes.index(data.class_names[data.labels[index]])
        seen.labels.append(label)
        seen.answers.append(answer)
        seen.attributes.append(sample.attributes)
        if label != answer:
            wrong.append((index, sample.id, view, label, answer))
    exps = vrx.explain_many([view for _, _, view, _, _ in wrong])
    for (index, name, view, label, answer), exp in zip(wrong, exps, strict=True):
        found = seen.mistakes.setdefault((label, answer), [])
        cause = vrx.cause(exp, vrx.classes[label])
        kept = view if len(found) < N_SHOWN else None
        found.append(Mistake(index, name, _kind(exp, cause), cause, exp.probabilities[exp.prediction], kept))


def _readable(
    vrx: VRX, data: ImageSet, indices: np.ndarray, seen: _Seen
) -> Iterator[tuple[int, Any, np.ndarray]]:
    for index in map(int, indices):
        try:
            sample = data[index]
            yield index, sample, vrx.classifier_.view(sample.image)
        except ImageError as error:
            seen.unreadable.append(f"picture {index} ({error})")


def _kind(exp: StructuralExplanation, cause: Cause) -> str:
    """The type of error: by what loses most, relations, the wrong class's concepts or the right one's."""
    losses = {state: sum(f.loss for f in cause.flaws if f.state == state) for state in STATE_WORDS}
    if cause.kind == "structure":
        return "variance not seen in training"
    if losses["false alarm"] > losses["missing"] + losses["odd"]:
        first = next(flaw for flaw in cause.flaws if flaw.state == "false alarm")
        return "confused concepts" if _on_own_concept(exp, cause.target, first) else "false alarm"
    return "missing concepts" if losses["missing"] > losses["odd"] else "variance not seen in training"


def _on_own_concept(exp: StructuralExplanation, target: str, alarm: Flaw) -> bool:
    """Whether the false alarm is raised where a concept of the right class is found."""
    mask = exp.graphs[alarm.cls].nodes[alarm.concept].mask
    others = [node.mask for node in exp.graphs[target].nodes if node.mask is not None]
    return mask is not None and any(
        (mask & other).sum() > SHARED * min(mask.sum(), other.sum()) for other in others
    )


def _pair(vrx: VRX, seen: _Seen, true: int, predicted: int) -> ConfusedPair:
    mistakes = seen.mistakes[true, predicted]
    names = vrx.classes[true], vrx.classes[predicted]
    kinds = Counter(mistake.kind for mistake in mistakes)
    flaws = Counter((f.cls, f.concept, f.state) for m in mistakes for f in m.cause.named)
    (cls, k, state), often = flaws.most_common(1)[0] if flaws else ((names[0], 0, "odd"), 0)
    told = [f"{kind}: {n} of {len(mistakes)} pictures" for kind, n in kinds.most_common()]
    if often:
        told.append(
            f"most often, concept {k + 1} of {cls} is {STATE_WORDS[state]} ({often} of {len(mistakes)})"
        )
    striking = _striking(seen, true, predicted)
    told += [sentence for _, sentence in striking]
    advice = ADVICE[kinds.most_common(1)[0][0]].format(
        true=names[0], predicted=names[1], concept=f"concept {k + 1} of {cls}"
    )
    if striking:
        advice += f" Above all: pictures of {names[0]} with “{striking[0][0]}”."
    return ConfusedPair(*names, mistakes, told, advice)


STATE_WORDS = {
    "missing": "missing",
    "odd": "not as usual",
    "out of place": "out of place",
    "false alarm": "seen by mistake",
}
ADVICE = {
    "confused concepts": (
        "Concept: {concept} is found in both classes. Add pictures of {true} in "
        "which it is hidden or differs, so that the network has to learn the concepts they do not share."
    ),
    "false alarm": (
        "Concept: something in these pictures is taken for {concept}. Add pictures of {true} that "
        "contain it, or cover it in some of them."
    ),
    "variance not seen in training": (
        "Structure: the concepts of {true} are there, but not as in training. Add pictures of {true} in more "
        "poses, sizes and light; more pictures like those already there will not help."
    ),
    "missing concepts": (
        "Concept: {concept} cannot be found. Add pictures of {true} in which it is hidden, cut off or small."
    ),
}


def _striking(seen: _Seen, true: int, predicted: int) -> list[tuple[str, str]]:
    """Attributes that these mistakes have far more often than the pictures of the class that are right.

    Fisher's exact test for each attribute known, corrected for their number (Benjamini-Hochberg).
    """
    from scipy.stats import false_discovery_control, fisher_exact

    labels, answers = np.array(seen.labels), np.array(seen.answers)
    wrong = np.flatnonzero((labels == true) & (answers == predicted))
    right = np.flatnonzero((labels == true) & (answers == true))
    names = sorted({name for r in (*wrong, *right) for name in seen.attributes[r]})
    if not names or not len(right):
        return []
    counts = [
        [sum(seen.attributes[r].get(name, False) for r in rows) for rows in (wrong, right)] for name in names
    ]
    p_values = false_discovery_control(
        [
            fisher_exact([[a, len(wrong) - a], [b, len(right) - b]], alternative="greater").pvalue
            for a, b in counts
        ]
    )
    found = sorted(
        (p, name, counts) for p, name, counts in zip(p_values, names, counts, strict=True) if p <= RARE
    )
    return [
        (
            name,
            f"“{name}” is true of {a} of {len(wrong)} such mistakes, and of {b} of the {len(right)} pictures "
            "of the class that are right",
        )
        for _, name, (a, b) in found[:3]
    ]
