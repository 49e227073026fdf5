"""How far concepts are from their usual places: against loops, and where there is nothing to compare with."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xaikit.vrx.places import deviations

EPSILON = 1e-3
B, M, T, N = 4, 2, 6, 3


def scattered(generator: np.random.Generator, *shape: int) -> np.ndarray:
    """Places, a third of them of concepts that are not found."""
    places = generator.random((*shape, 2))
    places[generator.random(shape) < 1 / 3] = EPSILON
    return places


def found(place: np.ndarray) -> bool:
    return bool((place != EPSILON).any())


def nearest(distances: list[float]) -> float:
    three = sorted(one for one in distances if one > 0)[:3]
    return float(np.mean(three)) if three else 0.0


def written_out(here: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """z of one graph, here (N, 2) and usual (T, N, 2), pair by pair."""
    z = np.zeros((N, N))
    for i in range(N):
        for j in range(N):
            if found(here[i]) and found(here[j]):
                both = [one for one in usual if found(one[i]) and found(one[j])]
                z[i, j] = nearest(
                    [np.linalg.norm((here[j] - here[i]) - (one[j] - one[i])) for one in both if i != j]
                )
            elif found(here[i]) or found(here[j]):
                k = i if found(here[i]) else j
                z[i, j] = nearest([np.linalg.norm(here[k] - one[k]) for one in usual if found(one[k])])
    return z


def test_deviations_written_out():
    generator = np.random.default_rng(0)
    positions, usual = scattered(generator, B, M, N), scattered(generator, M, T, N)
    z = deviations(torch.from_numpy(positions), torch.from_numpy(usual), EPSILON).numpy()
    expected = [[written_out(positions[b, c], usual[c]) for c in range(M)] for b in range(B)]
    np.testing.assert_allclose(z, expected, atol=1e-12)
    np.testing.assert_array_equal(z, z.transpose(0, 1, 3, 2))


def test_a_picture_is_none_of_its_own_usual_ones():
    usual = torch.tensor([[[[0.2, 0.2], [0.6, 0.2]], [[0.2, 0.2], [0.5, 0.2]]]])
    z = deviations(usual[:, 0][:, None], usual, EPSILON)
    assert z[0, 0, 0, 1] == pytest.approx(0.1)


def test_the_whole_vehicle_may_stand_anywhere():
    """Relative places do not change when all is moved; one part alone does."""
    usual = torch.tensor([[[[0.2, 0.2], [0.6, 0.2]]]])
    whole = deviations(usual[:, 0][:, None] + 0.25, usual, EPSILON)
    assert whole[0, 0, 0, 1] < 1e-6
    alone = deviations(torch.tensor([[[[0.2, 0.6], [0.6, 0.2]]]]), usual, EPSILON)
    assert alone[0, 0, 0, 1] == pytest.approx(0.4)


def test_where_nothing_is_usual_nothing_deviates():
    nowhere = torch.full((M, 1, N, 2), EPSILON)
    assert not deviations(torch.rand(B, M, N, 2), nowhere, EPSILON).any()
    assert not deviations(nowhere[:, 0][None], torch.rand(M, T, N, 2), EPSILON).any()
