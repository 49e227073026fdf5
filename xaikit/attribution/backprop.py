"""One backward pass, from the logits to the picture or to a layer: plain, guided, with suppression.

R^l = R^{l+1} 1[X^l > 0]                     at a ReLU: the plain gradient
R^l = R^{l+1} 1[R^{l+1} > 0 and X^l > 0]     at a ReLU: guided backprop (Springenberg 2015)
R^l = m R^l                                  at the layers that `keep` names (the mask 1[V > 0.5] of SeVec 5)

The guided rule is put on the graph that autograd recorded, not on modules. So it holds however the model
calls its ReLUs (as modules, as functions, in place, one module many times), and it is gone with the graph.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.autograd.graph import Node

from xaikit.core.layers import Layer, cutting, find_module, from_grid, to_grid
from xaikit.core.running import undisturbed
from xaikit.core.targets import Targets

if TYPE_CHECKING:
    from xaikit.core.batches import Views
    from xaikit.core.classifier import Classifier

__all__ = ["InputGradients", "Keep", "Target", "input_gradients"]

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
    found = None if layer is None else classifier.layer(layer)
    masks = [_mask(classifier.layer(name), mask) for name, mask in (keep or {}).items()]
    asked = Targets(classifier.class_index, as_rows(classifier, target))
    first = 0
    for some in batches(classifier, images):
        last = first + len(some.views)
        back = backward(
            classifier,
            classifier.normalised(some.views),
            partial(_first_target, asked, first),
            layer=found,
            guided=guided,
            keep=[(mask.layer, mask.of_pictures(first, last, classifier.device)) for mask in masks],
        )
        told = (some.blanked(_to_numpy(tensor)) for tensor in back[1:])
        yield InputGradients(some.views, back.targets, *told)
        first = last
    asked.check_all_used(first)
    for mask in masks:
        mask.check_all_used(first)


# ---- one pass ----


class Backward(NamedTuple):
    """`targets` int64 (b,), and on the device: `logits`, `start` (the input or the layer), its gradient."""

    targets: NDArray[np.int64]
    logits: Tensor
    start: Tensor
    gradient: Tensor


def batches(classifier: Classifier, images: Any) -> Iterator[Views]:
    """Yield the pictures' views in batches whose graph is within the classifier's memory budget."""
    return classifier.view_batches(images, classifier.graph_batch_size)


def _first_target(asked: Targets, first: int, logits: Tensor) -> NDArray[np.int64]:
    return asked.rows(logits, first)[:, 0]


def as_rows(classifier: Classifier, target: Target) -> Any:
    """Bring a target to the form that `Targets` takes: one class for all, or a column, one per picture."""
    if target is None or isinstance(target, str | int) or np.ndim(target) == 0:
        return None if target is None else [target]
    return np.array([[classifier.class_index(one)] for one in target], np.int64).reshape(-1, 1)


def backward(
    classifier: Classifier,
    inputs: Tensor,
    targets: NDArray[np.int64] | Callable[[Tensor], NDArray[np.int64]],
    *,
    layer: Layer | None = None,
    guided: bool = False,
    keep: Sequence[tuple[Layer, Tensor]] = (),
) -> Backward:
    """Run normalised inputs (b, 3, H, W) forwards and one logit of each backwards.

    `targets` int64 (b,) says which, or makes it of the logits (b, n_classes).
    """
    with ExitStack() as stack:
        stack.enter_context(undisturbed(classifier.model, classifier.device))
        stack.enter_context(torch.enable_grad())
        picture = inputs.detach().clone().requires_grad_(layer is None)  # a caller's inference tensor, too
        cut = stack.enter_context(cutting(classifier.model, layer.name)) if layer else None
        reached = stack.enter_context(_suppressing(classifier.model, keep))
        logits = classifier.scores(picture)
        indices = targets(logits) if callable(targets) else targets
        scores = logits.gather(1, torch.from_numpy(indices)[:, None].to(logits.device))
        if guided and scores.requires_grad:
            _guide(scores)
        start = cut.leaf if cut else picture
        gradient = _slope(scores, start)
    if start is None or gradient is None:
        end = f"layer {layer.name!r}" if layer else "the picture"
        raise ValueError(
            f"no gradient of the logits reaches {end}: the model detaches what follows or runs it under "
            "torch.no_grad, or it leads elsewhere."
        )
    for suppressed, _ in keep:
        if suppressed.name not in reached:
            raise ValueError(
                f"no gradient passes layer {suppressed.name!r}, so `keep` has nothing to suppress there: the "
                "model detaches what follows, or it leads elsewhere. Name another layer."
            )
    if layer:
        return Backward(indices, logits, to_grid(start, layer), to_grid(gradient, layer))
    return Backward(indices, logits, start, gradient)


def _slope(scores: Tensor, start: Tensor | None) -> Tensor | None:
    """The gradient of the scores' sum, where there is one."""
    if start is None or not scores.requires_grad:
        return None
    return torch.autograd.grad(scores.sum(), start, allow_unused=True)[0]


@contextmanager
def _suppressing(model: nn.Module, keep: Iterable[tuple[Layer, Tensor]]) -> Iterator[set[str]]:
    """Multiply what comes back to the layers' outputs by their masks; yields the names it came to."""
    reached: set[str] = set()
    handles = []
    try:
        for layer, mask in keep:
            hook = _suppressor(layer, mask, reached)
            handles.append(find_module(model, layer.name).register_forward_hook(hook))
        yield reached
    finally:
        for handle in handles:
            handle.remove()


def _suppressor(layer: Layer, mask: Tensor, reached: set[str]) -> Any:
    handles: list[Any] = []

    def suppress(signal: Tensor) -> Tensor:
        reached.add(layer.name)
        return from_grid(to_grid(signal, layer) * mask, layer, signal[:, : layer.n_prefix])

    def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        while handles:
            handles.pop().remove()  # that of an earlier run of the same module
        copy = output.clone()  # its own, so that what works in place afterwards does it no harm
        if copy.requires_grad:
            handles.append(copy.register_hook(suppress))
        return copy

    return hook


def _guide(scores: Tensor) -> None:
    """Let only the positive part of the signal into every ReLU of the graph that led to the scores."""
    n_relus = 0
    for node in _nodes(scores):
        # What was done in place on a view is hidden inside; versions of torch before 2.15 do not show it.
        inside = getattr(node, "_wrapped_node", None)
        if node.name().endswith("CopySlices") and (inside is None or _is_relu(inside)):
            raise ValueError(
                "the model works in place on a view of a tensor, where guided backprop cannot reach a ReLU. "
                "Build it with inplace=False there."
            )
        if _is_relu(node):
            node.register_prehook(_positive_part)
            n_relus += 1
    if not n_relus:
        warnings.warn(
            "the network has no ReLU, so guided backprop is its plain gradient. Say so beside the map.",
            stacklevel=7,
        )


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


def _is_relu(node: Node) -> bool:
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


def _to_numpy(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().float().contiguous().cpu().numpy()
