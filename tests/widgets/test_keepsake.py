"""The picture of a widget that stays in the notebook's file."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
import sample

from xaikit.widgets import ConceptGraph
from xaikit.widgets.kit import view
from xaikit.widgets.kit.keepsake import WORDS, keepsake


@pytest.fixture
def graph() -> ConceptGraph:
    said = sample.explain(sample.muddled())
    return ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])


@pytest.fixture
def shown(graph: ConceptGraph, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = []
    monkeypatch.setattr(view, "display", lambda data, **_: outputs.append(data))
    graph._ipython_display_()
    return outputs


def test_the_picture_is_an_output_of_its_own_before_that_of_the_widget(
    graph: ConceptGraph, shown: list[dict[str, Any]]
) -> None:
    picture, widget = shown
    assert set(picture) == {"text/html", "image/png"}  # no text: a terminal says once what is shown
    assert picture["image/png"] == graph._repr_mimebundle_()[0]["image/png"]
    assert set(widget) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert widget["text/plain"] == repr(graph)


def test_the_page_holds_the_picture_and_says_what_it_is(
    graph: ConceptGraph, shown: list[dict[str, Any]]
) -> None:
    page = shown[0]["text/html"]
    source = re.search(r'src="data:image/png;base64,([^"]*)"', page)
    assert source is not None
    assert base64.b64decode(source[1]) == shown[0]["image/png"]
    assert f"<p>{WORDS}</p>" in page
    assert f'data-of="{graph.layout.model_id}"' in page
    assert not re.search(r"<script|https?:", page)


def test_words_that_look_like_markup_stay_words() -> None:
    page = str(keepsake(b"", '"><script>alert(1)</script>', "a")["text/html"])
    assert "<script" not in page
    assert 'alt="&quot;&gt;&lt;script' in page


def test_a_widget_that_was_closed_is_not_shown(
    graph: ConceptGraph, shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.clear()
    monkeypatch.setattr(type(graph), "_view_name", None)
    graph._ipython_display_()
    assert shown == []
    assert graph._repr_mimebundle_() is None
