"""The state of a sweep on disk, so that one that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import filelock
import numpy as np
import torch

from xaikit.core.archive import read_archive, understood, write_archive
from xaikit.core.errors import FileError, warn
from xaikit.core.fields import check_value
from xaikit.core.files import checked_path
from xaikit.core.readable import UNREADABLE, Skipped
from xaikit.core.reducers.base import Arrays, Reducer, identity

KIND, FORMAT = "sweep", 1
META = {"batch_size": int, "following": int, "n_pictures": int, "skipped": list[tuple[int, str]]}
N_LOOKED_AT = 8
"""Pictures of a data set by which it is told from others, beside its labels."""
SHARE = 20
"""A checkpoint may take one part in so many of the time."""


@dataclass
class Position:
    """How far a sweep is.

    Attributes
    ----------
    batch_size : batches begin at the multiples of it
    following : number of the first picture that was not yet its turn
    n_pictures : how many were taken in
    skipped : those that could not be read
    """

    batch_size: int
    following: int = 0
    n_pictures: int = 0
    skipped: list[Skipped] = field(default_factory=list)


class Checkpoint:
    """One sweep's file in a folder that may hold those of others, too.

    Parameters
    ----------
    folder : made where it is not there
    work : tells this sweep from others, see `describe_work`
    seconds : time between two files; longer where writing takes long

    Raises
    ------
    ValueError
        `folder` is a file.
    """

    def __init__(self, folder: str | os.PathLike[str], work: str, seconds: float) -> None:
        self.folder = checked_path(folder, "checkpoint")
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"`checkpoint` must be a folder; {str(folder)!r} is a file. Name another.")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / f"sweep-{work}.npz"
        self._seconds = seconds
        self._due = time.monotonic() + seconds
        self._warned = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others out of the folder. Raises RuntimeError at once where another sweep is in it."""
        lock = filelock.FileLock(self.folder / "sweep.lock", timeout=0)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise RuntimeError(
                f"another sweep, perhaps of another notebook, is writing to {str(self.folder)!r}. Wait until "
                "it is done, or give another folder as `checkpoint`."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def load(self, reducers: Mapping[str, Reducer], n: int) -> Position | None:
        """Bring the reducers to where they were and return the position; None where there is no file.

        Raises FileError where the file is damaged, or is no state of these reducers over n pictures.
        """
        try:
            meta, arrays = read_archive(self.path, KIND, FORMAT)
            with understood(self.path):
                position = _position(meta, n)
                for number, reducer in enumerate(reducers.values()):
                    start = f"{number}/"
                    own = [key for key in arrays if key.startswith(start)]
                    reducer.restore({key.removeprefix(start): arrays.pop(key) for key in own})
                if arrays:
                    raise ValueError(f"{next(iter(arrays))!r} is of no reducer")
        except FileNotFoundError:
            return None
        except FileError as error:
            raise FileError(f"{error} Or delete it, and the sweep begins anew.") from error
        return position

    @property
    def due(self) -> bool:
        """Whether it is time for another file."""
        return time.monotonic() >= self._due

    def save(self, position: Position, reducers: Mapping[str, Reducer]) -> None:
        """Write the file anew; where that fails, the older one stays, and a first warning says so."""
        began = time.monotonic()
        arrays: Arrays = {}
        for number, reducer in enumerate(reducers.values()):
            arrays |= {f"{number}/{key}": _plain(array, reducer) for key, array in reducer.state().items()}
        try:
            write_archive(self.path, KIND, FORMAT, vars(position), arrays, compressed=False)
        except OSError as error:
            if not self._warned:
                warn(
                    f"the sweep's checkpoint {str(self.path)!r} cannot be written ({error}). The sweep goes "
                    "on, but would begin again at the last one written.",
                    RuntimeWarning,
                )
            self._warned = True
        now = time.monotonic()
        self._due = now + max(self._seconds, SHARE * (now - began))


def _plain(array: np.ndarray, reducer: Reducer) -> np.ndarray:
    if not isinstance(array, np.ndarray) or array.dtype.hasobject:
        raise TypeError(
            f"the state of {type(reducer).__name__} must hold arrays of numbers alone; got "
            f"{type(array).__name__} {getattr(array, 'dtype', '')}."
        )
    return array


def _position(meta: Mapping[str, Any], n: int) -> Position:
    """ValueError where the counters do not go together: each picture was taken in or skipped, none twice."""
    check_value(meta, META, "meta")
    skipped = [Skipped(*one) for one in meta["skipped"]]
    size, following, taken = (meta[name] for name in ("batch_size", "following", "n_pictures"))
    numbers = {one.number for one in skipped}
    if not (
        size > 0
        and 0 < following <= n
        and (following == n or following % size == 0)
        and taken + len(skipped) == following
        and len(numbers) == len(skipped)
        and all(0 <= number < following for number in numbers)
        and taken >= 0
    ):
        raise ValueError(f"its counters do not go together over {n} pictures")
    return Position(size, following, taken, skipped)


def describe_work(network: str, data: Any, labels: torch.Tensor, reducers: Mapping[str, Reducer]) -> str:
    """Return a short hash of what a sweep does: by which network, over which pictures, gathering what.

    Of the pictures, the number, the labels and class names and some few, spread evenly, are looked at.
    """
    digest = hashlib.sha256(f"{FORMAT} {network} {getattr(data, 'class_names', None)}".encode())
    digest.update(labels.numpy().tobytes())
    for number in np.unique(np.linspace(0, len(data) - 1, N_LOOKED_AT).astype(int)):
        digest.update(_look(data, int(number)))
    for name, reducer in reducers.items():
        digest.update(f"{name!r} {identity(reducer)}".encode())
    return digest.hexdigest()[:16]


def _look(data: Any, number: int) -> bytes:
    try:
        sample = data[number]
    except UNREADABLE:
        return b"cannot be read"
    name = repr(getattr(sample, "id", sample if isinstance(sample, str | os.PathLike) else ""))
    pixels = getattr(sample, "image", sample)
    return name.encode() + (
        np.asarray(pixels).tobytes() if isinstance(pixels, np.ndarray | torch.Tensor) else b""
    )
