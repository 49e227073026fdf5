"""Bytes of a notebook saved with the state of one widget of each kind, on a real VRX result."""

from __future__ import annotations

import nbformat
from drop import BOARD, FIT
from measuring import record
from nbclient import NotebookClient

GRAPH = "vrx.explain(board.image).widget()"


def main() -> None:
    report = {"one_of_each_bytes": saved([FIT, BOARD, GRAPH])}
    record("notebook_size", report)


def saved(cells: list[str]) -> int:
    """Bytes of a notebook of these cells, run and saved with its widgets' state."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=600, store_widget_state=True).execute()
    return len(nbformat.writes(notebook).encode())


if __name__ == "__main__":
    main()
