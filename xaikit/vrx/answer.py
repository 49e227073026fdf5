"""From one look at a picture to its explanation: match, ask the GRN, read its contributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaikit.vrx.candidates import Candidates
from xaikit.vrx.explanation import (
    Edge,
    Node,
    Probabilities,
    StructuralConceptGraph,
    StructuralExplanation,
)
from xaikit.vrx.scg import GraphArrays, match
from xaikit.vrx.vce import Concept
from xaikit.vrx.vdi import Contributions, contributions

if TYPE_CHECKING:
    from xaikit.vrx.model import VRX

__all__ = ["explain_look"]

N_EXAMPLES = 6


def explain_look(vrx: VRX, look: Candidates, graphs: GraphArrays | None = None) -> StructuralExplanation:
    """The explanation of one picture by a fitted VRX; its graphs are matched where none are given."""
    classes = list(vrx.classes)
    if graphs is None:
        graphs = match(look, [vrx.concepts[cls] for cls in classes], vrx.n_concepts, vrx.epsilon)
    found = contributions(vrx.grn_, graphs.features, graphs.positions)
    network = Probabilities(zip(classes, vrx.sigma(look.logits).tolist(), strict=True))
    student = Probabilities(zip(classes, vrx.sigma(found.logits).tolist(), strict=True))
    return StructuralExplanation(
        image=look.view,
        classes=classes,
        prediction=network.top,
        probabilities=network,
        student_probabilities=student,
        graphs={cls: _graph(vrx, i, look, graphs, found) for i, cls in enumerate(classes)},
        node_contributions=found.nodes,
        edge_contributions=found.edges,
        checks={
            "agrees": network.top == student.top,
            "held_out": dict(vrx.held_out_),
            "completeness_error": float(found.completeness_error.max()),
            "network_top1": vrx.classifier_.class_names[look.top1],
            "blank": [cls for cls, blank in zip(classes, look.blank, strict=True) if blank],
            "temperature": vrx.temperature,
        },
        method=repr(vrx),
        examples={cls: [c.patches[:N_EXAMPLES] for c in vrx.concepts[cls]] for cls in classes},
    )


def _graph(
    vrx: VRX, i: int, look: Candidates, graphs: GraphArrays, found: Contributions
) -> StructuralConceptGraph:
    cls = vrx.classes[i]
    own = vrx.concepts[cls]
    nodes = [_node(concept, i, look, graphs, float(found.nodes[i, i, concept.index])) for concept in own]
    weights, pairs = (
        vrx.grn_.e[i].numpy(),
        [(j, k) for j in range(len(own)) for k in range(len(own)) if j != k],
    )
    edges = {
        (j, k): Edge(
            source=j,
            target=k,
            contribution=float(found.edges[i, i, k, j]),
            weight=float(weights[k, j]),
            places=_places(graphs.positions[i, j], graphs.positions[i, k]),
        )
        for j, k in pairs
    }
    return StructuralConceptGraph(cls, nodes, edges)


def _node(concept: Concept, i: int, look: Candidates, graphs: GraphArrays, contribution: float) -> Node:
    k = concept.index
    segment = int(graphs.segments[i, k])
    x, y = look.superpixels.centers[segment]
    return Node(
        index=k,
        contribution=contribution,
        detected=segment >= 0,
        center=(float(x), float(y)) if segment >= 0 else None,
        mask=look.superpixels.mask(segment) if segment >= 0 else None,
        distance=float(graphs.distances[i, k]),
        threshold=concept.threshold,
        usual_center=concept.center,
        feature=graphs.features[i, k],
    )


def _places(start: np.ndarray, end: np.ndarray) -> tuple[float, float, float, float]:
    return float(start[0]), float(start[1]), float(end[0]), float(end[1])
