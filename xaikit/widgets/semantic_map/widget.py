"""All concepts that a network knows, on one map: search, select, compare, and see what they look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from PIL.Image import Image

from xaikit.core.errors import did_you_mean
from xaikit.core.images import encode
from xaikit.core.images.checks import UInt8, check_image
from xaikit.plots.map_layout import Groups, unit_places
from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.dialogue import check_seq, seq_of
from xaikit.widgets.kit.view import View, told
from xaikit.widgets.semantic_map.points import (
    SEPARATOR,
    SMALL,
    Pictures,
    check_labels,
    check_names,
    check_pictures,
    check_positions,
    check_sizes,
    pack_groups,
    pack_places,
    pack_relevance,
    pack_sheet,
    square,
)
from xaikit.widgets.semantic_map.still import draw_map

__all__ = ["SemanticMap"]

Relevance = Callable[[int], Sequence[tuple[str, float]]]

MOST_VIEWED = 4  # pictures of a concept that is looked at
VIEW_SIDE = 96
MOST_KEPT = 4  # concepts looked at last that stay in the page that is saved
MOST_TILES = 48  # concepts of a selection whose pictures are shown
MOST_RELEVANT = 12


class SemanticMap(View):
    """A map of concepts: near each other lies what the network holds for similar.

    Parameters
    ----------
    names : names of the n concepts, all different
    positions : {projection: float (n, 2)}, as "t-SNE", "UMAP" or "PCA"; the first is shown at first
    sizes : float (n,), >= 0, of the points, such as each concept's degree of diversity; None for equal ones
    size_name : what `sizes` are
    labels : {kind of label: n labels}, each a way to color the map, as "top level" or "sub-category"
    pictures
        a few example pictures per concept, uint8 (h, w, 3); or number of a concept -> its pictures, asked
        when a concept is looked at
    relevance : number of a concept -> (name, value) of those most relevant to it, drawn as bars when chosen
    title : heading

    Attributes
    ----------
    chosen : number of the chosen concept, or None
    selected : numbers of the selected concepts, in the order of `names`; a lasso in the page sets it
    projection : name of the projection that is shown
    color_by : kind of label that gives the colors; "" for none
    names : the concepts' names
    gesture : what the page asked last
    done : number of the last gesture answered

    Raises
    ------
    ValueError, TypeError
        There is no concept, names are not unique, a number is not finite, or shapes do not fit together.

    Limits
    ------
    A map in two dimensions cannot keep all distances: near points need not be similar, and the room between
    clusters of a t-SNE or UMAP means little. The relevance chart shows similarity itself. Radii run from the
    smallest size to the largest, so that differences show; they are not proportional to it. Beyond 1,200
    concepts, pictures come from Python when they are looked at.
    """

    _esm = bundle("semantic_map")
    _css = stylesheet("semantic_map")
    _from_page: ClassVar[frozenset[str]] = frozenset({"gesture", "projection", "color_by"})

    packed_names = traitlets.Unicode().tag(sync=True)
    places = traitlets.List(traitlets.Dict()).tag(sync=True)
    projection = traitlets.Unicode().tag(sync=True)
    sizes = traitlets.Bytes().tag(sync=True)
    size_name = traitlets.Unicode().tag(sync=True)
    groupings = traitlets.List(traitlets.Dict()).tag(sync=True)
    color_by = traitlets.Unicode().tag(sync=True)
    thumbs = traitlets.Dict().tag(sync=True)
    asks = traitlets.Dict().tag(sync=True)  # whether there are pictures, and a relevance, to ask Python for
    chosen = traitlets.Int(None, allow_none=True).tag(sync=True)
    views = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Tuple()
    selection = traitlets.Bytes().tag(sync=True)  # `selected` as uint32, for the page
    tiles = traitlets.List(traitlets.Any()).tag(sync=True)
    gesture = traitlets.Dict().tag(sync=True, echo_update=False)
    done = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        names: Sequence[str],
        positions: Mapping[str, ArrayLike],
        sizes: ArrayLike | None = None,
        size_name: str = "diversity",
        labels: Mapping[str, Sequence[str]] | None = None,
        pictures: Pictures = None,
        relevance: Relevance | None = None,
        title: str = "",
    ) -> None:
        self.names = check_names(names)
        n = len(self.names)
        self._positions = check_positions(positions, n)
        self._sizes = check_sizes(sizes, n)
        self._groups = {kind: Groups.by(own) for kind, own in check_labels(labels, n).items()}
        check_pictures(pictures, n)
        self._pictures, self._relevance = pictures, relevance
        self._numbers = {name: k for k, name in enumerate(self.names)}
        self._callbacks: list[Callable[[tuple[int, ...]], Any]] = []
        places = {name: unit_places(own) for name, own in self._positions.items()}
        super().__init__(
            title=title,
            packed_names=SEPARATOR.join(self.names),
            places=[{"name": name, "xy": pack_places(own)} for name, own in places.items()],
            projection=next(iter(self._positions)),
            sizes=b"" if self._sizes is None else self._sizes.astype("<f4").tobytes(),
            size_name=str(size_name),
            groupings=[pack_groups(kind, own, list(places.values())) for kind, own in self._groups.items()],
            color_by=next(iter(self._groups), ""),
            thumbs=pack_sheet(pictures),
            asks={"pictures": pictures is not None, "relevance": relevance is not None},
        )

    def choose(self, concept: str | int | None) -> SemanticMap:
        """Choose a concept by its name or number, and show its pictures and what is relevant to it.

        Raises
        ------
        ValueError
            There is no such concept, or `pictures` or `relevance` do not return what they should.
        """
        number = None if concept is None else self._number_of(concept)
        views = self.views if number is None else self._with_view(number, relevance=True)
        with self.hold_sync():
            self.chosen, self.views, self.error = number, views, ""
        return self

    def select(self, concepts: Sequence[str | int]) -> SemanticMap:
        """Select concepts by their names or numbers, as a lasso in the page does.

        Raises
        ------
        ValueError
            There is no such concept.
        """
        before = self.selected
        self._select([self._number_of(concept) for concept in concepts])
        self._tell_selected(before)
        return self

    def on_select(self, callback: Callable[[tuple[int, ...]], Any]) -> None:
        """Call `callback` with the numbers of the selected concepts whenever the selection changes."""
        if not callable(callback):
            raise TypeError(f"`callback` must be callable; got {callback!r}.")
        self._callbacks.append(callback)

    def still(self) -> Image:
        """Draw the map as a picture, without a browser."""
        return draw_map(
            self.names,
            self._positions[self.projection],
            self._sizes,
            self.size_name,
            self._groups.get(self.color_by),
            self.chosen,
            self.selected,
            f"{self.title} ({self.projection})" if self.title else self.projection,
        )

    # --- from a gesture to the page ----------------------------------------------------------------------
    @traitlets.validate("projection")
    def _check_projection(self, proposal: dict[str, Any]) -> str:
        return _one_of(proposal["value"], "projection", list(self._positions))

    @property
    def colour_by(self) -> str:
        """The former name of `color_by`."""
        return str(self.color_by)

    @colour_by.setter
    def colour_by(self, kind: str) -> None:
        self.color_by = kind

    @traitlets.validate("color_by")
    def _check_color_by(self, proposal: dict[str, Any]) -> str:
        return _one_of(proposal["value"], "color_by", ["", *self._groups])

    @traitlets.validate("gesture")
    def _check_gesture(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value = proposal["value"]
        try:
            check_seq(value.get("seq"), self.done)
            self._read(value)
        except (ValueError, TypeError) as error:
            raise traitlets.TraitError(str(error)) from None
        return value  # as it came: a changed value would be sent back to the page

    @traitlets.observe("gesture")
    def _on_gesture(self, change: dict[str, Any]) -> None:
        kind, wanted = self._read(change["new"])
        before, failure = self.selected, ""
        # Whatever a callable raises belongs into the cell: from a message handler nobody sees it.
        with self.hold_sync():
            try:
                self._act(kind, wanted)
            except Exception as error:
                failure = told(error)
            self.error, self.done = failure, change["new"]["seq"]
        try:
            self._tell_selected(before)  # after the page has its answer: a callback may take its time
        except Exception as error:
            self.error = told(error)

    def _act(self, kind: str, wanted: Any) -> None:
        if kind == "choose":
            self.chosen = wanted
            self.views = self.views if wanted is None else self._with_view(wanted, relevance=True)
        elif kind == "look":
            self.views = self._with_view(wanted, relevance=False)
        elif kind == "tiles":
            self.tiles = [[number, self._tile(number)] for number in wanted]
        else:
            self._select(wanted)

    def _refused(self, sync_data: dict[str, Any]) -> None:
        self.done = seq_of(sync_data, self.done)
        super()._refused({name: value for name, value in sync_data.items() if name != "gesture"})

    def _read(self, gesture: Mapping[str, Any]) -> tuple[str, Any]:
        """The kind of a gesture and the concepts it is about, or raise ValueError."""
        kind = gesture.get("kind")
        match kind, gesture.get("number"), gesture.get("numbers"):
            case ("choose", None, None):
                return "choose", None
            case ("choose" | "look", int() as number, None) if not isinstance(number, bool):
                return str(kind), self._number_of(number)
            case ("tiles", None, [*wanted]) if 0 < len(wanted) <= MOST_TILES:
                return "tiles", [self._number_of(number) for number in wanted]
            case ("select", None, bytes() | bytearray() | memoryview() as data) if len(bytes(data)) % 4 == 0:
                numbers = np.frombuffer(bytes(data), "<u4")
                if not len(numbers) or numbers.max() < len(self.names):
                    return "select", numbers
        raise ValueError(
            f"a gesture chooses or looks at one of the {len(self.names)} concepts, or selects some; "
            f"got {kind!r} with number {gesture.get('number')!r}."
        )

    # --- what is known about concepts --------------------------------------------------------------------
    def _number_of(self, concept: Any) -> int:
        n = len(self.names)
        if isinstance(concept, str):
            if concept not in self._numbers:
                hint = did_you_mean(concept, self.names)
                raise ValueError(f"the map has no concept {concept!r}; it has {n}.{hint}")
            return self._numbers[concept]
        if not isinstance(concept, (int, np.integer)) or isinstance(concept, bool) or not 0 <= concept < n:
            raise ValueError(f"the {n} concepts are numbered from 0; got {concept!r}.")
        return int(concept)

    def _select(self, numbers: ArrayLike) -> None:
        inside = np.zeros(len(self.names), bool)
        inside[np.asarray(numbers, np.int64)] = True
        known = np.flatnonzero(inside)
        with self.hold_sync():
            self.selected, self.tiles = tuple(known.tolist()), []
            self.selection = known.astype("<u4").tobytes()

    def _tell_selected(self, before: tuple[int, ...]) -> None:
        if self.selected != before:
            for callback in self._callbacks:
                callback(self.selected)

    def _with_view(self, number: int, relevance: bool) -> list[dict[str, Any]]:
        """The views kept, with that of a concept as the last."""
        known = next((view for view in self.views if view["number"] == number), None)
        if known is None or (relevance and known["relevance"] is None and self._relevance is not None):
            rows = known["relevance"] if known else None
            if relevance and self._relevance is not None:
                rows = pack_relevance(self._relevance(number), self._numbers, MOST_RELEVANT)
            shown = [square(one, VIEW_SIDE) for one in self._pictures_of(number)[:MOST_VIEWED]]
            encoded = [encode(one, "webp", quality=75) for one in shown]
            known = {"number": number, "pictures": encoded, "relevance": rows}
        return [*(view for view in self.views if view["number"] != number), known][-MOST_KEPT:]

    def _tile(self, number: int) -> bytes:
        pictures = self._pictures_of(number)
        return encode(square(pictures[0], 2 * SMALL), "webp", quality=75) if pictures else b""

    def _pictures_of(self, number: int) -> list[UInt8]:
        if self._pictures is None:
            return []
        given = self._pictures(number) if callable(self._pictures) else self._pictures[number]
        return [check_image(picture) for picture in given]

    def __repr__(self) -> str:
        kinds = ", ".join(self._groups) or "no labels"
        return f"SemanticMap({len(self.names):,} concepts; {', '.join(self._positions)}; {kinds})"


def _one_of(value: str, what: str, options: list[str]) -> str:
    if value not in options:
        raise traitlets.TraitError(
            f"`{what}` must be one of {options}; got {value!r}.{did_you_mean(value, options)}"
        )
    return value
