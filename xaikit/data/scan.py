"""Going through folders of pictures in the order of torchvision's ImageFolder, telling what is left out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from PIL import Image, ImageFile

from xaikit.core.errors import warn

__all__ = ["Scan", "suffixes", "tell_order"]

IMAGE_FOLDER = frozenset({".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"})
"""What torchvision's ImageFolder reads."""
NOT_DECODED = {"EPS", "MPEG"}
"""Pillow knows these by their first bytes, but has no decoder of its own for them."""
SYSTEM = frozenset({"__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN", "System Volume Information"})
"""Folders that systems put beside people's own; they are passed over as hidden ones are."""
SILENT = frozenset({"thumbs.db", "desktop.ini"})
N_NAMED = 3
FOLDER, FILE, OTHER = "folder", "file", "other"

Place = tuple[int, int]


@cache
def suffixes() -> frozenset[str]:
    """The endings of files that are read, in lower case: Pillow's own, and all that ImageFolder reads."""
    Image.init()
    stubs = {
        kind
        for kind, (factory, _) in Image.OPEN.items()
        if isinstance(factory, type) and issubclass(factory, ImageFile.StubImageFile)
    }
    decoded = Image.OPEN.keys() - stubs - NOT_DECODED
    return IMAGE_FOLDER | {end for end, kind in Image.registered_extensions().items() if kind in decoded}


def tell_order(root: Path, names: list[str]) -> None:
    """Warn where a person would count the classes in another order than the one that they are in."""
    counted = sorted(names, key=_as_counted)
    if counted != names:
        warn(
            f"{str(root)!r}: classes are in ImageFolder's order, by code point ({_some(names)}), not as a "
            f"person counts ({_some(counted)}). Networks trained with ImageFolder have their logits so.",
        )


class Scan:
    """Finds classes and pictures below a folder, and remembers what it leaves out.

    Files and folders come by code point, as in torchvision's ImageFolder; links are followed. Left out are
    what is hidden, at any depth, files that no picture is expected in, and links that lead back or nowhere.

    Parameters
    ----------
    root : the folder by which what is left out is named

    Raises
    ------
    PermissionError
        From each of its methods, where a folder may not be read: a class would be missing otherwise.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._left_out: dict[str, dict[str, None]] = {}

    def folders(self, folder: Path) -> list[Path]:
        """The sub-folders that are not hidden."""
        return self._listed(folder)[0]

    def files(self, folder: Path) -> list[Path]:
        """The pictures that lie in the folder itself."""
        return self._pictures_of(self._listed(folder)[1])

    def pictures(self, folder: Path) -> list[Path]:
        """The pictures in the folder and below it."""
        above = frozenset(_place(p) for p in folder.parents if p == self.root or self.root in p.parents)
        found = sorted(self._walk(folder, above), key=lambda pair: str(pair[0]))
        return [path for _, own in found for path in own]

    def classes(self, folder: Path) -> dict[str, list[Path]]:
        """Name → pictures of each sub-folder that holds any."""
        found = {own.name: self.pictures(own) for own in self.folders(folder)}
        self.leave_out("folders without a picture", [folder / name for name, own in found.items() if not own])
        return {name: own for name, own in found.items() if own}

    def leave_out(self, what: str, paths: Iterable[Path | str]) -> None:
        """Note what is left out, by its kind in words."""
        for path in paths:
            named = path if isinstance(path, str) else os.path.relpath(path, self.root)
            self._left_out.setdefault(what, {})[named] = None

    @property
    def left_out(self) -> str:
        """What was left out, counted and named in one line; empty where nothing was."""
        told = [f"{what}: {len(names)} ({_some(list(names))})" for what, names in self._left_out.items()]
        return "; ".join(told)

    def tell(self) -> None:
        """Warn of what was left out, where anything was."""
        if self._left_out:
            warn(f"{str(self.root)!r}: left out: {self.left_out}.")

    def _walk(self, folder: Path, above: frozenset[Place]) -> Iterator[tuple[Path, list[Path]]]:
        """Each folder from here down with its pictures; `above` are those that led here."""
        here = _place(folder)
        if here in above:
            self.leave_out("links that lead back", [folder])
            return
        folders, files = self._listed(folder)
        pictures = self._pictures_of(files)
        strange = [path for path in files if not _is_picture(path.name)]
        strange = [path for path in strange if path.name[0] != "." and path.name.lower() not in SILENT]
        self.leave_out("files of other kinds", strange)
        yield folder, pictures
        for inner in folders:
            yield from self._walk(inner, above | {here})

    def _listed(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """Sub-folders that are not hidden, and files, by code point."""
        try:
            with os.scandir(folder) as entries:
                found = sorted((entry.name, _kind(entry)) for entry in entries)
        except PermissionError as error:
            raise PermissionError(
                f"the folder {str(folder)!r} may not be read, and its pictures would be missing. Give "
                "yourself the right to read it, or move it elsewhere."
            ) from error
        hidden = [folder / name for name, kind in found if kind == FOLDER and _is_hidden(name)]
        self.leave_out("hidden folders", [path for path in hidden if _holds_picture(path)])
        odd = [folder / name for name, kind in found if kind == OTHER and _is_picture(name)]
        self.leave_out("links that lead nowhere or no files", odd)
        return (
            [folder / name for name, kind in found if kind == FOLDER and not _is_hidden(name)],
            [folder / name for name, kind in found if kind == FILE],
        )

    def _pictures_of(self, files: list[Path]) -> list[Path]:
        named = [path for path in files if _is_picture(path.name)]
        self.leave_out("hidden files", [path for path in named if path.name[0] == "."])
        return [path for path in named if path.name[0] != "."]


def _kind(entry: os.DirEntry[str]) -> str:
    # of a link that leads to itself an entry makes an error, where isdir() and isfile() say no
    linked = entry.is_symlink()
    if os.path.isdir(entry.path) if linked else entry.is_dir():
        return FOLDER
    return FILE if (os.path.isfile(entry.path) if linked else entry.is_file()) else OTHER


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in suffixes()


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in SYSTEM


def _holds_picture(folder: Path) -> bool:
    return any(_is_picture(name) for _, _, names in os.walk(folder) for name in names)


def _place(folder: Path) -> Place:
    """Tells a folder from others, whatever links lead to it."""
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def _some(names: list[str]) -> str:
    return ", ".join(map(repr, names[:N_NAMED])) + (", …" if len(names) > N_NAMED else "")


def _as_counted(name: str) -> list[tuple[int, int, str]]:
    """Sorts "picture 9" before "picture 10", and "b" before "C"."""
    pieces = re.split(r"(\d+)", name)
    return [(0, int(p), p) if p.isdecimal() else (1, 0, p.lower()) for p in pieces if p]
