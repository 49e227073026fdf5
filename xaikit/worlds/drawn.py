"""What sets of drawn pictures have in common: a picture has its own lot, labels go round the classes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.core.names import check_class_names
from xaikit.core.params import Natural, check
from xaikit.data.hierarchy import Hierarchy
from xaikit.data.images import ImageSet, Sample
from xaikit.worlds.drawing.render import Rendering

Random = np.random.Generator

SPLITS = ("train", "val", "test")


class DrawnImages(ImageSet):
    """Pictures drawn when asked for; one depends on the split, the seed, its class and its turn alone.

    Parameters
    ----------
    split : {"train", "val", "test"}
    n : int or None
        How many pictures; of each class as many as `per_class` says of the split where not given.
    seed : int
    names : the classes
    per_class : mapping of split to pictures of a class
    hierarchy, truths : what is known of the classes, as of an ImageSet

    Raises
    ------
    ValueError
        For an unknown split, and where `n` or `seed` is negative.
    TypeError
        Where these are no whole numbers.
    """

    world: str

    def __init__(
        self,
        split: str,
        n: int | None,
        seed: int,
        names: Sequence[str],
        per_class: Mapping[str, int],
        hierarchy: Hierarchy | None = None,
        truths: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        if split not in SPLITS:
            raise ValueError(
                f"`split` must be among {list(SPLITS)}; got {split!r}.{did_you_mean(split, SPLITS)}"
            )
        n = check("n", per_class[split] * len(names) if n is None else n, Natural)
        seed = check("seed", seed, Natural)
        super().__init__(names, np.arange(n) % len(names), hierarchy, truths)
        self._split, self._seed = split, seed

    def lots(self, index: int) -> tuple[str, Random, str]:
        """The class of picture `index`, its generator of random numbers, and its name for good."""
        name = self.class_names[self.labels[index]]
        key = zlib.crc32(f"{self.world}/{self._split}/{name}".encode())
        # a number of a set of some classes alone is not the number of the same picture in the whole set
        turn = index // len(self.class_names)
        rng = np.random.default_rng([key, self._seed, turn])
        return name, rng, f"toyworld/{self.world}/{self._split}/{self._seed}/{name}/{turn}"

    def drawn(self, name: str, rng: Random, label: int, id_: str) -> Sample:
        """A picture of class `name`, by its lots; a world's own way of drawing."""
        raise NotImplementedError

    def _read(self, index: int) -> Sample:
        name, rng, id_ = self.lots(index)
        return self.drawn(name, rng, int(self.labels[index]), id_)

    def _mark(self, index: int) -> str:
        return self.lots(index)[2]


class Scene(Protocol):
    """A picture before it is drawn, which draws itself."""

    @property
    def label(self) -> str: ...

    def rendered(self) -> Rendering: ...


S = TypeVar("S", bound=Scene)


class DrawnScenes(DrawnImages, Generic[S]):
    """Pictures of scenes with one thing each; a subclass says how lots are drawn for one."""

    def sampled(self, name: str, rng: Random) -> S:
        """A scene of class `name`."""
        raise NotImplementedError

    def scene(self, index: int) -> S:
        """The description of picture `index`, undrawn. Raises IndexError outside the set."""
        name, rng, _ = self.lots(range(len(self))[index])
        return self.sampled(name, rng)

    def drawn(self, name: str, rng: Random, label: int, id_: str) -> Sample:
        """The scene, rendered, with its truth."""
        scene = self.sampled(name, rng)
        drawn = scene.rendered()
        return Sample(
            image=drawn.image,
            label=label,
            id=id_,
            parts=drawn.parts,
            landmarks=drawn.landmarks,
            box=drawn.box,
            boxes={} if drawn.box is None else {scene.label: drawn.box},
            attributes=drawn.attributes,
            scene=scene,
        )


def check_chosen(classes: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """Some of the `known` classes, in the order wanted; all where not given.

    Raises ValueError for no class, an unknown one and one that comes twice, and TypeError for classes without
    an order, such as a set.
    """
    names = known if classes is None else classes
    if isinstance(names, str) or not names:
        raise ValueError(f"`classes` must be a list of at least one of {list(known)}; got {names!r}")
    for name in names:
        if name not in known:
            raise ValueError(
                f"`classes` must be among {list(known)}; got {name!r}.{did_you_mean(name, known)}"
            )
    return check_class_names(names, "classes")
