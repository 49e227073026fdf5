"""Exercises of a lesson: a question, a prediction, and only then the right answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaikit.core.images.checks import UInt8
    from xaikit.widgets import ExerciseCard
    from xaikit.widgets.exercise_card import Choice, Deed, Number, Region, Word

__all__ = ["exercise"]

OVERLAP = 0.4  # of two boxes: what most people draw around a thing that they have found
OWNED = {"tolerance": "number", "unit": "number", "step": "number", "overlap": "region"}
"""The details that belong to one way of answering alone."""


def exercise(
    question: str,
    *,
    choices: Sequence[str] | None = None,
    number: tuple[float, float] | None = None,
    word: bool = False,
    region: UInt8 | None = None,
    done: Callable[[], Any] | None = None,
    answer: Any = None,
    title: str = "",
    hints: Sequence[str] = (),
    why: str = "",
    predict: bool = False,
    tolerance: float | None = None,
    unit: str | None = None,
    step: float | None = None,
    overlap: float | None = None,
) -> ExerciseCard:
    """Make a card with a question; *reveal* on it is shut until somebody has tried.

    Exactly one of `choices`, `number`, `word`, `region` and `done` says how it is answered.

    Parameters
    ----------
    question : plain text
    choices : texts to choose from, by mouse, finger or number key
    number : (low, high), the ends of a slider
    word : whether a word is to be written; capitals do not count
    region : a picture, uint8 (h, w, 3), to draw a box on
    done
        called without arguments when somebody presses *check*: whether something that is to be done
        elsewhere, such as on a patch board, is done. True or False; or {what has to be so: whether it is},
        and then the card says what is not so yet
    answer
        the right one: one of `choices`; a number; a word, or a list of those that are right; a bool mask
        (h, w) of `region`; of `done` a sentence on one way to do it. Or a callable without arguments that
        returns it, called when it is first needed: such an answer cannot be read in the cell
    title : heading
    hints : texts that are opened one at a time, in this order
    why : a sentence that stands below the right answer
    predict : whether any answer is taken as a prediction, and judged only when the right one is revealed
    tolerance : by how much a number may be off; None for half a step
    unit : of the number, such as "%"
    step : of the slider; None for about a hundredth of it
    overlap
        how much of the box and the box around the mask must be common to both, as intersection over union;
        None for 0.4

    Returns
    -------
    ExerciseCard
        Shown where it is the last line of a cell; its `tries`, `prediction` and `verdict` tell how it went.

    Raises
    ------
    ValueError, TypeError
        The question is empty; there is no way of answering, or there are two; there is no answer, or one that
        is none of this kind, such as a choice that is not there, or NaN.

    Limits
    ------
    What `answer` or `done` raise when they are asked is shown on the card, and counts as no try. A card does
    not know who answers, and begins anew when its cell is run again.
    """
    from xaikit.widgets import ExerciseCard  # only who asks needs anywidget

    ways = {"choices": choices, "number": number, "word": word or None, "region": region, "done": done}
    (way,) = _given(ways)
    details = {"tolerance": tolerance, "unit": unit, "step": step, "overlap": overlap}
    for name, value in details.items():
        if value is not None and OWNED[name] != way:
            raise ValueError(f"`{name}` belongs to `{OWNED[name]}`; got it with `{way}`. Leave it away.")
    if answer is None:
        wanted = "a sentence on one way to do it" if way == "done" else "the right one, or what returns it"
        raise ValueError(f"`answer` must be {wanted}; got None.")
    kind = _kind_of(way, ways[way], {name: value for name, value in details.items() if value is not None})
    return ExerciseCard(question, kind, answer, title, hints=hints, why=why, predict=predict)


def _given(ways: dict[str, Any]) -> list[str]:
    """The one way of answering, or ValueError."""
    given = [name for name, value in ways.items() if value is not None]
    if len(given) != 1:
        listed = ", ".join(f"`{name}`" for name in ways)
        came = "none" if not given else " and ".join(f"`{name}`" for name in given)
        raise ValueError(f"an exercise needs exactly one of {listed}; got {came}.")
    return given


def _kind_of(way: str, value: Any, details: dict[str, Any]) -> Choice | Number | Word | Region | Deed:
    from xaikit.widgets.exercise_card import Choice, Deed, Number, Region, Word

    if way == "number":
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
            raise TypeError(f"`number` must be (low, high); got {value!r}.")
        return Number(*value, **details)
    if way == "word":
        if value is not True:
            raise TypeError(f"`word` must be True or False; got {value!r}.")
        return Word()
    if way == "region":
        return Region(value, details.get("overlap", OVERLAP))
    return Choice(value) if way == "choices" else Deed(value)
