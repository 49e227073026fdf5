"""One door to every set of pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

from xaikit.core.errors import did_you_mean
from xaikit.core.files import checked_path
from xaikit.core.params import Count, Natural, check
from xaikit.data.celeba import CelebAImages
from xaikit.data.cub import CUBImages
from xaikit.data.dtd import DTDImages
from xaikit.data.fmd import FMDImages
from xaikit.data.folder import FileImages, FolderImages
from xaikit.data.imagenet import ImageNetImages
from xaikit.data.images import ImageSet
from xaikit.data.pascal_part import PascalPartImages
from xaikit.data.places import PlacesImages
from xaikit.worlds import WORLDS

SPLITS = ("train", "val", "test")
LAYOUTS: dict[str, Callable[[Path, str], FileImages]] = {
    "imagenet": ImageNetImages,
    "dtd": DTDImages,
    "fmd": FMDImages,
    "cub": CUBImages,
    "places": PlacesImages,
    "pascal-part": PascalPartImages,
    "celeba": CelebAImages,
}


def load_images(
    spec: str | PathLike[str],
    split: str = "test",
    n: int | None = None,
    seed: int = 0,
    class_names: Sequence[str] | None = None,
) -> ImageSet:
    """Open a set of pictures.

    Parameters
    ----------
    spec : str or path
        "toyworld/<world>"; or a folder with one sub-folder per class; or "imagenet:<folder>",
        "dtd:<folder>" (textures), "fmd:<folder>" (materials), "cub:<folder>" (birds), "places:<folder>"
        (scenes), "pascal-part:<folder>" (parts of objects) or "celeba:<folder>" (faces with attributes), for
        data as these are handed out.
    split : {"train", "val", "test"}
        Splits share no picture, but for "val" and "test" of some data. Labels of ImageNet's and Places365's
        test pictures are not public, nor are parts of Pascal-Part's: both are the validation pictures.
        CUB-200-2011 has no validation set: both are its test pictures. A folder also knows "all".
    n : int, optional
        How many pictures, balanced over the classes; all of a folder and a world's own number if not given.
    seed : int
        Another seed gives other pictures of a world, and another choice and order of a folder's.
    class_names : list of str, optional
        What the classes shall be called, `network.class_names` for example: a folder "n02690373_airliner" is
        the network's "airliner" then; see :meth:`ImageSet.named_as`.

    Raises
    ------
    TypeError, ValueError
        For an unknown world or split, a count or a seed that is no whole number, an empty path, and a class
        that is none of `class_names`.
    FileNotFoundError
        Where `spec` is neither a world nor a folder.
    """
    opened = _opened(spec, split, n if n is None else check("n", n, Count), check("seed", seed, Natural))
    return opened if class_names is None else opened.named_as(class_names)


def _opened(spec: str | PathLike[str], split: str, n: int | None, seed: int) -> ImageSet:
    checked_path(spec, "spec")
    name = os.fspath(spec)
    if name.startswith("toyworld/"):
        return _world(name, split, n, seed)
    layout, colon, root = name.partition(":")
    if colon and layout in LAYOUTS:
        at = checked_path(root, f"{layout}:<folder>").expanduser()
        return LAYOUTS[layout](at, split).shuffled(n, seed)
    folder = Path(spec).expanduser()
    if not folder.is_dir():
        known = [f"toyworld/{world}" for world in WORLDS] + [f"{layout}:<folder>" for layout in LAYOUTS]
        raise FileNotFoundError(
            f"`spec` must be one of {known} or a folder with one sub-folder per class; got {name!r}."
            f"{did_you_mean(name, known)}"
        )
    return FolderImages(folder, split).shuffled(n, seed)


def _world(name: str, split: str, n: int | None, seed: int) -> ImageSet:
    world = name.removeprefix("toyworld/")
    if world not in WORLDS:
        known = [f"toyworld/{known}" for known in WORLDS]
        raise ValueError(f"`spec` must name a known world: {known}; got {name!r}.{did_you_mean(name, known)}")
    return WORLDS[world](split, n, seed)
