"""Draws many pictures of a world at once. Apart from training, so that its workers need not load torch."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass

import numpy as np
from tqdm.auto import tqdm

from xaikit.data.toyworld import WORLDS


@dataclass(frozen=True)
class Pictures:
    """Drawn pictures: uint8 (n, 3, h, w), labels int64 (n,)."""

    pixels: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]


def draw(world: str, split: str, n: int, seed: int, workers: int = 2) -> Pictures:
    """The first `n` pictures of a world's split, drawn by `workers` processes."""
    data = WORLDS[world](split, n, seed)
    tasks = [(world, split, n, seed, index) for index in range(n)]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        drawn = pool.imap(_draw_one, tasks, chunksize=50)
        images = np.stack(list(tqdm(drawn, f"drawing {split}", n, unit="picture")))
    return Pictures(np.ascontiguousarray(images.transpose(0, 3, 1, 2)), data.labels, tuple(data.class_names))


def _draw_one(task: tuple[str, str, int, int, int]) -> np.ndarray:
    world, split, n, seed, index = task
    return WORLDS[world](split, n, seed)[index].image
