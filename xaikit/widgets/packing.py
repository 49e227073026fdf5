"""Check what a widget is given, and pack it for the page: JSON with encoded pictures in it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from xaikit.core.images import cut, encode
from xaikit.core.images.checks import UInt8, check_image, check_mask, check_patch

THUMB_SIDE = 48  # pixels; patches are shown at about this size, so more would only fill the saved notebook


class PatchStore:
    """Example patches, each encoded and sent once however often it is shown."""

    def __init__(self) -> None:
        self.encoded: list[bytes] = []
        self._places: dict[bytes, int] = {}

    def add(self, patch: UInt8) -> int:
        """Return the number of the patch in `encoded`; a patch already there keeps its number."""
        key = hashlib.blake2b(
            check_patch(patch).tobytes() + repr(patch.shape).encode(), digest_size=16
        ).digest()
        if key not in self._places:
            self._places[key] = self._free_place()
            self.encoded[self._places[key]] = encode_thumb(patch)
        return self._places[key]

    def keep(self, numbers: Collection[int]) -> None:
        """Forget all patches but these, which keep their numbers."""
        self._places = {key: place for key, place in self._places.items() if place in numbers}
        self.encoded = [patch if place in numbers else b"" for place, patch in enumerate(self.encoded)]

    def _free_place(self) -> int:
        if b"" not in self.encoded:
            self.encoded.append(b"")
        return self.encoded.index(b"")


def shrink(image: UInt8, side: int) -> UInt8:
    """Return a picture or a patch so small that no side is longer than `side` pixels."""
    longest = max(image.shape[:2])
    if longest <= side:
        return image
    width, height = (max(1, round(n * side / longest)) for n in (image.shape[1], image.shape[0]))
    whole = Image.fromarray(image)
    weighted = whole.convert("RGBa") if whole.mode == "RGBA" else whole  # what is hidden must not bleed in
    return np.asarray(weighted.resize((width, height), Image.Resampling.BOX).convert(whole.mode))


def encode_thumb(patch: UInt8, side: int = THUMB_SIDE) -> bytes:
    """Encode a patch or a picture, shrunk to `side` where it is larger."""
    return encode(shrink(patch, side), "webp", quality=75)


def encode_picture(image: UInt8, side: int | None = None) -> bytes:
    """Encode a picture for the page, shrunk to `side` if given; what Python computes with it stays exact."""
    check_image(image)
    return encode(image if side is None else shrink(image, side), "webp", quality=88)


def pack_graphs(graphs: Sequence[Mapping[str, Any]], image: UInt8, store: PatchStore) -> list[dict[str, Any]]:
    """Check the graphs of a picture and pack them for the page.

    Raises
    ------
    ValueError
        A field is missing or not what it should be, a number is not finite, or two graphs have one name.
    """
    packed = [_pack_graph(graph, image, store) for graph in graphs]
    names = [graph["name"] for graph in packed]
    if len(set(names)) < len(names):
        raise ValueError(f"the graphs must have different names; got {names}.")
    return packed


def _pack_graph(graph: Mapping[str, Any], image: UInt8, store: PatchStore) -> dict[str, Any]:
    name = str(field(graph, "name", "a graph"))
    where = f"the graph of {name!r}"
    nodes = [_pack_node(node, image, store, f"a node of {where}") for node in field(graph, "nodes", where)]
    edges = [_pack_edge(edge, len(nodes), f"an edge of {where}") for edge in field(graph, "edges", where)]
    student = graph.get("student")
    return {
        "name": name,
        "network": probability(field(graph, "network", where), f"`network` of {where}"),
        "student": None if student is None else probability(student, f"`student` of {where}"),
        "nodes": nodes,
        "edges": edges,
        "why": str(graph.get("why", "")),
        "why_not": str(graph.get("why_not", "")),
        "versus": _pack_versus(graph.get("versus"), len(nodes), len(edges), where),
    }


def _pack_node(node: Mapping[str, Any], image: UInt8, store: PatchStore, where: str) -> dict[str, Any]:
    mask, detected = node.get("mask"), bool(field(node, "detected", where))
    examples = [store.add(patch) for patch in node.get("examples", ())]
    thumb = box = None
    if mask is not None:
        mask = check_mask(mask, image)
        thumb, box = encode_thumb(cut(image, mask)), mask_box(mask)
    elif examples:
        thumb = store.encoded[examples[0]]
    return {
        "name": str(field(node, "name", where)),
        "label": str(node.get("label", "")),
        "x": share(field(node, "x", where), f"`x` of {where}"),
        "y": share(field(node, "y", where), f"`y` of {where}"),
        "contribution": number(field(node, "contribution", where), f"`contribution` of {where}"),
        "detected": detected,
        "thumb": thumb,
        "box": box,
        "distance": _or_none(node.get("distance")),
        "threshold": _or_none(node.get("threshold")),
        "examples": examples,
    }


def _pack_edge(edge: Mapping[str, Any], n_nodes: int, where: str) -> list[float]:
    ends = [field(edge, key, where) for key in ("source", "target")]
    if not all(isinstance(end, (int, np.integer)) and 0 <= end < n_nodes for end in ends):
        raise ValueError(
            f"`source` and `target` of {where} must number its nodes 0 to {n_nodes - 1}; got {ends}."
        )
    return [
        int(ends[0]),
        int(ends[1]),
        number(field(edge, "contribution", where), f"`contribution` of {where}"),
    ]


def _pack_versus(
    versus: Mapping[str, Any] | None, n_nodes: int, n_edges: int, where: str
) -> dict[str, Any] | None:
    if versus is None:
        return None
    packed: dict[str, Any] = {"sentence": str(versus.get("sentence", ""))}
    for key, count in (("nodes", n_nodes), ("edges", n_edges)):
        values = [
            number(value, f"`versus` of {where}") for value in field(versus, key, f"`versus` of {where}")
        ]
        if len(values) != count:
            raise ValueError(f"`versus` of {where} must have {count} {key}; got {len(values)}.")
        packed[key] = values
    return packed


def mask_box(mask: np.ndarray) -> list[float]:
    """The box [x, y, width, height] around a mask, in shares of the picture."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, width = mask.shape
    left, top = float(columns[0]), float(rows[0])
    return [left / width, top / height, (columns[-1] + 1 - left) / width, (rows[-1] + 1 - top) / height]


def number(value: Any, what: str) -> float:
    """Return a finite float, or raise."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be a number; got {value!r}.") from None
    if not math.isfinite(result):
        raise ValueError(f"{what} must be finite; got {result}.")
    return result


def probability(value: Any, what: str) -> float:
    """Return a float between 0 and 1, or raise; a rounding error beyond them is forgiven."""
    result = number(value, what)
    if not -1e-6 <= result <= 1 + 1e-6:
        raise ValueError(f"{what} must be a probability, 0 to 1; got {result}.")
    return min(max(result, 0.0), 1.0)


def share(value: Any, what: str) -> float:
    """Return a place in shares of the picture, 0 to 1, or raise."""
    result = number(value, what)
    if not 0 <= result <= 1:
        raise ValueError(f"{what} must be a share of the picture, 0 to 1; got {result}.")
    return result


def check_probabilities(values: Any, what: str) -> dict[str, float]:
    """Return {class name: probability}, or raise."""
    if not isinstance(values, Mapping) or not values:
        raise ValueError(f"{what} must return {{class name: probability}}; got {values!r}.")
    return {
        str(name): probability(value, f"the {name!r} that {what} returned") for name, value in values.items()
    }


def _or_none(value: Any) -> float | None:
    """A distance that is not known, or infinite, has no number on the page."""
    return None if value is None or not math.isfinite(value) else float(value)


def field(mapping: Mapping[str, Any], key: str, where: str) -> Any:
    """Return a field that has to be there, or raise."""
    if key not in mapping:
        raise ValueError(f"{where} needs the field {key!r}; got {sorted(mapping)}.")
    return mapping[key]
