"""VRX on a network whose pictures are no squares: every place, box and edit along both sides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import center_of_mass

import xaikit as xk
from tests.vrx.conftest import CLASSES, LEAST
from xaikit.core.images import erase
from xaikit.vrx.controls import Controls, try_controls
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.relations import FAR, away, box_center

pytestmark = pytest.mark.usefixtures("few_regions")

HIGH, WIDE = 64, 112
TWO = CLASSES[:2]


@pytest.fixture(scope="module")
def wide(network) -> xk.Classifier:
    """The network of vehicles, whose pictures are made wide; it adds up what it sees at all places."""
    own = network.normalising
    return xk.Classifier(
        network.model, network.class_names, (HIGH, WIDE), own.mean, own.std, "cpu", 1.0, framing="squash"
    )


@pytest.fixture(scope="module")
def fitted(wide, pictures) -> xk.VRX:
    return xk.VRX(TWO, **{**LEAST, "segmentation": "tree"}).fit(wide, pictures, progress=False)


@pytest.fixture(scope="module")
def explained(fitted, unseen) -> StructuralExplanation:
    return next(
        found
        for found in fitted.explain_many([one.image for one in unseen], measure="edges")
        if sum(node.detected for cls in TWO for node in found.graphs[cls].nodes) >= 3
    )


def detected(exp: StructuralExplanation):
    return [(cls, node) for cls in exp.classes for node in exp.graphs[cls].nodes if node.detected]


def test_concepts_know_both_sides_of_their_pictures(fitted):
    for concepts in fitted.concepts.values():
        for concept in concepts:
            assert concept.masks.shape[1:] == concept.picture_size == (HIGH, WIDE)
            for mask, patch in zip(concept.masks, concept.patches, strict=True):
                assert mask.sum() == (patch[..., -1] > 127).sum()
            x, y = concept.center
            assert 0 < x < WIDE and 0 < y < HIGH


def test_places_are_shares_of_both_sides(explained):
    for cls, node in detected(explained):
        assert node.mask.shape == (HIGH, WIDE)
        view = next(one for one in explained.views() if one["name"] == cls)["nodes"][node.index]
        assert (view["x"] * WIDE, view["y"] * HIGH) == pytest.approx(node.center)
        whole = center_of_mass(node.mask)[::-1]
        assert node.mask[round(node.center[1]) - 1, round(node.center[0]) - 1] or np.allclose(
            node.center, whole, atol=2
        )


def test_a_measured_effect_is_what_the_network_loses_without_the_region(explained, fitted, wide):
    for cls, node in detected(explained):
        without = erase(explained.image, node.mask, "inpaint", fill_color=wide.mean_color)
        logits = wide.logits(np.stack([explained.image, without]), as_view=True)
        own = logits[:, [wide.class_index(name) for name in TWO]]
        own = own - own.mean(axis=1, keepdims=True)
        k = TWO.index(cls)
        assert node.effect == pytest.approx(float(own[0, k] - own[1, k]), abs=1e-4)


def test_edges_are_measured_a_third_of_the_shorter_side_away(explained):
    assert np.isfinite(explained.edge_effects).any()
    for _, node in detected(explained):
        x, y = away(node.mask, np.zeros((HIGH, WIDE), bool))
        assert 0 < x < WIDE and 0 < y < HIGH
        assert np.linalg.norm(np.subtract((x, y), box_center(node.mask))) >= FAR * HIGH


def test_a_concept_moved_is_where_it_was_put(explained, fitted):
    cls, node = detected(explained)[0]
    place = (80.0, 27.0)  # beyond what a square of the same height would hold
    after = fitted.move(explained.image, cls, node.index, place).after
    moved = after.graphs[cls].nodes[node.index]
    assert moved.detected
    assert np.allclose(box_center(moved.mask), place, atol=1.5)
    view = next(one for one in after.views() if one["name"] == cls)["nodes"][node.index]
    assert (view["x"], view["y"]) == pytest.approx((moved.center[0] / WIDE, moved.center[1] / HIGH))


def test_hands_on_the_board_reach_the_whole_picture(explained, fitted):
    board = fitted.board(explained.image)
    cls, node = detected(explained)[0]
    board.substitute(cls, node.index, 0, on=(0.9, 0.3))
    changed = (board.image != explained.image).any(axis=2)
    y, x = center_of_mass(changed)
    assert (x / WIDE, y / HIGH) == pytest.approx((0.9, 0.3), abs=0.1)
    assert board.aspect == pytest.approx(WIDE / HIGH)
    board.still()


def test_causes_corrections_and_controls(explained, fitted, pictures):
    other = next(cls for cls in TWO if cls != explained.prediction)
    correction = fitted.correct(explained, other)
    correction.plot()
    for one in fitted.suggest(explained, other, n=2):
        x, y = one.center
        assert 0 <= x <= WIDE and 0 <= y <= HIGH
    controls = Controls(fitted, pictures)
    random = controls.random_edits(explained.image, other, 40, [])
    assert random.shape == (40, HIGH, WIDE, 3)
    changed = (random != explained.image).any(axis=(0, 3))
    assert changed[:, WIDE - HIGH // 2 :].any() and changed[:, : HIGH // 2].any()
    try_controls(fitted, correction, pictures, n_trials=2).plot()
    assert fitted.diagnose(pictures.subset(range(12)), progress=False).widget() is not None


def test_both_come_back_from_files(explained, fitted, wide, network, tmp_path):
    kept = StructuralExplanation.load(explained.save(tmp_path / "why.npz"))
    np.testing.assert_array_equal(kept.image, explained.image)
    assert kept.widget().patches == explained.widget().patches
    saved = fitted.save(tmp_path / "vrx.npz")
    again = xk.VRX.load(saved, wide)
    assert again.explain(explained.image).why().sentence == fitted.explain(explained.image).why().sentence
    with pytest.raises(ValueError, match="another network"):
        xk.VRX.load(saved, network)


@pytest.mark.parametrize(
    "settings",
    [{"segmentation": "superpixels", "patches": "crop", "resolutions": (25,)}, {"segmentation": "union"}],
)
def test_other_ways_to_find_concepts(settings, wide, pictures, unseen):
    vrx = xk.VRX(TWO, **{**LEAST, "epochs": 2, **settings}).fit(wide, pictures, progress=False)
    assert vrx.explain(unseen[0].image).image.shape == (HIGH, WIDE, 3)
