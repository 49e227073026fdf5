"""Training pictures whose parts are known: parts are taken off, covered, or pasted on from other classes.

A picture's evidence for a class is the sum of what its parts tell of that class. The labels follow the
evidence, as those of CutMix follow areas (Yun et al., 2019) and those of SnapMix what areas mean (Huang et
al., 2021). The aim is a network that uses several parts, and whose answer moves with each of them; how far
that is reached is measured in `benchmarks/parts_used.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from xaikit.core.images import erase
from xaikit.data import ImageSet
from xaikit.worlds import render
from xaikit.zoo.training import Feeding, Pictures

VEHICLE = ("body", "hull", "chassis", "cab")
"""Kinds that are the vehicle itself, not parts of it."""
NO_PART = 255
FILLS = ("inpaint", "mean")
LOTS = 5
"""Added to the seed, so that what is taken off is drawn by other lots than the scenes."""
CHUNK = 50
MOST_KINDS = 3  # that are taken off one vehicle
LEAST_AREA = 40  # of a part to be pasted, in pixels


@dataclass(frozen=True)
class PartPictures(Pictures):
    """Pictures, and what is known of their parts.

    Attributes
    ----------
    redrawn : uint8 (n, 3, h, w), the scenes without one to three kinds of parts
    covered : uint8 (n, 3, h, w), the pictures with the same parts filled, in turn by each of `FILLS`
    owners : uint8 (n, h, w), the number of the part that is seen at each pixel, or `NO_PART`
    kinds : names of kinds of parts
    kind_of : for each picture the number, in `kinds`, of the kind of each of its parts
    lost : bool (n, n_kinds), what `redrawn` and `covered` lack
    """

    redrawn: np.ndarray
    covered: np.ndarray
    owners: np.ndarray
    kinds: tuple[str, ...]
    kind_of: tuple[np.ndarray, ...]
    lost: np.ndarray

    def shown(self) -> np.ndarray:
        """Whether picture i shows a part of kind k: bool (n, n_kinds)."""
        return np.stack([np.isin(np.arange(len(self.kinds)), of) for of in self.kind_of])

    def shares(self) -> np.ndarray:
        """The share of each class's pictures that show a kind of part (n_classes, n_kinds)."""
        shown = self.shown()
        return np.stack([shown[self.labels == c].mean(0) for c in range(len(self.class_names))])

    def telling(self) -> np.ndarray:
        """How much a kind of part tells of a class, 0..1 (n_classes, n_kinds).

        The share of the class's pictures that show the kind, less the largest such share of another class,
        where that is positive.
        """
        shares = self.shares()
        others = np.stack([np.delete(shares, c, 0).max(0) for c in range(len(shares))])
        return np.where(np.isin(self.kinds, VEHICLE), 0, np.clip(shares - others, 0, None))


def draw_parts(data: ImageSet, seed: int) -> PartPictures:
    """Draw the scenes of a world whole and without some of their parts, in several processes."""
    pieces = np.array_split(np.arange(len(data)), max(1, len(data) // CHUNK))
    drawn = Parallel(n_jobs=-1, return_as="generator")(delayed(_drawn)(data, piece, seed) for piece in pieces)
    bar = tqdm(drawn, "drawing", len(pieces), unit=f"{CHUNK} pictures")
    whole, redrawn, covered, owners, kinds, lost = (
        [one for piece in column for one in piece] for column in zip(*bar, strict=True)
    )
    names = tuple(sorted({kind for each in kinds for kind in each}))
    number = {name: k for k, name in enumerate(names)}
    return PartPictures(
        _channels_first(whole),
        data.labels.copy(),
        tuple(data.class_names),
        redrawn=_channels_first(redrawn),
        covered=_channels_first(covered),
        owners=np.stack(owners),
        kinds=names,
        kind_of=tuple(np.array([number[kind] for kind in each], np.int64) for each in kinds),
        lost=np.stack([np.isin(names, each) for each in lost]),
    )


Drawn = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, list[str], list[str]]


def _drawn(data: ImageSet, piece: np.ndarray, seed: int) -> tuple[list, ...]:
    return tuple(map(list, zip(*(_drawn_once(data, int(i), seed) for i in piece), strict=True)))


def _drawn_once(data: ImageSet, index: int, seed: int) -> Drawn:
    """A picture; redrawn, then covered, without parts; owners; kinds of its parts; kinds taken off."""
    rng = np.random.default_rng([LOTS + seed, index])
    sample = data[index]
    kind_of = {name: sample.scene.kind(name) for name in sample.parts}
    owners = np.full(sample.image.shape[:2], NO_PART, np.uint8)
    for k, mask in enumerate(sample.parts.values()):
        owners[mask] = k
    kinds = sorted(set(kind_of.values()) - set(VEHICLE))
    n_lost = min(int(rng.integers(1, MOST_KINDS + 1)), len(kinds))
    lost = rng.choice(kinds, n_lost, replace=False).tolist() if kinds else []
    scene, hole = sample.scene, np.zeros(owners.shape, bool)
    for name, kind in kind_of.items():
        if kind in lost:
            scene, hole = scene.without(name), hole | sample.parts[name]
    covered = erase(sample.image, hole, FILLS[index % len(FILLS)]) if hole.any() else sample.image
    return sample.image, render(scene).image, covered, owners, list(kind_of.values()), lost


def _channels_first(images: list[np.ndarray]) -> np.ndarray:
    return np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2))


@dataclass(frozen=True, kw_only=True)
class PartMixing:
    """How pictures are changed by their parts, each time that they are fed.

    Attributes
    ----------
    redrawn, covered : shares of the pictures that lack parts, drawn without them or with these filled
    pasted
        share of the pictures on which a part of another class's picture is pasted, anywhere on the vehicle;
        half of these parts come from the class that shows most nearly the same kinds
    twice : share of these on which it is pasted at two places
    weight : of a pasted part's evidence, relative to that of a part of the vehicle's own
    prior : evidence of the bare vehicle
    """

    redrawn: float = 0.25
    covered: float = 0.25
    pasted: float = 0.4
    twice: float = 0.4
    weight: float = 5.0
    prior: float = 0.5


class PartMixer:
    """Changes pictures as a `PartMixing` says, and works out what they are then evidence of."""

    def __init__(self, pictures: PartPictures, mixing: PartMixing) -> None:
        self.pictures, self.mixing = pictures, mixing
        self.telling = pictures.telling()
        self.own = np.where(pictures.shown(), self.telling[pictures.labels], 0.0)
        self.donors = self._donors()
        numbers = np.array(sorted(self.donors), np.int64)
        of = pictures.labels[numbers]
        self.others = [numbers[of != c] for c in range(len(pictures.class_names))]
        likeness = np.corrcoef(pictures.shares()) - 2 * np.eye(len(pictures.class_names))
        self.nearest = [numbers[of == c] for c in likeness.argmax(1)]

    def __call__(self, chosen: np.ndarray, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures uint8 (b, 3, h, w) and their labels float32 (b, n_classes), of numbers `chosen` (b,)."""
        mixed = [self._mixed(int(i), rng) for i in chosen]
        pixels, targets = (np.stack(column) for column in zip(*mixed, strict=True))
        return torch.from_numpy(pixels), torch.from_numpy(targets.astype(np.float32))

    def feeding(self, change: Callable[..., torch.Tensor]) -> Feeding:
        """Feeds the mixed pictures after `change` (uint8 pictures, keyword `rng`: float32 in 0..1)."""

        def feed(chosen: np.ndarray, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
            pixels, targets = self(chosen, rng)
            return change(pixels, rng=rng), targets

        return feed

    def _donors(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """Pictures with parts that tell: the numbers of their large parts, and the odds of taking each."""
        donors = {}
        for i, (label, of) in enumerate(zip(self.pictures.labels, self.pictures.kind_of, strict=True)):
            areas = np.bincount(self.pictures.owners[i].ravel(), minlength=NO_PART)[: len(of)]
            large = [k for k in range(len(of)) if areas[k] > LEAST_AREA and self._kind(i, k) not in VEHICLE]
            tells = self.telling[label, of[large]]
            if len(large) and tells.max() > 0.3:
                donors[i] = np.array(large), (tells + 0.02) / (tells + 0.02).sum()
        return donors

    def _kind(self, i: int, part: int) -> str:
        return self.pictures.kinds[self.pictures.kind_of[i][part]]

    def _mixed(self, i: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        mixing, label = self.mixing, self.pictures.labels[i]
        lot, evidence = rng.random(), self.own[i].copy()
        pixels = self.pictures.pixels[i].copy()
        if lot < mixing.redrawn + mixing.covered:
            without = self.pictures.redrawn if lot < mixing.redrawn else self.pictures.covered
            pixels, evidence = without[i].copy(), np.where(self.pictures.lost[i], 0.0, evidence)
        foreign = np.zeros(len(self.pictures.class_names))
        if self.donors and rng.random() < mixing.pasted:
            foreign, hidden = self._pasted(i, pixels, rng)
            evidence = evidence * (1 - hidden)
        foreign[label] += mixing.prior + evidence.sum()
        return pixels, foreign / foreign.sum()

    def _pasted(self, i: int, pixels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paste a part of another class's picture, in place.

        Returned are the evidence that it brings, by class, and what it hides of each kind, 0..1.
        """
        foreign = np.zeros(len(self.pictures.class_names))
        hidden = np.zeros(len(self.pictures.kinds))
        owners, of = self.pictures.owners[i], self.pictures.kind_of[i]
        places = np.argwhere(owners != NO_PART)
        donor = self._donor(self.pictures.labels[i], rng)
        if donor is None or not len(places):
            return foreign, hidden
        large, odds = self.donors[donor]
        part = int(rng.choice(large, p=odds))
        mask = self.pictures.owners[donor] == part
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        patch, mask = self.pictures.pixels[donor][:, *box], mask[box]
        areas = np.bincount(of[owners[owners != NO_PART]], minlength=len(hidden))
        for _ in range(1 + int(rng.random() < self.mixing.twice)):
            middle = places[rng.integers(len(places))]
            under = _put(pixels, patch, mask, middle - np.array(mask.shape) // 2)
            covered = np.bincount(of[owners[under & (owners != NO_PART)]], minlength=len(hidden))
            hidden += covered / np.maximum(areas, 1)
            kind = self.pictures.kind_of[donor][part]
            label = self.pictures.labels[donor]
            foreign[label] += self.mixing.weight * self.telling[label, kind]
        return foreign, hidden.clip(0, 1)

    def _donor(self, label: int, rng: np.random.Generator) -> int | None:
        """A picture of another class, half of the time of the nearest; None where there is none."""
        others = (self.nearest if rng.random() < 0.5 else self.others)[label]
        return int(others[rng.integers(len(others))]) if len(others) else None


def _put(pixels: np.ndarray, patch: np.ndarray, mask: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Copy the masked pixels of a patch to a picture, in place, as far as they fall on it; where they do."""
    rows, columns = np.nonzero(mask)
    top, left = corner.tolist()
    height, width = pixels.shape[1:]
    on = (rows + top >= 0) & (rows + top < height) & (columns + left >= 0) & (columns + left < width)
    rows, columns = rows[on], columns[on]
    pixels[:, rows + top, columns + left] = patch[:, rows, columns]
    under = np.zeros((height, width), bool)
    under[rows + top, columns + left] = True
    return under
