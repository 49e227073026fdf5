"""Check the concept graphs that a widget is given, and pack them for the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaikit.core.images import cut, encode
from xaikit.core.images.checks import UInt8, check_mask
from xaikit.widgets.kit.packing import (
    PatchStore,
    field,
    mask_box,
    number,
    probability,
    share,
    shrink,
)

REGION_SIDE = 96  # pixels; a region of the picture itself is shown in its place, larger than a patch
VEIL = 0.78  # how dark a place becomes that is nothing like the concept


class _Whole(NamedTuple):
    """What all nodes are packed from: the picture, the same drawn finer (or itself), and the store."""

    image: UInt8
    drawn: UInt8
    store: PatchStore


def pack_graphs(
    graphs: Sequence[Mapping[str, Any]], image: UInt8, store: PatchStore, drawn: UInt8 | None = None
) -> list[dict[str, Any]]:
    """Check the graphs of a picture and pack them for the page.

    Parameters
    ----------
    graphs : as :class:`xaikit.widgets.ConceptGraph` takes them
    image : uint8 (h, w, 3)
    store : where patches and example pictures go
    drawn : the picture drawn again at higher resolution, from which regions are then cut

    Raises
    ------
    ValueError
        A field is missing or not what it should be, a number is not finite, or two graphs have one name.
    """
    whole = _Whole(image, image if drawn is None else drawn, store)
    packed = [_pack_graph(graph, whole) for graph in graphs]
    names = [graph["name"] for graph in packed]
    if len(set(names)) < len(names):
        raise ValueError(f"the graphs must have different names; got {names}.")
    return packed


def _pack_graph(graph: Mapping[str, Any], whole: _Whole) -> dict[str, Any]:
    name = str(field(graph, "name", "a graph"))
    where = f"the graph of {name!r}"
    nodes = [
        _pack_node(node, i, whole, f"a node of {where}")
        for i, node in enumerate(field(graph, "nodes", where))
    ]
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


def _pack_node(node: Mapping[str, Any], place: int, whole: _Whole, where: str) -> dict[str, Any]:
    """`place` is the node's own in its graph, and its concept's number where it names no other."""
    concept = node.get("concept", place)
    if not isinstance(concept, (int, np.integer)) or isinstance(concept, bool) or concept < 0:
        raise ValueError(f"`concept` of {where} must be a number from 0; got {concept!r}.")
    return {
        "name": str(field(node, "name", where)),
        "label": str(node.get("label", "")),
        "concept": int(concept),
        "x": share(field(node, "x", where), f"`x` of {where}"),
        "y": share(field(node, "y", where), f"`y` of {where}"),
        "contribution": number(field(node, "contribution", where), f"`contribution` of {where}"),
        "effect": _effect(node.get("effect"), where),
        "detected": bool(field(node, "detected", where)),
        "missing": str(node.get("missing", "")),
        "suggested": check_suggestion(node.get("suggested"), where),
        "distance": _or_none(node.get("distance")),
        "threshold": _or_none(node.get("threshold")),
        **_pack_sight(node, whole, where),
    }


def _pack_sight(node: Mapping[str, Any], whole: _Whole, where: str) -> dict[str, Any]:
    """What is to be seen of a concept: its region here, examples elsewhere, where the picture is like it."""
    # An example is shown no larger than the network sees it, so of two versions the finer one is enough.
    shown = node.get("drawn_examples") or node.get("examples", ())
    examples = [whole.store.add_example(picture) for picture in shown]
    cutouts = [whole.store.add(patch) for patch in node.get("cutouts", ())]
    mask, thumb, box = node.get("mask"), None, None
    if mask is not None:
        mask = check_mask(mask, whole.image)
        region = shrink(cut(whole.drawn, _enlarged(mask, whole.drawn)), REGION_SIDE)
        thumb, box = encode(region, "webp", quality=75), mask_box(mask)  # anew after every edit, so quickly
    elif cutouts or examples:
        thumb = whole.store.encoded[(cutouts or examples)[0]]
    return {
        "thumb": thumb,
        "box": box,
        "examples": examples,
        "cutouts": cutouts,
        "heat": _pack_heat(node.get("heat"), where),
    }


def _enlarged(mask: NDArray[np.bool_], drawn: UInt8) -> NDArray[np.bool_]:
    times = drawn.shape[0] // mask.shape[0]
    return mask.repeat(times, 0).repeat(times, 1)


def _pack_heat(heat: Any, where: str) -> bytes | None:
    """A veil over the picture, the lighter the more a place is like the concept."""
    if heat is None:
        return None
    heat = np.asarray(heat)
    if heat.dtype != np.uint8 or heat.ndim != 2 or not heat.size:
        raise ValueError(
            f"`heat` of {where} must be uint8 (rows, columns), 0 to 255; got {heat.dtype} {heat.shape}."
        )
    veil = np.zeros((*heat.shape, 4), np.uint8)
    veil[..., 3] = np.rint((255.0 - heat) * VEIL)
    return encode(veil, "webp")


def check_suggestion(suggested: Any, where: str) -> dict[str, Any] | None:
    """Return the {"name", "share"} that a world suggests for a concept, None if it does not, or raise."""
    if suggested is None:
        return None
    what = f"`suggested` of {where}"
    if not isinstance(suggested, Mapping):
        raise TypeError(f"{what} must be {{'name': …, 'share': …}} or None; got {suggested!r}.")
    return {
        "name": str(field(suggested, "name", what)),
        "share": probability(field(suggested, "share", what), f"`share` of {what}"),
    }


def _pack_edge(edge: Mapping[str, Any], n_nodes: int, where: str) -> list[float | None]:
    ends = [field(edge, key, where) for key in ("source", "target")]
    if not all(isinstance(end, (int, np.integer)) and 0 <= end < n_nodes for end in ends):
        raise ValueError(
            f"`source` and `target` of {where} must number its nodes 0 to {n_nodes - 1}; got {ends}."
        )
    return [
        int(ends[0]),
        int(ends[1]),
        number(field(edge, "contribution", where), f"`contribution` of {where}"),
        _effect(edge.get("effect"), where),
    ]


def _effect(value: Any, where: str) -> float | None:
    """What was measured; None where nothing was. A NaN is refused, not taken for nothing."""
    return None if value is None else number(value, f"`effect` of {where}")


def _or_none(value: Any) -> float | None:
    """A distance that is not known, or infinite, has no number on the page."""
    return None if value is None or not math.isfinite(value) else float(value)


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
    packed["effects"] = _versus_effects(versus, "effects", n_nodes, where)
    packed["edge_effects"] = _versus_effects(versus, "edge_effects", n_edges, where)
    return packed


def _versus_effects(versus: Mapping[str, Any], key: str, count: int, where: str) -> list[float | None]:
    effects = versus.get(key)
    if effects is None:
        return [None] * count
    if len(effects) != count:
        raise ValueError(f"`versus` of {where} must have {count} {key}; got {len(effects)}.")
    return [_effect(value, f"`versus` of {where}") for value in effects]
