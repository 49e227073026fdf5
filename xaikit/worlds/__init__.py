"""Toyworld: procedural pictures that know where each of their parts is.

A world is a folder that makes scenes; `drawing` says what a scene is and draws any of any world.
"""

from __future__ import annotations

from xaikit.worlds.drawing.render import Rendering, drawn_finely, render
from xaikit.worlds.drawing.scene import Part, Scene
from xaikit.worlds.named import WORLDS

__all__ = ["WORLDS", "Part", "Rendering", "Scene", "drawn_finely", "render"]
