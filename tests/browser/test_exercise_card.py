"""Exercise cards in a real JupyterLab: by keys alone, by finger, as they are saved; and Python knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import (
    Lab,
    change_theme,
    drag,
    kernel_comes_to,
    kernel_eval,
    notebook_that_ran,
    spot,
    touch_screen,
    watched_page,
)
from playwright.sync_api import Browser, Locator, Page, expect
from sample_exercise import tried

CELLS = [
    """
import numpy as np
import xaikit as xk
which = xk.exercise(
    "Which <b>part</b> is it?", choices=["ladder", "red cross", "wheel"], answer=lambda: "red cross",
    title="Exercise 1", hints=["Look at the side.", "It is red."], why="It is painted on.")
which""",
    """
sure = xk.exercise("How sure is it?", number=(0, 100), unit="%", answer=lambda: 87.3, predict=True)
sure""",
    """
picture = np.full((96, 96, 3), 200, np.uint8)
mask = np.zeros((96, 96), bool)
picture[24:48, 24:48], mask[24:48, 24:48] = (200, 0, 0), True
where = xk.exercise("Where is it red?", region=picture, answer=mask)
where""",
    """
turned = []
deed = xk.exercise("Turn it.", done=lambda: turned[0] == 1, answer="Press the button.")
deed""",
]


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    with notebook_that_ran(browser, lab, "exercises.ipynb", CELLS) as page:
        yield page


def card(page: Page, number: int) -> Locator:
    shown = page.get_by_test_id("exercise-card").nth(number)
    shown.scroll_into_view_if_needed()
    return shown


def test_by_keyboard_alone(notebook: Page) -> None:
    shown, keys = card(notebook, 0), notebook.keyboard
    expect(shown.get_by_test_id("question")).to_have_text("Which <b>part</b> is it?")
    expect(shown.get_by_test_id("reveal")).to_be_disabled()
    shown.get_by_role("radio").first.focus()
    keys.press("3")
    expect(shown.get_by_role("radio").nth(2)).to_have_attribute("aria-checked", "true")
    assert kernel_eval(notebook, "which.tries") == 0, "to choose is not yet to answer"
    keys.press("Enter")
    expect(shown.get_by_test_id("verdict")).to_contain_text("Not yet.")
    assert kernel_eval(notebook, "[which.tries, which.prediction, which.verdict]") == [1, "wheel", "not yet"]
    keys.press("Tab")  # to the check
    keys.press("Tab")
    keys.press("Enter")
    expect(shown.get_by_test_id("hints")).to_have_text("Look at the side.")
    assert kernel_eval(notebook, "which.hints") == ["Look at the side."]
    expect(shown.get_by_test_id("answer")).to_have_text("")
    assert kernel_eval(notebook, "which.revealed") == {}
    keys.press("2")
    keys.press("Enter")
    expect(shown.get_by_test_id("verdict")).to_contain_text("Right!")
    expect(shown.get_by_test_id("answer")).to_contain_text("It is painted on.")
    assert kernel_eval(notebook, "[which.tries, which.verdict]") == [2, "right"]
    assert shown.get_by_test_id("verdict").evaluate("(one) => one === document.activeElement")
    keys.press("d")
    keys.press("d")
    expect(shown).to_be_visible()  # the keys do not reach the notebook, where they delete the cell


def test_a_prediction_is_kept_and_then_revealed(notebook: Page) -> None:
    shown = card(notebook, 1)
    shown.get_by_test_id("slider").focus()
    for _ in range(10):
        notebook.keyboard.press("ArrowLeft")
    expect(shown.get_by_test_id("field")).to_have_value("40")
    shown.get_by_test_id("check").click()
    expect(shown.get_by_test_id("verdict")).to_contain_text("kept")
    assert kernel_eval(notebook, "[sure.prediction, sure.verdict, sure.revealed]") == [40, "kept", {}]
    shown.get_by_test_id("reveal").click()
    expect(shown.get_by_test_id("verdict")).to_contain_text("You said 40%.")
    expect(shown.get_by_test_id("answer")).to_contain_text("It is: 87%")


def test_a_box_is_drawn_by_mouse(notebook: Page) -> None:
    shown = card(notebook, 2)
    stage = shown.get_by_test_id("stage")
    stage.scroll_into_view_if_needed()
    drag(notebook, spot(stage, 0.6, 0.6), spot(stage, 0.9, 0.9))
    shown.get_by_test_id("check").click()
    expect(shown.get_by_test_id("verdict")).to_contain_text("It is somewhere else.")
    stage.scroll_into_view_if_needed()
    drag(notebook, spot(stage, 0.26, 0.27), spot(stage, 0.48, 0.52))
    shown.get_by_test_id("check").click()
    expect(shown.get_by_test_id("verdict")).to_contain_text("Right!")
    expect(shown.locator(".xk-exercise-right")).to_be_visible()
    assert kernel_eval(notebook, "[where.tries, where.revealed['box']]") == [2, [0.25] * 4]


def test_what_fails_is_said_and_counts_as_no_try_and_then_by_touch(notebook: Page) -> None:
    shown = card(notebook, 3)
    with touch_screen(notebook) as tap:
        tap(shown.get_by_test_id("check"))
        expect(shown.get_by_test_id("error")).to_contain_text("IndexError")
        assert kernel_eval(notebook, "deed.tries") == 0
        kernel_eval(notebook, "turned.append(1)")
        tap(shown.get_by_test_id("check"))
        expect(shown.get_by_test_id("verdict")).to_contain_text("Right!")
    expect(shown.get_by_test_id("error")).to_be_hidden()
    kernel_comes_to(notebook, "deed.tries == 1")


_PICTURES = """() => window.jupyterapp.shell.currentWidget.context.model.toJSON().cells
  .flatMap((cell) => cell.outputs).filter((one) => one.data?.["image/png"])
  .map((one) => one.data["text/html"])"""


def test_the_picture_in_the_notebook_shows_how_far_somebody_came(notebook: Page) -> None:
    """Without the widgets' state, which JupyterLab does not save by itself."""
    kept = notebook.evaluate(_PICTURES)
    assert len(kept) == len(CELLS)
    assert "right, 2 tries, 1 hints" in kept[0]


def test_it_is_in_one_view_in_both_themes(notebook: Page) -> None:
    shown = card(notebook, 0)
    for theme, name in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        change_theme(notebook, theme)
        expect(shown).to_have_attribute("data-theme", name)
        assert shown.bounding_box()["height"] <= 560


def test_on_a_page_of_its_own_it_says_that_it_needs_a_kernel(browser: Browser, tmp_path: Path) -> None:
    path = tried().to_html(tmp_path / "card.html")
    with watched_page(browser, viewport={"width": 390, "height": 844}) as page:
        page.goto(path.as_uri())
        shown = page.get_by_test_id("exercise-card")
        expect(shown.get_by_test_id("note")).to_contain_text("run this cell first")
        expect(shown.get_by_test_id("reveal")).to_be_disabled()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
