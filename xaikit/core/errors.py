"""The errors that xaikit raises beside Python's own, and the hint that ends most of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class NotFittedError(ValueError, AttributeError):
    """A method was asked before `fit` was called."""


class ImageError(ValueError):
    """A picture cannot be read: empty, truncated, not a picture, or too large to be safe."""


class FileError(ValueError):
    """A file is damaged, truncated, not ours, of another kind or version, or is a folder or device."""


def did_you_mean(name: object, options: Iterable[object]) -> str:
    """Return " Did you mean 'x'?" for the option that looks most like `name`, or "" where none does."""
    by_lower = {str(option).lower(): str(option) for option in options}
    close = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean {by_lower[close[0]]!r}?" if close else ""
