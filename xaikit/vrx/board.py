"""The patch board of one picture: the widget's callables, answered by a fitted VRX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.vrx.vce import Concept

if TYPE_CHECKING:
    from xaikit.vrx.model import VRX
    from xaikit.widgets import PatchBoard

__all__ = ["patch_board"]

N_SHOWN = 3


def patch_board(vrx: VRX, image: Any) -> PatchBoard:
    """See :meth:`xaikit.VRX.board`."""
    from xaikit.widgets import PatchBoard

    classifier = vrx.classifier_
    places = [classifier.class_index(cls) for cls in vrx.classes]

    def predict(picture: np.ndarray) -> dict[str, float]:
        return dict(zip(vrx.classes, vrx.sigma(classifier.logits(picture)[0, places]).tolist(), strict=True))

    def explain(picture: np.ndarray) -> dict[str, Any]:
        exp = vrx.explain(picture)
        return {
            "student": dict(exp.student_probabilities),
            "graphs": exp.views(),
            "prediction": exp.prediction,
        }

    trays = [_tray(concept) for cls in vrx.classes for concept in vrx.concepts[cls]]
    red, green, blue = (int(value) for value in classifier.mean_color)
    return PatchBoard(classifier.view(image), trays, predict, explain, fill=(red, green, blue))


def _tray(concept: Concept) -> dict[str, Any]:
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
    return {"cls": concept.cls, "concept": concept.index, "name": str(concept.index + 1), "patches": patches}
