"""Prior weights and prior losses in the paper's literal form (eq. 4 and 5, 3.1)."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from xaikit.additive import Directions, Filters, Functions, Outputs
from xaikit.additive.examples import Asked, seen
from xaikit.additive.prior import cross_entropy, distance
from xaikit.additive.training import prior_weight
from xaikit.core.classifier import Classifier

RNG = np.random.default_rng(0)
STEP = 1e-3


def told(clf: Classifier, pictures: np.ndarray, concepts, prior, target: int = 1) -> dict[str, np.ndarray]:
    bound = concepts.on(clf, clf.class_names[target])
    asked = Asked(target, bound, bound.layer or "act", prior)
    with torch.no_grad():  # as in a sweep
        found = seen(clf, pictures, asked)
    return {name: own.numpy() for name, own in found.items()}


def test_values_are_sums_over_places(tiny_classifier: Classifier, pictures: np.ndarray) -> None:
    features = tiny_classifier.features(pictures, "act")
    found = told(tiny_classifier, pictures, Filters("act", [4, 0]), None)
    np.testing.assert_allclose(found["values"], features[:, [4, 0]].sum((2, 3)), rtol=1e-5)
    np.testing.assert_allclose(found["logits"], tiny_classifier.logits(pictures), rtol=1e-5)


def test_the_jacobian_is_what_the_score_gains_where_a_filter_is_raised_everywhere(
    tiny_classifier: Classifier, pictures: np.ndarray
) -> None:
    """Σ_hw ∂ŷ/∂x_hwi, by differences at the layer behind which the network is not linear."""
    found = told(tiny_classifier, pictures, Filters("norm"), "jacobian")["priors"]
    inputs = tiny_classifier.inputs(pictures)
    for k in range(8):
        ends = []
        for sign in (1, -1):

            def raised(x: torch.Tensor, sign: int = sign, k: int = k) -> torch.Tensor:
                x = x.double().clone()
                x[:, k] += sign * STEP
                return x.float()

            done = tiny_classifier.forward(inputs, edit={"norm": raised})
            ends.append(done.logits[:, 1].double().numpy())
        np.testing.assert_allclose(found[:, k], (ends[0] - ends[1]) / (2 * STEP), rtol=0.05, atol=0.05)


@pytest.mark.parametrize(
    "concepts", [Outputs(layer="pool"), Filters("act"), Directions(np.eye(12), list("abcdefghijkl"), "act")]
)
def test_taylor_is_the_papers_ratio_of_changes(
    tiny_classifier: Classifier, pictures: np.ndarray, concepts
) -> None:
    """Δŷ / Δy_i = ⟨∂ŷ/∂x, ∂y_i/∂x⟩ / |∂y_i/∂x|², picture by picture with autograd."""
    found = told(tiny_classifier, pictures, concepts, "taylor")
    bound = concepts.on(tiny_classifier, "dog")
    for number, picture in enumerate(pictures):
        done = tiny_classifier.forward(tiny_classifier.inputs(picture[None]), grad=[bound.layer])
        x = done.features[bound.layer]
        with torch.enable_grad():
            values = bound.values(done, picture[None])[0]
            of_target = torch.autograd.grad(done.logits[0, 1], x, retain_graph=True)[0].double()
            for k, value in enumerate(values):
                own = torch.autograd.grad(value, x, retain_graph=True)[0].double()
                expected = float((of_target * own).sum() / (own**2).sum())
                assert found["priors"][number, k] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_of_filters_both_priors_are_one_but_for_a_factor(
    tiny_classifier: Classifier, pictures: np.ndarray
) -> None:
    """∂y_i/∂x is 1 on the filter's own places, so Taylor's weight is the mean of what Jacobian's sums."""
    one, other = (
        told(tiny_classifier, pictures, Filters("norm"), prior)["priors"] for prior in ("jacobian", "taylor")
    )
    np.testing.assert_allclose(one, 256 * other, rtol=1e-4, atol=1e-5)


def test_a_concept_that_does_not_depend_on_the_features_has_no_prior_weight(
    tiny_classifier: Classifier, pictures: np.ndarray
) -> None:
    vectors = np.zeros((2, 12), np.float32)
    vectors[0, 3] = 1
    found = told(tiny_classifier, pictures, Directions(vectors, ["a", "nothing"], "act"), "taylor")["priors"]
    assert (found[:, 1] == 0).all() and np.isfinite(found).all()


def test_functions_are_asked_for_their_numbers(tiny_classifier: Classifier, pictures: np.ndarray) -> None:
    concepts = Functions(
        {
            "light": lambda views: views.mean((1, 2, 3)),
            ("red", "green"): lambda views: views.mean((1, 2))[:, :2],
            "n": lambda views: np.arange(len(views)),
        }
    )
    found = told(tiny_classifier, pictures, concepts, None)["values"]
    by_hand = [pictures.mean((1, 2, 3)), *pictures.mean((1, 2))[:, :2].T, np.arange(5)]
    np.testing.assert_allclose(found, np.stack(by_hand, 1), rtol=1e-6)
    assert concepts.on(tiny_classifier, "dog").names == ["light", "red", "green", "n"]


def test_both_losses_are_eq_4() -> None:
    alpha, prior = RNG.random((4, 6)), RNG.random((4, 6))
    for a, w, found in zip(alpha, prior, cross_entropy(*map(torch.from_numpy, (alpha, prior))), strict=True):
        expected = -sum(x / w.sum() * math.log(y / a.sum()) for x, y in zip(w, a, strict=True))
        assert float(found) == pytest.approx(expected)
    alpha, prior = RNG.normal(size=(2, 4, 6))
    for a, w, found in zip(alpha, prior, distance(*map(torch.from_numpy, (alpha, prior))), strict=True):
        lengths = math.sqrt(sum(a**2)), math.sqrt(sum(w**2))
        expected = sum((x / lengths[0] - y / lengths[1]) ** 2 for x, y in zip(a, w, strict=True))
        assert float(found) == pytest.approx(expected)


def test_where_nothing_is_known_beforehand_no_loss_pulls() -> None:
    alpha, nothing = torch.rand(2, 3), torch.zeros(2, 3)
    assert (cross_entropy(alpha, nothing) == 0).all() and (distance(alpha, nothing) == 0).all()


def test_the_prior_counts_less_in_every_epoch_from_the_first_on() -> None:
    np.testing.assert_allclose([prior_weight(10, t) for t in (1, 4, 100)], [10, 5, 1])
