"""Names that people give to things: one short line of text."""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_NAME", "check_name"]

MAX_NAME = 40  # letters: more would not fit beside a node


def check_name(name: Any) -> str:
    """Return a given name without the space around it; "" takes a name away.

    Raises
    ------
    TypeError
        The name is no text.
    ValueError
        It is longer than 40 letters, or no single line.
    """
    if not isinstance(name, str):
        raise TypeError(f"a name must be text; got {name!r}.")
    line = name.strip()
    if len(line) > MAX_NAME or not line.isprintable():
        raise ValueError(f"a name must be one line of at most {MAX_NAME} letters; got {name!r}.")
    return line
