"""Makes the fits of the course before somebody waits for them; a lesson then finds them in the store.

Which fits these are is said in the lessons alone: of each notebook that came with the package the statements
that fit something are run, and those that they need.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from xaikit.core.errors import did_you_mean
from xaikit.core.store import VARIABLE, the_store
from xaikit.lab import shipped_notebooks

__all__ = ["code_of", "fitting", "warm"]

NICENESS = 10


def warm(names: Sequence[str] = (), background: bool = False) -> int:
    """Make the fits of these lessons, all where none is named, and say so line by line.

    Parameters
    ----------
    names : of notebooks, with ".ipynb" or without
    background : whether to stand back behind whatever else runs, on one core

    Returns
    -------
    int
        The exit code: 1 where a lesson's fits failed, 2 where there is no such lesson.
    """
    if the_store() is None:
        print(f"no fits are kept: {VARIABLE} is 'off'")
        return 0
    lessons = {path.stem: path for path in sorted(shipped_notebooks().glob("*.ipynb"))}
    asked = [name.removesuffix(".ipynb") for name in names] or list(lessons)
    strange = [name for name in asked if name not in lessons]
    if strange:
        print(f"there is no lesson {strange[0]!r}.{did_you_mean(strange[0], lessons)}", file=sys.stderr)
        return 2
    if background and hasattr(os, "nice"):
        os.nice(NICENESS)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"} if background else dict(os.environ)
    return max([_made(name, lessons[name], environment) for name in asked], default=0)


def _made(name: str, path: Path, environment: Mapping[str, str]) -> int:
    """Make the fits of a lesson in a process of its own, as a kernel would; 0, or 1 where that failed."""
    program = fitting(code_of(path))
    n_fits = sum(map(_fits, program.body))
    if not n_fits:
        return 0
    began = time.monotonic()
    command = [sys.executable, "-"]
    done = subprocess.run(
        command, input=ast.unparse(program), capture_output=True, encoding="utf-8", env=environment
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        print(f"{name}: {said[-1]}", file=sys.stderr, flush=True)
        return 1
    fits = "1 fit" if n_fits == 1 else f"{n_fits} fits"
    print(f"{name}: {fits} ready, {time.monotonic() - began:.0f} s", flush=True)
    return 0


def code_of(path: Path) -> str:
    """The code cells of a notebook, one below the other."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def fitting(code: str) -> ast.Module:
    """The statements of a program that fit something, and all that they need, in their order.

    Limits
    ------
    What a statement needs is what gives its names their values: a change of something by a method
    (``names.append(...)``) is not seen.
    """
    tree, needed, chosen = ast.parse(code), set[str](), []
    for statement in reversed(tree.body):
        made = {name for name, stored in _names(statement) if stored}
        if _fits(statement) or made & needed:
            needed = (needed - made) | {name for name, stored in _names(statement) if not stored}
            chosen.append(statement)
    return ast.Module(chosen[::-1], type_ignores=[])


def _fits(statement: ast.stmt) -> bool:
    """Whether a statement calls a method `fit`."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fit"
        for node in ast.walk(statement)
    )


def _names(statement: ast.stmt) -> Iterator[tuple[str, bool]]:
    """The names in a statement, and whether it gives them a value; not those inside a comprehension alone."""
    nodes = list(ast.walk(statement))
    own = {id(node) for one in nodes if isinstance(one, ast.comprehension) for node in ast.walk(one.target)}
    inner = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) in own}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in inner:
            yield node.id, isinstance(node.ctx, ast.Store)
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0], True
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, True
