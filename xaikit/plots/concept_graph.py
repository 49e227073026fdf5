"""Structural concept graphs over the picture (VRX fig. 1, 6) and the patches of a concept (fig. 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.plots.figures import NETWORK, STUDENT, diverging, new_figure, text_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xaikit.vrx import Concept

__all__ = ["concept_graphs", "concept_patches"]


def concept_graphs(image: np.ndarray, graphs: Sequence[Mapping[str, Any]], prediction: str) -> Figure:
    """Graphs of several classes side by side on one colour scale.

    Parameters
    ----------
    image : uint8 (h, w, 3)
    graphs : one mapping per class, as :meth:`StructuralExplanation.views` makes them
    prediction : the network's class
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    values = [abs(one["contribution"]) for g in graphs for one in (*g["nodes"], *g["edges"])]
    limit = max(values, default=0.0) or 1.0
    scale = ScalarMappable(Normalize(-limit, limit), diverging())
    figure = new_figure(4.2 * len(graphs) + 0.8, 5.2)
    axes = figure.subplots(1, len(graphs), squeeze=False)[0]
    for ax, graph in zip(axes, graphs, strict=True):
        _draw_graph(ax, image, graph, scale, graph["name"] == prediction)
    bar = figure.colorbar(scale, ax=list(axes), shrink=0.7, pad=0.01)
    bar.set_label("speaks against  ←  contribution  →  speaks for", fontsize=12)
    return figure


def _draw_graph(ax: Axes, image: np.ndarray, graph: Mapping[str, Any], scale: Any, predicted: bool) -> None:
    height, width = image.shape[:2]
    ax.imshow((image * 0.35 + 255 * 0.65).astype(np.uint8))
    ax.set_xticks([])
    ax.set_yticks([])
    question = "Why" if predicted else "Why not"
    ax.set_title(f"{question} {graph['name']}?", fontsize=16, fontweight="bold")
    ax.set_xlabel(f"network {graph['network']:.0%} · GRN {graph['student']:.0%}", fontsize=13, color=NETWORK)
    nodes = graph["nodes"]
    for node in nodes:
        if node["mask"] is not None:
            ax.imshow(np.dstack([image, node["mask"] * np.uint8(255)]))
    for edge in graph["edges"]:
        start, end = nodes[edge["source"]], nodes[edge["target"]]
        if start["detected"] and end["detected"]:
            _draw_edge(ax, start, end, scale.to_rgba(edge["contribution"]), width, height)
    radius = 0.042 * width
    for node in nodes:
        _draw_node(ax, node, scale, radius, width, height)
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)


def _draw_edge(ax: Axes, start: Mapping, end: Mapping, color: Any, width: int, height: int) -> None:
    from matplotlib.patches import FancyArrowPatch

    for line, tint in ((4.5, "black"), (3, color)):
        ax.add_patch(
            FancyArrowPatch(
                (start["x"] * width, start["y"] * height),
                (end["x"] * width, end["y"] * height),
                connectionstyle="arc3,rad=0.18",
                arrowstyle="-|>,head_length=6,head_width=4",
                shrinkA=11,
                shrinkB=11,
                linewidth=line,
                color=tint,
            )
        )


def _draw_node(ax: Axes, node: Mapping, scale: Any, radius: float, width: int, height: int) -> None:
    from matplotlib.patches import Circle

    color = scale.to_rgba(node["contribution"])
    x, y = node["x"] * width, node["y"] * height
    x, y = np.clip(x, radius, width - radius), np.clip(y, radius, height - radius)
    style: dict[str, Any] = {"facecolor": color, "edgecolor": "black", "linewidth": 1.5}
    if not node["detected"]:
        style = {
            "facecolor": "white",
            "edgecolor": STUDENT,
            "linewidth": 1.5,
            "linestyle": "--",
            "alpha": 0.8,
        }
    ax.add_patch(Circle((x, y), radius, zorder=5, **style))
    ink = text_on(color) if node["detected"] else STUDENT
    ax.text(x, y, node["name"], ha="center", va="center", fontsize=12, color=ink, zorder=6)


def concept_patches(concepts: Mapping[str, Sequence[Concept]], n_patches: int = 6) -> Figure:
    """A row of example patches for each concept, nearest to its mean first.

    Parameters
    ----------
    concepts : {class: its concepts}
    """
    rows = [concept for own in concepts.values() for concept in own]
    figure = new_figure(1.1 * n_patches + 2.4, 1.1 * len(rows) + 0.2)
    axes = figure.subplots(len(rows), n_patches, squeeze=False)
    for row, concept in zip(axes, rows, strict=True):
        for ax in row:
            ax.set_axis_off()
        for ax, patch in zip(row, concept.patches, strict=False):
            ax.imshow(patch)
        row[0].text(
            -0.15,
            0.5,
            f"{concept.cls} {concept.index + 1}\nTCAV {concept.score:.2f}",
            transform=row[0].transAxes,
            ha="right",
            va="center",
            fontsize=11,
        )
    return figure
