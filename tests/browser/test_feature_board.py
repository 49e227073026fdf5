"""The feature board in a real JupyterLab: x-features named, switched off, brought back, by every hand."""

from __future__ import annotations

import re
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
from sample_features import board_of_two

FIT = """
import xaikit as xk
network = xk.load_classifier("toyworld/vehicles", device="cpu")
data = xk.load_images("toyworld/vehicles", split="train", n=120)
quick = {"n_steps": 60, "n_positives": 40, "n_negatives": 80}
srae = xk.SRAE(["fire engine"], 5, **quick).fit(network, data, progress=False)
pictures = [one.image for one in data if one.label == data.class_names.index("fire engine")][:2]
"""
SHOW = """
srae.name({("fire engine", k): "" for k in range(5)})
found = srae.explain(pictures)
board = found.widget()
board
"""


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    with notebook_that_ran(browser, lab, "features.ipynb", [FIT, SHOW]) as page:
        yield page


@pytest.fixture
def board(notebook: Page) -> Locator:
    """The board as it was at first; a test takes away the names that it gives."""
    board = notebook.locator("[data-testid=feature-board]:visible")
    expect(board).to_have_attribute("data-picture", re.compile(r"\d"))  # it is drawn a moment after its cell
    if board.get_attribute("data-picture") != "0":
        board.get_by_test_id("previous").click()
    if board.get_by_test_id("reset").is_enabled():
        board.get_by_test_id("reset").click()
    shown_without(board)
    return the_board(notebook)


def the_board(page: Page) -> Locator:
    board = page.locator("[data-testid=feature-board]:visible")
    expect(board).to_have_attribute("data-picture", "0")
    board.scroll_into_view_if_needed()
    return board


def tile(board: Locator, number: int) -> Locator:
    return board.locator(f'[data-feature="{number}"]')


def shown_without(board: Locator, *features: int) -> None:
    """Wait until the page shows the picture without these features."""
    expect(board).to_have_attribute("data-off", ",".join(map(str, features)))
    expect(board).not_to_have_attribute("data-busy", "")


def signed(value: float) -> str:
    return "0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


def check_sum(board: Locator, result: str, number: int | str = 0) -> None:
    """The line of the sum is that of an XFeatures or a Without of the kernel."""
    page = board.page
    gives = kernel_eval(page, f"{result}.contributions[{number}].tolist()")
    start = kernel_eval(page, "float(found.baseline[0])")
    score = kernel_eval(page, f"float({result}.scores[{number}])")
    line = board.get_by_test_id("sum")
    expect(line).to_contain_text(f"others score on average {signed(start).lstrip('+')}")
    for k, own in enumerate(gives):
        expect(line).to_contain_text(f"{k + 1} {signed(own)}")
    expect(line).to_contain_text(f"= {signed(start + sum(gives)).lstrip('+')};")
    expect(line).to_contain_text(f"score: {signed(score).lstrip('+')}")
    sentence = kernel_eval(page, f"found.sentence({number})") if result == "found" else None
    if sentence:
        expect(board.get_by_test_id("sentence")).to_have_text(sentence)


# ---- what is seen at first ----


def test_all_that_is_to_be_watched_is_in_one_view(board: Locator) -> None:
    board.evaluate("(one) => one.scrollIntoView({ block: 'start' })")
    boxes = [tile(board, k).bounding_box() for k in range(5)]
    assert len({box["y"] for box in boxes}) == 1  # one row
    panel = board.page.locator(".jp-WindowedPanel-outer:visible").bounding_box()
    whole = board.bounding_box()
    assert whole["height"] <= panel["height"]
    assert min(box["width"] for box in boxes) > 140


def test_the_sum_is_right_beside_the_score(board: Locator) -> None:
    check_sum(board, "found")
    for bar, name in zip(board.locator(".xk-sum-bar").all(), ("approximation", "scores"), strict=False):
        value = signed(kernel_eval(board.page, f"float(found.{name}[0])")).lstrip("+")
        who = "network" if name == "scores" else "x-features"
        expect(bar).to_have_attribute("aria-label", f"{who}: {value}")


def test_a_map_lies_over_the_picture(board: Locator) -> None:
    canvas = tile(board, 0).get_by_test_id("heat")
    assert canvas.evaluate("""(one) => {
      const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
      return data.some((value) => value > 0);
    }""")


# ---- names ----


def test_a_name_is_in_the_sentence_at_once_and_in_the_srae(board: Locator, tmp_path: Path) -> None:
    page, field = board.page, tile(board, 0).get_by_test_id("name")
    page.mouse.click(*middle(field))
    page.keyboard.type("blue light")
    page.keyboard.press("Enter")
    expect(board.get_by_test_id("sentence")).to_contain_text("blue light (+")
    kernel_comes_to(page, 'srae.names_.get(("fire engine", 0)) == "blue light"')
    assert "blue light (+" in kernel_eval(page, "found.sentence()")
    assert "blue light (+" in kernel_eval(page, "srae.explain(pictures[1]).sentence()")
    kept = f'xk.SRAE.load(srae.save({str(tmp_path / "kept.npz")!r}), network).names_.get(("fire engine", 0))'
    assert kernel_eval(page, kept) == "blue light"
    field = tile(board, 0).get_by_test_id("name")
    expect(field).to_have_value("blue light")
    field.fill("")
    field.press("Enter")
    expect(board.get_by_test_id("sentence")).to_contain_text("x-feature 1 (+")
    kernel_comes_to(page, "not srae.names_")


def test_what_is_being_written_stays_while_the_network_answers(board: Locator) -> None:
    field = tile(board, 1).get_by_test_id("name")
    tile(board, 0).get_by_test_id("off").click()
    field.click()
    field.press_sequentially("lad")
    shown_without(board, 0)
    field.press_sequentially("der")
    expect(field).to_have_value("ladder")
    field.press("Escape")
    expect(field).to_have_value("")


# ---- off and on ----


def test_off_by_mouse_and_brought_back(board: Locator) -> None:
    page = board.page
    before = board.get_by_test_id("picture").get_attribute("src")
    page.mouse.click(*middle(tile(board, 0).get_by_test_id("off")))
    shown_without(board, 0)
    check_sum(board, "found.without([0])", 1)
    left = kernel_eval(page, "found.without([0]).contributions[:, 0].tolist()")
    expect(tile(board, 0).get_by_test_id("gives")).to_have_text(f"{signed(left[0])} → {signed(left[1])}")
    assert board.get_by_test_id("picture").get_attribute("src") != before
    chances = kernel_eval(page, "[round(100 * one) for one in found.without([0]).probabilities.tolist()]")
    chance = board.locator(".xk-sum-bar").nth(2)
    expect(chance).to_contain_text(f"{chances[0]}% → {chances[1]}%")
    tile(board, 1).get_by_test_id("off").click()
    shown_without(board, 0, 1)
    check_sum(board, "found.without([0, 1])", 1)
    assert kernel_eval(page, "board.off") == [0, 1]
    board.get_by_test_id("reset").click()
    shown_without(board)
    check_sum(board, "found")
    assert board.get_by_test_id("picture").get_attribute("src") == before
    expect(board.get_by_test_id("reset")).to_be_disabled()


def test_by_keyboard_alone(board: Locator) -> None:
    switch = tile(board, 1).get_by_test_id("off")
    tile(board, 1).get_by_test_id("name").focus()
    board.page.keyboard.press("Tab")
    expect(switch).to_be_focused()
    board.page.keyboard.press("Space")
    shown_without(board, 1)
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).to_have_attribute("aria-label", "x-feature 2 off: fill in where it is seen")
    board.page.keyboard.press("Enter")
    shown_without(board)


def test_quick_hands_are_answered_with_what_they_came_to(board: Locator) -> None:
    for k in (0, 1, 2, 1):
        tile(board, k).get_by_test_id("off").click()
    shown_without(board, 0, 2)
    assert kernel_eval(board.page, "board.off") == [0, 2]


def test_another_picture_begins_anew(board: Locator) -> None:
    tile(board, 0).get_by_test_id("off").click()
    shown_without(board, 0)
    board.get_by_test_id("next").click()
    expect(board).to_have_attribute("data-picture", "1")
    shown_without(board)
    expect(board.get_by_test_id("sentence")).to_have_text(kernel_eval(board.page, "found.sentence(1)"))


def test_an_error_is_drawn_and_what_was_stays(board: Locator) -> None:
    kernel_eval(board.page, "globals().update(own=board._without)")
    kernel_eval(board.page, "setattr(board, '_without', lambda *_: 1 / 0)")
    tile(board, 0).get_by_test_id("off").click()
    expect(board.get_by_test_id("error")).to_contain_text("ZeroDivisionError")
    shown_without(board)
    expect(tile(board, 0).get_by_test_id("off")).to_have_attribute("aria-pressed", "false")
    kernel_eval(board.page, "setattr(board, '_without', own)")


def test_top_pictures_open_in_place(board: Locator) -> None:
    opened = tile(board, 0).get_by_test_id("top-pictures")
    expect(opened).to_be_hidden()
    tile(board, 0).get_by_test_id("top").click()
    expect(opened).to_be_visible()
    assert (
        opened.locator("img").evaluate_all("(all) => all.map((one) => one.naturalWidth > 60)") == [True] * 4
    )
    tile(board, 0).get_by_test_id("top").click()
    expect(opened).to_be_hidden()


def test_by_touch(board: Locator) -> None:
    with touch_screen(board.page) as tap:
        tap(tile(board, 0).get_by_test_id("off"))
        shown_without(board, 0)
        tap(board.get_by_test_id("reset"))
        shown_without(board)
        tap(tile(board, 1).get_by_test_id("top"))
        expect(tile(board, 1).get_by_test_id("top-pictures")).to_be_visible()
        tap(tile(board, 1).get_by_test_id("top"))
        expect(tile(board, 1).get_by_test_id("top-pictures")).to_be_hidden()


# ---- themes, pages, names that are markup ----


def test_both_themes(board: Locator) -> None:
    page = board.page
    for theme, name in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        change_theme(page, theme)
        expect(board).to_have_attribute("data-theme", name)


def test_on_a_page_of_its_own_it_is_looked_at_and_named(browser: Browser, tmp_path: Path) -> None:
    path = board_of_two().switch_off([0]).to_html(tmp_path / "board.html")
    with watched_page(browser) as page:
        page.goto(path.as_uri())
        board = the_board(page)
        shown_without(board, 0)
        expect(tile(board, 1).get_by_test_id("off")).to_be_disabled()
        expect(board.get_by_test_id("reset")).to_be_disabled()
        expect(board.get_by_test_id("hint")).to_contain_text("needs a running kernel")
        field = tile(board, 1).get_by_test_id("name")
        field.fill('<img src=x onerror="window.__pwned=1">')
        field.press("Enter")
        expect(board.get_by_test_id("sentence")).to_contain_text("<img src=x")
        assert page.evaluate("() => window.__pwned") is None
        board.get_by_test_id("next").click()
        expect(board.get_by_test_id("sentence")).to_have_text("not read")


def test_what_comes_from_a_file_has_neither_field_nor_switch(browser: Browser, tmp_path: Path) -> None:
    path = board_of_two(rename=None, without=None).to_html(tmp_path / "board.html")
    with watched_page(browser) as page:
        page.goto(path.as_uri())
        board = the_board(page)
        for testid in ("name", "off", "reset"):
            expect(board.get_by_test_id(testid).locator("visible=true")).to_have_count(0)
        expect(tile(board, 1)).to_contain_text("door")
