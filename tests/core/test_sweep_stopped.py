"""A sweep that is stopped, killed or fails goes on to the same bytes; damaged checkpoints are told."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.core.damage import check_told
from tests.core.swept import Noise, Watch, bytes_of, readers, reducers, run
from xaikit.core import checkpoint as checkpointing
from xaikit.core.archive import read_archive, write_archive
from xaikit.core.classifier import Classifier
from xaikit.core.errors import FileError, ImageError
from xaikit.core.reducers import (
    Mean,
    Quantiles,
    Rate,
    SweepBatch,
    TopK,
)
from xaikit.core.sweep import Skipped


@pytest.fixture
def uninterrupted(tiny_classifier: Classifier) -> dict[str, bytes]:
    gather = reducers()
    run(tiny_classifier, Noise(), gather)
    return bytes_of(gather)


@pytest.fixture(autouse=True)
def written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long writing takes, another checkpoint is due after `checkpoint_seconds`."""
    monkeypatch.setattr(checkpointing, "SHARE", 0)


SCRIPT = """
import hashlib, os, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {folder!r})
import numpy as np, torch
import xaikit.core.checkpoint as checkpointing
from xaikit.core.classifier import Classifier
from swept import Noise, Watch, bytes_of, reducers
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
