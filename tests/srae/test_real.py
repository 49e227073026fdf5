"""SRAE on a real network and real photographs, in a small fit: the whole road can be walked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import xaikit as xk

pytestmark = pytest.mark.real

DALMATIAN = "n02110341_dalmatian"


@pytest.fixture(scope="module")
def photographs(real_folder: Any) -> Any:
    """A dalmatian's, and some of every other of twenty classes."""
    data = xk.load_images(real_folder / "twenty", split="all")
    own = np.flatnonzero(data.labels == data.class_names.index(DALMATIAN))
    others = np.flatnonzero(data.labels != data.labels[own[0]])[::6]
    return data.subset([*own[:20], *others]), [data[int(k)].image for k in own[20:26]]


@pytest.fixture(scope="module")
def fitted(real_folder: Any, photographs: Any) -> xk.SRAE:
    names = xk.load_images(real_folder / "thousand", split="all").class_names
    weights = real_folder / "models" / "resnet18.safetensors"
    network = xk.load_classifier("torchvision/resnet18", weights, class_names=names, device="cpu")
    return xk.SRAE(DALMATIAN).fit(network, photographs[0], progress=False)


def test_the_score_of_unseen_photographs_is_told(fitted: xk.SRAE, photographs: Any) -> None:
    found = fitted.explain(photographs[1])
    assert fitted.layer_ == "layer4"
    assert found.predictions.count(DALMATIAN) >= 5
    spread = found.scores.mean() - found.baseline[0]
    assert np.mean(found.checks["error"]) < 0.15 * spread
    assert fitted.checks[DALMATIAN]["F_cls"] > 0.9
    assert (found.contributions.mean(0) > 1).sum() >= 2
    # Not every one of them is on in every picture; where it gives something it is seen.
    np.testing.assert_array_equal(found.heatmaps.any((2, 3)), found.contributions != 0)
