"""What VRX's questions and edits say to arguments and pictures that make no sense, and what still works."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import xaikit as xk
from tests.vrx.conftest import CLASSES
from xaikit.vrx.graph import StructuralConceptGraph

pytestmark = pytest.mark.usefixtures("few_regions")


@pytest.fixture(scope="module")
def exp(explained):
    return explained[0]


@pytest.fixture(scope="module")
def target(exp) -> str:
    return next(cls for cls in CLASSES if cls != exp.prediction)


@pytest.fixture(scope="module")
def found(exp) -> int:
    """Number of a concept of the answer that is detected."""
    return next(node.index for node in exp.graphs[exp.prediction].nodes if node.detected)


# ---- what is asked for ----


@pytest.mark.parametrize("ask", ["cause", "suggest", "correct"])
def test_there_is_nothing_to_correct_where_the_answer_is_right(vrx, exp, ask):
    with pytest.raises(ValueError, match=f"answer is '{exp.prediction}' already.*Name another of"):
        getattr(vrx, ask)(exp, exp.prediction)
    with pytest.raises(ValueError, match="nothing to correct"):
        getattr(vrx, ask)(exp.image, exp.prediction)


@pytest.mark.parametrize("ask", ["cause", "suggest", "correct"])
def test_unknown_target(vrx, exp, ask):
    with pytest.raises(ValueError, match=r"must be one of.*Did you mean 'school bus'"):
        getattr(vrx, ask)(exp, "school buss")
    with pytest.raises(ValueError, match="must be one of"):  # the network knows it, but it is not of interest
        getattr(vrx, ask)(exp, "tank")
    with pytest.raises(xk.NotFittedError, match="fit"):
        getattr(xk.VRX(CLASSES), ask)(exp, CLASSES[0])


@pytest.mark.parametrize(("n", "n_tried"), [(0, 5), (-1, 5), (6, 5), (1, 0)])
def test_how_many_suggestions(vrx, exp, target, n, n_tried):
    wrong = (
        "`n_tried` must be .*, 6 or more; got 5"
        if n > n_tried > 0
        else f"must be .*1 or more; got {min(n, n_tried)}"
    )
    with pytest.raises(ValueError, match=wrong):
        vrx.suggest(exp, target, n=n, n_tried=n_tried)


@pytest.mark.parametrize(("max_edits", "n_tried"), [(0, 5), (-2, 5), (1, 0), (None, -1)])
def test_how_many_edits(vrx, exp, target, max_edits, n_tried):
    got = min(one for one in (max_edits, n_tried) if one is not None)
    with pytest.raises(ValueError, match=f"must be a whole number, 1 or more.*; got {got}"):
        vrx.correct(exp, target, max_edits=max_edits, n_tried=n_tried)


def test_an_explanation_by_another_vrx_is_refused(vrx, exp, target, found):
    """By one with other classes, or with another number of concepts of a class."""
    cls = exp.prediction
    short = StructuralConceptGraph(cls, exp.graphs[cls].nodes[:-1], {})
    for stranger in (
        replace(exp, graphs={name: graph for name, graph in exp.graphs.items() if name != target}),
        replace(exp, graphs={**exp.graphs, cls: short}),
    ):
        with pytest.raises(ValueError, match=r"explanation is of another VRX.*Give the picture"):
            vrx.suggest(stranger, target)
        with pytest.raises(ValueError, match="another VRX"):
            vrx.delete(stranger, cls, found)


# ---- patches and places ----


@pytest.mark.parametrize(
    "patch",
    [
        np.zeros((6, 6, 4), np.float32),
        np.zeros((6, 6, 4), np.int64),
        np.zeros((6, 6), np.uint8),
        torch.zeros(6, 6, 4, dtype=torch.uint8),
        None,
    ],
    ids=["float", "int", "grey", "tensor", "none"],
)
def test_what_is_no_patch_is_refused(vrx, exp, found, patch):
    with pytest.raises(ValueError, match=r"`patch` must be uint8.*Take one from vrx\.concepts"):
        vrx.substitute(exp, exp.prediction, found, patch)


def test_a_patch_with_nothing_opaque_is_refused(vrx, exp, found):
    with pytest.raises(ValueError, match="`patch` is empty"):
        vrx.substitute(exp, exp.prediction, found, np.zeros((6, 6, 4), np.uint8))


@pytest.mark.parametrize("center", [(-500, 20), (20, 9999), (-500.0, -500.0)])
def test_a_place_outside_the_picture_is_refused_with_the_pictures_size(vrx, exp, found, center):
    side = exp.image.shape[0]
    with pytest.raises(ValueError, match=f"inside the {side}×{side} picture"):
        vrx.move(exp, exp.prediction, found, center)


def test_a_patch_that_reaches_over_the_border_is_clipped_there(vrx, exp, found):
    side = exp.image.shape[0]
    node = exp.graphs[exp.prediction].nodes[found]
    moved = vrx.move(exp, exp.prediction, found, (side, node.center[1]))
    assert moved.image.shape == exp.image.shape
    far = ~node.mask
    far[:, : side // 2] = False
    assert (moved.image != exp.image).any(axis=2)[far].any()


@pytest.mark.parametrize("center", [(np.nan, 5), (np.inf, 5), (5,), (1, 2, 3), 7, None, "ab"])
def test_what_is_no_place_is_refused(vrx, exp, found, center):
    with pytest.raises(ValueError, match=r"`center` must be \(x, y\) in pixels.*got"):
        vrx.move(exp, exp.prediction, found, center)


def test_an_unknown_fill_names_the_nearest(vrx, exp, found):
    with pytest.raises(ValueError, match=r"`fill` must be one of.*Did you mean 'inpaint'"):
        vrx.delete(exp, exp.prediction, found, fill="inpant")


# ---- pictures ----


def test_pictures_that_are_none(vrx):
    with pytest.raises(ValueError, match="finite; got NaN"):
        vrx.explain(torch.full((3, 64, 64), torch.nan))
    with pytest.raises(TypeError, match="must be uint8"):
        vrx.explain(np.full((64, 64, 3), np.nan))
    with pytest.raises(ValueError, match="must have shape"):
        vrx.explain(np.zeros((0, 64, 3), np.uint8))
    with pytest.raises(FileNotFoundError, match="no picture at"):
        vrx.explain("nowhere.jpg")
    assert vrx.explain_many([]) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 200)])
def test_a_picture_that_is_too_small_is_enlarged_with_a_warning(vrx, size):
    noise = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    with pytest.warns(UserWarning, match="little more than a blur"):
        exp = vrx.explain(noise)
    assert np.isfinite(exp.node_contributions).all()
    assert exp.why().sentence


@pytest.fixture(scope="module")
def empty(vrx):
    """A picture of one color: none of the answer's concepts is in it."""
    size = vrx.classifier_.input_size
    for color in ((0, 0, 0), (255, 255, 255), (0, 255, 0), (255, 0, 255)):
        exp = vrx.explain(np.full((size, size, 3), color, np.uint8))
        if not any(node.detected for graph in exp.graphs.values() for node in graph.nodes):
            return exp
    pytest.fail("some concept is detected in each of the empty pictures")


def test_a_picture_without_any_concept_is_explained(vrx, empty):
    assert "not in the picture" in empty.why().sentence
    other = next(cls for cls in CLASSES if cls != empty.prediction)
    assert empty.why_not(other).sentence.endswith(f"Why not {other}? None of its concepts is in the picture.")
    assert np.isnan(empty.node_effects).all() and empty.warning in ("", empty._of_another_class())
    assert empty.checks["completeness_error"] < 1e-3
    assert len(empty.plot().axes) >= 3


def test_a_picture_without_any_concept_is_corrected_in_the_usual_places(vrx, empty):
    target = next(cls for cls in CLASSES if cls != empty.prediction)
    cause = vrx.cause(empty, target)
    assert {flaw.state for flaw in cause.flaws} <= {"missing"}
    suggestions = vrx.suggest(empty, target, n=4, n_tried=8)
    assert all(one.over is None for one in suggestions)
    assert all("in its usual place" in str(one) for one in suggestions)
    correction = vrx.correct(empty, target, n_tried=8)
    assert correction.after.probabilities[target] > empty.probabilities[target]


def test_a_vrx_of_two_classes(least, unseen):
    exp = least.explain(unseen[0].image)
    other = next(cls for cls in CLASSES[:2] if cls != exp.prediction)
    np.testing.assert_allclose(exp.node_contributions[0], -exp.node_contributions[1], atol=1e-4)
    np.testing.assert_allclose(exp.node_effects[0], -exp.node_effects[1], atol=1e-4)
    correction = least.correct(exp, other, n_tried=12)
    assert all(step.gain > 0 for step in correction.steps)
    assert correction.corrected == (correction.after.prediction == other)
    with pytest.raises(ValueError, match="must be one of"):
        least.suggest(exp, CLASSES[2])


# ---- degenerate places of concepts ----


def test_a_patch_that_hardly_covers_anything_is_still_followed(vrx, exp, found):
    """One pixel, and a patch that is half transparent everywhere."""
    faint = np.full((8, 8, 4), (255, 0, 0, 100), np.uint8)
    for patch in (np.full((1, 1, 4), 255, np.uint8), faint):
        after = vrx.substitute(exp, exp.prediction, found, patch).after
        assert np.isfinite(after.node_contributions).all()
        assert after.why().sentence
    assert not after.graphs[exp.prediction].nodes[found].detected, "nothing of it is to be seen"
