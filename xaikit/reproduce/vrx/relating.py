"""Whether a relation's measured effect foretells what the network does in scenes drawn again.

The truth is the relation's own equation (:mod:`xaikit.vrx.relations`) with scenes in place of pictures: the
parts that lie inside the region of concept i are lifted off and put down where the region went, once with and
once without the parts inside that of j.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xaikit import metrics
from xaikit.vrx.effects import centered, logits_of, without
from xaikit.vrx.relations import away, box_center

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xaikit.data import Sample
    from xaikit.reproduce.vrx.bench import Bench
    from xaikit.vrx import StructuralExplanation

__all__ = ["parts_inside", "relations_foretell"]

NEAR = 4  # pixels


def relations_foretell(
    bench: Bench, samples: Sequence[Sample], exps: Sequence[StructuralExplanation], fill: str, seed: int = 0
) -> dict[str, Any]:
    """How relations' effects and contributions rank with the truth, in graphs of the predicted class.

    Beside it: the truths of other relations by lot; what both regions cost together more than apart when they
    are filled in and nothing is moved; and how large effects are of regions that touch, and that do not.

    Parameters
    ----------
    exps : explanations of the samples, with "edges" measured
    fill : how regions are filled in
    """
    found = [
        (exp, one) for s, exp in zip(samples, exps, strict=True) for one in _related(bench, s, exp, fill)
    ]
    related = [one for _, one in found]
    targets = [bench.classes.index(exp.prediction) for exp, _ in found]
    effects, learned, gaps = (
        np.array([getattr(one, name) for one in related]) for name in ("effect", "contribution", "gap")
    )
    truth = _interplay(bench, [one.drawn for one in related], targets)
    filled = _interplay(bench, [one.filled for one in related], targets)
    by_lot = np.random.default_rng(seed).permutation(truth)
    correlation, near = metrics.rank_correlation, gaps <= NEAR
    return {
        "relations that can be drawn again": len(truth),
        "rank correlation, relation's effect and scenes drawn again": correlation(effects, truth),
        "the same with scenes of other relations by lot": correlation(effects, by_lot),
        "rank correlation, relation's contribution and scenes drawn again": correlation(learned, truth),
        "rank correlation, relation's contribution and effect": correlation(learned, effects),
        "rank correlation, relation's effect and both filled in, nothing moved": correlation(effects, filled),
        "relation's effect, mean size": float(np.abs(effects).mean()),
        "relation's truth, mean size": float(np.abs(truth).mean()),
        f"relation's effect, mean size, regions within {NEAR} pixels": float(np.abs(effects[near]).mean()),
        f"relation's effect, mean size, regions beyond {NEAR} pixels": float(np.abs(effects[~near]).mean()),
    }


class Related(NamedTuple):
    """A relation, and four pictures each of which the interplay of its two concepts is asked.

    ``drawn``: the scene, with i moved, without j, without j and with i moved; ``filled``: the picture,
    without region i, without region j, without both; ``gap``: pixels between the regions.
    """

    effect: float
    contribution: float
    gap: float
    drawn: list[np.ndarray]
    filled: list[np.ndarray]


def _interplay(bench: Bench, fours: Sequence[Sequence[np.ndarray]], targets: Sequence[int]) -> np.ndarray:
    """(first − second) − (third − fourth) of each four pictures' logit of a class."""
    columns = [bench.classifier.class_index(cls) for cls in bench.classes]
    logits = logits_of(bench.classifier, columns, (picture for four in fours for picture in four))
    own = centered(logits).reshape(-1, 4, len(columns))[np.arange(len(targets)), :, targets]
    return (own[:, 0] - own[:, 1]) - (own[:, 2] - own[:, 3])


def _related(bench: Bench, sample: Sample, exp: StructuralExplanation, fill: str) -> Iterator[Related]:
    """The relations of the predicted class whose two concepts hold parts."""
    from scipy.ndimage import distance_transform_edt

    from xaikit.worlds import render

    graph = exp.graphs[exp.prediction]
    covered = np.any([n.mask for one in exp.graphs.values() for n in one.nodes if n.mask is not None], axis=0)
    masks = {node.index: node.mask for node in graph.nodes if node.mask is not None}
    parts = {k: parts_inside(mask, sample) for k, mask in masks.items()}
    for j, i in permutations([k for k, own in parts.items() if own], 2):
        edge = graph.edges[j, i]
        if edge.effect is None or set(parts[j]) & set(parts[i]):
            continue
        shift = np.subtract(away(masks[i], covered & ~masks[i]), box_center(masks[i]))

        def put(scene: Any, names: Sequence[str] = parts[i], shift: np.ndarray = shift) -> Any:
            return reduce(lambda now, part: now.moved(part, *shift), names, scene)

        bare = reduce(lambda one, part: one.without(part), parts[j], sample.scene)
        scenes = sample.scene, put(sample.scene), bare, put(bare)
        only_i, both = (
            [one, without(bench.classifier, one, masks[i], fill)]
            for one in (exp.image, without(bench.classifier, exp.image, masks[j], fill))
        )
        gap = float(distance_transform_edt(~masks[j])[masks[i]].min())
        drawn = [render(scene).image for scene in scenes]
        yield Related(edge.effect, edge.contribution, gap, drawn, [*only_i, *both])


def parts_inside(mask: np.ndarray, sample: Sample) -> list[str]:
    """The parts of which at least half lies in a region."""
    return [name for name, part in sample.parts.items() if (mask & part).sum() >= 0.5 * part.sum()]
