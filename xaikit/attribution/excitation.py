"""Excitation backprop (Zhang 2016): where in a picture the units lie that let a unit win."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaikit.attribution.backprop import Target, as_rows
from xaikit.attribution.heatmap import Heatmap
from xaikit.attribution.maps import PICTURE, Answer, heatmap_of, spatial_layer
from xaikit.attribution.winning import Watching, handing_down
from xaikit.core.errors import warn
from xaikit.core.layers import Layer
from xaikit.core.params import check
from xaikit.core.passes import INPUT, Pass
from xaikit.core.running import to_numpy
from xaikit.core.targets import Targets

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["Won", "excitation_backprop", "winning_probabilities"]

Units = Callable[[Pass], Tensor]
"""Units to start from, (b, n) or (b, n, h, w) and zero or positive, made of what a pass put out."""


@dataclass(frozen=True, eq=False)
class Won:
    """What came down to a layer, on the device.

    Attributes
    ----------
    done : the pass that it came down
    numbers : int64 (b, T), the units it started from
    probabilities : float32 (b, T, c, h, w), or (b, T, c) of a vector: how likely each unit of the layer wins.
        Contrastive, how much likelier than for the dual unit
    negative : names of the layers that were given negative units, the picture aside
    """

    done: Pass
    numbers: NDArray[np.int64]
    probabilities: Tensor
    negative: list[str]


def winning_probabilities(
    classifier: Classifier,
    inputs: Tensor,
    numbers: Callable[[Tensor], NDArray[np.int64]],
    *,
    layer: str = INPUT,
    record: Sequence[str] = (),
    units: Units | None = None,
    contrastive: bool = False,
) -> Won:
    """Marginal winning probabilities of a layer's units, from any units above, for one batch.

    P(a_j) = Σ_i P(a_j | a_i) P(a_i), P(a_j | a_i) = Z_i (a_j w_ji)⁺, layer by layer from a unit that wins
    with probability 1 (:mod:`xaikit.attribution.winning`).

    Parameters
    ----------
    classifier : the network that is asked; it is left as it was
    inputs : float32 (b, c, H, W), what ``classifier.inputs`` makes of views
    numbers : given the units to start from, the numbers of T of them for each picture, (b, T)
    layer : where the probabilities are wanted; "input" is the picture
    record : layers of which ``units`` wants the features
    units : what to start from, made of the pass by functions of torch; None is the logits. Of units (b, n, h,
        w) one number is a channel, whose places win as they are active
    contrastive : hand down the difference to the dual unit

    Raises
    ------
    ValueError
        Unknown layer; a unit that does not depend on it; a network excitation backprop is not defined for.

    Notes
    -----
    One forward pass, of which every layer on the way is run once more with its positive weights, and a
    backward pass for each of the T units.
    """
    if any(isinstance(module, torch.jit.ScriptModule) for module in classifier.model.modules()):
        raise ValueError(
            "the model is compiled TorchScript, whose layers cannot be seen. Give the model it was made of."
        )
    with Watching() as watching:
        done = classifier.forward(inputs, record, grad=[layer])
        start = done.logits if units is None else units(done)
    chosen = numbers(start.detach())
    found = done.gradients(_scores(start, chosen), handing_down(contrastive))[layer]
    return Won(done, chosen, found, _given_negative(classifier, watching, inputs))


def _given_negative(classifier: Classifier, watching: Watching, inputs: Tensor) -> list[str]:
    """Names of the layers that were given negative units, those that see the picture aside."""
    weights = [one.source for one in watching.weighing if one.negative and one.shape != inputs.shape]
    named = classifier.model.named_parameters()
    return [name.rpartition(".")[0] for name, own in named if any(own is one for one in weights)]


def _scores(start: Tensor, numbers: NDArray[np.int64]) -> Tensor:
    """What to go back from, (T,): each picture's unit has the slope 1, or its places together."""
    index = torch.from_numpy(numbers).to(start.device)
    with torch.inference_mode(False), torch.enable_grad():
        if start.ndim == 2:
            return start.gather(1, index).sum(0)
        chosen = start[torch.arange(len(start), device=start.device)[:, None], index]
        active = chosen.detach().clamp(min=0)
        total = active.sum((2, 3), keepdim=True)
        return (chosen * active / total.where(total > 0, 1)).sum((0, 2, 3))


def excitation_backprop(
    classifier: Classifier,
    images: Any,
    target: Target = None,
    layer: str | None = None,
    *,
    start: str | None = None,
    contrastive: bool = True,
) -> Heatmap:
    """Show where the units lie that let a class, or any unit, win: excitation backprop.

    P(a_j) = Σ_i Z_i (a_j w_ji)⁺ P(a_i) from the unit down to a layer, Z_i so that the terms of each unit
    above add up to 1. Contrastive, P is the difference to the unit whose weights have the other sign, which
    takes away what excites every class; of it the positive part is shown.

    Parameters
    ----------
    classifier : the network that is asked
    images : pictures in any form that the classifier takes
    target : the class, by name or index; a list gives each picture its own; None is the predicted class. With
        ``start`` the number of a unit or channel of that layer, None the most active one
    layer : name of a layer with places at which the pass ends; None is the picture itself
    start : name of the layer whose unit wins; None is the class scores
    contrastive : c-MWP; False is MWP, whose maps add up to 1 where nothing was lost

    Returns
    -------
    Heatmap
        `values` float32 (n, H, W), zero or positive: probabilities, summed over channels; of a coarser layer
        enlarged bilinearly. `checks["arrived"]` is what of the probability came down (MWP alone),
        `checks["negative"]` names layers that were given negative units

    Raises
    ------
    ValueError
        Unknown class, unit or layer, a layer without places, a layer above the unit, or a network that does
        not consist of layers that weigh, add, average and choose.

    Warns
    -----
    UserWarning
        A layer is given negative units: there, what a negative unit gives by a negative weight counts.

    Source
    ------
    Zhang et al. 2016, "Top-down Neural Attention by Excitation Backprop", eq. 1 and 5, section 3.3.

    Limits
    ------
    It tells where evidence is seen, not what would happen without it: nothing is measured. Batch
    normalisation behind a convolution is folded into it, exactly; other normalisation and activations hand on
    to each unit what arrives at it, gates get nothing. Where a unit is on by its bias alone, or counts by
    being off, what came down to it is lost: in MobileNetV2 0.2 % arrive at the picture, in ResNet-18 and
    SqueezeNet all. Fine maps are sparse; the paper's end at a middle layer.
    """
    contrastive = check("contrastive", contrastive, bool)
    end = None if layer is None else spatial_layer(classifier, layer).name
    source = None if start is None else classifier.layer(start)
    index = partial(_unit_index, source) if source else classifier.class_index
    asked = Targets(index, as_rows(index, target))
    checks: dict[str, list[Any]] = {"negative": []} | ({} if contrastive else {"arrived": []})
    answers = _answers(classifier, images, asked, end or INPUT, source, contrastive, checks)
    names = [f"unit {k} of {source.name}" for k in range(source.n_channels)] if source else None
    method = "contrastive excitation backprop" if contrastive else "excitation backprop"
    heatmap = heatmap_of(classifier, answers, method, end or PICTURE, names)
    object.__setattr__(heatmap, "checks", {**heatmap.checks, **checks})
    if negative := checks["negative"]:
        named = ", ".join(negative[:3]) + (", …" if len(negative) > 3 else "")
        warn(f"layers are given negative units ({named}): there, a negative weight excites by them.")
    return heatmap


def _answers(
    classifier: Classifier,
    images: Any,
    asked: Targets,
    end: str,
    source: Layer | None,
    contrastive: bool,
    checks: dict[str, list[Any]],
) -> Iterator[Answer]:
    """The maps of one batch of pictures after the other; `checks` is told what came down, through what."""
    record, units = ([source.name], _features_of(source.name)) if source else ([], None)
    first = 0
    for some in classifier.batches(images, graph=True):
        rows = partial(_rows, asked, first)
        inputs = classifier.inputs(some.views)
        won = winning_probabilities(
            classifier, inputs, rows, layer=end, record=record, units=units, contrastive=contrastive
        )
        maps = some.blanked(to_numpy(won.probabilities[:, 0].sum(1)))
        if "arrived" in checks:
            checks["arrived"] += maps.sum((1, 2), dtype=np.float64).tolist()
        checks["negative"] += [name for name in won.negative if name not in checks["negative"]]
        yield Answer(
            some.views, won.numbers[:, 0], some.blanked(to_numpy(won.done.logits)), np.maximum(maps, 0)
        )
        first += len(some.views)
    asked.check_all_used(first)


def _features_of(name: str) -> Units:
    return lambda done: done.features[name]


def _rows(asked: Targets, first: int, units: Tensor) -> NDArray[np.int64]:
    """The units asked for; where none is, the most active of units (b, n), or channel of (b, n, h, w)."""
    return asked.rows(units if units.ndim == 2 else units.clamp(min=0).sum((2, 3)), first)


def _unit_index(layer: Layer, number: str | int) -> int:
    n = layer.n_channels
    if isinstance(number, str | bool) or int(number) != number or not 0 <= number < n:
        raise ValueError(
            f"`target` must be the number of a unit of {layer.name!r}, 0 to {n - 1}; got {number!r}."
        )
    return int(number)
