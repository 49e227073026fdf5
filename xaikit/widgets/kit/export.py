"""Widgets as one page of HTML that works offline, from a file, without a kernel."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xaikit.core.files import replacing
from xaikit.widgets.kit.bundle import WIDGETS
from xaikit.widgets.kit.linking import links_of

# Nothing may be fetched: what the page needs is in it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; img-src data: blob:; style-src 'unsafe-inline'"
)


def write_page(path: str | Path, widgets: Sequence[Any], title: str) -> Path:
    """Write widgets, as they are now, into one HTML file.

    What needs no kernel works in it: tooltips, examples, dragging nodes, the switch between why and
    why-not, and in a confusion explorer every cell with its pictures and the explanations that were opened.
    Widgets that belong together stay linked (:mod:`xaikit.widgets.kit.linking`).
    What needs a running kernel says so: editing a patch board, and opening further pictures of an explorer.

    Parameters
    ----------
    path : where to; the folder must exist. The page is there whole or not at all
    widgets : of this project, shown one below the other; the JavaScript of each class is written once
    title : of the page

    Raises
    ------
    xaikit.FileError, OSError
        It cannot be written there; an older page stays as it was.
    """
    modules: dict[str, str] = {type(widget).__name__: str(widget._esm) for widget in widgets}
    views = [{"kind": type(widget).__name__, "state": _packed(_public_state(widget))} for widget in widgets]
    saved = {"modules": modules, "views": views, "links": links_of([widget.shared() for widget in widgets])}
    style = "\n".join(dict.fromkeys(str(widget._css) for widget in widgets))
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{html.escape(title)}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 16px; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #161616; }} }}
{style}
</style>
</head>
<body>
<script type="application/json" id="xaikit">{_json(saved)}</script>
<script type="module">
{(WIDGETS / "kit" / "js" / "page.js").read_text(encoding="utf-8")}
</script>
</body>
</html>
"""
    with replacing(path) as file:
        file.write(page.encode())
    return Path(path)


def _public_state(widget: Any) -> dict[str, Any]:
    """The traits that the page draws; those that only Jupyter needs begin with an underscore."""
    state = widget.get_state()
    return {name: value for name, value in state.items() if not name.startswith("_") and name != "layout"}


def _packed(value: Any) -> Any:
    """Replace bytes by {"bytes": base64}, at any depth."""
    if isinstance(value, (bytes, memoryview)):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {key: _packed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(item) for item in value]
    return value


def _json(value: Any) -> str:
    """JSON that may stand inside a script element: no "<" can end the element or begin a comment."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
