"""Whether a relation's measured effect foretells what the network does in scenes drawn again.

The truth is the relation's own equation (:mod:`xaikit.vrx.relations`) with scenes in place of pictures: the
parts that lie inside the region of concept i are lifted off and put down where the region went, once with and
once without the parts inside that of j.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit import metrics
from xaikit.vrx.effects import centered, logits_of
from xaikit.vrx.relations import away

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xaikit.data import Sample
    from xaikit.reproduce.vrx.bench import Bench
    from xaikit.vrx import StructuralExplanation

__all__ = ["parts_inside", "relations_foretell"]


def relations_foretell(
    bench: Bench, samples: Sequence[Sample], exps: Sequence[StructuralExplanation]
) -> dict[str, Any]:
    """How relations' effects and contributions rank with the truth, in graphs of the predicted class.

    Parameters
    ----------
    exps : explanations of the samples, with "edges" measured
    """
    effects, learned, scenes, targets = [], [], [], []
    for sample, exp in zip(samples, exps, strict=True):
        own = list(_related(sample, exp))
        effects += [effect for effect, _, _ in own]
        learned += [contribution for _, contribution, _ in own]
        scenes += [picture for _, _, four in own for picture in four]
        targets += [bench.classes.index(exp.prediction)] * len(own)
    columns = [bench.classifier.class_index(cls) for cls in bench.classes]
    four = centered(logits_of(bench.classifier, columns, scenes)).reshape(-1, 4, len(columns))
    whole, moved, without, both = four[np.arange(len(targets)), :, targets].T
    truth = (whole - moved) - (without - both)
    correlation = metrics.rank_correlation
    return {
        "relations that can be drawn again": len(truth),
        "rank correlation, relation's effect and scenes drawn again": correlation(effects, truth),
        "rank correlation, relation's contribution and scenes drawn again": correlation(learned, truth),
        "rank correlation, relation's contribution and effect": correlation(learned, effects),
        "relation's effect, mean size": float(np.abs(effects).mean()),
        "relation's truth, mean size": float(np.abs(truth).mean()),
    }


def _related(sample: Sample, exp: StructuralExplanation) -> Iterator[tuple[float, float, list[np.ndarray]]]:
    """Effect and contribution of each relation whose two concepts hold parts, and the four pictures that tell
    the truth: the scene, with i moved, without j, without j and with i moved."""
    from xaikit.data.toyworld import render

    graph = exp.graphs[exp.prediction]
    covered = np.any([n.mask for one in exp.graphs.values() for n in one.nodes if n.mask is not None], axis=0)
    masks = {node.index: node.mask for node in graph.nodes if node.mask is not None}
    parts = {k: parts_inside(mask, sample) for k, mask in masks.items()}
    for j, i in permutations([k for k, own in parts.items() if own], 2):
        edge = graph.edges[j, i]
        if edge.effect is None or set(parts[j]) & set(parts[i]):
            continue
        shift = _shift(masks[i], covered)

        def put(scene: Any, names: Sequence[str] = parts[i], shift: np.ndarray = shift) -> Any:
            return reduce(lambda one, part: one.moved(part, *shift), names, scene)

        without = reduce(lambda one, part: one.without(part), parts[j], sample.scene)
        scenes = sample.scene, put(sample.scene), without, put(without)
        yield edge.effect, edge.contribution, [render(scene).image for scene in scenes]


def _shift(mask: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """How far a region goes, (dx, dy) in pixels."""
    rows, columns = np.nonzero(mask)
    here = np.array([columns.min() + columns.max() + 1, rows.min() + rows.max() + 1]) / 2
    return np.array(away(mask, covered & ~mask)) - here


def parts_inside(mask: np.ndarray, sample: Sample) -> list[str]:
    """The parts of which at least half lies in a region."""
    return [name for name, part in sample.parts.items() if (mask & part).sum() >= 0.5 * part.sum()]
