"""Results: what methods answer, how they are shown where no widget runs, and their files.

A result is a frozen dataclass: what was asked, and arrays and words that answer it. `Result` shows it, `Kept`
saves it. What its fields are made of, arrays, words, numbers, rows or dictionaries of these, has `Parts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints

import numpy as np

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.fields import check_arrays, check_value
from xaikit.core.packed import packed_rows, unpacked_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Kept", "Parts", "Result"]

FORMAT = 1


class Result:
    """The answer of a method. A subclass is a frozen dataclass with `plot`, `widget` and `checks`."""

    def plot(self) -> Figure:
        """The answer as a matplotlib figure."""
        raise NotImplementedError

    def widget(self) -> Any:
        """The answer as a widget."""
        raise NotImplementedError

    def to_html(self, path: str | Path) -> Path:
        """Write its widget as one self-contained page that works offline."""
        page: Path = self.widget().to_html(path, type(self).__name__)
        return page

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        figure: Any = self.plot()  # one of :mod:`xaikit.plots`, which knows how it becomes a PNG
        return {"text/plain": repr(self), "image/png": figure._repr_png_()}


class Parts:
    """A frozen dataclass that is taken apart into arrays and JSON, and put together again, field by field.

    Attributes
    ----------
    FORMS
        {field: form} of arrays as :func:`xaikit.core.fields.check_arrays` takes them ("f n k"), with " ?"
        behind it where there may be none; of a dictionary of such arrays with "{}" before it; of the length
        of a row of words ("n"); "pictures" of rows of pictures of different sizes; "keyed" of a dictionary
        whose keys are tuples. Fields that have `parts` themselves, or are lists of such, need none; one whose
        metadata says ``kept=False`` is left out
    """

    FORMS: ClassVar[Mapping[str, str]] = {}

    def parts(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Its fields as JSON, and as arrays."""
        meta: dict[str, Any] = {}
        arrays: dict[str, np.ndarray] = {}
        for name in _names(type(self)):
            told, own = _taken_apart(getattr(self, name), self.FORMS.get(name, ""))
            if told is not None or not own:
                meta[name] = told
            arrays |= {f"{name}/{key}" if key else name: array for key, array in own.items()}
        return meta, arrays

    @classmethod
    def of_parts(cls, meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        """What `parts` gave put together; ValueError where a field has another form."""
        check_value(meta, dict[str, Any], "fields")
        hints, sizes = get_type_hints(cls), dict[str, int]()
        read = {
            name: _put_together(name, hints[name], cls.FORMS.get(name, ""), meta, arrays, sizes)
            for name in _ordered(cls)
        }
        return cls(**read)


class Kept(Parts):
    """A frozen dataclass with a file of its own, of which each field is checked when it is read.

    Attributes
    ----------
    KIND : what the file holds, in words
    """

    KIND: ClassVar[str]

    def save(self, path: str | Path) -> Path:
        """Write it as one ``.npz`` file, without pickle; `load` gives back the same.

        Raises
        ------
        xaikit.FileError, OSError
            It cannot be written there; an older file stays as it was.
        """
        meta, arrays = self.parts()
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
            return cls.of_parts(meta["fields"], arrays)


def _names(cls: type[Parts]) -> list[str]:
    every = fields(cls)  # type: ignore[arg-type]
    return [one.name for one in every if one.init and one.metadata.get("kept", True)]


def _ordered(cls: type[Parts]) -> list[str]:
    """The fields, arrays first: they tell how long the rows of words must be."""
    return sorted(_names(cls), key=lambda name: " " not in cls.FORMS.get(name, ""))


def _taken_apart(value: Any, form: str) -> tuple[Any, dict[str, np.ndarray]]:
    """A field as JSON, None where it is arrays alone, and as arrays by what comes behind the field's name."""
    if form == "pictures":
        return None, {key.removeprefix("/"): one for key, one in packed_rows("", value).items()}
    if form == "keyed":
        return [[list(key), one] for key, one in value.items()], {}
    if form.startswith("{}"):
        return list(value), dict(value)
    if " " in form:
        return None, {} if value is None else {"": value}
    if hasattr(value, "parts"):
        return value.parts()
    if isinstance(value, list | tuple) and value and all(hasattr(one, "parts") for one in value):
        both = [one.parts() for one in value]
        arrays = {f"{k}/{key}": array for k, (_, own) in enumerate(both) for key, array in own.items()}
        return [meta for meta, _ in both], arrays
    return value, {}


def _put_together(
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
    if form.endswith(" ?") and name not in arrays:
        return None
    if " " in form:
        sizes |= check_arrays(arrays, {name: form.removesuffix(" ?")}, **sizes)
        return arrays[name]
    if form == "keyed":
        key, value = get_args(hint)
        check_value(meta[name], list[tuple[key, value]], name)  # type: ignore[valid-type]
        return {tuple(place): one for place, one in meta[name]}
    if hasattr(hint, "of_parts"):
        return hint.of_parts(meta[name], _below(name, arrays))
    (inner,) = get_args(hint) if get_origin(hint) is list else (None,)
    if hasattr(inner, "of_parts"):
        check_value(meta[name], list[Any], name)
        return [inner.of_parts(one, _below(f"{name}/{k}", arrays)) for k, one in enumerate(meta[name])]
    check_value(meta[name], hint, name)
    if form and len(meta[name]) != sizes[form]:
        raise ValueError(f"`{name}` must have {sizes[form]} entries; it has {len(meta[name])}")
    return _as_meant(meta[name], hint)


def _below(name: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a field, by what comes behind its name."""
    return {key.removeprefix(f"{name}/"): one for key, one in arrays.items() if key.startswith(f"{name}/")}


def _as_meant(value: Any, hint: Any) -> Any:
    """Rows of JSON as tuples where the field is one."""
    inner = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        rows = [one for one in inner if get_origin(one) is tuple]
        return _as_meant(value, rows[0]) if rows else value
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_as_meant(one, inner[0]) for one in value)
    if isinstance(value, dict) and len(inner) == 2:
        return {name: _as_meant(one, inner[1]) for name, one in value.items()}
    return value
