"""VRX on a real network and real photographs: resnet18 takes most crayfish for lobsters.

The fit is a small one, to keep the test short: what is asked of it is that the whole road can be walked and
that the student clearly follows the network, not that the concepts are the best there are.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import xaikit as xk
from tests.vrx.conftest import ask_about_few_regions

pytestmark = pytest.mark.real

CRAYFISH = "n01985128_crayfish"
LOBSTER = "n01983481_American_lobster"
BEE, COUGAR = "n02206856_bee", "n02125311_cougar"
CLASSES = [CRAYFISH, LOBSTER, BEE, COUGAR]
QUICK = {
    "segmentation": "union",  # what is found best for photographs anyway: see test_any_model.py
    "n_concepts": 2,
    "n_pictures": 20,
    "n_judged": 3,
    "n_masked": 1,
    "n_substituted": 1,
    "epochs": 80,
    "n_random": 6,
}


@pytest.fixture(scope="module", autouse=True)
def few_regions():
    """Sixty regions of a picture, and as many of five usual ones, would be asked about for each cause."""
    with pytest.MonkeyPatch.context() as patch:
        ask_about_few_regions(patch)
        yield


@pytest.fixture(scope="module")
def single_photographs(real_folder):
    """One photograph of each of the network's classes; its folders are sorted as the logits are."""
    return xk.load_images(real_folder / "thousand", split="all")


@pytest.fixture(scope="module")
def fitted(real_folder, single_photographs):
    weights = real_folder / "models" / "resnet18.safetensors"
    names = single_photographs.class_names
    network = xk.load_classifier("torchvision/resnet18", weights, class_names=names, device="cpu")
    photographs = xk.load_images(real_folder / "twenty", split="all")
    with warnings.catch_warnings():  # from few pictures, a class may have one concept only
        warnings.filterwarnings("ignore", "Class .* has . concepts")
        return xk.VRX(CLASSES, **QUICK).fit(network, photographs, progress=False)


@pytest.fixture(scope="module")
def explained(fitted, real_folder):
    """A crayfish that no concept came from, with a concept found in its own graph and in the answer's."""
    photographs = xk.load_images(real_folder / "twenty", split="all").of_class(CRAYFISH)
    used = {source for own in fitted.concepts.values() for concept in own for source in concept.sources}
    unseen = [sample.image for sample in photographs if sample.id not in used]
    for exp in fitted.explain_many(unseen, measure=False):
        graphs = exp.graphs[CRAYFISH], exp.graphs[exp.prediction]
        if all(any(node.detected for node in graph.nodes) for graph in graphs):
            return fitted.explain(exp.image)
    raise AssertionError("in none of the photographs is any concept found")


def test_the_student_follows_a_real_network_on_held_out_photographs(fitted):
    assert fitted.held_out_["n_pictures"] == 16
    assert fitted.held_out_["agreement_clean"] >= 0.75


def test_every_class_has_a_concept_cut_from_its_own_photographs(fitted):
    for cls in CLASSES:
        assert fitted.concepts[cls]
        assert all(source.startswith(cls) for concept in fitted.concepts[cls] for source in concept.sources)


def test_an_unseen_photograph_is_explained(fitted, explained):
    network = fitted.classifier_
    places = [network.class_index(cls) for cls in CLASSES]
    logits = network.logits(explained.image)[0, places]
    assert explained.prediction == CLASSES[int(logits.argmax())]
    assert any(node.detected for node in explained.graphs[explained.prediction].nodes)
    assert f"Why {explained.prediction}?" in explained.why().sentence
    assert f"Why not {BEE}?" in explained.why_not(BEE).sentence


def test_contributions_to_a_real_network_are_complete(explained):
    total = explained.node_contributions.sum((1, 2)) + explained.edge_contributions.sum((1, 2, 3))
    assert explained.checks["completeness_error"] <= 1e-4 * np.abs(total).max()


def test_a_patch_from_another_photograph_changes_the_answer(fitted, explained):
    node = next(node for node in explained.graphs[CRAYFISH].nodes if node.detected)
    edited = fitted.substitute(explained, CRAYFISH, node.index, fitted.concepts[LOBSTER][0].patches[0])
    moved = np.abs(np.asarray(edited.after.probabilities) - np.asarray(explained.probabilities)).sum()
    assert moved > 0.01
    assert (edited.image != explained.image).any(axis=2).mean() < 0.5


def test_of_unseen_photographs_the_cause_is_named_and_patches_pull_the_answer(fitted, real_folder):
    """The student answers all twelve as the network does."""
    photographs = xk.load_images(real_folder / "twenty", split="all")
    used = {source for own in fitted.concepts.values() for concept in own for source in concept.sources}
    unseen = [
        [sample for sample in photographs.of_class(cls) if sample.id not in used][-6:]
        for cls in (BEE, COUGAR)
    ]
    bees, cougars = (fitted.explain_many([sample.image for sample in own]) for own in unseen)
    assert sum(exp.checks["agrees"] for exp in [*bees, *cougars]) >= 10
    for own, right, other in ((bees, BEE, COUGAR), (cougars, COUGAR, BEE)):
        exp = next(exp for exp in own if exp.prediction == right)
        assert fitted.cause(exp, other).margin < 0
        assert fitted.suggest(exp, other, n=3, n_tried=8)[0].gain > 0
