"""What VRX answers about one picture: a structural concept graph per class, with contributions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.vrx.words import why_not_sentence, why_sentence

if TYPE_CHECKING:
    import networkx
    from matplotlib.figure import Figure
    from torch_geometric.data import Data

    from xaikit.widgets import ConceptGraph

__all__ = ["Edge", "Node", "Probabilities", "Reading", "StructuralConceptGraph", "StructuralExplanation"]


class Probabilities(dict[str, float]):
    """Probabilities by class name; ``np.asarray`` gives them in the order of the classes of interest."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(list(self.values()), dtype=dtype or np.float32)

    @property
    def top(self) -> str:
        """The most probable class."""
        return max(self, key=self.__getitem__)


@dataclass(frozen=True)
class Node:
    """One concept of a class, as found (or not) in the picture.

    Attributes
    ----------
    index, name : k, and the number it carries in pictures ("1" is the most important)
    contribution : to the GRN's logit of the graph's own class (eq. 6)
    detected : whether a superpixel was near enough
    center : (x, y) in pixels of the view; None where not detected
    mask : bool (h, w); None where not detected
    distance, threshold : of the match, and the t it had to stay below
    usual_center : (x, y) in pixels, mean place of the concept in the pictures it was learned from
    feature : float32 (d,), ε where not detected
    """

    index: int
    contribution: float
    detected: bool
    center: tuple[float, float] | None
    mask: np.ndarray | None
    distance: float
    threshold: float
    usual_center: tuple[float, float]
    feature: np.ndarray

    @property
    def name(self) -> str:
        return str(self.index + 1)


@dataclass(frozen=True)
class Edge:
    """The relation from concept j (source) to concept i (target).

    Attributes
    ----------
    contribution : to the GRN's logit of the graph's own class (eq. 6)
    weight : e_ji, the learned dependency of i on j for this class
    places : [x_j, y_j, x_i, y_i] in 0..1, ε where a concept is not detected
    """

    source: int
    target: int
    contribution: float
    weight: float
    places: tuple[float, float, float, float]


@dataclass(frozen=True)
class StructuralConceptGraph:
    """The hypothesis "the picture shows ``cls``" as a graph of that class's concepts.

    ``edges[(j, i)]`` is the edge from concept j to concept i.
    """

    cls: str
    nodes: list[Node]
    edges: dict[tuple[int, int], Edge]

    @property
    def score(self) -> float:
        """s, the sum of all contributions of this graph (eq. 6)."""
        return sum(n.contribution for n in self.nodes) + self.relations

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
            graph.add_edge(j, i, contribution=edge.contribution, weight=edge.weight, places=edge.places)
        return graph

    def to_pyg(self) -> Data:
        """A ``torch_geometric.data.Data``: x (N, d), edge_index (2, E) from j to i, edge_attr (E, 4),
        edge_weight (E,) = e_ji, pos (N, 2) in pixels (NaN where not detected), detected (N,),
        node_contribution (N,), edge_contribution (E,), and the class as ``cls``."""
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
            edge_contribution=torch.tensor([e.contribution for e in edges]),
            cls=self.cls,
        )


@dataclass(frozen=True, repr=False)
class Reading:
    """An answer to "why" or "why not": a sentence, and the numbers behind it.

    Attributes
    ----------
    sentence : str
    cls : whose hypothesis graph is read
    toward : the class whose logit the contributions belong to
    nodes : {concept number k: contribution}
    edges : {(j, i): contribution}
    """

    sentence: str
    cls: str
    toward: str
    nodes: dict[int, float]
    edges: dict[tuple[int, int], float]

    def __repr__(self) -> str:
        return self.sentence

    __str__ = __repr__


@dataclass(frozen=True)
class StructuralExplanation:
    """Why the network says what it says about one picture, in concepts and their relations.

    Attributes
    ----------
    image : uint8 (S, S, 3), the picture as the network sees it
    classes : names of the m classes of interest
    prediction : the class of interest the network finds most probable
    probabilities : the network's, over the classes of interest (softmax at the VRX's temperature)
    student_probabilities : the GRN's, likewise
    graphs : {class: StructuralConceptGraph}
    node_contributions : float32 (m targets, m graphs, N), eq. 6 for every pair of target and graph
    edge_contributions : float32 (m targets, m graphs, N, N), [t, g, i, j] = the edge from j to i
    checks : how far to trust it: ``held_out`` (GRN against network on pictures kept out of the fit),
        ``completeness_error``, ``agrees`` (GRN and network give this picture the same class),
        ``network_top1`` (over all its classes), ``blank`` (classes whose Grad-CAM map is zero)
    examples : {class: list over concepts of a few example patches, uint8 (h, w, 4)}
    method : repr of the VRX that made it
    """

    image: np.ndarray
    classes: list[str]
    prediction: str
    probabilities: Probabilities
    student_probabilities: Probabilities
    graphs: dict[str, StructuralConceptGraph]
    node_contributions: np.ndarray
    edge_contributions: np.ndarray
    checks: dict[str, Any]
    method: str
    examples: dict[str, list[list[np.ndarray]]] = field(default_factory=dict, repr=False)

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
        if cls not in self.graphs:
            raise ValueError(
                f"`cls` must be one of {self.classes}; got {cls!r}.{did_you_mean(cls, self.classes)}"
            )
        target = self.prediction if toward == "predicted" else cls
        graph = self.graphs[cls]
        t, g = self.classes.index(target), self.classes.index(cls)
        nodes = {node.index: float(self.node_contributions[t, g, node.index]) for node in graph.nodes}
        edges = {(j, i): float(self.edge_contributions[t, g, i, j]) for j, i in graph.edges}
        facts = [(f"concept {node.name}", nodes[node.index], node.detected) for node in graph.nodes]
        if negate:
            sentence = why_not_sentence(cls, facts, sum(edges.values()), target)
        else:
            sentence = why_sentence(cls, facts, sum(edges.values()))
        return Reading(sentence, cls, target, nodes, edges)

    def plot(self, classes: list[str] | None = None) -> Figure:
        """The graphs side by side as a matplotlib figure."""
        from xaikit.plots.concept_graph import concept_graphs

        return concept_graphs(self.image, self.views(classes), self.prediction)

    def widget(self) -> ConceptGraph:
        """The graphs as an interactive widget."""
        from xaikit.widgets import ConceptGraph

        return ConceptGraph(self.image, self.views(), self.prediction)

    def to_html(self, path: str | Path) -> Path:
        """Write the widget as one self-contained page that works offline."""
        return self.widget().to_html(path)

    def views(self, classes: list[str] | None = None) -> list[dict[str, Any]]:
        """The graphs as plain dictionaries: what plots and widgets draw."""
        return [self._view(cls) for cls in classes or self.classes]

    def _view(self, cls: str) -> dict[str, Any]:
        graph, side = self.graphs[cls], self.image.shape[0]
        toward = self.why_not(cls, "predicted")
        examples = self.examples.get(cls, [[]] * len(graph.nodes))
        nodes = []
        for node in graph.nodes:
            x, y = node.center or node.usual_center
            nodes.append(
                {
                    "name": node.name,
                    "label": "",
                    "x": x / side,
                    "y": y / side,
                    "contribution": node.contribution,
                    "detected": node.detected,
                    "mask": node.mask,
                    "distance": node.distance,
                    "threshold": node.threshold,
                    "examples": examples[node.index],
                }
            )
        return {
            "name": cls,
            "network": self.probabilities[cls],
            "student": self.student_probabilities[cls],
            "nodes": nodes,
            "edges": [
                {"source": e.source, "target": e.target, "contribution": e.contribution}
                for e in graph.edges.values()
            ],
            "why": self.why(cls).sentence,
            "why_not": self.why_not(cls).sentence,
            "versus": {
                "nodes": list(toward.nodes.values()),
                "edges": list(toward.edges.values()),
                "sentence": toward.sentence,
            },
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from xaikit.plots.figures import to_png

        return {"image/png": to_png(self.plot()), "text/plain": repr(self)}

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
        """Read what :meth:`save` wrote."""
        from xaikit.vrx.storage import load_explanation

        return load_explanation(path)
