"""How much each concept counted for a class, as charts of contributions take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaikit.core.images import shown

if TYPE_CHECKING:
    from xaikit.plots.views import Counted
    from xaikit.vrx.explanation import StructuralExplanation
    from xaikit.vrx.graph import Probabilities

__all__ = ["MEASURED", "counted"]

MEASURED, LEARNED = "measured", "learned"
LEAST = np.finfo(np.float32).tiny
"""Probability below which there is no logit to tell."""


def counted(exp: StructuralExplanation, cls: str) -> Counted:
    """The concepts of a class's own graph: what the network loses without each, and what each contributes.

    Both sums begin where they must to come to a logit of the class (less the mean over the classes of
    interest): what is learned to the GRN's, with all that is of relations, of other graphs and of what no
    concept covers in its start; what is measured to the network's.
    """
    from xaikit.plots.views import Counted, Reading

    nodes = exp.graphs[cls].nodes
    asked = {MEASURED: exp.probabilities, LEARNED: exp.student_probabilities}
    scores = {who: _logit(exp, chances, cls) for who, chances in asked.items()}
    gives = {  # what is not found takes nothing with it
        MEASURED: np.array([node.effect or 0 for node in nodes], np.float32),
        LEARNED: np.array([node.contribution for node in nodes], np.float32),
    }
    told = [MEASURED, LEARNED] if exp.measure else [LEARNED]
    nowhere = np.zeros(exp.image.shape[:2], bool)
    return Counted(
        picture=shown(exp.image),
        cls=cls,
        answer=exp.prediction,
        names=[exp.name_of(cls, node.index) for node in nodes],
        score=scores[MEASURED],
        readings={who: Reading(scores[who] - float(gives[who].sum()), gives[who]) for who in told},
        maps=np.stack([nowhere if node.mask is None else node.mask for node in nodes]).astype(np.float32),
    )


def _logit(exp: StructuralExplanation, probabilities: Probabilities, cls: str) -> float:
    """The logit of a class less the mean over the classes of interest, from a softmax at the temperature."""
    logs = np.log(np.maximum(np.asarray(probabilities, float), LEAST))
    return float(exp.checks["temperature"] * (logs[exp.classes.index(cls)] - logs.mean()))
