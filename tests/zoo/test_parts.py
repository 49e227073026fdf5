"""Parts are taken off, covered and pasted as said, and labels follow what is then to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from joblib import parallel_config
from scipy.ndimage import binary_dilation

from xaikit.loading import load_images
from xaikit.worlds import render
from xaikit.zoo.parts import NO_PART, VEHICLE, PartMixer, PartMixing, PartPictures, draw_parts

N = 12
NOTHING = PartMixing(redrawn=0.0, covered=0.0, pasted=0.0)


@pytest.fixture(scope="module", autouse=True)
def in_this_process() -> Iterator[None]:
    """Processes take longer to begin than a few pictures to draw; tests/data/test_joined.py has them."""
    with parallel_config(backend="threading"):
        yield


@pytest.fixture(scope="module")
def drawn() -> PartPictures:
    return draw_parts(load_images("toyworld/vehicles", "train", n=N), seed=0)


@pytest.fixture
def two() -> PartPictures:
    """A grey engine with a ladder (10 x 10) and a reel (10 x 10), and a white ambulance with a cross."""
    pixels = np.stack([np.full((3, 40, 40), 100, np.uint8), np.full((3, 40, 40), 200, np.uint8)])
    owners = np.full((2, 40, 40), NO_PART, np.uint8)
    owners[:, 5:35, 5:35] = 0
    owners[0, 10:20, 5:15], owners[0, 10:20, 20:30] = 1, 2
    owners[1, 10:20, 10:20] = 1
    pixels[1, :, 10:20, 10:20] = 7
    return PartPictures(
        pixels,
        np.array([0, 1]),
        ("fire engine", "ambulance"),
        redrawn=np.full_like(pixels, 1),
        covered=np.full_like(pixels, 2),
        owners=owners,
        kinds=("body", "cross", "hose reel", "ladder"),
        kind_of=(np.array([0, 3, 2]), np.array([0, 1])),
        lost=np.array([[False, False, False, True], [False, True, False, False]]),
    )


def test_pictures_and_parts_are_those_of_the_world(drawn):
    data = load_images("toyworld/vehicles", "train", n=N)
    for i in (0, 7):
        sample = data[i]
        assert np.array_equal(drawn.pixels[i].transpose(1, 2, 0), sample.image)
        for k, (name, mask) in enumerate(sample.parts.items()):
            assert np.array_equal(drawn.owners[i] == k, mask)
            assert drawn.kinds[drawn.kind_of[i][k]] == sample.scene.kind(name)


def test_what_is_lost_is_taken_off_and_covered(drawn):
    data = load_images("toyworld/vehicles", "train", n=N)
    for i in range(N):
        sample, lost = data[i], {drawn.kinds[k] for k in np.flatnonzero(drawn.lost[i])}
        assert 1 <= len(lost) <= 3
        assert not lost & set(VEHICLE)
        scene, hole = sample.scene, np.zeros((128, 128), bool)
        for name, mask in sample.parts.items():
            if sample.scene.kind(name) in lost:
                scene, hole = scene.without(name), hole | mask
        assert np.array_equal(drawn.redrawn[i].transpose(1, 2, 0), render(scene).image)
        changed = (drawn.covered[i] != drawn.pixels[i]).any(0)
        assert changed[hole].any()
        assert not changed[~binary_dilation(hole, np.ones((3, 3)))].any(), "it fades over one pixel"


def test_the_same_seed_takes_off_the_same_parts_and_another_seed_others(drawn):
    data = load_images("toyworld/vehicles", "train", n=N)
    assert np.array_equal(draw_parts(data, seed=0).redrawn, drawn.redrawn)
    assert not np.array_equal(draw_parts(data, seed=1).lost, drawn.lost)


def test_telling_by_hand(two):
    # each kind is shown by all pictures of one class and none of the other; the body is no part
    assert two.telling().tolist() == [[0, 0, 1, 1], [0, 1, 0, 0]]


def test_unmixed_pictures_keep_pixels_and_labels(two):
    pixels, targets = PartMixer(two, NOTHING)(np.array([1, 0]), np.random.default_rng(0))
    assert np.array_equal(pixels.numpy(), two.pixels[[1, 0]])
    assert targets.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(("how", "value"), [("redrawn", 1), ("covered", 2)])
def test_a_picture_that_lacks_parts_keeps_its_label(two, how, value):
    pixels, targets = PartMixer(two, replace(NOTHING, **{how: 1.0}))(np.array([0]), np.random.default_rng(0))
    assert (pixels == value).all()
    assert targets[0].tolist() == [1, 0]


def test_a_part_that_is_lost_counts_no_more_where_another_is_pasted(two):
    mixing = replace(NOTHING, redrawn=1.0, pasted=1.0, twice=0.0, weight=2.0, prior=0.5)
    _, targets = PartMixer(two, mixing)(np.array([0] * 20), np.random.default_rng(0))
    # of ladder and reel the reel is left; nothing of it is hidden at best, all of it at worst
    assert targets[:, 0].max() == pytest.approx(1.5 / 3.5, abs=1e-6)
    assert (targets[:, 0] >= 0.5 / 2.5 - 1e-6).all()


def test_a_pasted_part_brings_evidence_and_hides_what_is_under_it(two):
    mixing = replace(NOTHING, pasted=1.0, twice=0.0, weight=2.0, prior=0.5)
    mixer = PartMixer(two, mixing)
    for seed in range(20):
        pixels, targets = mixer(np.array([0]), np.random.default_rng(seed))
        pasted = (pixels[0] == 7).all(0).numpy()
        assert 0 < pasted.sum() <= 100, "the cross, or what of it falls on the picture"
        hidden = [pasted[two.owners[0] == part].sum() / 100 for part in (1, 2)]
        left = 2.5 - sum(hidden)
        assert targets[0].tolist() == pytest.approx([left / (left + 2), 2 / (left + 2)], abs=1e-6)
    assert np.array_equal(two.pixels[0], np.full((3, 40, 40), 100)), (
        "the pictures themselves stay as they are"
    )


def test_labels_are_shares(drawn):
    mixer = PartMixer(drawn, replace(PartMixing(), pasted=1.0))
    pixels, targets = mixer(np.arange(N), np.random.default_rng(0))
    assert pixels.shape == (N, 3, 128, 128)
    assert (targets >= 0).all()
    assert targets.sum(1).tolist() == pytest.approx([1.0] * N)
    assert (targets.max(1).values < 1).any()
