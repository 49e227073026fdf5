"""Every notebook runs top to bottom, in bounded time and memory, and has the form of a lesson."""

from __future__ import annotations

import ast
import itertools
import time
from pathlib import Path

import nbformat
import pytest
import torch
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

MINUTES_AT_MOST = 5  # two on a quiet machine
GIGABYTES_AT_MOST = 1.5 + torch.cuda.is_available()  # as much are CUDA's own libraries
LINES_AT_MOST = 8

# the kernel's own high-water mark; its parent's is not counted, as it would be in getrusage
PEAK = "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@each_notebook
def test_it_runs_in_time_and_memory(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))  # nothing of the user's own set-up takes part
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}})
    started = time.perf_counter()
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        seconds = time.perf_counter() - started
        if Path("/proc/self/status").exists():
            notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
            last = client.execute_cell(notebook.cells[-1], len(notebook.cells) - 1)
            gigabytes = int(last.outputs[0].text) * 1024 / 1e9
            print(f"{path.stem}: {seconds:.0f} s, {gigabytes:.2f} GB")
            assert gigabytes <= GIGABYTES_AT_MOST
    assert seconds <= 60 * MINUTES_AT_MOST
    assert not warnings_of(notebook), "a lesson shows no red warning"


def warnings_of(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    streams = [
        output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"
    ]
    return [text for text in streams if "Warning" in text]


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


@pytest.mark.parametrize("path", NOTEBOOKS[:4], ids=lambda path: path.stem)
def test_an_exercise_has_a_check_that_helps(path: Path) -> None:
    checks = [source for source in code_cells(path) if "Right!" in source or "Right, " in source]
    assert checks
    assert all("Not yet" in source or "again" in source for source in checks)


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
