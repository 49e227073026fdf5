"""Pascal-Part as it is handed out (Chen et al. 2014): masks of the parts of what VOC2010's pictures show."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
from joblib import Parallel, delayed

from xaikit.core.errors import ImageError
from xaikit.core.files import checked_path
from xaikit.data.folder import FileImages, checked_split, drawn_lots
from xaikit.data.images import Sample
from xaikit.data.rows import rows
from xaikit.data.scan import Scan

Box = tuple[int, int, int, int]

ANNOTATIONS, PICTURES, LISTS = "Annotations_Part", "JPEGImages", "ImageSets/Main"
INNER = ("", "VOCdevkit/VOC2010", "VOC2010", "trainval")
"""Where below the root these folders may lie."""
WANTED = {
    "train": ("train.txt",),
    "val": ("val.txt",),
    "test": ("val.txt",),
    "all": ("train.txt", "val.txt"),
}
"""The lists that name the pictures of each split."""
MANY = 200
"""Annotations from which on several processes read them."""
CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train"),
    "tvmonitor",
)
"""The classes of VOC; the number of each, from 1 on, is its `class_ind`."""

PLAIN = frozenset(
    "beak body cap chainwheel coach door engine hair handlebar head headlight mouth muzzle neck nose plant "
    "pot saddle screen stern tail torso wheel window".split()
)
"""Codes of parts that are words."""
SIDED = (
    (r"[lr](eye|ear|horn|wing|foot|hand)", r"\1"),
    (r"[lr]ebrow", "eyebrow"),
    (r"[lr][fb]?[ul]?leg", "leg"),
    (r"[lr][ul]?arm", "arm"),
    (r"[lr][fb]pa", "paw"),
    (r"[lr][fb]ho", "hoof"),
    (r"[fb]wheel", "wheel"),
    (r"[fb]liplate", "license plate"),
    (r"(left|right)mirror", "mirror"),
    (r"[hc]?(left|right)side", "side"),
    (r"[hc]?(front|back|roof)side", r"\1"),
)
"""Codes of parts that also tell which one it is: left or right, front or back, upper or lower, of a train's
head or coach; and what each is in a word."""
HEADER, COMPRESSED = 128, 15
"""Bytes before the first of a MATLAB file's variables, and the number that begins a compressed one."""
# what scipy raises for files that are damaged, of a newer kind, or hold something else
DAMAGED = (ValueError, TypeError, LookupError, OSError, NotImplementedError, zlib.error, OverflowError)


class PascalPartImages(FileImages):
    """Pictures of VOC2010 with a mask of each part of the object that they are labelled by.

    ``Annotations_Part/<id>.mat`` tells the objects of the picture ``JPEGImages/<id>.jpg``: the class of each,
    its mask, and the masks of its parts. A picture's label is the class of its largest object, by pixels, of
    those whose class is one of VOC's 20. `parts` holds the masks of that object's parts by plain names, those
    of the same name together: "lfuleg" and "rbleg" are "leg", "lear" and "rear" are "ear", "lfpa" is "paw".
    `landmarks` are a pixel of each part, the nearest to the middle of all; `box` is around that object, and
    `boxes` around the largest object of each class. The mask of one part may lie within that of another, as
    an eye's within its head's.

    ``ImageSets/Main/train.txt`` and ``val.txt`` name the pictures of each split. Where there is no such
    folder, every picture falls into one by a hash of its path, as in a folder of classes.

    Parameters
    ----------
    root : path
        The folder that holds ``Annotations_Part``, and ``JPEGImages`` or ``VOCdevkit/VOC2010/JPEGImages``.
    split : {"train", "val", "test", "all"}
        "val" and "test" are the same pictures, the validation pictures: parts of the test pictures are not
        public. "all" is train and these.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder, none of annotations or pictures in it, or a list is missing.
    ValueError
        For an unknown split, a list that names a picture that is not there, an annotation without its
        picture, and a split without a picture.
    PermissionError
        Where a folder may not be read.
    xaikit.core.errors.ImageError
        For an annotation that cannot be read; on access to a picture that cannot be read, is of another size
        than a mask, or has a part by a code that is none.

    Warns
    -----
    UserWarning
        Pictures are left out that have no annotation, or show no object of VOC's classes.

    Limits
    ------
    All annotations of the split are read when the set is opened, since they alone tell what is largest: a
    minute for the 10,103 of train and val on two processors. Other objects of a picture have no parts here,
    though they may be of the same class. Boats, chairs, tables and sofas have no parts in the data.
    """

    def __init__(self, root: str | PathLike[str], split: str = "all") -> None:
        folder = checked_path(root, "root")
        if not folder.is_dir():
            raise FileNotFoundError(
                f"`root` must be the folder of Pascal-Part; there is none at {str(root)!r}."
            )
        self.split = checked_split(split)
        scan, annotations = Scan(folder), _inner(folder, ANNOTATIONS)
        files = {file.stem: file for file in sorted(annotations.glob("*.mat"))}
        paths = _pictures(scan, files)
        chosen = _chosen(scan, list(paths.values()), split)
        by_class: dict[str, list[Path]] = {name: [] for name in CLASSES}
        for path, name in zip(chosen, _labels([files[path.stem] for path in chosen]), strict=True):
            if name is None:
                scan.leave_out("pictures without an object of VOC's classes", [path])
            else:
                by_class[name].append(path)
        super().__init__(folder, by_class)
        self._files = files
        if not self.paths:
            raise ValueError(f"{str(root)!r} holds no picture for split {split!r}.")
        scan.tell()

    def _known(self, index: int, sample: Sample) -> Sample:
        path = self.paths[index]
        objects = _objects(self._files[path.stem], sample.image.shape[:2])
        known = _by_size(objects)
        boxes, largest = {one.name: _box(one.mask) for one in known}, known[-1]
        return replace(
            sample,
            parts=largest.parts,
            landmarks={name: _point(mask) for name, mask in largest.parts.items()},
            box=boxes[largest.name],
            boxes=boxes,
        )


@dataclass(frozen=True)
class _Object:
    """An object of a picture: its class, "" for none of VOC's, its mask, and the masks of its parts."""

    name: str
    mask: np.ndarray
    parts: dict[str, np.ndarray]


def word_of(code: str) -> str:
    """What a part is in a word: "ear" of "lear", "wheel" of "wheel_2".

    Raises
    ------
    KeyError
        Where no part of the data has such a code.
    """
    stem = re.sub(r"_\d+$", "", code)
    if stem in PLAIN:
        return stem
    for pattern, word in SIDED:
        found = re.fullmatch(pattern, stem)
        if found:
            return found.expand(word)
    raise KeyError(code)


# ---- folders and lists


def _inner(root: Path, name: str) -> Path:
    """A folder of the data, wherever below the root it lies."""
    found = next((root / home / name for home in INNER if (root / home / name).is_dir()), None)
    if found is None:
        raise FileNotFoundError(
            f"{str(root)!r} must hold {ANNOTATIONS}/<id>.mat and {PICTURES}/<id>.jpg, or "
            f"{INNER[1]}/{PICTURES}/<id>.jpg, as Pascal-Part and VOC2010 do; there is no folder {name!r}."
        )
    return found


def _pictures(scan: Scan, files: Mapping[str, Path]) -> dict[str, Path]:
    """Id → picture of each annotation; pictures without one are left out."""
    folder = _inner(scan.root, PICTURES)
    there = {path.stem: path for path in scan.pictures(folder)}
    lost = next((id_ for id_ in files if id_ not in there), None)
    if lost is not None:
        raise ValueError(
            f"{str(files[lost])!r} tells of the picture {lost!r}, which is not in {str(folder)!r}. Copy the "
            "pictures of VOC2010 again."
        )
    scan.leave_out(
        "pictures without an annotation", [path for id_, path in there.items() if id_ not in files]
    )
    return {id_: there[id_] for id_ in files}


def _chosen(scan: Scan, paths: list[Path], split: str) -> list[Path]:
    """The annotated pictures of a split: in the order of its lists, or by lot where there are no lists."""
    folders = (scan.root / home / LISTS for home in INNER)
    folder = next((folder for folder in folders if folder.is_dir()), None)
    if folder is None:
        return drawn_lots({"": paths}, scan.root, split)[""]
    annotated = {path.stem: path for path in paths}
    there = {path.stem for path in scan.files(_inner(scan.root, PICTURES))}
    ids: dict[str, None] = {}
    for file in (folder / name for name in WANTED[split]):
        for (id_,) in rows(file, "2008_000002"):
            if id_ not in there:
                raise ValueError(f"{file.name} names {id_!r}, which is not there. Copy the data again.")
            ids[id_] = None
    return [annotated[id_] for id_ in ids if id_ in annotated]


# ---- annotations


def _labels(files: Sequence[Path]) -> list[str | None]:
    """The class of the largest object that each annotation tells of; None where there is no such object."""
    n_jobs = -1 if len(files) >= MANY else 1
    return list(Parallel(n_jobs=n_jobs)(delayed(_label)(file) for file in files))


def _label(file: Path) -> str | None:
    known = _by_size(_objects(file))
    return known[-1].name if known else None


def _by_size(objects: list[_Object]) -> list[_Object]:
    """Those of a known class that are seen, the largest last."""
    return sorted(
        (one for one in objects if one.name and one.mask.any()), key=lambda one: int(one.mask.sum())
    )


def _objects(file: Path, shape: tuple[int, ...] | None = None) -> list[_Object]:
    """The objects that an annotation tells of, and their parts where the `shape` of the picture is given."""
    try:
        return [_object(told, file, shape) for told in _structs(_annotation(file)["objects"])]
    except ImageError:
        raise
    except DAMAGED as error:
        raise ImageError(
            f"the annotation {str(file)!r} cannot be read: {error}. It must be a MATLAB file with `anno`, as "
            "Pascal-Part has it. Copy it again."
        ) from error


def _annotation(file: Path) -> Any:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    if not _compressed(file):
        raise ValueError("it is no MATLAB file, or is not compressed")
    try:
        return loadmat(file, variable_names=["anno"])["anno"].ravel()[0]
    except MatReadError as error:
        raise ValueError(str(error)) from error


def _compressed(file: Path) -> bool:
    """Whether a file is as MATLAB writes it; scipy notices damage to such files, and may crash on others."""
    with open(file, "rb") as opened:
        header = opened.read(HEADER + 4)
    order: Literal["little", "big"] = "little" if header[HEADER - 2 : HEADER] == b"IM" else "big"
    return int.from_bytes(header[HEADER:], order) == COMPRESSED


def _structs(array: np.ndarray) -> Iterator[Any]:
    """The entries of a MATLAB struct array; none where it is an empty matrix."""
    return iter(array.ravel() if array.dtype.names else ())


def _object(told: Any, file: Path, shape: tuple[int, ...] | None) -> _Object:
    name, number = _text(told["class"]), int(told["class_ind"].ravel()[0])
    # the data call a "diningtable" a "table", with VOC's number
    called = name if name in CLASSES else CLASSES[number - 1] if 1 <= number <= len(CLASSES) else ""
    if shape is None:
        return _Object(called, _mask(told, name, file, told["mask"].shape), {})
    parts: dict[str, np.ndarray] = {}
    for part in _structs(told["parts"]):
        code = _text(part["part_name"])
        mask = _mask(part, code, file, shape)
        if mask.any():
            word = _word(code, file)
            parts[word] = parts[word] | mask if word in parts else mask
    return _Object(called, _mask(told, name, file, shape), parts)


def _word(code: str, file: Path) -> str:
    try:
        return word_of(code)
    except KeyError:
        raise ImageError(
            f"the annotation {str(file)!r} tells of a part {code!r}, which Pascal-Part does not have. Copy "
            "it again."
        ) from None


def _mask(told: Any, name: str, file: Path, shape: tuple[int, ...]) -> np.ndarray:
    mask = np.asarray(told["mask"])
    if mask.ndim != 2 or mask.shape != shape:
        size = "×".join(map(str, mask.shape[::-1]))
        raise ImageError(
            f"the annotation {str(file)!r} has a mask of {name!r} of {size} pixels, its picture "
            f"{shape[1]}×{shape[0]}. Copy both again."
        )
    return mask != 0


def _text(value: np.ndarray) -> str:
    return str(value.ravel()[0])


def _box(mask: np.ndarray) -> Box:
    rows_, columns = np.nonzero(mask)
    return int(columns.min()), int(rows_.min()), int(columns.max()) + 1, int(rows_.max()) + 1


def _point(mask: np.ndarray) -> tuple[float, float]:
    """The pixel of a mask that is nearest to the middle of all, (column, row)."""
    rows_, columns = np.nonzero(mask)
    nearest = np.hypot(rows_ - rows_.mean(), columns - columns.mean()).argmin()
    return float(columns[nearest]), float(rows_[nearest])
