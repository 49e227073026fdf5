"""CelebA as it is handed out: aligned faces with forty attributes (Liu et al. 2015)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from xaikit.core.errors import ImageError
from xaikit.core.files import checked_path
from xaikit.core.names import check_class_names
from xaikit.data.folder import FileImages, checked_split
from xaikit.data.images import Sample
from xaikit.data.rows import Table, table, told
from xaikit.data.scan import Scan

PICTURES = ("img_align_celeba", "Img/img_align_celeba")
ATTRIBUTES, PARTITION = "list_attr_celeba.txt", "list_eval_partition.txt"
LANDMARKS = "list_landmarks_align_celeba.txt"
FOLDERS = {ATTRIBUTES: "Anno", PARTITION: "Eval", LANDMARKS: "Anno"}
"""The folder of the archive in which each list lies."""
OF_SPLIT = {"train": "0", "val": "1", "test": "2", "all": "012"}
POINTS = {
    "left eye": ("lefteye_x", "lefteye_y"),
    "right eye": ("righteye_x", "righteye_y"),
    "nose": ("nose_x", "nose_y"),
    "left mouth": ("leftmouth_x", "leftmouth_y"),
    "right mouth": ("rightmouth_x", "rightmouth_y"),
}


class CelebAImages(FileImages):
    """Faces: ``img_align_celeba/*.jpg``, of which lists tell the attributes, the split and the landmarks.

    All are of one class, "face". `attributes` are the forty of ``list_attr_celeba.txt``, in words:
    "5_o_Clock_Shadow" is "5 o'clock shadow", "No_Beard" is "no beard". `landmarks` are the five points of
    ``list_landmarks_align_celeba.txt``, left and right as in the picture; where that file is not there,
    pictures come without. Pictures may also lie in ``Img``, lists in ``Anno`` and ``Eval``, as they are
    handed out.

    Parameters
    ----------
    root : path
        The folder that holds ``img_align_celeba`` or ``Img``.
    split : {"train", "val", "test", "all"}
        By ``list_eval_partition.txt``.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder, or a list that it should hold is missing.
    ValueError
        For an unknown split, a line that cannot be understood, a value that is neither 1 nor -1, a picture
        that one list tells of and another does not, one that is named and not there, and a split without a
        picture.
    PermissionError
        Where a folder may not be read.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read, or that has a landmark outside.

    Limits
    ------
    ``list_bbox_celeba.txt`` is not read: its boxes are of the pictures before these were aligned. Attributes
    are what people said who looked at a picture, and they did not always agree; "attractive", "male" and
    "young" are such impressions, and no facts about anybody.
    """

    def __init__(self, root: str | PathLike[str], split: str = "test") -> None:
        folder = checked_path(root, "root")
        pictures = _pictures(folder)
        self.split = checked_split(split)
        file, partition = _list(folder, ATTRIBUTES), _list(folder, PARTITION)
        said, part_of = table(file), _partition(partition)
        names = check_class_names([readable_name(name) for name in said.columns], file.name)
        _check_signs(said, file)
        _check_same(said.rows, part_of, file, partition)
        scan = Scan(folder)
        there = _there(scan, pictures, part_of, partition)
        chosen = [name for name, part in part_of.items() if part in OF_SPLIT[split]]
        super().__init__(folder, {"face": [there[name] for name in chosen]})
        if not self.paths:
            raise ValueError(f"{str(root)!r} holds no picture for split {split!r}.")
        scan.tell()
        self._names = names
        self._present = said.values[[said.rows[name] for name in chosen]] == 1
        self._points = _points(_list(folder, LANDMARKS), said, file, chosen)

    def _known(self, index: int, sample: Sample) -> Sample:
        height, width = sample.image.shape[:2]
        located = self._points[index].tolist() if len(self._points) else []
        points = dict[str, tuple[float, float]]()
        for name, (x, y) in zip(POINTS, located, strict=False):
            if not (0 <= x <= width and 0 <= y <= height):
                raise ImageError(
                    f"the landmark {name!r} at {(x, y)} lies outside its picture {str(self.paths[index])!r} "
                    f"of {width}×{height} pixels. Copy the picture and {LANDMARKS} from the same data."
                )
            points[name] = float(x), float(y)
        attributes = dict(zip(self._names, self._present[index].tolist(), strict=True))
        return replace(sample, attributes=attributes, landmarks=points)


def readable_name(name: str) -> str:
    """An attribute's name in words: "5 o'clock shadow" for "5_o_Clock_Shadow"."""
    return name.replace("o_Clock", "o'Clock").replace("_", " ").lower()


def _pictures(root: Path) -> Path:
    """The folder in which the pictures lie; it and both lists must be there."""
    if not root.is_dir():
        raise FileNotFoundError(f"`root` must be the folder of CelebA; there is none at {str(root)!r}.")
    pictures = next((root / name for name in PICTURES if (root / name).is_dir()), None)
    missing = [name for name in (ATTRIBUTES, PARTITION) if not _list(root, name).is_file()]
    if pictures is None or missing:
        raise FileNotFoundError(
            f"{str(root)!r} must hold {PICTURES[0]}/*.jpg, {ATTRIBUTES} and {PARTITION}, as CelebA does; "
            "there " + (f"is no file {missing[0]!r}." if pictures else f"is no folder {PICTURES[0]!r}.")
        )
    return pictures


def _list(root: Path, name: str) -> Path:
    """A list beside the folder of the pictures, or where the archive has it."""
    inner = root / FOLDERS[name] / name
    return inner if inner.is_file() and not (root / name).is_file() else root / name


def _partition(file: Path) -> dict[str, str]:
    """Picture → "0" for training, "1" for validation, "2" for test."""
    part_of = told(file, "000001.jpg 0")
    for name, part in part_of.items():
        if part not in OF_SPLIT["all"]:
            raise ValueError(
                f"{file.name} must tell 0, 1 or 2 of a picture, for train, val and test; got {part!r} of "
                f"{name!r}. Copy the file again."
            )
    return part_of


def _check_signs(said: Table, file: Path) -> None:
    """Raise ValueError where an attribute is neither 1 nor -1."""
    odd = np.argwhere(np.abs(said.values) != 1)
    if len(odd):
        row, column = odd[0]
        raise ValueError(
            f"{file.name}, line {said.lines[row]} must tell 1 or -1 of each attribute; got "
            f"{said.values[row, column]} of {said.columns[column]}. Copy the file again."
        )


def _check_same(first: Collection[str], second: Collection[str], of_first: Path, of_second: Path) -> None:
    """Raise ValueError where one of two lists names a picture that the other does not."""
    for names, others, file, other in (
        (first, second, of_first, of_second),
        (second, first, of_second, of_first),
    ):
        unknown = next((name for name in names if name not in others), None)
        if unknown is not None:
            raise ValueError(
                f"{file.name} tells of the picture {unknown!r}, which {other.name} does not know. Copy both "
                "from the same data."
            )


def _there(scan: Scan, folder: Path, named: Mapping[str, str], file: Path) -> dict[str, Path]:
    """Picture → its file; those that no list names are left out."""
    there = {path.name: path for path in scan.files(folder)}
    missing = next((name for name in named if name not in there), None)
    if missing is not None:
        raise ValueError(
            f"{file.name} names {str(folder / missing)!r}, which is not there. Copy the data again."
        )
    scan.leave_out(
        f"pictures that {file.name} does not name", [there[name] for name in there if name not in named]
    )
    return there


def _points(file: Path, said: Table, of_said: Path, chosen: list[str]) -> np.ndarray:
    """x and y of each point of `POINTS` in the pictures chosen, int16 (n, 5, 2); empty without the file."""
    if not file.is_file():
        return np.empty((0, len(POINTS), 2), np.int16)
    located = table(file)
    _check_same(located.rows, said.rows, file, of_said)
    missing = [name for pair in POINTS.values() for name in pair if name not in located.columns]
    if missing:
        raise ValueError(
            f"{file.name}, line 2 must name {missing[0]!r}; got {located.columns}. Copy the file again."
        )
    order = [[located.columns.index(name) for name in pair] for pair in POINTS.values()]
    return located.values[[located.rows[name] for name in chosen]][:, np.array(order)]
