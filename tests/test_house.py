"""What holds for every file of the project, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
import pytest

from xaikit.reproduce.registry import FIGURES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "xaikit"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py"))
SCRIPTS = sorted((PACKAGE / "widgets").rglob("*.js"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

UNSAFE_CALLS = {"eval", "exec", "pickle.load", "pickle.loads", "torch.load", "np.load"}
# what writes a file in place, so that half of it stays where the work ends: see core/files.py
IN_PLACE = {"write_text", "write_bytes", "save_file", "copy", "copy2", "copyfile", "tofile", "to_csv"}
# the name of a vocabulary is written like an address, but nothing is fetched from it
NAMESPACES = re.compile(r"http://www\.w3\.org/\d{4}/(svg|xlink|xhtml)")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_python_is_safe_and_sober(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{relative(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in UNSAFE_CALLS, f"{where} calls {ast.unparse(node.func)}"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{where} catches everything; name what is expected"
        assert not isinstance(node, ast.Assert), f"{where} asserts; raise an error that says what to do"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_are_written_by_the_one_writer(path: Path) -> None:
    if path == PACKAGE / "core" / "files.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        where, called = f"{relative(path)}:{node.lineno}", ast.unparse(node.func)
        owner, _, name = called.rpartition(".")
        assert name not in IN_PLACE or (name == "copy" and owner != "shutil"), f"{where} calls {called}"
        if called == "open":
            modes = [ast.literal_eval(mode) for mode in (*node.args[1:2], *_keyword(node, "mode"))]
            assert set("".join(modes)) <= set("rb"), f"{where} opens a file for writing"


def _keyword(call: ast.Call, name: str) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg == name]


PRIVATE = re.compile(r"_(?!_|esm$|css$|repr_\w+_$)\w+")  # but for anywidget's and Jupyter's names


def private_names(path: Path) -> tuple[set[str], dict[str, int]]:
    """The private names that a file gives to something, and those that it uses, with their lines."""
    given, used = set(), {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                given.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                given.add(name)
            case ast.Attribute(attr=name):
                used[name] = node.lineno
            case ast.ImportFrom(names=names):
                used |= {alias.name: node.lineno for alias in names}
    own = {name for name in given if PRIVATE.fullmatch(name)}
    return own, {name: line for name, line in used.items() if PRIVATE.fullmatch(name)}


NAMES = {path: private_names(path) for path in SOURCES}


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_private_name_of_another_file_is_used(path: Path) -> None:
    given, used = NAMES[path]
    others = {name: other for other, (names, _) in NAMES.items() if other != path for name in names}
    foreign = {name: (line, relative(others[name])) for name, line in used.items() if name in others}
    assert not {name: where for name, where in foreign.items() if name not in given}


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_text_reaches_the_page_as_text(path: Path) -> None:
    markup = re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", path.read_text(encoding="utf-8")
    )
    assert markup is None, f"{relative(path)} makes HTML out of text with {markup}"


@pytest.mark.parametrize("path", SOURCES + SCRIPTS, ids=relative)
def test_nothing_shipped_names_an_address(path: Path) -> None:
    text = NAMESPACES.sub("", path.read_text(encoding="utf-8"))
    assert re.search(r"https?://\w", text) is None


def test_there_are_widgets_weights_and_notebooks_to_check() -> None:
    assert SCRIPTS
    assert NOTEBOOKS
    assert list((PACKAGE / "zoo" / "weights").glob("*.safetensors"))


def test_the_wheel_holds_everything_that_is_needed_to_run(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert inside >= {path.relative_to(ROOT).as_posix() for path in files}
    assert inside >= {f"xaikit/notebooks/{path.name}" for path in NOTEBOOKS}
    assert not {name for name in inside if name.startswith(("tests/", "notebooks/", "benchmarks/"))}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_is_committed_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert "widgets" not in notebook.metadata
    # without it JupyterLab asks for a kernel before anything can be run
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=relative)
def test_what_the_prose_points_to_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    missing = [
        target for target in re.findall(r"\]\(([^)#]+)\)", text) if not (path.parent / target).exists()
    ]
    assert missing == []


def test_the_readme_lists_what_there_is() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\d\d_\w+)`", text)) == {path.stem for path in NOTEBOOKS}
    assert set(re.findall(r"`(\w+\.(?:fig\d+|table\d+|interpretable_cnn))`", text)) == {
        figure.name for figure in FIGURES
    }


LONGEST = 45


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_function_is_too_long_to_be_seen_at_once(path: Path) -> None:
    """Lines without its docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            told = node.body[0].end_lineno - node.body[0].lineno + 1 if ast.get_docstring(node) else 0
            assert node.end_lineno - node.lineno + 1 - told <= LONGEST, node.name


LONGEST_SCRIPT = 60
FUNCTION = re.compile(
    r"\bfunction (?P<name>\w+)\(|\bconst (?P<arrow>\w+) = (?:async )?\(.*\) => \{$", re.MULTILINE
)


def functions_of(source: str) -> Iterator[tuple[str, int]]:
    """The named functions of a script, and how many lines each has; braces tell where it ends."""
    for found in FUNCTION.finditer(source):
        start = found.end() - 1 if found["arrow"] else _body(source, found.end())
        depth = 0
        for place in range(start, len(source)):
            depth += {"{": 1, "}": -1}.get(source[place], 0)
            if not depth:
                yield found["name"] or found["arrow"], source.count("\n", found.start(), place) + 1
                break


def _body(source: str, place: int) -> int:
    """Where the body of a function begins whose parameters begin here."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(source[place], 0)
        place += 1
    return source.index("{", place)


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_no_function_of_a_script_is_too_long_to_be_seen_at_once(path: Path) -> None:
    every = dict(functions_of(path.read_text(encoding="utf-8")))
    assert not {name: lines for name, lines in every.items() if lines > LONGEST_SCRIPT}


def test_lines_of_functions_are_counted() -> None:
    source = "export function one({ a } = {}, b) {\n  return { a };\n}\nconst two = (a) => {\n  a();\n\n};\n"
    assert dict(functions_of(source)) == {"one": 3, "two": 4}


LINES_OF_TESTS = 0.4  # for each line of a script, at least


def test_scripts_have_tests_of_their_own() -> None:
    """What the tests of `tests/js` share, the stand-in for the browser and the samples, does not count."""

    def n_lines(paths: Iterable[Path]) -> int:
        return sum(path.read_text(encoding="utf-8").count("\n") for path in paths)

    tests = n_lines((ROOT / "tests" / "js").glob("*.test.js"))
    assert tests >= LINES_OF_TESTS * n_lines(SCRIPTS)
