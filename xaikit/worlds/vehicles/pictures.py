"""The vehicles world: six vehicles in three poses, anywhere, at any time of day.

The classes differ by several parts together and not by a color alone: there are white fire engines, yellow
ambulances and yellow city buses. A few vehicles miss a part, a few carry a strange one, and some stand far
away, in the dark or behind a tree, so that even a good network errs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.core.names import check_class_names
from xaikit.core.params import Natural, check
from xaikit.data.images import ImageSet, Sample
from xaikit.worlds.drawing.raster import outer_points
from xaikit.worlds.drawing.render import render
from xaikit.worlds.drawing.scene import Backdrop, Light, Point2, Pose, Prop, Scene
from xaikit.worlds.vehicles.fleet.army import military_truck, tank
from xaikit.worlds.vehicles.fleet.buses import city_bus, school_bus
from xaikit.worlds.vehicles.fleet.common import Vehicle
from xaikit.worlds.vehicles.fleet.rescue import ambulance, fire_engine

BUILDERS: dict[str, Callable[[np.random.Generator], Vehicle]] = {
    "fire engine": fire_engine,
    "ambulance": ambulance,
    "school bus": school_bus,
    "city bus": city_bus,
    "military truck": military_truck,
    "tank": tank,
}
CLASS_NAMES = tuple(BUILDERS)
POSES = ("left three-quarter", "side", "right three-quarter")
BACKDROPS = ("street", "field", "desert", "depot", "snow")
LIGHTS = ("noon", "morning", "overcast", "dusk", "night")
KINDS = (
    *("antenna", "bed", "body", "bumper", "cab", "canvas", "chassis", "cross", "destination sign", "door"),
    *(
        "fender",
        "grill",
        "gun barrel",
        "hatch",
        "headlight",
        "hood",
        "hose reel",
        "hull",
        "ladder",
        "light bar",
    ),
    *(
        "road wheel",
        "roof unit",
        "shutter",
        "side skirt",
        "side window",
        "spare wheel",
        "star",
        "star of life",
    ),
    *("stop sign", "stowage", "stripe", "track", "turret", "warning lights", "wheel", "window", "windshield"),
)
VOCABULARY = (
    *(f"has {kind}" for kind in KINDS),
    *(f"pose {pose}" for pose in POSES),
    *(f"background {backdrop}" for backdrop in BACKDROPS),
    *(f"light {light}" for light in LIGHTS),
    "occluded",
)
SPLITS = {"train": 6000, "val": 600, "test": 600}
SIZE = 128
"""Width and height of a picture in pixels."""


class Vehicles(ImageSet):
    """Scenes of the vehicles world, drawn when asked for. See `dataset`."""

    def __init__(self, split: str, n: int, seed: int, classes: Sequence[str], poses: Sequence[str]) -> None:
        super().__init__(classes, np.arange(n) % len(classes))
        self._split, self._seed, self._poses = split, seed, tuple(poses)
        self._whole = tuple(classes) == CLASS_NAMES and self._poses == POSES

    def scene(self, index: int) -> Scene:
        """The description of picture `index`, undrawn. Raises IndexError outside the set."""
        index = range(len(self))[index]
        label = self.class_names[self.labels[index]]
        key = zlib.crc32(f"vehicles/{self._split}/{label}".encode())
        rng = np.random.default_rng([key, self._seed, index])
        return sample_scene(label, rng, self._poses)

    def _read(self, index: int) -> Sample:
        scene = self.scene(index)
        drawn = render(scene)
        return Sample(
            image=drawn.image,
            label=int(self.labels[index]),
            id=self._mark(index),
            parts=drawn.parts,
            landmarks=drawn.landmarks,
            box=drawn.box,
            attributes=drawn.attributes,
            scene=scene,
        )

    def _mark(self, index: int) -> str:
        choice = self._choice(self.class_names[self.labels[index]])
        return f"toyworld/vehicles/{self._split}/{self._seed}/{choice}{index}"

    def _choice(self, label: str) -> str:
        """Tells pictures apart that have a number in common: of other classes, or drawn in other poses."""
        return "" if self._whole else f"{label}/{', '.join(self._poses)}/"


def dataset(
    split: str = "test",
    n: int | None = None,
    seed: int = 0,
    classes: Sequence[str] | None = None,
    poses: Sequence[str] | None = None,
) -> Vehicles:
    """Pictures of vehicles; picture i depends on the split, the seed, i, its class and `poses` alone.

    Parameters
    ----------
    split : {"train", "val", "test"}
        Splits share no scene.
    n : int, optional
        How many pictures; 6000 for training and 600 else. Labels go round the classes.
    seed : int
    classes : sequence of str, optional
        Some of `CLASS_NAMES`, in the order wanted; all where not given.
    poses : sequence of str, optional
        Some of `POSES`, all equally likely; all where not given.

    Raises
    ------
    ValueError
        For an unknown split, class or pose, and where `n` or `seed` is negative.
    TypeError
        Where these are no whole numbers, and for classes without an order, such as a set.
    """
    _check("split", split, SPLITS)
    n = check("n", SPLITS[split] if n is None else n, Natural)
    seed = check("seed", seed, Natural)
    classes = CLASS_NAMES if classes is None else classes
    poses = POSES if poses is None else poses
    for name, chosen, known in (("classes", classes, CLASS_NAMES), ("poses", poses, POSES)):
        if isinstance(chosen, str) or not chosen:
            raise ValueError(f"`{name}` must be a list of at least one of {list(known)}; got {chosen!r}")
        for one in chosen:
            _check(name, one, known)
    return Vehicles(split, n, seed, check_class_names(classes, "classes"), poses)


def sample_scene(label: str, rng: np.random.Generator, poses: Sequence[str] = POSES) -> Scene:
    """Draw lots for a whole scene of class `label`, in one of `poses`."""
    _check("label", label, CLASS_NAMES)
    vehicle = BUILDERS[label](rng)
    scene = Scene(
        world="vehicles",
        label=label,
        parts=tuple(vehicle.parts),
        frame=vehicle.frame,
        pose=_pose(rng, poses[int(rng.integers(len(poses)))]),
        scale=1.0,
        place=(0.0, 0.0),
        light=_light(rng),
        backdrop=Backdrop("street", 0.5, 0),
        vocabulary=VOCABULARY,
        size=SIZE,
    )
    scene = _framed(rng, scene)
    return replace(scene, backdrop=_backdrop(rng, scene), props=_props(rng, scene))


def _check(name: str, got: str, known: Sequence[str] | dict[str, int]) -> None:
    if got not in known:
        raise ValueError(f"`{name}` must be among {list(known)}; got {got!r}.{did_you_mean(got, known)}")


def _pose(rng: np.random.Generator, name: str) -> Pose:
    turn = rng.uniform(24, 50)
    if name == "side":
        heading = rng.uniform(-9, 9) + (180 if rng.random() < 0.5 else 0)
    else:
        heading = turn if name == "right three-quarter" else 180 - turn
    return Pose(name, float(heading), float(rng.uniform(6, 17)))


def _framed(rng: np.random.Generator, scene: Scene) -> Scene:
    """Size and place: mostly large and near the middle, some far away, some too near to be whole."""
    points = outer_points(scene)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    fill = rng.uniform(*((0.64, 0.96), (0.28, 0.6), (1.05, 1.5))[rng.choice(3, p=(0.76, 0.15, 0.09))])
    scale = SIZE * min(fill / (right - left), 0.8 * fill / (bottom - top))
    slack = np.array([SIZE - scale * (right - left), 0.72 * (SIZE - scale * (bottom - top))])
    middle = SIZE * np.array([0.5, 0.56]) + rng.uniform(-0.45, 0.45, 2) * np.abs(slack) * (1.0, 0.5)
    center = scale * np.array([left + right, top + bottom]) / 2
    x, y = middle - center
    return replace(scene, scale=float(scale), place=(float(x), float(y)))


def _light(rng: np.random.Generator) -> Light:
    name = LIGHTS[rng.choice(len(LIGHTS), p=(0.34, 0.2, 0.22, 0.14, 0.1))]
    warm = rng.uniform(-0.03, 0.03)
    ambient, sun, tint, grain = {
        "noon": (0.62, 0.52, (1.0, 1.0, 0.98), 2.0),
        "morning": (0.58, 0.52, (1.02, 0.95, 0.86), 2.5),
        "overcast": (0.80, 0.18, (0.92, 0.94, 0.97), 3.0),
        "dusk": (0.62, 0.40, (0.80, 0.62, 0.60), 4.5),
        "night": (0.60, 0.26, (0.44, 0.48, 0.62), 7.0),
    }[name]
    gain = rng.uniform(0.88, 1.06)
    red, green, blue = tint
    return Light(
        name=name,
        azimuth=float(rng.uniform(-75, 75)),
        elevation=float(rng.uniform(48, 70) if name == "noon" else rng.uniform(22, 50)),
        ambient=ambient,
        sun=sun,
        tint=(gain * red * (1 + warm), gain * green, gain * blue * (1 - warm)),
        grain=grain * float(rng.uniform(0.6, 1.4)),
        seed=int(rng.integers(2**31)),
    )


def _backdrop(rng: np.random.Generator, scene: Scene) -> Backdrop:
    kind = BACKDROPS[rng.integers(len(BACKDROPS))]
    floor = scene.place[1] / SIZE
    horizon = min(rng.uniform(0.3, 0.56), floor - 0.06)
    return Backdrop(kind, float(horizon), int(rng.integers(2**31)))


def _props(rng: np.random.Generator, scene: Scene) -> tuple[Prop, ...]:
    """Up to five things behind the vehicle; nearly every second scene has something before it."""
    props = []
    kinds = ("tree", "lamp", "post", "cone", "person", "bush", "car")
    tall = {"tree": 7.0, "lamp": 6.0, "post": 3.0, "cone": 0.9, "person": 1.75, "bush": 1.2, "car": 1.6}
    metre = float(np.clip(scene.scale, 8, 17))
    floor = scene.place[1]
    for _ in range(int(rng.integers(0, 6))):
        kind = kinds[rng.integers(len(kinds))]
        foot = (float(rng.uniform(0, SIZE)), float(floor - rng.uniform(0.4, 2.2) * metre))
        height = tall[kind] * metre * 0.8 * float(rng.uniform(0.8, 1.2))
        props.append(Prop(kind, foot, height, int(rng.integers(2**31))))
    if rng.random() < 0.45:
        for _ in range(int(rng.integers(1, 4))):
            props.append(_in_front(rng, floor, metre, tall))
    return tuple(props)


def _in_front(rng: np.random.Generator, floor: float, metre: float, tall: dict[str, float]) -> Prop:
    kind = ("tree", "lamp", "post", "person", "bush", "car")[rng.integers(6)]
    foot: Point2 = (float(rng.uniform(0.02, 0.98) * SIZE), float(floor + rng.uniform(0.9, 2.2) * metre))
    height = tall[kind] * metre * float(rng.uniform(0.95, 1.5))
    return Prop(kind, foot, height, int(rng.integers(2**31)), front=True)
