"""A fault is in one part: it hides or changes that part, and little else."""

from __future__ import annotations

import numpy as np
import pytest

import xaikit as xk
from xaikit.worlds.drawing.render import render
from xaikit.worlds.vehicles.faults import FAULTS, faulty

WHOLE = ("body", "hull", "chassis", "cab")


@pytest.fixture(scope="module")
def cases():
    """(scene, its rendering, a part of it that is well seen), of two dozen vehicles."""
    data = xk.load_images("toyworld/vehicles", split="val", n=24)
    found = []
    for k in range(len(data)):
        scene, rng = data.scene(k), np.random.default_rng(k)
        drawn = render(scene)
        parts = [n for n, mask in drawn.parts.items() if mask.sum() >= 40 and scene.kind(n) not in WHOLE]
        found.append((scene, drawn, str(rng.choice(parts))))
    return found


def test_bushes_hide_the_part_and_little_else(cases):
    hidden, others = [], []
    for k, (scene, drawn, name) in enumerate(cases):
        parts = render(faulty(scene, name, "occluded", np.random.default_rng(k))).parts
        left = {other: parts[other].sum() if other in parts else 0 for other in drawn.parts}
        hidden.append(1 - left.pop(name) / drawn.parts[name].sum())
        others.append(1 - sum(left.values()) / sum(m.sum() for n, m in drawn.parts.items() if n != name))
    assert np.median(hidden) > 0.95
    assert np.quantile(hidden, 0.1) > 0.75
    assert np.median(others) < 0.15
    assert np.quantile(others, 0.9) < 0.4


def test_a_missing_part_is_gone_and_the_others_are_there(cases):
    for scene, drawn, name in cases:
        parts = render(faulty(scene, name, "missing", np.random.default_rng(0))).parts
        assert name not in parts
        assert set(drawn.parts) - {name} <= set(parts)


def test_a_part_out_of_place_is_a_third_of_the_picture_away(cases):
    for k, (scene, drawn, name) in enumerate(cases[:6]):
        moved = render(faulty(scene, name, "out of place", np.random.default_rng(k)))
        if name in moved.parts:  # else it lies outside, or behind something
            away = np.subtract(moved.landmarks[name], drawn.landmarks[name])
            assert np.hypot(*away) > scene.size / 6


def test_the_same_seed_gives_the_same_fault(cases):
    scene, _, name = cases[0]
    for fault in FAULTS:
        try:
            scenes = [faulty(scene, name, fault, np.random.default_rng(3)) for _ in range(2)]
        except ValueError:
            continue
        assert np.array_equal(*(render(one).image for one in scenes))


def test_unknown_faults_and_parts_are_named(cases):
    scene, _, name = cases[0]
    with pytest.raises(ValueError, match="missing"):
        faulty(scene, name, "mising", np.random.default_rng(0))
    with pytest.raises(ValueError, match="nose"):
        faulty(scene, "nose", "missing", np.random.default_rng(0))
