"""Exercise cards for tests, one for each way of answering."""

from __future__ import annotations

from typing import Any

import numpy as np

from xaikit.widgets import ExerciseCard
from xaikit.widgets.exercise_card import Choice, Deed, Number, Region, Word

PICTURE = np.full((64, 96, 3), 90, np.uint8)
MASK = np.zeros((64, 96), bool)
MASK[16:32, 24:48] = True


def choice(**more: Any) -> ExerciseCard:
    return ExerciseCard("Which part?", Choice(["ladder", "cross"]), "cross", hints=["red"], **more)


def number() -> ExerciseCard:
    return ExerciseCard("How sure?", Number(0, 100, unit="%"), lambda: 87.3)


def word() -> ExerciseCard:
    return ExerciseCard("What is it?", Word(), ["ladder", "steps"])


def region() -> ExerciseCard:
    return ExerciseCard("Where?", Region(PICTURE), lambda: MASK)


def deed() -> ExerciseCard:
    return ExerciseCard("Turn it.", Deed(lambda: False), "Drag the ladder off.")


def tried() -> ExerciseCard:
    """One that may be revealed."""
    return choice().answer("ladder")
