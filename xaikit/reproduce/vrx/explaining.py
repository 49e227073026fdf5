"""VRX's figures: concept discovery (3), fidelity of the GRN (4), learned relations (5), why and why not (6).

Concepts and GRN are fitted on the training split; every number is measured on the test split.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit import metrics
from xaikit.core.images import erase
from xaikit.plots import concept_graphs, concept_patches
from xaikit.plots.dependencies import dependency_matrices
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.vrx.bench import Bench, bench_of, kinds_of, sources_of
from xaikit.reproduce.vrx.relating import parts_inside, relations_foretell
from xaikit.vrx import VRX, Concept, StructuralExplanation
from xaikit.vrx.effects import centered

if TYPE_CHECKING:
    from xaikit.data import Sample

__all__ = ["fig3", "fig4", "fig5", "fig6"]

N_DISCOVERY = 50


def fig3(setting: Setting) -> Outcome:
    """Concept discovery with and without the Grad-CAM filter, from 50 pictures of the class."""
    bench = bench_of(setting)
    fits = {
        "with": VRX(bench.classes, n_concepts=3, n_discovery=N_DISCOVERY, seed=setting.seed),
        "without": VRX(bench.classes, n_concepts=3, n_discovery=N_DISCOVERY, seed=setting.seed, tau=None),
    }
    measured: dict[str, Any] = {}
    figures = {}
    for name, vrx in fits.items():
        vrx.discover(bench.classifier, bench.training, progress=False)
        every = [concept for own in vrx.concepts.values() for concept in own]
        sources = sources_of(every, bench.training)
        measured[f"area on the object, {name} Grad-CAM filter"] = _on_object(every, sources)
        for cls, own in vrx.concepts.items():
            measured[f"area on the object, {name} Grad-CAM filter, {cls}"] = _on_object(own, sources)
        measured[f"purity, {name} Grad-CAM filter"] = metrics.purity(kinds_of(c, sources) for c in every)
        figures[f"concepts_{name}_filter"] = concept_patches(vrx.concepts)
    with_, without = (measured[f"area on the object, {name} Grad-CAM filter"] for name in fits)
    measured["points gained by the filter"] = 100 * (with_ - without)
    return Outcome({}, measured, ["The paper shows this by example only (ambulance, 50 pictures)."], figures)


def fig4(setting: Setting) -> Outcome:
    """Decisions of network and GRN on pictures the fit has not seen, clean and with one concept masked."""
    bench = bench_of(setting)
    vrx = bench.fitted()
    clean = vrx.explain_many([sample.image for sample in bench.test()], measure=False)
    masked = vrx.explain_many([picture for exp in clean for picture in _masked(vrx, exp)], measure=False)
    measured: dict[str, Any] = {}
    for name, exps in (("clean", clean), ("one concept masked", masked)):
        student, network = _outputs(exps)
        share = metrics.agreement(student, network)
        low, high = metrics.interval(share, len(exps))
        measured[f"agreement, {name}"] = share
        measured[f"agreement, {name}, 95 % interval"] = f"{low:.3f} to {high:.3f}"
        measured[f"mean L1, {name}"] = metrics.mean_l1(student, network)
        measured[f"pictures, {name}"] = len(exps)
    notes = ["The paper shows bars for single pictures; its GRN and network agree on all of those shown."]
    return Outcome({}, measured, notes, {})


def fig5(setting: Setting) -> Outcome:
    """The class-specific weights e_ji, and how much each concept gives to the others."""
    bench = bench_of(setting)
    vrx = bench.fitted()
    weights = vrx.grn_.e.numpy()
    measured: dict[str, Any] = {}
    for cls, e in zip(bench.classes, weights, strict=True):
        given = np.abs(e * ~np.eye(len(e), dtype=bool)).sum(axis=0)
        order = [str(k + 1) for k in np.argsort(-given)]
        measured[f"concepts by what they give to others, {cls}"] = " ".join(order)
    spread = float(np.std(weights, axis=0).mean() / np.abs(weights).mean())
    measured["spread of e_ji between classes, relative"] = spread
    paper = {"concepts by what they give to others, fire engine": "1 and 2 first"}
    figures = {"e_ji": dependency_matrices(bench.classes, weights), "concepts": concept_patches(vrx.concepts)}
    return Outcome(paper, measured, [], figures)


def fig6(setting: Setting) -> Outcome:
    """Why and why not, checked against the truth: what the network loses when a part is really gone."""
    bench = bench_of(setting)
    vrx = bench.fitted()
    samples = bench.test()
    drawn = all(sample.scene is not None for sample in samples)
    exps = vrx.explain_many([sample.image for sample in samples], "edges" if drawn else True)
    measured: dict[str, Any] = {"completeness error, share of the logit": _completeness(exps)}
    measured |= _learned_and_measured(exps)
    notes = []
    if drawn:
        learned, effects, truth = _true_drops(bench, samples, exps)
        measured["regions whose parts can be taken off"] = len(truth)
        measured["rank correlation, effect and scene without the parts"] = metrics.rank_correlation(
            effects, truth
        )
        measured["rank correlation, contribution and scene without the parts"] = metrics.rank_correlation(
            learned, truth
        )
        measured |= relations_foretell(bench, samples, exps, vrx.fill, setting.seed)
    else:
        notes.append(
            "These pictures cannot be drawn again without a part, so contributions are not compared."
        )
    right = [
        exp
        for s, exp in zip(samples, exps, strict=True)
        if bench.training.class_names[s.label] == exp.prediction
    ]
    measured["pictures explained"] = len(exps)
    best = max(right or exps, key=lambda exp: sum(n.detected for n in exp.graphs[exp.prediction].nodes))
    return Outcome(
        {}, measured, notes, {"why_and_why_not": concept_graphs(best.image, best.views(), best.prediction)}
    )


def _on_object(concepts: Sequence[Concept], sources: dict[str, Sample]) -> float:
    masks = [mask for concept in concepts for mask in concept.masks]
    things = [
        np.any(list(sources[s].parts.values()), axis=0) for concept in concepts for s in concept.sources
    ]
    return metrics.area_on_object(masks, things)


def _masked(vrx: VRX, exp: StructuralExplanation) -> list[np.ndarray]:
    """The picture without one of the detected concepts of its class, once for each."""
    color = vrx.classifier_.mean_color
    nodes = exp.graphs[exp.prediction].nodes
    return [
        erase(exp.image, node.mask, vrx.fill, fill_color=color) for node in nodes if node.mask is not None
    ]


def _outputs(exps: Sequence[StructuralExplanation]) -> tuple[np.ndarray, np.ndarray]:
    student = np.stack([np.asarray(exp.student_probabilities) for exp in exps])
    return student, np.stack([np.asarray(exp.probabilities) for exp in exps])


def _completeness(exps: Sequence[StructuralExplanation]) -> float:
    """Largest completeness error, as a share of the picture's largest contribution sum."""
    errors = []
    for exp in exps:
        scores = exp.node_contributions.sum((1, 2)) + exp.edge_contributions.sum((1, 2, 3))
        errors.append(exp.checks["completeness_error"] / np.abs(scores).max())
    return float(max(errors))


def _learned_and_measured(exps: Sequence[StructuralExplanation]) -> dict[str, Any]:
    """Rank correlation of contributions with effects, over the detected nodes of all graphs."""
    pairs = [
        np.array([(n.contribution, n.effect) for g in exp.graphs.values() for n in g.nodes if n.detected])
        for exp in exps
    ]
    within = [
        metrics.rank_correlation(*own.T) for own in pairs if len(own) > 2 and (np.ptp(own, axis=0) > 0).all()
    ]
    every = np.concatenate([own for own in pairs if len(own)])
    return {
        "rank correlation, contribution and effect, within a picture": float(np.mean(within)),
        "rank correlation, contribution and effect, pooled": metrics.rank_correlation(*every.T),
        "nodes compared": len(every),
    }


def _true_drops(
    bench: Bench, samples: Sequence[Sample], exps: Sequence[StructuralExplanation]
) -> tuple[list[float], list[float], list[float]]:
    """Of each region that holds at least half of some part: its contribution, its effect, and the truth.

    The truth is what the class's logit loses when the scene is drawn again without every such part.
    """
    from xaikit.worlds import render

    learned, effects, owners, targets, pictures = [], [], [], [], []
    for number, (sample, exp) in enumerate(zip(samples, exps, strict=True)):
        for i, graph in enumerate(exp.graphs.values()):
            for node in graph.nodes:
                parts = parts_inside(node.mask, sample) if node.mask is not None else []
                if parts:
                    scene = reduce(lambda one, part: one.without(part), parts, sample.scene)
                    learned.append(node.contribution)
                    effects.append(node.weight)
                    owners.append(number)
                    targets.append(i)
                    pictures.append(render(scene).image)
    columns = [bench.classifier.class_index(cls) for cls in bench.classes]
    before = centered(bench.classifier.logits([sample.image for sample in samples])[:, columns])
    after = centered(bench.classifier.logits(pictures)[:, columns])
    rows = np.arange(len(pictures))
    return learned, effects, (before[owners, targets] - after[rows, targets]).tolist()
