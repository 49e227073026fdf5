"""Concept candidates of a picture: its segments, their features, and which the network looks at.

VRX 3.1: a class's Grad-CAM map M is cut at a threshold τ into a mask M̄; only segments inside the mask are
candidates for the class's concepts. Superpixels are matched by the same rule; where a dictionary is read, it
says where (:attr:`xaikit.vrx.dictionary.DictionarySettings.everywhere`).

How a picture is cut into segments decides what a concept can be. Superpixels (ACE) are scraps: a wheel and a
piece of street. The nodes of a merge tree can be whole parts where outlines are sharp, as in drawings;
in photographs, unions of small even leaves that are described alike come nearer to a part
(``benchmarks/concepts.py``).

Notation: m classes of interest, s segments, (c, gh, gw) a layer's feature map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

import numpy as np

from xaikit.attribution.gradcam import cam_maps
from xaikit.core.errors import did_you_mean
from xaikit.vrx.crops import crop_features
from xaikit.vrx.describing import LEAVES, NODES, described, merge_features, unit_rows
from xaikit.vrx.segments import Segments, felzenszwalb_leaves, merge_tree, slic_leaves, superpixels

if TYPE_CHECKING:
    from xaikit.core.batches import LayerBatch
    from xaikit.core.classifier import Classifier

__all__ = ["PATCHES", "SEGMENTATIONS", "Candidates", "Proposer", "patch_layers"]

PATCHES = ("pool", "crop")
SEGMENTATIONS = ("tree", "union", "superpixels")


@dataclass(frozen=True)
class Candidates:
    """What one look at a picture gives: the network's answer and the segments it may be explained with.

    Attributes
    ----------
    view : uint8 (H, W, 3), the picture as the network sees it
    logits : float32 (m,), the network's logits of the classes of interest
    segments : the picture's segments
    features : float32 (s, c), what tells concepts apart: the patch layer's mean feature of each segment,
        scaled to unit length so that a patch in the shade is like one in the sun; and, but for superpixels,
        those of other layers, color and shape (:mod:`xaikit.vrx.describing`). NaN where it was not asked for
    evidence : float32 (s, d), the default layer's mean feature of each segment: what the network reads
    whole : float32 (d,), that of the whole picture
    sensitivity : float32 (m, c'), derivative of each logit when a channel of the patch layer rises
        everywhere; no rows where concepts are matched and not discovered. Channel j is column j of
        ``features``
    inside : float64 (m, s), the share of each segment inside each class's Grad-CAM mask
    blank : bool (m,), True where a class's Grad-CAM map is zero everywhere
    top1, top1_probability : index of the network's most probable class, of all its classes, and how probable
    usable : bool (s,), False for a superpixel too like another one
    """

    view: np.ndarray
    logits: np.ndarray
    segments: Segments
    features: np.ndarray
    evidence: np.ndarray
    whole: np.ndarray
    sensitivity: np.ndarray
    inside: np.ndarray
    blank: np.ndarray
    top1: int
    top1_probability: float
    min_inside: float
    usable: np.ndarray

    @property
    def distinct(self) -> np.ndarray:
        """Indices of the usable segments."""
        return np.flatnonzero(self.usable)

    def of_class(self, i: int) -> np.ndarray:
        """Indices of the segments that may carry a concept of class of interest i."""
        return np.flatnonzero(self.usable & (self.inside[i] >= self.min_inside))


def patch_layers(classifier: Classifier) -> list[str]:
    """The layers that describe patches best where none is named, the best first.

    Features of the last layer see so much of the picture around a patch that wheel and door look alike in
    them. The last stage with a finer grid still tells parts apart, and comes first; then the stage before it,
    and the default layer. A network of one resolution (a vision transformer) has its default layer alone.
    """
    default = classifier.default_layer.layer
    names = [layer.name for layer in classifier.layers()]
    earlier = classifier.layers()[: names.index(default.name)]
    finer = [one for one in earlier if one.grid and min(one.grid) > min(default.grid or (0,))]
    if not finer:
        return [default.name]
    # Where the places are a grid, tokens may be anything: the states of EfficientViM are 25, no 5×5 places.
    finer = [one for one in finer if (one.kind == "tokens") == (default.kind == "tokens")] or finer
    side = min(min(one.grid or ()) for one in finer)
    stage = [one for one in finer if min(one.grid or ()) == side]
    depth = min(one.name.count(".") for one in stage)
    patch = [one.name for one in stage if one.name.count(".") == depth][-1]
    before = [one.name for one in finer if one.name.count(".") == depth and one.name != patch]
    blocks = [name for name in before if _is_block(classifier, name)]
    return [patch, *(blocks or before)[-1:], default.name]


def _is_block(classifier: Classifier, name: str) -> bool:
    """Whether a module is made of others: a stage, not a single convolution."""
    return any(True for _ in classifier.model.get_submodule(name).children())


@dataclass(frozen=True)
class Proposer:
    """Looks at pictures for given classes and proposes candidates.

    Parameters
    ----------
    classifier : the network to explain
    classes : names of the m classes of interest
    layer : name of the layer whose features describe a segment; None = :func:`patch_layers`' first choice.
        Grad-CAM looks at the classifier's default layer in any case
    segmentation : "tree" (nodes of a merge tree over leaves that follow color), "union" (even leaves; a
        region is all the leaves that are described alike) or "superpixels" (of several sizes, as in ACE)
    patches : how the network is asked about superpixels. "pool": all at once, in one pass over the picture,
        each by the mean of the feature map under it. "crop": as in ACE, each cut out, stretched to the
        network's input and sent through on its own, about a hundred passes a picture. "pool" is the default
        because it is both: many times quicker, and purer where the truth is known (benchmarks/discovery.py).
        A stretched crop looks like nothing the network was trained on, and size tells parts apart
    resolutions : superpixels per picture, one number per resolution
    compactness : SLIC's weight of place against color (ACE: 20)
    tau : τ, the share of its maximum at which a Grad-CAM map is cut, in 0..1; None = no Grad-CAM filter
    min_inside : share of its area a segment must have inside the mask, in 0..1
    areas : smallest and largest share of the picture that a node of the tree may cover
    """

    classifier: Classifier
    classes: Sequence[str]
    layer: str | None = None
    segmentation: str = "tree"
    patches: str = "pool"
    resolutions: tuple[int, ...] = (25, 60, 120)
    compactness: float = 20.0
    tau: float | None = 0.3
    min_inside: float = 0.5
    areas: tuple[float, float] = (0.002, 0.08)
    batch_size: int = 16
    targets: list[int] = field(init=False)
    layers: list[str] = field(init=False)

    def __post_init__(self) -> None:
        for name, known in (("patches", PATCHES), ("segmentation", SEGMENTATIONS)):
            got = getattr(self, name)
            if got not in known:
                raise ValueError(f"`{name}` must be one of {known}; got {got!r}.{did_you_mean(got, known)}")
        if self.patches == "crop" and self.segmentation != "superpixels":
            raise ValueError(
                '`patches="crop"` sends every segment through the network on its own, and a '
                f'{self.segmentation} has too many. Ask for segmentation="superpixels" as well.'
            )
        object.__setattr__(self, "targets", [self.classifier.class_index(name) for name in self.classes])
        chosen = patch_layers(self.classifier)
        chosen = chosen if self.layer in (None, chosen[0]) else [self.layer, *chosen[1:]]
        object.__setattr__(self, "layers", list(dict.fromkeys(chosen)))
        for name in (self.classifier.default_layer.name, self.layers[0]):
            if self.classifier.layer(name).grid is None:
                raise ValueError(
                    f"VRX needs layers with places, to tell parts of the picture apart; {name!r} puts out a "
                    "vector. classifier.layers() lists the layers and their shapes; a network without any "
                    "grid of places cannot be explained by patches."
                )

    @property
    def evidence_layer(self) -> str:
        """The layer whose features the nodes of the graphs carry."""
        return self.classifier.default_layer.name

    def __call__(self, views: Sequence[np.ndarray], discovering: bool = False) -> Iterator[Candidates]:
        """Candidates of each view, one after the other; memory is bounded by ``batch_size`` views.

        Pictures are cut into leaves while the network looks at them, one batch ahead.

        Parameters
        ----------
        views : what the classifier's `view` gave; other pictures, uint8, are brought to it
        discovering : whether concepts are to be discovered: then every distinct segment is described, be it a
            candidate or not, and the sensitivity is measured
        """
        with ThreadPoolExecutor(2) as pool:

            def cutting(first: int) -> tuple[list[np.ndarray], Iterator[Segments]]:
                batch: list[np.ndarray] = [
                    self.classifier.view(view) for view in views[first : first + self.batch_size]
                ]
                cuts = [pool.submit(self._cutter, view) for view in batch]
                return batch, (cut.result() for cut in cuts)

            started = map(cutting, range(0, len(views), self.batch_size))
            # of each pair the second is being cut while the network looks at the first
            for (batch, cuts), _ in pairwise(chain(started, [([], iter(()))])):
                yield from self._look(batch, cuts, discovering)

    def again(
        self, views: Sequence[np.ndarray], regions: Sequence[Segments]
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """What the network says of edited views, and what it sees in given regions of each; no gradients.

        Parameters
        ----------
        regions : for each view, the r regions that are looked at

        Yields
        ------
        logits of all classes, float32 (n_classes,); evidence float32 (r, d); that of the whole picture (d,)
        """
        deep = self.evidence_layer
        wanted = iter(regions)
        for first in range(0, len(views), self.batch_size):
            part = np.stack(views[first : first + self.batch_size])
            for batch in self.classifier.layer_batches(part, [deep], self.targets, as_view=True):
                own = list(islice(wanted, len(batch.views)))
                if self.patches == "crop":
                    every = [np.arange(one.n) for one in own]
                    (evidence,) = crop_features(self.classifier, list(batch.views), own, every, [deep])
                else:
                    evidence = [one.pool(f) for one, f in zip(own, batch.features[deep], strict=True)]
                whole = batch.features[deep].mean(axis=(2, 3))
                yield from zip(batch.logits, evidence, whole, strict=True)

    @property
    def _cutter(self) -> Callable[[np.ndarray], Segments]:
        if self.segmentation == "superpixels":
            return partial(superpixels, resolutions=self.resolutions, compactness=self.compactness)
        return {"tree": felzenszwalb_leaves, "union": slic_leaves}[self.segmentation]

    def _look(
        self,
        views: Sequence[np.ndarray],
        cuts: Iterable[Segments],
        discovering: bool,
    ) -> Iterator[Candidates]:
        if not len(views):
            return
        originals, cuts = iter(views), iter(cuts)  # kept pictures are the caller's own, not copies of batches
        patch, deep = self.layers[0], self.evidence_layer
        ends = [deep, patch] if discovering else [deep]
        layers = list(dict.fromkeys([deep, *self.layers]))
        for batch in self.classifier.layer_batches(np.stack(views), layers, self.targets, ends, as_view=True):
            found = list(islice(cuts, len(batch.views)))
            if self.segmentation == "tree":
                found = [self._merged(batch, row, leaves) for row, leaves in enumerate(found)]
            size = found[0].leaves.shape
            cams = cam_maps(batch.features[deep], batch.gradients[deep], size)
            inside = [self._inside(*one) for one in zip(found, cams, strict=True)]
            features, evidence = self._described(batch, found, inside, discovering)
            chances = self.classifier.chances(batch.logits)
            for row, view in enumerate(islice(originals, len(found))):
                none = np.empty((0, features[row].shape[1]), np.float32)
                slopes = batch.gradients[patch][row].sum(axis=(2, 3)) if discovering else none
                yield Candidates(
                    view=view,
                    logits=batch.logits[row, self.targets],
                    segments=found[row],
                    features=features[row],
                    evidence=evidence[row],
                    whole=batch.features[deep][row].mean(axis=(1, 2)),
                    sensitivity=slopes,
                    inside=inside[row],
                    blank=~cams[row].any(axis=(1, 2)),
                    top1=int(batch.logits[row].argmax()),
                    top1_probability=float(chances[row].max()),
                    min_inside=self.min_inside,
                    usable=self._usable(found[row]),
                )

    def _merged(self, batch: LayerBatch, row: int, leaves: Segments) -> Segments:
        """The nodes of the tree that are large enough, and small enough, to be a concept."""
        features = merge_features(leaves, batch.features[self.layers[0]][row], batch.views[row])
        tree = merge_tree(leaves, features)
        smallest, largest = self.areas
        return tree.only((tree.shares >= smallest) & (tree.shares <= largest))

    def _usable(self, segments: Segments) -> np.ndarray:
        return segments.distinct if self.segmentation == "superpixels" else np.ones(segments.n, bool)

    def _described(
        self, batch: LayerBatch, found: Sequence[Segments], inside: Sequence[np.ndarray], every: bool
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Of each picture, the features (s, c) that tell its segments apart, and their evidence (s, d)."""
        patch, deep = self.layers[0], self.evidence_layer
        if self.patches == "crop":
            asked = [
                np.flatnonzero(one.distinct & (every | (share >= self.min_inside).any(axis=0)))
                for one, share in zip(found, inside, strict=True)
            ]
            features, evidence = crop_features(
                self.classifier, list(batch.views), found, asked, [patch, deep]
            )
            return [unit_rows(one) for one in features], evidence
        evidence = [one.pool(f) for one, f in zip(found, batch.features[deep], strict=True)]
        if self.segmentation == "superpixels":
            pooled = (one.pool(f) for one, f in zip(found, batch.features[patch], strict=True))
            return [unit_rows(one) for one in pooled], evidence
        weights = NODES if self.segmentation == "tree" else LEAVES
        return [
            described(one, [batch.features[name][row] for name in self.layers], view, weights)
            for row, (one, view) in enumerate(zip(found, batch.views, strict=True))
        ], evidence

    def _inside(self, segments: Segments, cams: np.ndarray) -> np.ndarray:
        """The share of each segment (m, s) inside each class's mask; cams (m, h, w)."""
        if self.tau is None:
            return np.ones((len(cams), segments.n))
        peaks = cams.max(axis=(1, 2), keepdims=True)
        return segments.means((cams >= self.tau * peaks) & (peaks > 0))
