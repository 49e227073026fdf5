"""The ground plan of a room while it is furnished: what stands where, and where there is still place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xaikit.worlds.rooms.furniture.common import Piece
from xaikit.worlds.rooms.scene import Furnishing

TURNS = {"back": 0.0, "left": 90.0, "right": -90.0}
WALLS = tuple(TURNS)
TALL = 1.15  # metres from which a thing must not stand near the viewer
Rectangle = tuple[float, float, float, float]


class Plan:
    """A room of `width` and `depth` metres under a ceiling of `height`, filled piece by piece.

    Walls are "back", "left" and "right"; a place `at` a wall counts from its left or back end. Most things
    come to the back wall, and more to the side wall called `seen`, of which the viewer sees more, than
    opposite.
    """

    def __init__(
        self, rng: np.random.Generator, width: float, depth: float, height: float, seen: str = "left"
    ) -> None:
        self.rng, self.width, self.depth, self.height = rng, width, depth, height
        self.walls = (*6 * ["back"], *3 * [seen], "right" if seen == "left" else "left")
        self.seen_walls = self.walls[:-1]
        self.things: list[Furnishing] = []
        self.pieces: dict[str, tuple[Furnishing, Piece]] = {}
        self._floor: list[Rectangle] = []
        self._walls: dict[str, list[Rectangle]] = {wall: [] for wall in WALLS}

    # ---- putting things down

    def put(
        self, kind: str, piece: Piece, x: float, y: float, z: float = 0.0, turn: float = 0.0
    ) -> Furnishing:
        """Put a piece down with the middle of its back there, whatever is there."""
        n = sum(thing.kind == kind for thing in self.things) + 1
        name = kind if n == 1 else f"{kind} {n}"
        thing = Furnishing(name, kind, piece.shapes, (float(x), float(y), float(z)), float(turn))
        self.things.append(thing)
        self.pieces.setdefault(kind, (thing, piece))
        return thing

    def stand(self, kind: str, piece: Piece, x: float, y: float, turn: float = 0.0) -> Furnishing:
        """Put a piece on the floor, and keep its place."""
        self.occupy(footprint(piece, x, y, turn), piece.height)
        return self.put(kind, piece, x, y, 0.0, turn)

    def against(self, kind: str, piece: Piece, walls: Sequence[str] = (), tries: int = 40) -> str | None:
        """Stand a piece against one of the walls where there is place; the wall, None where there is none."""
        for _ in range(tries):
            wall = self.any_wall(walls)
            if self.at_wall(kind, piece, wall, self._somewhere(piece, wall)):
                return wall
        return None

    def at_wall(self, kind: str, piece: Piece, wall: str, at: float, gap: float = 0.02) -> Furnishing | None:
        """Stand a piece against a wall, its middle at `at`, if there is place."""
        x, y = self.spot(wall, at, gap)
        if not self.free(footprint(piece, x, y, TURNS[wall]), piece.height):
            return None
        return self.stand(kind, piece, x, y, TURNS[wall])

    def hang(
        self, kind: str, piece: Piece, z: float, walls: Sequence[str] = (), tries: int = 24
    ) -> tuple[Furnishing, str, float] | None:
        """Hang a piece with its foot at `z` where the wall is free; the thing, its wall and place there."""
        for _ in range(tries):
            wall = self.any_wall(walls)
            at = self._somewhere(piece, wall)
            thing = self.hang_at(kind, piece, z, wall, at)
            if thing is not None:
                return thing, wall, at
        return None

    def hang_at(self, kind: str, piece: Piece, z: float, wall: str, at: float) -> Furnishing | None:
        """Hang a piece at that place of the wall, if it is free."""
        half = piece.width / 2
        wanted = (at - half - 0.02, z - 0.04, at + half + 0.02, z + piece.height + 0.04)
        if wanted[3] > self.height or any(_overlap(wanted, other) for other in self._walls[wall]):
            return None
        self._walls[wall].append(wanted)
        x, y = self.spot(wall, at, 0.0)
        return self.put(kind, piece, x, y, z, TURNS[wall])

    def reserve(self, wall: str, at: float, half: float, z0: float, z1: float) -> None:
        """Keep a piece of wall free of other things."""
        self._walls[wall].append((at - half, z0, at + half, z1))

    def occupy(self, area: Rectangle, height: float) -> None:
        """Keep a piece of floor (x0, y0, x1, y1), and the walls behind it up to a height."""
        self._floor.append(area)
        x0, y0, x1, y1 = area
        if y0 < 0.3:
            self._walls["back"].append((x0, 0.0, x1, height))
        if x0 < 0.3:
            self._walls["left"].append((y0, 0.0, y1, height))
        if x1 > self.width - 0.3:
            self._walls["right"].append((y0, 0.0, y1, height))

    # ---- asking for place

    def any_wall(self, walls: Sequence[str] = ()) -> str:
        """One of some walls, of all where none is given."""
        chosen = walls or self.walls
        return chosen[int(self.rng.integers(len(chosen)))]

    def free(self, area: Rectangle, height: float = 0.0) -> bool:
        """Whether nothing stands there, and it is inside, and does not hide the room."""
        x0, y0, x1, y1 = area
        reach = 0.62 * self.depth if height > TALL else self.depth
        if x0 < 0 or y0 < 0 or x1 > self.width or y1 > reach + 0.25:
            return False
        if any(_overlap(area, other) for other in self._floor):
            return False
        return height <= 0.6 or not self._hides(area, height)

    def bare(self, wall: str, at: float, half: float, below: float) -> bool:
        """Whether a wall is free from the floor up to `below`."""
        wanted = (at - half, 0.0, at + half, below)
        return not any(_overlap(wanted, other) for other in self._walls[wall])

    def spot(self, wall: str, at: float, gap: float) -> tuple[float, float]:
        """The x and y of a place at a wall."""
        if wall == "back":
            return at, gap
        return (gap if wall == "left" else self.width - gap), at

    def _hides(self, area: Rectangle, height: float) -> bool:
        """Whether a thing that high would cover what hangs on the wall behind it."""
        x0, y0, x1, y1 = area
        taken = []
        if y0 < 0.3:
            taken += [((x0, 0.0, x1, height), other) for other in self._walls["back"]]
        if x0 < 0.3:
            taken += [((y0, 0.0, y1, height), other) for other in self._walls["left"]]
        if x1 > self.width - 0.3:
            taken += [((y0, 0.0, y1, height), other) for other in self._walls["right"]]
        return any(other[1] > 0.3 and _overlap(mine, other) for mine, other in taken)

    def _somewhere(self, piece: Piece, wall: str) -> float:
        half = piece.width / 2 + 0.04
        long = self.width if wall == "back" else 0.8 * self.depth
        return float(self.rng.uniform(min(half, long / 2), max(long - half, long / 2)))


def footprint(piece: Piece, x: float, y: float, turn: float) -> Rectangle:
    """The floor (x0, y0, x1, y1) that a piece needs there, for turns by quarters of a circle."""
    half, depth = piece.width / 2, piece.depth
    quarter = round(turn / 90) % 4
    if quarter == 0:
        return x - half, y, x + half, y + depth
    if quarter == 2:
        return x - half, y - depth, x + half, y
    return (x, y - half, x + depth, y + half) if quarter == 1 else (x - depth, y - half, x, y + half)


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
