"""What a map of a filter looks like that has found its part at one place (survey, fig. 9)."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn

__all__ = ["STEEPNESS", "PartMask", "part_templates"]

STEEPNESS = 4.0
"""β: a template falls to zero a quarter of the grid away from its place, and to its least half of it away."""


@lru_cache(maxsize=8)
def part_templates(height: int, width: int, steepness: float = STEEPNESS) -> Tensor:
    """T_μ / τ for every place μ of a grid: max(1 − β |[i, j] − μ|₁ / n, −1).

    Of a grid that is no square, rows are counted in its height and columns in its width.

    Returns
    -------
    float64 (h·w, h·w)
        A row for each place, places row by row.
    """
    rows, columns = (torch.arange(n, dtype=torch.float64) / n for n in (height, width))
    places = torch.cartesian_prod(rows, columns)
    apart = (places[:, None] - places[None]).abs().sum(2)
    return (1 - steepness * apart).clamp(min=-1)


class PartMask(nn.Module):
    """Leaves of each filter's map what lies around its highest place, as its part's template has it.

    x ↦ x ∘ max(T_μ̂, 0) / τ with μ̂ = argmax x. It belongs between a convolution and its ReLU, so that a filter
    speaks for one place of a picture. Maps (b, c, h, w) keep their shape.

    Parameters
    ----------
    steepness : β
    """

    def __init__(self, steepness: float = STEEPNESS) -> None:
        super().__init__()
        self.steepness = steepness

    def forward(self, maps: Tensor) -> Tensor:
        templates = part_templates(*maps.shape[2:], self.steepness).to(maps.device, maps.dtype)
        found = maps.detach().flatten(2).argmax(2)
        return maps * templates.clamp(min=0)[found].view_as(maps)

    def extra_repr(self) -> str:
        return f"steepness={self.steepness}"
