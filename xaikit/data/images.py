"""Pictures with labels and whatever else is known about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.core.names import check_class_names, matched
from xaikit.core.params import check_numbers
from xaikit.core.readable import UNREADABLE, Skipped
from xaikit.data.hierarchy import Hierarchy

HOOKS = ("_read", "_mark")
"""What a reader gives: how picture i is come by, and what tells it from others."""


@dataclass(frozen=True)
class Sample:
    """One picture and its truth; what is not known is empty.

    Attributes
    ----------
    image : uint8 (h, w, 3)
    label : int
        Index into the set's `class_names`.
    id : str
        Names the picture for good: a path, or the place in a world.
    parts : dict of str to bool (h, w)
        Where each part is seen.
    landmarks : dict of str to (x, y)
        In pixels.
    box : (x0, y0, x1, y1) or None
        Around the object, in pixels, ends excluded.
    boxes : dict of str to (x0, y0, x1, y1)
        Around each object of a picture that shows several, by the name of its class.
    attributes : dict of str to bool
    scene : the editable description that the picture was drawn from, or None
    """

    image: np.ndarray
    label: int
    id: str
    parts: dict[str, np.ndarray] = field(default_factory=dict, repr=False)
    landmarks: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    box: tuple[int, int, int, int] | None = None
    boxes: dict[str, tuple[int, int, int, int]] = field(default_factory=dict, repr=False)
    attributes: dict[str, bool] = field(default_factory=dict, repr=False)
    scene: Any = field(default=None, repr=False)

    def finer(self, times: int = 4) -> np.ndarray | None:
        """The picture drawn again from its scene, uint8 (times·h, times·w, 3), for the eye alone.

        None where there is no scene, or one of a kind that cannot be drawn larger.
        """
        draw = getattr(self.scene, "drawn_finely", None)
        return None if draw is None else draw(times)


class ImageSet:
    """Pictures by number. They are read or drawn when asked for, and not kept.

    A reader sets `class_names` and `labels` through `__init__` and says in `_read` how to come by picture i.

    Attributes
    ----------
    class_names : list of str
        Different from each other.
    labels : int64 (n,)
        Indices into `class_names`.
    hierarchy : Hierarchy or None
        Which class is a kind of what, where that is known.
    truths : dict of kind to (dict of class name to name)
        What is known of the classes themselves; see `truth`.

    Raises
    ------
    TypeError, ValueError
        From the constructor, for class names without an order (a set) or that come twice, and for labels that
        are no indices of them.
    """

    def __init__(
        self,
        class_names: Sequence[str],
        labels: Sequence[int] | np.ndarray,
        hierarchy: Hierarchy | None = None,
        truths: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.class_names = check_class_names(class_names)
        self.labels = check_numbers(labels, "labels")
        outside = self.labels[(self.labels < 0) | (self.labels >= len(self.class_names))]
        if len(outside):
            raise ValueError(
                f"`labels` must be indices into {len(self.class_names)} class names, 0 up; got {outside[0]}."
            )
        self.hierarchy = hierarchy
        self.truths = {kind: dict(known) for kind, known in (truths or {}).items()}

    def truth(self, kind: str) -> dict[str, str]:
        """Each class's true "texture", "material", "color", ..., by class name; empty where none is known."""
        return dict(self.truths.get(kind, {}))

    def _read(self, index: int) -> Sample:
        raise NotImplementedError

    def _mark(self, index: int) -> str:
        """Tells picture `index` from every other; a reader that can say so without reading it is quicker."""
        sample = self._read(index)
        pixels = np.ascontiguousarray(sample.image)
        return f"{sample.id} {pixels.shape} {pixels.dtype} {hashlib.sha256(pixels.tobytes()).hexdigest()}"

    def mark(self, index: int) -> str:
        """A text that tells picture `index` from every other, and from what it was before it was changed.

        A class that reads pictures in another way than the class whose `_mark` it inherits has its pixels
        told from others.
        """
        kinds = type(self).__mro__
        read, marked = (next(n for n, kind in enumerate(kinds) if name in vars(kind)) for name in HOOKS)
        return self._mark(index) if marked <= read else ImageSet._mark(self, index)

    def signature(self) -> str:
        """Return a hash of what the pictures and their labels are; other pictures have another.

        Of a world's pictures their names are hashed, of files their paths, sizes and times of change, of any
        others the pixels. A picture that cannot be read has its error in place of them.
        """
        tree = self.hierarchy
        paths = tree and [tree.path(name) if name in tree else None for name in self.class_names]
        digest = hashlib.sha256(repr((self.class_names, self.labels.tolist(), self.truths, paths)).encode())
        for index in range(len(self)):
            try:
                mark = self.mark(index)
            except UNREADABLE as error:
                mark = f"not read: {error}"
            digest.update(mark.encode(errors="surrogatepass") + b"\0")
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> Sample:
        """Picture `index`, counted from the end where negative. Raises IndexError outside the set."""
        if isinstance(index, bool) or not isinstance(index, int | np.integer):
            raise TypeError(f"pictures are numbered; got {index!r}. Use .subset(indices) for several.")
        n = len(self)
        if not -n <= index < n:
            raise IndexError(f"picture {index} of a set of {n}")
        return self._read(int(index) % n)

    def __iter__(self) -> Iterator[Sample]:
        return (self._read(index) for index in range(len(self)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} pictures, {len(self.class_names)} classes)"

    def subset(self, indices: Sequence[int] | np.ndarray) -> ImageSet:
        """The pictures with these numbers, or where a boolean mask of length n is True, in that order.

        Numbers count from the end where negative. Raises TypeError for what is neither, as [0.7],
        IndexError for a number outside the set, and ValueError for a mask of another length.
        """
        chosen = np.asarray(indices)
        if chosen.dtype == bool:
            if chosen.shape != (len(self),):
                raise ValueError(f"a mask must have length {len(self)}; got shape {chosen.shape}")
            chosen = np.flatnonzero(chosen)
        else:
            chosen = check_numbers(indices, "indices")
        n = len(self)
        outside = chosen[(chosen < -n) | (chosen >= n)]
        if len(outside):
            raise IndexError(f"picture {outside[0]} of a set of {n}")
        return _Subset(self, (chosen % max(n, 1)).tolist())

    def of_class(self, name: str) -> ImageSet:
        """The pictures of one class. Raises ValueError for a name that is no class."""
        if name not in self.class_names:
            hint = did_you_mean(name, self.class_names)
            raise ValueError(f"`name` must be one of {self.class_names}; got {name!r}.{hint}")
        return self.subset(self.labels == self.class_names.index(name))

    def named_as(self, class_names: Sequence[str]) -> ImageSet:
        """The same pictures, their classes called as in `class_names`, for example those of a network.

        So a folder "n02690373_airliner" is the network's "airliner" (:func:`xaikit.core.names.matched`).
        Labels stay; `class_names` may have more names than the set has classes. Raises ValueError for a class
        that is none of them, or could be several.
        """
        return _Renamed(self, matched(self.class_names, check_class_names(class_names)))

    def __add__(self, other: ImageSet) -> ImageSet:
        """These pictures, then those of `other`; still read or drawn only when asked for.

        Classes of the same name are one class. The classes of this set come first, in their order, then those
        that only `other` has, in theirs. A hierarchy and truths are kept where both sets have the same.
        Raises TypeError where `other` is no ImageSet.
        """
        if not isinstance(other, ImageSet):
            raise TypeError(
                f"an ImageSet can be added to an ImageSet only; got {type(other).__name__}. "
                "load_images makes one."
            )
        return _Joined([*_members(self), *_members(other)])

    def kept(self, progress: bool = True) -> Kept:
        """The same pictures, read once by several processes and held in memory from then on.

        For pictures that are gone through again and again, as in training. A picture of toyworld takes 25 ms
        to draw and, held, 50 kB. What takes much more stays behind: the masks of the parts, and the scene.
        Pictures that cannot be read are left out, with a warning; the set's `skipped` lists their numbers and
        the reasons.

        Raises
        ------
        xaikit.core.errors.ImageError
            None of the pictures can be read.
        """
        from xaikit.data.reading import read_samples

        return Kept(self, *read_samples(self, progress))


class _Subset(ImageSet):
    def __init__(self, whole: ImageSet, indices: list[int]) -> None:
        super().__init__(whole.class_names, whole.labels[indices], whole.hierarchy, whole.truths)
        self._whole, self._indices = whole, indices

    def _read(self, index: int) -> Sample:
        return self._whole[self._indices[index]]

    def _mark(self, index: int) -> str:
        return self._whole.mark(self._indices[index])


class _Renamed(ImageSet):
    def __init__(self, whole: ImageSet, names: list[str]) -> None:
        new = dict(zip(whole.class_names, names, strict=True))
        tree = whole.hierarchy
        super().__init__(
            names,
            whole.labels,
            tree and Hierarchy({new[name]: tree.path(name) for name in new if name in tree}),
            {kind: {new.get(n, n): v for n, v in known.items()} for kind, known in whole.truths.items()},
        )
        self._whole, self._new = whole, new

    def _read(self, index: int) -> Sample:
        sample = self._whole[index]
        return replace(sample, boxes={self._new.get(name, name): box for name, box in sample.boxes.items()})

    def _mark(self, index: int) -> str:
        return self._whole.mark(index)


class _Joined(ImageSet):
    def __init__(self, members: list[ImageSet]) -> None:
        names = list(dict.fromkeys(name for member in members for name in member.class_names))
        renamed = [[names.index(name) for name in member.class_names] for member in members]
        labels = [np.array(new, np.int64)[m.labels] for new, m in zip(renamed, members, strict=True)]
        first, others = members[0], members[1:]
        hierarchy = first.hierarchy if all(m.hierarchy == first.hierarchy for m in others) else None
        truths = first.truths if all(m.truths == first.truths for m in others) else {}
        super().__init__(names, np.concatenate(labels), hierarchy, truths)
        self._members = members
        self._ends = np.cumsum([len(member) for member in members])

    def _place(self, index: int) -> tuple[ImageSet, int]:
        """The member that picture `index` is of, and its number there."""
        number = int(np.searchsorted(self._ends, index, side="right"))
        member = self._members[number]
        return member, index - int(self._ends[number]) + len(member)

    def _read(self, index: int) -> Sample:
        member, number = self._place(index)
        return replace(member[number], label=int(self.labels[index]))

    def _mark(self, index: int) -> str:
        member, number = self._place(index)
        return member.mark(number)


def _members(data: ImageSet) -> list[ImageSet]:
    return data._members if isinstance(data, _Joined) else [data]


class Kept(ImageSet):
    """Pictures held in memory; `skipped` names those of the set that could not be read."""

    def __init__(self, whole: ImageSet, samples: list[Sample], skipped: list[Skipped]) -> None:
        labels = [sample.label for sample in samples]
        super().__init__(whole.class_names, labels, whole.hierarchy, whole.truths)
        self._samples, self.skipped = samples, skipped

    def _read(self, index: int) -> Sample:
        return self._samples[index]
