"""Edits of a picture, concept by concept, and what network and GRN say before and after (VRX 4.2, 4.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from xaikit.core.images import cut, paste
from xaikit.core.result import Kept, Result
from xaikit.vrx.answer import explained
from xaikit.vrx.effects import without
from xaikit.vrx.explanation import StructuralExplanation, figure_of_edit
from xaikit.vrx.following import Placed, follow
from xaikit.vrx.graph import Node
from xaikit.vrx.naming import called
from xaikit.vrx.relations import moved

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaikit.vrx.fitted import Fitted
    from xaikit.widgets import FigureView

__all__ = ["SOFT", "Spot", "Substitution", "delete", "move", "painted", "spot_of", "spot_over", "substitute"]


SOFT = 1.5  # pixels over which a patch's edge fades
LANDS = 0.1  # share of a patch that must lie inside the picture


@dataclass(frozen=True)
class Spot:
    """A box in the picture: its centre (x, y) and size (w, h) in pixels."""

    center: tuple[float, float]
    size: tuple[int, int]

    def landing(self, patch: np.ndarray, picture: np.ndarray) -> Spot:
        """This spot, or the nearest inside the picture where next to nothing of the patch would lie in it.

        A region at the border is small; a wide patch in its place may reach out with all that is opaque, and
        one that is wider than the picture on both sides: it shrinks until the picture holds it.

        Parameters
        ----------
        patch : uint8 (h, w, 4), scaled to ``size`` there
        picture : (H, W, 3)
        """
        rows, columns = (
            slice(*np.clip(np.rint(n * ((np.array([0, side]) - c) / length + 0.5)), 0, n).astype(int))
            for c, length, n, side in zip(
                self.center[::-1], self.size[::-1], patch.shape, picture.shape, strict=False
            )
        )
        opaque = patch[..., -1] > 127
        if opaque[rows, columns].sum() >= LANDS * opaque.sum():
            return self
        (height, width), (w, h) = picture.shape[:2], self.size
        shrink = min(1.0, width / w, height / h)
        w, h = max(1, int(shrink * w)), max(1, int(shrink * h))
        x, y = self.center
        inside = np.clip(x, w / 2, width - w / 2), np.clip(y, h / 2, height - h / 2)
        return Spot((float(inside[0]), float(inside[1])), (w, h))

    def share_of(self, mask: np.ndarray) -> float:
        """The share of a mask (h, w) that lies in the box."""
        (x, y), (w, h) = self.center, self.size
        rows = slice(max(0, round(y - h / 2)), max(0, round(y + h / 2)))
        columns = slice(max(0, round(x - w / 2)), max(0, round(x + w / 2)))
        return float(mask[rows, columns].sum() / mask.sum())


@dataclass(frozen=True)
class Substitution(Result, Kept):
    """An edited picture with both networks' answers.

    Attributes
    ----------
    image : uint8 (H, W, 3), the edited picture
    before, after : the explanations of the picture and of the edited picture
    edit : what was done, in words
    cls, concept : the concept it was done to
    """

    KIND = "substitution"
    FORMS: ClassVar = {"image": "u H W c"}

    image: np.ndarray
    before: StructuralExplanation
    after: StructuralExplanation
    edit: str
    cls: str
    concept: int

    @property
    def changed(self) -> bool:
        """Whether the network changed its mind."""
        return self.before.prediction != self.after.prediction

    def plot(self) -> Figure:
        """Both pictures and both networks' probabilities as a matplotlib figure."""
        return figure_of_edit(self.before, self.after, self.edit)

    def widget(self) -> FigureView:
        """The figure of `plot`, with what was done and answered below."""
        from xaikit.widgets import FigureView

        return FigureView.of(self)

    @property
    def checks(self) -> dict[str, Any]:
        """Those of the explanations before and after."""
        return {"before": self.before.checks, "after": self.after.checks}

    def __repr__(self) -> str:
        old, new = self.before, self.after
        return (
            f"Substitution: {self.edit}. Network: {old.prediction} {old.probabilities[old.prediction]:.0%} → "
            f"{new.prediction} {new.probabilities[new.prediction]:.0%}."
        )


def substitute(fitted: Fitted, image: Any, cls: str, k: int, patch: np.ndarray, soft: float) -> Substitution:
    """Paste a patch over a concept; see :meth:`xaikit.VRX.substitute`."""
    _check_patch(patch, fitted.classifier.n_channels + 1)

    def edit(picture: np.ndarray, node: Node) -> _Edit:
        spot = spot_of(node, patch).landing(patch, picture)
        edited = paste(picture, patch, spot.center, spot.size, soft=soft)
        return edited, painted(picture, patch, spot)

    return _edited(fitted, image, cls, k, "another patch over {}", edit)


def move(
    fitted: Fitted, image: Any, cls: str, k: int, center: tuple[float, float], fill: Any
) -> Substitution:
    """Move a concept; see :meth:`xaikit.VRX.move`."""
    x, y = _place(center)

    def edit(picture: np.ndarray, node: Node) -> _Edit:
        mask = _found(node, cls)
        patch = cut(picture, mask)
        height, width = patch.shape[:2]
        there = painted(picture, patch, Spot((x, y), (width, height)))
        return moved(fitted.classifier, picture, mask, (x, y), fill), there

    return _edited(fitted, image, cls, k, f"{{}} moved to ({x:.0f}, {y:.0f})", edit)


def delete(fitted: Fitted, image: Any, cls: str, k: int, fill: Any) -> Substitution:
    """Erase a concept; see :meth:`xaikit.VRX.delete`."""

    def edit(picture: np.ndarray, node: Node) -> _Edit:
        return without(fitted.classifier, picture, _found(node, cls), fill), None

    return _edited(fitted, image, cls, k, "{} erased", edit)


_Edit = tuple[np.ndarray, np.ndarray | None]
"""The new picture, and where the concept is in it, bool (H, W); None where it is gone."""


def _edited(
    fitted: Fitted, image: Any, cls: str, k: int, words: str, edit: Callable[[np.ndarray, Node], _Edit]
) -> Substitution:
    """The edit done, and both networks asked again; effects are measured where they were before.

    ``words`` say what was done to {}.
    """
    fitted.concept(cls, k)
    before = explained(fitted, image)
    node = before.graphs[cls].nodes[k]
    picture, place = edit(before.image, node)
    placed = [] if place is None else [Placed(cls, k, place)]
    after = follow(fitted, before, picture, placed, node.mask, before.measure)
    done = words.format(f"{called(fitted.names, cls, k)} of {cls}")
    return Substitution(picture, before, after, done, cls, k)


def painted(picture: np.ndarray, patch: np.ndarray, spot: Spot) -> np.ndarray:
    """Where a patch lies once it is pasted, bool (h, w)."""
    white = np.dstack([np.full((*patch.shape[:2], 3), 255, np.uint8), patch[..., -1]])
    black = np.zeros((*picture.shape[:2], 3), np.uint8)
    return paste(black, white, spot.center, spot.size, soft=0)[..., 0] > 127


def spot_of(node: Node, patch: np.ndarray) -> Spot:
    """Where a patch goes that takes a concept's place: over it, or at its own size where it usually is."""
    return Spot(node.usual_center, patch.shape[1::-1]) if node.mask is None else spot_over(node.mask, patch)


def spot_over(mask: np.ndarray, patch: np.ndarray) -> Spot:
    """Where a patch goes that covers a region, bool (H, W).

    It keeps its shape: width and height grow or shrink alike, until it is as large as the region's box, but
    no further than by two.
    """
    h, w = patch.shape[:2]
    ys, xs = np.nonzero(mask)
    left, right, top, bottom = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    factor = float(np.clip(np.sqrt((right - left) * (bottom - top) / (w * h)), 0.5, 2))
    size = (max(1, round(factor * w)), max(1, round(factor * h)))
    return Spot((float(left + right) / 2, float(top + bottom) / 2), size)


def _found(node: Node, cls: str) -> np.ndarray:
    if node.mask is None:
        raise ValueError(
            f"Concept {node.index} of {cls} is not detected in this picture: nothing can be moved or erased. "
            "Its node's `detected` says so; substitute() can put a patch in its usual place."
        )
    return node.mask


def _place(center: Any) -> tuple[float, float]:
    """A place that the caller gave, checked."""
    try:
        x, y = map(float, center)
    except (TypeError, ValueError):
        x = y = np.nan
    if not np.isfinite([x, y]).all():
        raise ValueError(f"`center` must be (x, y) in pixels of the picture, both finite; got {center!r}.")
    return x, y


def _check_patch(patch: Any, depth: int) -> None:
    there = isinstance(patch, np.ndarray) and patch.ndim == 3 and patch.dtype == np.uint8
    if not there or patch.shape[2] != depth:
        got = f"{patch.dtype} {patch.shape}" if isinstance(patch, np.ndarray) else type(patch).__name__
        raise ValueError(
            f"`patch` must be uint8 of shape (h, w, {depth}), its alpha the patch's mask; got {got}. "
            "Take one from vrx.concepts[cls][k].patches, or cut one with xaikit.core.images.cut(image, mask)."
        )
