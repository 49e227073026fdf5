"""A portrait before it is painted: a small description that can be edited and painted again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from xaikit.core.errors import did_you_mean
from xaikit.worlds.drawing.canvas import Canvas
from xaikit.worlds.drawing.render import LEAST_SUPERSAMPLING, Rendering, box_of, check_times, levels
from xaikit.worlds.drawing.scene import Light
from xaikit.worlds.drawing.surfaces import Random
from xaikit.worlds.faces import beard, clothes, features, hair, worn
from xaikit.worlds.faces.anatomy import EYES, Anatomy, anatomy_of
from xaikit.worlds.faces.attributes import GLOBALS, LOCALS, WEIGHTS, answered
from xaikit.worlds.faces.backdrops import BACKDROPS, backdrop_of
from xaikit.worlds.faces.easel import PARTS, Easel, Pose
from xaikit.worlds.faces.person import Person, sample_person
from xaikit.worlds.faces.structure import sample_lots, sample_traits, switched

SIZE = 128
"""Width and height of a picture in pixels."""
ZOOM = 2  # sub-pixels to a pixel's side
LIGHTS = ("window", "lamp", "cloudy")
LANDMARKS = ("left eye", "right eye", "nose", "left mouth", "right mouth")
"""The five points, left and right as they are in the picture."""
NOT_HEAD = ("clothes", "neck", "necklace", "necktie")
BLUR = 2.1  # pixels, of a blurry picture


@dataclass(frozen=True)
class FaceScene:
    """A face, its local attributes, how the head is held, the light and what is behind it.

    Attributes
    ----------
    person : all that is not an attribute
    traits : the local attributes that are there
    pose, light : of the head
    backdrop : one of `BACKDROPS`, and its lots
    """

    person: Person
    traits: frozenset[str]
    pose: Pose
    light: Light
    backdrop: tuple[str, int]

    @property
    def label(self) -> str:
        """The one class of this world."""
        return "face"

    @property
    def attributes(self) -> dict[str, bool]:
        """All of `ATTRIBUTES`; the global ones follow from the others by `WEIGHTS` and `BIASES`."""
        return answered(self.traits)

    def with_attribute(self, name: str, present: bool = True) -> FaceScene:
        """The same face with one local attribute there or not, and the global ones as they follow from that.

        What cannot be there with it goes (`EXCLUDES`): another color of hair, for example. Without its last
        kind of beard a face has "no beard", and with "no beard" switched off it has a short one along
        the jaw.

        Parameters
        ----------
        name : one of `LOCALS`
        present : whether it shall be there

        Raises
        ------
        ValueError
            For an unknown attribute, and for a global one: it is caused, and cannot be set.
        """
        if name in GLOBALS:
            causes = ", ".join(WEIGHTS[name])
            raise ValueError(
                f"`name` must be a local attribute; {name!r} is caused by others and cannot be set. Switch "
                f"some of these: {causes}."
            )
        if name not in LOCALS:
            raise ValueError(
                f"`name` must be one of {list(LOCALS)}; got {name!r}.{did_you_mean(name, LOCALS)}"
            )
        return replace(self, traits=switched(self.traits, name, bool(present), self.person.grown))

    def rendered(self) -> Rendering:
        """The picture, uint8 (SIZE, SIZE, 3), and its truth. The same scene gives the same bytes."""
        canvas = _painted(self, ZOOM)
        parts = canvas.masks(PARTS)
        head = {name: mask for name, mask in parts.items() if name not in NOT_HEAD}
        return Rendering(canvas.picture(self.light), parts, self._landmarks(), box_of(head), self.attributes)

    def drawn_finely(self, times: int = 4) -> np.ndarray:
        """The picture painted larger, with grain of its own: uint8 (times·SIZE, times·SIZE, 3).

        Raises ValueError where `times` is no whole number from 1 to 8.
        """
        check_times(times)
        canvas = _painted(self, math.ceil(times * LEAST_SUPERSAMPLING))
        return canvas.fine_picture(self.light, times)

    def _landmarks(self) -> dict[str, tuple[float, float]]:
        a, at = anatomy_of(self.person, self.traits), self.pose.pixel
        corner = a.mouth_y - a.corner
        points = (at(-a.eye_x, EYES), at(a.eye_x, EYES), at(0, a.nose_y, 0.16), at(-a.mouth_w, corner, 0.03),
                  at(a.mouth_w, corner, 0.03))  # fmt: skip
        return dict(zip(LANDMARKS, points, strict=True))


def sample_scene(rng: Random) -> FaceScene:
    """Draw lots for a whole scene. Skin, pose, light and backdrop do not depend on the attributes."""
    seeds = rng.integers(2**31, size=4).tolist()
    own, who, how, around = (np.random.default_rng(seed) for seed in seeds)
    lots = sample_lots(own)
    traits = sample_traits(lots, own)
    pose = Pose(
        place=(SIZE / 2 + float(how.uniform(-4, 4)), 61 + float(how.uniform(-2, 2))),
        reach=float(how.uniform(31, 33.5)),
        tilt=float(how.uniform(-0.12, 0.12)),
        yaw=float(how.uniform(-0.34, 0.34)),
        nod=float(how.uniform(-0.1, 0.1)),
    )
    backdrop = BACKDROPS[around.integers(len(BACKDROPS))], int(around.integers(2**31))
    return FaceScene(sample_person(traits, lots, who), traits, pose, _light(around), backdrop)


def _light(rng: Random) -> Light:
    name = LIGHTS[rng.integers(len(LIGHTS))]
    ambient, sun, tint = {
        "window": (0.62, 0.42, (0.99, 1.0, 1.02)),
        "lamp": (0.6, 0.44, (1.04, 0.99, 0.93)),
        "cloudy": (0.8, 0.22, (0.97, 0.99, 1.01)),
    }[name]
    gain = float(rng.uniform(0.93, 1.05))
    red, green, blue = (gain * share for share in tint)
    return Light(
        name=name,
        azimuth=float(rng.uniform(-70, 70)),
        elevation=float(rng.uniform(15, 45)),
        ambient=ambient,
        sun=sun,
        tint=(red, green, blue),
        grain=float(rng.uniform(1.0, 2.2)),
        seed=int(rng.integers(2**31)),
    )


def _painted(scene: FaceScene, zoom: int) -> Canvas:
    """The canvas with everything on it."""
    canvas = Canvas(SIZE, zoom)
    canvas.colors[:] = backdrop_of(*scene.backdrop, canvas.side)
    person, traits = scene.person, scene.traits
    easel, a = Easel(canvas, scene.pose, scene.light, person.seed), anatomy_of(person, traits)
    clothes.paint_shoulders(easel, person)
    hair.paint_back_hair(easel, person, traits)
    clothes.paint_neck(easel, person, traits, a)
    clothes.paint_necklace(easel, person, traits)
    clothes.paint_necktie(easel, person, traits)
    features.paint_ears(easel, person, traits)
    _paint_head(easel, person, traits, a)
    if "blurry" in traits:
        soft = Image.fromarray(levels(canvas.colors)).filter(ImageFilter.GaussianBlur(BLUR * zoom))
        canvas.colors[:] = np.asarray(soft, np.float32)
    return canvas


def _paint_head(easel: Easel, person: Person, traits: frozenset[str], a: Anatomy) -> None:
    """The face from the skin outward."""
    features.paint_skin(easel, person, traits, a)
    features.paint_eyes(easel, person, traits, a)
    features.paint_nose(easel, person, traits, a)
    beard.paint_beard(easel, person, traits, a)
    clothes.paint_crease(easel, traits, a)
    features.paint_mouth(easel, person, traits, a)
    features.paint_eyebrows(easel, person, traits, a)
    hair.paint_hair(easel, person, traits, a)
    worn.paint_earrings(easel, person, traits)
    worn.paint_hat(easel, person, traits)
    worn.paint_eyeglasses(easel, person, traits, a)
