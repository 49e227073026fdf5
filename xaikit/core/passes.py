"""One pass of a network: record and change what layers put out, and go back from the scores with a rule.

Every method asks through :func:`run_pass` (or :meth:`xaikit.Classifier.forward`, which takes names). It works
with hooks, which are gone when it returns, and on the graph that autograd recorded:

    record   a layer's output is kept
    grad     the graph is cut at a layer's output, A: gradients end there, and are ∂y/∂A whatever the model
             does in place before or after
    edit     a layer's output is replaced by a function of it; what is recorded there is what it was before

All are in the layers' common form, (b, c, h, w), tokens on their grid of places. Tokens that stand for no
place are left as they are. Of a module that runs several times the last run is recorded and cut; edits see
every run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaikit.core.layers import Cut, Layer, cutting, editing, from_grid, recording, to_grid
from xaikit.core.running import undisturbed

__all__ = ["INPUT", "Edit", "Pass", "Rule", "run_pass"]

INPUT = "input"
"""Names what the network is given, where gradients may end as at a layer."""

Edit = Callable[[Tensor], Tensor]
Rule = Callable[[Tensor], AbstractContextManager[None]]
"""Changes how signals come back through the graph that led to some scores, inside a `with` block."""


@dataclass(frozen=True)
class Pass:
    """What a pass over some pictures gave, on the device.

    Attributes
    ----------
    logits : float32 (b, n_classes)
    features : {layer: (b, c, h, w), or (b, c) of a vector}, of what was recorded and of where gradients end
    """

    logits: Tensor
    features: Mapping[str, Tensor]
    ends: Sequence[_End]
    alone: Callable[[], AbstractContextManager[None]]

    def chosen(self, targets: NDArray[np.int64]) -> Tensor:
        """T scores to go back from: sums over the pictures of the logits of their targets int64 (b, T)."""
        with torch.inference_mode(False), torch.set_grad_enabled(self.logits.requires_grad):
            return self.logits.gather(1, torch.from_numpy(targets).to(self.logits.device)).sum(0)

    def gradients(self, scores: Tensor, rule: Rule | None = None) -> dict[str, Tensor]:
        """Go back from T scores, and return their gradients, {end: (b, T, c, h, w), or (b, T, c)}.

        Parameters
        ----------
        scores : (T,), made of `logits` or `features`, each a sum over pictures
        rule : what happens to the signal on its way; None is the plain gradient

        Raises
        ------
        ValueError
            No score depends on one of the ends.

        Notes
        -----
        T backward passes, from the scores to the earliest end. May be asked several times.
        """
        with self.alone(), torch.enable_grad():
            with rule(scores) if rule and scores.requires_grad else nullcontext():
                found = _slopes(scores, self.ends)
        return {
            end.name: torch.stack([end.in_form(one) for one in own], 1)
            for end, own in zip(self.ends, found, strict=True)
        }


@dataclass(frozen=True)
class _End:
    """Where gradients end: a cut at a layer, or at the input where there is none."""

    layer: Layer | None
    cut: Cut

    @property
    def name(self) -> str:
        return self.layer.name if self.layer else INPUT

    def in_form(self, output: Tensor) -> Tensor:
        return to_grid(output, self.layer) if self.layer else output

    def unreached(self) -> ValueError:
        where = f"layer {self.name!r}" if self.layer else "the picture"
        return ValueError(
            f"no gradient of the logits reaches {where}: the model detaches what follows or runs it under "
            "torch.no_grad, or it leads elsewhere. Name another layer."
        )


def run_pass(
    network: nn.Module,
    logits_of: Callable[[Tensor], Tensor],
    inputs: Tensor,
    record: Sequence[Layer] = (),
    edit: Mapping[Layer, Edit] | None = None,
    grad: Sequence[Layer | None] = (),
    graph: bool = False,
) -> Pass:
    """Run the network once, and leave it as it was.

    Parameters
    ----------
    logits_of : the network's logits, float32 (b, n_classes), of normalised inputs; runs ``network``
    inputs : (b, c, H, W), left as they are
    record : layers whose output is kept
    edit : {layer: function of its output, of the same shape}
    grad : where gradients end, in the order in which the layers run; None, first, is the input
    graph : whether the graph is kept though gradients end nowhere, since an edit brings one in
    """

    def alone() -> AbstractContextManager[None]:
        return undisturbed(network, inputs.device)

    start = Cut()
    with ExitStack() as stack:
        stack.enter_context(alone())
        stack.enter_context(torch.set_grad_enabled(bool(grad) or graph))
        start.leaf = inputs.clone() if inputs.is_inference() else inputs.detach()
        start.leaf.requires_grad_(None in grad)
        recorded = stack.enter_context(recording(network, [one.name for one in record if one not in grad]))
        ends = [_End(one, stack.enter_context(cutting(network, one.name)) if one else start) for one in grad]
        for layer, change in (edit or {}).items():
            stack.enter_context(editing(network, layer.name, _in_form(layer, change)))
        logits = logits_of(start.leaf)
    of_ends = {end.name: end.in_form(end.cut.leaf) for end in ends if end.cut.leaf is not None}
    features = {one.name: to_grid(recorded[one.name], one) for one in record if one.name in recorded}
    return Pass(logits, features | of_ends, ends, alone)


def _in_form(layer: Layer, change: Edit) -> Edit:
    """The same change of what the module itself puts out."""

    def on_output(output: Tensor) -> Tensor:
        return from_grid(change(to_grid(output, layer)), layer, output[:, : layer.n_prefix])

    return on_output


def _slopes(scores: Tensor, ends: Sequence[_End]) -> list[list[Tensor]]:
    """The gradient of each score (T,) at each end; the ends in the order in which they were made.

    At an earlier end, what arrived at the later ones is carried on, and added to what went around them.
    """
    found: list[list[Tensor]] = []
    for number in reversed(range(len(ends))):
        end, later = ends[number], ends[number + 1 :]
        carried = [
            (one.cut.source, own)
            for one, own in zip(later, found, strict=True)
            if one.cut.source is not None and one.cut.source.requires_grad
        ]
        # Σ source · gradient has at the leaf what the chain rule asks for, and each score what went around.
        joined = [
            score + sum((source * own[t]).sum() for source, own in carried) for t, score in enumerate(scores)
        ]
        found.insert(0, [_slope(one, end) for one in joined])
    return found


def _slope(score: Tensor, end: _End) -> Tensor:
    slope = None
    if end.cut.leaf is not None and score.requires_grad:
        (slope,) = torch.autograd.grad(score, end.cut.leaf, retain_graph=True, allow_unused=True)
    if slope is None:
        raise end.unreached()
    return slope
