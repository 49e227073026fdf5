"""What a wrong answer comes from, in concepts and relations: the "cause of error" of VRX 4.2, table 1.

The margin of the right class y over the answer p is what speaks for y less what speaks for p. Against the
pictures of y that the network gets right, a part loses

    loss(part) = usual(part) − here(part)

What a concept gives the margin, here and usually, is measured: what y loses less what p loses when its region
is filled in (0 where it is not found). Where effects were not measured, and for relations, it is what the GRN
says (eq. 6). A concept of y that is missing or odd costs its node and, where it is missing, the edges that
hang on it. A concept of another class that should not be there, or says more than usual, costs its node in
that class's graph. Where concepts are there but out of place, edges lose. The cause is what would have to be
as usual for the GRN's margin to be positive: the concepts alone, the structure alone, or only both together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from xaikit.vrx.explanation import StructuralConceptGraph, StructuralExplanation
from xaikit.vrx.naming import called
from xaikit.vrx.vdi import Contributions
from xaikit.vrx.words import joined, signed

__all__ = ["Cause", "Flaw", "cause_of"]

Kind = Literal["concept", "structure", "both"]
STATES = {
    "missing": "is missing",
    "odd": "is not as usual",
    "out of place": "is out of its usual place",
    "false alarm": "is seen where there should be none",
    "louder": "says more than usual",
}
USUAL = 0.5  # share of the pictures from which on a concept is usually found
NAMED = 0.5  # share of the costliest flaw's loss from which another one is worth a word


@dataclass(frozen=True)
class Flaw:
    """A concept by which a picture speaks less for its class than such pictures usually do.

    Attributes
    ----------
    cls, concept : whose concept it is, and its number k
    state : "missing" (a concept of the right class, not detected), "odd" (detected, and says less than
        usual), "out of place" (its relations say less than usual), or, of a concept of another class that
        speaks against the right one more than usual, "false alarm" (it is found, and usually is not) or
        "louder" (it is usually found, too)
    loss : what it costs the margin of the right class over the answer, in logits: measured where it was
    name : what the concept is called
    """

    cls: str
    concept: int
    state: str
    loss: float
    name: str = ""

    def __str__(self) -> str:
        name = self.name or called({}, self.cls, self.concept)
        return f"{name} of {self.cls} {STATES[self.state]} ({signed(-self.loss)})"


@dataclass(frozen=True, repr=False)
class Cause:
    """Why the network answers ``predicted`` and not ``target``, as far as the GRN can tell.

    Attributes
    ----------
    target, predicted : the right class, and the answer
    kind : "concept", "structure" or "both": what must be as usual for the GRN to prefer ``target``
    flaws : list of :class:`Flaw`, the costliest first; each costs something
    margin : the GRN's logit of ``target`` less that of ``predicted``
    concept_loss, structure_loss : what concepts and relations cost the margin in all, in logits
    """

    target: str
    predicted: str
    kind: Kind
    flaws: list[Flaw]
    margin: float
    concept_loss: float
    structure_loss: float

    @property
    def named(self) -> list[Flaw]:
        """The flaws that cost at least half of what the costliest one does."""
        return [flaw for flaw in self.flaws if flaw.loss >= NAMED * self.flaws[0].loss]

    def __repr__(self) -> str:
        told = joined([str(flaw) for flaw in self.named]) or "no single concept stands out"
        return f"{self.predicted} instead of {self.target}, by {WORDS[self.kind]}: {told}."

    __str__ = __repr__


WORDS = {"concept": "its concepts", "structure": "its structure", "both": "its concepts and their structure"}


def cause_of(
    exp: StructuralExplanation,
    target: str,
    predicted: str,
    usual: Contributions,
    usual_effects: np.ndarray,
    usual_found: np.ndarray,
) -> Cause:
    """The cause of an answer.

    Parameters
    ----------
    target, predicted : two different classes of interest
    usual : mean contributions in the pictures of ``target`` that the network gets right
    usual_effects : mean measured effects in these, (m targets, m graphs, N)
    usual_found : share of these in which each concept is found, (m graphs, N)
    """
    y, p = exp.classes.index(target), exp.classes.index(predicted)

    def loss_of(usually: np.ndarray, here: np.ndarray) -> np.ndarray:
        return (usually[y] - usually[p]) - (here[y] - here[p])

    nodes = loss_of(usual.nodes, exp.node_contributions)
    edges = loss_of(usual.edges, exp.edge_contributions)
    there = np.stack([_detected(exp.graphs[cls], nodes.shape[1]) for cls in exp.classes])
    both_there = there[:, :, None] & there[:, None, :]
    structure_loss = float(edges[both_there].sum())
    concept_loss = float(nodes.sum() + edges[~both_there].sum())
    worth = nodes
    if exp.checks["measured"]:
        worth = loss_of(usual_effects, np.nan_to_num(exp.node_effects))
    flaws = _own_flaws(exp.graphs[target], worth[y], edges[y], both_there[y])
    flaws += _of_others(exp, target, worth, usual_found > USUAL)
    logits = exp.node_contributions.sum((1, 2)) + exp.edge_contributions.sum((1, 2, 3))
    logits = logits + exp.rest_contributions.sum(1)
    margin = float(logits[y] - logits[p] + usual.bias[y] - usual.bias[p])
    return Cause(
        target=target,
        predicted=predicted,
        kind=_kind(margin, concept_loss, structure_loss),
        flaws=[
            replace(flaw, name=exp.name_of(flaw.cls, flaw.concept))
            for flaw in sorted(flaws, key=lambda flaw: -flaw.loss)
            if flaw.loss > 0
        ],
        margin=margin,
        concept_loss=concept_loss,
        structure_loss=structure_loss,
    )


def _detected(graph: StructuralConceptGraph, n_concepts: int) -> np.ndarray:
    """Which of the class's N nodes are detected; a class with fewer concepts has dummies for the rest."""
    found = np.zeros(n_concepts, bool)
    found[[node.index for node in graph.nodes if node.detected]] = True
    return found


def _own_flaws(
    graph: StructuralConceptGraph, nodes: np.ndarray, edges: np.ndarray, both_there: np.ndarray
) -> list[Flaw]:
    flaws = []
    for node in graph.nodes:
        k = node.index
        hanging = edges[k] + edges[:, k]
        structure = float(hanging[both_there[k]].sum())
        if not node.detected:
            flaws.append(Flaw(graph.cls, k, "missing", float(nodes[k] + hanging.sum())))
        elif structure > nodes[k]:
            flaws.append(Flaw(graph.cls, k, "out of place", structure))
        else:
            flaws.append(Flaw(graph.cls, k, "odd", float(nodes[k])))
    return flaws


def _of_others(exp: StructuralExplanation, target: str, nodes: np.ndarray, usual: np.ndarray) -> list[Flaw]:
    return [
        Flaw(
            cls, node.index, "louder" if usual[i, node.index] else "false alarm", float(nodes[i, node.index])
        )
        for i, cls in enumerate(exp.classes)
        if cls != target
        for node in exp.graphs[cls].nodes
        if node.detected
    ]


def _kind(margin: float, concept_loss: float, structure_loss: float) -> Kind:
    by_concepts, by_structure = margin + concept_loss > 0, margin + structure_loss > 0
    if by_concepts == by_structure and concept_loss > 0 and structure_loss > 0 and not by_concepts:
        return "both"
    if by_concepts != by_structure:
        return "concept" if by_concepts else "structure"
    return "concept" if concept_loss >= structure_loss else "structure"
