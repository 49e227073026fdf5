"""Toyworld: procedural pictures that know where each of their parts is.

A world is a file that makes scenes. `scene` says what a scene is, `render` draws any scene of any world.
"""

from __future__ import annotations

from xaikit.data.toyworld.render import Rendering, drawn_finely, render
from xaikit.data.toyworld.scene import Part, Scene
from xaikit.data.toyworld.worlds import WORLDS

__all__ = ["WORLDS", "Part", "Rendering", "Scene", "drawn_finely", "render"]
