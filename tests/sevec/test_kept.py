"""What semantic vectors answer comes back from files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from painted import Painted

import xaikit as xk
from xaikit.core.result import Kept

ANSWERS: dict[str, Callable[[xk.SemanticVectors, xk.SemanticVectors], Kept]] = {
    "relevance": lambda one, _: one.relevance(),
    "nearest": lambda one, _: one.nearest(Painted(6, seed=1), 2),
    "retrieved": lambda one, _: one.retrieve(Painted(12, seed=1), one.concept_names[:2], k=2),
    "meaning": lambda _, both: both.explain(Painted(6, seed=1), "texture"),
    "modification": lambda one, _: one.modify(Painted(6, seed=1)),
    "map": lambda one, _: one.map("pca"),
}


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return one == other


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_comes_back(name: str, vectors, both, tmp_path: Path) -> None:
    answer = ANSWERS[name](vectors, both)
    kept = type(answer).load(answer.save(tmp_path / f"{name}.npz"))
    for own in fields(answer):
        assert alike(getattr(answer, own.name), getattr(kept, own.name)), own.name
    assert repr(kept) == repr(answer)


def test_an_answer_of_another_kind_is_refused(vectors, tmp_path: Path) -> None:
    path = vectors.relevance().save(tmp_path / "relevance.npz")
    with pytest.raises(xk.FileError, match="holds 'relevance'"):
        type(vectors.nearest(Painted(2, seed=1), 2)).load(path)
