"""The terms of SRAE's objective, against the paper's sums written out."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from xaikit.srae.objective import (
    RunningErrors,
    faithfulness,
    pull_away,
    reconstruction_errors,
    sparse_reconstruction,
)

K, B, N, S = 2, 7, 3, 5


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values)


def test_faithfulness_is_equation_1(rng: np.random.Generator) -> None:
    said, scores, weights = rng.normal(size=(K, B)), rng.normal(size=(K, B)), rng.dirichlet(np.ones(B))
    found = faithfulness(tensor(said), tensor(scores), tensor(weights))
    for k in range(K):
        literal = sum(weights[m] * (said[k, m] - scores[k, m]) ** 2 for m in range(B))
        assert float(found[k]) == pytest.approx(literal, rel=1e-12)


@pytest.mark.parametrize("q", [0.5, 1.0, 10.0])
def test_sparse_reconstruction_is_equation_4(rng: np.random.Generator, q: float) -> None:
    decoded, rows = rng.normal(size=(K, B, S)), rng.normal(size=(K, B, S))
    weights = np.full(B, 1 / B)
    errors = reconstruction_errors(tensor(decoded), tensor(rows), tensor(weights))
    found = sparse_reconstruction(errors, q)
    for k in range(K):
        literal = 0.0
        for unit in range(S):
            big_q = sum((decoded[k, m, unit] - rows[k, m, unit]) ** 2 for m in range(B)) / B
            assert float(errors[k, unit]) == pytest.approx(big_q, rel=1e-12)
            literal += math.log(1 + q * big_q) / S
        assert float(found[k]) == pytest.approx(literal, rel=1e-12)


def test_pull_away_is_equation_3(rng: np.random.Generator) -> None:
    features = np.maximum(rng.normal(size=(K, B, N)), 0)
    found = pull_away(tensor(features), tensor(np.full(B, 1 / B)))
    for k in range(K):
        literal = 0.0
        for one, other in itertools.permutations(range(N), 2):
            a, b = features[k, :, one], features[k, :, other]
            literal += (a @ b / (np.linalg.norm(a) * np.linalg.norm(b))) ** 2
        assert float(found[k]) == pytest.approx(literal / (N * (N - 1)), rel=1e-12)


def test_a_picture_that_weighs_twice_is_one_that_is_there_twice(rng: np.random.Generator) -> None:
    features = np.maximum(rng.normal(size=(1, 3, N)), 0)
    weights = np.array([[0.5, 0.25, 0.25]])
    twice = pull_away(tensor(features[:, [0, 0, 1, 2]]), tensor(np.full(4, 0.25)))
    assert float(pull_away(tensor(features), tensor(weights))) == pytest.approx(float(twice))


def test_the_limits_of_the_pull_away_term() -> None:
    alike, apart = torch.ones(1, 4, 2), torch.eye(2).repeat(2, 1)[None]
    even = torch.full((4,), 0.25)
    assert float(pull_away(alike, even)) == pytest.approx(1)
    assert float(pull_away(apart, even)) == 0
    assert float(pull_away(torch.ones(1, 4, 1), even)) == 0  # one feature has no other
    assert float(pull_away(torch.zeros(1, 4, 3), even)) == 0  # features that are off


def test_the_log_penalty_lets_single_units_go() -> None:
    spread, gathered = torch.full((1, 4), 1.0), torch.tensor([[4.0, 0, 0, 0]])
    assert float(sparse_reconstruction(gathered, 10)) < float(sparse_reconstruction(spread, 10))


def test_the_slope_of_the_running_penalty_is_that_at_the_average(rng: np.random.Generator) -> None:
    q, running = 10.0, RunningErrors(10.0)
    first, second = (tensor(rng.uniform(0.1, 2, (K, S))) for _ in range(2))
    running.penalty(first)
    errors = second.clone().requires_grad_()
    running.penalty(errors).sum().backward()
    average = 0.9 * first + 0.1 * second
    torch.testing.assert_close(errors.grad, q / (1 + q * average) / S)


def test_over_many_batches_it_descends_the_penalty_of_the_whole_set(rng: np.random.Generator) -> None:
    """A batch's own penalty is lower on average, and its slope another: pitfall 19."""
    every = tensor(rng.exponential(1.0, (4000, 1)))
    whole = 10 / (1 + 10 * every.mean())
    running, slopes, naive = RunningErrors(10.0), [], []
    for batch in every.split(4):
        errors = batch.mean(0, keepdim=True).requires_grad_()
        (slope,) = torch.autograd.grad(running.penalty(errors).sum(), errors)
        (own,) = torch.autograd.grad(sparse_reconstruction(errors, 10).sum(), errors)
        slopes.append(float(slope))
        naive.append(float(own))
    assert np.mean(slopes[50:]) == pytest.approx(float(whole), rel=0.05)
    assert np.mean(naive) > 1.2 * float(whole)
