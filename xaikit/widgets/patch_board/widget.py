"""Change a picture patch by patch, and watch the network change its mind."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import traitlets
from PIL.Image import Image

from xaikit.core.images import shown
from xaikit.core.images.checks import UInt8, check_pixels
from xaikit.widgets.kit.bundle import bundle
from xaikit.widgets.kit.dialogue import check_seq, seq_of
from xaikit.widgets.kit.graph_packing import pack_graphs
from xaikit.widgets.kit.naming import Concept, NamingView, Rename, concepts_of, with_names
from xaikit.widgets.kit.packing import (
    PatchStore,
    check_answer,
    check_drawn,
    check_probabilities,
    encode_drawn,
    encode_picture,
    field,
)
from xaikit.widgets.kit.view import told
from xaikit.widgets.patch_board.editing import Fill, Placed, edit_picture, redrawn, still_there
from xaikit.widgets.patch_board.gestures import check_gesture
from xaikit.widgets.patch_board.history import Answer, History, Said, Step
from xaikit.widgets.patch_board.still import draw_board
from xaikit.widgets.patch_board.trays import pack_tray

__all__ = ["PatchBoard"]

Place = tuple[float, float]


class PatchBoard(NamingView):
    """A picture to edit, a tray of patches of concepts, and what two networks say before and after.

    Parameters
    ----------
    picture : uint8 (h, w, 3), or a view (h, w, c): the page is shown the first three channels
    concepts
        one mapping per concept: ``cls``, ``concept`` (its number, from 0), ``name`` (what it is called in the
        picture), optionally ``label`` (the name a person gave it) and ``suggested`` ({"name", "share"}), and
        ``patches``, each with ``image`` (uint8 (h, w, 4), at the scale of the picture), ``good`` (whether it
        speaks for its class), optionally ``score``, ``source`` and ``context`` (uint8 (h, w, 3), the patch
        outlined in its surroundings)
    predict
        picture -> {"probabilities": {class name: probability}, "answer": {"name", "probability"}, the most
        probable of all classes of the network, or None}; asked after every edit. The probabilities alone
        will do
    explain
        (picture, placed) -> {"student": {class name: probability}, "graphs": as :class:`ConceptGraph` takes
        them, "prediction": class name, optionally "warning": str}; asked after `predict` has been answered
        and shown. `placed` is what hands have put into the picture or moved in it and is still there, the
        latest last, each {"cls", "concept", "mask": bool (h, w)}. Without it there are no numbered concepts
        to drop on, to move or to delete, only free places
    fill : what is left where a concept was, as in :func:`xaikit.core.images.erase`
    title : heading
    rename, drawn : as in :class:`ConceptGraph`; what edits have changed is shown in its own pixels

    Attributes
    ----------
    image : uint8 (h, w, 3), the picture as it is now
    edits : list of dict, the edits that led to it
    probabilities, before : {class name: probability} of the network, now and before the first edit
    answer, answer_before : the network's own answer, now and before the first edit, or None
    student, student_before : the same of the GRN; empty without `explain`
    prediction : the network's class now
    gesture : what the page asked last

    Limits
    ------
    Every drop runs the network on a picture that no camera took: its answer says how the network reacts to
    the patch together with the patch's edge.
    """

    _esm = bundle("patch_board")
    _from_page: ClassVar[frozenset[str]] = frozenset({"gesture"})

    picture = traitlets.Bytes().tag(sync=True)
    drawn = traitlets.Bytes().tag(sync=True)
    aspect = traitlets.Float(1.0).tag(sync=True)
    trays = traitlets.List(traitlets.Dict()).tag(sync=True)
    patches = traitlets.List(traitlets.Bytes()).tag(sync=True)
    probabilities = traitlets.Dict().tag(sync=True)
    before = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict(None, allow_none=True).tag(sync=True)
    answer_before = traitlets.Dict(None, allow_none=True).tag(sync=True)
    student = traitlets.Dict().tag(sync=True)
    student_before = traitlets.Dict().tag(sync=True)
    graphs = traitlets.List(traitlets.Dict()).tag(sync=True)
    prediction = traitlets.Unicode().tag(sync=True)
    warning = traitlets.Unicode().tag(sync=True)
    edits = traitlets.List(traitlets.Dict()).tag(sync=True)
    n_undo = traitlets.Int(0).tag(sync=True)
    n_redo = traitlets.Int(0).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    gesture = traitlets.Dict().tag(sync=True, echo_update=False)
    done = traitlets.Int(0).tag(sync=True)
    graphed = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        picture: UInt8,
        concepts: Sequence[Mapping[str, Any]],
        predict: Callable[[UInt8], Mapping[str, Any]],
        explain: Callable[..., Mapping[str, Any]] | None = None,
        fill: Fill = "mean",
        title: str = "",
        *,
        rename: Rename | None = None,
        drawn: UInt8 | None = None,
    ) -> None:
        self._predict, self._explain, self._fill = predict, explain, fill
        self._rename, self._names = rename, dict[Concept, str]()
        image = check_pixels(picture).copy()  # a View stays one
        self._drawn = check_drawn(drawn, shown(image))
        self._store = PatchStore()
        trays = [pack_tray(concept, image, self._store) for concept in concepts]
        self._trays = _patches_of(concepts)
        self._history = History(Step(image, self._ask_network(image)))
        self._answer(self._history.now)
        super().__init__(title=title, trays=trays, **self._picture_state(), **self._graph_state())

    @property
    def image(self) -> UInt8:
        """The picture as it is now, uint8 (h, w, 3)."""
        return self._history.now.image.copy()

    def substitute(self, cls: str, concept: int, patch: int, on: Concept | Place | None = None) -> PatchBoard:
        """Paste a patch of the tray.

        Parameters
        ----------
        cls, concept, patch : which patch: its class, the number of its concept, its number in the tray
        on
            where to: (class name, number of a concept found in the picture), (x, y) in shares of the
            picture, or None for the concept itself
        """
        if on is None:
            on = (cls, concept)
        onto = isinstance(on[0], str)
        return self._by_name(
            kind="substitute", cls=cls, concept=concept, patch=patch, **{"onto" if onto else "at": on}
        )

    def move(self, cls: str, concept: int, x: float, y: float) -> PatchBoard:
        """Move a concept of the picture so that its middle lies at (x, y), in shares of the picture."""
        return self._by_name(kind="move", cls=cls, concept=concept, to=(x, y))

    def delete(self, cls: str, concept: int) -> PatchBoard:
        """Erase a concept of the picture."""
        return self._by_name(kind="delete", cls=cls, concept=concept)

    def undo(self) -> PatchBoard:
        """Take the last edit back."""
        return self._by_name(kind="undo")

    def redo(self) -> PatchBoard:
        """Make the edit again that was undone last."""
        return self._by_name(kind="redo")

    def reset(self) -> PatchBoard:
        """Go back to the first picture; `redo` leads on from there."""
        return self._by_name(kind="reset")

    def still(self) -> Image:
        """Draw the board as a picture, without a browser."""
        now = self._history.now
        return draw_board(
            shown(now.image) if self._drawn is None else self._drawn_now(self._drawn),
            now.said,
            self._history.first.said,
            self.graphs,
            self.prediction,
            self.title,
            self.warning,
        )

    # --- from a gesture to the page ----------------------------------------------------------------------
    def _by_name(self, **gesture: Any) -> PatchBoard:
        self._carry_out(check_gesture(gesture, self._n_patches()))
        self._show_picture()
        self._show_graphs()
        return self

    @traitlets.validate("gesture")
    def _check_gesture(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value = proposal["value"]
        try:
            check_seq(value.get("seq"), self.done)
            check_gesture(value, self._n_patches())
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return value  # as it came: a changed value would be sent back to the page

    @traitlets.observe("gesture")
    def _on_gesture(self, change: dict[str, Any]) -> None:
        seq, more = change["new"]["seq"], change["new"].get("more") is True
        # Whatever `predict` and `explain` raise belongs into the cell: from a message handler nobody sees it.
        failure = ""
        try:
            self._carry_out(check_gesture(change["new"], self._n_patches()))
        except Exception as error:
            failure = told(error)
        self._show_picture(failure, done=seq)
        if more:
            return
        try:
            self._show_graphs(graphed=seq)
        except Exception as error:
            self._say(told(error), seq)

    def _refused(self, sync_data: dict[str, Any]) -> None:
        self._say(self.error, seq_of(sync_data, self.done))

    def _say(self, error: str, seq: int) -> None:
        """Tell what went wrong with a gesture, and that it is over."""
        with self.hold_sync():
            self.error, self.done, self.graphed, self.busy = error, seq, seq, False

    def _carry_out(self, edit: dict[str, Any]) -> None:
        if edit["kind"] in ("undo", "redo", "reset"):
            self._history.go(edit["kind"])
            return
        now = self._history.now
        graphs = [] if "at" in edit else self._answer(now).graphs
        edited = edit_picture(now.image, edit, self._trays, graphs, self._fill)
        said = self._ask_network(edited.image)
        self._history.add(Step(edited.image, said, edit, still_there(now.placed, edited)))

    def _show_picture(self, failure: str = "", **sequence: int) -> None:
        """Send the present picture and the network's probabilities, in one message."""
        now = self._history.now
        with self.hold_sync():
            self.error, self.busy = failure, now.answer is None and self._explain is not None
            for name, value in {**self._picture_state(), **sequence}.items():
                setattr(self, name, value)

    def _show_graphs(self, **sequence: int) -> None:
        """Ask for the graphs of the present picture, where not known, and send them in one message."""
        try:
            self._answer(self._history.now)
        except Exception:
            with self.hold_sync():  # the graphs of an earlier picture would be wrong about this one
                self.graphs, self.student, self.warning, self.busy = [], {}, "", False
            raise
        with self.hold_sync():
            self.busy = False
            for name, value in {**self._graph_state(), **sequence}.items():
                setattr(self, name, value)

    def _drawn_now(self, drawn: UInt8) -> UInt8:
        return redrawn(drawn, self._history.first.image, self._history.now.image)

    def _picture_state(self) -> dict[str, Any]:
        now, first = self._history.now, self._history.first
        return {
            "picture": encode_picture(shown(now.image)),
            "drawn": b"" if self._drawn is None else encode_drawn(self._drawn_now(self._drawn)),
            "aspect": now.image.shape[1] / now.image.shape[0],
            "probabilities": now.said.probabilities,
            "before": first.said.probabilities,
            "answer": now.said.own,
            "answer_before": first.said.own,
            "edits": self._history.edits,
            "n_undo": self._history.n_undo,
            "n_redo": self._history.n_redo,
        }

    def _graph_state(self) -> dict[str, Any]:
        now, first = self._answer(self._history.now), self._answer(self._history.first)
        drawn = None if self._drawn is None else self._drawn_now(self._drawn)
        graphs = pack_graphs(now.graphs, shown(self._history.now.image), self._store, drawn)
        state: dict[str, Any] = {
            "graphs": with_names(graphs, self._names),
            "warning": now.warning,
            "student": now.student,
            "student_before": first.student,
            "prediction": now.prediction,
        }
        if len(self._store.encoded) != len(self.patches):
            state["patches"] = list(self._store.encoded)
        return state

    # --- asking ------------------------------------------------------------------------------------------
    def _ask_network(self, image: UInt8) -> Said:
        said = self._predict(image.copy())
        if not isinstance(said, Mapping) or not isinstance(said.get("probabilities"), Mapping):
            return Said(check_probabilities(said, "`predict`"))
        own = check_answer(said.get("answer"), "`answer` that `predict` returned")
        return Said(check_probabilities(said["probabilities"], "`predict`"), own)

    def _answer(self, step: Step) -> Answer:
        """What `explain` says about a step, asked once."""
        if step.answer is None:
            step.answer = self._ask_explain(step)
        return step.answer

    def _ask_explain(self, step: Step) -> Answer:
        if self._explain is None:
            chances = step.said.probabilities
            return Answer({}, [], max(chances, key=chances.__getitem__))
        asked = (step.image.copy(), [_told_of(one) for one in step.placed])
        said = self._explain(*asked[: _n_taken(self._explain)])
        missing = [key for key in ("student", "graphs", "prediction") if key not in said]
        if missing:
            raise ValueError(f"`explain` must return student, graphs and prediction; {missing} are missing.")
        return Answer(
            check_probabilities(said["student"], "`explain`'s student"),
            said["graphs"],
            str(said["prediction"]),
            str(said.get("warning", "")),
        )

    # --- names -------------------------------------------------------------------------------------------
    def _nameable(self) -> set[Concept]:
        return concepts_of(self.graphs) | set(self._trays)

    def _name(self, cls: str, concept: int, name: str) -> None:
        self._names[cls, concept] = name
        self.graphs = with_names(self.graphs, self._names)
        self.trays = [
            tray | {"label": self._names.get((tray["cls"], tray["concept"]), tray["label"])}
            for tray in self.trays
        ]

    def _n_patches(self) -> dict[Concept, int]:
        """How many patches each concept has; those of the graphs can be dropped on without having any."""
        shown = {(graph["name"], i): 0 for graph in self.graphs for i in range(len(graph["nodes"]))}
        return shown | {concept: len(patches) for concept, patches in self._trays.items()}

    def __repr__(self) -> str:
        height, width = self._history.now.image.shape[:2]
        chance = self.probabilities[self.prediction] if self.prediction in self.probabilities else 0.0
        return (
            f"PatchBoard({width}×{height} picture, {len(self._trays)} concepts, "
            f"{len(self.edits)} edits, now {self.prediction!r} {chance:.0%})"
        )


def _told_of(placed: Placed) -> dict[str, Any]:
    """What `explain` is told of a concept that a hand has put somewhere."""
    return {"cls": placed.cls, "concept": placed.concept, "mask": placed.mask.copy()}


def _n_taken(explain: Callable[..., Any]) -> int:
    """How many of (picture, placed) `explain` takes. To be removed once every caller takes both."""
    try:
        inspect.signature(explain).bind(None, None)
    except TypeError:
        return 1
    return 2


def _patches_of(concepts: Sequence[Mapping[str, Any]]) -> dict[Concept, list[UInt8]]:
    """{(class name, number of a concept): the patches of its tray}; each concept has one tray."""
    trays: dict[Concept, list[UInt8]] = {}
    for one in concepts:
        concept = (str(field(one, "cls", "a concept")), int(field(one, "concept", "a concept")))
        if concept in trays:
            raise ValueError(f"each concept has one tray; concept {concept[1]} of {concept[0]!r} came twice.")
        trays[concept] = [patch["image"] for patch in one["patches"]]
    return trays
