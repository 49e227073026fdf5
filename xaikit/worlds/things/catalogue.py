"""The list of all things: each is a function that draws one, and what is true of its class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xaikit.worlds.drawing.pen import Pen

Draw = Callable[[Pen], None]


@dataclass(frozen=True)
class Thing:
    """A class of things.

    Attributes
    ----------
    name : str
    kind : (top, sub-category)
    draw : fills the frame from -1 to 1 of a pen
    variety : 0..1, how much things of the class differ: one look, or many
    upright : it stands on the ground and is hardly ever turned
    relief : how round it looks
    texture, material, color : the true one, or None
    """

    name: str
    kind: tuple[str, str]
    draw: Draw
    variety: float
    upright: bool
    relief: float
    texture: str | None = None
    material: str | None = None
    color: str | None = None


THINGS: dict[str, Thing] = {}
"""All things by name, in the order in which they were listed."""


class SubCategory:
    """Lists the things of one sub-category: a decorator for the functions that draw them."""

    def __init__(self, top: str, name: str, relief: float, upright: bool = False) -> None:
        self.kind, self.relief, self.upright = (top, name), relief, upright

    def __call__(self, variety: float, **known: str) -> Callable[[Draw], Draw]:
        """List a thing under its function's name; `known` is its true texture, material and color."""

        def listed(draw: Draw) -> Draw:
            name = draw.__name__.replace("_", " ")
            THINGS[name] = Thing(name, self.kind, draw, variety, self.upright, self.relief, **known)
            return draw

        return listed
