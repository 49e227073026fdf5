"""Reducers that keep some of what they see: a sample for quantiles, and the strongest pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xaikit.core.images.checks import UInt8
from xaikit.core.params import Count, check
from xaikit.core.reducers.base import Arrays, Reducer, SweepBatch, check_alike, nothing_seen, observations


class Quantiles(Reducer):
    """Quantiles of each unit, from a uniform sample of bounded size; exact while all fits in.

    Kept are the `k` observations with the smallest hash of their number: a uniform sample without return,
    which is the same in whatever parts and order the pictures come.

    Parameters
    ----------
    q : one quantile or several, each in 0..1
    k : size of the sample
    over
        "pictures": every entry of the features is a unit of its own; "places": every channel is, and every
        place of every picture is one observation of it
    seed : another seed gives another sample
    layer : name of the layer; None is the sweep's own

    Notes
    -----
    `result` is float64, of the shape of a picture's features, or (c,) over places, with (len(q), ...) in
    front where several were asked for. It holds k numbers of 4 bytes for each unit.

    Limits
    ------
    From a sample the rank of what is called the quantile q lies within q ± 1.36 / √k for 95 % of units
    (Dvoretzky, Kiefer and Wolfowitz): ± 0.03 of k = 2048. Parts that are merged must not share pictures.
    """

    def __init__(
        self,
        q: float | Sequence[float],
        k: int = 2048,
        over: str = "pictures",
        seed: int = 0,
        layer: str | None = None,
    ) -> None:
        self.q = np.asarray(q, float)
        if self.q.ndim > 1 or not self.q.size or not ((self.q >= 0) & (self.q <= 1)).all():
            raise ValueError(f"`q` must be one number in 0..1 or several; got {q!r}.")
        if over not in ("pictures", "places"):
            raise ValueError(f"`over` must be 'pictures' or 'places'; got {over!r}.")
        self.k, self.over, self.seed, self.layer = check("k", k, Count), over, seed, layer
        self._kept: Arrays = {}

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        numbers, rows = batch.numbers, features
        if self.over == "places":
            rows = observations(features)
            each = np.arange(len(rows) // len(numbers))
            numbers = (numbers[:, None] * len(each) + each).ravel()
        lots = _hashed(numbers, self.seed)
        low = np.arange(len(lots))
        if len(self._kept.get("lots", ())) == self.k:
            low = low[lots < self._kept["lots"][-1]]
        if len(low) > self.k:
            low = np.sort(np.argpartition(lots, self.k)[: self.k])
        if len(low):
            chosen = rows[torch.from_numpy(low).to(rows.device)].cpu().numpy()
            self._take({"lots": lots[low], "numbers": numbers[low], "rows": chosen})
        self._kept["n"] = self._kept.get("n", np.zeros((), np.int64)) + len(rows)

    def merge(self, other: Self) -> None:
        """Take in what another gathered from other pictures."""
        check_alike(self, other)
        if other._kept:
            self._take(other._kept)
            self._kept["n"] = self._kept.get("n", np.zeros((), np.int64)) + other._kept["n"]

    def _take(self, more: Arrays) -> None:
        names = ("lots", "numbers", "rows")
        joined = {n: np.concatenate([self._kept[n], more[n]]) if n in self._kept else more[n] for n in names}
        lowest = np.lexsort((joined["numbers"], joined["lots"]))[: self.k]
        self._kept |= {name: joined[name][lowest] for name in names}

    def state(self) -> Arrays:
        """Return a copy of what is kept."""
        return {name: np.array(value) for name, value in self._kept.items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state` returned."""
        self._kept = {name: np.array(value) for name, value in state.items()}

    @property
    def n(self) -> int:
        """Number of observations seen; the quantiles are exact while it is not above `k`."""
        return int(self._kept.get("n", 0))

    def result(self) -> NDArray[np.float64]:
        """Return the quantiles, interpolated linearly between the observations next to them."""
        if not self.n:
            raise nothing_seen(self)
        return np.quantile(self._kept["rows"].astype(np.float64), self.q, axis=0)


@dataclass(frozen=True)
class Strongest:
    """The pictures in which each channel is strongest, strongest first.

    Attributes
    ----------
    numbers : int64 (c, k)
        The pictures' numbers; k is smaller where there were fewer pictures.
    values : float32 (c, k)
        The channel's largest value over places.
    places : float64 (c, k, 2)
        (x, y) of the middle of that place, in pixels of the view; NaN of a layer without places.
    pictures : dict of number to uint8 (s, s, 3)
        What the network saw, made small.
    """

    numbers: NDArray[np.int64]
    values: NDArray[np.float32]
    places: NDArray[np.float64]
    pictures: dict[int, UInt8] = field(repr=False)


class TopK(Reducer):
    """For each of a layer's channels the `k` pictures in which it is strongest anywhere, and where.

    Parameters
    ----------
    k : pictures per channel
    side : of the small pictures, in pixels
    layer : name of the layer; None is the sweep's own

    Notes
    -----
    `result` gives `Strongest`. Of equal values the picture with the lower number comes first. It holds up to
    c·k small pictures of 3·side² bytes, those that several channels share once.
    """

    def __init__(self, k: int = 9, side: int = 64, layer: str | None = None) -> None:
        self.k, self.side, self.layer = check("k", k, Count), check("side", side, Count), layer
        self._best: dict[str, Tensor] = {}
        self._grid = np.zeros(3, np.int64)
        self._pictures: dict[int, UInt8] = {}

    def update(self, batch: SweepBatch, features: Tensor) -> None:
        """Take in one batch."""
        values, places = (features if features.ndim > 2 else features[..., None]).flatten(2).max(2)
        numbers = torch.from_numpy(batch.numbers).to(values.device)[:, None].expand_as(values)
        height, width = features.shape[2:] if features.ndim > 2 else (0, 0)
        self._grid = np.array([height, width, batch.views.shape[1]], np.int64)
        if "values" in self._best and len(self._best["values"]) == self.k:
            lowest = self._best["values"][-1].to(values.device)
            if not (values > lowest).any():
                return
        self._take({"values": values, "numbers": numbers, "places": places})
        for row in np.flatnonzero(np.isin(batch.numbers, self._chosen())):
            self._pictures[int(batch.numbers[row])] = _small(batch.views[row], self.side)
        self._forget()

    def merge(self, other: Self) -> None:
        """Take in what another gathered from other pictures of the same data."""
        check_alike(self, other)
        if other._best:
            self._take(other._best)
            self._grid = other._grid
            self._pictures |= other._pictures
            self._forget()

    def _take(self, more: dict[str, Tensor]) -> None:
        held = {name: self._best[name].to(more[name].device) for name in self._best}
        joined = {name: torch.cat([held[name], more[name]]) if held else more[name] for name in more}
        for key, falling in (
            ("numbers", False),
            ("values", True),
        ):  # the second sort leaves equals as they are
            order = torch.sort(joined[key], stable=True, dim=0, descending=falling).indices
            joined = {name: own.gather(0, order) for name, own in joined.items()}
        self._best = {name: own[: self.k].clone() for name, own in joined.items()}

    def _chosen(self) -> NDArray[np.int64]:
        return np.unique(self._best["numbers"].cpu().numpy())

    def _forget(self) -> None:
        self._pictures = {n: self._pictures[n] for n in self._chosen().tolist()}

    def state(self) -> Arrays:
        """Return a copy of what is kept."""
        if not self._best:
            return {}
        shown = np.array(sorted(self._pictures), np.int64)
        pictures = np.stack([self._pictures[number] for number in shown.tolist()])
        best = {name: own.cpu().numpy().copy() for name, own in self._best.items()}
        return best | {"grid": self._grid.copy(), "shown": shown, "pictures": pictures}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state` returned."""
        names = ("values", "numbers", "places") if state else ()
        self._best = {name: torch.from_numpy(np.array(state[name])) for name in names}
        self._grid = np.array(state.get("grid", np.zeros(3)), np.int64)
        pairs = zip(state["shown"].tolist(), state["pictures"], strict=True) if state else ()
        self._pictures = {number: picture.copy() for number, picture in pairs}

    def result(self) -> Strongest:
        """Return each channel's strongest pictures."""
        if not self._best:
            raise nothing_seen(self)
        best = {name: own.cpu().numpy().T.copy() for name, own in self._best.items()}
        height, width, side = self._grid.tolist()
        places = np.full((*best["places"].shape, 2), np.nan)
        if width:
            row, column = np.divmod(best["places"], width)
            places = np.stack([(column + 0.5) * side / width, (row + 0.5) * side / height], axis=-1)
        return Strongest(best["numbers"], best["values"], places, dict(self._pictures))


def _hashed(numbers: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """A number between 0 and 2⁶⁴ for each, as if drawn by lot (splitmix64)."""
    mixed = numbers.astype(np.uint64) + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _small(view: UInt8, side: int) -> UInt8:
    return np.asarray(Image.fromarray(view).resize((side, side), Image.Resampling.BILINEAR))
