"""ImageNet as it is handed out: folders named by WordNet's numbers, words in a file, boxes in XML."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from xml.etree import ElementTree

from xaikit.core.errors import ImageError
from xaikit.core.files import checked_path
from xaikit.data.folder import FileImages, checked_split
from xaikit.data.hierarchy import Hierarchy
from xaikit.data.images import Sample
from xaikit.data.scan import Scan

Box = tuple[int, int, int, int]
Boxes = dict[str, Box]

WNID = re.compile(r"n\d{8}")
PICTURES = ("", "Data/CLS-LOC", "ILSVRC/Data/CLS-LOC")
ANNOTATIONS = ("Annotations", "Annotations/CLS-LOC", "ILSVRC/Annotations/CLS-LOC")
DEVELOPMENT_KITS = ("ILSVRC2012_devkit_t12/data", "ILSVRC/devkit/data")
WORDS = ("synset_words.txt", "LOC_synset_mapping.txt")
# Classes whose first word is another class's, too, under the names that torchvision gives them.
NAMESAKES = {"n02012849": "crane bird", "n03710721": "maillot tank suit"}
CORNERS = ("xmin", "ymin", "xmax", "ymax")
EXPECTED = (
    "train/<wnid>/*.JPEG, val/<wnid>/*.JPEG or val/*.JPEG with LOC_val_solution.csv, val.txt or "
    "ILSVRC2012_validation_ground_truth.txt (and map_clsloc.txt); words in synset_words.txt"
)


class ImageNetImages(FileImages):
    """ImageNet's pictures, or those of any data in the same layout.

    Pictures lie in ``train/<wnid>/`` and ``val/<wnid>/``, or all in ``val/`` with a file that tells the
    class of each; also below ``ILSVRC/Data/CLS-LOC``. Class names are the first words of ``synset_words.txt``
    or ``LOC_synset_mapping.txt``, as torchvision has them, and the numbers themselves where there is no such
    file. Boxes are read from ``Annotations`` or ``LOC_val_solution.csv``, where these are there; a
    ``wordnet.is_a.txt`` gives the hierarchy.

    Parameters
    ----------
    root : path
    split : {"train", "val", "test", "all"}
        "val" and "test" are the same pictures, the validation pictures: labels of the test pictures are not
        public. "all" is train and these.

    Attributes
    ----------
    wnids : list of str
        WordNet's number of each class, in the order of `class_names`, which is theirs.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder, no such split in it, or no file that tells the classes.
    ValueError
        For an unknown split and for lines that cannot be understood.
    PermissionError
        Where a folder may not be read: a class would be missing.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read, or whose boxes cannot.

    Limits
    ------
    Of several objects of one class the largest one's box is kept. Boxes are pixels of the picture as it is
    stored.
    """

    def __init__(self, root: str | PathLike[str], split: str = "val") -> None:
        folder = checked_path(root, "root")
        if not folder.is_dir():
            raise FileNotFoundError(f"`root` must be ImageNet's folder; there is none at {str(root)!r}.")
        self.split = checked_split(split)
        self._marked: dict[str, list[tuple[str, Box]]] = {}
        words, scan = _read_words(folder), Scan(folder)
        parts = {"train": ["train"], "val": ["val"], "test": ["val"], "all": ["train", "val"]}[split]
        there = [self._files(scan, part, words) for part in parts if _pictures(folder, part)]
        if not any(there):
            raise FileNotFoundError(
                f"{str(folder)!r} holds no pictures of split {split!r}; expected {EXPECTED}."
            )
        # Every class, whether the split has it or not, so that labels mean the same in each.
        folders = {name for part in ("train", "val") for name in _folders(scan, part)}
        self.wnids = sorted({wnid for files in there for wnid in files} | words.keys() | folders)
        by_class = {wnid: [path for own in there for path in own.get(wnid, [])] for wnid in self.wnids}
        super().__init__(folder, by_class)
        scan.tell()
        self.class_names = _names(self.wnids, words)
        self._name_of = dict(zip(self.wnids, self.class_names, strict=True))
        self._annotations = [folder / name for name in ANNOTATIONS if (folder / name).is_dir()]
        if (folder / "wordnet.is_a.txt").is_file():
            known = Hierarchy.from_file(folder / "wordnet.is_a.txt", _first([folder], ["words.txt", *WORDS]))
            self.hierarchy = known.renamed({name: wnid for wnid, name in self._name_of.items()})

    def _files(self, scan: Scan, part: str, words: Mapping[str, str]) -> dict[str, list[Path]]:
        pictures = _pictures(scan.root, part)
        if pictures is None:
            return {}
        by_class, files = scan.classes(pictures), scan.files(pictures)
        if by_class:
            scan.leave_out("pictures beside the class folders", files)
            return by_class
        found: dict[str, list[Path]] = {}
        for path, wnid in zip(files, self._told(scan.root, pictures, files, sorted(words)), strict=True):
            found.setdefault(wnid, []).append(path)
        return found

    def _told(self, folder: Path, pictures: Path, files: list[Path], wnids: list[str]) -> Iterator[str]:
        """The class of each of the pictures that lie in one folder together."""
        if not files:
            return iter(())
        at = [folder, pictures.parent, pictures, *(folder / name for name in DEVELOPMENT_KITS)]
        solution, lines = _first(at, ["LOC_val_solution.csv"]), _first(at, ["val.txt", "val_annotations.txt"])
        in_order = _first(at, ["ILSVRC2012_validation_ground_truth.txt"])
        if solution:
            self._marked |= _solved(solution)
            told = {name: marks[0][0] for name, marks in self._marked.items()}
            source = solution
        elif lines:
            told, source = _listed(lines, wnids), lines
        elif in_order:
            told, source = (
                _ordered(in_order, files, _first(at, ["map_clsloc.txt"])),
                in_order,
            )
        else:
            raise FileNotFoundError(f"no file tells the classes of {str(pictures)!r}; expected {EXPECTED}.")
        missing = [path.name for path in files if path.stem not in told]
        if missing:
            raise ValueError(f"{source.name} does not tell the class of {missing[0]!r}.")
        return (told[path.stem] for path in files)

    def _known(self, index: int, sample: Sample) -> Sample:
        path = self.paths[index]
        boxes = self._boxes(path, self.wnids[sample.label])
        return replace(sample, boxes=boxes, box=boxes.get(self.class_names[sample.label]))

    def _boxes(self, path: Path, wnid: str) -> Boxes:
        names = (f"train/{wnid}", wnid, "val", f"val/{wnid}", "")
        files = (folder / name / f"{path.stem}.xml" for folder in self._annotations for name in names)
        file = next((file for file in files if file.is_file()), None)
        marks = _marked(file) if file else self._marked.get(path.stem, [])
        largest = sorted(marks, key=lambda mark: _area(mark[1]))
        return {self._name_of.get(wnid, wnid): box for wnid, box in largest}


def _pictures(root: Path, part: str) -> Path | None:
    return next((root / name / part for name in PICTURES if (root / name / part).is_dir()), None)


def _folders(scan: Scan, part: str) -> list[str]:
    pictures = _pictures(scan.root, part)
    return [path.name for path in scan.folders(pictures)] if pictures else []


def _first(folders: Iterable[Path], names: Iterable[str]) -> Path | None:
    files = (folder / name for folder in folders for name in names)
    return next((file for file in files if file.is_file()), None)


def _read_words(root: Path) -> dict[str, str]:
    """WordNet's number of each class → its words; empty where no file tells them."""
    file = _first([root], WORDS)
    pairs = [line.split(None, 1) for line in _text(file)] if file else []
    if file and not all(len(pair) == 2 and WNID.fullmatch(pair[0]) for pair in pairs):
        raise ValueError(f"{file.name} must have lines such as 'n01440764 tench, Tinca tinca'.")
    return {wnid: words for wnid, words in pairs}


def _names(wnids: list[str], words: Mapping[str, str]) -> list[str]:
    """The first of each class's words; where that is another's, too, its number goes with it."""
    first = {wnid: told.split(",")[0].strip() for wnid, told in words.items()}
    names = [NAMESAKES.get(wnid, first[wnid]) if wnid in first else wnid for wnid in wnids]
    twice = {name for name in names if names.count(name) > 1}
    return [f"{name} ({wnid})" if name in twice else name for name, wnid in zip(names, wnids, strict=True)]


def _text(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def _solved(file: Path) -> dict[str, list[tuple[str, Box]]]:
    """LOC_val_solution.csv: a row "ILSVRC2012_val_00000001,n01751748 x0 y0 x1 y1 ..." each."""
    solved = {}
    with open(file, encoding="utf-8-sig", newline="") as opened:
        for number, row in enumerate(csv.reader(opened), 1):
            cells = row[1].split() if len(row) == 2 else []
            if number == 1 and row[:1] == ["ImageId"]:
                continue
            marks = [cells[k : k + 5] for k in range(0, len(cells), 5)]
            if not marks or not all(len(m) == 5 and all(x.isdecimal() for x in m[1:]) for m in marks):
                raise ValueError(f"{file.name}, row {number} must be 'name,wnid x0 y0 x1 y1 ...'; got {row}.")
            solved[row[0]] = [(wnid, _box(x)) for wnid, *x in marks]
    return solved


def _listed(file: Path, wnids: list[str]) -> dict[str, str]:
    """Lines "file class", the class by its number in WordNet's or in the order of all classes, from 0."""
    told = {}
    for line in _text(file):
        name, cls, *_ = [*line.split(), ""]
        if cls.isdecimal() and int(cls) < len(wnids):
            cls = wnids[int(cls)]
        if not WNID.fullmatch(cls):
            raise ValueError(
                f"{file.name} must have lines 'file wnid', or 'file 17' with all classes in "
                f"synset_words.txt; got {line!r}."
            )
        told[Path(name).stem] = cls
    return told


def _ordered(file: Path, files: list[Path], numbers: Path | None) -> dict[str, str]:
    """A line for each picture in the order of their names: its class, by its number in map_clsloc.txt."""
    lines = _text(file)
    if len(lines) != len(files):
        raise ValueError(f"{file.name} tells of {len(lines)} pictures; there are {len(files)}.")
    wnid_of = (
        {number: wnid for wnid, number, *_ in (line.split() for line in _text(numbers))} if numbers else {}
    )
    unknown = [line for line in lines if line not in wnid_of and not WNID.fullmatch(line)]
    if unknown:
        raise ValueError(
            f"{file.name} counts the classes in the development kit's own way; put its map_clsloc.txt, with "
            f"lines such as 'n02119789 1 kit_fox', beside it. It does not tell of {unknown[0]!r}."
        )
    return {path.stem: wnid_of.get(line, line) for path, line in zip(files, lines, strict=True)}


def _marked(file: Path) -> list[tuple[str, Box]]:
    """The objects of an annotation in XML. An entity of its own making is not let in."""
    try:
        text = file.read_text(encoding="utf-8")
        if "<!" in text.replace("<!--", ""):
            raise ValueError("declarations are not read")
        objects = ElementTree.fromstring(text).iter("object")
        return [(one.findtext("name", ""), _box([_corner(one, c) for c in CORNERS])) for one in objects]
    except (ElementTree.ParseError, ValueError) as error:
        raise ImageError(
            f"the boxes of {str(file)!r} cannot be read: {error}. Copy the file again."
        ) from error


def _corner(marked: ElementTree.Element, corner: str) -> str:
    return marked.findtext(f"bndbox/{corner}", "nothing")


def _box(corners: Iterable[str]) -> Box:
    x0, y0, x1, y1 = (int(float(corner)) for corner in corners)
    return x0, y0, x1, y1


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
