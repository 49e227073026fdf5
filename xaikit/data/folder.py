"""Pictures in a folder: one sub-folder per class."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from xaikit.core.errors import did_you_mean, warn
from xaikit.core.files import checked_path
from xaikit.core.images import read_image
from xaikit.core.params import Count, Natural, check
from xaikit.data.images import ImageSet, Sample
from xaikit.data.scan import Scan, tell_order

SPLITS = ("train", "val", "test", "all")
SPELLINGS = {
    "train": re.compile(r"train(ing)?(set|data|images)?"),
    "val": re.compile(r"val(id|idation)?(set|data|images)?"),
    "test": re.compile(r"test(ing)?(set|data|images)?"),
}
"""How folders of splits are called, without regard to case and to what is no letter or digit."""


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
        n = check("n", n, Count | None)
        rng = np.random.default_rng(check("seed", seed, Natural))
        queues = [rng.permutation(np.flatnonzero(self.labels == k)) for k in range(len(self.class_names))]
        longest = max(len(queue) for queue in queues)
        turns = [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
        return self.subset(turns[:n])

    def _read(self, index: int) -> Sample:
        path = self.paths[index]
        sample = Sample(read_image(path), int(self.labels[index]), path.relative_to(self.root).as_posix())
        return self._known(index, sample)

    def _known(self, index: int, sample: Sample) -> Sample:
        """Picture `index` with what else is known of it; its pixels stay as they are."""
        return sample

    def _mark(self, index: int) -> str:
        path = self.paths[index]
        there = path.stat()
        return f"{path.relative_to(self.root).as_posix()} {there.st_size} {there.st_mtime_ns}"


class FolderImages(FileImages):
    """The pictures of a folder with one sub-folder per class; files deeper down count to their class.

    Classes, and the files of each, come in the order of torchvision's ImageFolder, by code point, so that
    class k is logit k of a network trained with it; where a person would count the classes otherwise there
    is a warning. Files are read that Pillow knows by their ending, in whatever case. Hidden files and folders
    are left out, at any depth, as are class folders without a picture; links are followed, but for those that
    lead back. What was left out is counted and named in one warning.

    Where the folder is divided into splits, these are used. A sub-folder called train, val or test, or as in
    "Training", "train_set", "valid", "validation" or "testing", is a split where

    - nothing but such folders holds pictures, and in one of them they lie in sub-folders of its own, or
    - other folders hold pictures, too, and there are two such splits or more, which all have their pictures
      in sub-folders and none beside these.

    Else it is a class like every other. Where there is no split, every file falls into one for good by a hash
    of its path below the folder: 60 % train, 20 % val, 20 % test.

    Parameters
    ----------
    root : path
    split : {"all", "train", "val", "test"}

    Raises
    ------
    FileNotFoundError
        Where there is no such folder.
    PermissionError
        Where a folder in it may not be read: a class would be missing.
    ValueError
        For an unknown split or an empty path, and where the folder holds no class or no picture.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read; it names the file, and the set can be used on.

    Warns
    -----
    UserWarning
        Something was left out, a person would count the classes in another order, or a folder that is called
        as a split is taken for a class although its pictures lie in sub-folders.

    Limits
    ------
    With few pictures the shares of the hash are only roughly kept, and a class may miss in a split.
    """

    def __init__(self, root: str | PathLike[str], split: str = "all") -> None:
        folder = checked_path(root, "root")
        if not folder.is_dir():
            raise FileNotFoundError(
                f"`root` must be a folder with one sub-folder per class; got {str(root)!r}"
            )
        self.split = checked_split(split)
        scan = Scan(folder)
        super().__init__(folder, _pictures_by_class(scan, split))
        if not self.paths:
            left_out = f" Left out: {scan.left_out}." if scan.left_out else ""
            raise ValueError(
                f"{str(folder)!r} holds no picture for split {split!r}: expected one sub-folder per "
                f"class, such as {folder.name}/cat/1.jpg.{left_out}"
            )
        scan.tell()
        tell_order(folder, self.class_names)


def checked_split(split: str) -> str:
    """Return the name of a split, or raise a ValueError that lists those there are."""
    if split not in SPLITS:
        raise ValueError(
            f"`split` must be one of {list(SPLITS)}; got {split!r}.{did_you_mean(split, SPLITS)}"
        )
    return split


def drawn_lots(by_class: Mapping[str, list[Path]], root: Path, split: str) -> dict[str, list[Path]]:
    """The files of a split, where none is given: by a hash of each file's path."""
    return {name: [p for p in own if split in ("all", _lot(p, root))] for name, own in by_class.items()}


def _pictures_by_class(scan: Scan, split: str) -> dict[str, list[Path]]:
    folders = scan.folders(scan.root)
    scan.leave_out("pictures beside the class folders", scan.files(scan.root))
    called = {path: name for path in folders if (name := _split_called(path.name))}
    others = {path: own for path in folders if path not in called and (own := scan.pictures(path))}
    divided = _divided(scan, called, bool(others))
    if not divided:
        every = others | {path: scan.pictures(path) for path in called}
        scan.leave_out("folders without a picture", [path for path in folders if not every.get(path)])
        by_class = {path.name: every[path] for path in folders if every.get(path)}
        return drawn_lots(by_class, scan.root, split)
    scan.leave_out("folders beside the splits", others)
    own_splits = list(dict.fromkeys(name for name in SPLITS if name in divided))
    if split != "all" and split not in divided:
        raise ValueError(f"{str(scan.root)!r} has the splits {own_splits}; got {split!r}")
    wanted = own_splits if split == "all" else [split]
    names = sorted({label for found in divided.values() for label in found})
    return {label: [p for name in wanted for p in divided[name].get(label, [])] for label in names}


def _divided(scan: Scan, called: Mapping[Path, str], others: bool) -> dict[str, dict[str, list[Path]]]:
    """Split → class → pictures, where the folders called as splits are such; empty where they are classes."""
    beside = {path: scan.files(path) for path in called}
    inside = {path: scan.classes(path) for path in called}
    filled = [path for path in called if beside[path] or inside[path]]
    pure = bool(filled) and not any(beside[path] for path in filled)
    if others and not (pure and len({called[path] for path in filled}) > 1):
        if pure:
            warn(
                f"{str(scan.root)!r}: {filled[0].name!r} is taken for a class, since other folders beside it "
                "hold pictures and no other split does. Where it is a split, load that folder itself.",
            )
        return {}
    if filled and not any(inside.values()):
        raise ValueError(
            f"{str(scan.root)!r} holds nothing but {[path.name for path in filled]}, called as splits, with "
            "pictures of no class: expected sub-folders for the classes, such as train/cat/1.jpg. Where "
            "these are the classes, rename them."
        )
    scan.leave_out("pictures beside the class folders", [p for own in beside.values() for p in own])
    divided: dict[str, dict[str, list[Path]]] = {}
    for path, name in called.items():
        of_split = divided.setdefault(name, {})
        for label, own in inside[path].items():
            of_split.setdefault(label, []).extend(own)
    return divided if filled else {}


def _split_called(folder: str) -> str | None:
    """The split that a folder's name stands for, or None."""
    letters = re.sub(r"[\W_]+", "", folder.casefold())
    return next((name for name, spelling in SPELLINGS.items() if spelling.fullmatch(letters)), None)


def _lot(path: Path, root: Path) -> str:
    share = zlib.crc32(path.relative_to(root).as_posix().encode("utf-8", "surrogateescape")) % 100
    return "train" if share < 60 else "val" if share < 80 else "test"
