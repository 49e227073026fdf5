"""What a network confuses, why, and what pictures would help (VRX 4.4, figures 8 and 9).

Every mistake has a cause (:mod:`xaikit.vrx.causes`); the paper's three types of error follow from the flaw
that the cause names first:

1. *confused concepts*: a concept of another class is found where a concept of the right one is found too;
2. *false alarm*: a concept of another class is found where the right class has none;
3. *variance not seen in training*: the usual concepts are there, but their relations or looks are off;

two more have no name there: *missing concepts*, hidden or cut off, which its table 1 counts; and
*distraction*: something that is no concept of any class speaks against the right one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from xaikit.core.images import shown
from xaikit.core.result import Kept, Parts, Result
from xaikit.data import ImageSet
from xaikit.vrx.answer import explain_many
from xaikit.vrx.causes import Cause
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.fitted import Fitted, fitted_of
from xaikit.vrx.repair import N_TRIED, Suggestion, suggest
from xaikit.vrx.words import joined

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from xaikit.widgets import ConfusionExplorer

__all__ = ["ConfusedPair", "Diagnosis", "Mistake"]


COLUMNS = ["index", "id", "true", "predicted", "probability", "kind", "cause", "flaw"]
COLUMNS += ["concept_loss", "structure_loss"]


@dataclass(frozen=True)
class Mistake(Parts):
    """One picture that the network gets wrong.

    Attributes
    ----------
    index, id : its number in the pictures diagnosed, and its name
    kind : one of the five types of error
    cause : what its margin loses, concept by concept
    probability : of the wrong answer
    thumbnail : uint8 (H, W, 3), the picture as the network sees it; None beyond the first 24 of a pair
    """

    FORMS: ClassVar = {"thumbnail": "u H W c ?"}

    index: int
    id: str
    kind: str
    cause: Cause
    probability: float
    thumbnail: np.ndarray | None = field(repr=False)


@dataclass(frozen=True)
class ConfusedPair(Parts):
    """Two classes of which one is taken for the other.

    Attributes
    ----------
    true, predicted : the right class, and the answer
    mistakes : the pictures
    evidence : sentences, what was counted
    advice : what to do about it, in words
    """

    true: str
    predicted: str
    mistakes: list[Mistake]
    evidence: list[str]
    advice: str

    @property
    def kind(self) -> str:
        """The type of error of most of the pictures."""
        return Counter(mistake.kind for mistake in self.mistakes).most_common(1)[0][0]


@dataclass(frozen=True, repr=False)
class Diagnosis(Result, Kept):
    """What a network gets wrong on some pictures, and why.

    Attributes
    ----------
    classes : names of the m classes of interest
    confusion : int (m, m), rows the right class, columns the answer among the classes of interest
    pairs : list of :class:`ConfusedPair`, the most frequent first
    unreadable : ids or numbers of the pictures that could not be read
    fitted, data : what explains a mistake, and the pictures; a file does not hold them
    """

    KIND = "diagnosis"
    FORMS: ClassVar = {"confusion": "i m m"}

    classes: list[str]
    confusion: np.ndarray
    pairs: list[ConfusedPair]
    unreadable: list[str]
    fitted: Fitted | None = field(default=None, repr=False, metadata={"kept": False})
    data: ImageSet | None = field(default=None, repr=False, metadata={"kept": False})

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0..1."""
        return float(np.trace(self.confusion) / self.confusion.sum())

    @property
    def checks(self) -> dict[str, Any]:
        """How many pictures were read and how many not, and the share of right answers."""
        read = int(self.confusion.sum())
        return {"pictures": read, "unreadable": len(self.unreadable), "accuracy": self.accuracy}

    def of(self, vrx: Any, data: ImageSet) -> Diagnosis:
        """The same, with the VRX and the pictures that a file does not hold: its widget can then explain."""
        return replace(self, fitted=fitted_of(vrx), data=data)

    @property
    def frame(self) -> pandas.DataFrame:
        """One row per mistake: index, id, true, predicted, probability, kind, cause, flaw, and the losses."""
        import pandas

        rows = [
            {
                "index": mistake.index,
                "id": mistake.id,
                "true": pair.true,
                "predicted": pair.predicted,
                "probability": mistake.probability,
                "kind": mistake.kind,
                "cause": mistake.cause.kind,
                "flaw": str(mistake.cause.flaws[0]) if mistake.cause.flaws else "",
                "concept_loss": mistake.cause.concept_loss,
                "structure_loss": mistake.cause.structure_loss,
            }
            for pair in self.pairs
            for mistake in pair.mistakes
        ]
        return pandas.DataFrame(rows, columns=COLUMNS)

    def plot(self) -> Figure:
        """The confusion matrix, and the types of error of each confused pair, as a matplotlib figure."""
        from xaikit.plots.confusion import confusion_and_kinds

        kinds = {
            (pair.true, pair.predicted): Counter(one.kind for one in pair.mistakes) for pair in self.pairs
        }
        return confusion_and_kinds(self.classes, self.confusion, kinds)

    def widget(self) -> ConfusionExplorer:
        """The confusion matrix to look into: click a cell, see pictures, graphs and the suggested repair."""
        from xaikit.widgets import ConfusionExplorer

        return ConfusionExplorer(
            self.classes,
            self.confusion,
            {
                (pair.true, pair.predicted): {
                    "kind": pair.kind,
                    "advice": pair.advice,
                    "evidence": pair.evidence,
                }
                for pair in self.pairs
            },
            {
                (pair.true, pair.predicted): [
                    {"image": shown(m.thumbnail), "id": m.id, "probability": m.probability}
                    for m in _shown(pair)
                    if m.thumbnail is not None
                ]
                for pair in self.pairs
            },
            self._explained,
        )

    def to_html(self, path: str | Path) -> Path:
        """Write the widget, its first mistake opened, as one self-contained page that works offline.

        Of a diagnosis from a file, no mistake is opened: see :meth:`of`.
        """
        widget = self.widget()
        if self.pairs and self.fitted is not None:
            widget.choose(self.pairs[0].true, self.pairs[0].predicted, 0)
        return widget.to_html(path)

    def _explained(self, true: str, predicted: str, number: int) -> dict[str, Any]:
        """What the widget shows of one mistake."""
        if self.fitted is None or self.data is None:
            raise ValueError(
                "this diagnosis comes from a file, which holds neither the network nor the pictures. "
                "diagnosis.of(vrx, data) gives it both, of which its widget then explains each mistake."
            )
        pair = next(pair for pair in self.pairs if (pair.true, pair.predicted) == (true, predicted))
        cause = pair.mistakes[number].cause
        (exp,) = explain_many(self.fitted, [self.data[pair.mistakes[number].index].image])
        best = suggest(self.fitted, exp, cause, n=1, n_tried=N_TRIED)
        return {
            "views": exp.views([true, predicted]),
            "image": shown(exp.image),
            "cause": str(cause),
            "where": cause.outlined,
            "repair": _repair(self.fitted, exp, best[0]) if best else None,
        }

    def __repr__(self) -> str:
        n = int(self.confusion.sum())
        lines = [f"Diagnosis: {self.accuracy:.1%} of {n} pictures right."]
        lines += [
            f"{pair.true} → {pair.predicted} ({len(pair.mistakes)}): {pair.kind}. {pair.advice}"
            for pair in self.pairs
        ]
        if self.unreadable:
            lines.append(
                f"Left out, unreadable: {joined(self.unreadable[:5])} ({len(self.unreadable)} in all)."
            )
        return "\n".join(lines)


def _repair(fitted: Fitted, exp: StructuralExplanation, suggestion: Suggestion) -> dict[str, Any]:
    (after,) = fitted.sigma(fitted.asked(suggestion.image[None]))
    return {
        "text": str(suggestion),
        "before": shown(exp.image),
        "after": shown(suggestion.image),
        "probabilities_before": dict(exp.probabilities),
        "probabilities_after": dict(zip(fitted.classes, after.tolist(), strict=True)),
    }


def _shown(pair: ConfusedPair) -> list[Mistake]:
    return [mistake for mistake in pair.mistakes if mistake.thumbnail is not None]
