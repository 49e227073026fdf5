"""SRAE's tables 2a and 5: how many units of the layer Lasso needs to be faithful."""

from __future__ import annotations

import numpy as np

from xaikit import metrics
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.srae.bench import bench_of, mean, modules_of
from xaikit.srae.examples import Sampling, gather
from xaikit.srae.rivals import lasso_path

__all__ = ["CUB", "PLACES", "lasso", "table5"]

CUB = {8: (3.80, 3.70), 21: (3.06, 2.99), 68: (1.86, 1.84), 232: (1.00, 1.03)}
PLACES = {5: (4.0726, 4.3366), 11: (3.8078, 4.0214), 31: (3.3673, 3.5281), 69: (3.0566, 3.1655)}
"""Number of selected units: the paper's F_reg in training and testing."""
WHEN = ("training", "testing")


def table5(setting: Setting) -> Outcome:
    """Of the kinds of rooms."""
    return lasso(setting, PLACES)


def lasso(setting: Setting, told: dict[int, tuple[float, float]]) -> Outcome:
    """For every number of units, the smallest α that leaves no more: F_reg, means over the classes."""
    bench = bench_of(setting)
    srae = modules_of(bench, "srae")
    sampling = Sampling(srae.n_positives, srae.n_negatives, srae.held_out, srae.seed)
    examples = gather(bench.classifier, bench.data, srae.layer_, bench.targets, sampling, None, False)
    units = np.maximum(examples.features, 0)
    found: dict[str, list[float]] = {}
    for name, split in zip(bench.targets, examples.splits, strict=True):
        scores = examples.logits[:, bench.classifier.class_index(name)]
        path = lasso_path(examples.features, scores, split, srae.positive_weight)
        learned = np.concatenate([split.positives, split.negatives])
        for n in told:
            last = np.flatnonzero(path.n_selected <= n)[-1]
            said = units @ path.coefficients[last] + path.baselines[last]
            for when, rows in zip(WHEN, (learned, split.held), strict=True):
                f_reg = metrics.regression_faithfulness(scores[rows], said[rows])
                found.setdefault(f"F_reg, {when}, Lasso of {n} units", []).append(f_reg)
    paper = {
        f"F_reg, {when}, Lasso of {n} units": value
        for n, row in told.items()
        for when, value in zip(WHEN, row, strict=True)
    }
    measured = {key: mean(values) for key, values in found.items()}
    measured["F_reg, testing, SRAE of 5 x-features"] = mean(
        [srae.checks[one]["F_reg"] for one in bench.targets]
    )
    note = f"The layer has {units.shape[1]} units; that of the paper's networks has 4,096."
    return Outcome(paper, measured, [note])
