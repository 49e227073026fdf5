"""Suggestions and corrections against the network asked again, and against the graph edited by hand."""

from __future__ import annotations

import copy
from collections import Counter

import numpy as np
import pytest
import torch

from tests.vrx.conftest import CLASSES
from xaikit.core.images import paste
from xaikit.vrx.edits import spot_of, spot_over
from xaikit.vrx.repair import PER_SPOT, SOFT, Suggestion

pytestmark = pytest.mark.usefixtures("few_regions")


@pytest.fixture(scope="module")
def exp(explained):
    """A picture whose answer is sure, so that no single patch need turn it."""
    return max(explained, key=lambda one: one.probabilities[one.prediction])


@pytest.fixture(scope="module")
def target(exp) -> str:
    return next(cls for cls in CLASSES if cls != exp.prediction)


@pytest.fixture(scope="module")
def suggestions(few_regions, vrx, exp, target) -> list[Suggestion]:
    return vrx.suggest(exp, target, n=12, n_tried=24)


def margin(vrx, image: np.ndarray, target: str) -> float:
    """The network's logit of the target less the largest other one of the classes of interest."""
    logits = dict(zip(vrx.classifier_.class_names, vrx.classifier_.logits(image)[0].tolist(), strict=True))
    return logits[target] - max(logits[cls] for cls in CLASSES if cls != target)


def graphs(vrx, exp) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A picture's graphs as the GRN takes them, node by node."""
    features = np.full(vrx.grn_.shape, vrx.epsilon, np.float32)
    places = np.full((*vrx.grn_.shape[:2], 2), vrx.epsilon, np.float32)
    rest = np.stack([exp.whole] * len(CLASSES))
    for i, cls in enumerate(CLASSES):
        for node in exp.graphs[cls].nodes:
            if node.detected:
                features[i, node.index] = node.feature
                rest[i] -= node.feature[-1] * node.feature[:-1]
                places[i, node.index] = np.array(node.center) / vrx.classifier_.input_size
    return features, places, rest


def foreseen(vrx, graph: tuple[np.ndarray, np.ndarray, np.ndarray], target: str) -> float:
    logits = vrx.grn_(*(torch.from_numpy(one)[None] for one in graph))[0].tolist()
    scores = dict(zip(CLASSES, logits, strict=True))
    return scores[target] - max(scores[cls] for cls in CLASSES if cls != target)


# ---- suggest ----


def test_the_network_says_of_each_picture_what_the_suggestion_says(vrx, exp, target, suggestions):
    before = margin(vrx, exp.image, target)
    for one in suggestions:
        assert one.gain == pytest.approx(margin(vrx, one.image, target) - before, abs=1e-3)
        again = vrx.explain(one.image)
        assert one.prediction == again.prediction
        assert one.probability == pytest.approx(again.probabilities[target], abs=1e-4)


def test_the_best_comes_first_and_no_more_than_asked_for(vrx, exp, target, suggestions):
    gains = [one.gain for one in suggestions]
    assert len(gains) == 12
    assert gains == sorted(gains, reverse=True)
    fewer = vrx.suggest(exp, target, n=3, n_tried=24)
    assert [one.gain for one in fewer] == gains[:3]
    assert len(vrx.suggest(exp, target, n=1, n_tried=1)) == 1


def test_the_network_is_asked_about_what_the_student_expects_most_of(vrx, exp, target, suggestions):
    tried = vrx.suggest(exp, target, n=24, n_tried=24)
    first = vrx.suggest(exp, target, n=1, n_tried=1)[0]
    assert first.expected_gain == pytest.approx(max(one.expected_gain for one in tried))
    each = Counter((one.concept, one.where) for one in tried)
    assert max(each.values()) <= PER_SPOT


def test_a_suggested_picture_is_the_patch_on_its_spot(vrx, exp, target, suggestions):
    for one in suggestions:
        concept = vrx.concepts[target][one.concept]
        assert one.cls == target
        number = next(n for n, patch in enumerate(concept.patches) if patch is one.patch)
        assert one.source == concept.sources[number]
        np.testing.assert_array_equal(one.image, paste(exp.image, one.patch, one.center, one.size, soft=SOFT))
        if one.over:
            node = exp.graphs[one.over[0]].nodes[one.over[1]]
            spot = spot_of(node, one.patch)
            assert (one.center, one.size) == (spot.center, spot.size)
        elif one.where != "in its usual place":
            blamed = {f"over {flaw.name}": flaw for flaw in vrx.cause(exp, target).flaws if flaw.cls is None}
            spot = spot_over(blamed[one.where].mask, one.patch)
            assert (one.center, one.size) == (spot.center, spot.size)
        else:
            node = exp.graphs[target].nodes[one.concept]
            assert not node.detected
            assert one.center == node.usual_center
        assert 0 < one.area <= one.size[0] * one.size[1]


def test_the_expected_gain_is_the_students_and_what_covering_strange_things_was_measured_to_give(
    vrx, exp, target, suggestions
):
    side = exp.image.shape[0]
    before = foreseen(vrx, graphs(vrx, exp), target)
    strange = [(flaw.mask, flaw.relief) for flaw in vrx.cause(exp, target).flaws if flaw.cls is None]
    for one in suggestions:
        features, places, rest = graphs(vrx, exp)
        (x, y), (w, h) = one.center, one.size
        box = np.zeros(exp.image.shape[:2], bool)
        box[max(0, round(y - h / 2)) : round(y + h / 2), max(0, round(x - w / 2)) : round(x + w / 2)] = True
        for i, cls in enumerate(CLASSES):
            for node in exp.graphs[cls].nodes:
                if node.detected and (node.mask & box).sum() > node.mask.sum() / 2:
                    features[i, node.index] = places[i, node.index] = vrx.epsilon
        concept = vrx.concepts[target][one.concept]
        number = next(n for n, patch in enumerate(concept.patches) if patch is one.patch)
        i = CLASSES.index(target)
        features[i, one.concept], places[i, one.concept] = concept.evidence[number], (x / side, y / side)
        others = [c for c in range(len(CLASSES)) if c != i]
        rest[others] += concept.evidence[number, -1] * concept.evidence[number, :-1]
        after = foreseen(vrx, (features, places, rest), target)
        relief = sum(loss for mask, loss in strange if (mask & box).sum() > mask.sum() / 2)
        assert one.expected_gain == pytest.approx(after - before + relief, abs=1e-3)


def test_the_student_expects_more_of_what_helps_the_network(vrx, explained):
    """Over many edits of several pictures, what is foreseen goes with what the network then says."""
    expected, gained = [], []
    for one in explained[::8]:
        for target in CLASSES:
            if target != one.prediction:
                tried = vrx.suggest(one, target, n=16, n_tried=16)
                expected += [option.expected_gain for option in tried]
                gained += [option.gain for option in tried]
    assert np.corrcoef(expected, gained)[0, 1] > 0.1


# ---- correct ----


def test_a_correction_stops_when_the_answer_is_right(vrx, explained):
    corrections = [
        vrx.correct(one, cls, n_tried=8)
        for one in explained[::15]
        for cls in CLASSES
        if cls != one.prediction
    ]
    assert any(one.corrected for one in corrections)
    for one in corrections:
        *earlier, last = [step.prediction for step in one.steps] or [one.before.prediction]
        assert one.target not in earlier
        assert one.corrected == (last == one.target)
        assert all(step.gain > 0 for step in one.steps)
        assert len(one.steps) <= len(vrx.concepts[one.target])
        np.testing.assert_array_equal(one.image, one.steps[-1].image if one.steps else one.before.image)
        assert one.after.prediction == vrx.explain(one.image).prediction


def test_no_more_patches_than_allowed(vrx, exp, target):
    assert len(vrx.correct(exp, target, max_edits=1, n_tried=2).steps) <= 1


def test_of_patches_that_do_it_the_smallest_is_taken(vrx, explained):
    for one in explained:
        other = max((c for c in CLASSES if c != one.prediction), key=one.probabilities.__getitem__)
        right = [s for s in vrx.suggest(one, other, n=24, n_tried=24) if s.prediction == other]
        if len(right) > 1:
            step = vrx.correct(one, other, n_tried=24).steps[0]
            assert step.area == min(s.area for s in right)
            return
    pytest.fail("no picture has two suggestions that turn its answer")


def test_where_no_patch_helps_nothing_is_put_in(vrx, exp, target, monkeypatch):
    """A network that gives every picture the same answer."""
    columns = np.linspace(1, 0, len(vrx.classifier_.class_names), dtype=np.float32)
    columns[vrx.classifier_.class_index(exp.prediction)] = 2
    monkeypatch.setattr(vrx.classifier_, "logits", lambda images, as_view: np.tile(columns, (len(images), 1)))
    correction = vrx.correct(exp, target, n_tried=4)
    assert correction.steps == [] and not correction.corrected
    assert correction.after is correction.before is exp
    assert correction.edit == "no patch raises the target's score"


# ---- promises ----


def test_same_arguments_same_result_and_nothing_is_changed(vrx, exp, target, suggestions):
    image = exp.image.copy()
    patches = copy.deepcopy({cls: [c.patches for c in own] for cls, own in vrx.concepts.items()})
    weights = copy.deepcopy(vrx.grn_.state_dict())
    said = repr(vrx)
    again = vrx.suggest(exp, target, n=12, n_tried=24)
    from_picture = vrx.suggest(exp.image, target, n=12, n_tried=24)
    for one, other, third in zip(suggestions, again, from_picture, strict=True):
        assert (one.source, one.over, one.center, one.gain) == (
            other.source,
            other.over,
            other.center,
            other.gain,
        )
        assert (one.source, one.over, one.center) == (third.source, third.over, third.center)
        np.testing.assert_array_equal(one.image, other.image)
    one, other = (vrx.correct(exp, target, n_tried=8) for _ in range(2))
    assert [str(step) for step in one.steps] == [str(step) for step in other.steps]
    np.testing.assert_array_equal(one.image, other.image)
    np.testing.assert_array_equal(exp.image, image)
    for cls, own in vrx.concepts.items():
        for concept, kept in zip(own, patches[cls], strict=True):
            for patch, before in zip(concept.patches, kept, strict=True):
                np.testing.assert_array_equal(patch, before)
    assert all(torch.equal(value, vrx.grn_.state_dict()[name]) for name, value in weights.items())
    assert repr(vrx) == said


def test_suggestions_and_corrections_in_words_and_as_a_picture(vrx, exp, target, suggestions):
    one = suggestions[0]
    assert str(one).startswith(f"concept {one.concept + 1} of {target} ")
    assert f"{target} {one.probability:.0%}" in str(one)
    assert "array" not in repr(one)
    correction = vrx.correct(exp, target, max_edits=1, n_tried=8)
    word = "corrected" if correction.corrected else "not corrected"
    assert repr(correction).startswith(
        f"Correction to {target}: {word}. {exp.prediction} instead of {target}"
    )
    assert correction.edit in repr(correction)
    figure = correction.plot()
    assert len(figure.axes) >= 3
    shown = correction._repr_mimebundle_()
    assert shown["image/png"][:4] == b"\x89PNG" and shown["text/plain"] == repr(correction)
