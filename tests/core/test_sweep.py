"""One pass over many pictures: the same as asking one by one, stopped and gone on, and in bounded memory."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
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

from tests.core.damage import check_told
from xaikit.core import checkpoint as checkpointing
from xaikit.core import sweep as sweeping
from xaikit.core.archive import read_archive, write_archive
from xaikit.core.classifier import Classifier
from xaikit.core.errors import FileError, ImageError
from xaikit.core.reducers import (
    CoOccurrence,
    Covariance,
    Mean,
    Quantiles,
    Rate,
    Reducer,
    SweepBatch,
    TopK,
)
from xaikit.core.sweep import Skipped, sweep
from xaikit.data import FolderImages, ImageSet, Sample


class Noise(ImageSet):
    """Pictures of noise, each drawn from its number; counts how many were read, and can fail at some."""

    def __init__(self, n: int = 40, broken: dict[int, Exception] | None = None, shift: int = 0) -> None:
        super().__init__(["cat", "dog", "bird"], np.arange(n) % 3)
        self.broken, self.shift, self.reads = broken or {}, shift, []

    def _read(self, index: int) -> Sample:
        self.reads.append(index)
        if index in self.broken:
            raise self.broken[index]
        image = np.random.default_rng(index + self.shift).integers(0, 256, (32, 32, 3), np.uint8)
        return Sample(image, int(self.labels[index]), f"noise {index}")


class Watch(Reducer):
    """Tells of every batch, and can do something at one of them."""

    def __init__(self) -> None:
        self._batches: list[SweepBatch] = []
        self._act: Any = None

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        self._batches.append(batch)
        self.add("n", torch.tensor(len(batch.numbers)))
        if self._act:
            self._act(batch)

    def result(self) -> list[SweepBatch]:
        return self._batches


def reducers() -> dict[str, Reducer]:
    return {
        "mean": Mean(3),
        "rate": Rate(0.1, layer="norm"),
        "covariance": Covariance("stem"),
        "quantiles": Quantiles([0.5], k=12),
        "top": TopK(2, side=4),
        "together": CoOccurrence(),
    }


def run(classifier: Classifier, data: Any, gather: dict[str, Reducer] | None = None, **options: Any) -> Any:
    options = {"layer": "mix", "progress": False, "batch_size": 8} | options
    return sweep(classifier, data, gather or {"mean": Mean()}, **options)


def bytes_of(gather: dict[str, Reducer]) -> dict[str, bytes]:
    return {
        f"{name} {key}": array.tobytes() for name, one in gather.items() for key, array in one.state().items()
    }


@pytest.fixture
def uninterrupted(tiny_classifier: Classifier) -> dict[str, bytes]:
    gather = reducers()
    run(tiny_classifier, Noise(), gather)
    return bytes_of(gather)


@pytest.fixture(autouse=True)
def written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long writing takes, another checkpoint is due after `checkpoint_seconds`."""
    monkeypatch.setattr(checkpointing, "SHARE", 0)


def readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("xaikit-reader")]


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


# ---- stopped and gone on ----


SCRIPT = """
import hashlib, os, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {folder!r})
import numpy as np, torch
import xaikit.core.checkpoint as checkpointing
from xaikit.core.classifier import Classifier
from test_sweep import Noise, Watch, bytes_of, reducers
from xaikit.core.sweep import sweep

checkpointing.SHARE = 0
torch.manual_seed(0)
layers = {{"stem": torch.nn.Conv2d(3, 8, 3, 2, 1), "norm": torch.nn.BatchNorm2d(8), "act": torch.nn.ReLU(),
    "mix": torch.nn.Conv2d(8, 12, 3, 2, 1), "pool": torch.nn.AdaptiveAvgPool2d(1), "flat": torch.nn.Flatten(),
    "head": torch.nn.Linear(12, 3)}}
model = torch.nn.Sequential()
for name, layer in layers.items():
    model.add_module(name, layer)
classifier = Classifier(model.eval(), ["cat", "dog", "bird"], input_size=32, device="cpu")
where, folder = sys.argv[1:]
gather = reducers()
watch = Watch()
kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if where == "reducing":
    watch._act = lambda batch: batch.numbers[0] == 136 and kill()
if where == "writing":
    real, count = os.fsync, []
    def fsync(file):
        count.append(1)
        real(file)
        len(count) == 21 and kill()
    os.fsync = fsync
items = list(gather.items())
gather = dict(items[:3]) | {{"watch": watch}} | dict(items[3:])
sweep(classifier, Noise(300), gather, layer="mix", progress=False, batch_size=8,
    checkpoint=folder or None, checkpoint_seconds=0)
digest = hashlib.sha256(repr(sorted(bytes_of(gather).items())).encode()).hexdigest()
print(len(watch._batches), digest)
"""


def script(where: str, folder: Path | str) -> subprocess.CompletedProcess[str]:
    code = SCRIPT.format(folder=str(Path(__file__).parent))
    return subprocess.run(
        [sys.executable, "-c", code, where, str(folder)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def whole() -> list[str]:
    return script("", "").stdout.split()


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize("where", ["reducing", "writing"])
def test_killed_and_started_again_it_gives_the_same_bytes(
    tmp_path: Path, whole: list[str], where: str
) -> None:
    killed = script(where, tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (tmp_path / "sweep.lock").exists()
    again = script("", tmp_path)
    n_batches, digest = again.stdout.split()
    assert digest == whole[1], again.stderr
    assert 0 < int(n_batches) < int(whole[0]) == 38


@pytest.mark.parametrize("place", ["in the network", "in a reducer"])
def test_an_interrupt_leaves_a_checkpoint(
    tiny_classifier: Classifier, tmp_path: Path, uninterrupted: dict[str, bytes], place: str
) -> None:
    before = signal.getsignal(signal.SIGINT)
    calls: list[int] = []

    def interrupt(*_: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)

    tiny_classifier.layers()
    gather, watch, handle = reducers(), Watch(), None
    if place == "in the network":
        handle = tiny_classifier.model.mix.register_forward_hook(interrupt)
    else:
        watch._act = interrupt
    items = [*list(gather.items())[:3], ("watch", watch), *list(gather.items())[3:]]
    with pytest.raises(KeyboardInterrupt):
        run(tiny_classifier, Noise(), dict(items), checkpoint=tmp_path)
    if handle:
        handle.remove()
    watch._act = None
    assert signal.getsignal(signal.SIGINT) is before and readers() == []
    batches_done = 2 if place == "in the network" else 3
    watch._batches.clear()
    run(tiny_classifier, Noise(), dict(items), checkpoint=tmp_path)
    assert [batch.numbers[0] for batch in watch._batches] == list(range(8 * batches_done, 40, 8))
    assert bytes_of(gather) == uninterrupted


def test_an_error_leaves_a_checkpoint_of_the_batches_before(
    tiny_classifier: Classifier, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    gather, data = reducers(), Noise(broken={30: RuntimeError("net down")})
    with pytest.raises(RuntimeError, match="net down"):
        run(tiny_classifier, data, gather, checkpoint=tmp_path)
    data.broken.clear()
    data.reads.clear()
    run(tiny_classifier, data, gather, checkpoint=tmp_path)
    assert bytes_of(gather) == uninterrupted
    looked_at = {0, 5, 11, 16, 22, 27, 33, 39}
    assert set(data.reads) == set(range(24, 40)) | looked_at


def test_a_reducer_that_fails_leaves_no_half_of_a_batch(tiny_classifier: Classifier, tmp_path: Path) -> None:
    mean, watch = Mean(), Watch()

    def fail(batch: SweepBatch) -> None:
        if batch.numbers[0] == 16:
            raise ValueError("this batch")

    watch._act = fail
    with pytest.raises(ValueError, match="this batch"):
        run(tiny_classifier, Noise(), {"m": mean, "w": watch}, checkpoint=tmp_path, checkpoint_seconds=0)
    watch._act = None
    run(tiny_classifier, Noise(), {"m": mean, "w": watch}, checkpoint=tmp_path)
    assert mean.counts == 40 == int(watch.total("n"))


def test_what_is_finished_is_not_done_again(
    tiny_classifier: Classifier, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    run(tiny_classifier, Noise(), reducers(), checkpoint=tmp_path)
    data, gather = Noise(), reducers()
    result = run(tiny_classifier, data, gather, checkpoint=tmp_path, batch_size=None)
    assert bytes_of(gather) == uninterrupted and result.n_pictures == 40
    assert len(data.reads) == checkpointing.N_LOOKED_AT


def test_skipped_pictures_are_remembered(tiny_classifier: Classifier, tmp_path: Path) -> None:
    data = Noise(broken={3: ImageError("3 is empty"), 37: RuntimeError("net down")})
    with pytest.raises(RuntimeError):
        run(tiny_classifier, data, checkpoint=tmp_path)
    del data.broken[37]
    with pytest.warns(UserWarning, match="1 of 40 pictures"):
        result = run(tiny_classifier, data, checkpoint=tmp_path)
    assert result.skipped == [Skipped(3, "3 is empty")] and result.n_pictures == 39


def test_other_work_has_a_file_of_its_own(tiny_classifier: Classifier, tmp_path: Path) -> None:
    convolved = nn.Sequential(nn.Conv2d(3, 12, 3), nn.Flatten(), nn.LazyLinear(3))
    convolved(torch.zeros(1, 3, 32, 32))
    other = Classifier(convolved, ["a", "b", "c"], 32)
    labelled_otherwise = Noise()
    labelled_otherwise.labels = labelled_otherwise.labels[::-1].copy()
    works: list[tuple[Any, ...]] = [
        (tiny_classifier, Noise(), Mean(), "mix"),
        (tiny_classifier, Noise(), Mean(3), "mix"),
        (tiny_classifier, Noise(), Mean(), "norm"),
        (tiny_classifier, Noise(), Rate(), "mix"),
        (tiny_classifier, Noise(), Rate(0.5), "mix"),
        (tiny_classifier, Noise(39), Mean(), "mix"),
        (tiny_classifier, Noise(shift=1), Mean(), "mix"),
        (tiny_classifier, labelled_otherwise, Mean(), "mix"),
        (other, Noise(), Mean(), "0"),
    ]
    for classifier, data, reducer, layer in works:
        own = run(classifier, data, {"it": reducer}, layer=layer)["it"]
        kept = run(classifier, data, {"it": reducer}, layer=layer, checkpoint=tmp_path)["it"]
        assert kept.tobytes() == own.tobytes()
    assert len(list(tmp_path.glob("sweep-*.npz"))) == len(works)
    with torch.no_grad():
        tiny_classifier.model.mix.weight.add_(1)
    run(tiny_classifier, Noise(), {"it": Mean()}, checkpoint=tmp_path)
    assert len(list(tmp_path.glob("sweep-*.npz"))) == len(works) + 1


def test_another_batch_size_is_refused(tiny_classifier: Classifier, tmp_path: Path) -> None:
    run(tiny_classifier, Noise(), checkpoint=tmp_path, batch_size=8)
    with pytest.raises(ValueError, match=r"`batch_size` must be that of the checkpoint.*8, or None; got 9"):
        run(tiny_classifier, Noise(), checkpoint=tmp_path, batch_size=9)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", "half"])
def test_a_damaged_checkpoint_is_said(tiny_classifier: Classifier, tmp_path: Path, content: Any) -> None:
    run(tiny_classifier, Noise(), checkpoint=tmp_path)
    (path,) = tmp_path.glob("sweep-*.npz")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if content == "half" else content)
    with pytest.raises(ValueError, match=rf"{path.name} .*damaged.*delete it"):
        run(tiny_classifier, Noise(), checkpoint=tmp_path)


def test_damage_of_any_kind_is_told(tiny_classifier: Classifier, tmp_path: Path) -> None:
    gather = {"mean": Mean(), "rate": Rate(), "quantiles": Quantiles(0.5, k=20), "top": TopK(2)}
    run(tiny_classifier, Noise(), gather, checkpoint=tmp_path / "kept")
    (path,) = (tmp_path / "kept").glob("sweep-*.npz")

    def load(damaged: Path) -> None:
        store = checkpointing.Checkpoint(tmp_path, "work", 1)
        store.path = damaged
        store.load(gather, 40)

    check_told(path, load, 8, tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"following": 16}, {"n_pictures": 10**9}, {"batch_size": 7}, {"batch_size": 0}, {"following": -8},
     {"skipped": [[3, "empty"]]}, {"n_pictures": 38, "skipped": [[3, "a"], [3, "b"]]}, {"following": None}],
)  # fmt: skip
def test_counters_that_do_not_go_together_are_refused(
    tiny_classifier: Classifier, tmp_path: Path, change: dict[str, Any]
) -> None:
    """Whoever changed them knew how to seal the file anew."""
    with pytest.raises(RuntimeError):
        run(tiny_classifier, Noise(broken={30: RuntimeError("net down")}), checkpoint=tmp_path, batch_size=8)
    (path,) = tmp_path.glob("sweep-*.npz")
    meta, arrays = read_archive(path, checkpointing.KIND, checkpointing.FORMAT)
    assert meta["following"] == 24
    told = {name: meta[name] for name in ("batch_size", "following", "n_pictures", "skipped")}
    write_archive(path, meta["kind"], meta["format"], told | change, arrays)
    with pytest.raises(
        FileError, match=r"counters do not go together over 40|must be of type int.*delete it"
    ):
        run(tiny_classifier, Noise(), checkpoint=tmp_path)


def test_a_checkpoint_must_be_a_folder(tiny_classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="must be a folder"):
        run(tiny_classifier, Noise(), checkpoint=tmp_path / "file")
    run(tiny_classifier, Noise(), checkpoint=str(tmp_path / "made" / "anew"))
    assert len(list((tmp_path / "made" / "anew").glob("sweep-*.npz"))) == 1


def test_a_full_disk_is_told_once_and_the_older_checkpoint_stays(
    tiny_classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = os.fsync

    def fsync(file: int) -> None:
        written.append(file)
        if len(written) > 4:  # two checkpoints, each the file and its folder
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    gather = {"mean": Mean()}
    with pytest.warns(RuntimeWarning, match="cannot be written .*No space left") as told:
        result = run(tiny_classifier, Noise(), gather, checkpoint=tmp_path, checkpoint_seconds=0)
    assert len(told) == 1 and len(written) > 6
    assert (result["mean"] == run(tiny_classifier, Noise())["mean"]).all()
    assert [path.suffix for path in tmp_path.glob("sweep-*")] == [".npz"]
    monkeypatch.undo()
    data = Noise()
    assert (run(tiny_classifier, data, gather, checkpoint=tmp_path)["mean"] == result["mean"]).all()
    assert set(range(16, 40)) <= set(data.reads) and not {8, 9, 10} & set(data.reads)


@pytest.mark.skipif(os.name == "nt", reason="no limit on the size of files")
def test_a_file_that_breaks_off_while_it_is_written(tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "import numpy as np\n"
        "from pathlib import Path\n"
        "from xaikit.core.archive import write_archive\n"
        "path = Path(sys.argv[1])\n"
        "write_archive(path, 'trial', 1, {}, {'a': np.zeros(10)}, compressed=False)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
        "try:\n"
        "    more = {'a': np.zeros(10), 'b': np.zeros(50_000)}\n"
        "    write_archive(path, 'trial', 1, {}, more, compressed=False)\n"
        "except OSError as error:\n"
        "    print('OSError', [file.name for file in path.parent.iterdir()], np.load(path)['a'].sum())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "x.npz"], capture_output=True, text=True)
    assert done.stdout == "OSError ['x.npz'] 0.0\n", done.stderr
    assert done.stderr == ""


def test_two_at_once_in_one_folder(tiny_classifier: Classifier, tmp_path: Path) -> None:
    watch, inside, done = Watch(), threading.Event(), threading.Event()

    def hold(batch: SweepBatch) -> None:
        inside.set()
        done.wait(20)

    watch._act = hold
    first = threading.Thread(
        target=run, args=(tiny_classifier, Noise(), {"w": watch}), kwargs={"checkpoint": tmp_path}
    )
    first.start()
    try:
        assert inside.wait(20)
        began = time.monotonic()
        with pytest.raises(RuntimeError, match=r"another sweep.*Wait until it is done, or give another"):
            run(tiny_classifier, Noise(), checkpoint=tmp_path)
        assert time.monotonic() - began < 10
    finally:
        done.set()
        first.join()
    run(tiny_classifier, Noise(), checkpoint=tmp_path)


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
