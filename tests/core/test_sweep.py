"""One pass over many pictures: the same as asking one by one, and in bounded memory."""

from __future__ import annotations

import errno
import time
import tracemalloc
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from tests.core.swept import Noise, Watch, readers, reducers, run
from xaikit.core import sweep as sweeping
from xaikit.core.classifier import Classifier
from xaikit.core.errors import ImageError
from xaikit.core.reducers import (
    Mean,
    Quantiles,
    Rate,
    Reducer,
    SweepBatch,
    TopK,
)
from xaikit.core.sweep import Skipped, sweep
from xaikit.data import FolderImages, Sample

# ---- the same as asking one by one ----


@pytest.mark.parametrize("size", [None, 1, 7, 40, 100])
def test_it_gathers_what_the_features_say(tiny_classifier: Classifier, size: int | None) -> None:
    data = Noise()
    gather = {"mean": Mean(), "deep": Mean(3, layer="pool"), "rate": Rate(0.2, layer="norm")}
    result = run(tiny_classifier, data, gather, batch_size=size)
    features = {name: tiny_classifier.features(data, name).astype(float) for name in ("mix", "pool", "norm")}
    np.testing.assert_allclose(result["mean"], features["mix"].mean(0), rtol=1e-5, atol=1e-6)
    for label in range(3):
        own = features["pool"][data.labels == label].mean(0)
        np.testing.assert_allclose(result["deep"][label], own, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(result["rate"], (features["norm"] > 0.2).mean(0), atol=0.026)
    assert (list(result), len(result), result.n_pictures) == (["mean", "deep", "rate"], 3, 40)
    assert result.skipped == [] and result.precision == "full"


def test_a_batch_holds_what_the_network_was_given_and_said(tiny_classifier: Classifier) -> None:
    data = Noise(20)
    batches = run(tiny_classifier, data, {"watch": Watch()}, batch_size=8)["watch"]
    assert [batch.numbers.tolist() for batch in batches] == [[*range(8)], [*range(8, 16)], [*range(16, 20)]]
    logits = np.concatenate([batch.logits.numpy() for batch in batches])
    np.testing.assert_allclose(logits, tiny_classifier.logits(data), rtol=1e-5, atol=1e-6)
    assert np.concatenate([batch.labels for batch in batches]).tolist() == data.labels.tolist()
    assert (np.concatenate([b.views for b in batches]) == np.stack([s.image for s in data])).all()
    features = batches[0].features["mix"]
    assert features.dtype == torch.float32 and tuple(features.shape) == (8, 12, 8, 8)
    assert not features.requires_grad


def test_all_layers_share_one_pass(tiny_classifier: Classifier) -> None:
    passes: list[int] = []
    tiny_classifier.layers()
    handle = tiny_classifier.model.stem.register_forward_hook(lambda *_: passes.append(1))
    run(tiny_classifier, Noise(), reducers(), batch_size=10)
    handle.remove()
    assert len(passes) == 4


def test_no_layer_is_the_default_one(tiny_classifier: Classifier) -> None:
    result = run(tiny_classifier, Noise(), layer=None)
    assert result["mean"].shape == tiny_classifier.default_layer.layer.shape


def test_other_forms_of_pictures(tiny_classifier: Classifier, pictures: np.ndarray, tmp_path: Path) -> None:
    paths = [tmp_path / f"{k}.png" for k in range(5)]
    for path, picture in zip(paths, pictures, strict=True):
        Image.fromarray(picture).save(path)
    tensor = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    expected = run(tiny_classifier, pictures)["mean"]
    for data in (paths, tensor, list(pictures), [Image.fromarray(p) for p in pictures]):
        assert (run(tiny_classifier, data)["mean"] == expected).all()
    assert run(tiny_classifier, pictures, {"mean": Mean(1)})["mean"].shape[0] == 1, "no labels are zeros"


def test_reducers_are_emptied_first(tiny_classifier: Classifier) -> None:
    mean = Mean()
    first = run(tiny_classifier, Noise(), {"mean": mean})["mean"]
    assert (run(tiny_classifier, Noise(), {"mean": mean})["mean"] == first).all()
    assert mean.counts == 40


def test_halves_merge_to_the_whole(tiny_classifier: Classifier) -> None:
    data, halves, whole = Noise(), [Mean(3), Mean(3)], Mean(3)
    run(tiny_classifier, data, {"mean": whole})
    for half, numbers in zip(halves, (range(16), range(16, 40)), strict=True):
        run(tiny_classifier, data.subset(numbers), {"mean": half})
    halves[0].merge(halves[1])
    np.testing.assert_allclose(halves[0].result(), whole.result(), rtol=1e-12)


def test_the_bar_counts_pictures(tiny_classifier: Classifier, capsys: pytest.CaptureFixture[str]) -> None:
    run(tiny_classifier, Noise(), progress=True)
    assert "40/40" in capsys.readouterr().err
    run(tiny_classifier, Noise(), progress=False)
    assert capsys.readouterr().err == ""


# ---- reading ----


def test_reading_runs_ahead_by_a_few_batches_only(tiny_classifier: Classifier) -> None:
    data, watch, ahead = Noise(400), Watch(), []

    def wait(batch: SweepBatch) -> None:
        time.sleep(0.005)
        ahead.append(len(data.reads) - batch.numbers[-1] - 1)

    watch._act = wait
    run(tiny_classifier, data, {"watch": watch}, batch_size=10)
    assert 10 <= max(ahead) <= 10 * sweeping.AHEAD


def test_readers_stop_with_the_sweep(tiny_classifier: Classifier) -> None:
    data, watch = Noise(400), Watch()

    def fail(batch: SweepBatch) -> None:
        raise RuntimeError("enough")

    watch._act = fail
    with pytest.raises(RuntimeError, match="enough"):
        run(tiny_classifier, data, {"watch": watch})
    assert readers() == [] and len(data.reads) < 100
    run(tiny_classifier, Noise())
    assert readers() == []


def test_an_error_in_reading_names_the_picture(tiny_classifier: Classifier) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run(tiny_classifier, Noise(broken={13: ZeroDivisionError("oops")}))
    assert "picture 13" in caught.value.__notes__[0]
    with pytest.raises(OSError, match="stale"):  # a disk that goes away is no corrupt picture
        run(tiny_classifier, Noise(broken={13: OSError(errno.ESTALE, "stale file handle")}))
    assert readers() == []


def test_corrupt_pictures_are_left_out_counted_and_named(tiny_classifier: Classifier, tmp_path: Path) -> None:
    for k in range(30):
        path = tmp_path / ("cat" if k < 15 else "dog") / f"{k:02}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(Noise()[k].image).save(path)
    (tmp_path / "cat" / "03.png").write_bytes(b"\x89PNG\r\n\x1a\n cut off")
    for k in range(16, 24):  # a whole batch
        (tmp_path / "dog" / f"{k:02}.png").write_bytes(b"")
    data = FolderImages(tmp_path)
    (tmp_path / "dog" / "29.png").unlink()
    gather = {"mean": Mean(2), "top": TopK(30)}
    with pytest.warns(UserWarning, match=r"10 of 30 pictures .*picture 3: .*03\.png"):
        result = run(tiny_classifier, data, gather)
    missing = [3, *range(16, 24), 29]
    assert [one.number for one in result.skipped] == missing
    assert isinstance(result.skipped[0], Skipped) and "29.png" in result.skipped[-1].reason
    assert result.n_pictures == 20 == gather["mean"].counts.sum()
    good = data.subset(np.setdiff1d(np.arange(30), missing))
    np.testing.assert_allclose(
        result["mean"], run(tiny_classifier, good, {"mean": Mean(2)})["mean"], rtol=1e-5
    )
    assert set(result["top"].numbers[0].tolist()) == set(range(30)) - set(missing)


def test_nothing_but_corrupt_pictures_is_an_error(tiny_classifier: Classifier) -> None:
    broken = {k: ImageError(f"{k} is empty") for k in range(10)}
    with pytest.raises(ImageError, match="none of 10 pictures can be read; the first: 0 is empty"):
        run(tiny_classifier, Noise(10, broken))


# ---- bounds ----


def test_memory_does_not_grow_with_the_number_of_pictures(
    tiny_classifier: Classifier, tmp_path: Path
) -> None:
    class Uncounted(Noise):
        def _read(self, index: int) -> Sample:
            return Sample(np.full((32, 32, 3), index % 256, np.uint8), index % 3, "")

    def peak(n: int) -> int:
        gather = {"mean": Mean(3), "rate": Rate(), "quantiles": Quantiles(0.5, k=20), "top": TopK(2)}
        tracemalloc.start()
        run(tiny_classifier, Uncounted(n), gather, checkpoint=tmp_path / str(n), batch_size=50)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(100)
    few, many = peak(200), peak(2000)
    assert many < 1.15 * few + 50_000


def test_features_that_are_no_numbers_are_said(pictures: np.ndarray) -> None:
    class Log(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.log, self.head = nn.Identity(), nn.Linear(3, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.log(x.relu().log()).nan_to_num(0, 0, 0).mean((2, 3)))

    classifier = Classifier(Log(), ["a", "b"], input_size=32, device="cpu")
    with pytest.raises(ValueError, match=r"layer 'log' puts out NaN or infinity for 5 picture.*number 0"):
        run(classifier, pictures, layer="log")


class Slopes(Reducer):
    """Keeps of each picture the gradient of its first logit at one layer, and the means of another one."""

    record, grad = ("mix",), ("act",)

    def update(self, batch: SweepBatch, features: torch.Tensor) -> None:
        assert not features.requires_grad and not batch.logits.requires_grad
        first = batch.done.chosen(np.zeros((len(batch.numbers), 1), np.int64))
        slopes = batch.done.gradients(first)["act"]
        for name, own in (("slopes", slopes[:, 0]), ("means", batch.features["mix"].mean((2, 3)))):
            self.running(name, (5, *own.shape[1:]), own)[batch.numbers] = own

    def result(self) -> Any:
        return self.total("slopes").numpy(), self.total("means").numpy()


def test_a_reducer_goes_back_from_the_one_pass(tiny_classifier: Classifier, pictures: np.ndarray) -> None:
    n_runs = 0

    def count(*_: Any) -> None:
        nonlocal n_runs
        n_runs += 1

    tiny_classifier.layers()  # which takes passes of its own
    with tiny_classifier.model.register_forward_hook(count):
        found = sweep(
            tiny_classifier,
            list(pictures),
            {"mean": Mean(), "slopes": Slopes()},
            "norm",
            progress=False,
            batch_size=2,
        )
    assert n_runs == 3, "five pictures, two at a time, each once"
    _, _, expected = tiny_classifier.features_and_gradients(pictures, [0], "act")
    slopes, means = found["slopes"]
    np.testing.assert_allclose(slopes, expected[:, 0], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(means, tiny_classifier.features(pictures, "mix").mean((2, 3)), rtol=1e-5)
    plain = sweep(tiny_classifier, list(pictures), {"mean": Mean()}, "norm", progress=False)
    np.testing.assert_allclose(found["mean"], plain["mean"], atol=1e-6)


def test_where_gradients_are_asked_for_as_many_pictures_go_at_once_as_their_graphs_allow(
    tiny_classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(tiny_classifier), "graph_batch_size", 3)
    layers = {"it": tiny_classifier.layer("mix")}
    for reducer, size in ((Slopes(), 3), (Mean(), tiny_classifier.batch_size(list(layers.values())))):
        work = sweeping._Work(tiny_classifier, [], torch.zeros(0), {"it": reducer}, layers, mixed=False)
        assert work.batch_size(None) == size
        assert work.batch_size(2) == 2


def test_what_overflows_in_half_precision_is_run_in_full(
    tiny_classifier: Classifier, pictures: np.ndarray
) -> None:
    asked: list[bool] = []
    real = tiny_classifier.run

    def overflow(views: Any, layers: Any = (), mixed: bool = False, grad: Any = ()) -> Any:
        asked.append(mixed)
        done = real(views, layers, grad=grad)
        features = {name: own / (0 if mixed else 1) for name, own in done.features.items()}
        return replace(done, features=features)

    tiny_classifier.run = overflow  # type: ignore[method-assign]
    layer = tiny_classifier.layer("mix")
    work = sweeping._Work(tiny_classifier, pictures, torch.zeros(5).long(), {}, {"it": layer}, mixed=True)
    batch = work.run(np.arange(5), pictures)
    assert asked == [True, False] and batch.features["mix"].isfinite().all()


# ---- bad input ----


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"engine": "ray"}, ValueError, r"`engine` must be one of \['local'\]; got 'ray'"),
        ({"precision": "half"}, ValueError, r"`precision` must be one of \['auto', 'full', 'mixed'\]"),
        ({"batch_size": 0}, ValueError, "`batch_size` must be at least 1"),
        ({"layer": "mixx"}, ValueError, "Did you mean 'mix'"),
        ({"data": Noise(0)}, ValueError, "`data` is empty"),
        ({"data": "folder"}, TypeError, "load_images opens a folder"),
        ({"data": iter([])}, TypeError, "list"),
        ({"gather": [Mean()]}, TypeError, "`reducers` must map names"),
        ({"gather": {"mean": np.mean}}, TypeError, "`reducers` must map names"),
        ({"gather": dict.fromkeys("ab", Mean())}, ValueError, "only once"),
    ],
)
def test_arguments_out_of_range(
    tiny_classifier: Classifier, change: dict[str, Any], error: type[Exception], message: str
) -> None:
    given = {"data": Noise(5), "gather": {"mean": Mean()}} | change
    with pytest.raises(error, match=message):
        run(tiny_classifier, given.pop("data"), given.pop("gather"), **given)


def test_no_reducers(tiny_classifier: Classifier) -> None:
    with pytest.raises(ValueError, match="at least one"):
        sweep(tiny_classifier, Noise(5), {})


def test_an_unknown_name_of_a_result(tiny_classifier: Classifier) -> None:
    with pytest.raises(KeyError, match="mean"):
        run(tiny_classifier, Noise(5))["maen"]


def test_warnings_of_the_caller_stay_as_they_were(tiny_classifier: Classifier, tmp_path: Path) -> None:
    for k in range(40):
        Image.fromarray(Noise()[k].image).save(tmp_path / f"{k}.png")
    before = list(warnings.filters)
    run(tiny_classifier, sorted(tmp_path.glob("*.png")))
    assert warnings.filters == before
