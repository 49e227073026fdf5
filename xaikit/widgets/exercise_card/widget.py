"""An exercise: a question, what a student predicts, and the right answer only after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import traitlets
from PIL.Image import Image

from xaikit.widgets.exercise_card.kinds import Deed, Kind, Region, check_line
from xaikit.widgets.exercise_card.still import draw_card
from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.dialogue import check_seq, seq_of
from xaikit.widgets.kit.packing import encode_picture
from xaikit.widgets.kit.view import View, told

__all__ = ["ExerciseCard"]

ASKED = ("answer", "hint", "reveal")
SHOWN_SIDE = 448  # pixels of the picture that a box is drawn on
EARLY = "It needs what another cell makes: run the notebook's cells in their order first."
KEPT = "Your prediction is kept. Now go on, or reveal what is so."


class ExerciseCard(View):
    """A question with a field for the answer, hints one at a time, and *reveal*, shut until there was a try.

    The right answer and the hints that are not yet opened stay in Python: neither the page nor a saved
    notebook holds them before they are shown.

    Parameters
    ----------
    question : plain text
    kind : how it is answered: one of :mod:`xaikit.widgets.exercise_card.kinds`
    answer
        the right one, or a callable without arguments that returns it, called when it is first needed. Of a
        :class:`~xaikit.widgets.exercise_card.kinds.Deed` words for one way to do it
    title : heading, such as "Exercise 1"
    hints : texts, opened in this order
    why : a sentence that stands below the right answer
    predict
        whether the answer is a prediction: any is taken, and nothing is said of it before it is revealed

    Attributes
    ----------
    prediction : the answer that was given last, or None
    tries : how many answers were given
    hints : those that were opened
    verdict
        "" before the first try, "kept" of a prediction, "not yet", "right", or "shown" where the right answer
        was revealed and another one was given
    said : what is said of the last try
    revealed : empty until the right answer is shown, then {"answer": words, "why": words, "box": of a region}

    Raises
    ------
    ValueError, TypeError
        A field is not what it should be, or a right answer that is given as a value is none of its kind.

    Limits
    ------
    Whoever reads the notebook's code sees an answer that stands in it: let it be computed. A card that is
    made anew, as when its cell is run again, begins at the first try.
    """

    _esm = bundle("exercise_card")
    _css = stylesheet("exercise_card")
    _from_page: ClassVar[frozenset[str]] = frozenset({"gesture"})

    question = traitlets.Unicode().tag(sync=True)
    task = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes().tag(sync=True)
    predict = traitlets.Bool(False).tag(sync=True)
    prediction = traitlets.Any(None, allow_none=True).tag(sync=True)
    tries = traitlets.Int(0).tag(sync=True)
    hints = traitlets.List(traitlets.Unicode()).tag(sync=True)
    n_hints = traitlets.Int(0).tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    revealed = traitlets.Dict().tag(sync=True)
    gesture = traitlets.Dict().tag(sync=True, echo_update=False)
    done = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        question: str,
        kind: Kind,
        answer: Any,
        title: str = "",
        *,
        hints: Sequence[str] = (),
        why: str = "",
        predict: bool = False,
    ) -> None:
        if isinstance(hints, str) or not isinstance(hints, Sequence):
            raise TypeError(f"`hints` must be a list of texts; got {hints!r}.")
        if predict and isinstance(kind, Deed):
            raise ValueError("`predict` asks for a prediction, and `done` for none: give one of the two.")
        self._kind, self._why = kind, check_line(why, "`why`") if why != "" else ""
        self._ladder = [check_line(hint, "each of `hints`") for hint in hints]
        self._asked: Callable[[], Any] | None = answer if callable(answer) else None
        self._truth = None if callable(answer) else kind.truth(answer)
        picture = encode_picture(kind.picture, SHOWN_SIDE) if isinstance(kind, Region) else b""
        super().__init__(
            title=title,
            question=check_line(question, "`question`"),
            task=kind.packed(),
            picture=picture,
            predict=bool(predict),
            n_hints=len(self._ladder),
        )

    def answer(self, value: Any = None) -> ExerciseCard:
        """Give an answer, as a hand in the page does: a text, a number, a box, or nothing where it is done.

        Raises
        ------
        ValueError
            It is no answer of this kind.
        """
        return self._by_name(kind="answer", given=value)

    def hint(self) -> ExerciseCard:
        """Open the next hint, if there is one."""
        return self._by_name(kind="hint")

    def reveal(self) -> ExerciseCard:
        """Show the right answer, and why it is.

        Raises
        ------
        ValueError
            Nothing was predicted or tried yet.
        """
        return self._by_name(kind="reveal")

    def still(self) -> Image:
        """Draw the card as a picture, without a browser."""
        own = self.prediction
        given = "" if own is None else self._kind.told(own)
        options = list(getattr(self._kind, "options", ()))
        picture = self._kind.picture if isinstance(self._kind, Region) else None
        return draw_card(self, given, options, picture)

    # --- from a gesture to the page ----------------------------------------------------------------------
    def _by_name(self, **gesture: Any) -> ExerciseCard:
        self._check(gesture)
        self._show(self._carried_out(gesture))
        return self

    def _check(self, gesture: Mapping[str, Any]) -> None:
        kind = gesture.get("kind")
        if kind not in ASKED:
            raise ValueError(f"`kind` must be one of {list(ASKED)}; got {kind!r}.")
        if kind == "answer":
            self._kind.given(gesture.get("given"))
        if kind == "reveal" and not self.tries:
            raise ValueError("what is right is shown after a try: answer first, as well as you can.")

    @traitlets.validate("gesture")
    def _check_gesture(self, proposal: dict[str, Any]) -> dict[str, Any]:
        value = proposal["value"]
        try:
            check_seq(value.get("seq"), self.done)
            self._check(value)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return value  # as it came: a changed value would be sent back to the page

    @traitlets.observe("gesture")
    def _on_gesture(self, change: dict[str, Any]) -> None:
        # Whatever the author's callables raise belongs into the cell: from a message handler nobody sees it.
        try:
            news = self._carried_out(change["new"])
        except Exception as error:
            early = f". {EARLY}" if isinstance(error, NameError) else ""
            news = {"error": f"{told(error)}{early}"}  # all else stays as it was
        self._show({"error": "", **news}, done=change["new"]["seq"])

    def _refused(self, sync_data: dict[str, Any]) -> None:
        super()._refused({name: one for name, one in sync_data.items() if name != "gesture"})
        self.done = seq_of(sync_data, self.done)

    def _show(self, news: Mapping[str, Any], **sequence: int) -> None:
        """Send what is new, in one message; the notebook keeps the card as it is now."""
        with self.hold_sync():
            for name, value in {**news, **sequence}.items():
                setattr(self, name, value)
        self.redraw()

    def _carried_out(self, gesture: Mapping[str, Any]) -> dict[str, Any]:
        """What a gesture changes: {trait: value}."""
        if gesture["kind"] == "hint":
            return {"hints": self._ladder[: len(self.hints) + 1]}
        if self.revealed:  # nothing is left to be found out
            return {}
        if gesture["kind"] == "reveal":
            return self._revealed(self._right_answer(), self.prediction)
        return self._tried(self._kind.given(gesture.get("given")))

    def _tried(self, given: Any) -> dict[str, Any]:
        counted = {"prediction": given, "tries": self.tries + 1}
        if self.predict:
            return counted | {"verdict": "kept", "said": KEPT}
        truth = self._right_answer()
        judged = self._kind.judged(given, truth)
        if judged.right:
            return counted | self._revealed(truth, given, right=True)
        return counted | {"verdict": "not yet", "said": judged.word}

    def _revealed(self, truth: Any, given: Any, right: bool | None = None) -> dict[str, Any]:
        """What is told once nothing is left to be found out."""
        if right is None:
            right = not isinstance(self._kind, Deed) and self._kind.judged(given, truth).right
        revealed = {"answer": self._kind.told(truth), "why": self._why}
        if isinstance(self._kind, Region):
            revealed["box"] = truth
        said = self._compared(given, right)
        return {"verdict": "right" if right else "shown", "said": said, "revealed": revealed}

    def _compared(self, given: Any, right: bool) -> str:
        """What is said of an answer once the right one stands below it."""
        if isinstance(self._kind, Deed) or (right and not self.predict):
            return ""
        if isinstance(self._kind, Region):
            return "So it is." if right else "Your box has a full line, the right one is dashed."
        return f"You said {self._kind.told(given)}{', and so it is' if right else ''}."

    def _right_answer(self) -> Any:
        """The right answer, asked for once."""
        if self._truth is None and self._asked is not None:
            self._truth = self._kind.truth(self._asked())
        return self._truth

    def __repr__(self) -> str:
        state = self.verdict or "not tried"
        return f"ExerciseCard({self.question!r}, {state}, {self.tries} tries, {len(self.hints)} hints)"
