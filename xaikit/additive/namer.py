"""What a person names concepts by: the pictures in which each is seen most, and how much it counts."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from xaikit.additive.asking import gone_through
from xaikit.additive.contributions import Contributions
from xaikit.additive.fitted import Fitted
from xaikit.additive.naming import give_parts
from xaikit.additive.suggesting import Votes
from xaikit.core.images import fit_view, shown
from xaikit.core.images.checks import Float32, UInt8
from xaikit.core.images.showing import context_box
from xaikit.core.readable import Skipped, tell_skipped

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet, Sample
    from xaikit.plots.views import Seen
    from xaikit.widgets import FilterNamer

__all__ = ["Counts", "Top", "field_of", "namer_of", "peak_of", "seen_most"]

SIDE = 192
"""Pixels of a picture's longer side that are kept."""
STRONG = 0.5
"""Of the most that is seen of a concept in a picture; what is less does not belong to its field."""
FIELD = 0.36
"""Of the picture's shorter side that a field has at least: of a smaller one nobody knows what it is of."""


def namer_of(
    fitted: Fitted, data: ImageSet, n_pictures: int, parts: MutableMapping[str, str], progress: bool
) -> FilterNamer:
    """See :meth:`xaikit.AdditiveExplainer.namer`; names go into `parts`."""
    from xaikit.widgets import FilterNamer

    names = fitted.bound.names
    return FilterNamer(
        seen_most(fitted, data, n_pictures, progress),
        {k: parts[name] for k, name in enumerate(names) if name in parts},
        f"What counts for {fitted.target}",
        cls=fitted.target,
        rename=lambda _cls, number, part: give_parts(parts, {number: part}, names),
    )


def seen_most(fitted: Fitted, data: ImageSet, n_pictures: int, progress: bool = False) -> list[Seen]:
    """Of each concept what a widget shows, those that count most first, from one pass over the pictures.

    Raises
    ------
    ValueError
        There is no picture.
    xaikit.ImageError
        None can be read.
    """
    from xaikit.plots.views import Seen

    if not len(data):
        raise ValueError("`data` must hold at least one picture to look at; it is empty.")
    names, placed = fitted.bound.names, fitted.bound.maps is not None
    top, votes, skipped = Top(len(names), n_pictures), Votes(fitted.classifier), list[Skipped]()
    counts = Counts(len(names), fitted.target, data.class_names)
    with tqdm(total=len(data), desc="looking", unit="picture", disable=not progress) as bar:
        for numbers, samples, told in gone_through(fitted, data, skipped):
            top.take(numbers, samples, told)
            counts.take(samples, told)
            if placed:
                votes.take(samples, told)
            bar.update(len(numbers))
    tell_skipped(skipped, len(data))
    pictures = {number: one.drawn(fitted.classifier) for number, one in top.pictures.items()}
    mostly, size = votes.found(), counts.found()
    views = []
    for k in np.argsort(-size, kind="stable"):
        own = [int(one) for one in top.numbers[k] if one >= 0]
        part, share = mostly.get(names[k], ("", 0.0))
        maps = top.maps[k][: len(own)]
        fields = [None if one is None else field_of(one) for one in maps]
        peaks = [None if one is None else peak_of(one) for one in maps]
        shots = [pictures[one] for one in own]
        views.append(Seen(names[k], int(k), float(size[k]), shots, fields, peaks, part, share))
    return views


@dataclass(frozen=True, eq=False)
class _Kept:
    """What the network saw of a picture that is shown, small, and of its sample what can draw it finer."""

    small: UInt8
    sample: Sample

    @staticmethod
    def of(view: UInt8, sample: Sample) -> _Kept:
        bare = replace(sample, image=sample.image[:0], parts={}, landmarks={}, attributes={})
        return _Kept(_small(shown(view)), bare)

    def drawn(self, classifier: Classifier) -> UInt8:
        """The picture for the eye: drawn again more finely where a scene knows how."""
        times = -(-SIDE // max(classifier.view_size))
        fine = self.sample.finer(times) if times > 1 else None
        return self.small if fine is None else _small(classifier.framed(fine, times))


def _small(picture: UInt8) -> UInt8:
    """A picture with no side longer than `SIDE`."""
    height, width = picture.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    return fit_view(picture, (max(1, round(scale * height)), max(1, round(scale * width))))


class Top:
    """The pictures in which each of n concepts is seen most, at most k of each, taken in as they come.

    Pictures and maps of those that some concept still has among its own are kept, and no others.

    Attributes
    ----------
    numbers : int64 (n, k), of the pictures, the strongest first; -1 where there are not so many
    strengths : (n, k), the largest value of the concept's map; its own value where there are no maps
    maps : of each concept its map (h, w) in each of these pictures; None where there is none
    pictures : {number: what is kept of the picture}
    """

    def __init__(self, n: int, k: int) -> None:
        self.numbers = np.full((n, k), -1)
        self.strengths = np.full((n, k), -np.inf)
        self.maps: list[list[Float32 | None]] = [[None] * k for _ in range(n)]
        self.pictures: dict[int, _Kept] = {}

    def take(self, numbers: Sequence[int], samples: Sequence[Sample], told: Contributions) -> None:
        """Look at some pictures. A concept that is nowhere above zero on its map is not seen at all."""
        strengths, batch = _strengths(told), told.maps
        for k, own in enumerate(strengths.T):
            every = np.concatenate([self.strengths[k], own])
            order = np.argsort(-every, kind="stable")[: len(self.numbers[k])]
            if (order < len(self.numbers[k])).all():
                continue
            self.strengths[k] = every[order]
            known = np.concatenate([self.numbers[k], np.where(np.isfinite(own), numbers, -1)])
            self.numbers[k] = known[order]
            maps = [*self.maps[k], *([None] * len(own) if batch is None else batch[:, k])]
            self.maps[k] = [None if (heat := maps[one]) is None else np.array(heat) for one in order]
        wanted = set(self.numbers.ravel().tolist())
        self.pictures = {number: one for number, one in self.pictures.items() if number in wanted}
        for number, sample, view in zip(numbers, samples, told.images, strict=True):
            if number in wanted:
                self.pictures[number] = _Kept.of(view, sample)


def _strengths(told: Contributions) -> NDArray[np.float64]:
    """How strongly each concept is seen in each picture, (m, n); minus infinity where it is not."""
    if told.maps is None:
        return np.where(np.isfinite(told.values), told.values, -np.inf).astype(float)
    peaks = np.asarray(told.maps).max((2, 3))
    return np.where(peaks > 0, peaks, -np.inf).astype(float)  # NaN is not above 0


class Counts:
    """How much each of n concepts counts: its mean |α_i y_i|.

    Over the pictures of the target's class; over all where none is known to be of it.
    """

    def __init__(self, n: int, target: str, class_names: Sequence[str]) -> None:
        self._label = list(class_names).index(target) if target in class_names else -1
        self._sums, self._n = np.zeros((2, n)), np.zeros(2)

    def take(self, samples: Sequence[Sample], told: Contributions) -> None:
        sizes = np.nan_to_num(np.abs(told.contributions).astype(float))
        own = np.array([sample.label == self._label for sample in samples])
        for row, some in enumerate((sizes[own], sizes)):
            self._sums[row] += some.sum(0)
            self._n[row] += len(some)

    def found(self) -> NDArray[np.float64]:
        """(n,), in units of the score."""
        row = 0 if self._n[0] else 1
        return np.asarray(self._sums[row] / max(self._n[row], 1))


def field_of(heat: Float32) -> tuple[float, float, float, float]:
    """The square (x, y, width, height) around a map's strongest place, in shares of the picture.

    It holds what is strong and hangs together with that place.
    """
    from scipy.ndimage import label

    height, width = heat.shape
    groups, _ = label(heat >= STRONG * heat.max())
    own = groups == groups[np.unravel_index(heat.argmax(), heat.shape)]
    x0, y0, x1, y1 = context_box(own, FIELD)
    return x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height


def peak_of(heat: Float32) -> tuple[float, float]:
    """The middle (x, y) of a map's strongest cell, in shares of the picture."""
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return (float(column) + 0.5) / heat.shape[1], (float(row) + 0.5) / heat.shape[0]
