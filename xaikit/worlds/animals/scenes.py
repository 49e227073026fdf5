"""A picture of an animal before it is painted: a small description that can be edited and painted again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from xaikit.core.errors import did_you_mean
from xaikit.worlds.animals.coats import Coat, sample_coat
from xaikit.worlds.animals.kinds import FACING, KINDS, PARTS, PARTS_OF, POSES, POSES_OF
from xaikit.worlds.animals.painting import paint_animal, under_lines
from xaikit.worlds.animals.pieces import Shape
from xaikit.worlds.animals.places import HINDRANCES, PLACES, Place
from xaikit.worlds.animals.shapes import shape_of
from xaikit.worlds.animals.surroundings import paint_hindrance, paint_lap, paint_place, paint_shadow
from xaikit.worlds.drawing.canvas import NOBODY, Canvas, points_of
from xaikit.worlds.drawing.pen import Frame
from xaikit.worlds.drawing.render import LEAST_SUPERSAMPLING, Rendering, box_of, check_times
from xaikit.worlds.drawing.scene import Hindrance, Light
from xaikit.worlds.drawing.surfaces import Random

SIZE = 128
"""Width and height of a picture in pixels."""
ZOOM = 2  # sub-pixels to a pixel's side
LIGHTS = ("noon", "dusk", "overcast")
SHARES = (0.42, 0.82)
"""Share of the picture's side that an animal's longer side takes."""
HINDERED = 0.35  # share of scenes with something before the animal
CUT = 0.3  # share of scenes in which the border cuts the animal
MOST_CUT = 0.3  # share of the animal's width or height that it cuts off at most


@dataclass(frozen=True)
class AnimalScene:
    """An animal, how it holds itself, where it is, and the light; editing returns a new scene.

    Attributes
    ----------
    animal : one of `KINDS`
    pose : one of `POSES_OF` its kind
    facing : it looks at the viewer
    frame : where its feet are, pixels in a unit of its frame, its turn, and whether it looks left
    build_seed : which animal of its kind it is: its proportions, its ears, horns and tail
    coat : its colors
    light, place, hindrance : around it
    removed : the parts that are taken off
    """

    animal: str
    pose: str
    facing: bool
    frame: Frame
    build_seed: int
    coat: Coat
    light: Light
    place: Place
    hindrance: Hindrance | None = None
    removed: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The kind."""
        return self.animal

    @property
    def part_names(self) -> list[str]:
        """The parts that the animal has, whether or not they are seen."""
        return [part for part in PARTS_OF[self.animal] if part not in self.removed]

    def kind(self, name: str) -> str:
        """What the part called `name` is, which is its name. Raises ValueError where there is none."""
        return self._checked(name)

    def without(self, name: str) -> AnimalScene:
        """The scene with a part taken off: what is behind it shows, and no pixel changes elsewhere.

        All pieces of a part go together, as both ears. What hangs on a part stays where it is, as the eyes
        where the head is gone. Raises ValueError where the animal has no such part, or no longer has it.
        """
        return replace(self, removed=(*self.removed, self._checked(name)))

    def shape(self) -> Shape:
        """The animal's shape, whole."""
        return shape_of(self.animal, self.pose, self.facing, self.build_seed)

    def rendered(self) -> Rendering:
        """The picture, uint8 (SIZE, SIZE, 3), and its truth. The same scene gives the same bytes."""
        canvas, occluded = _painted(self, ZOOM)
        parts = canvas.masks(PARTS)
        return Rendering(
            canvas.picture(self.light),
            parts,
            points_of(parts),
            box_of(parts),
            self._attributes(parts, occluded),
        )

    def drawn_finely(self, times: int = 4) -> np.ndarray:
        """The picture painted larger, with grain of its own: uint8 (times·SIZE, times·SIZE, 3).

        Raises ValueError where `times` is no whole number from 1 to 8.
        """
        check_times(times)
        canvas, _ = _painted(self, math.ceil(times * LEAST_SUPERSAMPLING))
        return canvas.fine_picture(self.light, times)

    def _checked(self, name: str) -> str:
        names = self.part_names
        if name not in names:
            raise ValueError(
                f"`name` must be a part of the scene; got {name!r}.{did_you_mean(name, names)} "
                f"This {self.animal} has: {', '.join(names)}."
            )
        return name

    def _attributes(self, parts: dict[str, np.ndarray], occluded: bool) -> dict[str, bool]:
        return {
            **{f"has {part}": part in parts for part in PARTS},
            **{f"pose {pose}": pose == self.pose for pose in POSES},
            **{f"surroundings {kind}": kind == self.place.kind for kind in PLACES},
            **{f"light {name}": name == self.light.name for name in LIGHTS},
            "looks left": self.frame.mirrored,
            "faces the viewer": self.facing,
            "occluded": occluded,
        }


def sample_scene(kind: str, rng: Random) -> AnimalScene:
    """Draw lots for a whole scene with an animal of a kind; its surroundings do not depend on it.

    Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"`kind` must be one of {list(KINDS)}; got {kind!r}.{did_you_mean(kind, KINDS)}")
    around, own = (np.random.default_rng(seed) for seed in rng.integers(2**31, size=2).tolist())
    share, middle, cut = around.uniform(*SHARES), around.uniform(0, 1, 2), _cut(around)
    left, kind_of_place = bool(around.random() < 0.5), PLACES[around.integers(len(PLACES))]
    place_seed, depth, light = int(around.integers(2**31)), float(around.uniform(0.12, 0.55)), _light(around)
    poses = POSES_OF[kind]
    pose, build_seed = poses[own.integers(len(poses))], int(own.integers(2**31))
    facing = bool(own.random() < FACING[kind])
    coat, turn = sample_coat(kind, own), float(own.uniform(-0.04, 0.04))
    frame = _placed(shape_of(kind, pose, facing, build_seed), share, middle, cut, left, turn)
    foot = (2 * frame.place[0] / SIZE - 1, 2 * frame.place[1] / SIZE - 1)
    place = Place(kind_of_place, place_seed, float(np.clip(foot[1] - depth, -0.75, 0.6)), foot)
    scene = AnimalScene(kind, pose, facing, frame, build_seed, coat, light, place)
    return replace(scene, hindrance=_hindrance(scene, around, own))


def _cut(rng: Random) -> tuple[int, float]:
    """Which side of the picture cuts the animal, 0 to 3, and how much of it; -1 for none."""
    side, much, lot = int(rng.integers(4)), float(rng.uniform(0.1, MOST_CUT)), rng.random()
    return (side, much) if lot < CUT else (-1, 0.0)


def _placed(
    shape: Shape, share: float, middle: np.ndarray, cut: tuple[int, float], left: bool, turn: float
) -> Frame:
    """So that the shape takes its share of the picture's side, anywhere, or cut by a side of the picture."""
    x0, y0, x1, y1 = shape.bounds()
    reach = share * SIZE / max(x1 - x0, y1 - y0)
    size = np.array((x1 - x0, y1 - y0)) * reach
    corner = middle * (SIZE - size)
    side, much = cut
    if side >= 0:
        axis = side % 2
        corner[axis] = -much * size[axis] if side < 2 else SIZE - (1 - much) * size[axis]
    start = x1 if left else -x0
    return Frame((float(corner[0] + start * reach), float(corner[1] - y0 * reach)), float(reach), turn, left)


def _hindrance(scene: AnimalScene, around: Random, own: Random) -> Hindrance | None:
    """Something that hides a piece of the animal, of any of its parts, or nothing."""
    lot, kind, seed = (
        around.random(),
        HINDRANCES[around.integers(len(HINDRANCES))],
        int(around.integers(2**31)),
    )
    names = PARTS_OF[scene.animal]
    aimed = names[own.integers(len(names))]
    shape = scene.shape()
    pieces = [piece.points.mean(axis=0) for piece in shape.pieces if piece.part == aimed]
    target = pieces[own.integers(len(pieces))] if pieces else np.array(shape.eyes[0].at)
    x, y = (2 * scene.frame.pixels(target[None])[0] / SIZE - 1).tolist()
    return Hindrance(kind, seed, (x, y)) if lot < HINDERED else None


def _light(rng: Random) -> Light:
    name = LIGHTS[rng.choice(len(LIGHTS), p=(0.5, 0.2, 0.3))]
    ambient, sun, tint, grain = {
        "noon": (0.6, 0.52, (1.02, 1.0, 0.96), 1.6),
        "dusk": (0.6, 0.44, (0.98, 0.84, 0.74), 2.2),
        "overcast": (0.8, 0.22, (0.94, 0.97, 1.0), 2.0),
    }[name]
    gain = rng.uniform(0.9, 1.06)
    red, green, blue = (float(gain * part) for part in tint)
    azimuth, elevation = float(rng.uniform(-60, 60)), float(rng.uniform(35, 60))
    return Light(name, azimuth, elevation, ambient, sun, (red, green, blue), grain, int(rng.integers(2**31)))


def _painted(scene: AnimalScene, zoom: int) -> tuple[Canvas, bool]:
    """The canvas with everything on it, and whether something hides a part of the animal."""
    canvas, shape = Canvas(SIZE, zoom), scene.shape()
    paint_place(canvas, scene.place)
    x0, _, x1, _ = shape.bounds()
    ends = 2 * scene.frame.pixels(np.array([(x0, 0.0), (x1, 0.0)]))[:, 0] / SIZE - 1
    middle, half = float(ends.mean()), float(np.abs(np.diff(ends)[0]) / 2)
    paint_shadow(canvas, middle, scene.place.foot[1], 0.85 * half, 0.35 + 0.2 * scene.light.sun)
    _paint_animal(canvas, scene, shape)
    whole = canvas.owner != NOBODY
    paint_lap(canvas, scene.place, middle, 0.7 * half)
    lap = canvas.owner.copy()
    if scene.hindrance is not None:
        paint_hindrance(canvas, scene.hindrance)
    return canvas, bool((whole & (lap != canvas.owner)).any())


def _paint_animal(canvas: Canvas, scene: AnimalScene, shape: Shape) -> None:
    """The whole animal; where its removed parts are seen, and there alone, the animal without them."""
    if not scene.removed:
        paint_animal(canvas, scene.frame, shape, scene.coat, scene.light)
        return
    bare = Canvas(canvas.size, canvas.zoom)
    bare.colors[:] = canvas.colors
    paint_animal(canvas, scene.frame, shape, scene.coat, scene.light)
    kept = shape.without(scene.removed)
    if kept.layers:
        paint_animal(bare, scene.frame, kept, scene.coat, scene.light)
    gone = np.isin(canvas.owner, [PARTS.index(part) for part in scene.removed])
    gone |= under_lines(canvas, scene.frame, shape, scene.removed)
    # a part's border is soft: what of it lies beyond the pixels that it owns is gone, too
    border = Image.fromarray(gone).convert("L").filter(ImageFilter.MaxFilter(2 * canvas.zoom + 1))
    gone = np.asarray(border) > 0
    canvas.colors[gone] = bare.colors[gone]
    canvas.owner[gone] = bare.owner[gone]
