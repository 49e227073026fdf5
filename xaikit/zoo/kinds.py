"""Pictures for a network that tells one kind of animal from all else, as the performers of the paper do."""

from __future__ import annotations

import numpy as np

from xaikit.core.images import fit_view
from xaikit.worlds.animals import KINDS, AnimalScene, animals
from xaikit.zoo.training import Pictures, as_pictures

__all__ = ["OTHER", "of_kind"]

OTHER = "other"
"""The class of pictures without that kind."""


def of_kind(kind: str, split: str, n: int, seed: int, size: int, progress: bool = True) -> Pictures:
    """Half of n pictures are of a kind; a quarter shows other animals, and a quarter no animal at all.

    The last are scenes of other animals with every part taken off.
    """
    others = animals(split, n // 2, seed, [one for one in KINDS if one != kind])
    own = as_pictures(animals(split, n - n // 2, seed, [kind]), size, progress).pixels
    shown = as_pictures(others.subset(range(0, n // 2, 2)), size, progress).pixels
    left = [others.scene(number) for number in range(1, n // 2, 2)]
    empty = [fit_view(without_animal(scene), size).transpose(2, 0, 1) for scene in left]
    pixels = np.concatenate([own, shown, np.stack(empty)])
    return Pictures(pixels, (np.arange(len(pixels)) >= len(own)).astype(np.int64), (kind, OTHER))


def without_animal(scene: AnimalScene) -> np.ndarray:
    """The picture of a scene with every part taken off."""
    for part in scene.part_names:
        scene = scene.without(part)
    return scene.rendered().image
