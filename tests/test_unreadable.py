"""A picture that cannot be read ends no pass over a set: it is left out, counted and named, whoever asks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import xaikit as xk
from xaikit.additive import Filters
from xaikit.attribution import integrated_gradients as integrated
from xaikit.core.classifier import Classifier
from xaikit.core.readable import Skipped, readable, tell_skipped
from xaikit.core.reducers import Mean
from xaikit.core.sweep import sweep
from xaikit.data import ImageSet, Sample
from xaikit.reproduce.sevec.validation import _right
from xaikit.reproduce.vrx.bench import Bench, sources_of
from xaikit.reproduce.vrx.mistakes import mistakes_of
from xaikit.vrx.controls import Controls

NAMES = ["cat", "dog", "bird"]
N = 24
MISSING = {
    3: xk.ImageError("3.png is truncated"),
    10: FileNotFoundError("there is no 10.png"),
    17: PermissionError("17.png may not be read"),
}
THERE = [k for k in range(N) if k not in MISSING]


class Noise(ImageSet):
    """Small pictures of noise, of three classes in turn; some cannot be read."""

    def __init__(
        self, missing: dict[int, Exception] | None = None, n: int = N, names: Sequence[str] = NAMES
    ) -> None:
        super().__init__(names, np.arange(n) % 3)
        self.missing = missing or {}

    def _read(self, index: int) -> Sample:
        if index in self.missing:
            raise self.missing[index]
        rng = np.random.default_rng(index)
        blocks = rng.integers(0, 256, (4, 4, 3), np.uint8).repeat(8, 0).repeat(8, 1)
        return Sample(blocks, int(self.labels[index]), f"noise {index}")


@pytest.fixture
def some() -> ImageSet:
    """Pictures of which three cannot be read."""
    return Noise(MISSING)


@pytest.fixture
def good() -> ImageSet:
    """The same without these."""
    return Noise().subset(THERE)


def vectors(clf: Classifier, data: ImageSet, **hyper: Any) -> xk.SemanticVectors:
    return xk.SemanticVectors(layer="mix", binarize="quantile", **hyper).fit(clf, data, progress=False)


def by_zero(clf: Classifier, data: ImageSet) -> xk.SemanticVectors:
    method = xk.SemanticVectors(layer="act", binarize="zero", pooling="max")
    return method.fit(clf, data, progress=False)


def x_features(clf: Classifier) -> xk.SRAE:
    return xk.SRAE(n_features=2, layer="act", n_steps=20).fit(clf, Noise(), progress=False)


def additive(clf: Classifier, data: ImageSet) -> xk.AdditiveExplainer:
    explainer = xk.AdditiveExplainer("cat", Filters("act"), n_epochs=2, width=8, n_blocks=1)
    return explainer.fit(clf, data, progress=False)


# ---- passes that gather: as over the pictures that are there ----


GATHERING: dict[str, Callable[[Classifier, ImageSet], Any]] = {
    "sweep": lambda clf, data: sweep(clf, data, {"mean": Mean(3)}, "mix", progress=False)["mean"],
    "semantic vectors by quantile": lambda clf, data: vectors(clf, data).vectors_,
    "semantic vectors by zero": lambda clf, data: by_zero(clf, data).rates_,
    "modify": lambda clf, data: vectors(clf, Noise()).modify(data).before,
    "kept": lambda clf, data: np.stack([sample.image for sample in data.kept(progress=False)]),
    "training": lambda clf, data: xk.zoo.train_classifier(
        data, epochs=1, size=32, device="cpu", progress=False
    ).logits(Noise()),
    "accuracy": lambda clf, data: _right(clf, data, grey=True),
    "mistakes": lambda clf, data: np.array(
        [int(sample.id.split()[1]) for sample in mistakes_of(clf, data, NAMES)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GATHERING)
def test_what_is_gathered_is_that_of_the_others(
    name: str, tiny_classifier: Classifier, some: ImageSet, good: ImageSet
) -> None:
    expected = GATHERING[name](tiny_classifier, good)
    with pytest.warns(
        UserWarning, match="3 of 24 pictures cannot be read.*picture 3: 3.png is truncated"
    ) as told:
        found = GATHERING[name](tiny_classifier, some)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert len([one for one in told if "cannot be read" in str(one.message)]) == 1, "said once"


def test_the_numbers_of_those_left_out_are_kept(tiny_classifier: Classifier, some: ImageSet) -> None:
    with pytest.warns(UserWarning, match="cannot be read"):
        assert vectors(tiny_classifier, some).checks["pictures not read"] == 3
        kept = some.kept(progress=False)
    assert [one.number for one in kept.skipped] == list(MISSING)
    assert kept.labels.tolist() == some.labels[THERE].tolist()


# ---- answers with a row for each picture: NaN or None where there was nothing to read ----


ANSWERING: dict[str, Callable[[Classifier, Any], np.ndarray]] = {
    "logits": lambda clf, data: clf.logits(data),
    "probabilities": lambda clf, data: clf.probabilities(data),
    "features": lambda clf, data: clf.features(data, "mix"),
    "logits beside gradients": lambda clf, data: clf.features_and_gradients(data, [0], "mix")[0],
    "features beside gradients": lambda clf, data: clf.features_and_gradients(data, [0], "mix")[1],
    "gradients": lambda clf, data: clf.features_and_gradients(data, [0], "mix")[2],
    "similarity": lambda clf, data: vectors(clf, Noise()).similarity(data),
    "similarity, binarized": lambda clf, data: vectors(clf, Noise()).similarity(data, binarized=True),
    "gradcam": lambda clf, data: xk.attribution.gradcam(clf, data, "cat").values,
    "excitation_backprop": lambda clf, data: xk.attribution.excitation_backprop(clf, data).values,
    "guided_backprop": lambda clf, data: xk.attribution.guided_backprop(clf, data).values,
    "gradient_x_input": lambda clf, data: xk.attribution.gradient_x_input(clf, data).values,
    "integrated_gradients": lambda clf, data: integrated(clf, data, n_steps=2).values,
    "from_captum": lambda clf, data: xk.attribution.from_captum(clf, data, "Saliency").values,
    "x-features": lambda clf, data: x_features(clf).explain(data).contributions,
    "contributions": lambda clf, data: additive(clf, Noise()).explain(data).contributions,
    "maps of x-features": lambda clf, data: x_features(clf).explain(data, "dog").heatmaps,
    "saliency": lambda clf, data: vectors(clf, Noise(), saliency_layer="mix").saliency(data, rate=0.0).values,
    "saliency of a class": lambda clf, data: vectors(clf, Noise(), saliency_layer="mix")
    .saliency(data, "dog", rate=0.0)
    .values,
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERING)
@pytest.mark.filterwarnings("ignore:.*(zero everywhere|not finite)")
def test_answers_keep_their_rows(name: str, tiny_classifier: Classifier, some: ImageSet) -> None:
    if name == "from_captum":
        pytest.importorskip("captum")
    tiny_classifier.memory_budget = 7 * tiny_classifier.input_size**2 * 3 * 4 * 4  # several batches
    expected = ANSWERING[name](tiny_classifier, Noise())
    with pytest.warns(UserWarning, match="3 of 24 pictures cannot be read and have no answer"):
        found = ANSWERING[name](tiny_classifier, some)
    assert found.shape == expected.shape
    assert np.isnan(found[list(MISSING)]).all()
    np.testing.assert_allclose(found[THERE], expected[THERE], rtol=1e-4, atol=1e-6)


@pytest.mark.filterwarnings("ignore:.*(zero everywhere|not finite|cannot be read)")
def test_names_are_none_where_nothing_was_read(tiny_classifier: Classifier, some: ImageSet) -> None:
    predicted = tiny_classifier.predict(some)
    assert [predicted[k] for k in THERE] == tiny_classifier.predict(Noise().subset(THERE))
    assert [predicted[k] for k in MISSING] == [None] * 3
    heatmap = xk.attribution.gradcam(tiny_classifier, some)
    assert {heatmap.predictions[k] for k in MISSING} == {heatmap.targets[k] for k in MISSING} == {"not read"}
    assert set(MISSING) <= set(heatmap.checks["not_finite"])
    assert heatmap.overlays().shape == (N, 32, 32, 3)
    fitted = vectors(tiny_classifier, Noise())
    nearest = fitted.nearest(some, 2)
    assert [nearest.names[k] for k in MISSING] == [()] * 3 and "not read" in repr(nearest)
    assert [nearest.names[k] for k in THERE] == list(fitted.nearest(Noise().subset(THERE), 2).names)


@pytest.mark.filterwarnings("ignore:.*cannot be read")
def test_what_a_picture_means_is_not_told_where_nothing_was_read(tiny_classifier: Classifier, some) -> None:
    others = Noise(names=["red", "green", "blue"])
    fitted = vectors(tiny_classifier, {"class": Noise(), "color": others})
    found = fitted.explain(some, "color", significance=0.5)
    assert [found.best[k] for k in MISSING] == [found.answers[k] for k in MISSING] == [None] * 3
    assert np.isnan(found.p_values[list(MISSING)]).all()
    expected = fitted.explain(Noise().subset(THERE), "color", significance=0.5)
    assert [found.answers[k] for k in THERE] == list(expected.answers)
    assert str(found).splitlines()[3] == "the picture could not be read"


def test_pictures_that_are_found_are_pictures_that_can_be_read(
    tiny_classifier: Classifier, some: ImageSet
) -> None:
    fitted = vectors(tiny_classifier, Noise())
    expected = fitted.retrieve(Noise().subset(THERE), ["cat", "dog"], len(THERE), progress=False)
    with pytest.warns(UserWarning, match="3 of 24 pictures cannot be read"):
        found = fitted.retrieve(some, ["cat", "dog"], len(THERE), progress=False)
    assert found.numbers.tolist() == np.array(THERE)[expected.numbers].tolist()
    with pytest.warns(UserWarning), pytest.raises(ValueError, match=r"`k` must lie in 1\.\.21"):
        fitted.retrieve(some, "cat", N, progress=False)


def test_one_picture_alone_is_an_error_as_before(tiny_classifier: Classifier, tmp_path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    for asked in (tmp_path / "a.png", [tmp_path / "a.png"]):
        with pytest.raises(xk.ImageError, match=r"a\.png"):
            tiny_classifier.predict(asked)


# ---- the reproduction's own passes, and the controls' ----


def test_random_patches_are_cut_from_pictures_that_can_be_read(tiny_classifier: Classifier) -> None:
    class Vrx:
        fitted_ = type("Fitted", (), {"classifier": tiny_classifier})

    broken = {k: xk.ImageError(f"{k} is empty") for k in range(N) if k not in (4, 5)}
    patch = np.full((8, 8, 4), 255, np.uint8)
    cut = Controls(Vrx(), Noise(broken))._stranger(patch, "cat")
    assert cut.shape == (8, 8, 4)
    with pytest.raises(xk.ImageError, match="none of 16 pictures can be read"):
        Controls(Vrx(), Noise({k: xk.ImageError("empty") for k in range(N)}))._stranger(patch, "cat")


def test_a_bench_leaves_out_what_cannot_be_read(tiny_classifier: Classifier, some: ImageSet) -> None:
    class Setting:
        def images(self, split: str, n: int | None = None) -> ImageSet:
            return some

    bench = Bench(tiny_classifier, ["cat", "dog"], Noise({0: MISSING[3]}), 8, Setting())
    with pytest.warns(UserWarning, match="2 of 16 pictures cannot be read and are left out"):
        samples = bench.test()
    assert [sample.id for sample in samples] == [f"noise {k}" for k in THERE if k % 3 < 2]
    assert not bench.has_scenes
    concept = type("Concept", (), {"sources": ["noise 1", "noise 23"]})()
    assert set(sources_of([concept], some)) == {"noise 1", "noise 23"}


# ---- the one mechanism ----


def test_nothing_that_can_be_read_is_an_error() -> None:
    with pytest.raises(xk.ImageError, match="none of 2 pictures can be read; the first: 0 is empty"):
        Noise({k: xk.ImageError(f"{k} is empty") for k in range(2)}, 2).kept(progress=False)


@pytest.mark.parametrize("ask", ["logits", "predict"])
def test_nothing_but_unreadable_pictures_has_no_answer(ask: str, tiny_classifier: Classifier) -> None:
    with pytest.raises(xk.ImageError, match="none of 2 pictures can be read"):
        getattr(tiny_classifier, ask)(Noise({k: xk.ImageError("empty") for k in range(2)}, 2))


def test_a_disk_that_goes_away_is_no_unreadable_picture(tiny_classifier: Classifier) -> None:
    data = Noise({5: OSError("stale file handle")})
    for ask in (tiny_classifier.logits, lambda data: data.kept(progress=False)):
        with pytest.raises(OSError, match="stale") as failed:
            ask(data)
        assert "picture 5" in failed.value.__notes__[0]


def test_what_is_made_of_a_picture_may_fail_as_well(some: ImageSet) -> None:
    skipped: list[Skipped] = []
    found = list(readable(some, lambda sample: replace(sample, image=sample.image[:4]), skipped, [2, 3, 4]))
    assert [number for number, _ in found] == [2, 4]
    assert skipped == [Skipped(3, "3.png is truncated")]


def test_nothing_is_said_where_all_was_read() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tell_skipped([], 5)
        tell_skipped([], 0)
