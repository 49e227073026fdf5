"""Wrong wishes get an error that says what to do; files come back whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from painted import Painted, SmallNet, Striped
from torch import nn

import xaikit as xk
from tests.core.damage import check_told


def fit(network, data, **hyper):
    return xk.SemanticVectors(**hyper).fit(network, data, progress=False)


@pytest.mark.parametrize(
    ("hyper", "message"),
    [
        ({"binarize": "zeros"}, "Did you mean 'zero'"),
        ({"pooling": "sum"}, "`pooling` must be one of"),
        ({"quantile": 1.0}, "`quantile` must be a number between 0 and 1"),
        ({"layer": "relu1"}, "Did you mean 'relu'"),
    ],
)
def test_wrong_settings(network, painted, hyper, message):
    with pytest.raises(ValueError, match=message):
        fit(network, painted, **hyper)


def test_a_concept_needs_a_picture(network):
    with pytest.raises(ValueError, match=r"1 concepts have no picture: \['grey'\]"):
        fit(network, Painted(3))


def test_a_single_picture_is_warned_of(network):
    with pytest.warns(UserWarning, match=r"1 concepts have a single picture \(\['grey'\]"):
        found = fit(network, Painted(7))
    assert found.diversity_[3] == pytest.approx(0)


def test_names_must_differ_between_kinds(network, painted):
    with pytest.raises(ValueError, match=r"\['blue', 'green', 'grey'\] are in more than one kind"):
        fit(network, {"class": painted, "color": Painted(8, seed=1)})


def test_data_must_be_sets_of_pictures(network):
    with pytest.raises(TypeError, match="must be an ImageSet"):
        fit(network, [np.zeros((8, 8, 3), np.uint8)])
    with pytest.raises(TypeError, match="must be an ImageSet"):
        fit(network, {})


def test_dead_units_are_counted_and_a_dead_layer_is_an_error(network, painted):
    with torch.random.fork_rng(devices=[]):
        model = SmallNet().eval()
    with torch.no_grad():
        model.fc1.bias[:5] = -1e6
        model.fc1.weight[:5] = 0
    some = xk.Classifier(model, network.class_names, 32, device="cpu", crop=1.0)
    assert fit(some, painted, binarize="zero", layer="relu").checks["dead units"] >= 5
    with torch.no_grad():
        model.fc1.bias[:] = -1e6
        model.fc1.weight[:] = 0
    with pytest.raises(ValueError, match=r"no unit of layer 'relu' is on .* use binarize='quantile'"):
        fit(some, painted, binarize="zero", layer="relu")
    with pytest.raises(ValueError, match=r"no unit .* quantile .* use a lower quantile\."):
        fit(some, painted, binarize="quantile", layer="relu")


def test_concepts_of_other_spaces_do_not_join(network, painted, vectors):
    with pytest.raises(ValueError, match="only in one feature space"):
        vectors.join(fit(network, {"texture": Striped(10)}, layer="body"))
    with pytest.raises(ValueError, match="are in both"):
        vectors.join(vectors)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        other = xk.Classifier(SmallNet(), network.class_names, 32, device="cpu", crop=1.0)
    with pytest.raises(ValueError, match="two networks cannot be compared"):
        vectors.join(fit(other, {"texture": Striped(10)}, layer="relu", binarize="zero"))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda sev: sev.relevance("rad", "blue"), "Did you mean 'red'"),
        (lambda sev: sev.relevance(9), "must lie in 0..3"),
        (lambda sev: sev.map("tnse"), "Did you mean 'tsne'"),
        (lambda sev: sev.map("pca", ["red", "blue"]), "three or more"),
        (lambda sev: sev.map("pca").agreement("genus"), "`label` must be one of"),
        (lambda sev: sev.map("pca").neighbours("rde"), "must be a concept"),
        (lambda sev: sev.nearest(Painted(1), 0), "`k` must be"),
        (lambda sev: sev.retrieve(Painted(4), "red", 5), "`k` must lie in 1..4"),
        (lambda sev: sev.explain(Painted(1), "texture"), "neither a concept nor a kind"),
        (lambda sev: sev.explain(Painted(1), "class"), "of the kind asked about"),
        (lambda sev: sev.saliency(Painted(1), "rde"), "Did you mean 'red'"),
        (lambda sev: sev.saliency(Painted(1), method="lrp"), "`method` must be one of"),
        (lambda sev: sev.saliency(Painted(1), rate=1.5), "`rate` must be None or a share"),
        (lambda sev: sev.modify(Painted(4), rate=-1), "`rate` must be a share"),
        (lambda sev: sev.modify(Striped(4)), "is not a class of this network"),
        (lambda sev: sev.relevance("red", "blue").ranked("green"), "`name` must be one of"),
    ],
)
def test_wrong_questions(vectors, ask, message):
    with pytest.raises(ValueError, match=message):
        ask(vectors)


def test_a_class_without_a_vector_cannot_be_looked_for(network, painted):
    some = fit(network, Painted(20, names=("red", "green", "blue")))
    with pytest.raises(ValueError, match=r"\['grey'\] are classes of the network, but no concepts"):
        some.saliency(painted, "grey")


def test_saved_and_loaded_it_is_the_same(network, both, tmp_path):
    path = both.save(tmp_path / "vectors.npz")
    back = xk.SemanticVectors.load(path, network)
    for name in ("vectors_", "rates_", "diversity_", "counts_", "saliency_rates_"):
        assert getattr(back, name).tobytes() == getattr(both, name).tobytes()
    assert back.concept_names == both.concept_names
    assert back.checks == both.checks
    assert repr(back) == repr(both)
    picture = Striped(1, seed=8)
    assert back.explain(picture).answers == both.explain(picture).answers
    np.testing.assert_array_equal(back.saliency(picture, "red").values, both.saliency(picture, "red").values)
    assert [len(some) for some in back.examples_] == [len(some) for some in both.examples_]


def test_damage_of_any_kind_is_told(both, network, tmp_path):
    path = both.save(tmp_path / "vectors.npz")
    check_told(path, lambda one: xk.SemanticVectors.load(one, network), 6, tmp_path)


def test_a_file_goes_with_its_network(vectors, tmp_path):
    path = vectors.save(tmp_path / "vectors.npz")
    with pytest.raises(ValueError, match="not in the file, and does not say which"):
        xk.SemanticVectors.load(path)
    other = xk.Classifier(SmallNet(), ["a", "b", "c", "d"], 32, device="cpu")
    with pytest.raises(ValueError, match="another network"):
        xk.SemanticVectors.load(path, other)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match="damaged"):
        xk.SemanticVectors.load(path, other)


def test_the_model_is_left_as_it_was(painted):
    model = SmallNet().train()
    clf = xk.Classifier(model, list(painted.class_names), 32, device="cpu", crop=1.0)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    sev = fit(clf, painted)
    sev.modify(painted)
    sev.saliency(painted.subset(range(2)), "red")
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks for module in model.modules() if isinstance(module, nn.Module))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
