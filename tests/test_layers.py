"""Imports go down, never up; papers do not import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "xaikit"
PAPERS = ["vrx", "additive", "srae", "sevec", "visualize", "diagnose", "disentangle", "interpretable"]
PAPERS += ["interactive"]
SHOWING = {"plots", "widgets"}
METHOD = {"core", "data", "worlds", "zoo", "loading", "attribution", "metrics"}

MAY_IMPORT = {
    "core": set(),
    "data": {"core"},
    "worlds": {"core", "data"},
    "zoo": {"core", "data", "worlds", "interpretable"},
    "loading": {"core", "data", "worlds", "zoo"},
    "attribution": {"core"},
    "metrics": {"core"},
    **dict.fromkeys(PAPERS, METHOD),
    "interpretable": {"core", "data", "worlds", "metrics"},  # networks, which the zoo trains
    "plots": {"core"},  # plain views in: they know no method
    "widgets": {"core", "plots"},  # arrays and callables in
    "reproduce": METHOD | SHOWING | set(PAPERS),
    "lab": {"core"},
    "classroom": {"core", "lab"},
    "doctor": {"lab", "widgets"},
    "cli": {"core", "lab", "classroom", "doctor", "reproduce"},
    "__main__": {"cli"},
}

# what an import inside a function may reach too: the ways in which a result shows itself
ALSO_INSIDE_FUNCTIONS = dict.fromkeys([*PAPERS, "attribution"], SHOWING)
ALSO_INSIDE_FUNCTIONS |= {"classroom": {"widgets"}}  # an exercise is a card; to make fits ready needs none


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST, inside: bool = False) -> Iterator[tuple[str, bool]]:
    """Rooms that a file imports from, and whether it does so inside a function (or for type checks alone)."""
    for node in ast.iter_child_nodes(tree):
        lazy = inside or isinstance(node, ast.FunctionDef) or _for_types(node)
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that they can be read and checked"
            bare = node.module == "xaikit"
            names = [f"xaikit.{alias.name}" for alias in node.names] if bare else [node.module or ""]
        rooms = (name.split(".")[1] for name in names if name.startswith("xaikit."))
        yield from ((name, lazy) for name in rooms if name != "__version__")
        yield from imports(node, lazy)


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    here = room(path)
    assert here in MAY_IMPORT, f"{here!r} is no room of the house; give it a floor in this test"
    for there, inside_function in imports(ast.parse(path.read_text(encoding="utf-8"))):
        allowed = MAY_IMPORT[here] | {here}
        if inside_function:
            allowed = allowed | ALSO_INSIDE_FUNCTIONS.get(here, set())
        assert there in allowed, (
            f"{path.relative_to(PACKAGE)} imports xaikit.{there}, which is above or beside it"
        )


def test_the_check_itself_sees_every_form_of_import() -> None:
    source = "import xaikit.vrx\nfrom xaikit import plots\ndef f():\n    from xaikit.widgets.board import B\n"
    assert list(imports(ast.parse(source))) == [("vrx", False), ("plots", False), ("widgets", True)]
