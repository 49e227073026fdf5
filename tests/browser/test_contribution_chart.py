"""The contribution chart in a real JupyterLab: places, readings, two pictures, by every hand."""

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
    spot,
    touch_screen,
    watched_page,
)
from playwright.sync_api import Browser, Locator, Page, expect
from sample_contributions import chart_of_three, counted, many_parts

from xaikit.widgets import ContributionChart

MADE = """
import numpy as np
from xaikit.additive import Contributions
from xaikit.attribution import Heatmap
rng = np.random.default_rng(0)
m, n = 3, 24
pictures = np.repeat(rng.integers(90, 180, (m, 8, 8, 3), np.uint8), 8, 1).repeat(8, 2)
maps = np.zeros((m, n, 6, 6), np.float32)
for k in range(n):
    maps[:, k, k % 4 if k < n - 4 else 4, :3] = 1
values = rng.random((m, n)).astype(np.float32)
weights, twin = (rng.normal(0.4, 1, (m, n)).astype(np.float32) for _ in range(2))
found = Contributions(
    images=pictures, target="bird", predictions=("bird", "finch", "bird"), performer=np.float32([2.5, -1, 4]),
    values=values, weights=weights, contributions=weights * values, bias=-0.5,
    names=tuple(f"filter {k + 1}" for k in range(n)), maps=maps, method="by hand", checks={"not_read": []},
    stands_for={f"filter {k + 1}": ["head", "torso", "legs", "tail"][k % 4] for k in range(n - 4)},
    baseline_weights=twin, baseline_bias=0.25,
)
heat = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (m, 64, 1))
heatmap = Heatmap(heat, ("bird",) * m, found.predictions, "conv", pictures, "Grad-CAM")
"""
SHOW = """
chart = found.widget(heatmap)
chart
"""


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    with notebook_that_ran(browser, lab, "contributions.ipynb", [MADE, SHOW]) as page:
        yield page


@pytest.fixture
def chart(notebook: Page) -> Locator:
    """The chart as it was at first."""
    notebook.mouse.move(3, 3)
    kernel_eval(notebook, "[setattr(chart, *one) for one in "
                "(('other', -1), ('picture', 0), ('reading', 'with prior'))]")  # fmt: skip
    chart = notebook.locator("[data-testid=contribution-chart]:visible")
    expect(chart).to_have_attribute("data-picture", "0")
    expect(chart).to_have_attribute("data-reading", "with prior")
    expect(chart).not_to_have_attribute("data-other", "1")
    chart.press("Escape")
    notebook.evaluate("() => document.activeElement.blur()")
    expect(chart).not_to_have_attribute("data-lit", "0")
    chart.scroll_into_view_if_needed()
    return chart


def bar(chart: Locator, part: int) -> Locator:
    return chart.locator(f'.xk-count-row[data-part="{part}"]')


def said(chart: Locator, part: int, column: int = 0) -> Locator:
    return bar(chart, part).locator(".xk-count-number").nth(column)


def signed(value: float) -> str:
    return "0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


def covered(chart: Locator, which: str = "picture") -> int:
    """How many pixels of the map cover the picture."""
    return chart.get_by_test_id(which).get_by_test_id("map").evaluate("""(one) => {
      if (one.hidden) return 0;
      const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
      return data.filter((value, i) => i % 4 === 3 && value > 0).length;
    }""")  # fmt: skip


def check_numbers(chart: Locator, result: str, picture: int, column: int = 0) -> None:
    given = kernel_eval(chart.page, f"{result}.by_part()[1][{picture}].tolist()")
    for part, value in enumerate(given):
        expect(said(chart, part, column)).to_have_text(signed(value))
        share = abs(value) / sum(map(abs, given))
        text = "<1%" if 0 < share < 0.005 else f"{int(100 * share + 0.5)}%"
        expect(bar(chart, part).locator(".xk-count-share").nth(column)).to_have_text(text)


# ---- what is seen at first


def test_all_of_it_is_in_one_view_and_says_what_the_explanation_says(chart: Locator) -> None:
    chart.evaluate("(one) => one.scrollIntoView({ block: 'start' })")
    panel = chart.page.locator(".jp-WindowedPanel-outer:visible").bounding_box()
    assert chart.bounding_box()["height"] <= panel["height"]
    assert not chart.evaluate("(one) => one.scrollWidth > one.clientWidth")
    check_numbers(chart, "found", 0)
    told = kernel_eval(chart.page, "[found.reconstruction[0].item(), found.bias, found.performer[0].item()]")
    whole, start, score = map(signed, told)
    expect(chart.locator(".xk-count-head")).to_have_text(
        f"In all {whole}, from {start}; the network gives {score}."
    )
    expect(chart.get_by_test_id("heat")).to_contain_text("Grad-CAM")
    for drawn in ("pie", "spikes"):
        expect(chart.get_by_test_id(drawn)).to_be_visible()


# ---- places


def test_a_bar_under_the_pointer_shows_its_part_and_a_click_keeps_it(chart: Locator) -> None:
    page = chart.page
    assert covered(chart) == 0
    page.mouse.move(*middle(bar(chart, 0)))
    expect(chart).to_have_attribute("data-lit", "0")
    expect(chart.get_by_test_id("picture")).to_contain_text("head")
    assert covered(chart) > 0
    expect(chart.locator('.xk-slice[data-slice="0"]')).to_have_attribute("data-lit", "")
    page.mouse.move(3, 3)
    expect(chart).not_to_have_attribute("data-lit", "0")
    assert covered(chart) == 0
    page.mouse.click(*middle(bar(chart, 1)))
    page.mouse.move(3, 3)
    expect(bar(chart, 1)).to_have_attribute("aria-pressed", "true")
    assert covered(chart) > 0


def test_the_picture_and_the_pie_name_the_part_under_the_pointer(chart: Locator) -> None:
    page, stage = chart.page, chart.get_by_test_id("picture").locator(".xk-count-stage")
    lit = []
    for row in range(6):
        page.mouse.move(*spot(stage, 0.2, (row + 0.5) / 6))
        lit.append(chart.get_attribute("data-lit"))
    assert lit == ["0", "1", "2", "3", "4", None], "the part of each row, and none in the last"
    share = chart.locator(".xk-slice-share").first
    page.mouse.move(*middle(share))
    expect(chart).to_have_attribute("data-lit", share.get_attribute("data-slice"))


def test_by_keyboard_alone(chart: Locator) -> None:
    page = chart.page
    chart.get_by_test_id("other").focus()
    page.keyboard.press("Tab")
    first = chart.locator("[data-part]").first
    expect(first).to_be_focused()
    part = first.get_attribute("data-part")
    expect(chart).to_have_attribute("data-lit", part)
    page.keyboard.press("ArrowDown")
    expect(chart.locator(".xk-count-row[data-part]").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(chart.locator('[aria-pressed="true"]')).to_have_count(1)
    page.keyboard.press("Escape")
    expect(chart.locator('[aria-pressed="true"]')).to_have_count(0)
    chart.get_by_role("radio", name="with prior").focus()
    page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute("data-reading", "baseline")
    kernel_comes_to(page, "chart.reading == 'baseline'")
    chart.get_by_test_id("spikes").focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".xk-spikes-box")).to_contain_text("number 1 of ")


# ---- readings, and two pictures


def test_the_baseline_tells_otherwise_on_the_same_scale(chart: Locator) -> None:
    zero = chart.locator(".xk-count-zero").first
    before = zero.evaluate("(one) => one.style.left")
    pie = chart.get_by_test_id("pie").get_attribute("aria-label")
    chart.get_by_role("radio", name="baseline").click()
    expect(chart).to_have_attribute("data-reading", "baseline")
    check_numbers(chart, "found.baseline", 0)
    assert zero.evaluate("(one) => one.style.left") == before
    assert chart.get_by_test_id("pie").get_attribute("aria-label") != pie
    expect(chart.get_by_test_id("marked")).to_be_visible()
    kernel_comes_to(chart.page, "chart.reading == 'baseline'")


def test_another_picture_stands_beside(chart: Locator) -> None:
    page = chart.page
    expect(chart.get_by_test_id("other-picture")).to_be_hidden()
    chart.get_by_test_id("other").select_option("1")
    expect(chart).to_have_attribute("data-other", "1")
    check_numbers(chart, "found", 0)
    check_numbers(chart, "found", 1, column=1)
    page.mouse.move(*middle(bar(chart, 0)))
    expect(chart.get_by_test_id("other-picture")).to_contain_text("head")
    page.wait_for_function(
        "(one) => !one.hidden",
        arg=chart.get_by_test_id("other-picture").get_by_test_id("map").element_handle(),
    )
    assert covered(chart, "other-picture") > 0
    kernel_comes_to(page, "chart.other == 1")
    chart.get_by_test_id("next").click()
    expect(chart.get_by_test_id("other-picture")).to_be_hidden()
    kernel_comes_to(page, "(chart.picture, chart.other) == (1, -1)")
    check_numbers(chart, "found", 1)


def test_by_touch(chart: Locator) -> None:
    with touch_screen(chart.page) as tap:
        tap(bar(chart, 2))
        expect(bar(chart, 2)).to_have_attribute("aria-pressed", "true")
        assert covered(chart) > 0
        tap(chart.get_by_role("radio", name="baseline"))
        expect(chart).to_have_attribute("data-reading", "baseline")


# ---- themes, pages, names that are markup


def test_both_themes(chart: Locator) -> None:
    for theme, name in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        change_theme(chart.page, theme)
        expect(chart).to_have_attribute("data-theme", name)
        ink = chart.locator(".xk-slice-words").first.evaluate("(one) => getComputedStyle(one).fill")
        assert (int(re.search(r"\d+", ink)[0]) > 128) == (name == "dark"), ink


def test_on_a_page_of_its_own_all_of_it_works(browser: Browser, tmp_path: Path) -> None:
    path = chart_of_three().to_html(tmp_path / "chart.html")
    with watched_page(browser) as page:
        page.goto(path.as_uri())
        chart = page.get_by_test_id("contribution-chart")
        expect(chart).to_have_attribute("data-picture", "0")
        bar(chart, 2).hover()
        expect(chart.get_by_test_id("picture")).to_contain_text("a <b>torso</b>")
        expect(chart.locator("b")).to_have_count(0)
        stage = chart.get_by_test_id("picture").locator(".xk-count-stage")
        for x, y, part in ((0.1, 0.8, "0"), (0.9, 0.8, "1"), (0.5, 0.2, "2")):
            page.mouse.move(*spot(stage, x, y))
            expect(chart).to_have_attribute("data-lit", part)
        chart.get_by_role("radio", name="baseline").click()
        expect(said(chart, 3)).to_have_text("−4.0")
        chart.get_by_test_id("other").select_option("2")
        expect(said(chart, 3, 1)).to_have_text("not read")
        chart.locator('[data-picture="2"]').click()
        expect(chart.locator(".xk-count-head")).to_have_text("This picture cannot be read.")


def test_one_part_forty_parts_and_narrow_pages_have_room(browser: Browser, tmp_path: Path) -> None:
    forty = ContributionChart([many_parts()]).to_html(tmp_path / "forty.html")
    three = ContributionChart([counted()]).to_html(tmp_path / "three.html")
    with watched_page(browser, viewport={"width": 860, "height": 620}) as page:
        page.goto(forty.as_uri())
        chart = page.get_by_test_id("contribution-chart")
        expect(bar(chart, -1)).to_contain_text("28 others")
        assert chart.bounding_box()["height"] <= 600
        page.set_viewport_size({"width": 420, "height": 800})
        page.goto(three.as_uri())
        expect(chart).to_have_attribute("data-layout", "narrow")
        assert not page.evaluate("() => document.body.scrollWidth > document.body.clientWidth")
