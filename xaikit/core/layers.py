"""A model's layers: what they put out, and context managers that record or cut them and always undo."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from xaikit.core.errors import did_you_mean

Kind = Literal["grid", "tokens", "grid_last", "vector"]
MAX_PREFIX_TOKENS = 9  # a class token and eight registers
MAX_LOST = 3  # places of a grid that convolutions without padding cut off


@dataclass(frozen=True)
class Layer:
    """What one module puts out for a picture.

    Attributes
    ----------
    name : the module's dotted name in the model
    shape : shape of the output, without the batch
    kind
        "grid": (c, h, w); "grid_last": (h, w, c); "tokens": (t, c), of which the first `n_prefix` are class
        or register tokens and the other h·w the places of the grid, row by row; "vector": (c,)
    grid : (h, w) of the grid of places, or None for a vector
    """

    name: str
    shape: tuple[int, ...]
    kind: Kind
    grid: tuple[int, int] | None = None

    @property
    def n_prefix(self) -> int:
        """How many tokens stand for no place."""
        return self.shape[0] - math.prod(self.grid) if self.kind == "tokens" and self.grid else 0

    @property
    def n_channels(self) -> int:
        """c, the number of features at each place."""
        return self.shape[0] if self.kind == "grid" else self.shape[-1]


def describe(name: str, shape: tuple[int, ...], picture: tuple[int, int] = (1, 1)) -> Layer | None:
    """Tell a layer's kind from the shape (without the batch) that it puts out for a picture.

    A picture's grid has its form, so the two neighbouring sides of a three-dimensional output that have it
    are the places. Of t tokens the largest such grid counts, and up to `MAX_PREFIX_TOKENS` more are prefix
    tokens. Returns None for an output that is none of the known kinds.

    Parameters
    ----------
    picture : (height, width); any square tells the same
    """
    if len(shape) == 1:
        return Layer(name, shape, "vector")
    if len(shape) == 2:
        grid = _largest_grid(shape[0], picture)
        return Layer(name, shape, "tokens", grid) if grid else None
    if len(shape) == 3 and _alike((shape[1], shape[2]), picture):
        return Layer(name, shape, "grid", (shape[1], shape[2]))
    if len(shape) == 3 and _alike((shape[0], shape[1]), picture):
        return Layer(name, shape, "grid_last", (shape[0], shape[1]))
    return None


def _alike(grid: tuple[int, int], picture: tuple[int, int]) -> bool:
    """Whether sides may be those of a picture of which each place has s × s pixels, for some s.

    Both sides may have lost or won up to `MAX_LOST` places at the border, the same number, and one of them
    one more by rounding. Of a square picture both are equal.
    """
    (h, w), (height, width) = grid, picture
    if height == width:
        return h == w
    longest, shortest = (max(h + lost, 1) / height for lost in (MAX_LOST, -MAX_LOST))
    low, high = sorted((width - height) * scale for scale in (longest, shortest))
    return low - 1 <= w - h <= high + 1


def _largest_grid(n_tokens: int, picture: tuple[int, int]) -> tuple[int, int] | None:
    """The grid of places of n tokens, of which up to `MAX_PREFIX_TOKENS` may be others."""
    height, width = picture
    if height == width:
        grids = [(math.isqrt(n_tokens),) * 2]
    else:
        steps = range(1, max(picture) + 1)
        grids = [(max(1, height // s), max(1, width // s)) for s in steps]
        grids += [(-(-height // s), -(-width // s)) for s in steps]
    left = {n_tokens - h * w: (h, w) for h, w in grids if 0 <= n_tokens - h * w <= MAX_PREFIX_TOKENS}
    return left[min(left)] if left else None


def to_grid(output: Tensor, layer: Layer) -> Tensor:
    """Bring a spatial layer's output to (n, c, h, w); prefix tokens are left out. A vector stays (n, c)."""
    if layer.kind == "grid_last":
        return output.permute(0, 3, 1, 2)
    if layer.kind == "tokens" and layer.grid is not None:
        return output[:, layer.n_prefix :].transpose(1, 2).unflatten(2, layer.grid)
    return output


def from_grid(grid: Tensor, layer: Layer, prefix: Tensor | None = None) -> Tensor:
    """Bring (n, c, h, w) back to the layer's own form: the inverse of `to_grid`.

    `prefix` holds the prefix tokens (n, n_prefix, c) that `to_grid` left out; needed where there are any.
    """
    if layer.kind == "grid_last":
        return grid.permute(0, 2, 3, 1)
    if layer.kind == "tokens":
        tokens = grid.flatten(2).transpose(1, 2)
        if not layer.n_prefix:
            return tokens
        if prefix is None:
            raise ValueError(
                f"layer {layer.name!r} has {layer.n_prefix} prefix tokens: give them as `prefix`."
            )
        return torch.cat([prefix, tokens], 1)
    return grid


@contextmanager
def recording(model: nn.Module, names: Iterable[str]) -> Iterator[dict[str, Tensor]]:
    """Record what the named modules put out in the forward passes inside the `with` block.

    Yields a dictionary that fills name → output. Each output is a copy, so that a module that works in place
    afterwards does it no harm, with the graph that led to it, if any. Of a module that runs several times the
    last output is kept.
    """
    outputs: dict[str, Tensor] = {}
    handles = []

    def keep(name: str) -> Any:
        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            outputs[name] = _tensor(output, name).clone()

        return hook

    modules = [(name, find_module(model, name)) for name in names]
    try:
        for name, module in modules:
            handles.append(module.register_forward_hook(keep(name)))
        yield outputs
    finally:
        for handle in handles:
            handle.remove()


class Cut:
    """Where a forward pass was cut: `leaf` is the layer's output as a new start of the graph.

    `source` is the same output with the graph that led to it, so that a gradient can be carried on to an
    earlier cut.
    """

    leaf: Tensor | None = None
    source: Tensor | None = None


@contextmanager
def cutting(model: nn.Module, name: str) -> Iterator[Cut]:
    """Cut the graph at a module's output in the forward pass inside the `with` block.

    The output is replaced by a detached leaf that needs a gradient, and what follows is given a copy of it:
    then `torch.autograd.grad(logit, cut.leaf)` is right whatever works in place before or after. Of a module
    that runs several times the last run is the cut.
    """
    cut = Cut()

    def hook(_module: nn.Module, _inputs: Any, output: Any) -> Tensor:
        cut.source = _tensor(output, name).clone()
        cut.leaf = cut.source.detach().requires_grad_()
        return cut.leaf.clone()

    handle = find_module(model, name).register_forward_hook(hook)
    try:
        yield cut
    finally:
        handle.remove()


@contextmanager
def editing(model: nn.Module, name: str, edit: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Inside the block a module's output is replaced by `edit` of a copy of it, whenever it runs."""

    def hook(_module: nn.Module, _inputs: Any, output: Any) -> Tensor:
        return edit(_tensor(output, name).clone())

    handle = find_module(model, name).register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def find_module(model: nn.Module, name: str) -> nn.Module:
    """Return the module of that dotted name, or raise a ValueError that names the nearest one."""
    modules = dict(model.named_modules())
    if name == "" or name not in modules:
        raise ValueError(
            f"`layer` must name a module of the model; got {name!r}.{did_you_mean(name, modules)}"
        )
    return modules[name]


def _tensor(output: Any, name: str) -> Tensor:
    if not isinstance(output, Tensor):
        raise ValueError(
            f"layer {name!r} puts out a {type(output).__name__}, not a tensor. Name a module in or after it."
        )
    return output
