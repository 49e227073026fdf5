"""The diverging scale of all widgets and plots: orange speaks against, blue speaks for, white is nothing."""

from __future__ import annotations

from xaikit.core.images import COLOR_MAPS

AGAINST_FOR: tuple[tuple[int, int, int], ...] = COLOR_MAPS["diverging"][::-1]

# Colors leave white faster than values leave zero, so that the sign of a weak arrow can be seen.
EASE = 0.6


def color_of(value: float, limit: float) -> tuple[int, int, int]:
    """Return the color (r, g, b) of a value on a scale from -limit to +limit; beyond, the end's color."""
    share = min(max(value / limit, -1.0), 1.0) if limit > 0 else 0.0
    eased = abs(share) ** EASE * (1 if share > 0 else -1)
    place = (eased + 1) / 2 * (len(AGAINST_FOR) - 1)
    low = min(int(place), len(AGAINST_FOR) - 2)
    start, end = AGAINST_FOR[low], AGAINST_FOR[low + 1]
    red, green, blue = (round(a + (b - a) * (place - low)) for a, b in zip(start, end, strict=True))
    return red, green, blue
