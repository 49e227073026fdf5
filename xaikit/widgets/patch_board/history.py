"""The steps of a patch board: each picture with the answers about it, and the way back and forth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xaikit.core.images.checks import UInt8
from xaikit.widgets.patch_board.editing import Placed


@dataclass(frozen=True)
class Said:
    """What the network says about a picture: probabilities of the classes asked about, and its own answer.

    `own` is {"name", "probability"}, the most probable of all its classes, or None where that is not known.
    """

    probabilities: dict[str, float]
    own: dict[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """What `explain` says about a picture: the GRN's probabilities, the graphs, the network's class."""

    student: dict[str, float]
    graphs: Sequence[Mapping[str, Any]]
    prediction: str
    warning: str = ""


@dataclass
class Step:
    """One picture, the edit that led to it (None for the first), and the answers about it.

    `placed` is what hands have put into the picture and is still there, the latest last. `answer` is None as
    long as nobody has asked for it.
    """

    image: UInt8
    said: Said
    edit: dict[str, Any] | None = None
    placed: tuple[Placed, ...] = ()
    answer: Answer | None = None


class History:
    """Steps in the order in which they were made. A new step takes the place of those that were undone."""

    def __init__(self, first: Step) -> None:
        self._steps, self._place = [first], 0

    @property
    def now(self) -> Step:
        return self._steps[self._place]

    @property
    def first(self) -> Step:
        return self._steps[0]

    @property
    def n_undo(self) -> int:
        return self._place

    @property
    def n_redo(self) -> int:
        return len(self._steps) - 1 - self._place

    @property
    def edits(self) -> list[dict[str, Any]]:
        """The edits that led to the present picture."""
        return [dict(step.edit or {}) for step in self._steps[1 : self._place + 1]]

    def add(self, step: Step) -> None:
        self._steps[self._place + 1 :] = [step]
        self._place += 1

    def go(self, kind: str) -> None:
        """Undo or redo one step, or "reset" to the first picture, from where redo leads back.

        Raises
        ------
        ValueError
            There is nothing to undo or to redo.
        """
        place = {"undo": self._place - 1, "redo": self._place + 1, "reset": 0}[kind]
        if not 0 <= place < len(self._steps):
            raise ValueError(f"there is nothing to {kind}.")
        self._place = place
