"""What a network takes for what: the confusion matrix, the pictures behind each cell, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import traitlets
from numpy.typing import ArrayLike
from PIL.Image import Image

from xaikit.core.errors import did_you_mean
from xaikit.core.images.checks import UInt8
from xaikit.widgets.confusion.cells import (
    Cell,
    check_cells,
    check_classes,
    check_confusion,
    count_cells,
    pack_answer,
    pack_cells,
    patches_of,
    summary,
)
from xaikit.widgets.confusion.still import draw_explorer
from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.dialogue import check_seq, seq_of
from xaikit.widgets.kit.packing import PatchStore
from xaikit.widgets.kit.view import View, told

__all__ = ["ConfusionExplorer"]

MOST_KEPT = 8  # explanations that stay in the page and in what is saved; older ones are asked for again


class ConfusionExplorer(View):
    """A confusion matrix to look into: pictures of each cell, their concept graphs, the suggested repair.

    Parameters
    ----------
    classes : names of the m classes
    confusion : int (m, m), how many pictures of the row's class got the column's class as answer
    pairs
        {(true class, predicted class): notes} for confused pairs; the notes are a mapping of ``kind`` (of
        error), ``advice``, and ``evidence``: sentences, or mappings with ``text``
    pictures
        {(true class, predicted class): pictures}, also of right answers; each picture a mapping of ``image``
        (uint8 (h, w, 3)), and optionally ``id`` and ``probability`` (of the network's answer). The first 24
        of a cell are shown, fewer where there are many cells
    explain
        (true class, predicted class, number of the picture) -> what is known about that picture, a mapping of
        ``views``: the graphs of the true and of the predicted class, as :class:`ConceptGraph` takes them (of
        one class for a right answer); ``image``: the picture that the views' masks belong to, uint8
        (h, w, 3), the picture itself if left out; ``cause``: what led the network astray, in words;
        ``where``: the picture with the cause outlined, uint8 (h, w, 3), or None; and ``repair``, None or a
        mapping of ``text``, ``before`` and ``after`` (uint8 (h, w, 3)), ``probabilities_before`` and
        ``probabilities_after`` ({class name: probability}). Without `explain` pictures can be looked at, but
        not chosen
    title : heading

    Attributes
    ----------
    selected_cell : (true class, predicted class) or None
    selected_picture : number of the chosen picture of that cell, or None
    answers : list of dict, the explanations opened last, at most 8; these also work in a saved page
    gesture : what the page asked last
    done : number of the last gesture answered

    Raises
    ------
    ValueError, TypeError
        The matrix does not count pictures of these classes, a key names no cell with pictures in it, or a
        field is missing or not what it should be.

    Limits
    ------
    The graphs belong to the graph reasoning network, which imitates the network, and a repair that works on
    one picture is evidence about that picture, not about the class.
    """

    _esm = bundle("confusion")
    _css = stylesheet("confusion")
    _from_page: ClassVar[frozenset[str]] = frozenset({"gesture"})

    classes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    confusion = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)
    cells = traitlets.List(traitlets.Dict()).tag(sync=True)
    explains = traitlets.Bool(False).tag(sync=True)
    answers = traitlets.List(traitlets.Dict()).tag(sync=True)
    patches = traitlets.List(traitlets.Bytes()).tag(sync=True)
    selected_cell = traitlets.Tuple(allow_none=True, default_value=None).tag(sync=True)
    selected_picture = traitlets.Int(None, allow_none=True).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    gesture = traitlets.Dict().tag(sync=True, echo_update=False)
    done = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        classes: Sequence[str],
        confusion: ArrayLike,
        pairs: Mapping[Cell, Mapping[str, Any]],
        pictures: Mapping[Cell, Sequence[Mapping[str, Any]]],
        explain: Callable[[str, str, int], Mapping[str, Any]] | None = None,
        title: str = "",
    ) -> None:
        names = check_classes(classes)
        matrix = check_confusion(confusion, names)
        counts = count_cells(matrix, names)
        check_cells(pairs, "`pairs`", counts, names)
        check_cells(pictures, "`pictures`", counts, names)
        cells = pack_cells(counts, pairs, pictures)
        self._explain, self._store = explain, PatchStore()
        self._pictures: dict[Cell, list[UInt8]] = {
            (cell["true"], cell["predicted"]): [
                one["image"]
                for one in list(pictures.get((cell["true"], cell["predicted"]), ()))[: len(cell["pictures"])]
            ]
            for cell in cells
        }
        super().__init__(
            title=title,
            classes=names,
            confusion=matrix.tolist(),
            summary=summary(counts),
            cells=cells,
            explains=explain is not None,
        )

    def choose(self, true: str, predicted: str, i: int | None = None) -> ConfusionExplorer:
        """Open a cell and, with `i`, explain its picture number `i` (from 0).

        Raises
        ------
        ValueError
            There is no such cell or picture, there is no `explain`, or it does not return what it should.
        """
        cell, number = self._check_choice((true, predicted), i)
        answers = self._with_answer(cell, number)
        self._show(cell, number, answers)
        return self

    def still(self) -> Image:
        """Draw the explorer as a picture, without a browser."""
        return draw_explorer(
            self.title,
            self.summary,
            self.classes,
            self.cells,
            self._cell_shown(),
            self._answer_shown(),
            self.selected_picture,
        )

    # --- from a gesture to the page ----------------------------------------------------------------------
    @traitlets.validate("gesture")
    def _check_gesture(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value = proposal["value"]
        try:
            check_seq(value.get("seq"), self.done)
            self._check_choice(value.get("cell"), value.get("picture"))
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return value  # as it came: a changed value would be sent back to the page

    @traitlets.observe("gesture")
    def _on_gesture(self, change: dict[str, Any]) -> None:
        cell, number = self._check_choice(change["new"]["cell"], change["new"].get("picture"))
        failure, answers = "", self.answers
        # Whatever `explain` raises belongs into the cell: from a message handler nobody sees it.
        try:
            answers = self._with_answer(cell, number)
        except Exception as error:
            failure = told(error)
        self._show(cell, number, answers, failure, done=change["new"]["seq"])

    def _refused(self, sync_data: dict[str, Any]) -> None:
        with self.hold_sync():
            self.done, self.busy = seq_of(sync_data, self.done), False

    def _show(
        self,
        cell: Cell,
        number: int | None,
        answers: list[dict[str, Any]],
        failure: str = "",
        **sequence: int,
    ) -> None:
        """Send what is chosen now, and what is known about it, in one message."""
        with self.hold_sync():
            self.selected_cell, self.selected_picture = cell, number
            self.answers, self.patches = answers, list(self._store.encoded)
            self.error, self.busy = failure, False
            for name, value in sequence.items():
                setattr(self, name, value)

    # --- asking ------------------------------------------------------------------------------------------
    def _with_answer(self, cell: Cell, number: int | None) -> list[dict[str, Any]]:
        """The kept answers, with that about a picture as the last; asked for where it is not among them."""
        if number is None:
            return self.answers
        known = self._kept(cell, number)
        answer = known or self._ask_explain(cell, number)
        others = [one for one in self.answers if one is not known]
        kept = [*others, answer][-MOST_KEPT:]
        self._store.keep({k for one in kept for k in patches_of(one)})
        return kept

    def _ask_explain(self, cell: Cell, number: int) -> dict[str, Any]:
        if self._explain is None:
            raise ValueError(
                "there is no `explain`, so pictures cannot be explained; give one to the explorer."
            )
        self.busy = True
        try:
            said = self._explain(*cell, number)
            return pack_answer(said, cell, number, self._pictures[cell][number], self._store)
        finally:
            self.busy = False

    def _kept(self, cell: Cell | None, number: int | None) -> dict[str, Any] | None:
        wanted = None if cell is None else (*cell, number)
        return next(
            (one for one in self.answers if (one["true"], one["predicted"], one["number"]) == wanted), None
        )

    def _check_choice(self, cell: Any, number: Any) -> tuple[Cell, int | None]:
        match cell:
            case [str() as true, str() as predicted]:
                wanted = true, predicted
            case _:
                raise ValueError(f"a cell is (true class, predicted class); got {cell!r}.")
        if wanted not in self._pictures:
            strange = next((name for name in wanted if name not in self.classes), None)
            hint = did_you_mean(strange, self.classes) if strange else ""
            raise ValueError(
                f"a cell must name two of {self.classes}, of which pictures were counted; "
                f"got {wanted!r}.{hint}"
            )
        n = len(self._pictures[wanted])
        if number is not None and (
            not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < n
        ):
            raise ValueError(f"the {n} pictures shown of {wanted!r} are numbered from 0; got {number!r}.")
        return wanted, number

    def _cell_shown(self) -> dict[str, Any] | None:
        return next(
            (cell for cell in self.cells if (cell["true"], cell["predicted"]) == self.selected_cell), None
        )

    def _answer_shown(self) -> dict[str, Any] | None:
        return self._kept(self.selected_cell, self.selected_picture)

    def __repr__(self) -> str:
        return f"ConfusionExplorer({len(self.classes)} classes. {self.summary})"
