"""What can be asked of semantic vectors: neighbours, pictures, relevance, maps, low-level concepts."""

from __future__ import annotations

import numpy as np
import pytest
from painted import Painted, Striped


def test_a_picture_is_nearest_to_its_own_concept(vectors):
    fresh = Painted(40, seed=11)
    found = vectors.nearest(fresh, 2)
    own = [fresh.class_names[label] for label in fresh.labels]
    assert np.mean([names[0] == name for names, name in zip(found.names, own, strict=True)]) >= 0.9
    assert (np.diff(found.similarities, axis=1) <= 0).all()
    assert "red" in repr(found)


def test_similarity_is_the_cosine_of_features_and_vector(network, vectors):
    fresh = Painted(6, seed=12)
    features = network.features(fresh, "relu")
    slow = [
        [np.dot(f, v) / (np.linalg.norm(f) * np.linalg.norm(v)) for v in vectors.vectors_] for f in features
    ]
    np.testing.assert_allclose(vectors.similarity(fresh), slow, atol=1e-5)


def test_pictures_are_found_by_concept_as_by_sorting_all(vectors):
    fresh = Painted(40, seed=13)
    found = vectors.retrieve(fresh, ["blue", "red"], 5, progress=False)
    cosines = vectors.similarity(fresh)[:, [2, 0]]
    np.testing.assert_array_equal(found.numbers, np.argsort(-cosines, axis=0, kind="stable")[:5].T)
    own = [[fresh.class_names[fresh.labels[n]] for n in row] for row in found.numbers]
    assert [list(row) for row in found.labels] == own
    assert found.precision().tolist() == [own[0].count("blue") / 5, own[1].count("red") / 5]
    assert found.precision()[0] >= 0.8
    assert found.pictures.shape[:2] == (2, 5)
    assert "image/png" in found._repr_mimebundle_()


def test_relevance_is_the_cosine_of_two_vectors(both):
    one = both.relevance("red", "lying")
    assert float(one) == pytest.approx(float(both.vectors_[0] @ both.vectors_[4]), abs=1e-6)
    table = both.relevance("class", "texture")
    assert table.values.shape == (4, 2)
    assert [name for name, _ in table.ranked("red")] in (["lying", "standing"], ["standing", "lying"])
    everything = both.relevance("red")
    assert "red" not in dict(everything.ranked())
    with pytest.raises(TypeError, match="one pair"):
        float(table)
    assert table.plot().axes and everything.plot().axes


def test_centred_relevance_leaves_out_what_a_kind_has_in_common(both):
    own = both.vectors_[:4].astype(float)
    own = own - own.mean(0)
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    found = both.relevance("class", "class", centered=True)
    np.testing.assert_allclose(found.values, own @ own.T, atol=1e-6)


def test_a_map_has_places_sizes_and_labels(vectors):
    found = vectors.map(["pca", "tsne"])
    assert set(found.positions) == {"PCA", "t-SNE"}
    assert all(places.shape == (4, 2) and np.isfinite(places).all() for places in found.positions.values())
    assert found.labels["top level"] == ("warm", "cold", "cold", "cold")
    np.testing.assert_array_equal(found.diversity, vectors.diversity_)
    assert [len(pictures) for pictures in found.examples] == [3, 3, 3, 3]
    assert -1 <= found.agreement("top level") <= 1
    nearest = found.neighbours("red", 2)
    assert nearest[0][1] >= nearest[1][1]
    assert np.array_equal(vectors.map("tsne").positions["t-SNE"], vectors.map("tsne").positions["t-SNE"])


def test_kinds_are_labels_of_a_map(both):
    assert both.map("pca").labels["kind"] == ("class",) * 4 + ("texture",) * 2
    assert both.map("pca", "class").names == tuple(both.concept_names[:4])


def test_the_maps_bars_are_the_relevance_that_is_plotted(both):
    atlas = both.map("pca")
    told = dict(atlas._relevant(0))
    for name, value in both.relevance(0, "texture", centered=True).ranked():
        assert told[name] == pytest.approx(value, abs=1e-6)
    classes = both.map("pca", "class")
    assert classes._relevant(0) == classes.neighbours(classes.names[0], 3)


def test_a_low_level_concept_fits_or_none_does(both):
    striped = Striped(20, seed=21)
    found = both.explain(striped, "texture", significance=0.2)
    right = [striped.class_names[label] for label in striped.labels]
    answered = [(a, r) for a, r in zip(found.answers, right, strict=True) if a is not None]
    assert len(answered) >= 3
    assert np.mean([a == r for a, r in answered]) >= 0.8
    plain = both.explain(np.full((32, 32, 3), 120, np.uint8), "texture", significance=1e-6)
    assert plain.answers == (None,)
    assert str(plain).startswith("none of these textures fits")


def test_p_values_count_the_reference_pictures_that_are_as_near(both):
    picture = Striped(1, seed=5)
    found = both.explain(picture, "texture")
    reference = both.reference_
    classes = reference.concepts < 4
    on = np.unpackbits(reference.patterns[classes], axis=1, count=20).astype(float)
    usual = on @ both.vectors_[4:].T / np.sqrt(np.maximum(on.sum(1, keepdims=True), 1))
    for j in range(2):
        as_near = sum(value >= found.similarities[0, j] - 1e-6 for value in usual[:, j])
        assert found.p_values[0, j] == pytest.approx((1 + as_near) / (1 + len(usual)), abs=0.02)


def test_joined_fits_are_one(network, vectors):
    from xaikit import SemanticVectors

    textures = SemanticVectors().fit(network, {"texture": Striped(40)}, progress=False)
    joined = vectors.join(textures)
    assert joined.concept_names == [*vectors.concept_names, "lying", "standing"]
    assert joined.concept_kinds[-1] == "texture"
    assert float(joined.relevance("red", "lying")) == pytest.approx(
        float(vectors.vectors_[0] @ textures.vectors_[0]), abs=1e-6
    )
    assert len(joined.explain(Striped(2), "texture")) == 2
    assert len(vectors.concept_names) == 4
