"""The three commands, as somebody at a terminal meets them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from xaikit import cli, lab
from xaikit.reproduce import registry
from xaikit.reproduce.registry import Figure
from xaikit.reproduce.setting import Outcome, Setting

PACKAGE = Path(cli.__file__).parent


def fake_figure(setting: Setting) -> Outcome:
    from matplotlib.figure import Figure as Picture

    print("a library that talks")
    return Outcome(
        paper={"agreement": 0.9, "only theirs": "high"},
        measured={"agreement": np.float32(0.5), "seed": setting.seed, "undefined": float("nan")},
        notes=["made up for a test"],
        figures={"curve": Picture(figsize=(1, 1))},
    )


def broken_figure(setting: Setting) -> Outcome:
    raise FileNotFoundError("weights are needed")


@pytest.fixture(autouse=True)
def made_up_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        Figure("test.fig1", "a made-up figure", "nothing", f"{__name__}:fake_figure"),
        Figure("test.fig2", "a figure that fails", "weights", f"{__name__}:broken_figure"),
    )
    monkeypatch.setattr("xaikit.reproduce.command.FIGURES", rows)
    monkeypatch.setattr(registry, "FIGURES", rows)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_listing_figures_loads_no_torch() -> None:
    listing = "from xaikit.cli import main; main(['reproduce', '--list'])"
    code = f"import sys; {listing}; print('torch' in sys.modules)"
    lines = run("-c", code).stdout.splitlines()
    assert {line.split()[0] for line in lines[:-1]} >= {"vrx.fig3", "vrx.fig4", "vrx.fig5", "vrx.fig6"}
    assert lines[-1] == "False"


@pytest.mark.parametrize("command", [[], ["lab"], ["doctor"], ["reproduce"]], ids=" ".join)
def test_help_ends_with_an_example(command: list[str]) -> None:
    shown = run("-m", "xaikit", *command, "--help")
    assert shown.returncode == 0
    assert "example: xaikit" in shown.stdout


def test_a_report_shows_the_papers_numbers_beside_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["reproduce", "test.fig1", "--seed", "3", "--out", str(tmp_path / "new" / "folder")])
    rows = {
        line.split("  ")[1]: line.split()[-2:]
        for line in capsys.readouterr().out.splitlines()
        if "  " in line
    }
    assert code == 0
    assert rows["agreement"] == ["0.9", "0.5"]
    assert rows["only theirs"] == ["high", "—"]
    assert rows["undefined"] == ["—", "—"]
    picture = tmp_path / "new" / "folder" / "test.fig1-curve.png"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_json_on_stdout_is_alone_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reproduce", "test.fig1", "--quick", "--device", "cpu", "--json", "-"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"name", "paper", "measured", "setting", "seconds", "device", "versions"} <= set(report)
    assert report["measured"] == {"agreement": 0.5, "seed": 0, "undefined": None}
    assert any("undefined" in note for note in report["notes"])
    assert (report["setting"]["quick"], report["device"]) == (True, "cpu")


def test_what_was_finished_is_kept_when_a_later_figure_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "numbers.json"
    assert cli.main(["reproduce", "test.fig1", "test.fig2", "--json", str(kept)]) == 1
    assert json.loads(kept.read_text())["name"] == "test.fig1"
    assert "weights are needed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["test.fig3"], "Did you mean 'test.fig"),
        ([], "a NAME is needed"),
        (["test.fig1", "--out", "{file}/sub"], "cannot be written to"),
        (["test.fig1", "--json", "{folder}"], "must name a file"),
    ],
)
def test_a_wrong_call_is_refused_before_the_work(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    places = {"{file}": str(tmp_path / "file"), "{folder}": str(tmp_path)}
    for mark, place in places.items():
        arguments = [argument.replace(mark, place) for argument in arguments]
    assert cli.main(["reproduce", *arguments]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


@pytest.mark.skipif(os.name == "nt", reason="devices have no paths")
def test_a_device_is_refused_before_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reproduce", "test.fig1", "--json", os.devnull]) == 2
    assert "is a device. Name a file." in capsys.readouterr().err


def test_a_notebook_whose_copy_fails_is_not_left_in_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    assert cli.main(["lab"]) == 1
    assert "could not be put in place: No space left" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_lab_copies_the_notebooks_once_and_never_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, here = tmp_path / "package" / "notebooks", tmp_path / "here"
    for folder in (shipped, here):
        folder.mkdir(parents=True)
    for name in (lab.FIRST, "01_another.ipynb"):
        (shipped / name).write_text("as shipped")
    (here / lab.FIRST).write_text("my own notes")
    started: list[list[str]] = []
    monkeypatch.chdir(here)
    monkeypatch.setattr(lab, "_PACKAGE", shipped.parent)
    monkeypatch.setattr(lab, "_wait_for", lambda command, _environment: started.append(list(command)) or 7)
    assert cli.main(["lab", "--", "--port", "8899"]) == 7
    assert (here / lab.FIRST).read_text() == "my own notes"
    assert (here / "01_another.ipynb").read_text() == "as shipped"
    assert started[0][-2:] == ["--port", "8899"]
    assert f"--LabApp.default_url=/lab/tree/{lab.FIRST}" in started[0]


@pytest.mark.parametrize(
    ("arguments", "set_before", "threads"),
    [
        ([], None, None),
        (["--class", "3"], None, "2"),
        (["--class", "30"], None, "1"),
        (["--class", "3"], "5", "5"),
    ],
)
def test_kernels_of_a_class_share_the_cores(
    arguments: list[str],
    set_before: str | None,
    threads: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[str | None] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if set_before:
        monkeypatch.setenv("OMP_NUM_THREADS", set_before)
    monkeypatch.setattr(
        lab, "_wait_for", lambda _command, environment: found.append(environment.get("OMP_NUM_THREADS")) or 0
    )
    assert cli.main(["lab", *arguments]) == 0
    assert found == [threads]


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_a_class_has_a_number_of_students(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["lab", "--class", number])
    assert ended.value.code == 2
    assert "must be a number of students" in capsys.readouterr().err


def test_lab_in_a_clone_uses_its_notebooks(tmp_path: Path) -> None:
    first = tmp_path / "notebooks" / lab.FIRST
    first.parent.mkdir()
    first.touch()
    assert lab.place_notebooks(tmp_path) == first
    assert list(tmp_path.glob("*.ipynb")) == []


def test_lab_without_jupyterlab_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    assert cli.main(["lab"]) == 1
    assert 'pip install "xaikit[lab]"' in capsys.readouterr().err


def test_doctor_finds_this_installation_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    for what in ("torch ", "torchvision", "devices", "widgets", "weights", "notebooks", "Chromium"):
        assert what in said


def test_doctor_fails_with_a_remedy_where_files_are_gone(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "xaikit", ignore=shutil.ignore_patterns("__pycache__", "notebooks"))
    (tmp_path / "xaikit" / "widgets" / "patch_board" / "widget.js").unlink()
    shutil.rmtree(tmp_path / "xaikit" / "zoo" / "weights")
    looked = subprocess.run(
        [sys.executable, "-m", "xaikit", "doctor"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    broken = [line.split()[1] for line in looked.stdout.splitlines() if line.startswith("✗")]
    assert looked.returncode == 1
    assert broken == ["widgets", "weights", "notebooks"]
    assert looked.stdout.count("→ pip install") == len(broken)


def test_doctor_fails_with_a_remedy_where_a_package_does_not_import(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "networkx", None)
    assert cli.main(["doctor"]) == 1
    assert "pip install --upgrade networkx" in capsys.readouterr().out
