"""Pictures that tests go through again and again, drawn once."""

from __future__ import annotations

from xaikit.data import ImageSet, Sample


class DrawnOnce(ImageSet):
    """The same pictures, each drawn when first asked for and then kept, with all that is known of it."""

    def __init__(self, whole: ImageSet) -> None:
        super().__init__(whole.class_names, whole.labels, whole.hierarchy, whole.truths)
        self._whole = whole
        self._drawn: dict[int, Sample] = {}

    def _read(self, index: int) -> Sample:
        if index not in self._drawn:
            self._drawn[index] = self._whole[index]
        return self._drawn[index]

    def _mark(self, index: int) -> str:
        return self._whole.mark(index)
