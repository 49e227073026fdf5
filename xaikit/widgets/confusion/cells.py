"""Check what a confusion explorer is given, and pack it for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaikit.core.errors import did_you_mean
from xaikit.core.images.checks import UInt8, check_image
from xaikit.widgets.kit.graph_packing import pack_graphs
from xaikit.widgets.kit.packing import (
    PatchStore,
    check_probabilities,
    encode_picture,
    encode_thumb,
    field,
    probability,
)

MOST_PICTURES = 24  # shown of one cell
MOST_IN_ALL = 240  # sent for all cells together: about half a megabyte in a saved notebook
PICTURE_SIDE = 96  # pixels of the pictures of a cell
VIEW_SIDE = 256  # pixels of the one chosen, and of its repair
MOST_BARS = 3  # classes whose probabilities are compared before and after a repair
FULL_ORANGE = 0.1  # share of its row that gives a confusion full color, unless there is a larger one

Cell = tuple[str, str]


def check_classes(classes: Sequence[str]) -> list[str]:
    """Return the class names as a list, or raise where there are none, or two alike."""
    names = [str(name) for name in classes]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"`classes` must be different names, at least one; got {names}.")
    return names


def check_confusion(confusion: ArrayLike, classes: Sequence[str]) -> NDArray[np.int64]:
    """Return the confusion matrix as int64 (m, m), or raise where it does not count pictures of m classes."""
    counts, m = np.asarray(confusion), len(classes)
    if counts.dtype.kind not in "iu":
        raise TypeError(
            f"`confusion` must hold whole numbers of pictures; got {counts.dtype}. Do not norm it."
        )
    if counts.shape != (m, m):
        raise ValueError(
            f"`confusion` must have shape ({m}, {m}), a row and a column for each of `classes`; "
            f"got {counts.shape}."
        )
    if (counts < 0).any():
        raise ValueError(f"`confusion` must count pictures, 0 or more; got {counts.min()}.")
    if not counts.any():
        raise ValueError("`confusion` counts no picture at all, so there is nothing to explore.")
    return counts.astype(np.int64)


def check_cells(given: Mapping[Cell, Any], what: str, counts: Mapping[Cell, int], classes: list[str]) -> None:
    """Raise ValueError where a key is no (true class, predicted class) of which pictures were counted."""
    for cell in given:
        match cell:
            case (str() as true, str() as predicted):
                strange = [name for name in (true, predicted) if name not in classes]
            case _:
                raise ValueError(f"the keys of {what} must be (true class, predicted class); got {cell!r}.")
        if strange:
            hint = did_you_mean(strange[0], classes)
            raise ValueError(f"the keys of {what} must name two of {classes}; got {cell!r}.{hint}")
        if not counts.get(cell):
            raise ValueError(f"{what} has the key {cell!r}, of which `confusion` counts no picture.")


def count_cells(confusion: NDArray[np.int64], classes: Sequence[str]) -> dict[Cell, int]:
    """{(true class, predicted class): how many pictures}, for the cells that have any, row by row."""
    rows, columns = np.nonzero(confusion)
    return {
        (classes[r], classes[c]): int(confusion[r, c])
        for r, c in zip(rows.tolist(), columns.tolist(), strict=True)
    }


def row_shares(counts: Mapping[Cell, int]) -> dict[Cell, float]:
    """{cell: its share of the pictures of its true class}."""
    totals = Counter[str]()
    for (true, _), count in counts.items():
        totals[true] += count
    return {cell: count / totals[cell[0]] for cell, count in counts.items()}


def pack_cells(
    counts: Mapping[Cell, int],
    pairs: Mapping[Cell, Mapping[str, Any]],
    pictures: Mapping[Cell, Sequence[Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """Pack every cell that has pictures: its words, its notes, its thumbnails, and how it is shaded.

    The shade is a place on the diverging scale, -1 to 1: right answers lie above zero, confusions below.

    Raises
    ------
    ValueError, TypeError
        A note or a picture is not what it should be.
    """
    most = _most_pictures([len(some) for some in pictures.values()])
    shares = row_shares(counts)
    worst = max((share for (true, predicted), share in shares.items() if true != predicted), default=0.0)
    return [
        {
            "true": cell[0],
            "predicted": cell[1],
            "count": count,
            "share": shares[cell],
            "shade": shares[cell] if cell[0] == cell[1] else -shares[cell] / max(worst, FULL_ORANGE),
            "words": f"true {cell[0]}, answered {cell[1]}: {_n_pictures(count)}",
            **_pack_notes(cell, pairs.get(cell)),
            "pictures": _pack_pictures(cell, count, pictures.get(cell, ()), most),
        }
        for cell, count in counts.items()
    ]


def summary(counts: Mapping[Cell, int]) -> str:
    """How much is confused, and what most often, in one sentence or two."""
    wrong = {cell: count for cell, count in counts.items() if cell[0] != cell[1]}
    total = sum(counts.values())
    if not wrong:
        return f"Nothing is confused: the right answer to all of {_n_pictures(total)}."
    true, predicted = max(wrong, key=wrong.__getitem__)
    return (
        f"{sum(wrong.values())} of {_n_pictures(total)} answered wrongly. "
        f"Most often: {true} taken for {predicted} ({wrong[true, predicted]})."
    )


def pack_answer(
    said: Mapping[str, Any], cell: Cell, number: int, picture: UInt8, store: PatchStore
) -> dict[str, Any]:
    """Check what `explain` returned about a picture, and pack it for the page.

    Raises
    ------
    ValueError, TypeError
        It is not what the explorer's `explain` has to return.
    """
    if not isinstance(said, Mapping):
        raise TypeError(
            f"`explain` must return a mapping with views, cause and repair; got {type(said).__name__}."
        )
    image = check_image(said.get("image", picture))
    graphs = pack_graphs(field(said, "views", "what `explain` returned"), image, store)
    names, expected = [graph["name"] for graph in graphs], list(dict.fromkeys(cell))
    if names != expected:
        raise ValueError(f"the views that `explain` returns must be those of {expected}; got {names}.")
    return {
        "true": cell[0],
        "predicted": cell[1],
        "number": number,
        "picture": encode_picture(image, VIEW_SIDE),
        "aspect": image.shape[1] / image.shape[0],
        "graphs": graphs,
        "warning": str(said.get("warning", "")),
        "cause": str(said.get("cause", "")),
        "where": None if said.get("where") is None else encode_picture(check_image(said["where"]), VIEW_SIDE),
        "repair": _pack_repair(said.get("repair"), cell, image),
    }


def patches_of(answer: Mapping[str, Any]) -> set[int]:
    """The numbers of all example patches that an answer shows."""
    nodes = [node for graph in answer["graphs"] for node in graph["nodes"]]
    return {k for node in nodes for k in (*node["examples"], *node["cutouts"])}


def _most_pictures(lengths: Sequence[int]) -> int:
    """The most pictures that every cell may show, so that all together stay within `MOST_IN_ALL`."""
    most = MOST_PICTURES
    while most > 1 and sum(min(n, most) for n in lengths) > MOST_IN_ALL:
        most -= 1
    return most


def _n_pictures(count: int) -> str:
    return f"{count} picture" if count == 1 else f"{count} pictures"


def _pack_notes(cell: Cell, notes: Mapping[str, Any] | None) -> dict[str, Any]:
    if notes is None:
        return {"kind": "", "advice": "", "evidence": []}
    where = f"the notes on {cell!r} in `pairs`"
    if cell[0] == cell[1]:
        raise ValueError(f"{where}: a class is not confused with itself.")
    return {
        "kind": str(field(notes, "kind", where)),
        "advice": str(field(notes, "advice", where)),
        "evidence": [_fact(fact, where) for fact in notes.get("evidence", ())],
    }


def _fact(fact: Any, where: str) -> str:
    if isinstance(fact, Mapping):
        return str(field(fact, "text", f"evidence in {where}"))
    return str(fact)


def _pack_pictures(
    cell: Cell, count: int, pictures: Sequence[Mapping[str, Any]], most: int
) -> list[dict[str, Any]]:
    if len(pictures) > count:
        raise ValueError(
            f"`pictures` has {len(pictures)} of {cell!r}, of which `confusion` counts only {count}."
        )
    return [_pack_picture(one, f"a picture of {cell!r}") for one in pictures[:most]]


def _pack_picture(picture: Mapping[str, Any], where: str) -> dict[str, Any]:
    chance = picture.get("probability")
    return {
        "image": encode_thumb(check_image(field(picture, "image", where)), PICTURE_SIDE),
        "id": str(picture.get("id", "")),
        "probability": None if chance is None else probability(chance, f"`probability` of {where}"),
    }


def _pack_repair(repair: Mapping[str, Any] | None, cell: Cell, image: UInt8) -> dict[str, Any] | None:
    if repair is None:
        return None
    where = "the repair that `explain` returned"
    before, after = (check_image(field(repair, key, where)) for key in ("before", "after"))
    was, now = (
        check_probabilities(field(repair, key, where), f"`{key}` of `explain`'s repair")
        for key in ("probabilities_before", "probabilities_after")
    )
    if set(was) != set(now):
        raise ValueError(f"{where} must give the same classes before and after; got {set(was)}, {set(now)}.")
    others = sorted(set(was) - set(cell), key=lambda name: -max(was[name], now[name]))
    shown = [name for name in dict.fromkeys(cell) if name in was] + others
    return {
        "text": str(field(repair, "text", where)),
        # the picture of the graphs, as a rule, which need not travel twice
        "before": None if np.array_equal(before, image) else encode_picture(before, VIEW_SIDE),
        "after": encode_picture(after, VIEW_SIDE),
        "bars": [[name, was[name], now[name]] for name in shown[:MOST_BARS]],
    }
