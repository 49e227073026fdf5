"""Explanation modules side by side: an encoder E_θ, a decoder E_θ̃⁻¹ and a read-out v each (SRAE 2.3).

    Z (S,) → 800 → 100 → E (n,), none below zero      Ẑ = E_θ̃⁻¹(E): n → 100 → 800 → S
    ȳ = b + Σ_i v_i E_i                                contribution of x-feature i: v_i E_i

K modules of one shape are one stack of weights, so that one batched product trains them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["HIDDEN", "LEAST_FOR_AGAINST", "Modules", "Scale", "Stack", "joined"]

HIDDEN = (800, 100)
SPREADS = (0.3, 0.3, 0.03)
"""Of each encoder layer's units at the start. Small, so that training shapes the features: at a spread of 1
random ones stay, which fit what they were trained on and little else."""
FIRST_WEIGHT = 0.4
LEAST_FOR_AGAINST = 3
"""X-features, for the last of them to begin by speaking against the class."""
LEAK = 0.1


class _Rectified(torch.autograd.Function):
    """max(x, 0), with a tenth of the slope where x is below: a feature that is off everywhere comes back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, slope, LEAK * slope)


class Stack(nn.Module):
    """Fully connected layers of K networks of one shape, rectified between: (K, b, in) → (K, b, out)."""

    def __init__(self, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> None:
        super().__init__()
        self.weights = nn.ParameterList(weights)  # (K, in, out) each
        self.biases = nn.ParameterList(biases)  # (K, 1, out) each

    @classmethod
    def drawn(cls, sizes: Sequence[int], generators: Sequence[np.random.Generator]) -> Stack:
        """A network for each generator, its numbers uniform in ±1/√in."""
        pairs = list(pairwise(sizes))
        each = [
            [(_uniform(rng, (i, o), i), _uniform(rng, (1, o), i)) for i, o in pairs] for rng in generators
        ]
        columns = [list(zip(*layer, strict=True)) for layer in zip(*each, strict=True)]
        weights, biases = zip(*((torch.stack(w), torch.stack(b)) for w, b in columns), strict=True)
        return cls(weights, biases)

    def forward(self, rows: Tensor) -> Tensor:
        last = len(self.weights) - 1
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            rows = torch.baddbmm(bias, rows, weight)
            if number < last:
                rows = F.relu(rows)
        return rows

    def of(self, number: int) -> list[tuple[Tensor, Tensor]]:
        """(out, in) weights and (out,) biases of one network, as `torch.nn.functional.linear` takes them."""
        return [
            (weight[number].detach().T.contiguous(), bias[number, 0].detach())
            for weight, bias in zip(self.weights, self.biases, strict=True)
        ]


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], n_in: int) -> Tensor:
    return torch.from_numpy(rng.uniform(-1, 1, shape).astype(np.float32)) / n_in**0.5


class Scale:
    """How layer features and scores are measured while modules are trained, so that all terms weigh alike.

    Features are (Z − center) / spread, with one spread for all units; scores (ŷ − baseline) / height.

    Attributes
    ----------
    center : (K, 1, S); spread : a number; baseline, height : (K,)
    """

    def __init__(self, center: Tensor, spread: float, baseline: Tensor, height: Tensor) -> None:
        self.center, self.spread, self.baseline, self.height = center, spread, baseline, height

    def to(self, device: torch.device | str) -> Scale:
        """The same on another device."""
        center, baseline, height = (one.to(device) for one in (self.center, self.baseline, self.height))
        return Scale(center, self.spread, baseline, height)

    def rows(self, features: Tensor) -> Tensor:
        """Layer features as (K, b, S) without their center."""
        return (features - self.center) / self.spread

    def scores(self, scores: Tensor) -> Tensor:
        return (scores - self.baseline[:, None]) / self.height[:, None]


class Modules(nn.Module):
    """K modules.

    Attributes
    ----------
    encoder : (K, b, S) → (K, b, n), to be rectified
    decoder : (K, b, n) → (K, b, S), or None where nothing is reconstructed
    readout : v, (K, n)
    baseline : b, (K,)
    """

    def __init__(self, encoder: Stack, decoder: Stack | None, readout: Tensor, baseline: Tensor) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.readout = nn.Parameter(readout)
        self.baseline = nn.Parameter(baseline, requires_grad=False)

    @classmethod
    def drawn(
        cls, n_units: int, n_features: int, decodes: bool, generators: Sequence[np.random.Generator]
    ) -> Modules:
        """Modules at their start.

        All features begin alike: they speak for the class with one weight, where there are three or more the
        last one against it. What tells them apart is left to the loss.
        """
        sizes = (n_units, *HIDDEN, n_features)
        encoder = Stack.drawn(sizes, generators)
        decoder = Stack.drawn(sizes[::-1], generators) if decodes else None
        readout = torch.full((len(generators), n_features), FIRST_WEIGHT)
        if n_features >= LEAST_FOR_AGAINST:
            readout[:, -1] = -FIRST_WEIGHT
        return cls(encoder, decoder, readout, torch.zeros(len(generators)))

    @torch.no_grad()
    def settle(self, rows: Tensor, mean: Tensor) -> None:
        """Give the units of each layer of the encoder their first spread over some rows (K, b, S).

        Hidden units are on for about half of the rows, features for most; so none is off from the start.

        Parameters
        ----------
        mean : (K, 1, S), what the decoder first says whatever it is given
        """
        if self.decoder is not None:
            self.decoder.biases[-1].copy_(mean)
        last = len(SPREADS) - 1
        for number, (weight, bias) in enumerate(zip(self.encoder.weights, self.encoder.biases, strict=True)):
            plain = rows @ weight
            by = SPREADS[number] / plain.std(1, keepdim=True).clamp(min=1e-6)
            weight.mul_(by)
            bias.copy_(-plain.mean(1, keepdim=True) * by)
            if number == last:
                bias.add_(SPREADS[last])
            rows = F.relu(rows @ weight + bias)

    def encode(self, rows: Tensor) -> Tensor:
        """E, (K, b, n)."""
        found: Tensor = _Rectified.apply(self.encoder(rows))
        return found

    def encode_one(self, rows: Tensor, number: int) -> Tensor:
        """E of one module, of rows (b, S): (b, n)."""
        for weight, bias in self.encoder.of(number):
            rows = F.relu(F.linear(rows, weight, bias))
        return rows

    def read(self, features: Tensor) -> Tensor:
        """ȳ of x-features (K, b, n): (K, b)."""
        return (features * self.readout[:, None]).sum(2) + self.baseline[:, None]

    @torch.no_grad()
    def unscaled(self, scale: Scale) -> Modules:
        """The same modules for features and scores as they are."""
        encoder, decoder = self.encoder, self.decoder
        first = encoder.weights[0] / scale.spread
        bias = encoder.biases[0] - torch.bmm(scale.center, first)
        of_layer = Stack([first, *encoder.weights[1:]], [bias, *encoder.biases[1:]])
        back = decoder and Stack(
            [*decoder.weights[:-1], decoder.weights[-1] * scale.spread],
            [*decoder.biases[:-1], decoder.biases[-1] * scale.spread],
        )
        return Modules(of_layer, back, self.readout * scale.height[:, None], scale.baseline.clone())

    @torch.no_grad()
    def reordered(self, order: Tensor) -> Modules:
        """The same modules with their x-features in another order, (K, n)."""
        encoder, decoder = self.encoder, self.decoder
        columns = order[:, None]
        weight = encoder.weights[-1].gather(2, columns.expand_as(encoder.weights[-1]))
        first = Stack(
            [*encoder.weights[:-1], weight], [*encoder.biases[:-1], encoder.biases[-1].gather(2, columns)]
        )
        back = decoder
        if decoder is not None:
            rows = order[..., None].expand_as(decoder.weights[0])
            back = Stack([decoder.weights[0].gather(1, rows), *decoder.weights[1:]], list(decoder.biases))
        return Modules(first, back, self.readout.gather(1, order), self.baseline.clone())

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """All numbers, by name; the first axis is the module's."""
        return {name: own.detach().numpy() for name, own in self.state_dict().items()}

    @classmethod
    def of_arrays(cls, arrays: dict[str, NDArray[np.float32]]) -> Modules:
        """What `arrays` gave; KeyError where some are missing."""
        found = {name: torch.from_numpy(np.array(own, np.float32)) for name, own in arrays.items()}
        encoder, decoder = (_stack_of(found, part) for part in ("encoder", "decoder"))
        if encoder is None:
            raise KeyError("encoder")
        return cls(encoder, decoder, found["readout"], found["baseline"])


def joined(several: Sequence[Modules]) -> Modules:
    """All modules of some stacks of one shape as one."""
    arrays = [one.arrays() for one in several]
    return Modules.of_arrays({name: np.concatenate([one[name] for one in arrays]) for name in arrays[0]})


def _stack_of(found: dict[str, Tensor], part: str) -> Stack | None:
    n = sum(name.startswith(f"{part}.weights.") for name in found)
    if not n:
        return None
    return Stack(*([found[f"{part}.{kind}.{k}"] for k in range(n)] for kind in ("weights", "biases")))
