"""Files that are there whole or not at all, and that are files: the one way to write and to open them."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from xaikit.core.errors import FileError, ParameterError

__all__ = ["check_place", "checked_path", "open_file", "replacing"]

AtPath = str | os.PathLike[str]
LONGEST = 40
"""Letters of a file's name that the name of the unfinished one begins with, so that it is never too long."""


def checked_path(given: AtPath, name: str = "path") -> Path:
    """Return a path that names something: Python takes an empty one for the current folder, 1 for the output.

    Raises
    ------
    ParameterError
        It is no text and no Path, empty, or holds a character that no name may.
    """
    if not isinstance(given, str | os.PathLike) or not isinstance(os.fspath(given), str):
        raise ParameterError(f"`{name}` must be a path as text; got {given!r}.")
    if not os.fspath(given).strip():
        raise ParameterError(f"`{name}` is empty: got {given!r}. Give '.' for the current folder.")
    if "\0" in os.fspath(given):
        raise ParameterError(f"`{name}` must be a path; got {given!r}, with a character 0 in it.")
    return Path(given)


@contextmanager
def replacing(path: AtPath) -> Iterator[BinaryIO]:
    """A new file to write into, which takes the place of `path` where the block ends without an error.

    It lies beside `path` under a name that nobody else has and is on the disk before it is renamed. So at any
    moment the older file is there or the newer, whole, whoever else writes and however it ends. Where the
    block fails, the older file stays and the new one is removed; only a process that is killed leaves one
    behind, whose name ends in ``.part``. The older file's mode is kept. A link stays: what it points to is
    replaced.

    Raises
    ------
    FileError
        At `path` is a folder, device, pipe or socket.
    OSError
        There is no such folder, no permission, no room.
    """
    target = check_place(path)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    unfinished = target.with_name(f"{target.name[:LONGEST]}.{secrets.token_hex(8)}.part")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # O_EXCL follows no link
    descriptor = os.open(unfinished, flags, 0o666 if mode is None else mode & 0o777)
    try:
        with open(descriptor, "w+b") as file:
            if mode is not None:
                os.chmod(unfinished, mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
        _sync_folder(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def check_place(path: AtPath) -> Path:
    """Return where a file is to be written, links followed; write nothing. Raises as `replacing` does."""
    path = checked_path(path)
    if path.exists():  # asked before links are followed: of a standard stream, they lead nowhere
        _refuse_special(os.stat(path).st_mode, path)
    target = Path(os.path.realpath(path))
    if not target.parent.exists():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder; make it first", str(target.parent))
    if os.path.lexists(target):
        _refuse_special(target.lstat().st_mode, path)
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is protected against writing", str(target))
    return target


def open_file(path: AtPath) -> BinaryIO:
    """Open a file for reading; what is no file is refused before anything is read.

    Raises
    ------
    FileError
        It is a folder, device, pipe or socket.
    OSError
        There is no such file, or no permission.
    """
    path = checked_path(path)
    if not path.exists():
        raise FileNotFoundError(
            errno.ENOENT, "there is no such file; check the spelling and the folder", str(path)
        )
    _refuse_special(os.stat(path).st_mode, path)
    # without O_NONBLOCK, opening a pipe that came in the meantime would wait for a writer
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = open(os.open(path, flags), "rb")
    try:
        _refuse_special(os.fstat(file.fileno()).st_mode, path)
    except FileError:
        file.close()
        raise
    return file


def _refuse_special(mode: int, path: AtPath) -> None:
    if not stat.S_ISREG(mode):
        kinds = {
            stat.S_IFDIR: "a folder",
            stat.S_IFIFO: "a pipe",
            stat.S_IFSOCK: "a socket",
            stat.S_IFLNK: "a link that leads back to itself",
        }
        found = kinds.get(stat.S_IFMT(mode), "a device")
        raise FileError(f"the path must be that of a file; {os.fspath(path)!r} is {found}. Name a file.")


def _sync_folder(folder: Path) -> None:
    """Have the new name written, too, where the system can: Windows does so by itself and cannot be asked."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
