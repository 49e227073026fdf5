"""Concept candidates of a picture: its superpixels, their features, and which the network looks at.

VRX 3.1: a class's Grad-CAM map M is cut at a threshold τ into a mask M̄; only superpixels inside the mask
are candidates for the class's concepts. The same rule holds for discovery and for matching.

Notation: m classes of interest, s superpixels, (c, gh, gw) the layer's feature map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from xaikit.attribution.gradcam import cam_maps
from xaikit.vrx.segments import Superpixels, superpixels

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Candidates", "Proposer", "patch_layer"]


@dataclass(frozen=True)
class Candidates:
    """What one look at a picture gives: the network's answer and the superpixels it may be explained with.

    Attributes
    ----------
    view : uint8 (S, S, 3), the picture as the network sees it
    logits : float32 (m,), the network's logits of the classes of interest
    superpixels : the picture's superpixels
    features : float32 (s, c), the patch layer's mean feature under each superpixel, scaled to unit length so
        that a patch in the shade is like one in the sun: tells concepts apart
    evidence : float32 (s, d), the default layer's mean feature under each superpixel: what the network reads
    sensitivity : float32 (m, c), derivative of each logit when a channel rises everywhere in the layer
    inside : float64 (m, s), the share of each superpixel inside each class's Grad-CAM mask
    blank : bool (m,), True where a class's Grad-CAM map is zero everywhere
    top1 : index of the network's most probable class, of all its classes
    """

    view: np.ndarray
    logits: np.ndarray
    superpixels: Superpixels
    features: np.ndarray
    evidence: np.ndarray
    sensitivity: np.ndarray
    inside: np.ndarray
    blank: np.ndarray
    top1: int
    min_inside: float

    def of_class(self, i: int) -> np.ndarray:
        """Indices of the superpixels that may carry a concept of class of interest i."""
        return np.flatnonzero(self.superpixels.distinct & (self.inside[i] >= self.min_inside))


def patch_layer(classifier: Classifier) -> str:
    """The layer that describes patches best where none is named.

    Features of the last layer see so much of the picture around a patch that wheel and door look alike in
    them. The last stage with a finer grid still tells parts apart; a network of one resolution (a vision
    transformer) has no such stage and is described by its default layer.
    """
    default = classifier.default_layer.layer
    names = [layer.name for layer in classifier.layers()]
    earlier = classifier.layers()[: names.index(default.name)]
    finer = [one for one in earlier if one.grid and min(one.grid) > min(default.grid or (0,))]
    if not finer:
        return default.name
    depth = min(one.name.count(".") for one in finer)
    return [one.name for one in finer if one.name.count(".") == depth][-1]


@dataclass(frozen=True)
class Proposer:
    """Looks at pictures for given classes and proposes candidates.

    Parameters
    ----------
    classifier : the network to explain
    classes : names of the m classes of interest
    layer : name of the layer whose features describe a superpixel; None = :func:`patch_layer`'s choice.
        Grad-CAM looks at the classifier's default layer in any case
    resolutions : superpixels per picture, one number per resolution
    compactness : SLIC's weight of place against colour (ACE: 20)
    tau : τ, the share of its maximum at which a Grad-CAM map is cut, in 0..1; None = no Grad-CAM filter
    min_inside : share of its area a superpixel must have inside the mask, in 0..1
    """

    classifier: Classifier
    classes: Sequence[str]
    layer: str | None = None
    resolutions: tuple[int, ...] = (25, 60, 120)
    compactness: float = 20.0
    tau: float | None = 0.3
    min_inside: float = 0.7
    batch_size: int = 16
    targets: list[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "targets", [self.classifier.class_index(name) for name in self.classes])

    def __call__(self, views: Sequence[np.ndarray]) -> Iterator[Candidates]:
        """Candidates of each view, one after the other; memory is bounded by ``batch_size`` views.

        Pictures are cut into superpixels while the network looks at them.
        """
        with ThreadPoolExecutor(2) as pool:
            for first in range(0, len(views), self.batch_size):
                batch = [self.classifier.view(view) for view in views[first : first + self.batch_size]]
                cuts = [pool.submit(superpixels, view, self.resolutions, self.compactness) for view in batch]
                yield from self._describe(batch, (cut.result() for cut in cuts))

    def again(self, views: Sequence[np.ndarray], cuts: Sequence[Superpixels]) -> Iterator[Candidates]:
        """Candidates of edited views whose superpixels are known: those of the pictures before the edit."""
        for first in range(0, len(views), self.batch_size):
            part = slice(first, first + self.batch_size)
            yield from self._describe(views[part], cuts[part])

    def _describe(self, batch: Sequence[np.ndarray], cuts: Iterable[Superpixels]) -> Iterator[Candidates]:
        views = np.stack(batch)
        logits, features, gradients = self.classifier.features_and_gradients(views, self.targets)
        cams = cam_maps(features, gradients, batch[0].shape[:2])
        deep = features
        layer = self.layer or patch_layer(self.classifier)
        if layer != self.classifier.default_layer.name:
            _, features, gradients = self.classifier.features_and_gradients(views, self.targets, layer)
        for view, pixels, answer, feature, read, gradient, cam in zip(
            batch, cuts, logits, features, deep, gradients, cams, strict=True
        ):
            peaks = cam.max(axis=(1, 2))
            yield Candidates(
                view=view,
                logits=answer[self.targets],
                superpixels=pixels,
                features=_unit_rows(pixels.pool(feature)),
                evidence=pixels.pool(read),
                sensitivity=gradient.sum(axis=(2, 3)),
                inside=np.stack(
                    [self._inside(pixels, one, peak) for one, peak in zip(cam, peaks, strict=True)]
                ),
                blank=peaks <= 0,
                top1=int(answer.argmax()),
                min_inside=self.min_inside,
            )

    def _inside(self, pixels: Superpixels, cam: np.ndarray, peak: float) -> np.ndarray:
        if self.tau is None:
            return np.ones(pixels.n)
        if peak <= 0:
            return np.zeros(pixels.n)
        return pixels.mean(cam >= self.tau * peak)


def _unit_rows(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
