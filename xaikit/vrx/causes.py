"""What a wrong answer comes from, in concepts and relations: the "cause of error" of VRX 4.2, table 1.

The margin of the right class y over the answer p is what speaks for y less what speaks for p. Against the
pictures of y that the network gets right, a part loses

    loss(part) = usual(part) − here(part)

What a concept gives the margin, here and usually, is measured: what y loses less what p loses when its region
is filled in (0 where it is not found). A concept of y can be missing, or say less than usual. What should not
be there, or says too little, is sought in the whole picture (:mod:`xaikit.vrx.suspects`), region by region:
one that is a concept of another class is called by its name; others are told by their place. Where nothing
was measured, the GRN says what concepts lose and concepts of other classes cost (eq. 6). Relations are the
GRN's in any case: where concepts are there but out of place, edges lose. Of what kind the cause is, is what
would have to be as usual for the margin to be positive: the concepts alone, the structure alone, or only both
together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from xaikit.core.images import shown
from xaikit.core.images.showing import outlined
from xaikit.core.result import Kept, Parts, Result
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.fitted import Fitted, Usual
from xaikit.vrx.graph import StructuralConceptGraph
from xaikit.vrx.naming import called
from xaikit.vrx.suspects import Suspect, suspects
from xaikit.vrx.words import joined, place_of, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.widgets import FigureView

__all__ = ["Cause", "Flaw", "Usual", "cause_as", "cause_of"]

Kind = Literal["concept", "structure", "both"]
STATES = {
    "missing": "is missing",
    "odd": "is not as usual",
    "out of place": "is out of its usual place",
    "false alarm": "is seen where there should be none",
    "louder": "says more than usual",
    "strange": "speaks against it",
    "quieter": "says less than usual",
}
THINGS = ("something", "a second thing", "a third thing", "a fourth thing")  # that are no concept, of a place
USUAL = 0.5  # share of the pictures from which on a concept is usually found
AGAINST = 0.5  # share of a region's loss from which on it is by what speaks against the class there
NAMED = 0.5  # share of the costliest flaw's loss from which another one is worth a word


@dataclass(frozen=True)
class Flaw(Parts):
    """Something by which a picture speaks less for its class than such pictures usually do.

    Attributes
    ----------
    cls, concept : whose concept it is, and its number k; None where no concept covers it
    state : of a concept of the right class, "missing" (not detected), "odd" (detected, and says less than
        usual) or "out of place" (its relations say less than usual); of a concept of another class that
        speaks against the right one, "false alarm" (it is found, and usually is not) or "louder" (it is
        usually found, too); of a region that no concept covers, "strange" (it speaks against the right
        class) or "quieter" (it says less for it than its like usually does)
    loss : what it costs the margin of the right class over the answer, in logits: measured where it was, and
        against what is usual
    relief : what the margin gains when it is filled in, of what no concept covers; else 0
    name : what it is called
    mask : bool (H, W), where it is; None where it is missing, or only counted
    """

    FORMS: ClassVar = {"mask": "b H W ?"}

    cls: str | None
    concept: int | None
    state: str
    loss: float
    name: str = ""
    mask: np.ndarray | None = field(default=None, repr=False, compare=False)
    relief: float = 0.0

    @property
    def key(self) -> tuple[str | None, int | None, str]:
        """What it is, without how much it costs here."""
        return self.cls, self.concept, self.state

    @property
    def said(self) -> str:
        """What it is, in words."""
        return what_is(self.name, *self.key)

    def __str__(self) -> str:
        return f"{self.said} ({signed(-self.loss)})"


def what_is(name: str, cls: str | None, concept: int | None, state: str) -> str:
    """ "ladder of fire engine is missing"; "something at the top left speaks against it"."""
    if cls is None or concept is None:
        return f"{name or 'something that no concept covers'} {STATES[state]}"
    return f"{name or called({}, cls, concept)} of {cls} {STATES[state]}"


@dataclass(frozen=True, repr=False)
class Cause(Result, Kept):
    """Why the network answers ``predicted`` and not ``target``, as far as it was asked and the GRN can tell.

    Attributes
    ----------
    target, predicted : the right class, and the answer
    kind : "concept", "structure" or "both": what must be as usual for ``target`` to be preferred
    flaws : list of :class:`Flaw`, the costliest first; each costs something
    margin : the logit of ``target`` less that of ``predicted``: the network's where effects were measured,
        else the GRN's
    concept_loss, structure_loss : what concepts and relations cost the margin in all, in logits; of concepts
        what was measured, if it was
    image : uint8 (H, W, 3), the picture; None where only counted
    """

    KIND = "cause"
    FORMS: ClassVar = {"image": "u H W c ?"}

    target: str
    predicted: str
    kind: Kind
    flaws: list[Flaw]
    margin: float
    concept_loss: float
    structure_loss: float
    image: np.ndarray | None = field(default=None, compare=False)

    @property
    def checks(self) -> dict[str, float]:
        """The margin, and what it would be were all as usual: above 0 where the cause suffices."""
        return {"margin": self.margin, "as usual": self.margin + self.concept_loss + self.structure_loss}

    @property
    def named(self) -> list[Flaw]:
        """The flaws that cost at least half of what the costliest one does."""
        return [flaw for flaw in self.flaws if flaw.loss >= NAMED * self.flaws[0].loss]

    @property
    def outlined(self) -> np.ndarray | None:
        """The picture, twice as large, with the named flaws that have a place outlined; None without any."""
        masks = [flaw.mask for flaw in self.named if flaw.mask is not None]
        if self.image is None or not masks:
            return None
        picture = shown(self.image).repeat(2, axis=0).repeat(2, axis=1)
        for mask in masks:
            picture = outlined(picture, mask.repeat(2, axis=0).repeat(2, axis=1))
        return picture

    @property
    def counted(self) -> Cause:
        """The same without picture and regions, for where many are kept."""
        return replace(self, image=None, flaws=[replace(flaw, mask=None) for flaw in self.flaws])

    def plot(self) -> Figure:
        """The picture with the flaws that have a place outlined, and what each flaw costs.

        Raises
        ------
        ValueError
            It holds no picture: a diagnosis keeps those of the first mistakes of a pair.
        """
        from xaikit.plots.causes import cause_and_places
        from xaikit.plots.views import Part

        if self.image is None:
            raise ValueError(
                "This cause holds no picture: of a pair's many mistakes, those of the first alone are kept. "
                "vrx.cause(picture, target) gives it again, with its picture."
            )
        parts = [Part(flaw.said, flaw.loss, flaw.mask) for flaw in self.flaws]
        return cause_and_places(f"{self.predicted} instead of {self.target}", self.image, parts)

    def widget(self) -> FigureView:
        """The figure of `plot`, with the cause in words below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {"text/plain": repr(self)} if self.image is None else super()._repr_mimebundle_(**options)

    def __repr__(self) -> str:
        told = joined([str(flaw) for flaw in self.named]) or "no single concept stands out"
        return f"{self.predicted} instead of {self.target}, by {WORDS[self.kind]}: {told}."

    __str__ = __repr__


WORDS = {
    "concept": "its parts",
    "structure": "the places of its parts",
    "both": "its parts and their places",
}


def cause_as(fitted: Fitted, exp: StructuralExplanation, target: str, predicted: str) -> Cause:
    """The cause of an answer; where effects were measured, every region is asked about as well."""
    against = suspects(fitted, exp, target, predicted) if exp.checks["measured"] else []
    return cause_of(exp, target, predicted, fitted.usual[target], against)


def cause_of(
    exp: StructuralExplanation,
    target: str,
    predicted: str,
    usual: Usual,
    against: Sequence[Suspect] = (),
) -> Cause:
    """The cause of an answer.

    Parameters
    ----------
    target, predicted : two different classes of interest
    usual : of the pictures of ``target`` that the network gets right
    against : regions that the network was asked about; where effects were measured, they say what should not
        be there
    """
    y, p = exp.classes.index(target), exp.classes.index(predicted)

    def loss_of(usually: np.ndarray, here: np.ndarray) -> np.ndarray:
        return (usually[y] - usually[p]) - (here[y] - here[p])

    learned = usual.contributions
    nodes = loss_of(learned.nodes, exp.node_contributions)
    edges = loss_of(learned.edges, exp.edge_contributions)
    there = np.stack([_detected(exp.graphs[cls], nodes.shape[1]) for cls in exp.classes])
    both_there = there[:, :, None] & there[:, None, :]
    structure_loss = float(edges[both_there].sum())
    often, measured = usual.found > USUAL, exp.checks["measured"]
    worth = loss_of(usual.effects, np.nan_to_num(exp.node_effects)) if measured else nodes
    flaws = _own_flaws(exp.graphs[target], worth[y], edges[y], both_there[y])
    if measured:
        flaws = _with_suspects(flaws, exp, target, against, often)
        concept_loss = sum(max(flaw.loss, 0.0) for flaw in flaws if flaw.state != "out of place")
        margin = _network_margin(exp, target, predicted)
    else:
        flaws += _of_others(exp, target, nodes, often)
        concept_loss = float(nodes.sum() + edges[~both_there].sum())
        margin = _student_margin(exp, y, p, learned.bias)
    return Cause(
        target=target,
        predicted=predicted,
        kind=_kind(margin, concept_loss, structure_loss),
        flaws=_told(exp, flaws),
        margin=margin,
        concept_loss=concept_loss,
        structure_loss=structure_loss,
        image=exp.image,
    )


def _student_margin(exp: StructuralExplanation, y: int, p: int, bias: np.ndarray) -> float:
    """The GRN's logit of the target less that of the answer: all contributions, and the bias."""
    logits = exp.node_contributions.sum((1, 2)) + exp.edge_contributions.sum((1, 2, 3))
    logits = logits + exp.rest_contributions.sum(1) + bias
    return float(logits[y] - logits[p])


def _network_margin(exp: StructuralExplanation, target: str, predicted: str) -> float:
    """The network's logit of the target less that of the answer, from their probabilities."""
    y, p = (max(exp.probabilities[cls], 1e-12) for cls in (target, predicted))
    return float(exp.checks["temperature"] * np.log(y / p))


def _told(exp: StructuralExplanation, flaws: Sequence[Flaw]) -> list[Flaw]:
    """The flaws that cost anything, by their names, the costliest first."""
    costly = sorted((flaw for flaw in flaws if flaw.loss > 0), key=lambda flaw: -flaw.loss)
    seen = Counter[str]()
    return [replace(flaw, name=_name(exp, flaw, seen)) for flaw in costly]


def _name(exp: StructuralExplanation, flaw: Flaw, seen: Counter[str]) -> str:
    """What a flaw is called; ``seen`` counts the things that are no concept, by their place."""
    if flaw.cls is not None and flaw.concept is not None:
        return exp.name_of(flaw.cls, flaw.concept)
    place = "" if flaw.mask is None else place_of(flaw.mask)
    seen[place] += 1
    return f"{THINGS[min(seen[place], len(THINGS)) - 1]} {place}"


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
            flaws.append(Flaw(graph.cls, k, "out of place", structure, mask=node.mask))
        else:
            flaws.append(Flaw(graph.cls, k, "odd", float(nodes[k]), mask=node.mask))
    return flaws


def _with_suspects(
    own: Sequence[Flaw],
    exp: StructuralExplanation,
    target: str,
    suspects: Sequence[Suspect],
    often: np.ndarray,
) -> list[Flaw]:
    """The right class's flaws, and what speaks against it; what is both is told once, at the higher price."""
    flaws = {(flaw.cls, flaw.concept): flaw for flaw in own}
    others = []
    for one in suspects:
        if one.concept is None:
            state = "strange" if one.gain >= AGAINST * one.loss else "quieter"
            others.append(Flaw(None, None, state, one.loss, mask=one.mask, relief=one.gain))
        elif one.concept[0] != target:
            state = _alarm(often[exp.classes.index(one.concept[0]), one.concept[1]])
            others.append(Flaw(*one.concept, state, one.loss, mask=one.mask))
        elif one.loss > flaws[one.concept].loss:
            flaws[one.concept] = Flaw(*one.concept, "odd", one.loss, mask=one.mask)
    return [*flaws.values(), *others]


def _alarm(often: bool) -> str:
    return "louder" if often else "false alarm"


def _of_others(exp: StructuralExplanation, target: str, nodes: np.ndarray, often: np.ndarray) -> list[Flaw]:
    return [
        Flaw(cls, node.index, _alarm(often[i, node.index]), float(nodes[i, node.index]), mask=node.mask)
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
