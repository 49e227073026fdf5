"""Training pictures made a little different every time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F


def augmented(
    pixels: torch.Tensor,
    mean: torch.Tensor,
    rng: np.random.Generator,
    mirror: bool = True,
    reach: int = 8,
    blots: tuple[int, int] | None = (8, 40),
    recolored: float = 0.0,
    fills: tuple[str, ...] = ("mean",),
    strays: float = 0.0,
) -> torch.Tensor:
    """Shift, mirror, jitter the colors of, and blot out pieces of uint8 pictures (n, 3, h, w); float32 0..1.

    Shifts go as far as `reach`, and the sides of blots are those of `blots`, the upper end excluded, in
    pixels; None leaves blots out. Each is filled in one of the ways `fills`, of `FILLS`: methods that ask by
    covering a patch must not meet a network that has never seen a covered picture. A share `recolored` of the
    pictures has its color channels exchanged, and half as many are grey: what is told by color alone is then
    told no longer. A share `strays` has small pieces of other pictures pasted on it anywhere: not everything
    strange in a picture is to change the answer.
    """
    fed = _shifted(pixels.float() / 255, rng, reach)
    if mirror:
        mirrored = torch.from_numpy(rng.random(len(fed)) < 0.5)
        fed[mirrored] = fed[mirrored].flip(-1)
    if recolored:
        fed = _recolored(fed, rng, recolored)
    fed = _jittered(fed, rng)
    if strays:
        fed = _strayed(fed, rng, strays)
    if blots is not None:
        for picture in fed:
            if rng.random() < 0.5:
                _blot(picture, mean, rng, blots, fills)
    return fed


def _shifted(fed: torch.Tensor, rng: np.random.Generator, reach: int) -> torch.Tensor:
    height, width = fed.shape[-2:]
    framed = F.pad(fed, (reach, reach, reach, reach), mode="replicate")
    corners = rng.integers(0, 2 * reach + 1, (len(fed), 2)).tolist()
    return torch.stack(
        [
            picture[:, top : top + height, left : left + width]
            for picture, (top, left) in zip(framed, corners, strict=True)
        ]
    )


def _recolored(fed: torch.Tensor, rng: np.random.Generator, share: float) -> torch.Tensor:
    exchanged = torch.from_numpy(rng.permuted(np.tile(np.arange(3), (len(fed), 1)), axis=1))
    lots = torch.from_numpy(rng.random((len(fed), 1, 1, 1)))
    other = fed.gather(1, exchanged[:, :, None, None].expand_as(fed))
    fed = torch.where(lots < share, other, fed)
    return torch.where(lots > 1 - share / 2, fed.mean(1, keepdim=True).expand_as(fed), fed)


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


def _strayed(fed: torch.Tensor, rng: np.random.Generator, share: float) -> torch.Tensor:
    """Up to three pieces of other pictures, a twentieth to a sixth of the side, from anywhere to anywhere."""
    strayed = fed.clone()
    height, width = fed.shape[-2:]
    for picture in strayed:
        if rng.random() >= share:
            continue
        for _ in range(int(rng.integers(1, 4))):
            other = fed[int(rng.integers(len(fed)))]
            h, w = (int(rng.integers(side // 20, side // 6 + 1)) for side in (height, width))
            top, from_top = rng.integers(0, height - h, 2).tolist()
            left, from_left = rng.integers(0, width - w, 2).tolist()
            piece = other[:, from_top : from_top + h, from_left : from_left + w]
            picture[:, top : top + h, left : left + w] = piece
    return strayed


def _blot(
    picture: torch.Tensor,
    mean: torch.Tensor,
    rng: np.random.Generator,
    sides: tuple[int, int],
    fills: tuple[str, ...],
) -> None:
    height, width = picture.shape[-2:]
    for _ in range(int(rng.integers(1, 4))):
        h, w = rng.integers(*sides, 2).tolist()
        top, left = int(rng.integers(0, height - h)), int(rng.integers(0, width - w))
        # one way of filling asks for no lot
        fill = fills[int(rng.integers(len(fills)))] if len(fills) > 1 else fills[0]
        box = picture[:, top : top + h, left : left + w]
        box.copy_(FILLS[fill](box, mean, rng))


FILLS: dict[str, Callable[[torch.Tensor, torch.Tensor, np.random.Generator], torch.Tensor]] = {
    "mean": lambda box, mean, _: mean[:, None, None].expand_as(box),
    "rim": lambda box, _, __: _rim_spanned(box),
    "color": lambda box, _, rng: torch.from_numpy(rng.random((3, 1, 1), np.float32)).expand_as(box),
    "noise": lambda box, _, rng: torch.from_numpy(rng.random(tuple(box.shape), np.float32)),
}
"""How a piece (3, h, w) is filled: the mean color, its own rim's colors blended, any color, noise."""


def _rim_spanned(box: torch.Tensor) -> torch.Tensor:
    """Blend the colors of a piece's four sides, each the nearer the more: what it showed is gone."""
    height, width = box.shape[-2:]
    down = torch.linspace(0, 1, height)[:, None]
    across = torch.linspace(0, 1, width)
    upright = box[:, :1] * (1 - down) + box[:, -1:] * down
    level = box[:, :, :1] * (1 - across) + box[:, :, -1:] * across
    return (upright + level) / 2
