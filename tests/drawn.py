"""Pictures that tests go through again and again, drawn once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import numpy as np

from xaikit.data import ImageSet, Sample


class Drawn(Sample):
    """A sample whose finer picture is drawn when first asked for and then kept, for copies of it as well."""

    # By the scene's id, which is its own as long as it is kept beside the picture.
    KEPT: ClassVar[dict[tuple[int, int], tuple[Any, np.ndarray | None]]] = {}

    def finer(self, times: int = 4) -> np.ndarray | None:
        key = id(self.scene), times
        if key not in self.KEPT:
            self.KEPT[key] = self.scene, super().finer(times)
        return self.KEPT[key][1]


@cache
def drawn_once(make: Callable[..., ImageSet], *asked: Any, **named: Any) -> DrawnOnce:
    """The set that ``make`` makes of what is asked, the same one whenever the same is asked."""
    return DrawnOnce(make(*asked, **named))


class DrawnOnce(ImageSet):
    """The same pictures, each drawn when first asked for and then kept, with all that is known of it."""

    def __init__(self, whole: ImageSet) -> None:
        super().__init__(whole.class_names, whole.labels, whole.hierarchy, whole.truths)
        self._whole = whole
        self._drawn: dict[int, Sample] = {}

    def _read(self, index: int) -> Sample:
        if index not in self._drawn:
            self._drawn[index] = Drawn(**vars(self._whole[index]))
        return self._drawn[index]

    def _mark(self, index: int) -> str:
        return self._whole.mark(index)
