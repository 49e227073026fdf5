"""Damage as it happens to files, and as somebody would do it on purpose; each from a generator of its own."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from xaikit import FileError
from xaikit.core.archive import write_archive

Rng = np.random.Generator


def flipped(data: bytes, rng: Rng) -> bytes:
    """One to eight bits are another."""
    changed = bytearray(data)
    for place in rng.choice(len(data), min(len(data), int(rng.integers(1, 9))), replace=False):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def flipped_at_an_end(data: bytes, rng: Rng) -> bytes:
    """One bit of the first or last 300 bytes, where the form of a file is told."""
    places = np.r_[0 : min(300, len(data)), max(0, len(data) - 300) : len(data)]
    changed = bytearray(data)
    changed[int(rng.choice(places))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def cut_off(data: bytes, rng: Rng) -> bytes:
    return data[: int(rng.integers(len(data)))]


def cut_out(data: bytes, rng: Rng) -> bytes:
    """A piece is missing."""
    first, last = sorted(rng.choice(len(data), 2, replace=False))
    return data[:first] + data[last:]


def overwritten(data: bytes, rng: Rng) -> bytes:
    """A piece is zeros, as after a crash, or of another file."""
    first = int(rng.integers(len(data)))
    n = int(rng.integers(1, min(5000, len(data) - first) + 1))
    piece = bytes(n) if rng.random() < 0.5 else rng.bytes(n)
    changed = data[:first] + piece + data[first + n :]
    return changed if changed != data else data + b"\0"


def longer(data: bytes, rng: Rng) -> bytes:
    return data + rng.bytes(int(rng.integers(1, 5000)))


def random_bytes(data: bytes, rng: Rng) -> bytes:
    """Nothing of the file, but perhaps how it begins."""
    start = data[:4] if rng.random() < 0.5 else b""
    return start + rng.bytes(int(rng.integers(0, 20_000)))


ANY: list[Callable[[bytes, Rng], bytes]] = [
    flipped,
    flipped_at_an_end,
    cut_off,
    cut_out,
    overwritten,
    longer,
    random_bytes,
]
"""Damage of any file."""


def swapped_members(data: bytes, rng: Rng) -> bytes:
    """Two arrays have changed names; the zip archive itself is whole."""
    members = _members(data)
    one, other = rng.choice(len(members), 2, replace=False)
    names = list(members)
    for _ in range(len(names)):  # of two that are the same, nobody could tell
        if members[names[one]] != members[names[other]]:
            break
        other = (other + 1) % len(names)
    members[names[one]], members[names[other]] = members[names[other]], members[names[one]]
    return _zipped(members)


def without_a_member(data: bytes, rng: Rng) -> bytes:
    members = _members(data)
    del members[str(rng.choice(list(members)))]
    return _zipped(members)


def with_other_numbers(data: bytes, rng: Rng) -> bytes:
    """An array has another content, in a zip archive that is whole."""
    members = _members(data)
    name = str(rng.choice(list(members)))
    members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])
    return _zipped(members)


def with_another_field(data: bytes, rng: Rng) -> bytes:
    """A field of the metadata is another, and nothing else; that there was a seal is still said."""
    with np.load(io.BytesIO(data)) as file:
        arrays = {name: file[name] for name in file.files}
    meta = json.loads(str(arrays["meta"]))
    sealed = meta.pop("sealed")
    changed = another_field(meta, rng)
    if isinstance(changed, dict):
        changed = {"sealed": sealed, **changed}
    arrays["meta"] = np.array(json.dumps(changed))
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


REPACKED = [swapped_members, without_a_member, with_other_numbers, with_another_field]
"""Changes in an archive by somebody who packs it again with other tools."""

STRANGE: list[Any] = [None, True, -1, 10**7, 2**70, 1e300, float("nan"), "", "\0", [], {}, [[]], {"a": []}]


def another_field(meta: Any, rng: Rng) -> Any:
    """A copy of JSON values in which one, at any depth, is strange or missing."""
    if isinstance(meta, dict | list) and meta and rng.random() < 0.85:
        keys = list(meta) if isinstance(meta, dict) else list(range(len(meta)))
        key = keys[int(rng.integers(len(keys)))]
        if rng.random() < 0.15:
            return {k: meta[k] for k in keys if k != key} if isinstance(meta, dict) else meta[:-1]
        changed = meta.copy()
        changed[key] = another_field(meta[key], rng)
        return changed
    return STRANGE[int(rng.integers(len(STRANGE)))]


def another_array(array: np.ndarray, rng: Rng) -> np.ndarray:
    """An array that is empty, longer, of other axes or numbers."""
    ways = [
        lambda: np.zeros(0, array.dtype),
        lambda: array[..., None],
        lambda: np.concatenate([array.ravel(), array.ravel()]),
        lambda: np.zeros(array.shape, "f8" if array.dtype != "f8" else "u1"),
        lambda: np.full(array.shape, -1).astype(array.dtype),
        lambda: np.array("text"),
    ]
    return ways[int(rng.integers(len(ways)))]()


def sealed_anew(path: Path, to: Path, rng: Rng) -> None:
    """Write to `to` what `path` holds but for one field or array, with a checksum that is right."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    meta = json.loads(str(arrays.pop("meta")))
    del meta["sealed"]
    if rng.random() < 0.5:
        name = list(arrays)[int(rng.integers(len(arrays)))]
        arrays[name] = another_array(arrays[name], rng)
    else:
        known = {name: meta.pop(name) for name in ("kind", "format")}
        changed = another_field(meta, rng)
        meta = {**known, **(changed if isinstance(changed, dict) else {"changed": changed})}
    write_archive(to, meta.pop("kind"), meta.pop("format"), meta, arrays, compressed=False)


def as_of_old(path: Path, to: Path) -> None:
    """Write to `to` what `path` holds in the way of versions that knew no checksum."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    meta = json.loads(str(arrays.pop("meta")))
    del meta["sealed"]
    with open(to, "wb") as file:
        np.savez_compressed(file, **{"meta": np.array(json.dumps(meta)), **arrays})


def check_told(
    path: Path, load: Callable[[Path], Any], n: int, tmp_path: Path, slack: int = 1_000_000
) -> None:
    """Damage a saved file in every way, n times each: it is told, at once, in at most twice the memory.

    A file of old, which has no checksum, may be read where the damage is in none of its content. So may one
    that was changed and sealed by somebody who knows how; but then, too, it is ours what is raised.
    """
    data, trial, old = path.read_bytes(), tmp_path / "damaged.npz", tmp_path / "old.npz"
    as_of_old(path, old)
    load(old)
    load(path)  # what is imported or made once is not the file's
    with np.load(path) as file:
        n_bytes = sum(file[name].nbytes for name in file.files)
    for seed in range(n):
        for way in (*ANY, *REPACKED):
            rng = np.random.default_rng([seed, len(way.__name__)])
            trial.write_bytes(way(data, rng))
            error = _error(trial, load, 2 * n_bytes + slack)
            assert isinstance(error, FileError), f"{way.__name__} {seed}: {error!r}"
            assert "pickle" not in str(error)
        for way in ANY:
            trial.write_bytes(way(old.read_bytes(), np.random.default_rng(seed)))
            error = _error(trial, load, 2 * n_bytes + slack)
            assert error is None or isinstance(error, FileError), f"old {way.__name__} {seed}: {error!r}"
        for part in range(4):
            sealed_anew(path, trial, np.random.default_rng([seed, part]))
            error = _error(trial, load, 4 * n_bytes + slack)  # an array may be twice as long
            right = error is None or isinstance(error, FileError) or "another network" in str(error)
            assert right, f"sealed {seed} {part}: {error!r}"


def _error(path: Path, load: Callable[[Path], Any], most: int) -> Exception | None:
    began = time.process_time()
    error, peak = _loaded(path, load)
    if peak > most:  # once may be Python's own: its table of names grows by megabytes at a time
        error, peak = _loaded(path, load)
    assert peak <= most, f"{peak:,} bytes, where {most:,} would do; {error!r}"
    assert time.process_time() - began < 5, f"it took too long; {error!r}"
    return error


def _loaded(path: Path, load: Callable[[Path], Any]) -> tuple[Exception | None, int]:
    error = None
    tracemalloc.start()
    try:
        load(path)
    except Exception as raised:
        error = raised
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return error, peak


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()
