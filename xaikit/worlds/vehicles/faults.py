"""What can be wrong with one part of a scene: it is missing, strange, hidden, or in the wrong place.

Where a network errs on a scene with a fault, and not on the scene without, the cause of the error is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.worlds.drawing.render import Rendering, render
from xaikit.worlds.drawing.scene import Prop, Scene
from xaikit.worlds.vehicles.pictures import CLASS_NAMES, sample_scene

__all__ = ["FAULTS", "faulty"]


def faulty(scene: Scene, name: str, fault: str, rng: np.random.Generator) -> Scene:
    """The scene with a fault in the part called `name`.

    Parameters
    ----------
    fault : {"missing", "odd", "occluded", "out of place"}
        "odd": the part of the same kind of another class's vehicle, fitted; "occluded": bushes stand
        before it; "out of place": it is lifted off and put down at least a third of the picture away.

    Raises
    ------
    ValueError
        For an unknown fault, a part that the scene has not or that cannot be seen, and where no other class
        has a part of that kind.
    """
    if fault not in FAULTS:
        raise ValueError(
            f"`fault` must be one of {list(FAULTS)}; got {fault!r}.{did_you_mean(fault, FAULTS)}"
        )
    return FAULTS[fault](scene, name, rng)


def _missing(scene: Scene, name: str, rng: np.random.Generator) -> Scene:
    return scene.without(name)


def _odd(scene: Scene, name: str, rng: np.random.Generator) -> Scene:
    kind = scene.kind(name)
    others = [label for label in CLASS_NAMES if label != scene.label]
    for label in rng.permutation(np.repeat(others, 4)):  # not every vehicle of a class has every part
        other = sample_scene(str(label), rng)
        strange = [part for part in other.parts if part.kind == kind]
        if strange:
            return scene.with_part(replace(strange[int(rng.integers(len(strange)))], name=name))
    raise ValueError(
        f"no vehicle of another class has a part like {name!r}, a {kind}: it cannot be made odd."
    )


def _occluded(scene: Scene, name: str, rng: np.random.Generator) -> Scene:
    """A row of bushes along the part, a little higher than it is thick: one bush as wide hid the vehicle."""
    rows, columns = np.nonzero(_seen(scene, name, render(scene)))
    thickness = np.median(np.unique(columns, return_counts=True)[1])
    height = max(8.0, float(1.5 * thickness + 3))
    n = math.ceil((np.ptp(columns) + 1) / (0.8 * height))
    bushes = []
    for some in np.array_split(np.arange(columns.min(), columns.max() + 1), n):
        here = np.isin(columns, some)
        if here.any():
            foot = float(columns[here].mean()), float(rows[here].max() + height / 4)
            bushes.append(Prop("bush", foot, height, int(rng.integers(2**31)), front=True))
    return replace(scene, props=(*scene.props, *bushes))


def _out_of_place(scene: Scene, name: str, rng: np.random.Generator) -> Scene:
    rows, columns = np.nonzero(_seen(scene, name, render(scene)))
    start = np.array([columns.mean(), rows.mean()])
    goal = start
    while np.linalg.norm(goal - start) < scene.size / 3:
        goal = rng.uniform(0.1, 0.9, 2) * scene.size
    dx, dy = goal - start
    return scene.moved(name, float(dx), float(dy))


def _seen(scene: Scene, name: str, drawn: Rendering) -> np.ndarray:
    scene.part(name)
    if name not in drawn.parts:
        raise ValueError(f"{name!r} cannot be seen in this scene; seen are: {', '.join(drawn.parts)}.")
    return drawn.parts[name]


FAULTS: dict[str, Callable[[Scene, str, np.random.Generator], Scene]] = {
    "missing": _missing,
    "odd": _odd,
    "occluded": _occluded,
    "out of place": _out_of_place,
}
