"""What VRX answers about one picture: a structural concept graph per class, with contributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np

from xaikit.core.images import View, shown
from xaikit.core.params import OneOf, check
from xaikit.core.result import Result
from xaikit.vrx.naming import called, check_place, give_names
from xaikit.vrx.words import Evidence, Fact, Relation, answer_sentence, why_not_sentence, why_sentence

if TYPE_CHECKING:
    import networkx
    import torch
    from matplotlib.figure import Figure
    from torch_geometric.data import Data

    from xaikit.widgets import ConceptGraph

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
]

Measure = bool | Annotated[str, OneOf(("edges",))]
"""What is measured on the network: nothing, the effects of concepts, or those of "edges" as well."""
MISTAKEN = 0.1  # share of the largest effect by which two effects must differ to be told apart


class Probabilities(dict[str, float]):
    """Probabilities by class name; ``np.asarray`` gives them in the order of the classes of interest."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(list(self.values()), dtype=dtype or np.float32)

    @property
    def top(self) -> str:
        """The most probable class."""
        return max(self, key=self.__getitem__)


class Answer(NamedTuple):
    """The network's own answer: its most probable class of all that it knows, and how probable."""

    name: str
    probability: float


class Example(NamedTuple):
    """What a concept looks like elsewhere: in context, uint8 (h, w, 3) with the region outlined; cut out,
    uint8 (h, w, 4); and in context, drawn again more finely, where a world can."""

    contexts: list[np.ndarray]
    patches: list[np.ndarray]
    drawn: list[np.ndarray]


@dataclass(frozen=True)
class Node:
    """One concept of a class, as found (or not) in the picture.

    Attributes
    ----------
    index, name : k, and the number it carries in pictures ("1" is the most important)
    contribution : to the GRN's logit of the graph's own class (eq. 6): learned
    effect : what the network's own logit of that class loses when the region is filled in: measured; None
        where it was not, or nothing was detected. Logits are less their mean over the classes of interest
    detected : whether a region was near enough
    center : (x, y) in pixels of the view; None where not detected
    mask : bool (h, w); None where not detected
    distance, threshold : of the match, and the t it had to stay below
    usual_center : (x, y) in pixels, mean place of the concept in the pictures it was learned from
    feature : float32 (d,), ε where not detected; the last is the share of the picture that it covers
    heat : uint8 (h, w), how much every place of the picture is like the concept; None in an edited picture
    """

    index: int
    contribution: float
    effect: float | None
    detected: bool
    center: tuple[float, float] | None
    mask: np.ndarray | None
    distance: float
    threshold: float
    usual_center: tuple[float, float]
    feature: np.ndarray
    heat: np.ndarray | None = None

    @property
    def name(self) -> str:
        return str(self.index + 1)

    @property
    def weight(self) -> float:
        """What the concept is worth to its class: the measured effect, or else the learned contribution."""
        return self.contribution if self.effect is None else self.effect

    @property
    def missing(self) -> str:
        """Why it is not found, in words; empty where it is."""
        if self.detected:
            return ""
        if not np.isfinite(self.distance):
            return "the network looks at nothing here that could be it"
        far = self.distance / self.threshold
        if far <= 1:
            return "what is most like it here is more like something else, or is covered"
        return f"the most similar region is {far:.1f} times as far in features as allowed"


@dataclass(frozen=True)
class Edge:
    """The relation from concept j (source) to concept i (target).

    Attributes
    ----------
    contribution : to the GRN's logit of the graph's own class (eq. 6)
    weight : e_ji, the learned dependency of i on j for this class
    places : [x_j, y_j, x_i, y_i] in 0..1, ε where a concept is not detected
    effect : what the network's own logit of that class loses when i is moved away, less what it loses by that
        in the picture without j: measured (:mod:`xaikit.vrx.relations`); above 0 the two count together,
        below 0 j stands in for i. None where it was not
    """

    source: int
    target: int
    contribution: float
    weight: float
    places: tuple[float, float, float, float]
    effect: float | None = None


@dataclass(frozen=True)
class StructuralConceptGraph:
    """The hypothesis "the picture shows ``cls``" as a graph of that class's concepts.

    ``edges[(j, i)]`` is the edge from concept j to concept i; ``rest`` what all that no concept covers
    contributes to the GRN's logit of the class.
    """

    cls: str
    nodes: list[Node]
    edges: dict[tuple[int, int], Edge]
    rest: float = 0.0

    @property
    def score(self) -> float:
        """s, the sum of all contributions of this graph (eq. 6)."""
        return sum(n.contribution for n in self.nodes) + self.relations + self.rest

    @property
    def relations(self) -> float:
        """Sum of the edges' contributions."""
        return sum(e.contribution for e in self.edges.values())

    def to_networkx(self) -> networkx.DiGraph:
        """A directed graph with the fields of nodes and edges as attributes, and ``cls`` on the graph."""
        import networkx

        graph = networkx.DiGraph()
        graph.graph["cls"] = self.cls
        for node in self.nodes:
            graph.add_node(node.index, **{k: v for k, v in vars(node).items() if k != "index"})
        for (j, i), edge in self.edges.items():
            told = {k: v for k, v in vars(edge).items() if k not in ("source", "target")}
            graph.add_edge(j, i, **told)
        return graph

    def to_pyg(self) -> Data:
        """A ``torch_geometric.data.Data``: x (N, d), edge_index (2, E) from j to i, edge_attr (E, 4),
        edge_weight (E,) = e_ji, pos (N, 2) in pixels (NaN where not detected), detected (N,),
        node_contribution (N,), node_effect (N,) (NaN where not measured), edge_contribution and edge_effect
        (E,), and the class as ``cls``."""
        import torch
        from torch_geometric.data import Data

        edges = list(self.edges.values())
        pos = [node.center or (np.nan, np.nan) for node in self.nodes]
        return Data(
            x=torch.from_numpy(np.stack([node.feature for node in self.nodes])),
            edge_index=torch.tensor([[e.source for e in edges], [e.target for e in edges]]),
            edge_attr=torch.tensor([e.places for e in edges]).reshape(-1, 4),
            edge_weight=torch.tensor([e.weight for e in edges]),
            pos=torch.tensor(pos),
            detected=torch.tensor([node.detected for node in self.nodes]),
            node_contribution=torch.tensor([node.contribution for node in self.nodes]),
            node_effect=_effects(self.nodes),
            edge_contribution=torch.tensor([e.contribution for e in edges]),
            edge_effect=_effects(edges),
            cls=self.cls,
        )


def _effects(measured: Sequence[Node] | Sequence[Edge]) -> torch.Tensor:
    """(n,), NaN where none was measured."""
    import torch

    return torch.tensor([np.nan if one.effect is None else one.effect for one in measured])


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
        graph, (height, width) = self._graph(cls), self.image.shape[:2]
        toward = self.why_not(cls, "predicted")
        examples = self.examples.get(cls) or [Example([], [], [])] * len(graph.nodes)
        nodes = []
        for node in graph.nodes:
            x, y = node.center or node.usual_center
            nodes.append(
                {
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
                    "examples": examples[node.index].contexts,
                    "cutouts": examples[node.index].patches,
                    "drawn_examples": examples[node.index].drawn,
                    "heat": node.heat,
                    "missing": node.missing,
                }
            )
        return {
            "name": cls,
            "network": self.probabilities[cls],
            "student": self.student_probabilities[cls],
            "nodes": nodes,
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

    def __repr__(self) -> str:
        agrees = "agrees" if self.checks["agrees"] else "does not agree"
        p = self.probabilities[self.prediction]
        return f"StructuralExplanation: {self.prediction} ({p:.0%}); the GRN {agrees}. {self.why().sentence}"

    def save(self, path: str | Path) -> Path:
        """Write to one ``.npz`` file without pickle."""
        from xaikit.vrx.storage import save_explanation

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
        from xaikit.vrx.storage import load_explanation

        return load_explanation(path)
