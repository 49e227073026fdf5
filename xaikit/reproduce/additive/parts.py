"""Experiment 1: what filters that see parts contribute, beside what is lost without them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.additive import AdditiveExplainer, Contributions, lost_without
from xaikit.additive.examples import seen
from xaikit.core.masks import in_view
from xaikit.plots.charts import bars_side_by_side
from xaikit.plots.views import Bars
from xaikit.reproduce.additive.bench import explainers, performer, seen_of, sizes_of, targets
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.shares import range_of

if TYPE_CHECKING:
    from xaikit.data import ImageSet

__all__ = ["WHO", "Judged", "ablated", "fig5", "fig7", "judged", "table3", "twin_of"]

Rows = NDArray[np.float64]
EVEN = ("ours, weights alike at the start", "baseline, weights alike at the start")
WHO = ("ours", "baseline", *EVEN)
PAPER = {
    "eye": (0.181, 0.399),
    "mouth & nose": (0.153, 0.267),
    "torso": (0.019, 0.027),
}
N_SHOWN, N_BARS = 4, 20


@dataclass(frozen=True)
class Judged:
    """How one explainer and its twin did on new pictures of their class.

    Attributes
    ----------
    entropy : {who: mean H(c)}
    error, above : {who: {part: error}}, as the paper has it, and of what the sum adds to its bias
    foretold
        {who: rank correlation with what the score loses without a part in the scene, over the parts of a
        picture, in the mean, and over all parts of all pictures}; beside ours and baseline of ablation,
        gradient times value, and the part's area
    """

    entropy: dict[str, float]
    error: dict[str, dict[str, float]]
    above: dict[str, dict[str, float]]
    foretold: dict[str, tuple[float, float]]


@lru_cache(maxsize=60)
def judged(setting: Setting, name: str, seed: int) -> Judged:
    """Of one class, by one explainer."""
    method, new = explainers(setting, name, seed), seen_of(setting, name)
    found = method.explain(new)
    even = explainers(setting, name, seed, 0.0).name(method.parts_).explain(new)
    told = {"ours": found, "baseline": twin_of(found), EVEN[0]: even, EVEN[1]: twin_of(even)}
    parts = sorted(set(method.parts_.values()))
    given = {who: _by(one, parts) for who, one in told.items()}
    drops = ablated(method, new, parts)
    gained = {who: found.performer - one.bias for who, one in told.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of pictures in which no concept counts
        entropy = {
            who: float(np.nanmean(metrics.contribution_entropy(one.contributions)))
            for who, one in told.items()
        }
    return Judged(
        entropy=entropy,
        error={who: _error(own, drops, found.performer, parts) for who, own in given.items()},
        above={who: _error(own, drops, gained[who], parts) for who, own in given.items()},
        foretold=_foretold(setting, method, new, parts, given | {"ablation": drops}),
    )


def twin_of(found: Contributions) -> Contributions:
    """The baseline of explanations with a prior."""
    twin = found.baseline
    if twin is None:
        raise ValueError(f"{found!r} has no baseline: its explainer had no prior.")
    return twin


def _by(told: Contributions, parts: list[str]) -> Rows:
    """What each part contributes, (m, n_parts)."""
    names, given = told.by_part()
    return given[:, [names.index(part) for part in parts]].astype(float)


def _error(given: Rows, drops: Rows, scores: NDArray[Any], parts: list[str]) -> dict[str, float]:
    true = metrics.true_contributions(scores, np.maximum(drops, 0))
    return dict(zip(parts, metrics.contribution_error(given, true, scores).tolist(), strict=True))


def ablated(method: AdditiveExplainer, new: ImageSet, parts: list[str]) -> Rows:
    """Δy_p: what the score loses where the filters of each part give nothing, (m, n_parts)."""
    classifier, bound = method.fitted_.classifier, method.fitted_.bound
    target, rows = method.fitted_.asked.target, []
    for some in classifier.batches(new):
        inputs = classifier.inputs(some.views)
        whole = classifier.forward(inputs).logits[:, target]
        lost = [
            whole
            - classifier.forward(inputs, edit={str(bound.layer): _silenced(method, part)}).logits[:, target]
            for part in parts
        ]
        rows.append(torch.stack(lost, 1).cpu().numpy())
    return np.concatenate(rows).astype(float)


def _silenced(method: AdditiveExplainer, part: str) -> Any:
    bound = method.fitted_.bound
    own = [k for k, name in enumerate(bound.names) if method.parts_.get(name) == part]
    channels = torch.from_numpy(np.asarray(bound.channels)[own])

    def edit(features: torch.Tensor) -> torch.Tensor:
        features[:, channels.to(features.device)] = 0
        return features

    return edit


def _foretold(
    setting: Setting, method: AdditiveExplainer, new: ImageSet, parts: list[str], said: dict[str, Rows]
) -> dict[str, tuple[float, float]]:
    """Rank correlations with what is lost without each part in the scene: see `_agreed`."""
    without = _without(setting, method.target_)
    if not without:
        return {}
    lost, areas = (
        np.array([[own.get(part, np.nan) for part in parts] for own in of_all], float)
        for of_all in zip(*without, strict=True)
    )
    slopes = _gradient_times_value(method, new.subset(range(len(lost))), parts)
    everything = {who: rows[: len(lost)] for who, rows in said.items()}
    everything |= {"gradient x input": slopes, "area": areas}
    return {who: _agreed(rows, lost) for who, rows in everything.items()}


@lru_cache(maxsize=12)
def _without(setting: Setting, name: str) -> list[tuple[dict[str, float], dict[str, float]]]:
    """What the score loses without each part of some new pictures, and its area; nothing without scenes."""
    classifier, new = performer(setting), seen_of(setting, name)
    samples = list(new.subset(range(min(sizes_of(setting).n_scenes, len(new)))))
    if not all(hasattr(one.scene, "without") for one in samples):
        return []
    return [
        (
            lost_without(classifier, one, name),
            {part: float(in_view(classifier, mask).sum()) for part, mask in one.parts.items()},
        )
        for one in samples
    ]


def _agreed(said: Rows, lost: Rows) -> tuple[float, float]:
    """Rank correlation over the parts of a picture, a mean, and over all parts of all pictures."""
    within = [_ranked(a, b) for a, b in zip(said, lost, strict=True)]
    return float(np.nanmean(within)), _ranked(said.ravel(), lost.ravel())


def _gradient_times_value(method: AdditiveExplainer, new: ImageSet, parts: list[str]) -> Rows:
    """w_i y_i with the plain Jacobian, added up over the filters of a part."""
    fitted, rows = method.fitted_, []
    for some in fitted.classifier.batches(new):
        found = seen(fitted.classifier, some.views, fitted.asked)
        rows.append((found["priors"] * found["values"]).cpu().numpy())
    own, named = np.concatenate(rows), [method.parts_.get(name) for name in fitted.bound.names]
    return np.stack([own[:, [one == part for one in named]].sum(1) for part in parts], 1).astype(float)


def _ranked(said: Rows, lost: Rows) -> float:
    """NaN where fewer than three parts are known, or all are alike."""
    known = np.isfinite(said) & np.isfinite(lost)
    if known.sum() < 3 or not np.ptp(said[known]) or not np.ptp(lost[known]):
        return float("nan")
    return float(metrics.rank_correlation(said[known], lost[known]))


def table3(setting: Setting) -> Outcome:
    """Errors of part contributions against ablation, and whether they foretell scenes without the part."""
    paper: dict[str, Any] = {"mean error, ours": 0.089}
    for part, both in PAPER.items():
        paper |= {f"error of {part}, {who}": value for who, value in zip(WHO, both, strict=False)}
    seeds = sizes_of(setting).seeds
    every = {name: [judged(one, name, seed) for seed in seeds] for name, one in targets(setting)}
    measured = _row("mean", [one for found in every.values() for one in found])
    for name, found in every.items():
        measured |= _row(name, found)
    notes = [
        "the paper's error sets shares of the whole score beside shares of what is above the bias; where the "
        "bias is far below 0, as here, the two cannot agree, so that both are told",
    ]
    return Outcome(paper, measured, notes)


def _row(name: str, found: list[Judged]) -> dict[str, str]:
    """What is told of several explainers."""
    told = {}
    for who in WHO:
        told[f"{name} error, {who}"] = range_of([_mean(one.error[who]) for one in found])
        told[f"{name} error above the bias, {who}"] = range_of([_mean(one.above[who]) for one in found])
    for part in sorted({part for one in found for part in one.above["ours"]}):
        for who in WHO:
            own = [one.above[who][part] for one in found if part in one.above[who]]
            told[f"{name} error of {part} above the bias, {who}"] = range_of(own)
    for k, over in enumerate(("parts of a picture", "all parts and pictures")):
        for who in found[0].foretold:
            own = [one.foretold[who][k] for one in found]
            told[f"{name} rank correlation with scenes without a part, over {over}, {who}"] = range_of(own)
    return told


def _mean(errors: dict[str, float]) -> float:
    return float(np.mean(list(errors.values())))


def fig5(setting: Setting) -> Outcome:
    """Pictures, and how much each part counted for their scores."""
    measured, figures = {}, {}
    for name, one in targets(setting):
        method = explainers(one, name, sizes_of(setting).seeds[0])
        found = method.explain(seen_of(one, name))
        names, given = found.by_part()
        sizes = np.abs(given) / np.abs(given).sum(1, keepdims=True)
        order = np.argsort(-sizes.mean(0), kind="stable")
        measured[name] = ", ".join(f"{names[k]} {100 * sizes[:, k].mean():.0f} %" for k in order)
        figures[name] = method.explain(seen_of(one, name).subset(range(N_SHOWN))).plot()
    return Outcome({}, measured, ["mean shares of what all parts count, for and against"], figures)


def fig7(setting: Setting) -> Outcome:
    """How what filters contribute is spread over them, with the prior and without."""
    measured, figures = {}, {}
    for name, one in targets(setting):
        found = explainers(one, name, sizes_of(setting).seeds[0]).explain(seen_of(one, name))
        bars = []
        for who, told in {"ours": found, "baseline": twin_of(found)}.items():
            mean = np.abs(told.contributions).mean(0)
            ranked = np.sort(mean)[::-1].cumsum() / mean.sum()
            measured[f"{name}: filters that carry half, {who}"] = int(np.searchsorted(ranked, 0.5) + 1)
            top = np.argsort(-mean, kind="stable")[:N_BARS]
            bars.append(Bars([found.names[k] for k in top], mean[top].tolist(), who))
        figures[name] = bars_side_by_side(bars, f"mean size of contributions to {name}")
    return Outcome({}, measured, [], figures)
