"""SeVec, section 3.1: do vectors find pictures (figures 1, 2), and are they more than a unit (table 1)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit import metrics
from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.sevec.bench import LOW_LEVEL, Bench, bench_of, low_level_set
from xaikit.sevec.modification import KINDS

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet
    from xaikit.sevec import Retrieved

__all__ = ["fig1", "fig2", "table1"]

TOP = 10
N_SHOWN = 8
PAPER_TABLE1 = {"unit": 1.05e-06, "random unit": -6.72e-07, "vector": 0.1929, "permutation": 4.25e-06}


def fig1(setting: Setting) -> Outcome:
    """High-level concepts: the unseen pictures nearest to each class's vector."""
    bench = bench_of(setting)
    found = bench.vectors.retrieve(bench.test, "class", TOP, progress=False)
    precision = found.precision()
    measured: dict[str, Any] = {
        f"precision of the {TOP} nearest, mean over concepts": float(precision.mean()),
        "concepts with a precision of half or more, %": 100 * float((precision >= 0.5).mean()),
        "precision by chance": 1 / len(precision),
        "concepts": len(precision),
    }
    shown = bench.vectors.retrieve(bench.test, _spread(bench.vectors.concept_names), TOP, progress=False)
    return Outcome({}, measured, ["The paper shows examples."], {"pictures": shown.plot()})


def fig2(setting: Setting) -> Outcome:
    """Low-level concepts: found among unseen swatches and among pictures of things; and the grey pictures."""
    bench = bench_of(setting, low_level=True)
    measured: dict[str, Any] = {}
    figures = {}
    for kind in LOW_LEVEL:
        swatches = bench.vectors.retrieve(low_level_set(setting, kind, "test"), kind, TOP, progress=False)
        measured[f"{kind}s: precision of the {TOP} nearest swatches"] = float(swatches.precision().mean())
        measured[f"{kind}s: precision by chance among swatches"] = 1 / len(swatches.names)
        things = bench.vectors.retrieve(bench.test, kind, TOP, progress=False)
        measured |= _on_things(kind, things, bench.test)
        figures[f"{kind}s"] = things.plot()
    measured |= _grey(bench)
    paper = {"top-1 accuracy, grey": "not significantly lower (VGG16, AlexNet; no number)"}
    notes = ["Things: of the pictures nearest to a texture's vector, how many's class has it by nature."]
    return Outcome(paper, measured, notes, figures)


def table1(setting: Setting) -> Outcome:
    """The class's unit, a random one, the class's vector, a permutation of it: what each brings about."""
    bench = bench_of(setting)
    found = bench.vectors.modify(bench.test)
    measured: dict[str, Any] = {}
    for kind in KINDS:
        low, high = found.interval(kind)
        measured[kind] = found.mean(kind)
        measured[f"{kind}, 95 % interval"] = f"{low:.4f} to {high:.4f}"
    best = max(found.mean(kind) for kind in KINDS if kind != "vector")
    if best > 0:
        measured["vector against the largest gain of a control, times"] = found.mean("vector") / best
    measured["probability before"] = float(found.before.mean())
    measured["pictures"] = len(found.before)
    return Outcome(PAPER_TABLE1, measured, [f"Features of layer {found.layer!r}."], {})


def _on_things(kind: str, found: Retrieved, test: ImageSet) -> dict[str, float]:
    """How often the thing found has the concept by nature; of concepts that some class has."""
    truth = test.truth(kind)
    held = set(truth.values())
    shares = [
        np.mean([truth.get(label) == name for label in row])
        for name, row in zip(found.names, found.labels, strict=True)
        if name in held
    ]
    if not shares:
        return {}
    names = [test.class_names[label] for label in test.labels]
    chance = np.mean([np.mean([truth.get(label) == name for label in names]) for name in held])
    return {
        f"{kind}s: precision of the {TOP} nearest things": float(np.mean(shares)),
        f"{kind}s: precision by chance among things": float(chance),
    }


def _grey(bench: Bench) -> dict[str, Any]:
    """Accuracy on the pictures as they are and without their colors."""
    measured: dict[str, Any] = {}
    answers = {
        "in color": _right(bench.classifier, bench.test, grey=False),
        "grey": _right(bench.classifier, bench.test, grey=True),
    }
    for name, right in answers.items():
        share = float(right.mean())
        low, high = metrics.interval(share, len(right))
        measured[f"top-1 accuracy, {name}"] = share
        measured[f"top-1 accuracy, {name}, 95 % interval"] = f"{low:.3f} to {high:.3f}"
    return measured


def _right(classifier: Classifier, data: ImageSet, grey: bool) -> NDArray[np.bool_]:
    """Which of the pictures that can be read are answered rightly."""
    skipped: list[Skipped] = []
    pictures = readable(data, lambda one: _without_color(one.image) if grey else one.image, skipped)
    logits = classifier.logits(image for _, image in pictures)
    tell_skipped(skipped, len(data))
    labels = np.delete(data.labels, [one.number for one in skipped])
    index = np.array([classifier.class_index(name) for name in data.class_names])
    return logits.argmax(1) == index[labels]


def _without_color(image: np.ndarray) -> np.ndarray:
    grey = image @ np.array([0.299, 0.587, 0.114])
    return np.repeat(np.rint(grey).astype(np.uint8)[..., None], 3, axis=2)


def _spread(names: list[str]) -> list[str]:
    """A few concepts from all along the list."""
    return [names[k] for k in np.linspace(0, len(names) - 1, min(N_SHOWN, len(names))).astype(int)]
