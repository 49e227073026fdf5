"""How a network answers, and its logits from what it gives.

Everything in xaikit stands on logits: scores z whose softmax are the classes' probabilities. Some networks
end in a softmax or in sigmoids; some give one number, for one class or none of it:

    probabilities p     z = log p
    sigmoids s          z = log s / (1 − s), and each class's probability is its own s
    one number          z/2 and −z/2, of *it* and *not it*, where z is the number or its log s / (1 − s)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from xaikit.core.scores import softmax

__all__ = ["OUTPUTS", "READ_AS", "Answering", "output_of"]

OUTPUTS = ("auto", "logits", "probabilities", "sigmoid")
SUMS_TO_ONE = 1e-3
EPSILON = 1e-7  # of a sigmoid that says 0 or 1: nearer float32 cannot come
READ_AS = {
    "probabilities": "the network answers with probabilities: its scores lie in 0..1 and add up to 1. Their "
    "logarithms are taken for logits. Say output='probabilities' if that is right, else output='logits'.",
    "sigmoid": "the network answers with sigmoids: its scores lie in 0..1, and each is a class's own "
    "probability. Say output='sigmoid' if that is right, else output='logits'.",
}
BOUNDING = ("Sigmoid", "Hardsigmoid", "Clamp")
PASSING = ["View", "UnsafeView", "ReshapeAlias", "Alias", "Clone", "ToCopy", "Squeeze", "Unsqueeze", "Slice"]
PASSING += ["Select", "Transpose", "T", "Permute"]


class Answering(nn.Module):
    """A network whose forward gives logits (n, n_classes) in float32, however its own answers.

    Parameters
    ----------
    network : gives scores (n, n_classes), or (n, 1) or (n,) where it is asked about one class
    output : "logits", "probabilities" or "sigmoid", what its scores are
    single : whether it gives one number, for one class
    """

    def __init__(self, network: nn.Module, output: str, single: bool) -> None:
        super().__init__()
        self.network, self.output, self.single = network, output, single

    def forward(self, pictures: Tensor) -> Any:
        return self.logits_of(self.network(pictures.clone()))  # the network may work in place

    def logits_of(self, scores: Any) -> Any:
        """Logits float32 (n, n_classes) of what the network gave; anything but scores is left as it is."""
        if not isinstance(scores, Tensor) or not scores.is_floating_point():
            return scores  # whoever runs it says what is wrong
        scores = scores.float()
        if not self.single:
            return self._logits(scores)
        if scores.ndim == 2 and scores.shape[1] > 1:
            raise ValueError(
                f"`class_names` has one name, but the model returns {scores.shape[1]} scores per picture. "
                "Give one name per score, in the order of the scores."
            )
        half = self._logits(scores.reshape(len(scores), 1)) / 2
        return torch.cat([half, -half], 1)

    def _logits(self, scores: Tensor) -> Tensor:
        if self.output == "logits":
            return scores
        if self.output == "sigmoid" or self.single:
            return torch.logit(scores, EPSILON)
        return scores.clamp_min(torch.finfo(torch.float32).tiny).log()

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """The classes' probabilities (…, n_classes) of logits: their softmax, or each its own sigmoid."""
        if self.output == "sigmoid" and not self.single:
            return 1 / (1 + np.exp(-logits))
        return softmax(logits)


def output_of(scores: Tensor) -> str:
    """What a network's scores (n, n_classes) are, seen from some, with the graph that led to them.

    Scores in 0..1 are probabilities where they add up to 1, and sigmoids where nothing else came last. By
    chance a linear layer may end in 0..1, too.
    """
    if not bool(((scores >= 0) & (scores <= 1)).all()):
        return "logits"
    if scores.shape[1] > 1 and bool(((scores.sum(1) - 1).abs() < SUMS_TO_ONE).all()):
        return "probabilities"
    last = _last_operation(scores)
    return "sigmoid" if last is None or last in BOUNDING else "logits"


def _last_operation(scores: Tensor) -> str | None:
    """The name of the last operation that changed numbers; None where there is no graph."""
    node = scores.grad_fn
    while node is not None:
        name = node.name().split("Backward")[0].lstrip("_")
        if name not in PASSING:
            return name
        node = node.next_functions[0][0]
    return None
