"""Table 1: the four changes of the features, done by hand on the head of the network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from painted import Painted


def softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


def test_unit_and_vector_are_the_papers(network, vectors):
    fresh = Painted(12, seed=31)
    found = vectors.modify(fresh)
    head = network.model.head
    weight, bias = head.weight.detach().numpy(), head.bias.detach().numpy()
    features = network.features(fresh, "relu")
    for i, (phi, label) in enumerate(zip(features, fresh.labels, strict=True)):
        before = softmax(weight @ phi + bias)[label]
        strengthened = phi.copy()
        strengthened[vectors.vectors_[label].argmax()] = 1.5 * phi.max()
        masked = phi * (vectors.rates_[label] > 0.5)
        assert found.before[i] == pytest.approx(before, abs=1e-5)
        assert found.gains["unit"][i] == pytest.approx(
            softmax(weight @ strengthened + bias)[label] - before, abs=1e-5
        )
        assert found.gains["vector"][i] == pytest.approx(
            softmax(weight @ masked + bias)[label] - before, abs=1e-5
        )


def test_controls_depend_on_the_seed_alone(vectors):
    fresh = Painted(8, seed=32)
    once, again, other = vectors.modify(fresh), vectors.modify(fresh), vectors.modify(fresh, seed=9)
    np.testing.assert_array_equal(once.gains["permutation"], again.gains["permutation"])
    assert not np.array_equal(once.gains["permutation"], other.gains["permutation"])
    np.testing.assert_array_equal(once.gains["vector"], other.gains["vector"])


def test_means_have_intervals_around_them(vectors):
    found = vectors.modify(Painted(20, seed=33))
    low, high = found.interval("random unit")
    assert low <= found.mean("random unit") <= high
    assert "relu" in repr(found)


def test_units_of_a_pooled_layer_are_changed_at_all_places(network, painted):
    from xaikit import SemanticVectors

    sev = SemanticVectors(layer="body").fit(network, painted, progress=False)
    fresh = Painted(4, seed=34)
    found = sev.modify(fresh)
    features = torch.from_numpy(network.features(fresh, "body"))
    mask = torch.from_numpy((sev.rates_[fresh.labels] > 0.5).astype(np.float32))[:, :, None, None]
    model = network.model
    with torch.no_grad():
        logits = model.head(model.relu(model.fc1(model.pool(features * mask).flatten(1)))).softmax(1).numpy()
    own = logits[np.arange(4), fresh.labels]
    np.testing.assert_allclose(found.before + found.gains["vector"], own, atol=1e-5)
