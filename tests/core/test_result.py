"""Results: shown as they say, and kept in files of which every field is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

import xaikit as xk
from xaikit.core.archive import read_archive, write_archive
from xaikit.core.images.checks import UInt8
from xaikit.core.result import FORMAT, Kept, Result
from xaikit.plots.figures import new_figure


@dataclass(frozen=True, eq=False)
class Found(Result, Kept):
    """One field of every kind."""

    KIND = "found"
    FORMS: ClassVar = {
        "names": "n",
        "values": "f n k",
        "numbers": "i n",
        "layouts": "{} f n 2",
        "pictures": "pictures",
    }

    names: tuple[str | None, ...]
    values: NDArray[np.float32]
    numbers: NDArray[np.int64]
    layouts: Mapping[str, NDArray[np.float64]]
    pictures: Sequence[Sequence[UInt8]]
    labels: Mapping[str, tuple[str, ...]]
    layer: str
    limit: float
    checks: Mapping[str, Any] = field(default_factory=dict)

    def plot(self) -> Figure:
        return new_figure(1, 1)


def found(**changes: Any) -> Found:
    rng = np.random.default_rng(0)
    one = Found(
        names=("cat", None, "dög <b>"),
        values=rng.normal(size=(3, 4)).astype(np.float32),
        numbers=np.array([3, 1, 2]),
        layouts={"PCA": rng.normal(size=(3, 2)), "t-SNE": rng.normal(size=(3, 2))},
        pictures=[[rng.integers(0, 256, (h, 5, 3), np.uint8) for h in own] for own in ((4, 6), (), (7,))],
        labels={"kind": ("a", "b", "a")},
        layer="stage3",
        limit=0.05,
        checks={"trustworthiness": {"PCA": 0.9}},
    )
    return replace(one, **changes)


def test_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    one = found()
    kept = Found.load(one.save(tmp_path / "found.npz"))
    for name in ("names", "labels", "layer", "limit", "checks"):
        assert getattr(kept, name) == getattr(one, name)
        assert type(getattr(kept, name)) is type(getattr(one, name))
    for name in ("values", "numbers"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(one, name))
        assert getattr(kept, name).dtype == getattr(one, name).dtype
    assert kept.layouts.keys() == one.layouts.keys()
    for name, layout in one.layouts.items():
        np.testing.assert_array_equal(kept.layouts[name], layout)
    for mine, yours in zip(kept.pictures, one.pictures, strict=True):
        assert [picture.tolist() for picture in mine] == [picture.tolist() for picture in yours]


def test_nothing_at_all_comes_back_too(tmp_path: Path) -> None:
    nothing = found(
        names=(), values=np.zeros((0, 4), np.float32), numbers=np.zeros(0, int), layouts={}, pictures=[]
    )
    kept = Found.load(nothing.save(tmp_path / "nothing.npz"))
    assert (kept.names, kept.layouts, kept.pictures, kept.values.shape) == ((), {}, [], (0, 4))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("names", ["cat"]),
        ("names", "cat"),
        ("names", [1, 2, 3]),
        ("layer", None),
        ("limit", "much"),
        ("layouts", ["PCA", "UMAP"]),
        ("labels", {"kind": "a"}),
        ("values", np.zeros((3, 4), int)),
        ("values", np.zeros((2, 4), np.float32)),
        ("layouts/PCA", np.zeros((3, 3))),
        ("pictures/counts", np.array([2, 0, 2])),
        ("pictures/counts", np.array([4, -1, 0])),
        ("pictures/sizes", np.array([[4, 5, 3], [6, 5, 3], [7, 5, 4]])),
        ("pictures/pixels", np.zeros(3, np.uint8)),
    ],
)
def test_a_field_of_another_form_is_damage(name: str, value: Any, tmp_path: Path) -> None:
    meta, arrays = read_archive(found().save(tmp_path / "found.npz"), "found", FORMAT)
    (arrays if name in arrays else meta["fields"])[name] = value
    path = write_archive(tmp_path / "changed.npz", "found", FORMAT, {"fields": meta["fields"]}, arrays)
    with pytest.raises(xk.FileError, match="damaged"):
        Found.load(path)


@pytest.mark.parametrize("name", ["names", "values", "layouts", "layouts/PCA", "pictures/counts", "checks"])
def test_a_missing_field_is_damage(name: str, tmp_path: Path) -> None:
    meta, arrays = read_archive(found().save(tmp_path / "found.npz"), "found", FORMAT)
    told = {key: one for key, one in meta["fields"].items() if key != name}
    arrays.pop(name, None)
    path = write_archive(tmp_path / "changed.npz", "found", FORMAT, {"fields": told}, arrays)
    with pytest.raises(xk.FileError, match="damaged"):
        Found.load(path)


def test_another_kind_of_file_is_named(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "other.npz", "cake", FORMAT, {}, {})
    with pytest.raises(xk.FileError, match=r"holds 'cake'.*expected 'found'"):
        Found.load(path)


def test_it_is_shown_as_words_and_as_a_picture() -> None:
    shown = found()._repr_mimebundle_(include=None, exclude=None)
    assert shown["text/plain"].startswith("Found(names=")
    assert shown["image/png"].startswith(b"\x89PNG")
