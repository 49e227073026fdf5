"""SRAE's tables 2b and 4: is what the heatmaps show enough for the decision?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.srae.bench import Bench, bench_of, half_width, maps_of, mean, modules_of, shown
from xaikit.reproduce.srae.judging import score_heat
from xaikit.reproduce.srae.selecting import CUB, lasso

__all__ = ["table2", "table4"]

WHOLE = 87.98
MASKED = {0.01: (87.62, 79.21), 0.05: (84.28, 67.42), 0.1: (77.71, 54.81), 0.3: (40.97, 18.32)}
"""γ: the paper's accuracy, %, with what x-features and with what ExcitationBP highlight."""


def table2(setting: Setting) -> Outcome:
    """(a) How many units Lasso needs to be faithful; (b) is what the heatmaps show enough, γ = 5 %?"""
    select, mask = lasso(setting, CUB), _masked(setting, (0.05,))
    return Outcome(
        {**select.paper, **mask.paper}, {**select.measured, **mask.measured}, [*select.notes, *mask.notes]
    )


def table4(setting: Setting) -> Outcome:
    """Is what the heatmaps show enough, for every γ?"""
    return _masked(setting, tuple(MASKED))


def _masked(setting: Setting, gammas: tuple[float, ...]) -> Outcome:
    bench = bench_of(setting)
    found = {"x-features": [], "ExcitationBP": []}  # type: dict[str, list[metrics.MaskedAccuracy]]
    for name in bench.targets:
        score = score_heat(modules_of(bench, "srae"), shown(bench, name), name).values[:, None]
        found["x-features"].append(_asked(bench, name, maps_of(bench, "srae", name), gammas))
        found["ExcitationBP"].append(_asked(bench, name, score, gammas))
    paper: dict[str, Any] = {"accuracy of whole pictures, %": WHOLE}
    measured: dict[str, Any] = {
        "accuracy of whole pictures, %": 100 * mean([one.whole for one in found["x-features"]])
    }
    for k, gamma in enumerate(gammas):
        for who, told in zip(found, MASKED[gamma], strict=True):
            paper[f"γ = {gamma:.0%}: accuracy, {who}, %"] = told
            measured |= {
                f"γ = {gamma:.0%}: accuracy, {who}, %": 100 * mean([one.masked[k] for one in found[who]]),
                f"γ = {gamma:.0%}: accuracy ±, {who}": 100
                * half_width([one.masked[k] for one in found[who]]),
                f"γ = {gamma:.0%}: as large elsewhere as {who}', %": 100
                * mean([one.elsewhere[k] for one in found[who]]),
                f"γ = {gamma:.0%}: area, {who}, %": 100 * mean([one.area[k] for one in found[who]]),
            }
    return Outcome(
        paper,
        measured,
        [
            "What is below γ of a map's maximum is filled in by a smooth surface; new pictures. "
            "±: half of the 95 % interval over the classes."
        ],
    )


def _asked(
    bench: Bench, name: str, heatmaps: NDArray[Any], gammas: tuple[float, ...]
) -> metrics.MaskedAccuracy:
    """Of new pictures of a class: an answer is right that names it."""
    classifier = bench.classifier

    def right(views: list[NDArray[np.uint8]]) -> NDArray[np.bool_]:
        return np.array([said == name for said in classifier.predict(np.stack(views), as_view=True)])

    views = [np.asarray(classifier.view(sample.image)) for sample in shown(bench, name)]
    color = classifier.mean_color
    return metrics.masked_accuracy(views, heatmaps, right, gammas, seed=bench.setting.seed, fill_color=color)
