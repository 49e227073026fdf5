"""The world of faces: what is seen in one place causes what is said of the whole face, by known weights.

`attributes` holds the forty attributes and the weights, `structure` which of them come together, `person` who
is drawn, `anatomy` how large everything is; `easel` paints in the frame of a turned head, `features`,
`hair`, `beard`, `worn` and `clothes` paint on it, `backdrops` what is behind it; `scenes` puts all together,
`dataset` hands out the pictures.
"""

from __future__ import annotations

from xaikit.worlds.faces.attributes import ATTRIBUTES, BIASES, GLOBALS, LOCALS, SEEN_IN, WEIGHTS
from xaikit.worlds.faces.dataset import faces
from xaikit.worlds.faces.easel import PARTS
from xaikit.worlds.faces.scenes import LANDMARKS, FaceScene, sample_scene
from xaikit.worlds.faces.structure import CHANCES, EXCLUDES

__all__ = [
    "ATTRIBUTES",
    "BIASES",
    "CHANCES",
    "EXCLUDES",
    "GLOBALS",
    "LANDMARKS",
    "LOCALS",
    "PARTS",
    "SEEN_IN",
    "WEIGHTS",
    "FaceScene",
    "faces",
    "sample_scene",
]
