"""Caltech-UCSD Birds-200-2011 as it is handed out (Wah et al. 2011)."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path

from xaikit.core.errors import ImageError
from xaikit.core.files import checked_path
from xaikit.core.names import check_class_names
from xaikit.data.bird_attributes import BirdAttributes
from xaikit.data.folder import FileImages, checked_split
from xaikit.data.images import Sample
from xaikit.data.rows import check_known, once, told
from xaikit.data.scan import Scan

Box = tuple[int, int, int, int]
Points = dict[str, tuple[float, float]]

OUTER = "CUB_200_2011"
LISTS = ("images.txt", "image_class_labels.txt", "classes.txt", "train_test_split.txt")
TRAINING = {"train": "1", "val": "0", "test": "0", "all": "01"}


class CUBImages(FileImages):
    """Birds: ``images/<class>/*.jpg``, of which ``images.txt`` and files beside it tell the rest.

    Class names are those of ``classes.txt`` without number and underscores: "001.Black_footed_Albatross" is
    "Black footed Albatross". The visible part points of ``parts/part_locs.txt`` are a picture's `landmarks`,
    by the names of ``parts/parts.txt``; ``bounding_boxes.txt`` gives its `box`, in `boxes` by the name of its
    class. `attributes` are those of ``attributes/image_attribute_labels.txt`` that one person looked for and
    did not call invisible, by the names of ``attributes.txt``, such as "has_bill_shape::cone". Where these
    files are not there, pictures come without.

    Parameters
    ----------
    root : path
        CUB_200_2011, or the folder that holds it.
    split : {"train", "val", "test", "all"}
        By ``train_test_split.txt``. "val" and "test" are the same pictures, the test pictures: the data come
        without a validation set.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder, or a file that it should hold is missing.
    ValueError
        For an unknown split, a line that cannot be understood, one that tells of a picture, class or part
        that no other file knows, a picture that is named and not there, and a split without a picture.
    PermissionError
        Where a folder may not be read: a class would be missing.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read, or whose attributes cannot, or that has a part or its box
        outside.

    Limits
    ------
    A part that is not visible has no point. Attributes are what one person saw, and differ within a class.
    Box and points are pixels of the picture as it is stored.
    """

    def __init__(self, root: str | PathLike[str], split: str = "all") -> None:
        folder = _home(checked_path(root, "root"))
        self.split = checked_split(split)
        names, class_of = folder / "images.txt", folder / "image_class_labels.txt"
        files, label_of = told(names, "17 001.Class/1.jpg"), told(class_of, "17 1")
        called = _called(folder / "classes.txt")
        check_known(class_of, label_of, files, names)
        check_known(names, files, label_of, class_of)
        check_known(class_of, label_of.values(), called, folder / "classes.txt")
        chosen = _chosen(folder / "train_test_split.txt", files, names, split)
        scan = Scan(folder)
        paths = _there(scan, files)
        by_class: dict[str, list[Path]] = {name: [] for name in called.values()}
        self._numbers = sorted(chosen, key=lambda number: int(label_of[number]))
        for number in self._numbers:
            by_class[called[label_of[number]]].append(paths[number])
        super().__init__(folder, by_class)
        if not self.paths:
            raise ValueError(f"{str(root)!r} holds no picture for split {split!r}.")
        scan.tell()
        self._boxes = _boxes(folder / "bounding_boxes.txt", files, names)
        self._points = _points(folder / "parts", files, names)
        self._attributes = BirdAttributes(folder, files)

    def _known(self, index: int, sample: Sample) -> Sample:
        number = self._numbers[index]
        box, points = self._boxes.get(number), self._points.get(number, {})
        height, width = sample.image.shape[:2]
        outside = [
            f"the part {name!r} at {at}" for name, at in points.items() if not _within(at, width, height)
        ]
        if box and not (_within(box[:2], width, height) and _within(box[2:], width, height)):
            outside.append(f"the box {box}")
        if outside:
            raise ImageError(
                f"{outside[0]} lies outside its picture {str(self.paths[index])!r} of {width}×{height} "
                "pixels. Copy the picture, bounding_boxes.txt and parts/part_locs.txt from the same data."
            )
        boxes = {self.class_names[sample.label]: box} if box else {}
        return replace(
            sample, landmarks=dict(points), box=box, boxes=boxes, attributes=self._attributes.of(number)
        )


def _home(root: Path) -> Path:
    """The folder that holds images.txt."""
    if not root.is_dir():
        raise FileNotFoundError(f"`root` must be the folder {OUTER}; there is none at {str(root)!r}.")
    inner = root / OUTER
    home = inner if inner.is_dir() and not (root / LISTS[0]).is_file() else root
    missing = [name for name in LISTS if not (home / name).is_file()]
    if missing or not (home / "images").is_dir():
        raise FileNotFoundError(
            f"{str(home)!r} must hold images/<class>/*.jpg, {', '.join(LISTS)}, as CUB-200-2011 does; there "
            + (f"is no file {missing[0]!r}." if missing else "is no folder 'images'.")
        )
    return home


def _called(file: Path) -> dict[str, str]:
    """Number of each class → its name, in the order of the numbers."""
    called = told(file, "1 001.Class")
    names = [re.sub(r"^\d+\.", "", called[number]).replace("_", " ") for number in sorted(called, key=int)]
    return dict(zip(sorted(called, key=int), check_class_names(names, file.name), strict=True))


def _chosen(file: Path, files: Mapping[str, str], names: Path, split: str) -> list[str]:
    """The numbers of a split's pictures, in the order of images.txt."""
    training = told(file, "17 1")
    check_known(file, training, files, names)
    check_known(names, files, training, file)
    odd = set(training.values()) - {"0", "1"}
    if odd:
        raise ValueError(f"{file.name} must tell 1 of a training picture and 0 of others; got {min(odd)!r}.")
    return [number for number in files if training[number] in TRAINING[split]]


def _there(scan: Scan, files: Mapping[str, str]) -> dict[str, Path]:
    """Number → file of each picture that images.txt names; the others are left out."""
    images = scan.root / "images"
    paths, there = {number: images / name for number, name in files.items()}, set(scan.pictures(images))
    missing = [path for path in paths.values() if path not in there]
    if missing:
        raise ValueError(f"images.txt names {str(missing[0])!r}, which is not there. Copy the data again.")
    scan.leave_out("pictures that images.txt does not name", sorted(there - set(paths.values())))
    return paths


def _boxes(file: Path, files: Mapping[str, str], names: Path) -> dict[str, Box]:
    """Box of each picture: the file tells left, top, width and height."""
    boxes = {}
    for number, *corner in once(file, "17 60.0 27.0 325.0 304.0") if file.is_file() else ():
        left, top, width, height = map(float, corner)
        boxes[number] = math.floor(left), math.floor(top), math.ceil(left + width), math.ceil(top + height)
        if min(width, height) <= 0:
            raise ValueError(f"{file.name}: the box of picture {number} must have a width and a height.")
    check_known(file, boxes, files, names)
    return boxes


def _points(folder: Path, files: Mapping[str, str], names: Path) -> dict[str, Points]:
    """Where each picture shows the parts that are visible in it."""
    places, parts = folder / "part_locs.txt", folder / "parts.txt"
    if not places.is_file():
        return {}
    part_of, points = told(parts, "1 back"), defaultdict[str, Points](dict)
    located = list(once(places, "17 1 312.0 182.0 1", n_keys=2))
    check_known(places, (number for number, *_ in located), files, names)
    check_known(places, (part for _, part, *_ in located), part_of, parts)
    for number, part, x, y, visible in located:
        if int(visible):
            points[number][part_of[part]] = float(x), float(y)
    return dict(points)


def _within(at: tuple[float, float], width: int, height: int) -> bool:
    """Whether a point lies in the picture or on its border."""
    return 0 <= at[0] <= width and 0 <= at[1] <= height
