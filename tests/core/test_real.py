"""Real ImageNet networks on real photographs: loaded as given, and as good as they are known to be."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from xaikit import load_classifier
from xaikit.attribution import gradcam

pytestmark = pytest.mark.real
# Top-1 on all 1000 photographs, in percent; 60 of them scatter around it by 6 (one standard deviation).
TOP1 = {"resnet18": 73.7, "mobilenet_v2": 77.6, "squeezenet1_0": 61.1}
SCATTER = 12


@pytest.fixture(scope="module", params=TOP1)
def network(request, real_folder):
    weights = real_folder / "models" / f"{request.param}.safetensors"
    return request.param, load_classifier(f"torchvision/{request.param}", weights=weights, device="cpu")


@pytest.fixture(scope="module")
def photographs(real_folder):
    with open(real_folder / "photos.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("thousand/")]
    chosen = [rows[index] for index in np.random.default_rng(0).choice(len(rows), 60, replace=False)]
    return [real_folder / row["file"] for row in chosen], [int(row["imagenet_index"]) for row in chosen]


def test_accuracy_is_the_known_one(network, photographs):
    name, classifier = network
    paths, truth = photographs
    accuracy = 100 * (classifier.logits(paths).argmax(1) == truth).mean()
    assert abs(accuracy - TOP1[name]) <= SCATTER


def test_class_names_are_imagenets(network, real_folder):
    _, classifier = network
    synsets = (real_folder / "synset_words.txt").read_text().splitlines()
    assert len(classifier.class_names) == len(synsets) == 1000
    for index in (0, 123, 555, 779):  # tench, spiny lobster, fire engine, school bus
        assert classifier.class_names[index] in synsets[index]


def test_gradcam_of_a_photograph_is_not_blank(network, real_folder):
    _, classifier = network
    heatmap = gradcam(classifier, real_folder / "photos_cc" / "parrot.jpg")
    assert heatmap.checks["blank"] == []
    assert heatmap.values.shape == (1, 224, 224)
    assert 0 < (heatmap.values > 0.2 * heatmap.values.max()).mean() < 0.9
