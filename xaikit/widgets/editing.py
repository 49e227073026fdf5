"""Carry out an edit of a picture: paste a patch, move a concept, erase one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xaikit.core.images import cut, erase, paste
from xaikit.core.images.checks import UInt8
from xaikit.widgets.packing import mask_box

Fill = str | tuple[int, int, int]


def edit_picture(
    image: UInt8,
    edit: Mapping[str, Any],
    trays: Mapping[tuple[str, int], Sequence[UInt8]],
    graphs: Sequence[Mapping[str, Any]],
    fill: Fill,
) -> UInt8:
    """Return a new picture with the edit carried out.

    A patch put on a free place keeps its own size; put onto a concept, it takes the box of that concept's
    mask. What a moved or deleted concept leaves behind is filled with `fill`, as in
    :func:`xaikit.core.images.erase`.

    Parameters
    ----------
    edit : a substitution, a move or a deletion, as :func:`xaikit.widgets.gestures.check_gesture` returns it
    trays : {(class name, number of a concept): its patches}
    graphs : the concept graphs of `image`, for the masks of the concepts

    Raises
    ------
    ValueError
        The concept meant is not found in the picture, or nothing of the patch would land inside.
    """
    height, width = image.shape[:2]
    concept = (edit["cls"], edit["concept"])
    if edit["kind"] == "substitute":
        patch = trays[concept][edit["patch"]]
        if "at" in edit:
            return paste(image, patch, (edit["at"][0] * width, edit["at"][1] * height))
        x, y, w, h = mask_box(_mask(graphs, edit["onto"]))
        return paste(image, patch, ((x + w / 2) * width, (y + h / 2) * height), (w * width, h * height))
    mask = _mask(graphs, concept)
    hole = erase(image, mask, fill)
    if edit["kind"] == "delete":
        return hole
    return paste(hole, cut(image, mask), (edit["to"][0] * width, edit["to"][1] * height))


def _mask(graphs: Sequence[Mapping[str, Any]], concept: tuple[str, int]) -> np.ndarray:
    cls, number = concept
    nodes: Sequence[Mapping[str, Any]] = next(
        (graph["nodes"] for graph in graphs if graph["name"] == cls), []
    )
    if number >= len(nodes) or nodes[number].get("mask") is None:
        raise ValueError(
            f"concept {number} of {cls} (counted from 0) is not found in the picture as it is now, so there "
            "is nothing to move, erase or replace. Put a patch on a free place instead."
        )
    return np.asarray(nodes[number]["mask"])
