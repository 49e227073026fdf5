"""Check the points of a semantic map and pack them for the page: binary places, one string, one sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from xaikit.core.images import encode
from xaikit.core.images.checks import UInt8, check_image
from xaikit.plots.map_layout import Floats, Groups, group_centers
from xaikit.widgets.kit.packing import number

Pictures = Sequence[Sequence[UInt8]] | Callable[[int], Sequence[UInt8]] | None

MOST_EACH = 4  # thumbnails of a concept that travel with the map
MOST_THUMBS = 300  # in all, of 48 pixels; up to MOST_SMALL of 32 pixels where there is one for each concept
MOST_SMALL = 1200
THUMB, SMALL = 48, 32
FINEST = 65535
SEPARATOR = "\0"  # between packed names: the one letter that no name has


def check_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the concepts' names, or raise where there is none, or two alike."""
    if isinstance(names, str):
        raise ValueError(f"`names` must be a list of names; got the text {names[:40]!r}.")
    known = tuple(str(name) for name in names)
    if not known:
        raise ValueError("`names` must name at least one concept; got none. An empty map shows nothing.")
    if len(set(known)) < len(known):
        twice = Counter(known).most_common(1)[0][0]
        raise ValueError(
            f"`names` must differ, or search could not tell concepts apart; got {twice!r} twice or more."
        )
    strange = next((name for name in known if not name.strip() or SEPARATOR in name), None)
    if strange is not None:
        raise ValueError(f"every one of `names` must have letters and no NUL; got {strange!r}.")
    return known


def check_positions(positions: Mapping[str, ArrayLike], n: int) -> dict[str, Floats]:
    """Return {projection: float (n, 2)}, or raise."""
    if not isinstance(positions, Mapping) or not positions:
        raise ValueError(
            "`positions` must map at least one projection to places, as in {'PCA': array (n, 2)}; "
            f"got {type(positions).__name__ if not isinstance(positions, Mapping) else 'an empty one'}."
        )
    checked = {}
    for name, values in positions.items():
        places = _numbers(values, f"`positions[{name!r}]`")
        if places.shape != (n, 2):
            raise ValueError(
                f"`positions[{name!r}]` must have shape ({n}, 2), one place per name; got {places.shape}."
            )
        if not np.isfinite(places).all():
            bad = int((~np.isfinite(places)).any(1).sum())
            raise ValueError(f"`positions[{name!r}]` must be finite; got {bad} places that are not.")
        checked[str(name)] = places
    return checked


def check_sizes(sizes: ArrayLike | None, n: int) -> NDArray[np.float32] | None:
    """Return the sizes, float32 (n,), or raise."""
    if sizes is None:
        return None
    checked = _numbers(sizes, "`sizes`")
    if checked.shape != (n,):
        raise ValueError(f"`sizes` must have shape ({n},), one size per name; got {checked.shape}.")
    if not (np.isfinite(checked) & (checked >= 0)).all():
        raise ValueError(f"`sizes` must be finite and not negative; got a minimum of {checked.min()}.")
    return checked.astype(np.float32)


def check_labels(labels: Mapping[str, Sequence[str]] | None, n: int) -> dict[str, list[str]]:
    """Return {kind of label: one label per concept}, or raise."""
    checked = {}
    for name, values in (labels or {}).items():
        if isinstance(values, str) or len(values) != n:
            came = "a text" if isinstance(values, str) else f"{len(values)}"
            raise ValueError(f"`labels[{name!r}]` must hold one label per name, {n}; got {came}.")
        checked[str(name)] = [str(value) for value in values]
        if not str(name).strip() or any(SEPARATOR in value for value in set(checked[str(name)])):
            raise ValueError(f"a kind of label must have a name, and labels no NUL; got {name!r}.")
    return checked


def check_pictures(pictures: Pictures, n: int) -> None:
    """Raise where `pictures` is neither a callable nor one sequence of pictures per concept."""
    if pictures is not None and not callable(pictures) and len(pictures) != n:
        raise ValueError(
            f"`pictures` must hold one sequence of pictures per name, {n}, or be a callable; "
            f"got {len(pictures)}."
        )


def _numbers(values: ArrayLike, what: str) -> Floats:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be numbers; got {type(values).__name__}.") from None


def pack_places(places: Floats) -> bytes:
    """Places in a square of side 1 as uint16: a 65,535th of the map is finer than any screen."""
    return np.rint(places * FINEST).astype("<u2").tobytes()


def pack_groups(name: str, groups: Groups, places: Sequence[Floats]) -> dict[str, Any]:
    """One way to color the map, for the page, with the places of the groups' names in each projection."""
    return {
        "name": name,
        "groups": SEPARATOR.join(groups.names),
        "of": groups.of.astype("<u2" if len(groups.names) <= FINEST else "<u4").tobytes(),
        "centres": [pack_places(group_centers(own, groups)) for own in places],
    }


def pack_sheet(pictures: Pictures) -> dict[str, Any]:
    """All thumbnails on one sheet, the concepts' in their order; nothing where there are too many concepts.

    Returns
    -------
    ``sheet``, a WebP file; ``counts``, uint8 (n,), how many thumbnails each concept has; ``side`` in pixels
    """
    if pictures is None or callable(pictures) or len(pictures) > MOST_SMALL:
        return {"sheet": b"", "counts": b"", "side": THUMB}
    small = len(pictures) > MOST_THUMBS
    each, side = (1, SMALL) if small else (min(MOST_EACH, MOST_THUMBS // len(pictures)), THUMB)
    shown = [list(own)[:each] for own in pictures]
    thumbs = [square(check_image(picture), side) for own in shown for picture in own]
    counts = np.array([len(own) for own in shown], np.uint8).tobytes()
    return {"sheet": _sheet(thumbs, side) if thumbs else b"", "counts": counts, "side": side}


def _sheet(thumbs: Sequence[UInt8], side: int) -> bytes:
    columns = sheet_columns(len(thumbs))
    sheet = np.full((-(-len(thumbs) // columns) * side, columns * side, 3), 217, np.uint8)
    for k, thumb in enumerate(thumbs):
        y, x = (side * place for place in divmod(k, columns))
        sheet[y : y + side, x : x + side] = thumb
    return encode(sheet, "webp", quality=75)


def sheet_columns(n: int) -> int:
    """How many of n thumbnails stand in a row of the sheet; the page counts the same way."""
    return int(np.ceil(np.sqrt(n)))


def square(image: UInt8, side: int) -> UInt8:
    """The middle of a picture as a square of `side` pixels, of which small ones keep their own size."""
    height, width = image.shape[:2]
    edge = min(height, width)
    left, top = (width - edge) // 2, (height - edge) // 2
    middle = Image.fromarray(image[top : top + edge, left : left + edge])
    return np.asarray(
        middle.resize((side, side), Image.Resampling.BOX if edge > side else Image.Resampling.BICUBIC)
    )


def pack_relevance(
    rows: Sequence[tuple[str, float]], numbers: Mapping[str, int], most: int
) -> list[list[Any]]:
    """The rows of the relevance chart, [name, value, number on the map or -1], or raise."""
    packed = []
    for row in list(rows)[:most]:
        match row:
            case (str() as name, value):
                packed.append([name, number(value, f"the relevance of {name!r}"), numbers.get(name, -1)])
            case _:
                raise ValueError(f"`relevance` must return (name, value) pairs; got {row!r}.")
    return packed
