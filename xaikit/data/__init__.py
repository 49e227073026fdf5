"""Pictures with labels and whatever truth is known about them."""

from __future__ import annotations

from xaikit.data.celeba import CelebAImages
from xaikit.data.cub import CUBImages
from xaikit.data.dtd import DTDImages
from xaikit.data.fmd import FMDImages
from xaikit.data.folder import FolderImages
from xaikit.data.hierarchy import Hierarchy
from xaikit.data.imagenet import ImageNetImages
from xaikit.data.images import ImageSet, Sample
from xaikit.data.pascal_part import PascalPartImages
from xaikit.data.places import PlacesImages

__all__ = [
    "CUBImages",
    "CelebAImages",
    "DTDImages",
    "FMDImages",
    "FolderImages",
    "Hierarchy",
    "ImageNetImages",
    "ImageSet",
    "PascalPartImages",
    "PlacesImages",
    "Sample",
]
