"""Fits that are kept and found again: the same network, pictures, method and versions are the same fit.

A fit lies in a file of its own, as `save` writes it, in the user's cache folder; `XAIKIT_CACHE` names another
folder, which several people may share, or is "off". What lies there is not trusted: a file that is damaged
is as good as none. The folder is bounded; what was not asked for longest goes first.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache as once
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import filelock

from xaikit.core.errors import ParameterError, warnings_heard

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Kept", "Store", "found_again", "tell", "the_store"]

VARIABLE, OFF = "XAIKIT_CACHE", "off"
MOST_BYTES = 2 * 10**9
NAME = re.compile(r"(?P<method>[A-Za-z]+)-[0-9a-f]{32}\.npz")
LIBRARIES = (
    "torch",
    "torchvision",
    "torch-geometric",
    "numpy",
    "scipy",
    "scikit-learn",
    "scikit-image",
    "pillow",
)
"""Those whose version may change what a fit comes to."""
IN_TURN = 24 * 3600.0
"""Seconds to wait for somebody else who makes the same fit, at most."""


class Pictures(Protocol):
    """What can be told from others, as an ImageSet can."""

    def signature(self) -> str: ...


@dataclass(frozen=True)
class Kept:
    """A fit in the store: of which method, in which file, of how many bytes, when it was last asked for."""

    method: str
    path: Path
    n_bytes: int
    asked: float


class Store:
    """A folder of fits.

    Parameters
    ----------
    folder : made with the first fit that is kept
    most_bytes : all fits together take so many, at most
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def fits(self) -> list[Kept]:
        """All that are there, the last asked for first."""
        found: list[Kept] = []
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for path in self.folder.iterdir():
                named = NAME.fullmatch(path.name)
                with contextlib.suppress(FileNotFoundError):  # another process clears
                    if named:
                        found.append(Kept(named["method"], path, path.stat().st_size, path.stat().st_mtime))
        return sorted(found, key=lambda one: -one.asked)

    def clear(self) -> int:
        """Delete all fits; return how many there were."""
        fits = self.fits()
        for one in fits:
            self._delete(one)
        return len(fits)

    def restore(self, method: Any, classifier: Classifier, path: Path) -> bool:
        """Whether the method has what the file holds now; it has not where that is damaged or another fit."""
        try:
            found = type(method).load(path, classifier)
        except (ValueError, OSError):  # FileError, or of another network
            return False
        if repr(found) != repr(method):
            return False
        vars(method).update(vars(found))
        with contextlib.suppress(OSError):  # a folder that is shared may be read-only
            os.utime(path)
        return True

    def keep(self, method: Any, path: Path) -> None:
        """Write what the method learned, and make room. A store that cannot be written to keeps nothing."""
        with contextlib.suppress(OSError):
            method.save(path)
            taken = 0
            for one in self.fits():
                taken += one.n_bytes
                if taken > self.most_bytes and one.path != path:
                    self._delete(one)

    @contextmanager
    def in_turn(self, path: Path) -> Iterator[None]:
        """One process at a time for a file, so that the others find what the first one makes."""
        lock = filelock.FileLock(path.with_suffix(".lock"), timeout=IN_TURN)
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError, NotImplementedError):  # read-only, full, or no locks there
                self.folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(lock)
            yield

    def _delete(self, one: Kept) -> None:
        for path in (one.path, one.path.with_suffix(".lock")):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def the_store() -> Store | None:
    """The store that is in use; None where `XAIKIT_CACHE` is "off".

    Raises ParameterError where it is no path.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named == OFF:
        return None
    if "\0" in named:
        raise ParameterError(f"{VARIABLE} must be a folder or {OFF!r}; got {named!r}.")
    if named:
        return Store(Path(named).expanduser())
    from platformdirs import user_cache_path

    return Store(user_cache_path("xaikit", appauthor=False) / "fits")


def tell(what: str) -> int:
    """Print the "list" of the store's fits or their "size", or "clear" it; return the exit code."""
    store = the_store()
    if store is None:
        print(f"no fits are kept: {VARIABLE} is {OFF!r}")
        return 0
    fits = store.fits()
    if what == "clear":
        store.clear()
        print(f"{len(fits)} fits are deleted from {store.folder}")
        return 0
    for one in fits if what == "list" else ():
        asked = datetime.fromtimestamp(one.asked).isoformat(" ", "minutes")
        print(f"{asked}  {one.n_bytes / 1e6:7.1f} MB  {one.method:<16} {one.path.name}")
    total = sum(one.n_bytes for one in fits)
    print(f"{len(fits)} fits, {total / 1e6:.1f} MB of {store.most_bytes / 1e6:.0f}, in {store.folder}")
    return 0


@contextmanager
def found_again(
    method: Any, classifier: Classifier, data: Pictures | Mapping[str, Pictures], cache: bool, progress: bool
) -> Iterator[bool]:
    """Whether the fit was found in the store, and the method has it now; else the block makes it.

    What the block makes is kept where it ends without an error or a warning: a fit that warned is made anew,
    so that it warns again.

    Parameters
    ----------
    method : a method, with `save` and `load`
    classifier, data : what it is fitted to
    cache : whether the store is asked at all
    progress : a fit that is found says so in a line
    """
    store = the_store() if cache else None
    if store is None:
        yield False
        return
    kind = type(method).__name__
    path = store.folder / f"{kind}-{_key(method, classifier, data)[:32]}.npz"
    with store.in_turn(path):
        found = store.restore(method, classifier, path)
        if found and progress:
            print(
                f"{kind}: this fit was made before and is taken from {path}. fit(..., cache=False) fits anew."
            )
        with warnings_heard() as heard:
            yield found
        if not found and not heard:
            store.keep(method, path)


def _key(method: Any, classifier: Classifier, data: Pictures | Mapping[str, Pictures]) -> str:
    sets = data if isinstance(data, Mapping) else {"": data}
    hyper = {field.name: repr(getattr(method, field.name)) for field in fields(method)}
    told = [
        f"{type(method).__module__}.{type(method).__qualname__}",
        hyper,
        classifier.signature(),
        [(name, one.signature()) for name, one in sets.items()],
        classifier.device.type,
        versions(),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@once
def versions() -> dict[str, str]:
    """Of the libraries that a fit depends on; xaikit's own is a hash of its code."""
    found = {"xaikit": _code()}
    for library in LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[library] = version(library)
    return found


def _code() -> str:
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
