"""Semantic saliency: what is suppressed, and that nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from painted import Painted

import xaikit as xk


@pytest.mark.parametrize("method", ["guided_backprop", "gradient_x_input"])
def test_it_is_the_plain_map_with_the_classes_units_kept(network, vectors, method):
    fresh = Painted(4, seed=41)
    names = ["red", "blue", "red", "green"]
    numbers = [vectors.concept_names.index(name) for name in names]
    found = vectors.saliency(fresh, names, method=method, rate=0.5)
    layer = vectors.saliency_layer_
    rates = np.stack(
        [
            (network.features(Painted(80).of_class(vectors.concept_names[k]), layer) > 0).mean(0)
            for k in numbers
        ]
    )
    by_hand = getattr(xk.attribution, method)(network, fresh, names, keep={layer: rates > 0.5})
    np.testing.assert_allclose(found.values, by_hand.values, atol=1e-6)
    assert found.targets == tuple(names)


def test_by_default_channels_are_kept_that_are_on_more_often_than_usual(network, vectors):
    fresh = Painted(2, seed=44)
    rates = vectors.saliency_rates_
    channels = np.array([[rates[k, c].mean() for c in range(rates.shape[1])] for k in range(len(rates))])
    kept = channels[2] > channels.mean(0)
    assert 0 < kept.sum() < len(kept)
    by_hand = xk.attribution.guided_backprop(network, fresh, "blue", keep={vectors.saliency_layer_: kept})
    np.testing.assert_allclose(vectors.saliency(fresh, "blue").values, by_hand.values, atol=1e-6)


def test_nothing_is_suppressed_at_rate_zero_but_what_is_never_on(network, vectors):
    fresh = Painted(3, seed=42)
    kept = vectors.saliency_rates_[0] > 0
    found = vectors.saliency(fresh, "red", rate=0.0)
    by_hand = xk.attribution.guided_backprop(network, fresh, "red", keep={vectors.saliency_layer_: kept})
    np.testing.assert_allclose(found.values, by_hand.values, atol=1e-6)


def test_the_predicted_class_is_the_default(network, vectors):
    fresh = Painted(3, seed=43)
    assert vectors.saliency(fresh).targets == tuple(network.predict(fresh))


def test_without_places_there_is_no_saliency(network, painted):
    flat = xk.SemanticVectors(saliency_layer=False).fit(network, painted, progress=False)
    assert flat.saliency_rates_ is None
    with pytest.raises(ValueError, match="without a layer with places"):
        flat.saliency(painted, "red")
    with pytest.raises(ValueError, match="must have places"):
        xk.SemanticVectors(saliency_layer="fc1").fit(network, painted, progress=False)
