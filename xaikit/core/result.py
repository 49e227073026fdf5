"""Results: what methods answer, how they are shown where no widget runs, and their files.

A result is a frozen dataclass: what was asked, and arrays and words that answer it. `Result` shows it, `Kept`
saves it where its fields are arrays, words, numbers, and rows or dictionaries of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args, get_origin, get_type_hints

import numpy as np

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.fields import check_arrays, check_value
from xaikit.core.packed import packed_rows, unpacked_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Kept", "Result"]

FORMAT = 1


class Result:
    """The answer of a method. A subclass is a frozen dataclass with `plot`."""

    def plot(self) -> Figure:
        """The answer as a matplotlib figure."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        figure: Any = self.plot()  # one of :mod:`xaikit.plots`, which knows how it becomes a PNG
        return {"text/plain": repr(self), "image/png": figure._repr_png_()}


class Kept:
    """A frozen dataclass with a file of its own, of which each field is checked when it is read.

    Attributes
    ----------
    KIND : what the file holds, in words
    FORMS
        {field: form} of arrays as :func:`xaikit.core.fields.check_arrays` takes them ("f n k"), of a
        dictionary of such arrays with "{}" before it, of the length of a row of words ("n"), and "pictures"
        of rows of pictures of different sizes
    """

    KIND: ClassVar[str]
    FORMS: ClassVar[Mapping[str, str]]

    def save(self, path: str | Path) -> Path:
        """Write it as one ``.npz`` file, without pickle; `load` gives back the same.

        Raises
        ------
        xaikit.FileError, OSError
            It cannot be written there; an older file stays as it was.
        """
        arrays: dict[str, np.ndarray] = {}
        meta: dict[str, Any] = {}
        for name in _names(type(self)):
            value, form = getattr(self, name), self.FORMS.get(name, "")
            if form == "pictures":
                arrays |= packed_rows(name, value)
            elif form.startswith("{}"):
                meta[name] = list(value)
                arrays |= {f"{name}/{key}": array for key, array in value.items()}
            elif " " in form:
                arrays[name] = value
            else:
                meta[name] = value
        return write_archive(path, self.KIND, FORMAT, {"fields": meta}, arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        xaikit.FileError
            It is damaged, or holds something else.
        """
        meta, arrays = read_archive(path, cls.KIND, FORMAT)
        with understood(path):
            hints, sizes, told = get_type_hints(cls), dict[str, int](), meta["fields"]
            check_value(told, dict[str, Any], "fields")
            read = {
                name: _read(name, hints[name], cls.FORMS.get(name, ""), told, arrays, sizes)
                for name in _ordered(cls)
            }
            return cls(**read)


def _names(cls: type[Kept]) -> list[str]:
    return [one.name for one in fields(cls) if one.init]  # type: ignore[arg-type]


def _ordered(cls: type[Kept]) -> list[str]:
    """The fields, arrays first: they tell how long the rows of words must be."""
    return sorted(_names(cls), key=lambda name: " " not in cls.FORMS.get(name, ""))


def _read(
    name: str,
    hint: Any,
    form: str,
    meta: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    sizes: dict[str, int],
) -> Any:
    """One field of a file; ValueError where it has another form. ``sizes``: what each letter stands for."""
    if form == "pictures":
        return unpacked_rows(name, arrays)
    if form.startswith("{}"):
        keys = meta[name]
        check_value(keys, list[str], name)
        sizes |= check_arrays(arrays, {f"{name}/{key}": form.removeprefix("{} ") for key in keys}, **sizes)
        return {key: arrays[f"{name}/{key}"] for key in keys}
    if " " in form:
        sizes |= check_arrays(arrays, {name: form}, **sizes)
        return arrays[name]
    check_value(meta[name], hint, name)
    if form and len(meta[name]) != sizes[form]:
        raise ValueError(f"`{name}` must have {sizes[form]} entries; it has {len(meta[name])}")
    return _as_meant(meta[name], hint)


def _as_meant(value: Any, hint: Any) -> Any:
    """Rows of JSON as tuples where the field is one."""
    inner = get_args(hint)
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_as_meant(one, inner[0]) for one in value)
    if isinstance(value, dict) and len(inner) == 2:
        return {name: _as_meant(one, inner[1]) for name, one in value.items()}
    return value
