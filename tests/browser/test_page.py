"""A page of several results, from its file: shown in full, linked, and asking for nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import sample
from playwright.sync_api import Browser, expect

import xaikit as xk
from xaikit.widgets import ConceptGraph

sys.path.insert(0, str(Path(__file__).parents[1] / "common"))

from made import RESULTS


def graph() -> ConceptGraph:
    said = sample.explain(sample.muddled())
    return ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])


def test_a_concept_chosen_in_one_graph_is_chosen_in_the_other(browser: Browser, tmp_path: Path) -> None:
    path = xk.page([graph(), RESULTS["Cause"](), graph()], tmp_path / "page.html")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    graphs = page.get_by_test_id("concept-graph")
    expect(graphs).to_have_count(2)
    figure = page.get_by_test_id("figure")
    assert figure.evaluate("(one) => one.naturalWidth") > 300
    expect(page.get_by_test_id("words")).to_contain_text("instead of bus")
    expect(graphs.nth(1).get_by_test_id("examples")).to_be_hidden()
    graphs.nth(0).locator('[data-node="0"]').first.click()
    expect(graphs.nth(0).get_by_test_id("examples")).to_be_visible()
    expect(graphs.nth(1).get_by_test_id("examples")).to_be_visible()
    assert errors == []
    page.close()
