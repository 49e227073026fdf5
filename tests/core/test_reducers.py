"""What reducers gather batch by batch, against NumPy over all pictures at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from xaikit.core.reducers import (
    CoOccurrence,
    Covariance,
    Mean,
    Quantiles,
    Rate,
    Reducer,
    SweepBatch,
    TopK,
    base,
)
from xaikit.core.reducers.base import identity, sums_by_label

N, C, H, W, GROUPS = 53, 4, 3, 2, 5
RNG = np.random.default_rng(3)
FEATURES = RNG.normal(1, 2, (N, C, H, W)).astype(np.float32)
LABELS = RNG.integers(0, GROUPS - 1, N)  # no picture has the last label
VIEWS = RNG.integers(0, 256, (N, 12, 12, 3), np.uint8)


def batches(numbers: range, size: int = 7, features: np.ndarray = FEATURES) -> list[SweepBatch]:
    chosen = [np.array(numbers[k : k + size], np.int64) for k in range(0, len(numbers), size)]
    return [
        SweepBatch(
            rows,
            torch.from_numpy(LABELS[rows]),
            torch.zeros(len(rows), 3),
            {"layer": torch.from_numpy(features[rows])},
            VIEWS[rows],
            None,
        )
        for rows in chosen
    ]


def fed(reducer: Reducer, numbers: range = range(N), size: int = 7, features: np.ndarray = FEATURES) -> Any:
    for batch in batches(numbers, size, features):
        reducer.update(batch, batch.features["layer"])
    return reducer


def plain(result: Any) -> dict[str, np.ndarray]:
    """A result of any kind as arrays."""
    if isinstance(result, np.ndarray):
        return {"": result}
    held = dict(vars(result))
    pictures = held.pop("pictures", {})
    return {name: np.asarray(value) for name, value in held.items()} | {
        f"picture {number}": picture for number, picture in sorted(pictures.items())
    }


EVERY: dict[str, Callable[[], Reducer]] = {
    "mean": Mean,
    "mean by label": lambda: Mean(GROUPS),
    "rate": lambda: Rate(0.5),
    "rate by label": lambda: Rate(np.linspace(0, 2, W), GROUPS),
    "covariance": Covariance,
    "co-occurrence": lambda: CoOccurrence(3.0),
    "quantiles": lambda: Quantiles([0.1, 0.5], k=20),
    "quantiles over places": lambda: Quantiles(0.9, k=50, over="places"),
    "top k": lambda: TopK(3, side=5),
}
every = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)


# ---- paper form ----


def test_mean() -> None:
    np.testing.assert_allclose(fed(Mean()).result(), FEATURES.astype(float).mean(0), rtol=1e-12)
    assert fed(Mean()).result().dtype == np.float64


def test_mean_by_label() -> None:
    reducer = fed(Mean(GROUPS))
    for label in range(GROUPS - 1):
        own = FEATURES[LABELS == label].astype(float)
        np.testing.assert_allclose(reducer.result()[label], own.mean(0), rtol=1e-12)
    assert np.isnan(reducer.result()[-1]).all()
    assert reducer.counts.tolist() == np.bincount(LABELS, minlength=GROUPS).tolist()


def test_rate_counts_and_is_exact() -> None:
    assert (fed(Rate(0.5)).result() == (FEATURES > 0.5).sum(0) / N).all()
    by_label = fed(Rate(0.5, GROUPS)).result()
    for label in range(GROUPS - 1):
        own = FEATURES[LABELS == label]
        assert (by_label[label] == (own > 0.5).sum(0) / len(own)).all()


def test_a_threshold_may_be_each_units_own() -> None:
    thresholds = RNG.normal(1, 1, (C, 1, 1))
    expected = (FEATURES > thresholds.astype(np.float32)).mean(0)
    assert fed(Rate(thresholds)).result() == pytest.approx(expected)


def test_a_unit_at_its_threshold_is_off() -> None:
    assert (fed(Rate(1.0), features=np.ones_like(FEATURES)).result() == 0).all()


def test_covariance_over_pictures_and_places() -> None:
    rows = FEATURES.astype(float).transpose(0, 2, 3, 1).reshape(-1, C)
    found = fed(Covariance()).result()
    np.testing.assert_allclose(found.mean, rows.mean(0), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(rows.T, bias=True), rtol=1e-10)
    assert found.n == N * H * W


def test_covariance_of_vectors_far_from_zero_does_not_cancel() -> None:
    vectors = (FEATURES[:, :, 0, 0].astype(float) + 1e6).astype(np.float32)
    found = fed(Covariance(), features=vectors).result()
    np.testing.assert_allclose(found.covariance, np.cov(vectors.astype(float).T, bias=True), rtol=1e-9)


def test_co_occurrence() -> None:
    on = (FEATURES.max((2, 3)) > 3).astype(int)
    found = fed(CoOccurrence(3.0)).result()
    assert (found.counts == on.T @ on).all()
    assert found.rates[0, 1] == pytest.approx((on[:, 0] & on[:, 1]).mean())
    single = on.mean(0)
    assert found.lift[0, 1] == pytest.approx((on[:, 0] & on[:, 1]).mean() / single[0] / single[1])


def test_lift_of_a_unit_that_is_never_on_is_not_a_number() -> None:
    dead = FEATURES.copy()
    dead[:, 2] = 0
    lift = fed(CoOccurrence(), features=dead).result().lift
    assert np.isnan(lift[2]).all() and np.isfinite(np.delete(np.delete(lift, 2, 0), 2, 1)).all()


@pytest.mark.parametrize("q", [0.3, [0.0, 0.25, 1.0]])
def test_quantiles_are_exact_while_all_fits_in(q: Any) -> None:
    found = fed(Quantiles(q, k=N))
    np.testing.assert_allclose(found.result(), np.quantile(FEATURES.astype(float), q, axis=0))
    rows = FEATURES.astype(float).transpose(0, 2, 3, 1).reshape(-1, C)
    over_places = fed(Quantiles(q, k=N * H * W, over="places"))
    np.testing.assert_allclose(over_places.result(), np.quantile(rows, q, axis=0))
    assert (found.n, over_places.n) == (N, N * H * W)


def test_quantiles_of_a_sample_are_near_the_true_ones() -> None:
    n, k = 20_000, 2048
    values = np.random.default_rng(0).gamma(2, 1, (n, 8)).astype(np.float32)
    reducer = Quantiles([0.05, 0.5, 0.95], k=k)
    for first in range(0, n, 500):
        rows = np.arange(first, first + 500)
        reducer.update(
            SweepBatch(rows, *[torch.zeros(500)] * 2, {}, VIEWS, None), torch.from_numpy(values[rows])
        )
    ranks = np.stack([(values < row).mean(0) for row in reducer.result()])
    assert np.abs(ranks - [[0.05], [0.5], [0.95]]).max() < 1.36 / k**0.5
    assert len(reducer.state()["rows"]) == k


def test_the_sample_is_drawn_alike_from_all_pictures_and_by_seed() -> None:
    kept = [set(fed(Quantiles(0.5, k=10, seed=seed)).state()["numbers"].tolist()) for seed in range(400)]
    assert kept[0] != kept[1]
    times = np.bincount([number for one in kept for number in one], minlength=N)
    expected = 400 * 10 / N
    assert np.abs(times - expected).max() < 5 * (expected * (1 - 10 / N)) ** 0.5


def test_top_k_against_a_full_sort() -> None:
    found = fed(TopK(3, side=5)).result()
    strongest = FEATURES.max((2, 3))
    for unit in range(C):
        order = np.argsort(-strongest[:, unit], kind="stable")[:3]
        assert found.numbers[unit].tolist() == order.tolist()
        assert (found.values[unit] == strongest[order, unit]).all()
        for place, number in zip(found.places[unit], order, strict=True):
            row, column = divmod(FEATURES[number, unit].argmax(), W)
            assert place == pytest.approx([(column + 0.5) * 12 / W, (row + 0.5) * 12 / H])
    assert set(found.pictures) == set(found.numbers.ravel().tolist())
    assert all(picture.shape == (5, 5, 3) for picture in found.pictures.values())


def test_top_k_shows_what_the_network_saw() -> None:
    found = fed(TopK(2, side=12)).result()
    assert all((picture == VIEWS[number]).all() for number, picture in found.pictures.items())


def test_top_k_of_vectors_has_no_places_and_equal_values_come_by_number() -> None:
    found = fed(TopK(4), features=np.ones((N, 2), np.float32)).result()
    assert found.numbers.tolist() == [[0, 1, 2, 3]] * 2
    assert np.isnan(found.places).all()


def test_top_k_of_fewer_pictures_than_k() -> None:
    assert fed(TopK(9), range(2)).result().numbers.shape == (C, 2)


# ---- what holds of every reducer ----


@every
def test_parts_that_are_merged_equal_one_pass(make: Callable[[], Reducer]) -> None:
    whole = plain(fed(make()).result())
    one, two, three = fed(make(), range(20)), fed(make(), range(20, 21)), fed(make(), range(21, N))
    before = two.state()
    one.merge(two)
    one.merge(make())  # one without pictures changes nothing
    empty = make()
    empty.merge(three)
    empty.merge(one)  # in any order
    for merged in (plain(empty.result()),):
        assert merged.keys() == whole.keys()
        for name in whole:
            np.testing.assert_allclose(merged[name], whole[name], rtol=1e-12, atol=1e-12)
    assert all((before[name] == value).all() for name, value in two.state().items())


@every
@pytest.mark.parametrize("size", [1, N])
def test_the_size_of_batches_does_not_matter(make: Callable[[], Reducer], size: int) -> None:
    whole, other = plain(fed(make()).result()), plain(fed(make(), size=size).result())
    for name in whole:
        np.testing.assert_allclose(other[name], whole[name], rtol=1e-12, atol=1e-12)


@every
def test_a_state_goes_on_to_the_same_bytes(make: Callable[[], Reducer]) -> None:
    whole = fed(make())
    first, again = fed(make(), range(21)), make()
    state = first.state()
    copy = {name: value.copy() for name, value in state.items()}
    again.restore(state)
    fed(again, range(21, N))
    fed(first, range(21, N))
    for name, value in whole.state().items():
        assert value.tobytes() == again.state()[name].tobytes() == first.state()[name].tobytes()
    assert all((copy[name] == state[name]).all() for name in state), "a state is a copy"


@every
def test_a_state_holds_plain_arrays_and_an_empty_one_forgets(make: Callable[[], Reducer]) -> None:
    reducer = fed(make())
    assert all(isinstance(v, np.ndarray) and not v.dtype.hasobject for v in reducer.state().values())
    reducer.restore({})
    assert reducer.state() == {}
    with pytest.raises(ValueError, match="no picture yet"):
        reducer.result()
    assert plain(fed(reducer).result()).keys() == plain(fed(make()).result()).keys()


@every
def test_vectors_do_as_well_as_grids(make: Callable[[], Reducer]) -> None:
    vectors = np.ascontiguousarray(FEATURES[:, :W, 0, 0])
    assert plain(fed(make(), features=vectors).result())


@every
def test_settings_tell_reducers_apart(make: Callable[[], Reducer]) -> None:
    assert identity(make()) == identity(fed(make()))
    assert len({identity(other()) for other in EVERY.values()}) == len(EVERY)


# ---- bad input ----


def test_what_does_not_belong_together_is_not_merged() -> None:
    with pytest.raises(TypeError, match="Mean and Covariance"):
        Mean().merge(Covariance())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="same settings"):
        Rate(0.1).merge(Rate(0.2))
    with pytest.raises(ValueError, match="same layer"):
        fed(Mean()).merge(fed(Mean(), features=FEATURES[:, :2]))


def test_a_label_outside_the_groups_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.\.1.*got [23]"):
        fed(Mean(2))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Mean(0), "n_groups"),
        (lambda: Rate(float("nan")), "threshold"),
        (lambda: Quantiles(1.5), "q"),
        (lambda: Quantiles([]), "q"),
        (lambda: Quantiles(0.5, over="units"), "over"),
        (lambda: Quantiles(0.5, k=0), "k"),
        (lambda: TopK(0), "k"),
        (lambda: TopK(side=0), "side"),
    ],
)
def test_settings_out_of_range(make: Callable[[], Reducer], message: str) -> None:
    with pytest.raises(ValueError, match=f"`{message}`"):
        make()


def test_a_subclass_writes_update_and_result_alone() -> None:
    class Largest(Reducer):
        """Counts the pictures whose score is above a number, by label."""

        def __init__(self, score: float) -> None:
            self.score = score

        def update(self, batch: SweepBatch, features: torch.Tensor) -> None:
            above = (features.flatten(1).sum(1) > self.score).long()
            self.add_by_label("above", batch.labels, above, GROUPS)

        def result(self) -> list[int]:
            return self.total("above").tolist()

    one, two = fed(Largest(2.0), range(30)), fed(Largest(2.0), range(30, N))
    one.merge(two)
    above = FEATURES.sum((1, 2, 3)) > 2
    assert one.result() == np.bincount(LABELS[above], minlength=GROUPS).tolist()
    assert identity(one) != identity(Largest(3.0))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_both_ways_of_adding_by_label_agree(shape: tuple[int, ...]) -> None:
    labels = torch.tensor([4, 1, 4, 4, 0, 1])
    rows = torch.randn((6, *shape), dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    expected = torch.zeros((5, *shape), dtype=torch.float64).index_add_(0, labels, rows)
    found, sums = sums_by_label(labels, rows)
    assert found.tolist() == [0, 1, 4]
    torch.testing.assert_close(sums, expected[found])
    weights = torch.arange(1.0, 7.0)
    weighted = Reducer()
    weighted.add_by_label("sum", labels, rows, 5, weights)
    scaled = torch.stack([row * weight for row, weight in zip(rows, weights, strict=True)])
    slow = torch.stack([scaled[labels == k].sum(0) for k in range(5)])
    torch.testing.assert_close(weighted.total("sum"), slow)
    torch.testing.assert_close(sums_by_label(labels, rows, weights)[1], slow[found])


@pytest.mark.parametrize("piece", [1, 5, 2**17])
def test_rows_are_counted_whole_and_added_in_float64(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(base, "PIECE", piece)
    reducer, labels = Reducer(), torch.from_numpy(LABELS)
    features = torch.from_numpy(FEATURES)
    reducer.add_by_label("on", labels, features > 1, GROUPS)
    reducer.add_by_label("sum", labels, features, GROUPS)
    assert (reducer.total("on").dtype, reducer.total("sum").dtype) == (torch.int64, torch.float64)
    for k in range(GROUPS):
        assert (reducer.total("on")[k].numpy() == (FEATURES[LABELS == k] > 1).sum(0)).all()
        own = FEATURES[LABELS == k].astype(float).sum(0)
        np.testing.assert_allclose(reducer.total("sum")[k], own, rtol=1e-12, atol=1e-12)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@every
def test_on_cuda_it_is_the_same_and_repeats_to_the_bit(make: Callable[[], Reducer]) -> None:
    def on_cuda() -> Reducer:
        reducer = make()
        for batch in batches(range(N)):
            moved = replace(batch, labels=batch.labels.cuda(), logits=batch.logits.cuda())
            reducer.update(moved, batch.features["layer"].cuda())
        return reducer

    expected, found = plain(fed(make()).result()), on_cuda()
    for name, value in plain(found.result()).items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-9, atol=1e-9)
    again = make()
    again.restore(found.state())
    again.merge(make())
    assert {k: v.tobytes() for k, v in again.state().items()} == {
        k: v.tobytes() for k, v in on_cuda().state().items()
    }


def test_a_setting_that_cannot_be_told_from_others_is_refused() -> None:
    reducer = Mean()
    reducer.rule = lambda value: value  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="`rule` must be a number"):
        identity(reducer)
