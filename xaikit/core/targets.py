"""The classes that gradients are asked of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


class Targets:
    """The classes asked of each picture, as rows of indices (n, T).

    `targets` is a class, a list of T classes for every picture, an int array (n, T) with each picture's own,
    or None for the predicted class. `class_index` turns a name or an index into a checked index.
    """

    def __init__(self, class_index: Callable[[str | int], int], targets: Any) -> None:
        self.given: NDArray[np.int64] | None = None
        self.per_picture = isinstance(targets, np.ndarray) and targets.ndim == 2
        if self.per_picture:
            indices = [class_index(index) for index in targets.ravel().tolist()]
            self.given = np.array(indices, np.int64).reshape(targets.shape)
        elif targets is not None:
            single = isinstance(targets, str) or np.ndim(targets) == 0
            listed = [targets] if single else list(targets)
            self.given = np.array([[class_index(target) for target in listed]], np.int64)
        if self.given is not None and not self.given.shape[1]:
            raise ValueError(
                "`targets` is empty: name at least one class, or give None for the predicted class."
            )

    def rows(self, logits: Tensor, first: int) -> NDArray[np.int64]:
        """Return the indices (b, T) for a batch whose first picture has the number `first`."""
        if self.given is None:
            return logits.detach().argmax(1, keepdim=True).cpu().numpy()
        if not self.per_picture:
            return np.repeat(self.given, len(logits), 0)
        mine = self.given[first : first + len(logits)]
        if len(mine) < len(logits):
            raise ValueError(
                f"`targets` has {len(self.given)} rows, one per picture; there are more pictures."
            )
        return mine

    def check_all_used(self, n: int) -> None:
        """Raise where `targets` has a row for a picture that did not come."""
        if self.given is not None and self.per_picture and n < len(self.given):
            raise ValueError(f"`targets` has {len(self.given)} rows, one per picture; the pictures are {n}.")
