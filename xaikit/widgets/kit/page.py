"""Several results on one page, or together in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xaikit.widgets.kit.export import write_page
from xaikit.widgets.kit.linking import link
from xaikit.widgets.kit.view import View

__all__ = ["page"]


def page(results: Sequence[Any], path: str | Path | None = None, title: str = "xaikit") -> Any:
    """Put results below each other; what is chosen in one is chosen in the others.

    A concept chosen in one explanation is chosen in every other of the same concepts; so is a picture in
    heatmaps of the same pictures.

    Parameters
    ----------
    results : results, or widgets of this project
    path : the HTML file to write, which works offline; None for a notebook
    title : of the page

    Returns
    -------
    The path; or, without one, an ``ipywidgets.VBox`` of the widgets.

    Raises
    ------
    ValueError, TypeError
        There is no result, or something is none.
    xaikit.FileError, OSError
        The file cannot be written there; an older one stays as it was.

    Limits
    ------
    A page has no Python behind it: what needs one, as editing a patch board, says so there.
    """
    if isinstance(results, View) or hasattr(results, "widget"):
        results = [results]
    widgets = [_widget_of(one) for one in results]
    if not widgets:
        raise ValueError("`results` must hold at least one result; got none.")
    if path is not None:
        return write_page(path, widgets, title)
    from ipywidgets import VBox

    link(widgets)
    return VBox(widgets)


def _widget_of(result: Any) -> View:
    widget = result.widget() if callable(getattr(result, "widget", None)) else result
    if not isinstance(widget, View):
        raise TypeError(
            "`results` must hold results of xaikit's methods, or their widgets; "
            f"got a {type(result).__name__}."
        )
    return widget
