"""Structural concept graphs over the picture (VRX fig. 1, 6) and the patches of a concept (fig. 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xaikit.core.images import shown_patch
from xaikit.plots.figures import NETWORK, STUDENT, diverging, new_figure, text_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["concept_graphs", "concept_patches"]


MEANING = "filled: measured on the network; hollow: learned by the small network (GRN)"
AGAINST = "#b34604"
ROW = 0.3  # inches for the marks of one concept


def concept_graphs(
    image: np.ndarray,
    graphs: Sequence[Mapping[str, Any]],
    prediction: str,
    answer: Mapping[str, Any] | None = None,
    warning: str = "",
    drawn: np.ndarray | None = None,
) -> Figure:
    """Graphs of several classes side by side on one color scale; below each, what was measured and learned.

    Parameters
    ----------
    image : uint8 (h, w, 3)
    graphs : one mapping per class, as :class:`xaikit.widgets.ConceptGraph` takes them
    prediction : the network's class among those asked about
    answer : {"name", "probability"}, the network's own most probable class of all it knows
    warning : what the beholder has to be warned of
    drawn : uint8 (n·h, n·w, 3), the picture drawn again at higher resolution
    """
    values = [
        value for graph in graphs for one in (*graph["nodes"], *graph["edges"]) for value in _marks(one)
    ]
    scale = _scale(max(map(abs, values), default=0.0) or 1.0)
    measured = any(node.get("effect") is not None for graph in graphs for node in graph["nodes"])
    head = [*_answer_words(answer, graphs, prediction), *([warning] if warning else [])]
    n_rows = max(len(graph["nodes"]) for graph in graphs) if measured else 0
    heights = [0.45 * len(head) + 0.01, 4.6, ROW * n_rows + 0.01]
    figure = new_figure(4.2 * len(graphs) + 0.8, sum(heights) + 0.6)
    grid = figure.add_gridspec(3, len(graphs), height_ratios=heights)
    axes = [figure.add_subplot(grid[1, n]) for n in range(len(graphs))]
    for ax, graph in zip(axes, graphs, strict=True):
        _draw_graph(ax, image if drawn is None else drawn, graph, scale, graph["name"] == prediction)
    bar = figure.colorbar(scale, ax=axes, shrink=0.7, pad=0.01)
    bar.set_label("speaks against  ←  contribution  →  speaks for", fontsize=12)
    if measured:
        for n, graph in enumerate(graphs):
            _draw_marks(figure.add_subplot(grid[2, n]), graph, scale)
        figure.supxlabel(MEANING, fontsize=12)
    if head:
        _draw_head(figure.add_subplot(grid[0, :]), head, warning)
    return figure


def _marks(one: Mapping[str, Any]) -> list[float]:
    """What was learned, and what was measured if anything was."""
    return [value for value in (one["contribution"], one.get("effect")) if value is not None]


def _shown(one: Mapping[str, Any]) -> float:
    """What was measured, where something was; else what was learned."""
    return float(_marks(one)[-1])


def _scale(limit: float) -> Any:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    return ScalarMappable(Normalize(-limit, limit), diverging())


def _answer_words(
    answer: Mapping[str, Any] | None, graphs: Sequence[Mapping[str, Any]], prediction: str
) -> list[str]:
    chances = {graph["name"]: graph["network"] for graph in graphs}
    if answer is None or answer["name"] in chances:
        return []
    among = f"{prediction} {chances[prediction]:.0%}" if prediction in chances else prediction
    own = f"{answer['name']} {answer['probability']:.0%}"
    return [f"The network's answer: {own}. Among the classes asked about: {among}"]


def _draw_head(ax: Axes, lines: Sequence[str], warning: str) -> None:
    ax.set_axis_off()
    for n, line in enumerate(lines):
        frame = {"facecolor": "white", "edgecolor": AGAINST, "linewidth": 2, "pad": 5}
        ax.text(
            0.5, 1 - (n + 0.5) / len(lines), line, ha="center", va="center", fontsize=14, fontweight="bold",
            wrap=True, transform=ax.transAxes, bbox=frame if line == warning else None,
        )  # fmt: skip


def _draw_graph(ax: Axes, image: np.ndarray, graph: Mapping[str, Any], scale: Any, predicted: bool) -> None:
    height, width = image.shape[:2]
    ax.imshow((image * 0.35 + 255 * 0.65).astype(np.uint8))
    ax.set_xticks([])
    ax.set_yticks([])
    question = "Why" if predicted else "Why not"
    ax.set_title(f"{question} {graph['name']}?", fontsize=16, fontweight="bold")
    student = "" if graph["student"] is None else f" · GRN {graph['student']:.0%}"
    ax.set_xlabel(f"network {graph['network']:.0%}{student}", fontsize=13, color=NETWORK)
    nodes = graph["nodes"]
    for node in nodes:
        if node["mask"] is not None:
            times = height // node["mask"].shape[0]
            alpha = node["mask"].repeat(times, 0).repeat(times, 1) * np.uint8(255)
            ax.imshow(np.dstack([image, alpha]))
    for edge in graph["edges"]:
        start, end = nodes[edge["source"]], nodes[edge["target"]]
        if start["detected"] and end["detected"]:
            _draw_edge(ax, start, end, scale.to_rgba(_shown(edge)), width, height)
    radius = 0.042 * width
    for node in nodes:
        _draw_node(ax, node, scale, radius, width, height)
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)


def _draw_marks(ax: Axes, graph: Mapping[str, Any], scale: Any) -> None:
    """A row for each concept: a bar for its measured effect, a hollow diamond for its contribution."""
    nodes = sorted(graph["nodes"], key=lambda node: (not node["detected"], -_shown(node)))
    for y, node in enumerate(nodes):
        if not node["detected"]:
            ax.text(0, y, "not found", ha="center", va="center", fontsize=11, color=STUDENT)
            continue
        if node.get("effect") is not None:
            ax.barh(y, node["effect"], 0.6, color=scale.to_rgba(node["effect"]), edgecolor="black")
        ax.plot(node["contribution"], y, "D", markersize=8, mfc="white", mec="black", mew=2, clip_on=False)
    ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(range(len(nodes)), [_name(node) for node in nodes], fontsize=12)
    ax.set_xlim(*(1.08 * end for end in (scale.norm.vmin, scale.norm.vmax)))
    ax.set_ylim(len(nodes) - 0.4, -0.6)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params("y", length=0)


def _name(node: Mapping[str, Any]) -> str:
    """Its number, and what a person called it."""
    return f"{node['name']} {node['label']}" if node.get("label") else f"concept {node['name']}"


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

    color = scale.to_rgba(_shown(node))
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


def concept_patches(concepts: Mapping[str, Sequence[Any]], n_patches: int = 6) -> Figure:
    """A row of examples for each concept, nearest to its mean first: in their surroundings, or cut out.

    Parameters
    ----------
    concepts : {class: its concepts}, as `VRX.concepts` holds them
    """
    rows = [concept for own in concepts.values() for concept in own]
    figure = new_figure(1.1 * n_patches + 2.4, 1.1 * len(rows) + 0.2)
    axes = figure.subplots(len(rows), n_patches, squeeze=False)
    for row, concept in zip(axes, rows, strict=True):
        for ax in row:
            ax.set_axis_off()
        # A concept that keeps the surroundings of its patches is recognised more easily in them.
        pictures = getattr(concept, "contexts", None) or map(shown_patch, concept.patches)
        for ax, picture in zip(row, pictures, strict=False):
            ax.imshow(picture)
        row[0].text(
            -0.15,
            0.5,
            _about(concept),
            transform=row[0].transAxes,
            ha="right",
            va="center",
            fontsize=11,
        )
    return figure


def _about(concept: Any) -> str:
    """Its class and number, its name if it has one, and what it was chosen by."""
    effect, name = getattr(concept, "effect", float("nan")), getattr(concept, "name", "")
    chosen = f"TCAV {concept.score:.2f}" if np.isnan(effect) else f"effect {effect:+.2f}"
    return "\n".join([f"{concept.cls} {concept.index + 1}", *([name] if name else []), chosen])
