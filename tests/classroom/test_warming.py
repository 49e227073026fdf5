"""The fits of the lessons are made before somebody waits for them."""

from __future__ import annotations

import ast
import builtins
import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xaikit import cli, lab
from xaikit.classroom import warming
from xaikit.classroom.warming import code_of, fitting

LESSONS = sorted(lab.shipped_notebooks().glob("*.ipynb"))
PROGRAM = """
from somewhere import Method as M, other
words = ["a", "b"]
size = 3
size = len(words)
for word in words:
    print(word, size)
method = M(size, names=[word.upper() for word in words])
method.explain(other)
method.fit(words)
told = method.explain(words)
"""


def test_what_a_fit_needs_is_run_and_nothing_else() -> None:
    assert ast.unparse(fitting(PROGRAM)).splitlines() == [
        "from somewhere import Method as M, other",
        "words = ['a', 'b']",
        "size = len(words)",
        "method = M(size, names=[word.upper() for word in words])",
        "method.fit(words)",
    ]
    assert fitting("import a\nb = a.c()").body == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_of_every_lesson_all_names_are_known(lesson: Path) -> None:
    tree = fitting(code_of(lesson))
    assert sum(map(warming._fits, tree.body)) == code_of(lesson).count(".fit(")
    known = set(vars(builtins))
    for statement in tree.body:
        names = list(warming._names(statement))
        known |= {name for name, stored in names if stored}
        assert {name for name, stored in names if not stored} <= known, ast.unparse(statement)


def lesson(folder: Path, name: str, code: str) -> None:
    cells = [{"cell_type": "markdown", "source": ["a.fit("]}, {"cell_type": "code", "source": [code]}]
    (folder / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three lessons, of which one fails and one fits nothing."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    done = f"open({str(tmp_path / 'done')!r}, 'a').write"
    fits = f"class M:\n    def fit(self, text):\n        print('quiet'); {done}(text)\n"
    lesson(
        folder,
        lab.FIRST.removesuffix(".ipynb"),
        f"{fits}M().fit('first ')\nM().fit('second ')\n{done}('never')",
    )
    lesson(folder, "01_fails", "None.fit()")
    lesson(folder, "02_nothing", "1 / 0")
    lesson(folder, "03_last", f"{fits}M().fit('last')")
    monkeypatch.setattr(lab, "_PACKAGE", tmp_path)
    monkeypatch.setenv("XAIKIT_CACHE", str(tmp_path / "fits"))
    return tmp_path


def test_each_lesson_says_when_it_is_ready(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cache", "warm"]) == 1
    printed = capsys.readouterr()
    assert (course / "done").read_text() == "first second last"
    assert printed.out.splitlines() == ["00_start_here: 2 fits ready, 0 s", "03_last: 1 fit ready, 0 s"]
    assert printed.err.startswith("01_fails: AttributeError: ")


def test_lessons_are_named_with_their_ending_or_without(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["cache", "warm", "03_last.ipynb"]) == 0
    assert (course / "done").read_text() == "last"
    assert cli.main(["cache", "warm", "3_last"]) == 2
    assert "Did you mean '03_last'?" in capsys.readouterr().err


def test_without_a_store_nothing_is_made(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XAIKIT_CACHE", "off")
    assert cli.main(["cache", "warm"]) == 0
    assert capsys.readouterr().out == "no fits are kept: XAIKIT_CACHE is 'off'\n"
    assert not (course / "done").exists()


def test_what_was_warmed_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own makes the fit; another one finds it, and does not learn again."""
    code = (
        "import xaikit as xk\nfrom xaikit.additive import Filters\n"
        "network = xk.load_classifier('toyworld/animals-dog', device='cpu')\n"
        "pictures = xk.load_images('toyworld/animals', n=60)\n"
        "explainer = xk.AdditiveExplainer('dog', Filters('filters'), n_pictures=40, n_epochs=1)\n"
        "explainer.fit(network, pictures)\n"
    )
    folder = tmp_path / "notebooks"
    folder.mkdir()
    lesson(folder, lab.FIRST.removesuffix(".ipynb"), code)
    monkeypatch.setattr(lab, "_PACKAGE", tmp_path)
    monkeypatch.setenv("XAIKIT_CACHE", str(tmp_path / "fits"))
    assert warming.warm() == 0
    assert len(list((tmp_path / "fits").glob("*.npz"))) == 1
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "this fit was made before" in again.stdout


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks at processes as Linux shows them")
def test_the_lab_has_it_done_beside_and_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that makes fits would run a minute; it is gone as soon as the server is."""
    (tmp_path / "xaikit.py").write_text(
        "import pathlib, subprocess, sys, time\n"
        "lesson = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path('lesson').write_text(str(lesson.pid))\n"
        "pathlib.Path('told').write_text(' '.join(sys.argv[1:]))\ntime.sleep(60)\n"
    )
    monkeypatch.chdir(tmp_path)
    server = "import pathlib, time\nwhile not pathlib.Path('told').exists(): time.sleep(0.02)"
    assert lab._wait_for([sys.executable, "-c", server], os.environ) == 0
    assert (tmp_path / "told").read_text() == "cache warm --background"
    lesson, late = int((tmp_path / "lesson").read_text()), time.monotonic() + 5
    while runs(lesson) and time.monotonic() < late:
        time.sleep(0.02)
    assert not runs(lesson)


def runs(process: int) -> bool:
    """Whether a process is there that has not ended; nobody may have waited for it."""
    stat = Path(f"/proc/{process}/stat")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return False
