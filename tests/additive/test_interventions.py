"""What is lost without a part, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

import xaikit as xk
from xaikit.additive import lost_without


@pytest.fixture(scope="module")
def network() -> xk.Classifier:
    return xk.load_classifier("toyworld/animals-dog", device="cpu")


def test_it_is_what_the_network_says_of_the_scene_without_the_part(network: xk.Classifier) -> None:
    sample = xk.load_images("toyworld/animals", "test", n=6).of_class("dog")[0]
    lost = lost_without(network, sample, "dog", ["head", "wing"])
    assert list(lost) == ["head"], "a dog has no wing"
    left = network.logits([sample.image, sample.scene.without("head").rendered().image])[:, 0]
    assert lost["head"] == pytest.approx(left[0] - left[1], abs=1e-4)
    assert set(lost_without(network, sample, 0)) == set(sample.parts)


def test_a_picture_without_a_scene_is_told(network: xk.Classifier) -> None:
    sample = xk.load_images("toyworld/animals", "test", n=6)[0]
    with pytest.raises(ValueError, match="a scene that parts can be taken off"):
        lost_without(network, replace(sample, scene=None), "dog")
    with pytest.raises(ValueError, match="dog"):
        lost_without(network, sample, "dgo")
