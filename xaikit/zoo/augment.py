"""Training pictures made a little different every time."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F


def augmented(
    pixels: torch.Tensor, mean: torch.Tensor, rng: np.random.Generator, mirror: bool = True
) -> torch.Tensor:
    """Shift, mirror, jitter the colours of, and blot out pieces of uint8 pictures (n, 3, h, w); float32 0..1.

    The blots have the mean colour: methods that ask by covering a patch must not meet a network that has
    never seen a covered picture.
    """
    fed = _shifted(pixels.float() / 255, rng)
    if mirror:
        mirrored = torch.from_numpy(rng.random(len(fed)) < 0.5)
        fed[mirrored] = fed[mirrored].flip(-1)
    fed = _jittered(fed, rng)
    for picture in fed:
        if rng.random() < 0.5:
            _blot(picture, mean, rng)
    return fed


def _shifted(fed: torch.Tensor, rng: np.random.Generator, reach: int = 8) -> torch.Tensor:
    height, width = fed.shape[-2:]
    framed = F.pad(fed, (reach, reach, reach, reach), mode="replicate")
    corners = rng.integers(0, 2 * reach + 1, (len(fed), 2)).tolist()
    return torch.stack(
        [
            picture[:, top : top + height, left : left + width]
            for picture, (top, left) in zip(framed, corners, strict=True)
        ]
    )


def _jittered(fed: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Brightness, contrast and saturation off by up to 15 %."""
    gain, contrast, saturation = (
        torch.from_numpy(rng.uniform(0.85, 1.15, (len(fed), 1, 1, 1)).astype(np.float32)) for _ in range(3)
    )
    fed = fed * gain
    grey = fed.mean(1, keepdim=True)
    fed = grey + (fed - grey) * saturation
    middle = grey.mean((2, 3), keepdim=True)
    return (middle + (fed - middle) * contrast).clamp(0, 1)


def _blot(picture: torch.Tensor, mean: torch.Tensor, rng: np.random.Generator) -> None:
    height, width = picture.shape[-2:]
    for _ in range(int(rng.integers(1, 4))):
        h, w = rng.integers(8, 40, 2).tolist()
        top, left = int(rng.integers(0, height - h)), int(rng.integers(0, width - w))
        picture[:, top : top + h, left : left + w] = mean[:, None, None]
