"""Experiment 2: attributes of faces explained by others, beside the weights by which they are caused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.additive import Contributions
from xaikit.plots.charts import bars_side_by_side
from xaikit.plots.views import Bars
from xaikit.reproduce.additive.bench import (
    FACES,
    explainers_of_faces,
    performer,
    pictures,
    sizes_of,
)
from xaikit.reproduce.additive.parts import twin_of
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.shares import range_of
from xaikit.worlds.faces import LOCALS, WEIGHTS

if TYPE_CHECKING:
    from xaikit.data import ImageSet

__all__ = ["Attribute", "attribute", "fig6", "fig8", "of_faces"]

N_CONCEPTS = (5, 10, 20, 39)
N_SHOWN = 4
N_FACES = 3
"""New faces, of each number of new pictures of a kind of animal."""
WHO = ("ours", "baseline")


def of_faces(setting: Setting) -> Setting:
    """The setting of experiment 2, where the one asked for is of animals."""
    if setting.model.startswith("toyworld/") and setting.model != FACES:
        return replace(setting, model=FACES, data=FACES)
    return setting


@dataclass(frozen=True)
class Attribute:
    """How one explainer of an attribute and its twin did on new faces; each number by who.

    Attributes
    ----------
    entropy, deviation, accuracy : as in the paper, by all 39 others; "performer" too has an accuracy
    causes
        rank correlation of what local attributes add, in the mean, with the weights that cause the attribute;
        "most" is what weights themselves would reach, were those of no weight told apart by lot
    foretold : mean over faces of the rank correlation with what switching each attribute does to the score
    """

    entropy: dict[str, float]
    deviation: dict[str, float]
    accuracy: dict[str, float]
    causes: dict[str, float]
    foretold: dict[str, float]


@lru_cache(maxsize=40)
def attribute(setting: Setting, name: str, seed: int) -> Attribute:
    """Of one attribute, by one explainer of all others and one of local ones alone."""
    method, new = explainers_of_faces(setting, name, seed), _new(setting)
    both = _both(method.explain(new))
    learned = pictures(setting, sizes_of(setting).n_pictures)
    said = {who: one.reconstruction for who, one in _both(method.explain(learned)).items()}
    taus = {who: metrics.best_threshold(own, _there(learned, name)) for who, own in said.items()}
    local = _both(explainers_of_faces(setting, name, seed, LOCALS).explain(new))
    scores, truth = both["ours"].performer, _there(new, name)
    return Attribute(
        entropy={
            who: float(metrics.contribution_entropy(one.contributions).mean()) for who, one in both.items()
        },
        deviation={
            who: float(metrics.relative_deviation(scores, one.reconstruction).mean())
            for who, one in both.items()
        },
        accuracy={who: metrics.accuracy_at(one.reconstruction, truth, taus[who]) for who, one in both.items()}
        | {"performer": metrics.accuracy_at(scores, truth, 0.0)},
        causes=_causes(setting, name, local, seed),
        foretold=_foretold(setting, name, local),
    )


@lru_cache(maxsize=2)
def _new(setting: Setting) -> ImageSet:
    return _faces(setting).kept(progress=False)


def _faces(setting: Setting) -> ImageSet:
    return setting.images("test", N_FACES * sizes_of(setting).n_new)


def _there(data: ImageSet, name: str) -> NDArray[np.bool_]:
    return np.array([one.attributes[name] for one in data])


def _both(found: Contributions) -> dict[str, Contributions]:
    return {"ours": found, "baseline": twin_of(found)}


def _causes(setting: Setting, name: str, told: dict[str, Contributions], seed: int) -> dict[str, float]:
    there = np.array([[one.attributes[local] for local in LOCALS] for one in _new(setting)])
    weights = np.array([WEIGHTS[name].get(local, 0.0) for local in LOCALS])
    spread = np.random.default_rng(seed).uniform(-1e-6, 1e-6, len(weights))
    agreed = {who: float(metrics.rank_correlation(_adds(one, there), weights)) for who, one in told.items()}
    own = weights != 0
    of_causes = {
        f"{who}, of causes alone": float(metrics.rank_correlation(_adds(one, there)[own], weights[own]))
        for who, one in told.items()
    }
    return agreed | of_causes | {"most": float(metrics.rank_correlation(weights + spread, weights))}


def _adds(told: Contributions, there: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each local attribute adds where it is there, more than where it is not, in the mean."""
    given = told.contributions.astype(float)
    rows = []
    for k in range(there.shape[1]):
        has = there[:, k]
        rows.append(given[has, k].mean() - given[~has, k].mean() if has.any() and (~has).any() else 0.0)
    return np.array(rows)


def _foretold(setting: Setting, name: str, told: dict[str, Contributions]) -> dict[str, float]:
    """Contributions of local attributes beside what switching each in the same face takes from the score."""
    target = performer(setting).class_index(name)
    ranks: dict[str, list[float]] = {who: [] for who in told}
    for number, (can, logits) in enumerate(_switched(setting)):
        lost = told["ours"].performer[number] - logits[:, target]
        for who, one in told.items():
            ranks[who].append(float(metrics.rank_correlation(one.contributions[number, can], lost)))
    return {who: float(np.mean(own)) for who, own in ranks.items()}


@lru_cache(maxsize=2)
def _switched(setting: Setting) -> list[tuple[list[int], NDArray[np.float32]]]:
    """For some faces, numbers of the local attributes that can be switched, and all logits once each is."""
    found = []
    for sample in _faces(setting).subset(range(sizes_of(setting).n_scenes)):
        others = {k: _other(sample.scene, local) for k, local in enumerate(LOCALS)}
        can = [k for k, scene in others.items() if scene is not None]
        found.append((can, performer(setting).logits([others[k].rendered().image for k in can])))
    return found


def _other(scene: Any, local: str) -> Any:
    """The same face with an attribute switched; None where another one stands against that."""
    try:
        return scene.with_attribute(local, local not in scene.traits)
    except ValueError:
        return None


def fig6(setting: Setting) -> Outcome:
    """Faces, what speaks for and against an attribute, and whether that is what causes it."""
    sizes, measured, figures = sizes_of(setting), {}, {}
    every = {name: [attribute(setting, name, seed) for seed in sizes.seeds] for name in sizes.attributes}
    for name, found in every.items():
        for who in found[0].causes:
            measured[f"{name}: causes, {who}"] = range_of([one.causes[who] for one in found])
        for who in found[0].foretold:
            measured[f"{name}: switching foretold, {who}"] = range_of([one.foretold[who] for one in found])
        told = explainers_of_faces(setting, name, sizes.seeds[0]).explain(
            _new(setting).subset(range(N_SHOWN))
        )
        figures[name] = told.plot()
    for who in WHO:
        measured[f"mean: causes, {who}"] = range_of(
            [one.causes[who] for found in every.values() for one in found]
        )
        measured[f"mean: switching foretold, {who}"] = range_of(
            [one.foretold[who] for found in every.values() for one in found]
        )
    notes = ["causes: rank correlation over the local attributes with the weights that cause the global one"]
    return Outcome({}, measured, notes, figures)


def fig8(setting: Setting) -> Outcome:
    """How much is left unsaid by fewer concepts: relative deviation and lost accuracy."""
    sizes, measured, bars = sizes_of(setting), {}, []
    new = _new(setting)
    for name in sizes.attributes:
        there = _there(new, name)
        others = [one for one in performer(setting).class_names if one != name]
        gaps = []
        for n in N_CONCEPTS:
            rng = np.random.default_rng([setting.seed, n])
            chosen = tuple(others[k] for k in sorted(rng.permutation(len(others))[:n]))
            told = explainers_of_faces(setting, name, sizes.seeds[0], chosen).explain(new)
            gaps.append(float(metrics.relative_deviation(told.performer, told.reconstruction).mean()))
            right = [metrics.accuracy_at(one, there, 0.0) for one in (told.performer, told.reconstruction)]
            measured[f"{name}: {n} concepts, relative deviation"] = gaps[-1]
            measured[f"{name}: {n} concepts, accuracy lost, points"] = 100 * (right[0] - right[1])
        bars.append(Bars([f"{n} concepts" for n in N_CONCEPTS], gaps, name))
    return Outcome({}, measured, [], {"deviation": bars_side_by_side(bars, "relative deviation")})
