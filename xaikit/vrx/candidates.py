"""Concept candidates of a picture: its superpixels, their features, and which the network looks at.

VRX 3.1: a class's Grad-CAM map M is cut at a threshold τ into a mask M̄; only superpixels inside the mask
are candidates for the class's concepts. The same rule holds for discovery and for matching.

Notation: m classes of interest, s superpixels, (c, gh, gw) the layer's feature map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

import numpy as np

from xaikit.attribution.gradcam import cam_maps
from xaikit.vrx.crops import crop_features
from xaikit.vrx.segments import Superpixels, superpixels

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier, LayerBatch

__all__ = ["PATCHES", "Candidates", "Proposer", "patch_layer"]

PATCHES = ("pool", "crop")


@dataclass(frozen=True)
class Candidates:
    """What one look at a picture gives: the network's answer and the superpixels it may be explained with.

    Attributes
    ----------
    view : uint8 (S, S, 3), the picture as the network sees it
    logits : float32 (m,), the network's logits of the classes of interest
    superpixels : the picture's superpixels
    features : float32 (s, c), the patch layer's mean feature of each superpixel, scaled to unit length so
        that a patch in the shade is like one in the sun: tells concepts apart. NaN where it was not asked for
    evidence : float32 (s, d), the default layer's mean feature of each superpixel: what the network reads
    sensitivity : float32 (m, c), derivative of each logit when a channel rises everywhere in the layer; no
        rows, (0, c), where concepts are matched and not discovered
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
    side = min(min(one.grid or ()) for one in finer)
    stage = [one for one in finer if min(one.grid or ()) == side]
    depth = min(one.name.count(".") for one in stage)
    return [one.name for one in stage if one.name.count(".") == depth][-1]


@dataclass(frozen=True)
class Proposer:
    """Looks at pictures for given classes and proposes candidates.

    Parameters
    ----------
    classifier : the network to explain
    classes : names of the m classes of interest
    layer : name of the layer whose features describe a superpixel; None = :func:`patch_layer`'s choice.
        Grad-CAM looks at the classifier's default layer in any case
    patches : how the network is asked about superpixels. "pool": all at once, in one pass over the picture,
        each by the mean of the feature map under it. "crop": as in ACE, each cut out, stretched to the
        network's input and sent through on its own, about a hundred passes a picture. "pool" is the default
        because it is both: many times quicker, and purer where the truth is known (benchmarks/discovery.py).
        A stretched crop looks like nothing the network was trained on, and size tells parts apart
    resolutions : superpixels per picture, one number per resolution
    compactness : SLIC's weight of place against colour (ACE: 20)
    tau : τ, the share of its maximum at which a Grad-CAM map is cut, in 0..1; None = no Grad-CAM filter
    min_inside : share of its area a superpixel must have inside the mask, in 0..1
    """

    classifier: Classifier
    classes: Sequence[str]
    layer: str | None = None
    patches: str = "pool"
    resolutions: tuple[int, ...] = (25, 60, 120)
    compactness: float = 20.0
    tau: float | None = 0.3
    min_inside: float = 0.7
    batch_size: int = 16
    targets: list[int] = field(init=False)

    def __post_init__(self) -> None:
        if self.patches not in PATCHES:
            raise ValueError(f"`patches` must be one of {PATCHES}; got {self.patches!r}.")
        object.__setattr__(self, "targets", [self.classifier.class_index(name) for name in self.classes])
        for name in (self.classifier.default_layer.name, self._patch_layer()):
            if self.classifier.layer(name).grid is None:
                raise ValueError(
                    f"VRX needs layers with places, to tell parts of the picture apart; {name!r} puts out a "
                    "vector. classifier.layers() lists the layers and their shapes; a network without any "
                    "grid of places cannot be explained by patches."
                )

    def __call__(self, views: Sequence[np.ndarray], discovering: bool = False) -> Iterator[Candidates]:
        """Candidates of each view, one after the other; memory is bounded by ``batch_size`` views.

        Pictures are cut into superpixels while the network looks at them, one batch ahead.

        Parameters
        ----------
        views : pictures, uint8
        discovering : whether concepts are to be discovered: then every distinct superpixel is described, be
            it a candidate or not, and the sensitivity is measured
        """
        with ThreadPoolExecutor(2) as pool:

            def cutting(first: int) -> tuple[list[np.ndarray], Iterator[Superpixels]]:
                batch = [self.classifier.view(view) for view in views[first : first + self.batch_size]]
                cuts = [pool.submit(superpixels, view, self.resolutions, self.compactness) for view in batch]
                return batch, (cut.result() for cut in cuts)

            started = map(cutting, range(0, len(views), self.batch_size))
            # of each pair the second is being cut while the network looks at the first
            for (batch, cuts), _ in pairwise(chain(started, [([], iter(()))])):
                yield from self._describe(batch, cuts, discovering, discovering)

    def again(
        self, views: Sequence[np.ndarray], cuts: Sequence[Superpixels], every: bool = False
    ) -> Iterator[Candidates]:
        """Candidates of edited views whose superpixels are known: those of the pictures before the edit.

        Parameters
        ----------
        every : whether every distinct superpixel is described, be it a candidate or not
        """
        for first in range(0, len(views), self.batch_size):
            part = slice(first, first + self.batch_size)
            yield from self._describe(views[part], cuts[part], False, every)

    def _describe(
        self, views: Sequence[np.ndarray], cuts: Iterable[Superpixels], discovering: bool, every: bool
    ) -> Iterator[Candidates]:
        if not len(views):
            return
        originals, cuts = iter(views), iter(cuts)  # kept pictures are the caller's own, not copies of batches
        default, layer = self.classifier.default_layer.name, self._patch_layer()
        ends = [default, layer] if discovering else [default]
        for batch in self.classifier.layer_batches(np.stack(views), [default, layer], self.targets, ends):
            pixels = list(islice(cuts, len(batch.views)))
            cams = cam_maps(batch.features[default], batch.gradients[default], pixels[0].labels.shape[1:])
            inside = [self._inside(*one) for one in zip(pixels, cams, strict=True)]
            features, evidence = self._described(batch, pixels, inside, [layer, default], every)
            for row, view in enumerate(islice(originals, len(pixels))):
                yield Candidates(
                    view=view,
                    logits=batch.logits[row, self.targets],
                    superpixels=pixels[row],
                    features=_unit_rows(features[row]),
                    evidence=evidence[row],
                    sensitivity=batch.gradients[layer][row].sum(axis=(2, 3))
                    if discovering
                    else np.empty((0, features[row].shape[1]), np.float32),
                    inside=inside[row],
                    blank=~cams[row].any(axis=(1, 2)),
                    top1=int(batch.logits[row].argmax()),
                    min_inside=self.min_inside,
                )

    def _described(
        self,
        batch: LayerBatch,
        pixels: Sequence[Superpixels],
        inside: Sequence[np.ndarray],
        layers: Sequence[str],
        every: bool,
    ) -> list[list[np.ndarray]]:
        """For each layer and each picture, the mean feature (s, c) of its superpixels."""
        if self.patches == "pool":
            return [[one.pool(f) for one, f in zip(pixels, batch.features[k], strict=True)] for k in layers]
        asked = [
            np.flatnonzero(one.distinct & (every | (share >= self.min_inside).any(axis=0)))
            for one, share in zip(pixels, inside, strict=True)
        ]
        return crop_features(self.classifier, list(batch.views), pixels, asked, layers)

    def _patch_layer(self) -> str:
        return self.layer or patch_layer(self.classifier)

    def _inside(self, pixels: Superpixels, cams: np.ndarray) -> np.ndarray:
        """The share of each superpixel (m, s) inside each class's mask; cams (m, h, w)."""
        if self.tau is None:
            return np.ones((len(cams), pixels.n))
        peaks = cams.max(axis=(1, 2), keepdims=True)
        return pixels.means((cams >= self.tau * peaks) & (peaks > 0))


def _unit_rows(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
