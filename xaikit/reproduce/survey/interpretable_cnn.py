"""An interpretable CNN beside its ordinary twin (survey 5.1): are its filters sure of their places?"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.core.classifier import Classifier
from xaikit.core.running import pick_device
from xaikit.interpretable import FilterLoss
from xaikit.interpretable.filter_loss import WEIGHT
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.shares import range_of
from xaikit.zoo.augment import augmented
from xaikit.zoo.networks import PartVGG
from xaikit.zoo.objectives import cross_entropy, with_filter_loss
from xaikit.zoo.training import Pictures, Schedule, as_pictures, color_statistics, feeding, fit

if TYPE_CHECKING:
    from xaikit.data import Sample

__all__ = ["SIDE", "controls", "interpretable_cnn", "judged", "trained"]

SIDE, REACH, N_STRONGEST = 96, 6, 20
"""Of pictures; pixels by which they are shifted in training; of a filter's strongest places that are told."""
SCHEDULE = Schedule(epochs=16, rate=3e-3, decay=0.01, smoothing=0.05)
SINCE = 0.5
"""Share of the training before the filter loss."""
LOUD = 1e-4
"""Least peak of a filter that is said to answer."""
N = {False: (6000, 1200, (0, 1, 2)), True: (240, 120, (0,))}
"""Pictures to learn from, new ones, and seeds, in full and quick."""
MADE = {"ordinary": (False, 0.0), "interpretable": (True, WEIGHT)}


def interpretable_cnn(setting: Setting) -> Outcome:
    """Networks of one form and start learn the same pictures, with mask layer and filter loss or without."""
    n_trained, n_new, seeds = N[setting.quick]
    data = setting.images("train", n_trained)
    if not data[0].landmarks or not data[0].parts:
        raise ValueError(
            "the pictures must tell landmarks and masks of parts, as those of toyworld/animals do."
        )
    seen, new = as_pictures(data, SIDE, progress=False), list(setting.images("test", n_new))
    device = pick_device(setting.device)
    measured: dict[str, Any] = {}
    for name, (masked, weight) in MADE.items():
        found = [judged(trained(seen, masked, weight, device, setting.seed + seed), new) for seed in seeds]
        measured |= {f"{name}: {what}": range_of([one[what] for one in found]) for what in found[0]}
    notes = [
        "location instability of 6.2: the lower, the surer; of the 100 strongest pictures of each landmark",
        f"filter loss of weight {WEIGHT:g}; {n_trained} pictures, {n_new} new ones, seeds {seeds}",
    ]
    return Outcome({}, measured | controls(new), notes)


def trained(seen: Pictures, masked: bool, weight: float, device: torch.device, seed: int = 0) -> Classifier:
    """A network after all epochs; the filter loss, where it has a weight, is a part of the later ones."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = PartVGG(len(seen.class_names), masked=masked)
    colors = color_statistics(seen.pixels)
    change = partial(augmented, mean=colors[0], reach=REACH, blots=None)
    schedule = replace(SCHEDULE, seed=seed)
    objective = cross_entropy(schedule.smoothing)
    with FilterLoss(network.top, weight or WEIGHT) as filters:
        if weight:
            objective = with_filter_loss(objective, filters, SINCE)
        fit(network, seen, colors, schedule, device, feeding(seen, change), False, objective)
    mean, std = (color.tolist() for color in colors)
    return Classifier(network, list(seen.class_names), SIDE, mean, std, device, crop=1.0)


def judged(classifier: Classifier, new: list[Sample]) -> dict[str, float]:
    """Accuracy on new pictures, location instability of the filters that answer, and their purity.

    "part" is the share of a filter's strongest places that lie on the part on which most of them do.
    """
    maps = classifier.features([one.image for one in new], "filters")
    answers = classifier.predict([one.image for one in new])
    m, f, h, w = maps.shape
    found, peaks = maps.reshape(m, f, -1).argmax(2), maps.reshape(m, f, -1).max(2)
    side = new[0].image.shape[0]
    places = np.stack([(found % w + 0.5) / w, (found // w + 0.5) / h], 2) * side
    alive = peaks.max(0) > LOUD
    apart = np.sort(_instability(places, peaks, new)[alive])
    return {
        "right": float(
            np.mean([a == classifier.class_names[s.label] for a, s in zip(answers, new, strict=True)])
        ),
        "filters that answer": int(alive.sum()),
        "instability": round(float(apart.mean()), 4),
        "instability of the surest tenth": round(float(apart[: max(1, len(apart) // 10)].mean()), 4),
        "part": round(float(_purity(places, peaks, new)[alive].mean()), 3),
    }


def controls(new: list[Sample]) -> dict[str, float]:
    """Always the centre, and places by lot."""
    side, rng = new[0].image.shape[0], np.random.default_rng(0)
    centre, by_lot = np.full((len(new), 1, 2), side / 2), rng.uniform(0, side, (len(new), 50, 2))
    loud = rng.random((len(new), 50))
    return {
        "instability, always the centre": round(float(_instability(centre, loud[:, :1], new)[0]), 4),
        "instability, by lot": round(float(_instability(by_lot, loud, new).mean()), 4),
        "part, always the centre": round(float(_purity(centre, loud[:, :1], new)[0]), 3),
        "part, by lot": round(float(_purity(by_lot, loud, new).mean()), 3),
    }


def _instability(places: NDArray[Any], peaks: NDArray[Any], new: list[Sample]) -> NDArray[Any]:
    """Of each filter, by the places (x, y) and heights of its peaks, (m, c, 2) and (m, c)."""
    names = sorted({name for one in new for name in one.landmarks})
    nowhere = (math.nan, math.nan)
    landmarks = np.array([[one.landmarks.get(name, nowhere) for name in names] for one in new])
    return metrics.location_instability(places, peaks, landmarks, math.hypot(*new[0].image.shape[:2]))


def _purity(places: NDArray[Any], peaks: NDArray[Any], new: list[Sample]) -> NDArray[Any]:
    """Of each filter's strongest places, the share on the part on which most of them lie."""
    shares = []
    for k in range(peaks.shape[1]):
        on: dict[str, int] = {}
        for number in np.argsort(-peaks[:, k], kind="stable")[:N_STRONGEST]:
            column, row = places[number, k].astype(int)
            for name, mask in new[number].parts.items():
                on[name] = on.get(name, 0) + int(mask[row, column])
        shares.append(max(on.values(), default=0) / N_STRONGEST)
    return np.array(shares)
