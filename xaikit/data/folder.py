"""Pictures in a folder: one sub-folder per class."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from xaikit.core.errors import did_you_mean
from xaikit.core.images import read_image
from xaikit.data.images import ImageSet, Sample

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm"})
SPLITS = ("train", "val", "test", "all")


class FileImages(ImageSet):
    """Pictures that each lie in a file of their own below one folder; the base of what reads such folders.

    Attributes
    ----------
    root : Path
    paths : list of Path
        The pictures' files, in the order of `labels`.
    """

    def __init__(self, root: Path, by_class: Mapping[str, Sequence[Path]]) -> None:
        self.root = root
        self.paths = [path for paths in by_class.values() for path in paths]
        super().__init__(list(by_class), [label for label, own in enumerate(by_class.values()) for _ in own])

    def shuffled(self, n: int | None, seed: int) -> ImageSet:
        """`n` pictures, as evenly over the classes as there are, classes in turn; all where `n` is None."""
        rng = np.random.default_rng(seed)
        queues = [rng.permutation(np.flatnonzero(self.labels == k)) for k in range(len(self.class_names))]
        longest = max(len(queue) for queue in queues)
        turns = [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
        return self.subset(turns[:n])

    def _read(self, index: int) -> Sample:
        path = self.paths[index]
        return Sample(read_image(path), int(self.labels[index]), path.relative_to(self.root).as_posix())


class FolderImages(FileImages):
    """The pictures of a folder with one sub-folder per class; files deeper down count to their class.

    Where the folder holds sub-folders called train, val or test, those are the splits. Else every file falls
    into one for good by a hash of its path below the folder: 60 % train, 20 % val, 20 % test.

    Parameters
    ----------
    root : path
    split : {"all", "train", "val", "test"}

    Raises
    ------
    FileNotFoundError
        Where there is no such folder.
    ValueError
        For an unknown split, and where the folder holds no class or no picture.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read; it names the file, and the set can be used on.

    Limits
    ------
    With few pictures the shares of the hash are only roughly kept, and a class may miss in a split.
    """

    def __init__(self, root: str | PathLike[str], split: str = "all") -> None:
        folder = Path(root)
        if not folder.is_dir():
            raise FileNotFoundError(
                f"`root` must be a folder with one sub-folder per class; got {str(root)!r}"
            )
        self.split = checked_split(split)
        super().__init__(folder, _pictures_by_class(folder, split))
        if not self.paths:
            raise ValueError(
                f"{str(folder)!r} holds no picture for split {split!r}: expected one sub-folder per "
                f"class, such as {folder.name}/cat/1.jpg; read are {', '.join(sorted(SUFFIXES))}"
            )


def checked_split(split: str) -> str:
    """Return the name of a split, or raise a ValueError that lists those there are."""
    if split not in SPLITS:
        raise ValueError(
            f"`split` must be one of {list(SPLITS)}; got {split!r}.{did_you_mean(split, SPLITS)}"
        )
    return split


def _pictures_by_class(root: Path, split: str) -> dict[str, list[Path]]:
    own = [name for name in SPLITS[:3] if (root / name).is_dir()]
    if not own:
        return drawn_lots(classes_of(root), root, split)
    if split != "all" and split not in own:
        raise ValueError(f"{str(root)!r} has the splits {own}; got {split!r}")
    everywhere = {name: classes_of(root / name) for name in own}
    names = sorted({label for found in everywhere.values() for label in found}, key=_natural)
    wanted = own if split == "all" else [split]
    return {label: [p for name in wanted for p in everywhere[name].get(label, [])] for label in names}


def drawn_lots(by_class: Mapping[str, list[Path]], root: Path, split: str) -> dict[str, list[Path]]:
    """The files of a split, where none is given: by a hash of each file's path."""
    return {name: [p for p in own if split in ("all", _lot(p, root))] for name, own in by_class.items()}


def classes_of(root: Path) -> dict[str, list[Path]]:
    """Class name → its pictures, one sub-folder per class, both in the order in which a person counts."""
    folders = sorted(
        (path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")), key=_by_name
    )
    found = {folder.name: _pictures(folder) for folder in folders}
    return {name: paths for name, paths in found.items() if paths}


def _pictures(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    return sorted((path for path in files if not path.name.startswith(".")), key=_by_name)


def _by_name(path: Path) -> list[tuple[int, int, str]]:
    return _natural(path.as_posix())


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sorts "picture 9" before "picture 10"."""
    pieces = re.split(r"(\d+)", text)
    return [(0, int(p), p) if p.isdecimal() else (1, 0, p.lower()) for p in pieces if p]


def _lot(path: Path, root: Path) -> str:
    share = zlib.crc32(path.relative_to(root).as_posix().encode("utf-8", "surrogateescape")) % 100
    return "train" if share < 60 else "val" if share < 80 else "test"
