"""Concepts are named by a hand in the page: what it writes is checked, told to the caller, and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets

from xaikit.core.names import check_name
from xaikit.widgets.kit.dialogue import MOST_GESTURES
from xaikit.widgets.kit.view import View, told

Concept = tuple[str, int]
Rename = Callable[[str, int, str], Any]


class NamingView(View):
    """A widget in which concepts can be named.

    Attributes
    ----------
    naming
        what the page asked last, {"cls", "concept" (its number), "name", "seq" (of the asking), "others" (the
        same three of each name that was asked before and not yet answered: where Python is busy, of several
        messages the last alone arrives)}
    answered : "seq" of the last asking that was answered
    """

    _from_page: ClassVar[frozenset[str]] = frozenset({"naming"})
    _rename: Rename | None = None

    naming = traitlets.Dict().tag(sync=True, echo_update=False)
    answered = traitlets.Int(0).tag(sync=True)

    @traitlets.validate("naming")
    def _check_naming(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value = proposal["value"]
        can = self._nameable()
        try:
            for one in _askings(value):
                concept = (one.get("cls"), one.get("concept"))
                check_name(one.get("name"))
                if isinstance(concept[1], bool) or concept not in can:
                    raise ValueError(f"a name must be for one of {sorted(can)[:9]}; got {concept!r}.")
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None
        return value

    @traitlets.observe("naming")
    def _on_naming(self, change: dict[str, Any]) -> None:
        failures = []
        with self.hold_sync():
            for one in _askings(change["new"]):
                cls, concept, name = one["cls"], one["concept"], check_name(one["name"])
                # Whatever `rename` raises belongs into the cell: from a message handler nobody sees it.
                try:
                    if self._rename is not None:
                        self._rename(cls, concept, name)
                except Exception as error:
                    failures.append(told(error))
                else:
                    self._name(cls, concept, name)
            self.error = "; ".join(dict.fromkeys(failures))
            self.answered = _seq_of(change["new"], self.answered)

    def _refused(self, sync_data: dict[str, Any]) -> None:
        super()._refused(sync_data)
        self.answered = _seq_of(sync_data.get("naming"), self.answered)

    def _nameable(self) -> set[Concept]:
        """The concepts that are shown."""
        raise NotImplementedError

    def _name(self, cls: str, concept: int, name: str) -> None:
        """Show a name wherever the concept is shown."""
        raise NotImplementedError


def _askings(naming: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All that a page asks for at once, in the order in which it was asked."""
    others = naming.get("others", [])
    if not isinstance(others, list) or not all(isinstance(one, Mapping) for one in others):
        raise TypeError(f"`others` must be a list of namings; got {others!r}.")
    return [*others, naming]


def _seq_of(naming: Any, before: int) -> int:
    """The number of an asking; `before` where it has none that can be counted on."""
    seq = naming.get("seq") if isinstance(naming, Mapping) else None
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < MOST_GESTURES:
        return before
    return seq


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
