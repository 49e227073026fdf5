"""What a picture is made of: small frozen descriptions that can be edited and drawn again.

The object of a scene lives in metres: `x` points to its front, `y` to its right-hand side, `z` upwards, and
it stands on `z = 0`. A part is a handful of solids and flat plates in that space. Each piece of chance that
drawing needs (camouflage, clouds, grain) has a seed of its own, so an edit changes nothing but what it names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from xaikit.core.errors import did_you_mean

Color = tuple[int, int, int]
Point2 = tuple[float, float]
Point3 = tuple[float, float, float]

TEXTURES = ("plain", "camouflage", "canvas", "glass", "glow", "slats", "worn")


@dataclass(frozen=True)
class Paint:
    """A color (0–255) and how it lies on a surface; `texture` is one of `TEXTURES`."""

    color: Color
    texture: str = "plain"
    seed: int = 0


@dataclass(frozen=True)
class Solid:
    """An outline swept along an axis: the bodywork of things.

    `outline` runs counter-clockwise in the two axes other than `axis`, taken in the order x, y, z.
    """

    outline: tuple[Point2, ...]
    start: float
    end: float
    paint: Paint
    axis: str = "y"
    casts_shadow: bool = False


@dataclass(frozen=True)
class Plate:
    """A flat polygon on a surface: windows, signs, stripes. Seen only from the side its `normal` points to.

    `layer` orders plates that lie in one plane: a higher one covers a lower one.
    """

    points: tuple[Point3, ...]
    normal: Point3
    paint: Paint
    layer: int = 1


Shape = Solid | Plate


@dataclass(frozen=True)
class Frame:
    """The outer measures of an object in metres: where its front, its side and its roof are."""

    front: float
    half_width: float
    roof: float


@dataclass(frozen=True)
class Part:
    """A named part. `name` is unique in its scene, `kind` is what it is ("front wheel" is a "wheel").

    `mount` ("roof", "side", "front" or "body") says which surface of `frame`, the measures of the object that
    the part was made for, it hangs on, so that it can be fitted to another object. `offset` is how far, in
    pixels of the picture, it has been lifted off its place.
    """

    name: str
    kind: str
    shapes: tuple[Shape, ...]
    frame: Frame
    mount: str = "body"
    offset: Point2 = (0.0, 0.0)

    def fitted(self, frame: Frame) -> Part:
        """The part on an object of other measures: moved with the surface that it hangs on."""
        dx = frame.front - self.frame.front if self.mount == "front" else 0.0
        dz = frame.roof - self.frame.roof if self.mount == "roof" else 0.0
        widen = frame.half_width / self.frame.half_width
        shapes = tuple(_refit(shape, dx, dz, widen) for shape in self.shapes)
        return replace(self, shapes=shapes, frame=frame)


@dataclass(frozen=True)
class Pose:
    """Where the object's front points. `heading` in degrees: 0 right, 90 to the viewer, 180 left."""

    name: str
    heading: float
    pitch: float

    def axes(self) -> np.ndarray:
        """Rows, in object space: the picture's right, its down, the way to the viewer; float64 (3, 3)."""
        sin_h, cos_h = math.sin(math.radians(self.heading)), math.cos(math.radians(self.heading))
        sin_p, cos_p = math.sin(math.radians(self.pitch)), math.cos(math.radians(self.pitch))
        return np.array(
            [
                [cos_h, -sin_h, 0.0],
                [sin_h * sin_p, cos_h * sin_p, -cos_p],
                [sin_h * cos_p, cos_h * cos_p, sin_p],
            ]
        )


@dataclass(frozen=True)
class Light:
    """Sun and sky. Angles in degrees; azimuth 0 shines from behind the viewer, 90 from the right.

    `ambient` and `sun` are the share of a surface's color that sky and sun give back, `tint` multiplies the
    whole picture, `grain` is the standard deviation of the sensor noise in grey levels.
    """

    name: str
    azimuth: float
    elevation: float
    ambient: float
    sun: float
    tint: tuple[float, float, float]
    grain: float
    seed: int


@dataclass(frozen=True)
class Backdrop:
    """Sky, skyline and ground. `horizon` is the height of the skyline's foot, 0 (top) to 1 (bottom)."""

    kind: str
    horizon: float
    seed: int


@dataclass(frozen=True)
class Prop:
    """A thing that is not the object, `foot` and `height` in pixels; with `front` it stands before that."""

    kind: str
    foot: Point2
    height: float
    seed: int
    front: bool = False


@dataclass(frozen=True)
class Hindrance:
    """Something before the thing that a painted picture shows, its lots, and where: -1 to 1."""

    kind: str
    seed: int
    at: Point2


@dataclass(frozen=True)
class Scene:
    """A picture before it is drawn.

    `scale` is in pixels a metre, `place` the pixel on which the middle of the object's floor stands,
    `vocabulary` the attributes that the scene's world knows. Editing returns a new scene.
    """

    world: str
    label: str
    parts: tuple[Part, ...]
    frame: Frame
    pose: Pose
    scale: float
    place: Point2
    light: Light
    backdrop: Backdrop
    props: tuple[Prop, ...] = ()
    vocabulary: tuple[str, ...] = field(default=(), repr=False)
    size: int = 128

    @property
    def part_names(self) -> list[str]:
        return [part.name for part in self.parts]

    def part(self, name: str) -> Part:
        """The part called `name`. Raises ValueError where the scene has none."""
        for part in self.parts:
            if part.name == name:
                return part
        names = self.part_names
        raise ValueError(
            f"`name` must be a part of the scene; got {name!r}.{did_you_mean(name, names)} "
            f"This {self.label} has: {', '.join(names)}."
        )

    def kind(self, name: str) -> str:
        """What the part called `name` is: the kind of "front wheel" is "wheel"."""
        return self.part(name).kind

    def drawn_finely(self, times: int = 4) -> np.ndarray:
        """The scene drawn `times` as large; see :func:`xaikit.worlds.drawn_finely`."""
        from xaikit.worlds.drawing.render import drawn_finely  # which knows scenes itself

        return drawn_finely(self, times)

    def without(self, name: str) -> Scene:
        """The scene with the part called `name` taken off: what was behind it shows."""
        gone = self.part(name)
        return replace(self, parts=tuple(part for part in self.parts if part is not gone))

    def with_part(self, part: Part) -> Scene:
        """The scene with `part`, fitted to this object; it replaces the part of the same name."""
        fitted = part.fitted(self.frame)
        if part.name not in self.part_names:
            return replace(self, parts=(*self.parts, fitted))
        return replace(self, parts=tuple(fitted if old.name == part.name else old for old in self.parts))

    def moved(self, name: str, dx: float, dy: float) -> Scene:
        """The scene with a part lifted off and put down `dx` pixels to the right and `dy` pixels below.

        What was to be seen of the part travels; there it covers the object, not what stands before it.
        """
        old = self.part(name)
        offset = (old.offset[0] + dx, old.offset[1] + dy)
        return replace(self, parts=tuple(replace(p, offset=offset) if p is old else p for p in self.parts))


def _refit(shape: Shape, dx: float, dz: float, widen: float) -> Shape:
    if isinstance(shape, Plate):
        points = tuple((x + dx, y * widen, z + dz) for x, y, z in shape.points)
        return replace(shape, points=points)
    if shape.axis == "y":
        outline = tuple((x + dx, z + dz) for x, z in shape.outline)
        return replace(shape, outline=outline, start=shape.start * widen, end=shape.end * widen)
    if shape.axis == "x":
        outline = tuple((y * widen, z + dz) for y, z in shape.outline)
        return replace(shape, outline=outline, start=shape.start + dx, end=shape.end + dx)
    outline = tuple((x + dx, y * widen) for x, y in shape.outline)
    return replace(shape, outline=outline, start=shape.start + dz, end=shape.end + dz)
