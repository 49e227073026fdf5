"""The pictures that concepts are named by: truly the strongest, few in memory, and names that come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import xaikit as xk
from xaikit.additive import Directions, Filters, Functions
from xaikit.additive.asking import AT_ONCE
from xaikit.additive.namer import Top, field_of, peak_of, seen_most
from xaikit.data import ImageSet, Sample

SIDE, N = 16, 120
COLORS = {"berry": (220, 60, 60), "leaf": (60, 200, 60), "drop": (60, 60, 220)}


class Spots(ImageSet):
    """One spot of each of some colors on grey, brighter or darker; with a berry they are "many"."""

    def __init__(self, n: int = N, missing: tuple[int, ...] = (), parts: bool = True) -> None:
        self.there = np.random.default_rng(0).random((n, 3)) < 0.7
        self.missing, self.masked = missing, parts
        super().__init__(["many", "few"], (~self.there[:, 0]).astype(int))

    def _read(self, index: int) -> Sample:
        if index in self.missing:
            raise xk.ImageError(f"{index} is truncated")
        rng = np.random.default_rng([1, index])
        picture = np.full((SIDE, SIDE, 3), 60, np.uint8)
        parts = {name: np.zeros((SIDE, SIDE), bool) for name in COLORS}
        for k, place in enumerate(rng.permutation(16)[:3]):
            x, y, name = 4 * (place % 4), 4 * (place // 4), list(COLORS)[k]
            light = rng.uniform(0.5, 1)
            if self.there[index, k]:
                picture[y : y + 3, x : x + 3] = light * np.array(COLORS[name])
                parts[name][y : y + 3, x : x + 3] = True
        label = int(self.labels[index])
        return Sample(picture, label, f"spots {index}", parts=parts if self.masked else {})


class Colors(nn.Module):
    """Filters of red, green, blue and of nothing; the score counts red and half as much green."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.act = nn.Conv2d(3, 4, 1), nn.ReLU()
        self.pool, self.head = nn.AdaptiveAvgPool2d(1), nn.Linear(4, 2)
        with torch.no_grad():
            rows = [[1.0, -0.5, -0.5], [-0.5, 1.0, -0.5], [-0.5, -0.5, 1.0], [0.0, 0.0, 0.0]]
            self.conv.weight.copy_(torch.tensor(rows)[..., None, None])
            self.conv.bias.zero_()
            self.head.weight.copy_(torch.tensor([[40.0, 20, 0, 0], [0, 0, 5, 0]]))
            self.head.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.pool(self.act(self.conv(x))).flatten(1))


@pytest.fixture(scope="module")
def network() -> xk.Classifier:
    return xk.Classifier(
        Colors(), ["many", "few"], input_size=SIDE, mean=(0, 0, 0), std=(1, 1, 1), crop=1.0, device="cpu"
    )


QUICK: dict[str, Any] = {"n_epochs": 3, "width": 8, "n_blocks": 1, "prior": None}


@pytest.fixture(scope="module")
def spots() -> Spots:
    return Spots()


def fitted(network: xk.Classifier, data: ImageSet, concepts: Any, **other: Any) -> xk.AdditiveExplainer:
    return xk.AdditiveExplainer("many", concepts, **(QUICK | other)).fit(network, data, progress=False)


@pytest.fixture(scope="module")
def explainer(network: xk.Classifier, spots: Spots) -> xk.AdditiveExplainer:
    with pytest.warns(UserWarning, match="same value in all pictures"):
        return fitted(network, spots, Filters("act"))


def test_top_pictures_are_the_strongest_written_slowly(
    network: xk.Classifier, explainer: xk.AdditiveExplainer, spots: Spots
) -> None:
    views = seen_most(explainer.fitted_, spots, 5)
    maps = network.features([one.image for one in spots], "act")
    assert len(spots) > 2 * AT_ONCE, "over several batches"
    for view in views[:3]:
        peaks = [(float(maps[n, view.number].max()), -n) for n in range(N)]
        wanted = [-n for _, n in sorted(peaks, reverse=True)[:5]]
        assert len(view.pictures) == 5
        for shown, n, place in zip(view.pictures, wanted, view.peaks, strict=True):
            np.testing.assert_array_equal(shown, spots[n].image)
            y, x = np.unravel_index(maps[n, view.number].argmax(), (SIDE, SIDE))
            assert place == ((x + 0.5) / SIDE, (y + 0.5) / SIDE)
    assert {view.number for view in views} == {0, 1, 2, 3}


def test_a_concept_that_is_seen_nowhere_has_no_picture(explainer: xk.AdditiveExplainer, spots: Spots) -> None:
    last = seen_most(explainer.fitted_, spots, 5)[-1]
    assert (last.number, last.counts, len(last.pictures), last.suggested) == (3, 0, 0, "")


def test_what_counts_most_on_pictures_of_the_class_comes_first(
    explainer: xk.AdditiveExplainer, spots: Spots
) -> None:
    views = seen_most(explainer.fitted_, spots, 2)
    sizes = [view.counts for view in views]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0
    own = explainer.explain([one.image for one in spots if one.label == 0]).contributions
    by_hand = {k: sum(abs(float(row[k])) for row in own) / len(own) for k in range(4)}
    assert {view.number: view.counts for view in views} == pytest.approx(by_hand, rel=1e-4)
    others = spots.of_class("few")
    told = explainer.explain([one.image for one in others]).contributions
    of_all = {view.number: view.counts for view in seen_most(explainer.fitted_, others, 2)}
    assert of_all == pytest.approx(dict(enumerate(np.abs(told).mean(0))), rel=1e-4)


def test_only_pictures_that_are_shown_are_kept(explainer: xk.AdditiveExplainer, spots: Spots) -> None:
    top = Top(4, 2)
    samples = [spots[k] for k in range(N)]
    for start in range(0, N, 20):
        some = range(start, start + 20)
        top.take(list(some), samples[start : start + 20], explainer.explain([samples[k].image for k in some]))
        assert len(top.pictures) <= 3 * 2 and set(top.pictures) == set(top.numbers.ravel()) - {-1}
        assert sum(one is not None for own in top.maps for one in own) == 3 * 2
    assert all(not one.sample.parts and not one.sample.image.size for one in top.pictures.values())
    assert all(heat.base is None for own in top.maps for heat in own if heat is not None), "no batch is held"


def test_parts_are_suggested_as_suggest_does_where_masks_are(
    explainer: xk.AdditiveExplainer, spots: Spots
) -> None:
    views = seen_most(explainer.fitted_, spots, 2)
    told = {view.name: view.suggested for view in views if view.suggested}
    assert told == explainer.suggest(spots) == {"filter 1": "berry", "filter 2": "leaf", "filter 3": "drop"}
    assert all(0.9 < view.share <= 1 for view in views[:3])
    bare = seen_most(explainer.fitted_, Spots(parts=False), 2)
    assert not any(view.suggested for view in bare)


def test_names_reach_the_explainer_and_come_back(
    explainer: xk.AdditiveExplainer, network: xk.Classifier, spots: Spots, tmp_path: Path
) -> None:
    earlier = explainer.explain(spots[0].image)
    namer = explainer.name({0: "red"}).namer(spots, progress=False)
    assert namer.names == {0: "red"} and namer.cls == "many"
    namer.naming = {"cls": "many", "concept": 1, "name": "green", "seq": 1}
    assert explainer.parts_ == {"filter 1": "red", "filter 2": "green"} == earlier.stands_for
    again = xk.AdditiveExplainer.load(explainer.save(tmp_path / "one.npz"), network)
    assert again.namer(spots.subset(range(9)), progress=False).names == {0: "red", 1: "green"}
    for concept in (0, 1):
        namer.naming = {"cls": "many", "concept": concept, "name": "", "seq": 2 + concept}
    assert explainer.parts_ == {} and namer.names == {}


def test_a_concept_without_maps_has_whole_pictures_by_its_value(network: xk.Classifier, spots: Spots) -> None:
    light = Functions({"light": lambda views: views.mean((1, 2, 3)) - 200})
    (view,) = seen_most(fitted(network, spots, light).fitted_, spots, 3)
    brightest = sorted(range(N), key=lambda n: -float(spots[n].image.mean()))[:3]
    for shown, n in zip(view.pictures, brightest, strict=True):
        np.testing.assert_array_equal(shown, spots[n].image)
    assert view.fields == view.peaks == [None] * 3 and not view.suggested
    away = Directions(-np.ones((1, 4), np.float32), ["away"], "act")
    (view,) = seen_most(fitted(network, spots, away).fitted_, spots, 3)
    assert not view.pictures, "it is below zero all over its maps"


def test_a_field_holds_what_hangs_together_with_the_peak() -> None:
    heat = np.zeros((20, 40), np.float32)
    heat[4:16, 2:14] = 0.6
    heat[9, 9], heat[9, 30] = 1.0, 0.9
    x, y, width, height = field_of(heat)
    assert (x, x + width) == pytest.approx(((8 - 7.8) / 40, (8 + 7.8) / 40))
    assert (y, y + height) == pytest.approx(((10 - 7.8) / 20, (10 + 7.8) / 20))
    assert peak_of(heat) == (9.5 / 40, 9.5 / 20)
    heat[4:16, 2:14] = 0.4
    heat[9, 9] = 1.0
    assert field_of(heat)[3] == pytest.approx(0.36), "not smaller than what can be recognised"


@pytest.mark.parametrize("missing", [(3,), (0, 77)])
def test_a_picture_that_cannot_be_read_is_left_out(
    explainer: xk.AdditiveExplainer, missing: tuple[int, ...]
) -> None:
    with pytest.warns(UserWarning, match=f"{len(missing)} of {N} pictures cannot be read"):
        namer = explainer.namer(Spots(missing=missing), progress=False)
    there = Spots().subset([k for k in range(N) if k not in missing])
    assert namer.pictures == explainer.namer(there, progress=False).pictures
    with pytest.warns(UserWarning, match="cannot be read"):
        assert explainer.suggest(Spots(missing=missing)) == explainer.suggest(there)


def test_what_cannot_be_looked_at_is_told(explainer: xk.AdditiveExplainer, spots: Spots) -> None:
    with pytest.raises(ValueError, match="at least one picture to look at"):
        explainer.namer(spots.subset([]), progress=False)
    with pytest.raises(ValueError, match="must be an ImageSet"):
        explainer.namer([spots[0].image], progress=False)  # type: ignore[arg-type]
    with pytest.raises(xk.ImageError, match="none of 4 pictures can be read"):
        explainer.namer(Spots(4, missing=(0, 1, 2, 3)), progress=False)
    for wrong in (0, 13, 2.5, True):
        with pytest.raises(ValueError, match="`n_pictures` must be a whole number from 1 to 12"):
            explainer.namer(spots, n_pictures=wrong)  # type: ignore[arg-type]


def test_a_scene_is_drawn_again_finely(network: xk.Classifier, explainer: xk.AdditiveExplainer) -> None:
    class Scene:
        def drawn_finely(self, times: int) -> np.ndarray:
            return np.full((times * SIDE, times * SIDE, 3), 7, np.uint8)

    class Drawn(Spots):
        def _read(self, index: int) -> Sample:
            return replace(super()._read(index), scene=Scene())

    view = seen_most(explainer.fitted_, Drawn(20), 1)[0]
    assert view.pictures[0].shape == (192, 192, 3) and (view.pictures[0] == 7).all()
