"""One pass of a network over many pictures, for everything that is asked of it at once."""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm.auto import tqdm

from xaikit.core.classifier import Classifier
from xaikit.core.errors import ImageError, did_you_mean
from xaikit.core.images.checks import UInt8
from xaikit.core.inputs import iterate_images
from xaikit.core.reducers import Reducer, SweepBatch

__all__ = ["Skipped", "SweepBatch", "SweepResult", "sweep"]

ENGINES = ("local",)
PRECISIONS = ("auto", "full", "mixed")
PIECE = 16
"""Pictures that one reader takes at a time."""
MAX_READERS = 8


class Skipped(NamedTuple):
    """A picture that could not be read: its number in the data, and why."""

    number: int
    reason: str


@dataclass(frozen=True, eq=False)
class SweepResult(Mapping[str, Any]):
    """What the reducers of a sweep gathered, by name.

    Attributes
    ----------
    results : dict of name to what that reducer's `result` returned
    n_pictures : number of pictures taken in
    skipped : the pictures that could not be read
    precision : "full" or "mixed", in which the network ran
    """

    results: dict[str, Any] = field(repr=False)
    n_pictures: int
    skipped: list[Skipped]
    precision: str

    def __getitem__(self, name: str) -> Any:
        if name not in self.results:
            raise KeyError(f"the sweep had the reducers {list(self.results)}; got {name!r}.")
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
) -> SweepResult:
    """Run a network once over many pictures, and let any number of reducers gather from that one pass.

    Parameters
    ----------
    classifier : the network
    data : an ImageSet, or any sequence of pictures
        Its `labels`, where it has them, reach the reducers.
    reducers : mapping of name to Reducer
        Each is emptied first. Each may ask for a layer of its own; all share the pass.
    layer : the layer of reducers that name none; None is the classifier's default
    engine : "local": in this process
    checkpoint : not yet
    progress : whether to show a bar
    precision
        "mixed" lets the network compute in half precision on a CUDA device; "full" stays with float32; "auto"
        is mixed on a CUDA device and full elsewhere
    batch_size : pictures per forward pass; None takes what the classifier's memory budget allows

    Returns
    -------
    SweepResult
        A mapping of the reducers' names to their results.
    """
    if engine not in ENGINES:
        raise ValueError(f"`engine` must be one of {list(ENGINES)}; got {engine!r}.")
    if precision not in PRECISIONS:
        hint = did_you_mean(precision, PRECISIONS)
        raise ValueError(f"`precision` must be one of {list(PRECISIONS)}; got {precision!r}.{hint}")
    own = {name: classifier.layer(r.layer or layer) for name, r in reducers.items()}
    layers = list({found.name: found for found in own.values()}.values())
    mixed = precision != "full" and classifier.device.type == "cuda"
    size = batch_size or classifier.batch_size(layers)
    labels = torch.from_numpy(np.asarray(getattr(data, "labels", np.zeros(len(data))), np.int64))
    skipped: list[Skipped] = []
    for reducer in reducers.values():
        reducer.restore({})
    n_pictures = 0
    bar = tqdm(total=len(data), desc="sweep", unit="picture", disable=not progress)
    with bar, closing(_read_ahead(classifier, data, 0, size)) as pieces, torch.no_grad():
        for pending in pieces:
            numbers, views, missed = pending
            skipped += missed
            if len(numbers):
                logits, features = classifier.run(views, layers, mixed)
                batch = SweepBatch(numbers, labels[numbers].to(logits.device), logits, features, views)
                for name, reducer in reducers.items():
                    reducer.update(batch, features[own[name].name])
            n_pictures += len(numbers)
            bar.update(len(numbers) + len(missed))
    if not n_pictures:
        raise ImageError(f"none of the {len(skipped)} pictures can be read. {skipped[0].reason}")
    if skipped:
        warnings.warn(
            f"{len(skipped)} of {len(data)} pictures cannot be read and are left out; the first: "
            f"{skipped[0].reason}",
            stacklevel=2,
        )
    results = {name: reducer.result() for name, reducer in reducers.items()}
    return SweepResult(results, n_pictures, skipped, "mixed" if mixed else "full")


def _read_ahead(
    classifier: Classifier, data: Any, first: int, size: int
) -> Generator[tuple[NDArray[np.int64], UInt8, list[Skipped]], None, None]:
    """Yield batch after batch, each read by several threads while the network is busy with the one before."""
    side = classifier.input_size
    waiting: deque[tuple[range, UInt8, list[Future[list[Skipped]]]]] = deque()
    starts = iter(range(first, len(data), size))
    readers = ThreadPoolExecutor(min(MAX_READERS, os.cpu_count() or 1), "xaikit-reader")

    def read(numbers: range, views: UInt8) -> list[Skipped]:
        skipped = []
        for number, view in zip(numbers, views, strict=True):
            try:
                (image,) = iterate_images(data[number])
                view[:] = classifier.view(image)
            except (ImageError, OSError) as error:
                skipped.append(Skipped(number, str(error)))
        return skipped

    def begin() -> None:
        for start in starts:
            numbers = range(start, min(start + size, len(data)))
            views = np.empty((len(numbers), side, side, 3), np.uint8)
            parts = [slice(k, k + PIECE) for k in range(0, len(numbers), PIECE)]
            waiting.append((numbers, views, [readers.submit(read, numbers[p], views[p]) for p in parts]))
            return

    try:
        begin()
        while waiting:
            begin()
            numbers, views, futures = waiting.popleft()
            skipped = [one for future in futures for one in future.result()]
            missing = {one.number for one in skipped}
            kept = np.array([number for number in numbers if number not in missing], np.int64)
            yield kept, views[kept - numbers.start] if missing else views, skipped
    finally:
        readers.shutdown(wait=True, cancel_futures=True)
