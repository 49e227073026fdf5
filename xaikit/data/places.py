"""Scenes: Places365 as it is handed out (Zhou et al. 2017), and ADE20K's scene parsing benchmark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from xaikit.core.errors import did_you_mean
from xaikit.core.files import checked_path
from xaikit.core.names import check_class_names
from xaikit.data.folder import FileImages, checked_split
from xaikit.data.images import Sample
from xaikit.data.objects import object_masks, object_names
from xaikit.data.rows import told
from xaikit.data.scan import Scan

INNER = ("places365_standard", "ADEChallengeData2016")
LIST_FOLDER = "filelist_places365-standard"
CATEGORIES, SCENES, OBJECTS = "categories_places365.txt", "sceneCategories.txt", "objectInfo150.txt"
SCENE = "ADE_train_00000001 airport_terminal"
LISTS = {"train": "places365_train_standard.txt", "val": "places365_val.txt"}
ANNOTATED = {"train": ("training", "train"), "val": ("validation", "val")}
EXPECTED = (
    f"data_256/<letter>/<category>/*.jpg and val_256/*.jpg, with {LISTS['train']}, {LISTS['val']} and "
    f"{CATEGORIES}; or train/<category>/*.jpg and val/<category>/*.jpg; or images/training/*.jpg and "
    f"images/validation/*.jpg with {SCENES}"
)


class PlacesImages(FileImages):
    """Scenes by their category, with masks of the objects in them where these are there.

    Pictures lie in one of three layouts, and the first that is there counts:

    - as Places365 is handed out: ``data_256`` and ``val_256`` (or ``data_large`` and ``val_large``), with
      ``places365_train_standard.txt`` and ``places365_val.txt``, which tell the category of each picture, and
      ``categories_places365.txt``; lists may also lie in ``filelist_places365-standard``;
    - in folders, as its "easyformat" has them: ``train/<category>/*.jpg``, ``val/<category>/*.jpg``;
    - as ADE20K's scene parsing benchmark is handed out: ``images/training/*.jpg`` and
      ``images/validation/*.jpg``, with ``sceneCategories.txt``.

    A class is called as its category, without its letter, words apart: "/a/apartment_building/outdoor", or a
    folder "apartment_building-outdoor", is "apartment building outdoor". Classes come in the order of
    ``categories_places365.txt``, which is that of the logits of networks trained on Places365; without it, in
    the order of their folders.

    Where there is a folder ``annotations/training`` or ``annotations/validation``, the picture "x/1.jpg" of
    that split has its annotation in "x/1.png" below it: for each pixel the number of an object in
    ``objectInfo150.txt``, 0 for none. `parts` holds a mask for each object that is seen, by the first of its
    words. Places365 itself comes without.

    Parameters
    ----------
    root : path
        The folder of the data, or the one that holds ``places365_standard`` or ``ADEChallengeData2016``.
    split : {"train", "val", "test", "all"}
        "val" and "test" are the same pictures, the validation pictures: labels of the test pictures are not
        public. "all" is train and these.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder, no such split in it, or a list is missing.
    ValueError
        For an unknown split, a line that cannot be understood, one that names a picture that is not there, a
        category that is none of those listed, and a scene without a category.
    PermissionError
        Where a folder may not be read: a class would be missing.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read, or whose annotation cannot, is of another size, or holds a
        number that is no object's.

    Limits
    ------
    Masks tell kinds of objects, not one chair from the next. A picture without an annotation has no parts,
    which does not say that it shows none of the objects.
    """

    def __init__(self, root: str | PathLike[str], split: str = "val") -> None:
        folder = _home(checked_path(root, "root"))
        self.split = checked_split(split)
        scan, layout = Scan(folder), _layout(folder)
        wanted = {"train": ["train"], "val": ["val"], "test": ["val"], "all": ["train", "val"]}[split]
        homes = {part: home for part in wanted if (home := _first(folder, layout.homes[part]))}
        by_class: dict[str, list[Path]] = {name: [] for name in layout.names(scan)}
        for part, home in homes.items():
            for path, name in layout.classed(scan, part, home, list(by_class)):
                by_class[name].append(path)
        super().__init__(folder, by_class)
        if not self.paths:
            raise FileNotFoundError(
                f"{str(folder)!r} holds no pictures of split {split!r}; expected {EXPECTED}."
            )
        scan.tell()
        told_by = {home: _first(folder / "annotations", ANNOTATED[part]) for part, home in homes.items()}
        self._annotations = {home: own for home, own in told_by.items() if own}
        self._objects = object_names(folder / OBJECTS) if self._annotations else {}

    def _known(self, index: int, sample: Sample) -> Sample:
        file = self._annotation(self.paths[index])
        if file is None or not file.is_file():
            return sample
        return replace(sample, parts=object_masks(file, self._objects, sample.image.shape[:2]))

    def _annotation(self, path: Path) -> Path | None:
        """Where the objects of a picture would be told."""
        home = next((home for home in self._annotations if home in path.parents), None)
        return home and self._annotations[home] / path.relative_to(home).with_suffix(".png")


@dataclass(frozen=True)
class _Layout:
    """Where a split's pictures lie, how the classes are called, and which class each picture is of.

    Classes do not depend on the split, so that labels mean the same in each.
    """

    homes: Mapping[str, Sequence[str]]
    names: Callable[[Scan], list[str]]
    classed: Callable[[Scan, str, Path, list[str]], Iterator[tuple[Path, str]]]


def _home(root: Path) -> Path:
    """The folder in which the pictures' folders lie."""
    if not root.is_dir():
        raise FileNotFoundError(f"`root` must be the folder of the scenes; there is none at {str(root)!r}.")
    bare = not any(_first(root, homes) for layout in LAYOUTS for homes in layout.homes.values())
    return next((root / name for name in INNER if bare and (root / name).is_dir()), root)


def _layout(root: Path) -> _Layout:
    found = (one for one in LAYOUTS if any(_first(root, homes) for homes in one.homes.values()))
    layout = next(found, None)
    if layout is None:
        raise FileNotFoundError(f"{str(root)!r} holds no pictures of scenes; expected {EXPECTED}.")
    return layout


def _first(folder: Path, names: Iterable[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_dir()), None)


def _list(root: Path, name: str) -> Path:
    """A list beside the pictures' folders, or in the folder that its archive makes."""
    inner = root / LIST_FOLDER / name
    return inner if inner.is_file() and not (root / name).is_file() else root / name


def _named(category: str) -> str:
    """A category's name in words, without its letter."""
    return re.sub(r"[_/-]+", " ", re.sub(r"^/[a-z]/", "", category)).strip()


def _names_listed(scan: Scan) -> list[str]:
    file = _list(scan.root, CATEGORIES)
    number_of = {category: int(number) for category, number in told(file, "/a/airfield 0").items()}
    if sorted(number_of.values()) != list(range(len(number_of))):
        raise ValueError(f"{CATEGORIES} must number its categories from 0 up, each once.")
    return check_class_names(list(map(_named, sorted(number_of, key=number_of.__getitem__))), CATEGORIES)


def _names_of_folders(scan: Scan) -> list[str]:
    if _list(scan.root, CATEGORIES).is_file():
        return _names_listed(scan)
    homes = [home for part in LISTS if (home := _first(scan.root, [part]))]
    folders = sorted({folder.name for home in homes for folder in scan.folders(home)})
    return check_class_names(list(map(_named, folders)), "the folders of the classes")


def _names_of_scenes(scan: Scan) -> list[str]:
    return sorted(set(map(_named, told(scan.root / SCENES, SCENE).values())))


def _by_list(scan: Scan, part: str, home: Path, names: list[str]) -> Iterator[tuple[Path, str]]:
    """As the split's list tells; pictures that it does not name are left out."""
    file, there = _list(scan.root, LISTS[part]), set(scan.pictures(home))
    for name, number in told(file, "/a/airfield/1.jpg 17").items():
        path = home / name.lstrip("/")
        if path not in there:
            raise ValueError(f"{file.name} names {str(path)!r}, which is not there. Copy the data again.")
        if int(number) >= len(names):
            raise ValueError(
                f"{file.name} tells class {number} of {name!r}; {CATEGORIES} has {len(names)}, 0 up."
            )
        there.remove(path)
        yield path, names[int(number)]
    scan.leave_out(f"pictures that {file.name} does not name", sorted(there))


def _by_folder(scan: Scan, part: str, home: Path, names: list[str]) -> Iterator[tuple[Path, str]]:
    for folder, paths in scan.classes(home).items():
        name = _named(folder)
        if name not in names:
            raise ValueError(
                f"{str(home / folder)!r} must be called as a category of {CATEGORIES}; {name!r} is none "
                f"of the {len(names)}.{did_you_mean(name, names)}"
            )
        yield from ((path, name) for path in paths)
    scan.leave_out("pictures beside the class folders", scan.files(home))


def _by_scene(scan: Scan, part: str, home: Path, names: list[str]) -> Iterator[tuple[Path, str]]:
    scene_of = told(scan.root / SCENES, SCENE)
    for path in scan.pictures(home):
        if path.stem not in scene_of:
            raise ValueError(f"{SCENES} does not tell the scene of {str(path)!r}. Copy the data again.")
        yield path, _named(scene_of[path.stem])


LAYOUTS = (
    _Layout(
        {
            "train": ("data_256", "data_256_standard", "data_large", "data_large_standard"),
            "val": ("val_256", "val_large"),
        },
        _names_listed,
        _by_list,
    ),
    _Layout({"train": ("train",), "val": ("val",)}, _names_of_folders, _by_folder),
    _Layout({"train": ("images/training",), "val": ("images/validation",)}, _names_of_scenes, _by_scene),
)
