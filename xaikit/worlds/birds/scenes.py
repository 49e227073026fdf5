"""A picture of a bird before it is painted: a small description that can be edited and painted again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.worlds.birds.builds import POSTURES, SWIMMERS
from xaikit.worlds.birds.places import HINDRANCES, PLACES, Place
from xaikit.worlds.birds.plumage import Look, paint_bird
from xaikit.worlds.birds.shapes import Shape, shape_of
from xaikit.worlds.birds.species import FAMILIES, FAMILY, PARTS, SPECIES, surface_of
from xaikit.worlds.birds.surroundings import (
    paint_hindrance,
    paint_lap,
    paint_place,
    paint_ripple,
    paint_shadow,
)
from xaikit.worlds.drawing.canvas import NOBODY, Canvas, points_of
from xaikit.worlds.drawing.pen import Frame
from xaikit.worlds.drawing.render import LEAST_SUPERSAMPLING, Rendering, box_of, check_times
from xaikit.worlds.drawing.scene import Hindrance, Light
from xaikit.worlds.drawing.surfaces import Random, Surface

SIZE = 128
"""Width and height of a picture in pixels."""
ZOOM = 2  # sub-pixels to a pixel's side
LIGHTS = ("noon", "dusk", "overcast")
SEXES = ("male", "female")
UNKNOWN = "unknown"
"""The sex of a bird whose family looks alike in both."""
HINDERED = 0.35  # share of scenes with something before the bird
MARGIN = 2  # pixels between the largest bird and the picture's border
AHEAD = 0.06  # share of the picture by which a bird stands before its middle, its tail being long
AFLOAT = 0.13  # share of the picture by which a swimming bird is before the stone on which others stand


@dataclass(frozen=True)
class BirdScene:
    """A bird, how it holds itself, where it is, and the light; editing returns a new scene.

    Attributes
    ----------
    species : one of `SPECIES`
    sex : {"male", "female"} where the sexes of the family differ, else "unknown"
    posture : one of `POSTURES`
    frame : where the bird stands, pixels in a unit of its frame, its turn, and whether it looks left
    nod, stride : how its head and legs are held
    plumage_seed : lots of the bird's feathers, the same for every species
    light, place, hindrance : around it
    repainted : pairs of a part and the species whose paint it has instead
    """

    species: str
    sex: str
    posture: str
    frame: Frame
    nod: float
    stride: float
    plumage_seed: int
    light: Light
    place: Place
    hindrance: Hindrance | None = None
    repainted: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The species."""
        return self.species

    @property
    def family(self) -> str:
        """The family of the species."""
        return FAMILY[self.species]

    def with_mark(self, part: str, species: str) -> BirdScene:
        """The scene with one part painted as another species has it, and all else unchanged.

        With the mark of a bird's rival (`MARKS`, `RIVALS`) it is a picture of the rival. Raises ValueError
        for an unknown part or species.
        """
        _check("part", part, PARTS)
        _check("species", species, SPECIES)
        others = tuple(pair for pair in self.repainted if pair[0] != part)
        return replace(self, repainted=others if species == self.species else (*others, (part, species)))

    def with_sex(self, sex: str) -> BirdScene:
        """The scene with the bird as a "male" or a "female", and all else unchanged.

        Raises ValueError for another word, and where the sexes of the family look alike.
        """
        _check("sex", sex, SEXES)
        if FAMILIES[self.family].male_spot is None:
            raise ValueError(
                f"`sex` must be left alone where males and females look alike, as {self.family} do."
            )
        return replace(self, sex=sex)

    def surfaces(self) -> dict[str, Surface]:
        """What each part looks like."""
        wearing = dict(self.repainted)
        return {part: surface_of(wearing.get(part, self.species), part, self.sex) for part in PARTS}

    def shape(self) -> Shape:
        """The outlines of the bird."""
        return shape_of(self.family, self.posture, self.nod, self.stride)

    def rendered(self) -> Rendering:
        """The picture, uint8 (SIZE, SIZE, 3), and its truth. The same scene gives the same bytes."""
        canvas, occluded = _painted(self, ZOOM)
        parts = canvas.masks(PARTS)
        return Rendering(
            canvas.picture(self.light), parts, points_of(parts), box_of(parts), self._attributes(occluded)
        )

    def drawn_finely(self, times: int = 4) -> np.ndarray:
        """The picture painted larger, with grain of its own: uint8 (times·SIZE, times·SIZE, 3).

        Raises ValueError where `times` is no whole number from 1 to 8.
        """
        check_times(times)
        canvas, _ = _painted(self, math.ceil(times * LEAST_SUPERSAMPLING))
        return canvas.fine_picture(self.light, times)

    def _attributes(self, occluded: bool) -> dict[str, bool]:
        facts = {
            **{f"sex {sex}": sex == self.sex for sex in SEXES},
            **{f"posture {posture}": posture == self.posture for posture in POSTURES},
            **{f"surroundings {kind}": kind == self.place.kind for kind in PLACES},
            **{f"light {name}": name == self.light.name for name in LIGHTS},
        }
        return {**facts, "looks left": self.frame.mirrored, "occluded": occluded}


def sample_scene(species: str, rng: Random) -> BirdScene:
    """Draw lots for a whole scene with a bird of a species; its surroundings do not depend on it.

    Raises ValueError for an unknown species.
    """
    _check("species", species, SPECIES)
    around, own = (np.random.default_rng(seed) for seed in rng.integers(2**31, size=2).tolist())
    left = bool(around.random() < 0.5)
    ahead = -AHEAD if left else AHEAD
    foot = SIZE * around.uniform((0.45 + ahead, 0.7), (0.55 + ahead, 0.84))
    place = Place(
        PLACES[around.integers(len(PLACES))],
        int(around.integers(2**31)),
        (float(2 * foot[0] / SIZE - 1), float(2 * foot[1] / SIZE - 1)),
    )
    light = _light(around)
    family = FAMILIES[FAMILY[species]]
    lot, sex, turn = own.random(), SEXES[own.integers(2)], float(own.uniform(-0.1, 0.1))
    swims = place.kind == "water" and FAMILY[species] in SWIMMERS and lot < 0.6
    afloat = AFLOAT * SIZE if swims else 0.0
    scene = BirdScene(
        species=species,
        sex=UNKNOWN if family.male_spot is None else sex,
        posture="swimming" if swims else POSTURES[own.integers(2)],
        frame=Frame((float(foot[0]), float(foot[1] + afloat)), 1.0, 0.0 if swims else turn, left),
        nod=float(own.uniform(-0.22, 0.2)),
        stride=float(own.uniform(-1, 1)),
        plumage_seed=int(own.integers(2**31)),
        light=light,
        place=place,
    )
    scene = replace(scene, frame=_fitted(scene, float(own.uniform(0.85, 1.0))))
    hindered, seed = own.random() < HINDERED, int(own.integers(2**31))
    return replace(scene, hindrance=_hindrance(scene, own, seed) if hindered else None)


def _check(name: str, got: str, known: tuple[str, ...]) -> None:
    if got not in known:
        raise ValueError(f"`{name}` must be one of {list(known)}; got {got!r}.{did_you_mean(got, known)}")


def _fitted(scene: BirdScene, share: float) -> Frame:
    """As large as fits into the picture around the foot, or a share of it."""
    left, top, right, bottom = scene.shape().bounds()
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    x, y = (replace(scene.frame, place=(0.0, 0.0)).pixels(corners)).T
    across, down = scene.frame.place
    room = [
        *((across - MARGIN) / -x[x < 0], (SIZE - MARGIN - across) / x[x > 0]),
        *((down - MARGIN) / -y[y < 0], (SIZE - 1 - down) / np.maximum(y[y > 0], 1e-6)),
    ]
    largest = min(float(some.min()) for some in room if len(some))
    return replace(scene.frame, reach=float(np.clip(share * largest, 30, 66)))


def _hindrance(scene: BirdScene, rng: Random, seed: int) -> Hindrance:
    """Something that ends on the bird, at any of its parts, whichever the species is told by."""
    outlines = scene.shape().parts
    aimed = outlines[list(outlines)[rng.integers(len(outlines))]]
    middle = np.concatenate(aimed).mean(axis=0) + rng.uniform(-0.08, 0.08, 2)
    x, y = (2 * scene.frame.pixels(middle[None])[0] / SIZE - 1).tolist()
    return Hindrance(HINDRANCES[rng.integers(len(HINDRANCES))], seed, (x, y))


def _light(rng: Random) -> Light:
    name = LIGHTS[rng.choice(len(LIGHTS), p=(0.5, 0.2, 0.3))]
    ambient, sun, tint, grain = {
        "noon": (0.6, 0.52, (1.02, 1.0, 0.96), 1.6),
        "dusk": (0.6, 0.44, (0.98, 0.82, 0.72), 2.4),
        "overcast": (0.82, 0.2, (0.93, 0.96, 1.0), 2.0),
    }[name]
    gain = rng.uniform(0.9, 1.06)
    red, green, blue = (gain * share for share in tint)
    return Light(
        name=name,
        azimuth=float(rng.uniform(-60, 60)),
        elevation=float(rng.uniform(40, 65) if name == "noon" else rng.uniform(25, 45)),
        ambient=ambient,
        sun=sun,
        tint=(red, green, blue),
        grain=grain,
        seed=int(rng.integers(2**31)),
    )


def _painted(scene: BirdScene, zoom: int) -> tuple[Canvas, bool]:
    """The canvas with everything on it, and whether something hides a part of the bird."""
    canvas = Canvas(SIZE, zoom)
    paint_place(canvas, scene.place)
    shape, swims = scene.shape(), scene.posture == "swimming"
    if swims:
        mirrored = [outline * (1.0, -0.55) for outline in shape.silhouette]
        canvas.darken(canvas.patch(canvas.frame(scene.frame), mirrored, 1.5), 0.4)
    elif scene.place.kind in ("meadow", "snow", "wall"):
        paint_shadow(canvas, scene.place, 0.55 * scene.frame.reach / SIZE * 2, 0.5 * scene.light.sun + 0.1)
    paint_bird(canvas, scene.frame, shape, Look(scene.surfaces(), scene.plumage_seed, scene.light), swims)
    whole = canvas.owner != NOBODY
    if swims:
        paint_ripple(canvas, scene.frame, 1.7)
    else:
        paint_lap(canvas, scene.place)
    if scene.hindrance is not None:
        paint_hindrance(canvas, scene.hindrance)
    return canvas, bool(scene.hindrance is not None and (whole & (canvas.owner == NOBODY)).any())
