"""The lessons in a real JupyterLab: every cell runs, the widgets are there, patches change an answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from driving import ROOT, Lab, drag, kernel_eval, middle, open_notebook, run_all, settled, spot
from playwright.sync_api import Browser, Locator, Page, expect

DROPS_AT_MOST = 3


def best_drop(cls: str) -> str:
    """Finds, in the notebook's kernel, the drop of a good patch that raises a class's probability most.

    Its value is (the probability, number of the concept, number of the patch, x, y).
    """
    return f"""max(
        (board._predict(paste(board.image, patch, (x * 128, y * 128)))["{cls}"], k, p, x, y)
        for (own, k), patches in board._trays.items() if own == "{cls}"
        for p, patch in enumerate(patches[:3])
        for x in (0.2, 0.35, 0.5, 0.65) for y in (0.4, 0.5, 0.6)
    )"""


@pytest.fixture(scope="module")
def start(browser: Browser, lab: Lab) -> Iterator[Page]:
    with opened(browser, lab, "00_start_here.ipynb") as page:
        yield page


def opened(browser: Browser, lab: Lab, name: str) -> Any:
    shutil.copy(ROOT / "notebooks" / name, lab.folder)
    return open_notebook(browser, lab, name)


@pytest.fixture(scope="module")
def ran(start: Page) -> Page:
    start.set_default_timeout(60_000)
    assert run_all(start) >= 8
    return start


@pytest.fixture
def board(ran: Page) -> Locator:
    board = ran.get_by_test_id("patch-board").last
    board.scroll_into_view_if_needed()
    expect(board).to_be_visible()
    return board


def top(page: Page) -> str:
    return kernel_eval(page, "max(board.probabilities, key=board.probabilities.get)")


def test_a_concept_is_clicked_and_the_question_turned(ran: Page) -> None:
    graph = ran.get_by_test_id("concept-graph").first
    graph.scroll_into_view_if_needed()
    expect(graph.locator(".xk-card")).to_have_count(3)
    expect(graph).to_contain_text("Why not ambulance?")
    graph.locator("[data-reading=why]").click()
    expect(graph).to_contain_text("Why ambulance?")
    graph.locator('[data-graph="0"] [data-node="1"] image').first.click()
    examples = graph.get_by_test_id("examples")
    expect(examples).to_contain_text("Concept 2 of fire engine")
    assert examples.locator("img").count() >= 3


def test_a_patch_on_a_numbered_concept_takes_its_place(ran: Page, board: Locator) -> None:
    before = kernel_eval(ran, "[board.probabilities, board.image.tolist()]")
    seq = kernel_eval(ran, "board.done")
    drag(ran, middle(board.locator('[data-tile="0/0"]')), middle(board.locator("[data-marker]").first))
    settled(board, seq + 1)
    (edit,) = kernel_eval(ran, "board.edits")
    assert edit["kind"] == "substitute"
    assert edit["onto"][0] == "fire engine"
    probabilities, image = kernel_eval(ran, "[board.probabilities, board.image.tolist()]")
    assert probabilities != before[0]
    assert image != before[1]
    board.get_by_test_id("reset").click()
    settled(board, seq + 2)
    assert kernel_eval(ran, "[board.probabilities, board.image.tolist()]") == before


def drop_the_best(page: Page, board: Locator, cls: str) -> None:
    _, concept, patch, x, y = kernel_eval(page, best_drop(cls))
    seq = kernel_eval(page, "board.done")
    tile = middle(board.locator(f'[data-tile="{concept}/{patch}"]'))
    drag(page, tile, spot(board.get_by_test_id("stage"), x, y))
    settled(board, seq + 1)


def test_patches_of_another_class_change_the_answer(ran: Page, board: Locator) -> None:
    assert top(ran) == "fire engine"
    kernel_eval(ran, "exec('from xaikit.core.images import paste')")
    board.get_by_role("tab", name="ambulance").click()
    for _ in range(DROPS_AT_MOST):
        drop_the_best(ran, board, "ambulance")
        if top(ran) == "ambulance":
            break
    assert top(ran) == "ambulance"
    assert kernel_eval(ran, "board.prediction") == "ambulance"
    expect(board.get_by_test_id("verdict")).to_contain_text("now: ambulance")


def test_the_second_lesson_runs_and_shows_its_widgets(browser: Browser, lab: Lab) -> None:
    with opened(browser, lab, "01_vrx_why_and_why_not.ipynb") as page:
        assert run_all(page) >= 10
        for widget in ("concept-graph", "patch-board"):
            shown = page.get_by_test_id(widget).first
            shown.scroll_into_view_if_needed()
            expect(shown).to_be_visible()
        kernel_eval(page, "board.delete(answer.prediction, strongest.index).edits")
        expect(page.get_by_test_id("patch-board").get_by_test_id("undo")).to_be_enabled()


def test_an_error_is_corrected_by_hand_in_the_patch_lab(browser: Browser, lab: Lab) -> None:
    with opened(browser, lab, "02_patch_lab.ipynb") as page:
        page.set_default_timeout(60_000)
        assert run_all(page) >= 15
        assert kernel_eval(page, "correction.corrected")
        assert top(page) == "ambulance"
        board = page.get_by_test_id("patch-board").first
        board.scroll_into_view_if_needed()
        expect(board).to_be_visible()
        kernel_eval(page, "exec('from xaikit.core.images import paste')")
        board.get_by_role("tab", name="fire engine").click()
        drop_the_best(page, board, "fire engine")
        assert top(page) == "fire engine"
        expect(board.get_by_test_id("verdict")).to_contain_text("now: fire engine")
        assert kernel_eval(page, "len(board.edits)") == 1


def test_a_concept_is_found_on_the_map_of_what_a_network_knows(browser: Browser, lab: Lab) -> None:
    with opened(browser, lab, "06_what_does_it_know.ipynb") as page:
        page.set_default_timeout(60_000)
        assert run_all(page) >= 9
        shown = page.get_by_test_id("semantic-map").first
        shown.scroll_into_view_if_needed()
        expect(shown).to_have_attribute("data-painted", "117")
        search = shown.get_by_role("combobox")
        search.fill("zebra")
        search.press("Enter")
        expect(shown).to_contain_text("striped")
        assert kernel_eval(page, "vectors.map('pca').agreement('top level') > 0.5")


def test_maps_of_the_seventh_lesson_stand_side_by_side_with_their_boxes(browser: Browser, lab: Lab) -> None:
    with opened(browser, lab, "07_look_with_meaning.ipynb") as page:
        page.set_default_timeout(60_000)
        assert run_all(page) >= 9
        explorers = page.get_by_test_id("heatmap-explorer")
        expect(explorers).to_have_count(3)
        compared = explorers.nth(1)
        compared.scroll_into_view_if_needed()
        expect(compared).to_contain_text("semantic guided backprop")
        expect(compared).to_contain_text("inside the box")
