"""What an explanation says: measured effects, the network's own answer, warnings, and words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.vrx.conftest import CLASSES
from xaikit.core.images import erase
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.graph import Answer, Edge, Node, Probabilities, StructuralConceptGraph

# ---- measured, against the network asked by hand ----


@pytest.fixture(scope="module")
def several(explained):
    """Four pictures with detected concepts."""
    found = [e for e in explained if sum(n.detected for n in e.graphs[e.prediction].nodes) > 1]
    assert len(found) >= 4
    return found[:: len(found) // 4][:4]


def test_an_effect_is_what_the_logit_loses_when_the_region_is_erased(vrx, several):
    network = vrx.classifier_
    places = [network.class_index(cls) for cls in CLASSES]

    def logits(picture: np.ndarray) -> np.ndarray:
        own = network.logits(picture)[0, places]
        return own - own.mean()

    for exp in several:
        before = logits(exp.image)
        for i, cls in enumerate(CLASSES):
            for node in exp.graphs[cls].nodes:
                column = exp.node_effects[:, i, node.index]
                if not node.detected:
                    assert node.effect is None and np.isnan(column).all()
                    continue
                after = logits(erase(exp.image, node.mask, vrx.fill, fill_color=network.mean_color))
                np.testing.assert_allclose(column, before - after, atol=1e-4)
                assert node.effect == pytest.approx(float(before[i] - after[i]), abs=1e-4)


def test_where_a_class_has_fewer_concepts_the_rest_is_unmeasured(explained):
    for exp in explained:
        for i, cls in enumerate(CLASSES):
            assert np.isnan(exp.node_effects[:, i, len(exp.graphs[cls].nodes) :]).all()


def test_without_measuring_nothing_is_measured_and_all_else_is_the_same(vrx, several):
    for exp in several:
        learned = vrx.explain(exp.image, measure=False)
        assert np.isnan(learned.node_effects).all()
        assert not learned.checks["measured"] and exp.checks["measured"]
        assert all(n.effect is None for graph in learned.graphs.values() for n in graph.nodes)
        assert all(n.weight == n.contribution for graph in learned.graphs.values() for n in graph.nodes)
        np.testing.assert_allclose(learned.node_contributions, exp.node_contributions, atol=1e-4)
        assert learned.probabilities == pytest.approx(exp.probabilities, abs=1e-4)
        assert learned.why().effects == {}


def test_without_measuring_the_network_looks_once(vrx, several, monkeypatch):
    monkeypatch.setattr(vrx.classifier_, "logits", lambda *a, **k: pytest.fail("it was asked again"))
    vrx.explain(several[0].image, measure=False)


def test_many_are_explained_as_each_alone(vrx, several):
    alone = [vrx.explain(exp.image) for exp in several]
    for one, other in zip(alone, vrx.explain_many([exp.image for exp in several]), strict=True):
        np.testing.assert_allclose(one.node_contributions, other.node_contributions, atol=1e-3)
        np.testing.assert_allclose(one.node_effects, other.node_effects, atol=1e-3)


# ---- the network's own answer ----


def test_the_answer_is_the_networks_of_all_its_classes(network, explained):
    for exp in explained:
        logits = network.logits(exp.image)[0]
        chances = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        assert exp.answer.name == exp.checks["network_top1"] == network.class_names[int(logits.argmax())]
        assert exp.answer.probability == pytest.approx(chances.max(), abs=1e-4)


def test_a_picture_of_none_of_the_classes_is_said_to_be_one_first(least, strangers):
    assert strangers
    for sample in strangers[:3]:
        exp = least.explain(sample.image)
        assert exp.answer.name not in least.classes
        share, rest = f"{exp.answer.probability:.0%}", exp.probabilities[exp.prediction]
        first = (
            f"The network's answer is {exp.answer.name} ({share}); among the classes asked about, "
            f"{exp.prediction} ({rest:.0%}) is first. "
        )
        assert exp.why().sentence.startswith(f"{first}Why {exp.prediction}?")
        other = next(cls for cls in least.classes if cls != exp.prediction)
        assert exp.why_not(other).sentence.startswith(f"{first}Why not {other}?")
        assert exp.answer.name in repr(exp)
        assert exp.views()[0]["why"].startswith(first)


def test_where_the_answer_is_one_of_the_classes_it_is_not_said_twice(explained):
    exp = next(exp for exp in explained if exp.answer.name in CLASSES)
    assert exp.why().sentence.startswith(f"Why {exp.prediction}?")


# ---- words ----


def test_words_use_what_was_measured(several):
    for exp in several:
        graph = exp.graphs[exp.prediction]
        strongest = max((n for n in graph.nodes if n.detected), key=lambda n: abs(n.effect))
        said = exp.why().sentence
        assert f"concept {strongest.index + 1} ({strongest.effect:+.2f})".replace("-", "−") in said
        missing = [n for n in graph.nodes if not n.detected]
        assert ("not in the picture" in said) == bool(missing)
        assert "places of the concepts" not in said


def test_words_use_what_was_learned_where_nothing_was_measured(vrx, several):
    exp = vrx.explain(several[0].image, measure=False)
    graph = exp.graphs[exp.prediction]
    strongest = max((n for n in graph.nodes if n.detected), key=lambda n: abs(n.contribution))
    assert f"({strongest.contribution:+.2f})".replace("-", "−") in exp.why().sentence


def test_why_and_why_not(explained):
    exp = explained[0]
    other = next(cls for cls in CLASSES if cls != exp.prediction)
    assert " ".join(str(exp.why()).split("\n")) == repr(exp.why()) == exp.why().sentence
    assert max(map(len, str(exp.why()).split("\n"))) <= 90
    assert exp.why_not(exp.prediction).sentence == exp.why().sentence
    assert exp.why_not(other).sentence.startswith(f"Why not {other}?")
    assert exp.why(other).sentence.startswith(f"Why {other}?")
    toward = exp.why_not(other, "predicted")
    t, g = CLASSES.index(exp.prediction), CLASSES.index(other)
    n = len(exp.graphs[other].nodes)
    assert toward.toward == exp.prediction
    assert list(toward.nodes.values()) == exp.node_contributions[t, g, :n].tolist()
    found = [node.index for node in exp.graphs[other].nodes if node.detected]
    assert toward.effects == {k: exp.node_effects[t, g, k] for k in found}
    assert toward.edges == {(j, i): exp.edge_contributions[t, g, i, j] for j, i in exp.graphs[other].edges}
    with pytest.raises(ValueError, match="Did you mean 'ambulance'"):
        exp.why("ambulanc")
    with pytest.raises(ValueError, match="toward"):
        exp.why_not(other, "sideways")


# ---- by hand: warnings, and why a concept is missing ----


def node(k: int, contribution: float, effect: float | None = None, **changes) -> Node:
    there = {"detected": True, "center": (4.0, 4.0), "mask": np.ones((8, 8), bool), "distance": 0.5}
    rest = {"threshold": 1.0, "usual_center": (4.0, 4.0), "feature": np.ones(3, np.float32)}
    return Node(index=k, contribution=contribution, effect=effect, **{**there, **rest, **changes})


ABSENT = {"detected": False, "center": None, "mask": None}


def by_hand(bus: list[Node], student: str = "bus", answer: str = "bus", **checks) -> StructuralExplanation:
    """A bus with these nodes and a tank without any."""
    nodes = np.zeros((2, 2, len(bus)), np.float32)
    nodes[0, 0] = [one.contribution for one in bus]
    effects = np.full(nodes.shape, np.nan, np.float32)
    effects[0, 0] = [np.nan if one.effect is None else one.effect for one in bus]
    said = {"bus": Probabilities(bus=0.7, tank=0.3), "tank": Probabilities(bus=0.3, tank=0.7)}
    edges = {(0, 1): Edge(0, 1, 0.0, 0.0, (0.5, 0.5, 0.5, 0.5))} if len(bus) > 1 else {}
    return StructuralExplanation(
        image=np.zeros((8, 8, 3), np.uint8),
        classes=["bus", "tank"],
        prediction="bus",
        answer=Answer(answer, 0.6),
        probabilities=said["bus"],
        student_probabilities=said[student],
        graphs={
            "bus": StructuralConceptGraph("bus", bus, edges),
            "tank": StructuralConceptGraph("tank", [], {}),
        },
        node_contributions=nodes,
        edge_contributions=np.zeros((2, 2, len(bus), len(bus)), np.float32),
        node_effects=effects,
        edge_effects=np.full((2, 2, len(bus), len(bus)), np.nan, np.float32),
        rest_contributions=np.zeros((2, 2), np.float32),
        whole=np.zeros(2, np.float32),
        checks={"agrees": student == "bus", "measured": True, **checks},
        method="by hand",
    )


def test_no_warning_where_both_say_the_same():
    assert by_hand([node(0, 2.0, 2.0), node(1, 1.0, 0.5)]).warning == ""


def test_a_warning_where_the_classes_differ():
    exp = by_hand([node(0, 2.0, 2.0), node(1, 1.0, 0.5)], student="tank")
    assert exp.warning == (
        "The small network is mistaken here: it says tank, the network bus. Trust the measured marks."
    )
    unmeasured = by_hand([node(0, 2.0), node(1, 1.0)], student="tank", measured=False)
    assert unmeasured.warning.endswith("it says tank, the network bus. Do not trust its marks.")


def test_a_warning_where_another_concept_matters_most():
    exp = by_hand([node(0, 2.0, 0.5), node(1, 1.0, 1.5)])
    assert exp.warning == (
        "The small network is mistaken here: without concept 2 the network loses most, not without "
        "concept 1. Trust the measured marks."
    )
    exp.rename("bus", 1, "ladder")
    assert "without ladder the network loses most, not without concept 1" in exp.warning


@pytest.mark.parametrize(
    "nodes",
    [
        [node(0, 2.0, 1.45), node(1, 1.0, 1.5)],
        [node(0, 2.0, 0.5)],
        [node(0, 2.0, 0.5), node(1, 1.0, None, **ABSENT)],
        [node(0, 2.0), node(1, 1.0)],
        [],
    ],
    ids=["hardly apart", "one concept", "one found", "not measured", "none"],
)
def test_no_warning_where_there_is_nothing_to_compare(nodes):
    assert by_hand(nodes).warning == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({**ABSENT, "distance": np.inf}, "looks at nothing here that could be it"),
        ({**ABSENT, "distance": 1.7}, "the most similar region is 1.7 times as far in features as allowed"),
        ({**ABSENT, "distance": 0.9}, "more like something else, or is covered"),
    ],
)
def test_it_says_why_a_concept_is_not_found(changes, said):
    found = node(0, 0.0, **changes).missing
    assert said in found if said else found == ""


def test_the_view_carries_what_is_drawn(explained):
    exp = next(e for e in explained if any(not n.detected for n in e.graphs[e.prediction].nodes))
    (view,) = exp.views([exp.prediction])
    for node, drawn in zip(exp.graphs[exp.prediction].nodes, view["nodes"], strict=True):
        assert (drawn["effect"], drawn["contribution"]) == (node.effect, node.contribution)
        assert drawn["missing"] == node.missing and bool(drawn["missing"]) == (not node.detected)
        assert drawn["examples"] and len(drawn["examples"]) <= len(drawn["cutouts"])
        assert 0 <= drawn["x"] <= 1 and 0 <= drawn["y"] <= 1
        assert drawn["heat"] is None or drawn["heat"].dtype == np.uint8
    assert view["why"] == exp.why().sentence


def test_a_heatmap_is_hottest_where_the_concept_is(explained):
    inside, outside = [], []
    for exp in explained[::4]:
        for graph in exp.graphs.values():
            for node in graph.nodes:
                if node.detected:
                    step = exp.image.shape[0] / node.heat.shape[0]
                    places = (np.arange(node.heat.shape[0]) * step).astype(int)
                    there = node.mask[np.ix_(places, places)]
                    if there.any() and not there.all():
                        inside.append(node.heat[there].mean())
                        outside.append(node.heat[~there].mean())
    assert inside and np.mean(inside) > 2 * np.mean(outside)


def test_figures_and_pages_show_answer_and_warning(explained, tmp_path):
    exp = replace(explained[0], answer=Answer("giant panda", 0.34))
    assert len(exp.plot().axes) >= 3
    assert "giant panda" in exp.to_html(tmp_path / "why.html").read_text(encoding="utf-8")
    assert exp._repr_mimebundle_()["text/plain"] == repr(exp)


def test_a_concept_is_as_surely_there_as_it_is_near(vrx, several):
    """By hand: exp(−(d / t)²), of the distances that explanations tell of."""
    for cls in CLASSES:
        expected = [
            [np.exp(-((n.distance / n.threshold) ** 2)) for n in exp.graphs[cls].nodes] for exp in several
        ]
        found = vrx.presence([exp.image for exp in several], cls)
        np.testing.assert_allclose(found, expected, atol=1e-5)
        detected = np.array([[n.detected for n in exp.graphs[cls].nodes] for exp in several])
        assert (found[detected] >= np.exp(-1)).all()
    with pytest.raises(ValueError, match="must be one of"):
        vrx.presence(several[0].image, "tractor")


def test_its_chart_adds_up_to_both_logits(vrx, several):
    """By hand: logits of the network and of the GRN, each less its mean over the classes."""
    network, exp = vrx.classifier_, several[0]
    for i, cls in enumerate(CLASSES):
        chart = exp.chart(cls)
        (view,), nodes = chart._views, exp.graphs[cls].nodes
        own = network.logits(exp.image)[0, [network.class_index(name) for name in CLASSES]]
        learned = (
            exp.node_contributions[i].sum()
            + exp.edge_contributions[i].sum()
            + exp.rest_contributions[i].sum()
        )
        bias = float(vrx.grn_.bias[i])
        assert view.score == pytest.approx(own[i] - own.mean(), abs=1e-2)
        assert view.readings["measured"].whole == pytest.approx(view.score, abs=1e-4)
        assert view.readings["learned"].whole == pytest.approx(learned + bias, abs=1e-2)
        np.testing.assert_allclose(
            view.readings["measured"].gives, [node.effect or 0 for node in nodes], atol=1e-6
        )
        for node, seen in zip(nodes, view.maps, strict=True):
            np.testing.assert_array_equal(seen > 0, 0 if node.mask is None else node.mask)
        assert list(view.names) == [exp.name_of(cls, k) for k in range(len(nodes))]
    assert exp.chart()._views[0].cls == exp.prediction
    with pytest.raises(ValueError, match="must be one of"):
        exp.chart("tractor")


def test_the_chart_of_what_was_not_measured_has_what_was_learned(vrx, several):
    assert vrx.explain(several[0].image, measure=False).chart().readings == ["learned"]


def test_it_says_which_method_made_it(vrx, several):
    one = vrx.explain(several[0].image, measure=False)
    assert one.method == repr(vrx)
