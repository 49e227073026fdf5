"""Results in one ``.npz`` file each: arrays and one JSON text, nothing that runs code."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["read_archive", "write_archive"]


def write_archive(
    path: str | Path, kind: str, version: int, meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> Path:
    """Write beside the target and rename, so that a full disk or an interrupt leaves an older file whole.

    Parameters
    ----------
    kind, version : what the file holds, and in which form; `read_archive` asks for the same
    meta : JSON values; NumPy's numbers and arrays are turned into plain ones
    arrays : any but those of objects
    """
    path = Path(path)
    text = json.dumps({"kind": kind, "format": version, **meta}, default=_plain)
    unfinished = path.with_name(path.name + ".part")
    try:
        with open(unfinished, "wb") as file:
            np.savez_compressed(file, **{"meta": np.array(text)}, **arrays)  # type: ignore[arg-type]
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def read_archive(path: str | Path, kind: str, version: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return (meta, arrays) of a file that `write_archive` wrote.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is no such file, is damaged, or holds another kind or format; the message names both.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays.pop("meta")))
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError) as error:
        raise ValueError(
            f"{path} is not a file that xaikit wrote, or it is damaged ({error}). Save it again."
        ) from error
    if meta.get("kind") != kind or meta.get("format") != version:
        raise ValueError(
            f"{path} holds {meta.get('kind')!r} in format {meta.get('format')}; "
            f"expected {kind!r} in format {version}. Load it with the class that saved it."
        )
    return meta, arrays


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value.tolist()
