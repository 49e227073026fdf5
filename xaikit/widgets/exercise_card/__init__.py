"""A question to answer or to foretell, with hints, tries, and the answer only after them."""

from __future__ import annotations

from xaikit.widgets.exercise_card.kinds import Choice, Deed, Number, Region, Word
from xaikit.widgets.exercise_card.widget import ExerciseCard

__all__ = ["Choice", "Deed", "ExerciseCard", "Number", "Region", "Word"]
