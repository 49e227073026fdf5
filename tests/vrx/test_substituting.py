"""Substituted copies, against the same edits made by hand, and their loss, written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.vrx.conftest import CLASSES
from xaikit.vrx import substituting
from xaikit.vrx.grn import (
    DistillSettings,
    GraphReasoningNetwork,
    Lessons,
    Replaced,
    distill,
    substitution_loss,
)
from xaikit.vrx.scg import match
from xaikit.vrx.substituting import Substitutes, replaced, substituted

M, N, D = 3, 4, 5


@pytest.fixture(scope="module")
def looks(vrx, unseen):
    own = [sample for sample in unseen if vrx.classifier_.class_names[sample.label] == CLASSES[0]]
    return list(vrx.proposer(vrx.classifier_)([vrx.classifier_.view(one.image) for one in own]))


@pytest.fixture(scope="module")
def graphs(vrx, looks):
    concepts = [vrx.concepts[cls] for cls in CLASSES]
    dictionaries = [vrx.dictionaries_[cls] for cls in CLASSES]
    return [match(look, concepts, dictionaries, vrx.n_concepts, vrx.epsilon) for look in looks]


def copies_of(vrx, looks, graphs, n: int = 2, seed: int = 0) -> list[substituting.Copy]:
    substitutes = Substitutes([vrx.concepts[cls] for cls in CLASSES], n, vrx.epsilon)
    rng = np.random.default_rng(seed)
    return list(substituted(vrx.proposer(vrx.classifier_), looks, graphs, 0, substitutes, rng))


def test_a_copy_is_what_a_hand_would_make(vrx, looks, graphs, monkeypatch):
    patch = vrx.concepts[CLASSES[1]][0].patches[0]
    monkeypatch.setattr(Substitutes, "patch", lambda *_: patch)
    copies = iter(copies_of(vrx, looks, graphs, n=1))
    compared = 0
    for look, before in zip(looks, graphs, strict=True):
        if not before.detected[0].any():
            continue
        copy = next(copies)
        assert copy.before is before and before.detected[0, copy.k]
        by_hand = vrx.substitute(vrx.explain(look.view), CLASSES[0], copy.k, patch).after
        np.testing.assert_allclose(vrx.sigma(copy.logits), np.asarray(by_hand.probabilities), atol=1e-4)
        nodes = by_hand.graphs[CLASSES[0]].nodes
        assert [node.detected for node in nodes] == copy.after.detected[0, : len(nodes)].tolist()
        for node in nodes:
            np.testing.assert_allclose(copy.after.features[0, node.index], node.feature, atol=1e-4)
        np.testing.assert_array_equal(copy.after.positions[0, copy.k], before.positions[0, copy.k])
        assert not copy.untouched[copy.k]
        assert (copy.untouched <= (before.detected[0] & copy.after.detected[0])).all()
        change = (copy.logits - copy.logits.mean())[0] - (look.logits - look.logits.mean())[0]
        assert copy.change == pytest.approx(float(change), abs=1e-4)
        compared += 1
    assert compared >= 3 and next(copies, None) is None


def test_there_are_as_many_as_asked_for_and_of_concepts_that_are_there(vrx, looks, graphs):
    for n in (1, 2, 9):
        copies = copies_of(vrx, looks, graphs, n)
        found = [int(one.detected[0].sum()) for one in graphs]
        assert len(copies) == sum(min(n, one) for one in found)
        assert all(copy.before.detected[0, copy.k] for copy in copies)


def test_the_same_seed_gives_the_same_copies(vrx, looks, graphs):
    one, same, other = (copies_of(vrx, looks, graphs, 1, seed) for seed in (1, 1, 2))
    assert [c.change for c in one] == [c.change for c in same] != [c.change for c in other]


# ---- the loss ----


def replaced_of(n: int = 4, seed: int = 0) -> Replaced:
    generator = torch.Generator().manual_seed(seed)

    def some(*shape: int) -> torch.Tensor:
        return torch.randn(n, *shape, generator=generator, dtype=torch.float64)

    before, after = ([some(M, N, D).abs(), some(M, N, 2).abs(), some(M, D - 1)] for _ in range(2))
    graph, concept = torch.tensor([0, 1, 2, 0])[:n], torch.tensor([3, 0, 1, 2])[:n]
    untouched = torch.ones(n, N, dtype=torch.bool)
    untouched[torch.arange(n), concept] = untouched[0, 0] = False
    return Replaced(before, after, graph, concept, some(M), some(), untouched)


@pytest.mark.parametrize("mlp", [0, 6], ids=["linear", "mlp"])
@pytest.mark.parametrize("t", [1.0, 2.0])
def test_the_loss_is_the_equation(mlp, t):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(8)
        grn = GraphReasoningNetwork(M, N, D, hidden=5, mlp=mlp, scale=1.5).double()
    given, answers, replaced, others = replaced_of(), [], [], []
    for row in range(4):
        i, k, sides = int(given.graph[row]), int(given.concept[row]), []
        for side in (given.before, given.after):
            embedding = grn.embed(*(one[row : row + 1] for one in side)).detach().requires_grad_()
            answer = grn.classify(embedding)[0]
            (slope,) = torch.autograd.grad(answer[i], embedding)
            width = grn.node_slice // N
            pieces = (slope[0, i] * embedding[0, i])[: grn.node_slice].reshape(N, width)
            sides.append((pieces.sum(1), torch.softmax(answer / t, 0)))
        change = sides[1][0] - sides[0][0]
        replaced.append(abs(float(change[k] - given.change[row])))
        others += [abs(float(change[j])) for j in range(N) if given.untouched[row, j]]
        answers.append(float((sides[1][1] - torch.softmax(given.logits[row] / t, 0)).abs().sum()))
    expected = 0.7 * (np.mean(replaced) + np.mean(others)) + np.mean(answers)
    settings = DistillSettings(lam_substituted=0.7, temperature=t)
    loss = substitution_loss(grn, given, settings)
    assert loss.item() == pytest.approx(float(expected), rel=1e-6)
    loss.backward()


def test_a_grn_learns_which_concept_a_change_is_due_to():
    """Two concepts come together; only what is replaced tells which of them the teacher looks at."""
    rng = np.random.default_rng(0)
    n = 120
    amount = rng.random((n, M, 1, 1)).astype(np.float32)
    features = np.concatenate(
        [amount * np.ones((n, M, 2, D - 1), np.float32), np.full((n, M, 2, 1), 0.1)], -1
    )
    features = features.astype(np.float32)
    logits = 4 * amount[:, :, 0, 0]
    positions, rest = np.full((n, M, 2, 2), 0.5, np.float32), np.zeros((n, M, D - 1), np.float32)
    lessons = Lessons(
        features, positions, logits, np.full((n, M, 2), np.nan, np.float32), rest, np.ones(n, bool)
    )
    after, change = features.copy(), np.zeros(n, np.float32)
    concept, graph = rng.integers(0, 2, n), rng.integers(0, M, n)
    rows = np.arange(n)
    after[rows, graph, concept, :-1] = 0
    new = logits.copy()
    new[rows, graph] = np.where(concept == 0, 0, logits[rows, graph])  # it looks at concept 0 alone
    centred = [one - one.mean(1, keepdims=True) for one in (logits, new)]
    change = (centred[1] - centred[0])[rows, graph].astype(np.float32)
    tensors = [torch.from_numpy(one) for one in (features, positions, rest)]
    given = Replaced(
        tensors,
        [torch.from_numpy(after), *tensors[1:]],
        torch.from_numpy(graph),
        torch.from_numpy(concept),
        torch.from_numpy(new),
        torch.from_numpy(change),
        torch.from_numpy(np.eye(2, dtype=bool)[1 - concept]),
    )
    settings = DistillSettings(epochs=60, deviations=False)
    shares = []
    for copies in (None, given):
        grn = distill(lessons, settings, 0, replaced=copies)
        with torch.enable_grad():
            own = grn.own_contributions(grn.embed(*tensors).requires_grad_()).detach().abs().mean((0, 1))
        shares.append(float(own[0] / own.sum()))
    assert abs(shares[0] - 0.5) < 0.2
    assert shares[1] > 0.85


def test_without_copies_the_training_is_what_it_was(vrx):
    assert replaced([]) is None
