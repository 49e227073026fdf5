"""Join a widget's ES modules, which lie beside its Python, into the one that it carries with it."""

from __future__ import annotations

import re
from pathlib import Path

from xaikit.widgets.kit.squeeze import squeeze, without_unused

WIDGETS = Path(__file__).parents[1]

_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<path>\.\.?/[\w/.-]+)";$', re.MULTILINE)

_COMMENT = re.compile(r"(^|(?<=[;{},])\s+)// .*$")


def bundle(name: str) -> str:
    """Return the source of ``<name>/widget.js`` with all that it imports, each file once, before its users.

    What is joined are plain modules with named exports whose top-level names differ (two alike would be a
    syntax error in the page). Comments stay behind, and functions that this widget has no use for;
    :func:`~xaikit.widgets.kit.squeeze.squeeze` makes the rest small: every saved notebook holds a copy.
    """
    parts: dict[Path, str] = {}
    _collect((WIDGETS / name / "widget.js").resolve(), parts)
    lines = (_COMMENT.sub("", line.strip()) for line in "\n".join(parts.values()).splitlines())
    return squeeze(without_unused("\n".join(line for line in lines if line)))


def stylesheet(*names: str) -> str:
    """Return the style sheet that all widgets share, and those of these names, without needless spaces."""
    paths = [WIDGETS / "kit" / "common.css", *(WIDGETS / name / "widget.css" for name in names)]
    sheets = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    source = re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)
    lines = (re.sub(r" ?([{};,]) ?|(?<=:) ", r"\1", line.strip()) for line in source.splitlines())
    return "\n".join(line for line in lines if line)


def _collect(path: Path, parts: dict[Path, str]) -> None:
    source = path.read_text(encoding="utf-8")
    for match in _IMPORT.finditer(source):
        needed = (path.parent / match["path"]).resolve()
        if needed not in parts:
            _collect(needed, parts)
    parts[path] = re.sub(r"^export (?!default)", "", _IMPORT.sub("", source), flags=re.MULTILINE)
