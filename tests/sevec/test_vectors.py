"""Equation 3 and the degree of diversity, written again slowly; and their limits."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import xaikit as xk
from xaikit.core.reducers import SweepBatch
from xaikit.sevec.units import Units
from xaikit.sevec.vectors import ConceptSums, directions, diversity


def literal(features: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """v_c, rate and D_c of one concept's features, term by term."""
    on = [[1.0 if value > 0 else 0.0 for value in row] for row in features]
    total = np.zeros(features.shape[1])
    for row in on:
        total += np.array(row) / np.sqrt(sum(v * v for v in row))
    v = total / np.sqrt((total**2).sum())
    cosines = [np.dot(row, v) / (np.linalg.norm(row) * np.linalg.norm(v)) for row in on]
    return v, np.mean(on, axis=0), 1 - sum(cosines) / len(cosines)


def test_vectors_rates_and_diversity_are_the_papers(network, painted, vectors):
    assert vectors.units_.layer == "relu"
    assert vectors.checks["binarization"] == "on above zero"
    features = network.features(painted, "relu").astype(np.float64)
    for k, name in enumerate(painted.class_names):
        v, rate, d = literal(features[painted.labels == k])
        assert vectors.concept_names[k] == name
        np.testing.assert_allclose(vectors.vectors_[k], v, atol=1e-6)
        np.testing.assert_allclose(vectors.rates_[k], rate, atol=1e-6)
        assert vectors.diversity_[k] == pytest.approx(d, abs=1e-9)
    assert vectors.counts_.tolist() == [20, 20, 20, 20]


def test_no_other_unit_vector_is_nearer_to_the_pictures(network, painted, vectors):
    features = network.features(painted.of_class("red"), "relu")
    on = (features > 0) / np.linalg.norm(features > 0, axis=1, keepdims=True)
    best = (on @ vectors.vectors_[0]).sum()
    rng = np.random.default_rng(0)
    others = np.abs(vectors.vectors_[0] + rng.normal(0, 0.1, (500, on.shape[1])))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    assert ((on @ others.T).sum(0) <= best + 1e-6).all()


def batch_of(labels: list[int], features: torch.Tensor) -> SweepBatch:
    n = len(labels)
    return SweepBatch(
        np.arange(n), torch.tensor(labels), torch.zeros(n, 2), {"l": features}, np.zeros((n, 1, 1, 3)), None
    )


def units(d: int) -> Units:
    return Units("l", (d,), "none", "zero", 0.8, 0, np.zeros(d, np.float32))


def test_by_hand_alike_pictures_have_no_diversity_and_crossed_ones_what_pythagoras_says():
    features = torch.tensor([[1.0, 2.0, 0, 0], [3.0, 1.0, 0, 0], [1.0, 0, 0, 0], [0, 1.0, 0, -1.0]])
    sums = ConceptSums(2, units(4))
    sums.update(batch_of([0, 0, 1, 1], features), features)
    found = sums.result()
    np.testing.assert_allclose(directions(found.unit_sums), [[0.5**0.5, 0.5**0.5, 0, 0]] * 2)
    np.testing.assert_allclose(diversity(found.unit_sums, found.n_pictures), [0, 1 - 0.5**0.5], atol=1e-12)
    assert found.active.tolist() == [[2, 2, 0, 0], [1, 1, 0, 0]]


def test_a_picture_that_switches_nothing_on_counts_with_a_cosine_of_zero():
    features = torch.tensor([[1.0, 1.0], [0.0, -1.0]])
    sums = ConceptSums(1, units(2))
    sums.update(batch_of([0, 0], features), features)
    found = sums.result()
    assert found.n_blank.tolist() == [1]
    np.testing.assert_allclose(diversity(found.unit_sums, found.n_pictures), [0.5])


def test_sums_of_two_halves_are_the_sums_of_all():
    rng = np.random.default_rng(1)
    features = torch.from_numpy(rng.normal(size=(30, 6)).astype(np.float32))
    labels = rng.integers(0, 3, 30).tolist()
    whole, one, two = (ConceptSums(3, units(6)) for _ in range(3))
    whole.update(batch_of(labels, features), features)
    one.update(batch_of(labels[:11], features[:11]), features[:11])
    two.update(batch_of(labels[11:], features[11:]), features[11:])
    one.merge(two)
    for a, b in zip(one.result().__dict__.values(), whole.result().__dict__.values(), strict=True):
        np.testing.assert_allclose(a, b)


def test_by_quantile_every_unit_has_a_threshold_of_its_own(network, painted):
    found = xk.SemanticVectors(layer="body", binarize="quantile", quantile=0.7).fit(
        network, painted, progress=False
    )
    assert found.units_.rule == "quantile"
    assert "0.7 quantile in 80 pictures" in found.checks["binarization"]
    means = network.features(painted, "body").mean((2, 3))
    on = means > np.quantile(means, 0.7, axis=0).astype(np.float32)
    np.testing.assert_allclose(found.rates_[1], on[painted.labels == 1].mean(0), atol=1e-6)


@pytest.mark.parametrize("layer", ["fc1", "body"])
def test_where_features_are_pooled_or_not_rectified_the_quantile_is_taken_and_said(network, painted, layer):
    found = xk.SemanticVectors(layer=layer).fit(network, painted, progress=False)
    assert found.checks["binarization"] == "on above its own 0.8 quantile in 80 pictures"


@pytest.mark.parametrize("pooling", ["max", "none"])
def test_places_are_pooled_as_asked(network, painted, pooling):
    found = xk.SemanticVectors(layer="body", pooling=pooling, binarize="zero").fit(
        network, painted, progress=False
    )
    features = network.features(painted, "body")
    rows = features.max((2, 3)) if pooling == "max" else features.reshape(len(features), -1)
    np.testing.assert_allclose(found.rates_[2], (rows > 0)[painted.labels == 2].mean(0), atol=1e-6)


def test_a_transformer_has_concepts_by_quantile_and_saliency_at_its_tokens(painted):
    from torchvision.models.vision_transformer import VisionTransformer

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = VisionTransformer(32, 8, 2, 4, hidden_dim=48, mlp_dim=96, num_classes=4)
        torch.nn.init.normal_(model.heads.head.weight)  # torchvision starts it at zero
    clf = xk.Classifier(model, painted.class_names, 32, device="cpu")
    found = xk.SemanticVectors().fit(clf, painted, progress=False)
    assert "0.8 quantile" in found.checks["binarization"]
    assert found.saliency_rates_.shape == (4, 48, 4, 4)
    assert len(found.nearest(painted.subset([0]))) == 1
    looked = found.saliency(painted.subset([0, 1]), "red", method="gradient_x_input")
    assert looked.checks["blank"] == []
    assert set(found.modify(painted).gains) == {"unit", "random unit", "vector", "permutation"}
