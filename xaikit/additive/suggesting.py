"""Which part of things each concept is seen on, where masks of parts are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from xaikit.additive.asking import gone_through
from xaikit.additive.fitted import Fitted
from xaikit.core.masks import in_view
from xaikit.core.readable import Skipped, tell_skipped

if TYPE_CHECKING:
    from xaikit.additive.contributions import Contributions
    from xaikit.core.classifier import Classifier
    from xaikit.data import ImageSet, Sample

__all__ = ["Votes", "suggest"]

REACH = 12
"""A part is as near as a twelfth of the picture's side, or not there: a cell of a map is not a point."""
LEAST_SHARE = 0.3
"""Of the strength with which a concept is seen; one that is less on any part is of none."""


def suggest(fitted: Fitted, data: ImageSet) -> dict[str, str]:
    """The part on which each concept's strongest place lies most, weighted by how strong it is there.

    Raises
    ------
    ValueError
        It is not known where concepts are seen, or no picture has masks of parts.
    """
    if fitted.bound.maps is None:
        raise ValueError("it is not known where these concepts are seen; name them by hand.")
    votes, skipped = Votes(fitted.classifier), list[Skipped]()
    for _, samples, told in gone_through(fitted, data, skipped):
        votes.take(samples, told)
    tell_skipped(skipped, len(data))
    if not votes.n_told:
        raise ValueError("no picture has masks of parts; name concepts by hand.")
    return {name: part for name, (part, _) in votes.found().items()}


class Votes:
    """For each concept, how much of what is seen of it lies on each part.

    Attributes
    ----------
    n_told : number of pictures that have masks of parts
    """

    def __init__(self, classifier: Classifier) -> None:
        self.n_told = 0
        self._classifier = classifier
        self._votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def take(self, samples: Sequence[Sample], told: Contributions) -> None:
        """Count some pictures, whose maps are known."""
        for sample, maps in zip(samples, np.asarray(told.maps), strict=True):
            self.n_told += bool(sample.parts)
            for name, (part, strength) in zip(
                told.names, _seen_on(self._classifier, sample, maps), strict=True
            ):
                self._votes[name][part] += strength

    def found(self) -> dict[str, tuple[str, float]]:
        """{concept: the part that it is mostly seen on, and the share of its strength that lies there}."""
        mostly = {name: max(own, key=own.__getitem__) for name, own in self._votes.items()}
        shares = {name: own[mostly[name]] / (sum(own.values()) or 1) for name, own in self._votes.items()}
        return {
            name: (part, shares[name])
            for name, part in mostly.items()
            if part and shares[name] >= LEAST_SHARE
        }


def _seen_on(classifier: Classifier, sample: Sample, maps: NDArray[np.float32]) -> list[tuple[str, float]]:
    """For each concept's map (n, h, w) the part at its strongest place, "" for none, and its value there."""
    height, width = maps.shape[1:]
    places, peaks = maps.reshape(len(maps), -1).argmax(1), maps.max((1, 2))
    rows, columns = (
        ((at + 0.5) / n * side).astype(int)
        for at, n, side in zip(
            (places // width, places % width), (height, width), classifier.view_size, strict=True
        )
    )
    names, away = ["", *sample.parts], [np.full(len(maps), max(classifier.view_size) / REACH)]
    for mask in sample.parts.values():
        seen = in_view(classifier, mask)
        far = distance_transform_edt(~seen) if seen.any() else np.full(seen.shape, np.inf)
        away.append(far[rows, columns])
    nearest = np.argmin(away, 0)  # of two that are as near the first; none comes first
    return [(names[k], float(max(peak, 0))) for k, peak in zip(nearest, peaks, strict=True)]
