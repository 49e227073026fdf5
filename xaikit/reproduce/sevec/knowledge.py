"""SeVec, section 4: what the network knows as a whole (figures 3 to 5, tables 2 and 3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaikit.core.errors import did_you_mean
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.sevec.bench import LOW_LEVEL, Bench, bench_of
from xaikit.reproduce.shares import percent
from xaikit.sevec.concept_map import LEVELS

__all__ = ["fig3", "fig4", "fig5", "table2", "table3"]

TOP = 5
N_EXTREME = 3


def fig3(setting: Setting) -> Outcome:
    """The map of all classes: do the vectors' clusters follow the hierarchy that people made?"""
    bench = bench_of(setting)
    found = bench.vectors.map(["tsne", "pca"])
    measured: dict[str, Any] = {}
    for level in LEVELS:
        if level in found.labels:
            measured[f"adjusted mutual information, {level}"] = found.agreement(level)
            measured[f"different values, {level}"] = len(set(found.labels[level]))
    for name, trust in found.checks["trustworthiness"].items():
        measured[f"trustworthiness of {name}"] = trust
    figures = {
        level.replace(" ", "_"): found.plot(color_by=level) for level in LEVELS if level in found.labels
    }
    notes = ["The paper judges by eye. Clusters: k-means on the unit vectors, as many as there are labels."]
    if not figures:
        notes.append("These pictures have no hierarchy of their classes, so there is nothing to agree with.")
        figures = {"map": found.plot()}
    return Outcome({}, measured, notes, figures)


def fig4(setting: Setting) -> Outcome:
    """The concepts with the most and the fewest facets, by the pictures nearest to them."""
    bench = bench_of(setting)
    order = np.argsort(bench.vectors.diversity_)
    names = [bench.vectors.concept_names[k] for k in (*order[-N_EXTREME:][::-1], *order[:N_EXTREME])]
    found = bench.vectors.retrieve(bench.test, names, 10, progress=False)
    measured: dict[str, Any] = {
        f"D_c, {name}": float(bench.vectors.diversity_[bench.vectors.concept_names.index(name)])
        for name in names
    }
    paper = {"most diverse": "scale", "least diverse": "indigo bird"}
    measured |= {"most diverse": names[0], "least diverse": names[N_EXTREME]}
    return Outcome(paper, measured, [], {"pictures": found.plot()})


def table2(setting: Setting) -> Outcome:
    """Are classes of many facets recognised worse? D_c against top-1 and top-5 accuracy over the classes."""
    from scipy.stats import pearsonr

    bench = bench_of(setting)
    measured: dict[str, Any] = {}
    accuracy = _accuracy_by_class(bench)
    for name, values in accuracy.items():
        if np.ptp(values) == 0:
            measured[f"r, {name}"] = "every class is recognised equally well"
            continue
        found = pearsonr(bench.vectors.diversity_, values)
        measured[f"r, {name}"] = float(found.statistic)
        measured[f"p, {name}"] = float(found.pvalue)
        measured[f"mean accuracy, {name}"] = float(values.mean())
    measured["classes"] = len(bench.vectors.concept_names)
    paper = {"r, top 1": -0.5245, "p, top 1": 9.395e-72, "r, top 5": -0.4727, "p, top 5": 8.485e-57}
    return Outcome(paper, measured, [], {})


def fig5(setting: Setting) -> Outcome:
    """Relevance: is a class's own texture, material, color the one whose vector is nearest to its own?"""
    bench = bench_of(setting, low_level=True)
    measured: dict[str, Any] = {}
    figures = {}
    for kind in LOW_LEVEL:
        truth = bench.test.truth(kind)
        if not truth:
            continue
        classes = list(truth)
        for name, centered in (("as in the paper", False), ("less the mean of its kind", True)):
            found = bench.vectors.relevance(classes, kind, centered=centered)
            first = [found.ranked(cls)[0][0] == truth[cls] for cls in classes]
            measured |= percent(f"{kind}: the true one first, {name}", first)
            ranks = [[n for n, _ in found.ranked(cls)].index(truth[cls]) + 1 for cls in classes]
            measured[f"{kind}: mean rank of the true one, {name}"] = float(np.mean(ranks))
            figures[f"{kind}{'_centred' if centered else ''}"] = found.plot()
        measured[f"{kind}: classes that have one, and how many there are to choose from"] = (
            f"{len(classes)} and {len(bench.vectors.numbers(kind))}"
        )
    paper = {f"{kind}: the true one first, as in the paper, %": "by eye, in examples" for kind in LOW_LEVEL}
    return Outcome(paper, measured, [], figures)


def table3(setting: Setting) -> Outcome:
    """Single pictures: is the concept named the true one, and is 'none fits' said where none does?"""
    bench = bench_of(setting, low_level=True)
    measured: dict[str, Any] = {}
    for kind in LOW_LEVEL:
        truth = bench.test.truth(kind)
        if not truth:
            continue
        found = bench.vectors.explain(bench.test, kind)
        names = [bench.test.class_names[label] for label in bench.test.labels]
        read = [k for k, best in enumerate(found.best) if best is not None]
        known = [k for k in read if names[k] in truth]
        named = [k for k in known if found.answers[k] is not None]
        measured |= percent(
            f"{kind}: nearest is the true one", [found.best[k] == truth[names[k]] for k in known]
        )
        measured |= percent(f"{kind}: named, of pictures that have one", [k in set(named) for k in known])
        measured |= percent(
            f"{kind}: right where named", [found.answers[k] == truth[names[k]] for k in named]
        )
        others = [k for k in read if names[k] not in truth]
        measured |= percent(
            f"{kind}: none fits, of pictures without", [found.answers[k] is None for k in others]
        )
    return Outcome(
        {}, measured, ["The paper shows seven pictures; two of them are marked as not fitting."], {}
    )


def _accuracy_by_class(bench: Bench) -> dict[str, NDArray[np.float64]]:
    """Share of right answers among the first and the first five, per concept (K,).

    Of the pictures that can be read.
    """
    names = bench.vectors.concept_names
    index = np.array([bench.classifier.class_index(name) for name in bench.test.class_names])
    logits = bench.classifier.logits(bench.test)
    read = ~np.isnan(logits).any(1)
    own = index[bench.test.labels]
    order = np.argsort(-logits, axis=1)[:, :TOP]
    right = order == own[:, None]
    place = {name: k for k, name in enumerate(bench.test.class_names)}
    missing = [name for name in names if name not in place]
    if missing:
        raise ValueError(f"no test picture of {missing[0]!r}.{did_you_mean(missing[0], place)}")
    rows = [read & (bench.test.labels == place[name]) for name in names]
    return {
        "top 1": np.array([right[row, 0].mean() for row in rows]),
        "top 5": np.array([right[row].any(1).mean() for row in rows]),
    }
