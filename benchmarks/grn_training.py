"""Graphs per second in training the graph reasoning network, against one torch_geometric graph at a time.

The other side is what one writes first: the layer of eq. 3 as a MessagePassing module, called on one graph
after the other. Read-out, loss, optimizer and batches are the same, and it starts from the same weights.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch
from measuring import record
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import dense_to_sparse

from xaikit.vrx.grn import ConceptConv, DistillSettings, GraphReasoningNetwork, Lessons, distill

ROUNDS = 5
# a fit of three classes with four concepts each on the built-in network
N_PICTURES, N_CLASSES, N_CONCEPTS, N_FEATURES = 960, 3, 4, 128
OUR_EPOCHS, THEIR_PICTURES = 10, 128


class PlainConv(MessagePassing):
    """Eq. 3 for one graph, with the weights of a ConceptConv."""

    def __init__(self, conv: ConceptConv) -> None:
        super().__init__(aggr="add")
        self.conv = conv

    def forward(self, x, edge_index, edge_attr, e):
        return self.conv.w1(x) + self.propagate(edge_index, x=x, edge_attr=edge_attr, e=e)

    def message(self, x_j, edge_attr, e):
        return self.conv.w3(torch.cat([e[:, None] * self.conv.w2(x_j), edge_attr], -1))


class PlainGRN(torch.nn.Module):
    """The graph reasoning network, one graph at a time."""

    def __init__(self, grn: GraphReasoningNetwork) -> None:
        super().__init__()
        self.grn = grn
        self.convs = torch.nn.ModuleList(PlainConv(conv) for conv in grn.convs)
        self.edge_index, _ = dense_to_sparse(grn.off_diagonal.T.float())
        self.order = torch.argsort(self.edge_index[1] * N_CONCEPTS + self.edge_index[0])

    def embed(self, features: torch.Tensor, positions: torch.Tensor, c: int) -> torch.Tensor:
        """The embedding (D,) of the graph of class c: features (N, d), positions (N, 2)."""
        j, i = self.edge_index
        x = features[:, :-1] / self.grn.scale
        edges = torch.cat([positions[j], positions[i]], -1)
        for k, conv in enumerate(self.convs):
            x = conv(torch.relu(x) if k else x, self.edge_index, edges, self.grn.e[c, i, j])
            edges = conv.conv.w4(edges)
        return torch.cat([x.flatten(), edges[self.order].flatten()])

    def forward(self, features: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """Logits (B, m) of several pictures' graphs."""
        embeddings = [
            torch.stack([self.embed(x[c], places[c], c) for c in range(N_CLASSES)])
            for x, places in zip(features, positions, strict=True)
        ]
        return self.grn.classify(torch.stack(embeddings))


def main() -> None:
    rng = np.random.default_rng(0)
    features = rng.random((N_PICTURES, N_CLASSES, N_CONCEPTS, N_FEATURES + 1), np.float32)
    positions = rng.random((N_PICTURES, N_CLASSES, N_CONCEPTS, 2), np.float32)
    logits = 12 * (features.mean((2, 3)) - 0.5)
    check_equal(torch.from_numpy(features[:4]), torch.from_numpy(positions[:4]))
    ours, theirs = [], []
    for _ in range(ROUNDS + 1):
        ours.append(our_rate(features, positions, logits))
        theirs.append(their_rate(*(torch.from_numpy(one) for one in (features, positions, logits))))
    pairs = list(zip(ours, theirs, strict=True))[1:]  # the first round warms up
    report = {
        "ratio_median": round(statistics.median(our / their for our, their in pairs), 1),
        "ratio_lowest": round(min(our / their for our, their in pairs), 1),
        "xaikit_graphs_per_s": round(statistics.median(ours[1:])),
        "torch_geometric_loop_graphs_per_s": round(statistics.median(theirs[1:])),
        "setting": {
            "classes": N_CLASSES,
            "concepts": N_CONCEPTS,
            "features": N_FEATURES,
            "pictures_per_step": DistillSettings.batch_size,
        },
        "rounds": ROUNDS,
    }
    record("grn_training", report)


def check_equal(features: torch.Tensor, positions: torch.Tensor) -> None:
    grn = GraphReasoningNetwork(N_CLASSES, N_CONCEPTS, N_FEATURES + 1, areas=False, rest=False)
    torch.nn.init.normal_(grn.e)
    torch.testing.assert_close(PlainGRN(grn)(features, positions), grn(features, positions))


def our_rate(features: np.ndarray, positions: np.ndarray, logits: np.ndarray) -> float:
    """Graphs that ``distill`` trains on per second."""
    started = time.perf_counter()
    settings = DistillSettings(epochs=OUR_EPOCHS, areas=False, rest=False, deviations=False, lam=0)
    unknown = np.full(features.shape[:3], np.nan, np.float32)
    nothing = np.zeros((*features.shape[:2], 1), np.float32)
    lessons = Lessons(features, positions, logits, unknown, nothing, np.ones(len(logits), bool))
    distill(lessons, settings, seed=0)
    return OUR_EPOCHS * N_PICTURES * N_CLASSES / (time.perf_counter() - started)


def their_rate(features: torch.Tensor, positions: torch.Tensor, logits: torch.Tensor) -> float:
    """Graphs that the loop trains on per second."""
    settings = DistillSettings()
    torch.manual_seed(0)
    layout = {"hidden": settings.hidden, "n_layers": settings.n_layers, "areas": False, "rest": False}
    grn = GraphReasoningNetwork(N_CLASSES, N_CONCEPTS, N_FEATURES + 1, **layout)
    plain = PlainGRN(grn)
    target = torch.softmax(logits / settings.temperature, -1)
    optimizer = torch.optim.AdamW(
        grn.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    started = time.perf_counter()
    for batch in torch.arange(THEIR_PICTURES).split(settings.batch_size):
        answer = torch.softmax(plain(features[batch], positions[batch]) / settings.temperature, -1)
        loss = (answer - target[batch]).abs().sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return THEIR_PICTURES * N_CLASSES / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
