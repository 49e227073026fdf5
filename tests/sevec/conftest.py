"""Semantic vectors fitted once, on a small network trained on four colors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

import xaikit as xk

sys.path.insert(0, str(Path(__file__).parent))  # the worlds of these tests lie beside them

from painted import Painted, SmallNet, Striped


@pytest.fixture(scope="session")
def network() -> xk.Classifier:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        model = SmallNet()
    data = Painted(160, seed=3)
    return xk.zoo.train_classifier(data, model, epochs=10, size=32, device="cpu", progress=False)


@pytest.fixture(scope="session")
def painted() -> Painted:
    return Painted(80)


@pytest.fixture(scope="session")
def vectors(network: xk.Classifier, painted: Painted) -> xk.SemanticVectors:
    return xk.SemanticVectors(n_reference=60).fit(network, painted, progress=False)


@pytest.fixture(scope="session")
def both(network: xk.Classifier, painted: Painted) -> xk.SemanticVectors:
    kinds = {"class": painted, "texture": Striped(40)}
    return xk.SemanticVectors().fit(network, kinds, progress=False)
