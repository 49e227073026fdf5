"""How a map of points is drawn, wherever it is drawn: colors of groups, sizes of points, places of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]  # left, top, right, bottom
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Okabe and Ito's colors, which people with any color vision can tell apart; a wine red stands for their
# black, which a dark page would swallow.
GROUP_COLORS: tuple[tuple[int, int, int], ...] = (
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (213, 94, 0),
    (240, 228, 66),
    (136, 34, 85),
)
OTHER: tuple[int, int, int] = (140, 140, 140)
N_COLORED = 2 * len(GROUP_COLORS)  # the second eight have the colors of the first, and are diamonds
N_NAMED = 40  # groups whose names are written on a map, the largest
CELLS = 24  # per side, in which the fullest place of a group is looked for

# how far the name of a group may leave its place, in its own widths and heights
_ASIDE = (0, -0.35, 0.35, -0.7, 0.7)
_LINES = (0, -0.7, 0.7, -1.4, 1.4, -2.1, 2.1, -2.8, 2.8)


@dataclass(frozen=True)
class Groups:
    """Points by their labels.

    Attributes
    ----------
    names : the labels, the most frequent first
    of : int (n,), the number of each point's group
    """

    names: tuple[str, ...]
    of: Integers

    @classmethod
    def by(cls, labels: Sequence[str]) -> Groups:
        """Group points by label; of two labels as frequent, the one that comes first is first."""
        names = tuple(name for name, _ in Counter(labels).most_common())
        number = {name: k for k, name in enumerate(names)}
        return cls(names, np.fromiter((number[label] for label in labels), np.int64, len(labels)))

    @property
    def counts(self) -> Integers:
        """How many points each group has."""
        return np.bincount(self.of, minlength=len(self.names))

    def colors(self) -> NDArray[np.uint8]:
        """The color of each point, uint8 (n, 3); beyond `N_COLORED` groups the rarest share a grey."""
        palette = np.full((max(len(self.names), 1), 3), OTHER, np.uint8)
        shown = min(len(self.names), N_COLORED)
        palette[:shown] = [GROUP_COLORS[k % len(GROUP_COLORS)] for k in range(shown)]
        return palette[self.of]

    def diamonds(self) -> NDArray[np.bool_]:
        """Which points are diamonds: those of the second eight groups. bool (n,)"""
        return (self.of >= len(GROUP_COLORS)) & (self.of < N_COLORED)


def unit_places(positions: Floats) -> Floats:
    """Positions (n, 2) in a square of side 1, with y downwards as in pictures and one scale for both axes."""
    low, high = positions.min(0), positions.max(0)
    span = float((high - low).max())
    if span == 0:
        return np.full(positions.shape, 0.5)
    places = (positions - (low + high) / 2) / span + 0.5
    return np.column_stack([places[:, 0], 1 - places[:, 1]])


def point_radii(sizes: NDArray[np.floating] | None, n: int, area: float) -> Floats:
    """Radii in pixels of n points on so many square pixels: the smallest size is small, the largest large."""
    least, most = radius_range(n, area)
    if sizes is None:
        return np.full(n, 0.7 * most)
    span = float(np.ptp(sizes))
    share = (sizes - sizes.min()) / span if span else np.full(n, 0.5)
    return np.asarray(least + (most - least) * share, float)


def radius_range(n: int, area: float) -> tuple[float, float]:
    """Radii in pixels of the smallest and the largest of n points."""
    most = min(max(0.24 * (area / n) ** 0.5, 2.0), 18.0)
    return max(0.4 * most, 1.2), most


def group_centers(places: Floats, groups: Groups) -> Floats:
    """Where each group is fullest: the middle of its points in and around its fullest cell.

    Returns
    -------
    (k, 2), of the `N_NAMED` largest groups, or of all where they are fewer
    """
    k = min(len(groups.names), N_NAMED)
    own = groups.of < k
    of, inside = groups.of[own], places[own]
    cells = np.clip((inside * CELLS).astype(int), 0, CELLS - 1) + 1
    side = CELLS + 2  # with an empty cell around
    counts = np.bincount((of * side + cells[:, 0]) * side + cells[:, 1], minlength=k * side * side)
    full = _with_neighbours(counts.reshape(k, side, side)).reshape(k, -1).argmax(1)
    near = (np.abs(cells - np.column_stack([full // side, full % side])[of]) <= 1).all(1)
    members = np.bincount(of[near], minlength=k)
    return np.column_stack([np.bincount(of[near], inside[near, axis], k) / members for axis in (0, 1)])


def _with_neighbours(counts: Integers) -> Integers:
    """The counts (k, side, side) of each cell and the eight around it; the outermost cells are empty."""
    summed = counts.copy()
    summed[:, 1:-1] = counts[:, :-2] + counts[:, 1:-1] + counts[:, 2:]
    rows = summed.copy()
    summed[:, :, 1:-1] = rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]
    summed[:, [0, -1]] = summed[:, :, [0, -1]] = 0
    return summed


def place_groups(
    spots: Floats, extents: Sequence[tuple[float, float]], room: tuple[float, float], discs: Floats
) -> list[Box | None]:
    """Find room for the names of groups near their centres, where they cover few points.

    Names come first in the order given. None covers another or leaves the room.

    Parameters
    ----------
    spots : (k, 2), the centres in pixels
    extents : width and height of each name
    room : width and height of the picture
    discs : (m, 3), x, y and radius of the points; none where there are too many to be spared

    Returns
    -------
    for each name its box (left, top, right, bottom), or None where it found no room
    """
    found: list[Box | None] = []
    for (x, y), (width, height) in zip(spots, extents, strict=True):
        best, least = None, np.inf
        for aside, line in product(_ASIDE, _LINES):
            left, top = x - width / 2 + aside * width, y - height / 2 + line * height
            box = float(left), float(top), float(left + width), float(top + height)
            cost = float(np.hypot(aside * width, line * height)) / 30
            if cost >= least or not _is_free(box, [b for b in found if b is not None], discs[:0], room):
                continue
            cost += int(_covered(box, discs).sum())
            if cost < least:
                best, least = box, cost
        found.append(best)
    return found


def place_names(
    spots: Floats,
    radii: Floats,
    extents: Sequence[tuple[float, float]],
    room: tuple[float, float],
    taken: Sequence[Box] = (),
    discs: Floats | None = None,
) -> list[Box | None]:
    """Find room for names beside their points: right, left, above or below, else nowhere.

    Names come first in the order given. None covers another, nor a disc, nor leaves the room.

    Parameters
    ----------
    spots : (k, 2), the points that have names, in pixels
    radii : (k,), of their discs
    extents : width and height of each name
    room : width and height of the picture
    taken : boxes (left, top, right, bottom) that are already covered
    discs : (m, 3), x, y and radius of what no name may cover; by default the k points themselves

    Returns
    -------
    for each name its box (left, top, right, bottom), or None where it found no room
    """
    discs = np.column_stack([spots, radii]) if discs is None else discs
    boxes, found = list(taken), []
    for (x, y), r, (width, height) in zip(spots, radii, extents, strict=True):
        corners = (
            (x + r + 3, y - height / 2),
            (x - r - 3 - width, y - height / 2),
            (x - width / 2, y - r - 2 - height),
            (x - width / 2, y + r + 2),
        )
        options = [(float(x), float(y), float(x + width), float(y + height)) for x, y in corners]
        box = next((one for one in options if _is_free(one, boxes, discs, room)), None)
        boxes += [] if box is None else [box]
        found.append(box)
    return found


def _is_free(box: Box, boxes: Sequence[Box], discs: Floats, room: tuple[float, float]) -> bool:
    left, top, right, bottom = box
    if left < 2 or top < 2 or right > room[0] - 2 or bottom > room[1] - 2:
        return False
    if any(left < b[2] and b[0] < right and top < b[3] and b[1] < bottom for b in boxes):
        return False
    return not _covered(box, discs).any()


def _covered(box: Box, discs: Floats) -> NDArray[np.bool_]:
    """Which discs a box covers or touches."""
    across = np.maximum(np.maximum(box[0] - discs[:, 0], discs[:, 0] - box[2]), 0)
    down = np.maximum(np.maximum(box[1] - discs[:, 1], discs[:, 1] - box[3]), 0)
    return np.asarray(np.hypot(across, down) < discs[:, 2])
