"""Classes, concepts and files that are named like markup stay text, in what VRX itself makes of them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from driving import Lab, open_notebook, put, ran, watched_page
from playwright.sync_api import Browser, Page, expect

EVIL = '<img src=x onerror="window.__pwned=1">'
ENDING = "</script><script>window.__pwned=2</script>$x_1$"

FIT = f"""
import xaikit as xk
from tests.vrx.conftest import LEAST
from xaikit.data import ImageSet, Sample

class Renamed(ImageSet):
    def __init__(self, drawn, names):
        super().__init__(names, drawn.labels)
        self._drawn = drawn
    def _read(self, index):
        sample = self._drawn[index]
        return Sample(sample.image, sample.label, evil + sample.id + ending)

evil, ending = {EVIL!r}, {ENDING!r}
known = xk.load_classifier("toyworld/vehicles", device="cpu")
names = [evil + name + ending for name in known.class_names]
network = xk.Classifier(known.model, names, known.input_size, device="cpu", crop=1.0)
data = Renamed(xk.load_images("toyworld/vehicles", split="train", n=120), names)
vrx = xk.VRX(names[:3], **LEAST).fit(network, data, progress=False)
vrx.name({{(names[0], 0): evil}})
"""
SHOW = """
picture = next(sample.image for sample in data if sample.label == 0)
answer = vrx.explain(picture)
board = vrx.board(picture).substitute(names[0], 0, 0, on=(0.5, 0.5))
diagnosis = vrx.diagnose(data, progress=False)
shown = [answer.widget(), board, diagnosis.widget()]
for number, widget in enumerate(shown):
    widget.error = evil
    widget.to_html(f"hostile{number}.html", title=evil + ending)
display(*shown)
"""
TELL = "display(answer, answer.why(), diagnosis, diagnosis.frame, vrx.concepts[names[0]])"
WIDGETS = ("concept-graph", "patch-board", "confusion-explorer")


@pytest.fixture(scope="module")
def saved(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """A notebook that was run; it holds the widgets' state."""
    return ran(lab, "hostile.ipynb", [FIT, SHOW, TELL], tmp_path_factory.mktemp("jupyter"))


def check_unharmed(page: Page, widget: str) -> None:
    shown = page.get_by_test_id(widget).first
    expect(shown).to_contain_text("<img src=x onerror=")
    assert page.evaluate("() => window.__pwned") is None
    assert page.locator("img[src=x]").count() == 0


def test_saved_in_a_notebook_that_is_opened_again(
    browser: Browser, lab: Lab, saved: nbformat.NotebookNode
) -> None:
    with open_notebook(browser, lab, put(lab, saved, "hostile_again.ipynb")) as page:
        for widget in WIDGETS:
            check_unharmed(page, widget)


@pytest.mark.parametrize(("number", "widget"), list(enumerate(WIDGETS)))
def test_on_a_page_of_its_own(
    browser: Browser, lab: Lab, saved: nbformat.NotebookNode, number: int, widget: str
) -> None:
    with watched_page(browser) as page:
        page.goto(Path(lab.folder / f"hostile{number}.html").as_uri())
        check_unharmed(page, widget)
