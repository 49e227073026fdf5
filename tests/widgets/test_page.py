"""Several results on one page: linked where they speak of the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sample

import xaikit as xk
from xaikit.widgets import ConceptGraph, HeatmapExplorer
from xaikit.widgets.kit.linking import link, links_of


def graph(seed: int = 0) -> ConceptGraph:
    said = sample.explain(sample.muddled())
    return ConceptGraph(sample.muddled(), said["graphs"], said["prediction"], title=f"graph {seed}")


def maps(n: int = 2) -> HeatmapExplorer:
    pictures = np.zeros((n, 8, 8, 3), np.uint8)
    return HeatmapExplorer(pictures, [{"method": "none", "target": "it", "values": np.ones((n, 8, 8))}])


class Result:
    """What a method hands back, as far as a page asks."""

    def widget(self) -> ConceptGraph:
        return graph()


def state(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    start = text.index('id="xaikit">') + len('id="xaikit">')
    return json.loads(text[start : text.index("</script>", start)])


def test_what_means_the_same_is_linked_and_nothing_else() -> None:
    other = graph()
    other.graphs = other.graphs[:1]
    widgets = [graph(), maps(2), graph(), maps(3), other, maps(2)]
    found = links_of([widget.shared() for widget in widgets])
    assert found == [[(0, "selected"), (2, "selected")], [(1, "picture"), (5, "picture")]]


def test_a_choice_in_one_is_made_in_the_others() -> None:
    one, other, alone = graph(), graph(), maps()
    link([one, other, alone])
    one.selected = ("ambulance", 1)
    assert other.selected == ("ambulance", 1)
    other.selected = None
    assert one.selected is None


def test_a_page_holds_results_and_widgets_and_their_links(tmp_path: Path) -> None:
    path = xk.page([Result(), graph(1), maps()], tmp_path / "page.html", "two of <them>")
    saved = state(path)
    assert [one["kind"] for one in saved["views"]] == ["ConceptGraph", "ConceptGraph", "HeatmapExplorer"]
    assert saved["links"] == [[[0, "selected"], [1, "selected"]]]
    assert "<title>two of &lt;them&gt;</title>" in path.read_text(encoding="utf-8")


def test_without_a_path_they_stand_together_in_a_notebook() -> None:
    box = xk.page([Result(), Result()])
    one, other = box.children
    one.selected = ("fire engine", 0)
    assert other.selected == ("fire engine", 0)


def test_a_single_result_is_a_page_too(tmp_path: Path) -> None:
    assert len(state(xk.page(Result(), tmp_path / "page.html"))["views"]) == 1


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([], ValueError, "at least one result; got none"),
        ([3], TypeError, "got a int"),
        ([Result(), "page"], TypeError, "got a str"),
        ([sample.muddled()], TypeError, "got a ndarray"),
    ],
)
def test_what_is_no_result_is_refused(given: Any, error: type, message: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=message):
        xk.page(given, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())
