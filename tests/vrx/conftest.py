"""A small VRX fitted once on the built-in network and world."""

from __future__ import annotations

import pytest

import xaikit as xk

CLASSES = ["fire engine", "ambulance", "school bus"]
SMALL = {"n_pictures": 30, "n_discovery": 20, "min_size": 8, "n_clusters": 12, "n_random": 8, "epochs": 60}


@pytest.fixture(scope="session")
def network():
    return xk.load_classifier("toyworld/vehicles", device="cpu")


@pytest.fixture(scope="session")
def pictures():
    return xk.load_images("toyworld/vehicles", split="train", n=180)


@pytest.fixture(scope="session")
def unseen():
    data = xk.load_images("toyworld/vehicles", split="test", n=90)
    return [sample for sample in data if data.class_names[sample.label] in CLASSES]


@pytest.fixture(scope="session")
def vrx(network, pictures):
    return xk.VRX(CLASSES, **SMALL).fit(network, pictures, progress=False)


@pytest.fixture(scope="session")
def explained(vrx, unseen):
    return vrx.explain_many([sample.image for sample in unseen])
