"""Notebooks opened again, kernels that end, pages of nbconvert: no widget is blank, none waits for ever."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
import sample_map
from driving import Lab, drag, kernel_eval, middle, open_notebook, put, ran, run_all, settled, spot
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect

from xaikit.widgets.kit.keepsake import WORDS

GRAPH_AND_BOARD = """
import sample
from xaikit.widgets import ConceptGraph, ConfusionExplorer, HeatmapExplorer, PatchBoard
picture = sample.muddled()
said = sample.explain(picture)
board = PatchBoard(picture, sample.trays(), sample.predict, sample.explain)
display(ConceptGraph(picture, said["graphs"], said["prediction"]), board)
"""
OTHERS = """
import sample_map
explorer = ConfusionExplorer(
    sample.CLASSES, sample.CONFUSION, sample.PAIRS, sample.pictures_of_cells(), sample.explain_confusion
)
maps = HeatmapExplorer(picture, [{"method": "mean", "target": "it", "values": picture.mean(2)}])
display(explorer, maps, sample_map.semantic_map())
"""
N_WIDGETS = 5


@pytest.fixture(scope="module")
def saved(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """A notebook with every widget, run without a browser; it holds the widgets' state."""
    shutil.copy(Path(sample_map.__file__), lab.folder)
    notebook = ran(lab, "all.ipynb", [GRAPH_AND_BOARD, OTHERS], tmp_path_factory.mktemp("jupyter"))
    assert "widgets" in notebook.metadata
    return notebook


def without_state(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as JupyterLab saves it by default."""
    stripped = deepcopy(notebook)
    del stripped.metadata["widgets"]
    return stripped


@contextmanager
def reopened(browser: Browser, lab: Lab, notebook: nbformat.NotebookNode, name: str) -> Iterator[Page]:
    """A notebook in JupyterLab, trusted, with a new kernel."""
    with open_notebook(browser, lab, put(lab, notebook, name)) as page:
        yield page


def test_opened_again_without_its_state_a_notebook_shows_pictures_and_no_complaint(
    browser: Browser, lab: Lab, saved: nbformat.NotebookNode
) -> None:
    with reopened(browser, lab, without_state(saved), "bare.ipynb") as page:
        expect(page.get_by_text("model not found")).to_have_count(N_WIDGETS)  # JupyterLab has looked for them
        expect(page.get_by_text("model not found").first).to_be_hidden()
        expect(page.get_by_text(WORDS)).to_have_count(N_WIDGETS)
        pictures = page.locator(".xk-keepsake img")
        expect(pictures).to_have_count(N_WIDGETS)
        for n in range(N_WIDGETS):
            expect(pictures.nth(n)).to_be_visible()
            assert pictures.nth(n).evaluate("(one) => one.naturalWidth") > 200
        run_all(page)
        expect(page.locator(".xk:visible")).to_have_count(N_WIDGETS)
        expect(page.locator(".xk-keepsake:visible")).to_have_count(0)


def test_opened_again_with_its_state_every_widget_says_that_its_cell_has_to_run_first(
    browser: Browser, lab: Lab, saved: nbformat.NotebookNode
) -> None:
    with reopened(browser, lab, saved, "kept.ipynb") as page:
        expect(page.get_by_test_id("gone").filter(has_text="run this cell first")).to_have_count(N_WIDGETS)
        expect(page.locator(".xk-keepsake:visible")).to_have_count(0)
        board = page.get_by_test_id("patch-board")
        drop_a_patch(page, board)
        expect(board.get_by_test_id("hint")).to_contain_text("run this cell first")
        explorer, concepts = page.get_by_test_id("confusion-explorer"), page.get_by_test_id("semantic-map")
        explorer.locator('[data-cell="0/1"]').click()
        expect(explorer.get_by_test_id("hint")).to_contain_text("run this cell first")
        concepts.get_by_test_id("search").fill("robin")
        page.keyboard.press("Enter")
        expect(concepts.get_by_test_id("detail")).to_contain_text("run this cell first")
        for widget in (board, explorer):
            expect(widget.get_by_test_id("busy")).to_be_empty()


def test_a_slow_kernel_is_waited_for_and_one_that_ends_is_not(browser: Browser, lab: Lab) -> None:
    with open_notebook(browser, lab, lab.write("ends.ipynb", [GRAPH_AND_BOARD])) as page:
        for end in ("session.kernel.restart()", "changeKernel({ name: 'python3' })", "shutdown()"):
            run_all(page)
            board = page.get_by_test_id("patch-board")
            settled(board, 0)
            kernel_eval(page, "setattr(board, '_predict', lambda picture: __import__('time').sleep(60))")
            drop_a_patch(page, board)
            expect(board.get_by_test_id("hint")).to_contain_text("No answer yet", timeout=10_000)
            expect(board.get_by_test_id("busy")).to_contain_text("thinking")
            expect(board.get_by_test_id("gone")).to_be_hidden()
            page.evaluate(f"() => window.jupyterapp.shell.currentWidget.context.sessionContext.{end}")
            expect(board.get_by_test_id("gone")).to_contain_text("run this cell first")
            expect(board.get_by_test_id("busy")).to_be_empty()
            expect(board.locator(".xk-ghost")).to_be_hidden()


@pytest.mark.parametrize("state", [True, False], ids=["with_state", "without_state"])
def test_a_page_of_nbconvert_shows_pictures_without_a_network(
    browser: Browser, saved: nbformat.NotebookNode, tmp_path: Path, state: bool
) -> None:
    page_of, _ = HTMLExporter().from_notebook_node(saved if state else without_state(saved))
    path = tmp_path / "page.html"
    path.write_text(page_of, encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    expect(page.get_by_text(WORDS)).to_have_count(N_WIDGETS)
    for picture in page.locator(".xk-keepsake img").all():
        expect(picture).to_be_visible()
        assert picture.evaluate("(one) => one.naturalWidth") > 200
    context.close()


def drop_a_patch(page: Page, board: Locator) -> None:
    board.scroll_into_view_if_needed()
    drag(page, middle(board.locator('[data-tile="0/0"]')), spot(board.get_by_test_id("stage"), 0.5, 0.9))
