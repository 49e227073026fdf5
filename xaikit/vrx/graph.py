"""A picture's structural concept graphs as people read them: concepts, relations, what each counts for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import networkx
    import torch
    from torch_geometric.data import Data

__all__ = ["Answer", "Edge", "Example", "Node", "Probabilities", "StructuralConceptGraph"]


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
