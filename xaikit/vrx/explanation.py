"""What VRX answers about one picture: a structural concept graph per class, with contributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from xaikit.core.images import View, shown
from xaikit.core.params import OneOf, check
from xaikit.core.result import Result
from xaikit.vrx.graph import Answer, Edge, Example, Node, Probabilities, StructuralConceptGraph
from xaikit.vrx.naming import called, check_place, give_names
from xaikit.vrx.words import Evidence, Fact, Relation, answer_sentence, why_not_sentence, why_sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.widgets import ConceptGraph, ContributionChart

__all__ = [
    "Answer",
    "Edge",
    "Example",
    "Measure",
    "Node",
    "Probabilities",
    "Reading",
    "StructuralConceptGraph",
    "StructuralExplanation",
    "figure_of_edit",
]

Measure = bool | Annotated[str, OneOf(("edges",))]
"""What is measured on the network: nothing, the effects of concepts, or those of "edges" as well."""
MISTAKEN = 0.1  # share of the largest effect by which two effects must differ to be told apart


@dataclass(frozen=True, repr=False)
class Reading:
    """An answer to "why" or "why not": a sentence, and the numbers behind it.

    Attributes
    ----------
    sentence : str
    cls : whose hypothesis graph is read
    toward : the class whose logit the contributions belong to
    nodes : {concept number k: contribution}, learned
    effects : {concept number k: effect}, measured; of detected concepts, where they were measured
    edges : {(j, i): contribution}, learned
    edge_effects : {(j, i): effect}, measured; of pairs of detected concepts, where they were measured
    rest : contribution of what no concept of the graph covers, learned
    """

    sentence: str
    cls: str
    toward: str
    nodes: dict[int, float]
    effects: dict[int, float]
    edges: dict[tuple[int, int], float]
    edge_effects: dict[tuple[int, int], float]
    rest: float

    def __repr__(self) -> str:
        return self.sentence

    def __str__(self) -> str:
        """The sentence in lines to print: JupyterLab would break a long one within its words."""
        return fill(self.sentence, 90)


@dataclass(frozen=True)
class StructuralExplanation(Result):
    """Why the network says what it says about one picture, in concepts and their relations.

    Attributes
    ----------
    image : uint8 (H, W, c), the picture as the network sees it
    classes : names of the m classes of interest
    prediction : the class of interest the network finds most probable
    answer : the network's own answer, of all its classes
    probabilities : the network's, over the classes of interest (softmax at the VRX's temperature)
    student_probabilities : the GRN's, likewise
    graphs : {class: StructuralConceptGraph}
    node_contributions : float32 (m targets, m graphs, N), eq. 6 for every pair of target and graph
    edge_contributions : float32 (m targets, m graphs, N, N), [t, g, i, j] = the edge from j to i
    rest_contributions : float32 (m targets, m graphs), of what no concept of a graph covers
    whole : float32 (d - 1,), the mean evidence of the whole picture
    node_effects : float32 (m targets, m graphs, N), what the network's logit of each target loses without
        each region; NaN where it was not measured
    edge_effects : float32 (m targets, m graphs, N, N), [t, g, i, j] = that of the edge from j to i, likewise
    checks : how far to trust it: ``held_out`` (GRN against network on pictures kept out of the fit),
        ``completeness_error``, ``agrees`` (GRN and network give this picture the same class),
        ``network_top1`` (over all its classes), ``blank`` (classes whose Grad-CAM map is zero), ``measured``
        (whether effects were)
    examples : {class: list over concepts of :class:`Example`}
    names : {(class, k): name}, those that a person gave the concepts; the VRX's own, so a name given later
        is here too
    suggested : {(class, k): {"name", "share"}}, what the world of the pictures would call the concepts; see
        :attr:`xaikit.vrx.Concept.suggested`
    drawn : uint8 (4S, 4S, 3), the picture drawn again more finely, for the eye alone; None where no world can
    method : repr of the VRX that made it
    """

    image: np.ndarray
    classes: list[str]
    prediction: str
    answer: Answer
    probabilities: Probabilities
    student_probabilities: Probabilities
    graphs: dict[str, StructuralConceptGraph]
    node_contributions: np.ndarray
    edge_contributions: np.ndarray
    node_effects: np.ndarray
    edge_effects: np.ndarray
    rest_contributions: np.ndarray
    whole: np.ndarray
    checks: dict[str, Any]
    method: str
    examples: dict[str, list[Example]] = field(default_factory=dict, repr=False)
    names: dict[tuple[str, int], str] = field(default_factory=dict, repr=False)
    suggested: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict, repr=False)
    drawn: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "image", View.of(self.image))  # also where it comes from a file

    def name_of(self, cls: str, k: int) -> str:
        """What concept k of a class is called: the name it was given, or its number."""
        check_place((cls, k), self._sizes)
        return called(self.names, cls, k)

    @property
    def _sizes(self) -> dict[str, int]:
        """How many concepts each class has."""
        return {cls: len(graph.nodes) for cls, graph in self.graphs.items()}

    @property
    def measure(self) -> Measure:
        """What was measured: False, nothing; True, effects of concepts; "edges", of relations as well."""
        return "edges" if np.isfinite(self.edge_effects).any() else bool(self.checks["measured"])

    @property
    def warning(self) -> str:
        """What not to trust here; empty where network and GRN agree on the class and on what matters most."""
        return self._of_another_class() or self._in_another_order()

    def _of_another_class(self) -> str:
        said = self.student_probabilities.top
        if said == self.prediction:
            return ""
        trust = "Trust the measured marks." if self.checks.get("measured") else "Do not trust its marks."
        return f"The small network is mistaken here: it says {said}, the network {self.prediction}. {trust}"

    def _in_another_order(self) -> str:
        nodes = [node for node in self.graphs[self.prediction].nodes if node.effect is not None]
        if len(nodes) < 2:
            return ""
        learned = max(nodes, key=lambda node: node.contribution)
        strongest = max(nodes, key=lambda node: node.weight)
        apart = strongest.weight - learned.weight
        if apart <= MISTAKEN * max(abs(node.weight) for node in nodes):
            return ""
        names = [self.name_of(self.prediction, node.index) for node in (strongest, learned)]
        return (
            f"The small network is mistaken here: without {names[0]} the network loses most, not without "
            f"{names[1]}. Trust the measured marks."
        )

    def why(self, cls: str | None = None) -> Reading:
        """Evidence in the class's own graph for and against the class (default: the prediction)."""
        return self._reading(cls or self.prediction, "own")

    def why_not(self, cls: str, toward: Literal["own", "predicted"] = "own") -> Reading:
        """Why the picture is not ``cls``: evidence in the graph of ``cls``.

        Parameters
        ----------
        toward : "own" reads it for and against ``cls`` itself; "predicted", the predicted class
        """
        if toward not in ("own", "predicted"):
            raise ValueError(f"`toward` must be 'own' or 'predicted'; got {toward!r}.")
        return self._reading(cls, toward, negate=True)

    def _reading(self, cls: str, toward: str, negate: bool = False) -> Reading:
        graph = self._graph(cls)
        target = self.prediction if toward == "predicted" else cls
        t, g = self.classes.index(target), self.classes.index(cls)
        nodes = {node.index: float(self.node_contributions[t, g, node.index]) for node in graph.nodes}
        measured = {node.index: float(self.node_effects[t, g, node.index]) for node in graph.nodes}
        effects = {k: value for k, value in measured.items() if np.isfinite(value)}
        edges = {(j, i): float(self.edge_contributions[t, g, i, j]) for j, i in graph.edges}
        related = {(j, i): float(self.edge_effects[t, g, i, j]) for j, i in graph.edges}
        related = {pair: value for pair, value in related.items() if np.isfinite(value)}
        facts = [
            Fact(self.name_of(cls, k), effects.get(k, nodes[k]), graph.nodes[k].detected, k in effects)
            for k in nodes
        ]
        sentence = why_not_sentence if negate and cls != self.prediction else why_sentence
        rest = float(self.rest_contributions[t, g])
        strongest = self._strongest(cls, related)
        words = sentence(cls, Evidence(target, facts, sum(edges.values()), rest, strongest))
        return Reading(f"{self._stranger()}{words}", cls, target, nodes, effects, edges, related, rest)

    def _strongest(self, cls: str, effects: dict[tuple[int, int], float]) -> Relation | None:
        """The relation whose measured effect is the largest, of {(j, i): effect}."""
        if not effects:
            return None
        (j, i), value = max(effects.items(), key=lambda one: abs(one[1]))
        return Relation(self.name_of(cls, j), self.name_of(cls, i), value)

    def _graph(self, cls: str) -> StructuralConceptGraph:
        return self.graphs[check("cls", cls, Annotated[str, OneOf(tuple(self.classes))])]

    def _stranger(self) -> str:
        """The network's own answer, where it is none of the classes asked about."""
        if self.answer.name in self.classes:
            return ""
        first = self.probabilities[self.prediction]
        return answer_sentence(self.answer.name, self.answer.probability, self.prediction, first) + " "

    def plot(self, classes: list[str] | None = None) -> Figure:
        """The graphs side by side as a matplotlib figure."""
        from xaikit.plots.concept_graph import concept_graphs

        views = self.views(classes)
        return concept_graphs(
            shown(self.image), views, self.prediction, answer=self.answer._asdict(), warning=self.warning
        )

    def widget(self) -> ConceptGraph:
        """The graphs as an interactive widget."""
        from xaikit.widgets import ConceptGraph

        return ConceptGraph(
            shown(self.image),
            self.views(),
            self.prediction,
            answer=self.answer._asdict(),
            warning=self.warning,
            rename=self.rename,
            drawn=self.drawn,
        )

    def chart(self, cls: str | None = None) -> ContributionChart:
        """How much each concept of a class counted for it, beside each other: measured, and learned.

        Parameters
        ----------
        cls : one of the classes of interest; None takes the predicted one

        Limits
        ------
        What is measured is of each region alone: where two concepts share a region, or stand in for each
        other, the effects do not add up to that of both.
        """
        from xaikit.vrx.counted import counted
        from xaikit.widgets import ContributionChart

        cls = self._graph(cls or self.prediction).cls
        return ContributionChart([counted(self, cls)], f"How much each concept counted for {cls}")

    def rename(self, cls: str, k: int, name: str) -> None:
        """Call concept k of a class by a name; an empty one takes the name away. See :meth:`VRX.name`."""
        give_names(self.names, {(cls, k): name}, self._sizes)

    def to_html(self, path: str | Path) -> Path:
        """Write the widget as one self-contained page that works offline."""
        return self.widget().to_html(path)

    def views(self, classes: list[str] | None = None) -> list[dict[str, Any]]:
        """The graphs as plain dictionaries: what plots and widgets draw."""
        if classes is None:
            return [self._view(cls) for cls in self.classes]
        return [self._view(cls) for cls in check("classes", classes, Sequence[str])]

    def _view(self, cls: str) -> dict[str, Any]:
        graph = self._graph(cls)
        toward = self.why_not(cls, "predicted")
        examples = self.examples.get(cls) or [Example([], [], [])] * len(graph.nodes)
        return {
            "name": cls,
            "network": self.probabilities[cls],
            "student": self.student_probabilities[cls],
            "nodes": [self._node_view(cls, one, examples[one.index]) for one in graph.nodes],
            "edges": [
                {"source": e.source, "target": e.target, "contribution": e.contribution, "effect": e.effect}
                for e in graph.edges.values()
            ],
            "why": self.why(cls).sentence,
            "why_not": self.why_not(cls).sentence,
            "versus": {
                "nodes": list(toward.nodes.values()),
                "effects": [toward.effects.get(node.index) for node in graph.nodes],
                "edges": list(toward.edges.values()),
                "edge_effects": [toward.edge_effects.get(pair) for pair in graph.edges],
                "sentence": toward.sentence,
            },
        }

    def _node_view(self, cls: str, node: Node, example: Example) -> dict[str, Any]:
        (x, y), (height, width) = node.center or node.usual_center, self.image.shape[:2]
        return {
            "name": node.name,
            "label": self.names.get((cls, node.index), ""),
            "suggested": self.suggested.get((cls, node.index)),
            "x": x / width,
            "y": y / height,
            "contribution": node.contribution,
            "effect": node.effect,
            "detected": node.detected,
            "mask": node.mask,
            "distance": node.distance,
            "threshold": node.threshold,
            "examples": example.contexts,
            "cutouts": example.patches,
            "drawn_examples": example.drawn,
            "heat": node.heat,
            "missing": node.missing,
        }

    def __repr__(self) -> str:
        agrees = "agrees" if self.checks["agrees"] else "does not agree"
        p = self.probabilities[self.prediction]
        return f"StructuralExplanation: {self.prediction} ({p:.0%}); the GRN {agrees}. {self.why().sentence}"

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """It as JSON and arrays, for what holds explanations."""
        from xaikit.vrx.explanation_storage import parts_of

        return parts_of(self)

    @classmethod
    def of_parts(cls, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> StructuralExplanation:
        """What :meth:`parts` gave put together; ValueError where it does not go together."""
        from xaikit.vrx.explanation_storage import fields_of

        return cls(**fields_of(meta, arrays))

    def save(self, path: str | Path) -> Path:
        """Write to one ``.npz`` file without pickle."""
        from xaikit.vrx.explanation_storage import save_explanation

        return save_explanation(self, path)

    @staticmethod
    def load(path: str | Path) -> StructuralExplanation:
        """Read what :meth:`save` wrote.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        xaikit.FileError
            It is damaged, holds something else, or is of another format.
        """
        from xaikit.vrx.explanation_storage import load_explanation

        return load_explanation(StructuralExplanation, path)


def figure_of_edit(before: StructuralExplanation, after: StructuralExplanation, said: str) -> Figure:
    """Both pictures and both networks' probabilities as a matplotlib figure; ``said`` is what was done."""
    from xaikit.plots.substitution import before_and_after
    from xaikit.plots.views import Answered

    sides = [
        Answered(
            f"{when}: {exp.prediction}",
            exp.image,
            {"network": exp.probabilities, "GRN": exp.student_probabilities},
        )
        for when, exp in (("before", before), ("after", after))
    ]
    return before_and_after(sides, said)
