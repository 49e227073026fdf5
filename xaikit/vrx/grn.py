"""Graph reasoning network (VRX 3.2.2): a small graph network distilled from the classifier.

    f_{k+1}^i     = W1 f_k^i + Σ_{j≠i} W3 C(e_ji^c W2 f_k^j, edge_k^ji)                   (eq. 3)
    edge_{k+1}^ji = W4 edge_k^ji
    G^c(h_c)      = C(f_K^1 … f_K^N, edge_K^ji for all j≠i)                     graph embedding
    G(h)          = E(C_c G^c(h_c))                                                      (eq. 1)
    L_d           = ‖σ(G(h)) − σ(F(I))‖_1,  σ(y) = softmax(y / T)                        (eq. 4)

and, beyond the paper (λ = 0 leaves it away),

    L_e           = mean over detected nodes of |s_ik^i − (y_i(I) − y_i(I∖k))|
    L_s           = mean over copies of |Δs_ik^i − Δy_i| + mean over untouched nodes of |Δs_ij^i|

C concatenates; W1…W4 are shared by the classes, e_ji^c belongs to class c. Between layers node features pass
through a ReLU. No layer has a bias but the last of E, so every output is a positively homogeneous function of
the embedding: y = ∂y/∂G · G + bias exactly, and eq. 6's contributions are complete. E's outputs are centred
over the classes, because σ does not see a constant added to all of them.

L_d alone lets the GRN credit any of the things that come together: on the built-in world its contributions
then rank with what the network does without a region no better than chance. L_e teaches it each region's
measured effect (:mod:`xaikit.vrx.effects`): s_ik^i is the contribution of node k of graph i to its own class,
y_i the network's centred logit, I∖k the picture with the region filled in. A region's effect grows with its
area, so nodes tell of the area as well: their features become C(f, 20·a·f, 5·a), a the share of the picture.
L_s is of copies in which concept k of graph i was replaced (:mod:`xaikit.vrx.substituting`), which have their
own L_d, too; Δ is what changed from the picture to the copy.

What no concept covers speaks as well. Each graph has a *rest*, R^i = f̄ − Σ_k a_k·f_k, f̄ the mean evidence of
the whole picture; W5·20·R^i is one more slice of its embedding. So the GRN need not lay at the concepts' door
what they are not the cause of, and a network that averages over places can be imitated exactly.

In place of where its two concepts are, an edge knows how much farther from their usual places they are than
is usual (:mod:`xaikit.vrx.places`): −softplus(u_ji)·z_ji is a slice of its graph's embedding and goes to its
class as it is. So a relation out of the usual speaks against the class, and one closer to it than most a
little for it. Places themselves, which eq. 3 gives the edges, know no usual; beside deviations they often
said that a concept moved away stands better there.

The graphs are small and complete, so messages are dense tensor products over (batch, class, i, j) rather than
scattered edges; ``tests/vrx`` compares them with the sums written out, and with torch_geometric.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import nn

from xaikit.vrx.places import deviations, usual_distances

__all__ = [
    "ConceptConv",
    "DistillSettings",
    "GraphReasoningNetwork",
    "Lessons",
    "Replaced",
    "distill",
    "distillation_loss",
    "substitution_loss",
]


INITIAL_E = 0.05
AREA, BARE_AREA = 20.0, 5.0
PLACES = 4  # x and y of both ends
MOST_USUAL = 100


class ConceptConv(nn.Module):
    """One layer of eq. 3 for all graphs of a batch.

    Shapes: nodes (B, m, N, d_in), edges (B, m, N, N, 4) with [b, c, i, j] = edge_ji, or None where ``places``
    is False: they know none; weights e (m, N, N) with [c, i, j] = e_ji and a zero diagonal.
    """

    def __init__(self, d_in: int, d_out: int, places: bool = True) -> None:
        super().__init__()
        self.w1 = nn.Linear(d_in, d_out, bias=False)
        self.w2 = nn.Linear(d_in, d_out, bias=False)
        self.w3 = nn.Linear(d_out + PLACES * places, d_out, bias=False)
        self.w4 = nn.Linear(PLACES, PLACES, bias=False) if places else None

    def forward(
        self, nodes: torch.Tensor, edges: torch.Tensor | None, e: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        others = 1 - torch.eye(nodes.shape[2], device=nodes.device, dtype=nodes.dtype)
        # Σ_j W3 C(e_ji m_j, edge_ji) = W3 C(Σ_j e_ji m_j, Σ_j edge_ji): one small product instead of N².
        neighbours = torch.einsum("cij,bcjd->bcid", e, self.w2(nodes))
        if edges is None or self.w4 is None:
            return self.w1(nodes) + self.w3(neighbours), None
        places = torch.einsum("ij,bcijp->bcip", others, edges)
        return self.w1(nodes) + self.w3(torch.cat([neighbours, places], -1)), self.w4(edges)


class GraphReasoningNetwork(nn.Module):
    """The GRN of m classes with N concepts each.

    Parameters
    ----------
    n_classes, n_concepts, n_features : m, N, d; the last feature is the share of the picture a node covers
    areas : whether nodes tell of it; the paper's do not
    rest : whether graphs tell of what no concept covers; the paper's do not
    n_usual : T, pictures of each class that say where concepts usually are, and edges know how far they are
        from there; 0 = edges know places, as the paper's
    epsilon : ε, the place of a concept that is not found
    hidden : width of the node features after the first layer
    n_layers : K
    mlp : width of E's hidden layer; 0 = E is linear
    scale : evidence, all features but the last, is divided by this number (its largest norm in training)
    """

    scale: torch.Tensor
    usual: torch.Tensor
    usual_distances: torch.Tensor
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
        areas: bool = True,
        rest: bool = True,
        n_usual: int = 0,
        epsilon: float = 1e-3,
    ) -> None:
        super().__init__()
        self.shape = (n_classes, n_concepts, n_features)
        self.areas, self.mlp, self.rest = areas, mlp, rest
        evidence = n_features - 1
        widths = [2 * evidence + 1 if areas else evidence] + [hidden] * n_layers
        self.convs = nn.ModuleList(ConceptConv(a, b, not n_usual) for a, b in pairwise(widths))
        # concepts stand alone at first: a dependency has to be learned, or a node would tell of all others
        self.e = nn.Parameter(torch.full((n_classes, n_concepts, n_concepts), INITIAL_E))
        self.register_buffer("scale", torch.tensor(float(scale)))
        # torch.eye on the meta device, where a file's network is tried first, imports the whole compiler
        every = torch.full((n_concepts, n_concepts), True)
        self.register_buffer("off_diagonal", every.fill_diagonal_(False))
        self.node_slice = n_concepts * hidden
        self.edge_slice = 0 if n_usual else n_concepts * (n_concepts - 1) * PLACES
        self.w5 = nn.Linear(evidence, hidden, bias=False) if rest else None
        self.rest_slice = hidden if rest else 0
        self.epsilon = float(np.float32(epsilon))
        self.u = nn.Parameter(torch.zeros(n_classes, n_concepts, n_concepts)) if n_usual else None
        self.register_buffer("usual", torch.full((n_classes, n_usual, n_concepts, 2), self.epsilon))
        self.register_buffer("usual_distances", torch.zeros(n_classes, n_concepts, n_concepts))
        self.far_slice = n_concepts * (n_concepts - 1) if n_usual else 0
        width = n_classes * (self.node_slice + self.edge_slice + self.rest_slice)
        if mlp:
            hidden_layer = nn.Linear(width, mlp, bias=False)
            self.read = nn.Sequential(nn.Flatten(), hidden_layer, nn.ReLU(), nn.Linear(mlp, n_classes))
        else:
            self.read = nn.Sequential(nn.Flatten(), nn.Linear(width, n_classes))

    def embed(
        self,
        features: torch.Tensor,
        positions: torch.Tensor,
        rest: torch.Tensor | None = None,
        far: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Graph embeddings: slices of the nodes, the edges [i, j], i ≠ j, the rest; (B, m, D).

        Edges are places, before the rest, or deviations, after it.

        Parameters
        ----------
        features : (B, m, N, d), positions : (B, m, N, 2)
        rest : (B, m, d - 1), what no concept of a graph covers; nothing where not given
        far : (B, m, N, N), :meth:`deviations` of the positions, where they are known already
        """
        nodes, edges = self._scaled(features), None if self.far_slice else self._places(positions)
        e = self.e * self.off_diagonal
        for k, conv in enumerate(self.convs):
            nodes, edges = conv(torch.relu(nodes) if k else nodes, edges, e)
        slices = [nodes.flatten(2)]
        if edges is not None:
            slices.append(edges[:, :, self.off_diagonal].flatten(2))
        if self.w5 is not None:
            given = features.new_zeros(*features.shape[:2], features.shape[-1] - 1) if rest is None else rest
            slices.append(self.w5(AREA * given / self.scale))
        if self.u is not None:
            far = self.deviations(positions) if far is None else far
            against = -nn.functional.softplus(self.u) * far
            slices.append(against[:, :, self.off_diagonal])
        return torch.cat(slices, -1)

    def deviations(self, positions: torch.Tensor) -> torch.Tensor:
        """z of positions (B, m, N, 2), (B, m, N, N)."""
        return deviations(positions, self.usual, self.usual_distances, self.epsilon)

    def learn_usual(self, positions: torch.Tensor) -> None:
        """Take positions (m, T, N, 2) for where concepts usually are."""
        self.usual.copy_(positions)
        self.usual_distances.copy_(usual_distances(positions, self.epsilon))

    def _places(self, positions: torch.Tensor) -> torch.Tensor:
        """The edges of eq. 3, C(x_j, y_j, x_i, y_i) in [b, c, i, j]: (B, m, N, N, 4)."""
        b, m, n, _ = positions.shape
        start = positions[:, :, None, :, :].expand(b, m, n, n, 2)  # x_j, y_j
        end = positions[:, :, :, None, :].expand(b, m, n, n, 2)  # x_i, y_i
        return torch.cat([start, end], -1)

    def _scaled(self, features: torch.Tensor) -> torch.Tensor:
        """What the first layer is given of nodes (…, d)."""
        evidence, area = features[..., :-1] / self.scale, features[..., -1:]
        return torch.cat([evidence, AREA * area * evidence, BARE_AREA * area], -1) if self.areas else evidence

    def classify(self, embedding: torch.Tensor) -> torch.Tensor:
        """E: logits of the classes of interest (B, m), their mean taken away."""
        width = embedding.shape[-1] - self.far_slice
        logits = self.read(embedding[..., :width]) + embedding[..., width:].sum(-1)
        return logits - logits.mean(-1, keepdim=True)

    def forward(
        self, features: torch.Tensor, positions: torch.Tensor, rest: torch.Tensor | None = None
    ) -> torch.Tensor:
        return self.classify(self.embed(features, positions, rest))

    def own_contributions(self, embedding: torch.Tensor) -> torch.Tensor:
        """s_ik^i (B, m, N), what nodes contribute to their graph's own class (eq. 6); differentiable."""
        nodes = embedding[..., : self.node_slice]
        own = self._own_slopes(embedding)[..., : self.node_slice] * nodes
        return own.unflatten(-1, (self.shape[1], -1)).sum(-1)

    def _own_slopes(self, embedding: torch.Tensor) -> torch.Tensor:
        """∂y_i/∂G^i of the read-out, (B, m, D); where E is linear it is the same everywhere, (m, D)."""
        m = self.shape[0]
        if self.mlp:
            logits = self.classify(embedding)
            every = range(m)
            slopes = [torch.autograd.grad(logits[:, i].sum(), embedding, create_graph=True)[0] for i in every]
            return torch.stack([slope[:, i] for i, slope in enumerate(slopes)], dim=1)
        centered = torch.eye(m, device=embedding.device, dtype=embedding.dtype) - 1 / m
        slopes = (centered @ self.get_parameter("read.1.weight")).unflatten(-1, (m, -1))
        return slopes.diagonal(dim1=0, dim2=1).T

    @property
    def bias(self) -> torch.Tensor:
        """What the logits are when nothing is in the embedding, (m,)."""
        width = self.node_slice + self.edge_slice + self.rest_slice + self.far_slice
        return self.classify(self.e.new_zeros(1, self.shape[0], width))[0]

    def split(self, slices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Sums an embedding-shaped tensor (…, D) over node slices (…, N) and edge slices (…, N, N) [i, j]."""
        _, n, _ = self.shape
        nodes = slices[..., : self.node_slice].unflatten(-1, (n, -1)).sum(-1)
        edges = slices.new_zeros(*slices.shape[:-1], n, n)
        if self.far_slice:
            edges[..., self.off_diagonal] = slices[..., -self.far_slice :]
        else:
            of_edges = slices[..., self.node_slice : self.node_slice + self.edge_slice]
            edges[..., self.off_diagonal] = of_edges.unflatten(-1, (-1, PLACES)).sum(-1)
        return nodes, edges

    def of_rest(self, slices: torch.Tensor) -> torch.Tensor:
        """Sums an embedding-shaped tensor (…, D) over the rest's slice, (…)."""
        first = self.node_slice + self.edge_slice
        return slices[..., first : first + self.rest_slice].sum(-1)


@dataclass(frozen=True)
class DistillSettings:
    """How the GRN is trained (see :class:`xaikit.VRX` for the meaning of each)."""

    hidden: int = 32
    n_layers: int = 1
    mlp: int = 0
    areas: bool = True
    rest: bool = True
    deviations: bool = True
    epsilon: float = 1e-3
    temperature: float = 1.0
    lam: float = 1.0
    lam_substituted: float = 0.3
    epochs: int = 150
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.1


@dataclass(frozen=True)
class Lessons:
    """What a GRN is trained on, a row for each clean or edited picture.

    Attributes
    ----------
    features : float32 (n, m, N, d), positions : float32 (n, m, N, 2)
    logits : float32 (n, m), of the classifier
    effects : float32 (n, m, N), what graph i's class loses without its node k; NaN where it was not measured
    rest : float32 (n, m, d - 1), what no concept of a graph covers
    clean : bool (n,), False for a picture without one of its regions
    """

    features: np.ndarray
    positions: np.ndarray
    logits: np.ndarray
    effects: np.ndarray
    rest: np.ndarray
    clean: np.ndarray

    def tensors(self) -> list[torch.Tensor]:
        return [torch.from_numpy(getattr(self, field.name)) for field in fields(self)[:-1]]

    def usual_positions(self, epsilon: float) -> np.ndarray:
        """Where concepts are in clean pictures that the network gives each class, float32 (m, T, N, 2).

        T is at most ``MOST_USUAL``; a class with fewer pictures is filled up with such as have no concept.
        """
        of_class = [np.flatnonzero(self.clean & (self.logits.argmax(1) == i)) for i in range(self.n_classes)]
        chosen = [
            own[np.linspace(0, len(own) - 1, min(len(own), MOST_USUAL)).astype(int)] for own in of_class
        ]
        shape = (self.n_classes, max(1, *map(len, chosen)), *self.positions.shape[2:])
        usual = np.full(shape, epsilon, np.float32)
        for i, own in enumerate(chosen):
            usual[i, : len(own)] = self.positions[own, i]
        return usual

    @property
    def n_classes(self) -> int:
        return self.logits.shape[1]


@dataclass(frozen=True)
class Replaced:
    """Pictures before and after one concept of one graph was replaced, as tensors of n rows.

    Attributes
    ----------
    before, after : features (n, m, N, d), positions (n, m, N, 2), rest (n, m, d - 1), deviations, if any
    graph, concept : int (n,), which was replaced: concept k of graph i
    logits : (n, m), the classifier's of the copy
    change : (n,), Δy_i, of the centred logit
    untouched : bool (n, N), concepts of graph i that are in both
    """

    before: list[torch.Tensor]
    after: list[torch.Tensor]
    graph: torch.Tensor
    concept: torch.Tensor
    logits: torch.Tensor
    change: torch.Tensor
    untouched: torch.Tensor

    def rows(self, chosen: torch.Tensor) -> Replaced:
        before, after = ([x[chosen] for x in one] for one in (self.before, self.after))
        others = (self.graph, self.concept, self.logits, self.change, self.untouched)
        return Replaced(before, after, *(one[chosen] for one in others))

    def with_deviations(self, grn: GraphReasoningNetwork) -> Replaced:
        """The same with each side's deviations."""
        before, after = ([*one, grn.deviations(one[1])] for one in (self.before, self.after))
        return replace(self, before=before, after=after)


def distill(
    lessons: Lessons,
    settings: DistillSettings,
    seed: int,
    progress: Callable[[int], None] = lambda epoch: None,
    replaced: Replaced | None = None,
) -> GraphReasoningNetwork:
    """Train a GRN to give the classifier's normalised outputs (eq. 4), and each node its measured effect.

    Parameters
    ----------
    seed : the same seed gives the same weights, bit for bit, on the same machine
    progress : called after each epoch with its number
    replaced : copies with a concept replaced; shared out evenly over the batches of an epoch
    """
    rows, n = lessons.tensors(), len(lessons.features)
    # On one thread: in steps as small as these, several wait for each other longer than they work.
    with threadpool_limits(1), torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        grn = _untrained(lessons, settings)
        if settings.deviations:
            rows.append(grn.deviations(rows[1]))
            replaced = replaced and replaced.with_deviations(grn)
        optimizer = torch.optim.AdamW(
            grn.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        steps = settings.epochs * -(-n // settings.batch_size)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.learning_rate, steps)
        for epoch in range(settings.epochs):
            batches = torch.randperm(n).split(settings.batch_size)
            copies = torch.randperm(len(replaced.graph)).tensor_split(len(batches)) if replaced else batches
            for batch, chosen in zip(batches, copies, strict=True):
                loss = distillation_loss(grn, [one[batch] for one in rows], settings)
                if replaced and len(chosen):
                    loss = loss + substitution_loss(grn, replaced.rows(chosen), settings)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
            progress(epoch)
    return grn.eval().requires_grad_(False)


def _untrained(lessons: Lessons, settings: DistillSettings) -> GraphReasoningNetwork:
    """A GRN for such lessons, which knows their scale and where concepts usually are."""
    usual = lessons.usual_positions(settings.epsilon)
    _, m, n_concepts, d = lessons.features.shape
    grn = GraphReasoningNetwork(
        m,
        n_concepts,
        d,
        settings.hidden,
        settings.n_layers,
        settings.mlp,
        float(np.linalg.norm(lessons.features[..., :-1], axis=-1).max(initial=1e-6)),
        settings.areas,
        settings.rest,
        usual.shape[1] if settings.deviations else 0,
        settings.epsilon,
    )
    if settings.deviations:
        grn.learn_usual(torch.from_numpy(usual))
    return grn


def substitution_loss(
    grn: GraphReasoningNetwork, replaced: Replaced, settings: DistillSettings
) -> torch.Tensor:
    """L_d of copies and λ_s·L_s, a scalar."""
    every = torch.arange(len(replaced.graph))
    before, after = (grn.embed(*one) for one in (replaced.before, replaced.after))
    given = (grn.own_contributions(one)[every, replaced.graph] for one in (before, after))
    change = -torch.sub(*given)
    loss = (change[every, replaced.concept] - replaced.change).abs().mean()
    if bool(replaced.untouched.any()):
        loss = loss + change[replaced.untouched].abs().mean()
    both = (grn.classify(after), replaced.logits)
    answer, target = (torch.softmax(y / settings.temperature, -1) for y in both)
    return settings.lam_substituted * loss + (answer - target).abs().sum(-1).mean()


def distillation_loss(
    grn: GraphReasoningNetwork, batch: Sequence[torch.Tensor], settings: DistillSettings
) -> torch.Tensor:
    """L_d + λ·L_e of a batch of :meth:`Lessons.tensors`, and its deviations where there are any; a scalar."""
    features, positions, logits, effects, rest, *far = batch
    embedding = grn.embed(features, positions, rest, *far)
    answer, target = (torch.softmax(y / settings.temperature, -1) for y in (grn.classify(embedding), logits))
    loss = (answer - target).abs().sum(-1).mean()
    measured = effects.isfinite()
    if settings.lam and bool(measured.any()):
        loss = loss + settings.lam * (grn.own_contributions(embedding) - effects)[measured].abs().mean()
    return loss
