"""The feature board in a real JupyterLab: x-features named, switched off, brought back, by every hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driving import Lab, open_notebook, run_all
from playwright.sync_api import Browser, Locator, Page, expect

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
    name = lab.write("features.ipynb", [FIT, SHOW])
    with open_notebook(browser, lab, name, viewport={"width": 1280, "height": 720}) as page:
        yield page


@pytest.fixture
def board(notebook: Page) -> Locator:
    run_all(notebook)
    return the_board(notebook)


def the_board(page: Page) -> Locator:
    board = page.locator("[data-testid=feature-board]:visible")
    expect(board).to_have_attribute("data-picture", "0")
    board.scroll_into_view_if_needed()
    return board


def tile(board: Locator, number: int) -> Locator:
    return board.locator(f'[data-feature="{number}"]')
