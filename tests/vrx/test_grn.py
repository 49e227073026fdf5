"""The graph reasoning network against eq. 1–6 written out, against torch_geometric, and at its limits."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xaikit.vrx.grn import ConceptConv, DistillSettings, GraphReasoningNetwork, distill
from xaikit.vrx.vdi import contributions

M, N, D = 3, 4, 7


@pytest.fixture
def grn() -> GraphReasoningNetwork:
    torch.manual_seed(3)
    network = GraphReasoningNetwork(M, N, D, hidden=5, n_layers=2, mlp=6, scale=2.0).double()
    torch.nn.init.normal_(network.e)
    return network.requires_grad_(False)


@pytest.fixture
def graphs() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    features = torch.rand(2, M, N, D, generator=generator, dtype=torch.float64)
    return features, torch.rand(2, M, N, 2, generator=generator, dtype=torch.float64)


def written_out(grn: GraphReasoningNetwork, features: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Eq. 3 node by node and edge by edge for one picture: the embeddings C(f_K, edge_K) of its graphs."""
    embeddings = []
    for c in range(M):
        f = [features[c, i] / grn.scale for i in range(N)]
        edge = {
            (j, i): torch.cat([positions[c, j], positions[c, i]])
            for j in range(N)
            for i in range(N)
            if i != j
        }
        for k, conv in enumerate(grn.convs):
            if k:
                f = [torch.relu(one) for one in f]
            new = []
            for i in range(N):
                total = conv.w1.weight @ f[i]
                for j in range(N):
                    if j != i:
                        message = grn.e[c, i, j] * (conv.w2.weight @ f[j])
                        total = total + conv.w3.weight @ torch.cat([message, edge[j, i]])
                new.append(total)
            f, edge = new, {pair: conv.w4.weight @ one for pair, one in edge.items()}
        flat = [edge[j, i] for i in range(N) for j in range(N) if i != j]
        embeddings.append(torch.cat(f + flat))
    return torch.stack(embeddings)


def test_dense_layers_equal_the_paper_written_out(grn, graphs):
    features, positions = graphs
    dense = grn.embed(features, positions)
    for picture in range(2):
        torch.testing.assert_close(dense[picture], written_out(grn, features[picture], positions[picture]))


def test_one_layer_equals_torch_geometric_message_passing(graphs):
    from torch_geometric.nn import MessagePassing
    from torch_geometric.utils import dense_to_sparse

    class PaperConv(MessagePassing):
        def __init__(self, conv: ConceptConv) -> None:
            super().__init__(aggr="add")
            self.conv = conv

        def forward(self, x, edge_index, edge_attr, e):
            return self.conv.w1(x) + self.propagate(edge_index, x=x, edge_attr=edge_attr, e=e)

        def message(self, x_j, edge_attr, e):
            return self.conv.w3(torch.cat([e[:, None] * self.conv.w2(x_j), edge_attr], -1))

    torch.manual_seed(0)
    conv = ConceptConv(D, 5).double().requires_grad_(False)
    features, positions = graphs
    e = torch.rand(M, N, N, dtype=torch.float64)
    start = positions[:, :, None].expand(2, M, N, N, 2)
    end = positions[:, :, :, None].expand(2, M, N, N, 2)
    edges = torch.cat([start, end], -1)
    off = 1 - torch.eye(N, dtype=torch.float64)
    dense, _ = conv(features, edges, e * off)
    edge_index, _ = dense_to_sparse(off)
    j, i = edge_index
    for picture in range(2):
        for c in range(M):
            sparse = PaperConv(conv)(features[picture, c], edge_index, edges[picture, c, i, j], e[c, i, j])
            torch.testing.assert_close(dense[picture, c], sparse)


def test_contributions_are_gradient_times_embedding_and_complete(grn, graphs):
    features, positions = (one[0].float().numpy() for one in graphs)
    grn = grn.float()
    torch.nn.init.normal_(grn.read[-1].bias)
    found = contributions(grn, features, positions)
    assert found.completeness_error.max() < 1e-5 * np.abs(found.logits).max()
    embedding = grn.embed(torch.from_numpy(features)[None], torch.from_numpy(positions)[None])
    for t in range(M):
        for g in range(M):
            step = 1e-3 * embedding[:, g]
            up, down = embedding.clone(), embedding.clone()
            up[:, g] += step
            down[:, g] -= step
            slope = (grn.classify(up) - grn.classify(down))[0, t] / 2e-3
            score = found.nodes[t, g].sum() + found.edges[t, g].sum()
            assert score == pytest.approx(slope.item(), rel=1e-2, abs=1e-3)


def test_contributions_of_a_linear_read_out_by_hand():
    """One class pair, two concepts, identity weights: node slices are features times read-out weights."""
    grn = GraphReasoningNetwork(2, 2, 3, hidden=3, n_layers=1, mlp=0)
    with torch.no_grad():
        grn.e.zero_()
        grn.convs[0].w1.weight.copy_(torch.eye(3))
        grn.convs[0].w3.weight.zero_()
        grn.convs[0].w4.weight.copy_(torch.eye(4))
        grn.read[-1].weight.zero_()
        grn.read[-1].bias.copy_(torch.tensor([0.5, -0.5]))
        grn.read[-1].weight[0, :3] = 2.0  # graph 0, node 0
        grn.read[-1].weight[1, 6] = 4.0  # graph 0, edge [0, 1] from node 1: its x_j
    grn.requires_grad_(False)
    features = np.zeros((2, 2, 3), np.float32)
    features[0, 0] = [1, 2, 3]
    positions = np.zeros((2, 2, 2), np.float32)
    positions[0, 1, 0] = 0.25
    found = contributions(grn, features, positions)
    # centred over two classes: class 0 gets half of (12 − 1), class 1 the opposite
    assert found.nodes[0, 0].tolist() == [6.0, 0.0]
    assert found.edges[0, 0, 0, 1] == pytest.approx(-0.5)
    assert found.edges[1, 0, 0, 1] == pytest.approx(0.5)
    assert found.logits.tolist() == pytest.approx([6.0, -6.0])
    assert found.bias.tolist() == pytest.approx([0.5, -0.5])


def test_one_concept_has_no_edges():
    grn = GraphReasoningNetwork(2, 1, D).requires_grad_(False)
    found = contributions(grn, np.ones((2, 1, D), np.float32), np.ones((2, 1, 2), np.float32))
    assert found.edges.shape == (2, 2, 1, 1)
    assert not found.edges.any()
    assert found.completeness_error.max() < 1e-5


def teacher(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    features = rng.random((n, M, N, D)).astype(np.float32)
    logits = 12 * (features[:, :, :2].mean((2, 3)) - 0.5)
    return features, rng.random((n, M, N, 2)).astype(np.float32), logits.astype(np.float32)


def test_distillation_learns_a_teacher_and_repeats_bit_for_bit():
    features, positions, logits = teacher(400)
    settings = DistillSettings(epochs=60)
    state = torch.random.get_rng_state()
    grn = distill(features[:300], positions[:300], logits[:300], settings, seed=1)
    assert torch.equal(state, torch.random.get_rng_state())
    answer = grn(torch.from_numpy(features[300:]), torch.from_numpy(positions[300:]))
    assert (answer.argmax(1).numpy() == logits[300:].argmax(1)).mean() > 0.85
    again = distill(features[:300], positions[:300], logits[:300], settings, seed=1)
    for name, value in grn.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
