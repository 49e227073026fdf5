"""Hyper-parameters as dataclass fields: a misspelt one is refused with the nearest right name."""

from __future__ import annotations

import functools
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, dataclass_transform

from xaikit.core.errors import did_you_mean

__all__ = ["method"]

T = TypeVar("T")


@dataclass_transform(eq_default=False)
def method(cls: type[T]) -> type[T]:
    """Make a class a method: its annotated fields are its hyper-parameters, as in a dataclass.

    Its ``repr`` names the ones that differ from their defaults.

    Raises
    ------
    TypeError
        From the constructor, for an unknown keyword, naming the nearest known one.
    """
    cls = dataclass(eq=False, repr=False)(cls)
    names = [field.name for field in fields(cls) if field.init]  # type: ignore[arg-type]
    init = cls.__init__

    @functools.wraps(init)
    def checked(self: T, *args: Any, **hyper: Any) -> None:
        for name in hyper:
            if name not in names:
                raise TypeError(
                    f"{cls.__name__} has no parameter {name!r}.{did_you_mean(name, names)} "
                    f"It takes: {', '.join(names)}."
                )
        init(self, *args, **hyper)

    cls.__repr__ = _changed  # type: ignore[method-assign]
    cls.__init__ = checked  # type: ignore[assignment,method-assign]
    return cls


def _changed(self: Any) -> str:
    """The call that makes this method: parameters left at their default are not written."""
    shown = [
        f"{field.name}={getattr(self, field.name)!r}"
        for field in fields(self)
        if field.default is MISSING or getattr(self, field.name) != field.default
    ]
    return f"{type(self).__name__}({', '.join(shown)})"
