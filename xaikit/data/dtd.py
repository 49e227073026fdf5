"""The Describable Textures Dataset as it is handed out (Cimpoi et al. 2014)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Annotated

from xaikit.core.files import checked_path
from xaikit.core.params import Between, check
from xaikit.data.folder import FileImages, checked_split
from xaikit.data.images import Sample
from xaikit.data.scan import Scan


class DTDImages(FileImages):
    """Textures: ``images/<texture>/*.jpg``, with splits in ``labels/train1.txt``, ``val1.txt``, ....

    ``labels/labels_joint_anno.txt``, where it is there, tells which further textures a picture shows; they
    are its `attributes`.

    Parameters
    ----------
    root : path
    split : {"train", "val", "test", "all"}
    partition : 1 to 10, which of the ten splits that the data come with

    Raises
    ------
    FileNotFoundError
        Where the folder of pictures or the split's file is missing.
    ValueError
        For an unknown split, and a split's file that names no picture, or one that is not there.
    PermissionError
        Where a folder may not be read: a class would be missing.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read.
    """

    def __init__(self, root: str | PathLike[str], split: str = "all", partition: int = 1) -> None:
        folder = checked_path(root, "root")
        if not (folder / "images").is_dir():
            raise FileNotFoundError(
                f"{str(root)!r} must hold images/<texture>/*.jpg and labels/, as the Describable Textures "
                "Dataset does; there is no folder 'images'."
            )
        self.split = checked_split(split)
        partition = check("partition", partition, Annotated[int, Between(1, 10)])
        scan = Scan(folder)
        by_class = scan.classes(folder / "images")
        if split != "all":
            chosen = _chosen(by_class, folder, folder / "labels" / f"{split}{partition}.txt")
            by_class = {name: [path for path in own if path in chosen] for name, own in by_class.items()}
        super().__init__(folder, by_class)
        if not self.paths:
            raise ValueError(f"{str(root)!r} holds no picture for split {split!r}.")
        scan.tell()
        joint = folder / "labels" / "labels_joint_anno.txt"
        lines = joint.read_text(encoding="utf-8").splitlines() if joint.is_file() else []
        self._shown = {name: set(shown) for name, *shown in (line.split() for line in lines if line.strip())}

    def _known(self, index: int, sample: Sample) -> Sample:
        shown = self._shown.get(sample.id.removeprefix("images/"))
        known = {name: name in shown for name in self.class_names} if shown else {}
        return replace(sample, attributes=known)


def _chosen(by_class: Mapping[str, list[Path]], root: Path, file: Path) -> set[Path]:
    if not file.is_file():
        raise FileNotFoundError(
            f"the split's file {str(file)!r} is missing. Copy the data's folder 'labels'."
        )
    names = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    chosen = {root / "images" / name for name in names}
    missing = sorted(chosen - {path for own in by_class.values() for path in own})
    if missing:
        raise ValueError(f"{file.name} names {str(missing[0])!r}, which is not there. Copy the data again.")
    return chosen
