"""What was measured and learned, examples, names, answers and warnings, on a projector's 1280 × 720."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import (
    Lab,
    drag,
    kernel_eval,
    middle,
    open_notebook,
    run_all,
    settled,
    spot,
    standing,
    watched_page,
)
from playwright.sync_api import Browser, Locator, Page, expect
from test_widgets import brightness, change_theme, node, the_board, tile

PROJECTOR = {"width": 1280, "height": 720}

BOTH = """
import sample
from xaikit.widgets import ConceptGraph, PatchBoard
picture = sample.muddled()
fine = picture.repeat(4, 0).repeat(4, 1)
said = sample.explain(picture)
names = []
graph = ConceptGraph(
    picture, said["graphs"], said["prediction"], answer=sample.PANDA, warning="Trust the measured marks.",
    rename=lambda *name: names.append(name), drawn=fine,
)
graph
"""
BOARD = """
board = PatchBoard(
    picture, sample.trays(), sample.predict_all, sample.explain, fill=sample.GRASS,
    rename=lambda *name: names.append(name), drawn=fine,
)
board
"""


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    name = lab.write("concepts.ipynb", [BOTH, BOARD])
    with open_notebook(browser, lab, name, viewport=PROJECTOR) as page:
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        yield page


@pytest.fixture
def page(notebook: Page) -> Page:
    run_all(notebook)
    return notebook


@pytest.fixture
def graph(page: Page) -> Locator:
    graph = page.locator("[data-testid=concept-graph]:visible")
    show_top(graph)
    return graph


@pytest.fixture
def board(page: Page) -> Locator:
    board = the_board(page)
    show_top(board)
    return board


def show_top(thing: Locator) -> None:
    thing.evaluate("(element) => element.scrollIntoView({ block: 'start' })")


def row(widget: Locator, card: int, number: int) -> Locator:
    return widget.locator(f'[data-card="{card}"] [data-row="{number}"]')


def on_screen(page: Page, *things: Locator) -> bool:
    """Whether all of them are wholly within what of the notebook is in sight."""
    seen = page.locator(".jp-WindowedPanel-outer:visible").first.bounding_box()
    boxes = [thing.bounding_box() for thing in things]
    return all(
        box is not None
        and seen is not None
        and seen["y"] - 1 <= box["y"]
        and box["y"] + box["height"] <= seen["y"] + seen["height"] + 1
        and seen["x"] <= box["x"]
        and box["x"] + box["width"] <= seen["x"] + seen["width"]
        for box in boxes
    )


_MARKS = """(row) => {
  const track = row.querySelector(".xk-balance").getBoundingClientRect();
  const share = (x) => (x - track.left) / track.width * 2 - 1;
  const boxOf = (name) => row.querySelector(name).getBoundingClientRect();
  const [bar, diamond] = [boxOf(".xk-effect"), boxOf(".xk-learned")];
  return [share(bar.left), share(bar.right), share((diamond.left + diamond.right) / 2)];
}"""


def test_both_marks_stand_on_one_scale_for_all_cards(page: Page, graph: Locator) -> None:
    from xaikit.widgets.kit.colors import color_of

    graphs = kernel_eval(
        page, "[[{'e': n['effect'], 'c': n['contribution']} for n in g['nodes']] for g in graph.graphs]"
    )
    limit = kernel_eval(
        page, "__import__('xaikit.widgets.kit.graph_still', fromlist=['_']).limit_of(graph.graphs)"
    )
    compared = 0
    for card, nodes in enumerate(graphs):
        for number, values in enumerate(nodes):
            if values["e"] is None:
                continue
            left, right, diamond = row(graph, card, number).evaluate(_MARKS)
            assert (left, right) == pytest.approx(sorted((0.0, values["e"] / limit)), abs=0.03)
            assert diamond == pytest.approx(values["c"] / limit, abs=0.03)
            ring = node(page, card, number).locator(".xk-ring").evaluate("(ring) => ring.style.stroke")
            assert ring == "rgb({}, {}, {})".format(*color_of(values["e"], limit))
            compared += 1
    assert compared >= 4
    expect(graph.get_by_test_id("meaning")).to_contain_text("filled: measured on the network")
    expect(graph.get_by_test_id("meaning")).to_contain_text("hollow: learned by the small network (GRN)")


def test_what_was_not_found_says_why_and_still_shows_its_examples(page: Page, graph: Locator) -> None:
    lost = row(graph, 2, 0)
    expect(lost).to_contain_text(
        "not found: the most similar region is 1.7 times as far in features as allowed"
    )
    assert node(page, 2, 0).count() == 0
    lost.focus()
    page.keyboard.press("Enter")
    expect(graph.get_by_test_id("examples")).to_contain_text("Concept 1 of school bus")
    expect(graph.get_by_test_id("examples").locator("img")).to_have_count(6)


@pytest.mark.parametrize(("card", "number"), [(0, 3), (1, 2)])
def test_examples_open_beside_the_node_on_the_same_screen(
    page: Page, graph: Locator, card: int, number: int
) -> None:
    show_top(graph.locator(".xk-controls"))
    circle = node(page, card, number).locator("image")
    circle.click()
    panel = graph.get_by_test_id("examples")
    expect(panel.locator("img")).to_have_count(6)
    assert on_screen(page, panel, circle)
    panel_box, card_box = panel.bounding_box(), graph.locator(f'[data-card="{card}"]').bounding_box()
    assert panel_box and card_box
    gap = max(
        panel_box["x"] - card_box["x"] - card_box["width"],
        card_box["x"] - panel_box["x"] - panel_box["width"],
    )
    assert 0 <= gap < 30  # beside its card, not over it
    y = middle(circle)[1]
    assert panel_box["y"] < y < panel_box["y"] + panel_box["height"]


def test_examples_can_be_seen_cut_out(page: Page, graph: Locator) -> None:
    node(page, 0, 1).locator("image").click()
    first = graph.get_by_test_id("examples").locator("img").first
    whole = first.get_attribute("src")
    graph.get_by_test_id("cut-out").click()
    expect(first).not_to_have_attribute("src", whole or "")
    expect(graph.get_by_test_id("cut-out")).to_have_attribute("aria-pressed", "true")
    graph.get_by_test_id("cut-out").click()
    expect(first).to_have_attribute("src", whole or "")


def test_a_node_under_the_pointer_lights_the_places_that_are_like_it(page: Page, graph: Locator) -> None:
    veil = graph.locator('[data-graph="0"] .xk-veil')
    assert veil.get_attribute("href") is None
    node(page, 0, 1).locator("image").hover()
    hovered = veil.get_attribute("href")
    assert hovered and hovered.startswith("data:image/webp")
    node(page, 0, 3).focus()
    focused = veil.get_attribute("href")
    assert focused and focused != hovered
    node(page, 0, 1).locator("image").click()
    page.mouse.move(5, 5)
    assert veil.get_attribute("href") == hovered  # what is open stays lit


def test_a_concept_is_named_in_its_panel(page: Page, graph: Locator) -> None:
    circle = node(page, 1, 0).locator("image")
    expect(row(graph, 1, 0)).to_contain_text("concept 1")
    circle.click()
    field = graph.get_by_test_id("name")
    assert field.get_attribute("placeholder") == "box? 83%"
    field.click()
    page.keyboard.type("dd not kept")
    page.keyboard.press("Escape")
    assert field.input_value() == ""
    assert kernel_eval(page, "names") == []
    field.click()
    page.keyboard.type("white box")
    page.keyboard.press("Enter")
    expect(row(graph, 1, 0)).to_contain_text("white box")
    expect(graph.get_by_test_id("examples")).to_contain_text("white box of ambulance")
    assert kernel_eval(page, "names") == [["ambulance", 0, "white box"]]
    assert kernel_eval(page, "graph.graphs[1]['nodes'][0]['label']") == "white box"
    graph.get_by_test_id("name").fill("")
    graph.get_by_test_id("name").press("Enter")
    expect(row(graph, 1, 0)).to_contain_text("concept 1")
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.cells.length") == 2


def test_the_networks_own_answer_and_the_warning_stand_first(page: Page, graph: Locator) -> None:
    chance = graph.locator('[data-card="0"] .xk-network .xk-number').inner_text()
    expect(graph.get_by_test_id("answer")).to_have_text(
        f"The network’s answer: giant panda 34%. Among the classes asked about: fire engine {chance}"
    )
    expect(graph.locator('[data-card="0"]')).to_contain_text("first among those asked about")
    expect(graph).not_to_contain_text("the network’s answer")
    warning = graph.get_by_role("alert")
    expect(warning).to_have_text("Trust the measured marks.")
    assert on_screen(page, warning, graph.get_by_test_id("answer"))


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_warning_can_be_read_in_both_themes(page: Page, graph: Locator, theme: str) -> None:
    change_theme(page, theme)
    expect(graph).to_have_attribute("data-theme", theme.split()[1].lower())
    ink, paper = graph.get_by_test_id("warning").evaluate(
        "(box) => [getComputedStyle(box).color, getComputedStyle(box.closest('.xk')).backgroundColor]"
    )
    diamond = graph.locator(".xk-weights .xk-learned").first.evaluate(
        "(mark) => getComputedStyle(mark).borderTopColor"
    )
    change_theme(page, "JupyterLab Light")
    assert abs(brightness(ink) - brightness(paper)) > 140
    assert abs(brightness(diamond) - brightness(paper)) > 140


def test_the_picture_can_be_seen_as_the_network_sees_it(page: Page, graph: Locator) -> None:
    picture = graph.locator('[data-graph="0"] > image').first
    fine = picture.get_attribute("href")
    graph.get_by_test_id("coarse").click()
    expect(picture).not_to_have_attribute("href", fine or "")
    expect(picture).to_have_class("xk-coarse")
    graph.get_by_test_id("coarse").click()
    expect(picture).to_have_attribute("href", fine or "")
    kernel_eval(page, "graph.update(picture, said['graphs'], said['prediction'])")
    expect(graph.get_by_test_id("coarse")).to_be_hidden()
    expect(graph.get_by_test_id("warning")).to_be_hidden()
    expect(graph.get_by_test_id("answer")).to_be_hidden()


def test_picture_tray_and_bars_are_on_one_screen(page: Page, board: Locator) -> None:
    parts = [board.get_by_test_id(name) for name in ("stage", "verdict", "scores", "undo", "hint")]
    assert on_screen(page, *parts, board.locator(".xk-tray"))
    page.evaluate("() => window.jupyterapp.shell.expandLeft()")
    page.wait_for_function("(board) => board.clientWidth < 900", arg=board.element_handle())
    show_top(board)
    tray = board.locator(".xk-tray")
    assert on_screen(page, board.get_by_test_id("stage"), board.get_by_test_id("scores"), tray)
    assert tray.evaluate("(tray) => tray.scrollWidth <= tray.clientWidth"), "a row reaches out of the tray"
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")


def test_an_answer_that_was_not_asked_about_is_in_the_verdict(page: Page, board: Locator) -> None:
    expect(board.get_by_test_id("verdict")).to_contain_text(
        "The network says: giant panda 34%; among the classes asked about: fire engine"
    )
    drag(page, middle(tile(board, 0, 0)), spot(board.get_by_test_id("stage"), 0.5, 0.5))
    settled(board, 1)
    expect(board.get_by_test_id("verdict")).to_contain_text("was: giant panda 34%; among")
    expect(board.get_by_test_id("verdict")).to_contain_text("→ now: fire engine")


def test_a_patch_of_another_class_goes_onto_a_concept_of_the_answer_and_keeps_its_shape(
    page: Page, board: Locator
) -> None:
    board.get_by_role("tab", name="ambulance").click()
    expect(board.get_by_test_id("whose")).to_contain_text("fire engine, its answer")
    drag(page, middle(tile(board, 2, 0)), middle(board.locator('[data-of="1"][data-marker="1"]')), drop=False)
    expect(board.get_by_test_id("hint")).to_contain_text("onto ladder of fire engine")
    ghost = board.locator(".xk-ghost").bounding_box()
    natural = kernel_eval(page, "list(sample.patches('ambulance', 2)[0]['image'].shape[:2])")
    assert ghost is not None
    assert ghost["height"] / ghost["width"] == pytest.approx(natural[0] / natural[1], rel=0.03)
    page.mouse.up()
    settled(board, 1)
    (edit,) = kernel_eval(page, "board.edits")
    assert (edit["cls"], edit["concept"], edit["onto"]) == ("ambulance", 2, ["fire engine", 1])
    assert board.locator('[data-of="0"]').count() > 0  # the ambulance's own can still be moved


def test_marker_and_node_stand_at_the_same_place(page: Page, board: Locator) -> None:
    stage = standing(board.get_by_test_id("stage"))
    canvas = standing(board.locator('[data-graph="0"]'))
    for number in (1, 3):
        (u, v), (x, y) = (
            middle_now(board.locator(f'[data-marker="{number}"] .xk-marker-plate')),
            middle_now(board.locator(f'[data-graph="0"] [data-node="{number}"] .xk-plate')),
        )
        marker = ((u - stage["x"]) / stage["width"], (v - stage["y"]) / stage["height"])
        assert marker == pytest.approx(
            ((x - canvas["x"]) / canvas["width"], (y - canvas["y"]) / canvas["height"]), abs=0.01
        )


def middle_now(thing: Locator) -> tuple[float, float]:
    """The middle of an element without scrolling to it."""
    box: Any = thing.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_concept_is_named_in_the_tray(page: Page, board: Locator) -> None:
    board.get_by_role("tab", name="ambulance").click()
    board.get_by_test_id("rename").nth(1).click()
    field = board.locator(".xk-tray").get_by_test_id("name")
    assert field.get_attribute("placeholder") == "cross? 83%"
    expect(field).to_be_focused()
    page.keyboard.type("red cross")
    page.keyboard.press("Enter")
    expect(board.get_by_test_id("rename").nth(1)).to_contain_text("red cross")
    expect(board.get_by_test_id("rename").nth(1)).to_be_focused()
    expect(row(board, 1, 1)).to_contain_text("red cross")
    assert kernel_eval(page, "names") == [["ambulance", 1, "red cross"]]
    assert kernel_eval(page, "board.trays[5]['label']") == "red cross"


def test_the_tray_says_why_a_concept_is_not_found_until_it_is(page: Page, board: Locator) -> None:
    board.get_by_role("tab", name="school bus").click()
    lost = board.locator(".xk-row").first.locator(".xk-lost")
    expect(lost).to_have_text("not found: the most similar region is 1.7 times as far in features as allowed")
    drag(page, middle(tile(board, 0, 0)), spot(board.get_by_test_id("stage"), 0.5, 0.5))
    settled(board, 1)
    expect(lost).to_have_count(0)
    expect(board.locator('[data-marker="0"][data-of="0"]')).to_be_visible()


def test_a_patch_is_shown_in_its_surroundings(page: Page, board: Locator) -> None:
    tile(board, 0, 0).hover()
    expect(board.locator(".xk-tip:visible img")).to_have_count(1)


def test_what_an_edit_leaves_alone_stays_drawn_finely(page: Page, board: Locator) -> None:
    size = "() => document.querySelector('[data-testid=picture]').naturalWidth"
    assert page.evaluate(size) == 512
    drag(page, middle(tile(board, 0, 0)), spot(board.get_by_test_id("stage"), 0.5, 0.8))
    settled(board, 1)
    assert page.evaluate(size) == 512
    board.get_by_test_id("coarse").click()
    page.wait_for_function(f"{size} === 128")


def test_a_saved_page_keeps_names_of_its_own(browser: Browser, tmp_path: Path) -> None:
    import sample

    from xaikit.widgets import ConceptGraph

    said = sample.explain(sample.muddled())
    graph = ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])
    with watched_page(browser) as page:
        page.goto(graph.to_html(tmp_path / "why.html").as_uri())
        shown = page.get_by_test_id("concept-graph")
        node(page, 1, 0).locator("image").click()
        shown.get_by_test_id("name").fill('<img src=x onerror="window.__pwned=1">')
        shown.get_by_test_id("name").press("Enter")
        expect(row(shown, 1, 0)).to_contain_text("<img src=x onerror=")
        assert page.evaluate("() => window.__pwned") is None
