"""The set of pictures `toyworld/faces`."""

from __future__ import annotations

from xaikit.worlds.drawn import DrawnScenes, Random
from xaikit.worlds.faces.scenes import FaceScene, sample_scene

N_PICTURES = {"train": 6000, "val": 600, "test": 600}
"""Pictures of each split where `n` is not given."""


class Faces(DrawnScenes[FaceScene]):
    """Pictures of `toyworld/faces`, painted when asked for. See `faces`."""

    world = "faces"

    def sampled(self, name: str, rng: Random) -> FaceScene:
        """A scene of class `name`."""
        return sample_scene(rng)


def faces(split: str = "test", n: int | None = None, seed: int = 0) -> Faces:
    """Portraits with forty attributes, as CelebA has them; all are of one class, "face".

    36 attributes are local: each can be seen in the drawing. Four are global and caused by local ones, with
    the weights of `WEIGHTS`; `sample.attributes` tells all forty. `sample.scene.with_attribute(name,
    present)` is the same face with one local attribute switched. `sample.parts` has masks,
    `sample.landmarks` the five points that CelebA gives, left and right as they are in the picture. A
    picture depends on the split, the seed and its turn alone.

    Parameters
    ----------
    split : {"train", "val", "test"}
        Splits share no picture.
    n : int, optional
        How many pictures; 6000 for training and 600 else.
    seed : int

    Raises
    ------
    ValueError
        For an unknown split, and where `n` or `seed` is negative.
    TypeError
        Where these are no whole numbers.

    Limits
    ------
    Global attributes are inventions of this world: they stand where CelebA has "attractive", "heavy
    makeup", "male" and "young", follow from drawings by a table, and say nothing of people. Local ones
    come together through a few hidden lots (`CHANCES`), so that one tells something of another. No attribute
    depends on how dark a skin is; "pale skin" is lighter than that person's own.
    """
    return Faces(split, n, seed, ["face"], N_PICTURES)
