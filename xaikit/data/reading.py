"""Reads or draws many pictures at once. Loads no torch, so that its processes start quickly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from xaikit.data.images import ImageSet, Sample

PATIENCE = 2.0
"""Seconds that reading here may take; where it would take longer, other processes help."""
CHUNK = 25


def read_samples(data: ImageSet, progress: bool = True) -> list[Sample]:
    """Every picture of a set, in order, without the masks of its parts and without its scene.

    An error in reading a picture is raised as it comes.
    """
    pieces = np.array_split(np.arange(len(data)), max(1, len(data) // CHUNK))
    read: list[Sample] = []
    with tqdm(total=len(data), desc="reading pictures", unit="picture", disable=not progress) as bar:
        for piece in _read_pieces(data, pieces):
            read += piece
            bar.update(len(piece))
    return read


def _read_pieces(data: ImageSet, pieces: list[np.ndarray]) -> Iterator[list[Sample]]:
    if _seconds(data) < PATIENCE:
        return (_read_piece(data, piece) for piece in pieces)
    return iter(Parallel(n_jobs=-1, return_as="generator")(delayed(_read_piece)(data, p) for p in pieces))


def _seconds(data: ImageSet) -> float:
    """How long reading all pictures would take here, from every so many of them."""
    some = range(0, len(data), max(1, len(data) // 8))
    began = time.perf_counter()
    for index in some:
        data[index]
    return (time.perf_counter() - began) * len(data) / max(1, len(some))


def _read_piece(data: ImageSet, piece: np.ndarray) -> list[Sample]:
    return [replace(data[index], parts={}, scene=None) for index in piece]
