"""Learn a model's layers, its default layer and its appetite for memory from one trial pass."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node

from xaikit.core.layers import Layer, describe, to_grid
from xaikit.core.outputs import output_of
from xaikit.core.running import class_scores

POOLING = (
    nn.modules.pooling._MaxPoolNd,
    nn.modules.pooling._AvgPoolNd,
    nn.modules.pooling._AdaptiveMaxPoolNd,
    nn.modules.pooling._AdaptiveAvgPoolNd,
    nn.modules.pooling._LPPoolNd,
)
# Weights over places, not features at places: an attention map must never be taken for a picture's grid.
WEIGHTINGS = (nn.Softmax, nn.modules.dropout._DropoutNd)
# Of the largest output: a module's input and output, a shortcut around it, and what it keeps for itself.
LIVE_AT_ONCE = 4
# Times that a fine layer's grid is coarser than the picture, at most: 56 places a side of 224 pixels.
COARSEST = 5


@dataclass(frozen=True)
class LayerChoice:
    """The layer a method uses when none is named, and why.

    Attributes
    ----------
    name : the module's dotted name
    layer : its description
    reason : why it was chosen, in plain words
    """

    name: str
    layer: Layer
    reason: str


@dataclass(frozen=True)
class Probe:
    """What one pass told.

    Attributes
    ----------
    layers : in the order they finished
    default : None where no module would do
    fine : the last with a grid at least a fifth as fine as the picture that nothing goes around, or None
    forward_bytes : an estimate of what one picture takes while it runs through, with nothing kept
    graph_bytes : what one picture leaves in the graph of a gradient pass, measured
    output : what the scores are, "logits", "probabilities" or "sigmoid"
    depends_on : what answers depend on beside the picture, in words; "" where on nothing
    """

    layers: tuple[Layer, ...]
    default: LayerChoice | None
    fine: Layer | None
    forward_bytes: int
    graph_bytes: int
    output: str
    depends_on: str


@dataclass(frozen=True)
class _Run:
    """One module's run: what it was given, what it put out, the copy that was handed on, its version and its
    place in the graph."""

    layer: Layer
    module: nn.Module
    given: Tensor | None
    output: Tensor
    copy: Tensor
    version: int
    node: Node | None


def probed(model: nn.Module, batch: Tensor, n_classes: int) -> Probe:
    """Run :func:`probe`, or raise a ValueError that says why the model cannot be run, and what to look at."""
    try:
        return probe(model, batch, n_classes)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        told, shape = str(error).strip().splitlines()[0].rstrip("."), tuple(batch.shape)
        if "allocate memory" in told or "not enough memory" in told:
            raise ValueError(
                f"a pass over two pictures, float32 {shape}, takes more memory than there is. Take a smaller "
                "network, or `input_size` where the network lets you choose, or close what holds memory."
            ) from error
        raise ValueError(
            f"the model cannot be run on a float32 batch of shape {shape}: {told}. {_advice(told)}"
        ) from error


def _advice(told: str) -> str:
    """What to look at, where the error is about a shape; else where it may come from."""
    words = told.lower()
    if asked := re.search(r"to have ([02-9]|\d\d+) channels", words):
        return (
            f"It takes {asked[1]} channels: give `mean` and `std` of {asked[1]} numbers, and pictures as "
            f"arrays (h, w, {asked[1]}). Or put a module before it that makes them from colors: "
            "nn.Sequential(yours, model)."
        )
    if "channel" in words:
        return "If it takes grey pictures, give `mean` and `std` of one number, as [0.5]."
    if any(word in words for word in ("size", "shape", "mat1", "dimension", "padding")):
        return "Check `input_size`."
    return "The cause lies in the model itself: run model(torch.rand(2, 3, size, size)) to see where."


def probe(model: nn.Module, batch: Tensor, n_classes: int) -> Probe:
    """Run the model once on a small batch, forwards and backwards, with every module watched.

    The batch must hold at least two pictures, so that a module that works on something else than pictures
    (the windows of a shifted-window attention, say) shows in the length of its output. The caller sees to
    evaluation mode and frozen parameters.
    """
    runs: dict[str, _Run] = {}
    handles = [
        module.register_forward_hook(_watch(name, batch.shape, runs))
        for name, module in model.named_modules()
        if name
    ]
    saved: dict[int, int] = {}

    def weigh(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        saved[storage.data_ptr()] = storage.nbytes()
        return tensor

    try:
        with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(weigh, lambda tensor: tensor):
            logits = class_scores(model, batch.requires_grad_().clone(), n_classes)
            reached = _reached(logits, runs)
    finally:
        for handle in handles:
            handle.remove()
    tensors = [batch, *(run.output for run in runs.values())]
    runs = {name: run for name, run in runs.items() if not _is_attention(run, runs)}
    for tensor in (*model.parameters(), *model.buffers()):
        saved.pop(tensor.untyped_storage().data_ptr(), None)
    return Probe(
        layers=tuple(run.layer for run in runs.values()),
        default=_choose(list(runs.values()), reached, n_classes, logits),
        fine=_last_fine(list(runs.values()), min(batch.shape[2:]), logits),
        forward_bytes=LIVE_AT_ONCE * max(tensor.nbytes for tensor in tensors) // len(batch),
        graph_bytes=max(sum(saved.values()), batch.nbytes) // len(batch),
        output=output_of(logits),
        depends_on=_depends_on(model, batch, n_classes, logits.detach()),
    )


def _depends_on(model: nn.Module, batch: Tensor, n_classes: int, together: Tensor) -> str:
    """What the answers to a batch depend on beside each picture: the pictures beside it, or chance."""
    with torch.no_grad():
        last = batch[-1:].detach()
        alone, beside = (
            class_scores(model, pictures, n_classes)[0]
            for pictures in (last.clone(), torch.cat([last, torch.full_like(last, -2.0)]))
        )
        again = class_scores(model, batch.detach().clone(), n_classes)
    if not _same(together, again):
        return (
            "the network's answers are random: two passes over the same pictures differ. A dropout is left "
            "on in evaluation mode, or noise is added; explanations will be of one pass by chance."
        )
    if _same(beside, alone):
        return ""
    names = [name for name, one in model.named_modules() if getattr(one, "running_mean", 0) is None]
    why = f": {', '.join(names[:3])} norm(s) each batch by itself" if names else ""
    return (
        f"the network's answer to a picture depends on the pictures beside it{why}. Explanations hold for "
        "the batch that a picture is in; ask about single pictures, or give running statistics."
    )


def _same(some: Tensor, other: Tensor) -> bool:
    """Whether scores agree but for rounding, which may be coarse on a GPU."""
    return bool(torch.allclose(some.float(), other.float(), rtol=1e-2, atol=1e-2 * float(some.abs().max())))


def _watch(name: str, pictures: torch.Size, runs: dict[str, _Run]) -> Any:
    n_pictures, _, *size = pictures

    def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> Tensor | None:
        runs.pop(name, None)  # of a module that runs several times, the last run counts
        if not isinstance(output, Tensor) or not output.is_floating_point() or len(output) != n_pictures:
            return None
        layer = describe(name, tuple(output.shape[1:]), (size[0], size[1]))
        if layer is None:
            return None
        copy = output.clone()
        given = inputs[0] if inputs and isinstance(inputs[0], Tensor) else None
        runs[name] = _Run(layer, module, given, output, copy, copy._version, copy.grad_fn)
        return copy

    return hook


def _is_attention(run: _Run, runs: dict[str, _Run]) -> bool:
    """Whether what looks like a grid is attention: of t places to each other, (heads, t, t), or of channels.

    Then it is as wide as the module that it is part of has places, or channels in each head. A module with a
    grid may well hold a finer one, so within it only the weights themselves count.
    """
    parents = (run.layer.name.rsplit(".", n)[0] for n in range(1, run.layer.name.count(".") + 1))
    whole = next((runs[name].layer for name in parents if name in runs), None)
    if whole is None or whole.grid is None or run.layer.kind not in ("grid", "grid_last"):
        return False
    n_places, (side, _) = math.prod(whole.grid), _grid([run])
    within = whole.kind == "tokens" or isinstance(run.module, WEIGHTINGS)
    of_places = side in (n_places, n_places + whole.n_prefix) and n_places > 1
    return within and (of_places or side * run.layer.n_channels == whole.n_channels)


def _reached(logits: Tensor, runs: dict[str, _Run]) -> set[str]:
    """Name the spatial layers through whose grid the highest score depends on the picture."""
    spatial = [run for run in runs.values() if run.layer.grid and run.output.requires_grad]
    if not spatial or not logits.requires_grad:
        return set()
    last = list(runs.values())[-1].given
    reached = _live(logits.max(1).values.sum(), spatial)
    if not reached and last is not None and last.requires_grad:
        # An untrained head is often all zero; what the head reads then tells the same.
        slope = torch.linspace(-1, 1, last.numel(), device=last.device).view_as(last)
        reached = _live((last * slope).sum(), spatial)
    return reached


def _live(score: Tensor, spatial: list[_Run]) -> set[str]:
    outputs = [run.output for run in spatial]
    gradients = torch.autograd.grad(score, outputs, retain_graph=True, allow_unused=True)
    return {
        run.layer.name
        for run, gradient in zip(spatial, gradients, strict=True)
        if gradient is not None and bool(to_grid(gradient, run.layer).any())
    }


def _choose(runs: list[_Run], reached: set[str], n_classes: int, logits: Tensor) -> LayerChoice | None:
    spatial = [group for group in _equals(runs) if _is_spatial(group)]
    width = next((group[0].layer.n_channels for group in reversed(spatial)), 0)
    # A token layer of another width than the last is inside a block: queries and keys, or a hidden layer.
    steady = [g for g in spatial if g[0].layer.kind != "tokens" or g[0].layer.n_channels == width]
    # So are values that are projected on their own: the keys beside them know more of a place.
    steady = [group for group in steady if not _is_projection(group)] or steady
    live = [group for group in steady if _names(group) & reached] or steady
    wide = [group for group in live if min(_grid(group)) >= 4] or live
    features = [group for group in wide if group[0].layer.n_channels != n_classes] or wide
    if features:
        layer = _outermost(_last_whole(features, logits))
        return LayerChoice(layer.name, layer, _reason(layer, bool({layer.name} & reached)))
    vectors = [run.layer for run in runs[:-1] if run.layer.kind == "vector"]
    if vectors:
        reason = "no layer keeps a grid of places, so this is the last vector of features before the scores."
        return LayerChoice(vectors[-1].name, vectors[-1], f"{vectors[-1].name!r}: {reason}")
    return None


def _last_whole(groups: list[list[_Run]], logits: Tensor) -> list[_Run]:
    """The last group that nothing goes around, of those with the last one's grid; else the last group.

    Inside a block with a shortcut a layer holds only part of what is known of its places. Tokens are let
    pass: in a transformer every layer is inside such a block, and the class token goes around all of them.
    """
    last = groups[-1]
    if last[0].layer.kind == "tokens":
        return last
    alike = [group for group in reversed(groups) if _grid(group) == _grid(last)]
    return next((group for group in alike if not _goes_around(logits, group[0].node)), last)


def _last_fine(runs: list[_Run], side: int, logits: Tensor) -> Layer | None:
    """The last layer that nothing goes around and whose grid is not much coarser than `side` pixels."""
    grids = [group for group in _equals(runs) if group[0].layer.kind == "grid"]
    fine = [group for group in reversed(grids) if COARSEST * min(_grid(group)) >= side]
    whole = next((group for group in fine if not _goes_around(logits, group[0].node)), None)
    return _outermost(whole) if whole else None


def _outermost(group: list[_Run]) -> Layer:
    """The layer of the module that holds all others that hand on the same."""
    return min((run.layer for run in group), key=lambda layer: layer.name.count("."))


def _goes_around(logits: Tensor, node: Node | None) -> bool:
    """Whether a way leads from the scores back to the picture, the only leaf, that does not pass `node`."""
    seen, ahead = {node}, [logits.grad_fn]
    while ahead:
        here = ahead.pop()
        if here in seen or here is None:
            continue
        if hasattr(here, "variable"):
            return True
        seen.add(here)
        ahead += [before for before, _ in here.next_functions]
    return False


def _equals(runs: list[_Run]) -> list[list[_Run]]:
    """Group runs that hand on the same numbers: a container and its last module, or a change of view."""
    groups: list[list[_Run]] = []
    for run in runs:
        last = groups[-1][-1] if groups else None
        same = (
            last is not None
            and last.copy.untyped_storage().data_ptr() == run.output.untyped_storage().data_ptr()
            and last.version == run.output._version
            and last.copy.numel() == run.output.numel()
        )
        if same:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _is_spatial(group: list[_Run]) -> bool:
    excluded = POOLING + WEIGHTINGS
    return min(_grid(group)) >= 2 and not isinstance(group[0].module, excluded)


def _is_projection(group: list[_Run]) -> bool:
    return all(run.layer.kind == "tokens" and isinstance(run.module, nn.Linear) for run in group)


def _grid(group: list[_Run]) -> tuple[int, int]:
    return group[0].layer.grid or (0, 0)


def _names(group: list[_Run]) -> set[str]:
    return {run.layer.name for run in group}


def _reason(layer: Layer, reached: bool) -> str:
    height, width = layer.grid or (0, 0)
    text = (
        f"{layer.name!r} is the last layer before the scores that keeps a grid of places, {height}×{width} "
        f"with {layer.n_channels} features each"
    )
    if not reached:
        return f"{text}; in a trial pass no gradient of the highest score arrived there."
    if layer.n_prefix:
        text += f" beside {layer.n_prefix} class token(s)"
    return f"{text}, and where these places still decide on the scores."
