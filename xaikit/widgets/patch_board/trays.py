"""Check the trays of a patch board, and pack them for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xaikit.core.images.checks import UInt8
from xaikit.widgets.kit.graph_packing import check_suggestion
from xaikit.widgets.kit.packing import PatchStore, field, number


def pack_tray(concept: Mapping[str, Any], image: UInt8, store: PatchStore) -> dict[str, Any]:
    """Pack the tray of one concept: its patches, at the scale of `image`.

    Raises
    ------
    ValueError, TypeError
        A field is missing or not what it should be.
    """
    cls, index = str(field(concept, "cls", "a concept")), int(field(concept, "concept", "a concept"))
    where = f"concept {index} of {cls!r}"
    return {
        "cls": cls,
        "concept": index,
        "name": str(field(concept, "name", where)),
        "label": str(concept.get("label", "")),
        "suggested": check_suggestion(concept.get("suggested"), where),
        "patches": [
            _pack_patch(patch, image, store, f"a patch of {where}")
            for patch in field(concept, "patches", where)
        ],
    }


def _pack_patch(patch: Mapping[str, Any], image: UInt8, store: PatchStore, where: str) -> dict[str, Any]:
    pixels, context, score = field(patch, "image", where), patch.get("context"), patch.get("score")
    place = store.add(pixels, image.shape[2])
    return {
        "patch": place,
        "context": None if context is None else store.add_example(context),
        "size": [pixels.shape[1] / image.shape[1], pixels.shape[0] / image.shape[0]],
        "good": bool(field(patch, "good", where)),
        "score": None if score is None else number(score, f"`score` of {where}"),
        "source": str(patch.get("source", "")),
    }
