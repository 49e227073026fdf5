"""Carry out an edit of a picture: paste a patch, move a concept, erase one; keep track of what was put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from xaikit.core.images import cut, erase, paste
from xaikit.core.images.checks import Bool, UInt8
from xaikit.widgets.kit.packing import mask_box

Fill = str | tuple[int, ...]
Place = tuple[float, float]

LEAST_SCALE, MOST_SCALE = 0.5, 2.0  # of a patch put onto a concept


@dataclass(frozen=True)
class Placed:
    """A concept that a hand has put somewhere: which, where it still shows, and how many pixels it had."""

    cls: str
    concept: int
    mask: Bool
    n_pixels: int


class Edited(NamedTuple):
    """A picture after an edit, the pixels that the edit changed, and what it put there, if anything."""

    image: UInt8
    changed: Bool
    put: Placed | None


def edit_picture(
    image: UInt8,
    edit: Mapping[str, Any],
    trays: Mapping[tuple[str, int], Sequence[UInt8]],
    graphs: Sequence[Mapping[str, Any]],
    fill: Fill,
) -> Edited:
    """Return a new picture with the edit carried out.

    A patch put on a free place keeps its own size; put onto a concept, it is scaled, in both directions
    alike, to about the area of that concept's box. What a moved or deleted concept leaves behind is filled
    with `fill`, as in :func:`xaikit.core.images.erase`.

    Parameters
    ----------
    edit : a substitution, a move or a deletion, as :func:`~xaikit.widgets.patch_board.gestures.check_gesture`
        returns it
    trays : {(class name, number of a concept): its patches}
    graphs : the concept graphs of `image`, for the masks of the concepts

    Raises
    ------
    ValueError
        The concept meant is not found in the picture, or nothing of the patch would land inside.
    """
    height, width = image.shape[:2]
    cls, concept = edit["cls"], edit["concept"]
    if edit["kind"] == "substitute":
        patch = trays[cls, concept][edit["patch"]]
        if "at" in edit:
            size, (x, y) = None, edit["at"]
        else:
            size, (x, y) = _fitted(patch, mask_box(_node(graphs, edit["onto"])["mask"]), image)
        return _pasted(image, patch, (x * width, y * height), size, (cls, concept))
    node = _node(graphs, (cls, concept))
    mask = np.asarray(node["mask"])
    hole = erase(image, mask, fill)
    if edit["kind"] == "delete":
        return Edited(hole, mask, None)
    x, y = edit["to"]
    moved = _pasted(
        hole, cut(image, mask), (x * width, y * height), None, (cls, node.get("concept", concept))
    )
    return moved._replace(changed=moved.changed | mask)


def still_there(placed: Sequence[Placed], edited: Edited) -> tuple[Placed, ...]:
    """What hands have put into a picture, after one more edit.

    What the edit covers is no longer the concept's; a concept of which less than half is left is gone.
    """
    left = [replace(one, mask=one.mask & ~edited.changed) for one in placed]
    kept = [one for one in left if 2 * int(one.mask.sum()) >= one.n_pixels]
    return (*kept, edited.put) if edited.put else tuple(kept)


def redrawn(drawn: UInt8, first: UInt8, now: UInt8) -> UInt8:
    """Return the picture drawn finely where `now` is still the first picture, else in its own pixels."""
    times = drawn.shape[0] // first.shape[0]
    changed = (now != first).any(2).repeat(times, 0).repeat(times, 1)
    return np.where(changed[..., None], now.repeat(times, 0).repeat(times, 1), drawn)


def _fitted(
    patch: UInt8, box: Sequence[float], image: UInt8
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The size in pixels of a patch put onto a box, and the middle of the box in shares of the picture."""
    x, y, w, h = box
    area = w * image.shape[1] * h * image.shape[0]
    rows, columns = patch.shape[:2]
    scale = min(max((area / (rows * columns)) ** 0.5, LEAST_SCALE), MOST_SCALE)
    return (columns * scale, rows * scale), (x + w / 2, y + h / 2)


def _pasted(
    image: UInt8, patch: UInt8, center: Place, size: Place | None, concept: tuple[str, int]
) -> Edited:
    result = paste(image, patch, center, size)
    silhouette = np.dstack([np.full((*patch.shape[:2], 3), 255, np.uint8), patch[..., -1]])
    mask = paste(np.zeros((*image.shape[:2], 3), np.uint8), silhouette, center, size, soft=0)[..., 0] > 127
    return Edited(result, mask, Placed(*concept, mask, int(mask.sum())))


def _node(graphs: Sequence[Mapping[str, Any]], concept: tuple[str, int]) -> Mapping[str, Any]:
    """The node of a concept that is found in the picture."""
    cls, number = concept
    nodes: Sequence[Mapping[str, Any]] = next(
        (graph["nodes"] for graph in graphs if graph["name"] == cls), []
    )
    if number >= len(nodes) or nodes[number].get("mask") is None:
        raise ValueError(
            f"concept {number} of {cls} (counted from 0) is not found in the picture as it is now, so there "
            "is nothing to move, erase or replace. Put a patch on a free place instead."
        )
    return nodes[number]
