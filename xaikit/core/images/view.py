"""View: an array that knows that it is what a network sees."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


class View(np.ndarray[Any, np.dtype[np.uint8]]):
    """Pixels as a network sees them, uint8 (H, W, c) or (n, H, W, c): scaled and cropped already.

    An array like any other that is not scaled and cropped once more when it is given back. What is indexed,
    copied, stacked, pasted into, blended with something or pickled stays one; a mask or a number reckoned
    from it is plain. `Classifier.view(pixels, as_view=True)` makes one of any array.

    Limits
    ------
    `np.asarray`, `np.array([...])`, a PIL picture, a tensor and a file forget it. What is stacked or blended
    with a view counts as a view, too.
    """

    __array_priority__ = 1.0  # else np.stack would forget it

    @staticmethod
    def of(pixels: ArrayLike) -> View:
        """The same pixels, uint8, as a View."""
        return np.asarray(pixels, np.uint8).view(View)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        if array.ndim >= 3 and array.shape[-1:] == self.shape[-1:]:
            return array.view(View)
        return np.asarray(array)[()]  # a number where it is of no dimension
