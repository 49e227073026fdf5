"""The semantic map in a real JupyterLab: by mouse, keyboard and touch, in both themes, and exported."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sample_map
from driving import (
    Lab,
    drag,
    kernel_eval,
    open_notebook,
    run_all,
    run_cells,
    spot,
    standing,
    touch_screen,
    watched_page,
)
from playwright.sync_api import Browser, Locator, Page, expect

from xaikit.plots.map_layout import unit_places

MAP = """
import sample_map
heard = []
shown = sample_map.semantic_map(title="What the network knows")
shown.on_select(lambda numbers: heard.append(len(numbers)))
shown
"""
NAMES = sample_map.NAMES
EDGE, HEAD = 40, 48  # pixels that the page leaves around the outermost points, and for its buttons above


@pytest.fixture(scope="module")
def world(lab: Lab) -> Lab:
    shutil.copy(Path(sample_map.__file__), lab.folder)
    return lab


@pytest.fixture(scope="module")
def notebook(browser: Browser, world: Lab) -> Iterator[Page]:
    with open_notebook(browser, world, world.write("map.ipynb", [MAP])) as page:
        yield page


@pytest.fixture
def page(notebook: Page) -> Page:
    run_cells(notebook, [MAP])  # every test gets a map of its own
    return notebook


@pytest.fixture
def root(page: Page) -> Locator:
    return the_map(page)


def the_map(page: Page, n: int = len(NAMES)) -> Locator:
    root = page.locator("[data-testid=semantic-map]:visible")
    expect(root).to_have_attribute("data-painted", str(n))
    root.scroll_into_view_if_needed()
    return root


def canvas(root: Locator) -> Locator:
    return root.get_by_test_id("map")


def answered(root: Locator, seq: int) -> None:
    expect(root).to_have_attribute("data-done", str(seq))


def at_rest(root: Locator) -> None:
    expect(root).not_to_have_attribute("data-moving", "")


def places(root: Locator, projection: str = "t-SNE") -> np.ndarray:
    """Where the whole map shows each concept, in pixels of the map."""
    box = standing(canvas(root))
    known = unit_places(sample_map.positions()[projection])
    low, high = known.min(0), known.max(0)
    room = np.array([box["width"] - 2, box["height"] - 2 - HEAD])  # without the border
    scale = ((room - 2 * EDGE) / (high - low)).min()
    return (known - (low + high) / 2) * scale + room / 2 + [0, HEAD]


def window(root: Locator, place: np.ndarray) -> tuple[float, float]:
    box = standing(canvas(root))
    return box["x"] + 1 + float(place[0]), box["y"] + 1 + float(place[1])


def lonely(root: Locator) -> int:
    """A concept with no other near, so that a pointer can mean no other."""
    known = places(root)
    apart = np.hypot(*(known[:, None] - known[None]).transpose(2, 0, 1)) + 1e6 * np.eye(len(known))
    return int(apart.min(1).argmax())


def draw(page: Page, root: Locator, corners: list[tuple[float, float]]) -> None:
    """Hold the button and go around the corners, in shares of the map."""
    page.mouse.move(*spot(canvas(root), *corners[0]))
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*spot(canvas(root), *corner), steps=6)
    page.mouse.up()


def inside(root: Locator, left: float, top: float, right: float, bottom: float) -> list[int]:
    box = standing(canvas(root))
    x, y = (places(root) / [box["width"], box["height"]]).T
    return np.flatnonzero((x > left) & (x < right) & (y > top) & (y < bottom)).tolist()


LEFT = [(0.03, 0.97), (0.03, 0.03), (0.4, 0.03), (0.4, 0.97)]  # begun where no button lies


def test_the_pointer_tells_what_a_point_is_and_a_click_chooses_it(page: Page, root: Locator) -> None:
    number = lonely(root)
    page.mouse.move(*window(root, places(root)[number]))
    card = root.get_by_test_id("card")
    expect(card).to_contain_text(NAMES[number])
    expect(card).to_contain_text(sample_map.LABELS["sub-category"][number])
    expect(card).to_contain_text("diversity")
    expect(card.get_by_role("img")).to_have_count(3)
    page.mouse.down()
    page.mouse.up()
    answered(root, 1)
    assert kernel_eval(page, "shown.chosen") == number
    detail = root.get_by_test_id("detail")
    expect(detail.get_by_role("heading")).to_have_text(NAMES[number])
    expect(detail.locator("img")).to_have_count(4)
    rows = root.get_by_test_id("relevance").get_by_role("button")
    expect(rows).to_have_count(10)
    expect(rows.first).to_contain_text(sample_map.relevance(number)[0][0])
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    rows.nth(1).click()
    answered(root, 2)
    assert kernel_eval(page, "shown.names[shown.chosen]") == sample_map.relevance(number)[1][0]
    detail.get_by_role("button", name="close").click()
    answered(root, 3)
    assert kernel_eval(page, "shown.chosen") is None


def test_a_lasso_reaches_python_exactly_and_fills_the_gallery(page: Page, root: Locator) -> None:
    meant = inside(root, 0.03, 0.03, 0.4, 0.97)
    root.get_by_role("button", name="lasso").click()
    draw(page, root, LEFT)
    answered(root, 1)
    assert kernel_eval(page, "list(shown.selected)") == meant
    assert kernel_eval(page, "heard") == [len(meant)]
    expect(root.get_by_test_id("selection")).to_contain_text(f"{len(meant)} concepts selected: living thing")
    expect(root.get_by_test_id("tiles").get_by_role("button")).to_have_count(min(len(meant), 48))
    expect(root.get_by_test_id("tiles")).to_contain_text(NAMES[meant[0]])
    root.get_by_test_id("tiles").get_by_role("button").first.click()
    answered(root, 2)
    assert kernel_eval(page, "[shown.chosen, len(shown.selected)]") == [meant[0], len(meant)]
    root.get_by_test_id("clear").click()
    answered(root, 3)
    assert kernel_eval(page, "[list(shown.selected), heard[-1]]") == [[], 0]
    expect(root.get_by_test_id("tiles")).to_be_hidden()


def test_shift_and_drag_is_a_lasso_and_drag_alone_moves_the_map(page: Page, root: Locator) -> None:
    number = lonely(root)
    x, y = window(root, places(root)[number])
    page.keyboard.down("Shift")
    draw(page, root, LEFT)
    page.keyboard.up("Shift")
    answered(root, 1)
    assert kernel_eval(page, "len(shown.selected)") == len(inside(root, 0.03, 0.03, 0.4, 0.97))
    root.get_by_role("button", name="zoom in").click()
    root.get_by_role("button", name="whole map").click()
    at_rest(root)
    drag(page, spot(canvas(root), 0.5, 0.5), spot(canvas(root), 0.5, 0.5), drop=False)
    page.mouse.move(*spot(canvas(root), 0.55, 0.45), steps=4)
    page.mouse.up()
    box = standing(canvas(root))
    page.mouse.move(x + 0.05 * box["width"], y - 0.05 * box["height"])
    expect(root.get_by_test_id("card")).to_contain_text(NAMES[number])
    assert kernel_eval(page, "shown.done") == 1


def test_the_wheel_zooms_around_the_pointer(page: Page, root: Locator) -> None:
    number = lonely(root)
    page.mouse.move(*window(root, places(root)[number]))
    page.mouse.wheel(0, -400)
    expect(root).to_have_attribute("data-zoom", "2.41")
    page.mouse.move(5, 5)
    page.mouse.move(*window(root, places(root)[number]))
    expect(root.get_by_test_id("card")).to_contain_text(NAMES[number])
    page.mouse.wheel(0, 4000)
    expect(root).to_have_attribute("data-zoom", "1.00")


def test_a_concept_is_found_by_its_name(page: Page, root: Locator) -> None:
    search = root.get_by_test_id("search")
    search.click()
    page.keyboard.type("fi")
    options = root.get_by_role("option")
    expect(options).to_have_text(["fig", "fire engine", "goldfish", "traffic light"])
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    answered(root, 1)
    at_rest(root)
    assert kernel_eval(page, "shown.names[shown.chosen]") == "fire engine"
    expect(root.get_by_test_id("suggestions")).to_be_hidden()
    page.mouse.move(*spot(canvas(root), 0.5, 0.5))  # the flight has brought it into the middle
    expect(root.get_by_test_id("card")).to_contain_text("fire engine")
    search.click()
    page.keyboard.type("unicorn")
    expect(root.get_by_text("no concept is called “unicorn”")).to_be_visible()
    page.keyboard.press("Escape")
    search.fill("tram")
    options.first.click()
    answered(root, 2)
    assert kernel_eval(page, "shown.names[shown.chosen]") == "tram"


def test_the_whole_path_by_keyboard(page: Page, root: Locator) -> None:
    canvas(root).focus()
    page.keyboard.press("ArrowRight")
    card = root.get_by_test_id("card")
    first = card.locator("strong").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(card.locator("strong")).not_to_have_text(first)
    second = card.locator("strong").inner_text()
    assert (
        sample_map.positions()["t-SNE"][NAMES.index(second), 0]
        < (sample_map.positions()["t-SNE"][NAMES.index(first), 0])
    )
    page.keyboard.press("Enter")
    answered(root, 1)
    page.keyboard.press(" ")
    answered(root, 2)
    assert kernel_eval(page, "[shown.names[shown.chosen], len(shown.selected)]") == [second, 1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    answered(root, 3)
    assert kernel_eval(page, "len(shown.selected)") == 2
    page.keyboard.press("Escape")
    answered(root, 4)
    expect(card).to_be_hidden()
    page.keyboard.press("Escape")
    answered(root, 5)
    assert kernel_eval(page, "[shown.chosen, len(shown.selected)]") == [None, 0]
    page.keyboard.press("+")
    page.keyboard.press("0")
    for key in "ddbaxx":
        page.keyboard.press(key)
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.cells.length") == 1


def test_another_projection_moves_the_points(page: Page, root: Locator) -> None:
    root.get_by_role("radio", name="PCA").click()
    expect(root).to_have_attribute("data-projection", "PCA")
    at_rest(root)
    assert kernel_eval(page, "shown.projection") == "PCA"
    for number in (0, 40):
        page.mouse.move(5, 5)
        page.mouse.move(*window(root, places(root, "PCA")[number]))
        expect(root.get_by_test_id("card")).to_be_visible()
    kernel_eval(page, "setattr(shown, 'projection', 't-SNE')")
    expect(root.get_by_role("radio", name="t-SNE")).to_have_attribute("aria-checked", "true")
    at_rest(root)
    number = lonely(root)
    page.mouse.move(5, 5)
    page.mouse.move(*window(root, places(root)[number]))
    expect(root.get_by_test_id("card")).to_contain_text(NAMES[number])


def color_at(root: Locator, place: np.ndarray) -> list[int]:
    return root.evaluate(
        """(root, [x, y]) => {
          const canvas = root.querySelector(".xk-map-canvas");
          const ratio = canvas.width / canvas.clientWidth;
          return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
        }""",
        [float(part) for part in place],
    )


def test_colors_follow_the_labels_and_a_group_can_be_dimmed(page: Page, root: Locator) -> None:
    number = lonely(root)
    place = places(root)[number]
    before = color_at(root, place)
    chips = root.get_by_test_id("legend").get_by_role("button")
    expect(chips).to_have_count(3)
    group = sample_map.LABELS["top level"][number]
    chips.filter(has_text=group).click()
    faint = wait_for_other(root, place, before)
    assert min(faint) > 180
    page.mouse.move(*window(root, place))
    expect(root.get_by_test_id("card")).to_be_hidden()  # what is dimmed is not in the way
    chips.filter(has_text=group).click()
    assert wait_for_other(root, place, faint) == before
    root.get_by_role("radio", name="sub-category").click()
    expect(chips).to_have_count(15)
    assert kernel_eval(page, "shown.color_by") == "sub-category"
    root.get_by_role("radio", name="none").click()
    expect(root.get_by_test_id("legend")).to_be_hidden()


def wait_for_other(root: Locator, place: np.ndarray, before: list[int]) -> list[int]:
    for _ in range(50):
        now = color_at(root, place)
        if now != before:
            return now
        root.page.wait_for_timeout(50)
    raise AssertionError(f"the map still shows {before} at {place}")


def test_python_can_choose_and_select(page: Page, root: Locator) -> None:
    kernel_eval(page, "shown.choose('tabby').select(['pug', 'tram']).done")
    expect(root.get_by_test_id("detail").get_by_role("heading")).to_have_text("tabby")
    expect(root.get_by_test_id("tiles").get_by_role("button")).to_have_text(["pug", "tram"])
    at_rest(root)
    kernel_eval(page, "shown.choose(None).select([]).done")
    expect(root.get_by_test_id("detail")).to_contain_text("Choose a concept")
    expect(root.get_by_test_id("tiles")).to_be_hidden()


ASKED = MAP.replace("title=", "pictures=look, title=").replace(
    "heard = []",
    """heard, asked = [], []
def look(number):
    asked.append(number)
    return [sample_map.picture(number)]""",
)


def test_pictures_of_a_callable_come_when_they_are_looked_at(notebook: Page) -> None:
    run_cells(notebook, [ASKED])
    root = the_map(notebook)
    number = lonely(root)
    notebook.mouse.move(*window(root, places(root)[number]))
    expect(root.get_by_test_id("card").locator("img")).to_have_count(1)
    assert kernel_eval(notebook, "asked") == [number]
    notebook.mouse.move(5, 5)
    notebook.keyboard.down("Shift")
    draw(notebook, root, LEFT)
    notebook.keyboard.up("Shift")
    n = kernel_eval(notebook, "len(shown.selected)")
    expect(root.get_by_test_id("tiles").locator("img")).to_have_count(n)


SMALL = """
import numpy as np, sample_map
from xaikit.widgets import SemanticMap
names = [f"c{k}" for k in range(400)]
places = np.stack(np.divmod(np.arange(400), 20), 1)
picture = sample_map.picture(0)
shown = SemanticMap(names, {"PCA": places}, pictures=[[picture] * 3] * 400)
shown
"""


def test_where_thumbnails_are_small_sharper_pictures_follow(notebook: Page) -> None:
    run_cells(notebook, [SMALL])
    root = the_map(notebook, 400)
    canvas(root).focus()
    notebook.keyboard.press("ArrowRight")
    expect(root.get_by_test_id("card").locator(".xk-sprite")).to_have_count(1)
    expect(root.get_by_test_id("card").locator("img")).to_have_count(3)


def test_what_a_callable_raises_is_drawn_in_the_cell(page: Page, root: Locator) -> None:
    kernel_eval(page, "setattr(shown, '_relevance', lambda number: 1 / 0)")
    page.mouse.click(*window(root, places(root)[lonely(root)]))
    answered(root, 1)
    expect(root.get_by_test_id("error")).to_contain_text("ZeroDivisionError: division by zero")


def test_without_a_kernel_it_says_what_it_lacks(browser: Browser, world: Lab) -> None:
    with open_notebook(browser, world, world.write("dead_map.ipynb", [MAP])) as page:
        run_all(page)
        root = the_map(page)
        page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
        page.mouse.click(*window(root, places(root)[lonely(root)]))
        expect(root.get_by_test_id("detail").get_by_role("heading")).to_be_visible()
        expect(root.get_by_test_id("gone")).to_contain_text("run this cell first")
        expect(root.get_by_test_id("detail")).to_contain_text("run this cell first")
        expect(root.get_by_test_id("hint")).to_be_hidden()


def test_by_touch_in_a_narrow_cell_nothing_is_cut_off(notebook: Page) -> None:
    with touch_screen(notebook, width=700, height=1000) as tap:
        run_cells(notebook, [MAP])
        root = the_map(notebook)
        number = lonely(root)
        tap(window(root, places(root)[number]))
        answered(root, 1)
        assert kernel_eval(notebook, "shown.chosen") == number
        assert root.evaluate("(root) => root.scrollWidth <= root.clientWidth")
        canvas(root).scroll_into_view_if_needed()
        x, y = spot(canvas(root), 0.5, 0.5)
        touch = notebook.context.new_cdp_session(notebook)
        twenty, sixty, far = (
            [{"x": x - dx, "y": y, "id": 0}, {"x": x + dx, "y": y, "id": 1}] for dx in (20, 60, 120)
        )
        spread = [("touchStart", twenty), ("touchMove", sixty), ("touchMove", far)]
        # Fingers rest, then leave one by one. The browser takes two that leave in full motion for a fling,
        # and the next tap for what stops it: no click.
        for kind, points in (*spread, ("touchMove", far), ("touchEnd", far[:1]), ("touchEnd", [])):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            notebook.wait_for_timeout(100)
        expect(root).to_have_attribute("data-zoom", "6.00")
        tap(root.get_by_role("button", name="whole map"))
        expect(root).to_have_attribute("data-zoom", "1.00")


def test_the_dark_theme_turns_paper_and_ink(page: Page, root: Locator) -> None:
    from test_widgets import brightness, change_theme

    expect(root).to_have_attribute("data-theme", "light")
    change_theme(page, "JupyterLab Dark")
    try:
        expect(root).to_have_attribute("data-theme", "dark")
        paper = canvas(root).evaluate("(box) => getComputedStyle(box.closest('.xk')).backgroundColor")
        assert brightness(paper) < 60
        assert sum(color_at(root, places(root)[lonely(root)])) > 100  # points are still drawn
    finally:
        change_theme(page, "JupyterLab Light")
    expect(root).to_have_attribute("data-theme", "light")


EVIL = '<img src=x onerror="window.__pwned=1"></script><script>window.__pwned=2</script>'

EVIL_MAP = f"""
import numpy as np, sample_map
from xaikit.widgets import SemanticMap
evil = {EVIL!r}
names = [f"{{evil}} {{k}}" for k in range(4)]
places = {{evil: np.array([[0, 0], [1, 0], [0, 1], [1, 1.0]])}}
shown = SemanticMap(
    names, places, np.arange(4), evil, {{evil: [evil, evil, "a", "a"]}}, [[sample_map.picture(0)]] * 4,
    lambda number: [(evil, 0.5), (names[0], -0.5)], title=evil,
)
shown.choose(1).select([0, 1])
shown.to_html("evil_map.html", title=evil)
shown
"""


def test_labels_that_look_like_markup_stay_text(browser: Browser, world: Lab, notebook: Page) -> None:
    run_cells(notebook, [EVIL_MAP])
    root = the_map(notebook, 4)
    for part in ("detail", "relevance", "tiles", "selection", "legend", "size-legend"):
        expect(root.get_by_test_id(part)).to_contain_text("<img src=x onerror=")
    root.get_by_test_id("search").fill("img")
    expect(root.get_by_role("option").first).to_contain_text("<img src=x onerror=")
    canvas(root).focus()
    notebook.keyboard.press("ArrowRight")
    expect(root.get_by_test_id("card")).to_contain_text("<img src=x onerror=")
    assert notebook.evaluate("() => window.__pwned") is None
    assert root.locator("img[src=x]").count() == 0
    with watched_page(browser) as page:
        page.goto((world.folder / "evil_map.html").as_uri())
        expect(page.get_by_test_id("detail")).to_contain_text("<img src=x onerror=")
        assert page.evaluate("() => window.__pwned") is None


def test_an_exported_page_searches_shows_pictures_and_selects_without_python(
    browser: Browser, tmp_path: Path
) -> None:
    path = sample_map.semantic_map().choose("tabby").to_html(tmp_path / "map.html")
    with watched_page(browser) as page:
        page.goto(path.as_uri())
        root = the_map(page)
        expect(root.get_by_test_id("relevance")).to_contain_text(
            sample_map.relevance(NAMES.index("tabby"))[0][0]
        )
        number = lonely(root)
        page.mouse.move(*window(root, places(root)[number]))
        expect(root.get_by_test_id("card")).to_contain_text(NAMES[number])
        expect(root.get_by_test_id("card").get_by_role("img")).to_have_count(3)
        page.keyboard.down("Shift")
        draw(page, root, LEFT)
        page.keyboard.up("Shift")
        n = len(inside(root, 0.03, 0.03, 0.4, 0.97))
        expect(root.get_by_test_id("selection")).to_contain_text(f"{n} concepts selected")
        root.get_by_test_id("search").fill("robin")
        page.keyboard.press("Enter")
        detail = root.get_by_test_id("detail")
        expect(detail.get_by_role("heading")).to_have_text("robin")
        expect(detail).to_contain_text("Python has to run")
        expect(detail.get_by_role("img")).to_have_count(4)
        root.get_by_role("radio", name="PCA").click()
        at_rest(root)
        expect(root.get_by_role("radio", name="PCA")).to_have_attribute("aria-checked", "true")


def test_who_wants_no_motion_gets_none(browser: Browser, tmp_path: Path) -> None:
    path = sample_map.semantic_map().to_html(tmp_path / "still_map.html")
    with watched_page(browser, reduced_motion="reduce") as page:
        page.goto(path.as_uri())
        root = the_map(page)
        moved = root.evaluate(
            """(root) => new Promise((done) => {
              let seen = false;
              const look = () => { seen = seen || root.hasAttribute("data-moving"); };
              new MutationObserver(look).observe(root, { attributes: true });
              root.querySelector("[data-projection=PCA]").click();
              setTimeout(() => done(seen), 300);
            })"""
        )
        assert moved is False
        expect(root).to_have_attribute("data-projection", "PCA")


THOUSANDS = """
import numpy as np
from xaikit.widgets import SemanticMap
n, rng = 20_000, np.random.default_rng(0)
centres = rng.normal(0, 3, (12, 2))
group = rng.integers(0, 12, n)
shown = SemanticMap(
    [f"concept {k}" for k in range(n)], {"PCA": centres[group] + rng.normal(0, 0.5, (n, 2))},
    rng.uniform(0, 1, n), labels={"group": [f"group {g}" for g in group]}, pictures=lambda number: [],
)
shown
"""


def test_twenty_thousand_points_are_painted_and_all_selected(notebook: Page) -> None:
    run_cells(notebook, [THOUSANDS])
    root = the_map(notebook, 20_000)
    painted = root.evaluate(
        """(root) => {
          const canvas = root.querySelector(".xk-map-canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, k) => k % 4 === 3 && value).length / (canvas.width * canvas.height);
        }"""
    )
    assert painted > 0.05
    root.get_by_role("button", name="lasso").click()
    draw(notebook, root, [(0.005, 0.005), (0.995, 0.005), (0.995, 0.995), (0.005, 0.995)])
    expect(root.get_by_test_id("selection")).to_contain_text("20,000 concepts selected")
    assert kernel_eval(notebook, "shown.selected == tuple(range(n))")
    expect(root.get_by_test_id("selection")).to_contain_text("The first 48 are shown")
