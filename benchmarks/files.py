"""Files under stress: writers that are killed, two writers at once, and saved files that are damaged.

Killed: a process that writes a file over and over is ended by SIGKILL at any moment of it; what is at the
path must be what was there before or what was being written, whole. Two at once: two processes write to one
path, and it is read all the while. Damaged: copies of a file of each kind in which bits are flipped, pieces
missing, members swapped, fields changed; each must be refused by FileError, at once. Files that were changed
and sealed anew, and damaged ones of versions without a checksum, may be read where they make sense: there,
errors that are not ours are counted.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import torch
from measuring import record

import xaikit as xk
from xaikit import cli, lab, zoo
from xaikit.attribution import Heatmap
from xaikit.core.checkpoint import Checkpoint, Position
from xaikit.core.reducers import Mean, Quantiles, TopK
from xaikit.core.weights import read_header, read_weights
from xaikit.reproduce import command, registry
from xaikit.reproduce.setting import Outcome
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.zoo.train import keep

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.core.damage import ANY, REPACKED, as_of_old, sealed_anew  # noqa: E402

CLASSES = ["fire engine", "ambulance"]
LEAST = {"n_concepts": 2, "n_pictures": 12, "n_discovery": 9, "n_judged": 3, "n_random": 4, "epochs": 10}
N_KILLS = N_PAIRS = 40
N_DAMAGED = 400
KNOWN = zoo.about("vehicles")
N_OTHERS = 100


class Writer(NamedTuple):
    """Writes one of two contents to a place; `whole` says whether what is there is one of them."""

    write: Callable[[Path, int], Any]
    place: str
    whole: Callable[[Path], bool] | None = None


class Kind(NamedTuple):
    """A kind of saved file."""

    path: Path
    load: Callable[[Path], Any]


def main() -> None:
    warnings.simplefilter("ignore")
    with TemporaryDirectory() as folder:
        root = Path(folder)
        kinds, writers = saved_and_writers(root)
        report: dict[str, Any] = {"killed": {}, "two_at_once": {}, "damaged": {}}
        for name, writer in writers.items():
            (root / name).mkdir()
            print(name, file=sys.stderr, flush=True)
            report["killed"][name] = f"{killed(writer, root / name)} of {N_KILLS} whole"
            report["two_at_once"][name] = f"{two_at_once(writer, root / name)} of {N_PAIRS} whole"
        for name, kind in kinds.items():
            print(name, file=sys.stderr, flush=True)
            report["damaged"][name] = damaged(kind, root)
    told = sum(one["told"] for one in report["damaged"].values())
    report |= {
        "told": f"{told} of {N_DAMAGED * len(kinds)}",
        "errors_not_ours": sum(one["errors_not_ours"] for one in report["damaged"].values()),
    }
    record("files", report)


def saved_and_writers(root: Path) -> tuple[dict[str, Kind], dict[str, Writer]]:
    network = xk.load_classifier("toyworld/vehicles", device="cpu")
    data = xk.load_images("toyworld/vehicles", split="train", n=180)
    vrx = xk.VRX(CLASSES, **LEAST).fit(network, data, progress=False)
    why = vrx.explain(data[0].image)
    vectors = xk.SemanticVectors(n_reference=30).fit(network, data, progress=False)
    heatmap = xk.attribution.gradcam(network, [data[k].image for k in range(4)])
    gather = {"mean": Mean(), "top": TopK(2), "quantiles": Quantiles(0.5, k=20)}
    xk.sweep(network, data, gather, checkpoint=root, progress=False)
    (checkpoint,) = root.glob("sweep-*.npz")

    def stored(path: Path) -> Checkpoint:
        store = Checkpoint(path.parent, "work", 1)
        store.path = path
        return store

    kinds = {
        "VRX": Kind(vrx.save(root / "vrx.npz"), lambda path: xk.VRX.load(path, network)),
        "explanation": Kind(why.save(root / "why.npz"), StructuralExplanation.load),
        "vectors": Kind(vectors.save(root / "vec.npz"), lambda path: xk.SemanticVectors.load(path, network)),
        "heatmap": Kind(heatmap.save(root / "map.npz"), Heatmap.load),
        "checkpoint": Kind(checkpoint, lambda path: stored(path).load(gather, len(data))),
    }
    pages = [heatmap.widget(title=title) for title in ("one", "other" * 1000)]
    weights = {"a": torch.zeros(500_000), "b": torch.ones(500_000)}
    writers = {
        "VRX.save": Writer(
            lambda path, k: [vrx.name({(CLASSES[0], 0): f"name {k}"}), vrx.save(path)], "vrx.npz"
        ),
        "explanation.save": Writer(
            lambda path, k: [why.rename(CLASSES[0], 0, f"name {k}"), why.save(path)], "why.npz"
        ),
        "vectors.save": Writer(
            lambda path, k: [vectors.checks.update({"dead units": k}), vectors.save(path)], "vectors.npz"
        ),
        "heatmap.save": Writer(lambda path, k: heatmap.named(f"way {k}").save(path), "map.npz"),
        "to_html": Writer(lambda path, k: pages[k].to_html(path), "page.html"),
        "checkpoint": Writer(
            lambda path, k: stored(path).save(Position(60, 60 + 60 * k, 60 + 60 * k), gather), "sweep.npz"
        ),
        "weights": Writer(
            lambda path, k: keep(
                path.parent.parent, "x", {n: w + k for n, w in weights.items()}, KNOWN, "card"
            ),
            "weights/x.safetensors",
            are_weights,
        ),
        "reproduce --json": Writer(lambda path, k: reproduce("--json", str(path)), "numbers.json", is_json),
        "reproduce --out": Writer(lambda path, k: reproduce("--out", str(path.parent)), "trial-curve.png"),
        "lab": Writer(copy_notebooks, lab.FIRST),
    }
    return kinds, writers


def trial(setting: Any) -> Outcome:
    """A figure that is quick to run."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(4, 4))
    picture.add_subplot().imshow(np.random.default_rng(0).random((300, 300)))
    measured = {f"number {k}": float(k) for k in range(20_000)}
    return Outcome({}, measured, figures={"curve": picture})


def reproduce(*arguments: str) -> None:
    row = registry.Figure("trial", "a trial", "nothing", f"{__name__}:trial")
    registry.FIGURES = command.FIGURES = (row,)
    if cli.main(["reproduce", "trial", "--device", "cpu", *arguments]) != 0:
        raise RuntimeError("the trial failed")


def copy_notebooks(path: Path, k: int) -> None:
    for old in path.parent.glob("*.ipynb"):
        old.unlink(missing_ok=True)  # the other process does so, too
    lab.place_notebooks(path.parent)


def is_json(path: Path) -> bool:
    try:
        return len(json.loads(path.read_bytes())["measured"]) == 20_000
    except ValueError:
        return False


def are_weights(path: Path) -> bool:
    """Their header has its entries in any order, so that bytes cannot be compared."""
    try:
        state = read_weights(path)
    except xk.FileError:
        return False
    ends = [sorted({float(w.min()), float(w.max())}) for w in (state["a"], state["b"])]
    return ends in ([[0.0], [1.0]], [[1.0], [2.0]]) and zoo.read_metadata(read_header(path)) == KNOWN


def expected(writer: Writer, path: Path) -> tuple[Callable[[], bool], float]:
    """Whether what is at the path is whole, once both contents are known; and how long writing takes."""
    path.parent.mkdir(exist_ok=True)
    contents = set()
    with quiet():
        writer.write(path, 0)
        began = time.perf_counter()
        for k in range(2):
            writer.write(path, k)
            contents.add(path.read_bytes())
    seconds = (time.perf_counter() - began) / 2
    if writer.whole:
        own = writer.whole
        return lambda: own(path), seconds
    may_be_absent = writer.write is copy_notebooks
    return lambda: path.read_bytes() in contents if path.exists() else may_be_absent, seconds


def writing(writer: Writer, path: Path, times: int, first: int) -> int:
    """A process of its own that writes the one content and the other by turns; its number."""
    child = os.fork()
    if not child:
        try:
            with quiet():
                for k in range(times):
                    writer.write(path, (first + k) % 2)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.__stderr__)
            os._exit(1)
        os._exit(0)
    return child


def quiet() -> contextlib.ExitStack:
    stack = contextlib.ExitStack()
    nowhere = stack.enter_context(open(os.devnull, "w"))
    stack.enter_context(contextlib.redirect_stdout(nowhere))
    stack.enter_context(contextlib.redirect_stderr(nowhere))
    return stack


def killed(writer: Writer, folder: Path) -> int:
    path = folder / writer.place
    whole, seconds = expected(writer, path)
    rng, n = np.random.default_rng(0), 0
    for _ in range(N_KILLS):
        child = writing(writer, path, 1_000_000, 1)
        time.sleep(0.01 + rng.random() * 3 * seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        n += whole()
    return n


def two_at_once(writer: Writer, folder: Path) -> int:
    """How many pairs left the file whole, and whole it was whenever it was read meanwhile."""
    path = folder / writer.place
    whole, _ = expected(writer, path)
    n = 0
    for _ in range(N_PAIRS):
        running, right = {writing(writer, path, 1, k) for k in range(2)}, True
        while running:
            time.sleep(0.005)
            number, status = os.waitpid(-1, os.WNOHANG)
            running -= {number}
            right = right and status == 0 and whole()
        n += right and whole()
    return n


def damaged(kind: Kind, root: Path) -> dict[str, Any]:
    data, trial_at, old = kind.path.read_bytes(), root / "trial.npz", root / "old.npz"
    with np.load(kind.path) as file:
        n_bytes = sum(file[name].nbytes for name in file.files)
    as_of_old(kind.path, old)
    ways = [*ANY, *REPACKED]
    told = slowest = peak = wrong = 0
    counts = {"sealed_anew": [0, 0], "of_old": [0, 0]}
    for number in range(N_DAMAGED):
        trial_at.write_bytes(ways[number % len(ways)](data, np.random.default_rng(number)))
        error, seconds, most = tried(kind, trial_at)
        told += isinstance(error, xk.FileError)
        wrong += not ours(error)
        slowest, peak = max(slowest, seconds), max(peak, most)
    for number in range(2 * N_OTHERS):
        rng = np.random.default_rng(number)
        name = list(counts)[number % 2]
        if name == "sealed_anew":
            sealed_anew(kind.path, trial_at, rng)
        else:
            trial_at.write_bytes(ANY[number // 2 % len(ANY)](old.read_bytes(), rng))
        error, seconds, _ = tried(kind, trial_at)
        counts[name][error is None] += 1
        wrong += not ours(error)
        slowest = max(slowest, seconds)
    return {
        "told": told,
        **{name: f"{no} refused, {yes} read" for name, (no, yes) in counts.items()},
        "errors_not_ours": wrong,
        "slowest_ms": round(1000 * slowest, 1),
        "memory_of_content": round(peak / n_bytes, 2),
    }


def tried(kind: Kind, path: Path) -> tuple[Exception | None, float, int]:
    """The error that reading a file ends in, the seconds it takes, and the peak of memory in bytes."""
    tracemalloc.start()
    began, error = time.process_time(), None
    try:
        kind.load(path)
    except Exception as raised:
        error = raised
    seconds, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return error, seconds, peak


def ours(error: Exception | None) -> bool:
    return error is None or isinstance(error, xk.FileError) or "another network" in str(error)


if __name__ == "__main__":
    main()
