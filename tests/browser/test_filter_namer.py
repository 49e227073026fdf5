"""The filter namer in a real JupyterLab: filters are named by keys, mouse and finger, and Python knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import (
    Lab,
    change_theme,
    kernel_comes_to,
    kernel_eval,
    middle,
    notebook_that_ran,
    touch_screen,
    watched_page,
)
from playwright.sync_api import Browser, Locator, Page, expect
from sample_concepts import namer_of_four

FIT = """
import xaikit as xk
from xaikit.additive import Filters
network = xk.load_classifier("toyworld/animals-dog", device="cpu")
data = xk.load_images("toyworld/animals", split="train", n=60)
quick = {"n_epochs": 1, "width": 8, "n_blocks": 0}
explainer = xk.AdditiveExplainer("dog", Filters("filters"), **quick).fit(network, data, progress=False)
found = explainer.explain(data[0].image)
"""
SHOW = """
namer = explainer.namer(data, progress=False)
namer
"""


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    with notebook_that_ran(browser, lab, "namer.ipynb", [FIT, SHOW]) as page:
        yield page


@pytest.fixture
def namer(notebook: Page) -> Iterator[Locator]:
    """The namer at its first filter, with no name."""
    shown = notebook.locator("[data-testid=filter-namer]:visible")
    expect(shown).to_have_attribute("data-place", "0")
    yield shown
    own = kernel_eval(notebook, "[own for own in namer._nameable() if namer.names.get(own[1])]")
    for n, (cls, concept) in enumerate(own):
        asked = {"cls": cls, "concept": concept, "name": "", "seq": 2**52 + n}
        kernel_eval(notebook, f"namer.set_trait('naming', {asked})")
    kernel_eval(
        notebook, "[namer.set_trait('answered', 0), namer.set_trait('place', 1), namer.set_trait('place', 0)]"
    )
    expect(shown).to_have_attribute("data-named", "0")


def test_filters_are_named_by_keyboard_and_python_knows(namer: Locator) -> None:
    page, field = namer.page, namer.get_by_test_id("name")
    first, second, third = kernel_eval(page, "[view['name'] for view in namer.views[:3]]")
    guess = kernel_eval(page, "namer.views[1]['suggested']['name']")
    page.mouse.click(*middle(field))
    page.keyboard.type("dd nose")  # "d d" would delete the cell
    page.keyboard.press("Enter")
    expect(namer).to_have_attribute("data-place", "1")
    page.keyboard.press("Enter")
    expect(namer).to_have_attribute("data-place", "2")
    page.keyboard.press("1")
    expect(namer).to_have_attribute("data-place", "3")
    picked = namer.locator(".xk-namer-name").first.text_content()
    wanted = {first: "dd nose", second: guess, third: picked}
    kernel_comes_to(page, f"explainer.parts_ == {wanted!r}")
    assert kernel_eval(page, "found.stands_for") == wanted, "an explanation that was made before knows them"
    expect(namer.get_by_test_id("progress")).to_contain_text("3 of 96 named")


def test_no_name_is_lost_while_the_kernel_is_busy(namer: Locator) -> None:
    page = namer.page
    page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel"
        ".requestExecute({ code: 'import time; time.sleep(2)' }); }"
    )
    namer.get_by_test_id("name").focus()
    for k in range(5):
        page.keyboard.type(f"part {k}")
        page.keyboard.press("Enter")
    expect(namer).to_have_attribute("data-named", "5")
    kernel_comes_to(page, "namer.labels[:5] == [f'part {k}' for k in range(5)]")
    assert kernel_eval(page, "sorted(explainer.parts_.values())") == [f"part {k}" for k in range(5)]


def test_all_suggestions_are_taken_and_undone_by_mouse(namer: Locator) -> None:
    page = namer.page
    n = kernel_eval(page, "sum(view['suggested'] is not None for view in namer.views)")
    assert n > 20
    namer.get_by_test_id("take-all").click()
    kernel_comes_to(page, f"len(explainer.parts_) == {n}")
    expect(namer).to_have_attribute("data-named", str(n))
    namer.get_by_test_id("undo").click()
    kernel_comes_to(page, "not explainer.parts_")
    expect(namer).to_have_attribute("data-named", "0")


def test_by_touch(namer: Locator) -> None:
    with touch_screen(namer.page) as tap:
        tap(namer.locator(".xk-namer-choice").nth(1))
        expect(namer).to_have_attribute("data-place", "1")
        tap(namer.locator(".xk-namer-one").nth(7))
        expect(namer).to_have_attribute("data-place", "7")
    kernel_comes_to(namer.page, "len(explainer.parts_) == 1 and namer.place == 7")


def test_what_is_refused_is_said_and_taken_back(namer: Locator) -> None:
    page = namer.page
    kernel_eval(page, "globals().update(own=namer._rename)")
    kernel_eval(page, "setattr(namer, '_rename', lambda *_: 1 / 0)")
    namer.locator(".xk-namer-choice").first.click()
    expect(namer.get_by_test_id("error")).to_contain_text("ZeroDivisionError")
    expect(namer).to_have_attribute("data-named", "0")
    kernel_eval(page, "[setattr(namer, '_rename', own), setattr(namer, 'error', '')]")


def test_it_is_all_in_one_view_in_both_themes(namer: Locator) -> None:
    page = namer.page
    for theme, name in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        change_theme(page, theme)
        expect(namer).to_have_attribute("data-theme", name)
        panel = page.locator(".jp-WindowedPanel-outer:visible").bounding_box()
        assert namer.bounding_box()["height"] <= min(panel["height"], 560)
    images = namer.locator(".xk-shot img")
    assert images.evaluate_all("(all) => all.map((one) => one.naturalWidth)") == [192] * 6


def test_on_a_page_of_its_own_names_are_text_and_stay_there(browser: Browser, tmp_path: Path) -> None:
    path = namer_of_four().to_html(tmp_path / "namer.html")
    with watched_page(browser) as page:
        page.goto(path.as_uri())
        shown = page.get_by_test_id("filter-namer")
        expect(shown.get_by_test_id("hint")).to_contain_text("needs a running kernel")
        field = shown.get_by_test_id("name")
        field.fill('<img src=x onerror="window.__pwned=1">')
        field.press("Enter")
        expect(shown.get_by_test_id("choices")).to_contain_text("<img src=x")
        shown.locator(".xk-namer-one").nth(2).click()
        expect(shown.locator(".xk-namer-heading")).to_have_text("a <b>filter</b>: lamp")
        assert page.evaluate("() => window.__pwned") is None
