"""Why a network decided as it did: one concept graph per class over the picture."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from PIL.Image import Image

from xaikit.core.images.checks import UInt8, check_image
from xaikit.widgets.kit.bundle import bundle
from xaikit.widgets.kit.graph_packing import pack_graphs
from xaikit.widgets.kit.graph_still import draw_graphs
from xaikit.widgets.kit.naming import Concept, NamingView, Rename, concepts_of, with_names
from xaikit.widgets.kit.packing import (
    PatchStore,
    check_answer,
    check_drawn,
    encode_drawn,
    encode_picture,
    number,
)

__all__ = ["ConceptGraph"]


class ConceptGraph(NamingView):
    """The concept graphs of several classes side by side, for one picture.

    Parameters
    ----------
    picture : uint8 (h, w, 3)
    graphs
        one mapping per class: ``name``; ``network`` and ``student``, the probabilities that the network and
        the GRN give it among the classes asked about (``student`` may be None); ``why`` and ``why_not``,
        sentences; ``nodes`` and ``edges``, see below; optionally ``versus``: ``nodes`` and ``edges``, their
        contributions towards the predicted class, optionally ``effects`` and ``edge_effects``, those of the
        nodes and edges upon it, and a ``sentence``
    prediction : the network's class among those asked about
    title : heading
    answer : {"name", "probability"}, the network's own most probable class of all it knows
    warning : what the beholder has to be warned of, across the top
    rename : called as ``rename(class name, number of the concept, name)`` when a hand names a concept;
        "" takes the name away
    drawn : uint8 (n·h, n·w, 3), the picture drawn again at higher resolution, for the eye alone

    A node has ``name`` (its number in the picture), ``x`` and ``y`` (0..1 of the picture), ``contribution``
    (learned by the GRN), ``detected``; and may have

    * ``effect``: how much the class's logit falls when the region is filled in, *measured* on the network;
    * ``label``, the name a person gave it; ``suggested``, {"name", "share"}, one to propose; ``concept``, its
      number where that is not the node's place in the list;
    * ``mask`` (bool (h, w)), ``distance``, ``threshold``, and ``missing``: why it was not found, in words;
    * ``examples``, uint8 (h, w, 3) pictures with the concept outlined in them, or patches, uint8 (h, w, 4);
      ``drawn_examples``, the same at higher resolution, shown in their place; ``cutouts``, patches;
    * ``heat``: uint8 (rows, columns), how much each place of the picture is like the concept, 0 to 255.

    An edge has ``source`` and ``target`` (numbers of nodes), ``contribution``, and may have ``effect``.

    Attributes
    ----------
    selected : (class name, number of the concept) whose examples are open, or None; follows clicks
    positions
        {class name: [(x, y) or None for each node]}, where hands have put nodes, in shares of the picture (y
        beyond 1 is below it)
    reading : "why_not" (why the prediction, why not the others), "why" (each class's own case), or "versus"

    Raises
    ------
    ValueError, TypeError
        A field is missing or not what it should be; a NaN is refused, not drawn.

    Limits
    ------
    Contributions belong to the graph reasoning network, which imitates the network; how well, the effects
    measured beside them show, and the two probabilities beside each class. An effect is that of filling the
    region in: of the picture that remains, not of the concept alone.
    """

    _esm = bundle("concept_graph")
    _from_page: ClassVar[frozenset[str]] = frozenset({"selected", "positions", "reading"})

    picture = traitlets.Bytes().tag(sync=True)
    aspect = traitlets.Float(1.0).tag(sync=True)
    graphs = traitlets.List(traitlets.Dict()).tag(sync=True)
    patches = traitlets.List(traitlets.Bytes()).tag(sync=True)
    prediction = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Dict(None, allow_none=True).tag(sync=True)
    warning = traitlets.Unicode().tag(sync=True)
    drawn = traitlets.Bytes().tag(sync=True)
    selected = traitlets.Any(None, allow_none=True).tag(sync=True)
    positions = traitlets.Dict().tag(sync=True)
    reading = traitlets.Enum(["why_not", "why", "versus"], "why_not").tag(sync=True)

    def __init__(
        self,
        picture: UInt8,
        graphs: Sequence[Mapping[str, Any]],
        prediction: str,
        title: str = "",
        *,
        answer: Mapping[str, Any] | None = None,
        warning: str = "",
        rename: Rename | None = None,
        drawn: UInt8 | None = None,
    ) -> None:
        self._store, self._rename = PatchStore(), rename
        super().__init__(title=title, **self._packed(picture, graphs, prediction, answer, warning, drawn))

    def update(
        self,
        picture: UInt8,
        graphs: Sequence[Mapping[str, Any]],
        prediction: str,
        *,
        answer: Mapping[str, Any] | None = None,
        warning: str = "",
        drawn: UInt8 | None = None,
    ) -> None:
        """Show another picture or other graphs in the same place; nodes go back to their own places."""
        state = self._packed(picture, graphs, prediction, answer, warning, drawn)
        with self.hold_sync():
            self.selected, self.positions, self.error = None, {}, ""
            for name, value in state.items():
                setattr(self, name, value)

    @property
    def image(self) -> UInt8:
        """The picture, uint8 (h, w, 3)."""
        return self._image

    def still(self) -> Image:
        """Draw the graphs as a picture, without a browser."""
        shown = self._image if self._drawn is None else self._drawn
        return draw_graphs(shown, self.graphs, self.prediction, self.title, self.answer, self.warning)

    def _packed(
        self,
        picture: UInt8,
        graphs: Sequence[Mapping[str, Any]],
        prediction: str,
        answer: Mapping[str, Any] | None,
        warning: str,
        drawn: UInt8 | None,
    ) -> dict[str, Any]:
        image = check_image(picture)
        drawn = check_drawn(drawn, image)
        packed = pack_graphs(graphs, image, self._store, drawn)
        self._image, self._drawn = np.array(image), drawn
        return {
            "picture": encode_picture(picture),
            "drawn": encode_drawn(drawn),
            "aspect": picture.shape[1] / picture.shape[0],
            "graphs": packed,
            "patches": list(self._store.encoded),
            "prediction": str(prediction),
            "answer": check_answer(answer, "`answer`"),
            "warning": str(warning),
        }

    def _nameable(self) -> set[Concept]:
        return concepts_of(self.graphs)

    def _name(self, cls: str, concept: int, name: str) -> None:
        self.graphs = with_names(self.graphs, {(cls, concept): name})

    def shared(self) -> dict[str, Hashable]:
        """The chosen concept, with graphs of the same concepts."""
        return {"selected": frozenset((graph["name"], len(graph["nodes"])) for graph in self.graphs)}

    @traitlets.validate("selected")
    def _check_selected(self, proposal: dict[str, Any]) -> tuple[str, int] | None:
        value = proposal["value"]
        if value is None:
            return None
        match value:
            case [str() as cls, int() as concept] if not isinstance(concept, bool):
                if 0 <= concept < self._n_nodes().get(cls, 0):
                    return cls, concept
        raise traitlets.TraitError(f"`selected` must be (class name, number of a concept); got {value!r}.")

    @traitlets.validate("positions")
    def _check_positions(self, proposal: dict[str, Any]) -> dict[str, list[tuple[float, float] | None]]:
        n_nodes, result = self._n_nodes(), {}
        for cls, places in proposal["value"].items():
            if not isinstance(places, (list, tuple)) or len(places) != n_nodes.get(cls):
                raise traitlets.TraitError(
                    f"`positions` must be {{class name: (x, y) or None per node}}; got {cls!r}: {places!r}."
                )
            result[cls] = [None if place is None else _place(place) for place in places]
        return result

    def _n_nodes(self) -> dict[str, int]:
        return {graph["name"]: len(graph["nodes"]) for graph in self.graphs}

    def __repr__(self) -> str:
        height, width = self._image.shape[:2]
        names = ", ".join(graph["name"] for graph in self.graphs)
        return f"ConceptGraph({width}×{height} picture, prediction {self.prediction!r}, graphs of {names})"


def _place(place: Any) -> tuple[float, float]:
    try:
        x, y = (number(value, "a place in `positions`") for value in place)
    except (TypeError, ValueError) as error:
        raise traitlets.TraitError(
            f"`positions` must hold (x, y) for a node; got {place!r}. {error}"
        ) from None
    if not (-1 <= x <= 2 and -1 <= y <= 4):
        raise traitlets.TraitError(f"`positions` must stay near the picture, which is 0 to 1; got {place!r}.")
    return x, y
