"""The Flickr Material Database as it is handed out (Sharan et al. 2009)."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike

from xaikit.core.errors import ImageError
from xaikit.core.files import checked_path
from xaikit.core.images import read_image
from xaikit.data.folder import FileImages, checked_split, drawn_lots
from xaikit.data.images import Sample
from xaikit.data.scan import Scan


class FMDImages(FileImages):
    """Materials: ``image/<material>/*.jpg``; ``mask/<material>/*.jpg`` tells where the material is seen.

    The mask is the picture's one part, by the name of the material. The data come without splits: as in any
    folder, each file falls into one for good by a hash of its path.

    Parameters
    ----------
    root : path
    split : {"train", "val", "test", "all"}

    Raises
    ------
    FileNotFoundError
        Where the folder of pictures is missing.
    ValueError
        For an unknown split, and where it holds no picture.
    PermissionError
        Where a folder may not be read: a class would be missing.
    xaikit.core.errors.ImageError
        On access to a picture that cannot be read, or whose mask cannot, or is of another size.
    """

    def __init__(self, root: str | PathLike[str], split: str = "all") -> None:
        folder = checked_path(root, "root")
        if not (folder / "image").is_dir():
            raise FileNotFoundError(
                f"{str(root)!r} must hold image/<material>/*.jpg and mask/<material>/*.jpg, as the Flickr "
                "Material Database does; there is no folder 'image'."
            )
        self.split = checked_split(split)
        scan = Scan(folder)
        super().__init__(folder, drawn_lots(scan.classes(folder / "image"), folder, split))
        if not self.paths:
            raise ValueError(f"{str(root)!r} holds no picture for split {split!r}.")
        scan.tell()

    def _known(self, index: int, sample: Sample) -> Sample:
        path = self.paths[index]
        masks = self.root / "mask" / path.parent.name
        file = next((f for f in (masks / path.name, masks / f"{path.stem}.png") if f.is_file()), None)
        if file is None:
            return sample
        mask = read_image(file)[..., 0] > 127
        if mask.shape != sample.image.shape[:2]:
            raise ImageError(
                f"the mask {str(file)!r} is {mask.shape[1]}×{mask.shape[0]} pixels, its picture "
                f"{sample.image.shape[1]}×{sample.image.shape[0]}. Copy both again."
            )
        return replace(sample, parts={self.class_names[sample.label]: mask})
