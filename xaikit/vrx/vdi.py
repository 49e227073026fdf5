"""Visual decision interpreter (VRX 3.3): what each concept and each relation contributes to a decision.

    α_i = ∂y^c / ∂G^i(h_i)                                                               (eq. 5)
    s_i = α_i · G^i(h_i)                                                                 (eq. 6)

The embedding G^i(h_i) is the concatenation of its node and edge features, so s_i is also the sum over the
nodes and edges of graph i of α·feature taken over each one's slice: their contributions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from xaikit.vrx.grn import GraphReasoningNetwork

__all__ = ["Contributions", "contributions", "mean_contributions", "patch_contributions"]


@dataclass(frozen=True)
class Contributions:
    """Contributions to each class's GRN logit; t targets, m hypothesis graphs, N concepts.

    Attributes
    ----------
    logits : float32 (m,), the GRN's logits, centred over the classes
    nodes : float32 (t, m, N)
    edges : float32 (t, m, N, N), [t, m, i, j] is the edge from j to i
    rest : float32 (t, m), what no concept of a graph covers
    bias : float32 (t,)
    completeness_error : float32 (t,), |logit − bias − Σ nodes − Σ edges − Σ rest|
    """

    logits: np.ndarray
    nodes: np.ndarray
    edges: np.ndarray
    rest: np.ndarray
    bias: np.ndarray

    @property
    def completeness_error(self) -> np.ndarray:
        told = self.nodes.sum((1, 2)) + self.edges.sum((1, 2, 3)) + self.rest.sum(1)
        return np.abs(self.logits - self.bias - told)


def contributions(
    grn: GraphReasoningNetwork, features: np.ndarray, positions: np.ndarray, rest: np.ndarray
) -> Contributions:
    """Eq. 5 and 6 for every class at once.

    Parameters
    ----------
    features : (m, N, d), positions : (m, N, 2), rest : (m, d - 1) of one picture's graphs
    """
    y, nodes, edges, left = _contributions(grn, features[None], positions[None], rest[None])
    found = (part[0].numpy() for part in (y, nodes, edges, left, grn.bias[None]))
    return Contributions(*found)


def mean_contributions(
    grn: GraphReasoningNetwork, features: np.ndarray, positions: np.ndarray, rest: np.ndarray
) -> Contributions:
    """Eq. 5 and 6 on average over n pictures: what usually speaks for and against each class.

    Parameters
    ----------
    features : (n, m, N, d), positions : (n, m, N, 2), rest : (n, m, d - 1)
    """
    parts = (*_contributions(grn, features, positions, rest), grn.bias[None])
    return Contributions(*(part.mean(0).numpy() for part in parts))


def _contributions(
    grn: GraphReasoningNetwork, features: np.ndarray, positions: np.ndarray, rest: np.ndarray
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Logits (n, m); contributions of nodes (n, t, m, N), edges (n, t, m, N, N), the rest (n, t, m)."""
    with torch.enable_grad():
        embedding = grn.embed(*(torch.from_numpy(one) for one in (features, positions, rest)))
        embedding = embedding.detach().requires_grad_()
        logits = grn.classify(embedding)
        each = [logits[:, t].sum() for t in range(logits.shape[1])]  # pictures do not touch each other
        alpha = [torch.autograd.grad(y, embedding, retain_graph=True)[0] for y in each]
    with torch.no_grad():
        slices = torch.stack(alpha, dim=1) * embedding[:, None]
        nodes, edges = grn.split(slices)
    return logits.detach(), nodes, edges, grn.of_rest(slices)


def patch_contributions(
    grn: GraphReasoningNetwork,
    features: np.ndarray,
    positions: np.ndarray,
    i: int,
    k: int,
    patches: np.ndarray,
) -> np.ndarray:
    """What concept k of class i contributes to its class with each of several patches in its place.

    Parameters
    ----------
    features : (m, N, d), positions : (m, N, 2) of a picture's graphs
    patches : (n, d), features that take the place of the concept's own, one after the other

    Returns
    -------
    float32 (n,)
    """
    x = torch.from_numpy(features)[None].repeat(len(patches), 1, 1, 1)
    x[:, i, k] = torch.from_numpy(patches)
    places = torch.from_numpy(positions)[None].expand(len(patches), -1, -1, -1)
    with torch.enable_grad():
        embedding = grn.embed(x, places).detach().requires_grad_()
        alpha = torch.autograd.grad(grn.classify(embedding)[:, i].sum(), embedding)[0]
    nodes, _ = grn.split(alpha * embedding.detach())
    return nodes[:, i, k].numpy()
