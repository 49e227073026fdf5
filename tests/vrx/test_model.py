"""VRX as a whole on the built-in world: its claims, its promises, its files, and bad input."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

import xaikit as xk
from tests.vrx.conftest import CLASSES, SMALL
from xaikit import metrics


def same(a, b) -> bool:
    """Whether two fitted VRX have the same concepts and weights, bit for bit."""
    for cls in CLASSES:
        for one, other in zip(a.concepts[cls], b.concepts[cls], strict=True):
            assert one.sources == other.sources
            assert one.threshold == other.threshold and one.p_value == other.p_value
            np.testing.assert_array_equal(one.mean_feature, other.mean_feature)
            np.testing.assert_array_equal(one.masks, other.masks)
            np.testing.assert_array_equal(one.contributions, other.contributions)
    mine, yours = a.grn_.state_dict(), b.grn_.state_dict()
    return all(torch.equal(mine[name], yours[name]) for name in mine)


# ---- what it claims, checked against the truth ----


def test_the_student_follows_the_network_on_unseen_pictures(explained):
    student = [np.asarray(exp.student_probabilities) for exp in explained]
    network = [np.asarray(exp.probabilities) for exp in explained]
    assert metrics.agreement(student, network) >= 0.85


def test_concepts_lie_on_the_object(explained, unseen):
    masks, objects = [], []
    for exp, sample in zip(explained, unseen, strict=True):
        for node in exp.graphs[exp.prediction].nodes:
            if node.detected:
                masks.append(node.mask)
                objects.append(np.any(list(sample.parts.values()), axis=0))
    assert metrics.area_on_object(masks, objects) >= 0.8


def test_contributions_are_complete(explained):
    for exp in explained:
        total = exp.node_contributions.sum((1, 2)) + exp.edge_contributions.sum((1, 2, 3))
        assert exp.checks["completeness_error"] <= 1e-4 * np.abs(total).max()


def test_a_detected_concept_is_near_and_used_once(explained):
    for exp in explained:
        for graph in exp.graphs.values():
            found = [node for node in graph.nodes if node.detected]
            assert all(node.distance < node.threshold for node in found)
            assert all(
                node.mask is None and (node.feature == 1e-3).all()
                for node in graph.nodes
                if not node.detected
            )
            places = {node.mask.tobytes() for node in found}
            assert len(places) == len(found)


def test_without_the_filter_concepts_come_from_anywhere(network, pictures, vrx):
    plain = xk.VRX(CLASSES, tau=None, **SMALL).discover(network, pictures, progress=False)
    sources = {sample.id: sample for sample in pictures}

    def on_object(fitted) -> float:
        every = [c for own in fitted.concepts.values() for c in own]
        masks = [mask for c in every for mask in c.masks]
        things = [np.any(list(sources[s].parts.values()), axis=0) for c in every for s in c.sources]
        return metrics.area_on_object(masks, things)

    assert on_object(vrx) > on_object(plain)


# ---- what it promises ----


def test_same_seed_same_fit(vrx, network, pictures):
    assert same(vrx, xk.VRX(CLASSES, **SMALL).fit(network, pictures, progress=False))


def test_another_seed_another_fit(vrx, network, pictures):
    other = xk.VRX(CLASSES, seed=1, **SMALL).discover(network, pictures, progress=False)
    assert any(vrx.concepts[cls][0].sources != other.concepts[cls][0].sources for cls in CLASSES)


def test_the_network_is_left_as_it_was(network, vrx, unseen):
    before = copy.deepcopy(network.model.state_dict())
    flags = [module.training for module in network.model.modules()]
    random = torch.random.get_rng_state()
    vrx.explain(unseen[0].image)
    with pytest.raises(ValueError, match="layer"):
        xk.VRX(CLASSES, layer="nowhere", **SMALL).fit(
            network, xk.load_images("toyworld/vehicles", n=180), False
        )
    assert flags == [module.training for module in network.model.modules()]
    assert all(torch.equal(value, before[name]) for name, value in network.model.state_dict().items())
    assert all(p.grad is None for p in network.model.parameters())
    assert not any(module._forward_hooks for module in network.model.modules())
    assert torch.equal(random, torch.random.get_rng_state())


def test_an_interrupted_fit_keeps_earlier_results_and_goes_on(network, pictures, vrx, monkeypatch):
    from xaikit.vrx import fitting, model

    work = xk.VRX(CLASSES, **SMALL)
    calls = []

    def interrupted(*args, **kwargs):
        calls.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(model, "distill", interrupted)
    with pytest.raises(KeyboardInterrupt):
        work.fit(network, pictures, progress=False)
    with pytest.raises(xk.NotFittedError):
        work.explain(pictures[0].image)
    monkeypatch.undo()
    monkeypatch.setattr(fitting, "extract_concepts", interrupted)  # already done: must not be called again
    monkeypatch.setattr(fitting, "match", interrupted)
    assert same(vrx, work.fit(network, pictures, progress=False))
    assert calls == [1]


# ---- what it answers ----


def test_why_and_why_not_in_words(explained):
    exp = explained[0]
    assert exp.why().sentence.startswith(f"Why {exp.prediction}? Because ")
    other = next(cls for cls in CLASSES if cls != exp.prediction)
    assert exp.why_not(other).sentence.startswith(f"Why not {other}?")
    assert exp.why_not(other, "predicted").toward == exp.prediction
    t, g = CLASSES.index(exp.prediction), CLASSES.index(other)
    assert list(exp.why_not(other, "predicted").nodes.values()) == exp.node_contributions[t, g].tolist()
    with pytest.raises(ValueError, match="Did you mean 'ambulance'"):
        exp.why("ambulanc")
    with pytest.raises(ValueError, match="toward"):
        exp.why_not(other, "sideways")


def test_graphs_to_networkx_and_pyg(explained):
    graph = explained[0].graphs["ambulance"]
    nx_graph, data = graph.to_networkx(), graph.to_pyg()
    assert nx_graph.graph["cls"] == data.cls == "ambulance"
    assert nx_graph.number_of_edges() == data.num_edges == 12
    assert data.validate()
    for number, (j, i) in enumerate(data.edge_index.T.tolist()):
        assert nx_graph.edges[j, i]["contribution"] == pytest.approx(data.edge_contribution[number].item())
        assert data.edge_attr[number].tolist() == pytest.approx(nx_graph.edges[j, i]["places"])


def test_probabilities_by_name_and_as_an_array(explained):
    exp = explained[0]
    assert np.asarray(exp.probabilities).sum() == pytest.approx(1, abs=1e-5)
    assert exp.classes[int(np.argmax(exp.probabilities))] == exp.prediction


def test_edits_change_the_picture_where_they_should(vrx, explained):
    exp = next(e for e in explained if all(n.detected for n in e.graphs[e.prediction].nodes[:2]))
    cls, node = exp.prediction, exp.graphs[exp.prediction].nodes[0]
    ys, xs = np.nonzero(node.mask)
    box = np.zeros_like(node.mask)
    box[max(ys.min() - 3, 0) : ys.max() + 4, max(xs.min() - 3, 0) : xs.max() + 4] = True
    for edited in (
        vrx.substitute(exp, cls, 0, vrx.concepts[cls][0].patches[-1]),
        vrx.delete(exp.image, cls, 0),
    ):
        changed = (edited.image != exp.image).any(axis=2)
        assert changed.any() and not (changed & ~box).any()
        assert edited.before.probabilities == pytest.approx(exp.probabilities)
        again = vrx.classifier_.logits(edited.image)
        assert edited.after.prediction == max(CLASSES, key=lambda c: again[0, vrx.classifier_.class_index(c)])
    moved = vrx.move(exp, cls, 0, (20, 20))
    assert (moved.image[15:25, 15:25] != exp.image[15:25, 15:25]).any()


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


# ---- files ----


def test_saved_and_loaded(vrx, explained, unseen, tmp_path):
    loaded = xk.VRX.load(vrx.save(tmp_path / "vrx.npz"))
    assert same(vrx, loaded)
    assert repr(loaded) == repr(vrx)
    again = loaded.explain(unseen[0].image)
    np.testing.assert_array_equal(again.node_contributions, explained[0].node_contributions)
    kept = type(again).load(explained[0].save(tmp_path / "why.npz"))
    assert kept.why().sentence == explained[0].why().sentence
    assert kept.checks == explained[0].checks
    np.testing.assert_array_equal(kept.image, explained[0].image)
    for cls in CLASSES:
        for mine, yours in zip(kept.graphs[cls].nodes, explained[0].graphs[cls].nodes, strict=True):
            assert mine.center == yours.center and mine.detected == yours.detected
            np.testing.assert_array_equal(mine.feature, yours.feature)
            assert (mine.mask is None) == (yours.mask is None)


def test_files_that_are_not_ours(vrx, explained, tmp_path):
    with pytest.raises(FileNotFoundError):
        xk.VRX.load(tmp_path / "missing.npz")
    junk = tmp_path / "junk.npz"
    junk.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"junk\.npz is not a file that xaikit wrote"):
        xk.VRX.load(junk)
    whole = vrx.save(tmp_path / "vrx.npz")
    short = tmp_path / "short.npz"
    short.write_bytes(whole.read_bytes()[:5000])
    with pytest.raises(ValueError, match="damaged"):
        xk.VRX.load(short)
    with pytest.raises(ValueError, match="expected 'vrx'"):
        xk.VRX.load(explained[0].save(tmp_path / "why.npz"))


def test_loading_with_another_network_is_refused(vrx, network, tmp_path):
    other = copy.deepcopy(network.model)
    with torch.no_grad():
        next(other.parameters()).add_(1)
    stranger = xk.Classifier(other, network.class_names, input_size=network.input_size, device="cpu")
    with pytest.raises(ValueError, match="another network"):
        xk.VRX.load(vrx.save(tmp_path / "vrx.npz"), stranger)


def test_a_failed_save_leaves_the_older_file(vrx, tmp_path, monkeypatch):
    path = vrx.save(tmp_path / "vrx.npz")
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError):
        vrx.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["vrx.npz"]


# ---- bad input ----


def test_unknown_parameter_names_the_nearest():
    with pytest.raises(TypeError, match="Did you mean 'n_concepts'"):
        xk.VRX(CLASSES, n_concept=3)


@pytest.mark.parametrize("classes", [["ambulance"], "ambulance", ["ambulance", "ambulance"]])
def test_classes_must_be_two_or_more(classes):
    with pytest.raises(ValueError, match="two or more"):
        xk.VRX(classes)


def test_unknown_class(network, pictures):
    with pytest.raises(ValueError, match="Did you mean 'fire engine'"):
        xk.VRX(["fire engin", "ambulance"]).fit(network, pictures, progress=False)


def test_asking_before_fitting(unseen, tmp_path):
    for ask in (
        lambda v: v.explain(unseen[0].image),
        lambda v: v.save(tmp_path / "x.npz"),
        lambda v: v.substitute(unseen[0].image, "ambulance", 0, np.zeros((4, 4, 4), np.uint8)),
    ):
        with pytest.raises(xk.NotFittedError, match="fit"):
            ask(xk.VRX(CLASSES))


def test_too_few_pictures(network):
    few = xk.load_images("toyworld/vehicles", split="train", n=12)
    with pytest.raises(ValueError, match="has 2 pictures"):
        xk.VRX(CLASSES).fit(network, few, progress=False)
    some = xk.load_images("toyworld/vehicles", split="train", n=36)
    with pytest.raises(ValueError, match="No concept found for class"):
        xk.VRX(CLASSES, min_size=500).fit(network, some, progress=False)


def test_an_unreadable_picture_is_left_out_and_named(network, pictures):
    class Damaged:
        class_names, labels = pictures.class_names, pictures.labels

        def __len__(self):
            return len(pictures)

        def __getitem__(self, index):
            if index == 0:
                raise xk.ImageError("first.jpg is truncated")
            return pictures[index]

    with pytest.warns(UserWarning, match=r"first\.jpg is truncated"):
        fitted = xk.VRX(CLASSES, **SMALL).fit(network, Damaged(), progress=False)
    assert fitted.grn_ is not None


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
