"""From one look at a picture to its explanation: ask the GRN, read its contributions, measure the effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.images import shown_patch
from xaikit.core.params import check
from xaikit.vrx.candidates import Candidates
from xaikit.vrx.concept import Concept
from xaikit.vrx.effects import effects_of
from xaikit.vrx.explanation import Measure, StructuralExplanation
from xaikit.vrx.graph import Answer, Edge, Example, Node, Probabilities, StructuralConceptGraph
from xaikit.vrx.relations import relations_of
from xaikit.vrx.scg import GraphArrays, match
from xaikit.vrx.seen import finer_view
from xaikit.vrx.vdi import Contributions, contributions

if TYPE_CHECKING:
    from xaikit.vrx.dictionary import Dictionary
    from xaikit.vrx.fitted import Fitted

__all__ = ["Seen", "explain_many", "explain_seen", "explained"]

N_EXAMPLES = 6


@dataclass(frozen=True)
class Seen:
    """A picture, what the network says of it, and its graphs.

    Attributes
    ----------
    view : uint8 (H, W, 3)
    logits : float32 (m,), of the classes of interest
    answer : the network's own answer
    graphs : its structural concept graphs
    blank : classes whose Grad-CAM map is zero everywhere
    heats : {(i, k): uint8 (h, w), how much every place is like the concept}
    drawn : uint8 (n·S, n·S, 3), the view drawn again more finely, or None
    """

    view: np.ndarray
    logits: np.ndarray
    answer: Answer
    graphs: GraphArrays
    blank: Sequence[str] = ()
    heats: dict[tuple[int, int], np.ndarray] | None = None
    drawn: np.ndarray | None = None


def explain_many(
    fitted: Fitted, images: Sequence[Any], measure: Measure = True
) -> list[StructuralExplanation]:
    """Explanations of pictures in any form; see :meth:`xaikit.VRX.explain`."""
    classifier, measure = fitted.classifier, check("measure", measure, Measure)
    both = [(classifier.view(image), finer_view(image, classifier)) for image in images]
    size, answers = fitted.proposer.batch_size, []
    for first in range(0, len(both), size):
        views, drawn = zip(*both[first : first + size], strict=True)
        answers += _explain_looks(fitted, list(fitted.proposer(views)), measure, drawn)
    return answers


def explained(fitted: Fitted, image: Any) -> StructuralExplanation:
    """The explanation of a picture; see :meth:`xaikit.VRX.explained`."""
    if not isinstance(image, StructuralExplanation):
        return explain_many(fitted, [image])[0]
    its = {cls: len(graph.nodes) for cls, graph in image.graphs.items()}
    own = {cls: len(concepts) for cls, concepts in fitted.concepts.items()}
    if its != own:
        raise ValueError(
            f"The explanation is of another VRX: it has the concepts {its}, this one {own}. "
            "Give the picture itself, or an explanation by this VRX."
        )
    return image


def _explain_looks(
    fitted: Fitted,
    looks: Sequence[Candidates],
    measure: Measure,
    drawn: Sequence[np.ndarray | None],
) -> list[StructuralExplanation]:
    """The explanations of some pictures; ``drawn``: the same, more finely, where known."""
    concepts = [fitted.concepts[cls] for cls in fitted.classes]
    dictionaries = [fitted.dictionaries[cls] for cls in fitted.classes]
    names = fitted.classifier.class_names
    seen = [
        Seen(
            view=look.view,
            logits=look.logits,
            answer=Answer(names[look.top1], look.top1_probability),
            graphs=match(look, concepts, dictionaries, fitted.n_concepts, fitted.epsilon),
            blank=[cls for cls, blank in zip(fitted.classes, look.blank, strict=True) if blank],
            heats=_heats(look, concepts, dictionaries),
            drawn=fine,
        )
        for look, fine in zip(looks, drawn, strict=True)
    ]
    return explain_seen(fitted, seen, measure)


def explain_seen(fitted: Fitted, seen: Sequence[Seen], measure: Measure) -> list[StructuralExplanation]:
    """The explanations of pictures whose graphs are known.

    Parameters
    ----------
    measure : whether every region is taken away, to see what the network does, all in full batches; "edges":
        and moved away from every other
    """
    measured = _measured(fitted, seen, measure) if measure else [_unmeasured(one.graphs) for one in seen]
    return [
        _explanation(fitted, one, *effects, bool(measure))
        for one, effects in zip(seen, measured, strict=True)
    ]


def _measured(
    fitted: Fitted, seen: Sequence[Seen], measure: Measure
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The effects of nodes and edges of each picture, as :func:`_unmeasured` shapes them."""
    classifier, targets = fitted.classifier, fitted.columns
    views, masks = [one.view for one in seen], [one.graphs.masks() for one in seen]
    logits = [one.logits for one in seen]
    lost = effects_of(classifier, targets, views, logits, masks, fitted.fill)
    for one, own in zip(seen, lost, strict=True):
        graphs = one.graphs
        nodes, edges = _unmeasured(graphs)
        nodes[:, graphs.detected] = own[graphs.rows[graphs.detected]].T
        if measure == "edges":
            edges = relations_of(classifier, targets, one.view, one.logits, graphs, own, fitted.fill)
        yield nodes, edges


def _unmeasured(graphs: GraphArrays) -> tuple[np.ndarray, np.ndarray]:
    """Effects of nodes (m targets, m graphs, N) and edges (m targets, m graphs, N, N): NaN, to be filled."""
    m, n = graphs.detected.shape
    return np.full((m, m, n), np.nan, np.float32), np.full((m, m, n, n), np.nan, np.float32)


def _explanation(
    fitted: Fitted, seen: Seen, effects: np.ndarray, relations: np.ndarray, measured: bool
) -> StructuralExplanation:
    """``effects``: (m targets, m graphs, N), ``relations``: (…, N, N); NaN: not measured."""
    classes, graphs = list(fitted.classes), seen.graphs
    found = contributions(fitted.grn, graphs.features, graphs.positions, graphs.rest)
    network = Probabilities(zip(classes, fitted.sigma(seen.logits).tolist(), strict=True))
    student = Probabilities(zip(classes, fitted.sigma(found.logits).tolist(), strict=True))
    return StructuralExplanation(
        image=seen.view,
        classes=classes,
        prediction=network.top,
        answer=seen.answer,
        probabilities=network,
        student_probabilities=student,
        graphs={
            cls: _graph(fitted, i, seen, found, effects[i, i], relations[i, i])
            for i, cls in enumerate(classes)
        },
        node_contributions=found.nodes,
        edge_contributions=found.edges,
        rest_contributions=found.rest,
        whole=graphs.whole,
        node_effects=effects,
        edge_effects=relations,
        checks={
            "agrees": network.top == student.top,
            "held_out": dict(fitted.held_out),
            "completeness_error": float(found.completeness_error.max()),
            "network_top1": seen.answer.name,
            "blank": list(seen.blank),
            "temperature": fitted.temperature,
            "measured": measured,
        },
        method=fitted.method,
        examples={cls: [_example(concept) for concept in fitted.concepts[cls]] for cls in classes},
        names=fitted.names,
        suggested={
            (cls, concept.index): concept.suggested
            for cls in classes
            for concept in fitted.concepts[cls]
            if concept.suggested
        },
        drawn=seen.drawn,
    )


def _example(concept: Concept) -> Example:
    return Example(
        concept.contexts, [shown_patch(patch) for patch in concept.patches[:N_EXAMPLES]], concept.drawn
    )


def _graph(
    fitted: Fitted, i: int, seen: Seen, found: Contributions, effects: np.ndarray, relations: np.ndarray
) -> StructuralConceptGraph:
    cls, graphs = fitted.classes[i], seen.graphs
    own = fitted.concepts[cls]
    given = found.nodes[i, i]
    nodes = [_node(concept, i, seen, float(given[concept.index]), effects[concept.index]) for concept in own]
    weights = fitted.grn.e[i].numpy()
    pairs = [(j, k) for j in range(len(own)) for k in range(len(own)) if j != k]
    edges = {
        (j, k): Edge(
            source=j,
            target=k,
            contribution=float(found.edges[i, i, k, j]),
            weight=float(weights[k, j]),
            places=_places(graphs.positions[i, j], graphs.positions[i, k]),
            effect=_known(relations[k, j]),
        )
        for j, k in pairs
    }
    return StructuralConceptGraph(cls, nodes, edges, float(found.rest[i, i]))


def _node(concept: Concept, i: int, seen: Seen, contribution: float, effect: float) -> Node:
    k, graphs = concept.index, seen.graphs
    detected = bool(graphs.detected[i, k])
    x, y = graphs.positions[i, k] * np.array(seen.view.shape[1::-1])
    return Node(
        index=k,
        contribution=contribution,
        effect=_known(effect),
        detected=detected,
        center=(float(x), float(y)) if detected else None,
        mask=graphs.where.mask(graphs.rows[i, k]) if detected else None,
        distance=float(graphs.distances[i, k]),
        threshold=concept.threshold,
        usual_center=concept.center,
        feature=graphs.features[i, k],
        heat=(seen.heats or {}).get((i, k)),
    )


def _known(effect: float) -> float | None:
    """None where it was not measured."""
    return float(effect) if np.isfinite(effect) else None


def _places(start: np.ndarray, end: np.ndarray) -> tuple[float, float, float, float]:
    return float(start[0]), float(start[1]), float(end[0]), float(end[1])


def _heats(
    look: Candidates, concepts: Sequence[Sequence[Concept]], dictionaries: Sequence[Dictionary | None]
) -> dict[tuple[int, int], np.ndarray]:
    """How much every place is like each concept, 0 to 255: that of the most similar segment it lies in.

    exp(−(distance / threshold)²), of the segments among which the class's concepts are sought; 0 elsewhere.
    """
    heats = {}
    for i, (own, dictionary) in enumerate(zip(concepts, dictionaries, strict=True)):
        usable = dictionary.sought_in(look, i) if dictionary else look.of_class(i)
        members, features = look.segments.members[usable], look.features[usable]
        for concept in own:
            distances = np.linalg.norm(features - concept.mean_feature, axis=1)
            like = np.exp(-((distances / concept.threshold) ** 2))
            of_leaves = (members * like[:, None]).max(axis=0, initial=0)
            places = of_leaves[look.segments.leaves[::HEAT_STEP, ::HEAT_STEP]]
            heats[i, concept.index] = np.rint(255 * places).astype(np.uint8)
    return heats


HEAT_STEP = 4
