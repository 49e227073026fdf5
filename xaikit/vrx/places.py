"""How much farther concepts are from their usual places than usual: what an edge of the graphs knows.

    d_ji = mean over the three nearest usual pictures t of ‖(p_j - p_i) - (p_j^t - p_i^t)‖
    d_ii = mean over the three nearest usual pictures t of ‖p_i - p_i^t‖
    z_ji = d_ji - mean of d_ji over the usual pictures

p_i is the place of concept i, usual are the training pictures that the network gives the graph's class and in
which both concepts are found; a picture is none of its own usual ones. Where one of the two is not found, the
other's z_ii takes the place of z_ji; where neither is, z is 0. Less than 0 is closer to the usual than most
usual pictures are, so a relation as one sees it every day speaks neither for the class nor against it.

This is geometry. A network need not mind where things are, and a deviation does not foretell that it does.
"""

from __future__ import annotations

import torch

__all__ = ["NEAREST", "deviations", "usual_distances"]

NEAREST = 3


def deviations(
    positions: torch.Tensor, usual: torch.Tensor, usually: torch.Tensor, epsilon: float
) -> torch.Tensor:
    """z of every two concepts of a graph, symmetric, in shares of the picture's side.

    Parameters
    ----------
    positions : (B, m, N, 2); ε, ε where a concept is not found
    usual : (m, T, N, 2), likewise
    usually : (m, N, N), their :func:`usual_distances`
    epsilon : ε

    Returns
    -------
    (B, m, N, N)
    """
    graphs = zip(positions.unbind(1), usual, strict=True)
    distances = torch.stack([_distances(own, others, epsilon) for own, others in graphs], dim=1)
    both = _both_found(positions, epsilon)
    z = (distances - usually) * both
    own = z.diagonal(dim1=-2, dim2=-1)
    return torch.where(both, z, own[..., :, None] + own[..., None, :])


def usual_distances(usual: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Mean d of usual pictures (m, T, N, 2), (m, N, N); 0 of concepts that none of them has."""
    both = _both_found(usual, epsilon)
    distances = torch.stack([_distances(own, own, epsilon) for own in usual])
    return (distances * both).sum(1) / both.sum(1).clamp(min=1)


def _distances(positions: torch.Tensor, usual: torch.Tensor, epsilon: float) -> torch.Tensor:
    """d of one graph's positions (B, N, 2) from usual ones (T, N, 2), (B, N, N); of found concepts alone."""
    away = positions[:, None] - usual  # (B, T, N, 2)
    related = (away[:, :, None] - away[:, :, :, None]).norm(dim=-1)
    distances = related + torch.diag_embed(away.norm(dim=-1))
    known = _both_found(usual, epsilon) & (distances > 0)
    distances = distances.masked_fill(~known, torch.inf)
    near = distances.topk(min(NEAREST, len(usual)), dim=1, largest=False).values
    there = near.isfinite()
    return near.masked_fill(~there, 0).sum(1) / there.sum(1).clamp(min=1)


def _both_found(positions: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Which two concepts of positions (…, N, 2) are found, bool (…, N, N)."""
    found = (positions != epsilon).any(-1)
    return found[..., :, None] & found[..., None, :]
