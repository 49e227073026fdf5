"""Concepts are named by a hand in the page: what it writes is checked, told to the caller, and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets

from xaikit.core.names import check_name
from xaikit.widgets.kit.view import View, told

Concept = tuple[str, int]
Rename = Callable[[str, int, str], Any]


class NamingView(View):
    """A widget in which concepts can be named.

    Attributes
    ----------
    naming : what the page asked last, {"cls", "concept" (its number), "name", "seq" (of the asking)}
    """

    _from_page: ClassVar[frozenset[str]] = frozenset({"naming"})
    _rename: Rename | None = None

    naming = traitlets.Dict().tag(sync=True, echo_update=False)

    @traitlets.validate("naming")
    def _check_naming(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value = proposal["value"]
        concept = (value.get("cls"), value.get("concept"))
        try:
            check_name(value.get("name"))
            if isinstance(concept[1], bool) or concept not in self._nameable():
                raise ValueError(f"a name must be for one of {sorted(self._nameable())}; got {concept!r}.")
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None
        return value

    @traitlets.observe("naming")
    def _on_naming(self, change: dict[str, Any]) -> None:
        said = change["new"]
        cls, concept, name = said["cls"], said["concept"], check_name(said["name"])
        # Whatever `rename` raises belongs into the cell: from a message handler nobody sees it.
        try:
            if self._rename is not None:
                self._rename(cls, concept, name)
        except Exception as error:
            self.error = told(error)
            return
        with self.hold_sync():
            self.error = ""
            self._name(cls, concept, name)

    def _nameable(self) -> set[Concept]:
        """The concepts that are shown."""
        raise NotImplementedError

    def _name(self, cls: str, concept: int, name: str) -> None:
        """Show a name wherever the concept is shown."""
        raise NotImplementedError


def with_names(graphs: list[dict[str, Any]], names: Mapping[Concept, str]) -> list[dict[str, Any]]:
    """Return packed graphs in which concepts bear these names; the rest keep their own."""
    return [
        graph
        | {
            "nodes": [
                node | {"label": names.get((graph["name"], node["concept"]), node["label"])}
                for node in graph["nodes"]
            ]
        }
        for graph in graphs
    ]


def concepts_of(graphs: list[dict[str, Any]]) -> set[Concept]:
    """The concepts that packed graphs show."""
    return {(graph["name"], node["concept"]) for graph in graphs for node in graph["nodes"]}
