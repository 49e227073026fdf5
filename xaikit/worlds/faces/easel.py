"""Paints outlines of a head that is turned a little: in the head's own frame, in one light.

The frame of a head has its eyes near y = 0, its chin near y = 1.3 and its sides at x = ±1; y points down.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaikit.worlds.drawing.canvas import OWNED, Canvas, Patch, Window
from xaikit.worlds.drawing.pen import Frame, Outline, flipped
from xaikit.worlds.drawing.raster import sun_direction
from xaikit.worlds.drawing.scene import Light
from xaikit.worlds.drawing.surfaces import Color, Random

PARTS = (
    "clothes",
    "neck",
    "hair",
    "ears",
    "forehead",
    "cheeks",
    "nose",
    "chin",
    "eyes",
    "eyebrows",
    "mouth",
    "beard",
    "sideburns",
    "eyeglasses",
    "earrings",
    "necklace",
    "necktie",
    "hat",
)
"""The parts that have a mask; owner k of a canvas is `PARTS[k]`."""
ROUND = 0.5  # how far the middle of a face lies before its rim, in half widths
SHORT = 0.2  # how much shorter a neck is than the frame of the body has it


@dataclass(frozen=True)
class Pose:
    """Where a head is: its middle, its half width in pixels, and how it is turned, in radians.

    `tilt` turns it in the picture's plane, `yaw` to the right, `nod` down.
    """

    place: tuple[float, float]
    reach: float
    tilt: float = 0.0
    yaw: float = 0.0
    nod: float = 0.0

    @property
    def frame(self) -> Frame:
        """The head's frame in the picture."""
        return Frame(self.place, self.reach, self.tilt)

    def turned(self, outline: Outline, depth: float = 0.0) -> Outline:
        """Points of a face as they are seen from the front; `depth` is how far they stand out of it."""
        x, y = outline[:, 0], outline[:, 1]
        near = ROUND * np.sqrt(np.maximum(1 - (x / 1.08) ** 2 - (y / 1.5) ** 2, 0)) + depth
        return np.stack([x * np.cos(self.yaw) + near * np.sin(self.yaw), y + near * np.sin(self.nod)], 1)

    def pixel(self, x: float, y: float, depth: float = 0.0) -> tuple[float, float]:
        """The pixel of the picture on which a place of the face is seen, (column, row)."""
        at = self.frame.pixels(self.turned(np.array([(x, y)]), depth))[0]
        return float(at[0]), float(at[1])


class Easel:
    """A canvas, and a head's pose and light on it.

    Attributes
    ----------
    face : float32 (side, side)
        What the head covers of each sub-pixel; nothing before it is painted.
    missing : float32 (side, side, 3)
        The share of each color that the light does not bring there.
    """

    def __init__(self, canvas: Canvas, pose: Pose, light: Light, seed: int) -> None:
        self.canvas, self.pose, self.light, self.seed = canvas, pose, light, seed
        self.frame = canvas.frame(pose.frame)
        x, y = pose.place
        self.body = canvas.frame(Frame((x, y - SHORT * pose.reach), pose.reach))
        self.face = np.zeros((canvas.side, canvas.side), np.float32)
        # what lies in the shade is a little warmer
        self.missing = (1 - self._shade())[..., None] * np.array((0.86, 1.0, 1.06), np.float32)

    def lots(self, what: str) -> Random:
        """Random numbers of one thing's own, so that no other thing changes with it."""
        return np.random.default_rng([self.seed, zlib.crc32(what.encode())])

    # ---- painting

    def fill(
        self,
        part: str,
        color: Color,
        outlines: Sequence[Outline],
        soft: float = 0.4,
        depth: float = 0.0,
        within: np.ndarray | None = None,
        lit: float = 1.0,
    ) -> Patch:
        """Fill outlines of the head with a color, and give them to a part."""
        patch = self.patch(outlines, soft, depth, within)
        self.lay(part, color, patch, lit)
        return patch

    def lay(self, part: str, color: Color | np.ndarray, patch: Patch, lit: float = 1.0) -> None:
        """Cover a patch with a color or colors (h, w, 3), `lit` by the light to that share."""
        self.canvas.lay(
            patch, np.asarray(color, np.float32) * self.light_at(patch.window, lit), PARTS.index(part)
        )

    def dress(
        self,
        part: str,
        color: Color,
        outlines: Sequence[Outline],
        soft: float = 0.4,
        lit: float = 0.5,
        within: np.ndarray | None = None,
    ) -> Patch:
        """As `fill`, of outlines of the body."""
        patch = self.below(outlines, soft)
        if within is not None:
            patch = Patch(patch.window, patch.alpha * within[patch.window])
        self.lay(part, color, patch, lit)
        return patch

    def tint(
        self,
        color: Color,
        share: float,
        outlines: Sequence[Outline],
        soft: float = 1.5,
        depth: float = 0.0,
        within: np.ndarray | None = None,
    ) -> None:
        """Mix a color into what is there, which stays what it is."""
        patch = self.patch(outlines, soft, depth, within)
        there = self.canvas.colors[patch.window]
        colors = np.asarray(color, np.float32) * self.light_at(patch.window, 1.0)
        there += share * patch.alpha[..., None] * (colors - there)

    def shadow(
        self,
        share: float,
        outlines: Sequence[Outline],
        soft: float = 1.5,
        depth: float = 0.0,
        within: np.ndarray | None = None,
    ) -> None:
        """Take light away, of blue most; give light where the share is negative."""
        patch = self.patch(outlines, soft, depth, within)
        loss = share * np.array((0.82, 1.0, 1.06), np.float32)
        self.canvas.colors[patch.window] *= 1 - patch.alpha[..., None] * loss

    def own(self, part: str, outlines: Sequence[Outline], depth: float = 0.0) -> None:
        """Give what is already painted of a face to a part."""
        patch = self.patch(outlines, 0.3, depth, self.face)
        self.canvas.owner[patch.window][patch.alpha > OWNED] = PARTS.index(part)

    # ---- what these need

    def patch(
        self,
        outlines: Sequence[Outline],
        soft: float = 0.4,
        depth: float = 0.0,
        within: np.ndarray | None = None,
    ) -> Patch:
        """What outlines of the head cover, `within` a sheet of the canvas alone."""
        patch = self.canvas.patch(self.frame, [self.pose.turned(one, depth) for one in outlines], soft)
        return patch if within is None else Patch(patch.window, patch.alpha * within[patch.window])

    def below(self, outlines: Sequence[Outline], soft: float = 0.4) -> Patch:
        """What outlines of the body cover, which is neither tilted nor turned."""
        return self.canvas.patch(self.body, outlines, soft)

    def sheet(self, patch: Patch) -> np.ndarray:
        """A patch on a sheet as large as the canvas."""
        whole = np.zeros((self.canvas.side, self.canvas.side), np.float32)
        whole[patch.window] = patch.alpha
        return whole

    def places(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Where the sub-pixels of a window are in the head's frame: x, y (h, w)."""
        rows, columns = (np.arange(part.start, part.stop) for part in window)
        return self.frame.within(columns, rows)

    def light_at(self, window: Window, lit: float) -> np.ndarray:
        """Factors (h, w, 3) for colors."""
        return 1 - np.float32(lit) * self.missing[window]

    def _shade(self) -> np.ndarray:
        """Light on a ball as large as the head, by Lambert: float32 (side, side), about 1 in the light."""
        x, y = self.places((slice(0, self.canvas.side), slice(0, self.canvas.side)))
        x, y = x / np.float32(1.25), y / np.float32(1.7)
        near = np.sqrt(np.maximum(1 - x * x - y * y, np.float32(0.04)))
        right, down, ahead = sun_direction(self.light).astype(np.float32)
        lambert = np.maximum(x * right + y * down + near * ahead, 0)
        shade = np.float32(self.light.ambient) + np.float32(1.1 * self.light.sun) * lambert
        return np.minimum(shade, np.float32(1.12))


def both(outline: Outline) -> list[Outline]:
    """An outline and its mirror image: of the right side of a face and of the left."""
    return [outline, flipped(outline)]
