"""The errors that xaikit raises beside Python's own, the hint that ends most of them, and its warnings."""

from __future__ import annotations

import difflib
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class NotFittedError(ValueError, AttributeError):
    """A method was asked before `fit` was called."""


class ParameterError(ValueError, TypeError):
    """A parameter is of another kind than asked for, or out of its range."""


class ImageError(ValueError):
    """A picture cannot be read: empty, truncated, not a picture, or too large to be safe."""


class FileError(ValueError):
    """A file is damaged, truncated, not ours, of another kind or version, or is a folder or device."""


def did_you_mean(name: object, options: Iterable[object]) -> str:
    """Return " Did you mean 'x'?" for the option that looks most like `name`, or "" where none does.

    Whole words come before letters: for "panda", "giant panda" before "panama".
    """
    by_lower = {str(option).lower(): str(option) for option in options}
    asked = _words(str(name))
    holding = [lower for lower in by_lower if asked and asked <= _words(lower)]
    alike = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.6)
    close = [lower for lower in alike if _words(lower) == asked] or sorted(holding, key=len)[:1] or alike
    return f" Did you mean {by_lower[close[0]]!r}?" if close else ""


_HEARD: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def warnings_heard() -> Iterator[list[str]]:
    """The messages that `warn` is given in the block, which are warned of all the same."""
    outer, heard = _HEARD.get(), list[str]()
    token = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(token)
        if outer is not None:
            outer += heard


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line of the person's own code that led here, however deep in xaikit the cause is found."""
    if (heard := _HEARD.get()) is not None:
        heard.append(message)
    frames = [sys._getframe(1)]
    while before := frames[-1].f_back:
        frames.append(before)
    ours = [frame.f_globals.get("__name__", "").split(".")[0] == "xaikit" for frame in frames]
    outermost = max(number for number, own in enumerate(ours, 1) if own)
    warnings.warn(message, category, stacklevel=outermost + 2)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))
