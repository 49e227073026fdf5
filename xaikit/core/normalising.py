"""From the pixels of views to the numbers that a network is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from xaikit.core.images.checks import Float32, UInt8

__all__ = ["Normalising"]

COLORS = 3
GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True, eq=False)
class Normalising:
    """(x − mean) / std of pictures in 0..1, per channel; of grey pictures where there is one channel.

    Attributes
    ----------
    mean, std : float32 (c,), c the channels that the network takes
    """

    mean: Float32
    std: Float32

    @classmethod
    def of(cls, mean: Sequence[float], std: Sequence[float]) -> Normalising:
        """With mean and std as a person gives them; ValueError where they are none."""
        return cls(*_per_channel(mean, std))

    @property
    def n_channels(self) -> int:
        """Of the pictures: three also where the network takes grey ones, which are made from colors."""
        return COLORS if len(self.mean) == 1 else len(self.mean)

    @property
    def mean_color(self) -> tuple[int, ...]:
        """The mean as a uint8 color (r, g, b), or of as many channels as pictures have."""
        mean = np.broadcast_to(self.mean, self.n_channels)
        return tuple(int(v) for v in np.rint(np.clip(mean, 0, 1) * 255))

    @torch.inference_mode(False)
    def __call__(self, views: UInt8, device: torch.device) -> Tensor:
        """float32 (b, c, H, W) on the device, of views uint8 (b, H, W, 3)."""
        batch = torch.from_numpy(np.asarray(views)).to(device).permute(0, 3, 1, 2).contiguous()
        batch = batch.float().div_(255)
        if len(self.mean) == 1:
            batch = (batch * torch.tensor(GREY, device=device).view(1, 3, 1, 1)).sum(1, keepdim=True)
        mean, std = (torch.from_numpy(v).to(device).view(1, -1, 1, 1) for v in (self.mean, self.std))
        return batch.sub_(mean).div_(std)

    def pictures(self, inputs: Tensor) -> UInt8:
        """Views uint8 (b, H, W, 3) of what the network is given, (b, c, H, W): the inverse, clipped."""
        mean, std = (torch.from_numpy(v).view(1, -1, 1, 1) for v in (self.mean, self.std))
        colors = inputs.detach().float().cpu() * std + mean
        views = colors.mul(255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
        return np.ascontiguousarray(views.expand(-1, -1, -1, self.n_channels).numpy())


def _per_channel(mean: Sequence[float], std: Sequence[float]) -> tuple[Float32, Float32]:
    """Mean and std of as many channels as either has, or of one where neither says more."""
    arrays = [np.asarray(values, np.float32) for values in (mean, std)]
    for name, array, given in zip(("mean", "std"), arrays, (mean, std), strict=True):
        if array.ndim > 1 or not array.size or not np.isfinite(array).all():
            raise ValueError(
                f"`{name}` must be finite numbers, one per channel: three of color pictures, or one, in a "
                f"list, for grey ones; got {given!r}."
            )
    if (arrays[1] <= 0).any():
        raise ValueError(f"`std` must be positive; got {std!r}.")
    sizes = {array.size for array in arrays} - {1}
    if len(sizes) > 1:
        raise ValueError(f"`mean` and `std` must have a number per channel each; got {mean!r} and {std!r}.")
    n = 1 if arrays[0].shape == arrays[1].shape == (1,) else next(iter(sizes), COLORS)
    first, second = (np.broadcast_to(array, n).copy() for array in arrays)
    return first, second
