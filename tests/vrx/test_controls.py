"""The controls of a correction: as many edits, of other patches, and counted by the network's own answers."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.core.images import paste
from xaikit.vrx.controls import Controls, try_controls
from xaikit.vrx.edits import painted, spot_of
from xaikit.vrx.repair import SOFT

pytestmark = pytest.mark.usefixtures("few_regions")


@pytest.fixture(scope="module")
def correction(few_regions, vrx, explained):
    """A picture turned into another class, since a small set need not hold an error."""
    exp = next(exp for exp in explained if exp.prediction == "ambulance")
    made = vrx.correct(exp, "fire engine", max_edits=2)
    assert made.steps
    return made


@pytest.fixture(scope="module")
def trials(vrx, correction, pictures):
    return try_controls(vrx, correction, pictures, n_trials=6)


def test_the_network_itself_is_asked(trials, network):
    for trial in (*trials.random_patches, *trials.good_for_good):
        logits = network.logits(trial.image)[0][:3]  # the classes of interest are the network's first three
        assert trial.prediction == ["fire engine", "ambulance", "school bus"][int(logits.argmax())]
        assert trial.probability == pytest.approx(np.exp(logits[0]) / np.exp(logits).sum(), abs=1e-4)
    right = [trial.prediction == "fire engine" for trial in trials.random_patches]
    assert trials.corrected["random patches"] == sum(right)
    assert f"random patches in {sum(right)} of 6 trials" in repr(trials)


def test_random_patches_change_the_same_pixels(trials, correction):
    touched = np.zeros(correction.before.image.shape[:2], bool)
    for step in correction.steps:
        mark = np.dstack([np.full_like(step.patch[..., :3], 255), step.patch[..., 3]])
        blank = paste(np.zeros_like(correction.before.image), mark, step.center, step.size, soft=SOFT)
        touched |= blank.any(axis=2)
    for trial in trials.random_patches:
        changed = (trial.image != correction.before.image).any(axis=2)
        assert changed.any()
        assert not (changed & ~touched).any()
    assert len({trial.image.tobytes() for trial in trials.random_patches}) > 1


def test_good_for_good_stays_on_the_best_concepts_of_the_right_class(vrx, trials, correction):
    detected = [node for node in correction.before.graphs["fire engine"].nodes if node.detected]
    best = sorted(detected, key=lambda n: -n.contribution)[: len(correction.steps)]
    allowed = np.zeros(correction.before.image.shape[:2], bool)
    for node in best:
        for patch in vrx.concepts["fire engine"][node.index].patches:
            allowed |= painted(correction.before.image, patch, spot_of(node, patch))
    for trial in trials.good_for_good:
        changed = (trial.image != correction.before.image).any(axis=2)
        assert not (changed & ~allowed).any()
        assert changed.any() == bool(best)


def test_the_same_seed_makes_the_same_pictures(vrx, correction, pictures, trials):
    again = try_controls(vrx, correction, pictures, n_trials=6)
    other = Controls(vrx, pictures, seed=1).random_patches(correction)
    for a, b in zip(again.random_patches, trials.random_patches, strict=True):
        assert np.array_equal(a.image, b.image)
    assert not np.array_equal(other, trials.random_patches[0].image)


@pytest.mark.parametrize("anywhere", [True, False])
def test_random_edits_are_as_many_tries_of_one_patch_each(vrx, correction, pictures, anywhere):
    before = correction.before
    nodes = [] if anywhere else [n for n in before.graphs[before.prediction].nodes if n.detected]
    asked = (before.image, "fire engine", 8, [node.mask for node in nodes])
    tried = Controls(vrx, pictures, seed=2).random_edits(*asked)
    assert tried.shape == (8, *before.image.shape) and tried.dtype == np.uint8
    changed = (tried != before.image).any(axis=3)
    assert changed.any(axis=(1, 2)).all() and changed.mean(axis=(1, 2)).max() < 0.5
    if nodes:
        allowed = np.zeros(changed.shape[1:], bool)
        for node in nodes:
            for concept in vrx.concepts["fire engine"]:
                for patch in concept.patches:
                    allowed |= painted(before.image, patch, spot_of(node, patch))
        assert not (changed & ~allowed).any()
    again = Controls(vrx, pictures, seed=2).random_edits(*asked)
    np.testing.assert_array_equal(tried, again)


def test_what_makes_no_sense_is_refused(vrx, correction, pictures):
    with pytest.raises(ValueError, match="`n_trials` must be a whole number, 1 or more; got 0"):
        try_controls(vrx, correction, pictures, n_trials=0)
    with pytest.raises(ValueError, match="pictures of other classes than 'fire engine'"):
        try_controls(vrx, correction, pictures.of_class("fire engine"), n_trials=1)


def test_the_figure_counts(trials):
    figure = trials.plot()
    said = [band.get_suptitle() for band in figure.subfigs[1].subfigs]
    n = trials.corrected
    assert said == [f"{name}: fire engine in {n[name]} of 6 trials" for name in n]
    assert trials._repr_mimebundle_()["image/png"].startswith(b"\x89PNG")
