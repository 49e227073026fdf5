"""What `xaikit reproduce` does with its arguments."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from xaikit.core.files import check_place, replacing
from xaikit.reproduce.registry import FIGURES, Figure, find_figure
from xaikit.reproduce.report import Report, ensure_writable, run_figure
from xaikit.reproduce.setting import Setting


def reproduce(options: argparse.Namespace) -> int:
    """List the figures or run those named; return the exit code."""
    if options.list:
        return _list()
    try:
        figures = _chosen(options.names)
        _check_targets(options.json, options.out)
    except (ValueError, OSError) as error:
        return _complain(error, code=2)
    try:
        _run(figures, options, options.json, Path(options.out) if options.out else None)
    except (ValueError, OSError, ImportError) as error:
        return _complain(error, code=1)
    except KeyboardInterrupt:
        return _complain("interrupted; what was finished before is kept", code=130)
    return 0


def _list() -> int:
    width = max(len(figure.name) for figure in FIGURES)
    for figure in FIGURES:
        print(f"{figure.name:<{width}}  {figure.title} (needs {figure.needs})")
    return 0


def _chosen(names: Sequence[str]) -> list[Figure]:
    if not names:
        raise ValueError("a NAME is needed, such as vrx.fig4; `xaikit reproduce --list` prints them all")
    return [find_figure(name) for name in dict.fromkeys(names)]


def _check_targets(json_to: str | None, out: str | None) -> None:
    if out is not None:
        ensure_writable(Path(out))
    if json_to is not None and json_to != "-":
        if Path(json_to).is_dir():
            raise ValueError(f"--json must name a file to write; got the folder {json_to!r}")
        ensure_writable(Path(json_to).parent)
        check_place(json_to)


def _setting(options: argparse.Namespace, figure: Figure) -> Setting:
    return Setting(
        quick=options.quick,
        model=options.model or figure.network or figure.world,
        data=options.data or figure.world,
        weights=options.weights,
        device=options.device,
        seed=options.seed,
    )


def _run(
    figures: Sequence[Figure], options: argparse.Namespace, json_to: str | None, out: Path | None
) -> None:
    os.environ.setdefault("MPLBACKEND", "agg")  # pictures are saved, no window is opened
    reports: list[Report] = []
    for figure in figures:
        # with --json - nothing but the JSON may reach stdout, whatever a library prints
        with contextlib.redirect_stdout(sys.stderr) if json_to == "-" else contextlib.nullcontext():
            print(f"running {figure.name} …", file=sys.stderr)
            reports.append(run_figure(figure, _setting(options, figure), out))
            print(reports[-1].to_text(), end="\n\n")
        if json_to is not None and json_to != "-":
            with replacing(json_to) as file:
                file.write(_as_json(reports).encode())
    if json_to == "-":
        print(_as_json(reports), end="")


def _as_json(reports: Sequence[Report]) -> str:
    """One figure is one object, as the contract has it; several are a list of them."""
    if len(reports) == 1:
        return reports[0].to_json() + "\n"
    rows = [report.as_dict() for report in reports]
    return json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _complain(problem: object, code: int) -> int:
    print(f"xaikit reproduce: {problem}", file=sys.stderr)
    return code
