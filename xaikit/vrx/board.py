"""The patch board of one picture: the widget's callables, answered by what a VRX learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.vrx.answer import explain_many
from xaikit.vrx.concept import Concept
from xaikit.vrx.following import Placed, follow

if TYPE_CHECKING:
    from xaikit.vrx.fitted import Fitted
    from xaikit.widgets import PatchBoard

__all__ = ["patch_board"]

N_SHOWN = 3


def patch_board(fitted: Fitted, image: Any) -> PatchBoard:
    """See :meth:`xaikit.VRX.board`."""
    from xaikit.widgets import PatchBoard

    first = explain_many(fitted, [image])[0]
    classifier = fitted.classifier

    def predict(picture: np.ndarray) -> dict[str, Any]:
        logits = classifier.logits(picture, as_view=True)[0]
        top = int(logits.argmax())
        return {
            "probabilities": dict(
                zip(fitted.classes, fitted.sigma(logits[fitted.columns]).tolist(), strict=True)
            ),
            "answer": {
                "name": classifier.class_names[top],
                "probability": float(classifier.chances(logits)[top]),
            },
        }

    def explain(picture: np.ndarray, placed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        known = [Placed(one["cls"], one["concept"], one["mask"]) for one in placed]
        edited = known or not np.array_equal(picture, first.image)
        exp = follow(fitted, first, picture, known) if edited else first
        return {
            "student": dict(exp.student_probabilities),
            "graphs": exp.views(),
            "prediction": exp.prediction,
            "warning": exp.warning,
        }

    trays = [_tray(fitted, concept) for cls in fitted.classes for concept in fitted.concepts[cls]]
    fill = classifier.mean_color if fitted.fill == "mean" else fitted.fill  # as where effects are measured
    return PatchBoard(first.image, trays, predict, explain, fill=fill, rename=first.rename, drawn=first.drawn)


def _tray(fitted: Fitted, concept: Concept) -> dict[str, Any]:
    """The concept's best and worst patches by what they contribute to the class."""
    order = np.argsort(-concept.contributions, kind="stable")
    good = order[:N_SHOWN]
    bad = order[max(N_SHOWN, len(order) - N_SHOWN) :]
    patches = [
        {
            "image": concept.patches[p],
            "good": p in good,
            "score": float(concept.contributions[p]),
            "source": concept.sources[p],
        }
        for p in (*good, *bad)
    ]
    return {
        "cls": concept.cls,
        "concept": concept.index,
        "name": str(concept.index + 1),
        "label": fitted.names.get((concept.cls, concept.index), ""),
        "suggested": concept.suggested,
        "patches": patches,
    }
