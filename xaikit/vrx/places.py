"""How far concepts are from where they usually are: what an edge of the graphs knows.

    z_ji = mean over the three nearest usual pictures t of ‖(p_j − p_i) − (p_j^t − p_i^t)‖

p_i is the place of concept i, usual are the training pictures that the network gives the graph's class and in
which both concepts are found. Where one of the two is not found, its partner's own place takes the place of
the relative one; where neither is, z is 0. A picture is none of its own usual ones.

This is geometry. A network need not mind where things are, and a deviation does not foretell that it does.
"""

from __future__ import annotations

import torch

__all__ = ["NEAREST", "deviations"]

NEAREST = 3


def deviations(positions: torch.Tensor, usual: torch.Tensor, epsilon: float) -> torch.Tensor:
    """z of every two concepts of a graph, symmetric, in shares of the picture's side.

    Parameters
    ----------
    positions : (B, m, N, 2); ε, ε where a concept is not found
    usual : (m, T, N, 2), likewise
    epsilon : ε

    Returns
    -------
    (B, m, N, N)
    """
    graphs = zip(positions.unbind(1), usual, strict=True)
    return torch.stack([_of_graph(own, others, epsilon) for own, others in graphs], dim=1)


def _of_graph(positions: torch.Tensor, usual: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Positions (B, N, 2) and usual ones (T, N, 2) to (B, N, N)."""
    found, known = ((one != epsilon).any(-1) for one in (positions, usual))
    away = positions[:, None] - usual  # (B, T, N, 2)
    alone = _nearest(away.norm(dim=-1), known)
    related = (away[:, :, None] - away[:, :, :, None]).norm(dim=-1)
    together = _nearest(related, known[:, :, None] & known[:, None])
    here = found.to(alone.dtype) * alone
    both = found[:, :, None] & found[:, None]
    return torch.where(both, together, here[:, :, None] + here[:, None])


def _nearest(distances: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Mean over the nearest of T distances (B, T, …) that are known (T, …) and not 0; 0 where none is."""
    distances = distances.masked_fill(~known | (distances == 0), torch.inf)
    near = distances.topk(min(NEAREST, distances.shape[1]), dim=1, largest=False).values
    there = near.isfinite()
    return near.masked_fill(~there, 0).sum(1) / there.sum(1).clamp(min=1)
