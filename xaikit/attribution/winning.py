"""Marginal winning probabilities, layer by layer, as excitation backprop hands them down (Zhang 2016).

    P(a_j) = Σ_i P(a_j | a_i) P(a_i)            eq. 1
    P(a_j | a_i) = Z_i (a_j w_ji)⁺              eq. 5; Z_i makes them add up to 1 over j, or is 0

a_j are the units that a layer is given, a_i those it puts out. Where none is negative, (a_j w_ji)⁺ is
a_j w_ji⁺, as in the paper. Where some are, a negative one times a negative weight excites as well; and to a
negative a_i, which wins by what it gives through a negative weight, those terms have led that made it so:
(a_j w_ji)⁻.

What a model calls while it runs is watched, not its modules: so it holds for functions, for modules that work
in place, and for modules that run many times. Each call that matters is put on autograd's graph with a
backward of its own, which hands probabilities down in place of a gradient:

    weighs and adds   convolutions and linear layers, the normalisation behind them folded in: eq. 5
    averages, adds    pooled means, shortcuts: eq. 5 with weights of 1
    one unit to one   activations, scales, gates, normalisation elsewhere: all goes to that unit
    all else          autograd's own: what chooses and rearranges hands on what arrives

The contrastive form hands down, at the topmost layers that weigh, the difference to the dual unit, whose
weights are those of the unit with their signs changed (section 3.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

from xaikit.attribution.backprop import is_relu
from xaikit.core.passes import Rule

__all__ = ["Watching", "Weighs", "handing_down"]

Half = tuple[Tensor, Tensor]
"""Units that excite, as a leaf, and what they give the units above: a graph leads from one to the other."""


class _Alone:
    """One unit to one: the input gets all, each unit what those that it is spread over get together."""

    def kept(self, *inputs: Tensor) -> Sequence[Tensor]:
        self.shape = inputs[0].shape
        return ()

    def seen(self, out: Tensor) -> Sequence[Tensor]:
        return ()

    def back(self, signal: Tensor, *kept: Tensor) -> tuple[Tensor, ...]:
        return (signal.sum_to_size(self.shape),)


class _Shares:
    """A sum of several inputs: each gets its share of what has the sum's sign; see :class:`Weighs`."""

    clean = False

    def kept(self, *inputs: Tensor) -> Sequence[Tensor]:
        return [one.detach().clone() for one in inputs]  # one may be what the sum is written to

    def seen(self, out: Tensor) -> Sequence[Tensor]:
        return ()

    def back(self, signal: Tensor, *kept: Tensor) -> tuple[Tensor, ...]:
        total = sum(kept[1:], kept[0])
        alike = [one.clamp(min=0) if self.clean else one.where((one < 0) == (total < 0), 0) for one in kept]
        share = _over(signal, sum(alike[1:], alike[0]))
        return tuple((share * one).sum_to_size(own.shape) for one, own in zip(alike, kept, strict=True))


@dataclass(eq=False)
class Weighs:
    """Eq. 5, for a function that is linear in the units it is given and, where it has one, in its weight.

    Attributes
    ----------
    function : of units and weight, without the bias
    weight : None where all weights are positive and alike, as in a mean
    source : the weight as the model has it
    top : whether it is the first below the units that win: these do so whatever their sign
    clean : whether nothing can come down to a negative unit of those it puts out
    contrast : whether the difference to the dual units is handed down
    again : whether more than one signal comes down, so that what was reckoned is kept
    negative, shape : whether any unit was negative, and their form; known once a signal came down
    """

    function: Callable[..., Tensor]
    weight: Tensor | None = None
    source: Tensor | None = None
    top: bool = False
    clean: bool = False
    contrast: bool = False
    again: bool = False
    negative: bool = False
    shape: tuple[int, ...] = ()
    _halves: dict[int, list[Half]] = field(default_factory=dict)

    def kept(self, *inputs: Tensor) -> Sequence[Tensor]:
        return inputs

    def seen(self, out: Tensor) -> Sequence[Tensor]:
        return (out < 0,)

    def back(self, signal: Tensor, *kept: Tensor) -> tuple[Tensor, ...]:
        units, low = kept
        if self.contrast:
            return (self._handed(signal, units, 1) - self._handed(signal, units, -1),)
        if self.top or self.clean:
            return (self._handed(signal, units, 1),)
        of_low = signal.where(low, 0)
        return (self._handed(signal - of_low, units, 1) + self._handed(of_low, units, -1),)

    def _handed(self, signal: Tensor, units: Tensor, sign: int) -> Tensor:
        """What comes down through the terms of a sign; those of the dual are these of the other sign."""
        halves = self._halves.get(sign) or list(self._terms(units, sign))
        if self.again:
            self._halves[sign] = halves
        given = [one.detach() for _, one in halves]
        share = _over(signal, sum(given[1:], given[0]))
        slopes = (torch.autograd.grad(one, leaf, share, retain_graph=self.again)[0] for leaf, one in halves)
        handed = [slope * leaf.detach() for slope, (leaf, _) in zip(slopes, halves, strict=True)]
        return sum(handed[1:], handed[0])

    def _terms(self, units: Tensor, sign: int) -> Iterator[Half]:
        """The terms of a sign: of units with it by positive weights, and of others by negative ones."""
        self.shape = tuple(units.shape)
        self.negative = bool(units.min() < 0)
        signs = (sign,) if self.weight is None else (1, -1) if self.negative else (1,)
        for own in signs:
            leaf = _part(units.detach(), own).requires_grad_()
            weights = [] if self.weight is None else [_part(self.weight, own * sign)]
            with torch.enable_grad():
                yield leaf, self.function(leaf, *weights)


def _part(values: Tensor, sign: int) -> Tensor:
    """The values of a sign; 0 for the others."""
    return values.clamp(min=0) if sign > 0 else values.clamp(max=0)


def _over(signal: Tensor, total: Any) -> Tensor:
    """What arrives, divided by the terms that led to it; 0 where there were none."""
    return (signal / total).nan_to_num_(0.0, 0.0, 0.0)


class _Call(torch.autograd.Function):
    """A call of the model on autograd's graph; what comes back goes to its inputs as `handing` says."""

    @staticmethod
    def forward(ctx: Any, handing: Any, run: Callable[[], Tensor], in_place: bool, *inputs: Tensor) -> Tensor:
        ctx.handing = handing
        kept = handing.kept(*inputs)
        out = run()
        ctx.save_for_backward(*kept, *handing.seen(out))
        if in_place:
            ctx.mark_dirty(inputs[0])
        return out

    @staticmethod
    def backward(ctx: Any, *signals: Any) -> Any:
        return None, None, None, *ctx.handing.back(signals[0], *ctx.saved_tensors)


class Watching(TorchFunctionMode):
    """Inside the block, what a model calls is put on the graph so that probabilities come down it.

    Raises
    ------
    ValueError
        The model calls what excitation backprop says nothing about, such as attention.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weighing: list[Weighs] = []
        # of what a layer put out: what it was given, and the layer
        self._weighed = WeakTensorKeyDictionary()

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        named = dict(kwargs or {})
        handle = _HANDLES.get(func)
        tensors = [one for one in (*args[:2], named.get("input"), named.get("other")) if _is_tensor(one)]
        if handle is None or not any(one.requires_grad for one in tensors):
            return func(*args, **named)
        return handle(self, func, args, named, tensors)

    def weighs(self, func: Any, args: Any, named: dict[str, Any], tensors: list[Tensor]) -> Tensor:
        """A convolution or a linear layer."""
        given = dict(zip(("input", "weight", "bias"), args, strict=False)) | named
        more = {name: one for name, one in named.items() if name not in ("input", "weight", "bias")}
        units, weight = given["input"], given["weight"].detach()

        def unbiased(units: Tensor, weight: Tensor) -> Tensor:
            out: Tensor = func(units, weight, None, *args[3:], **more)
            return out

        weighs = Weighs(unbiased, weight, given["weight"])
        out = self._called(weighs, func, args, named, units)
        if func not in _TRANSPOSED:
            self._weighed[out] = units, weighs
        return out

    def normalises(self, func: Any, args: Any, named: dict[str, Any], tensors: list[Tensor]) -> Tensor:
        """Batch normalisation: folded into the layer before it, where there is one; else one unit to one."""
        given = dict(zip(("input", "running_mean", "running_var", "weight"), args, strict=False)) | named
        units, weighs = self._weighed.get(given["input"], (None, None))
        if weighs is None or given["running_var"] is None or given.get("training"):
            return self.alone(func, args, named, tensors)
        scale = (given["running_var"] + given.get("eps", 1e-5)).rsqrt()
        scale = scale if given.get("weight") is None else scale * given["weight"]
        weight = weighs.weight * scale.detach().reshape(-1, *[1] * (weighs.weight.ndim - 1))
        return self._called(Weighs(weighs.function, weight, weighs.source), func, args, named, units)

    def averages(self, func: Any, args: Any, named: dict[str, Any], tensors: list[Tensor]) -> Tensor:
        """A mean or a sum over places."""
        more = {name: one for name, one in named.items() if name != "input"}
        return self._called(
            Weighs(lambda units: func(units, *args[1:], **more)), func, args, named, tensors[0]
        )

    def adds(self, func: Any, args: Any, named: dict[str, Any], tensors: list[Tensor]) -> Tensor:
        """A sum of two; what is no activation, a bias or a code of the place, gets nothing."""
        shapes = [one.shape for one in tensors if one.requires_grad]
        alike = (one.shape in shapes and not isinstance(one, nn.Parameter) for one in tensors)
        taking = [one.requires_grad or like for one, like in zip(tensors, alike, strict=True)]
        if len(tensors) < 2 or not all(taking):
            return self.alone(func, args, named, tensors)
        return self._called(_Shares(), func, args, named, *tensors)

    def alone(self, func: Any, args: Any, named: dict[str, Any], tensors: list[Tensor]) -> Tensor:
        """What changes units one by one; of two factors, the larger is what is scaled, the other the gate."""
        units = max((one for one in tensors if one.requires_grad), key=Tensor.numel)
        return self._called(_Alone(), func, args, named, units)

    def refused(self, func: Any, args: Any, named: dict[str, Any], tensors: list[Tensor]) -> Tensor:
        raise ValueError(
            "excitation backprop is defined for layers that weigh, add, average and choose; this model calls "
            f"{func.__name__!r}, as attention does. Name a `layer` behind it, or use another method."
        )

    def _called(self, handing: Any, func: Any, args: Any, named: dict[str, Any], *inputs: Tensor) -> Tensor:
        if isinstance(handing, Weighs):
            self.weighing.append(handing)
        in_place = func.__name__.endswith("_") and not func.__name__.endswith("__")
        if named.get("inplace"):  # a module hands on what it is given back, so a copy does as well
            named = named | {"inplace": False}
        out: Tensor = _Call.apply(handing, lambda: func(*args, **named), in_place, *inputs)
        return out


def _is_tensor(one: Any) -> bool:
    return isinstance(one, Tensor) and one.is_floating_point()


def _functions(*names: str) -> set[Any]:
    """Whatever torch calls so, as a function of tensors or as a method of one, in place or not."""
    every = [*names, *(f"{name}_" for name in names)]
    found = (getattr(home, name, None) for home in (torch, functional, Tensor) for name in every)
    return {one for one in found if one is not None}


_TRANSPOSED = _functions("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
_HANDLES: dict[Any, Callable[..., Tensor]] = {
    **dict.fromkeys(_TRANSPOSED | _functions("conv1d", "conv2d", "conv3d", "linear"), Watching.weighs),
    **dict.fromkeys(_functions("batch_norm"), Watching.normalises),
    **dict.fromkeys(
        _functions("avg_pool1d", "avg_pool2d", "avg_pool3d", "mean", "sum")
        | _functions("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "interpolate"),
        Watching.averages,
    ),
    **dict.fromkeys(_functions("add", "__radd__"), Watching.adds),
    **dict.fromkeys(
        _functions("mul", "multiply", "div", "divide", "true_divide", "sub", "subtract", "__rmul__")
        | _functions("relu6", "hardtanh", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish")
        | _functions("softplus", "hardswish", "hardsigmoid", "sigmoid", "tanh", "prelu", "clamp", "clamp_min")
        | _functions("clamp_max", "softmax", "log_softmax", "log", "exp", "sqrt", "layer_norm", "group_norm")
        | _functions("instance_norm", "local_response_norm", "rms_norm", "pow", "__pow__", "square", "abs")
        | _functions("rsqrt", "reciprocal", "erf", "softsign", "logsigmoid", "hardshrink", "tanhshrink"),
        Watching.alone,
    ),
    **dict.fromkeys(
        _functions("matmul", "__matmul__", "__rmatmul__", "bmm", "mm", "addmm", "baddbmm", "einsum")
        | _functions("scaled_dot_product_attention", "multi_head_attention_forward", "bilinear"),
        Watching.refused,
    ),
}


def handing_down(contrastive: bool) -> Rule:
    """The rule of :meth:`xaikit.core.passes.Pass.gradients` for a graph that was watched.

    Raises
    ------
    ValueError
        Contrastive, and no layer that weighs is below the scores.
    """

    @contextmanager
    def rule(scores: Tensor) -> Iterator[None]:
        tops = _marked(scores)
        if contrastive and not tops:
            raise ValueError(
                "the contrastive form needs a layer that weighs between the unit and `layer`; there is none. "
                "Name an earlier `layer`, or give contrastive=False."
            )
        for one in tops:
            one.contrast = contrastive
        yield

    return rule


def _marked(scores: Tensor) -> list[Weighs]:
    """Tell what hands down where it stands; returns the topmost that weigh."""
    above = _above(scores)
    free, clean = dict[Node, bool](), dict[Node, bool]()  # no weight above; see `Weighs`
    tops = []
    for node, users in above.items():
        free[node] = not users or any(free[one] and not _has_weight(one) for one in users)
        clean[node] = all(is_relu(one) or (_keeps_signs(one) and clean[one]) for one in users)
        handing = getattr(node, "handing", None)
        if isinstance(handing, _Shares | Weighs):
            handing.clean = clean[node]
        if isinstance(handing, Weighs):
            handing.again, handing.top = len(scores) > 1, free[node]
            tops += [handing] if handing.top and _has_weight(node) else []
    return tops


def _above(scores: Tensor) -> dict[Node, list[Node]]:
    """The graph below the scores: each node with those that use it, of which none comes behind it."""
    users: dict[Node, list[Node]] = {scores.grad_fn: []} if scores.grad_fn else {}
    ahead = list(users)
    for node in ahead:  # grows while it is gone through
        for before, _ in node.next_functions:
            if before is not None:
                ahead += [] if before in users else [before]
                users.setdefault(before, []).append(node)
    left = {node: len(own) for node, own in users.items()}
    ready = [node for node, n in left.items() if not n]
    for node in ready:
        for before, _ in node.next_functions:
            if before is not None:
                left[before] -= 1
                ready += [] if left[before] else [before]
    return {node: users[node] for node in ready}


def _has_weight(node: Node) -> bool:
    handing = getattr(node, "handing", None)
    return isinstance(handing, Weighs) and handing.weight is not None


def _keeps_signs(node: Node) -> bool:
    """Whether what comes down to a unit put out, if it is positive, goes to positive units alone."""
    return not isinstance(getattr(node, "handing", None), _Alone) and not _has_weight(node)
