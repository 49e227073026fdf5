"""A small VRX fitted once on the built-in network and world."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

import xaikit as xk
from tests.drawn import DrawnOnce
from xaikit.vrx import comparing

CLASSES = ["fire engine", "ambulance", "school bus"]
# Of each class 20 pictures are trained on; those of the discovery are one batch, which is looked at once.
SMALL = {"n_pictures": 25, "n_discovery": 16, "n_judged": 5, "n_masked": 4, "n_random": 6, "epochs": 60}
# What is enough where only the road is walked, and not how well.
LEAST = {
    "n_concepts": 2,
    "n_pictures": 11,  # two are held out: the others are looked at once, and for concepts and graphs
    "n_discovery": 9,
    "n_judged": 3,
    "n_random": 4,
    "n_patches": 6,
    "epochs": 10,
}


@pytest.fixture(scope="session")
def network():
    return xk.load_classifier("toyworld/vehicles", device="cpu")


@pytest.fixture(scope="session")
def small_network(network):
    """The same network, given pictures half as large: a quarter of the work, where no number hangs on it."""
    own = network.normalising
    return xk.Classifier(network.model, network.class_names, 64, own.mean, own.std, "cpu", network.crop)


@pytest.fixture(scope="session")
def pictures():
    return DrawnOnce(xk.load_images("toyworld/vehicles", split="train", n=180))


@pytest.fixture(scope="session")
def test_set():
    return DrawnOnce(xk.load_images("toyworld/vehicles", split="test", n=90))


@pytest.fixture(scope="session")
def unseen(test_set):
    """Pictures of the three classes, fifteen each."""
    return list(test_set.subset([test_set.class_names[label] in CLASSES for label in test_set.labels]))


@pytest.fixture(scope="session")
def strangers(network, test_set):
    """Pictures of other classes that the network takes for one of these."""
    others = test_set.subset([test_set.class_names[label] not in CLASSES for label in test_set.labels])
    others = others.subset(range(15))
    answers = network.logits([sample.image for sample in others]).argmax(axis=1)
    return [s for s, k in zip(others, answers, strict=True) if network.class_names[k] not in CLASSES]


@pytest.fixture(scope="session")
def vrx(network, pictures, kept_fits):
    """Fitted by the first worker that needs it; the other finds it."""
    with kept_fits():
        return xk.VRX(CLASSES, **SMALL).fit(network, pictures, progress=False)


@pytest.fixture(scope="session")
def explained(vrx, unseen):
    return vrx.explain_many([sample.image for sample in unseen])


@pytest.fixture(scope="session")
def least(small_network, pictures, kept_fits):
    """The quickest fit, of two of the classes; likewise."""
    with kept_fits():
        return xk.VRX(CLASSES[:2], segmentation="tree", **LEAST).fit(small_network, pictures, progress=False)


def ask_about_few_regions(patch: pytest.MonkeyPatch) -> None:
    """A cause asks about some ten regions, not sixty, and of one usual picture, not five."""
    patch.setattr(comparing, "AREAS", (0.05, 0.08))
    patch.setattr(comparing, "NEAREST", 1)


@pytest.fixture(scope="session")
def few_regions_of() -> defaultdict[int, dict]:
    """What is known of the few regions of each class's usual pictures, from file to file."""
    return defaultdict(dict)


@pytest.fixture(scope="module")
def few_regions(vrx, least, few_regions_of) -> Iterator[None]:
    """For files that ask for causes and whose claims do not hang on how many regions are asked about.

    What the shared fits have kept of all regions of their usual pictures is put aside meanwhile.
    """
    with pytest.MonkeyPatch.context() as patch:
        ask_about_few_regions(patch)
        for fit in (vrx, least):
            patch.setattr(fit, "_last_regions", comparing.LastRegions())
            for usual in fit.usual_.values():
                patch.setattr(usual.pictures, "_regions", few_regions_of[id(usual.pictures)])
        yield
