"""How far concepts are from their usual places: against loops, and where there is nothing to compare with."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xaikit.vrx import places

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


def distance(here: np.ndarray, usual: np.ndarray, i: int, j: int) -> float:
    """d_ij of places (N, 2) from usual ones (T, N, 2)."""
    both = [one for one in usual if found(one[i]) and found(one[j])]
    if i == j:
        return nearest([np.linalg.norm(here[i] - one[i]) for one in both])
    return nearest([np.linalg.norm((here[j] - here[i]) - (one[j] - one[i])) for one in both])


def more_than_usual(here: np.ndarray, usual: np.ndarray, i: int, j: int) -> float:
    own = [distance(one, usual, i, j) for one in usual if found(one[i]) and found(one[j])]
    return distance(here, usual, i, j) - (np.mean(own) if own else 0)


def written_out(here: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """z of one graph, here (N, 2) and usual (T, N, 2), pair by pair."""
    z = np.zeros((N, N))
    for i in range(N):
        for j in range(N):
            if found(here[i]) and found(here[j]):
                z[i, j] = more_than_usual(here, usual, i, j)
            elif found(here[i]) or found(here[j]):
                k = i if found(here[i]) else j
                z[i, j] = more_than_usual(here, usual, k, k)
    return z


def deviations(positions: torch.Tensor, usual: torch.Tensor) -> torch.Tensor:
    return places.deviations(positions, usual, places.usual_distances(usual, EPSILON), EPSILON)


def test_deviations_written_out():
    generator = np.random.default_rng(0)
    positions, usual = scattered(generator, B, M, N), scattered(generator, M, T, N)
    z = deviations(torch.from_numpy(positions), torch.from_numpy(usual)).numpy()
    expected = [[written_out(positions[b, c], usual[c]) for c in range(M)] for b in range(B)]
    np.testing.assert_allclose(z, expected, atol=1e-12)
    np.testing.assert_array_equal(z, z.transpose(0, 1, 3, 2))


def test_a_picture_is_none_of_its_own_usual_ones():
    usual = torch.tensor([[[[0.2, 0.2], [0.6, 0.2]], [[0.2, 0.2], [0.5, 0.2]]]])
    usually = places.usual_distances(usual, EPSILON)
    assert usually[0, 0, 1] == pytest.approx(0.1)


def test_usual_pictures_do_not_deviate_on_average():
    usual = torch.from_numpy(scattered(np.random.default_rng(1), 1, 40, N)).float()
    z = deviations(usual[0][:, None], usual)[:, 0]
    there = (usual[0] != EPSILON).any(-1)
    for i in range(N):
        for j in range(N):
            assert float(z[there[:, i] & there[:, j], i, j].mean()) == pytest.approx(0, abs=1e-6)
    assert (z < 0).any() and (z > 0).any()


def test_the_whole_vehicle_may_stand_anywhere():
    """Relative places do not change when all is moved; one part alone does."""
    usual = torch.tensor([[[[0.2, 0.2], [0.6, 0.2]]]])
    whole = deviations(usual[:, 0][:, None] + 0.25, usual)
    assert whole[0, 0, 0, 1] < 1e-6
    alone = deviations(torch.tensor([[[[0.2, 0.6], [0.6, 0.2]]]]), usual)
    assert alone[0, 0, 0, 1] == pytest.approx(0.4)


def test_where_nothing_is_usual_nothing_deviates():
    nowhere = torch.full((M, 1, N, 2), EPSILON)
    assert not deviations(torch.rand(B, M, N, 2), nowhere).any()
    assert not deviations(nowhere[:, 0][None], torch.rand(M, T, N, 2)).any()
