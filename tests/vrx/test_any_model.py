"""The same road on networks of every family: the layers found without being named, from fit to a saved page.

The networks have random weights, so their concepts mean nothing and are hardly ever significant; what is
asked is that each step works and keeps its promises. They have 1,000 classes, three of which are of interest.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

import xaikit as xk
from tests.drawn import DrawnOnce
from tests.vrx.conftest import ask_about_few_regions
from xaikit.core.images import fit_view
from xaikit.data import ImageSet
from xaikit.vrx.candidates import patch_layers
from xaikit.vrx.controls import try_controls

SIDE = 64
N_CLASSES = 1000
TINY = {
    "n_concepts": 2,
    "n_pictures": 5,  # the fifth is held out
    "n_discovery": 4,
    "n_judged": 1,
    "n_patches": 6,
    "n_random": 3,
    "n_masked": 1,
    "epochs": 10,
}
# network: its default layer at 64 pixels, and the layer that describes its patches
LAYERS = {
    "torchvision/googlenet": ("inception4e", "inception3b"),
    "torchvision/resnet18": ("layer3", "layer2"),
    "torchvision/resnet50": ("layer3", "layer2"),
    "torchvision/vgg11": ("features.19", "features.14"),
    "torchvision/mobilenet_v2": ("features.14.conv.0", "features.6"),
    "torchvision/vit_b_16": ("encoder.layers.encoder_layer_11.ln_1", "encoder.layers.encoder_layer_11.ln_1"),
    "torchvision/convnext_tiny": ("features.6.0", "features.3"),
    "timm/legacy_xception": ("block11", "block2"),
}
OPTIONS = {
    "torchvision/googlenet": {"aux_logits": False, "init_weights": False},
    "torchvision/vit_b_16": {"image_size": SIDE},
}
# Random attention leaves some pictures without a Grad-CAM map, and makes all places of a picture alike. Then
# what the errors say is done: look everywhere, and let a concept be found in fewer of the pictures.
CHANGES = {"torchvision/vit_b_16": {"tau": None, "min_found": 0.1}}


class Renamed(ImageSet):
    """The same pictures, their classes under other names; of what is in them nothing is known."""

    def __init__(self, data: ImageSet, names: list[str]) -> None:
        super().__init__(names, data.labels)
        self.data = data

    def _read(self, index: int):
        return replace(self.data[index], scene=None, parts={})


@pytest.fixture(scope="module", autouse=True)
def few_regions():
    """Sixty regions of a picture, and as many of five usual ones, would be asked about for each cause."""
    with pytest.MonkeyPatch.context() as patch:
        ask_about_few_regions(patch)
        yield


@pytest.fixture(scope="module")
def toys():
    """Eight pictures of each of three classes."""
    data = xk.load_images("toyworld/vehicles", split="train", n=48)
    return DrawnOnce(data.subset(data.labels < 3))


def built(spec: str, batch: torch.Tensor) -> nn.Module:
    """A network with random weights that gives different pictures different answers."""
    library, name = spec.split("/")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        if library == "timm":
            model = pytest.importorskip("timm").create_model(name)
        else:
            torchvision = pytest.importorskip("torchvision")
            model = torchvision.models.get_model(name, weights=None, **OPTIONS.get(spec, {}))
        if spec.endswith("vgg11"):  # nearly all of its weights are in wide layers that places no longer have
            model.classifier = nn.Sequential(nn.Linear(512 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, N_CLASSES))
        if spec.endswith("vit_b_16"):
            nn.init.normal_(model.heads.head.weight, std=0.1)  # torchvision starts it at zero
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0  # the pictures' own statistics, or the signal fades from layer to layer
        model.train()(batch)
    return model.eval()


def fitted(classifier: xk.Classifier, data: ImageSet, classes: list[str], **changes) -> xk.VRX:
    with warnings.catch_warnings():  # random networks have few concepts, and none that means something
        warnings.filterwarnings("ignore", "Class .* has . concepts")
        return xk.VRX(classes, **{**TINY, **changes}).fit(classifier, data, progress=False)


@pytest.fixture(scope="module", params=list(LAYERS), ids=lambda spec: spec.split("/")[1])
def spec(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def network(spec, toys) -> xk.Classifier:
    views = np.stack([fit_view(one.image, SIDE) for one in toys])
    batch = torch.from_numpy(views).permute(0, 3, 1, 2).float() / 255
    names = [f"class {i}" for i in range(N_CLASSES)]
    return xk.Classifier(built(spec, batch), names, SIDE, device="cpu", crop=1.0)


@pytest.fixture(scope="module")
def vrx(spec, network, toys) -> xk.VRX:
    """Fitted for the three of its 1,000 classes that the network thinks of most, as if they were right."""
    favourites = np.argsort(-network.logits(toys).mean(0))[:3]
    classes = [network.class_names[i] for i in favourites]
    return fitted(network, Renamed(toys, classes), classes, **CHANGES.get(spec, {}))


@pytest.fixture(scope="module")
def explained(vrx, toys):
    return vrx.explain(toys[0].image)


@pytest.fixture(scope="module")
def target(explained) -> str:
    return min(explained.probabilities, key=explained.probabilities.__getitem__)


def test_the_layers_are_found(spec, network):
    assert (network.default_layer.name, patch_layers(network)[0]) == LAYERS[spec]


def test_every_class_has_concepts_from_its_own_pictures(vrx, toys):
    for label, cls in enumerate(vrx.classes):
        own = {sample.id for sample in toys.subset(toys.labels == label)}
        assert vrx.concepts[cls]
        for concept in vrx.concepts[cls]:
            assert set(concept.sources) <= own
            assert np.isfinite(concept.contributions).all()
            assert concept.evidence.shape[1] == vrx.grn_.shape[2] == vrx.classifier_.layer().n_channels + 1


def test_it_is_explained_completely(vrx, explained):
    total = explained.node_contributions.sum((1, 2)) + explained.edge_contributions.sum((1, 2, 3))
    assert np.isfinite(total).all()
    assert explained.checks["completeness_error"] <= 1e-4 * max(1, np.abs(total).max())
    assert explained.checks["network_top1"] in vrx.classifier_.class_names
    assert list(explained.probabilities) == vrx.classes
    columns = [vrx.classifier_.class_index(cls) for cls in vrx.classes]
    logits = vrx.classifier_.logits(explained.image)[0, columns]
    assert explained.probabilities[vrx.classes[0]] == pytest.approx(
        float(np.exp(logits[0] - logits.max()) / np.exp(logits - logits.max()).sum()), abs=1e-4
    )


def test_why_and_why_not(explained, target):
    assert f"Why {explained.prediction}?" in explained.why().sentence
    assert f"Why not {target}?" in explained.why_not(target).sentence
    stranger = explained.answer.name not in explained.classes
    assert explained.why().sentence.startswith("The network's answer is") == stranger
    assert explained.why_not(target, "predicted").toward == explained.prediction


def test_a_patch_is_put_in(vrx, explained, target):
    edited = vrx.substitute(explained, explained.prediction, 0, vrx.concepts[target][0].patches[0])
    assert (edited.image != explained.image).any()
    assert edited.after.probabilities != explained.probabilities


def test_a_detected_concept_is_erased_and_one_that_is_not_is_refused(vrx, explained):
    for cls, graph in explained.graphs.items():
        for node in graph.nodes:
            if node.detected:
                erased = vrx.delete(explained, cls, node.index).image
                assert (erased != explained.image).any(axis=2)[node.mask].any()
            else:
                with pytest.raises(ValueError, match="not detected"):
                    vrx.delete(explained, cls, node.index)


def test_the_cause_is_named_and_patches_are_suggested(vrx, explained, target):
    cause = vrx.cause(explained, target)
    assert cause.kind in ("concept", "structure", "both")
    suggestions = vrx.suggest(explained, target, n=2, n_tried=4)
    assert 1 <= len(suggestions) <= 2
    assert all(np.isfinite([one.gain, one.expected_gain]).all() for one in suggestions)
    correction = vrx.correct(explained, target, max_edits=1, n_tried=4)
    assert correction.corrected == (correction.after.prediction == target)
    assert correction.cause == cause


def test_it_is_the_same_after_saving(vrx, network, explained, tmp_path):
    again = xk.VRX.load(vrx.save(tmp_path / "vrx.npz"), network).explain(explained.image)
    np.testing.assert_array_equal(again.node_contributions, explained.node_contributions)
    page = explained.to_html(tmp_path / "why.html").read_text(encoding="utf-8")
    assert explained.prediction in page


# ---- strange forms ----


def small(**parts: nn.Module) -> nn.Module:
    """A chain of named modules with random weights, always the same."""
    model = nn.Sequential()
    for name, part in parts.items():
        model.add_module(name, part)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.copy_(torch.randn(tensor.shape, generator=generator) / max(1, tensor[0].numel()) ** 0.5)
    return model.eval()


def features(*widths: int) -> nn.Sequential:
    """Convolutions that each make the grid four times coarser."""
    pairs = zip((3, *widths), widths, strict=False)
    return nn.Sequential(*(nn.Sequential(nn.Conv2d(a, b, 4, 4), nn.ReLU()) for a, b in pairs))


def pooled(n_classes: int) -> nn.Module:
    """Two convolutions, their mean over all places, and a linear head."""
    head = {"pool": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "head": nn.Linear(12, n_classes)}
    return small(features=features(8, 12), **head)


def test_a_network_with_two_classes(toys):
    classes = toys.class_names[:2]
    classifier = xk.Classifier(pooled(2), classes, SIDE, device="cpu")
    vrx = fitted(classifier, toys, classes, tau=None)
    exp = vrx.explain(toys[0].image)
    other = next(cls for cls in classes if cls != exp.prediction)
    np.testing.assert_allclose(exp.node_contributions[0], -exp.node_contributions[1], atol=1e-5)
    assert vrx.cause(exp, other).predicted == exp.prediction
    best = vrx.suggest(exp, other, n=1)[0]
    gained = margin(classifier, best.image, other) - margin(classifier, exp.image, other)
    assert best.gain == pytest.approx(gained, abs=1e-4)


@pytest.mark.parametrize(
    "way", [{}, {"segmentation": "superpixels", "patches": "crop"}], ids=["pool", "crop"]
)
def test_what_is_a_view_is_not_scaled_and_cropped_again(toys, way, tmp_path, monkeypatch):
    """The pictures are larger than the views, so whatever is prepared and has a view's size is a view."""
    classes = toys.class_names[:2]
    classifier = xk.Classifier(pooled(2), classes, SIDE, device="cpu", crop=0.5)
    framed, sizes = classifier.framed, []

    def watched(image: np.ndarray, times: int = 1) -> np.ndarray:
        sizes.append(len(image))
        return framed(image, times)

    monkeypatch.setattr(classifier, "framed", watched)
    vrx = fitted(classifier, toys, classes, tau=None, **way)
    exp = vrx.explain(toys[0].image)
    other = next(cls for cls in classes if cls != exp.prediction)
    cause = vrx.cause(exp, other)
    correction = vrx.correct(exp, other)
    suggestion = vrx.suggest(exp, other, n=1)[0]
    edited = vrx.substitute(exp, other, 0, vrx.concepts[other][0].patches[0])
    try_controls(vrx, correction, toys, n_trials=1)
    vrx.diagnose(toys, progress=False)
    board = vrx.board(exp.image).substitute(other, 0, 0, on=(0.5, 0.5)).undo()
    loaded = type(exp).load(exp.save(tmp_path / "exp.npz"))
    heatmap = xk.attribution.gradcam(classifier, exp.image)
    from_file = xk.VRX.load(vrx.save(tmp_path / "vrx.npz"), classifier)
    assert repr(from_file.cause(exp, other)) == repr(cause)
    assert cause.predicted == exp.prediction
    for view in (exp.image, loaded.image, board.image, heatmap.images[0]):
        np.testing.assert_array_equal(classifier.view(toys[0].image), view)
        assert vrx.explain(view).probabilities == exp.probabilities
    for view in (suggestion.image, edited.image, edited.after.image, correction.image):
        np.testing.assert_array_equal(classifier.logits(view), classifier.logits(view, as_view=True))
    assert edited.after.probabilities == vrx.explain(edited.image, measure=False).probabilities
    assert sizes and SIDE not in sizes


def margin(classifier: xk.Classifier, image: np.ndarray, cls: str) -> float:
    logits = classifier.logits(image)[0]
    own = classifier.class_index(cls)
    return float(logits[own] - logits[1 - own])


def test_a_network_that_ends_in_one_place_is_read_before_it(toys):
    model = small(features=features(8, 12, 16), flat=nn.Flatten(), head=nn.Linear(16, 3))
    classifier = xk.Classifier(model, toys.class_names[:3], SIDE, device="cpu")
    assert classifier.layer("features").grid == (1, 1)
    assert (classifier.default_layer.name, patch_layers(classifier)[0]) == ("features.1", "features.0")
    vrx = fitted(classifier, toys, toys.class_names[:3], tau=None)
    exps = vrx.explain_many([toys[k].image for k in range(12)])
    assert max(exp.checks["completeness_error"] for exp in exps) < 1e-4
    assert any(node.detected for exp in exps for graph in exp.graphs.values() for node in graph.nodes)


class WithStates(nn.Module):
    """All places are told to 25 states, as in EfficientViM, and what these know is told to all places."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.rest, self.head = nn.Conv2d(3, 8, 4, 4), nn.Conv2d(8, 12, 4, 4), nn.Linear(12, 3)
        self.weigh, self.states = nn.Conv2d(8, 25, 1), nn.LayerNorm(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        grid = self.stem(x)
        weights = self.weigh(grid).flatten(2).softmax(-1)
        states = self.states(weights @ grid.flatten(2).transpose(1, 2))
        return self.head(self.rest(grid + states.mean(1)[..., None, None]).mean((2, 3)))


def test_states_beside_a_grid_are_no_places_to_describe_patches_by(toys):
    classifier = xk.Classifier(WithStates().eval(), toys.class_names[:3], SIDE, device="cpu")
    assert classifier.default_layer.name == "rest"
    assert classifier.layer("states").grid == (5, 5)
    assert "states" not in patch_layers(classifier)


@pytest.mark.parametrize(
    "model",
    [
        small(flat=nn.Flatten(), hidden=nn.Linear(3 * SIDE * SIDE, 6), act=nn.ReLU(), head=nn.Linear(6, 3)),
        small(all_at_once=nn.Conv2d(3, 6, SIDE), flat=nn.Flatten(), head=nn.Linear(6, 3)),
    ],
    ids=["no convolution", "one place"],
)
def test_a_network_without_places_is_refused(model, toys):
    classifier = xk.Classifier(model, toys.class_names[:3], SIDE, device="cpu")
    with pytest.raises(ValueError, match="VRX needs layers with places"):
        fitted(classifier, toys, toys.class_names[:3])


def test_a_layer_without_places_is_refused(toys):
    classifier = xk.Classifier(pooled(3), toys.class_names[:3], SIDE, device="cpu")
    with pytest.raises(ValueError, match=r"'flat' puts out a vector.*classifier\.layers\(\)"):
        fitted(classifier, toys, toys.class_names[:3], layer="flat")


def test_a_class_that_nothing_speaks_for_says_so_and_can_be_looked_at_everywhere(toys):
    """The head's weights for the first class are negative, the features are not: Grad-CAM's map is zero."""
    model = pooled(3)
    with torch.no_grad():
        model.head.weight[0] = -model.head.weight[0].abs()
    classes = toys.class_names[:3]
    classifier = xk.Classifier(model, classes, SIDE, device="cpu")
    with pytest.raises(ValueError, match=rf"{re.escape(classes[0])}.*zero everywhere.*tau=None"):
        fitted(classifier, toys, classes)
    explained = fitted(classifier, toys, classes, tau=None).explain_many([sample.image for sample in toys])
    assert all(exp.checks["blank"][0] == classes[0] for exp in explained)
    assert any(node.detected for exp in explained for node in exp.graphs[classes[0]].nodes)


# ---- real networks ----

BEE, COUGAR = "n02206856_bee", "n02125311_cougar"
QUICK = {"n_pictures": 11, "n_discovery": 9, "n_patches": 12, "n_substituted": 1, "epochs": 80}


@pytest.mark.real
@pytest.mark.parametrize("name", ["mobilenet_v2", "squeezenet1_0"])
def test_real_networks_on_photographs(name, real_folder):
    """Of the unseen photographs the student gets most as the network does, and patches pull the answer.

    With so small a fit it follows both on eight of eight; resnet18 has a file of its own, test_real.py.
    """
    names = xk.load_images(real_folder / "thousand", split="all").class_names
    weights = real_folder / "models" / f"{name}.safetensors"
    network = xk.load_classifier(f"torchvision/{name}", weights, class_names=names, device="cpu")
    photographs = xk.load_images(real_folder / "twenty", split="all")
    bees, cougars = (photographs.of_class(cls) for cls in (BEE, COUGAR))
    vrx = fitted(network, bees.subset(range(12)) + cougars.subset(range(12)), [BEE, COUGAR], **QUICK)
    assert vrx.segmentation_ == "union"
    unseen = bees.subset(range(20, 24)) + cougars.subset(range(20, 24))
    explained = vrx.explain_many([sample.image for sample in unseen])
    assert sum(exp.checks["agrees"] for exp in explained) >= 6
    for exp, right, other in ((explained[0], BEE, COUGAR), (explained[-1], COUGAR, BEE)):
        assert exp.prediction == right
        assert vrx.cause(exp, other).margin < 0
        assert vrx.suggest(exp, other, n=3, n_tried=5)[0].gain > 0
