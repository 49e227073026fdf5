"""Files: a fitted VRX and an explanation come back as they were, and what is no such file is refused."""

from __future__ import annotations

import copy
import json
import tracemalloc

import numpy as np
import pytest
import torch

import xaikit as xk
from tests.core.damage import check_told
from tests.vrx.conftest import CLASSES, LEAST
from tests.vrx.test_model import same
from xaikit.core.archive import read_archive, write_archive
from xaikit.vrx.explanation import StructuralExplanation
from xaikit.vrx.explanation_storage import EXPLANATION_FORMAT
from xaikit.vrx.storage import FORMAT


@pytest.fixture(scope="module")
def saved(vrx, tmp_path_factory):
    return vrx.save(tmp_path_factory.mktemp("files") / "vrx.npz")


@pytest.fixture(scope="module")
def least_saved(least, tmp_path_factory):
    return least.save(tmp_path_factory.mktemp("files") / "least.npz")


def test_a_method_comes_back_as_it_was(vrx, saved, explained):
    loaded = xk.VRX.load(saved)
    assert same(vrx, loaded)
    assert repr(loaded) == repr(vrx)
    assert loaded.segmentation_ == vrx.segmentation_
    assert loaded.held_out_ == vrx.held_out_
    assert loaded.grn_.areas == vrx.grn_.areas
    for cls in CLASSES:
        for one, other in zip(vrx.concepts[cls], loaded.concepts[cls], strict=True):
            for kind in ("patches", "contexts", "drawn"):
                pairs = zip(getattr(one, kind), getattr(other, kind), strict=True)
                assert all(np.array_equal(a, b) for a, b in pairs)
        for name, value in vars(vrx.usual_[cls].contributions).items():
            np.testing.assert_array_equal(getattr(loaded.usual_[cls].contributions, name), value)
        for name in ("effects", "found"):
            np.testing.assert_array_equal(getattr(loaded.usual_[cls], name), getattr(vrx.usual_[cls], name))
    again = vrx.explain(explained[0].image), loaded.explain(explained[0].image)
    nearly = 0 if loaded.classifier_.device.type == "cpu" else 1e-3  # a GPU sums in an order of its own
    for name in ("node_contributions", "node_effects"):
        np.testing.assert_allclose(getattr(again[0], name), getattr(again[1], name), rtol=0, atol=nearly)
    assert repr(again[0]) == repr(again[1])


def test_a_method_that_was_loaded_can_be_saved_again(saved, tmp_path):
    loaded = xk.VRX.load(saved)
    assert same(loaded, xk.VRX.load(loaded.save(tmp_path / "again.npz")))


def test_a_method_of_superpixels_comes_back_without_dictionaries(small_network, pictures, unseen, tmp_path):
    paper = {"tau": None, "min_size": 4, "n_clusters": 8, "significance": 1.0, "areas": False, "lam": 0.0}
    work = xk.VRX(CLASSES[:2], segmentation="superpixels", **{**LEAST, **paper, "n_concepts": 1})
    work.fit(small_network, pictures, progress=False)
    loaded = xk.VRX.load(work.save(tmp_path / "paper.npz"), small_network)
    assert loaded.dictionaries_ == dict.fromkeys(CLASSES[:2])
    assert not loaded.grn_.areas
    one, other = (vrx.explain(unseen[0].image) for vrx in (work, loaded))
    np.testing.assert_array_equal(one.node_contributions, other.node_contributions)


def test_an_explanation_comes_back_as_it_was(explained, tmp_path):
    exp = next(e for e in explained if not all(n.detected for n in e.graphs[e.prediction].nodes))
    kept = StructuralExplanation.load(exp.save(tmp_path / "why.npz"))
    assert repr(kept) == repr(exp)
    arrays = ("image", "node_contributions", "edge_contributions", "node_effects")
    for name in (*arrays, "rest_contributions", "whole"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(exp, name))
    for name in ("classes", "prediction", "answer", "probabilities", "student_probabilities", "checks"):
        assert getattr(kept, name) == getattr(exp, name), name
    assert (kept.method, kept.names, kept.warning) == (exp.method, exp.names, exp.warning)
    for cls in CLASSES:
        assert kept.graphs[cls].edges == exp.graphs[cls].edges
        assert kept.graphs[cls].rest == exp.graphs[cls].rest
        for mine, yours in zip(kept.graphs[cls].nodes, exp.graphs[cls].nodes, strict=True):
            assert mine.missing == yours.missing
            for name, value in vars(yours).items():
                np.testing.assert_array_equal(getattr(mine, name), value, err_msg=name)
        for mine, yours in zip(kept.examples[cls], exp.examples[cls], strict=True):
            for a, b in zip(mine, yours, strict=True):
                assert len(a) == len(b) and all(map(np.array_equal, a, b))
    assert kept.why_not(CLASSES[1]).sentence == exp.why_not(CLASSES[1]).sentence


def test_an_explanation_that_was_not_measured_comes_back_unmeasured(vrx, unseen, tmp_path):
    exp = vrx.explain(unseen[0].image, measure=False)
    kept = StructuralExplanation.load(exp.save(tmp_path / "why.npz"))
    assert np.isnan(kept.node_effects).all() and not kept.checks["measured"]
    assert all(node.effect is None for graph in kept.graphs.values() for node in graph.nodes)


def test_the_explanation_of_an_edit_comes_back(vrx, explained, tmp_path):
    """It has no heatmaps."""
    exp, node = next((e, n) for e in explained for n in e.graphs[e.prediction].nodes if n.detected)
    after = vrx.delete(exp, exp.prediction, node.index).after
    kept = StructuralExplanation.load(after.save(tmp_path / "why.npz"))
    assert repr(kept) == repr(after)
    assert kept.graphs[exp.prediction].nodes[0].heat is None


# ---- what is refused ----


@pytest.mark.parametrize("kind", ["vrx", "explanation"])
def test_a_file_of_an_older_form_is_refused(kind, saved, explained, tmp_path):
    path = {"vrx": saved, "explanation": explained[0].save(tmp_path / "why.npz")}[kind]
    version = {"vrx": FORMAT, "explanation": EXPLANATION_FORMAT}[kind]
    meta, arrays = read_archive(path, kind, version)
    told = {key: value for key, value in meta.items() if key not in ("kind", "format")}
    old = write_archive(tmp_path / "old.npz", kind, version - 1, told, arrays)
    load = xk.VRX.load if kind == "vrx" else StructuralExplanation.load
    with pytest.raises(ValueError, match=f"holds '{kind}' in format {version - 1}.*format {version}"):
        load(old)


def test_files_that_are_not_ours(saved, explained, tmp_path):
    with pytest.raises(FileNotFoundError):
        xk.VRX.load(tmp_path / "missing.npz")
    junk = tmp_path / "junk.npz"
    junk.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"junk\.npz is not a file that xaikit wrote"):
        xk.VRX.load(junk)
    short = tmp_path / "short.npz"
    short.write_bytes(saved.read_bytes()[:5000])
    with pytest.raises(ValueError, match="damaged"):
        xk.VRX.load(short)
    with pytest.raises(ValueError, match="expected 'vrx'"):
        xk.VRX.load(explained[0].save(tmp_path / "why.npz"))
    with pytest.raises(ValueError, match="expected 'explanation'"):
        StructuralExplanation.load(saved)


def test_loading_with_another_network_is_refused(network, saved):
    other = copy.deepcopy(network.model)
    with torch.no_grad():
        next(other.parameters()).add_(1)
    stranger = xk.Classifier(other, network.class_names, input_size=network.input_size, device="cpu")
    with pytest.raises(ValueError, match="another network"):
        xk.VRX.load(saved, stranger)


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


# ---- what a file says is not believed ----


def changed(path, to, change):
    """A copy of a file in which one thing is another, sealed anew."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    meta = json.loads(str(arrays.pop("meta")))
    del meta["sealed"]
    change(meta, arrays)
    return write_archive(to, meta.pop("kind"), meta.pop("format"), meta, arrays)


def test_damage_of_any_kind_is_told(least, least_saved, small_network, unseen, tmp_path):
    check_told(least_saved, lambda one: xk.VRX.load(one, small_network), 3, tmp_path)
    why = least.explain(unseen[0].image, measure=False).save(tmp_path / "why.npz")
    check_told(why, StructuralExplanation.load, 3, tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_told_of(least_saved, small_network, tmp_path, value):
    """The GRN would answer NaN to every picture, and each contribution would be none."""

    def spoilt(_meta, arrays):
        arrays["grn/convs.0.w1.weight"] = np.full_like(arrays["grn/convs.0.w1.weight"], value)

    path = changed(least_saved, tmp_path / "spoilt.npz", spoilt)
    with pytest.raises(xk.FileError, match=r"'grn/convs.0.w1.weight' holds NaN or infinity"):
        xk.VRX.load(path, small_network)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("hidden", 10**7, r"'grn/convs.0.w1.weight' must be torch.float32 \(10000000, "),
        ("n_layers", 10**9, "`n_layers` is 1000000000, but there are weights of 1"),
        ("mlp", 10**9, "'grn/"),
        ("n_concepts", 10**6, "do not go together"),
        ("areas", False, "'grn/"),
        ("epochs", "many", "`epochs` must be a whole number"),
        ("epoch", 3, "VRX has no parameter 'epoch'"),
    ],
)
def test_a_network_larger_than_its_weights_is_not_made(
    least_saved, small_network, tmp_path, name, value, said
):
    path = changed(least_saved, tmp_path / "huge.npz", lambda meta, _: meta["hyper"].update({name: value}))
    tracemalloc.start()
    with pytest.raises(xk.FileError, match=said):
        xk.VRX.load(path, small_network)
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_counts_that_do_not_go_together(least, least_saved, small_network, unseen, tmp_path):
    saved = least_saved
    why = least.explain(unseen[0].image).save(tmp_path / "why.npz")

    def set_to(key, value):
        return lambda meta, arrays: (arrays if "/" in key else meta).__setitem__(key, value)

    def at(first, key, value):
        return lambda meta, arrays: meta[first][0].__setitem__(key, value)

    load = {saved: lambda path: xk.VRX.load(path, small_network), why: StructuralExplanation.load}
    for path, change in (
        (saved, set_to("grn_shape", [2, 2, 10**7])),
        (saved, set_to("picture_size", 10**6)),
        (saved, set_to("segmentation", "cake")),
        (saved, set_to("names", [["fire engine", 7, "hose"]])),
        (saved, set_to("concept/0/0/boxes", np.full((6, 2), 120))),
        (saved, set_to("concept/0/0/patches/sizes", np.full((6, 3), 2**31))),
        (saved, set_to("grn/off_diagonal", np.ones((2, 2), bool))),
        (saved, at("concepts", "class", -1)),
        (saved, at("concepts", "index", 1)),
        (why, set_to("classes", ["fire engine"])),
        (why, set_to("prediction", "tank")),
        (why, set_to("graph/0/0/feature", np.zeros(3, np.float32))),
        (why, at("graphs", "nodes", [])),
        (why, at("graphs", "edges", [])),
    ):
        with pytest.raises(xk.FileError, match="damaged"):
            load[path](changed(path, tmp_path / "changed.npz", change))
