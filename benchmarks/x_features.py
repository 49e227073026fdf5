"""X-features against SRAE's rivals: how faithful, orthogonal and local; what they foretell; and their time.

worlds      ``things`` (classes of toyworld's many, layer fc1) and ``vehicles`` (all, the default layer), on
            new pictures. Parts are known of vehicles alone: locality is that of their masks and the context
foretold    the place of one x-feature, where its heat lies thickest (a tenth of the picture), is filled in.
            "own falls most": of all contributions its own falls most; "most by its own": no other place makes
            it fall as much. Beside them, what falls of the score, and with the same region put elsewhere
kept        all but what is highlighted is filled in, and the network is asked again: share of pictures that
            are still taken for the class (table 2b). Beside x-features: excitation backprop of the score, and
            the same region put elsewhere
time        one module, features at hand; a fit of twenty classes, and twenty fits of one, from pictures on;
            one look at an explanation with an x-feature off
random      the network's weights drawn anew, x-features learned of that one: Spearman's ρ of its heatmaps and
            the true network's, pair by pair; beside it, x-features of the true network from another seed
real        ``--real FOLDER``: networks of ImageNet, six classes of photographs, half of them learned from,
            with a thousand other photographs; figures are of the other half
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measuring import kept_before, record, spent
from scipy.ndimage import uniform_filter

import xaikit as xk
from xaikit import metrics, zoo
from xaikit.core.images import erase
from xaikit.data import ImageSet
from xaikit.reproduce.srae.judging import faithful, local, masks_of, orthogonal, score_heat

OBJECTIVES = ("srae", "nn", "sae", "cae", "lasso")
THINGS = ("flamingo", "horse", "duck", "bookshelf", "doormat", "table", "castle", "bicycle", "owl", "tree")
N_TRAINED, N_NEW, PER_CLASS = 50, 10, 10
SHARE, SMOOTH = 0.1, 0.1
GAMMAS = (0.01, 0.05, 0.1, 0.3)
REAL = ("resnet18", "mobilenet_v2", "squeezenet1_0")
REAL_CLASSES = ("dalmatian", "crayfish", "airliner", "bee", "cougar", "flamingo")
Maps = np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--real", type=Path)
    parser.add_argument(
        "--only", nargs="+", help="of time, random, things, vehicles and the networks; others are kept"
    )
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    work: dict[str, Callable[[], Any]] = {
        "time": lambda: times(given.device),
        "random": lambda: random_weights(given.device),
        **{name: partial(world, name, given.device) for name in ("vehicles", "things")},
        **{name: partial(real, given.real, name, given.device) for name in REAL if given.real},
    }
    report: dict[str, Any] = kept_before("x_features", given.device) if given.only else {}
    for name in given.only or work:
        report[name] = work[name]()
        record("x_features", report, given.device)


def times(device: str) -> dict[str, Any]:
    """Seconds of twenty classes fitted together and one by one; of a module alone; of an x-feature off."""
    from xaikit.core.vector_layer import vector_layer
    from xaikit.srae.examples import Sampling, gather
    from xaikit.srae.training import Settings, train

    classifier = xk.load_classifier("toyworld/things", device=device)
    data = some("things", "train", N_TRAINED, classifier).kept(progress=False)
    names = data.class_names[:20]
    together, _ = spent(lambda: xk.SRAE(names).fit(classifier, data, progress=False, cache=False))
    alone, _ = spent(
        lambda: [xk.SRAE(name).fit(classifier, data, progress=False, cache=False) for name in names]
    )
    layer, made = vector_layer(classifier).name, xk.SRAE()
    found = gather(classifier, data, layer, names[:1], Sampling(50, 2000, 0.2, 0), None, False)
    settings = Settings("srae", made.beta, made.eta, made.q, made.l2, made.positive_weight, made.n_steps)
    scores = [found.logits[:, classifier.class_index(names[0])]]
    one, _ = spent(lambda: train(found.features, scores, found.splits, 5, settings, [(0,)]))
    return {
        "module_s": round(one, 2),
        "twenty_together_s": round(together, 1),
        "one_by_one_to_together": round(alone / together, 2),
        "off_ms": {name: round(1000 * off(name, device)) for name in ("vehicles", "birds")},
    }


def off(name: str, device: str) -> float:
    """Median seconds of an answer without the first x-feature, of pictures of a class."""
    classifier = xk.load_classifier(f"toyworld/{name}", device=device)
    data = some(name, "train", N_TRAINED, classifier).kept(progress=False)
    target = classifier.class_names[0]
    own = data.of_class(target).subset(range(N_NEW))
    found = xk.SRAE(target).fit(classifier, data, progress=False).explain(own)
    return float(np.median([spent(partial(found.without, [0], k))[0] for k in range(len(found))]))


def random_weights(device: str) -> dict[str, float]:
    """How alike heatmaps are to those of a network that knows nothing: ρ, means over species of birds."""
    classifier = xk.load_classifier("toyworld/birds", device=device)
    data, new = some("birds", "train", N_TRAINED, classifier), some("birds", "test", N_NEW, classifier)
    data, targets = data.kept(progress=False), classifier.class_names[::4]
    learned = [
        xk.SRAE(targets, seed=seed).fit(one, data, progress=False)
        for one, seed in ((classifier, 0), (untrained(device), 0), (classifier, 1))
    ]
    pairs: dict[str, list[float]] = {"random weights": [], "another seed": []}
    for name in targets:
        true, *others = (one.explain(new.of_class(name), name).heatmaps for one in learned)
        for told, maps in zip(pairs.values(), others, strict=True):
            told += [
                metrics.rank_correlation(one.ravel(), other.ravel())
                for one, other in zip(np.concatenate(true), np.concatenate(maps), strict=True)
                if one.any() and other.any()
            ]
    return {f"rho, {who}": mean(told) for who, told in pairs.items()} | {
        f"pairs, {who}": float(len(told)) for who, told in pairs.items()
    }


def untrained(device: str) -> xk.Classifier:
    """The network of birds, its weights drawn anew."""
    model, names, *how = zoo.load("birds")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for module in model.modules():
            if isinstance(module, torch.nn.Conv2d | torch.nn.Linear | torch.nn.BatchNorm2d):
                module.reset_parameters()
    return xk.Classifier(model, names, *how, device=device)


def world(name: str, device: str) -> dict[str, Any]:
    classifier = xk.load_classifier(f"toyworld/{name}", device=device)
    data, new = some(name, "train", N_TRAINED, classifier), some(name, "test", N_NEW, classifier)
    data = data.kept(progress=False)
    targets = [one for one in THINGS if one in data.class_names] if name == "things" else data.class_names
    return compared(classifier, data, new, targets, OBJECTIVES)


def some(name: str, split: str, per_class: int, classifier: xk.Classifier) -> ImageSet:
    return xk.load_images(f"toyworld/{name}", split=split, n=per_class * len(classifier.class_names))


def real(folder: Path, name: str, device: str) -> dict[str, Any]:
    others = xk.load_images(folder / "thousand", split="all")
    weights = folder / "models" / f"{name}.safetensors"
    classifier = xk.load_classifier(
        f"torchvision/{name}", weights, class_names=others.class_names, device=device
    )
    data = xk.load_images(folder / "twenty", split="all")
    order = np.argsort(data.labels, kind="stable")  # so that each half has half of every class
    halves = [data.subset(np.sort(order[half::2])) for half in (0, 1)]
    targets = [one for one in data.class_names if one.split("_", 1)[1] in REAL_CLASSES]
    return compared(classifier, halves[0] + others, halves[1], targets, OBJECTIVES[:2])


def compared(
    classifier: xk.Classifier,
    data: ImageSet,
    new: ImageSet,
    targets: Sequence[str],
    objectives: Sequence[str],
) -> dict[str, Any]:
    """Means over the classes, of every objective."""
    logits = classifier.logits(new)
    report: dict[str, Any] = {"classes": len(targets), "pictures": len(new)}
    own = {name: np.flatnonzero(new.labels == new.class_names.index(name))[:PER_CLASS] for name in targets}
    for objective in objectives:
        srae = xk.SRAE(list(targets), objective=objective).fit(classifier, data, progress=False)
        features = classifier.features(new, srae.layer_)
        rows = [
            judged(srae, new.subset(own[name]), name) | faithful(srae, name, features, logits)
            for name in targets
        ]
        if objective == "srae":
            rows = [
                one | foretold(srae, new.subset(own[name]), name) | kept(srae, new.subset(own[name]), name)
                for one, name in zip(rows, targets, strict=True)
            ]
        report[objective] = {key: mean([one[key] for one in rows]) for key in rows[0]}
    return report


def judged(srae: xk.SRAE, new: ImageSet, name: str) -> dict[str, float]:
    """O1, O2 and locality of the heatmaps on new pictures of the class, of x-features that are seen."""
    maps = srae.explain(new, name).heatmaps
    row = {"seen": float(maps.any((0, 2, 3)).sum()), **orthogonal(maps)}
    parts = sorted({part for one in new for part in one.parts})
    if parts and parts != ["object"]:
        regions = [masks_of(srae.classifier_, one, parts) for one in new]
        score = score_heat(srae, new, name).values[:, None]
        row |= {"locality": local(maps, regions), "locality of the score's": local(score, regions)}
    return row


def foretold(srae: xk.SRAE, new: ImageSet, name: str) -> dict[str, float]:
    """What falls where the place of each x-feature that gives something is filled in."""
    found, rng = srae.explain(new, name), np.random.default_rng(0)
    own_falls, by_own, chance, lost, elsewhere = [], [], [], [], []
    for picture in range(len(found)):
        gives = found.contributions[picture]
        counted = np.flatnonzero((gives > 0.1 * gives.max()) & found.heatmaps[picture].any((1, 2)))
        masks = [thickest(found.heatmaps[picture, k]) for k in counted]
        size = found.images.shape[1:3]
        rolled = [np.roll(one, rng.integers(0, size), (0, 1)) for one in masks]
        views = [filled(srae, found.images[picture], one) for one in [*masks, *rolled]]
        after = srae.explain(np.stack(views), name)
        falls = gives - after.contributions
        fell = found.scores[picture] - after.scores
        if len(counted) > 1:
            between = falls[: len(counted), counted]  # a row for each place
            own_falls += (between.argmax(1) == np.arange(len(counted))).tolist()
            by_own += (between.argmax(0) == np.arange(len(counted))).tolist()
            chance += [1 / len(counted)] * len(counted)
        lost += fell[: len(counted)].tolist()
        elsewhere += fell[len(counted) :].tolist()
    return {
        "own falls most": mean(own_falls),
        "most by its own": mean(by_own),
        "by chance": mean(chance),
        "score lost": mean(lost),
        "score lost elsewhere": mean(elsewhere),
    }


def kept(srae: xk.SRAE, new: ImageSet, name: str) -> dict[str, float]:
    """Share of pictures that the network takes for the class with all but the highlighted filled in."""
    found, classifier = srae.explain(new, name), srae.classifier_
    score = score_heat(srae, found.images, name).values[:, None]

    def right(views: list[np.ndarray]) -> list[bool]:
        return [said == name for said in classifier.predict(np.stack(views), as_view=True)]

    rows: dict[str, float] = {}
    for who, maps in (("x-features", found.heatmaps), ("the score's", score)):
        left = metrics.masked_accuracy(
            list(found.images), maps, right, GAMMAS, fill_color=classifier.mean_color
        )
        rows["answered so"] = left.whole
        for k, gamma in enumerate(GAMMAS):
            rows[f"kept {gamma:.0%}, {who}"] = left.masked[k]
            rows[f"kept {gamma:.0%}, as large elsewhere as {who}"] = left.elsewhere[k]
            rows[f"area {gamma:.0%}, {who}"] = left.area[k]
    return rows


def thickest(heat: Maps) -> np.ndarray:
    smooth = uniform_filter(heat.astype(np.float64), round(SMOOTH * len(heat)))
    return smooth >= np.quantile(smooth, 1 - SHARE)


def filled(srae: xk.SRAE, view: np.ndarray, mask: np.ndarray) -> np.ndarray:
    if not mask.any() or mask.all():
        return view if not mask.any() else np.full_like(view, srae.classifier_.mean_color)
    return erase(view, mask, "inpaint", fill_color=srae.classifier_.mean_color)


def mean(values: Sequence[Any]) -> float:
    known = [float(one) for one in values if np.isfinite(one)]
    return round(float(np.mean(known)), 4) if known else float("nan")


if __name__ == "__main__":
    main()
