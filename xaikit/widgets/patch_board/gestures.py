"""What a hand may ask of a patch board, checked field by field: nothing a page sends is believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xaikit.core.errors import did_you_mean
from xaikit.widgets.kit.packing import share

KINDS = ("substitute", "move", "delete", "undo", "redo", "reset")


def check_gesture(gesture: Mapping[str, Any], trays: Mapping[tuple[str, int], int]) -> dict[str, Any]:
    """Return the gesture with exactly the fields of its kind, or raise ValueError.

    Parameters
    ----------
    gesture
        ``kind``; for "substitute" ``cls``, ``concept``, ``patch`` (its number in the concept's tray) and
        either ``onto``: (class name, number of a concept) or ``at``: (x, y); for "move" ``cls``, ``concept``,
        ``to``: (x, y); for "delete" ``cls``, ``concept``. Places are shares of the picture, 0 to 1.
    trays : {(class name, number of a concept): how many patches it has}
    """
    kind = gesture.get("kind")
    if kind not in KINDS:
        raise ValueError(
            f"`kind` must be one of {list(KINDS)}; got {kind!r}.{did_you_mean(str(kind), KINDS)}"
        )
    if kind in ("undo", "redo", "reset"):
        return {"kind": kind}
    cls, concept = _concept([gesture.get("cls"), gesture.get("concept")], trays)
    checked: dict[str, Any] = {"kind": kind, "cls": cls, "concept": concept}
    if kind == "move":
        checked["to"] = _place(gesture.get("to"))
    if kind == "substitute":
        checked["patch"] = _count(
            gesture.get("patch"), trays[cls, concept], f"patches of concept {concept} of {cls}"
        )
        if ("onto" in gesture) == ("at" in gesture):
            raise ValueError("a substitution needs either `onto` (a concept) or `at` (a place).")
        if "onto" in gesture:
            checked["onto"] = _concept(gesture["onto"], trays)
        else:
            checked["at"] = _place(gesture["at"])
    return checked


def _concept(value: Any, trays: Mapping[tuple[str, int], int]) -> tuple[str, int]:
    match value:
        case [str() as cls, int() as concept] if not isinstance(concept, bool):
            if (cls, concept) in trays:
                return cls, concept
    known = sorted({cls for cls, _ in trays})
    raise ValueError(f"a concept is a class of {known} and the number of one of its concepts; got {value!r}.")


def _count(value: Any, n: int, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < n:
        raise ValueError(f"the {n} {what} are numbered from 0; got {value!r}.")
    return value


def _place(value: Any) -> tuple[float, float]:
    match value:
        case [int() | float() as x, int() | float() as y]:
            return share(x, "x of a place"), share(y, "y of a place")
    raise ValueError(f"a place is (x, y) in shares of the picture, 0 to 1; got {value!r}.")
