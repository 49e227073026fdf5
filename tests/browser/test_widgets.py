"""Both widgets in a real JupyterLab: by mouse, touch and keyboard, in both themes, and as exported pages."""

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
    middle,
    open_notebook,
    run_cells,
    settled,
    spot,
    touch_screen,
    watched_page,
)
from playwright.sync_api import Browser, Locator, Page, expect

BOARD = """
import sample
from xaikit.widgets import ConceptGraph, PatchBoard
names = []
board = PatchBoard(
    sample.muddled(), sample.trays(), sample.predict, sample.explain, fill=sample.GRASS,
    rename=lambda *name: names.append(name),
)
board
"""
GRAPH = """
import sample
from xaikit.widgets import ConceptGraph
picture = sample.muddled()
said = sample.explain(picture)
names = []
graph = ConceptGraph(picture, said["graphs"], said["prediction"], rename=lambda *name: names.append(name))
bus = sample.whole("school bus")
bus_graphs = sample.explain(bus)["graphs"]
graph
"""


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    with open_notebook(browser, lab, lab.write("both.ipynb", [])) as page:
        yield page


@pytest.fixture
def board_page(notebook: Page) -> Page:
    run_cells(notebook, [BOARD])  # every test gets a board of its own
    return notebook


@pytest.fixture
def board(board_page: Page) -> Locator:
    return the_board(board_page)


def the_board(page: Page) -> Locator:
    board = page.locator("[data-testid=patch-board]:visible")
    settled(board, 0)
    board.scroll_into_view_if_needed()
    return board


def tile(board: Locator, row: int, number: int) -> Locator:
    return board.locator(f'[data-tile="{row}/{number}"]')


def top(page: Page) -> str:
    return kernel_eval(page, "max(board.probabilities, key=board.probabilities.get)")


def test_a_patch_dragged_with_the_mouse_changes_the_mind_of_the_network(
    board_page: Page, board: Locator
) -> None:
    before = kernel_eval(board_page, "board.probabilities")
    assert max(before, key=before.get) == "fire engine"
    board.get_by_role("tab", name="ambulance").click()
    drag(board_page, middle(tile(board, 3, 0)), spot(board.get_by_test_id("stage"), 0.3, 0.15))
    settled(board, 1)
    after = kernel_eval(board_page, "board.probabilities")
    assert after["ambulance"] > before["ambulance"] + 0.1
    assert top(board_page) == "ambulance"
    expect(board.get_by_test_id("verdict")).to_contain_text("now: ambulance")
    (edit,) = kernel_eval(board_page, "board.edits")
    assert (edit["kind"], edit["cls"], edit["concept"], edit["patch"]) == ("substitute", "ambulance", 3, 0)
    assert edit["at"] == pytest.approx([0.3, 0.15], abs=0.01)
    marker = middle(board.locator('[data-marker="3"][data-of="0"]'))  # what was dropped has a handle
    assert marker == pytest.approx(spot(board.get_by_test_id("stage"), 0.3, 0.15), abs=3)


def test_what_the_page_shows_is_the_picture_in_the_kernel(board_page: Page, board: Locator) -> None:
    drag(board_page, middle(tile(board, 0, 0)), spot(board.get_by_test_id("stage"), 0.5, 0.8))
    settled(board, 1)
    shown = board_page.evaluate(
        """() => {
          const image = document.querySelector("[data-testid=picture]");
          const canvas = Object.assign(document.createElement("canvas"), { width: 128, height: 128 });
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const color = ([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
          return [[64, 102], [64, 33], [10, 10]].map(color);
        }"""
    )
    known = kernel_eval(
        board_page, "[board.image[y, x].tolist() for x, y in [(64, 102), (64, 33), (10, 10)]]"
    )
    for seen, meant in zip(shown, known, strict=True):
        assert seen == pytest.approx(meant, abs=24)  # it travels as WebP
    assert known[0] == [200, 30, 30]  # the red body


def test_dropped_onto_a_number_it_replaces_that_concept(board_page: Page, board: Locator) -> None:
    drag(board_page, middle(tile(board, 0, 0)), middle(board.locator('[data-marker="1"]')), drop=False)
    expect(board.locator('[data-marker="1"]')).to_have_class("xk-marker xk-target")
    board_page.mouse.up()
    settled(board, 1)
    assert kernel_eval(board_page, "board.edits[0]['onto']") == ["fire engine", 1]


def test_a_drop_outside_the_picture_changes_nothing(board_page: Page, board: Locator) -> None:
    tabs = board.get_by_role("tab", name="ambulance")
    drag(board_page, middle(tile(board, 0, 0)), middle(tabs))
    assert kernel_eval(board_page, "[board.done, board.edits]") == [0, []]


def test_move_delete_undo_redo_and_reset(board_page: Page, board: Locator) -> None:
    image = "board.image.sum().item()"
    first = kernel_eval(board_page, image)
    drag(
        board_page, middle(board.locator('[data-marker="3"]')), spot(board.get_by_test_id("stage"), 0.2, 0.15)
    )
    settled(board, 1)
    assert kernel_eval(board_page, "board.edits[0]['kind']") == "move"
    node = "next(g for g in board.graphs if g['name'] == 'fire engine')['nodes'][3]"
    assert kernel_eval(board_page, f"[{node}['x'], {node}['y']]") == pytest.approx([0.2, 0.15], abs=0.03)

    board.locator('[data-marker="3"]').click()
    board.get_by_test_id("delete").click()
    settled(board, 2)
    expect(board.locator('[data-marker="3"]')).to_have_count(0)

    board.locator('[data-marker="1"]').focus()
    board_page.keyboard.press("Delete")
    settled(board, 3)
    assert kernel_eval(board_page, "[edit['kind'] for edit in board.edits]") == ["move", "delete", "delete"]

    board_page.keyboard.press("Control+z")
    settled(board, 4)
    board.get_by_test_id("undo").click()
    settled(board, 5)
    assert kernel_eval(board_page, "len(board.edits)") == 1
    board.get_by_test_id("redo").click()
    settled(board, 6)
    assert kernel_eval(board_page, "len(board.edits)") == 2
    board.get_by_test_id("reset").click()
    settled(board, 7)
    assert kernel_eval(board_page, image) == first
    expect(board.get_by_test_id("undo")).to_be_disabled()


def test_the_whole_path_by_keyboard(board_page: Page, board: Locator) -> None:
    tile(board, 0, 0).focus()
    board_page.keyboard.press("ArrowRight")
    board_page.keyboard.press("ArrowDown")
    expect(tile(board, 1, 1)).to_be_focused()
    board_page.keyboard.press("Enter")
    expect(board.get_by_test_id("hint")).to_contain_text("Holding")
    board_page.keyboard.press("4")
    expect(board.get_by_test_id("hint")).to_contain_text("onto lamp of fire engine")
    board_page.keyboard.press("Escape")
    assert kernel_eval(board_page, "board.done") == 0

    board_page.keyboard.press("Enter")
    for _ in range(5):
        board_page.keyboard.press("ArrowDown")
    board_page.keyboard.press("Enter")
    settled(board, 1)
    (edit,) = kernel_eval(board_page, "board.edits")
    assert (edit["concept"], edit["patch"]) == (1, 1)
    assert edit["at"] == pytest.approx([0.5, 0.7])


def test_keys_typed_in_a_widget_do_not_reach_the_notebook(board_page: Page, board: Locator) -> None:
    tile(board, 0, 0).focus()
    for key in "ddbaxx":
        board_page.keyboard.press(key)
    assert board_page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.cells.length") == 1


def test_gestures_made_while_the_kernel_thinks_wait_and_are_all_carried_out(notebook: Page) -> None:
    slow = BOARD.replace("sample.predict,", "slow,").replace(
        "import sample",
        "import time, sample\ndef slow(picture):\n    time.sleep(1.5)\n    return sample.predict(picture)",
    )
    run_cells(notebook, [slow])
    board = the_board(notebook)
    for n, x in enumerate((0.2, 0.5, 0.8)):
        drag(notebook, middle(tile(board, 2, n)), spot(board.get_by_test_id("stage"), x, 0.9))
    expect(board.get_by_test_id("busy")).to_contain_text("thinking")
    settled(board, 3)
    assert kernel_eval(notebook, "[round(edit['at'][0], 1) for edit in board.edits]") == [0.2, 0.5, 0.8]
    expect(board.get_by_test_id("busy")).to_be_empty()


def test_what_predict_raises_is_drawn_in_the_cell(board_page: Page, board: Locator) -> None:
    kernel_eval(board_page, "setattr(board, '_predict', lambda picture: 1 / 0)")
    drag(board_page, middle(tile(board, 0, 0)), spot(board.get_by_test_id("stage"), 0.5, 0.5))
    settled(board, 1)
    expect(board.get_by_test_id("error")).to_contain_text("ZeroDivisionError: division by zero")
    assert kernel_eval(board_page, "board.edits") == []


def test_by_touch(board_page: Page, board: Locator) -> None:
    page = board_page
    with touch_screen(page):
        touch = page.context.new_cdp_session(page)

        def send(kind: str, *points: tuple[float, float]) -> None:
            where = [{"x": x, "y": y} for x, y in points]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

        (x, y), (u, v) = middle(tile(board, 0, 0)), spot(board.get_by_test_id("stage"), 0.5, 0.85)
        send("touchStart", (x, y))
        for step in range(1, 9):
            send("touchMove", (x + (u - x) * step / 8, y + (v - y) * step / 8))
        send("touchEnd")
        settled(board, 1)
        assert kernel_eval(page, "board.edits[0]['at']") == pytest.approx([0.5, 0.85], abs=0.02)


@pytest.fixture
def graph_page(notebook: Page) -> Page:
    run_cells(notebook, [GRAPH])
    return notebook


def node(page: Page, graph: int, number: int) -> Locator:
    return page.locator(f'[data-testid=concept-graph]:visible [data-graph="{graph}"] [data-node="{number}"]')


def test_a_node_can_be_dragged_apart_and_the_layout_reset(graph_page: Page) -> None:
    start = middle(node(graph_page, 0, 1).locator("image"))
    drag(graph_page, start, (start[0] - 60, start[1] + 80))
    expect(graph_page.get_by_test_id("reset-layout")).to_be_enabled()
    end = middle(node(graph_page, 0, 1).locator("image"))
    assert (end[0] - start[0], end[1] - start[1]) == pytest.approx((-60, 80), abs=1)
    kernel_comes_to(graph_page, "graph.positions")
    places = kernel_eval(graph_page, "graph.positions")
    assert [place is None for place in places["fire engine"]] == [True, False, True, True]
    graph_page.get_by_test_id("reset-layout").click()
    expect(graph_page.get_by_test_id("reset-layout")).to_be_disabled()
    assert middle(node(graph_page, 0, 1).locator("image")) == pytest.approx(start, abs=1)
    kernel_comes_to(graph_page, "graph.positions == {}")


def test_hover_tells_numbers_and_a_click_opens_examples(graph_page: Page) -> None:
    node(graph_page, 0, 1).locator("image").hover()
    tip = graph_page.locator(".xk-tip:visible")
    expect(tip).to_contain_text("ladder speaks for fire engine: +")
    expect(tip).to_contain_text("measured on the network; the small network (GRN) has learned +")
    expect(tip).to_contain_text("found at distance 1.1 of at most 2.0")
    node(graph_page, 0, 1).locator("image").click()
    expect(graph_page.get_by_test_id("examples").locator("img")).to_have_count(6)
    assert kernel_eval(graph_page, "graph.selected") == ["fire engine", 1]


def test_the_graph_by_keyboard(graph_page: Page) -> None:
    node(graph_page, 0, 1).focus()
    graph_page.keyboard.press("ArrowRight")
    expect(node(graph_page, 0, 3)).to_be_focused()
    expect(graph_page.locator(".xk-tip:visible")).to_contain_text("lamp")
    graph_page.keyboard.press("Enter")
    expect(graph_page.get_by_test_id("examples")).to_be_visible()
    expect(node(graph_page, 0, 3)).to_be_focused()
    graph_page.keyboard.press("Shift+ArrowLeft")
    kernel_comes_to(graph_page, "graph.positions.get('fire engine', [None] * 4)[3]")
    graph_page.keyboard.press("Escape")
    expect(graph_page.get_by_test_id("examples")).to_be_hidden()


def test_the_switch_changes_sentences_and_scale(graph_page: Page) -> None:
    second = graph_page.locator(".xk-card").nth(1)
    expect(second).to_contain_text("Why not ambulance?")
    graph_page.locator("[data-reading=why]").click()
    expect(second).to_contain_text("Why ambulance?")
    number = second.locator('[data-row="0"] .xk-number')
    shown = number.text_content()
    graph_page.locator("[data-reading=versus]").click()
    expect(graph_page.get_by_test_id("color-bar")).to_contain_text("speaks for fire engine")
    expect(number).not_to_have_text(shown)
    assert kernel_eval(graph_page, "graph.reading") == "versus"


def test_the_answer_is_asked_why_in_every_reading_and_the_others_why_not(graph_page: Page) -> None:
    first, second = (graph_page.locator(".xk-card").nth(n) for n in (0, 1))
    for reading, asked in (
        ("versus", "Why not ambulance?"),
        ("why", "Why ambulance?"),
        ("why_not", "Why not"),
    ):
        graph_page.locator(f"[data-reading={reading}]").click()
        expect(second).to_contain_text(asked)
        expect(first).to_contain_text("Why fire engine?")
        expect(first).not_to_contain_text("Why not")
        expect(first.locator(".xk-why")).to_have_text("Because concepts 1 and 2 speak for it.")


def test_python_can_change_what_is_shown(graph_page: Page) -> None:
    kernel_eval(graph_page, "setattr(graph, 'selected', ('ambulance', 0))")
    expect(graph_page.get_by_test_id("examples")).to_contain_text("Concept 1 of ambulance")
    kernel_eval(graph_page, "graph.update(bus, bus_graphs, 'school bus')")
    expect(graph_page.locator(".xk-card").nth(2)).to_contain_text("the network’s answer")
    expect(graph_page.get_by_test_id("examples")).to_be_hidden()


def test_ink_is_light_on_dark_in_the_dark_theme(graph_page: Page) -> None:
    root = graph_page.get_by_test_id("concept-graph")
    expect(root).to_have_attribute("data-theme", "light")
    change_theme(graph_page, "JupyterLab Dark")
    expect(root).to_have_attribute("data-theme", "dark")
    ink, paper = root.evaluate(
        "(root) => [getComputedStyle(root).color, getComputedStyle(root).backgroundColor]"
    )
    change_theme(graph_page, "JupyterLab Light")
    expect(root).to_have_attribute("data-theme", "light")
    assert brightness(ink) > 200
    assert brightness(paper) < 60


def test_a_widget_made_in_the_dark_theme_is_dark_from_the_start(notebook: Page) -> None:
    """It may be drawn before it is in the page, where it has no ink to go by yet."""
    change_theme(notebook, "JupyterLab Dark")
    try:
        run_cells(notebook, [GRAPH, BOARD])
        for name in ("concept-graph", "patch-board"):
            root = notebook.locator(f"[data-testid={name}]:visible")
            expect(root).to_have_attribute("data-theme", "dark")
            fill = root.locator(".xk-network .xk-fill").first
            assert brightness(fill.evaluate("(bar) => getComputedStyle(bar).backgroundColor")) > 200
    finally:
        change_theme(notebook, "JupyterLab Light")
    expect(notebook.locator("[data-testid=concept-graph]:visible")).to_have_attribute("data-theme", "light")


def brightness(color: str) -> float:
    numbers = [float(part) for part in color.split("(")[1].strip(")").split(",")[:3]]
    return sum(numbers) / 3


EVIL = '<img src=x onerror="window.__pwned=1"></script><script>window.__pwned=2</script>'

EVIL_BOTH = f"""
import sample
from xaikit.widgets import ConceptGraph, PatchBoard
evil = {EVIL!r}
picture = sample.muddled()
def renamed(said):
    for graph in said["graphs"]:
        graph.update(name=evil + graph["name"], why=evil, why_not=evil)
        for node in graph["nodes"]:
            node.update(label=evil, name=evil)
    student = {{evil + name: p for name, p in said["student"].items()}}
    return {{"graphs": said["graphs"], "prediction": evil + said["prediction"], "student": student}}
def predict(picture):
    return {{evil + name: p for name, p in sample.predict(picture).items()}}
def explain(picture):
    return renamed(sample.explain(picture))
trays = [{{**tray, "cls": evil + tray["cls"], "name": evil, "label": evil}} for tray in sample.trays()]
said = explain(picture)
graph = ConceptGraph(picture, said["graphs"], said["prediction"], title=evil)
board = PatchBoard(picture, trays, predict, explain, title=evil)
graph.to_html("evil.html", title=evil)
display(graph, board)
board.error = evil
"""


def test_labels_that_look_like_markup_stay_text(browser: Browser, lab: Lab, notebook: Page) -> None:
    run_cells(notebook, [EVIL_BOTH])
    the_board(notebook)
    node(notebook, 0, 1).locator("image").click()
    expect(notebook.get_by_test_id("concept-graph")).to_contain_text("<img src=x onerror=")
    assert notebook.evaluate("() => window.__pwned") is None
    assert notebook.locator("[data-testid=concept-graph] img[src=x]").count() == 0
    with watched_page(browser) as page:
        page.goto((lab.folder / "evil.html").as_uri())
        expect(page.get_by_test_id("concept-graph")).to_contain_text("<img src=x onerror=")
        assert page.evaluate("() => window.__pwned") is None


def test_a_widget_shown_twice_and_closed_leaves_nothing_behind(notebook: Page) -> None:
    run_cells(notebook, [GRAPH, "graph", "graph.close()"])
    expect(notebook.get_by_test_id("concept-graph")).to_have_count(0)


def test_the_exported_pages_work_from_a_file_without_any_request(browser: Browser, tmp_path: Path) -> None:
    from sample import explain, muddled, predict, trays

    from xaikit.widgets import ConceptGraph, PatchBoard
    from xaikit.widgets.kit.export import write_page

    picture = muddled()
    said = explain(picture)
    graph = ConceptGraph(picture, said["graphs"], said["prediction"])
    path = write_page(tmp_path / "both.html", [graph, PatchBoard(picture, trays(), predict, explain)], "Both")
    requests: list[str] = []
    with watched_page(browser) as page:
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        start = middle(node(page, 0, 1).locator("image"))
        drag(page, start, (start[0] + 30, start[1] + 40))
        expect(page.get_by_test_id("reset-layout").first).to_be_enabled()
        end = middle(node(page, 0, 1).locator("image"))
        assert (end[0] - start[0], end[1] - start[1]) == pytest.approx((30, 40), abs=1)
        page.locator("[data-testid=concept-graph] [data-reading=versus]").click()
        expect(page.get_by_test_id("color-bar").first).to_contain_text("speaks for fire engine")
        board = page.get_by_test_id("patch-board")
        expect(board.get_by_test_id("hint")).to_contain_text("needs a running kernel")
        drag(page, middle(tile(board, 0, 0)), spot(board.get_by_test_id("stage"), 0.5, 0.5))
        expect(board.locator(".xk-ghost")).to_be_hidden()
    left = [
        address
        for address in requests
        if not address.startswith(("data:", "blob:")) and address != path.as_uri()
    ]
    assert left == []
