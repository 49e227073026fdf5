"""xaikit: ask an image classifier why.

The public names are imported when they are first used, so that `import xaikit` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from xaikit import additive, attribution, interpretable, metrics, plots, widgets, zoo
    from xaikit.additive import AdditiveExplainer
    from xaikit.classroom.exercise import exercise
    from xaikit.core.classifier import Classifier
    from xaikit.core.errors import FileError, ImageError, NotFittedError
    from xaikit.core.sweep import sweep
    from xaikit.loading.classifiers import load_classifier
    from xaikit.loading.images import load_images
    from xaikit.sevec import SemanticVectors
    from xaikit.srae import SRAE
    from xaikit.vrx import VRX
    from xaikit.widgets.kit.page import page

_HOME = {
    "AdditiveExplainer": "xaikit.additive",
    "Classifier": "xaikit.core.classifier",
    "FileError": "xaikit.core.errors",
    "ImageError": "xaikit.core.errors",
    "NotFittedError": "xaikit.core.errors",
    "SRAE": "xaikit.srae",
    "SemanticVectors": "xaikit.sevec",
    "VRX": "xaikit.vrx",
    "exercise": "xaikit.classroom.exercise",
    "load_classifier": "xaikit.loading.classifiers",
    "load_images": "xaikit.loading.images",
    "page": "xaikit.widgets.kit.page",
    "sweep": "xaikit.core.sweep",
}
_ROOMS = ("additive", "attribution", "interpretable", "metrics", "plots", "widgets", "zoo")

__all__ = [
    "SRAE",
    "VRX",
    "AdditiveExplainer",
    "Classifier",
    "FileError",
    "ImageError",
    "NotFittedError",
    "SemanticVectors",
    "__version__",
    "additive",
    "attribution",
    "exercise",
    "interpretable",
    "load_classifier",
    "load_images",
    "metrics",
    "page",
    "plots",
    "sweep",
    "widgets",
    "zoo",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    elif name in _ROOMS:
        value = import_module(f"xaikit.{name}")
    else:
        from xaikit.core.errors import did_you_mean

        raise AttributeError(f"module 'xaikit' has no attribute {name!r}.{did_you_mean(name, __all__)}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
