"""Location instability in its literal form, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xaikit.metrics import location_instability

RNG = np.random.default_rng(0)


def literal(places, strengths, landmarks, diagonal, top) -> list[float]:
    n_filters, told = strengths.shape[1], []
    for f in range(n_filters):
        deviations = []
        for k in range(landmarks.shape[1]):
            those = [i for i in range(len(places)) if not math.isnan(landmarks[i, k, 0])]
            those = sorted(those, key=lambda i: -strengths[i, f])[:top]
            apart = [math.dist(places[i, f], landmarks[i, k]) / diagonal for i in those]
            mean = sum(apart) / len(apart)
            deviations.append(math.sqrt(sum((d - mean) ** 2 for d in apart) / len(apart)))
        told.append(sum(deviations) / len(deviations))
    return told


def test_it_is_the_deviation_of_distances_in_the_strongest_pictures() -> None:
    places, landmarks = RNG.uniform(0, 64, (30, 4, 2)), RNG.uniform(0, 64, (30, 3, 2))
    landmarks[RNG.random((30, 3)) < 0.3] = np.nan
    strengths = RNG.random((30, 4))
    found = location_instability(places, strengths, landmarks, 90.5, top=8)
    np.testing.assert_allclose(found, literal(places, strengths, landmarks, 90.5, 8))


def test_a_filter_that_goes_with_the_landmark_is_stable_and_the_centre_is_not() -> None:
    landmarks = RNG.uniform(8, 56, (200, 1, 2))
    with_it = landmarks + np.array([5.0, -3.0])
    centre = np.full((200, 1, 2), 32.0)
    by_lot = RNG.uniform(0, 64, (200, 1, 2))
    strengths = np.ones((200, 3))
    found = location_instability(np.concatenate([with_it, centre, by_lot], 1), strengths, landmarks, 90.5)
    assert found[0] == pytest.approx(0, abs=1e-12)
    assert 0.05 < found[1] < found[2]


def test_a_landmark_that_is_hardly_there_does_not_count() -> None:
    landmarks = RNG.uniform(0, 64, (9, 2, 2))
    landmarks[1:, 1] = np.nan
    places, strengths = RNG.uniform(0, 64, (9, 1, 2)), np.ones((9, 1))
    found = location_instability(places, strengths, landmarks, 90.5)
    np.testing.assert_allclose(found, location_instability(places, strengths, landmarks[:, :1], 90.5))
    assert np.isnan(location_instability(places, strengths, landmarks[:, 1:], 90.5)).all()


def test_what_does_not_go_together_is_told() -> None:
    places, strengths, landmarks = np.zeros((3, 2, 2)), np.zeros((3, 2)), np.zeros((3, 1, 2))
    for wrong in (
        (places[:2], strengths, landmarks),
        (places, strengths[0], landmarks),
        (places, strengths, landmarks[0]),
    ):
        with pytest.raises(ValueError, match=r"`places` must be \(m, f, 2\)"):
            location_instability(*wrong, 90.5)
    with pytest.raises(ValueError, match="must be finite"):
        location_instability(places + np.nan, strengths, landmarks, 90.5)
    with pytest.raises(ValueError, match="`diagonal` must be"):
        location_instability(places, strengths, landmarks, 0)
