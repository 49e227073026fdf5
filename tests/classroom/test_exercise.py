"""Exercises: each way of answering, tries, hints, and the right answer nowhere before it is due."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _remove_buffers

import xaikit as xk
from xaikit.widgets import ExerciseCard

MASK = np.zeros((64, 64), bool)
MASK[16:32, 8:24] = True
PICTURE = np.full((64, 64, 3), 90, np.uint8)
ON_IT, BESIDE = [0.125, 0.25, 0.25, 0.25], [0.7, 0.7, 0.2, 0.2]


def choice(**more: Any) -> ExerciseCard:
    given = {"choices": ["ladder", "cross", "wheel"], "answer": "cross", **more}
    return xk.exercise("Which part?", **given)


def percent(**more: Any) -> ExerciseCard:
    return xk.exercise("How sure?", **{"number": (0, 100), "unit": "%", "answer": 87.3, **more})


def region(**more: Any) -> ExerciseCard:
    return xk.exercise("Where?", **{"region": PICTURE, "answer": MASK, **more})


def asks(card: ExerciseCard, **gesture: Any) -> None:
    """What a page sends."""
    card.set_state({"gesture": {"seq": card.done + 1, **gesture}})


# ---- each way of answering ----
def test_one_of_several_texts() -> None:
    card = choice().answer("wheel")
    assert (card.verdict, card.tries, card.prediction, card.revealed) == ("not yet", 1, "wheel", {})
    card.answer("cross")
    assert (card.verdict, card.tries, card.revealed["answer"]) == ("right", 2, "cross")


@pytest.mark.parametrize(
    ("given", "tolerance", "verdict", "said"),
    [
        (87, None, "right", ""), (87.8, None, "right", ""), (87.9, None, "not yet", "It is less."),
        (40, None, "not yet", "It is more."), (80, 10, "right", ""), (77, 10, "not yet", "It is more."),
    ],
)  # fmt: skip
def test_a_number_may_be_off_by_so_much(given: float, tolerance: Any, verdict: str, said: str) -> None:
    card = percent(tolerance=tolerance).answer(given)
    assert (card.verdict, card.said) == (verdict, said)


@pytest.mark.parametrize(
    ("ends", "step", "digits"), [((0, 100), 1, 0), ((0, 1), 0.01, 2), ((0, 12), 0.1, 1), ((0, 5000), 100, 0)]
)
def test_a_slider_has_about_a_hundred_steps(ends: tuple[float, float], step: float, digits: int) -> None:
    task = percent(number=ends, answer=0.5).task
    assert (task["step"], task["digits"]) == (pytest.approx(step), digits)


def test_a_word_in_any_of_its_spellings() -> None:
    card = xk.exercise("What is it?", word=True, answer=["Light bar", "lights"])
    assert card.answer("siren").verdict == "not yet"
    assert card.answer("  LIGHT \t bar".replace("\t ", "")).verdict == "right"
    assert card.revealed["answer"] == "Light bar"
    assert xk.exercise("Was ist das?", word=True, answer="Straße").answer("STRASSE").verdict == "right"


def test_a_box_on_a_picture() -> None:
    card = region().answer(BESIDE)
    assert (card.verdict, card.said) == ("not yet", "It is somewhere else.")
    assert card.answer([0.0, 0.1, 0.9, 0.8]).said.startswith("It is in your box, with much else")
    assert card.answer([0.2, 0.4, 0.3, 0.3]).said == "Your box holds a piece of it."
    assert card.answer([0.15, 0.25, 0.25, 0.25]).verdict == "right"
    assert card.revealed["box"] == ON_IT


def test_boxes_must_overlap_so_far_by_hand() -> None:
    shifted = [0.25, 0.25, 0.25, 0.25]  # half of each lies in the other: 1/3 of both together
    assert region(overlap=0.33).answer(shifted).verdict == "right"
    assert region(overlap=0.34).answer(shifted).verdict == "not yet"


def test_something_done_elsewhere_is_asked_anew_each_time() -> None:
    board = {"edits": 0}
    card = xk.exercise("Turn it.", done=lambda: board["edits"] == 1, answer="Drag the ladder off.")
    assert (card.answer().verdict, card.tries) == ("not yet", 1)
    board["edits"] = 1
    assert card.answer().verdict == "right" and card.revealed["answer"] == "Drag the ladder off."


def test_what_is_not_yet_done_is_named() -> None:
    board = {"edits": 2}
    card = xk.exercise(
        "Turn it.", done=lambda: {"the answer is another": True, "there is one edit": board["edits"] == 1},
        answer="Drag the ladder off.",
    )  # fmt: skip
    assert card.answer().said == "Still missing: there is one edit."
    board["edits"] = 1
    assert card.answer().verdict == "right"


# ---- predictions, hints, revealing ----
def test_a_prediction_is_judged_only_when_the_answer_is_revealed() -> None:
    asked: list[int] = []
    card = percent(predict=True, answer=lambda: asked.append(1) or 87.3).answer(20).answer(40)
    assert (card.verdict, card.tries, card.prediction, asked) == ("kept", 2, 40, [])
    card.reveal()
    assert (card.verdict, card.said, card.revealed["answer"]) == ("shown", "You said 40%.", "87%")
    assert percent(predict=True).answer(87).reveal().said == "You said 87%, and so it is."


def test_revealing_is_shut_until_there_was_a_try() -> None:
    card = choice(why="It is painted on.")
    with pytest.raises(ValueError, match="after a try"):
        card.reveal()
    asks(card, kind="reveal")
    assert card.error.startswith("Refused: ") and card.revealed == {} and card.done == 1
    card.answer("wheel").reveal()
    assert (card.verdict, card.said) == ("shown", "You said wheel.")
    assert card.revealed == {"answer": "cross", "why": "It is painted on."}


def test_after_it_is_revealed_no_try_counts() -> None:
    card = choice().answer("wheel").reveal().answer("cross")
    assert (card.verdict, card.tries, card.prediction) == ("shown", 1, "wheel")


def test_hints_come_in_their_order_and_end() -> None:
    card = choice(hints=["Look at the side.", "It is red."])
    assert (card.n_hints, card.hints) == (2, [])
    assert card.hint().hints == ["Look at the side."]
    assert card.hint().hint().hints == ["Look at the side.", "It is red."] and card.tries == 0


def test_an_answer_is_asked_for_once_and_when_it_is_needed() -> None:
    asked: list[int] = []
    card = choice(answer=lambda: asked.append(1) or "cross").hint()
    assert asked == []
    assert card.answer("wheel").answer("cross").verdict == "right" and asked == [1]


# ---- nothing is told before it is due ----
def all_of(card: ExerciseCard) -> str:
    """All that a page, a saved notebook and a text hold of a card."""
    state, _, buffers = _remove_buffers(card.get_state())
    own = {name: value for name, value in state.items() if name not in ("_esm", "_css", "layout")}
    kept = card._keepsake()["text/html"].replace(card.layout.model_id, "")
    return json.dumps(own) + repr(buffers) + kept + repr(card) + str(card.still().tobytes())


WAYS = [
    (choice, {"answer": "cross"}, {"answer": "ladder"}, "wheel"),
    (percent, {"answer": 87.3}, {"answer": 64}, 90.0),
    (region, {"answer": MASK}, {"answer": MASK[::-1]}, [0.8, 0.4, 0.1, 0.1]),
    (lambda **more: xk.exercise("What?", word=True, **more), {"answer": "siren"}, {"answer": "lamp"}, "door"),
    (
        lambda **more: xk.exercise("Do.", done=lambda: False, **more),
        {"answer": "so"},
        {"answer": "thus"},
        None,
    ),
]


@pytest.mark.parametrize(
    ("make", "one", "other", "wrong"), WAYS, ids=["choice", "number", "region", "word", "deed"]
)
@pytest.mark.parametrize("predict", [False, True])
def test_a_card_holds_nothing_of_its_answer_before_it_is_due(
    make: Any, one: Any, other: Any, wrong: Any, predict: bool
) -> None:
    """Two cards that differ in the right answer and in what is told with it are the same to the last byte."""
    if predict and wrong is None:
        return
    cards = [
        make(hints=["first", hint], why=why, predict=predict, **answer)
        for answer, hint, why in ((one, "secret", "since"), (other, "hidden", "because"))
    ]
    assert len({all_of(card) for card in cards}) == 1
    for card in cards:
        card.hint().answer(wrong)
    assert len({all_of(card) for card in cards}) == 1, "nor after a wrong try and a hint"
    for card in cards:
        card.reveal()
    assert len({all_of(card) for card in cards}) == 2, "the check itself sees an answer"


def test_the_picture_follows_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    card = region()
    before = np.asarray(card.still())
    tried = np.asarray(card.answer(BESIDE).still())
    assert before.shape != tried.shape or (before != tried).any()
    assert np.asarray(card.reveal().still()).shape[0] > tried.shape[0]


# ---- what goes wrong ----
def test_who_asks_before_a_cell_has_run_is_told_to_run_it() -> None:
    card = xk.exercise("Which?", choices=["a", "b"], answer=lambda: not_yet_made)  # type: ignore[name-defined] # noqa: F821
    asks(card, kind="answer", given="a")
    assert "not_yet_made" in card.error and "run the notebook's cells in their order" in card.error
    assert card.tries == 0


def test_what_a_callable_raises_is_told_in_the_cell_and_nothing_is_lost() -> None:
    def broken() -> str:
        raise RuntimeError("no board yet")

    card = choice(answer=broken, hints=["a"]).hint()
    asks(card, kind="answer", given="cross")
    assert card.error == "RuntimeError: no board yet" and card.done == 1
    assert (card.tries, card.verdict, card.hints) == (0, "", ["a"])
    card._asked = lambda: "cross"
    asks(card, kind="answer", given="cross")
    assert (card.error, card.verdict, card.tries) == ("", "right", 1)


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (lambda: percent(answer=lambda: float("nan")), "`answer` must be finite"),
        (lambda: percent(answer=lambda: 120), "`answer` must lie from 0% to 100%; got 120"),
        (lambda: percent(answer=lambda: "much"), "`answer` must be a number"),
    ],
)
def test_a_computed_answer_that_is_none_is_told_in_the_cell(card: Any, said: str) -> None:
    shown = card()
    asks(shown, kind="answer", given=40)
    assert said in shown.error and shown.tries == 0


def test_what_done_returns_must_tell_whether_it_is_done() -> None:
    card = xk.exercise("Do.", done=lambda: "yes", answer="So.")
    asks(card, kind="answer", given=None)
    assert "`done` must return True or False" in card.error and card.tries == 0


@pytest.mark.parametrize(
    ("card", "given"),
    [(choice, one) for one in ("tram", None, 3, ["cross"])]
    + [(percent, one) for one in (101, -1, float("nan"), float("inf"), "40", True, None, 10**400)]
    + [(region, one) for one in ([0, 0, 1], [0, 0, 2, 2], [0.9, 0, 0.5, 0.5], [0, 0, 0, 0], "box", None)]
    + [(lambda: xk.exercise("What?", word=True, answer="a"), one) for one in ("", " ", "x" * 41, "a\nb", 3)]
    + [(lambda: xk.exercise("Do.", done=lambda: True, answer="a"), "now")],
)
def test_what_is_no_answer_is_refused(card: Any, given: Any) -> None:
    shown = card()
    asks(shown, kind="answer", given=given)
    assert shown.error.startswith("Refused: ") and (shown.tries, shown.done) == (0, 1)
    with pytest.raises((ValueError, traitlets.TraitError)):
        card().answer(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs exactly one of `choices`, `number`, `word`, `region`, `done`; got none"),
        ({"choices": ["a", "b"], "number": (0, 1)}, "got `choices` and `number`"),
        ({"choices": ["ladder", "cross"], "answer": "lader"}, "got 'lader'. Did you mean 'ladder'?"),
        ({"choices": ["a"], "answer": "a"}, "two or more different texts"),
        ({"choices": ["a", "a"], "answer": "a"}, "two or more different texts"),
        ({"choices": "ab", "answer": "a"}, "`choices` must be a list of texts"),
        ({"choices": ["a", ""], "answer": "a"}, "each of `choices` must say something"),
        ({"choices": ["a", "b"]}, "`answer` must be the right one, or what returns it; got None"),
        ({"number": (0, 1), "answer": float("nan")}, "`answer` must be finite"),
        ({"number": (0, float("nan")), "answer": 1}, "`number`'s high end must be finite"),
        ({"number": (1, 0), "answer": 1}, "low below high"),
        ({"number": 3, "answer": 1}, "`number` must be (low, high)"),
        ({"number": (0, 1), "answer": 2}, "`answer` must lie from 0.00 to 1.00; got 2"),
        ({"number": (0, 1), "answer": 1, "tolerance": -1}, "`tolerance` must be 0 or more"),
        ({"number": (0, 1), "answer": 1, "step": 0}, "`step` must be above 0"),
        ({"choices": ["a", "b"], "answer": "a", "unit": "%"}, "`unit` belongs to `number`"),
        ({"word": True, "answer": []}, "`answer` must be a word, or a list"),
        ({"word": "yes", "answer": "a"}, "`word` must be True or False"),
        ({"region": PICTURE, "answer": ~MASK & MASK}, "empty"),
        ({"region": PICTURE, "answer": MASK, "overlap": 0}, "`overlap` must be a number above 0"),
        ({"done": 3, "answer": "a"}, "`done` must be callable"),
        ({"done": lambda: True}, "`answer` must be a sentence on one way"),
        ({"done": lambda: True, "answer": "a", "predict": True}, "give one of the two"),
        ({"word": True, "answer": "a", "hints": "help"}, "`hints` must be a list of texts"),
        ({"word": True, "answer": "a", "hints": [""]}, "each of `hints` must say something"),
    ],
)
def test_what_is_no_exercise_says_what_to_do(given: dict[str, Any], said: str) -> None:
    with pytest.raises((ValueError, TypeError)) as error:
        xk.exercise("Which?", **given)
    assert said in str(error.value)


@pytest.mark.parametrize("question", ["", "  ", "\ud800", 3, None])
def test_a_question_asks_something(question: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="`question` must"):
        xk.exercise(question, word=True, answer="a")


def test_a_question_of_markup_stays_text(tmp_path: Any) -> None:
    card = xk.exercise("<img src=x onerror=alert(1)>", word=True, answer="</script>", hints=["<b>"])
    page = card.to_html(tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page.replace("\\u003c", "") and "/script>" not in card.get_state()["question"]
