"""What relations are worth, against pictures moved and asked about one by one."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from tests.vrx.conftest import CLASSES
from xaikit.core.images import cut, erase, paste
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.relations import FAR, away, moved
from xaikit.vrx.words import LEAST, RELATED

SIDE = 64


@pytest.fixture(scope="module")
def exp(vrx, explained) -> StructuralExplanation:
    """A picture with at least three concepts of its class, its relations measured."""
    most = max(explained, key=lambda e: sum(n.detected for n in e.graphs[e.prediction].nodes))
    return vrx.explain(most.image, measure="edges")


def box(left: int, top: int, width: int, height: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[top : top + height, left : left + width] = True
    return mask


def landing(mask: np.ndarray) -> tuple[float, float]:
    ys, xs = np.nonzero(mask)
    return (xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2


@pytest.mark.parametrize("others", [box(0, 0, 0, 0), box(0, 32, 64, 32), ~box(0, 0, 20, 64)])
@pytest.mark.parametrize("mask", [box(2, 3, 8, 6), box(28, 28, 8, 8), box(40, 50, 20, 10), box(63, 63, 1, 1)])
def test_a_region_goes_far_away_and_inside_and_onto_no_other(mask, others):
    x, y = away(mask, others & ~mask)
    here = landing(mask)
    assert np.hypot(x - here[0], y - here[1]) >= FAR * SIDE
    picture = np.where(mask, 255, 0).astype(np.uint8)[..., None].repeat(3, 2)
    there = paste(np.zeros_like(picture), cut(picture, mask), (x, y), soft=0)[..., 0] > 127
    if others.mean() < 0.6:
        assert there.sum() >= 0.9 * mask.sum()
        assert (there & others & ~mask).sum() <= 0.15 * mask.sum()


def test_a_region_as_large_as_the_picture_goes_as_far_as_it_can():
    x, y = away(np.ones((SIDE, SIDE), bool), np.zeros((SIDE, SIDE), bool))
    assert FAR * SIDE <= np.hypot(x - SIDE / 2, y - SIDE / 2) <= 0.5 * SIDE  # most of it stays inside


def test_an_effect_is_the_loss_by_the_move_less_that_without_the_other(vrx, exp):
    network, fill = vrx.classifier_, vrx.fill
    places = [network.class_index(cls) for cls in CLASSES]

    def logits(picture: np.ndarray) -> np.ndarray:
        own = network.logits(picture, as_view=True)[0, places].astype(float)
        return own - own.mean()

    def out(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return erase(picture, mask, fill, fill_color=network.mean_color)

    every = {n.mask.tobytes(): n.mask for g in exp.graphs.values() for n in g.nodes if n.detected}
    compared = 0
    for g, cls in enumerate(CLASSES):
        for j, i in permutations(exp.graphs[cls].nodes, 2):
            effects = exp.edge_effects[:, g, i.index, j.index]
            edge = exp.graphs[cls].edges[j.index, i.index]
            if not (j.detected and i.detected):
                assert np.isnan(effects).all() and edge.effect is None
                continue
            goal = away(i.mask, np.any(list(every.values()), axis=0) & ~i.mask)

            def at(picture: np.ndarray, mask: np.ndarray = i.mask, goal: tuple = goal) -> np.ndarray:
                return paste(out(picture, mask), cut(picture, mask), goal)

            there = logits(exp.image) - logits(at(exp.image))
            without = logits(out(exp.image, j.mask)) - logits(at(out(exp.image, j.mask)))
            np.testing.assert_allclose(effects, there - without, atol=1e-4)
            assert edge.effect == pytest.approx(float(effects[g]))
            compared += 1
    assert compared >= 6
    assert np.nanmax(np.abs(exp.edge_effects)) > 1e-2


def test_all_else_is_as_without(vrx, exp):
    usual = vrx.explain(exp.image)
    np.testing.assert_allclose(usual.node_effects, exp.node_effects, atol=1e-5)
    assert (usual.measure, exp.measure) == (True, "edges")
    assert vrx.explain(exp.image, measure=False).measure is False
    assert np.isnan(usual.edge_effects).all()
    assert all(e.effect is None for graph in usual.graphs.values() for e in graph.edges.values())
    assert usual.why().edge_effects == {}


def test_an_arrow_shows_what_was_measured(exp):
    graph = exp.graphs[exp.prediction]
    shown = next(one for one in exp.views() if one["name"] == exp.prediction)
    assert [e["effect"] for e in shown["edges"]] == [e.effect for e in graph.edges.values()]
    assert shown["versus"]["edge_effects"] == shown_effects(exp, exp.prediction)
    assert (
        graph.to_networkx().edges[next(iter(graph.edges))]["effect"]
        == next(iter(graph.edges.values())).effect
    )
    told = graph.to_pyg().edge_effect.numpy()
    np.testing.assert_allclose(told, [np.nan if e.effect is None else e.effect for e in graph.edges.values()])
    exp.widget()
    exp.plot()


def shown_effects(exp: StructuralExplanation, cls: str) -> list[float | None]:
    reading = exp.why_not(cls, "predicted")
    return [reading.edge_effects.get(pair) for pair in exp.graphs[cls].edges]


def test_the_strongest_relation_is_told(exp):
    (j, i), value = max(exp.why().edge_effects.items(), key=lambda one: abs(one[1]))
    strongest = max(abs(v) for v in exp.why().effects.values())
    source, target = (exp.name_of(exp.prediction, k) for k in (j, i))
    told = f"beside {source}" if value > 0 else f"{source} can stand in for {target}"
    assert (told in exp.why().sentence) == (abs(value) >= max(RELATED * strongest, LEAST))


def test_it_is_kept_in_a_file(exp, tmp_path):
    kept = StructuralExplanation.load(exp.save(tmp_path / "exp.npz"))
    np.testing.assert_array_equal(kept.edge_effects, exp.edge_effects)
    assert kept.measure == "edges"
    for cls, graph in exp.graphs.items():
        assert kept.graphs[cls].edges == graph.edges


def test_an_edit_is_measured_alike(vrx, exp):
    node = next(n for n in exp.graphs[exp.prediction].nodes if n.detected)
    after = vrx.move(exp, exp.prediction, node.index, (10, 10)).after
    assert after.measure == "edges"


def test_moving_is_the_edit_of_a_hand(vrx, exp):
    node = next(n for n in exp.graphs[exp.prediction].nodes if n.detected)
    by_hand = vrx.move(exp, exp.prediction, node.index, (30, 40), fill=vrx.fill).image
    np.testing.assert_array_equal(by_hand, moved(vrx.classifier_, exp.image, node.mask, (30, 40), vrx.fill))
