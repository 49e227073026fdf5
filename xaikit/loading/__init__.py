"""One door for each: what a spec names becomes a classifier or a set of pictures here."""

from __future__ import annotations

from xaikit.loading.classifiers import load_classifier
from xaikit.loading.images import load_images

__all__ = ["load_classifier", "load_images"]
