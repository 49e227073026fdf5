"""Heatmaps drawn as a picture with Pillow, for pages on which no widget can run."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from xaikit.core.images import COLOR_MAPS
from xaikit.core.images.checks import Float32, UInt8
from xaikit.widgets.heatmaps.maps import (
    Box,
    MapSeries,
    Sizes,
    complaint,
    energy_cut,
    full_from,
    inside_share,
    levels_of,
    quantise,
    shares_of,
    shrink_map,
    sizes_of,
    verdict,
)
from xaikit.widgets.kit.still import GAP, GREY, INK, PAPER, TRACK, font

CARD = 210  # pixels wide
COLUMNS = 4
MOST = 12  # maps
HEAD, FOOT, JUDGED = 46, 58, 92  # pixels above a map and below it, there without and with verdicts

GREY_RAMP = ((255, 255, 255), (0, 0, 0))


class Settings(NamedTuple):
    """How maps are shown: the explorer's traits of the same names."""

    energy: float
    sign: str
    threshold: float
    contrast: float
    shared_scale: bool


@dataclass(frozen=True)
class Seen:
    """One map of one picture as it is shown now."""

    name: str
    signed: bool
    negative: bool = False  # whether values below zero are shown
    said: str = ""  # why it is not drawn
    shares: Float32 | None = None  # of the magnitude that gets full color, −1 to 1; NaN where hidden
    full: float = 0.0  # that magnitude
    beyond: bool = False  # whether there are values beyond it
    verdict: str = ""


def see(
    series: Sequence[MapSeries],
    number: int,
    grid: tuple[int, int],
    bits: int,
    size: Sequence[int],
    boxes: Mapping[str, Box],
    settings: Settings,
) -> list[Seen]:
    """What the page shows of each map of picture `number`, whose (width, height) as given is `size`."""
    small = [shrink_map(one.values[number], grid) for one in series]
    problems = [complaint(one) for one in small]
    peaks = [0.0 if said else float(np.abs(one).max()) for one, said in zip(small, problems, strict=True)]
    signed = any(one.signed for one in series)
    wholes = [None if said else quantise(one, bits) for one, said in zip(small, problems, strict=True)]
    fulls = [
        0.0 if whole is None else (full_from(whole, settings.contrast) / levels_of(bits)) ** 2 * peak
        for whole, peak in zip(wholes, peaks, strict=True)
    ]
    result = []
    for k, (one, whole) in enumerate(zip(series, wholes, strict=True)):
        target = one.targets[number]
        centred = signed if settings.shared_scale else one.signed
        shown = Seen(f"{one.method}: {target}", centred, centred and settings.sign != "positive", problems[k])
        if whole is not None:
            limit, full = (max(peaks), max(fulls)) if settings.shared_scale else (peaks[k], fulls[k])
            weakest = int(np.ceil(np.sqrt(settings.threshold * limit / peaks[k]) * levels_of(bits) - 1e-6))
            sizes = sizes_of(whole, settings.sign)
            cut = max(energy_cut(sizes, settings.energy), weakest)
            shares = np.clip(shares_of(whole, bits) * peaks[k] / full, -1, 1).astype(np.float32)
            shares[(whole if settings.sign == "positive" else sizes) < cut] = np.nan
            told = _judged(sizes, cut, boxes.get(target), size)
            shown = replace(shown, shares=shares, full=full, beyond=full < limit, verdict=told)
        result.append(shown)
    return result


def _judged(sizes: Sizes, cut: int, box: Box | None, size: Sequence[int]) -> str:
    share = None if box is None else inside_share(sizes, cut, box, size)
    if box is None or share is None:
        return ""
    x0, y0, x1, y1 = box
    return verdict(share, (x1 - x0) * (y1 - y0) / (size[0] * size[1]))


def colors_of(shares: Float32, colormap: str, signed: bool) -> np.ndarray:
    """Colors, float (…, 3), of shares of the scale's largest magnitude, as the page colors them."""
    name = ("diverging" if signed else "heat") if colormap == "auto" else colormap
    ramp = GREY_RAMP if name == "grey" else COLOR_MAPS[name]
    centred = name == "diverging" or (name == "grey" and signed)
    place = (1 - shares) / 2 if centred else 1 - np.abs(shares)
    stops = np.array(ramp, float)
    steps = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(place, steps, stops[:, channel]) for channel in range(3)], axis=-1)


def draw_maps(
    title: str,
    image: UInt8,
    seen: Sequence[Seen],
    *,
    boxes: Mapping[str, Box],
    opacity: float,
    colormap: str,
    mode: str,
) -> Image.Image:
    """Draw maps side by side over their picture, each with its scale and what lies in its box."""
    side = round(CARD * image.shape[0] / image.shape[1])
    shown = seen[:MOST]
    n_columns = min(len(shown), COLUMNS)
    foot = JUDGED if boxes else FOOT
    top, height = (34 if title else 6), HEAD + side + foot
    n_rows = -(-len(shown) // n_columns)
    below = 24 if len(seen) > MOST else 0
    canvas = Image.new("RGB", (n_columns * (CARD + GAP) + GAP, top + n_rows * height + below), PAPER)
    pen = ImageDraw.Draw(canvas)
    pen.text((GAP, 6), title, INK, font(18))
    for n, one in enumerate(shown):
        left, upper = GAP + n % n_columns * (CARD + GAP), top + n // n_columns * height
        pen.multiline_text((left, upper), _wrapped(one.name, 26, 2), INK, font(15))
        over = _blended(image, one, (CARD, side), opacity, colormap, mode)
        _draw_boxes(over, boxes, CARD / image.shape[1])
        canvas.paste(over, (left, upper + HEAD))
        below_map = upper + HEAD + side + 6
        if one.said:
            pen.multiline_text((left, below_map), _wrapped(one.said, 32, 3), INK, font(13))
            continue
        _draw_scale(canvas, (left, below_map), one, colormap)
        if boxes and one.verdict:
            pen.multiline_text((left, below_map + 30), _wrapped(one.verdict, 34, 3), INK, font(13))
    if below:
        pen.text((GAP, top + n_rows * height), f"and {len(seen) - MOST} more maps", GREY, font(14))
    return canvas


def _blended(
    image: UInt8, one: Seen, size: tuple[int, int], opacity: float, colormap: str, mode: str
) -> Image.Image:
    picture = Image.fromarray(image).resize(size, Image.Resampling.BILINEAR)
    if one.shares is None:
        return Image.blend(picture, Image.new("RGB", size, PAPER), 0.6)
    if mode == "picture":
        return picture
    shares = np.nan_to_num(one.shares)
    hidden = np.isnan(one.shares)
    colors = colors_of(shares, colormap, one.signed)
    cover = np.ones_like(shares) if mode == "map" else opacity * np.sqrt(np.abs(shares))
    cover[hidden] = 0
    above = np.dstack([colors, cover * 255]).round().astype(np.uint8)
    layer = Image.fromarray(above).resize(size, Image.Resampling.BILINEAR)
    ground = Image.new("RGB", size, TRACK) if mode == "map" else picture
    ground.paste(layer, (0, 0), layer)
    return ground


def _draw_boxes(canvas: Image.Image, boxes: Mapping[str, Box], scale: float) -> None:
    pen = ImageDraw.Draw(canvas)
    for name, box in boxes.items():
        x0, y0, x1, y1 = (value * scale for value in box)
        pen.rectangle((x0, y0, x1 - 1, y1 - 1), outline=INK, width=4)
        pen.rectangle((x0 + 1, y0 + 1, x1 - 2, y1 - 2), outline=PAPER, width=2)
        letters = font(13)
        x = max(min(x0 + 6, canvas.width - letters.getlength(name) - 4), 4)
        pen.text((x, y0 + 4), name, INK, letters, stroke_width=2, stroke_fill=PAPER)


def _draw_scale(canvas: Image.Image, corner: tuple[int, int], one: Seen, colormap: str) -> None:
    left, top = corner
    low = -1.0 if one.negative and colormap != "heat" else 0.0
    shares = np.linspace(low, 1, CARD).astype(np.float32)
    strip = colors_of(shares, colormap, one.signed).round().astype(np.uint8)
    canvas.paste(Image.fromarray(np.repeat(strip[None], 10, axis=0)), corner)
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((left, top, left + CARD - 1, top + 10), outline=GREY)
    least, most = ("<= ", ">= ") if one.beyond else ("", "")
    pen.text((left, top + 12), f"{least}{low * one.full:.3g}" if low else "0", INK, font(13))
    if low:
        pen.text((left + CARD / 2, top + 12), "0", INK, font(13), anchor="ma")
    pen.text((left + CARD, top + 12), f"{most}{one.full:.3g}", INK, font(13), anchor="ra")


def _wrapped(text: str, width: int, lines: int) -> str:
    plain = text.replace("×", "x")  # which Pillow's letters lack
    return "\n".join(textwrap.wrap(plain, width, max_lines=lines, placeholder=" ..."))
