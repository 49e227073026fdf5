"""The preset with the papers' settings: what it sets, that it can be changed, and that it walks the road."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import xaikit as xk
from tests.vrx.conftest import CLASSES

# Crops cost a pass of the network each: few pictures and superpixels, and a test that fits so few.
FEW = {
    "n_concepts": 2,
    "n_pictures": 10,
    "n_discovery": 8,
    "resolutions": (15, 40),
    "min_inside": 0.5,
    "epochs": 60,
    "significance": 0.2,
    "n_random": 4,
}


@pytest.fixture(scope="module")
def published(network, pictures):
    with warnings.catch_warnings():  # so few pictures may give a class one concept, or none beyond chance
        warnings.filterwarnings("ignore", "Class .* has 1 concepts|No concept of class")
        return xk.VRX.as_published(CLASSES[:2], **FEW).fit(network, pictures, progress=False)


def test_the_papers_numbers_are_set():
    vrx = xk.VRX.as_published(CLASSES)
    assert vrx.patches == "crop"
    assert vrx.resolutions == (15, 50, 80)
    assert (vrx.n_clusters, vrx.n_patches, vrx.n_random, vrx.n_discovery) == (25, 40, 20, 50)
    assert (vrx.n_concepts, vrx.n_masked, vrx.weight_decay) == (4, 1, 0.0)
    assert (vrx.segmentation, vrx.lam, vrx.areas, vrx.fill) == ("superpixels", 0.0, False, "mean")


def test_a_change_takes_the_place_of_the_published_value():
    vrx = xk.VRX.as_published(CLASSES, n_clusters=7, seed=3)
    assert (vrx.n_clusters, vrx.seed, vrx.n_patches) == (7, 3, 40)
    with pytest.raises(TypeError, match="Did you mean 'n_clusters'"):
        xk.VRX.as_published(CLASSES, n_cluster=7)


def test_it_fits_and_follows_the_network(published, pictures):
    training = published.explain_many([pictures[k].image for k in range(12)])
    assert np.mean([exp.checks["agrees"] for exp in training]) >= 0.5
    assert all(published.concepts[cls] for cls in CLASSES[:2])


def test_it_explains_and_edits_unseen_pictures(published, unseen):
    sample = next(one for one in unseen if one.label == 0)
    exp = published.explain(sample.image)
    assert exp.checks["network_top1"] == CLASSES[0]
    found = [node for node in exp.graphs[exp.prediction].nodes if node.detected]
    assert found
    patch = published.concepts[CLASSES[1]][0].patches[0]
    edited = published.substitute(exp, exp.prediction, found[0].index, patch)
    assert (edited.image != exp.image).any()
    assert np.isfinite(edited.after.node_contributions).all()


def test_it_is_the_same_after_saving(published, unseen, network, tmp_path):
    again = xk.VRX.load(published.save(tmp_path / "published.npz"), network)
    assert again.patches == "crop"
    one, other = (vrx.explain(unseen[0].image) for vrx in (published, again))
    np.testing.assert_array_equal(one.node_contributions, other.node_contributions)
