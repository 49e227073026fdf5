"""Why a network decided as it did: one concept graph per class over the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from PIL.Image import Image

from xaikit.core.images.checks import UInt8, check_image
from xaikit.widgets.bundle import bundle
from xaikit.widgets.packing import PatchStore, encode_picture, number, pack_graphs
from xaikit.widgets.still import draw_graphs
from xaikit.widgets.view import View

__all__ = ["ConceptGraph"]


class ConceptGraph(View):
    """The concept graphs of several classes side by side, for one picture.

    Parameters
    ----------
    picture : uint8 (h, w, 3)
    graphs
        one mapping per class: ``name``; ``network`` and ``student``, the probabilities that the network and
        the GRN give it (``student`` may be None); ``why`` and ``why_not``, sentences; ``nodes``, each with
        ``name``, ``label``, ``x`` and ``y`` (0..1 of the picture), ``contribution``, ``detected``, ``mask``
        (bool (h, w) or None), ``distance``, ``threshold``, ``examples`` (patches, uint8 (h, w, 4));
        ``edges``, each with ``source`` and ``target`` (numbers of nodes) and ``contribution``; optionally
        ``versus``: ``nodes`` and ``edges``, their contributions towards the predicted class, and a
        ``sentence``
    prediction : the network's class
    title : heading

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
    Contributions belong to the graph reasoning network, which imitates the network; how well, its two
    probabilities beside each class show.
    """

    _esm = bundle("concept_graph.js")
    _from_page = frozenset({"selected", "positions", "reading"})

    picture = traitlets.Bytes().tag(sync=True)
    aspect = traitlets.Float(1.0).tag(sync=True)
    graphs = traitlets.List(traitlets.Dict()).tag(sync=True)
    patches = traitlets.List(traitlets.Bytes()).tag(sync=True)
    prediction = traitlets.Unicode().tag(sync=True)
    selected = traitlets.Any(None, allow_none=True).tag(sync=True)
    positions = traitlets.Dict().tag(sync=True)
    reading = traitlets.Enum(["why_not", "why", "versus"], "why_not").tag(sync=True)

    def __init__(
        self, picture: UInt8, graphs: Sequence[Mapping[str, Any]], prediction: str, title: str = ""
    ) -> None:
        self._store = PatchStore()
        super().__init__(title=title, **self._packed(picture, graphs, prediction))

    def update(self, picture: UInt8, graphs: Sequence[Mapping[str, Any]], prediction: str) -> None:
        """Show another picture or other graphs in the same place; nodes go back to their own places."""
        state = self._packed(picture, graphs, prediction)
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
        return draw_graphs(self._image, self.graphs, self.prediction, self.title)

    def _packed(self, picture: UInt8, graphs: Sequence[Mapping[str, Any]], prediction: str) -> dict[str, Any]:
        packed = pack_graphs(graphs, check_image(picture), self._store)
        self._image = np.array(picture)
        return {
            "picture": encode_picture(picture),
            "aspect": picture.shape[1] / picture.shape[0],
            "graphs": packed,
            "patches": list(self._store.encoded),
            "prediction": str(prediction),
        }

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
