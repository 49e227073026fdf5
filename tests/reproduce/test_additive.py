"""The additive explainer's tables run, on few pictures, and what they measure is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

import xaikit as xk
from xaikit.reproduce import FIGURES, Setting, find_figure, run_figure
from xaikit.reproduce.additive import bench, parts
from xaikit.reproduce.additive.bench import Sizes, explainers, seen_of, targets
from xaikit.worlds.faces import GLOBALS

TINY = Sizes(40, 4, 2, (0,), ("dog",), GLOBALS[:1])
ADDITIVE = [figure for figure in FIGURES if figure.name.startswith("additive.")]
DOG = Setting(quick=True, model="toyworld/animals-dog", data="toyworld/animals", device="cpu")


@pytest.fixture(scope="module", autouse=True)
def few() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "QUICK", TINY)
        patch.setattr(
            bench, "AdditiveExplainer", partial(xk.AdditiveExplainer, n_epochs=3, width=8, n_blocks=1)
        )
        yield


@pytest.mark.parametrize("name", [figure.name for figure in ADDITIVE])
def test_it_runs_on_few_pictures(name: str, tmp_path: Path) -> None:
    figure = find_figure(name)
    setting = replace(DOG, model=figure.network or figure.world, data=figure.world)
    report = run_figure(figure, setting, tmp_path)
    assert report.measured
    assert all(Path(path).stat().st_size > 10_000 for path in report.pictures)
    told = report.to_text()
    assert "nan" not in told.lower() or name == "additive.table3"


def test_what_filters_of_a_part_give_is_taken_away() -> None:
    method, new = explainers(DOG, "dog", 0), seen_of(DOG, "dog")
    part = next(iter(method.parts_.values()))
    classifier, bound = method.fitted_.classifier, method.fitted_.bound
    (drop,) = parts.ablated(method, new.subset([0]), [part])
    view = classifier.view(new[0].image)[None]
    edited = {bound.layer: lambda x: x * _kept(method, part, x.shape[1])}
    whole, left = (
        classifier.forward(classifier.inputs(view), edit=edit).logits[0, 0] for edit in (None, edited)
    )
    assert drop[0] == pytest.approx(float(whole - left), abs=1e-4)


def _kept(method: xk.AdditiveExplainer, part: str, n: int) -> torch.Tensor:
    kept = torch.ones(1, n, 1, 1)
    for name, number in zip(method.concepts_, method.fitted_.bound.channels, strict=True):
        if method.parts_.get(name) == part:
            kept[0, number] = 0
    return kept


def test_another_network_is_asked_for_all_classes_it_knows() -> None:
    other = replace(DOG, model="toyworld/birds", data="toyworld/birds")
    assert len(targets(other)) == len(other.classifier().class_names)
    with pytest.raises(ValueError, match="knows none of the pictures' classes"):
        targets(replace(other, data="toyworld/animals"))
