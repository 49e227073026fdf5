"""Heatmap: what every pixel map returns."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.errors import warn
from xaikit.core.fields import check_arrays, check_value
from xaikit.core.images import View, encode, overlay, shown
from xaikit.core.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.widgets import HeatmapExplorer

N_SHOWN = 8
BEYOND = 1 / 200  # of the values that are not zero
KIND, FORMAT = "heatmap", 1
META = {
    "targets": list[str],
    "predictions": list[str],
    "layer": str,
    "method": str,
    "boxes": list[dict[str, tuple[float, float, float, float]] | None] | None,
    "checks": dict[str, Any],
}

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Heatmap(Result):
    """A map of values over each picture, with the question that was asked and what was checked.

    Attributes
    ----------
    values
        float32 (n, h, w) at the network's input size, as the method's equation gives them: not normalised, so
        that pictures and classes can be compared
    targets : the class asked about, per picture
    predictions : the class the network predicts, per picture; "not read", as the target, of one of an
        ImageSet that cannot be read, whose values are NaN
    layer : name of the layer the map was taken at
    images : uint8 (n, h, w, c), the views that the values lie over; what is shown of them is three channels
    method : the call that made it, in words
    boxes
        where objects are known to be, {name: (x0, y0, x1, y1)} in pixels of the view or None per picture;
        None where nothing is known of any
    checks
        "blank": indices of the pictures whose map is zero everywhere; "not_finite": of those with NaN or
        infinity; "peak": the largest magnitude of each map. A blank or broken map is warned of as well

    Raises
    ------
    ValueError
        The fields do not fit each other: see `values`, `images`, and one entry per picture in the others.
    """

    values: NDArray[np.float32]
    targets: tuple[str, ...]
    predictions: tuple[str, ...]
    layer: str
    images: NDArray[np.uint8]
    method: str
    boxes: Sequence[Mapping[str, Box] | None] | None = None
    checks: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._check_fields()
        object.__setattr__(self, "images", View.of(self.images))  # also where they come from a file
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

    def _check_fields(self) -> None:
        if self.values.ndim != 3 or 0 in self.values.shape:
            raise ValueError(f"`values` must have shape (n, h, w), none of them 0; got {self.values.shape}.")
        if self.images.ndim != 4 or self.images.shape[:3] != self.values.shape or not self.images.size:
            raise ValueError(f"`images` must have shape {(*self.values.shape, 3)}; got {self.images.shape}.")
        for name in ("targets", "predictions", "boxes"):
            given = getattr(self, name)
            if given is not None and len(given) != len(self.values):
                raise ValueError(
                    f"`{name}` must have one entry for each of {len(self.values)} pictures; got {len(given)}."
                )

    def _warn(self, check: str, meaning: str) -> None:
        indices = self.checks[check]
        if indices:
            named = ", ".join(map(str, indices[:5])) + (", …" if len(indices) > 5 else "")
            text = f"{self.method}: the map of {len(indices)} of {len(self)} pictures ({named}) is {meaning}."
            warn(text)

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        height, width = self.values.shape[1:]
        return f"Heatmap({self.method}, {len(self)} pictures, {height}×{width}, layer {self.layer!r})"

    @property
    def signed(self) -> bool:
        """Whether any value is below zero, so that colors must be centred on zero."""
        return bool((self.values[np.isfinite(self.values)] < 0).any())

    @property
    def limit(self) -> float:
        """Where the scale that all maps share ends: one in 200 of the magnitudes above zero lies beyond.

        So a few outliers, as gradients have, do not pale the rest. 0 where all maps show nothing.
        """
        sizes = np.abs(self.values[np.isfinite(self.values) & (self.values != 0)])
        return float(np.quantile(sizes, 1 - BEYOND)) if len(sizes) else 0.0

    def with_boxes(self, boxes: Mapping[str, Box] | Sequence[Mapping[str, Box] | None]) -> Heatmap:
        """Return a copy that knows where things are: {name: (x0, y0, x1, y1)} in pixels of the view.

        One such mapping holds for all pictures; a sequence has one for each, or None.
        """
        return self._with("boxes", [boxes] * len(self) if isinstance(boxes, Mapping) else list(boxes))

    def named(self, method: str) -> Heatmap:
        """Return a copy that says in other words by which method it was made."""
        return self._with("method", method)

    def _with(self, name: str, value: Any) -> Heatmap:
        """A copy with one field changed; what was checked, and warned of, stays."""
        changed = copy.copy(self)
        object.__setattr__(changed, name, value)
        changed._check_fields()
        return changed

    def overlays(self) -> NDArray[np.uint8]:
        """Return the pictures under their maps, uint8 (n, h, w, 3), on one scale shared by all of them.

        Maps with values below zero are colored on a diverging scale centred on zero (blue above, orange
        below), others by how large they are. A map that is not finite is left out: its picture stays bare.
        """
        cmap, limit = "diverging" if self.signed else "heat", self.limit
        broken = set(self.checks["not_finite"])
        return np.stack(
            [
                image if number in broken else overlay(image, values, cmap=cmap, limit=limit)
                for number, (image, values) in enumerate(zip(shown(self.images), self.values, strict=True))
            ]
        )

    def plot(self) -> Figure:
        """Pictures and maps as a matplotlib figure, with the scale that the maps share."""
        from xaikit.plots.heatmaps import heatmaps

        return heatmaps(self)

    def widget(self, *others: Heatmap, title: str = "") -> HeatmapExplorer:
        """Return these maps, and others of the same pictures beside them, as a widget to work with.

        Parameters
        ----------
        others : of the same pictures, by another method or about another class
        title : heading

        Raises
        ------
        ValueError
            Another heatmap has other pictures, or two maps of a picture have one method, class and layer.
        """
        from xaikit.widgets import HeatmapExplorer

        for other in others:
            if not isinstance(other, Heatmap):
                raise TypeError(f"only heatmaps can stand beside a heatmap; got {type(other).__name__}.")
            if not np.array_equal(other.images, self.images):
                raise ValueError(
                    f"heatmaps shown side by side must lie over the same pictures; {other!r} has other ones "
                    f"than {self!r}. Make both from the same images and the same input size."
                )
        everyone = (self, *others)
        maps = [
            {"method": one.method, "target": one.targets, "values": one.values, "layer": one.layer}
            for one in everyone
        ]
        boxes = [
            {name: box for one in everyone for name, box in _boxes_of(one, number).items()}
            for number in range(len(self))
        ]
        return HeatmapExplorer(shown(self.images), maps, boxes, title)

    def to_html(self, path: str | Path, *others: Heatmap, title: str = "") -> Path:
        """Write `widget(*others)` as one self-contained page that works offline."""
        return self.widget(*others, title=title).to_html(path, title or self.method)

    def save(self, path: str | Path) -> Path:
        """Write it as one ``.npz`` file, without pickle; `load` gives back the same arrays."""
        words = {name: getattr(self, name) for name in ("targets", "predictions", "layer", "method")}
        boxes = [
            None if one is None else {name: [float(edge) for edge in box] for name, box in one.items()}
            for one in self.boxes or ()
        ]
        further = {name: value for name, value in self.checks.items() if name not in _OWN_CHECKS}
        meta = {**words, "boxes": None if self.boxes is None else boxes, "checks": further}
        return write_archive(path, KIND, FORMAT, meta, {"values": self.values, "images": self.images})

    @classmethod
    def load(cls, path: str | Path) -> Heatmap:
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        xaikit.FileError
            It is damaged, or holds no heatmap.
        """
        meta, arrays = read_archive(path, KIND, FORMAT)
        with understood(path):
            check_value(meta, META, "meta")
            check_arrays(arrays, {"values": "f n h w", "images": "u n h w c"})
            heatmap = cls(
                values=arrays["values"],
                targets=tuple(meta["targets"]),
                predictions=tuple(meta["predictions"]),
                layer=meta["layer"],
                images=arrays["images"],
                method=meta["method"],
                boxes=None if meta["boxes"] is None else tuple(map(_read_boxes, meta["boxes"])),
            )
        object.__setattr__(heatmap, "checks", {**heatmap.checks, **meta["checks"]})
        return heatmap

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        return {"text/plain": repr(self), "image/png": encode(np.hstack(list(self.overlays()[:N_SHOWN])))}


_OWN_CHECKS = {
    "blank",
    "not_finite",
    "peak",
}  # those that every heatmap reckons itself; methods add their own


def _read_boxes(one: Mapping[str, Sequence[float]] | None) -> dict[str, Box] | None:
    return None if one is None else {name: (x0, y0, x1, y1) for name, (x0, y0, x1, y1) in one.items()}


def _boxes_of(heatmap: Heatmap, number: int) -> Mapping[str, Box]:
    return (heatmap.boxes[number] if heatmap.boxes else None) or {}
