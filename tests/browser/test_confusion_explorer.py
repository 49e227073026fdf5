"""The confusion explorer in a real JupyterLab: by mouse, keyboard and touch, and as an exported page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import Lab, kernel_eval, open_notebook, run_all, run_cells, touch_screen, watched_page
from playwright.sync_api import Browser, Locator, Page, expect

EXPLORER = """
import sample
from xaikit.widgets import ConfusionExplorer
explorer = ConfusionExplorer(
    sample.CLASSES, sample.CONFUSION, sample.PAIRS, sample.pictures_of_cells(), sample.explain_confusion
)
explorer
"""
CONFUSED = ["fire engine", "ambulance"]


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    with open_notebook(browser, lab, lab.write("explorer.ipynb", [EXPLORER])) as page:
        yield page


@pytest.fixture
def page(notebook: Page) -> Page:
    run_cells(notebook, [EXPLORER])  # every test gets an explorer of its own
    return notebook


@pytest.fixture
def explorer(page: Page) -> Locator:
    return the_explorer(page)


def the_explorer(page: Page) -> Locator:
    explorer = page.locator("[data-testid=confusion-explorer]:visible")
    answered(explorer, 0)
    explorer.scroll_into_view_if_needed()
    return explorer


def answered(explorer: Locator, seq: int) -> None:
    expect(explorer).to_have_attribute("data-done", str(seq))


def cell(explorer: Locator, row: int, column: int) -> Locator:
    return explorer.locator(f'[data-cell="{row}/{column}"]')


def picture(explorer: Locator, number: int) -> Locator:
    return explorer.locator(f'[data-picture="{number}"]')


def test_from_a_cell_to_its_pictures_to_both_graphs_and_the_repair(page: Page, explorer: Locator) -> None:
    expect(explorer.get_by_test_id("summary")).to_contain_text("9 of 98 pictures answered wrongly")
    expect(explorer.get_by_test_id("detail")).to_be_hidden()
    cell(explorer, 0, 1).click()
    expect(cell(explorer, 0, 1)).to_have_attribute("aria-pressed", "true")
    expect(explorer.get_by_test_id("notes")).to_contain_text("Kind of error: confused concepts")
    expect(explorer.get_by_test_id("notes").locator("li")).to_have_count(2)
    expect(explorer.locator("[data-picture]")).to_have_count(6)
    answered(explorer, 1)
    assert kernel_eval(page, "[explorer.selected_cell, explorer.selected_picture]") == [CONFUSED, None]

    picture(explorer, 2).click()
    answered(explorer, 2)
    assert kernel_eval(page, "[explorer.selected_cell, explorer.selected_picture]") == [CONFUSED, 2]
    expect(explorer.locator(".xk-card .xk-class")).to_have_text(CONFUSED)
    expect(explorer.locator(".xk-card").nth(1)).to_contain_text("the network’s answer")
    assert explorer.locator('[data-card="1"] [data-row]').count() == 4
    expect(explorer.get_by_test_id("cause")).to_contain_text("Concept 1 of fire engine is not found")
    assert explorer.get_by_test_id("where").evaluate("(picture) => picture.naturalWidth") == 128
    repair = explorer.get_by_test_id("repair")
    expect(repair).to_contain_text("Replace concepts 1 and 3")
    expect(repair.get_by_test_id("verdict")).to_contain_text("now: fire engine 99%")
    expect(repair.locator("img")).to_have_count(2)
    expect(repair.locator(".xk-score")).to_have_count(3)


def test_the_graphs_can_be_worked_with_as_everywhere(page: Page, explorer: Locator) -> None:
    kernel_eval(page, "explorer.choose('fire engine', 'ambulance', 0).done")
    explorer.locator("[data-reading=versus]").click()
    expect(explorer.get_by_test_id("color-bar")).to_contain_text("speaks for ambulance")
    explorer.locator('[data-graph="1"] [data-node="0"] image').click()
    expect(explorer.get_by_test_id("examples")).to_contain_text("Concept 1 of ambulance")
    expect(explorer.get_by_test_id("examples").locator("img")).to_have_count(6)
    kernel_eval(page, "explorer.choose('fire engine', 'ambulance', 1).done")
    expect(explorer.get_by_test_id("examples")).to_be_hidden()  # they belonged to the other picture
    expect(picture(explorer, 1)).to_have_attribute("aria-pressed", "true")


def test_the_whole_path_by_keyboard(page: Page, explorer: Locator) -> None:
    cell(explorer, 0, 0).focus()
    page.keyboard.press("ArrowRight")
    expect(cell(explorer, 0, 1)).to_be_focused()
    expect(explorer.locator(".xk-tip:visible")).to_contain_text("6 pictures, 17% of the row")
    page.keyboard.press("ArrowDown")
    expect(cell(explorer, 1, 1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    answered(explorer, 1)
    expect(cell(explorer, 0, 1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(picture(explorer, 0)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    answered(explorer, 2)
    assert kernel_eval(page, "explorer.selected_picture") == 1
    expect(picture(explorer, 1)).to_be_focused()
    expect(explorer.locator(".xk-card")).to_have_count(2)
    for key in "ddbaxx":
        page.keyboard.press(key)
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.cells.length") == 1


def test_it_is_a_table_that_a_screen_reader_can_read(explorer: Locator) -> None:
    table = explorer.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["fire engine", "ambulance", "school bus"])
    expect(table.get_by_role("rowheader")).to_have_text(["fire engine", "ambulance", "school bus"])
    expect(
        table.get_by_role("button", name="true fire engine, answered ambulance: 6 pictures")
    ).to_be_enabled()
    expect(
        table.get_by_role("button", name="true ambulance, answered school bus: no pictures")
    ).to_be_disabled()


SLOW = EXPLORER.replace("sample.explain_confusion\n", "slow\n").replace(
    "import sample",
    """import time, sample
asked = []
def slow(true, predicted, number):
    asked.append(number)
    time.sleep(1)
    return sample.explain_confusion(true, predicted, number)""",
)


def test_of_pictures_chosen_in_haste_only_the_last_is_waited_for(notebook: Page) -> None:
    run_cells(notebook, [SLOW])
    explorer = the_explorer(notebook)
    cell(explorer, 0, 1).click()
    answered(explorer, 1)
    for number in range(5):
        picture(explorer, number).click()
    expect(explorer.get_by_test_id("busy")).to_contain_text("thinking")
    expect(picture(explorer, 4)).to_have_attribute("aria-pressed", "true")
    answered(explorer, 3)
    expect(explorer.get_by_test_id("busy")).to_be_empty()
    assert kernel_eval(notebook, "[asked, explorer.selected_picture]") == [[0, 4], 4]
    expect(picture(explorer, 4)).to_have_attribute("aria-pressed", "true")
    picture(explorer, 0).click()  # still known: nobody is asked again
    expect(explorer.locator(".xk-card")).to_have_count(2)
    answered(explorer, 4)
    assert kernel_eval(notebook, "asked") == [0, 4]


def test_what_explain_raises_is_drawn_in_the_cell(page: Page, explorer: Locator) -> None:
    kernel_eval(page, "setattr(explorer, '_explain', lambda *asked: 1 / 0)")
    cell(explorer, 0, 1).click()
    picture(explorer, 0).click()
    expect(explorer.get_by_test_id("error")).to_contain_text("ZeroDivisionError: division by zero")
    expect(explorer.get_by_test_id("detail")).to_be_hidden()
    expect(explorer.get_by_test_id("busy")).to_be_empty()


def test_without_a_kernel_it_shows_what_it_knows_and_says_what_it_lacks(browser: Browser, lab: Lab) -> None:
    opened = EXPLORER.replace("\nexplorer\n", "\nexplorer.choose('fire engine', 'ambulance', 1)\n")
    with open_notebook(browser, lab, lab.write("dead_explorer.ipynb", [opened])) as page:
        run_all(page)
        explorer = the_explorer(page)
        expect(explorer.locator(".xk-card")).to_have_count(2)
        page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
        picture(explorer, 3).dispatch_event("click")  # it may know by now that nobody answers, or not yet
        expect(explorer.get_by_test_id("gone")).to_contain_text("run this cell first")
        expect(explorer.get_by_test_id("detail")).to_be_hidden()
        expect(explorer.get_by_test_id("hint")).to_contain_text("run this cell first")
        expect(explorer.get_by_test_id("busy")).to_be_empty()
        picture(explorer, 1).click()
        expect(explorer.get_by_test_id("detail")).to_be_visible()
        cell(explorer, 1, 0).click()
        expect(explorer.get_by_test_id("notes")).to_contain_text("false alarm")


def test_by_touch_in_a_narrow_cell_nothing_is_cut_off(notebook: Page) -> None:
    with touch_screen(notebook, width=700, height=1000) as tap:
        run_cells(notebook, [EXPLORER])
        explorer = the_explorer(notebook)
        tap(cell(explorer, 0, 1))
        tap(picture(explorer, 3))
        expect(explorer.locator(".xk-card")).to_have_count(2)
        assert kernel_eval(notebook, "explorer.selected_picture") == 3
        assert explorer.evaluate("(root) => root.scrollWidth <= root.clientWidth")


MANY = """
import numpy as np
from xaikit.widgets import ConfusionExplorer
names = [f"a class with a long name {k}" for k in range(30)]
explorer = ConfusionExplorer(names, np.eye(30, dtype=int) * 50 + 1, {}, {})
explorer
"""


def test_thirty_classes_scroll_within_the_widget(notebook: Page) -> None:
    run_cells(notebook, [MANY])
    explorer = the_explorer(notebook)
    matrix = explorer.get_by_test_id("matrix")
    assert matrix.evaluate(
        "(box) => box.scrollWidth > box.clientWidth && box.scrollHeight > box.clientHeight"
    )
    assert explorer.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    cell(explorer, 0, 28).focus()
    notebook.keyboard.press("ArrowRight")
    expect(cell(explorer, 0, 29)).to_be_in_viewport()
    head = matrix.get_by_role("rowheader").first.bounding_box()
    frame = matrix.bounding_box()
    assert head["x"] == pytest.approx(frame["x"], abs=6)  # the names stay in sight


EVIL = '<img src=x onerror="window.__pwned=1"></script><script>window.__pwned=2</script>'

EVIL_EXPLORER = f"""
import sample
from xaikit.widgets import ConfusionExplorer
evil = {EVIL!r}
true, predicted = "a" + evil, "b" + evil
pair = sample.CLASSES[:2]
def explain(*asked):
    said = sample.explain_confusion(*pair, asked[2])
    views = [{{**view, "name": name}} for view, name in zip(said["views"], (true, predicted))]
    was, now = {{true: 0.1, predicted: 0.9}}, {{true: 0.8, predicted: 0.2}}
    change = {{"text": evil, "probabilities_before": was, "probabilities_after": now}}
    return {{"views": views, "cause": evil, "repair": {{**said["repair"], **change}}}}
given = sample.pictures_of_cells()[tuple(pair)]
pairs = {{(true, predicted): {{"kind": evil, "advice": evil, "evidence": [evil]}}}}
pictures = {{(true, predicted): [{{**one, "id": evil}} for one in given]}}
explorer = ConfusionExplorer([true, predicted], [[5, 6], [0, 5]], pairs, pictures, explain, title=evil)
explorer.choose(true, predicted, 0)
explorer.to_html("evil_explorer.html", title=evil)
explorer
"""


def test_labels_that_look_like_markup_stay_text(browser: Browser, lab: Lab, notebook: Page) -> None:
    run_cells(notebook, [EVIL_EXPLORER])
    explorer = the_explorer(notebook)
    expect(explorer.get_by_test_id("repair")).to_contain_text("<img src=x onerror=")
    expect(explorer.get_by_test_id("notes")).to_contain_text("<img src=x onerror=")
    assert notebook.evaluate("() => window.__pwned") is None
    assert explorer.locator("img[src=x]").count() == 0
    with watched_page(browser) as page:
        page.goto((lab.folder / "evil_explorer.html").as_uri())
        expect(page.get_by_test_id("repair")).to_contain_text("<img src=x onerror=")
        assert page.evaluate("() => window.__pwned") is None


def test_an_exported_page_shows_what_was_opened_and_says_what_needs_python(
    browser: Browser, tmp_path: Path
) -> None:
    import sample

    from xaikit.widgets import ConfusionExplorer

    made = ConfusionExplorer(
        sample.CLASSES, sample.CONFUSION, sample.PAIRS, sample.pictures_of_cells(), sample.explain_confusion
    )
    made.choose(*CONFUSED, 1).choose(*CONFUSED, 4)
    path = made.to_html(tmp_path / "explorer.html")
    with watched_page(browser) as page:
        page.goto(path.as_uri())
        explorer = page.get_by_test_id("confusion-explorer")
        expect(explorer.locator(".xk-card")).to_have_count(2)
        expect(picture(explorer, 4)).to_have_attribute("aria-pressed", "true")
        expect(explorer.get_by_test_id("hint")).to_contain_text("Python has to run")
        assert [picture(explorer, n).is_enabled() for n in range(6)] == [n in (1, 4) for n in range(6)]
        picture(explorer, 1).click()
        expect(picture(explorer, 1)).to_have_attribute("aria-pressed", "true")
        expect(explorer.locator(".xk-card")).to_have_count(2)
        cell(explorer, 1, 0).click()
        expect(explorer.get_by_test_id("notes")).to_contain_text("false alarm")
        expect(explorer.get_by_test_id("detail")).to_be_hidden()
        page.set_viewport_size({"width": 800, "height": 900})  # drawn again, and nothing is forgotten
        expect(cell(explorer, 1, 0)).to_have_attribute("aria-pressed", "true")
        expect(explorer.locator("[data-picture]")).to_have_count(1)
