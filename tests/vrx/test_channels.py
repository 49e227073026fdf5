"""A network of five channels that looks at three of them alone is explained as the one of three is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from tests.vrx.conftest import CLASSES, LEAST
from xaikit.core.images import FILLS, View, cut, erase, paste
from xaikit.data import ImageSet, Sample
from xaikit.vrx.controls import try_controls
from xaikit.vrx.explanation import StructuralExplanation

pytestmark = pytest.mark.usefixtures("few_regions")

TWO = CLASSES[:2]


class Colors(nn.Module):
    """Leaves away all channels but the first three."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures[:, :3]


class Bare(ImageSet):
    """The same pictures without what is known of them, and with further channels of noise."""

    def __init__(self, pictures: ImageSet, further: int) -> None:
        super().__init__(pictures.class_names, pictures.labels)
        self.pictures, self.further = pictures, further

    def _read(self, index: int) -> Sample:
        return Sample(banded(self.pictures[index].image, self.further), int(self.labels[index]), str(index))


def banded(picture: np.ndarray, further: int) -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 256, (*picture.shape[:2], further), np.uint8)
    return np.dstack([picture, noise])


@pytest.fixture(scope="module")
def five(small_network) -> xk.Classifier:
    mean, std = (
        np.r_[own, [0.5, 0.5]] for own in (small_network.normalising.mean, small_network.normalising.std)
    )
    return xk.Classifier(
        nn.Sequential(Colors(), small_network.model),
        small_network.class_names,
        small_network.input_size,
        mean,
        std,
        "cpu",
        small_network.crop,
    )


@pytest.fixture(scope="module")
def both(small_network, five, pictures) -> tuple[xk.VRX, xk.VRX]:
    settings = {**LEAST, "segmentation": "tree"}
    one = xk.VRX(TWO, **settings).fit(small_network, Bare(pictures, 0), progress=False)
    return one, xk.VRX(TWO, **settings).fit(five, Bare(pictures, 2), progress=False)


@pytest.fixture(scope="module")
def picture(both, unseen) -> np.ndarray:
    """One in which a concept is found."""
    nodes = ((one.image, both[0].explain(one.image).graphs[cls].nodes) for one in unseen for cls in TWO)
    return next(image for image, own in nodes if any(node.detected for node in own))


def test_the_concepts_are_the_same_and_keep_all_channels(both):
    three, five = both
    for cls in TWO:
        for mine, yours in zip(five.concepts[cls], three.concepts[cls], strict=True):
            assert mine.effect == pytest.approx(yours.effect, abs=1e-4)
            for patch, plain in zip(mine.patches, yours.patches, strict=True):
                assert patch.shape[2] == 6
                np.testing.assert_array_equal(patch[..., [0, 1, 2, 5]], plain)
            for seen, plain in zip(mine.contexts, yours.contexts, strict=True):
                np.testing.assert_array_equal(seen, plain)
    xk.plots.concept_patches(five.concepts)


def test_the_explanation_is_the_same_and_is_shown_alike(both, picture):
    plain, many = (
        vrx.explain(banded(picture, n), measure="edges") for vrx, n in zip(both, (0, 2), strict=True)
    )
    assert many.image.shape[2] == 5
    for name in ("node_contributions", "node_effects", "edge_effects"):
        np.testing.assert_allclose(getattr(many, name), getattr(plain, name), atol=1e-4)
    mine, yours = many.widget(), plain.widget()
    assert mine.picture == yours.picture
    assert mine.patches == yours.patches
    many.plot()


def test_a_hand_edits_all_channels(both, picture):
    plain, many = (vrx.board(banded(picture, n)) for vrx, n in zip(both, (0, 2), strict=True))
    cls, k = next(
        (graph["name"], node["concept"])
        for graph in plain.graphs
        for node in graph["nodes"]
        if node["detected"]
    )
    for board in (plain, many):
        board.substitute(cls, k, 0, on=(0.4, 0.6)).substitute(cls, k, 1).move(cls, k, 0.7, 0.3)
        board.delete(cls, k).still()
    assert many.picture == plain.picture
    assert many.probabilities == pytest.approx(plain.probabilities, abs=1e-4)
    assert many.image.shape[2] == 5 and isinstance(many.image, View)


def test_edits_causes_and_corrections_are_the_same(both, picture):
    said = []
    for vrx, n in zip(both, (0, 2), strict=True):
        exp = vrx.explain(banded(picture, n))
        other = next(cls for cls in TWO if cls != exp.prediction)
        suggestions = vrx.suggest(exp, other, n=2)
        xk.plots.suggestions(suggestions)
        correction = vrx.correct(exp, other)
        correction.plot()
        try_controls(vrx, correction, Bare(xk.load_images("toyworld/vehicles", n=12), n), n_trials=2).plot()
        correction.cause.plot()
        said.append((str(vrx.cause(exp, other)), [str(one) for one in suggestions], repr(correction)))
    assert said[0] == said[1]


def test_a_diagnosis_shows_mistakes(both, pictures):
    _, vrx = both
    found = vrx.diagnose(Bare(pictures.subset(range(24)), 2), progress=False)
    assert found.widget() is not None


def test_both_come_back_from_files(both, five, picture, tmp_path):
    _, vrx = both
    exp = vrx.explain(banded(picture, 2))
    kept = StructuralExplanation.load(exp.save(tmp_path / "why.npz"))
    np.testing.assert_array_equal(kept.image, exp.image)
    assert kept.widget().patches == exp.widget().patches
    again = xk.VRX.load(vrx.save(tmp_path / "vrx.npz"), five)
    assert again.explain(banded(picture, 2)).why().sentence == exp.why().sentence


def test_a_patch_of_other_channels_is_refused(both, picture):
    _, vrx = both
    with pytest.raises(ValueError, match=r"must be uint8 of shape \(h, w, 6\)"):
        vrx.substitute(banded(picture, 2), TWO[0], 0, np.full((8, 8, 4), 255, np.uint8))


@pytest.mark.parametrize("fill", [*FILLS, "color"])
@pytest.mark.parametrize("channels", [2, 4, 5, 7])
def test_every_channel_is_edited_as_a_color_is(fill, channels):
    rng = np.random.default_rng(channels)
    picture = View.of(rng.integers(0, 256, (40, 40, channels), np.uint8))
    mask = np.zeros((40, 40), bool)
    mask[8:20, 10:26] = True
    color = tuple(range(10, 10 + channels))
    kind = color if fill == "color" else fill
    hole = erase(picture, mask, kind, fill_color=color)
    pasted = paste(hole, cut(picture, mask), (28, 25), (30, 14))
    for own in ([0, 1, 0], [channels - 1, 0, 1]):
        plain = np.asarray(picture)[..., own]
        some = tuple(color[k] for k in own)
        hole_of = erase(plain, mask, some if fill == "color" else fill, fill_color=some)
        np.testing.assert_array_equal(hole[..., own], hole_of)
        np.testing.assert_array_equal(pasted[..., own], paste(hole_of, cut(plain, mask), (28, 25), (30, 14)))


def test_an_array_of_four_channels_that_is_no_view_is_taken_for_a_mistake():
    with pytest.raises(ValueError, match=r"must have shape \(h, w, 3\); got \(8, 8, 4\)"):
        erase(np.zeros((8, 8, 4), np.uint8), np.ones((8, 8), bool), "grey")
