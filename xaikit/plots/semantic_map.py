"""A map of concepts (SeVec fig. 3): color is a label, size the degree of diversity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xaikit.plots.figures import new_figure
from xaikit.plots.map_layout import (
    N_COLORED,
    OTHER,
    Box,
    Floats,
    Groups,
    group_centers,
    place_groups,
    place_names,
    point_radii,
    unit_places,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["semantic_map"]

MAP, HEAD, LEGEND = (8.0, 6.4), 0.5, 2.7  # inches: of the map, above it and beside it
DPI = 100  # of the pixels in which names find their places; the figure may be drawn at any resolution
EDGE = 36  # pixels around the outermost points
NAMED = 400  # of how many points, the largest first, a name is tried
CROWD = 3000  # more points than that have no names


def semantic_map(
    names: Sequence[str],
    positions: ArrayLike,
    sizes: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    title: str = "",
    size_name: str = "diversity",
    n_names: int = 40,
) -> Figure:
    """A map of concepts, with the names of as many as find room and of the groups they belong to.

    Parameters
    ----------
    names : of the n concepts
    positions : float (n, 2), their places
    sizes : float (n,), of the points; their radii run from the smallest size to the largest
    labels : of the concepts, which give the colors; beyond 16 different ones the rarest share a grey
    title : above the map
    size_name : what `sizes` are
    n_names : names of concepts at most

    Raises
    ------
    ValueError
        There is no concept, `names`, `positions`, `sizes` and `labels` are not of one length, or a number is
        not finite.
    """
    places = np.asarray(positions, float)
    n = len(names)
    values = None if sizes is None else np.asarray(sizes, float)
    _check(n, places, values, labels)
    groups = Groups.by(labels if labels is not None else [""] * n)
    size = (MAP[0] * DPI, MAP[1] * DPI)
    unit = unit_places(places)
    spots, radii = _pixels(unit, unit, size), point_radii(values, n, size[0] * size[1])

    figure = new_figure(MAP[0] + LEGEND, MAP[1] + HEAD)
    figure.set_layout_engine("none")  # the map has its place
    ax = figure.add_axes((0, 0, MAP[0] / (MAP[0] + LEGEND), MAP[1] / (MAP[1] + HEAD)))
    ax.set(xlim=(0, size[0]), ylim=(size[1], 0))
    ax.set_axis_off()
    figure.text(0.012, 0.99, title, fontsize=15, va="top")
    order = np.argsort(-radii, kind="stable")
    _draw_points(ax, spots, radii, groups, order)
    discs = np.column_stack([spots, radii])
    centers = _pixels(group_centers(unit, groups), unit, size)
    taken = _write_groups(ax, centers, groups, discs if n <= NAMED else discs[:0], size)
    if n <= CROWD:
        _write_names(ax, names, spots, radii, order[:NAMED], discs, taken, size, n_names)
    handles = _group_handles(groups) + _size_handles(values, radii, size_name)
    if handles:
        figure.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(ax.get_position().x1, 0.93), frameon=False,
            fontsize=12, labelspacing=0.75,
        )  # fmt: skip
    return figure


def _check(n: int, places: Floats, sizes: Floats | None, labels: Sequence[str] | None) -> None:
    if not n or places.shape != (n, 2):
        raise ValueError(f"`positions` must have shape ({n}, 2), one place per name; got {places.shape}.")
    if sizes is not None and sizes.shape != (n,):
        raise ValueError(f"`sizes` must have shape ({n},), one size per name; got {sizes.shape}.")
    if labels is not None and len(labels) != n:
        raise ValueError(f"`labels` must hold one label per name, {n}; got {len(labels)}.")
    if not np.isfinite(places).all() or (sizes is not None and not np.isfinite(sizes).all()):
        raise ValueError("`positions` and `sizes` must be finite; got some that are not.")


def _pixels(some: Floats, places: Floats, size: tuple[float, float]) -> Floats:
    """Pixels of some places, where all `places` fill the map."""
    low, high = places.min(0), places.max(0)
    fit = float(((np.array(size) - 2 * EDGE) / np.maximum(high - low, 1e-6)).min())
    return np.asarray((some - (low + high) / 2) * min(fit, 2 * size[0]) + np.array(size) / 2)


def _draw_points(ax: Axes, spots: Floats, radii: Floats, groups: Groups, order: NDArray[np.int64]) -> None:
    colors, diamonds = groups.colors() / 255, groups.diamonds()
    for marker, own in (("o", order[~diamonds[order]]), ("D", order[diamonds[order]])):
        look: dict[str, Any] = {"c": colors[own], "edgecolors": 0.6 * colors[own], "linewidths": 0.8}
        scale = (2 * radii[own] * 72 / DPI) ** 2 * (1 if marker == "o" else 0.8)
        ax.scatter(spots[own, 0], spots[own, 1], s=scale, marker=marker, clip_on=False, **look)


def _width(text: str, points: float, weight: str = "normal") -> float:
    """Pixels that a text is wide."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    plain = text.replace("$", "S")  # which would begin a formula
    path = TextPath((0, 0), plain, size=points, prop=FontProperties(weight=weight))
    return float(path.get_extents().width) * DPI / 72 + 6


def _write_groups(
    ax: Axes, centers: Floats, groups: Groups, discs: Floats, size: tuple[float, float]
) -> list[Box]:
    """Each group's name near where the group is fullest; returns what they cover."""
    if len(groups.names) < 2:
        return []
    points = 19 if len(groups.names) <= 6 else 14
    several = [k for k in range(len(centers)) if groups.counts[k] > 1]
    extents = [(_width(groups.names[k], points, "bold"), points * 1.9) for k in several]
    boxes = place_groups(centers[several], extents, size, discs)
    for k, box in zip(several, boxes, strict=True):
        if box is not None:
            _write(ax, groups.names[k], box, points, "bold", 4)
    return [box for box in boxes if box is not None]


def _write_names(
    ax: Axes,
    names: Sequence[str],
    spots: Floats,
    radii: Floats,
    order: NDArray[np.int64],
    discs: Floats,
    taken: Sequence[Box],
    size: tuple[float, float],
    most: int,
) -> None:
    extents = [(_width(names[k], 10.5), 18.0) for k in order]
    boxes = place_names(spots[order], radii[order], extents, size, taken, discs)
    placed = [(names[k], box) for k, box in zip(order, boxes, strict=True) if box is not None]
    for name, box in placed[:most]:
        _write(ax, name, box, 10.5, "normal", 2)


def _write(ax: Axes, text: str, box: Box, points: float, weight: str, halo: float) -> None:
    from matplotlib.patheffects import withStroke

    place = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    effect = [withStroke(linewidth=halo, foreground="white")]
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    ax.text(*place, text, fontsize=points, fontweight=weight, path_effects=effect, **middle)


def _group_handles(groups: Groups) -> list[Artist]:
    if len(groups.names) < 2:
        return []
    colors, diamonds, counts = groups.colors() / 255, groups.diamonds(), groups.counts
    handles = []
    for k, name in enumerate(groups.names[:N_COLORED]):
        one = int(np.argmax(groups.of == k))
        marker = "D" if diamonds[one] else "o"
        handles.append(_handle(f"{name} ({counts[k]:,})", 9, marker, tuple(colors[one])))
    rest = len(groups.names) - N_COLORED
    return [*handles, *([_handle(f"{rest:,} others", 9, "o", _gray())] if rest > 0 else [])]


def _size_handles(sizes: Floats | None, radii: Floats, name: str) -> list[Artist]:
    if sizes is None:
        return []
    ends = [(sizes.min(), radii.min()), (sizes.max(), radii.max())]
    circles = [_handle(f"{value:.3g}", 2 * r * 72 / DPI, "o", _gray()) for value, r in ends]
    return [_handle(f"size: {name}", 0, "", _gray()), *circles]


def _gray() -> tuple[float, ...]:
    return tuple(part / 255 for part in OTHER)


def _handle(label: str, diameter: float, marker: str, color: Any) -> Artist:
    from matplotlib.lines import Line2D

    return Line2D([], [], ls="", marker=marker, markersize=diameter, color=color, label=label)
