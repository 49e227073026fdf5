"""What the built-in network of vehicles makes of their parts, on pictures that it never saw.

Every scene is drawn again without each kind of its parts: how much of its margin, the logit of the true
class less the largest other, does the network then lose? Do covering a part and drawing the scene without it
say the same? How wide are the margins of errors? Does a cross of an ambulance on the side of a fire engine
change its answer?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from measuring import record
from PIL import Image
from scipy.signal import fftconvolve
from scipy.stats import spearmanr

import xaikit as xk
from xaikit.core.images import cut, erase, paste
from xaikit.data import ImageSet, Sample
from xaikit.worlds import render
from xaikit.zoo.parts import VEHICLE

THREE = ("fire engine", "ambulance", "school bus")
SIDE = ("body", "shutters", "stripe", "hose reel")  # what a fire engine's side consists of
N_SCENES, N_FRESH, N_ENGINES, N_PLACES = 240, 3000, 60, 10


@dataclass(frozen=True)
class Removal:
    """Scene number `scene` drawn without one visible part of `kind`, or without all of them.

    `covered` holds the whole picture with the part's mask filled, by the name of the fill; it is empty where
    all parts of the kind are gone.
    """

    scene: int
    kind: str
    redrawn: np.ndarray
    covered: dict[str, np.ndarray]


@dataclass(frozen=True)
class Edit:
    """Fire engine number `engine` after `gesture`."""

    engine: int
    gesture: str
    image: np.ndarray


def main() -> None:
    network = xk.load_classifier("toyworld/vehicles", device="cpu")
    tests = xk.load_images("toyworld/vehicles", split="test", n=N_FRESH)
    scenes = [tests[k] for k in range(N_SCENES)]
    singly, by_kind = removals(scenes, network.mean_color)
    engines = {int(k): tests[int(k)] for k in numbers_of(tests, "fire engine")[:N_ENGINES]}
    crosses = [tests[int(k)] for k in numbers_of(tests, "ambulance")[: 2 * N_ENGINES]]
    report = {
        "parts": parts_used(network, scenes, singly, by_kind),
        "covering": covering(network, scenes, singly),
        "errors": errors(network, tests.kept()),
        "crosses": answers_changed(network, engines, list(edits(engines, crosses))),
        "scenes": N_SCENES,
        "pictures": N_FRESH,
    }
    record("parts_used", report)


def numbers_of(data: ImageSet, name: str) -> np.ndarray:
    return np.flatnonzero(data.labels == data.class_names.index(name))


# ---- parts taken away ----


def removals(scenes: Sequence[Sample], mean_color: Sequence[int]) -> tuple[list[Removal], list[Removal]]:
    """Every scene without each of its visible parts, and without each kind of them."""
    singly, by_kind = [], []
    for k, sample in enumerate(scenes):
        redrawn = defaultdict(dict)
        for name, mask in sample.parts.items():
            kind = sample.scene.kind(name)
            if kind in VEHICLE:
                continue
            redrawn[kind][name] = render(sample.scene.without(name)).image
            covered = {
                "inpaint": erase(sample.image, mask, "inpaint"),
                "mean": erase(sample.image, mask, "mean", fill_color=mean_color),
            }
            singly.append(Removal(k, kind, redrawn[kind][name], covered))
        for kind, without in redrawn.items():
            by_kind.append(Removal(k, kind, without_all(sample, list(without.items())), {}))
    return singly, by_kind


def without_all(sample: Sample, drawn: list[tuple[str, np.ndarray]]) -> np.ndarray:
    """The scene without all of the parts that were each `drawn` away alone."""
    if len(drawn) == 1:
        return drawn[0][1]
    scene = sample.scene
    for name, _ in drawn:
        scene = scene.without(name)
    return render(scene).image


def parts_used(
    network: xk.Classifier, scenes: Sequence[Sample], singly: list[Removal], by_kind: list[Removal]
) -> dict[str, Any]:
    """Shares of the margin that go with a kind of part, or with the part that counts most in its picture.

    A share is a mean drop over a mean margin: over the pictures of a class that are answered rightly and show
    the kind. `parts used` is how many parts of a picture would, at equal drops, spread them as evenly:
    the square of the sum of positive drops over the sum of their squares.
    """
    labels = np.array([sample.label for sample in scenes])
    whole = margins(network, [sample.image for sample in scenes], labels)
    report = {}
    for c, name in enumerate(network.class_names):
        mine = (labels == c) & (whole > 0)
        kinds = defaultdict(list)
        for one, drop in drops(network, by_kind, whole, labels):
            if mine[one.scene]:
                kinds[one.kind].append((drop, whole[one.scene]))
        parts = defaultdict(list)
        for one, drop in drops(network, singly, whole, labels):
            if mine[one.scene]:
                parts[one.scene].append(max(drop, 0.0))
        most = [(max(each), whole[k]) for k, each in parts.items()]
        used = [sum(each) ** 2 / sum(d * d for d in each) for each in parts.values() if any(each)]
        report[name] = {
            "margin": round(float(whole[mine].mean()), 2),
            "kinds": {
                kind: {"share": share(pairs), "pictures": len(pairs)}
                for kind, pairs in sorted(kinds.items(), key=lambda item: -share(item[1]))
            },
            "largest part of each picture": share(most),
            "parts used": round(float(np.mean(used)), 2),
        }
    return report


def drops(
    network: xk.Classifier, removed: list[Removal], whole: np.ndarray, labels: np.ndarray
) -> Iterator[tuple[Removal, float]]:
    """Each removal with the margin that it takes away."""
    numbers = [one.scene for one in removed]
    left = margins(network, [one.redrawn for one in removed], labels[numbers])
    return zip(removed, (whole[numbers] - left).tolist(), strict=True)


def share(pairs: list[tuple[float, float]]) -> float:
    drop, margin = np.mean(pairs, axis=0)
    return round(float(drop / margin), 3)


def margins(network: xk.Classifier, images: Sequence[np.ndarray], labels: np.ndarray) -> np.ndarray:
    """The logit of the true class less the largest other (n,)."""
    logits = network.logits(np.stack(images))
    rows = np.arange(len(labels))
    true = logits[rows, labels]
    logits[rows, labels] = -np.inf
    return true - logits.max(1)


# ---- covered or drawn anew ----


def covering(network: xk.Classifier, scenes: Sequence[Sample], singly: list[Removal]) -> dict[str, Any]:
    """Rank correlation of the true logit's drop after covering a part and after drawing the scene without it.

    Over all parts of all pictures, and the mean of those within a picture.
    """
    numbers = np.array([one.scene for one in singly])
    labels = np.array([sample.label for sample in scenes])
    before = true_logits(network, [sample.image for sample in scenes], labels)[numbers]
    redrawn = before - true_logits(network, [one.redrawn for one in singly], labels[numbers])
    report: dict[str, Any] = {"parts": len(singly)}
    for fill in singly[0].covered:
        drop = before - true_logits(network, [one.covered[fill] for one in singly], labels[numbers])
        within = [spearmanr(redrawn[numbers == k], drop[numbers == k]).statistic for k in np.unique(numbers)]
        report[fill] = {
            "pooled": round(float(spearmanr(redrawn, drop).statistic), 3),
            "within a picture": round(float(np.nanmean(within)), 3),
        }
    return report


def true_logits(network: xk.Classifier, images: Sequence[np.ndarray], labels: np.ndarray) -> np.ndarray:
    return network.logits(np.stack(images))[np.arange(len(labels)), labels]


# ---- errors ----


def errors(network: xk.Classifier, tests: ImageSet) -> dict[str, Any]:
    """How often the network errs, and by how many logits: among all classes, and among `THREE` of them."""
    logits, labels = network.logits(tests), tests.labels
    columns = [network.class_names.index(name) for name in THREE]
    of_three = np.isin(labels, columns)
    among_three = np.searchsorted(columns, labels[of_three])
    return {
        "all classes": error_margins(logits, labels),
        "of " + ", ".join(THREE): error_margins(logits[of_three], labels[of_three]),
        "among " + ", ".join(THREE): error_margins(logits[of_three][:, columns], among_three),
    }


def error_margins(logits: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    gap = logits.max(1) - logits[np.arange(len(labels)), labels]
    wrong = gap[gap > 0]
    return {
        "share": round(len(wrong) / len(labels), 4),
        "pictures": len(labels),
        "quartiles of margins": np.quantile(wrong, (0.25, 0.5, 0.75)).round(2).tolist() if len(wrong) else [],
        "margins above": {str(limit): int((wrong > limit).sum()) for limit in (0.15, 0.6, 1.0, 2.0)},
        "errors": len(wrong),
    }


# ---- a cross on a fire engine ----


def edits(engines: dict[int, Sample], ambulances: Sequence[Sample]) -> Iterator[Edit]:
    """Crosses of ambulances, as large as there, at natural places on the sides of fire engines.

    A cross comes from an ambulance in the same pose and has nothing before it; a place is natural where
    nearly all of the cross lies on the engine's side.
    """
    sources = [one for one in ambulances if "cross" in one.parts and not one.attributes["occluded"]]
    for number, engine in engines.items():
        side = np.logical_or.reduce([engine.parts[name] for name in SIDE if name in engine.parts])
        alike = [one for one in sources if one.scene.pose.name == engine.scene.pose.name]
        rng = np.random.default_rng(number)
        for _ in range(N_PLACES):
            cross = fitting_cross(alike[int(rng.integers(len(alike)))], engine)
            places = natural_places(side, cross)
            if len(places):
                yield from edits_at(number, engine, cross, rng.permutation(places))


def fitting_cross(source: Sample, engine: Sample) -> np.ndarray:
    """The ambulance's cross (h, w, 4), enlarged as the engine is to the ambulance."""
    patch = Image.fromarray(cut(source.image, source.parts["cross"])).convert("RGBa")
    zoom = engine.scene.scale / source.scene.scale
    size = (max(1, round(zoom * patch.width)), max(1, round(zoom * patch.height)))
    return np.asarray(patch.resize(size, Image.Resampling.BICUBIC).convert("RGBA"))


def natural_places(side: np.ndarray, patch: np.ndarray) -> np.ndarray:
    """The centres (n, 2), x and y, at which 95 % of the patch lie on the side."""
    alpha = patch[..., 3] / patch[..., 3].sum()
    inside = fftconvolve(side.astype(float), alpha[::-1, ::-1], mode="same")
    return np.argwhere(inside > 0.95)[:, ::-1]


def edits_at(number: int, engine: Sample, cross: np.ndarray, places: np.ndarray) -> Iterator[Edit]:
    """One cross, two side by side, a part erased, a cross and a part erased, a cross over a part."""
    first = tuple(places[0].tolist())
    apart = places[np.abs(places - first).max(1) >= max(cross.shape[:2])]
    pasted = paste(engine.image, cross, first)
    yield Edit(number, "a cross", pasted)
    if len(apart):
        yield Edit(number, "two crosses", paste(pasted, cross, tuple(apart[0].tolist())))
    for gone in ("ladder", "hose reel", "shutters"):
        if gone in engine.parts:
            without = erase(engine.image, engine.parts[gone], "inpaint")
            yield Edit(number, f"{gone} erased", without)
            yield Edit(number, f"a cross, {gone} erased", paste(without, cross, first))
    for covered in ("hose reel", "shutters"):
        if covered in engine.parts:
            yield Edit(
                number, f"a cross over the {covered}", paste(engine.image, cross, engine.landmarks[covered])
            )


def answers_changed(network: xk.Classifier, engines: dict[int, Sample], made: list[Edit]) -> dict[str, Any]:
    """In which share of edits the network, right before, says ambulance: on all engines, on white ones."""
    fire_engine, ambulance = (network.class_names.index(name) for name in ("fire engine", "ambulance"))
    before = network.logits(np.stack([engine.image for engine in engines.values()])).argmax(1)
    right = {number for number, answer in zip(engines, before, strict=True) if answer == fire_engine}
    turned = network.logits(np.stack([one.image for one in made])).argmax(1) == ambulance
    groups = {
        "all": right,
        "white": {number for number in right if min(paint_of(engines[number])) > 200},
    }
    report: dict[str, Any] = {}
    for group, numbers in groups.items():
        by_gesture: dict[str, list[bool]] = defaultdict(list)
        for edit, changed in zip(made, turned.tolist(), strict=True):
            if edit.engine in numbers:
                by_gesture[edit.gesture].append(changed)
        report[group] = {"engines": len(numbers)} | {
            gesture: {"share": round(float(np.mean(each)), 3), "edits": len(each)}
            for gesture, each in by_gesture.items()
        }
    return report


def paint_of(sample: Sample) -> tuple[int, int, int]:
    return sample.scene.part("body").shapes[0].paint.color


if __name__ == "__main__":
    main()
