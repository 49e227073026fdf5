"""The network is asked about every region of a picture; what costs the right class most is told."""

from __future__ import annotations

import numpy as np
import pytest

from xaikit.core.images import erase
from xaikit.vrx.comparing import stepwise
from xaikit.vrx.segments import Segments
from xaikit.vrx.suspects import MOST, _concept_at, _dearest, _of_likes, _shared, suspects

pytestmark = pytest.mark.usefixtures("few_regions")

CLASSES = ["fire engine", "ambulance", "school bus"]


@pytest.fixture(scope="module")
def asked(few_regions, vrx, unseen):
    """An explanation, and what speaks in it for another class than the answer."""
    exp = vrx.explain(unseen[0].image)
    target = min(exp.classes, key=lambda cls: exp.probabilities[cls])
    return exp, target, suspects(vrx.fitted_, exp, target, exp.prediction)


def test_the_gain_is_the_margin_s_when_the_region_is_filled_in(vrx, network, asked):
    exp, target, found = asked
    y, p = network.class_index(target), network.class_index(exp.prediction)

    def margin(image: np.ndarray) -> float:
        logits = network.logits(image)[0]
        return float(logits[y] - logits[p])

    assert 1 <= len(found) <= MOST
    for one in found:
        without = erase(exp.image, one.mask, vrx.fill)
        assert one.gain == pytest.approx(margin(without) - margin(exp.image), abs=1e-3)


def test_the_dearest_comes_first_and_each_lies_elsewhere(asked):
    _, _, found = asked
    losses = [one.loss for one in found]
    assert losses == sorted(losses, reverse=True)
    assert min(losses) > 0
    for k, one in enumerate(found):
        assert all(_shared(one.mask, other.mask) <= 0.5 for other in found[:k])


def test_what_is_a_concept_is_called_by_its_name(asked):
    exp, _, found = asked
    for one in found:
        if one.concept is not None:
            cls, k = one.concept
            mask = exp.graphs[cls].nodes[k].mask
            assert (mask & one.mask).sum() >= 0.5 * (mask | one.mask).sum()


def test_the_answers_own_concepts_speak_against_another_class(vrx, unseen, network):
    """What speaks most for the answer is found among the regions; of a concept, the gain is its effect."""
    exps = (vrx.explain(sample.image) for sample in unseen[:6])
    found = (one for exp in exps for one in suspects(vrx.fitted_, exp, _other(exp), exp.prediction))
    assert any(one.concept is not None for one in found)


def _other(exp) -> str:
    return next(cls for cls in exp.classes if cls != exp.prediction)


def test_nodes_hardly_smaller_than_the_one_around_them_are_left_out():
    leaves = np.repeat([0, 1, 2, 3], [20, 20, 4, 20])[None].repeat(8, axis=0)
    members = np.array(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0]], bool
    )
    tree = Segments(leaves.astype(np.int16), members, leaves.shape, 1, np.array([5, 4, 4, -1, 5, -1]))
    assert stepwise(tree).tolist() == [True, False, True, True, True, True]


def test_what_is_usual_of_a_concept_is_that_of_the_region_most_like_it():
    masks = [np.zeros((8, 8), bool) for _ in range(3)]
    masks[0][:4], masks[1][:5], masks[2][5:] = True, True, True
    assert _of_likes(masks[:1], masks[1:], np.array([2.0, 3.0])).tolist() == [2.0]
    assert _of_likes(masks[:1], [], np.array([])).tolist() == [0.0]


def test_of_regions_in_one_place_the_dearest_is_told():
    masks = [np.zeros((8, 8), bool) for _ in range(4)]
    masks[0][:4], masks[1][:2], masks[2][5:], masks[3][6:] = True, True, True, True
    assert _dearest(masks, np.array([1.0, 2.0, -1.0, 0.5])) == [1, 3]


def test_a_region_is_a_concepts_where_they_share_most():
    mask, same, other = (np.zeros((8, 8), bool) for _ in range(3))
    mask[:4], same[:5], other[3:] = True, True, True
    assert _concept_at(mask, {("tank", 1): other, ("bus", 0): same}) == ("bus", 0)
    assert _concept_at(mask, {("tank", 1): other}) is None
    assert _concept_at(mask, {}) is None
