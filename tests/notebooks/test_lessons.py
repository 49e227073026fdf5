"""Every notebook has the form of a lesson. That it runs is seen in a browser, once (tests/browser)."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

LINES_AT_MOST = 8

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_each_is_run_in_a_browser() -> None:
    """In bounded time and memory, and without a warning."""
    run = (Path(__file__).parents[1] / "browser" / "test_lessons.py").read_text(encoding="utf-8")
    assert [path.name for path in NOTEBOOKS if f'"{path.name}"' not in run] == []


@each_notebook
def test_it_opens_with_a_question(path: Path) -> None:
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert "?" in first.source


@each_notebook
def test_its_code_is_short_and_calls_the_library(path: Path) -> None:
    for source in code_cells(path):
        lines = [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]
        assert len(lines) <= LINES_AT_MOST, source
        defined = [
            node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        assert not defined, f"defined in a notebook and not in the library: {defined[0].name}"


N_WITH_CARDS = 4  # lessons whose exercises are cards: the first ones


@pytest.mark.parametrize("path", NOTEBOOKS[:N_WITH_CARDS], ids=lambda path: path.stem)
def test_exercises_are_cards_with_hints_and_something_to_foretell(path: Path) -> None:
    """Their code is folded away, since it holds the hints."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if "xk.exercise(" in cell.source]
    assert len(cells) >= 4
    assert all(cell.metadata.get("jupyter") == {"source_hidden": True} for cell in cells)
    foretold = [cell for cell in cells if '"predict": True' in cell.source or "predict=True" in cell.source]
    assert foretold
    assert sum("hints" in cell.source for cell in cells) >= 3


@each_notebook
def test_its_results_are_read_and_its_limits_said(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    runs = [
        len(list(run)) for kind, run in itertools.groupby(cell.cell_type for cell in cells) if kind == "code"
    ]
    assert max(runs) <= 2, "prose stands between a result and the next code"
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for part in ("**How to read it.**", "## Limits", "## Summary"):
        assert part in prose
