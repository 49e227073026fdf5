"""Heatmap: what every pixel map returns."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit.core.images import encode, overlay

if TYPE_CHECKING:
    from matplotlib.figure import Figure

N_SHOWN = 8


@dataclass(frozen=True, eq=False)
class Heatmap:
    """A map of values over each picture, with the question that was asked and what was checked.

    Attributes
    ----------
    values
        float32 (n, h, w) at the network's input size, as the method's equation gives them: not normalised, so
        that pictures and classes can be compared
    targets : the class asked about, per picture
    predictions : the class the network predicts, per picture
    layer : name of the layer the map was taken at
    images : uint8 (n, h, w, 3), the views that the values lie over
    method : the call that made it, in words
    checks
        "blank": indices of the pictures whose map is zero everywhere; "not_finite": of those with NaN or
        infinity; "peak": the largest magnitude of each map. A blank or broken map is warned of as well
    """

    values: NDArray[np.float32]
    targets: tuple[str, ...]
    predictions: tuple[str, ...]
    layer: str
    images: NDArray[np.uint8]
    method: str
    checks: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        finite = np.isfinite(self.values).all((1, 2))
        peak = np.abs(self.values).max((1, 2))
        checks = {
            "blank": np.flatnonzero(peak == 0).tolist(),
            "not_finite": np.flatnonzero(~finite).tolist(),
            "peak": peak.tolist(),
        }
        object.__setattr__(self, "checks", checks)
        self._warn("blank", "zero everywhere: nothing at this layer speaks for the class asked about")
        self._warn("not_finite", "not finite: it holds NaN or infinity and shows nothing")

    def _warn(self, check: str, meaning: str) -> None:
        indices = self.checks[check]
        if indices:
            named = ", ".join(map(str, indices[:5])) + (", …" if len(indices) > 5 else "")
            text = f"{self.method}: the map of {len(indices)} of {len(self)} pictures ({named}) is {meaning}."
            warnings.warn(text, stacklevel=5)

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        height, width = self.values.shape[1:]
        return f"Heatmap({self.method}, {len(self)} pictures, {height}×{width}, layer {self.layer!r})"

    def overlays(self) -> NDArray[np.uint8]:
        """Return the pictures under their maps, uint8 (n, h, w, 3), on one scale shared by all of them.

        A map that is not finite is left out: its picture stays bare.
        """
        values = np.where(np.isfinite(self.values), self.values, 0)
        limit = float(np.abs(values).max())
        return np.stack(
            [overlay(*pair, cmap="heat", limit=limit) for pair in zip(self.images, values, strict=True)]
        )

    def plot(self) -> Figure:
        """Pictures and maps as a matplotlib figure."""
        from xaikit.plots.heatmaps import heatmaps

        return heatmaps(self)

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        return {"text/plain": repr(self), "image/png": encode(np.hstack(list(self.overlays()[:N_SHOWN])))}
