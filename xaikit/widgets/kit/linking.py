"""Widgets that belong together: what is chosen in one is chosen in the others."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

if TYPE_CHECKING:
    from xaikit.widgets.kit.view import View

__all__ = ["link", "links_of"]


def links_of(widgets: Sequence[View]) -> list[list[tuple[int, str]]]:
    """The traits that mean the same, as (number of the widget, name of the trait), two or more each."""
    groups: dict[Hashable, list[tuple[int, str]]] = {}
    for number, widget in enumerate(widgets):
        for trait, meaning in widget.shared().items():
            groups.setdefault(meaning, []).append((number, trait))
    return [group for group in groups.values() if len(group) > 1]


def link(widgets: Sequence[View]) -> None:
    """From now on, a choice made in one of the widgets is made in all that can make it."""
    for group in links_of(widgets):
        ends = [(widgets[number], trait) for number, trait in group]
        for widget, trait in ends:
            widget.observe(_passing_on(ends), trait)


def _passing_on(ends: Sequence[tuple[View, str]]) -> Any:
    def pass_on(change: Any) -> None:
        for widget, trait in ends:
            if widget is not change["owner"] and getattr(widget, trait) != change["new"]:
                try:
                    setattr(widget, trait, change["new"])
                except traitlets.TraitError:
                    continue  # it has no such thing to choose

    return pass_on
