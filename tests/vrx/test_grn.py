"""The graph reasoning network against eq. 1–6 and its loss written out, and torch_geometric; its limits."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from xaikit.metrics import rank_correlation
from xaikit.vrx.grn import (
    ConceptConv,
    DistillSettings,
    GraphReasoningNetwork,
    Lessons,
    distill,
    distillation_loss,
)
from xaikit.vrx.vdi import contributions, mean_contributions

M, N, D = 3, 4, 7


@pytest.fixture(params=[True, False], ids=["full", "published"])
def grn(request) -> GraphReasoningNetwork:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        full, n_usual = request.param, 5 if request.param else 0
        network = GraphReasoningNetwork(
            M, N, D, 5, n_layers=2, mlp=6, scale=2.0, areas=full, rest=full, n_usual=n_usual
        ).double()
        network.learn_usual(torch.rand_like(network.usual))
        if full:
            torch.nn.init.normal_(network.u)
        torch.nn.init.normal_(network.e)
        torch.nn.init.normal_(network.read[-1].bias)
    return network.requires_grad_(False)


@pytest.fixture
def graphs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features, positions and the rest of two pictures."""
    generator = torch.Generator().manual_seed(4)
    sizes = ((N, D), (N, 2), (D - 1,))
    return tuple(torch.rand(2, M, *size, generator=generator, dtype=torch.float64) for size in sizes)


def told(grn: GraphReasoningNetwork, node: torch.Tensor) -> torch.Tensor:
    """What the first layer is given of a node: C(f, 20·a·f, 5·a), its last feature being the area a."""
    f, a = node[:-1] / grn.scale, node[-1:]
    return torch.cat([f, 20 * a * f, 5 * a]) if grn.areas else f


def written_out(
    grn: GraphReasoningNetwork, features: torch.Tensor, positions: torch.Tensor, rest: torch.Tensor
) -> torch.Tensor:
    """Eq. 3 node by node and edge by edge for one picture: C(f_K, edge_K, W5·20·R) of its graphs."""
    embeddings = []
    for c in range(M):
        f = [told(grn, features[c, i]) for i in range(N)]
        edge = {
            (j, i): torch.cat([positions[c, j], positions[c, i]])
            for j in range(N)
            for i in range(N)
            if i != j
        }
        if grn.u is not None:
            edge = {pair: place[:0] for pair, place in edge.items()}  # they know no places
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
            f, edge = new, {pair: conv.w4.weight @ one if conv.w4 else one for pair, one in edge.items()}
        flat = [edge[j, i] for i in range(N) for j in range(N) if i != j]
        uncovered = [grn.w5.weight @ (20 * rest[c] / grn.scale)] if grn.rest else []
        embeddings.append(torch.cat(f + flat + uncovered + unusual(grn, positions, c)))
    return torch.stack(embeddings)


def unusual(grn: GraphReasoningNetwork, positions: torch.Tensor, c: int) -> list[torch.Tensor]:
    """−softplus(u_ji)·z_ji of each edge of graph c, one number each."""
    if grn.u is None:
        return []
    z = grn.deviations(positions[None])[0, c]
    weights = torch.log1p(torch.exp(grn.u[c]))
    return [-(weights[i, j] * z[i, j])[None] for i in range(N) for j in range(N) if i != j]


@pytest.mark.parametrize("mlp", [0, 6], ids=["linear", "mlp"])
def test_what_deviates_speaks_against_its_class(mlp, graphs):
    """It goes to its own class's logit as it is, whatever the read-out, and the contributions hold it."""
    grn = GraphReasoningNetwork(M, N, D, hidden=5, mlp=mlp, n_usual=5).double().requires_grad_(False)
    torch.nn.init.normal_(grn.u)
    features, positions, rest = graphs
    far = torch.zeros(2, M, N, N, dtype=torch.float64)
    far[:, 1, 2, 0] = 0.3
    without, with_it = (grn.embed(features, positions, rest, z) for z in (torch.zeros_like(far), far))
    change = grn.classify(with_it) - grn.classify(without)
    lost = 0.3 * torch.nn.functional.softplus(grn.u[1, 2, 0])
    expected = -lost * (torch.tensor([0.0, 1, 0]) - 1 / M)
    torch.testing.assert_close(change, expected.expand(2, M).double())
    _, edges = grn.split(with_it - without)
    assert edges[0, 1, 2, 0] == pytest.approx(-lost.item())
    assert edges[0].count_nonzero() == 1


def test_dense_layers_equal_the_paper_written_out(grn, graphs):
    dense = grn.embed(*graphs)
    for picture in range(2):
        torch.testing.assert_close(dense[picture], written_out(grn, *(one[picture] for one in graphs)))


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

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        conv = ConceptConv(D, 5).double().requires_grad_(False)
    features, positions, _ = graphs
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
    given = [one[0].float().numpy() for one in graphs]
    grn = grn.float()
    found = contributions(grn, *given)
    assert found.completeness_error.max() < 1e-5 * np.abs(found.logits).max()
    embedding = grn.embed(*(torch.from_numpy(one)[None] for one in given))
    for t in range(M):
        for g in range(M):
            step = 1e-3 * embedding[:, g]
            up, down = embedding.clone(), embedding.clone()
            up[:, g] += step
            down[:, g] -= step
            slope = (grn.classify(up) - grn.classify(down))[0, t] / 2e-3
            score = found.nodes[t, g].sum() + found.edges[t, g].sum() + found.rest[t, g]
            assert score == pytest.approx(slope.item(), rel=1e-2, abs=1e-3)


def test_contributions_of_a_linear_read_out_by_hand():
    """One class pair, two concepts, identity weights: node slices are features times read-out weights."""
    grn = GraphReasoningNetwork(2, 2, 4, hidden=3, n_layers=1, mlp=0, areas=False)
    slices = 6 + 8 + 3  # of two nodes, two edges and the rest
    with torch.no_grad():
        grn.e.zero_()
        grn.convs[0].w1.weight.copy_(torch.eye(3))
        grn.convs[0].w3.weight.zero_()
        grn.convs[0].w4.weight.copy_(torch.eye(4))
        grn.read[-1].weight.zero_()
        grn.read[-1].bias.copy_(torch.tensor([0.5, -0.5]))
        grn.read[-1].weight[0, :3] = 2.0  # graph 0, node 0
        grn.read[-1].weight[1, 6] = 4.0  # graph 0, edge [0, 1] from node 1: its x_j
        grn.w5.weight.copy_(torch.eye(3))
        grn.read[-1].weight[1, slices + 14] = 0.5  # graph 1, the rest's first value
    grn.requires_grad_(False)
    features = np.zeros((2, 2, 4), np.float32)
    features[0, 0] = [1, 2, 3, 0.5]  # half of the picture, which is not told
    positions = np.zeros((2, 2, 2), np.float32)
    positions[0, 1, 0] = 0.25
    rest = np.zeros((2, 3), np.float32)
    rest[1, 0] = 0.2  # times 20: 4
    found = contributions(grn, features, positions, rest)
    # centred over two classes: class 0 gets half of (12 − 1 − 2), class 1 the opposite
    assert found.nodes[0, 0].tolist() == [6.0, 0.0]
    assert found.edges[0, 0, 0, 1] == pytest.approx(-0.5)
    assert found.edges[1, 0, 0, 1] == pytest.approx(0.5)
    np.testing.assert_allclose(found.rest, [[0, -1], [0, 1]], atol=1e-6)
    assert found.logits.tolist() == pytest.approx([5.0, -5.0])
    assert found.bias.tolist() == pytest.approx([0.5, -0.5])


def test_one_concept_has_no_edges():
    grn = GraphReasoningNetwork(2, 1, D).requires_grad_(False)
    sizes = ((2, 1, D), (2, 1, 2), (2, D - 1))
    found = contributions(grn, *(np.ones(size, np.float32) for size in sizes))
    assert found.edges.shape == (2, 2, 1, 1)
    assert not found.edges.any()
    assert found.completeness_error.max() < 1e-5


# ---- what the first layer is given, and whose contributions are taught ----


def test_nodes_tell_how_large_they_are():
    grn = GraphReasoningNetwork(1, 1, 3, scale=2.0)
    node = torch.tensor([[[[4.0, 6.0, 0.1]]]])
    torch.testing.assert_close(grn._scaled(node)[0, 0, 0], torch.tensor([2.0, 3.0, 4.0, 6.0, 0.5]))
    without = GraphReasoningNetwork(1, 1, 3, scale=2.0, areas=False)
    torch.testing.assert_close(without._scaled(node)[0, 0, 0], torch.tensor([2.0, 3.0]))


@pytest.mark.parametrize("mlp", [0, 6], ids=["linear", "mlp"])
def test_own_contributions_are_the_diagonal_of_all(mlp, graphs):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(8)
        grn = GraphReasoningNetwork(M, N, D, hidden=5, mlp=mlp).requires_grad_(False)
    given = [one.float() for one in graphs]
    embedding = grn.embed(*given).requires_grad_()
    own = grn.own_contributions(embedding)
    assert own.shape == (2, M, N)
    for picture in range(2):
        every = contributions(grn, *(one[picture].numpy() for one in given)).nodes
        expected = np.stack([every[i, i] for i in range(M)])
        np.testing.assert_allclose(own[picture].detach().numpy(), expected, rtol=1e-4, atol=1e-6)


# ---- the loss ----


@pytest.fixture
def batch(graphs) -> list[torch.Tensor]:
    """Two pictures; of the first some effects were measured, of the second none."""
    generator = torch.Generator().manual_seed(9)
    effects = torch.randn(2, M, N, generator=generator, dtype=torch.float64)
    effects[0, 1, 2] = effects[0, 0] = effects[1] = torch.nan
    features, positions, rest = graphs
    logits = torch.randn(2, M, generator=generator, dtype=torch.float64)
    return [features, positions, logits, effects, rest]


def softmax(values: list[float], temperature: float) -> list[float]:
    powers = [float(np.exp(value / temperature)) for value in values]
    return [power / sum(powers) for power in powers]


def loss_written_out(grn: GraphReasoningNetwork, batch: list[torch.Tensor], lam: float, t: float) -> float:
    """L_d + λ·L_e, picture by picture and node by node."""
    features, positions, logits, effects, rest = batch
    answers, errors = [], []
    for picture in range(len(logits)):
        embedding = written_out(grn, features[picture], positions[picture], rest[picture]).requires_grad_()
        answer = grn.classify(embedding[None])[0]
        student, teacher = softmax(answer.tolist(), t), softmax(logits[picture].tolist(), t)
        answers.append(sum(abs(p - q) for p, q in zip(student, teacher, strict=True)))
        for i in range(M):
            (slope,) = torch.autograd.grad(answer[i], embedding, retain_graph=True)
            width = grn.node_slice // N
            for k in range(N):
                here = slice(k * width, (k + 1) * width)
                contribution = sum((slope[i, here] * embedding[i, here]).tolist())
                if effects[picture, i, k].isfinite():
                    errors.append(abs(contribution - float(effects[picture, i, k])))
    return float(np.mean(answers) + lam * (np.mean(errors) if errors else 0.0))


@pytest.mark.parametrize("mlp", [0, 6], ids=["linear", "mlp"])
@pytest.mark.parametrize(("lam", "temperature"), [(1.0, 1.0), (0.3, 2.0), (0.0, 1.0)])
def test_the_loss_is_the_papers_and_the_effects(batch, mlp, lam, temperature):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(8)
        grn = GraphReasoningNetwork(M, N, D, hidden=5, mlp=mlp, scale=1.5, n_usual=5).double()
        grn.learn_usual(torch.rand_like(grn.usual))
    settings = DistillSettings(lam=lam, temperature=temperature)
    found = distillation_loss(grn, batch, settings)
    assert found.item() == pytest.approx(loss_written_out(grn, batch, lam, temperature), rel=1e-9)
    found.backward()
    assert all(torch.isfinite(p.grad).all() for p in grn.parameters() if p.grad is not None)


def test_without_measured_effects_the_loss_is_the_papers(batch):
    grn = GraphReasoningNetwork(M, N, D, hidden=5).double()
    nothing = [*batch[:3], torch.full_like(batch[3], torch.nan), batch[4]]
    one, paper = (distillation_loss(grn, nothing, DistillSettings(lam=lam)).item() for lam in (1.0, 0.0))
    assert one == paper == pytest.approx(loss_written_out(grn, nothing, 0.0, 1.0), rel=1e-9)


# ---- training ----

SETTINGS = DistillSettings(epochs=60)


def teacher(n: int) -> Lessons:
    """Concepts that are worth what their first feature says, times how large they are.

    A fifth of the effects were not measured; concept 2 of each class is worth nothing, though it comes with
    concept 0.
    """
    rng = np.random.default_rng(0)
    features = rng.random((n, M, N, D)).astype(np.float32)
    features[:, :, 2, 0] = features[:, :, 0, 0] + 0.02 * rng.standard_normal((n, M))
    features[..., -1] = rng.uniform(0.01, 0.08, (n, M, N))
    worth = np.array([60.0, 60.0, 0.0, -60.0]) * features[..., 0] * features[..., -1]
    logits = worth.sum(-1)
    logits -= logits.mean(-1, keepdims=True)
    effects = worth * (M - 1) / M  # what a logit less the mean loses
    effects[rng.random(effects.shape) < 0.2] = np.nan
    told = (features, rng.random((n, M, N, 2)), logits, effects, rng.random((n, M, D - 1)))
    return Lessons(*(one.astype(np.float32) for one in told), clean=np.ones(n, bool))


def part(lessons: Lessons, rows: slice) -> Lessons:
    return Lessons(*(getattr(lessons, field.name)[rows] for field in fields(lessons)))


@pytest.fixture(scope="module")
def lessons() -> tuple[Lessons, Lessons]:
    every = teacher(500)
    return part(every, np.s_[:400]), part(every, np.s_[400:])


@pytest.fixture(scope="module")
def student(lessons) -> GraphReasoningNetwork:
    return distill(lessons[0], SETTINGS, seed=1)


def ranks(grn: GraphReasoningNetwork, held_out: Lessons) -> float:
    """Rank correlation of the contributions to each graph's own class with the teacher's effects."""
    given = zip(held_out.features, held_out.positions, held_out.rest, strict=True)
    every = [contributions(grn, *one).nodes for one in given]
    own = np.stack([[nodes[i, i] for i in range(M)] for nodes in every])
    known = np.isfinite(held_out.effects)
    return rank_correlation(own[known], held_out.effects[known])


def test_a_teacher_whose_effects_are_known_is_learned(lessons, student):
    _, held_out = lessons
    features, positions, *_, rest = held_out.tensors()
    answer = student(features, positions, rest)
    assert (answer.argmax(1).numpy() == held_out.logits.argmax(1)).mean() > 0.8
    assert ranks(student, held_out) > 0.9


def test_without_effects_any_of_what_comes_together_is_credited(lessons, student):
    """The paper's loss gives the answers, and tells the effects less well."""
    paper = distill(lessons[0], DistillSettings(epochs=60, lam=0.0), seed=1)
    features, positions, *_, rest = lessons[1].tensors()
    answer = paper(features, positions, rest)
    assert (answer.argmax(1).numpy() == lessons[1].logits.argmax(1)).mean() > 0.85
    assert ranks(paper, lessons[1]) < ranks(student, lessons[1])


def test_same_seed_same_weights_and_the_global_state_is_left_alone(lessons, student):
    state = torch.random.get_rng_state()
    again = distill(lessons[0], SETTINGS, seed=1)
    assert torch.equal(state, torch.random.get_rng_state())
    for name, value in student.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    other = distill(part(lessons[0], np.s_[:80]), DistillSettings(epochs=1), seed=1)
    third = distill(part(lessons[0], np.s_[:80]), DistillSettings(epochs=1), seed=2)
    assert not torch.equal(other.read[-1].weight, third.read[-1].weight)


def test_a_trained_network_keeps_no_gradients(student, lessons):
    assert not any(p.requires_grad for p in student.parameters())
    assert not student.training
    usual = mean_contributions(student, lessons[1].features, lessons[1].positions, lessons[1].rest)
    assert usual.completeness_error.max() < 1e-4


def test_progress_is_told_after_each_epoch(lessons):
    told = []
    distill(part(lessons[0], np.s_[:40]), DistillSettings(epochs=3), 0, told.append)
    assert told == [0, 1, 2]
