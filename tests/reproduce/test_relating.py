"""Relations' effects are compared with scenes in which the parts themselves were moved."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import xaikit as xk
from xaikit.reproduce.vrx.relating import parts_inside, relations_foretell
from xaikit.vrx.relations import away
from xaikit.worlds import render

CLASSES = ["fire engine", "ambulance", "school bus"]


@pytest.fixture(scope="module")
def clf():
    return xk.load_classifier("toyworld/vehicles", device="cpu")


@pytest.fixture(scope="module")
def samples():
    data = xk.load_images("toyworld/vehicles", split="test", n=60)
    return [next(s for s in data.of_class(cls) if "front wheel" in s.parts) for cls in CLASSES]


def explanation(sample, names, effects) -> SimpleNamespace:
    """One whose concepts are the parts named, and whose relations have the given effects."""
    nodes = [
        SimpleNamespace(index=k, mask=sample.parts[name] if name else None) for k, name in enumerate(names)
    ]
    edges = {
        pair: SimpleNamespace(effect=value, contribution=-(value or 0)) for pair, value in effects.items()
    }
    cls = CLASSES[0]
    return SimpleNamespace(
        image=sample.image, prediction=cls, graphs={cls: SimpleNamespace(nodes=nodes, edges=edges)}
    )


def test_the_truth_is_the_equation_with_scenes_in_place_of_pictures(clf, samples, monkeypatch):
    bench = SimpleNamespace(classifier=clf, classes=CLASSES)
    columns = [clf.class_index(cls) for cls in CLASSES]

    def score(scene) -> float:
        own = clf.logits(render(scene).image)[0, columns]
        return float(own[0] - own.mean())

    exps, truth = [], []
    for sample in samples:
        j, i = "body", "front wheel"
        assert parts_inside(sample.parts[i], sample) == [i]
        mask, every = sample.parts[i], sample.parts[i] | sample.parts[j]
        rows, columns_ = np.nonzero(mask)
        here = (columns_.min() + columns_.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2
        shift = np.subtract(away(mask, every & ~mask), here)
        inside = parts_inside(sample.parts[j], sample)
        without = sample.scene
        for name in inside:
            without = without.without(name)
        there = score(sample.scene) - score(sample.scene.moved(i, *shift))
        truth.append(there - (score(without) - score(without.moved(i, *shift))))
        exps.append(explanation(sample, [j, i, None], {(0, 1): len(exps) + 0.5, (1, 0): None}))
    said = []
    rank = xk.metrics.rank_correlation
    monkeypatch.setattr(xk.metrics, "rank_correlation", lambda a, b: said.append((a, b)) or rank(a, b))
    measured = relations_foretell(bench, samples, exps, "inpaint")
    assert measured["relations that can be drawn again"] == 3
    assert measured["relation's truth, mean size"] == pytest.approx(np.abs(truth).mean(), abs=1e-4)
    np.testing.assert_allclose(said[0][1], truth, atol=1e-4)
    assert list(said[0][0]) == [0.5, 1.5, 2.5]
    assert measured["rank correlation, relation's contribution and effect"] == -1
