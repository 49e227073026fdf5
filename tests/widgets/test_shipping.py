"""What goes with a widget into pages and saved notebooks: scripts, styles, sizes."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sample
import sample_exercise
from ipywidgets.widgets.widget import _remove_buffers

import xaikit.widgets
from xaikit.widgets import ConceptGraph, ConfusionExplorer, PatchBoard
from xaikit.widgets.kit.bundle import WIDGETS, bundle, stylesheet
from xaikit.widgets.kit.colors import AGAINST_FOR, EASE, color_of
from xaikit.widgets.kit.export import write_page

MODULES = sorted(path.parent.name for path in WIDGETS.glob("*/widget.js"))
SHEETS = sorted(path.parent.name for path in WIDGETS.glob("*/widget.css"))
SCRIPTS = sorted(WIDGETS.rglob("*.js"))


def test_every_widget_has_a_module() -> None:
    assert len(MODULES) == len(xaikit.widgets.__all__)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_whole_small_and_fetches_nothing(name: str) -> None:
    source = bundle(name)
    assert len(source.encode()) <= 45_000
    assert "import " not in re.sub(r"// .*", "", source)
    assert source.count("export ") == source.count("export default") == 1
    assert set(re.findall(r"https?://[^\"']*", source)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|eval\(|new Function", source)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_sound_javascript(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.mjs"
    path.write_text(bundle(name), encoding="utf-8")
    subprocess.run(["node", "--check", path], check=True, capture_output=True)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(WIDGETS)))
def test_the_bundler_can_read_every_script(path: Path) -> None:
    """It strips lines one by one, so no text may go over several, and imports have one form."""
    source = path.read_text(encoding="utf-8")
    assert all(line.count("`") % 2 == 0 for line in source.splitlines())
    assert "/*" not in source
    for line in source.splitlines():
        assert not line.startswith("import") or re.fullmatch(
            r'import \{ [\w, ]+ \} from "\.\.?/[\w/.]+";', line
        )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(WIDGETS)))
def test_a_script_keeps_no_state_of_its_own_between_widgets(path: Path) -> None:
    if path.name == "page.js":
        return  # it runs once in a page of its own
    assert not re.search(r"^(let|var) ", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_python_and_javascript_share_one_scale() -> None:
    source = (WIDGETS / "kit" / "js" / "colors.js").read_text(encoding="utf-8")
    listed = re.search(r"AGAINST_FOR = (\[.*?\]);", source, re.DOTALL)
    assert json.loads(re.sub(r",\s*\]", "]", listed[1])) == [list(color) for color in AGAINST_FOR]
    assert f"const EASE = {EASE};" in source


def test_the_scale_is_centred_on_zero() -> None:
    assert color_of(0, 2) == AGAINST_FOR[2]
    assert [color_of(-9, 2), color_of(2, 2)] == [AGAINST_FOR[0], AGAINST_FOR[-1]]
    assert color_of(2 * 0.5 ** (1 / EASE), 2) == AGAINST_FOR[3]
    assert color_of(1, 0) == AGAINST_FOR[2]


def test_colors_can_be_had_without_anywidget() -> None:
    code = "import sys, xaikit.widgets.kit.colors; print('anywidget' in sys.modules, 'torch' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "False"]


@pytest.mark.parametrize("widget", xaikit.widgets.__all__)
def test_a_widget_carries_the_styles_of_every_class_that_it_uses(widget: str) -> None:
    kind = getattr(xaikit.widgets, widget)
    used = set(re.findall(r"xk-[\w-]+", kind._esm))
    known = {name: set(re.findall(r"\.(xk-[\w-]+)", stylesheet(name))) for name in SHEETS}
    carried = set(re.findall(r"\.(xk-[\w-]+)", kind._css))
    assert not (used & set().union(*known.values())) - carried


def test_styles_lose_only_needless_spaces() -> None:
    sheet = stylesheet()
    assert '.xk-score.xk-predicted .xk-class::after{content:" ◂";}' in sheet
    assert ".xk :focus-visible{outline:3px solid" in sheet
    assert "calc(100% - 8px)" in sheet
    assert "  " not in sheet


def test_no_text_is_too_small_for_the_back_of_the_room() -> None:
    sizes = [int(size) for size in re.findall(r"font(?:-size)?:[^;]*?(\d+)px", stylesheet(*SHEETS))]
    assert sizes
    assert min(sizes) >= 14


def both(side: int) -> tuple[ConceptGraph, PatchBoard]:
    said = sample.explain(sample.muddled(side))
    graph = ConceptGraph(sample.muddled(side), said["graphs"], said["prediction"])
    return graph, PatchBoard(sample.muddled(side), sample.trays(side), sample.predict, sample.explain)


def saved_size(widget: Any) -> int:
    """Bytes of a widget in a notebook that was saved with its state: traits, buffers, still picture."""
    state, paths, buffers = _remove_buffers(widget.get_state())
    encoded = [{"data": base64.b64encode(b).decode(), "path": p} for b, p in zip(buffers, paths, strict=True)]
    data, _ = widget._repr_mimebundle_()
    outputs = {name: base64.b64encode(v).decode() if isinstance(v, bytes) else v for name, v in data.items()}
    return len(json.dumps({"state": state, "buffers": encoded, "outputs": outputs}))


@pytest.mark.parametrize("side", [128, 224])
def test_a_saved_notebook_with_both_stays_small(side: int) -> None:
    sizes = [saved_size(widget) for widget in both(side)]
    assert sum(sizes) <= 500_000, sizes


def test_a_saved_explorer_stays_small_however_much_was_opened() -> None:
    def explorer() -> ConfusionExplorer:
        pictures = sample.pictures_of_cells(224)
        return ConfusionExplorer(
            sample.CLASSES,
            sample.CONFUSION,
            sample.PAIRS,
            pictures,
            partial(sample.explain_confusion, side=224),
        )

    closed, full = explorer(), explorer()
    for (true, predicted), pictures in sample.pictures_of_cells(224).items():
        for number in range(len(pictures)):
            full.choose(true, predicted, number)
    assert saved_size(closed) <= 110_000
    assert saved_size(full) <= 400_000


def test_a_lesson_can_hold_many_exercises() -> None:
    assert max(saved_size(make()) for make in (sample_exercise.choice, sample_exercise.region)) <= 50_000


def test_an_exported_page_holds_everything_and_no_way_out_of_its_data(tmp_path: Path) -> None:
    evil = "</script><script>window.__pwned = 1</script><!-- "
    said = sample.explain(sample.muddled())
    for one in said["graphs"]:
        one["why"] = evil
    graph = ConceptGraph(sample.muddled(), said["graphs"], said["prediction"])
    page = write_page(tmp_path / "why.html", [graph, graph], title=evil).read_text(encoding="utf-8")
    assert page.count("<script") == page.count("</script>") == 2
    assert "<!--" not in page
    assert "&lt;/script&gt;" in page.split("</title>")[0]
    data = json.loads(page.split('id="xaikit">')[1].split("</script>")[0])
    assert list(data["modules"]) == ["ConceptGraph"]  # once, though shown twice
    assert [view["kind"] for view in data["views"]] == ["ConceptGraph", "ConceptGraph"]
    assert data["views"][0]["state"]["graphs"][0]["why"] == evil
    assert base64.b64decode(data["views"][0]["state"]["picture"]["bytes"]) == graph.picture


def test_to_html_says_where_it_wrote(tmp_path: Path) -> None:
    graph, board = both(128)
    assert graph.to_html(tmp_path / "a.html") == tmp_path / "a.html"
    assert "<title>Try it</title>" in board.to_html(str(tmp_path / "b.html"), title="Try it").read_text(
        encoding="utf-8"
    )


def test_an_older_page_stays_where_a_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError("No space left on device")

    graph, board = both(128)
    before = graph.to_html(tmp_path / "a.html").read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        board.to_html(tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
