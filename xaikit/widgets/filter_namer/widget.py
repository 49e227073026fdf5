"""Which part each concept stands for, said by a person: one concept after the other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

import traitlets
from PIL.Image import Image

from xaikit.plots.views import Seen
from xaikit.widgets.filter_namer.seen import check_labels, check_views, pack_views
from xaikit.widgets.filter_namer.still import draw_concepts
from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.naming import Concept, NamingView, Rename

__all__ = ["FilterNamer"]


class FilterNamer(NamingView):
    """Concepts, such as a layer's filters, to be named by a hand: each with the pictures it is seen in most.

    Enter takes what is suggested, a digit one of the names that are there, anything else is written; then
    comes the next one that has no name.

    Parameters
    ----------
    views : :class:`xaikit.plots.views.Seen` of each concept, in the order in which they come up
    names : {number of a concept: its name}
    title : heading
    cls : the class for whose score they count
    rename
        called as ``rename(cls, number, name)`` when a hand names a concept; "" takes the name away. Without
        it nothing can be named

    Attributes
    ----------
    place : which of the views is shown
    labels : the name of each, in the order of the views; "" where nobody gave one
    names : {number of a concept: its name}, those that have one

    Raises
    ------
    ValueError, TypeError
        No view, two of one concept, or a field that is not what it should be.

    Limits
    ------
    Names that are given elsewhere, after the widget was made, are not shown in it.
    """

    _esm = bundle("filter_namer")
    _css = stylesheet("filter_namer")
    _from_page: ClassVar[frozenset[str]] = frozenset({"place"})

    views = traitlets.List(traitlets.Dict()).tag(sync=True)
    pictures = traitlets.List(traitlets.Bytes()).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    cls = traitlets.Unicode().tag(sync=True)
    nameable = traitlets.Bool(False).tag(sync=True)
    # what comes back late from a busy kernel would turn the page back under a hand
    place = traitlets.Int(0).tag(sync=True, echo_update=False)

    def __init__(
        self,
        views: Sequence[Seen],
        names: Mapping[int, str] | None = None,
        title: str = "",
        *,
        cls: str = "",
        rename: Rename | None = None,
    ) -> None:
        self._views = check_views(views)
        self._rename = rename
        packed, pictures = pack_views(self._views)
        super().__init__(
            title=title,
            views=packed,
            pictures=pictures,
            labels=check_labels(names or {}, self._views),
            cls=cls,
            nameable=rename is not None,
        )

    @property
    def names(self) -> dict[int, str]:
        """{number of a concept: its name}."""
        return {view.number: label for view, label in zip(self._views, self.labels, strict=True) if label}

    def shared(self) -> dict[str, Hashable]:
        """The chosen concept, with namers of the same concepts in the same order."""
        return {"place": ("concepts", *(view.name for view in self._views))}

    def still(self) -> Image:
        """Draw what counts most as a picture, without a browser."""
        return draw_concepts(self.title, self._views, self.labels)

    @traitlets.validate("place")
    def _check_place(self, proposal: dict[str, Any]) -> int:
        place: int = proposal["value"]
        if not 0 <= place < len(self._views):
            raise traitlets.TraitError(f"`place` must be from 0 to {len(self._views) - 1}; got {place}.")
        return place

    def _nameable(self) -> set[Concept]:
        return {(self.cls, view.number) for view in self._views} if self.nameable else set()

    def _name(self, cls: str, concept: int, name: str) -> None:
        self.labels = [
            name if view.number == concept else label
            for view, label in zip(self._views, self.labels, strict=True)
        ]

    def __repr__(self) -> str:
        n = sum(map(bool, self.labels))
        return f"FilterNamer({len(self._views)} concepts of {self.cls!r}, {n} named)"
