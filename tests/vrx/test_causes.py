"""The cause of an answer, worked out on paper for graphs built by hand; usual contributions on average."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from xaikit.vrx.causes import Cause, Flaw, Usual
from xaikit.vrx.causes import cause_of as measured_cause
from xaikit.vrx.comparing import UsualPictures
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.graph import Answer, Edge, Node, Probabilities, StructuralConceptGraph
from xaikit.vrx.grn import GraphReasoningNetwork
from xaikit.vrx.suspects import Suspect
from xaikit.vrx.vdi import Contributions, contributions, mean_contributions

CLASSES = ["bus", "tank"]
M, N = 2, 2
NOT_MEASURED = np.full((M, M, N), np.nan)


def cause_of(exp: StructuralExplanation, target: str, predicted: str, usual: Contributions) -> Cause:
    """The cause where no effects were measured: all is the GRN's."""
    assert not exp.checks["measured"]
    return measured_cause(exp, target, predicted, never_measured(usual))


def never_measured(usual: Contributions, found: float = 0.2) -> Usual:
    never = np.zeros(usual.nodes.shape)
    return Usual(usual, never, np.full(usual.nodes.shape[1:], found), UsualPictures([]))


def usually() -> Contributions:
    """In a usual bus, each of its two concepts adds 2 to the margin over tank and each of its two edges 1."""
    nodes, edges = np.zeros((M, M, N)), np.zeros((M, M, N, N))
    nodes[0, 0], nodes[1, 0] = 1.0, -1.0
    edges[0, 0], edges[1, 0] = 0.5 * (1 - np.eye(N)), -0.5 * (1 - np.eye(N))
    bias = np.array([0.25, -0.25])
    logits = bias + nodes.sum((1, 2)) + edges.sum((1, 2, 3))
    return Contributions(logits, nodes, edges, np.zeros((M, M)), bias)


def here(
    bus_nodes=(1.0, 1.0), bus_edges=(0.5, 0.5), tank_nodes=(0.0, 0.0), detected=((True, True), (False, False))
) -> StructuralExplanation:
    """A picture: what its parts contribute to bus (to tank: the opposite), and what of them is detected."""
    nodes, edges = np.zeros((M, M, N)), np.zeros((M, M, N, N))
    nodes[0] = [bus_nodes, tank_nodes]
    edges[0, 0, 0, 1], edges[0, 0, 1, 0] = bus_edges
    nodes[1], edges[1] = -nodes[0], -edges[0]
    return StructuralExplanation(
        image=np.zeros((8, 8, 3), np.uint8),
        classes=CLASSES,
        prediction="tank",
        answer=Answer("tank", 0.6),
        probabilities=Probabilities(bus=0.4, tank=0.6),
        student_probabilities=Probabilities(bus=0.4, tank=0.6),
        graphs={cls: graph(i, nodes, edges, detected[i]) for i, cls in enumerate(CLASSES)},
        node_contributions=nodes,
        edge_contributions=edges,
        node_effects=NOT_MEASURED,
        edge_effects=np.full((*NOT_MEASURED.shape, NOT_MEASURED.shape[-1]), np.nan),
        rest_contributions=np.zeros((M, M)),
        whole=np.zeros(2),
        checks={"measured": False},
        method="by hand",
    )


def graph(i: int, nodes: np.ndarray, edges: np.ndarray, detected: tuple[bool, ...]) -> StructuralConceptGraph:
    own = [
        Node(
            index=k,
            contribution=float(nodes[i, i, k]),
            effect=None,
            detected=there,
            center=(4.0, 4.0) if there else None,
            mask=np.ones((8, 8), bool) if there else None,
            distance=0.1 if there else 2.0,
            threshold=1.0,
            usual_center=(4.0, 4.0),
            feature=np.ones(3, np.float32),
        )
        for k, there in enumerate(detected)
    ]
    pairs = [(j, k) for j in range(N) for k in range(N) if j != k]
    between = {(j, k): Edge(j, k, float(edges[i, i, k, j]), 1.0, (0.5, 0.5, 0.5, 0.5)) for j, k in pairs}
    return StructuralConceptGraph(CLASSES[i], own, between)


def states(cause) -> list[tuple[str, int, str, float]]:
    return [(flaw.cls, flaw.concept, flaw.state, pytest.approx(flaw.loss)) for flaw in cause.flaws]


# Usual margin: 0.5 of bias, 4 of nodes, 2 of edges: 6.5. What bus loses, tank gains, so a loss counts twice.


def test_a_missing_concept_costs_its_node_and_the_edges_that_hang_on_it():
    exp = here(bus_nodes=(1.0, -2.0), bus_edges=(0.0, 0.0), detected=((True, False), (False, False)))
    cause = cause_of(exp, "bus", "tank", usually())
    assert cause.margin == pytest.approx(0.5 + 2 - 4)
    assert (cause.concept_loss, cause.structure_loss) == (pytest.approx(6 + 2), 0)
    assert cause.kind == "concept"
    assert states(cause) == [("bus", 1, "missing", 8.0)]
    assert "concept 2 of bus is missing (−8.00)" in str(cause)


def test_a_concept_that_is_there_and_says_less_than_usual_is_odd():
    exp = here(bus_nodes=(-2.5, 1.0))
    cause = cause_of(exp, "bus", "tank", usually())
    assert cause.margin == pytest.approx(0.5 - 3 + 2)
    assert (cause.concept_loss, cause.structure_loss) == (pytest.approx(7), 0)
    assert cause.kind == "concept"
    assert states(cause) == [("bus", 0, "odd", 7.0)]


def test_concepts_out_of_place_cost_the_edges_between_them():
    exp = here(bus_edges=(-1.5, -2.0))
    cause = cause_of(exp, "bus", "tank", usually())
    assert cause.margin == pytest.approx(0.5 + 4 - 7)
    assert (cause.concept_loss, cause.structure_loss) == (0, pytest.approx(9))
    assert cause.kind == "structure"
    assert states(cause) == [("bus", 0, "out of place", 9.0), ("bus", 1, "out of place", 9.0)]


def test_a_concept_of_another_class_is_a_false_alarm_only_where_it_is_detected():
    there = here(tank_nodes=(-4.0, 0.0), detected=((True, True), (True, False)))
    cause = cause_of(there, "bus", "tank", usually())
    assert cause.kind == "concept"
    assert states(cause) == [("tank", 0, "false alarm", 8.0)]
    assert "is seen where there should be none (−8.00)" in str(cause)
    often = measured_cause(there, "bus", "tank", never_measured(usually(), found=0.8))
    assert states(often) == [("tank", 0, "louder", 8.0)]
    assert "says more than usual (−8.00)" in str(often)
    absent = cause_of(here(tank_nodes=(-4.0, 0.0)), "bus", "tank", usually())
    assert absent.concept_loss == pytest.approx(8)
    assert absent.flaws == absent.named == []
    assert "no single concept stands out" in str(absent)


@pytest.mark.parametrize(
    ("bus_node", "bus_edge", "kind"),
    [
        (-1.5, -1.5, "both"),  # usual margin 6.5 less 10 of nodes less 8 of edges
        (-2.0, 0.25, "concept"),
        (0.75, -3.0, "structure"),
    ],
)
def test_the_kind_is_what_would_have_to_be_as_usual(bus_node, bus_edge, kind):
    exp = here(bus_nodes=(bus_node, bus_node), bus_edges=(bus_edge, bus_edge))
    cause = cause_of(exp, "bus", "tank", usually())
    nodes, edges = 4 * (1 - bus_node), 4 * (0.5 - bus_edge)
    assert cause.concept_loss == pytest.approx(nodes)
    assert cause.structure_loss == pytest.approx(edges)
    assert cause.margin == pytest.approx(6.5 - nodes - edges)
    alone = {"concept": cause.margin + nodes > 0, "structure": cause.margin + edges > 0}
    assert alone == {"concept": kind == "concept", "structure": kind == "structure"}
    assert cause.kind == kind


def test_where_either_alone_would_do_the_dearer_one_is_the_cause():
    exp = here(bus_nodes=(0.0, 0.0), bus_edges=(0.0, -0.25))
    cause = cause_of(exp, "bus", "tank", usually())
    assert (cause.concept_loss, cause.structure_loss) == (pytest.approx(4), pytest.approx(2.5))
    assert cause.margin == pytest.approx(0)
    assert cause.kind == "concept"


def test_named_are_the_flaws_at_least_half_as_dear_as_the_dearest():
    cause = cause_of(here(bus_nodes=(-3.0, 0.0)), "bus", "tank", usually())
    assert [flaw.loss for flaw in cause.flaws] == [pytest.approx(8), pytest.approx(2)]
    assert cause.named == cause.flaws[:1]


def test_a_class_with_fewer_concepts_than_the_graphs_have_room_for():
    exp = here(bus_nodes=(-3.0, 0.0))
    exp.graphs["bus"].nodes.pop()
    cause = cause_of(exp, "bus", "tank", usually())
    assert [flaw.concept for flaw in cause.flaws] == [0]
    assert cause.structure_loss == 0  # no pair of its concepts is there
    assert cause.margin + cause.concept_loss == pytest.approx(6.5)


# ---- measured ----


def measured(exp: StructuralExplanation, bus: tuple, tank: tuple) -> StructuralExplanation:
    """The same, with what bus loses without each concept (tank: the opposite); None where there is none."""
    effects = NOT_MEASURED.copy()
    effects[0] = [[np.nan if one is None else one for one in own] for own in (bus, tank)]
    effects[1] = -effects[0]
    return replace(exp, node_effects=effects, checks={"measured": True, "temperature": 2.0})


USUALLY_LOST = np.array([[[1.0, 2.0], [-0.5, 0.0]], [[-1.0, -2.0], [0.5, 0.0]]])
CORNER, MIDDLE = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
CORNER[:2, :2], MIDDLE[3:5, 3:5] = True, True


def usual_bus(found: float = 0.2) -> Usual:
    return Usual(usually(), USUALLY_LOST, np.full((M, N), found), UsualPictures([]))


def test_what_was_measured_says_what_a_flaw_costs():
    """The first is odd by 2 · (1 − 0.25); the second says as much as usual, whatever the GRN thinks.

    The network is torn 40 to 60 %, so what was measured suffices, and the kind follows what is told.
    """
    exp = measured(here(bus_nodes=(1.0, -9.0)), (0.25, 2.0), (None, None))
    cause = measured_cause(exp, "bus", "tank", usual_bus())
    assert states(cause) == [("bus", 0, "odd", 1.5)]
    assert (cause.concept_loss, cause.kind) == (pytest.approx(1.5), "concept")
    assert cause.margin == pytest.approx(2 * np.log(0.4 / 0.6)), "of the network, at the temperature"


def test_where_nothing_that_was_measured_suffices_the_places_are_to_blame():
    exp = measured(here(bus_edges=(-1.5, -2.0)), (0.95, 2.0), (None, None))
    cause = measured_cause(exp, "bus", "tank", usual_bus())
    assert cause.margin + cause.concept_loss < 0
    assert (cause.kind, cause.flaws[0].state) == ("structure", "out of place")
    assert "by the places of its parts" in str(cause)


def test_what_is_not_found_has_lost_what_it_usually_gives():
    exp = here(bus_nodes=(1.0, 0.0), bus_edges=(0.5, 0.5), detected=((True, False), (False, False)))
    cause = measured_cause(measured(exp, (1.0, None), (None, None)), "bus", "tank", usual_bus())
    assert states(cause) == [("bus", 1, "missing", 4.0)]


def test_what_speaks_against_it_is_told_by_name_or_by_place():
    exp = measured(here(detected=((True, True), (True, False))), (1.0, 2.0), (-1.5, None))
    against = [Suspect(MIDDLE, 3.0, 3.0, ("tank", 0)), Suspect(CORNER, 1.0, 1.0, None)]
    cause = measured_cause(exp, "bus", "tank", usual_bus(), against)
    assert states(cause) == [("tank", 0, "false alarm", 3.0), (None, None, "strange", 1.0)]
    assert [flaw.mask is one.mask for flaw, one in zip(cause.flaws, against, strict=True)] == [True, True]
    assert str(cause.flaws[1]) == "something at the top left speaks against it (−1.00)"
    often = measured_cause(exp, "bus", "tank", usual_bus(found=0.8), against)
    assert states(often)[0] == ("tank", 0, "louder", 3.0)


@pytest.mark.parametrize(
    ("gain", "state"), [(2.0, "strange"), (0.6, "strange"), (0.4, "quieter"), (-1.0, "quieter")]
)
def test_what_gives_nothing_when_it_is_filled_in_says_too_little(gain, state):
    exp = measured(here(), (1.0, 2.0), (None, None))
    (flaw,) = measured_cause(exp, "bus", "tank", usual_bus(), [Suspect(CORNER, 1.0, gain, None)]).flaws
    assert (flaw.state, flaw.loss, flaw.relief) == (state, 1.0, gain)
    told = {"strange": "speaks against it", "quieter": "says less than usual"}[state]
    assert str(flaw) == f"something at the top left {told} (−1.00)"


def test_things_in_one_place_are_told_apart():
    exp = measured(here(), (1.0, 2.0), (None, None))
    against = [Suspect(CORNER, 3.0 - n, 3.0, None) for n in range(2)] + [Suspect(MIDDLE, 0.5, 0.5, None)]
    flaws = measured_cause(exp, "bus", "tank", usual_bus(), against).flaws
    assert [flaw.name for flaw in flaws] == [
        "something at the top left",
        "a second thing at the top left",
        "something in the middle",
    ]


def test_a_concept_of_the_right_class_that_speaks_against_it_is_told_once():
    exp = measured(here(), (0.25, 2.0), (None, None))
    for loss, told in ((1.0, 1.5), (4.0, 4.0)):
        cause = measured_cause(exp, "bus", "tank", usual_bus(), [Suspect(MIDDLE, loss, loss, ("bus", 0))])
        assert states(cause) == [("bus", 0, "odd", told)]


def test_a_cause_that_is_only_counted_keeps_its_words_but_no_pixels():
    exp = measured(here(), (1.0, 2.0), (None, None))
    cause = measured_cause(exp, "bus", "tank", usual_bus(), [Suspect(CORNER, 1.0, 1.0, None)])
    assert cause.image is exp.image
    assert cause.outlined.shape == (16, 16, 3) and cause.outlined.any()
    assert cause.plot().axes
    counted = cause.counted
    assert counted.image is counted.flaws[0].mask is counted.outlined is None
    assert repr(counted) == repr(cause)
    with pytest.raises(ValueError, match="holds no picture"):
        counted.plot()
    assert set(counted._repr_mimebundle_()) == {"text/plain"}


def test_a_flaw_is_called_by_the_concepts_name():
    exp = here(bus_nodes=(-2.5, 1.0))
    exp.names["bus", 0] = "windows"
    assert "windows of bus is not as usual (−7.00)" in str(cause_of(exp, "bus", "tank", usually()))
    assert str(Flaw("bus", 1, "missing", 1.0)) == "concept 2 of bus is missing (−1.00)"


# ---- against a graph reasoning network ----


@pytest.fixture(params=[0, 6], ids=["linear", "mlp"])
def grn(request) -> GraphReasoningNetwork:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        network = GraphReasoningNetwork(3, 4, 7, hidden=5, mlp=request.param)
        torch.nn.init.normal_(network.e)
        torch.nn.init.normal_(network.read[-1].bias)
    return network.requires_grad_(False)


@pytest.fixture
def many() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(6)
    return tuple(rng.random((9, 3, *rest), np.float32) for rest in ((4, 7), (4, 2), (6,)))


def test_usual_contributions_are_the_mean_of_single_ones(grn, many):
    usual = mean_contributions(grn, *many)
    single = [contributions(grn, *one) for one in zip(*many, strict=True)]
    for name in ("logits", "nodes", "edges", "rest", "bias"):
        expected = np.mean([getattr(one, name) for one in single], axis=0)
        np.testing.assert_allclose(getattr(usual, name), expected, rtol=1e-4, atol=1e-5)


def test_what_is_lost_and_what_is_left_make_the_usual_margin(grn, many):
    """The read-out is linear but for a ReLU without bias, so the sums are exact with either."""
    usual = mean_contributions(grn, *many)
    features, positions, rest = (part[0].copy() for part in many)
    features[0, 2], positions[0, 2] = 1e-3, 1e-3
    found = contributions(grn, features, positions, rest)
    classes = ["a", "b", "c"]
    nodes = found.nodes
    graphs = {}
    for i, cls in enumerate(classes):
        own = [node_of(k, nodes[i, i, k], not (i == 0 and k == 2)) for k in range(4)]
        graphs[cls] = StructuralConceptGraph(cls, own, {})
    logits = dict(zip(classes, found.logits.tolist(), strict=True))
    exp = StructuralExplanation(
        image=np.zeros((8, 8, 3), np.uint8),
        classes=classes,
        prediction="b",
        answer=Answer("b", 0.6),
        probabilities=Probabilities(logits),
        student_probabilities=Probabilities(logits),
        graphs=graphs,
        node_contributions=nodes,
        edge_contributions=found.edges,
        node_effects=np.full(nodes.shape, np.nan),
        edge_effects=np.full((*nodes.shape, nodes.shape[-1]), np.nan),
        rest_contributions=found.rest,
        whole=np.zeros(6),
        checks={"measured": False},
        method="by hand",
    )
    cause = cause_of(exp, "a", "b", usual)
    assert cause.margin == pytest.approx(found.logits[0] - found.logits[1], abs=1e-5)
    rest = (usual.rest[0] - usual.rest[1]).sum() - (found.rest[0] - found.rest[1]).sum()
    total = cause.margin + cause.concept_loss + cause.structure_loss + rest
    assert total == pytest.approx(usual.logits[0] - usual.logits[1], abs=1e-5)
    missing = [flaw for flaw in cause.flaws if flaw.state == "missing"]
    assert all(flaw.concept == 2 for flaw in missing)


def node_of(k: int, contribution: float, detected: bool) -> Node:
    mask, center = (np.ones((8, 8), bool), (4.0, 4.0)) if detected else (None, None)
    return Node(
        k, float(contribution), None, detected, center, mask, 0.1, 1.0, (4.0, 4.0), np.ones(7, np.float32)
    )
