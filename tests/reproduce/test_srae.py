"""SRAE's tables and figures on a few pictures: they run and repeat themselves, and numbers fit together."""

from __future__ import annotations

import warnings
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xaikit as xk
from tests.drawn import drawn_once
from xaikit.data import ImageSet, Sample
from xaikit.loading import images
from xaikit.reproduce.registry import FIGURES, find_figure
from xaikit.reproduce.setting import Outcome, Setting
from xaikit.reproduce.srae import bench, comparing, judging
from xaikit.srae import fitting
from xaikit.srae.examples import Examples, gather

SRAE = [figure for figure in FIGURES if figure.name.startswith("srae.")]


@pytest.fixture(autouse=True)
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "load_images", partial(drawn_once, images.load_images))
    monkeypatch.setitem(bench.PER_CLASS, True, (6, 2))
    monkeypatch.setattr(bench, "SRAE", partial(xk.SRAE, n_steps=25))
    monkeypatch.setitem(bench.N_TARGETS, True, 2)
    monkeypatch.setitem(bench.N_SHOWN, True, 2)
    monkeypatch.setattr(comparing, "N_UNITS", 3)
    monkeypatch.setattr(fitting, "gather", lambda *asked: gathered(*asked[:3], tuple(asked[3]), asked[4]))


@cache
def gathered(classifier: Any, data: Any, layer: str, targets: tuple[str, ...], sampling: Any) -> Examples:
    """What the network gives of the pictures that every method learns from; it is asked once."""
    return gather(classifier, data, layer, targets, sampling, None, False)


@cache
def outcome_of(name: str) -> Outcome:
    figure = find_figure(name)
    setting = Setting(quick=True, model=figure.world, data=figure.world, device="cpu", seed=2)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "some x-features are off")  # so short a training
        warnings.filterwarnings("ignore", ".* have no heat")
        return figure.load()(setting)


@pytest.mark.parametrize("name", [figure.name for figure in SRAE])
def test_it_runs_on_few_pictures(name: str) -> None:
    outcome = outcome_of(name)
    assert outcome.measured
    shared = set(outcome.paper) & set(outcome.measured)
    assert not outcome.paper or len(shared) >= 0.9 * len(outcome.paper), (
        "the paper's numbers stand beside ours"
    )
    for key, value in outcome.measured.items():
        if key.endswith("%"):
            assert np.isnan(value) or 0 <= value <= 100, key


def test_every_method_has_every_number() -> None:
    measured = outcome_of("srae.table1").measured
    for what in ("F_reg", "F_cls, %", "O1", "O2", "locality"):
        assert {f"{what}, {name}" for name in bench.OBJECTIVES} <= set(measured)
    assert 0 < measured["locality, ExcitationBP"] < np.log(16)


def test_what_is_left_of_a_picture_shrinks_with_the_threshold() -> None:
    measured = outcome_of("srae.table4").measured
    for who in ("x-features", "ExcitationBP"):
        areas = [measured[f"γ = {gamma}%: area, {who}, %"] for gamma in (1, 5, 10, 30)]
        assert areas == sorted(areas, reverse=True)


def test_more_units_are_more_faithful() -> None:
    measured = outcome_of("srae.table2").measured
    wrong = [measured[f"F_reg, training, Lasso of {n} units"] for n in (8, 21, 68)]
    assert wrong == sorted(wrong, reverse=True)


def test_a_point_and_a_box_are_followed_into_the_view() -> None:
    """The network sees the middle half of a picture, twice as large."""

    class Dots(ImageSet):
        def _read(self, index: int) -> Sample:
            points = {"left": (20.0, 32.0), "right": (44.0, 32.0), "gone": (2.0, 2.0)}
            return Sample(np.zeros((64, 64, 3), np.uint8), 0, "dots", landmarks=points, box=(1, 1, 56, 56))

    import torch

    model = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    classifier = xk.Classifier(model, ["a", "b", "c"], 64, device="cpu", crop=0.5)
    (regions,) = judging.regions_of(classifier, Dots(["a"], [0]))
    assert regions is not None
    names = ("gone", "left", "right")
    assert not regions[0].any(), "a part that the network does not see has no pixel"
    for k, x in ((1, 8), (2, 56)):
        row, column = np.unravel_index(regions[k].argmax(), regions[k].shape)
        assert abs(column - x) <= 1 and abs(row - 32) <= 1, names[k]
    assert regions[3][:, :48].any() == regions[3][:, 48:].any() or regions[3][-16:].all()


def test_pictures_that_the_network_does_not_know_are_refused(tmp_path: Path) -> None:
    setting = Setting(quick=True, model="toyworld/vehicles", data="toyworld/textures", device="cpu")
    with pytest.raises(ValueError, match=r"knows none of the pictures' classes.*--model and --data"):
        bench.bench_of(setting)
