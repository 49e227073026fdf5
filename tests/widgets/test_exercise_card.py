"""The exercise card without a browser: what goes to the page and comes from it, the picture that stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sample_exercise

from xaikit.widgets.kit import view


def test_what_the_page_is_told() -> None:
    card = sample_exercise.choice(title="Exercise 1")
    assert card.task == {"kind": "choice", "options": ["ladder", "cross"]} and card.picture == b""
    assert (card.n_hints, card.hints, card.revealed) == (1, [], {})
    assert repr(card) == "ExerciseCard('Which part?', not tried, 0 tries, 0 hints)"
    drawn_on = sample_exercise.region()
    assert drawn_on.task == {"kind": "region", "aspect": 1.5} and drawn_on.picture.startswith(b"RIFF")


def test_a_try_is_answered_in_one_message(page_says: Any) -> None:
    card = sample_exercise.choice()
    (message,) = page_says(card, gesture={"kind": "answer", "given": "ladder", "seq": 1})
    assert set(message["data"]["state"]) == {"prediction", "tries", "verdict", "done"}
    (message,) = page_says(card, gesture={"kind": "hint", "seq": 2})
    assert message["data"]["state"] == {"hints": ["red"], "done": 2}
    (message,) = page_says(card, gesture={"kind": "reveal", "seq": 3})
    assert message["data"]["state"]["revealed"] == {"answer": "cross", "why": ""}


@pytest.mark.parametrize("trait", ["tries", "verdict", "revealed", "hints", "prediction", "question"])
def test_a_page_may_set_nothing_but_its_gesture(page_says: Any, trait: str) -> None:
    card = sample_exercise.choice()
    before = getattr(card, trait)
    page_says(card, **{trait: "right"})
    assert card.error.startswith("Refused: ") and getattr(card, trait) == before


def test_its_picture_is_drawn_anew_after_each_try(page_says: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, again = [], []
    monkeypatch.setattr(view, "display", lambda data, **more: shown.append((data, more.get("display_id"))))
    monkeypatch.setattr(view, "update_display", lambda data, **more: again.append((data, more["display_id"])))
    card = sample_exercise.choice()
    page_says(card, gesture={"kind": "hint", "seq": 1})
    assert not again, "nobody has shown it yet"
    card._ipython_display_()
    page_says(card, gesture={"kind": "answer", "given": "ladder", "seq": 2})
    (kept, name), (live, _) = shown
    ((news, where),) = again
    assert where == name and news["image/png"] != kept["image/png"]
    assert "application/vnd.jupyter.widget-view+json" in live


def test_an_exported_page_holds_no_answer(tmp_path: Path) -> None:
    page = sample_exercise.word().to_html(tmp_path / "a.html").read_text(encoding="utf-8")
    assert "What is it?" in page and "steps" not in page
