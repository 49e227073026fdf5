"""Methods: hyper-parameters as dataclass fields, checked; what `fit` makes is told from a misspelt name."""

from __future__ import annotations

import functools
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, dataclass_transform, get_type_hints

from xaikit.core.errors import NotFittedError, did_you_mean
from xaikit.core.params import check

__all__ = ["method"]

T = TypeVar("T")


@dataclass_transform(eq_default=False)
def method(cls: type[T]) -> type[T]:
    """Make a class a method: its annotated fields are its hyper-parameters, as in a dataclass.

    Its ``repr`` names the ones that differ from their defaults. What each may be is its annotation
    (:mod:`xaikit.core.params`), and is checked whenever it is set, be it after the constructor.

    What ``fit`` makes are attributes whose names end in "_", and those of the class's ``MADE_BY_FIT``.

    Raises
    ------
    NotFittedError
        From whatever asks for one of these before ``fit``.
    TypeError
        From the constructor, for an unknown keyword, naming the nearest known one.
    ValueError
        For a value that its annotation does not allow.
    """
    cls = dataclass(eq=False, repr=False)(cls)
    names = [field.name for field in fields(cls) if field.init]  # type: ignore[arg-type]
    hints = get_type_hints(cls, include_extras=True)
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

    def set_checked(self: T, name: str, value: Any) -> None:
        object.__setattr__(self, name, check(name, value, hints[name]) if name in names else value)

    cls.__setattr__ = set_checked  # type: ignore[assignment,method-assign]
    cls.__getattr__ = _absent  # type: ignore[attr-defined]
    cls.__repr__ = _changed  # type: ignore[method-assign]
    cls.__init__ = checked  # type: ignore[assignment,method-assign]
    return cls


def _absent(self: Any, name: str) -> Any:
    """Python asks here for an attribute that is not there."""
    kind = type(self).__name__
    made_by_fit = name.endswith("_") and not name.startswith("_")
    if made_by_fit or name in getattr(type(self), "MADE_BY_FIT", ()):
        raise NotFittedError(
            f"this {kind} has no `{name}`, for it is not fitted yet. Call fit(classifier, data) first, or "
            f"{kind}.load(path) for one that is."
        )
    return object.__getattribute__(self, name)  # raises what it raised: a property of its own has failed, too


def _changed(self: Any) -> str:
    """The call that makes this method: parameters left at their default are not written."""
    shown = [
        f"{field.name}={getattr(self, field.name)!r}"
        for field in fields(self)
        if field.default is MISSING or getattr(self, field.name) != field.default
    ]
    return f"{type(self).__name__}({', '.join(shown)})"
