"""Pictures with labels and whatever truth is known about them."""

from __future__ import annotations

from xaikit.data.folder import FolderImages
from xaikit.data.hierarchy import Hierarchy
from xaikit.data.images import ImageSet, Sample
from xaikit.data.loading import load_images

__all__ = ["FolderImages", "Hierarchy", "ImageSet", "Sample", "load_images"]
