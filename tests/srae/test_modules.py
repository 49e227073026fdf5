"""Stacks of explanation modules are what each of them is alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from xaikit.srae.modules import HIDDEN, Modules, Scale, Stack, joined

K, S, N, B = 3, 12, 4, 30


def generators() -> list[np.random.Generator]:
    return [np.random.default_rng([7, k]) for k in range(K)]


@pytest.fixture
def modules() -> Modules:
    made = Modules.drawn(S, N, True, generators())
    rows = torch.from_numpy(np.random.default_rng(1).normal(size=(K, B, S)).astype(np.float32))
    made.settle(rows, torch.ones(K, 1, S))
    return made


@pytest.fixture
def rows() -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(2).normal(size=(K, B, S)).astype(np.float32))


def alone(stack: Stack, number: int) -> nn.Sequential:
    """One of the networks as torch writes it."""
    layers: list[nn.Module] = []
    for weight, bias in stack.of(number):
        linear = nn.Linear(weight.shape[1], weight.shape[0])
        linear.weight.data, linear.bias.data = weight, bias
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def test_the_layers_are_the_paper_s(modules: Modules) -> None:
    assert modules.decoder is not None
    sizes = [tuple(weight.shape[1:]) for weight in modules.encoder.weights]
    assert HIDDEN == (800, 100)
    assert sizes == [(S, 800), (800, 100), (100, N)]
    assert [tuple(weight.shape[1:]) for weight in modules.decoder.weights] == [(N, 100), (100, 800), (800, S)]


def test_a_stack_is_its_networks_side_by_side(modules: Modules, rows: torch.Tensor) -> None:
    assert modules.decoder is not None
    features = modules.encode(rows)
    for k in range(K):
        one = alone(modules.encoder, k)(rows[k]).clamp(min=0)
        torch.testing.assert_close(features[k], one, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(modules.encode_one(rows[k], k), one, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(
            modules.decoder(features)[k], alone(modules.decoder, k)(features[k]), atol=1e-5, rtol=1e-4
        )
        said = (features[k] * modules.readout[k]).sum(1) + modules.baseline[k]
        torch.testing.assert_close(modules.read(features)[k], said)


def test_a_module_does_not_depend_on_those_beside_it() -> None:
    together, single = (Modules.drawn(S, N, True, rngs) for rngs in (generators(), generators()[1:2]))
    for name, own in single.arrays().items():
        np.testing.assert_array_equal(own[0], together.arrays()[name][1])


def test_at_the_start_no_unit_is_off_everywhere(modules: Modules) -> None:
    rows = torch.from_numpy(np.random.default_rng(1).normal(size=(K, B, S)).astype(np.float32))
    hidden = rows
    for weight, bias in zip(modules.encoder.weights, modules.encoder.biases, strict=True):
        hidden = (hidden @ weight + bias).clamp(min=0)
        assert (hidden > 0).any(1).all()
    assert ((hidden > 0).float().mean(1) > 0.5).all()


def test_a_feature_that_is_off_can_come_back(modules: Modules, rows: torch.Tensor) -> None:
    with torch.no_grad():
        modules.encoder.biases[-1].sub_(100)
    features = modules.encode(rows)
    assert not features.any()
    features.sum().backward()
    assert modules.encoder.biases[-1].grad is not None
    assert (modules.encoder.biases[-1].grad > 0).all()


def test_unscaled_they_say_the_same_of_features_as_they_are(modules: Modules, rows: torch.Tensor) -> None:
    scale = Scale(
        torch.full((K, 1, S), 0.7), 2.5, torch.tensor([1.0, -4.0, 0.0]), torch.tensor([3.0, 1.0, 9.0])
    )
    plain = modules.unscaled(scale)
    given, features = scale.rows(rows), modules.encode(scale.rows(rows))
    torch.testing.assert_close(plain.encode(rows), modules.encode(given), atol=1e-5, rtol=1e-4)
    assert plain.decoder is not None and modules.decoder is not None
    torch.testing.assert_close(plain.decoder(features), modules.decoder(features) * 2.5, atol=1e-5, rtol=1e-4)
    back = modules.read(features) * scale.height[:, None] + scale.baseline[:, None]
    torch.testing.assert_close(plain.read(features), back, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(scale.scores(back), modules.read(features), atol=1e-5, rtol=1e-4)


def test_in_another_order_they_say_the_same(modules: Modules, rows: torch.Tensor) -> None:
    order = torch.tensor([[3, 1, 0, 2], [0, 1, 2, 3], [2, 3, 1, 0]])
    other = modules.reordered(order)
    features = modules.encode(rows)
    torch.testing.assert_close(other.encode(rows), features.gather(2, order[:, None].expand_as(features)))
    torch.testing.assert_close(other.read(other.encode(rows)), modules.read(features))
    assert other.decoder is not None and modules.decoder is not None
    torch.testing.assert_close(
        other.decoder(other.encode(rows)), modules.decoder(features), atol=1e-6, rtol=1e-4
    )


def test_arrays_give_them_back(modules: Modules) -> None:
    again = Modules.of_arrays(modules.arrays())
    for name, own in modules.arrays().items():
        np.testing.assert_array_equal(own, again.arrays()[name])
    both = joined([modules, again])
    assert len(both.readout) == 2 * K
    with pytest.raises(KeyError):
        Modules.of_arrays({"readout": np.zeros((1, 2), np.float32), "baseline": np.zeros(1, np.float32)})
