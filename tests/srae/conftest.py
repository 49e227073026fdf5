"""The world of two marks, and what is fitted on it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import xaikit as xk

sys.path.insert(0, str(Path(__file__).parent))

import two_marks


@pytest.fixture(scope="session")
def network() -> xk.Classifier:
    return two_marks.classifier()


@pytest.fixture(scope="session")
def marks() -> two_marks.Marks:
    return two_marks.Marks(400)


@pytest.fixture(scope="session")
def fitted(network: xk.Classifier, marks: two_marks.Marks) -> xk.SRAE:
    return xk.SRAE("both", 2).fit(network, marks, progress=False)


@pytest.fixture(scope="session")
def unseen() -> tuple[two_marks.Marks, list[int]]:
    """New pictures, and the numbers of those with both marks."""
    data = two_marks.Marks(60, seed=1)
    return data, [k for k in range(len(data)) if data.labels[k] == 0]
