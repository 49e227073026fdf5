"""VRX as a whole on the built-in world: its claims, its promises, its ways to cut, and bad input."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from scipy.ndimage import binary_dilation
from tqdm.auto import tqdm

import xaikit as xk
from tests.vrx.conftest import CLASSES, LEAST
from xaikit import metrics
from xaikit.core.images import cut
from xaikit.vrx import fitting, model
from xaikit.vrx.edits import Spot, painted, spot_of
from xaikit.vrx.storage import CONCEPT_ARRAYS, CONCEPT_NUMBERS

TWO = CLASSES[:2]


def same(a, b) -> bool:
    """Whether two fitted VRX have the same concepts, dictionaries and weights, bit for bit."""
    assert list(a.concepts) == list(b.concepts)
    for cls, own in a.concepts.items():
        for one, other in zip(own, b.concepts[cls], strict=True):
            assert one.sources == other.sources
            for name in CONCEPT_ARRAYS + CONCEPT_NUMBERS:
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
            np.testing.assert_array_equal(one.masks, other.masks)
        mine, yours = a.dictionaries_[cls], b.dictionaries_[cls]
        assert mine.settings == yours.settings
        assert mine.means.tobytes() == yours.means.tobytes()
        assert mine.thresholds.tobytes() == yours.thresholds.tobytes()
    mine, yours = a.grn_.state_dict(), b.grn_.state_dict()
    return all(torch.equal(mine[name], yours[name]) for name in mine)


def interrupted(*args, **kwargs):
    raise KeyboardInterrupt


# ---- what it claims, checked against the truth ----


def test_the_student_follows_the_network_on_unseen_pictures(explained):
    student = [np.asarray(exp.student_probabilities) for exp in explained]
    network = [np.asarray(exp.probabilities) for exp in explained]
    assert metrics.agreement(student, network) >= 0.8


def test_concepts_lie_on_the_object(explained, unseen):
    masks, objects = [], []
    for exp, sample in zip(explained, unseen, strict=True):
        for node in exp.graphs[exp.prediction].nodes:
            if node.detected:
                masks.append(node.mask)
                objects.append(np.any(list(sample.parts.values()), axis=0))
    assert metrics.area_on_object(masks, objects) >= 0.75


def test_contributions_are_complete(explained):
    for exp in explained:
        total = exp.node_contributions.sum((1, 2)) + exp.edge_contributions.sum((1, 2, 3))
        total += exp.rest_contributions.sum(1)
        assert exp.checks["completeness_error"] <= 1e-4 * max(1, np.abs(total).max())


def test_a_detected_concept_is_near_and_no_two_of_a_graph_overlap(explained):
    for exp in explained:
        for graph in exp.graphs.values():
            found = [node for node in graph.nodes if node.detected]
            assert all(node.distance <= node.threshold for node in found)
            if found:
                assert np.sum([node.mask for node in found], axis=0).max() == 1
            for node in graph.nodes:
                if not node.detected:
                    assert node.mask is None and (node.feature == np.float32(1e-3)).all()


def test_a_concept_is_found_often_enough_and_what_matters_most_comes_first(vrx):
    for cls in CLASSES:
        own = vrx.concepts[cls]
        assert all(concept.found >= vrx.min_found for concept in own)
        effects = [concept.effect for concept in own]
        assert effects == sorted(effects, reverse=True) and effects[0] > 0
        assert [concept.index for concept in own] == list(range(len(own)))


def test_a_concept_is_an_entry_of_the_dictionary(vrx):
    for cls in CLASSES:
        entries = vrx.dictionaries_[cls]
        for concept in vrx.concepts[cls]:
            np.testing.assert_array_equal(entries.means[concept.index], concept.mean_feature)
            assert entries.thresholds[concept.index] == np.float32(concept.threshold)


def test_patches_are_pixels_of_their_pictures_and_examples_show_their_surroundings(vrx, pictures):
    used = {source for own in vrx.concepts.values() for one in own for source in one.sources}
    samples = [pictures[k] for k in range(len(pictures)) if pictures.mark(k) in used]
    views = {sample.id: vrx.classifier_.view(sample.image) for sample in samples}
    for cls in CLASSES:
        for concept in vrx.concepts[cls]:
            assert 1 <= len(concept.contexts) <= 6
            assert all(one.shape == (144, 144, 3) and one.dtype == np.uint8 for one in concept.contexts)
            for patch, mask, source in zip(concept.patches, concept.masks, concept.sources, strict=True):
                np.testing.assert_array_equal(patch[patch[..., 3] > 127][:, :3], views[source][mask])
            np.testing.assert_allclose(concept.evidence[:, -1], concept.masks.mean(axis=(1, 2)), rtol=0.02)
            assert (np.diff(concept.distances) >= 0).all()


def test_held_out_pictures_say_how_well_effects_are_foretold(vrx):
    scores = vrx.held_out_
    assert scores["n_pictures"] == 15
    assert set(scores) >= {"agreement_clean", "l1_clean", "agreement_masked", "l1_masked", "effects_pooled"}
    assert scores["agreement_clean"] >= 0.8
    assert scores["effects_pooled"] >= 0.3


def test_contributions_go_with_measured_effects_on_unseen_pictures(explained):
    learned, measured = [], []
    for exp in explained:
        for graph in exp.graphs.values():
            learned += [node.contribution for node in graph.nodes if node.detected]
            measured += [node.effect for node in graph.nodes if node.detected]
    assert metrics.rank_correlation(learned, measured) >= 0.3


# ---- what it promises ----


def test_another_seed_another_fit(least, small_network, pictures):
    other = xk.VRX(TWO, segmentation="tree", seed=1, **LEAST).discover(
        small_network, pictures, progress=False
    )
    assert any(least.concepts[cls][0].sources != other.concepts[cls][0].sources for cls in TWO)
    assert other.concept(TWO[0], 0) is other.concepts[TWO[0]][0]  # it needs no more than concepts
    with pytest.raises(ValueError, match=r"has concepts 0 to \d; got 99"):
        other.concept(TWO[0], 99)


def test_sigma_needs_no_fit():
    assert xk.VRX(TWO).sigma(np.zeros(2)).tolist() == [0.5, 0.5]


def test_the_network_is_left_as_it_was(network, vrx, pictures, unseen, monkeypatch):
    before = copy.deepcopy(network.model.state_dict())
    flags = [module.training for module in network.model.modules()]
    random = torch.random.get_rng_state()
    vrx.explain(unseen[0].image)
    with pytest.raises(ValueError, match="layer"):
        xk.VRX(CLASSES, layer="nowhere", **LEAST).fit(network, pictures, progress=False)
    monkeypatch.setattr(fitting, "effects_of", interrupted)  # in the middle of the fit
    with pytest.raises(KeyboardInterrupt):
        xk.VRX(TWO, segmentation="union", **LEAST).fit(network, pictures, progress=False)
    assert flags == [module.training for module in network.model.modules()]
    assert all(torch.equal(value, before[name]) for name, value in network.model.state_dict().items())
    assert all(p.grad is None for p in network.model.parameters())
    assert not any(module._forward_hooks for module in network.model.modules())
    assert torch.equal(random, torch.random.get_rng_state())


def test_an_interrupted_fit_goes_on(small_network, pictures, least, monkeypatch):
    work = xk.VRX(TWO, segmentation="tree", **LEAST)
    with monkeypatch.context() as patched:
        patched.setattr(model, "distill", interrupted)
        with pytest.raises(KeyboardInterrupt):
            work.fit(small_network, pictures, progress=False)
    with pytest.raises(xk.NotFittedError):
        work.explain(pictures[0].image)
    monkeypatch.setattr(fitting, "recurring_concepts", interrupted)  # done already: not to be called again
    monkeypatch.setattr(fitting, "match", interrupted)
    assert same(least, work.fit(small_network, pictures, progress=False))


def test_an_interrupted_second_fit_leaves_the_first_in_place(
    small_network, pictures, least, unseen, monkeypatch
):
    """Though it cuts pictures in another way."""
    work = copy.copy(least)
    work.segmentation = "auto"
    before = work.explain(unseen[0].image)
    monkeypatch.setattr(fitting, "MAX_RECURRENCE", 0.0)
    monkeypatch.setattr(model, "distill", interrupted)
    with pytest.raises(KeyboardInterrupt):
        work.fit(small_network, pictures, progress=False)
    after = work.explain(unseen[0].image)
    np.testing.assert_array_equal(after.node_contributions, before.node_contributions)


# ---- how pictures are cut ----


def test_drawings_are_cut_by_a_tree(vrx):
    assert (vrx.segmentation, vrx.segmentation_) == ("auto", "tree")


@pytest.mark.parametrize(("most", "found"), [(10.0, "tree"), (0.0, "union")])
def test_where_parts_are_not_found_again_pictures_are_cut_evenly(
    small_network, pictures, monkeypatch, most, found
):
    monkeypatch.setattr(fitting, "MAX_RECURRENCE", most)
    monkeypatch.setattr(fitting, "N_TRIED", 4)
    study = fitting.Study(xk.VRX(TWO, **LEAST), small_network, pictures)
    assert study._cut_for().segmentation == found


@pytest.mark.parametrize("segmentation", ["union", "superpixels"])
def test_another_way_to_cut_fits_and_explains(small_network, pictures, unseen, segmentation):
    paper = {"tau": 0.3, "min_inside": 0.7, "min_size": 4, "n_clusters": 8, "significance": 1.0}
    changes = {**LEAST, **(paper if segmentation == "superpixels" else {})}
    work = xk.VRX(TWO, segmentation=segmentation, **changes).fit(small_network, pictures, progress=False)
    assert work.segmentation_ == segmentation
    assert all((one is None) == (segmentation == "superpixels") for one in work.dictionaries_.values())
    explained = work.explain_many([sample.image for sample in unseen[:9]])
    assert any(node.detected for exp in explained for graph in exp.graphs.values() for node in graph.nodes)
    for exp in explained:
        total = exp.node_contributions.sum((1, 2)) + exp.edge_contributions.sum((1, 2, 3))
        total += exp.rest_contributions.sum(1)
        assert exp.checks["completeness_error"] <= 1e-4 * max(1, np.abs(total).max())


@pytest.mark.parametrize("segmentation", ["auto", "tree", "union"])
def test_a_tree_cannot_be_asked_crop_by_crop(network, pictures, segmentation):
    with pytest.raises(ValueError, match='Ask for segmentation="superpixels"'):
        xk.VRX(CLASSES, patches="crop", segmentation=segmentation).fit(network, pictures, progress=False)


# ---- what it answers ----


def test_graphs_to_networkx_and_pyg(explained):
    graph = explained[0].graphs["ambulance"]
    nx_graph, data = graph.to_networkx(), graph.to_pyg()
    n = len(graph.nodes)
    assert nx_graph.graph["cls"] == data.cls == "ambulance"
    assert nx_graph.number_of_edges() == data.num_edges == n * (n - 1)
    assert [nx_graph.nodes[k]["effect"] for k in range(n)] == [node.effect for node in graph.nodes]
    assert data.validate()
    for number, (j, i) in enumerate(data.edge_index.T.tolist()):
        assert nx_graph.edges[j, i]["contribution"] == pytest.approx(data.edge_contribution[number].item())
        assert data.edge_attr[number].tolist() == pytest.approx(nx_graph.edges[j, i]["places"])


def test_probabilities_by_name_and_as_an_array(explained):
    exp = explained[0]
    assert np.asarray(exp.probabilities).sum() == pytest.approx(1, abs=1e-5)
    assert exp.classes[int(np.argmax(exp.probabilities))] == exp.prediction


def test_edits_change_the_picture_where_they_should(vrx, explained):
    exp, node = next((e, n) for e in explained for n in e.graphs[e.prediction].nodes if n.detected)
    cls, k = exp.prediction, node.index
    patch = vrx.concepts[cls][k].patches[-1]
    put = painted(exp.image, patch, spot_of(node, patch))
    for edited, where in (
        (vrx.substitute(exp, cls, k, patch), put),
        (vrx.delete(exp.image, cls, k), node.mask),
    ):
        changed = (edited.image != exp.image).any(axis=2)
        assert changed.any() and not (changed & ~binary_dilation(where, iterations=3)).any()
        assert edited.before.probabilities == pytest.approx(exp.probabilities)
        again = vrx.classifier_.logits(edited.image)
        assert edited.after.prediction == max(CLASSES, key=lambda c: again[0, vrx.classifier_.class_index(c)])
    moved = vrx.move(exp, cls, k, (40, 40))
    whole = cut(exp.image, node.mask)
    there = painted(exp.image, whole, Spot((40, 40), whole.shape[1::-1]))
    changed = (moved.image != exp.image).any(axis=2)
    assert (changed & there).any() and not (changed & ~binary_dilation(there | node.mask, iterations=3)).any()


def test_erasing_detected_concepts_costs_the_class_probability_in_both_networks(vrx, explained):
    network, student = [], []
    for exp in explained[::3]:
        cls = exp.prediction
        for node in exp.graphs[cls].nodes:
            if node.detected:
                after = vrx.delete(exp, cls, node.index).after
                network.append(exp.probabilities[cls] - after.probabilities[cls])
                student.append(exp.student_probabilities[cls] - after.student_probabilities[cls])
    assert np.mean(network) > 0
    assert np.mean(student) > 0


# ---- bad input ----


def test_an_unknown_way_to_cut_names_the_nearest(network, pictures):
    with pytest.raises(ValueError, match=r"`segmentation` must be one of.*Did you mean 'tree'"):
        xk.VRX(CLASSES, segmentation="trees").fit(network, pictures, progress=False)


@pytest.mark.parametrize("classes", [["ambulance"], "ambulance", ["ambulance", "ambulance"]])
def test_classes_must_be_two_or_more(classes):
    with pytest.raises(ValueError, match="two or more"):
        xk.VRX(classes)


def test_unknown_class(network, pictures):
    with pytest.raises(ValueError, match="Did you mean 'fire engine'"):
        xk.VRX(["fire engin", "ambulance"]).fit(network, pictures, progress=False)


def test_too_few_pictures(network):
    few = xk.load_images("toyworld/vehicles", split="train", n=12)
    with pytest.raises(ValueError, match="has 2 pictures"):
        xk.VRX(CLASSES).fit(network, few, progress=False)


def test_where_nothing_recurs_it_says_what_to_change(small_network, pictures):
    recurring = xk.VRX(TWO, segmentation="tree", **{**LEAST, "tau": 1.0, "min_inside": 1.0})
    with pytest.raises(ValueError, match=r"No concept found for class 'fire engine'.*lower `min_found`"):
        recurring.fit(small_network, pictures, progress=False)
    published = xk.VRX(TWO, segmentation="superpixels", min_size=50_000, **LEAST)
    with pytest.raises(ValueError, match=r"No concept found for class 'fire engine'.*lower `min_size`"):
        published.fit(small_network, pictures, progress=False)


def test_fewer_concepts_than_asked_for_are_told_of(small_network, pictures, unseen):
    many = {**LEAST, "n_concepts": 12, "min_found": 0.9, "epochs": 2}
    with pytest.warns(UserWarning, match="Class 'ambulance' has .* concepts, not 12"):
        fitted = xk.VRX(TWO, segmentation="tree", **many).fit(small_network, pictures, progress=False)
    exp = fitted.explain(unseen[0].image)
    assert [len(exp.graphs[c].nodes) for c in TWO] == [len(fitted.concepts[c]) for c in TWO]
    assert exp.node_contributions.shape == (2, 2, 12)
    assert exp.why().sentence and exp.why_not("ambulance").sentence


class Damaged:
    """Pictures of which some cannot be read."""

    def __init__(self, pictures, broken):
        self.pictures, self.broken = pictures, broken
        self.class_names, self.labels = pictures.class_names, pictures.labels

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        if index in self.broken:
            raise self.broken[index]
        return self.pictures[index]


def test_unreadable_pictures_are_left_out_and_named_once(small_network, pictures):
    chosen = fitting.choose_pictures(pictures, TWO, LEAST["n_pictures"], LEAST["n_discovery"], seed=0)
    first, second = int(chosen[0].discovery[2]), int(chosen[1].held_out[0])
    broken = {first: xk.ImageError("first.jpg is truncated"), second: FileNotFoundError("no second.jpg")}
    with pytest.warns(UserWarning, match="2 of 22 pictures cannot be read") as told:
        fitted = xk.VRX(TWO, segmentation="tree", **LEAST).fit(
            small_network, Damaged(pictures, broken), progress=False
        )
    (line,) = [str(one.message) for one in told if "cannot be read" in str(one.message)]
    assert f"picture {first}: first.jpg is truncated" in line
    assert fitted.skipped_ == sorted([(first, "first.jpg is truncated"), (second, "no second.jpg")])
    assert fitted.explain(pictures[0].image).checks


def test_nothing_to_look_at_is_an_error(small_network, pictures):
    vrx = xk.VRX(TWO, segmentation="tree", **LEAST)
    chosen = fitting.choose_pictures(pictures, TWO, LEAST["n_pictures"], LEAST["n_discovery"], seed=0)
    asked = {"discovery": lambda study: study.discover, "held_out": lambda study: study.pairs}
    for part, told in (("discovery", "of the pictures of 'fire engine'"), ("held_out", "of the held-out")):
        broken = {int(k): xk.ImageError("empty") for own in chosen for k in getattr(own, part)}
        study = fitting.Study(vrx, small_network, Damaged(pictures, broken))
        given = () if part == "discovery" else (part,)
        with pytest.raises(xk.ImageError, match=f"none {told} pictures can be read|none {told} can be read"):
            asked[part](study)(*given, tqdm(disable=True))


def test_wrong_edits(vrx, explained):
    exp = explained[0]
    patch = vrx.concepts["ambulance"][0].patches[0]
    with pytest.raises(ValueError, match="alpha"):
        vrx.substitute(exp, "ambulance", 0, patch[..., :3])
    with pytest.raises(ValueError, match="has concepts 0 to"):
        vrx.substitute(exp, "ambulance", 9, patch)
    with pytest.raises(ValueError, match="must be one of"):
        vrx.substitute(exp, "tram", 0, patch)
    absent = next(
        (c, n.index, e) for e in explained for c, g in e.graphs.items() for n in g.nodes if not n.detected
    )
    cls, k, other = absent
    with pytest.raises(ValueError, match="not detected"):
        vrx.delete(other, cls, k)
    assert vrx.substitute(other, cls, k, patch).image.shape == exp.image.shape
