"""Widgets that belong together: what is chosen in one is chosen in the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import traitlets

__all__ = ["link", "links_of"]


def links_of(shared: Sequence[Mapping[str, Hashable]]) -> list[list[tuple[int, str]]]:
    """The traits that mean the same, as (number of the widget, name of the trait), two or more each.

    Parameters
    ----------
    shared : of each widget {name of a trait: what its value means}
    """
    groups: dict[Hashable, list[tuple[int, str]]] = {}
    for number, traits in enumerate(shared):
        for trait, meaning in traits.items():
            groups.setdefault(meaning, []).append((number, trait))
    return [group for group in groups.values() if len(group) > 1]


def link(widgets: Sequence[Any]) -> None:
    """From now on, a choice made in one of the widgets is made in all that can make it."""
    for group in links_of([widget.shared() for widget in widgets]):
        ends = [(widgets[number], trait) for number, trait in group]
        for widget, trait in ends:
            widget.observe(_passing_on(ends), trait)


def _passing_on(ends: Sequence[tuple[traitlets.HasTraits, str]]) -> Any:
    def pass_on(change: Any) -> None:
        for widget, trait in ends:
            if widget is not change["owner"] and getattr(widget, trait) != change["new"]:
                try:
                    setattr(widget, trait, change["new"])
                except traitlets.TraitError:
                    continue  # it has no such thing to choose

    return pass_on
