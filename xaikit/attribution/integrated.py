"""Integrated gradients (Sundararajan 2017): what the way from a baseline to the picture adds to a score.

IG_i = (x_i − x'_i) ∫_0^1 ∂y^c(x' + α (x − x')) / ∂x_i dα          Σ_i IG_i = y^c(x) − y^c(x')
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from xaikit.attribution.backprop import InputGradients, Target, as_rows
from xaikit.attribution.heatmap import Heatmap
from xaikit.attribution.maps import Answer, Channels, heatmap_of, over_channels
from xaikit.core.params import Count, check
from xaikit.core.passes import INPUT
from xaikit.core.targets import Targets

if TYPE_CHECKING:
    from xaikit.core.classifier import Classifier

__all__ = ["integrated_gradients"]


def integrated_gradients(
    classifier: Classifier,
    images: Any,
    target: Target = None,
    *,
    n_steps: int = 50,
    baseline: Any = "mean",
    channels: Channels = "sum",
) -> Heatmap:
    """Show how much each place of a picture adds to the score of a class, by integrated gradients.

    IG_i = (x_i − x'_i) ∫_0^1 ∂y^c(x' + α (x − x')) / ∂x_i dα, summed over colors. x is the normalised
    picture, x' the baseline and y^c the logit of class c. The integral is a Gauss–Legendre sum.

    Parameters
    ----------
    classifier : the network that is asked
    images : pictures in any form that the classifier takes
    target : the class c, by name or index; a list gives each picture its own; None is the predicted class
    n_steps : number of points α of the sum, 1 or more; each is a forward and a backward pass
    baseline
        what stands for "nothing there": "mean", the mean color of the network's training pictures (0 after
        normalisation); "black"; or one picture in any form
    channels : "sum" gives Σ_k IG_k, positive for the class and negative against it; "max" gives max_k |IG_k|

    Returns
    -------
    Heatmap
        `values` float32 (n, H, W) in units of the logit, not normalised. `checks["score_difference"]` is
        y^c(x) − y^c(x') of each picture, `checks["completeness_error"]` how far Σ_i IG_i is from it

    Raises
    ------
    ValueError
        Unknown class, not one target per picture, fewer than one step, or a network through which no
        gradient comes.

    Source
    ------
    Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks".

    Limits
    ------
    A place that looks like the baseline gets 0 whatever it shows, and another baseline gives another map. On
    its way the network sees faded pictures unlike any it was trained on. A large completeness error asks for
    more steps.
    """
    n_steps = check("n_steps", n_steps, Count)
    flat, start = over_channels(channels), _baseline(classifier, baseline)
    checks: dict[str, list[float]] = {"score_difference": [], "completeness_error": []}
    walks = _walks(classifier, images, target, start, n_steps, checks)
    answers = (Answer(*one[:3], flat(one.inputs * one.gradients)) for one in walks)
    heatmap = heatmap_of(classifier, answers, "integrated gradients")
    object.__setattr__(heatmap, "checks", {**heatmap.checks, **checks})
    return heatmap


def _baseline(classifier: Classifier, given: Any) -> Tensor:
    """The baseline as the network sees it, normalised, (1, c, H, W)."""
    shape = (1, *classifier.view_size, classifier.n_channels)
    black = classifier.inputs(np.zeros(shape, np.uint8))
    if isinstance(given, str) and given == "mean":
        return torch.zeros_like(black)
    if isinstance(given, str) and given == "black":
        return black
    if isinstance(given, str) and not Path(given).exists():
        raise ValueError(
            f"`baseline` must be 'mean', 'black' or one picture; got {given!r}, which is no file."
        )
    return classifier.inputs(classifier.view(given)[None])


def _walks(
    classifier: Classifier,
    images: Any,
    target: Target,
    start: Tensor,
    n_steps: int,
    checks: dict[str, list[float]],
) -> Iterator[InputGradients]:
    """Walk from the baseline to one picture after the other; yield x − x' as `inputs`, and the mean gradient.

    `checks` is told how far the sum of their product is from the difference of the scores.
    """
    asked = Targets(classifier.class_index, as_rows(classifier.class_index, target))
    points = _gauss_legendre(n_steps, start.device)
    number = 0
    for some in classifier.batches(images, graph=True):
        for view, there in zip(some.views, some.read, strict=True):
            way = classifier.inputs(view[None]) - start
            logits = classifier.forward(torch.cat([start, start + way])).logits
            index = asked.rows(logits[1:], number)[0, 0]
            mean = torch.zeros_like(way)
            for alpha, weight in points.split(classifier.graph_batch_size, dim=1):
                mean += (weight * _slopes(classifier, start + alpha * way, int(index))).sum(0)
            if not there:
                logits, mean = logits * np.nan, mean * np.nan
            difference = float(logits[1, index] - logits[0, index])
            checks["score_difference"].append(difference)
            checks["completeness_error"].append(abs(float((way * mean).double().sum()) - difference))
            yield InputGradients(
                view[None], index[None], *(each.cpu().numpy() for each in (logits[1:], way, mean))
            )
            number += 1
    asked.check_all_used(number)


def _slopes(classifier: Classifier, inputs: Tensor, target: int) -> Tensor:
    """∂ logit[target] / ∂ inputs, (b, c, H, W)."""
    done = classifier.forward(inputs, grad=[INPUT])
    return done.gradients(done.chosen(np.full((len(inputs), 1), target)))[INPUT][:, 0]


def _gauss_legendre(n_steps: int, device: torch.device) -> Tensor:
    """Points and weights of the sum over 0..1, float32 (2, n_steps, 1, 1, 1)."""
    points, weights = np.polynomial.legendre.leggauss(n_steps)
    both = np.stack([(points + 1) / 2, weights / 2]).astype(np.float32)
    return torch.from_numpy(both).view(2, -1, 1, 1, 1).to(device)
