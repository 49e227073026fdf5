"""Graph reasoning network (VRX 3.2.2): a small graph network distilled from the classifier.

    f_{k+1}^i     = W1 f_k^i + Σ_{j≠i} W3 C(e_ji^c W2 f_k^j, edge_k^ji)                   (eq. 3)
    edge_{k+1}^ji = W4 edge_k^ji
    G^c(h_c)      = C(f_K^1 … f_K^N, edge_K^ji for all j≠i)                     graph embedding
    G(h)          = E(C_c G^c(h_c))                                                      (eq. 1)
    L_d           = ‖σ(G(h)) − σ(F(I))‖_1,  σ(y) = softmax(y / T)                        (eq. 4)

C concatenates; W1…W4 are shared by the classes, e_ji^c belongs to class c. Between layers node features pass
through a ReLU. No layer has a bias but the last of E, so every output is a positively homogeneous function of
the embedding: y = ∂y/∂G · G + bias exactly, and eq. 6's contributions are complete. E's outputs are centred
over the classes, because σ does not see a constant added to all of them.

The graphs are small and complete, so messages are dense tensor products over (batch, class, i, j) rather than
scattered edges; ``tests/vrx`` compares them with the sums written out, and with torch_geometric.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import nn

__all__ = ["ConceptConv", "DistillSettings", "GraphReasoningNetwork", "distill"]


INITIAL_E = 0.05


class ConceptConv(nn.Module):
    """One layer of eq. 3 for all graphs of a batch.

    Shapes: nodes (B, m, N, d_in), edges (B, m, N, N, 4) with [b, c, i, j] = edge_ji,
    weights e (m, N, N) with [c, i, j] = e_ji and a zero diagonal.
    """

    def __init__(self, d_in: int, d_out: int) -> None:
        super().__init__()
        self.w1 = nn.Linear(d_in, d_out, bias=False)
        self.w2 = nn.Linear(d_in, d_out, bias=False)
        self.w3 = nn.Linear(d_out + 4, d_out, bias=False)
        self.w4 = nn.Linear(4, 4, bias=False)

    def forward(
        self, nodes: torch.Tensor, edges: torch.Tensor, e: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        others = 1 - torch.eye(nodes.shape[2], device=nodes.device, dtype=nodes.dtype)
        # Σ_j W3 C(e_ji m_j, edge_ji) = W3 C(Σ_j e_ji m_j, Σ_j edge_ji): one small product instead of N².
        neighbours = torch.einsum("cij,bcjd->bcid", e, self.w2(nodes))
        places = torch.einsum("ij,bcijp->bcip", others, edges)
        return self.w1(nodes) + self.w3(torch.cat([neighbours, places], -1)), self.w4(edges)


class GraphReasoningNetwork(nn.Module):
    """The GRN of m classes with N concepts each.

    Parameters
    ----------
    n_classes, n_concepts, n_features : m, N, d
    hidden : width of the node features after the first layer
    n_layers : K
    mlp : width of E's hidden layer; 0 = E is linear
    scale : features are divided by this number (their typical norm in training)
    """

    scale: torch.Tensor
    off_diagonal: torch.Tensor

    def __init__(
        self,
        n_classes: int,
        n_concepts: int,
        n_features: int,
        hidden: int = 32,
        n_layers: int = 1,
        mlp: int = 0,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        self.shape = (n_classes, n_concepts, n_features)
        widths = [n_features] + [hidden] * n_layers
        self.convs = nn.ModuleList(ConceptConv(a, b) for a, b in pairwise(widths))
        # concepts stand alone at first: a dependency has to be learned, or a node would tell of all others
        self.e = nn.Parameter(torch.full((n_classes, n_concepts, n_concepts), INITIAL_E))
        self.register_buffer("scale", torch.tensor(float(scale)))
        self.register_buffer("off_diagonal", ~torch.eye(n_concepts, dtype=torch.bool))
        self.node_slice = n_concepts * hidden
        width = n_classes * (self.node_slice + n_concepts * (n_concepts - 1) * 4)
        if mlp:
            hidden_layer = nn.Linear(width, mlp, bias=False)
            self.read = nn.Sequential(nn.Flatten(), hidden_layer, nn.ReLU(), nn.Linear(mlp, n_classes))
        else:
            self.read = nn.Sequential(nn.Flatten(), nn.Linear(width, n_classes))

    def embed(self, features: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """Graph embeddings (B, m, N·hidden + N(N−1)·4): the nodes' slices, then the edges' [i, j], i ≠ j."""
        b, m, n, _ = features.shape
        nodes = features / self.scale
        start = positions[:, :, None, :, :].expand(b, m, n, n, 2)  # x_j, y_j
        end = positions[:, :, :, None, :].expand(b, m, n, n, 2)  # x_i, y_i
        edges = torch.cat([start, end], -1)
        e = self.e * self.off_diagonal
        for k, conv in enumerate(self.convs):
            nodes, edges = conv(torch.relu(nodes) if k else nodes, edges, e)
        flat_edges = edges[:, :, self.off_diagonal]
        return torch.cat([nodes.flatten(2), flat_edges.flatten(2)], -1)

    def classify(self, embedding: torch.Tensor) -> torch.Tensor:
        """E: logits of the classes of interest (B, m), their mean taken away."""
        logits = self.read(embedding)
        return logits - logits.mean(-1, keepdim=True)

    def forward(self, features: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        return self.classify(self.embed(features, positions))

    @property
    def bias(self) -> torch.Tensor:
        """What the logits are when nothing is in the embedding, (m,)."""
        m, n, _ = self.shape
        return self.classify(self.e.new_zeros(1, m, self.node_slice + n * (n - 1) * 4))[0]

    def split(self, slices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Sums an embedding-shaped tensor (…, D) over node slices (…, N) and edge slices (…, N, N) [i, j]."""
        _, n, _ = self.shape
        nodes = slices[..., : self.node_slice].unflatten(-1, (n, -1)).sum(-1)
        edges = slices.new_zeros(*slices.shape[:-1], n, n)
        edges[..., self.off_diagonal] = slices[..., self.node_slice :].unflatten(-1, (-1, 4)).sum(-1)
        return nodes, edges


@dataclass(frozen=True)
class DistillSettings:
    """How the GRN is trained (see :class:`xaikit.VRX` for the meaning of each)."""

    hidden: int = 32
    n_layers: int = 1
    mlp: int = 0
    temperature: float = 1.0
    epochs: int = 150
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.1


def distill(
    features: np.ndarray,
    positions: np.ndarray,
    logits: np.ndarray,
    settings: DistillSettings,
    seed: int,
    progress: Callable[[int], None] = lambda epoch: None,
) -> GraphReasoningNetwork:
    """Train a GRN to give the classifier's normalised outputs (eq. 4).

    Parameters
    ----------
    features : (n, m, N, d), positions : (n, m, N, 2), logits : (n, m) of the classifier
    seed : the same seed gives the same weights, bit for bit, on the same machine
    progress : called after each epoch with its number
    """
    x, places = torch.from_numpy(features), torch.from_numpy(positions)
    target = torch.softmax(torch.from_numpy(logits) / settings.temperature, -1)
    scale = float(np.linalg.norm(features, axis=-1).max(initial=1e-6))
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        n, m, n_concepts, d = features.shape
        grn = GraphReasoningNetwork(m, n_concepts, d, settings.hidden, settings.n_layers, settings.mlp, scale)
        optimizer = torch.optim.AdamW(
            grn.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        steps = settings.epochs * -(-n // settings.batch_size)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.learning_rate, steps)
        for epoch in range(settings.epochs):
            for batch in torch.randperm(n).split(settings.batch_size):
                answer = torch.softmax(grn(x[batch], places[batch]) / settings.temperature, -1)
                loss = (answer - target[batch]).abs().sum(-1).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
            progress(epoch)
    return grn.eval().requires_grad_(False)
