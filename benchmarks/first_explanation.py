"""How long a student waits for the first explanation of lesson 00, alone and where eight share the machine.

Each student is a process of its own that runs the lesson's cells up to the first explanation and draws its
widget, from the import on; a kernel adds its own start. Cold, the store of fits is empty; warmed, `xaikit
cache warm` was run before.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from measuring import record

from xaikit.core.store import VARIABLE
from xaikit.lab import FIRST, shipped_notebooks

ROUNDS, CLASS = 3, 8
UNTIL = "answer.widget()"


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    lesson = program()
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        fits = Path(folder)
        cold = [waited(lesson, fits / str(k), 1) for k in range(ROUNDS)]
        report["alone, cold, seconds"] = told(cold)
        report["alone, warmed, seconds"] = told([waited(lesson, fits / "0", 1) for _ in range(ROUNDS)])
        report["eight at once, warmed, seconds"] = told([waited(lesson, fits / "0", CLASS)])
        share = {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // CLASS))}
        report["eight at once, warmed, as of `xaikit lab --class 8`, seconds"] = told(
            [waited(lesson, fits / "0", CLASS, share)]
        )
        report["eight at once, cold, seconds"] = told([waited(lesson, fits / "eight", CLASS)])
    alone = report["alone, cold, seconds"]["median"]
    n_cores = os.cpu_count() or 1
    ideal = alone * CLASS / min(n_cores, CLASS)
    report["eight cold at once, in all, by one alone times eight over the cores"] = round(
        report["eight at once, cold, seconds"]["last"] / ideal, 2
    )
    record("first_explanation", report)


def program() -> str:
    """The code of the first lesson up to its first explanation, whose widget is made as Jupyter makes it."""
    cells = json.loads((shipped_notebooks() / FIRST).read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    (last,) = (k for k, one in enumerate(code) if UNTIL in one)
    lesson = "\n".join(code[: last + 1])
    return lesson.replace(UNTIL, f"shown = {UNTIL}; shown._repr_mimebundle_()")


def waited(lesson: str, fits: Path, n: int, threads: Mapping[str, str] | None = None) -> list[float]:
    """Seconds until each of n processes that begin at once has its explanation."""
    environment = {**os.environ, VARIABLE: str(fits), **(threads or {})}
    began = time.perf_counter()
    students = [
        subprocess.Popen(
            [sys.executable, "-c", lesson],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(n)
    ]
    ended: dict[int, float] = {}
    while len(ended) < n:
        for k, one in enumerate(students):
            if k not in ended and one.poll() is not None:
                if one.returncode:
                    raise SystemExit(f"the lesson ended with {one.returncode}")
                ended[k] = time.perf_counter() - began
        time.sleep(0.05)
    return list(ended.values())


def told(rounds: list[list[float]]) -> dict[str, float]:
    every = [one for own in rounds for one in own]
    return {"median": round(statistics.median(every), 1), "last": round(max(every), 1)}


if __name__ == "__main__":
    main()
