"""Training follows equation 5, module by module, and says what went wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from xaikit.srae import training
from xaikit.srae.examples import Split
from xaikit.srae.modules import Modules
from xaikit.srae.objective import RunningErrors
from xaikit.srae.training import OBJECTIVES, Settings, train

S, N = 20, 3
SETTINGS = Settings("srae", beta=0.3, eta=0.2, q=10.0, l2=0.01, positive_weight=0.25, n_steps=40)


def split(rng: np.random.Generator, n: int = 200, n_own: int = 30) -> Split:
    order = rng.permutation(n)
    return Split(order[:20], order[n_own : n - 40], order[20:n_own], order[n - 40 :])


@pytest.fixture
def work() -> tuple[np.ndarray, list[np.ndarray], list[Split]]:
    """Rectified features, scores of two classes that some of the units give, and their pictures."""
    rng = np.random.default_rng(0)
    features = np.maximum(rng.normal(size=(200, S)), 0).astype(np.float32)
    splits = [split(rng) for _ in range(2)]
    for k, one in enumerate(splits):
        features[np.concatenate([one.positives, one.held_positives]), 5 * k : 5 * k + 5] += 2
    scores = [features[:, 5 * k : 5 * k + 5].sum(1) - 10 for k in range(2)]
    return features, scores, splits


def pick(work, k):
    features, scores, splits = work
    return features, scores[k : k + 1], splits[k : k + 1]


def test_the_loss_of_a_batch_is_equation_5(work) -> None:
    features, scores, splits = pick(work, 0)
    inside = training._Work(features, scores, splits, N, SETTINGS)
    rng = [np.random.default_rng(3)]
    modules = Modules.drawn(S, N, True, rng)
    modules.settle(inside.batch(inside.drawn(rng))[0], inside.scale.center / inside.scale.spread)
    rows = inside.drawn(rng)
    running = RunningErrors(SETTINGS.q)
    found = {name: one.item() for name, one in inside.terms(modules, rows, running).items()}

    scale, arrays = inside.scale, {name: own[0].astype(float) for name, own in modules.arrays().items()}
    own = np.isin(rows[0], splits[0].positives)
    assert own.sum() == 50 and len(own) == 256  # a quarter of the weight together
    w = np.where(own, 0.25 / 50, 0.75 / 206)
    z = features[rows[0]].astype(float) / scale.spread
    y = (scores[0][rows[0]].astype(float) - float(scale.baseline[0])) / float(scale.height[0])

    def through(part: str, given: np.ndarray) -> np.ndarray:
        for layer in range(3):
            given = given @ arrays[f"{part}.weights.{layer}"] + arrays[f"{part}.biases.{layer}"]
            given = np.maximum(given, 0) if layer < 2 else given
        return given

    e = np.maximum(through("encoder", z - scale.center[0].numpy() / scale.spread), 0)
    faithful = sum(w[m] * (arrays["readout"] @ e[m] - y[m]) ** 2 for m in range(256))
    decoded = through("decoder", e)
    big_q = np.array([sum(w[m] * (decoded[m, k] - z[m, k]) ** 2 for m in range(256)) for k in range(S)])
    # the running average starts at the batch's own: q Q / (1 + q Q) has the penalty's slope
    sparse = np.mean(SETTINGS.q * big_q / (1 + SETTINGS.q * big_q))
    share = len(splits[0].positives) / (len(splits[0].positives) + len(splits[0].negatives))
    u = np.sqrt(np.where(own, share / 50, (1 - share) / 206))[:, None] * e
    cos = u.T @ u / np.outer(np.linalg.norm(u, axis=0), np.linalg.norm(u, axis=0))
    pull = (np.sum(cos**2) - N) / (N * (N - 1))
    squares = sum((arrays[name] ** 2).sum() for name in arrays if "weights" in name or name == "readout")
    literal = {
        "faithfulness": faithful,
        "sparse reconstruction": SETTINGS.beta * sparse,
        "pull-away": SETTINGS.eta * pull,
        "l2": SETTINGS.l2 * squares,
    }
    assert found == pytest.approx(literal, rel=1e-4)


@pytest.mark.parametrize(("n_units", "share"), [(64, 1), (128, 1), (512, 0.25)])
def test_weights_cost_less_where_a_unit_weighs_less(work, n_units: int, share: float) -> None:
    features, scores, splits = pick(work, 0)
    wide = np.resize(features, (len(features), n_units))
    inside = training._Work(wide, scores, splits, N, SETTINGS)
    rngs = [np.random.default_rng(0)]
    modules = Modules.drawn(n_units, N, True, rngs)
    terms = inside.terms(modules, inside.drawn(rngs), RunningErrors(SETTINGS.q))
    arrays = {name: one.detach() for name, one in modules.named_parameters()}
    squares = sum(float((one**2).sum()) for name, one in arrays.items() if "weights" in name)
    squares += float((arrays["readout"] ** 2).sum())
    assert terms["l2"].tolist() == pytest.approx([share * SETTINGS.l2 * squares], rel=1e-4)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_module_is_the_one_it_would_be_alone(work, objective: str) -> None:
    settings = replace(SETTINGS, objective=objective)
    both = train(*work, N, settings, [(0, 4), (0, 9)])
    for k, seed in enumerate([(0, 4), (0, 9)]):
        alone = train(*pick(work, k), N, settings, [seed])
        assert alone.steps[0] == both.steps[k]
        for name, own in alone.modules.arrays().items():
            # Adam takes a whole step where a slope is next to nothing, so that roundings show.
            np.testing.assert_allclose(own[0], both.modules.arrays()[name][k], atol=2e-3, rtol=1e-3)


def test_the_same_seed_gives_the_same_bytes_and_another_another(work) -> None:
    one, same, other = (train(*pick(work, 0), N, SETTINGS, [seed]) for seed in ((0, 4), (0, 4), (1, 4)))
    for name, own in one.modules.arrays().items():
        assert own.tobytes() == same.modules.arrays()[name].tobytes()
    assert (one.modules.readout != other.modules.readout).any()


def test_all_terms_but_faithfulness_lose_weight_and_then_are_no_more(work) -> None:
    early, late = training.SHAPED_UNTIL, training.FAITHFUL_FROM
    assert [training.share_at(at) for at in (0, early / 2, early)] == [1, 1, 1]
    assert training.share_at((early + late) / 2) == pytest.approx(training.LEAST_SHARE**0.5)
    assert [training.share_at(at) for at in (late, 1)] == [0, 0]
    terms = {"faithfulness": torch.tensor([1.0, 2.0]), "l2": torch.tensor([4.0, 8.0])}
    assert training.objective_of(terms, 0.25).tolist() == [2, 4]
    assert training.objective_of({"faithfulness": torch.tensor([3.0])}, 0).tolist() == [3]
    inside = training._Work(*pick(work, 0), N, SETTINGS)
    rngs = [np.random.default_rng(0)]
    modules = Modules.drawn(S, N, True, rngs)
    assert list(inside.terms(modules, inside.drawn(rngs), RunningErrors(1.0), shaping=False)) == [
        "faithfulness"
    ]


def test_the_learning_rate_has_two_cycles() -> None:
    half, warm = training.FAITHFUL_FROM, training.WARM
    for start in (0, half):
        assert training.rate_at(start) == 0
        assert training.rate_at(start + warm * half) == pytest.approx(1)
        assert training.rate_at(start + (1 + warm) / 2 * half) == pytest.approx(0.5)
        assert training.rate_at(start + 0.999 * half) < 1e-4


def test_terms_that_end_tell_features_apart_without_costing_faithfulness(work) -> None:
    """Beside a training whose terms stay: its sum is further from the score."""
    features, scores, splits = pick(work, 0)
    settings = replace(SETTINGS, n_steps=300)
    errors = []
    for until in (training.SHAPED_UNTIL, 2.0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(training, "SHAPED_UNTIL", until)
            patch.setattr(training, "FAITHFUL_FROM", until + 0.25)
            errors.append(train(features, scores, splits, N, settings, [(0,)]).terms["faithfulness"][0])
    assert errors[0] < 0.8 * errors[1]


def test_it_learns_the_score(work) -> None:
    features, scores, splits = pick(work, 0)
    trained = train(features, scores, splits, N, replace(SETTINGS, objective="nn", n_steps=300), [(0,)])
    rows = splits[0].held
    said = trained.modules.read(trained.modules.encode(torch.from_numpy(features[rows])[None]))[0]
    error = np.abs(said.detach().numpy() - scores[0][rows]).mean()
    assert error < 0.05 * np.ptp(scores[0])


def test_without_a_reconstruction_there_is_no_decoder(work) -> None:
    assert train(*pick(work, 0), N, replace(SETTINGS, objective="nn"), [(0,)]).modules.decoder is None
    assert train(*pick(work, 0), N, SETTINGS, [(0,)]).modules.decoder is not None


def test_a_classic_autoencoder_does_not_know_the_score(work) -> None:
    """Its encoder is the same whatever the score is."""
    features, scores, splits = pick(work, 0)
    settings = replace(SETTINGS, objective="cae")
    encoders = []
    for own in (scores[0], scores[0][::-1].copy()):
        inside = training._Work(features, [own], splits, N, settings)
        rngs = [np.random.default_rng(0)]
        modules = Modules.drawn(S, N, True, rngs)
        sum(inside.terms(modules, inside.drawn(rngs), RunningErrors(settings.q)).values()).sum().backward()
        encoders.append(modules.encoder.weights[0].grad)
        assert modules.readout.grad is not None and modules.readout.grad.any()
    torch.testing.assert_close(encoders[0], encoders[1])


def test_the_best_on_what_was_held_out_is_kept(work) -> None:
    features, scores, splits = pick(work, 0)
    seen = []
    trained = train(features, scores, splits, N, SETTINGS, [(0,)], lambda: seen.append(1))
    assert len(seen) == SETTINGS.n_steps
    assert trained.steps[0] in (20, 40)
    assert set(trained.terms) == {"faithfulness", "sparse reconstruction", "pull-away"}
    assert all(value[0] >= 0 for value in trained.terms.values())


@pytest.mark.parametrize(
    ("change", "term"), [({"beta": 1e39}, "sparse reconstruction"), ({}, "faithfulness")]
)
def test_a_training_that_runs_away_stops_and_names_the_term(work, change: dict, term: str) -> None:
    features, scores, splits = pick(work, 0)
    if not change:
        scores = [
            np.where(np.arange(200) == splits[0].held_positives[0], np.inf, scores[0]).astype(np.float32)
        ]
    with pytest.raises(ValueError, match=f"the term '{term}' became NaN or infinite"):
        train(features, scores, splits, N, replace(SETTINGS, **change), [(0,)])


def test_torch_s_random_numbers_are_left_alone(work) -> None:
    before = torch.get_rng_state()
    train(*pick(work, 0), N, SETTINGS, [(0,)])
    assert torch.equal(torch.get_rng_state(), before)
