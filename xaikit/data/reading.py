"""Reads or draws many pictures at once. Loads no torch, so that its processes start quickly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.data.images import ImageSet, Sample

PATIENCE = 2.0
"""Seconds that reading here may take; where it would take longer, other processes help."""
CHUNK = 25


def read_samples(data: ImageSet, progress: bool = True) -> tuple[list[Sample], list[Skipped]]:
    """Every picture of a set that can be read, in order, without the masks of its parts and its scene.

    With them, those that cannot be read; of these there is a warning.
    """
    pieces = np.array_split(np.arange(len(data)), max(1, len(data) // CHUNK))
    read: list[Sample] = []
    skipped: list[Skipped] = []
    with tqdm(total=len(data), desc="reading pictures", unit="picture", disable=not progress) as bar:
        for samples, missing in _read_pieces(data, pieces):
            read += samples
            skipped += missing
            bar.update(len(samples) + len(missing))
    tell_skipped(skipped, len(data), "are left out")
    return read, skipped


_Piece = tuple[list[Sample], list[Skipped]]


def _read_pieces(data: ImageSet, pieces: list[np.ndarray]) -> Iterator[_Piece]:
    if _seconds(data) < PATIENCE:
        return (_read_piece(data, piece) for piece in pieces)
    return iter(Parallel(n_jobs=-1, return_as="generator")(delayed(_read_piece)(data, p) for p in pieces))


def _seconds(data: ImageSet) -> float:
    """How long reading all pictures would take here, from every so many of them."""
    some = range(0, len(data), max(1, len(data) // 8))
    began = time.perf_counter()
    for _ in readable(data, _lightened, [], some):
        pass
    return (time.perf_counter() - began) * len(data) / max(1, len(some))


def _read_piece(data: ImageSet, piece: np.ndarray) -> _Piece:
    skipped: list[Skipped] = []
    return [sample for _, sample in readable(data, _lightened, skipped, piece)], skipped


def _lightened(sample: Sample) -> Sample:
    return replace(sample, parts={}, scene=None)
