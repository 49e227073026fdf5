"""One backward pass, from the logits to the picture or to a layer: plain, guided, with suppression.

R^l = R^{l+1} 1[X^l > 0]                     at a ReLU: the plain gradient
R^l = R^{l+1} 1[R^{l+1} > 0 and X^l > 0]     at a ReLU: guided backprop (Springenberg 2015)
R^l = m R^l                                  at the layers that `keep` names (the mask 1[V > 0.5] of SeVec 5)

The guided rule is put on the graph that autograd recorded, not on modules. So it holds however the model
calls its ReLUs (as modules, as functions, in place, one module many times), and it is gone with the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.autograd.graph import Node

from xaikit.core.errors import warn
from xaikit.core.layers import Layer
from xaikit.core.passes import INPUT
from xaikit.core.running import to_numpy
from xaikit.core.targets import Targets

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["InputGradients", "Keep", "Target", "as_rows", "input_gradients", "is_relu", "to_numpy"]

Target = str | int | Sequence[str | int] | None
Keep = Mapping[str, ArrayLike | Tensor]

# Where autograd keeps the lower bound of each operation that is a ReLU if that bound is 0.
LOWER_BOUND = {
    "HardtanhBackward0": "_saved_min_val",  # nn.ReLU6 is one
    "ClampBackward1": "_saved_min",
    "ClampMinBackward0": "_saved_min",
    "ThresholdBackward0": "_saved_threshold",
}


class InputGradients(NamedTuple):
    """Some pictures, what was asked of them, and what came back; see `input_gradients`.

    `views` uint8 (b, H, W, 3), `targets` int64 (b,), `logits` float32 (b, n_classes), `inputs` and
    `gradients` float32 (b, 3, H, W), or (b, c, h, w) of a layer. Of a picture of an ImageSet that cannot be
    read, logits, inputs and gradients are NaN.
    """

    views: NDArray[np.uint8]
    targets: NDArray[np.int64]
    logits: NDArray[np.float32]
    inputs: NDArray[np.float32]
    gradients: NDArray[np.float32]


def input_gradients(
    classifier: Classifier,
    images: Any,
    target: Target = None,
    *,
    layer: str | None = None,
    guided: bool = False,
    keep: Keep | None = None,
) -> Iterator[InputGradients]:
    """Yield, batch by batch, the gradient of one logit per picture with respect to the normalised picture.

    Parameters
    ----------
    classifier : the network that is asked
    images : pictures in any form that the classifier takes
    target : a class for all, one class per picture, or None for the predicted class
    layer : the gradient with respect to this layer's output instead; vectors do as well
    guided : at every ReLU the positive part of the signal alone goes on
    keep
        {layer: mask}, bool or real: what comes back to that layer's output is multiplied by the mask. The
        forms are (c, h, w), (c,) for the same at all places, or one of these per picture, (n, c, h, w) or
        (n, c); of a vector layer (c,) or (n, c). Tokens that stand for no place are let through. Of a module
        that runs several times the last run counts, as in `Classifier.features`

    Yields
    ------
    InputGradients
        As many pictures as the classifier's memory budget allows

    Raises
    ------
    ValueError
        Unknown class or layer, not one target per picture, a mask of another shape or not finite, a layer
        through which no gradient comes, or a ReLU that works in place on a view of a tensor.

    Warns
    -----
    UserWarning
        Guided, and the network has no ReLU.

    Notes
    -----
    One forward and one backward pass per batch, whatever is asked.
    """
    end = INPUT if layer is None else layer
    masks = [_mask(classifier.layer(name), mask) for name, mask in (keep or {}).items()]
    asked = Targets(classifier.class_index, as_rows(classifier.class_index, target))
    first = 0
    for some in classifier.batches(images, graph=True):
        last = first + len(some.views)
        kept = {mask.layer.name: mask.of_pictures(first, last, classifier.device) for mask in masks}
        back = _backwards(
            classifier, classifier.inputs(some.views), partial(asked.rows, first=first), end, guided, kept
        )
        yield InputGradients(some.views, back[0], *(some.blanked(to_numpy(one)) for one in back[1:]))
        first = last
    asked.check_all_used(first)
    for mask in masks:
        mask.check_all_used(first)


def as_rows(index: Callable[[str | int], int], target: Target) -> Any:
    """Bring a target to the form that `Targets` takes: one class for all, or a column, one per picture.

    `index` turns a name or a number into a checked number.
    """
    if target is None or isinstance(target, str | int) or np.ndim(target) == 0:
        return None if target is None else [target]
    return np.array([[index(one)] for one in target], np.int64).reshape(-1, 1)


def _backwards(
    classifier: Classifier,
    inputs: Tensor,
    rows: Callable[[Tensor], NDArray[np.int64]],
    end: str,
    guided: bool,
    kept: Mapping[str, Tensor],
) -> tuple[NDArray[np.int64], Tensor, Tensor, Tensor]:
    """Targets (b,), logits, and the output of the end with its gradient, on the device."""
    suppressors = {name: _Suppressor(mask) for name, mask in kept.items()}
    done = classifier.forward(inputs, edit=suppressors, grad=[end])
    targets = rows(done.logits)
    gradients = done.gradients(done.chosen(targets), guiding if guided else None)
    for name, suppressor in suppressors.items():
        if not suppressor.reached:
            raise ValueError(
                f"no gradient passes layer {name!r}, so `keep` has nothing to suppress there: the "
                "model detaches what follows, or it leads elsewhere. Name another layer."
            )
    return targets[:, 0], done.logits.detach(), done.features[end], gradients[end][:, 0]


class _Suppressor:
    """An edit of a layer's output that changes nothing but what comes back: it is multiplied by a mask."""

    reached = False
    hook: Any = None

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def __call__(self, output: Tensor) -> Tensor:
        if self.hook:
            self.hook.remove()  # that of an earlier run of the same module
        if output.requires_grad:
            self.hook = output.register_hook(self._suppress)
        return output

    def _suppress(self, signal: Tensor) -> Tensor:
        self.reached = True
        return signal * self.mask


# ---- the guided rule ----


@contextmanager
def guiding(scores: Tensor) -> Iterator[None]:
    """Let only the positive part of the signal into every ReLU of the graph that led to the scores."""
    relus = list(_relus(scores))
    if not relus:
        warn(
            "the network has no ReLU, so guided backprop is its plain gradient. Say so beside the map.",
        )
    handles = [node.register_prehook(_positive_part) for node in relus]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _relus(scores: Tensor) -> Iterator[Node]:
    for node in _nodes(scores):
        # What was done in place on a view is hidden inside; versions of torch before 2.15 do not show it.
        inside = getattr(node, "_wrapped_node", None)
        if node.name().endswith("CopySlices") and (inside is None or is_relu(inside)):
            raise ValueError(
                "the model works in place on a view of a tensor, where guided backprop cannot reach a ReLU. "
                "Build it with inplace=False there."
            )
        if is_relu(node):
            yield node


def _nodes(scores: Tensor) -> Iterator[Node]:
    seen: set[Node] = set()
    ahead: list[Node | None] = [scores.grad_fn]
    while ahead:
        node = ahead.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        yield node
        ahead += [before for before, _ in node.next_functions]


def is_relu(node: Node) -> bool:
    """Whether a node of autograd's graph is that of a ReLU, or of what is one by its bounds."""
    name = node.name()
    return name == "ReluBackward0" or (name in LOWER_BOUND and getattr(node, LOWER_BOUND[name]) == 0)


def _positive_part(signals: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(signal if signal is None else signal.clamp(min=0) for signal in signals)


# ---- masks ----


@dataclass(frozen=True)
class _Mask:
    """What is kept at a layer: float32, laid out so that it broadcasts over (b, c, h, w), or (b, c)."""

    layer: Layer
    values: Tensor
    per_picture: bool

    def of_pictures(self, first: int, last: int, device: torch.device) -> Tensor:
        if self.per_picture and last > len(self.values):
            raise ValueError(
                f"`keep[{self.layer.name!r}]` has {len(self.values)} masks, one per picture; there are more."
            )
        return (self.values[first:last] if self.per_picture else self.values).to(device)

    def check_all_used(self, n: int) -> None:
        if self.per_picture and n < len(self.values):
            raise ValueError(
                f"`keep[{self.layer.name!r}]` has {len(self.values)} masks, one per picture; the pictures "
                f"are {n}."
            )


def _mask(layer: Layer, given: ArrayLike | Tensor) -> _Mask:
    values = given.detach().cpu() if isinstance(given, Tensor) else torch.from_numpy(np.array(given))
    shape, grid = tuple(values.shape), layer.grid or ()
    c, n_dims = layer.n_channels, values.ndim
    per_picture = n_dims in (2, 4)
    whole = (c, *grid) if n_dims > 2 else (c,)
    if n_dims not in ((1, 2, 3, 4) if grid else (1, 2)) or shape[per_picture:] != whole:
        forms = f"({c},)" + (f" or {(c, *grid)}" if grid else "")
        raise ValueError(
            f"`keep[{layer.name!r}]` must be a mask of shape {forms}, or one such mask per picture; "
            f"got {shape}."
        )
    if not values.isfinite().all():
        raise ValueError(f"`keep[{layer.name!r}]` must be finite; got NaN or infinity.")
    values = values.float()
    return _Mask(layer, values[..., None, None] if grid and n_dims < 3 else values, per_picture)
