"""Where in a picture is what speaks for a class: heatmaps of several methods and classes, to work with."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from PIL.Image import Image

from xaikit.core.images.checks import UInt8
from xaikit.widgets.heatmaps.maps import (
    PRECISIONS,
    Box,
    check_boxes,
    check_maps,
    check_pictures,
    complaint,
    grid_of,
    levels_of,
    pack_maps,
    pack_within_budget,
)
from xaikit.widgets.heatmaps.still import Seen, Settings, draw_maps, see
from xaikit.widgets.kit.bundle import bundle, stylesheet
from xaikit.widgets.kit.packing import encode_picture
from xaikit.widgets.kit.view import View

__all__ = ["HeatmapExplorer"]

SIDE = 256  # pixels; networks look at about so many, and more would only fill the saved notebook


class HeatmapExplorer(View):
    """Heatmaps of pictures, blended in the page: opacity, threshold, kept energy, colors, values by a click.

    Parameters
    ----------
    images : uint8 (h, w, 3), (n, h, w, 3), or a sequence of pictures, which may differ in size
    maps
        one mapping per method and class, shown side by side: ``method``; ``target``, the class asked about,
        for all pictures or a sequence with one for each; ``values``, real (h, w) for each picture, (n, h, w)
        or a sequence; optionally ``layer``, and ``note``, a text for all pictures or one for each. Two maps
        of a picture differ in method, target or layer
    boxes
        for each picture {name: (x0, y0, x1, y1)} in pixels, or None. A map whose target has a box is told how
        much of what is kept lies in it
    title : heading
    precision
        bits per value in the page: 16, 12 or 8. A value of a hundredth of the largest is right to 0.03%, 0.5%
        or 8% of itself, larger ones more exactly. None takes the most at which all maps keep to 180 kB
    side : pictures and maps with a longer side are shrunk to so many pixels in the page, by averaging

    Attributes
    ----------
    opacity : 0 to 1, how far the strongest value covers the picture; a value covers by the root of its size
    contrast
        0 to 1; a fifth of it is the share of each map's pixels, zeros apart, that have full color, so that a
        few outliers (of gradients, say) do not pale all the rest. At 0 the strongest pixel alone has it
    threshold : 0 to 1; values below this share of the largest magnitude of the scale are hidden
    energy
        0 to 1; of each map only the strongest pixels that hold this share of its energy are shown: at 0 the
        strongest alone (the pointing game), at 1 all. Equally strong pixels stay or go together
    sign
        what a pixel's energy is: its "magnitude" |v|, or its "positive" part max(v, 0), which hides what is
        below zero
    colormap
        "auto" (diverging for maps with negative values, else heat), "heat" (sizes), "diverging" (orange below
        zero, blue above, safe for the color-blind) or "grey"
    shared_scale : all maps of a picture on one scale, signed and centred on zero where one of them is signed
    mode : "picture", "map" or "blended"
    show_boxes : whether boxes and what lies in them are shown
    picture : number of the picture shown
    reading
        None, or {"picture", "x", "y", "values"}: a pixel of a picture as given, and what each map says there
        (None where a map is not finite). Set it with or without values: they are looked up

    Raises
    ------
    ValueError, TypeError
        No picture, no map, maps that do not fit the pictures, two maps with the same names, a box outside its
        picture.

    Limits
    ------
    A map shows where values are, not what the network sees there, and without the same scale the colors of
    two maps cannot be compared. A map that is zero everywhere or not finite is told of, not drawn. Values
    read in the page without Python are those that travelled, rounded as `precision` says; `reading` is exact.
    """

    _esm = bundle("heatmaps")
    _css = stylesheet("heatmaps")
    _from_page: ClassVar[frozenset[str]] = frozenset(
        {
            "opacity", "contrast", "threshold", "energy", "sign", "colormap", "shared_scale", "mode",
            "show_boxes", "picture", "reading",
        }
    )  # fmt: skip

    pictures = traitlets.List(traitlets.Bytes()).tag(sync=True)
    sizes = traitlets.List(traitlets.List()).tag(sync=True)
    grids = traitlets.List(traitlets.List()).tag(sync=True)
    levels = traitlets.Int().tag(sync=True)
    maps = traitlets.List(traitlets.Dict()).tag(sync=True)
    boxes = traitlets.List(traitlets.List()).tag(sync=True)
    opacity = traitlets.Float(0.8).tag(sync=True)
    contrast = traitlets.Float(0.05).tag(sync=True)
    threshold = traitlets.Float(0.0).tag(sync=True)
    energy = traitlets.Float(1.0).tag(sync=True)
    sign = traitlets.Enum(["magnitude", "positive"], "magnitude").tag(sync=True)
    colormap = traitlets.Enum(["auto", "heat", "diverging", "grey"], "auto").tag(sync=True)
    shared_scale = traitlets.Bool(False).tag(sync=True)
    mode = traitlets.Enum(["picture", "map", "blended"], "blended").tag(sync=True)
    show_boxes = traitlets.Bool(True).tag(sync=True)
    picture = traitlets.Int(0).tag(sync=True)
    exact = traitlets.Dict().tag(sync=True)
    reading = traitlets.Any(None, allow_none=True).tag(sync=True, to_json=lambda value, _: _place(value))

    def __init__(
        self,
        images: UInt8 | Sequence[UInt8],
        maps: Sequence[Mapping[str, Any]],
        boxes: Sequence[Mapping[str, Box] | None] | Mapping[str, Box] | None = None,
        title: str = "",
        *,
        precision: int | None = None,
        side: int = SIDE,
    ) -> None:
        if precision is not None and precision not in PRECISIONS:
            raise ValueError(f"`precision` must be one of {PRECISIONS} bits or None; got {precision!r}.")
        if not isinstance(side, int) or side < 1:
            raise ValueError(f"`side` must be a number of pixels, at least 1; got {side!r}.")
        self._images = check_pictures(images)
        self._series = check_maps(maps, self._images)
        self._boxes = check_boxes(boxes, self._images)
        self._grids = [grid_of(one, side) for one in self._images]
        if precision is None:
            packed, self._bits = pack_within_budget(self._series, self._grids)
        else:
            packed, self._bits = pack_maps(self._series, self._grids, precision), precision
        super().__init__(
            title=title,
            pictures=[encode_picture(one, side) for one in self._images],
            sizes=[[one.shape[1], one.shape[0]] for one in self._images],
            grids=[list(grid) for grid in self._grids],
            levels=levels_of(self._bits),
            maps=packed,
            boxes=[[[name, list(box)] for name, box in one.items()] for one in self._boxes],
        )

    @property
    def precision(self) -> int:
        """Bits per value in the page."""
        return self._bits

    def verdicts(self) -> list[str]:
        """For each map of the picture shown, how much of what is kept lies in its target's box.

        "" where no box of the target is known, or where the map shows nothing.
        """
        return [one.verdict for one in self._seen()]

    def shared(self) -> dict[str, Hashable]:
        """The chosen picture, with explorers of as many pictures of the same sizes."""
        return {"picture": ("picture", *map(tuple, self.sizes))}

    def still(self) -> Image:
        """Draw the picture shown with its maps, without a browser."""
        return draw_maps(
            self.title,
            self._images[self.picture],
            self._seen(),
            boxes=self._boxes[self.picture] if self.show_boxes else {},
            opacity=self.opacity,
            colormap=self.colormap,
            mode=self.mode,
        )

    def _seen(self) -> list[Seen]:
        return see(
            self._series,
            self.picture,
            self._grids[self.picture],
            self._bits,
            self._images[self.picture].shape[1::-1],
            self._boxes[self.picture],
            Settings(self.energy, self.sign, self.threshold, self.contrast, self.shared_scale),
        )

    # --- what may be set ---------------------------------------------------------------------------------
    @traitlets.validate("opacity", "contrast", "threshold", "energy")
    def _check_share(self, proposal: dict[str, Any]) -> float:
        value = float(proposal["value"])
        if not 0 <= value <= 1:  # NaN, too, fails here
            raise traitlets.TraitError(f"`{proposal['trait'].name}` must be from 0 to 1; got {value}.")
        return value

    @traitlets.validate("picture")
    def _check_picture(self, proposal: dict[str, Any]) -> int:
        return self._numbered(proposal["value"], "`picture`")

    @traitlets.validate("reading")
    def _check_reading(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        value = proposal["value"]
        if value is None:
            return None
        match value:
            case {"picture": int() as number, "x": int() as x, "y": int() as y}:
                height, width = self._images[self._numbered(number, "`picture` of a reading")].shape[:2]
                if 0 <= x < width and 0 <= y < height:
                    return {"picture": number, "x": x, "y": y, "values": self._values_at(number, x, y)}
        raise traitlets.TraitError(
            f"`reading` must be {{'picture', 'x', 'y'}}, a pixel of that picture; got {value!r}."
        )

    @traitlets.observe("picture")
    def _on_picture(self, change: dict[str, Any]) -> None:
        if self.reading is not None and self.reading["picture"] != change["new"]:
            self.reading = None

    @traitlets.observe("reading")
    def _on_reading(self, change: dict[str, Any]) -> None:
        # The page showed at once what it knows; the exact values come beside the place, not instead of it: an
        # answer that sets the place would undo the next step of a hand.
        self.exact = change["new"] or {}
        if change["new"] is not None:
            self.picture = change["new"]["picture"]

    def _numbered(self, number: int, what: str) -> int:
        if not 0 <= number < len(self._images):
            raise traitlets.TraitError(f"{what} must be from 0 to {len(self._images) - 1}; got {number}.")
        return number

    def _values_at(self, number: int, x: int, y: int) -> list[float | None]:
        values = [float(one.values[number][y, x]) for one in self._series]
        return [value if np.isfinite(value) else None for value in values]

    def __repr__(self) -> str:
        names = ", ".join(f"{one.method} for {one.targets[self.picture]}" for one in self._series[:4])
        more = ", …" if len(self._series) > 4 else ""
        blank = sum(bool(complaint(values)) for one in self._series for values in one.values)
        blank_ones = f"; {blank} with nothing to show" if blank else ""
        counts = f"pictures: {len(self._images)}, maps of each: {len(self._series)}"
        return f"HeatmapExplorer({counts}: {names}{more}{blank_ones})"


def _place(reading: dict[str, Any] | None) -> dict[str, Any] | None:
    """A reading as it is synced: the place alone."""
    return reading and {name: reading[name] for name in ("picture", "x", "y")}
