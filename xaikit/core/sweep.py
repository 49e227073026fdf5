"""One pass of a network over many pictures, for everything that is asked of it at once."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from xaikit.core.checkpoint import Checkpoint, Position, describe_work
from xaikit.core.classifier import Classifier
from xaikit.core.errors import did_you_mean
from xaikit.core.images import View
from xaikit.core.images.checks import UInt8
from xaikit.core.layers import Layer
from xaikit.core.passes import Pass
from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.core.reducers import Reducer, SweepBatch

__all__ = ["Skipped", "SweepBatch", "SweepResult", "sweep"]

PRECISIONS = ("auto", "full", "mixed")
PIECE = 16
"""Pictures that one reader takes at a time."""
AHEAD = 2
"""Batches that are being read, or wait, while the network is busy."""
MAX_READERS = 8


@dataclass(frozen=True, eq=False)
class SweepResult(Mapping[str, Any]):
    """What the reducers of a sweep gathered, by name.

    Attributes
    ----------
    results : dict of name to what that reducer's `result` returned
    n_pictures : number of pictures taken in
    skipped : list of (number, reason), the pictures that could not be read
    precision : "full" or "mixed", in which the network ran
    """

    results: dict[str, Any] = field(repr=False)
    n_pictures: int
    skipped: list[Skipped]
    precision: str

    def __getitem__(self, name: str) -> Any:
        if name not in self.results:
            raise KeyError(f"the sweep had the reducers {list(self.results)}; got {name!r}")
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


def sweep(
    classifier: Classifier,
    data: Any,
    reducers: Mapping[str, Reducer],
    layer: str | None = None,
    engine: str = "local",
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = True,
    precision: str = "auto",
    batch_size: int | None = None,
    *,
    checkpoint_seconds: float = 30.0,
) -> SweepResult:
    """Run a network once over many pictures, and let any number of reducers gather from that one pass.

    Pictures are read by threads while the network is busy. Memory does not grow with their number, beyond
    what a reducer is asked to keep.

    Parameters
    ----------
    classifier : the network
    data : an ImageSet, or a sequence of pictures
        Its `labels`, where it has them, are given to the reducers.
    reducers : mapping of name to Reducer
        Each is emptied first. Each may name a layer of its own; all share the pass.
    layer : the layer of reducers that name none; None is the classifier's default
    engine : "local": in this process
    checkpoint : a folder, made where it is not there
        What was gathered is written there every `checkpoint_seconds`, at the end, and when the sweep is
        stopped. The same sweep started again goes on behind the last batch written, and gives what it would
        have given without the stop, bit for bit; one that was finished gives its result at once. Sweeps of
        other networks, pictures, layers, reducers or precision have files of their own in the folder.
    progress : whether to show a bar
    precision
        "mixed" lets the network compute in half precision on a CUDA device; "full" stays with float32; "auto"
        is mixed on a CUDA device and full elsewhere
    batch_size : pictures in one forward pass; None takes what the classifier's memory budget allows
    checkpoint_seconds : where writing takes long, it is done more seldom

    Returns
    -------
    SweepResult
        A mapping of the reducers' names to their results. Of pictures that cannot be read there is a warning.

    Raises
    ------
    TypeError, ValueError
        For arguments out of range, features that are NaN or infinite, and a damaged checkpoint.
    xaikit.core.errors.ImageError
        No picture can be read.
    RuntimeError
        Another sweep is writing to the folder `checkpoint`.

    Limits
    ------
    Whether a checkpoint is of the same pictures is told by their number, labels and class names and by a few
    that are looked at; of the network's weights, too, some are looked at. Where you changed others, or had
    pictures repaired, take another folder. Bit for bit holds on the same machine and device.
    """
    _check(data, reducers, engine, precision, batch_size)
    labels = torch.from_numpy(np.asarray(getattr(data, "labels", np.zeros(len(data))), np.int64))
    layers = {name: classifier.layer(own.layer or layer) for name, own in reducers.items()}
    mixed = precision != "full" and classifier.device.type == "cuda"
    work = _Work(classifier, data, labels, dict(reducers), layers, mixed)
    store = Checkpoint(checkpoint, work.described(), checkpoint_seconds) if checkpoint is not None else None
    with store.alone() if store else nullcontext():
        for reducer in reducers.values():
            reducer.restore({})
        position = (store.load(reducers, len(data)) if store else None) or Position(
            work.batch_size(batch_size)
        )
        if batch_size not in (None, position.batch_size):
            raise ValueError(
                f"`batch_size` must be that of the checkpoint in {str(checkpoint)!r}, {position.batch_size}, "
                f"or None; got {batch_size}. With another, give another folder."
            )
        with tqdm(
            total=len(data), initial=position.following, desc="sweep", unit="picture", disable=not progress
        ) as bar:
            ENGINES[engine](work, position, store, bar)
    told = "are left out; `skipped` of the result names them"
    tell_skipped(position.skipped, len(data), told)
    results = {name: reducer.result() for name, reducer in reducers.items()}
    return SweepResult(results, position.n_pictures, position.skipped, "mixed" if mixed else "full")


def _check(
    data: Any, reducers: Mapping[str, Reducer], engine: str, precision: str, batch_size: int | None
) -> None:
    for name, value, known in (("engine", engine, ENGINES), ("precision", precision, PRECISIONS)):
        if value not in known:
            hint = did_you_mean(value, known)
            raise ValueError(f"`{name}` must be one of {list(known)}; got {value!r}.{hint}")
    if isinstance(data, str | PathLike) or not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise TypeError(
            "`data` must be an ImageSet or a sequence of pictures, of which each has a number; got "
            f"{type(data).__name__}. xaikit.load_images opens a folder, list(...) makes one of an iterator."
        )
    if not len(data):
        raise ValueError("`data` is empty: give at least one picture.")
    if not isinstance(reducers, Mapping) or not all(isinstance(one, Reducer) for one in reducers.values()):
        raise TypeError(f"`reducers` must map names to Reducers, as in {{'mean': Mean()}}; got {reducers!r}.")
    if not reducers or len({id(one) for one in reducers.values()}) < len(reducers):
        raise ValueError("`reducers` must hold at least one Reducer, and each only once; make a new one.")
    if batch_size is not None and (isinstance(batch_size, bool) or batch_size < 1):
        raise ValueError(f"`batch_size` must be at least 1 or None; got {batch_size!r}.")


@dataclass(frozen=True)
class _Work:
    """What is to be done, wherever it is done."""

    classifier: Classifier
    data: Any
    labels: Tensor
    reducers: dict[str, Reducer]
    layers: dict[str, Layer]
    mixed: bool

    def described(self) -> str:
        layers = {name: layer.name for name, layer in self.layers.items()}
        network = f"{self.classifier.fingerprint()} {layers} {'mixed' if self.mixed else 'full'}"
        return describe_work(network, self.data, self.labels, self.reducers)

    @property
    def distinct_layers(self) -> list[Layer]:
        more = (self.classifier.layer(name) for own in self.reducers.values() for name in own.record)
        return list({layer.name: layer for layer in (*self.layers.values(), *more)}.values())

    @property
    def grad(self) -> list[str]:
        """Where reducers ask for gradients."""
        return sorted({name for own in self.reducers.values() for name in own.grad})

    def batch_size(self, asked: int | None) -> int:
        plain = self.classifier.batch_size(self.distinct_layers)
        return asked or (min(plain, self.classifier.graph_batch_size) if self.grad else plain)

    def run(self, numbers: np.ndarray, views: UInt8) -> SweepBatch:
        """Run the network; a batch whose numbers are too large for half precision is run in full."""
        try:
            done = self._run(numbers, views, self.mixed)
        except ValueError:
            if not self.mixed:
                raise
            done = self._run(numbers, views, False)
        logits, features = done.logits.detach(), {name: own.detach() for name, own in done.features.items()}
        return SweepBatch(numbers, self.labels[numbers].to(logits.device), logits, features, views, done)

    def _run(self, numbers: np.ndarray, views: UInt8, mixed: bool) -> Pass:
        done = self.classifier.run(views, self.distinct_layers, mixed, self.grad)
        if done.logits.device.type == "mps":  # has no float64
            done = replace(
                done,
                logits=done.logits.cpu(),
                features={name: own.cpu() for name, own in done.features.items()},
            )
        extremes = torch.stack([end for own in done.features.values() for end in torch.aminmax(own.detach())])
        if not extremes.isfinite().all():  # NaN is the extreme of all among which it is
            raise ValueError(_not_finite(numbers, done.features))
        return done

    def reduce(self, batch: SweepBatch) -> None:
        for name, reducer in self.reducers.items():
            reducer.update(batch, batch.features[self.layers[name].name])


def _not_finite(numbers: np.ndarray, features: Mapping[str, Tensor]) -> str:
    wrong = {name: ~own.flatten(1).isfinite().all(1).cpu().numpy() for name, own in features.items()}
    name, rows = next((name, rows) for name, rows in wrong.items() if rows.any())
    return (
        f"layer {name!r} puts out NaN or infinity for {int(rows.sum())} picture(s), the first of them number "
        f"{numbers[rows][0]}. Check the network's weights, or name another layer."
    )


def _sweep_here(work: _Work, position: Position, store: Checkpoint | None, bar: tqdm) -> None:
    """Take in all batches in this process, from `position` on.

    Another engine would give others shares of the batches and reducers of their own, and `merge` what they
    gathered in the order of the batches; nothing else is for it to do.
    """
    began, whole = position.following, True
    try:
        with closing(_read_ahead(work, position)) as batches, torch.no_grad():
            for following, numbers, views, skipped in batches:
                batch = work.run(numbers, views) if len(numbers) else None
                with _without_interrupt():
                    whole = False  # else a reducer that fails would leave the others a batch ahead
                    if batch:
                        work.reduce(batch)
                    position.following = following
                    position.n_pictures += len(numbers)
                    position.skipped += skipped
                    whole = True
                bar.update(len(numbers) + len(skipped))
                if store and store.due:
                    store.save(position, work.reducers)
    finally:
        if store and whole and position.following > began:
            with _without_interrupt():
                store.save(position, work.reducers)


ENGINES: dict[str, Callable[[_Work, Position, Checkpoint | None, tqdm], None]] = {"local": _sweep_here}

_Read = tuple[int, np.ndarray, UInt8, list[Skipped]]


def _read_ahead(work: _Work, position: Position) -> Generator[_Read, None, None]:
    """Yield batch after batch: the number behind it, the pictures' numbers, their views, and those skipped.

    Batches are ranges of picture numbers, whatever can be read of them, so that each is the same at any time.
    """
    shape = *work.classifier.view_size, work.classifier.n_channels
    n, size = len(work.data), position.batch_size
    ranges = (range(first, min(first + size, n)) for first in range(position.following, n, size))
    waiting: deque[tuple[range, UInt8, list[Future[list[Skipped]]]]] = deque()
    readers = ThreadPoolExecutor(min(MAX_READERS, os.cpu_count() or 1), "xaikit-reader")
    stopped = threading.Event()
    try:
        while True:
            while len(waiting) < AHEAD and (numbers := next(ranges, None)):
                views: UInt8 = View.of(np.empty((len(numbers), *shape), np.uint8))
                pieces = [slice(k, k + PIECE) for k in range(0, len(numbers), PIECE)]
                reads = [readers.submit(_read, work, numbers[p], views[p], stopped) for p in pieces]
                waiting.append((numbers, views, reads))
            if not waiting:
                return
            numbers, views, reads = waiting.popleft()
            skipped = [one for read in reads for one in read.result()]
            there = np.setdiff1d(numbers, [one.number for one in skipped])
            yield numbers.stop, there, views[there - numbers.start] if skipped else views, skipped
    finally:
        stopped.set()
        readers.shutdown(wait=True, cancel_futures=True)


def _read(work: _Work, numbers: range, views: UInt8, stopped: threading.Event) -> list[Skipped]:
    """Fill in the views of these pictures, and say which cannot be read; a disk that fails is an error."""
    skipped: list[Skipped] = []
    wanted = (number for number in numbers if not stopped.is_set())
    for number, view in readable(work.data, work.classifier.view, skipped, wanted):
        views[number - numbers.start] = view
    return skipped


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block, so that a batch is taken in by all reducers or by none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[Any] = []
    before = signal.signal(signal.SIGINT, lambda *what: came.append(what))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came and callable(before):
        before(*came[0])
