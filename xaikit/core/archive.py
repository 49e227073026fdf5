"""Results in one ``.npz`` file each: arrays and one JSON text, nothing that runs code.

A file ends in a seal, the SHA-256 of all that is before it, as the comment of the zip archive that every
``.npz`` file is; ``np.load`` reads it as any other. Files of earlier versions have none and are read as well:
the zip archive's own checksums tell of damage in them. What is read is not trusted: how much it says it holds
is compared with the size of the file first.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from xaikit.core.errors import FileError
from xaikit.core.files import checked_path, open_file, replacing

__all__ = ["read_archive", "understood", "write_archive"]

SEAL = b"xaikit sha256 "
N_DIGITS = 64
PIECE = 2**17
MOST_EXPANDED, SMALL = 100, 64 * 2**20
"""A file's content may be so many times as large as the file, or have so many bytes."""
LEAST_MEMBER = 100
"""No member of an archive takes fewer bytes of it, its name and place included."""
KINDS = "biufcU"
HEADER = re.compile(
    rb"\{'descr': '([<>|][biufcU]\d{1,9})', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \} *\n"
)
NOT_UNDERSTOOD = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,  # also of recursion, in JSON that is nested thousands deep, and of what is not implemented
)


def write_archive(
    path: str | Path,
    kind: str,
    version: int,
    meta: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    compressed: bool = True,
) -> Path:
    """Write a file that is there whole or not at all, see `xaikit.core.files.replacing`.

    Parameters
    ----------
    kind, version : what the file holds, and in which form; `read_archive` asks for the same
    meta : JSON values; NumPy's numbers and arrays are turned into plain ones
    arrays : of numbers, booleans or text
    compressed : smaller, and slower to write

    Raises
    ------
    TypeError
        An array is of objects or of anything else than numbers, booleans and text.
    FileError, OSError
        It cannot be written; an older file stays as it was.
    """
    for name, array in arrays.items():
        if array.dtype.kind not in KINDS:
            raise TypeError(f"arrays must be of numbers, booleans or text; {name!r} is of {array.dtype}.")
    path = checked_path(path)
    text = json.dumps({"kind": kind, "format": version, "sealed": True, **meta}, default=_plain)
    content: dict[str, Any] = {"meta": np.array(text), **arrays}
    with replacing(path) as file:
        (np.savez_compressed if compressed else np.savez)(file, **content)
        n_bytes = sum(array.nbytes for array in content.values())
        if n_bytes > _most(file.seek(0, os.SEEK_END)):  # blank maps: what is read must not look like a bomb
            file.seek(0)
            file.truncate()
            np.savez(file, **content)
        _seal(file)
    return path


def read_archive(path: str | Path, kind: str, version: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return (meta, arrays) of a file that `write_archive` wrote.

    It takes as much memory as the arrays, and less than a megabyte beside.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    FileError
        It is no such file, is damaged, or holds another kind or format; the message names both. Or it is no
        file at all, and is not read.
    """
    with open_file(path) as file, understood(path):
        sealed = _check_ending(file)
        with zipfile.ZipFile(file) as inside:
            members = _members(inside, os.fstat(file.fileno()).st_size)
            meta = json.loads(str(_read(inside, members.pop("meta"))))
            if sealed != meta.pop("sealed", False):
                raise ValueError("it was sealed with a checksum, which is gone")
            if meta.get("kind") != kind or meta.get("format") != version:
                raise FileError(
                    f"{path} holds {meta.get('kind')!r} in format {meta.get('format')}; "
                    f"expected {kind!r} in format {version}. Load it with the class and the version of "
                    "xaikit that saved it, or make it anew."
                )
            return meta, {name: _read(inside, member) for name, member in members.items()}


@contextmanager
def understood(path: str | Path) -> Iterator[None]:
    """Whatever a block finds wrong with the content of a file is one kind of error: FileError."""
    try:
        yield
    except FileError:
        raise
    except NOT_UNDERSTOOD as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise FileError(
            f"{path} is not a file that xaikit wrote, or it is damaged ({reason[:300]}). Save it again."
        ) from error


def _most(size: int) -> int:
    return max(SMALL, MOST_EXPANDED * size)


def _seal(file: BinaryIO) -> None:
    """Append the checksum as the zip archive's comment, whose length is its last two bytes."""
    file.seek(-2, os.SEEK_END)
    file.write(struct.pack("<H", len(SEAL) + N_DIGITS) + SEAL)
    digest = _digest(file, file.tell())
    file.seek(0, os.SEEK_END)
    file.write(digest)


def _digest(file: BinaryIO, n: int) -> bytes:
    """SHA-256 of the first n bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    file.seek(0)
    while n > 0 and (piece := file.read(min(n, PIECE))):
        digest.update(piece)
        n -= len(piece)
    return digest.hexdigest().encode()


def _check_ending(file: BinaryIO) -> bool:
    """Whether the file is sealed. ValueError where it has changed since, or does not end as an archive does.

    The number of members is looked at here, before a list of them is made.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 256))
    end = file.read()
    sealed = end[: -N_DIGITS or None].endswith(SEAL)
    if sealed and _digest(file, size - N_DIGITS) != end[-N_DIGITS:]:
        raise ValueError("its content has changed since: the checksum is another")
    comment = len(SEAL) + N_DIGITS if sealed else 0
    end = end[: len(end) - comment]
    name, _, _, _, n, length, start, said = struct.unpack("<4s4H2LH", end[-22:])
    rest = 22 + comment
    if end[-42:-38] == b"PK\x06\x07":  # an archive of more than 2 GB, or of more than 65,535 members
        n, length, start = struct.unpack("<3Q", end[-66:-42])
        rest += 20 + 56
    if name != b"PK\x05\x06" or said != comment or start + length + rest != size:
        raise ValueError("it does not end as it should; it may have been cut off")
    if n * LEAST_MEMBER > size:
        raise ValueError(f"it says that it has {n} members")
    return sealed


def _members(inside: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The arrays by name. ValueError where together they are larger than a file of that size can be."""
    members = inside.infolist()
    n_bytes, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if n_bytes > _most(size) or packed > size:
        raise ValueError(f"{size:,} bytes say that they hold {n_bytes:,}")
    for member in members:
        plain = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not plain or member.flag_bits & ~0x800 or member.header_offset >= size:
            raise ValueError(f"{member.filename!r} in it is packed otherwise than arrays are")
    named = {member.filename.removesuffix(".npy"): member for member in members}
    if len(named) < len(members):
        raise ValueError("two arrays in it have one name")
    return named


def _read(inside: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    """An array as NumPy writes it; of NumPy's own reader, pickles and Python literals are left out."""
    with inside.open(member) as stream:
        start = stream.read(10)
        header = HEADER.fullmatch(stream.read(int.from_bytes(start[8:], "little")))
        if start[:8] != b"\x93NUMPY\x01\x00" or header is None:
            raise ValueError(f"{member.filename!r} in it is no array of numbers or text")
        dtype = np.dtype(header[1].decode())
        shape = tuple(int(n) for n in header[3].decode().split(",") if n.strip())
        n_bytes = math.prod(shape) * dtype.itemsize
        if n_bytes != member.file_size - len(start) - len(header[0]) or not dtype.itemsize:
            raise ValueError(f"{member.filename!r} in it is of another size than it says")
        raw, filled = np.empty(n_bytes, np.uint8), 0
        while piece := stream.read(PIECE):
            raw[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
            filled += len(piece)
    if filled < n_bytes:
        raise EOFError(f"{member.filename!r} in it ends too soon")
    array = raw.view(dtype).reshape(shape, order="F" if header[2] == b"True" else "C")
    return array.astype(dtype.newbyteorder("="), copy=False)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value.tolist()
