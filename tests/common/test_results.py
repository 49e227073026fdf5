"""What holds of every result: shown, kept and told alike. A new kind of result needs a row in `made`."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import xaikit
from xaikit.core.archive import read_archive, write_archive
from xaikit.core.errors import FileError
from xaikit.core.result import FORMAT, Kept, Result
from xaikit.widgets.kit.view import View

sys.path.insert(0, str(Path(__file__).parent))

from made import RESULTS

every = pytest.mark.parametrize("name", RESULTS)
kept = pytest.mark.parametrize("name", [name for name, make in RESULTS.items() if isinstance(make(), Kept)])
charts = pytest.mark.parametrize("name", ["Meaning", "Modification", "Nearest", "Relevance"])


def kinds_of(base: type) -> set[type]:
    return {kind for below in base.__subclasses__() for kind in (below, *kinds_of(below))}


@every
def test_every_kind_of_result_is_here(name: str) -> None:
    for module in pkgutil.walk_packages(xaikit.__path__, "xaikit."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    known = {kind.__name__ for kind in kinds_of(Result) if kind.__module__.startswith("xaikit.")}
    assert known == set(RESULTS)
    assert type(RESULTS[name]()).__name__ == name


@every
def test_it_is_drawn_and_shown_where_no_widget_runs(name: str) -> None:
    result = RESULTS[name]()
    assert isinstance(result.plot(), Figure)
    shown = result._repr_mimebundle_(include=None, exclude=None)
    assert shown["image/png"].startswith(b"\x89PNG")
    assert shown["text/plain"] == repr(result)


@every
def test_its_widget_is_one_page_that_works_offline(name: str, tmp_path: Path) -> None:
    result = RESULTS[name]()
    widget = result.widget()
    assert isinstance(widget, View)
    assert widget.still().size[0] > 50
    page = result.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    for tag in ("<b>tank", "<i>bird", "<u>wool"):
        assert tag not in page  # text from data is never markup


@every
def test_it_carries_its_own_evidence(name: str) -> None:
    checks = RESULTS[name]().checks
    assert isinstance(checks, Mapping)
    json.dumps(checks)


@every
def test_a_file_gives_it_back(name: str, tmp_path: Path) -> None:
    result = RESULTS[name]()
    path = result.save(tmp_path / "kept.npz")
    back = type(result).load(path)
    assert repr(back) == repr(result)
    assert str(back) == str(result)
    assert json.dumps(back.checks, sort_keys=True) == json.dumps(result.checks, sort_keys=True)
    again = type(result).load(back.save(tmp_path / "again.npz"))
    for one, other in zip(*(_arrays(kept) for kept in (back, again)), strict=True):
        np.testing.assert_array_equal(one, other)
    assert back.plot()


def _arrays(result: Result) -> list[np.ndarray]:
    return list(result.parts()[1].values()) if hasattr(result, "parts") else [result.values]


@every
def test_another_file_is_refused(name: str, tmp_path: Path) -> None:
    kind = type(RESULTS[name]())
    other = "Relevance" if name != "Relevance" else "Nearest"
    path = RESULTS[other]().save(tmp_path / "other.npz")
    with pytest.raises(FileError, match=r"holds .* expected"):
        kind.load(path)


@kept
def test_a_file_without_one_of_its_fields_is_damage(name: str, tmp_path: Path) -> None:
    result = RESULTS[name]()
    meta, arrays = read_archive(result.save(tmp_path / "kept.npz"), result.KIND, FORMAT)
    told = meta["fields"]
    for lost in [*told, *(key for key in arrays if result.FORMS.get(key, "?")[-1] != "?")]:
        less = {key: one for key, one in told.items() if key != lost}
        path = write_archive(
            tmp_path / "less.npz",
            result.KIND,
            FORMAT,
            {"fields": less},
            {key: one for key, one in arrays.items() if key != lost},
        )
        with pytest.raises(FileError, match="damaged"):
            type(result).load(path)


@charts
def test_a_standard_chart_is_one_to_point_at_as_well(name: str) -> None:
    figure = RESULTS[name]().plot(interactive=True)
    assert type(figure).__module__.startswith("plotly.")
    told = figure.to_json()
    assert "\\u003cb" not in told
    assert "<u>" not in told
