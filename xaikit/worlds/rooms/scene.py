"""What a picture of a room is made of: the bare room, what stands in it, light and camera; frozen, editable.

Lengths are metres. The room's `x` runs along the back wall to the right, `y` from there to the viewer, `z`
upwards. What stands in it has a frame of its own: its middle at `x = 0`, its back at `y = 0`, its foot at
`z = 0`, its front to `y`. Each piece of chance that drawing needs has a seed of its own, so an edit changes
nothing but what it names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.worlds.drawing.scene import Light, Paint, Plate, Point2, Point3, Solid

SHELL = ("wall", "floor", "ceiling")
"""The parts that every room has and that cannot be taken away."""


@dataclass(frozen=True)
class Taper:
    """A convex outline (x, y) at height `start` that becomes another, of as many corners, at `end`."""

    low: tuple[Point2, ...]
    high: tuple[Point2, ...]
    start: float
    end: float
    paint: Paint


Shape = Solid | Plate | Taper


@dataclass(frozen=True)
class Furnishing:
    """A thing in a room. `name` is unique in its scene, `kind` is what it is ("chair 2" is a "chair").

    `place` is where the middle of its back stands, `turn` in degrees: 0 faces the viewer, 90 the right.
    """

    name: str
    kind: str
    shapes: tuple[Shape, ...]
    place: Point3 = (0.0, 0.0, 0.0)
    turn: float = 0.0


@dataclass(frozen=True)
class Shell:
    """The bare room: its measures in metres and what covers it."""

    width: float
    depth: float
    height: float
    wall: Paint
    floor: Paint
    ceiling: Paint
    skirting: Paint


@dataclass(frozen=True)
class Camera:
    """Where the viewer stands and looks.

    `focus` is the focal length in widths of the picture; a mirrored picture shows left and right exchanged.
    """

    place: Point3
    target: Point3
    focus: float
    mirrored: bool = False

    def axes(self) -> np.ndarray:
        """Rows, in the room's axes: the picture's right, its down, the way that is looked; float64 (3, 3)."""
        ahead = np.subtract(self.target, self.place)
        ahead /= np.linalg.norm(ahead)
        right = np.array([-ahead[1], ahead[0], 0.0])
        right /= np.linalg.norm(right)
        x, y, z = right, ahead, np.array([0.0, 0.0, 1.0])
        down = -(z - (z @ y) * y)
        down /= np.linalg.norm(down)
        return np.array([-x if self.mirrored else x, down, ahead])


@dataclass(frozen=True)
class RoomScene:
    """A room before it is drawn. Editing returns a new scene.

    `light` shines in the room's axes, its azimuth counted from the viewer's side to the right; `vocabulary`
    holds the attributes that the world knows.
    """

    world: str
    label: str
    shell: Shell
    parts: tuple[Furnishing, ...]
    light: Light
    camera: Camera
    vocabulary: tuple[str, ...] = field(default=(), repr=False)
    size: int = 128

    @property
    def part_names(self) -> list[str]:
        return [part.name for part in self.parts]

    def part(self, name: str) -> Furnishing:
        """The thing called `name`. Raises ValueError where the room has none."""
        for part in self.parts:
            if part.name == name:
                return part
        names = self.part_names
        raise ValueError(
            f"`name` must be a thing in the room; got {name!r}.{did_you_mean(name, names)} "
            f"This {self.label} has: {', '.join(names)}."
        )

    def kind(self, name: str) -> str:
        """What the thing called `name` is: the kind of "chair 2" is "chair", that of "wall" is "wall"."""
        return name if name in SHELL else self.part(name).kind

    def drawn_finely(self, times: int = 4) -> np.ndarray:
        """The room drawn `times` as large; see :func:`xaikit.worlds.rooms.drawn_finely`."""
        from xaikit.worlds.rooms.render import drawn_finely  # which knows rooms itself

        return drawn_finely(self, times)

    def without(self, name: str) -> RoomScene:
        """The room without the thing called `name`: what was behind it shows, and its shadow is gone."""
        gone = self.part(name)
        return replace(self, parts=tuple(part for part in self.parts if part is not gone))

    def with_part(self, part: Furnishing) -> RoomScene:
        """The room with `part` where it says; it takes the place of the thing of the same name."""
        if part.name not in self.part_names:
            return replace(self, parts=(*self.parts, part))
        return replace(self, parts=tuple(part if old.name == part.name else old for old in self.parts))

    def moved(self, name: str, dx: float, dy: float) -> RoomScene:
        """The room with a thing put down `dx` metres along the back wall and `dy` metres to the viewer."""
        old = self.part(name)
        x, y, z = old.place
        return self.with_part(replace(old, place=(x + dx, y + dy, z)))
